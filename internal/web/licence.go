package web

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
	"kompeten/internal/web/ui"
)

func licenceURL(org auth.OrgID) string { return "/licences/" + string(org) }

// certifier is an LSP with the names of the schemes, as the pages of its licence, assessors, places and blanks need them.
type certifier struct {
	org    organisation.Org
	titles map[scheme.ID]string
	open   []scheme.Version // published, by title
	today  date.Date
}

// certifier reads the LSP of the address; whose it is not, and whom it is no business of, does not find it.
func (x *visit) certifier(tx *db.Tx) (b certifier, err error) {
	b = certifier{titles: map[scheme.ID]string{}}
	if b.org, err = organisation.Get(tx, x.actor, auth.OrgID(x.id("org"))); err != nil {
		return b, err
	}
	if !licensed(b.org) || !x.actor.In(b.org.ID) && !x.actor.Any(auth.Regulator) {
		return b, fault.New(fault.NotFound, "db.not_found")
	}
	for _, state := range []flow.State{scheme.Retired, scheme.Published} {
		if b.open, err = scheme.List(tx, x.actor, state); err != nil {
			return b, err
		}
		for _, v := range b.open {
			b.titles[v.Scheme] = v.TitleID
		}
	}
	b.today = date.Of(tx.Now(), b.org.Zone)
	return b, nil
}

// schemes are choices of schemes, those left out that are had already.
func (b certifier) schemes(without ...scheme.ID) (out []ui.Option) {
	for _, v := range b.open {
		if !slices.Contains(without, v.Scheme) {
			out = append(out, ui.Option{Value: string(v.Scheme), Text: v.TitleID, Help: v.Number})
		}
	}
	return out
}

// scope shows schemes by name.
func (b certifier) scope(schemes []scheme.ID) ui.Component {
	var chips ui.Chips
	for _, s := range schemes {
		chips.Items = append(chips.Items, ui.Chip{Text: b.titles[s]})
	}
	return chips
}

// tabs lead to the four registers of an LSP.
func (x *visit) licenceTabs(org auth.OrgID, current string) ui.Component {
	u := licenceURL(org)
	var tabs ui.Tabs
	for _, t := range []ui.Link{{Text: x.t("manage.licence"), URL: u}, {Text: x.t("manage.assessors"), URL: u + "/assessors"}, {Text: x.t("manage.places"), URL: u + "/places"}, {Text: x.t("manage.blanks"), URL: u + "/blanks"}} {
		t.Current = t.URL == u+current
		tabs.Items = append(tabs.Items, t)
	}
	return tabs
}

// sent are the schemes chosen in a form.
func (x *visit) schemesSent(name string) (out []scheme.ID) {
	_ = x.form(name) // reads the form, of whatever kind it is
	for _, s := range x.r.Form[name] {
		out = append(out, scheme.ID(s))
	}
	return out
}

// standing is how a licence stands today.
func (x *visit) standing(l licence.Licence, today date.Date) ui.Chip {
	switch {
	case l.State == "active" && today > l.ValidUntil:
		return ui.Chip{Text: x.t("licence.over"), Tone: ui.Warn}
	case l.State == "active" && today < l.ValidFrom:
		return ui.Chip{Text: x.t("licence.later"), Tone: ui.Info}
	}
	return x.chip("licence", string(l.State))
}

// licences lists the LSPs with the licence each has, for the regulator.
func (x *visit) licences() error {
	var list []organisation.Org
	have := map[auth.OrgID]licence.Licence{}
	after := organisation.Cursor{Fold: x.r.URL.Query().Get("after"), ID: auth.OrgID(x.r.URL.Query().Get("id"))}
	words := x.r.URL.Query().Get("q")
	err := x.read(func(tx *db.Tx) (err error) {
		if words != "" {
			list, err = organisation.Find(tx, x.actor, organisation.LSP, words)
		} else {
			list, err = organisation.Page(tx, x.actor, organisation.LSP, after)
		}
		for _, o := range list {
			if err != nil {
				return err
			}
			var l licence.Licence
			if l, err = licence.LicenceOf(tx, x.actor, o.ID); fault.Is(err, fault.NotFound) {
				err = nil
			}
			have[o.ID] = l
		}
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("manage.licences"), Columns: []ui.Column{{Text: x.t("licence.lsp")}, {Text: x.t("licence.number")}, {Text: x.t("licence.until")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("licence.no_lsp"), Text: x.t("licence.no_lsp_text"), Action: &ui.LinkButton{Text: x.t("action.organisation.create"), URL: "/organisations/new"}}}
	if len(list) > organisation.PageSize {
		list = list[:organisation.PageSize]
		t.Next = nextOrg("/licences?", list[len(list)-1])
	}
	if after.Fold != "" {
		t.First = "/licences"
	}
	for _, o := range list {
		l, chip := have[o.ID], ui.Chip{Text: x.t("licence.none"), Tone: ui.Warn}
		if l.ID != "" {
			chip = x.standing(l, x.today())
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: o.Name, URL: licenceURL(o.ID)}, {Text: l.Number}, {Text: x.day(l.ValidUntil)}, {Chip: &chip}}})
	}
	return x.page(x.t("manage.licences"), ui.Head{Title: x.t("manage.licences"), Lead: x.t("licence.lead")}, x.search(words), t)
}

func (x *visit) licencesOf() error { return x.showLicences(nil) }

