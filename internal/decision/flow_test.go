package decision_test

import (
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/decision"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

func TestWhoMayDoWhatInAMeeting(t *testing.T) {
	type s = decision.Session
	committee := []auth.Held{{Org: "org_lsp", Duty: auth.Committee}}
	other := []auth.Held{{Org: flowtest.Elsewhere, Duty: auth.Committee}}
	flowtest.Trial[s]{
		Table:  decision.Flow,
		Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}},
		People: []flowtest.Actor{
			{Name: "the chair", Actor: auth.Actor{Person: "per_chair", Duties: committee}},
			{Name: "a member", Actor: auth.Actor{Person: "per_member", Duties: committee}},
			{Name: "a member whose duty has ended", Actor: auth.Actor{Person: "per_member"}},
			{Name: "the chair, now on another body's committee", Actor: auth.Actor{Person: "per_chair", Duties: other}},
		},
		Record: func(st flow.State) s {
			return s{Meeting: decision.Meeting{LSP: "org_lsp", State: st, Quorum: 2, Members: []decision.Member{{Person: "per_chair", Role: "chair"}, {Person: "per_member", Role: "member"}}},
				Clean: true, Appointed: true, Voters: 2, Cases: 5}
		},
		Breaks: []flowtest.Break[s]{
			{Rule: "meeting_has_cases", Says: "nothing is on the agenda", Do: func(x *s) { x.Cases = 0 }},
			{Rule: "meeting_enough_members", Says: "fewer members than the quorum", Do: func(x *s) { x.Quorum = 3 }},
			{Rule: "meeting_enough_members", Says: "no chair", Do: func(x *s) {
				x.Members = []decision.Member{{Person: "per_chair", Role: "member"}, {Person: "per_member", Role: "member"}}
			}},
			{Rule: "meeting_enough_members", Says: "two chairs", Do: func(x *s) {
				x.Members = []decision.Member{{Person: "per_chair", Role: "chair"}, {Person: "per_member", Role: "chair"}}
			}},
			{Rule: "meeting_members_appointed", Says: "a member was never appointed", Do: func(x *s) { x.Appointed = false }},
			{Rule: "meeting_not_own_candidate", Says: "a member assessed a case", Do: func(x *s) { x.Clean = false }},
			{Rule: "meeting_quorum", Says: "one has not voted", Do: func(x *s) { x.Voters = 1 }},
			{Rule: "meeting_majority", Says: "a case is a draw", Do: func(x *s) { x.Undecided = 1 }},
		},
	}.Run(t)
}
