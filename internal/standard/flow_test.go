package standard_test

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/standard"
)

func TestOnlyTheRegulatorAndSetUpLoadUnits(t *testing.T) {
	flowtest.Trial[standard.Unit]{
		Table:  standard.Flow,
		Bodies: []flowtest.Body{{Name: "BNSP", ID: "org_bnsp"}},
		Record: func(flow.State) standard.Unit { return standard.Unit{} },
	}.Run(t)
}
