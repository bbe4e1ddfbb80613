package document

import (
	"slices"

	"kompeten/internal/date"
)

// Outcome is one case of a committee's meeting, as minutes and decree list it.
type Outcome struct {
	Name, File     string // the candidate and the number of the file or registration
	Scheme         string
	Assessor, MET  string
	Recommendation string // K or BK, the assessor's
	Result         string // granted, refused or deferred
	Note           string
}

// Member sat on the committee.
type Member struct {
	Name, Role string // chair or member
	Votes      string // how the votes were given, if the minutes say it
}

// Minutes (berita acara pleno) say who met, what was before them and what they decided.
type Minutes struct {
	About
	HeldOn   date.Date
	Place    string
	Scheme   string
	Quorum   int
	Members  []Member
	Outcomes []Outcome
	Note     string
}

// PDF is the minutes as a file.
func (m Minutes) PDF() ([]byte, error) { return m.Layout().PDF() }

// Layout sets the minutes, the list of cases and the members' signatures.
func (m Minutes) Layout() Layout {
	t := m.letter(word(m.Lang, "minutes.title"), m.Scheme)
	t.open(t.word("minutes.title"))
	t.title(t.word("minutes.title"))
	t.para("body", t.word("minutes.opening", dayInWords(t.Lang, m.HeldOn), m.Place, m.Body.Name, m.Scheme))
	t.gap(3)
	t.para("subheading", t.word("minutes.present"))
	t.gap(1)
	m.present(t)
	t.gap(2)
	t.para("body", t.word("minutes.quorum", len(m.Members), m.Quorum))
	t.gap(3)
	t.para("subheading", t.word("minutes.decided"))
	t.gap(1)
	counts := count(m.Outcomes)
	t.list("body", 4, []string{t.word("minutes.cases", len(m.Outcomes)), t.word("minutes.granted", counts["granted"]),
		t.word("minutes.refused", counts["refused"]), t.word("minutes.deferred", counts["deferred"])})
	t.para("body", t.word("minutes.grounds"))
	if m.Note != "" {
		t.gap(2)
		t.para("body", t.word("minutes.note", m.Note))
	}
	t.gap(3)
	t.outcomes(m.Outcomes, true)
	t.gap(4)
	t.para("body", t.word("minutes.end"))
	t.gap(5)
	m.sign(t)
	return t.done()
}

func (m Minutes) present(t *letter) {
	columns := []column{{t.word("col.no"), 1, Centre, ""}, {t.word("col.name"), 8, Left, "cell.bold"}, {t.word("col.role"), 5, Left, ""}}
	rows, voted := []row{}, false
	for i, x := range m.Members {
		rows = append(rows, row{cells: []string{itoa(i + 1), x.Name, named(t.Lang, "role", x.Role), x.Votes}})
		voted = voted || x.Votes != ""
	}
	if voted {
		columns = append(columns, column{t.word("col.votes"), 4, Left, ""})
	}
	t.table(table{columns: columns, rows: rows})
}

func count(os []Outcome) map[string]int {
	n := map[string]int{}
	for _, o := range os {
		n[o.Result]++
	}
	return n
}

// sign sets the members two by two.
func (m Minutes) sign(t *letter) {
	for i := 0; i < len(m.Members); i += 2 {
		var seats []seat
		for _, x := range m.Members[i:min(i+2, len(m.Members))] {
			above := []string{"", named(t.Lang, "role", x.Role) + ","}
			if i == 0 && len(seats) == 0 {
				above[0] = t.word("place_day", m.Body.City, m.Day)
			}
			seats = append(seats, seat{above: above, by: Signer{Name: x.Name}})
		}
		if len(seats) == 1 {
			seats = append(seats, seat{})
		}
		t.signatures(seats...)
		t.gap(2)
	}
}

