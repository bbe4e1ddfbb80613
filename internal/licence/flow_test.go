package licence

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

func TestWhoMayDoWhatWithLicencesAndRegisters(t *testing.T) {
	flowtest.Trial[subject]{
		Table:  Flow,
		Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}},
		Record: func(s flow.State) subject { return subject{org: "org_lsp", state: s} },
	}.Run(t)
}
