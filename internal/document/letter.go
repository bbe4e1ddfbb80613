package document

import (
	"kompeten/internal/date"
	"kompeten/internal/text"
)

// Body is the organisation on whose paper a letter is written.
type Body struct {
	Name, NameEN string
	Licence      string // "BNSP-LSP-0999-ID"
	Address      string
	City         string // where letters are signed
	Contact      string // telephone, e-mail, in one line
}

// About is what all letters say of themselves.
type About struct {
	Lang   text.Lang
	Body   Body
	Number string
	Day    date.Date
	Sample bool
}

// letter sets a text from top to bottom and turns the page when one is full.
type letter struct {
	About
	l           Layout
	s           *sheet
	y           float64 // upper edge of what comes next
	w, h        float64
	left, right float64
}

const (
	letterTop    = 22.0 // of pages after the first
	letterBottom = 19.0
)

func (a About) letter(title, subject string) *letter {
	if a.Lang != text.EN {
		a.Lang = text.ID
	}
	return &letter{About: a, w: 210, h: 297, left: 24, right: 186,
		l: Layout{Title: joined(title, " ", a.Number), Author: a.Body.Name, Subject: subject, Lang: a.Lang, Day: a.Day, Sample: a.Sample}}
}

// lying turns the paper: for wide tables.
func (t *letter) lying() *letter {
	t.w, t.h, t.left, t.right = 297, 210, 18, 279
	return t
}

func (t *letter) width() float64                      { return t.right - t.left }
func (t *letter) bottom() float64                     { return t.h - letterBottom }
func (t *letter) word(key string, args ...any) string { return word(t.Lang, key, args...) }

// open begins the first page with the letterhead.
func (t *letter) open(bookmark string) {
	t.page(bookmark)
	mid, y := (t.left+t.right)/2, 20.0
	t.s.put(Ornament{Name: "seal", X: t.left + 7.5, Y: 22.5, Scale: 1.15})
	st, lines := style("letterhead", 0).fitted(t.Body.Name, t.width()-42, []float64{16, 14.5, 13, 11.5, 10}, 13)
	y = t.s.centred("letterhead", st.Size, mid, y, st.balanced(t.Body.Name, t.width()-42, len(lines)))
	y -= 1.2
	for _, line := range []string{joined(t.Body.NameEN, "  ·  ", t.Body.Licence), joined(t.Body.Address, "  ·  ", t.Body.Contact)} {
		if line != "" {
			_, lines := style("letterhead.sub", 0).fitted(line, t.width()-40, []float64{8}, 8)
			y = t.s.centred("letterhead.sub", 0, mid, y, lines)
		}
	}
	y = max(y-1, 32)
	t.s.put(Rail{X1: t.left, Y1: y, X2: t.right, Y2: y, Width: 1.2, Ink: Navy}, Rail{X1: t.left, Y1: y + 0.9, X2: t.right, Y2: y + 0.9, Width: 0.4, Ink: Gold})
	t.y = y + 7
}

// page begins a new sheet.
func (t *letter) page(bookmark string) {
	t.close()
	t.s, t.y = &sheet{Page{W: t.w, H: t.h, Bookmark: bookmark}}, letterTop
	if t.Sample {
		t.s.sampleCorner(t.word("sample"), t.word("sample.letter"))
	}
}

func (t *letter) close() {
	if t.s != nil {
		t.l.Pages = append(t.l.Pages, t.s.Page)
		t.s = nil
	}
}

// need turns the page when less height is left.
func (t *letter) need(h float64) {
	if t.y+h > t.bottom() && t.y > letterTop+1 {
		t.page("")
	}
}

// done numbers the pages and gives the layout.
func (t *letter) done() Layout {
	t.close()
	n := len(t.l.Pages)
	for i := range t.l.Pages {
		s := sheet{t.l.Pages[i]}
		y := s.H - 11
		_, lines := style("foot", 0).fitted(t.l.Title, (s.W-2*t.left)*0.72, []float64{7}, 6)
		s.lines("foot", t.left, y, lines)
		s.put(Text{X: s.W - t.left, Y: y, Align: Right, Style: "foot", S: t.word("page", i+1, n)})
		t.l.Pages[i] = s.Page
	}
	return t.l
}

// sampleCorner marks letters made from sample data at their upper edge.
func (s *sheet) sampleCorner(mark, note string) {
	s.put(Box{X: s.W/2 - 62, Y: 4.5, W: 124, H: 6, Stroke: &Alarm, Line: 0.6},
		Text{X: s.W / 2, Y: 8.5, Align: Centre, Style: "sample.label", S: mark + "  ·  " + note})
}

// para sets a paragraph between the margins; it may run over pages.
func (t *letter) para(name StyleName, s string) { t.at(name, t.left, t.width(), s) }

