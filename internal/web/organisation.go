package web

import (
	"net/url"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/region"
	"kompeten/internal/web/ui"
)

func orgURL(org auth.OrgID) string { return "/organisations/" + string(org) }

// organisations is the regulator's list, by kind, by words, page after page.
func (x *visit) organisations() error {
	q := x.r.URL.Query()
	kind, words := organisation.Kind(q.Get("kind")), q.Get("q")
	after := organisation.Cursor{Fold: q.Get("after"), ID: auth.OrgID(q.Get("id"))}
	var list []organisation.Org
	err := x.read(func(tx *db.Tx) (err error) {
		if words != "" {
			list, err = organisation.Find(tx, x.actor, kind, words)
			return err
		}
		list, err = organisation.Page(tx, x.actor, kind, after)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("manage.organisations"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("organisation.kind")}, {Text: x.t("organisation.code")}, {Text: x.t("organisation.where")}},
		Empty: ui.Empty{Title: x.t("organisation.none"), Text: x.t("organisation.none_text"), Action: &ui.LinkButton{Text: x.t("action.organisation.create"), URL: "/organisations/new"}}}
	if len(list) > organisation.PageSize {
		list = list[:organisation.PageSize]
		t.Next = nextOrg("/organisations?kind="+url.QueryEscape(string(kind))+"&", list[len(list)-1])
	}
	if after.Fold != "" {
		t.First = "/organisations?kind=" + url.QueryEscape(string(kind))
	}
	for _, o := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: o.Name, Sub: o.NameEN, URL: orgURL(o.ID)}, {Text: x.t("organisation.kind." + string(o.Kind)), Sub: o.LSPType}, {Text: o.Code}, {Text: o.City}}})
	}
	filter := ui.Form{URL: "/organisations", Get: true, Inline: true, Submit: x.t("ui.search"), Fields: []ui.Component{
		ui.Field{Kind: "search", Name: "q", Label: x.t("ui.search_name"), Value: words},
		ui.Field{Kind: "select", Name: "kind", Label: x.t("organisation.kind"), Required: true, Value: string(kind), Options: append([]ui.Option{{Text: x.t("organisation.kind.all")}}, options(x, "organisation.kind.", organisation.Kinds()...)...)}}}
	head := ui.Head{Title: x.t("manage.organisations"), Lead: x.t("organisation.lead"), Actions: []ui.Component{ui.LinkButton{Text: x.t("action.organisation.create"), URL: "/organisations/new", Tone: ui.Main}}}
	body := []ui.Component{head, filter, t}
	if words != "" && len(list) == organisation.PageSize {
		body = []ui.Component{head, filter, ui.Notice{Tone: ui.Info, Text: x.t("organisation.narrow", organisation.PageSize)}, t}
	}
	return x.page(head.Title, body...)
}

// nextOrg is the address at which a list of organisations goes on after one.
func nextOrg(list string, last organisation.Org) string {
	next := organisation.After(last)
	return list + url.Values{"after": {next.Fold}, "id": {string(next.ID)}}.Encode()
}

func (x *visit) organisationNew() error {
	return x.organisationForm(organisation.Org{Kind: organisation.LSP, LSPType: "P3", Zone: date.WIB, HeadTitle: "Ketua", HeadTitleEN: "Chairperson"}, nil)
}

