package web

import (
	"regexp"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/web/ui"
)

// managed are the addresses of the pages that manage leads to.
var managed = regexp.MustCompile(`^/(manage|organisations|licences|standards|forms|import|drafts|history|businesses)`)

// manage is the way to everything that is set up once and looked after since: organisations, licences, standards.
func (x *visit) manage() error {
	var orgs []organisation.Org
	ends := map[auth.OrgID]int{}
	err := x.read(func(tx *db.Tx) (err error) {
		if orgs, err = organisation.Of(tx, x.actor); err != nil {
			return err
		}
		for _, o := range orgs {
			if !licensed(o) {
				continue
			}
			list, err := licence.Ends(tx, x.actor, o.ID, 90)
			if err != nil {
				return err
			}
			ends[o.ID] = len(list)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var tasks ui.Tasks
	grid := ui.Grid{}
	if x.actor.Any(auth.Regulator) {
		grid.Items = append(grid.Items, x.way("organisations", "/organisations"), x.way("licences", "/licences"), x.way("import", "/import"), x.way("drafts", "/drafts"))
	}
	if Lister.admit(x.actor) == nil {
		grid.Items = append(grid.Items, x.way("businesses", "/businesses"))
	}
	for _, o := range orgs {
		if ends[o.ID] > 0 && Licensing.admit(x.actor) == nil {
			tasks.Items = append(tasks.Items, ui.Task{Count: ends[o.ID], Text: x.t("task.assessors_ending"), Sub: o.Name, URL: licenceURL(o.ID) + "/assessors?ends=90", Tone: ui.Warn})
		}
		grid.Items = append(grid.Items, x.orgWays(o)...)
	}
	grid.Items = append(grid.Items, x.way("standards", "/standards"), x.way("forms", "/forms"))
	body := []ui.Component{ui.Head{Title: x.t("nav.manage"), Lead: x.t("manage.lead")}}
	if len(tasks.Items) > 0 {
		body = append(body, tasks)
	}
	return x.page(x.t("nav.manage"), append(body, grid)...)
}

// orgWays is where the actor can go in an organisation of hers.
func (x *visit) orgWays(o organisation.Org) []ui.Component {
	url := orgURL(o.ID)
	out := []ui.Component{ui.Card{Title: o.Name, Body: []ui.Component{ui.Para{Text: x.t("manage.own")}, ui.LinkButton{Text: x.t("manage.open"), URL: url}}}}
	offers := organisation.Flow.Offers(x.flowCase(), o)
	if offered(offers, "issue_token") {
		out = append(out, x.way("tokens", url+"/tokens"))
	}
	if licensed(o) && offered(offers, "set_numbers") {
		out = append(out, x.way("numbers", url+"/numbers"))
	}
	if x.mayKeys(o) {
		out = append(out, x.way("keys", keysURL(o.ID)))
	}
	if licensed(o) && Licensing.admit(x.actor) == nil {
		u := licenceURL(o.ID)
		out = append(out, x.way("licence", u), x.way("assessors", u+"/assessors"), x.way("places", u+"/places"), x.way("blanks", u+"/blanks"))
	}
	return out
}

// way is a card that leads somewhere.
func (x *visit) way(key, url string) ui.Component {
	return ui.Card{Title: x.t("manage." + key), Body: []ui.Component{ui.Para{Text: x.t("manage." + key + ".text")}, ui.LinkButton{Text: x.t("manage.open"), URL: url}}}
}

// licensed says whether an organisation is of those that certify under a licence.
func licensed(o organisation.Org) bool {
	return o.Kind == organisation.LSP || o.Kind == organisation.LSK
}

// offered says whether an action is among those a Table offers.
func offered(offers []flow.Offer, do flow.Action) bool {
	return slices.ContainsFunc(offers, func(o flow.Offer) bool { return o.Action == do })
}

// labelled is a field whose label stands under a key of its own.
func (f *fields) labelled(kind, name, label, known string, required bool) ui.Field {
	out := f.field(kind, name, known, required)
	if out.Label = f.x.t(label); f.now[name] == "" {
		out.Help = "" // that of the shared name is about something else
	}
	return out
}

// picked is a field to choose from a list, with a label of its own.
func (f *fields) picked(name, label, known string, required bool, options []ui.Option) ui.Field {
	out := f.labelled("select", name, label, known, required)
	out.Options = options
	return out
}

// checked is a field of which several may be chosen, with a label of its own.
func (f *fields) checked(name, label string, known []string, options []ui.Option) ui.Field {
	out := f.labelled("checks", name, label, "", true)
	out.Options, out.Values = options, known
	if f.top != "" {
		out.Values = f.x.r.Form[name]
	}
	return out
}

// rows are the values chosen in a table.
func (x *visit) rows() ([]string, error) {
	if err := x.r.ParseForm(); err != nil {
		return nil, err
	}
	return x.r.Form["row"], nil
}

// options makes choices of values whose words stand under a prefix.
func options[T ~string](x *visit, prefix string, values ...T) (out []ui.Option) {
	for _, v := range values {
		out = append(out, ui.Option{Value: string(v), Text: x.t(prefix + string(v))})
	}
	return out
}

// fact is a term under a key and what it is here; nothing known is a dash.
func (x *visit) fact(key, value string) ui.Fact {
	if value == "" {
		value = "–"
	}
	return ui.Fact{Term: x.t(key), Text: value}
}
