package document

import "slices"

// column of a table: its head, its share of the width, how its cells are set.
type column struct {
	head  string
	share float64
	align Align
	style StyleName
}

// row of a table. A row with Band set goes over all columns, as a heading within the table.
type row struct {
	cells []string
	band  string
	kind  StyleName // style of the band
}

// filled is the table without the columns in which no row has anything: an empty column reads as something forgotten.
func (tb table) filled() table {
	out := table{least: tb.least, rows: make([]row, len(tb.rows))}
	for i, r := range tb.rows {
		out.rows[i] = row{band: r.band, kind: r.kind}
	}
	for c, col := range tb.columns {
		if !slices.ContainsFunc(tb.rows, func(r row) bool { return c < len(r.cells) && r.cells[c] != "" }) {
			continue
		}
		out.columns = append(out.columns, col)
		for i, r := range tb.rows {
			if c < len(r.cells) {
				out.rows[i].cells = append(out.rows[i].cells, r.cells[c])
			} else {
				out.rows[i].cells = append(out.rows[i].cells, "")
			}
		}
	}
	return out
}

// Cells that are drawn, not written.
const (
	yes = "\u2713"
	no  = "\u2717"
)

// table breaks over pages and repeats its head.
type table struct {
	columns []column
	rows    []row
	least   float64 // least height of a row: room to sign
}

const (
	cellPadX = 1.4
	cellPadY = 1.35
)

// set is a row broken into lines.
type setRow struct {
	row
	lines [][]string
	h     float64
}

func (t *letter) table(tb table) {
	x, widths := t.columnsOf(tb)
	head := row{}
	for i := range tb.columns {
		head.cells = append(head.cells, tb.columns[i].head)
	}
	low := tb
	low.least = 0
	top := t.breakRow(low, head, widths, "cell.head")
	t.need(top.h + 12)
	t.headRow(tb, top, x, widths)
	for i, r := range tb.rows {
		below := t.below(tb, i, widths)
		for _, part := range t.parts(tb, t.breakRow(tb, r, widths, ""), top.h) {
			if t.y+part.h+below > t.bottom() {
				t.page("")
				t.headRow(tb, top, x, widths)
			}
			t.bodyRow(tb, part, x, widths)
		}
	}
}

// below is how much room a heading within the table needs under it: the headings after it and the first row of its own.
func (t *letter) below(tb table, i int, widths []float64) (h float64) {
	for ; i+1 < len(tb.rows) && tb.rows[i].band != ""; i++ {
		h += min(t.breakRow(tb, tb.rows[i+1], widths, "").h, 30)
	}
	return h
}

func (t *letter) columnsOf(tb table) (x, widths []float64) {
	sum, at := 0.0, t.left
	for _, c := range tb.columns {
		sum += c.share
	}
	for _, c := range tb.columns {
		w := c.share / sum * t.width()
		x, widths = append(x, at), append(widths, w)
		at += w
	}
	return x, widths
}

func (t *letter) breakRow(tb table, r row, widths []float64, all StyleName) setRow {
	out := setRow{row: r}
	if r.band != "" {
		st := style(r.kind, 0)
		out.lines = [][]string{st.wrap(r.band, t.width()-2*cellPadX)}
		out.h = float64(len(out.lines[0]))*st.step() + 2*cellPadY
		return out
	}
	out.h = tb.least
	for i := range tb.columns {
		st, cell := style(tb.styleOf(i, all), 0), ""
		if i < len(r.cells) {
			cell = r.cells[i]
		}
		lines := []string{cell}
		if cell != yes && cell != no {
			lines = st.wrap(cell, widths[i]-2*cellPadX)
		}
		out.lines = append(out.lines, lines)
		out.h = max(out.h, float64(len(lines))*st.step()+2*cellPadY)
	}
	return out
}

func (tb table) styleOf(i int, all StyleName) StyleName {
	if all != "" {
		return all
	}
	if s := tb.columns[i].style; s != "" {
		return s
	}
	return "cell"
}

// parts cuts a row that is higher than a page into rows that fit.
func (t *letter) parts(tb table, r setRow, head float64) []setRow {
	room := t.bottom() - letterTop - head
	if r.h <= room || r.band != "" {
		return []setRow{r}
	}
	most := int((room - 2*cellPadY) / style("cell", 0).step())
	var out []setRow
	for from := 0; ; from += most {
		part := setRow{row: r.row, h: tb.least}
		longest := 0
		for _, lines := range r.lines {
			cut := lines[min(from, len(lines)):min(from+most, len(lines))]
			part.lines = append(part.lines, cut)
			longest = max(longest, len(cut))
		}
		if longest == 0 {
			return out
		}
		part.h = max(part.h, float64(longest)*style("cell", 0).step()+2*cellPadY)
		out = append(out, part)
	}
}

func (t *letter) headRow(tb table, r setRow, x, widths []float64) {
	t.s.put(Box{X: t.left, Y: t.y, W: t.width(), H: r.h, Fill: &Shade})
	t.cells(tb, r, x, widths, "cell.head")
	t.s.put(Rail{X1: t.left, Y1: t.y, X2: t.right, Y2: t.y, Width: 0.9, Ink: Navy})
	t.y += r.h
	t.s.put(Rail{X1: t.left, Y1: t.y, X2: t.right, Y2: t.y, Width: 0.6, Ink: Navy})
}

func (t *letter) bodyRow(tb table, r setRow, x, widths []float64) {
	if r.band != "" {
		t.s.put(Box{X: t.left, Y: t.y, W: t.width(), H: r.h, Fill: &Shade})
		t.s.lines(r.kind, t.left+cellPadX, t.y+cellPadY+style(r.kind, 0).Size*mmPerPoint*0.95, r.lines[0])
	} else {
		t.cells(tb, r, x, widths, "")
	}
	t.y += r.h
	t.s.put(Rail{X1: t.left, Y1: t.y, X2: t.right, Y2: t.y, Width: 0.35, Ink: Rule})
}

func (t *letter) cells(tb table, r setRow, x, widths []float64, all StyleName) {
	for i, c := range tb.columns {
		name := tb.styleOf(i, all)
		st, y := style(name, 0), t.y+cellPadY
		for _, line := range r.lines[i] {
			at := map[Align]float64{Left: x[i] + cellPadX, Centre: x[i] + widths[i]/2, Right: x[i] + widths[i] - cellPadX}[c.align]
			switch line {
			case "":
			case yes, no:
				const size = 2.7
				t.s.put(Tick{X: at - size/2, Y: y + 0.1, Size: size, Cross: line == no, Ink: map[bool]Ink{true: Alarm, false: Navy}[line == no]})
			default:
				t.s.put(Text{X: at, Y: y + st.Size*mmPerPoint*0.95, Align: c.align, Style: name, S: line})
			}
			y += st.step()
		}
	}
}
