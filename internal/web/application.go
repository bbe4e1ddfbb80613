package web

import (
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
	"kompeten/internal/web/ui"
)

// applicationTable lists applications by name, with the way to what follows.
func (x *visit) applicationTable(caption string, list []application.Application, next names.Key, places map[string]string, actions []ui.SubmitButton) ui.Component {
	t := ui.Table{Caption: caption, URL: "/applications/accept", Actions: actions, Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("field.district")}, {Text: x.t("field.sector")}, {Text: x.t("field.business_or_employer")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("application.none"), Text: x.t("application.none_text")}}
	x.goesOn(&t, next)
	for _, a := range list {
		place := places[a.District]
		if place == "" {
			place = a.District
		}
		t.Rows = append(t.Rows, ui.Row{Select: string(a.ID), Cells: []ui.Cell{{Text: a.Name, URL: "/applications/" + string(a.ID)}, {Text: place}, {Text: a.Sector}, {Text: a.Employer}, {Chip: ref(x.stage(a.Stage))}}})
	}
	return t
}

func (x *visit) applications() error {
	q := x.r.URL.Query()
	f := application.Filter{Query: q.Get("q"), After: x.after()}
	stage := application.Stage(q.Get("stage"))
	if stage != "" {
		f.Stages = []application.Stage{stage}
	}
	if stage == application.StageAbsent {
		f.Stages = append(f.Stages, application.StagePostponed)
	}
	if lsp, err := x.lsp(); err == nil {
		f.LSP = lsp
	}
	var list []application.Application
	var next names.Key
	var places map[string]string
	err := x.read(func(tx *db.Tx) (err error) {
		if places, err = regionNames(tx, x.actor); err != nil {
			return err
		}
		list, next, err = application.List(tx, x.actor, f)
		return err
	})
	if err != nil {
		return err
	}
	var tabs ui.Tabs
	tabs.Items = append(tabs.Items, ui.Link{Text: x.t("list.tab.all"), URL: "/applications", Current: stage == ""})
	for _, s := range []application.Stage{application.StageSubmitted, application.StageReturned, application.StageAccepted, application.StageScheduled, application.StageK, application.StageBK, application.StageIssued} {
		tabs.Items = append(tabs.Items, ui.Link{Text: x.t("state.stage." + string(s)), URL: "/applications?stage=" + string(s), Current: stage == s})
	}
	var actions []ui.SubmitButton
	if stage == application.StageSubmitted && x.actor.Any(auth.LSPAdmin) {
		actions = []ui.SubmitButton{{Name: "what", Value: "accept", Text: x.t("application.accept_many"), Tone: ui.Main}}
	}
	return x.page(x.t("nav.applications"), ui.Head{Title: x.t("nav.applications"), Lead: x.t("application.lead")}, tabs, x.search(q.Get("q"), ui.Pair{Name: "stage", Value: string(stage)}), x.applicationTable(x.t("nav.applications"), list, next, places, actions))
}

func (x *visit) applicationsAccept() error {
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	var ids []application.ID
	for _, v := range x.r.Form["row"] {
		ids = append(ids, application.ID(v))
	}
	failed := x.Applications.AcceptAll(x.r.Context(), x.actor, ids)
	if len(failed) == 0 {
		return x.see("/applications?stage=submitted", "accepted")
	}
	n := ui.Notice{Tone: ui.Warn, Title: x.t("application.some_failed", len(failed), len(ids))}
	for id, err := range failed {
		f := fault.Of(err)
		if f == nil {
			return err
		}
		n.Items = append(n.Items, string(id)+": "+x.t(f.Key, f.Args...))
	}
	return x.page(x.t("nav.applications"), ui.Head{Title: x.t("nav.applications")}, n, ui.LinkButton{Text: x.t("error.back"), URL: "/applications?stage=submitted"})
}

// file is everything a page about one application shows.
type file struct {
	application.File
	person   person.Person
	version  scheme.Version
	checks   map[string]application.Verdict
	files    []application.Attachment
	consents []person.Consent
	past     []ledger.Row
	places   map[string]string
}

func (x *visit) loadFile(id application.ID) (f file, err error) {
	err = x.read(func(tx *db.Tx) (err error) {
		f = file{checks: map[string]application.Verdict{}}
		if f.File, err = application.FileOf(tx, x.actor, id); err != nil {
			return err
		}
		if f.person, err = person.Get(tx, x.Box, x.actor, f.Person); err != nil {
			return err
		}
		if f.version, err = scheme.Get(tx, x.actor, f.SchemeVersion); err != nil {
			return err
		}
		checks, err := application.Checks(tx, x.actor, id)
		if err != nil {
			return err
		}
		for _, c := range checks {
			f.checks[c.Requirement] = c
		}
		if f.files, err = application.Files(tx, x.actor, id); err != nil {
			return err
		}
		if f.consents, err = person.Consents(tx, x.actor, string(id)); err != nil {
			return err
		}
		if f.places, err = regionNames(tx, x.actor); err != nil {
			return err
		}
		f.past, err = ledger.Of(tx, x.actor, string(id))
		return err
	})
	return f, err
}

func (x *visit) facts(f file) ui.Facts {
	p := f.person
	district := f.places[p.District]
	return ui.Facts{Items: []ui.Fact{{Term: x.t("field.name"), Text: p.Name}, {Term: x.t("field.nik"), Text: p.NIK}, {Term: x.t("field.born"), Text: p.BirthPlace + ", " + x.day(p.BirthDate)},
		{Term: x.t("field.sex"), Text: p.Sex}, {Term: x.t("field.address"), Text: p.Address}, {Term: x.t("field.district"), Text: district}, {Term: x.t("field.phone_e164"), Text: p.Phone},
		{Term: x.t("field.email"), Text: p.Email}, {Term: x.t("field.education"), Text: p.Education}, {Term: x.t("field.business_or_employer"), Text: f.Employer}}}
}

