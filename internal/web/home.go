package web

import (
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/report"
	"kompeten/internal/web/ui"
)

// home is where each duty lands: on what waits for her.
func (x *visit) home() error {
	var waits []report.Task
	err := x.read(func(tx *db.Tx) (err error) { waits, err = report.Waits(tx, x.actor); return err })
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
	return x.page(x.t("nav.home"), ui.Head{Over: x.duties(), Title: x.t("home.hello", x.actor.Name), Lead: x.t("home.lead")}, tasks)
}
