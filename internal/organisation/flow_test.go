package organisation_test

import (
	"testing"

	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/organisation"
)

func TestWhoMayDoWhatWithAnOrganisation(t *testing.T) {
	flowtest.Trial[organisation.Org]{
		Table:  organisation.Flow,
		Bodies: []flowtest.Body{{Name: "the organisation", ID: "org_it"}},
		Record: func(s flow.State) organisation.Org {
			if s == flow.None {
				return organisation.Org{}
			}
			return organisation.Org{ID: "org_it", Version: 1}
		},
	}.Run(t)
}
