package web

import (
	"net/http"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/names"
	"kompeten/internal/offer"
	"kompeten/internal/organisation"
	"kompeten/internal/paper"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

func (x *visit) certificates() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	q := x.r.URL.Query()
	f := certificate.Filter{LSP: lsp, Query: q.Get("q"), Unhanded: q.Get("show") == "unhanded", After: x.after()}
	var list []certificate.Certificate
	var next names.Key
	err = x.read(func(tx *db.Tx) (err error) { list, next, err = certificate.Search(tx, x.actor, f); return err })
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("nav.certificates"), URL: "/certificates/hand-over", Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("verify.number")}, {Text: x.t("verify.issued_on")}, {Text: x.t("list.status")}, {Text: x.t("certificate.handed")}},
		Empty: ui.Empty{Title: x.t("certificate.none"), Text: x.t("certificate.none_text")}}
	if x.actor.Any(auth.LSPAdmin) || x.actor.Any(auth.Manager) {
		t.Actions = []ui.SubmitButton{{Name: "what", Value: "hand", Text: x.t("certificate.hand_over")}}
	}
	x.goesOn(&t, next)
	for _, c := range list {
		status := c.StatusOn(x.today())
		row := ui.Row{Cells: []ui.Cell{{Text: c.Name, URL: "/certificates/" + string(c.ID)}, {Text: c.Number}, {Text: x.day(c.IssuedOn)}, {Chip: &ui.Chip{Text: x.t("verify.status." + status), Tone: tones[status]}}, {Text: x.when(c.HandedAt)}}}
		if c.HandedAt.IsZero() && c.State == certificate.Active {
			row.Select = string(c.ID)
		}
		t.Rows = append(t.Rows, row)
	}
	return x.page(x.t("nav.certificates"), ui.Head{Title: x.t("nav.certificates"), Lead: x.t("certificate.lead")}, x.search(q.Get("q"), ui.Pair{Name: "show", Value: q.Get("show")}), t)
}

func (x *visit) handOver() error {
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	var ids []certificate.ID
	for _, v := range x.r.Form["row"] {
		ids = append(ids, certificate.ID(v))
	}
	if err := x.Certificates.HandOver(x.r.Context(), x.actor, ids, x.t("certificate.signed_list")); err != nil {
		return err
	}
	return x.see("/certificates", "handed")
}

func (x *visit) certificate() error { return x.showCertificate(nil) }

// showCertificate shows one certificate; wrong is what a form on the page was refused for.
func (x *visit) showCertificate(wrong error) error {
	id := certificate.ID(x.id("id"))
	var c, before, after certificate.Certificate
	var events []certificate.Event
	var asked wallet.CorrectionID
	err := x.read(func(tx *db.Tx) (err error) {
		if c, err = certificate.Get(tx, x.actor, id); err != nil {
			return err
		}
		if asked, err = wallet.Waiting(tx, x.actor, c); err != nil {
			return err
		}
		if before, after, err = certificate.Chain(tx, x.actor, c); err != nil {
			return err
		}
		events, err = certificate.Events(tx, x.actor, id)
		return err
	})
	if err != nil {
		return err
	}
	url := "/certificates/" + string(id)
	status := c.StatusOn(x.today())
	offers := certificate.Flow.Offers(x.flowCase(), c)
	head := ui.Head{Over: c.Face.TitleID, Title: c.Name, Lead: c.Number, Chips: []ui.Chip{{Text: x.t("verify.status." + status), Tone: tones[status]}}}
	head.Actions = append([]ui.Component{ui.LinkButton{Text: x.t("certificate.pdf"), URL: url + "/certificate.pdf", Tone: ui.Main}, ui.LinkButton{Text: x.t("certificate.public"), URL: "/v/" + c.Code}},
		x.buttons("certificate", offers, url+"/do/", "suspend", "resume", "survey", "revoke")...)
	if len(offer.Flow.Offers(x.flowCase(), offer.Of(c))) > 0 {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("offer.to_wallet"), URL: url + "/offer"})
	}
	if x.hands(c.LSP) {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("wallet.link_title"), URL: url + "/wallet"})
	}
	facts := ui.Facts{Items: []ui.Fact{{Term: x.t("verify.number"), Text: c.Number}, {Term: x.t("certificate.registration"), Text: c.Registration}, {Term: x.t("certificate.blank"), Text: c.Blank}, {Term: x.t("verify.issued_on"), Text: x.day(c.IssuedOn)},
		{Term: x.t("verify.valid_until"), Text: x.day(c.ValidUntil)}, {Term: x.t("certificate.handed"), Text: x.when(c.HandedAt)}}}
	facts.Items = append(facts.Items, x.chain(c, before, after)...)
	var tl ui.Timeline
	for _, e := range events {
		tl.Items = append(tl.Items, ui.Moment{When: x.when(e.At.Time), Title: x.t("action.certificate." + e.Action), Text: e.Reason, Tone: tones[string(e.State)]})
	}
	body := append([]ui.Component{head}, x.asked(asked)...)
	body = append(append(body, ui.Card{Body: []ui.Component{facts}}), x.replaceForm(c, offers, wrong)...)
	checks, err := x.lookups(c.Code)
	if err != nil {
		return err
	}
	return x.page(c.Name, append(body, checks, ui.Section{Title: x.t("ui.history"), Body: []ui.Component{tl, x.past(string(id))}})...)
}

