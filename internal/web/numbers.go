package web

import (
	"slices"
	"strconv"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
	"kompeten/internal/web/ui"
)

// tried is a rule that somebody sent: what it is for, how the next number would look, or what is wrong with it.
type tried struct {
	kind  number.Kind
	rule  number.Rule
	next  string
	wrong error
}

// numbers shows how an LSP writes its numbers, each with the one that comes next.
func (x *visit) numbers() error { return x.showNumbers(tried{}) }

func (x *visit) showNumbers(try tried) error {
	o, err := x.organisationFor("set_numbers")
	if err != nil {
		return err
	}
	var rules []organisation.NumberRule
	if err := x.read(func(tx *db.Tx) (err error) { rules, err = organisation.NumberRules(tx, x.actor, o.ID); return err }); err != nil {
		return err
	}
	body := []ui.Component{ui.Head{Over: o.Name, Title: x.t("manage.numbers"), Lead: x.t("number.lead")}}
	for _, r := range rules {
		mine, known := tried{}, r.Rule
		if r.Kind == try.kind {
			mine, known = try, try.rule
		}
		card := ui.Card{Title: x.t("number.kind." + string(r.Kind)), Body: []ui.Component{ui.Facts{Items: []ui.Fact{x.fact("number.next", r.Next), x.fact("number.pattern", r.Rule.Pattern), x.fact("number.reset", x.t("number.reset."+r.Rule.Reset))}}}}
		if mine.next != "" {
			card.Body = append(card.Body, ui.Notice{Tone: ui.Info, Title: x.t("number.would"), Text: mine.next})
		}
		card.Body = append(card.Body, ui.Details{Summary: x.t("number.change"), Open: mine.kind != "", Body: []ui.Component{x.numberForm(o.ID, r.Kind, known, mine.wrong)}})
		body = append(body, card)
	}
	return x.page(x.t("manage.numbers"), append(body, x.past(string(o.ID)))...)
}

func (x *visit) numberForm(org auth.OrgID, k number.Kind, r number.Rule, wrong error) ui.Component {
	f := x.form2(wrong)
	ask := func(kind, name, label, known string) ui.Field { // five forms stand on this page: each field has a name of its own
		out := f.labelled(kind, string(k)+"-"+name, label, known, true)
		out.Error = f.wrong[name]
		return out
	}
	var parts []string
	for _, p := range append([]string{"serial", "year", "roman"}, number.Vars(k)...) {
		parts = append(parts, "{"+p+"} "+x.t("number.part."+p))
	}
	pattern := ask("text", "pattern", "number.pattern", r.Pattern)
	pattern.Help = x.t("number.pattern_help") + " " + strings.Join(parts, ", ") + "."
	reset := ask("select", "reset", "number.reset", r.Reset)
	reset.Options = options(x, "number.reset.", "never", "year")
	fields := []ui.Component{pattern, ask("number", "width", "number.width", strconv.Itoa(r.Width)), x.helped(ask("number", "start", "number.start", strconv.FormatInt(r.Start, 10)), "number.start_help"), reset,
		ui.Actions{Items: []ui.Component{ui.SubmitButton{Name: "what", Value: "preview", Text: x.t("number.preview")}, ui.SubmitButton{Name: "what", Value: "save", Text: x.t("ui.save"), Tone: ui.Main}}}}
	return ui.Form{URL: orgURL(org) + "/numbers/" + string(k), Error: f.top, NoSubmit: true, Fields: fields}
}

func (x *visit) numberSet() error {
	k, org := number.Kind(x.id("kind")), auth.OrgID(x.id("id"))
	if !slices.Contains(number.Kinds(), k) {
		return x.nothingHere()
	}
	if _, err := x.organisationFor("set_numbers"); err != nil {
		return err
	}
	name := string(k) + "-"
	try := tried{kind: k, rule: number.Rule{Pattern: x.form(name + "pattern"), Width: x.int(name + "width"), Start: int64(x.int(name + "start")), Reset: x.form(name + "reset")}}
	var err error
	if x.form("what") == "save" {
		err = x.Organisations.SetNumbers(x.r.Context(), x.actor, org, k, try.rule)
	} else {
		err = x.read(func(tx *db.Tx) (err error) {
			try.next, err = organisation.PreviewNumber(tx, x.actor, org, k, try.rule)
			return err
		})
	}
	switch {
	case fault.Is(err, fault.Invalid):
		try.wrong = err
		return x.showNumbers(try)
	case err != nil:
		return err
	case try.next != "":
		return x.showNumbers(try)
	}
	return x.see(orgURL(org)+"/numbers", "saved")
}
