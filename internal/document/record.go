package document

import "kompeten/internal/date"

// AssessmentRecord is the file of one assessment on paper: what was agreed (FR.AK.01), what was seen (FR.IA.01) and
// what is recommended (FR.AK.02), under the head that these forms share.
type AssessmentRecord struct {
	About
	Test
	Edition     string // of the forms: "2023"
	Candidate   string
	File        string
	Assessor    Assessor
	Methods     []string // agreed ways to collect evidence, by the names of words "method.…"
	Rights      bool     // the right of appeal was explained
	ConsentedOn date.Date
	StartedOn   date.Date
	FinishedOn  date.Date
	Units       []RecordUnit
	Result      string // K or BK
	FollowUp    string
	Note        string
}

// RecordUnit is a unit with what the assessor saw and recommends.
type RecordUnit struct {
	Code, Title string
	Elements    []RecordElement
	Result      string // K or BK
	Reason      string
	Credit      *RecordCredit // what it rests on where it was not assessed anew
}

// RecordCredit is the certificate that attests a unit already, and who confirms that the work is still being done.
type RecordCredit struct {
	Certificate string
	ValidUntil  date.Date
	Evidence    string
}

// basis says by what a unit that was not assessed anew stands; nothing of one that was.
func (u RecordUnit) basis(t *letter) string {
	if u.Credit == nil {
		return ""
	}
	return t.word("record.credit", u.Credit.Certificate, u.Credit.ValidUntil, u.Credit.Evidence)
}

// RecordElement is an element of a unit.
type RecordElement struct {
	No, Name string
	Criteria []RecordCriterion
}

// RecordCriterion is one criterion: yes, no, not_observed, or empty when it was not judged.
type RecordCriterion struct{ No, Text, Mark, Note string }

// The ways to collect evidence of FR.AK.01, in the order of the form.
var methods = []string{"portfolio", "product", "observation", "activity", "oral", "written", "interview", "third_party"}

// PDF is the record as a file.
func (r AssessmentRecord) PDF() ([]byte, error) { return r.Layout().PDF() }

// Layout sets the three forms, each on a page of its own.
func (r AssessmentRecord) Layout() Layout {
	t := r.letter(word(r.Lang, "record.title"), r.Scheme)
	r.form(t, "ak01", true)
	r.consent(t)
	r.form(t, "ia01", false)
	r.observations(t)
	r.form(t, "ak02", false)
	r.recommendation(t)
	return t.done()
}

// form begins a form: its code, its name, and the head that all forms share.
func (r AssessmentRecord) form(t *letter, code string, first bool) {
	name := t.word("record." + code)
	if first {
		t.open(name)
	} else {
		t.page(name)
	}
	t.para("subheading", name)
	if r.Edition != "" {
		t.para("cell.italic", t.word("record.edition", r.Edition))
	}
	t.gap(2)
	rows := []row{}
	for _, p := range [][2]string{
		{t.word("record.scheme", named(t.Lang, "kind", r.SchemeKind)), joined(r.Scheme, " – ", r.SchemeNumber)},
		{t.word("test.tuk"), joined(r.TUK, ", ", r.TUKKind)},
		{t.word("col.assessor"), joined(r.Assessor.Name, " – ", r.Assessor.MET)},
		{t.word("record.candidate"), joined(r.Candidate, " – ", r.File)},
		{t.word("test.day"), t.span(r.HeldOn, r.Until)},
	} {
		rows = append(rows, row{cells: []string{p[0], p[1]}})
	}
	t.table(table{columns: []column{{t.word("record.field"), 4.5, Left, "cell.bold"}, {t.word("record.value"), 12, Left, ""}}, rows: rows})
	t.gap(4)
}

