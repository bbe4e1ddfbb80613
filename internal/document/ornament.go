package document

import (
	"fmt"
	"math"
	"sync"
)

// drawing is an ornament in instructions of the PDF: small tiles, drawn once, and a body that puts them in place
// many times. So a border of a thousand curves takes little room in the file. Measures are millimetres, y upwards.
type drawing struct {
	tiles [][]byte
	body  []byte
}

// ornaments are drawn and packed once; all certificates share them.
var ornaments = sync.OnceValue(func() map[string]drawing {
	return map[string]drawing{
		"frame":     packDrawing(frame(210, 297)),
		"guilloche": packDrawing(background()),
		"medallion": packDrawing(medallion()),
		"seal":      packDrawing(seal()),
	}
})

func packDrawing(d drawing) drawing {
	for i := range d.tiles {
		d.tiles[i] = deflate(d.tiles[i])
	}
	d.body = deflate(d.body)
	return d
}

// drawing writes an ornament into a file.
func (f *file) drawing(d drawing) ref {
	const form = "/Type/XObject/Subtype/Form/BBox[-900 -900 900 900]/Filter/FlateDecode/Resources<<%s>>"
	var tiles []byte
	for i, t := range d.tiles {
		r := f.reserve()
		f.stream(r, fmt.Sprintf(form, ""), t)
		tiles = fmt.Appendf(tiles, "/T%d %d 0 R", i, r)
	}
	r := f.reserve()
	f.stream(r, fmt.Sprintf(form, fmt.Sprintf("/XObject<<%s>>", tiles)), d.body)
	return r
}

// pen draws paths in millimetres.
type pen struct{ painter }

func (p *pen) ink(i Ink, width float64) { p.setStroke(i, width) }

// curve draws a smooth line through f from t = a to b in n pieces.
func (p *pen) curve(f func(t float64) (x, y float64), a, b float64, n int) {
	const tiny = 1e-5
	h := (b - a) / float64(n)
	slope := func(t float64) (float64, float64) {
		x1, y1 := f(t - tiny)
		x2, y2 := f(t + tiny)
		return (x2 - x1) / (2 * tiny) * h / 3, (y2 - y1) / (2 * tiny) * h / 3
	}
	x0, y0 := f(a)
	p.op("m", pt(x0), pt(y0))
	for i := range n {
		t := a + h*float64(i)
		x0, y0 = f(t)
		x3, y3 := f(t + h)
		dx0, dy0 := slope(t)
		dx3, dy3 := slope(t + h)
		p.op("c", pt(x0+dx0), pt(y0+dy0), pt(x3-dx3), pt(y3-dy3), pt(x3), pt(y3))
	}
	p.op("S")
}

func (p *pen) circle(r float64) {
	p.curve(func(t float64) (float64, float64) { return r * math.Cos(t), r * math.Sin(t) }, 0, 2*math.Pi, 8)
}

func (p *pen) rect(x, y, w, h float64, op string) {
	p.op("re", pt(x), pt(y), pt(w), pt(h))
	p.op(op)
}

// place puts a tile with a matrix whose last two numbers are millimetres.
func (p *pen) place(tile int, a, b, c, d, x, y float64) {
	p.out = fmt.Appendf(p.out, "q %.6f %.6f %.6f %.6f ", a, b, c, d)
	p.out = append(num(append(num(p.out, pt(x)), ' '), pt(y)), fmt.Sprintf(" cm /T%d Do Q\n", tile)...)
}

// round puts a tile n times around a centre.
func (p *pen) round(tile, n int, scale, x, y float64) {
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		p.place(tile, scale*cos, scale*sin, -scale*sin, scale*cos, x, y)
	}
}

// petals is one n-th of a rosette: lines whose distance from the centre swings between r-a and r+a.
type petals struct {
	n, lines int
	r, a     float64
	ink      Ink
	width    float64
}

func (q petals) tile() []byte {
	var p pen
	p.ink(q.ink, q.width)
	for k := range q.lines {
		shift := 2 * math.Pi * float64(k) / float64(q.lines)
		p.curve(func(t float64) (float64, float64) {
			r := q.r + q.a*math.Cos(float64(q.n)*t+shift)
			return r * math.Cos(t), r * math.Sin(t)
		}, 0, 2*math.Pi/float64(q.n), 6)
	}
	return p.out
}

// wave is one length of the woven band that runs along the border.
func wave(length float64) []byte {
	var p pen
	strand := func(i Ink, width, high, turns float64, lines int) {
		p.ink(i, width)
		for k := range lines {
			shift := 2 * math.Pi * float64(k) / float64(lines)
			p.curve(func(t float64) (float64, float64) {
				return t, high * math.Sin(2*math.Pi*turns*t/length+shift)
			}, -0.02, length+0.02, int(6*turns))
		}
	}
	strand(Ink{0x6E, 0x88, 0xA8}, 0.3, 3.5, 1, 8)
	strand(Ink{0x2C, 0x4D, 0x78}, 0.32, 1.9, 1, 3)
	strand(Ink{0xB8, 0x92, 0x48}, 0.36, 2.7, 2, 2)
	return p.out
}

