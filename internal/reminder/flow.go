package reminder

import (
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
)

// The states of a reminder.
const (
	Due  flow.State = "due"  // the time for it has come: the holder sees it in her wallet
	Sent flow.State = "sent" // a letter left
)

// Job is who reminds.
const Job = "reminder"

// Flow is what may happen to a reminder.
var Flow = flow.Table[Reminder]{
	Kind:  "reminder",
	State: func(r Reminder) flow.State { return r.State },
	Steps: []flow.Step[Reminder]{
		{Do: "remind", From: []flow.State{flow.None}, To: Due, By: []flow.Who[Reminder]{job}, If: []flow.Rule[Reminder]{holds}},
		{Do: "send", From: []flow.State{Due}, To: Sent, By: []flow.Who[Reminder]{job}, If: []flow.Rule[Reminder]{holds}},
	},
}

var (
	job = flow.Who[Reminder]{Name: "system", Is: func(a auth.Actor, _ Reminder) bool { return a.System == Job }}

	holds = flow.Rule[Reminder]{Name: "reminder_certificate_holds", Holds: func(c flow.Case, r Reminder) bool {
		x := r.Certificate
		return x.State == certificate.Active && x.ReplacedBy == "" && x.ValidUntil >= c.Today
	}}
)
