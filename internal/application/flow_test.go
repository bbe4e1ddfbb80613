package application_test

import (
	"testing"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

func TestWhoMayDoWhatWithAnApplication(t *testing.T) {
	flowtest.Trial[application.File]{
		Table:  application.Flow,
		Bodies: []flowtest.Body{{Name: "the office", ID: "org_office"}, {Name: "the LSP", ID: "org_lsp"}},
		People: []flowtest.Actor{
			{Name: "the candidate", Actor: auth.Actor{Person: "per_ani"}},
			{Name: "the candidate by her link", Actor: auth.Actor{Person: "per_ani", Subject: "app_hers"}},
			{Name: "the candidate by the link of another application", Actor: auth.Actor{Person: "per_ani", Subject: "app_another"}},
			{Name: "another by a link that names this application", Actor: auth.Actor{Person: "per_budi", Subject: "app_hers"}},
		},
		Record: func(s flow.State) application.File {
			before := flowtest.Now.Add(-time.Hour)
			return application.File{Consents: []string{"assessment", "register"}, Application: application.Application{ID: "app_hers", Person: "per_ani",
				Office: "org_office", LSP: "org_lsp", State: s, Stage: application.StageAccepted, CreatedAt: before, SubmittedAt: before, AcceptedAt: before}}
		},
		Breaks: []flowtest.Break[application.File]{
			{Rule: "application_consented", Says: "no consent", Do: func(f *application.File) { f.Consents = nil }},
			{Rule: "application_consented", Says: "consent to the assessment only", Do: func(f *application.File) { f.Consents = []string{"assessment"} }},
			{Rule: "application_consented", Says: "consent to what is not needed", Do: func(f *application.File) { f.Consents = []string{"photo", "statistics"} }},
			{Rule: "application_all_met", Says: "a requirement not met", Do: func(f *application.File) { f.Unmet = 1 }},
			{Rule: "application_dates_in_order", Says: "made in the future", Do: func(f *application.File) { f.CreatedAt = flowtest.Now.Add(time.Second) }},
			{Rule: "application_dates_in_order", Says: "sent in the future", Do: func(f *application.File) { f.SubmittedAt = flowtest.Now.Add(time.Second) }},
			{Rule: "application_not_scheduled", Says: "a test day is set", Do: func(f *application.File) { f.Stage = application.StageScheduled }},
			{Rule: "application_not_scheduled", Says: "a certificate is there", Do: func(f *application.File) { f.Stage = application.StageIssued }},
		},
	}.Run(t)
}
