package programme_test

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
)

func TestWhoMayDoWhatWithAProgrammeAndItsList(t *testing.T) {
	flowtest.Trial[programme.Programme]{
		Table:  programme.Flow,
		Bodies: []flowtest.Body{{Name: "the office", ID: "org_office"}, {Name: "the LSP", ID: "org_lsp"}},
		Record: func(s flow.State) programme.Programme {
			return programme.Programme{Office: "org_office", LSP: "org_lsp", State: s, Seats: 10, Taken: 3, Schemes: []scheme.VersionID{"scv_a"}}
		},
		Breaks: []flowtest.Break[programme.Programme]{
			{Rule: "programme_has_schemes", Says: "no scheme is chosen", Do: func(p *programme.Programme) { p.Schemes = nil }},
			{Rule: "programme_has_nominees", Says: "nobody has a seat", Do: func(p *programme.Programme) { p.Taken = 0 }},
		},
	}.Run(t)
}
