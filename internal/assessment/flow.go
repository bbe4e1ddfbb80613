package assessment

import (
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/flow"
)

// The states of a schedule.
const (
	Draft     flow.State = "draft"
	Assigned  flow.State = "assigned"
	Done      flow.State = "done"
	Cancelled flow.State = "cancelled"
)

// Plan is a schedule with what its rules look at.
type Plan struct {
	Schedule
	Verified  bool // the test place, for the scheme and day
	Licensed  bool // the LSP, for the scheme and day
	Qualified bool // every assessor: registered, valid on the day, in scope
	Unrelated bool // no assessor is a seated candidate's trainer, relative or employer
	Heaviest  int  // candidates of the assessor who has most
}

// ScheduleFlow is what may happen to a schedule.
var ScheduleFlow = flow.Table[Plan]{
	Kind:  "schedule",
	State: func(p Plan) flow.State { return p.State },
	Steps: []flow.Step[Plan]{
		{Do: "plan", From: in(flow.None), To: Draft, By: []flow.Who[Plan]{manager}, Clause: "ISO/IEC 17024 9.2.1"},
		{Do: "edit", From: in(Draft), To: flow.Same, By: []flow.Who[Plan]{manager}},
		{Do: "add_assessor", From: in(Draft), To: flow.Same, By: []flow.Who[Plan]{manager}, If: []flow.Rule[Plan]{qualified}},
		{Do: "seat", From: in(Draft), To: flow.Same, By: []flow.Who[Plan]{manager}, If: []flow.Rule[Plan]{unrelated}, Clause: "ISO/IEC 17024 5.2.3"},
		{Do: "unseat", From: in(Draft), To: flow.Same, By: []flow.Who[Plan]{manager}},
		{Do: "assign", From: in(Draft), To: Assigned, By: []flow.Who[Plan]{manager}, If: []flow.Rule[Plan]{seated, licensed, verified, qualified, unrelated, loadStands}, Clause: "PBNSP 301"},
		{Do: "finish", From: in(Assigned), To: Done, By: []flow.Who[Plan]{manager}},
		{Do: "cancel", From: in(Draft, Assigned), To: Cancelled, By: []flow.Who[Plan]{manager}, Reason: true},
	},
}

var (
	manager = flow.Who[Plan]{Name: "manager", Is: func(a auth.Actor, p Plan) bool { return a.Is(auth.Manager, p.LSP) }}

	seated     = flow.Rule[Plan]{Name: "schedule_has_candidates", Holds: func(_ flow.Case, p Plan) bool { return p.Taken > 0 }}
	licensed   = flow.Rule[Plan]{Name: "schedule_in_licence", Holds: func(_ flow.Case, p Plan) bool { return p.Licensed }}
	verified   = flow.Rule[Plan]{Name: "schedule_tuk_verified", Holds: func(_ flow.Case, p Plan) bool { return p.Verified }}
	qualified  = flow.Rule[Plan]{Name: "schedule_assessors_valid", Holds: func(_ flow.Case, p Plan) bool { return p.Qualified }}
	unrelated  = flow.Rule[Plan]{Name: "schedule_not_own_trainee", Holds: func(_ flow.Case, p Plan) bool { return p.Unrelated }}
	loadStands = flow.Rule[Plan]{Name: "schedule_load_reason", Holds: func(_ flow.Case, p Plan) bool { return p.Heaviest <= p.LoadLimit || len(p.LoadReason) > 2 }}
)

// The states of an assessment.
const (
	Planned     flow.State = "planned"
	Consented   flow.State = "consented"
	Running     flow.State = "running"
	Recommended flow.State = "recommended"
	Absent      flow.State = "absent"
	Postponed   flow.State = "postponed"
)

// Sitting is an assessment with what its rules look at.
type Sitting struct {
	Assessment
	HeldOn    date.Date
	Assigned  bool // the schedule's assignment letter is out
	Both      bool // candidate and assessor have signed FR.AK.01
	Gaps      int  // criteria not yet judged yes or no
	Holds     bool // every certificate that attests a unit holds on the day of the test
	Portfolio bool // the candidate agreed to evidence by portfolio
	Reasoned  bool // every unit not competent has its reason, and K stands only where the criteria allow
}

// Flow is what may happen to an assessment.
var Flow = flow.Table[Sitting]{
	Kind:  "assessment",
	State: func(s Sitting) flow.State { return s.State },
	Steps: []flow.Step[Sitting]{
		{Do: "consent", From: in(Planned), To: Consented, By: []flow.Who[Sitting]{assessor}, If: need(assigned, dayHasCome, bothSigned), Clause: "FR.AK.01"},
		{Do: "begin", From: in(Consented), To: Running, By: []flow.Who[Sitting]{assessor}, If: need(dayHasCome), Clause: "ISO/IEC 17024 9.3"},
		{Do: "mark", From: in(Running), To: flow.Same, By: []flow.Who[Sitting]{assessor}, Clause: "FR.IA.01"},
		{Do: "credit", From: in(Running), To: flow.Same, By: []flow.Who[Sitting]{assessor}, If: need(portfolioAgreed, certificateHolds), Clause: "RCC"},
		{Do: "uncredit", From: in(Running), To: flow.Same, By: []flow.Who[Sitting]{assessor}},
		{Do: "recommend", From: in(Running), To: Recommended, By: []flow.Who[Sitting]{assessor}, If: need(noGaps, certificateHolds, reasoned), Clause: "FR.AK.02"},
		{Do: "absent", From: in(Planned, Consented), To: Absent, By: []flow.Who[Sitting]{assessor}, If: need(dayHasCome)},
		{Do: "postpone", From: in(Planned, Consented, Running), To: Postponed, By: []flow.Who[Sitting]{assessor, lspManager}, Reason: true},
		{Do: "return", From: in(Absent, Postponed), To: Planned, By: []flow.Who[Sitting]{lspManager}, Reason: true},
	},
}

var (
	assessor   = flow.Who[Sitting]{Name: "assigned_assessor", Is: func(a auth.Actor, s Sitting) bool { return a.Subject == "" && a.Person != "" && a.Person == s.Assessor }}
	lspManager = flow.Who[Sitting]{Name: "manager", Is: func(a auth.Actor, s Sitting) bool { return a.Is(auth.Manager, s.LSP) }}

	assigned         = flow.Rule[Sitting]{Name: "assessment_assigned", Holds: func(_ flow.Case, s Sitting) bool { return s.Assigned }}
	dayHasCome       = flow.Rule[Sitting]{Name: "assessment_day_has_come", Holds: func(c flow.Case, s Sitting) bool { return c.Today >= s.HeldOn }}
	bothSigned       = flow.Rule[Sitting]{Name: "assessment_both_signed", Holds: func(_ flow.Case, s Sitting) bool { return s.Both }}
	portfolioAgreed  = flow.Rule[Sitting]{Name: "assessment_portfolio_agreed", Holds: func(_ flow.Case, s Sitting) bool { return s.Portfolio }}
	certificateHolds = flow.Rule[Sitting]{Name: "assessment_certificate_holds", Holds: func(_ flow.Case, s Sitting) bool { return s.Holds }}
	noGaps           = flow.Rule[Sitting]{Name: "assessment_no_gaps", Holds: func(_ flow.Case, s Sitting) bool { return s.Gaps == 0 }}
	reasoned         = flow.Rule[Sitting]{Name: "assessment_reasoned", Holds: func(_ flow.Case, s Sitting) bool { return s.Reasoned }}
)

func in(s ...flow.State) []flow.State                   { return s }
func need(r ...flow.Rule[Sitting]) []flow.Rule[Sitting] { return r }
