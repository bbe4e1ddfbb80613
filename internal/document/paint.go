package document

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// painter turns the items of a page into drawing instructions, and remembers which letters, pictures and ornaments
// they used.
type painter struct {
	out   []byte
	h     float64 // height of the page in points
	set   []glyph // working space
	used  [faceCount]map[uint16]rune
	files *pageFiles
	fill  Ink
	drawn bool // fill is what the page last chose
	links []Link
	field *[4]float64 // where the signature is shown
	err   error
}

// pageFiles are what pages share: pictures and ornaments by name, in order of first use.
type pageFiles struct {
	pictures  []Portrait
	ornaments []string
}

func pt(mm float64) float64 { return mm / mmPerPoint }

func (p *painter) x(mm float64) float64 { return pt(mm) }
func (p *painter) y(mm float64) float64 { return p.h - pt(mm) }

// num writes a number with at most three decimals and without trailing zeros.
func num(b []byte, v float64) []byte {
	n := int64(math.Round(v * 1000))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1000, 10)
	if frac := n % 1000; frac != 0 {
		b = append(b, '.', byte('0'+frac/100))
		if frac %= 100; frac != 0 {
			b = append(b, byte('0'+frac/10))
			if frac %= 10; frac != 0 {
				b = append(b, byte('0'+frac))
			}
		}
	}
	return b
}

// op writes operands and an operator.
func (p *painter) op(operator string, operands ...float64) {
	for _, v := range operands {
		p.out = append(num(p.out, v), ' ')
	}
	p.out = append(append(p.out, operator...), '\n')
}

func (p *painter) setFill(i Ink) {
	if p.drawn && p.fill == i {
		return
	}
	p.fill, p.drawn = i, true
	p.op("rg", part(i[0]), part(i[1]), part(i[2]))
}

func (p *painter) setStroke(i Ink, width float64) {
	p.op("RG", part(i[0]), part(i[1]), part(i[2]))
	p.op("w", width)
}

func part(v uint8) float64 { return float64(v) / 255 }

func (t Text) paint(p *painter) {
	s := style(t.Style, t.Size)
	if t.Ink != nil {
		s.Ink = *t.Ink
	}
	p.set = s.shape(p.set[:0], strings.ReplaceAll(clean(t.S), "\n", " "))
	if len(p.set) == 0 {
		return
	}
	back := map[Align]float64{Centre: 0.5, Right: 1}[t.Align] * pt(s.lineWidth(p.set))
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	p.setFill(s.Ink)
	spaced := s.Caps || s.Track > 0 // readers take wide or mixed letters for words: say the words
	if spaced {
		p.out = append(append(append(p.out, "/Span<</ActualText"...), pdfText(spoken(p.set))...), ">>BDC\n"...)
	}
	p.out = append(p.out, "BT\n"...)
	if s.Track != 0 {
		p.op("Tc", s.Track/1000*s.Size)
	}
	p.font(s.Face, s.Size)
	p.op("Tm", cos, sin, -sin, cos, p.x(t.X)-back*cos, p.y(t.Y)-back*sin)
	p.show(s)
	if s.Track != 0 {
		p.op("Tc", 0)
	}
	p.out = append(p.out, "ET\n"...)
	if spaced {
		p.out = append(p.out, "EMC\n"...)
	}
}

// spoken are the letters of a set line.
func spoken(set []glyph) string {
	b := make([]rune, 0, len(set))
	for _, g := range set {
		b = append(b, g.r)
	}
	return string(b)
}

func (p *painter) font(f Face, size float64) {
	p.out = strconv.AppendInt(append(p.out, "/F"...), int64(f), 10)
	p.out = append(p.out, ' ')
	p.op("Tf", size)
}

// show writes the set line as glyph numbers, with the moves between them; small capitals change the size.
func (p *painter) show(s Style) {
	small := false
	p.out = append(p.out, "[<"...)
	for i, g := range p.set {
		if g.small != small {
			small = g.small
			p.out = append(p.out, ">] TJ\n"...)
			p.font(s.Face, map[bool]float64{false: s.Size, true: s.Size * smallCap}[small])
			p.out = append(p.out, "[<"...)
		}
		if g.move != 0 && i > 0 {
			p.out = append(p.out, '>')
			p.out = num(p.out, -float64(g.move)*1000/float64(s.Face.font().em))
			p.out = append(p.out, '<')
		}
		p.use(s.Face, g)
		p.out = hex4(p.out, g.id)
	}
	p.out = append(p.out, ">] TJ\n"...)
}

