package document

import "kompeten/internal/text"

// unitRow is a unit of the annex, broken into the lines that fit its column.
type unitRow struct {
	no           int
	code, id, en []string
	h            float64
}

// The columns of the annex.
const (
	annexNoX    = certIn + 1.5
	annexCodeX  = certIn + 11.0
	annexTitleX = certIn + 41.0
	annexRight  = certW - certIn
)

func (c Certificate) unitRows() []unitRow {
	code, id, en := style("annex.code", 0), style("annex.unit", 0), style("annex.unit.en", 0)
	rows := make([]unitRow, 0, len(c.Units))
	for i, u := range c.Units {
		r := unitRow{no: i + 1, code: code.wrap(u.Code, annexTitleX-annexCodeX-3), id: id.wrap(u.TitleID, annexRight-annexTitleX-1)}
		if u.TitleEN != "" {
			r.en = en.wrap(u.TitleEN, annexRight-annexTitleX-1)
		}
		r.h = max(float64(len(r.id))*id.step()+float64(len(r.en))*en.step(), float64(len(r.code))*code.step()) + 2.6
		rows = append(rows, r)
	}
	return rows
}

// annex is the list of units on as many pages as they need; portrait and signatures stand on the last.
func (c Certificate) annex() []Page {
	var pages []Page
	rows, s, y := c.unitRows(), c.annexPage(true), annexUnitFirst
	for i, r := range rows {
		last := i == len(rows)-1
		if y+r.h > annexBottom || last && y+r.h > annexBottom-annexEndH && i > 0 && y > annexUnitFirst {
			pages = append(pages, s.Page)
			s, y = c.annexPage(false), annexUnitFirst
		}
		y = s.unit(r, y)
	}
	s.put(Rail{X1: certIn, Y1: y - 1.4, X2: annexRight, Y2: y - 1.4, Width: 0.7, Ink: Navy})
	c.annexEnd(s)
	return append(pages, s.Page)
}

func (c Certificate) annexPage(first bool) *sheet {
	s := &sheet{Page{W: certW, H: certH}}
	if first {
		s.Bookmark = word(text.ID, "cert.annex")
	}
	if c.Sample {
		s.sampleMark()
	}
	s.put(Ornament{Name: "frame"}, Ornament{Name: "seal", X: certMid, Y: 30, Scale: 0.9})
	s.centred("annex.title", 0, certMid, 43.5, []string{word(text.ID, "cert.annex")})
	s.centred("subject.en", 0, certMid, 49, []string{word(text.EN, "cert.annex")})
	st, lines := style("cert.small", 0).fitted(joined(c.Name, "  ·  ", word(text.ID, "cert.number", c.Number)), certTextW, []float64{10.5, 9, 8}, 4.5)
	s.centred("cert.small", st.Size, certMid, 54.8, lines)
	top := annexUnitFirst - 8.2
	s.put(Box{X: certIn, Y: top, W: annexRight - certIn, H: 6.4, Fill: &Navy},
		Text{X: annexNoX, Y: top + 4.2, Style: "annex.head", S: word(text.ID, "col.no")},
		Text{X: annexCodeX, Y: top + 4.2, Style: "annex.head", S: word(text.ID, "cert.unit_code") + " / " + word(text.EN, "cert.unit_code")},
		Text{X: annexTitleX, Y: top + 4.2, Style: "annex.head", S: word(text.ID, "cert.unit_title") + " / " + word(text.EN, "cert.unit_title")})
	s.put(Text{X: certIn, Y: 273.2, Style: "cert.tiny", S: word(text.ID, "cert.annex_of", c.Number)})
	return s
}

// unit sets a row and returns where the next begins.
func (s *sheet) unit(r unitRow, y float64) float64 {
	if y > annexUnitFirst {
		s.put(Rail{X1: certIn, Y1: y - 1.8, X2: annexRight, Y2: y - 1.8, Width: 0.35, Ink: Rule})
	}
	base := y + 2.3
	s.put(Text{X: annexNoX, Y: base, Style: "annex.code", S: itoa(r.no)})
	s.lines("annex.code", annexCodeX, base, r.code)
	next := s.lines("annex.unit", annexTitleX, base, r.id)
	s.lines("annex.unit.en", annexTitleX, next-0.3, r.en)
	return y + r.h
}

// lines sets lines from the left and returns the base line that follows.
func (s *sheet) lines(name StyleName, x, y float64, lines []string) float64 {
	for _, line := range lines {
		s.put(Text{X: x, Y: y, Style: name, S: line})
		y += style(name, 0).step()
	}
	return y
}

// annexEnd has the portrait, the holder's signature and, at the right, the body's.
func (c Certificate) annexEnd(s *sheet) {
	const top, w, h = annexBottom - 48.0, 30.0, 40.0
	s.put(Photo{X: certIn + 2, Y: top, W: w, H: h, Portrait: c.Portrait})
	if c.Portrait.Empty() {
		s.centred("cert.tiny", 0, certIn+2+w/2, top+h/2-1, []string{word(text.ID, "cert.photo"), word(text.EN, "cert.photo")})
	}
	holder, head := certIn+64.0, 153.0
	s.centred("cert.small", 0, holder, top+6, []string{word(text.ID, "cert.holder_signs")})
	s.centred("cert.small.en", 0, holder, top+10.4, []string{word(text.EN, "cert.holder_signs")})
	s.signed(holder, top, 52, c.Name, "")
	y := s.centred("cert.small", 0, head, top+1.4, []string{word(text.ID, "place_day", c.City, c.IssuedOn)})
	s.block("cert.org", head, y, 60, 10, []float64{10.5, 9.5, 8.5}, c.LSP)
	s.signed(head, top, 60, c.Head.Name, joined(c.Head.Title, " / ", c.Head.TitleEN))
}

func (s *sheet) signed(mid, top, width float64, name, title string) {
	s.put(Rail{X1: mid - width/2 + 2, Y1: top + 36, X2: mid + width/2 - 2, Y2: top + 36, Width: 0.5, Ink: Gold})
	st, lines := style("cert.signer", 0).fitted(name, width, []float64{11.5, 10.5, 9.5, 8.5, 7.5}, 9.5)
	first := top + 34.8 - float64(len(lines)-1)*st.step()
	s.centred("cert.signer", st.Size, mid, first, lines)
	s.block("cert.small.en", mid, top+39.8, width, 8.5, []float64{9.5, 8.5}, title)
}
