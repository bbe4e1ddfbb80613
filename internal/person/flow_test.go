package person

import (
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

const ani = auth.PersonID("per_ani")

func TestWhoMayDoWhatWithAPerson(t *testing.T) {
	both := []auth.Held{{Org: "org_lsp", Duty: auth.OrgAdmin}, {Org: "org_office", Duty: auth.OrgAdmin}}
	flowtest.Trial[Person]{
		Table:  Flow,
		Bodies: []flowtest.Body{{Name: "an LSP she works in", ID: "org_lsp"}, {Name: "an office she works in", ID: "org_office"}},
		People: []flowtest.Actor{
			{Name: "she herself", Actor: auth.Actor{Person: ani}},
			{Name: "the bearer of her link", Actor: auth.Actor{Person: ani, Subject: "app_hers"}},
			{Name: "who administers everywhere she works", Actor: auth.Actor{Person: "per_admin", Duties: both}},
		},
		Record: func(s flow.State) Person {
			if s == flow.None {
				return Person{}
			}
			return Person{ID: ani, Version: 1, works: []auth.OrgID{"org_lsp", "org_office"}}
		},
	}.Run(t)
}
