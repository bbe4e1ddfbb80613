package reminder_test

import (
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/reminder"
)

func TestWhoMayDoWhatWithAReminder(t *testing.T) {
	type r = reminder.Reminder
	flowtest.Trial[r]{
		Table:  reminder.Flow,
		People: []flowtest.Actor{{Name: "who reminds", Actor: auth.Actor{System: reminder.Job}}},
		Record: func(s flow.State) r {
			return r{State: s, Months: 3, Certificate: certificate.Certificate{State: certificate.Active, ValidUntil: "2026-06-02"}}
		},
		Breaks: []flowtest.Break[r]{
			{Rule: "reminder_certificate_holds", Says: "the certificate is suspended", Do: func(x *r) { x.Certificate.State = certificate.Suspended }},
			{Rule: "reminder_certificate_holds", Says: "it is revoked", Do: func(x *r) { x.Certificate.State = certificate.Revoked }},
			{Rule: "reminder_certificate_holds", Says: "it is renewed", Do: func(x *r) { x.Certificate.ReplacedBy = "crt_next" }},
			{Rule: "reminder_certificate_holds", Says: "it has ended", Do: func(x *r) { x.Certificate.ValidUntil = "2026-03-01" }},
		},
	}.Run(t)
}
