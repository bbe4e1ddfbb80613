package app

import (
	"kompeten/internal/certificate"
	"kompeten/internal/jobs"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/reminder"
)

// subscriptions say which work is done by whom when it is enqueued: the whole of what happens after a commit.
func subscriptions(s product.Services) map[string]jobs.Handler {
	return map[string]jobs.Handler{
		certificate.IssueJob: s.Certificates.Work,
		reminder.ScanJob:     s.Reminders.Scan,
		reminder.LetterJob:   s.Reminders.Letter,
		person.LetterJob:     s.People.Letter,
	}
}