// outcomes lists the cases; the minutes also show what the assessor recommended and why a case was set apart.
func (t *letter) outcomes(os []Outcome, full bool) {
	columns := []column{{t.word("col.no"), 1.2, Centre, ""}, {t.word("col.name"), 4.6, Left, "cell.bold"}, {t.word("col.file"), 3.8, Left, ""},
		{t.word("test.scheme"), 4.6, Left, ""}, {t.word("col.assessor_met"), 4.6, Left, ""}}
	several := slices.ContainsFunc(os, func(o Outcome) bool { return o.Scheme != os[0].Scheme })
	if full {
		columns = append(columns, column{t.word("col.recommended"), 2.8, Centre, ""})
	}
	columns = append(columns, column{t.word("col.result"), 3.6, Left, ""})
	rows := []row{}
	for i, o := range os {
		if !several {
			o.Scheme = "" // the heading names it
		}
		cells := []string{itoa(i + 1), o.Name, o.File, o.Scheme, joined(o.Assessor, "\n", o.MET)}
		if full {
			cells = append(cells, o.Recommendation, joined(named(t.Lang, "result", o.Result), "\n", o.Note))
		} else {
			cells = append(cells, named(t.Lang, "result.long", o.Result))
		}
		rows = append(rows, row{cells: cells})
	}
	t.table(table{columns: columns, rows: rows}.filled())
}

// Decree (surat keputusan) of the head of an LSP: the results of a test, decided by the committee, put into force.
type Decree struct {
	About
	Test
	Minutes     string // number of the minutes it rests on
	MinutesDay  date.Date
	Considering []string // more grounds than the usual ones
	Citing      []string // rules and decrees
	Outcomes    []Outcome
	Head        Signer
	CopyTo      []string
}

// PDF is the decree as a file.
func (d Decree) PDF() ([]byte, error) { return d.Layout().PDF() }

// Layout sets the decree and, as its annex, the list of results.
func (d Decree) Layout() Layout {
	t := d.letter(word(d.Lang, "decree.title"), d.Scheme)
	t.open(t.word("decree.title"))
	t.title(t.word("decree.heading", d.Head.office(t.Lang), d.Body.Name))
	t.middle("body", t.word("decree.about"))
	t.gap(1)
	t.middle("subheading", t.word("decree.subject", d.Scheme, d.TUK, d.HeldOn))
	t.gap(5)
	t.clause(t.word("decree.considering"), append([]string{
		t.word("decree.ground_minutes", d.Minutes, d.MinutesDay),
		t.word("decree.ground_evidence"),
		t.word("decree.ground_need"),
	}, d.Considering...))
	if len(d.Citing) > 0 {
		t.clause(t.word("decree.citing"), d.Citing)
	}
	t.gap(2)
	t.middle("heading", t.word("decree.decides"))
	t.gap(3)
	n := count(d.Outcomes)
	for i, s := range []string{
		t.word("decree.first", n["granted"]), t.word("decree.second", n["refused"]), t.word("decree.third"), t.word("decree.fourth"),
	} {
		t.hang("body", 0, 30, t.word("decree.clause."+itoa(i+1)), ": "+s)
		t.gap(1.2)
	}
	t.signedBy(d.Head)
	d.copies(t)
	t.page(t.word("decree.annex"))
	t.para("cell.italic", t.word("annex_of", t.word("decree.title"), d.Number, d.Day))
	t.gap(3)
	t.middle("subheading", t.word("decree.annex"))
	t.middle("body", d.Scheme)
	t.gap(3)
	t.outcomes(d.Outcomes, false)
	t.signedBy(d.Head)
	return t.done()
}

// clause sets "Considering:" with its points.
func (t *letter) clause(name string, points []string) {
	t.need(12)
	y := t.y
	t.s.put(Text{X: t.left, Y: y + style("body", 0).Size*mmPerPoint*0.8, Style: "body.bold", S: name})
	t.list("body", 30, points)
	t.gap(2)
}

func (d Decree) copies(t *letter) {
	if len(d.CopyTo) == 0 {
		return
	}
	t.gap(4)
	t.para("cell.bold", t.word("decree.copies"))
	for i, c := range d.CopyTo {
		t.hang("cell", 0, 6, itoa(i+1)+".", c)
	}
}
