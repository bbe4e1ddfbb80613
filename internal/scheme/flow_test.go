package scheme_test

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/scheme"
)

func TestWhoMayDoWhatWithAScheme(t *testing.T) {
	flowtest.Trial[scheme.Version]{
		Table:  scheme.Flow,
		Bodies: []flowtest.Body{{Name: "BNSP", ID: "org_bnsp"}, {Name: "an LSP", ID: "org_lsp"}},
		Record: func(s flow.State) scheme.Version {
			return scheme.Version{State: s, Units: []scheme.PackageUnit{{No: 1, Code: "G.45TSM01.018.2"}}}
		},
		Breaks: []flowtest.Break[scheme.Version]{
			{Rule: "scheme_not_used", Says: "a file has taken it", Do: func(v *scheme.Version) { v.Used = true }},
			{Rule: "scheme_has_units", Says: "nothing is in it", Do: func(v *scheme.Version) { v.Units = nil }},
		},
	}.Run(t)
}
