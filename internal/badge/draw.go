package badge

import (
	"image"
	"image/color"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"kompeten/internal/document"
)

// canvas is the picture being drawn.
type canvas struct {
	img     *image.RGBA
	outline *vector.Rasterizer
}

// path is an outline that will be filled: closed lines of points x0, y0, x1, y1, …, all clockwise, so that they add up.
type path struct{ lines [][]float64 }

// fill draws an outline in one colour, touching no more of the picture than the outline covers.
func (c *canvas) fill(col color.Color, outline func(*path)) {
	p := &path{}
	outline(p)
	box := p.box().Intersect(c.img.Bounds())
	c.outline.Reset(box.Dx(), box.Dy())
	left, top := float64(box.Min.X), float64(box.Min.Y)
	for _, xy := range p.lines {
		c.outline.MoveTo(float32(xy[0]-left), float32(xy[1]-top))
		for i := 2; i < len(xy); i += 2 {
			c.outline.LineTo(float32(xy[i]-left), float32(xy[i+1]-top))
		}
		c.outline.ClosePath()
	}
	c.outline.Draw(c.img, box, image.NewUniform(col), image.Point{})
}

// box is what the outline covers.
func (p *path) box() (r image.Rectangle) {
	for _, xy := range p.lines {
		for i := 0; i < len(xy); i += 2 {
			x, y := int(math.Floor(xy[i])), int(math.Floor(xy[i+1]))
			r = r.Union(image.Rect(x, y, x+2, y+2))
		}
	}
	return r
}

// polygon closes a line of points clockwise, however they come.
func (p *path) polygon(xy ...float64) {
	area, n := 0.0, len(xy)
	for i := 0; i < n; i += 2 {
		j := (i + 2) % n
		area += xy[i]*xy[j+1] - xy[j]*xy[i+1]
	}
	line := make([]float64, 0, n)
	for i := 0; i < n; i += 2 {
		at := i
		if area < 0 {
			at = n - 2 - i
		}
		line = append(line, xy[at], xy[at+1])
	}
	p.lines = append(p.lines, line)
}

func (p *path) rect(x, y, w, h float64) { p.polygon(x, y, x+w, y, x+w, y+h, x, y+h) }

// round closes a curve given by its distance from the middle at each angle.
func (p *path) round(x, y float64, steps int, at func(angle float64) (dx, dy float64)) {
	xy := make([]float64, 0, 2*steps)
	for i := range steps {
		dx, dy := at(2 * math.Pi * float64(i) / float64(steps))
		xy = append(xy, x+dx, y+dy)
	}
	p.polygon(xy...)
}

func (p *path) circle(x, y, r float64) {
	p.round(x, y, max(24, int(r)), func(a float64) (float64, float64) { return r * math.Cos(a), r * math.Sin(a) })
}

func (p *path) scallops(x, y, r, depth float64, n int) {
	p.round(x, y, 40*n, func(a float64) (float64, float64) {
		d := r + depth*math.Abs(math.Sin(a*float64(n)/2)) - depth/2
		return d * math.Cos(a), d * math.Sin(a)
	})
}

// pill is a bar with round ends about a middle.
func (p *path) pill(x, y, w, h float64) {
	p.round(x, y, 120, func(a float64) (float64, float64) {
		return math.Copysign((w-h)/2, math.Cos(a)) + h/2*math.Cos(a), h / 2 * math.Sin(a)
	})
}

// star has four rays.
func (p *path) star(x, y, r float64) {
	p.round(x, y, 8, func(a float64) (float64, float64) {
		d := r
		if int(math.Round(a/(math.Pi/4)))%2 == 1 {
			d = r * 0.30
		}
		return d * math.Cos(a), d * math.Sin(a)
	})
}

// lens is a leaf of a length and a width, turned, about a middle.
func (p *path) lens(x, y, length, width, turn float64) {
	sin, cos := math.Sincos(turn)
	p.round(x, y, 48, func(a float64) (float64, float64) {
		u, v := length/2*math.Cos(a), width/2*math.Sin(a)*math.Abs(math.Sin(a))
		return u*cos - v*sin, u*sin + v*cos
	})
}

// kawung is the fruit of the sugar palm cut across, as batik draws it: four leaves that meet.
func (p *path) kawung(x, y, r, turn float64) {
	for i := range 4 {
		a := turn + math.Pi/4 + float64(i)*math.Pi/2
		p.lens(x+r*0.54*math.Cos(a), y+r*0.54*math.Sin(a), r*0.98, r*0.62, a)
	}
}

// seeds are the kernels in the leaves.
func (p *path) seeds(x, y, r, turn float64) {
	for i := range 4 {
		a := turn + math.Pi/4 + float64(i)*math.Pi/2
		p.lens(x+r*0.56*math.Cos(a), y+r*0.56*math.Sin(a), r*0.42, r*0.20, a)
	}
}

