package web

import (
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/programme"
	"kompeten/internal/report"
	"kompeten/internal/web/ui"
)

// shownAtHome is how many programmes the home page shows; the page of programmes shows all.
const shownAtHome = 5

// home is where each duty lands: on what waits for her.
func (x *visit) home() error {
	var waits []report.Task
	var list []programme.Programme
	err := x.read(func(tx *db.Tx) (err error) {
		if waits, err = report.Waits(tx, x.actor); err != nil || Staff.admit(x.actor) != nil {
			return err
		}
		list, err = programme.List(tx, x.actor)
		return err
	})
	if err != nil {
		return err
	}
	tasks := ui.Tasks{Empty: ui.Empty{Title: x.t("home.nothing"), Text: x.t("home.nothing_text")}}
	for _, w := range waits {
		tone := ui.Plain
		if w.Urgent {
			tone = ui.Warn
		}
		if w.Count == report.Many {
			w.About = strings.TrimSpace(w.About + " " + x.t("task.many"))
		}
		tasks.Items = append(tasks.Items, ui.Task{Count: w.Count, Text: x.t("task." + w.Key), Sub: w.About, URL: w.URL, Tone: tone})
	}
	body := []ui.Component{ui.Head{Over: x.duties(), Title: x.t("home.hello", x.actor.Name), Lead: x.t("home.lead")}, tasks}
	switch {
	case Staff.admit(x.actor) == nil:
		body = append(body, x.programmeTable(x.t("home.programmes"), list[:min(len(list), shownAtHome)]))
	case !x.actor.Any(auth.Assessor):
		body[1] = x.checkCard(x.t("home.check"))
		body[0] = ui.Head{Over: x.duties(), Title: x.t("home.hello", x.actor.Name)}
	}
	return x.page(x.t("nav.home"), body...)
}
