package application

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/flow"
	"kompeten/internal/person"
	"kompeten/internal/programme"
)

// The states of an application.
const (
	Draft     flow.State = "draft"
	Submitted flow.State = "submitted"
	Returned  flow.State = "returned"
	Accepted  flow.State = "accepted"
	Rejected  flow.State = "rejected"
	Withdrawn flow.State = "withdrawn"
)

// File is an application with what its rules look at.
type File struct {
	Application
	Consents []string // purposes agreed to, in this step
	Unmet    int      // requirements not found met
	detail   any      // for the ledger: what else is worth keeping of this step
}

// Flow is what may happen to an application.
var Flow = flow.Table[File]{
	Kind:  "application",
	State: func(f File) flow.State { return f.State },
	Steps: []flow.Step[File]{
		{Do: "draft", From: in(flow.None), To: Draft, By: by(officer, seats), Clause: "ISO/IEC 17024 9.1; FR.APL.01"},
		{Do: "confirm", From: in(Draft, Returned), To: Submitted, By: by(candidate), If: need(consented, inOrder), Clause: "ISO/IEC 17024 9.1.2; FR.APL.01"},
		{Do: "add_file", From: in(Draft, Submitted, Returned), To: flow.Same, By: by(candidate, officer, admin), Clause: "FR.APL.01 part 3"},
		{Do: "check", From: in(Submitted), To: flow.Same, By: by(admin), Clause: "FR.APL.01 part 3"},
		{Do: "accept", From: in(Submitted), To: Accepted, By: by(admin), If: need(allMet, inOrder), Clause: "ISO/IEC 17024 9.1.3"},
		{Do: "return", From: in(Submitted), To: Returned, By: by(admin), If: need(inOrder), Reason: true},
		{Do: "reject", From: in(Submitted), To: Rejected, By: by(admin), If: need(inOrder), Reason: true},
		{Do: "withdraw", From: in(Draft, Submitted, Returned, Accepted), To: Withdrawn, By: by(candidate), If: need(notScheduled), Reason: true},
		{Do: "refresh", From: in(Draft), To: flow.Same, By: by(officer)},
		{Do: "letter", From: in(Draft, Submitted, Returned, Accepted), To: flow.Same, By: by(officer, admin)},
	},
}

var (
	officer   = flow.Who[File]{Name: "officer", Is: func(a auth.Actor, f File) bool { return a.Is(auth.Officer, f.Office) }}
	admin     = flow.Who[File]{Name: "lsp_admin", Is: func(a auth.Actor, f File) bool { return a.Is(auth.LSPAdmin, f.LSP) }}
	seats     = flow.Who[File]{Name: "seat_job", Is: func(a auth.Actor, _ File) bool { return a.System == programme.Seats }}
	candidate = flow.Who[File]{Name: "candidate", Is: func(a auth.Actor, f File) bool {
		return a.Person != "" && a.Person == f.Person && (a.Subject == "" || a.Subject == string(f.ID))
	}}

	consented = flow.Rule[File]{Name: "application_consented", Holds: func(_ flow.Case, f File) bool {
		for _, p := range person.Purposes() {
			if p.Required && !slices.Contains(f.Consents, p.Name) {
				return false
			}
		}
		return true
	}}
	allMet  = flow.Rule[File]{Name: "application_all_met", Holds: func(_ flow.Case, f File) bool { return f.Unmet == 0 }}
	inOrder = flow.Rule[File]{Name: "application_dates_in_order", Holds: func(c flow.Case, f File) bool {
		return !c.Now.Before(f.CreatedAt) && !c.Now.Before(f.SubmittedAt) && !c.Now.Before(f.AcceptedAt)
	}}
	notScheduled = flow.Rule[File]{Name: "application_not_scheduled", Holds: func(_ flow.Case, f File) bool {
		return slices.Contains([]Stage{StageDraft, StageSubmitted, StageReturned, StageAccepted}, f.Stage)
	}}
)

func in(s ...flow.State) []flow.State             { return s }
func by(w ...flow.Who[File]) []flow.Who[File]     { return w }
func need(r ...flow.Rule[File]) []flow.Rule[File] { return r }
