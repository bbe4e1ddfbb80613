package web

import (
	"slices"

	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// conflict says whether somebody, perhaps the visitor's own first click, was faster.
func conflict(err error) bool { return fault.Is(err, fault.Conflict) }

// told is how many of the latest acts on a record a page tells when somebody was faster.
const told = 3

// since tells who did what last to the record that the visitor wanted to change: why it is no longer as she saw it.
func (x *visit) since(err error) []ui.Component {
	record := x.id("id")
	if !conflict(err) || record == "" || x.actor.Nobody() {
		return nil
	}
	var rows []ledger.Row
	who := teller{x: x, names: map[string]string{}}
	rerr := x.read(func(tx *db.Tx) (err error) {
		if rows, err = ledger.Of(tx, x.actor, record); err != nil {
			return err
		}
		rows = rows[max(0, len(rows)-told):]
		return who.learn(tx, rows)
	})
	if rerr != nil {
		x.log.Error("what happened since", "err", rerr)
		return nil
	}
	if len(rows) == 0 {
		return nil
	}
	var tl ui.Timeline
	for _, r := range slices.Backward(rows) {
		m := ui.Moment{When: x.when(r.At), Title: x.t("action." + r.Kind + "." + r.Action), Text: who.name(r.Actor)}
		if to := "state." + r.Kind + "." + r.To; r.To != r.From && text.Has(to) {
			m.Title += " → " + x.t(to)
		}
		if r.Reason != "" {
			m.Text += ": " + r.Reason
		}
		tl.Items = append(tl.Items, m)
	}
	return []ui.Component{ui.Section{Title: x.t("conflict.since"), Body: []ui.Component{tl}}}
}
