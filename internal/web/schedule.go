package web

import (
	"strconv"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/paper"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

func (x *visit) schedules() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	var list []assessment.Schedule
	titles, places := map[scheme.VersionID]string{}, map[string]string{}
	var tuks []licence.TUK
	err = x.read(func(tx *db.Tx) (err error) {
		if list, err = assessment.Schedules(tx, x.actor, lsp); err != nil {
			return err
		}
		if tuks, err = licence.TUKs(tx, x.actor, lsp); err != nil {
			return err
		}
		for _, s := range list {
			v, err := scheme.Get(tx, x.actor, s.SchemeVersion)
			if err != nil {
				return err
			}
			titles[s.SchemeVersion] = v.TitleID
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range tuks {
		places[t.ID] = t.Name
	}
	t := ui.Table{Caption: x.t("nav.schedules"), Columns: []ui.Column{{Text: x.t("schedule.day")}, {Text: x.t("schedule.scheme")}, {Text: x.t("schedule.tuk")}, {Text: x.t("schedule.candidates"), Num: true}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("schedule.none"), Text: x.t("schedule.none_text")}}
	for _, s := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: text.Weekday(x.lang, s.HeldOn), URL: "/schedules/" + string(s.ID)}, {Text: titles[s.SchemeVersion]}, {Text: places[s.TUK]}, {Text: x.num(s.Taken) + " / " + x.num(s.Capacity)}, {Chip: ref(x.chip("schedule", string(s.State)))}}})
	}
	head := ui.Head{Title: x.t("nav.schedules"), Lead: x.t("schedule.lead")}
	body := []ui.Component{head, t}
	if x.actor.Any(auth.Manager) {
		head.Actions = []ui.Component{ui.LinkButton{Text: x.t("schedule.new"), URL: "/schedules/new", Tone: ui.Main}}
		body = []ui.Component{head, t, x.tukCard(tuks)}
	}
	return x.page(x.t("nav.schedules"), body...)
}

func (x *visit) tukCard(tuks []licence.TUK) ui.Component {
	var facts ui.Facts
	for _, t := range tuks {
		facts.Items = append(facts.Items, ui.Fact{Term: x.t("tuk." + t.Kind), Text: t.Name + ", " + t.Address + " (" + x.num(t.Capacity) + ")"})
	}
	f := x.form2(nil)
	kind := f.choose("kind", "sewaktu", []ui.Option{{Value: "sewaktu", Text: x.t("tuk.sewaktu")}, {Value: "tempat_kerja", Text: x.t("tuk.tempat_kerja")}, {Value: "mandiri", Text: x.t("tuk.mandiri")}})
	form := ui.Form{URL: "/tuk", Submit: x.t("schedule.add_tuk"), Tone: ui.Quiet, Fields: []ui.Component{f.field("text", "name", "", true), kind, f.field("text", "address", "", true), f.field("number", "capacity", "30", true)}}
	return ui.Section{Title: x.t("schedule.tuks"), Body: []ui.Component{facts, ui.Details{Summary: x.t("schedule.add_tuk"), Body: []ui.Component{form}}}}
}

func (x *visit) tukAdd() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	_, err = x.Licences.AddTUK(x.r.Context(), x.actor, licence.TUK{Name: x.form("name"), Kind: x.form("kind"), LSP: lsp, Address: x.form("address"), Capacity: x.int("capacity")})
	if err != nil {
		return err
	}
	return x.see("/schedules", "saved")
}

func (x *visit) tukVerify() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	until := x.form("until")
	if until == "" {
		until = x.form("day")
	}
	err = x.Licences.VerifyTUK(x.r.Context(), x.actor, lsp, licence.Verification{TUK: x.form("tuk"), Scheme: scheme.ID(x.form("scheme")), ValidFrom: date.Date(x.form("day")), ValidUntil: date.Date(until), Verifier: x.actor.Person, Note: x.form("note")})
	if err != nil {
		return err
	}
	return x.see(x.back(), "saved")
}

