package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// past is the way to the page that says who did what to a record.
func (x *visit) past(record string) ui.Component {
	return ui.LinkButton{Text: x.t("history.open"), URL: "/history/" + record, Tone: ui.Quiet}
}

// recordHistory tells who did what to a record, and where it stands in the ledger, for those whose book it is in.
func (x *visit) recordHistory() error {
	var rows []ledger.Row
	who := teller{x: x, names: map[string]string{}}
	err := x.read(func(tx *db.Tx) (err error) {
		if rows, err = ledger.Of(tx, x.actor, x.id("record")); err != nil {
			return err
		}
		return who.learn(tx, rows)
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "db.not_found")
	}
	t := ui.Table{Caption: x.t("history.title"), Columns: []ui.Column{{Text: x.t("history.what")}, {Text: x.t("history.who")}, {Text: x.t("history.when")}, {Text: x.t("history.why")}, {Text: x.t("history.where")}}}
	for _, r := range rows {
		what := ui.Cell{Text: x.t("action." + r.Kind + "." + r.Action), Sub: who.detail(r)}
		if to := "state." + r.Kind + "." + r.To; r.To != "" && r.To != r.From && text.Has(to) {
			what.Text += " → " + x.t(to)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{what, {Text: who.name(r.Actor)}, {Text: x.when(r.At)}, {Text: r.Reason}, {Text: x.t("history.line", r.Seq), Sub: who.names[r.Book]}}})
	}
	return x.page(x.t("history.title"), ui.Head{Over: x.id("record"), Title: x.t("history.title"), Lead: x.t("history.lead")}, t)
}

// teller puts names to the identifiers that stand in the ledger.
type teller struct {
	x     *visit
	names map[string]string
}

// learn finds the names of everyone and every book that the rows mention.
func (w teller) learn(tx *db.Tx, rows []ledger.Row) error {
	people, orgs := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		d := details(r)
		for _, id := range []string{r.Actor, fmt.Sprint(d["person"]), fmt.Sprint(d["candidate"])} {
			if strings.HasPrefix(id, "per_") {
				people[id] = true
			}
		}
		if token, ok := strings.CutPrefix(r.Actor, "token:"); ok {
			orgs[token] = true
		}
		orgs[r.Book] = true
	}
	for id := range people {
		names, err := person.Names(tx, w.x.actor, []auth.PersonID{auth.PersonID(id)})
		if err != nil {
			return err
		}
		w.names[id] = names[auth.PersonID(id)]
	}
	for id := range orgs {
		o, err := organisation.Get(tx, w.x.actor, auth.OrgID(id))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		w.names[id] = o.Name
	}
	return nil
}

// name says who acted: a person, a program, the holder of a letter, or the system.
func (w teller) name(actor string) string {
	kind, of, _ := strings.Cut(actor, ":")
	switch kind {
	case "system":
		return w.x.t("history.system")
	case "link":
		return w.x.t("history.link")
	case "token":
		return w.x.t("history.token", w.names[of])
	}
	return w.names[actor]
}

// detail is what else was kept of an act, as far as there are words for it.
func (w teller) detail(r ledger.Row) string {
	var out []string
	d := details(r)
	for _, k := range slices.Sorted(maps.Keys(d)) {
		key := "history.detail." + k
		value, plain := d[k].(string)
		if !plain || value == "" || !text.Has(key) {
			continue
		}
		if name := w.names[value]; name != "" {
			value = name
		}
		if k == "duty" {
			value = w.x.t("duty." + value)
		}
		out = append(out, w.x.t(key)+": "+value)
	}
	return strings.Join(out, ", ")
}

func details(r ledger.Row) map[string]any {
	var d map[string]any
	if json.Unmarshal([]byte(r.Detail), &d) != nil {
		return nil // a detail of another shape has nothing to tell here
	}
	return d
}
