package web

import (
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/paper"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// tested is what came of the assessment of an application, for those who plan it or decide on it.
type tested struct {
	assessment.Assessment
	assessor string
	day      string
	units    []standard.Unit
	results  map[standard.Code]assessment.UnitResult
	credits  []assessment.Credit
}

// testedOf gives the assessment of an application, and whether the visitor may see one that has come to a result.
func (x *visit) testedOf(id application.ID) (out tested, is bool, err error) {
	err = x.read(func(tx *db.Tx) (err error) {
		out, is = tested{results: map[standard.Code]assessment.UnitResult{}}, false
		out.Assessment, err = assessment.ByApplication(tx, x.actor, id)
		if fault.Is(err, fault.NotFound) || err == nil && out.Recommendation == "" {
			return nil
		}
		if err != nil {
			return err
		}
		day, err := assessment.HeldOn(tx, x.actor, out.Assessment)
		if err != nil {
			return err
		}
		names, err := paper.Names(tx, x.actor, out.Assessor)
		if err != nil {
			return err
		}
		out.day, out.assessor, is = text.Weekday(x.lang, day), names[out.Assessor], true
		if out.units, err = assessment.Units(tx, x.actor, out.Assessment); err != nil {
			return err
		}
		if out.credits, err = assessment.Credits(tx, x.actor, out.ID); err != nil {
			return err
		}
		results, err := assessment.Results(tx, x.actor, out.ID)
		for _, r := range results {
			out.results[r.Unit] = r
		}
		return err
	})
	return out, is, err
}

// testedCard shows the recommendation unit by unit and leads to the record criterion by criterion: what a committee
// goes by.
func (x *visit) testedCard(id application.ID) ([]ui.Component, error) {
	r, is, err := x.testedOf(id)
	if err != nil || !is {
		return nil, err
	}
	facts := ui.Facts{Items: []ui.Fact{{Term: x.t("meeting.recommendation"), Chip: &ui.Chip{Text: x.t("result." + r.Recommendation), Tone: tones[r.Recommendation]}},
		{Term: x.t("duty." + string(auth.Assessor)), Text: r.assessor}, {Term: x.t("schedule.day"), Text: r.day}}}
	if r.Note != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: x.t("assess.note"), Text: r.Note})
	}
	units := ui.Table{Caption: x.t("record.units"), Columns: []ui.Column{{Text: x.t("record.unit")}, {Text: x.t("record.result")}, {Text: x.t("ui.reason")}}}
	for _, u := range r.units {
		got := r.results[u.Code]
		for _, c := range r.credits {
			if c.Unit == u.Code {
				got.Reason = strings.TrimSpace(got.Reason + " " + x.credit(c))
			}
		}
		units.Rows = append(units.Rows, ui.Row{Cells: []ui.Cell{{Text: u.TitleID, Sub: string(u.Code)}, {Chip: &ui.Chip{Text: x.t("result." + got.Recommendation), Tone: tones[got.Recommendation]}}, {Text: got.Reason}}})
	}
	return []ui.Component{ui.Card{Title: x.t("record.title"), Body: []ui.Component{facts, units,
		ui.LinkButton{Text: x.t("record.pdf"), URL: "/applications/" + string(id) + "/record.pdf"}}}}, nil
}

func (x *visit) applicationRecord() error {
	return x.print("rekaman-asesmen.pdf", func(tx *db.Tx) (printed, error) {
		a, err := assessment.ByApplication(tx, x.actor, application.ID(x.id("id")))
		if err != nil {
			return nil, err
		}
		return paper.Record(tx, x.actor, a.ID)
	})
}
