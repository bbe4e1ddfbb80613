package web

import (
	"strconv"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/money"
	"kompeten/internal/names"
	"kompeten/internal/organisation"
	"kompeten/internal/paper"
	"kompeten/internal/programme"
	"kompeten/internal/region"
	"kompeten/internal/report"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

func (x *visit) programmes() error {
	var list []programme.Programme
	if err := x.read(func(tx *db.Tx) (err error) { list, err = programme.List(tx, x.actor); return err }); err != nil {
		return err
	}
	head := ui.Head{Title: x.t("nav.programmes"), Lead: x.t("programme.lead")}
	if x.actor.Any(auth.Officer) {
		head.Actions = []ui.Component{ui.LinkButton{Text: x.t("programme.new"), URL: "/programmes/new", Tone: ui.Main}}
	}
	return x.page(x.t("nav.programmes"), head, x.programmeTable(x.t("nav.programmes"), list))
}

func (x *visit) programmeTable(caption string, list []programme.Programme) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: x.t("form.title")}, {Text: x.t("form.held_on")}, {Text: x.t("programme.state")}, {Text: x.t("form.seats"), Num: true}},
		Empty: ui.Empty{Title: x.t("programme.none"), Text: x.t("programme.none_text")}}
	if x.actor.Any(auth.Officer) {
		t.Empty.Action = &ui.LinkButton{Text: x.t("programme.new"), URL: "/programmes/new", Tone: ui.Main}
	}
	for _, p := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Title, Sub: p.Place, URL: "/programmes/" + string(p.ID)}, {Text: x.day(p.HeldOn)}, {Chip: ref(x.chip("programme", string(p.State)))},
			{Text: x.num(p.Taken) + " / " + x.num(p.Seats)}}})
	}
	return t
}

func (x *visit) programmeNew() error {
	return x.programmeForm(programme.Programme{Year: x.today().Year(), Seats: 30, Funding: 2, Giver: 62, HeldOn: x.today().AddDays(30)}, nil)
}

// programmeForm asks for a programme, new or known.
func (x *visit) programmeForm(p programme.Programme, wrong error) error {
	var offices, lsps []organisation.Org
	var versions []scheme.Version
	var regions []region.Region
	err := x.read(func(tx *db.Tx) (err error) {
		if offices, err = programme.Offices(tx, x.actor); err != nil {
			return err
		}
		if lsps, err = organisation.List(tx, x.actor, organisation.LSP); err != nil {
			return err
		}
		if regions, err = region.All(tx, x.actor); err != nil {
			return err
		}
		versions, err = scheme.List(tx, x.actor, scheme.Published)
		return err
	})
	if err != nil {
		return err
	}
	if p.Regency == "" && len(offices) > 0 {
		p.Regency = offices[0].Regency
	}
	f := x.form2(wrong)
	if conflict(wrong) {
		f.top = x.t("conflict.form")
		if p.Version, f.now, err = x.programmeKnown(); err != nil {
			return err
		}
	}
	schemes := f.field("checks", "schemes", "", true)
	for _, v := range versions {
		schemes.Options = append(schemes.Options, ui.Option{Value: string(v.ID), Text: v.TitleID, Help: v.Number})
	}
	for _, v := range p.Schemes {
		schemes.Values = append(schemes.Values, string(v))
	}
	seats := f.field("number", "seats", strconv.Itoa(p.Seats), true)
	seats.Mode = "numeric"
	form := ui.Form{URL: x.r.URL.Path, Error: f.top, Submit: x.t("ui.save"), Hidden: []ui.Pair{version(p.Version)}, Fields: []ui.Component{
		f.choose("office", string(p.Office), orgOptions(offices)), f.field("text", "title", p.Title, true), f.field("text", "decree", p.Decree, false),
		f.field("number", "year", strconv.Itoa(p.Year), true), f.choose("lsp", string(p.LSP), orgOptions(lsps)), schemes,
		f.choose("funding", strconv.Itoa(p.Funding), codes(programme.Fundings(), func(c string) string { return x.t("funding." + c) })), f.choose("giver", strconv.Itoa(p.Giver), codes(programme.Givers(), func(c string) string { return x.t("giver." + c) })),
		f.field("rupiah", "budget", strconv.FormatInt(int64(p.Budget), 10), false), f.field("rupiah", "unit_cost", strconv.FormatInt(int64(p.UnitCost), 10), false), seats,
		f.field("text", "place", p.Place, false), f.choose("regency", p.Regency, regencies(regions)), f.field("date", "held_on", string(p.HeldOn), true)}}
	title := x.t("programme.new")
	if p.ID != "" {
		title = x.t("programme.edit")
	}
	body := append([]ui.Component{ui.Head{Title: title, Lead: x.t("programme.new_lead")}}, x.since(wrong)...)
	return x.page(title, append(body, form)...)
}

