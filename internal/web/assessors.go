package web

import (
	"slices"
	"strconv"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
	"kompeten/internal/web/ui"
)

// standings are how a registration feels.
var standings = map[licence.Standing]ui.Tone{licence.Active: ui.Good, licence.Ending: ui.Warn, licence.Expired: ui.Bad, licence.Suspended: ui.Bad}

func (x *visit) assessorChip(a licence.Assessor, today date.Date) ui.Chip {
	s := a.Standing(today)
	return ui.Chip{Text: x.t("assessor.standing." + string(s)), Tone: standings[s]}
}

// register is the page of an LSP's assessors.
type register struct {
	certifier
	all, shown []licence.Assessor
	free       []ui.Option // who works here as assessor and is not registered yet
	days       int         // only those that end within so many days; 0 for all
}

func (x *visit) readRegister() (r register, err error) {
	r.days, _ = strconv.Atoi(x.r.URL.Query().Get("ends"))
	err = x.read(func(tx *db.Tx) (err error) {
		if r.certifier, err = x.certifier(tx); err != nil {
			return err
		}
		if r.all, err = licence.Assessors(tx, x.actor, r.org.ID); err != nil {
			return err
		}
		r.shown = r.all
		if r.days > 0 {
			if r.shown, err = licence.Ends(tx, x.actor, r.org.ID, r.days); err != nil {
				return err
			}
		}
		members, err := organisation.People(tx, x.actor, r.org.ID)
		if err != nil {
			return err
		}
		r.free = nil
		for _, m := range members {
			if m.Duty != auth.Assessor || m.Until != "" || slices.ContainsFunc(r.all, func(a licence.Assessor) bool { return a.Person == m.Person }) {
				continue
			}
			names, err := x.names(tx, m.Person)
			if err != nil {
				return err
			}
			r.free = append(r.free, ui.Option{Value: string(m.Person), Text: names[m.Person]})
		}
		return nil
	})
	return r, err
}

func (x *visit) assessors() error { return x.showAssessors(nil) }

// showAssessors is an LSP's register, with those first whose registration ends soon when asked for.
func (x *visit) showAssessors(wrong error) error {
	r, err := x.readRegister()
	if err != nil {
		return err
	}
	u := licenceURL(r.org.ID) + "/assessors"
	t := ui.Table{Caption: x.t("manage.assessors"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("assessor.met")}, {Text: x.t("licence.until")}, {Text: x.t("assessor.schemes"), Num: true}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("assessor.none"), Text: x.t("assessor.none_text")}}
	if r.days > 0 {
		t.Empty = ui.Empty{Title: x.t("assessor.none_ending", r.days), Text: x.t("assessor.none_ending_text")}
	}
	for _, a := range r.shown {
		left := ""
		if d := r.today.DaysTo(a.ValidUntil); d >= 0 && d < 90 {
			left = x.t("assessor.days_left", d)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Name, URL: u + "/" + a.ID}, {Text: a.MET}, {Text: x.day(a.ValidUntil), Sub: left}, {Text: x.num(len(a.Schemes))}, {Chip: ref(x.assessorChip(a, r.today))}}})
	}
	ends := ui.Tabs{Items: []ui.Link{{Text: x.t("assessor.all", len(r.all)), URL: u, Current: r.days == 0}}}
	for _, d := range []int{90, 30, 7} {
		ends.Items = append(ends.Items, ui.Link{Text: x.t("assessor.within", d), URL: u + "?ends=" + strconv.Itoa(d), Current: r.days == d})
	}
	parts := []ui.Component{ui.Head{Over: r.org.Name, Title: x.t("manage.assessors"), Lead: x.t("assessor.lead")}, x.licenceTabs(r.org.ID, "/assessors"), ends, t}
	if offered(licence.Offers(x.flowCase(), r.org.ID, flow.None), "register_assessor") {
		parts = append(parts, ui.Details{Summary: x.t("action.licence.register_assessor"), Open: wrong != nil, Body: []ui.Component{x.registerForm(r, wrong)}})
	}
	return x.page(x.t("manage.assessors"), parts...)
}

func (x *visit) registerForm(r register, wrong error) ui.Component {
	if len(r.free) == 0 {
		return ui.Empty{Title: x.t("assessor.nobody_free"), Text: x.t("assessor.nobody_free_text"), Action: &ui.LinkButton{Text: x.t("organisation.people"), URL: orgURL(r.org.ID)}}
	}
	f := x.form2(wrong)
	return ui.Form{URL: licenceURL(r.org.ID) + "/assessors", Error: f.top, Submit: x.t("action.licence.register_assessor"), Fields: []ui.Component{f.picked("person", "field.name", "", true, r.free),
		x.helped(f.labelled("text", "met", "assessor.met", "", true), "assessor.met_help"), f.labelled("date", "valid_from", "licence.from", string(r.today), true), f.labelled("date", "valid_until", "licence.until", string(r.today.AddMonths(36)), true),
		f.checked("schemes", "assessor.scope", nil, r.schemes())}}
}

