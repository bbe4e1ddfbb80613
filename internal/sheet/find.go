package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/fault"
)

// table is one table of persons on a sheet.
type table struct {
	sheet  string
	header int // row of the header, from 1
	maps   []mapping
	rows   []Row
}

func (t *table) describe() Table {
	out := Table{Sheet: t.sheet, Header: t.header, Columns: map[Field]string{}, Rows: len(t.rows)}
	for _, m := range t.maps {
		for f, w := range m.words {
			out.Columns[f] = w
		}
	}
	return out
}

// find looks for tables of persons on every sheet, or on the one named.
func find(b Book, sheet string) ([]*table, error) {
	var out []*table
	var names []string
	for _, g := range b.grids {
		names = append(names, g.name)
		if sheet != "" && g.name != sheet {
			continue
		}
		out = append(out, g.tables()...)
	}
	rows := 0
	for _, t := range out {
		rows += len(t.rows)
	}
	switch {
	case sheet != "" && !strings.Contains("\x00"+strings.Join(names, "\x00")+"\x00", "\x00"+sheet+"\x00"):
		return nil, fault.New(fault.Invalid, "sheet.no_such_sheet", sheet, strings.Join(names, ", "))
	case len(out) == 0:
		return nil, fault.New(fault.Invalid, "sheet.no_header", strings.Join(names, ", "))
	case rows == 0:
		return nil, fault.New(fault.Invalid, "sheet.no_rows", out[0].sheet, out[0].header)
	}
	return out, nil
}

func (g grid) tables() []*table {
	var out []*table
	var cur *table
	filled := g.fillMerged()
	banner := ""
	for i := 0; i < len(g.rows); i++ {
		row := g.rows[i]
		if blank(row) {
			continue
		}
		if maps, height := g.readHeader(i); height > 0 {
			cur = &table{sheet: g.name, header: i + 1, maps: maps}
			out = append(out, cur)
			i += height - 1
			banner = ""
			continue
		}
		if cur == nil || numbering(row) {
			continue
		}
		if b, is := bannerOf(row); is {
			banner = b
			continue
		}
		for _, m := range cur.maps {
			if r, ok := g.person(i, m, filled, banner); ok {
				cur.rows = append(cur.rows, r)
			}
		}
	}
	return out
}

// numbering is the row of column numbers under a header: 1 2 3 …, (1) (2) (3) ….
func numbering(row []string) bool {
	want := 0
	for _, c := range row {
		c = strings.Trim(strings.TrimSpace(c), "()")
		if c == "" {
			continue
		}
		n, err := strconv.Atoi(c)
		if err != nil || want > 0 && n != want {
			return false
		}
		want = n + 1
	}
	return want > 3
}

var employerWords = regexp.MustCompile(`(?i)^(pt|cv|ud|pd|fa|rs|rsud|rsu|rsia|bengkel|toko|koperasi|kelompok|yayasan|perusahaan|instansi|dinas|kantor|hotel|klinik|puskesmas|usaha)\b[ .:]*`)

// bannerOf is a row with one text across it, between the persons: the name of the employer of those that follow.
// Totals, notes and signatures are not.
func bannerOf(row []string) (string, bool) {
	text, n := "", 0
	for _, c := range row {
		if c = strings.TrimSpace(c); c != "" {
			text, n = c, n+1
		}
	}
	if n != 1 {
		return "", false
	}
	if !employerWords.MatchString(text) || len(text) > 120 {
		return "", true
	}
	if label, name, ok := strings.Cut(text, ":"); ok && len(label) < 30 && strings.TrimSpace(name) != "" {
		text = strings.TrimSpace(name)
	}
	return text, true
}

// fillMerged gives every cell of a merged block that runs down the text of its first.
func (g grid) fillMerged() map[at]string {
	out := map[at]string{}
	for _, m := range g.cells.merged {
		if m.from.row > len(g.rows) {
			continue
		}
		text := cell(g.rows[m.from.row-1], m.from.col-1)
		for r := m.from.row + 1; r <= min(m.to.row, len(g.rows)); r++ {
			out[at{r, m.from.col}] = text
		}
	}
	return out
}

var totals = regexp.MustCompile(`(?i)^\s*(jumlah|total|catatan|keterangan|mengetahui|menyetujui|nip\b|kepala|demikian)`)

// person reads one row as a person: it needs two of the things that only persons have.
func (g grid) person(i int, m mapping, filled map[at]string, banner string) (Row, bool) {
	r := Row{Sheet: g.name, Row: i + 1, Sent: map[Field]Sent{}, Problems: []Problem{}}
	own := 0
	for f, c := range m.column {
		s := g.sent(i, c, f)
		if s.Text == "" {
			s.Text = filled[at{i + 1, c + 1}]
		} else if f == Name || f == NIK || f == BirthDate || f == BirthPlace || f == Born || f == Phone || f == Address || f == Sex {
			own++
		}
		r.Sent[f] = s
	}
	if own < 2 || totals.MatchString(r.Sent[Name].Text) || totals.MatchString(r.Sent[No].Text) {
		return Row{}, false
	}
	if _, has := m.column[Business]; !has && banner != "" {
		r.Sent[Business] = Sent{Text: banner}
	}
	return r, true
}

// sent is a cell as the office sees it. A number shown as a day is written as a day; its order is beyond doubt.
func (g grid) sent(i, c int, f Field) Sent {
	if c >= len(g.rows[i]) {
		return Sent{}
	}
	text := g.rows[i][c]
	p := at{i + 1, c + 1}
	if g.cells.unreckoned(p) {
		return Sent{Text: ""}
	}
	isNumber, isDate := g.cells.number(p)
	if isDate && (f == BirthDate || f == Born) {
		if day, ok := serialDay(text); ok {
			return Sent{Text: day.Format("2006-01-02")}
		}
	}
	if f != Name {
		text = strings.TrimSpace(text)
	}
	return Sent{Text: text, Number: isNumber}
}

// serialDay reads the number by which spreadsheets count days since the end of 1899.
func serialDay(s string) (time.Time, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 1 || n > 80000 {
		return time.Time{}, false
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)), true
}
