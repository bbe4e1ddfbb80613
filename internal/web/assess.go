package web

import (
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// assessList is what an assessor has to do, the nearest day first.
func (x *visit) assessList() error {
	var mine []assessment.Assessment
	days, from := map[assessment.ScheduleID]date.Date{}, map[assessment.ID]string{}
	err := x.read(func(tx *db.Tx) (err error) {
		if mine, err = assessment.Mine(tx, x.actor); err != nil {
			return err
		}
		for _, a := range mine {
			if days[a.Schedule], err = assessment.HeldOn(tx, x.actor, a); err != nil {
				return err
			}
			app, err := application.Get(tx, x.actor, a.Application)
			if err != nil {
				return err
			}
			from[a.ID] = app.Employer
		}
		return nil
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("assess.mine"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("schedule.day")}, {Text: x.t("list.status")}}, Empty: ui.Empty{Title: x.t("assess.none"), Text: x.t("assess.none_text")}}
	for _, a := range mine {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Name, Sub: from[a.ID], URL: "/assess/" + string(a.ID)}, {Text: text.Weekday(x.lang, days[a.Schedule])}, {Chip: ref(x.chip("assessment", string(a.State)))}}})
	}
	return x.page(x.t("nav.assess"), ui.Head{Title: x.t("nav.assess"), Lead: x.t("assess.lead")}, t)
}

// sitting is everything a page about one assessment shows.
type sitting struct {
	assessment.Sitting
	version scheme.Version
	units   []standard.Unit
	marks   map[string]assessment.Mark
	results map[standard.Code]assessment.UnitResult
	credits map[standard.Code]assessment.Credit
	prior   map[standard.Code]assessment.Attested // certificates of the LSP that attest a unit already

	employer string                 // tells candidates of one name apart
	next     *assessment.Assessment // another candidate who waits
}

func (x *visit) loadSitting() (s sitting, err error) {
	aid := assessment.ID(x.id("id"))
	err = x.read(func(tx *db.Tx) (err error) {
		s = sitting{marks: map[string]assessment.Mark{}, results: map[standard.Code]assessment.UnitResult{}, credits: map[standard.Code]assessment.Credit{}}
		if s.Sitting, err = assessment.SittingOf(tx, x.actor, aid); err != nil {
			return err
		}
		sch, err := assessment.GetSchedule(tx, x.actor, s.Schedule)
		if err != nil {
			return err
		}
		if s.version, err = scheme.Get(tx, x.actor, sch.SchemeVersion); err != nil {
			return err
		}
		if s.units, err = assessment.Units(tx, x.actor, s.Assessment); err != nil {
			return err
		}
		marks, err := assessment.Marks(tx, x.actor, aid)
		if err != nil {
			return err
		}
		for _, m := range marks {
			s.marks[string(m.Unit)+"|"+m.Criterion] = m
		}
		results, err := assessment.Results(tx, x.actor, aid)
		if err != nil {
			return err
		}
		for _, r := range results {
			s.results[r.Unit] = r
		}
		credits, err := assessment.Credits(tx, x.actor, aid)
		if err != nil {
			return err
		}
		for _, c := range credits {
			s.credits[c.Unit] = c
		}
		if s.prior, err = prior(tx, s); err != nil {
			return err
		}
		app, err := application.Get(tx, x.actor, s.Application)
		if err != nil {
			return err
		}
		s.employer = app.Employer
		mine, err := assessment.Mine(tx, x.actor)
		if len(mine) > 0 {
			s.next = &mine[0]
		}
		return err
	})
	return s, err
}

// nextSitting leads from a finished candidate to one who waits.
func (x *visit) nextSitting(s sitting) ui.Component {
	if s.next == nil {
		return ui.LinkButton{Text: x.t("assess.back"), URL: "/assess"}
	}
	return ui.LinkButton{Text: x.t("assess.next", s.next.Name), URL: "/assess/" + string(s.next.ID), Tone: ui.Main}
}

// assess is the assessor's page: consent, then criterion by criterion, then the recommendation.
func (x *visit) assess() error { return x.showAssess(nil) }

func (x *visit) showAssess(wrong error) error {
	s, err := x.loadSitting()
	if err != nil {
		return err
	}
	url := "/assess/" + string(s.ID)
	head := ui.Head{Over: s.version.TitleID, Title: s.Name, Lead: strings.Trim(text.Weekday(x.lang, s.HeldOn)+" · "+s.employer, " ·"), Chips: []ui.Chip{x.chip("assessment", string(s.State))}}
	offers := assessment.Flow.Offers(x.flowCase(), s.Sitting)
	head.Actions = x.withVersion(x.buttons("assessment", offers, url+"/do/", "begin", "return"), s.Version)
	body := []ui.Component{head, x.assessSteps(s)}
	switch s.State {
	case assessment.Planned:
		body = append(body, x.consentCard(s, url, wrong))
	case assessment.Running:
		body = append(body, x.observation(s, url, wrong)...)
	case assessment.Recommended:
		body = append(body, x.resultCard(s), x.nextSitting(s))
	}
	if rare := x.withVersion(x.buttons("assessment", offers, url+"/do/", "absent", "postpone"), s.Version); len(rare) > 0 {
		body = append(body, ui.Actions{Items: rare})
	}
	return x.page(s.Name, body...)
}