// programmeKnown is what the fields of a programme's form would show by now, and of which version.
func (x *visit) programmeKnown() (int64, map[string]string, error) {
	p, err := x.getProgramme()
	return p.Version, map[string]string{"title": p.Title, "decree": p.Decree, "year": strconv.Itoa(p.Year), "budget": strconv.FormatInt(int64(p.Budget), 10),
		"unit_cost": strconv.FormatInt(int64(p.UnitCost), 10), "seats": strconv.Itoa(p.Seats), "place": p.Place, "held_on": string(p.HeldOn)}, err
}

func orgOptions(list []organisation.Org) (out []ui.Option) {
	for _, o := range list {
		out = append(out, ui.Option{Value: string(o.ID), Text: o.Name})
	}
	return out
}

func regencies(all []region.Region) (out []ui.Option) {
	for _, r := range all {
		if r.Kind() == region.Regency {
			out = append(out, ui.Option{Value: r.Code, Text: r.Name})
		}
	}
	return out
}

func codes(all []int, words func(string) string) (out []ui.Option) {
	for _, c := range all {
		out = append(out, ui.Option{Value: strconv.Itoa(c), Text: words(strconv.Itoa(c))})
	}
	return out
}

func (x *visit) programmeSent() programme.Programme {
	p := programme.Programme{ID: programme.ID(x.id("id")), Office: auth.OrgID(x.form("office")), LSP: auth.OrgID(x.form("lsp")), Title: x.form("title"), Decree: x.form("decree"),
		Year: x.int("year"), Funding: x.int("funding"), Giver: x.int("giver"), Budget: money.Rupiah(x.int("budget")), UnitCost: money.Rupiah(x.int("unit_cost")), Seats: x.int("seats"),
		Place: x.form("place"), Regency: x.form("regency"), HeldOn: date.Date(x.form("held_on")), Sample: x.cfg.Sample, Version: x.version()}
	for _, v := range x.r.Form["schemes"] {
		p.Schemes = append(p.Schemes, scheme.VersionID(v))
	}
	return p
}

func (x *visit) programmeCreate() error {
	p := x.programmeSent()
	pid, err := x.Programmes.Create(x.r.Context(), x.actor, p)
	if invalid(err) {
		return x.programmeForm(p, err)
	}
	if err != nil {
		return err
	}
	return x.see("/programmes/"+string(pid), "saved")
}

func (x *visit) programmeEdit() error {
	p, err := x.getProgramme()
	if err != nil {
		return err
	}
	return x.programmeForm(p, nil)
}

func (x *visit) programmeSave() error {
	p := x.programmeSent()
	err := x.Programmes.Edit(x.r.Context(), x.actor, p)
	if invalid(err) || conflict(err) {
		return x.programmeForm(p, err)
	}
	if err != nil {
		return err
	}
	return x.see("/programmes/"+string(p.ID), "saved")
}

func (x *visit) getProgramme() (p programme.Programme, err error) {
	err = x.read(func(tx *db.Tx) error { p, err = programme.Get(tx, x.actor, programme.ID(x.id("id"))); return err })
	return p, err
}