func (x *visit) assessorRegister() error {
	a := licence.Assessor{Org: auth.OrgID(x.id("org")), Person: auth.PersonID(x.form("person")), MET: x.form("met"), ValidFrom: date.Date(x.form("valid_from")), ValidUntil: date.Date(x.form("valid_until")), Schemes: x.schemesSent("schemes")}
	made, err := x.Licences.RegisterAssessor(x.r.Context(), x.actor, a)
	if invalid(err) {
		return x.showAssessors(err)
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(a.Org)+"/assessors/"+made, "saved")
}

// attempt is which form of a page came back, and why.
type attempt struct {
	form string
	err  error
}

// of is the error of one form, none for the others.
func (a attempt) of(form string) error {
	if a.form == form {
		return a.err
	}
	return nil
}

func (x *visit) assessor() error { return x.showAssessor(attempt{}) }

// showAssessor is one registration: in which schemes, until when, and what may be done with it.
func (x *visit) showAssessor(try attempt) error {
	r, err := x.readRegister()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.all, func(a licence.Assessor) bool { return a.ID == x.id("id") })
	if i < 0 {
		return fault.New(fault.NotFound, "db.not_found")
	}
	a, u := r.all[i], licenceURL(r.org.ID)+"/assessors/"+x.id("id")
	offers := licence.Offers(x.flowCase(), r.org.ID, a.State)
	head := ui.Head{Over: r.org.Name, Title: a.Name, Lead: a.MET, Chips: []ui.Chip{x.assessorChip(a, r.today)}, Actions: x.buttons("licence", offers, u+"/do/", "suspend_assessor", "resume_assessor")}
	facts := ui.Facts{Items: []ui.Fact{x.fact("licence.from", x.day(a.ValidFrom)), x.fact("licence.until", x.day(a.ValidUntil))}}
	parts := []ui.Component{head, x.licenceTabs(r.org.ID, "/assessors"), ui.Card{Title: x.t("assessor.scope"), Body: []ui.Component{facts, r.scope(a.Schemes)}}}
	if offered(offers, "extend_assessor") {
		f := x.form2(try.of("extend"))
		why := x.helped(f.labelled("text", "circular", "assessor.ground", "", true), "assessor.ground_help")
		why.Error = f.wrong["reason"]
		until := max(a.ValidUntil, r.today).AddMonths(36)
		parts = append(parts, ui.Details{Summary: x.t("action.licence.extend_assessor"), Open: try.form == "extend", Body: []ui.Component{ui.Form{URL: u + "/extend", Error: f.top, Submit: x.t("action.licence.extend_assessor"), Fields: []ui.Component{
			f.labelled("date", "valid_until", "assessor.new_until", string(until), true), why}}}})
	}
	if offered(offers, "scope_assessor") {
		f := x.form2(try.of("scope"))
		var have []string
		for _, s := range a.Schemes {
			have = append(have, string(s))
		}
		parts = append(parts, ui.Details{Summary: x.t("action.licence.scope_assessor"), Open: try.form == "scope", Body: []ui.Component{ui.Form{URL: u + "/scope", Error: f.top, Submit: x.t("ui.save"), Fields: []ui.Component{
			f.checked("schemes", "assessor.scope", have, r.every(a.Schemes)), f.labelled("textarea", "reason", "assessor.scope_why", "", true)}}}})
	}
	return x.page(a.Name, append(parts, x.past(a.ID))...)
}

// every is all schemes to choose from, those held that are no longer published among them.
func (b certifier) every(held []scheme.ID) []ui.Option {
	out := b.schemes()
	for _, s := range held {
		if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == string(s) }) {
			out = append(out, ui.Option{Value: string(s), Text: b.titles[s]})
		}
	}
	return out
}

func (x *visit) assessorExtend() error {
	org, id := auth.OrgID(x.id("org")), x.id("id")
	err := x.Licences.ExtendAssessor(x.r.Context(), x.actor, org, id, date.Date(x.form("valid_until")), x.form("circular"))
	if invalid(err) {
		return x.showAssessor(attempt{"extend", err})
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/assessors/"+id, "saved")
}

func (x *visit) assessorScope() error {
	org, id := auth.OrgID(x.id("org")), x.id("id")
	err := x.Licences.ScopeAssessor(x.r.Context(), x.actor, org, id, x.schemesSent("schemes"), x.form("reason"))
	if invalid(err) {
		return x.showAssessor(attempt{"scope", err})
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/assessors/"+id, "saved")
}

func (x *visit) assessorDo() error {
	org, id, ctx, reason := auth.OrgID(x.id("org")), x.id("id"), x.r.Context(), x.form("reason")
	var err error
	switch x.id("action") {
	case "suspend_assessor":
		err = x.Licences.SuspendAssessor(ctx, x.actor, org, id, reason)
	case "resume_assessor":
		err = x.Licences.ResumeAssessor(ctx, x.actor, org, id, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/assessors/"+id, "saved")
}
