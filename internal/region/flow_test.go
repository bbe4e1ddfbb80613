package region_test

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/region"
)

func TestOnlyTheRegulatorAndSetUpLoadRegions(t *testing.T) {
	flowtest.Trial[region.Region]{
		Table:  region.Flow,
		Bodies: []flowtest.Body{{Name: "BNSP", ID: "org_bnsp"}},
		Record: func(flow.State) region.Region { return region.Region{} },
	}.Run(t)
}
