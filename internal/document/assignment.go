package document

import "kompeten/internal/date"

// Test says which test a paper is about: the scheme, the place, the day.
type Test struct {
	Scheme, SchemeNumber string
	SchemeKind           string // KKNI, okupasi, klaster
	TUK, TUKKind         string
	TUKAddress           string
	HeldOn               date.Date
	Until                date.Date // empty when the test takes one day
	Starts               string    // 08.00
}

// AssignmentLetter (surat tugas) sends assessors to a test and names who is to be assessed by whom.
type AssignmentLetter struct {
	About
	Test
	Basis      []string // what the assignment rests on, besides the licence: the office's request, the programme's decree
	Assessors  []Assessor
	Candidates []Candidate
	Head       Signer
}

// Assessor is a name with its number of registration.
type Assessor struct{ Name, MET, Note string }

// Candidate is a person to be assessed; From is the employer or district, Assessor who assesses.
type Candidate struct{ Name, Registration, From, Assessor string }

// PDF is the letter as a file.
func (a AssignmentLetter) PDF() ([]byte, error) { return a.Layout().PDF() }

// Layout sets the letter, then the candidates as its annex.
func (a AssignmentLetter) Layout() Layout {
	t := a.letter(word(a.Lang, "assignment.title"), a.Scheme)
	t.open(t.word("assignment.title"))
	t.title(t.word("assignment.title"))
	t.para("body", t.word("assignment.opening", a.Body.Name))
	t.gap(1.5)
	t.list("body", 4, append([]string{t.word("assignment.licence", a.Body.Licence)}, a.Basis...))
	t.gap(2)
	t.para("body", t.word("assignment.assigns"))
	t.gap(1.5)
	rows := []row{}
	for i, x := range a.Assessors {
		rows = append(rows, row{cells: []string{itoa(i + 1), x.Name, x.MET, x.Note}})
	}
	t.table(table{columns: []column{
		{t.word("col.no"), 1, Centre, ""}, {t.word("col.assessor"), 7, Left, "cell.bold"}, {t.word("col.met"), 4.5, Left, ""}, {t.word("col.note"), 4.5, Left, ""}}, rows: rows}.filled())
	t.gap(4)
	t.para("body", t.word("assignment.task"))
	t.gap(1.5)
	a.pairs(t)
	t.gap(2)
	if len(a.Candidates) > 0 {
		t.para("body", t.word("assignment.annexed", len(a.Candidates)))
		t.gap(1.5)
	}
	t.para("body", t.word("assignment.duties"))
	t.signedBy(a.Head)
	if len(a.Candidates) > 0 {
		a.annex(t)
	}
	return t.done()
}

// pairs are the facts of a test as names and values.
func (x Test) pairs(t *letter) {
	day := dayInWords(t.Lang, x.HeldOn)
	if x.Until.Valid() && x.Until != x.HeldOn {
		day = t.word("day_span", day, dayInWords(t.Lang, x.Until))
	}
	starts := ""
	if x.Starts != "" {
		starts = t.word("from_time", x.Starts)
	}
	t.pairs(4, 38, [][2]string{
		{t.word("test.scheme"), joined(x.Scheme, " – ", x.SchemeNumber)},
		{t.word("test.day"), day},
		{t.word("test.time"), starts},
		{t.word("test.tuk"), joined(x.TUK, ", ", x.TUKKind)},
		{t.word("test.address"), x.TUKAddress},
	})
}

func (a AssignmentLetter) annex(t *letter) {
	t.page(t.word("candidates"))
	t.para("cell.italic", t.word("annex_of", t.word("assignment.title"), a.Number, a.Day))
	t.gap(3)
	t.middle("subheading", t.word("candidates"))
	t.gap(3)
	rows := []row{}
	for i, c := range a.Candidates {
		rows = append(rows, row{cells: []string{itoa(i + 1), c.Name, c.Registration, c.From, c.Assessor}})
	}
	t.table(table{columns: []column{{t.word("col.no"), 1, Centre, ""}, {t.word("col.name"), 5.5, Left, "cell.bold"}, {t.word("col.file"), 3.6, Left, ""},
		{t.word("col.from"), 3.6, Left, ""}, {t.word("col.assessor"), 4.4, Left, ""}}, rows: rows}.filled())
}