// frame is the border of a certificate: rules, a woven band, a rosette in each corner.
func frame(w, h float64) drawing {
	const outer, inner, mid = 8.0, 20.6, 14.3
	const length = 7.7
	d := drawing{tiles: [][]byte{
		wave(length),
		petals{n: 12, lines: 6, r: 3.3, a: 1.6, ink: Ink{0x2C, 0x4D, 0x78}, width: 0.3}.tile(),
		petals{n: 12, lines: 3, r: 1.5, a: 0.9, ink: Gold, width: 0.35}.tile(),
	}}
	var p pen
	sides := []struct{ x, y, cos, sin, long float64 }{
		{inner, -mid, 1, 0, w - 2*inner}, {inner, -h + mid, 1, 0, w - 2*inner},
		{mid, -h + inner, 0, 1, h - 2*inner}, {w - mid, -h + inner, 0, 1, h - 2*inner},
	}
	for _, s := range sides {
		n := math.Round(s.long / length)
		stretch := s.long / n / length
		for i := range int(n) {
			far := float64(i) * s.long / n
			p.place(0, stretch*s.cos, stretch*s.sin, -s.sin, s.cos, s.x+far*s.cos, s.y+far*s.sin)
		}
	}
	p.ink(Navy, 1.3)
	p.rect(outer, -h+outer, w-2*outer, h-2*outer, "S")
	p.ink(Gold, 0.5)
	p.rect(outer+1.3, -h+outer+1.3, w-2*outer-2.6, h-2*outer-2.6, "S")
	p.rect(inner-1.1, -h+inner-1.1, w-2*inner+2.2, h-2*inner+2.2, "S")
	p.ink(Navy, 0.7)
	p.rect(inner, -h+inner, w-2*inner, h-2*inner, "S")
	for _, c := range [][2]float64{{mid, -mid}, {w - mid, -mid}, {mid, -h + mid}, {w - mid, -h + mid}} {
		p.corner(c[0], c[1], mid-outer)
	}
	d.body = p.out
	return d
}

func (p *pen) corner(x, y, half float64) {
	p.setFill(White)
	p.ink(Navy, 0.7)
	p.rect(x-half, y-half, 2*half, 2*half, "B")
	p.ink(Gold, 0.5)
	p.rect(x-half+1.1, y-half+1.1, 2*half-2.2, 2*half-2.2, "S")
	p.round(1, 12, 1, x, y)
	p.round(2, 12, 1, x, y)
}

// background is the faint rosette behind the words, as on paper that is hard to copy.
func background() drawing {
	d := drawing{tiles: [][]byte{
		petals{n: 30, lines: 10, r: 51, a: 14, ink: Ink{0xE6, 0xEC, 0xF2}, width: 0.4}.tile(),
		petals{n: 24, lines: 8, r: 28, a: 10, ink: Ink{0xEE, 0xE9, 0xDD}, width: 0.4}.tile(),
		petals{n: 16, lines: 6, r: 12, a: 7, ink: Ink{0xE6, 0xEC, 0xF2}, width: 0.4}.tile(),
	}}
	var p pen
	p.round(0, 30, 1, 0, 0)
	p.round(1, 24, 1, 0, 0)
	p.round(2, 16, 1, 0, 0)
	d.body = p.out
	return d
}

// medallion stands where the emblem of the state stands on official blanks, which is not ours to draw.
func medallion() drawing {
	d := drawing{tiles: [][]byte{
		petals{n: 36, lines: 5, r: 11.6, a: 1.4, ink: Gold, width: 0.4}.tile(),
		petals{n: 18, lines: 8, r: 7.6, a: 2.2, ink: Ink{0x2C, 0x4D, 0x78}, width: 0.33}.tile(),
		petals{n: 8, lines: 4, r: 2.9, a: 2.1, ink: Gold, width: 0.45}.tile(),
	}}
	var p pen
	p.round(0, 36, 1, 0, 0)
	p.round(1, 18, 1, 0, 0)
	p.round(2, 8, 1, 0, 0)
	p.ink(Navy, 0.8)
	p.circle(10.1)
	p.circle(13.2)
	p.ink(Gold, 0.5)
	p.circle(5.2)
	d.body = p.out
	return d
}

// seal is the small rosette that heads the annex and the letters of sample bodies.
func seal() drawing {
	d := drawing{tiles: [][]byte{
		petals{n: 24, lines: 5, r: 5.2, a: 1.0, ink: Gold, width: 0.35}.tile(),
		petals{n: 12, lines: 6, r: 2.9, a: 1.3, ink: Ink{0x2C, 0x4D, 0x78}, width: 0.3}.tile(),
	}}
	var p pen
	p.round(0, 24, 1, 0, 0)
	p.round(1, 12, 1, 0, 0)
	p.ink(Navy, 0.5)
	p.circle(6.5)
	p.circle(4.2)
	d.body = p.out
	return d
}
