package document

import "kompeten/internal/date"

// HandoverList is signed by those who receive their certificates, or by who stands in for them.
type HandoverList struct {
	About
	Programme string
	Scheme    string
	Place     string
	Rows      []Handover
	Officer   Signer // who hands over
	Witness   Signer // of the office, if there is one
}

// Handover is a certificate to be handed over.
type Handover struct{ Name, Number, Registration, Blank string }

// PDF is the list as a file.
func (h HandoverList) PDF() ([]byte, error) { return h.Layout().PDF() }

// Layout sets the list with room to sign, on lying paper.
func (h HandoverList) Layout() Layout {
	t := h.letter(word(h.Lang, "handover.title"), h.Programme).lying()
	t.open(t.word("handover.title"))
	t.title(t.word("handover.title"))
	t.pairs(0, 34, [][2]string{{t.word("programme"), h.Programme}, {t.word("test.scheme"), h.Scheme}, {t.word("handover.place"), h.Place}})
	t.gap(2)
	t.para("body", t.word("handover.opening"))
	t.gap(2.5)
	rows := []row{}
	for i, r := range h.Rows {
		rows = append(rows, row{cells: []string{itoa(i + 1), r.Name, r.Number, r.Registration, r.Blank, "", "", itoa(i+1) + "."}})
	}
	t.table(table{least: 10.5, rows: rows, columns: []column{{t.word("col.no"), 1, Centre, ""}, {t.word("col.name"), 5, Left, "cell.bold"},
		{t.word("col.certificate"), 4.6, Left, ""}, {t.word("col.registration"), 3.9, Left, ""}, {t.word("col.blank"), 2.7, Left, ""},
		{t.word("col.day"), 2, Left, ""}, {t.word("col.proxy"), 2.8, Left, ""}, {t.word("col.signature"), 3.6, Left, ""}}})
	t.gap(3)
	t.para("cell", t.word("handover.proxy"))
	t.gap(4)
	seats := []seat{{above: []string{t.word("place_day", h.Body.City, h.Day), t.word("handover.gives") + ","}, by: h.Officer, below: h.Officer.office(t.Lang)}}
	if h.Witness.Name != "" {
		seats = append([]seat{{above: []string{"", t.word("handover.witness") + ","}, by: h.Witness, below: h.Witness.office(t.Lang)}}, seats...)
	}
	t.signatures(seats...)
	return t.done()
}

// AttendanceList is signed by the candidates on the day of a test.
type AttendanceList struct {
	About
	Test
	Rows      []Candidate
	Assessors []Assessor
}

// PDF is the list as a file.
func (a AttendanceList) PDF() ([]byte, error) { return a.Layout().PDF() }

// Layout sets the list with room to sign.
func (a AttendanceList) Layout() Layout {
	t := a.letter(word(a.Lang, "attendance.title"), a.Scheme)
	t.open(t.word("attendance.title"))
	t.title(t.word("attendance.title"))
	a.pairs(t)
	t.gap(3)
	rows := []row{}
	for i, r := range a.Rows {
		mark := itoa(i+1) + "."
		rows = append(rows, row{cells: []string{itoa(i + 1), r.Name, r.Registration, r.From, mark}})
	}
	t.table(table{least: 9.5, rows: rows, columns: []column{{t.word("col.no"), 1, Centre, ""}, {t.word("col.name"), 5.6, Left, "cell.bold"},
		{t.word("col.file"), 3.4, Left, ""}, {t.word("col.from"), 3.6, Left, ""}, {t.word("col.signature"), 4.4, Left, ""}}}.filled())
	t.gap(5)
	var seats []seat
	for _, x := range a.Assessors {
		seats = append(seats, seat{above: []string{t.word("col.assessor") + ","}, by: Signer{Name: x.Name, Number: x.MET}})
	}
	for len(seats) > 0 {
		n := min(2, len(seats))
		t.signatures(seats[:n]...)
		t.gap(3)
		seats = seats[n:]
	}
	return t.done()
}

// span writes one day or from when to when.
func (t *letter) span(from, until date.Date) string {
	if !until.Valid() || until == from {
		return t.word("one_day", from)
	}
	return t.word("day_span", t.word("one_day", from), t.word("one_day", until))
}