// organisationForm asks for an organisation; kind and code only of a new one, since numbers bear them.
func (x *visit) organisationForm(o organisation.Org, wrong error) error {
	var regions []region.Region
	if err := x.read(func(tx *db.Tx) (err error) { regions, err = region.All(tx, x.actor); return err }); err != nil {
		return err
	}
	f := x.form2(wrong)
	if conflict(wrong) {
		now, err := x.organisationFor("edit")
		if err != nil {
			return err
		}
		o.Version, f.now = now.Version, map[string]string{"name": now.Name, "name_en": now.NameEN, "address": now.Address, "city": now.City, "head_name": now.HeadName, "head_title": now.HeadTitle, "head_title_en": now.HeadTitleEN}
	}
	var ask []ui.Component
	if o.ID == "" {
		ask = append(ask, f.picked("kind", "organisation.kind", string(o.Kind), true, options(x, "organisation.kind.", organisation.Kinds()...)),
			f.picked("lsp_type", "organisation.lsp_type_label", o.LSPType, false, append([]ui.Option{{Text: "–"}}, options(x, "organisation.lsp_type.", "P1", "P2", "P3")...)), x.helped(f.labelled("text", "code", "organisation.code", o.Code, false), "organisation.code_help"))
	}
	places := append([]ui.Option{{Text: "–"}}, regencies(regions)...)
	ask = append(ask, f.labelled("text", "name", "organisation.name", o.Name, true), f.labelled("text", "name_en", "organisation.name_en", o.NameEN, false),
		f.labelled("text", "address", "form.address", o.Address, false), f.picked("regency", "organisation.regency", o.Regency, false, places), x.helped(f.labelled("text", "city", "organisation.city", o.City, false), "organisation.city_help"),
		f.picked("zone", "organisation.zone", string(o.Zone), true, options(x, "organisation.zone.", date.WIB, date.WITA, date.WIT)), x.helped(f.labelled("text", "head_name", "organisation.head_name", o.HeadName, false), "organisation.head_help"),
		f.labelled("text", "head_title", "organisation.head_title", o.HeadTitle, false), f.labelled("text", "head_title_en", "organisation.head_title_en", o.HeadTitleEN, false))
	title := x.t("action.organisation.create")
	if o.ID != "" {
		title = x.t("action.organisation.edit")
	}
	form := ui.Form{URL: x.r.URL.Path, Error: f.top, Submit: x.t("ui.save"), Hidden: []ui.Pair{version(o.Version)}, Fields: ask}
	body := append([]ui.Component{ui.Head{Over: o.Name, Title: title, Lead: x.t("organisation.form_lead")}}, x.since(wrong)...)
	return x.page(title, append(body, ui.Card{Body: []ui.Component{form}})...)
}

// helped is a field with a help under a key of its own, unless it has to tell something that matters more.
func (x *visit) helped(f ui.Field, key string) ui.Field {
	f.Help = or(f.Help, x.t(key))
	return f
}

func (x *visit) organisationSent() organisation.Org {
	o := organisation.Org{ID: auth.OrgID(x.id("id")), Kind: organisation.Kind(x.form("kind")), LSPType: x.form("lsp_type"), Code: x.form("code"), Name: x.form("name"), NameEN: x.form("name_en"), Regency: x.form("regency"),
		City: x.form("city"), Address: x.form("address"), Zone: date.Zone(x.form("zone")), HeadName: x.form("head_name"), HeadTitle: x.form("head_title"), HeadTitleEN: x.form("head_title_en"), Sample: x.cfg.Sample, Version: x.version()}
	if o.Kind != organisation.LSP {
		o.LSPType = "" // the choice stands there for LSPs alone
	}
	return o
}

func (x *visit) organisationCreate() error {
	o := x.organisationSent()
	org, err := x.Organisations.Create(x.r.Context(), x.actor, o)
	if invalid(err) {
		o.ID = ""
		return x.organisationForm(o, err)
	}
	if err != nil {
		return err
	}
	return x.see(orgURL(org), "saved")
}

// organisationFor is the organisation of the address, if the actor may take an action on it.
func (x *visit) organisationFor(do string) (o organisation.Org, err error) {
	err = x.read(func(tx *db.Tx) (err error) {
		o, err = organisation.Get(tx, x.actor, auth.OrgID(x.id("id")))
		return err
	})
	if err != nil {
		return o, err
	}
	for _, offer := range organisation.Flow.Offers(x.flowCase(), o) {
		if string(offer.Action) == do {
			return o, nil
		}
	}
	return o, fault.New(fault.Denied, "flow.not_yours")
}

func (x *visit) organisationEdit() error {
	o, err := x.organisationFor("edit")
	if err != nil {
		return err
	}
	return x.organisationForm(o, nil)
}

func (x *visit) organisationSave() error {
	o := x.organisationSent()
	err := x.Organisations.Edit(x.r.Context(), x.actor, o)
	if invalid(err) || conflict(err) {
		return x.organisationForm(o, err)
	}
	if err != nil {
		return err
	}
	return x.see(orgURL(o.ID), "saved")
}

// crew is an organisation with its people, as its page shows them.
type crew struct {
	org     organisation.Org
	members []organisation.Member
	names   map[auth.PersonID]string
	regency string
	offers  []person.Invitation
	may     bool // look after the people
}