// flourish is a thin line with a leaf in its middle.
func (c *canvas) flourish(y float64) {
	c.fill(gold, func(p *path) {
		for _, side := range []float64{-1, 1} {
			p.polygon(mid+side*30, y-1.6, mid+side*170, y-0.4, mid+side*170, y+0.4, mid+side*30, y+1.6)
			p.lens(mid+side*12, y, 22, 11, 0)
		}
	})
}

// fonts are read once, when the first badge is drawn.
var fonts = sync.OnceValues(func() (map[document.Face]*sfnt.Font, error) {
	out := map[document.Face]*sfnt.Font{}
	for _, f := range []document.Face{document.Sans, document.SansBold, document.SerifBold, document.Display} {
		b, err := f.File()
		if err != nil {
			return nil, err
		}
		if out[f], err = opentype.Parse(b); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// setter sets texts about the middle of the picture, or measures them; the first thing that goes wrong stops it.
type setter struct {
	c   *canvas
	dry bool // measures only
	err error
}

// face is a typeface in a size. It is not shared: a face may be used by one at a time.
func (s *setter) face(f document.Face, size float64) font.Face {
	all, err := fonts()
	if err != nil {
		s.err = err
		return nil
	}
	made, err := opentype.NewFace(all[f], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		s.err = err
		return nil
	}
	return made
}

// width is how wide a text runs, its letters apart by so much.
func width(f font.Face, s string, apart float64) float64 {
	return float64(font.MeasureString(f, s))/64 + apart*float64(len([]rune(s))-1)
}

// line sets one line on a base line, smaller where it has no room.
func (s *setter) line(f document.Face, size, apart float64, col color.Color, base float64, t string, room float64) {
	if room == 0 {
		room = chord(base-size, base)
	}
	t = drawable(t)
	for {
		face := s.face(f, size)
		if s.err != nil {
			return
		}
		w := width(face, t, apart)
		if w <= room || size < 12 {
			s.put(face, apart, col, mid-w/2, base, t)
			return
		}
		size, apart = size*0.93, apart*0.93
	}
}

func (s *setter) put(f font.Face, apart float64, col color.Color, x, base float64, t string) {
	if s.dry {
		return
	}
	d := font.Drawer{Dst: s.c.img, Src: image.NewUniform(col), Face: f, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(base * 64)}}
	if apart == 0 {
		d.DrawString(t)
		return
	}
	for _, r := range t {
		d.DrawString(string(r))
		d.Dot.X += fixed.Int26_6(apart * 64)
	}
}

// block sets a text in lines below each other, in the largest of the sizes with which it fits into a height and a number
// of lines; it gives where it ends. What fits in no size is cut.
func (s *setter) block(f document.Face, sizes []float64, col color.Color, top, height float64, most int, t string) float64 {
	t = drawable(t)
	for i, size := range sizes {
		face := s.face(f, size)
		if s.err != nil {
			return top
		}
		lead := size * 1.16
		lines, whole := wrap(face, t, top, lead)
		fits := whole && len(lines) <= most && float64(len(lines))*lead <= height
		if !fits && i < len(sizes)-1 {
			continue
		}
		if len(lines) > most {
			lines = append(lines[:most-1:most-1], strings.TrimSuffix(lines[most-1], " ")+"…")
		}
		for n, l := range lines {
			s.put(face, 0, col, mid-width(face, l, 0)/2, top+lead*float64(n)+size*0.86, l)
		}
		return top + lead*float64(len(lines))
	}
	return top
}

// wrap breaks a text into lines that the round field has room for, the first from the top; whole says that it broke no
// word.
func wrap(f font.Face, t string, top, lead float64) (lines []string, whole bool) {
	line := ""
	whole = true
	for _, w := range strings.Fields(t) {
		for w != "" {
			y := top + lead*float64(len(lines))
			longer, room := strings.TrimSpace(line+" "+w), chord(y, y+lead)
			switch {
			case width(f, longer, 0) <= room:
				line, w = longer, ""
			case line != "":
				lines, line = append(lines, line), ""
			default:
				line, w = cut(f, w, room)
				whole = false
				lines, line = append(lines, line), ""
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines, whole
}

// cut breaks a word that is longer than a line, after one letter at least.
func cut(f font.Face, w string, room float64) (line, rest string) {
	r := []rune(w)
	n := 1
	for n < len(r) && width(f, string(r[:n+1]), 0) <= room {
		n++
	}
	return string(r[:n]), string(r[n:])
}

// chord is how much room the round field leaves between two heights.
func chord(top, bottom float64) float64 {
	far := max(math.Abs(top-mid), math.Abs(bottom-mid))
	r := disc - 34
	if far >= r {
		return 60
	}
	return 2 * math.Sqrt(r*r-far*far)
}

// drawable is a text without what the typefaces have no letter for.
func drawable(t string) string {
	ok, missing := document.Printable(t)
	if ok {
		return t
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		for _, m := range missing {
			if m == r {
				return -1
			}
		}
		return r
	}, t)), " ")
}
