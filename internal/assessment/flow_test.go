package assessment_test

import (
	"testing"

	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

var lsp = []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}}

func TestWhoMayDoWhatWithASchedule(t *testing.T) {
	type p = assessment.Plan
	flowtest.Trial[p]{
		Table: assessment.ScheduleFlow, Bodies: lsp,
		Record: func(s flow.State) p {
			return p{Schedule: assessment.Schedule{LSP: "org_lsp", State: s, Taken: 8, LoadLimit: 10}, Verified: true, Licensed: true, Qualified: true, Unrelated: true, Heaviest: 8}
		},
		Breaks: []flowtest.Break[p]{
			{Rule: "schedule_has_candidates", Says: "nobody is seated", Do: func(x *p) { x.Taken = 0 }},
			{Rule: "schedule_in_licence", Says: "the licence does not cover it", Do: func(x *p) { x.Licensed = false }},
			{Rule: "schedule_tuk_verified", Says: "the place is not verified", Do: func(x *p) { x.Verified = false }},
			{Rule: "schedule_assessors_valid", Says: "an assessor's registration has ended", Do: func(x *p) { x.Qualified = false }},
			{Rule: "schedule_not_own_trainee", Says: "an assessor trained a candidate", Do: func(x *p) { x.Unrelated = false }},
			{Rule: "schedule_load_reason", Says: "too many for one assessor, unexplained", Do: func(x *p) { x.Heaviest = 11 }},
			{Rule: "schedule_load_reason", Says: "too many for one assessor, explained in two letters", Do: func(x *p) { x.Heaviest, x.LoadReason = 11, "ok" }},
		},
	}.Run(t)
}

func TestWhoMayDoWhatWithAnAssessment(t *testing.T) {
	type s = assessment.Sitting
	assessor := []auth.Held{{Org: "org_lsp", Duty: auth.Assessor}}
	flowtest.Trial[s]{
		Table: assessment.Flow, Bodies: lsp,
		People: []flowtest.Actor{
			{Name: "the assigned assessor", Actor: auth.Actor{Person: "per_rina", Duties: assessor}},
			{Name: "the bearer of the assigned assessor's link", Actor: auth.Actor{Person: "per_rina", Subject: "app_rinas"}},
			{Name: "the candidate", Actor: auth.Actor{Person: "per_ani"}},
			{Name: "the candidate by her link", Actor: auth.Actor{Person: "per_ani", Subject: "app_hers"}},
		},
		Record: func(st flow.State) s {
			return s{Assessment: assessment.Assessment{Application: "app_hers", Person: "per_ani", LSP: "org_lsp", Assessor: "per_rina", State: st},
				HeldOn: "2026-03-02", Assigned: true, Both: true, Reasoned: true, Holds: true, Portfolio: true}
		},
		Breaks: []flowtest.Break[s]{
			{Rule: "assessment_assigned", Says: "no assignment letter is out", Do: func(x *s) { x.Assigned = false }},
			{Rule: "assessment_day_has_come", Says: "the day is tomorrow", Do: func(x *s) { x.HeldOn = "2026-03-03" }},
			{Rule: "assessment_both_signed", Says: "the candidate has not signed", Do: func(x *s) { x.Both = false }},
			{Rule: "assessment_portfolio_agreed", Says: "the candidate did not agree to a portfolio", Do: func(x *s) { x.Portfolio = false }},
			{Rule: "assessment_certificate_holds", Says: "the certificate has ended", Do: func(x *s) { x.Holds = false }},
			{Rule: "assessment_no_gaps", Says: "a criterion is not judged", Do: func(x *s) { x.Gaps = 1 }},
			{Rule: "assessment_reasoned", Says: "not competent without a reason", Do: func(x *s) { x.Reasoned = false }},
		},
	}.Run(t)
}