func (x *visit) certificatePDF() error {
	var c certificate.Certificate
	err := x.read(func(tx *db.Tx) (err error) {
		c, err = certificate.Get(tx, x.actor, certificate.ID(x.id("id")))
		return err
	})
	if err != nil {
		return err
	}
	data, err := paper.NewPress(x.Services).Certificate(x.r.Context(), c)
	if err != nil {
		return err
	}
	return x.download(paper.FileName(c), "application/pdf", data)
}

func (x *visit) certificateDo() error {
	id, ctx, reason := certificate.ID(x.id("id")), x.r.Context(), x.form("reason")
	var err error
	switch x.id("action") {
	case "suspend":
		err = x.Certificates.Suspend(ctx, x.actor, id, reason)
	case "resume":
		err = x.Certificates.Resume(ctx, x.actor, id, reason)
	case "survey":
		err = x.Certificates.Survey(ctx, x.actor, id, reason)
	case "revoke":
		err = x.Certificates.Revoke(ctx, x.actor, id, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/certificates/"+string(id), "saved")
}

func (x *visit) schemes() error {
	var list []scheme.Version
	if err := x.read(func(tx *db.Tx) (err error) { list, err = scheme.List(tx, x.actor, scheme.Published); return err }); err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("nav.schemes"), Columns: []ui.Column{{Text: x.t("form.title")}, {Text: x.t("scheme.kind")}, {Text: x.t("scheme.level")}, {Text: x.t("scheme.number")}}, Empty: ui.Empty{Title: x.t("scheme.none"), Text: x.t("scheme.none_text")}}
	for _, v := range list {
		level := "–"
		if v.Level > 0 {
			level = x.num(v.Level)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.TitleID, Sub: v.TitleEN, URL: "/schemes/" + string(v.ID)}, {Text: x.t("scheme.kind." + v.Kind)}, {Text: level}, {Text: v.Number}}})
	}
	return x.page(x.t("nav.schemes"), ui.Head{Title: x.t("nav.schemes"), Lead: x.t("scheme.lead")}, t)
}

func (x *visit) scheme() error {
	var v scheme.Version
	var units []standard.Unit
	err := x.read(func(tx *db.Tx) (err error) {
		if v, err = scheme.Get(tx, x.actor, scheme.VersionID(x.id("id"))); err != nil {
			return err
		}
		units, err = scheme.Criteria(tx, x.actor, v.ID)
		return err
	})
	if err != nil {
		return err
	}
	head := ui.Head{Over: x.t("scheme.kind." + v.Kind), Title: v.TitleID, Lead: v.TitleEN, Chips: []ui.Chip{x.chip("scheme", string(v.State)), {Text: x.t("scheme.version", v.No)}}, Actions: []ui.Component{ui.LinkButton{Text: x.t("scheme.versions"), URL: "/schemes/" + string(v.ID) + "/versions"}}}
	body := []ui.Component{head}
	if v.Sample {
		body = append(body, ui.Notice{Tone: ui.Warn, Text: x.t("scheme.sample")})
	}
	var needs ui.Facts
	for _, r := range v.Requirements {
		needs.Items = append(needs.Items, ui.Fact{Term: x.t("scheme.need." + r.Kind), Text: requirement(r)})
	}
	body = append(body, ui.Card{Title: x.t("application.requirements"), Body: []ui.Component{needs}})
	for _, u := range units {
		code := string(u.Code)
		if u.Placeholder() {
			code = x.t("scheme.placeholder", code)
		}
		var parts []ui.Component
		for _, e := range u.Elements {
			facts := ui.Facts{}
			for _, c := range e.Criteria {
				facts.Items = append(facts.Items, ui.Fact{Term: c.No, Text: c.Text})
			}
			parts = append(parts, ui.Section{Title: e.Name, Body: []ui.Component{facts}})
		}
		body = append(body, ui.Details{Summary: code + " · " + u.TitleID, Body: parts})
	}
	return x.page(v.TitleID, body...)
}