func (p *painter) use(f Face, g glyph) {
	if p.used[f] == nil {
		p.used[f] = make(map[uint16]rune, 64)
	}
	if _, ok := p.used[f][g.id]; !ok {
		p.used[f][g.id] = g.r
	}
}

func hex4(b []byte, v uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

func (b Box) paint(p *painter) {
	if b.Fill != nil {
		p.setFill(*b.Fill)
	}
	if b.Stroke != nil {
		p.setStroke(*b.Stroke, b.Line)
	}
	p.op("re", p.x(b.X), p.y(b.Y+b.H), pt(b.W), pt(b.H))
	switch {
	case b.Fill != nil && b.Stroke != nil:
		p.op("B")
	case b.Fill != nil:
		p.op("f")
	case b.Stroke != nil:
		p.op("S")
	default:
		p.op("n")
	}
}

func (r Rail) paint(p *painter) {
	p.setStroke(r.Ink, r.Width)
	if r.Dash {
		p.out = append(p.out, "[1 2] 0 d\n"...)
	}
	p.op("m", p.x(r.X1), p.y(r.Y1))
	p.op("l", p.x(r.X2), p.y(r.Y2))
	p.op("S")
	if r.Dash {
		p.out = append(p.out, "[] 0 d\n"...)
	}
}

func (t Tick) paint(p *painter) {
	p.setStroke(t.Ink, pt(t.Size)*0.13)
	p.op("J", 1)
	at := func(operator string, x, y float64) { p.op(operator, p.x(t.X+x*t.Size), p.y(t.Y+y*t.Size)) }
	if t.Cross {
		at("m", 0.15, 0.15)
		at("l", 0.85, 0.85)
		at("m", 0.85, 0.15)
		at("l", 0.15, 0.85)
	} else {
		at("m", 0.08, 0.55)
		at("l", 0.38, 0.86)
		at("l", 0.94, 0.12)
	}
	p.op("S")
	p.op("J", 0)
}

func (f Photo) paint(p *painter) {
	if f.Portrait.Empty() {
		Box{X: f.X, Y: f.Y, W: f.W, H: f.H, Stroke: &Rule, Line: 0.6}.paint(p)
		return
	}
	n := len(p.files.pictures)
	p.files.pictures = append(p.files.pictures, f.Portrait)
	p.op("q")
	p.op("cm", pt(f.W), 0, 0, pt(f.H), p.x(f.X), p.y(f.Y+f.H))
	p.out = fmt.Appendf(p.out, "/P%d Do\nQ\n", n)
	Box{X: f.X, Y: f.Y, W: f.W, H: f.H, Stroke: &Rule, Line: 0.4}.paint(p)
}

func (o Ornament) paint(p *painter) {
	n := -1
	for i, name := range p.files.ornaments {
		if name == o.Name {
			n = i
		}
	}
	if n < 0 {
		n = len(p.files.ornaments)
		p.files.ornaments = append(p.files.ornaments, o.Name)
	}
	scale := o.Scale
	if scale == 0 {
		scale = 1
	}
	p.op("q")
	p.op("cm", scale, 0, 0, scale, p.x(o.X), p.y(o.Y))
	p.out = fmt.Appendf(p.out, "/O%d Do\nQ\n", n)
}

// paint draws the dark squares of a code as runs of each row; the white margin is the page's.
func (c Code) paint(p *painter) {
	rows, err := Modules(c.Content)
	if err != nil {
		p.err = err
		return
	}
	cell := pt(c.Size) / float64(len(rows))
	p.setFill(Ink{})
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				p.op("re", p.x(c.X)+float64(from)*cell, p.y(c.Y)-float64(y+1)*cell, float64(x-from)*cell, cell)
			}
		}
	}
	p.op("f")
}

func (l Link) paint(p *painter) { p.links = append(p.links, l) }