func (x *visit) crew() (c crew, err error) {
	err = x.read(func(tx *db.Tx) (err error) {
		if c.org, err = organisation.Get(tx, x.actor, auth.OrgID(x.id("id"))); err != nil {
			return err
		}
		if c.members, err = organisation.People(tx, x.actor, c.org.ID); err != nil {
			return err
		}
		var ids []auth.PersonID
		for _, m := range c.members {
			ids = append(ids, m.Person)
		}
		if c.names, err = person.Names(tx, x.actor, ids); err != nil {
			return err
		}
		c.regency, err = region.Name(tx, x.actor, c.org.Regency)
		return err
	})
	if err != nil {
		return c, err
	}
	if c.may = offered(organisation.Flow.Offers(x.flowCase(), c.org), "invite"); c.may {
		c.offers, err = x.People.Invitations(x.r.Context(), x.actor, c.org.ID)
	}
	return c, err
}

func (x *visit) organisation() error { return x.showOrganisation("", "", nil) }

// showOrganisation shows an organisation and its people; link is a secret address to be handed on, said what it is.
func (x *visit) showOrganisation(link, said string, wrong error) error {
	c, err := x.crew()
	if err != nil {
		return err
	}
	o, path := c.org, orgURL(c.org.ID)
	head := ui.Head{Over: x.t("organisation.kind." + string(o.Kind)), Title: o.Name, Lead: o.NameEN}
	offers := organisation.Flow.Offers(x.flowCase(), o)
	if offered(offers, "edit") {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("action.organisation.edit"), URL: path + "/edit", Tone: ui.Main})
	}
	if licensed(o) && Licensing.admit(x.actor) == nil {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("manage.licence"), URL: licenceURL(o.ID)})
	}
	if licensed(o) && offered(offers, "set_numbers") {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("manage.numbers"), URL: path + "/numbers"})
	}
	if offered(offers, "issue_token") {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("manage.tokens"), URL: path + "/tokens"})
	}
	if x.mayKeys(o) {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("manage.keys"), URL: keysURL(o.ID)})
	}
	body := []ui.Component{head}
	if link != "" {
		body = append(body, ui.Notice{Tone: ui.Good, Text: x.t(said)}, ui.Plate{Label: x.t("organisation.link"), Text: link})
		body = append(body, x.alsoSent()...)
	}
	facts := ui.Facts{}
	if o.Code != "" {
		facts.Items = append(facts.Items, x.fact("organisation.code", o.Code))
	}
	if o.LSPType != "" {
		facts.Items = append(facts.Items, x.fact("organisation.lsp_type_label", x.t("organisation.lsp_type."+o.LSPType)))
	}
	facts.Items = append(facts.Items, x.fact("form.address", o.Address), x.fact("organisation.city", o.City), x.fact("organisation.regency", c.regency), x.fact("organisation.zone", x.t("organisation.zone."+string(o.Zone))),
		x.fact("organisation.head_name", o.HeadName), x.fact("organisation.head_title", strings.Trim(o.HeadTitle+" / "+o.HeadTitleEN, " /")))
	body = append(body, ui.Card{Title: x.t("organisation.data"), Body: []ui.Component{facts}}, x.memberTable(c))
	if c.may {
		body = append(body, x.organisationInviteForm(c, wrong), x.invitationTable(c), x.resetForm(c))
	}
	return x.page(o.Name, append(body, x.past(string(o.ID)))...)
}

func (x *visit) memberTable(c crew) ui.Component {
	t := ui.Table{Caption: x.t("organisation.people"), URL: orgURL(c.org.ID) + "/end", Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("signin.duty")}, {Text: x.t("people.since")}, {Text: x.t("people.until")}},
		Empty: ui.Empty{Title: x.t("organisation.nobody"), Text: x.t("organisation.nobody_text")}}
	for _, m := range c.members {
		row := ui.Row{Cells: []ui.Cell{{Text: c.names[m.Person]}, {Text: x.t("duty." + string(m.Duty))}, {Text: x.day(m.Since)}, {Text: x.day(m.Until)}}}
		if m.Until == "" {
			row.Select = string(m.Person) + "|" + string(m.Duty)
		}
		t.Rows = append(t.Rows, row)
	}
	if c.may && len(t.Rows) > 0 {
		t.Actions = []ui.SubmitButton{{Name: "what", Value: "end", Text: x.t("people.end")}}
	}
	return t
}

