package web

import (
	"kompeten/internal/reminder"
	"kompeten/internal/web/ui"
)

// reminders tell a holder which of her certificates end soon, and what to do.
func (x *visit) reminders(list []reminder.Reminder) []ui.Component {
	var out []ui.Component
	for _, r := range list {
		c := r.Certificate
		n := ui.Notice{Tone: ui.Warn, Title: x.t("reminder.subject", r.Months), Text: x.t("reminder.ends", x.either(c.Face.TitleID, c.Face.TitleEN), c.ValidUntil),
			Items: []string{x.t("reminder.do", x.either(c.Face.LSP, c.Face.LSPEN))}}
		if !r.SentAt.IsZero() {
			n.Items = append(n.Items, x.t("reminder.sent", x.when(r.SentAt)))
		}
		out = append(out, n)
	}
	return out
}

// alsoSent says under a link that a letter takes it there as well.
func (x *visit) alsoSent() []ui.Component {
	if !x.People.Writes() {
		return nil
	}
	return []ui.Component{ui.Para{Text: x.t("mail.also_sent")}}
}