func (x *visit) application() error {
	f, err := x.loadFile(application.ID(x.id("id")))
	if err != nil {
		return err
	}
	url := "/applications/" + string(f.ID)
	head := ui.Head{Over: f.version.TitleID, Title: f.Name, Chips: []ui.Chip{x.stage(f.Stage)}}
	head.Actions = x.buttons("application", application.Flow.Offers(x.flowCase(), f.File), url+"/do/", "accept", "return", "reject")
	head.Actions = append(head.Actions, ui.Button{Text: x.t("row.reveal"), URL: url + "/reveal", Reason: x.t("row.reveal_why")})
	for i, c := range head.Actions {
		if b, ok := c.(ui.Button); ok {
			b.Hidden = append(b.Hidden, version(f.Version))
			head.Actions[i] = b
		}
	}
	body := []ui.Component{head}
	if f.Note != "" {
		body = append(body, ui.Notice{Tone: ui.Info, Title: x.t("application.note"), Text: f.Note})
	}
	result, err := x.testedCard(f.ID)
	if err != nil {
		return err
	}
	body = append(body, result...)
	body = append(body, ui.Card{Title: x.t("application.data"), Body: []ui.Component{x.facts(f)}}, x.requirements(f, url), x.documents(f, url))
	if x.hands(f.LSP) || x.actor.Is(auth.Officer, f.Office) {
		body = append(body, ui.LinkButton{Text: x.t("wallet.others"), URL: url + "/others"})
	}
	body = append(body, x.history("application", f.past))
	return x.page(f.Name, body...)
}

// requirements is the checklist of the scheme: meets, fails, missing.
func (x *visit) requirements(f file, url string) ui.Component {
	can := f.State == application.Submitted && x.actor.Is(auth.LSPAdmin, f.LSP)
	if !can {
		list := ui.Checklist{Caption: x.t("application.requirements")}
		for _, r := range f.version.Requirements {
			list.Items = append(list.Items, ui.Check{State: f.checks[r.ID].Verdict, Text: requirement(r), Note: f.checks[r.ID].Note})
		}
		return list
	}
	form := ui.Form{URL: url + "/check", Submit: x.t("ui.save")}
	for _, r := range f.version.Requirements {
		c := f.checks[r.ID]
		form.Fields = append(form.Fields, ui.Judge{Name: r.ID, Label: requirement(r), Value: c.Verdict, Note: c.Note, Notes: true, Options: []ui.Option{
			{Value: "meets", Text: x.t("verdict.meets")}, {Value: "fails", Text: x.t("verdict.fails")}, {Value: "missing", Text: x.t("verdict.missing")}}})
	}
	return ui.Card{Title: x.t("application.requirements"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("application.requirements_lead")}, form}}
}

func requirement(r scheme.Requirement) string {
	if len(r.AnyOf) > 0 {
		return strings.Join(r.AnyOf, " / ")
	}
	return r.Text
}

func (x *visit) documents(f file, url string) ui.Component {
	t := ui.Table{Caption: x.t("application.files"), Columns: []ui.Column{{Text: x.t("application.file")}, {Text: x.t("application.file_for")}, {Text: x.t("application.file_at")}}, Empty: ui.Empty{Title: x.t("application.no_files")}}
	names := map[string]string{application.Photo: x.t("letter.photo")}
	for _, r := range f.version.Requirements {
		names[r.ID] = requirement(r)
	}
	for _, d := range f.files {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Name, URL: url + "/files/" + d.ID}, {Text: names[d.Requirement]}, {Text: x.when(d.At.Time)}}})
	}
	return t
}

func (x *visit) applicationCheck() error {
	id := application.ID(x.id("id"))
	f, err := x.loadFile(id)
	if err != nil {
		return err
	}
	var out []application.Verdict
	for _, r := range f.version.Requirements {
		if v := x.form(r.ID); v == "meets" || v == "fails" || v == "missing" {
			out = append(out, application.Verdict{Requirement: r.ID, Verdict: v, Note: x.form(r.ID + "-note")})
		}
	}
	if err := x.Applications.Check(x.r.Context(), x.actor, id, out); err != nil {
		return err
	}
	return x.see("/applications/"+string(id), "saved")
}

func (x *visit) applicationDo() error {
	id, ctx, v, reason := application.ID(x.id("id")), x.r.Context(), x.version(), x.form("reason")
	var err error
	switch x.id("action") {
	case "accept":
		err = x.Applications.Accept(ctx, x.actor, id, v)
	case "return":
		err = x.Applications.Return(ctx, x.actor, id, v, reason)
	case "reject":
		err = x.Applications.Reject(ctx, x.actor, id, v, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/applications/"+string(id), "saved")
}

func (x *visit) applicationReveal() error {
	f, err := x.loadFile(application.ID(x.id("id")))
	if err != nil {
		return err
	}
	nik, phone, err := x.People.Reveal(x.r.Context(), x.actor, f.Person, f.LSP, true, x.form("reason"))
	if err != nil {
		return err
	}
	return x.page(f.Name, ui.Head{Title: f.Name, Lead: x.t("application.revealed")}, ui.Plate{Label: x.t("field.nik"), Text: nik}, ui.Plate{Label: x.t("field.phone_e164"), Text: phone},
		ui.LinkButton{Text: x.t("error.back"), URL: "/applications/" + string(f.ID)})
}

func (x *visit) applicationFile() error {
	f, data, err := x.Applications.ReadFile(x.r.Context(), x.actor, application.ID(x.id("id")), x.id("file"))
	if err != nil {
		return err
	}
	return x.download(f.Name, f.Mime, data)
}