func (x *visit) people() error { return x.showPeople("") }

func (x *visit) showPeople(link string) error {
	var orgs []organisation.Org
	lists := map[auth.OrgID][]organisation.Member{}
	names := map[auth.PersonID]string{}
	err := x.read(func(tx *db.Tx) (err error) {
		if orgs, err = organisation.Of(tx, x.actor); err != nil {
			return err
		}
		for _, o := range orgs {
			if lists[o.ID], err = organisation.People(tx, x.actor, o.ID); err != nil {
				return err
			}
			for _, m := range lists[o.ID] {
				got, err := person.Names(tx, x.actor, []auth.PersonID{m.Person})
				if err != nil {
					return err
				}
				names[m.Person] = got[m.Person]
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Head{Title: x.t("nav.people"), Lead: x.t("people.lead")}}
	if link != "" {
		body = append(body, ui.Notice{Tone: ui.Good, Text: x.t("people.invited")}, ui.Plate{Label: x.t("people.link"), Text: link})
		body = append(body, x.alsoSent()...)
	}
	for _, o := range orgs {
		t := ui.Table{Caption: o.Name, URL: "/people/end", Hidden: []ui.Pair{{Name: "org", Value: string(o.ID)}}, Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("signin.duty")}, {Text: x.t("people.since")}, {Text: x.t("people.until")}}}
		for _, m := range lists[o.ID] {
			row := ui.Row{Cells: []ui.Cell{{Text: names[m.Person]}, {Text: x.t("duty." + string(m.Duty))}, {Text: x.day(m.Since)}, {Text: x.day(m.Until)}}}
			if m.Until == "" {
				row.Select = string(m.Person) + "|" + string(m.Duty)
			}
			t.Rows = append(t.Rows, row)
		}
		if x.actor.Is(auth.OrgAdmin, o.ID) || x.actor.Is(auth.Head, o.ID) {
			t.Actions = []ui.SubmitButton{{Name: "what", Value: "end", Text: x.t("people.end")}}
			body = append(body, t, x.inviteCard(o))
			continue
		}
		body = append(body, t)
	}
	return x.page(x.t("nav.people"), body...)
}

func (x *visit) inviteCard(o organisation.Org) ui.Component {
	f := x.form2(nil)
	var duties []ui.Option
	for _, d := range auth.Duties() {
		duties = append(duties, ui.Option{Value: string(d), Text: x.t("duty." + string(d))})
	}
	form := ui.Form{URL: "/people/invite", Submit: x.t("people.invite"), Hidden: []ui.Pair{{Name: "org", Value: string(o.ID)}}, Fields: []ui.Component{f.field("text", "name", "", true), f.field("email", "email", "", true), f.choose("duty", "", duties)}}
	return ui.Details{Summary: x.t("people.invite_to", o.Name), Body: []ui.Component{ui.Card{Body: []ui.Component{form}}}}
}

func (x *visit) peopleInvite() error {
	secret, err := x.People.Invite(x.r.Context(), x.actor, auth.OrgID(x.form("org")), auth.Duty(x.form("duty")), person.Input{Name: x.form("name"), Email: x.form("email"), Sample: x.cfg.Sample})
	if err != nil {
		return err
	}
	return x.showPeople(x.cfg.Base + "/invite/" + secret)
}

func (x *visit) peopleEnd() error {
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	for _, v := range x.r.Form["row"] {
		for i := range v {
			if v[i] != '|' {
				continue
			}
			if err := x.Organisations.EndDuty(x.r.Context(), x.actor, auth.OrgID(x.form("org")), auth.PersonID(v[:i]), auth.Duty(v[i+1:])); err != nil {
				return err
			}
		}
	}
	return x.see("/people", "saved")
}

func (x *visit) peopleRelation() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	kind := x.form("kind")
	if kind != person.Trainer && kind != person.Relative && kind != person.Employer {
		return fault.New(fault.Invalid, "form.required")
	}
	err = x.People.DeclareRelation(x.r.Context(), x.actor, lsp, auth.PersonID(x.form("person")), auth.PersonID(x.form("candidate")), kind, x.form("note"))
	if err != nil {
		return err
	}
	return x.see(x.back(), "saved")
}

func (x *visit) storybook() error {
	if !x.cfg.Sample {
		return x.nothingHere()
	}
	page, ok := ui.Storybook(x.shell("Storybook"), x.id("name"))
	if !ok {
		return x.nothingHere()
	}
	return x.ui.Render(x.w, http.StatusOK, page)
}
