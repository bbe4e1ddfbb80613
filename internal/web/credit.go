package web

import (
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/standard"
	"kompeten/internal/web/ui"
)

// prior is which certificate of this LSP attests which unit of a test on its day.
func prior(tx *db.Tx, s sitting) (map[standard.Code]assessment.Attested, error) {
	all, err := certificate.Attested(tx, s.Person)
	out := map[standard.Code]assessment.Attested{}
	for _, c := range all {
		if c.LSP != s.LSP || !c.Holds || c.ValidUntil < s.HeldOn {
			continue
		}
		for _, u := range c.Units {
			if c.ValidUntil > out[u].ValidUntil {
				out[u] = c
			}
		}
	}
	return out, err
}

// priorHint tells, before the methods are agreed, that some units need not be assessed anew.
func (x *visit) priorHint(s sitting) []ui.Component {
	n := 0
	for _, u := range s.units {
		if s.prior[u.Code].Number != "" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []ui.Component{ui.Notice{Tone: ui.Info, Text: x.t("assess.prior", n)}}
}

// creditedUnit is a unit that is not assessed anew, with the way back.
func (x *visit) creditedUnit(s sitting, u standard.Unit, c assessment.Credit, url string) ui.Component {
	back := ui.Button{Text: x.t("action.assessment.uncredit"), URL: url + "/uncredit", Hidden: []ui.Pair{version(s.Version), {Name: "unit", Value: string(u.Code)}}}
	return ui.Details{Summary: "✓ " + string(u.Code) + " · " + u.TitleID + " (" + x.t("assess.credited") + ")", Body: []ui.Component{ui.Para{Text: x.credit(c)}, ui.Actions{Items: []ui.Component{back}}}}
}

// credit says by what a unit stands.
func (x *visit) credit(c assessment.Credit) string {
	return x.t("assess.credit_by", c.Certificate, x.day(c.ValidUntil), c.Evidence)
}

// creditForm offers not to assess a unit anew, where the candidate agreed to evidence by portfolio.
func (x *visit) creditForm(s sitting, u standard.Unit, url string, wrong error) []ui.Component {
	if !s.Portfolio {
		return nil
	}
	mine := x.form("credit") == string(u.Code)
	if !mine {
		wrong = nil
	}
	f := x.form2(wrong)
	number, evidence := f.labelled("text", "number", "verify.number", "", true), x.helped(f.labelled("textarea", "evidence", "assess.evidence", "", true), "assess.evidence_help")
	if !mine {
		number.Value, evidence.Value = s.prior[u.Code].Number, ""
	}
	form := ui.Form{URL: url + "/credit", Error: f.top, Submit: x.t("action.assessment.credit"), Hidden: []ui.Pair{version(s.Version), {Name: "credit", Value: string(u.Code)}}, Fields: []ui.Component{number, evidence}}
	return []ui.Component{ui.Details{Summary: x.t("assess.credit"), Open: wrong != nil, Body: []ui.Component{ui.Para{Text: x.t("assess.credit_lead")}, form}}}
}

func (x *visit) assessCredit() error {
	aid := assessment.ID(x.id("id"))
	err := x.Assessments.Credit(x.r.Context(), x.actor, aid, x.version(), standard.Code(x.form("credit")), x.form("number"), x.form("evidence"))
	if invalid(err) {
		return x.showAssess(err)
	}
	if err != nil {
		return err
	}
	return x.see("/assess/"+string(aid), "saved")
}

func (x *visit) assessUncredit() error {
	aid := assessment.ID(x.id("id"))
	if err := x.Assessments.Uncredit(x.r.Context(), x.actor, aid, x.version(), standard.Code(x.form("unit"))); err != nil {
		return err
	}
	return x.see("/assess/"+string(aid), "saved")
}