func (r AssessmentRecord) consent(t *letter) {
	t.para("body.bold", t.word("record.evidence"))
	t.gap(1.5)
	agreed := map[string]bool{}
	for _, m := range r.Methods {
		agreed[m] = true
	}
	for _, m := range methods {
		t.checked(agreed[m], t.word("method."+m))
	}
	t.gap(3)
	t.checked(r.Rights, t.word("record.rights"))
	t.gap(2)
	t.list("body", 0, []string{t.word("record.confidential"), t.word("record.agrees")})
	r.sign(t, r.ConsentedOn)
}

// checked sets a box, ticked or not, with its words.
func (t *letter) checked(on bool, s string) {
	t.need(6)
	t.s.put(Box{X: t.left + 1, Y: t.y + 0.4, W: 3.6, H: 3.6, Stroke: &Navy, Line: 0.7})
	if on {
		t.s.put(Tick{X: t.left + 1.4, Y: t.y + 0.6, Size: 2.9, Ink: Navy})
	}
	t.at("body", t.left+8, t.width()-8, s)
}

func (r AssessmentRecord) observations(t *letter) {
	mark := func(have, want string) string {
		if have != want {
			return ""
		}
		if want == "no" {
			return no
		}
		return yes
	}
	rows := []row{}
	for i, u := range r.Units {
		rows = append(rows, row{band: itoa(i+1) + ". " + u.Code + " · " + u.Title, kind: "cell.head"})
		if u.Credit != nil {
			rows = append(rows, row{cells: []string{"", u.basis(t), "", "", "", ""}})
			continue
		}
		for _, e := range u.Elements {
			rows = append(rows, row{band: joined(e.No, " · ", e.Name), kind: "cell.bold"})
			for _, c := range e.Criteria {
				rows = append(rows, row{cells: []string{c.No, c.Text, mark(c.Mark, "yes"), mark(c.Mark, "no"), mark(c.Mark, "not_observed"), c.Note}})
			}
		}
	}
	t.table(table{rows: rows, columns: []column{{t.word("record.criterion_no"), 1.2, Left, ""}, {t.word("record.criterion"), 9, Left, ""},
		{t.word("record.yes"), 1.2, Centre, ""}, {t.word("record.no"), 1.4, Centre, ""}, {t.word("record.not_observed"), 1.8, Centre, ""}, {t.word("col.note"), 3.4, Left, ""}}})
	r.sign(t, r.FinishedOn)
}

func (r AssessmentRecord) recommendation(t *letter) {
	t.pairs(0, 46, [][2]string{{t.word("record.started"), t.word("one_day", r.StartedOn)}, {t.word("record.finished"), t.word("one_day", r.FinishedOn)}})
	t.gap(3)
	rows := []row{}
	for i, u := range r.Units {
		rows = append(rows, row{cells: []string{itoa(i + 1), u.Code, u.Title, u.Result, joined(u.Reason, " ", u.basis(t))}})
	}
	t.table(table{rows: rows, columns: []column{{t.word("col.no"), 1, Centre, ""}, {t.word("cert.unit_code"), 3.8, Left, ""}, {t.word("cert.unit_title"), 7, Left, ""},
		{t.word("col.recommended"), 2.4, Centre, "cell.bold"}, {t.word("record.reason"), 4, Left, ""}}})
	t.gap(4)
	if r.Result != "" {
		t.para("subheading", t.word("record.result."+r.Result))
		t.gap(2)
	}
	t.pairs(0, 46, [][2]string{{t.word("record.follow_up"), r.FollowUp}, {t.word("record.note"), r.Note}})
	r.sign(t, r.FinishedOn)
}

// sign has candidate and assessor, each with the day.
func (r AssessmentRecord) sign(t *letter, day date.Date) {
	t.gap(6)
	on := t.word("place_day", r.Body.City, day)
	t.signatures(
		seat{above: []string{on, t.word("record.candidate") + ","}, by: Signer{Name: r.Candidate}},
		seat{above: []string{on, t.word("col.assessor") + ","}, by: Signer{Name: r.Assessor.Name}, below: r.Assessor.MET},
	)
}