func (x *visit) organisationInviteForm(c crew, wrong error) ui.Component {
	f := x.form2(wrong)
	form := ui.Form{URL: orgURL(c.org.ID) + "/invite", Error: f.top, Submit: x.t("people.invite"), Fields: []ui.Component{f.field("text", "name", "", true), f.field("email", "email", "", false), f.labelled("tel", "phone", "field.phone_e164", "", false),
		f.choose("duty", "", options(x, "duty.", organisation.DutiesFor(c.org.Kind)...))}}
	return ui.Details{Summary: x.t("action.organisation.invite"), Open: wrong != nil || len(c.members) == 0, Body: []ui.Component{ui.Para{Text: x.t("organisation.invite_lead")}, form}}
}

func (x *visit) invitationTable(c crew) ui.Component {
	t := ui.Table{Caption: x.t("organisation.invitations"), URL: orgURL(c.org.ID) + "/uninvite", Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("signin.duty")}, {Text: x.t("organisation.link_until")}},
		Actions: []ui.SubmitButton{{Name: "what", Value: "revoke", Text: x.t("action.organisation.revoke_invite")}}}
	for _, i := range c.offers {
		t.Rows = append(t.Rows, ui.Row{Select: i.Link, Cells: []ui.Cell{{Text: i.Name}, {Text: x.t("duty." + string(i.Duty))}, {Text: x.when(i.ExpiresAt.Time)}}})
	}
	if len(t.Rows) == 0 {
		return ui.Para{Text: x.t("organisation.no_invitations")}
	}
	return t
}

func (x *visit) organisationInvite() error {
	in := person.Input{Name: x.form("name"), Email: x.form("email"), Phone: x.form("phone"), Sample: x.cfg.Sample}
	secret, err := x.People.Invite(x.r.Context(), x.actor, auth.OrgID(x.id("id")), auth.Duty(x.form("duty")), in)
	if invalid(err) {
		return x.showOrganisation("", "", err)
	}
	if err != nil {
		return err
	}
	return x.showOrganisation(x.cfg.Base+"/invite/"+secret, "people.invited", nil)
}

func (x *visit) organisationUninvite() error {
	links, err := x.rows()
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := x.People.RevokeInvite(x.r.Context(), x.actor, auth.OrgID(x.id("id")), l); err != nil {
			return err
		}
	}
	return x.see(orgURL(auth.OrgID(x.id("id"))), chosen(links))
}

// chosen names the good news, or says that nothing was chosen.
func chosen(rows []string) string {
	if len(rows) == 0 {
		return "nothing_chosen"
	}
	return "saved"
}

func (x *visit) organisationEnd() error {
	rows, err := x.rows()
	if err != nil {
		return err
	}
	org := auth.OrgID(x.id("id"))
	for _, v := range rows {
		p, d, _ := strings.Cut(v, "|")
		if err := x.Organisations.EndDuty(x.r.Context(), x.actor, org, auth.PersonID(p), auth.Duty(d)); err != nil {
			return err
		}
	}
	return x.see(orgURL(org), chosen(rows))
}

// resetForm makes the link by which one of the people sets a new password.
func (x *visit) resetForm(c crew) ui.Component {
	var people []ui.Option
	for _, m := range c.members {
		if m.Until == "" && !slices.ContainsFunc(people, func(o ui.Option) bool { return o.Value == string(m.Person) }) {
			people = append(people, ui.Option{Value: string(m.Person), Text: c.names[m.Person]})
		}
	}
	if len(people) == 0 {
		return ui.Para{Text: x.t("reset.nobody")}
	}
	f := x.form2(nil)
	form := ui.Form{URL: orgURL(c.org.ID) + "/reset", Submit: x.t("action.person.reset_password"), Fields: []ui.Component{f.picked("person", "reset.who", "", true, people), f.labelled("textarea", "reason", "ui.reason", "", true)}}
	return ui.Details{Summary: x.t("reset.make"), Body: []ui.Component{ui.Para{Text: x.t("reset.make_lead")}, form}}
}

func (x *visit) organisationReset() error {
	secret, err := x.People.ResetPassword(x.r.Context(), x.actor, auth.PersonID(x.form("person")), x.form("reason"))
	if err != nil {
		return err
	}
	return x.showOrganisation(x.cfg.Base+"/reset/"+secret, "reset.made", nil)
}