// programme is the page of figures: each number opens the list behind it.
func (x *visit) programme() error {
	var p programme.Programme
	var f report.Figures
	var rows programme.Counts
	var lsp organisation.Org
	var past []ledger.Row
	var places map[string]string
	pid := programme.ID(x.id("id"))
	err := x.read(func(tx *db.Tx) (err error) {
		if p, err = programme.Get(tx, x.actor, pid); err != nil {
			return err
		}
		if f, err = report.Of(tx, x.actor, pid); err != nil {
			return err
		}
		if rows, err = programme.CountRows(tx, x.actor, pid); err != nil {
			return err
		}
		if lsp, err = organisation.Get(tx, x.actor, p.LSP); err != nil {
			return err
		}
		if places, err = regionNames(tx, x.actor); err != nil {
			return err
		}
		past, err = ledger.Of(tx, x.actor, string(pid))
		return err
	})
	if err != nil {
		return err
	}
	url := "/programmes/" + string(pid)
	head := ui.Head{Over: p.Decree, Title: p.Title, Lead: x.t("programme.line", lsp.Name, text.Weekday(x.lang, p.HeldOn), p.Place), Chips: []ui.Chip{x.chip("programme", string(p.State))}}
	offers := programme.Flow.Offers(x.flowCase(), p)
	if len(offers) > 0 {
		head.Actions = x.buttons("programme", offers, url+"/do/", "open", "freeze", "close")
		if f.Invited > 0 {
			head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("programme.letters"), URL: url + "/letters.pdf"})
		}
		if p.State == programme.Draft || p.State == programme.Open {
			head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("programme.edit"), URL: url + "/edit"})
		}
		head.Actions = append(head.Actions, x.buttons("programme", offers, url+"/do/", "cancel")...)
	}
	body := []ui.Component{head}
	if x.actor.Is(auth.Officer, p.Office) {
		body = append(body, x.programmeSteps(p, rows, f, url))
	}
	if f.Invited == 0 {
		return x.page(p.Title, append(body, x.history("programme", past))...)
	}
	body = append(body, x.figures(f, url), ui.Grid{Items: []ui.Component{
		ui.Bars{Caption: x.t("programme.by_district"), Label: x.t("field.district"), Series: []string{x.t("figure.invited"), x.t("figure.present"), x.t("figure.k"), x.t("figure.issued")}, Rows: bars(f.Districts, url+"/people?district=", places), Empty: x.t("programme.no_people")},
		ui.Bars{Caption: x.t("programme.by_sector"), Label: x.t("field.sector"), Series: []string{x.t("figure.invited"), x.t("figure.present"), x.t("figure.k"), x.t("figure.issued")}, Rows: bars(f.Sectors, url+"/people?sector=", nil), Empty: x.t("programme.no_people")}}},
		x.history("programme", past))
	return x.page(p.Title, body...)
}

func regionNames(tx *db.Tx, actor auth.Actor) (map[string]string, error) {
	all, err := region.All(tx, actor)
	out := map[string]string{"": "–"}
	for _, r := range all {
		out[r.Code] = r.Name
	}
	return out, err
}

// programmeSteps says where the list stands and what to do next.
func (x *visit) programmeSteps(p programme.Programme, c programme.Counts, f report.Figures, url string) ui.Component {
	done := func(is bool) string {
		if is {
			return "done"
		}
		return "todo"
	}
	steps := []ui.Step{{Text: x.t("step.open"), State: done(p.State != programme.Draft)}, {Text: x.t("step.list"), State: done(c.Waiting+c.Good+c.Nominated > 0)},
		{Text: x.t("step.clean"), State: done(c.Waiting == 0 && c.Good+c.Nominated > 0)}, {Text: x.t("step.nominate"), State: done(c.Nominated > 0 && c.Good == 0)},
		{Text: x.t("step.confirm"), State: done(f.Invited > 0 && f.Confirmed == f.Invited)}, {Text: x.t("step.assess"), State: done(f.K+f.BK > 0)}, {Text: x.t("step.issue"), State: done(f.Issued > 0)}}
	for i := range steps {
		if steps[i].State == "todo" {
			steps[i].State = "current"
			break
		}
	}
	tasks := ui.Tasks{Items: []ui.Task{}}
	add := func(n int, key, to string, tone ui.Tone) {
		if n > 0 {
			tasks.Items = append(tasks.Items, ui.Task{Count: n, Text: x.t("task." + key), URL: url + to, Tone: tone})
		}
	}
	add(c.Errors, "rows_error", "/list?show=error", ui.Warn)
	add(c.Warnings, "rows_warning", "/list?show=warning", ui.Plain)
	add(c.Good, "rows_good", "/nominate", ui.Plain)
	add(f.Waiting, "waitlisted", "/people", ui.Plain)
	body := []ui.Component{ui.Stepper{Steps: steps}}
	if len(tasks.Items) > 0 {
		body = append(body, tasks)
	}
	if c.Waiting+c.Good+c.Nominated == 0 {
		body = append(body, ui.Empty{Title: x.t("programme.no_list"), Text: x.t("programme.no_list_text"), Action: &ui.LinkButton{Text: x.t("programme.upload"), URL: url + "/list", Tone: ui.Main}})
	} else {
		body = append(body, ui.LinkButton{Text: x.t("programme.see_list"), URL: url + "/list"})
	}
	return ui.Card{Body: body}
}

func (x *visit) figures(f report.Figures, url string) ui.Component {
	fig := func(n int, key string, tone ui.Tone) ui.Figure {
		return ui.Figure{Value: x.num(n), Label: x.t("figure." + key), URL: url + "/people?count=" + key, Tone: tone}
	}
	out := ui.Figures{AsOf: x.t("figure.as_of", x.when(f.AsOf.Time))}
	out.Items = []ui.Figure{fig(f.Invited, "invited", ""), fig(f.Confirmed, "confirmed", ""), fig(f.Accepted, "accepted", ""), fig(f.Present, "present", ""), fig(f.K, "k", ui.Good), fig(f.BK, "bk", ui.Warn),
		fig(f.Issued, "issued", ui.Good), fig(f.Handed, "handed", ui.Good),
		{Value: text.Rupiah(f.Used), Label: x.t("figure.used"), Sub: x.t("figure.of_budget", text.Rupiah(f.Budget))}}
	return out
}