func (t *letter) at(name StyleName, x, width float64, s string) {
	st := style(name, 0)
	for _, line := range st.wrap(s, width) {
		t.need(st.step())
		t.s.put(Text{X: x, Y: t.y + st.Size*mmPerPoint*0.8, Style: name, S: line})
		t.y += st.step()
	}
}

func (t *letter) gap(h float64) { t.y += h }

// title sets the name of the letter and its number in the middle.
func (t *letter) title(name string) {
	mid, st := (t.left+t.right)/2, style("heading", 0)
	t.s.centred("heading", 0, mid, t.y+4, st.balanced(name, t.width(), len(st.wrap(name, t.width()))))
	t.y += st.step()*float64(len(st.wrap(name, t.width()))) + 1
	if t.Number != "" {
		t.s.centred("body", 0, mid, t.y+4, []string{t.word("number", t.Number)})
		t.y += 6
	}
	t.gap(4)
}

// middle sets a line in the middle.
func (t *letter) middle(name StyleName, s string) {
	st := style(name, 0)
	lines := st.wrap(s, t.width())
	t.need(st.step() * float64(len(lines)))
	t.s.centred(name, 0, (t.left+t.right)/2, t.y+st.Size*mmPerPoint*0.8, st.balanced(s, t.width(), len(lines)))
	t.y += st.step() * float64(len(lines))
}

// hang sets a mark at the left and a paragraph beside it: "a." and its text, "Tempat :" and its value.
func (t *letter) hang(name StyleName, indent, mark float64, label, s string) {
	t.need(style(name, 0).step() * 1.01)
	t.s.put(Text{X: t.left + indent, Y: t.y + style(name, 0).Size*mmPerPoint*0.8, Style: name, S: label})
	t.at(name, t.left+indent+mark, t.width()-indent-mark, s)
}

// pairs sets names and values below each other; rows without a value are left out.
func (t *letter) pairs(indent, width float64, rows [][2]string) {
	for _, r := range rows {
		if r[1] != "" {
			t.hang("body", indent, width, r[0], ": "+r[1])
		}
	}
}

// list sets paragraphs with a., b., c.
func (t *letter) list(name StyleName, indent float64, rows []string) {
	for i, r := range rows {
		mark := string(rune('a'+i%26)) + "."
		if len(rows) > 26 {
			mark = itoa(i+1) + "."
		}
		t.hang(name, indent, 7, mark, r)
		t.gap(0.8)
	}
}

// seat is a place to sign.
type seat struct {
	above []string // place and day, in whose name, the office
	by    Signer
	below string // an office or number under the name
}

// signatures sets places to sign side by side, all on one page, with room for ink and stamp.
func (t *letter) signatures(seats ...seat) {
	const room = 20.0
	st := style("body", 0)
	above := 0
	for _, s := range seats {
		above = max(above, len(s.above))
	}
	t.need(float64(above+3)*st.step() + room)
	each := t.width() / float64(max(len(seats), 2))
	for i, s := range seats {
		mid := t.right - each*(float64(len(seats)-i)-0.5)
		t.seat(s, mid, each-6, float64(above)*st.step()+room)
	}
	t.y += float64(above+3)*st.step() + room
}

func (t *letter) seat(s seat, mid, width, room float64) {
	if s.by.Name == "" {
		return
	}
	y := t.y + 4
	for _, line := range s.above {
		t.s.block("body", mid, y, width, 5.6, []float64{11.8, 10.5, 9.5}, line)
		y += style("body", 0).step()
	}
	y = t.y + 4 + room
	st, lines := style("body.bold", 0).fitted(s.by.Name, width, []float64{11.8, 10.5, 9.5, 8.5}, 11)
	first := y - float64(len(lines)-1)*st.step()
	t.s.centred("body.bold", st.Size, mid, first, lines)
	t.s.put(Rail{X1: mid - width*0.42, Y1: y + 1.3, X2: mid + width*0.42, Y2: y + 1.3, Width: 0.4, Ink: Black})
	y = t.s.block("body", mid, y+5.6, width, 5.6, []float64{11, 10, 9}, s.below)
	t.s.block("body", mid, y, width, 5.6, []float64{10, 9}, s.by.Number)
}

// head is the office of a signer in the language of the letter.
func (s Signer) office(l text.Lang) string {
	if l == text.EN && s.TitleEN != "" {
		return s.TitleEN
	}
	return s.Title
}

// signedBy is the usual end of a letter: place, day, office, name.
func (t *letter) signedBy(s Signer) {
	t.gap(5)
	t.signatures(seat{above: []string{t.word("place_day", t.Body.City, t.Day), s.office(t.Lang) + ","}, by: s})
}