func (x *visit) withVersion(list []ui.Component, v int64) []ui.Component {
	for i, c := range list {
		if b, ok := c.(ui.Button); ok {
			b.Hidden = append(b.Hidden, version(v))
			list[i] = b
		}
	}
	return list
}

func (x *visit) assessSteps(s sitting) ui.Component {
	at := map[string]int{"planned": 0, "consented": 1, "running": 1, "recommended": 3}[string(s.State)]
	if s.State == assessment.Running && s.Gaps == 0 {
		at = 2
	}
	var out ui.Stepper
	for i, k := range []string{"consent", "observe", "recommend"} {
		state := "todo"
		if i < at {
			state = "done"
		} else if i == at {
			state = "current"
		}
		out.Steps = append(out.Steps, ui.Step{Text: x.t("assess.step." + k), State: state})
	}
	return out
}

func (x *visit) consentCard(s sitting, url string, wrong error) ui.Component {
	f := x.form2(wrong)
	methods := ui.Field{Kind: "checks", Name: "methods", Label: x.t("assess.methods"), Required: true, Values: []string{"observation"}}
	for _, m := range []string{"observation", "oral", "written", "portfolio", "product", "interview", "third_party"} {
		methods.Options = append(methods.Options, ui.Option{Value: m, Text: x.t("method." + m)})
	}
	said := ui.Field{Kind: "checks", Name: "said", Label: x.t("assess.said"), Required: true, Options: []ui.Option{{Value: "rights", Text: x.t("assess.rights")}, {Value: "candidate", Text: x.t("assess.candidate_agrees", s.Name)}, {Value: "secrecy", Text: x.t("assess.secrecy")}}}
	if wrong != nil {
		methods.Values, said.Values = x.r.Form["methods"], x.r.Form["said"]
		if len(methods.Values) == 0 {
			methods.Error = f.wrong["methods"]
		} else {
			said.Error = f.wrong["methods"]
		}
	}
	form := ui.Form{URL: url + "/consent", Error: f.top, Submit: x.t("assess.sign"), Hidden: []ui.Pair{version(s.Version)}, Fields: []ui.Component{methods, said}}
	return ui.Card{Title: x.t("assess.ak01"), Tone: ui.Main, Body: append(x.priorHint(s), ui.Para{Text: x.t("assess.ak01_lead")}, form)}
}

func (x *visit) assessConsent() error {
	aid := assessment.ID(x.id("id"))
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	said := map[string]bool{}
	for _, v := range x.r.Form["said"] {
		said[v] = true
	}
	form := assessment.AK01{Methods: x.r.Form["methods"], Rights: said["rights"] && said["secrecy"], Device: "assessor"}
	err := x.Assessments.Consent(x.r.Context(), x.actor, aid, x.version(), form, said["candidate"])
	if invalid(err) {
		return x.showAssess(err)
	}
	if err != nil {
		return err
	}
	return x.see("/assess/"+string(aid), "saved")
}

// observation is FR.IA.01 unit by unit, then FR.AK.02 once nothing is open.
func (x *visit) observation(s sitting, url string, wrong error) (out []ui.Component) {
	answers := []ui.Option{{Value: "yes", Text: x.t("mark.yes")}, {Value: "no", Text: x.t("mark.no")}, {Value: "not_observed", Text: x.t("mark.not_observed")}}
	if s.Gaps > 0 {
		out = append(out, ui.Notice{Tone: ui.Info, Text: x.t("assess.gaps", s.Gaps)})
	}
	for _, u := range s.units {
		if c, is := s.credits[u.Code]; is {
			out = append(out, x.creditedUnit(s, u, c, url))
			continue
		}
		form := ui.Form{URL: url + "/mark", Submit: x.t("assess.save_unit"), Hidden: []ui.Pair{version(s.Version), {Name: "unit", Value: string(u.Code)}}}
		open := 0
		for _, e := range u.Elements {
			element := ui.Section{Title: e.Name}
			for _, c := range e.Criteria {
				m := s.marks[string(u.Code)+"|"+c.No]
				if m.Mark != "yes" && m.Mark != "no" {
					open++
				}
				element.Body = append(element.Body, ui.Judge{Name: "c" + c.No, No: c.No, Label: c.Text, Value: m.Mark, Note: m.Note, Notes: true, Options: answers})
			}
			form.Fields = append(form.Fields, element)
		}
		sum := string(u.Code) + " · " + u.TitleID
		if open == 0 {
			sum = "✓ " + sum
		} else {
			sum += " (" + x.t("assess.open", open) + ")"
		}
		out = append(out, ui.Details{Summary: sum, Open: open > 0 && s.firstOpen() == u.Code || wrong != nil && x.form("credit") == string(u.Code), Body: append([]ui.Component{form}, x.creditForm(s, u, url, wrong)...)})
	}
	return append(out, x.recommendCard(s, url, wrong))
}