func bars(lines []report.Line, url string, names map[string]string) (out []ui.Bar) {
	most := 0
	for _, l := range lines {
		most = max(most, l.Invited)
	}
	for _, l := range lines {
		name := l.Code
		if names != nil && names[l.Code] != "" {
			name = names[l.Code]
		}
		if name == "" {
			name = "–"
		}
		out = append(out, ui.Bar{Label: name, URL: url + l.Code, Values: []int{l.Invited, l.Present, l.K, l.Issued}, Most: most})
	}
	return out
}

func (x *visit) programmeDo() error {
	pid, ctx, reason := programme.ID(x.id("id")), x.r.Context(), x.form("reason")
	var err error
	switch x.id("action") {
	case "open":
		err = x.Programmes.Open(ctx, x.actor, pid)
	case "freeze":
		err = x.Programmes.Freeze(ctx, x.actor, pid)
	case "close":
		err = x.Programmes.Close(ctx, x.actor, pid)
	case "cancel":
		err = x.Programmes.Cancel(ctx, x.actor, pid, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/programmes/"+string(pid), "saved")
}

// programmePeople is the list behind a figure.
func (x *visit) programmePeople() error {
	pid, q := programme.ID(x.id("id")), x.r.URL.Query()
	filter := application.Filter{Programme: pid, District: q.Get("district"), Sector: q.Get("sector"), Query: q.Get("q"), After: x.after()}
	filter.Stages = report.StagesOf(q.Get("count"))
	if q.Get("count") == "draft" {
		filter.Stages = []application.Stage{application.StageDraft, application.StageReturned}
	}
	var p programme.Programme
	var list []application.Application
	var next names.Key
	var places map[string]string
	err := x.read(func(tx *db.Tx) (err error) {
		if p, err = programme.Get(tx, x.actor, pid); err != nil {
			return err
		}
		if places, err = regionNames(tx, x.actor); err != nil {
			return err
		}
		list, next, err = application.List(tx, x.actor, filter)
		return err
	})
	if err != nil {
		return err
	}
	title := x.t("figure.invited")
	if c := q.Get("count"); text.Has("figure." + c) {
		title = x.t("figure." + c)
	}
	t := x.applicationTable(title, list, next, places, nil)
	return x.page(title, ui.Head{Over: p.Title, Title: title, Lead: x.t("figure.as_of", x.when(x.DB.Now()))}, x.search(q.Get("q"), ui.Pair{Name: "count", Value: q.Get("count")}, ui.Pair{Name: "district", Value: q.Get("district")}, ui.Pair{Name: "sector", Value: q.Get("sector")}), t)
}

// after is the place in a list where this page begins.
func (x *visit) after() names.Key {
	q := x.r.URL.Query()
	return names.Key{Word: q.Get("word"), After: q.Get("after"), ID: q.Get("id")}
}

// goesOn gives a list the way to what follows. A search that found nothing yet says why, and how to go on.
func (x *visit) goesOn(t *ui.Table, next names.Key) {
	if next == (names.Key{}) {
		return
	}
	q := x.r.URL.Query()
	q.Set("word", next.Word)
	q.Set("after", next.After)
	q.Set("id", next.ID)
	t.Next = x.r.URL.Path + "?" + q.Encode()
	t.Empty = ui.Empty{Title: x.t("list.not_yet"), Text: x.t("list.not_yet_text", names.Reach), Action: &ui.LinkButton{Text: x.t("list.look_on"), URL: t.Next}}
}

// search is the filter bar of a list.
func (x *visit) search(q string, hidden ...ui.Pair) ui.Component {
	return ui.Form{URL: x.r.URL.Path, Get: true, Inline: true, Submit: x.t("ui.search"), Hidden: hidden, Fields: []ui.Component{ui.Field{Kind: "search", Name: "q", Label: x.t("ui.search_name"), Value: q}}}
}

func (x *visit) letters() error {
	pid := programme.ID(x.id("id"))
	data, err := paper.Invitations(x.r.Context(), x.Services, x.actor, pid, x.cfg.Base)
	if err != nil {
		return err
	}
	return x.download("undangan.pdf", "application/pdf", data)
}