// showLicences shows every licence an LSP has had, and lets the regulator grant one.
func (x *visit) showLicences(wrong error) error {
	var b certifier
	var list []licence.Licence
	err := x.read(func(tx *db.Tx) (err error) {
		if b, err = x.certifier(tx); err != nil {
			return err
		}
		list, err = licence.Licences(tx, x.actor, b.org.ID)
		return err
	})
	if err != nil {
		return err
	}
	parts := []ui.Component{ui.Head{Over: b.org.Name, Title: x.t("manage.licence"), Lead: x.t("licence.lsp_lead")}, x.licenceTabs(b.org.ID, "")}
	for _, l := range list {
		url := licenceURL(b.org.ID) + "/licence/" + l.ID
		facts := ui.Facts{Items: []ui.Fact{x.fact("form.decree", l.Decree), x.fact("licence.from", x.day(l.ValidFrom)), x.fact("licence.until", x.day(l.ValidUntil))}}
		parts = append(parts, ui.Card{Title: l.Number, Body: []ui.Component{ui.Chips{Items: []ui.Chip{x.standing(l, b.today)}}, facts, b.scope(l.Schemes), ui.LinkButton{Text: x.t("licence.open"), URL: url}}})
	}
	if len(list) == 0 {
		parts = append(parts, ui.Empty{Title: x.t("licence.none"), Text: x.t("licence.none_text")})
	}
	if offered(licence.Offers(x.flowCase(), b.org.ID, flow.None), "grant") {
		parts = append(parts, ui.Details{Summary: x.t("action.licence.grant"), Open: wrong != nil || len(list) == 0, Body: []ui.Component{x.grantForm(b, wrong)}})
	}
	return x.page(b.org.Name, parts...)
}

func (x *visit) grantForm(b certifier, wrong error) ui.Component {
	f := x.form2(wrong)
	return ui.Form{URL: licenceURL(b.org.ID) + "/grant", Error: f.top, Submit: x.t("action.licence.grant"), Fields: []ui.Component{
		f.labelled("text", "number", "licence.number", "BNSP-LSP-"+b.org.Code+"-ID", true), f.labelled("text", "decree", "form.decree", "", true), f.labelled("date", "valid_from", "licence.from", string(b.today), true),
		f.labelled("date", "valid_until", "licence.until", string(b.today.AddMonths(60)), true), f.checked("schemes", "licence.scope", nil, b.schemes())}}
}

func (x *visit) licenceGrant() error {
	l := licence.Licence{Org: auth.OrgID(x.id("org")), Number: x.form("number"), Decree: x.form("decree"), ValidFrom: date.Date(x.form("valid_from")), ValidUntil: date.Date(x.form("valid_until")), Schemes: x.schemesSent("schemes")}
	made, err := x.Licences.Grant(x.r.Context(), x.actor, l)
	if invalid(err) {
		return x.showLicences(err)
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(l.Org)+"/licence/"+made, "saved")
}

// licence shows one licence: its scope, and what the regulator may do with it.
func (x *visit) licence() error {
	var b certifier
	var list []licence.Licence
	err := x.read(func(tx *db.Tx) (err error) {
		if b, err = x.certifier(tx); err != nil {
			return err
		}
		list, err = licence.Licences(tx, x.actor, b.org.ID)
		return err
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(l licence.Licence) bool { return l.ID == x.id("licence") })
	if i < 0 {
		return fault.New(fault.NotFound, "db.not_found")
	}
	l, url := list[i], licenceURL(b.org.ID)+"/licence/"+x.id("licence")
	offers := licence.Offers(x.flowCase(), b.org.ID, l.State)
	head := ui.Head{Over: b.org.Name, Title: l.Number, Lead: l.Decree, Chips: []ui.Chip{x.standing(l, b.today)}, Actions: x.buttons("licence", offers, url+"/do/", "suspend_licence", "resume_licence")}
	facts := ui.Facts{Items: []ui.Fact{x.fact("licence.from", x.day(l.ValidFrom)), x.fact("licence.until", x.day(l.ValidUntil))}}
	parts := []ui.Component{head, x.licenceTabs(b.org.ID, ""), ui.Card{Title: x.t("licence.scope"), Body: []ui.Component{facts, b.scope(l.Schemes)}}}
	if more := b.schemes(l.Schemes...); len(more) > 0 && offered(offers, "widen_licence") {
		f := x.form2(nil)
		parts = append(parts, ui.Card{Title: x.t("action.licence.widen_licence"), Body: []ui.Component{ui.Form{URL: url + "/widen", Submit: x.t("licence.widen"), Fields: []ui.Component{f.checked("schemes", "licence.more", nil, more)}}}})
	}
	return x.page(l.Number, append(parts, x.past(l.ID))...)
}

func (x *visit) licenceWiden() error {
	org := auth.OrgID(x.id("org"))
	schemes := x.schemesSent("schemes")
	url := licenceURL(org) + "/licence/" + x.id("licence")
	if len(schemes) == 0 {
		return x.see(url, "nothing_chosen")
	}
	if err := x.Licences.WidenLicence(x.r.Context(), x.actor, org, x.id("licence"), schemes); err != nil {
		return err
	}
	return x.see(url, "saved")
}

func (x *visit) licenceDo() error {
	org, id, ctx, reason := auth.OrgID(x.id("org")), x.id("licence"), x.r.Context(), x.form("reason")
	var err error
	switch x.id("action") {
	case "suspend_licence":
		err = x.Licences.Suspend(ctx, x.actor, org, id, reason)
	case "resume_licence":
		err = x.Licences.Resume(ctx, x.actor, org, id, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/licence/"+id, "saved")
}

// names of people by their ids.
func (x *visit) names(tx *db.Tx, ids ...auth.PersonID) (map[auth.PersonID]string, error) {
	return person.Names(tx, x.actor, ids)
}