// firstOpen is the first unit with a criterion not judged yet: the one to go on with.
func (s sitting) firstOpen() standard.Code {
	for _, u := range s.units {
		if _, is := s.credits[u.Code]; is {
			continue
		}
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				if m := s.marks[string(u.Code)+"|"+c.No].Mark; m != "yes" && m != "no" {
					return u.Code
				}
			}
		}
	}
	return ""
}

func (x *visit) recommendCard(s sitting, url string, wrong error) ui.Component {
	if x.form("credit") != "" {
		wrong = nil // it was of another form
	}
	f := x.form2(wrong)
	form := ui.Form{URL: url + "/recommend", Error: f.top, Submit: x.t("assess.recommend"), Hidden: []ui.Pair{version(s.Version)}}
	for _, u := range s.units {
		value := "K"
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				if s.marks[string(u.Code)+"|"+c.No].Mark == "no" {
					value = "BK"
				}
			}
		}
		note := ""
		if wrong != nil {
			value, note = x.form("u"+string(u.Code)), x.form("u"+string(u.Code)+"-note")
		}
		form.Fields = append(form.Fields, ui.Judge{Name: "u" + string(u.Code), No: string(u.Code), Label: u.TitleID, Value: value, Note: note, Notes: true, Options: []ui.Option{{Value: "K", Text: x.t("result.K")}, {Value: "BK", Text: x.t("result.BK")}}})
	}
	form.Fields = append(form.Fields, ui.Field{Kind: "textarea", Name: "note", Label: x.t("assess.note"), Value: f.value("note", "")})
	body := []ui.Component{ui.Para{Text: x.t("assess.recommend_lead")}, form}
	if s.Gaps > 0 {
		body = []ui.Component{ui.Para{Text: x.t("assess.recommend_later")}}
	}
	return ui.Card{Title: x.t("assess.ak02"), Body: body}
}

func (x *visit) resultCard(s sitting) ui.Component {
	var facts ui.Facts
	for _, u := range s.units {
		r := s.results[u.Code]
		if c, is := s.credits[u.Code]; is {
			r.Reason = strings.TrimSpace(r.Reason + " " + x.credit(c))
		}
		facts.Items = append(facts.Items, ui.Fact{Term: string(u.Code) + " · " + u.TitleID, Text: r.Reason, Chip: &ui.Chip{Text: x.t("result." + r.Recommendation), Tone: tones[r.Recommendation]}})
	}
	return ui.Card{Title: x.t("assess.recommended", x.t("result."+s.Recommendation)), Body: []ui.Component{facts, ui.Para{Text: x.t("assess.not_decided")}}}
}

func (x *visit) assessMark() error {
	s, err := x.loadSitting()
	if err != nil {
		return err
	}
	var marks []assessment.Mark
	for _, u := range s.units {
		if string(u.Code) != x.form("unit") {
			continue
		}
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				if v := x.form("c" + c.No); v == "yes" || v == "no" || v == "not_observed" {
					marks = append(marks, assessment.Mark{Unit: u.Code, Criterion: c.No, Mark: v, Note: x.form("c" + c.No + "-note")})
				}
			}
		}
	}
	if err := x.Assessments.Mark(x.r.Context(), x.actor, s.ID, x.version(), marks); err != nil {
		return err
	}
	return x.see("/assess/"+string(s.ID), "saved")
}

func (x *visit) assessRecommend() error {
	s, err := x.loadSitting()
	if err != nil {
		return err
	}
	var results []assessment.UnitResult
	for _, u := range s.units {
		results = append(results, assessment.UnitResult{Unit: u.Code, Recommendation: x.form("u" + string(u.Code)), Reason: x.form("u" + string(u.Code) + "-note")})
	}
	err = x.Assessments.Recommend(x.r.Context(), x.actor, s.ID, x.version(), results, x.form("note"))
	if invalid(err) {
		return x.showAssess(err)
	}
	if err != nil {
		return err
	}
	return x.see("/assess/"+string(s.ID), "recommended")
}

func (x *visit) assessDo() error {
	aid, ctx, v, reason := assessment.ID(x.id("id")), x.r.Context(), x.version(), x.form("reason")
	var err error
	switch x.id("action") {
	case "begin":
		err = x.Assessments.Begin(ctx, x.actor, aid, v)
	case "absent":
		err = x.Assessments.Absent(ctx, x.actor, aid, v)
	case "postpone":
		err = x.Assessments.Postpone(ctx, x.actor, aid, v, reason)
	case "return":
		err = x.Assessments.Return(ctx, x.actor, aid, v, reason)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/assess/"+string(aid), "saved")
}