func (x *visit) scheduleNew() error {
	return x.scheduleForm(assessment.Schedule{HeldOn: x.today().AddDays(7), Starts: "08.00", Capacity: 30}, nil)
}

func (x *visit) scheduleForm(s assessment.Schedule, wrong error) error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	var tuks []licence.TUK
	var ready []application.Application
	counts, titles := map[scheme.VersionID]int{}, map[scheme.VersionID]string{}
	err = x.read(func(tx *db.Tx) (err error) {
		if tuks, err = licence.TUKs(tx, x.actor, lsp); err != nil {
			return err
		}
		if ready, _, err = application.List(tx, x.actor, application.Filter{LSP: lsp, Stages: []application.Stage{application.StageAccepted}, Limit: 100_000}); err != nil {
			return err
		}
		for _, a := range ready {
			if counts[a.SchemeVersion]++; titles[a.SchemeVersion] == "" {
				v, err := scheme.Get(tx, x.actor, a.SchemeVersion)
				if err != nil {
					return err
				}
				titles[a.SchemeVersion] = v.TitleID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	f := x.form2(wrong)
	head := ui.Head{Title: x.t("schedule.new"), Lead: x.t("schedule.new_lead")}
	if len(titles) == 0 {
		return x.page(head.Title, head, ui.Empty{Title: x.t("schedule.nobody"), Text: x.t("schedule.nobody_text"), Action: &ui.LinkButton{Text: x.t("nav.applications"), URL: "/applications?stage=submitted"}})
	}
	var schemes, places []ui.Option
	for v, title := range titles {
		schemes = append(schemes, ui.Option{Value: string(v), Text: title + " (" + x.t("schedule.waiting", counts[v]) + ")"})
	}
	for _, t := range tuks {
		places = append(places, ui.Option{Value: t.ID, Text: t.Name})
	}
	form := ui.Form{URL: "/schedules/new", Error: f.top, Submit: x.t("ui.save"), Fields: []ui.Component{f.choose("scheme", string(s.SchemeVersion), schemes), f.choose("tuk", s.TUK, places),
		f.field("date", "held_on", string(s.HeldOn), true), f.field("text", "starts", s.Starts, true), f.field("number", "capacity", strconv.Itoa(s.Capacity), true)}}
	return x.page(head.Title, head, ui.Card{Body: []ui.Component{form}})
}

func (x *visit) scheduleCreate() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	s := assessment.Schedule{LSP: lsp, SchemeVersion: scheme.VersionID(x.form("scheme")), TUK: x.form("tuk"), HeldOn: date.Date(x.form("held_on")), Starts: x.form("starts"), Capacity: x.int("capacity"), Sample: x.cfg.Sample}
	id, err := x.Assessments.Plan(x.r.Context(), x.actor, s)
	if invalid(err) {
		return x.scheduleForm(s, err)
	}
	if err != nil {
		return err
	}
	return x.see("/schedules/"+string(id), "saved")
}

// schedule shows one test day: what still stands in its way, who assesses, who is assessed.
func (x *visit) schedule() error {
	sid := assessment.ScheduleID(x.id("id"))
	var p assessment.Plan
	var v scheme.Version
	var tuk licence.TUK
	var on []assessment.OnSchedule
	var seats []assessment.Assessment
	var free []licence.Assessor
	var ready []application.Application
	var past []ledger.Row
	err := x.read(func(tx *db.Tx) (err error) {
		if p, err = assessment.PlanOf(tx, x.actor, sid); err != nil {
			return err
		}
		if v, err = scheme.Get(tx, x.actor, p.SchemeVersion); err != nil {
			return err
		}
		if tuk, err = licence.GetTUK(tx, x.actor, p.TUK); err != nil {
			return err
		}
		if on, err = assessment.Assessors(tx, x.actor, sid); err != nil {
			return err
		}
		if seats, err = assessment.BySchedule(tx, x.actor, sid); err != nil {
			return err
		}
		if free, err = licence.Assessors(tx, x.actor, p.LSP); err != nil {
			return err
		}
		if past, err = ledger.Of(tx, x.actor, string(sid)); err != nil {
			return err
		}
		all, _, err := application.List(tx, x.actor, application.Filter{LSP: p.LSP, Stages: []application.Stage{application.StageAccepted}, Limit: 1000})
		ready = nil
		for _, a := range all {
			if a.SchemeVersion == p.SchemeVersion {
				ready = append(ready, a)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	url := "/schedules/" + string(sid)
	head := ui.Head{Over: v.TitleID, Title: text.Weekday(x.lang, p.HeldOn), Lead: tuk.Name + ", " + tuk.Address + " · " + p.Starts, Chips: []ui.Chip{x.chip("schedule", string(p.State))}}
	head.Actions = x.buttons("schedule", assessment.ScheduleFlow.Offers(x.flowCase(), p), url+"/do/", "assign", "finish", "cancel")
	if p.LetterNumber != "" {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("schedule.letter", p.LetterNumber), URL: url + "/letter.pdf"})
	}
	body := []ui.Component{head, x.seatTable(seats, on, url, p)}
	if p.State == assessment.Draft && x.actor.Is(auth.Manager, p.LSP) {
		body = append(body, x.scheduleTools(p, v, on, free, ready, url)...)
	}
	return x.page(head.Title, append(body, x.history("schedule", past))...)
}

func (x *visit) seatTable(seats []assessment.Assessment, on []assessment.OnSchedule, url string, p assessment.Plan) ui.Component {
	names := map[auth.PersonID]string{}
	for _, a := range on {
		names[a.Person] = a.Name
	}
	t := ui.Table{Caption: x.t("schedule.seated", p.Taken, p.Capacity), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("duty.assessor")}, {Text: x.t("list.status")}}, Empty: ui.Empty{Title: x.t("schedule.no_seats"), Text: x.t("schedule.no_seats_text")}}
	for _, s := range seats {
		chip := x.chip("assessment", string(s.State))
		if s.Recommendation != "" {
			chip = ui.Chip{Text: x.t("result." + s.Recommendation), Tone: tones[s.Recommendation]}
		}
		t.Rows = append(t.Rows, ui.Row{Select: string(s.Application), Cells: []ui.Cell{{Text: s.Name, URL: "/applications/" + string(s.Application)}, {Text: names[s.Assessor]}, {Chip: &chip}}})
	}
	if p.State == assessment.Draft && len(seats) > 0 {
		t.URL, t.Actions = url+"/unseat", []ui.SubmitButton{{Name: "what", Value: "unseat", Text: x.t("schedule.unseat")}}
	}
	return t
}

func (x *visit) scheduleTools(p assessment.Plan, v scheme.Version, on []assessment.OnSchedule, free []licence.Assessor, ready []application.Application, url string) (out []ui.Component) {
	if !p.Verified {
		f := x.form2(nil)
		note := f.field("text", "note", "", true)
		out = append(out, ui.Card{Title: x.t("schedule.verify"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("schedule.verify_lead")}, ui.Form{URL: "/tuk/verify", Submit: x.t("schedule.verify_do"), Fields: []ui.Component{note},
			Hidden: []ui.Pair{{Name: "tuk", Value: p.TUK}, {Name: "scheme", Value: string(v.Scheme)}, {Name: "day", Value: string(p.HeldOn)}, {Name: "back", Value: url}}}}})
	}
	var options, assigned []ui.Option
	for _, a := range free {
		options = append(options, ui.Option{Value: string(a.Person), Text: a.Name + " · " + a.MET + " · " + x.t("schedule.until", a.ValidUntil)})
	}
	for _, a := range on {
		assigned = append(assigned, ui.Option{Value: string(a.Person), Text: a.Name + " (" + x.t("schedule.load", a.Load) + ")"})
	}
	out = append(out, ui.Card{Title: x.t("schedule.assessors"), Body: []ui.Component{ui.Form{URL: url + "/assessor", Inline: true, Submit: x.t("schedule.add_assessor"), Fields: []ui.Component{ui.Field{Kind: "select", Name: "assessor", Label: x.t("duty.assessor"), Required: true, Options: options}}}}})
	if len(assigned) > 0 && len(ready) > 0 {
		seats := ui.Field{Kind: "checks", Name: "row", Label: x.t("schedule.choose", len(ready)), Required: true}
		for _, a := range ready {
			seats.Options = append(seats.Options, ui.Option{Value: string(a.ID), Text: a.Name, Help: a.Employer})
		}
		out = append(out, ui.Card{Title: x.t("schedule.seat"), Body: []ui.Component{ui.Form{URL: url + "/seat", Submit: x.t("schedule.seat_do"), Fields: []ui.Component{
			ui.Field{Kind: "select", Name: "assessor", Label: x.t("duty.assessor"), Required: true, Options: assigned}, seats}}}})
	}
	if p.Heaviest > p.LoadLimit {
		out = append(out, ui.Card{Title: x.t("schedule.heavy", p.Heaviest, p.LoadLimit), Tone: ui.Warn, Body: []ui.Component{ui.Form{URL: url + "/explain", Submit: x.t("ui.save"), Fields: []ui.Component{ui.Field{Kind: "textarea", Name: "reason", Label: x.t("ui.reason"), Value: p.LoadReason, Required: true}}}}})
	}
	return out
}

func (x *visit) scheduleAssessor() error {
	sid := assessment.ScheduleID(x.id("id"))
	if err := x.Assessments.AddAssessor(x.r.Context(), x.actor, sid, auth.PersonID(x.form("assessor"))); err != nil {
		return err
	}
	return x.see("/schedules/"+string(sid), "saved")
}

func (x *visit) scheduleSeat() error {
	sid := assessment.ScheduleID(x.id("id"))
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	var apps []application.ID
	for _, v := range x.r.Form["row"] {
		apps = append(apps, application.ID(v))
	}
	if err := x.Assessments.Seat(x.r.Context(), x.actor, sid, auth.PersonID(x.form("assessor")), apps); err != nil {
		return err
	}
	return x.see("/schedules/"+string(sid), "saved")
}

func (x *visit) scheduleUnseat() error {
	sid := assessment.ScheduleID(x.id("id"))
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	for _, v := range x.r.Form["row"] {
		if err := x.Assessments.Unseat(x.r.Context(), x.actor, sid, application.ID(v)); err != nil {
			return err
		}
	}
	return x.see("/schedules/"+string(sid), "saved")
}

func (x *visit) scheduleExplain() error {
	sid := assessment.ScheduleID(x.id("id"))
	if err := x.Assessments.Explain(x.r.Context(), x.actor, sid, x.form("reason")); err != nil {
		return err
	}
	return x.see("/schedules/"+string(sid), "saved")
}

func (x *visit) scheduleDo() error {
	sid, ctx := assessment.ScheduleID(x.id("id")), x.r.Context()
	var err error
	switch x.id("action") {
	case "assign":
		err = x.Assessments.Assign(ctx, x.actor, sid)
	case "finish":
		err = x.Assessments.Finish(ctx, x.actor, sid)
	case "cancel":
		err = x.Assessments.Cancel(ctx, x.actor, sid, x.form("reason"))
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/schedules/"+string(sid), "saved")
}

// printed is a document that can become a file.
type printed interface{ PDF() ([]byte, error) }

// print answers with a document filled from the records.
func (x *visit) print(name string, fill func(*db.Tx) (printed, error)) error {
	var d printed
	if err := x.read(func(tx *db.Tx) (err error) { d, err = fill(tx); return err }); err != nil {
		return err
	}
	data, err := d.PDF()
	if err != nil {
		return err
	}
	return x.download(name, "application/pdf", data)
}

func (x *visit) scheduleLetter() error {
	return x.print("surat-tugas.pdf", func(tx *db.Tx) (printed, error) {
		return paper.Assignment(tx, x.actor, assessment.ScheduleID(x.id("id")))
	})
}
