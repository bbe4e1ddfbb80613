package verify

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// The emblem as logo.svg has it, on a square of 32: a plate, the letter, the star. Phones that put the page among their
// programs want it as pictures.
const (
	letterPath = "M8 7h4v7l7-7h5l-8 8 8.500 10H19l-5.500-7-1.500 1.500V25H8z"
	starPath   = "M24 6l1 2.200 2.200 1-2.200 1-1 2.200-1-2.200-2.200-1 2.200-1z"
	emblemSize = 32
)

var (
	plateColor  = color.NRGBA{0x0f, 0x5c, 0x4d, 0xff}
	letterColor = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	starColor   = color.NRGBA{0xf2, 0xc1, 0x4e, 0xff}
)

// icon is one picture of the page for those who install it.
type icon struct {
	name     string
	size     int
	maskable bool // its edges are cut off as the phone likes: nothing that matters stands there
}

var icons = []icon{{"icon-192.png", 192, false}, {"icon-512.png", 512, false}, {"icon-maskable-192.png", 192, true}, {"icon-maskable-512.png", 512, true}}

// entry is the icon as the manifest names it.
func (i icon) entry(base string) map[string]string {
	purpose := "any"
	if i.maskable {
		purpose = "maskable"
	}
	return map[string]string{"src": base + i.name, "sizes": fmt.Sprintf("%dx%d", i.size, i.size), "type": "image/png", "purpose": purpose}
}

// Where letter and star lie in the emblem, and how much of their size they keep on a maskable icon: within the circle of
// four fifths that every phone shows.
const (
	middleX, middleY = 17.6, 15.5
	maskedScale      = 0.85
)

// png draws the icon.
func (i icon) png() []byte {
	img := image.NewRGBA(image.Rect(0, 0, i.size, i.size))
	unit := float32(i.size) / emblemSize
	drawing := pen{scale: unit}
	if i.maskable {
		drawing = pen{scale: unit * maskedScale, x: float32(i.size)/2 - middleX*unit*maskedScale, y: float32(i.size)/2 - middleY*unit*maskedScale}
		fill(img, plateColor, func(r *vector.Rasterizer) { box(r, float32(i.size)) })
	} else {
		fill(img, plateColor, func(r *vector.Rasterizer) { rounded(r, float32(i.size), 8*unit) })
	}
	fill(img, letterColor, func(r *vector.Rasterizer) { drawing.trace(r, letterPath) })
	fill(img, starColor, func(r *vector.Rasterizer) { drawing.trace(r, starPath) })
	var b bytes.Buffer
	_ = png.Encode(&b, img) // into memory
	return b.Bytes()
}

func fill(img *image.RGBA, c color.Color, shape func(*vector.Rasterizer)) {
	r := vector.NewRasterizer(img.Rect.Dx(), img.Rect.Dy())
	shape(r)
	r.Draw(img, img.Rect, image.NewUniform(c), image.Point{})
}

func box(r *vector.Rasterizer, size float32) {
	r.MoveTo(0, 0)
	r.LineTo(size, 0)
	r.LineTo(size, size)
	r.LineTo(0, size)
	r.ClosePath()
}

// rounded is a square with round corners, each a cubic curve as near to a circle as one can be.
func rounded(r *vector.Rasterizer, size, radius float32) {
	k := radius * (1 - 0.5523)
	far, in := size-k, size-radius
	r.MoveTo(radius, 0)
	r.LineTo(in, 0)
	r.CubeTo(far, 0, size, k, size, radius)
	r.LineTo(size, in)
	r.CubeTo(size, far, far, size, in, size)
	r.LineTo(radius, size)
	r.CubeTo(k, size, 0, far, 0, in)
	r.LineTo(0, radius)
	r.CubeTo(0, k, k, 0, radius, 0)
	r.ClosePath()
}

// pen draws paths of an SVG, scaled and moved.
type pen struct{ scale, x, y float32 }

// trace draws a path of straight lines: M, l, h, v, H, V, z.
func (p pen) trace(r *vector.Rasterizer, path string) {
	var x, y float32
	to := func() (float32, float32) { return p.x + x*p.scale, p.y + y*p.scale }
	for _, part := range commands(path) {
		n := numbers(part[1:])
		switch part[0] {
		case 'M':
			x, y = n[0], n[1]
			r.MoveTo(to())
		case 'l':
			for i := 0; i+1 < len(n); i += 2 {
				x, y = x+n[i], y+n[i+1]
				r.LineTo(to())
			}
		case 'h':
			x += n[0]
			r.LineTo(to())
		case 'v':
			y += n[0]
			r.LineTo(to())
		case 'H':
			x = n[0]
			r.LineTo(to())
		case 'V':
			y = n[0]
			r.LineTo(to())
		case 'z':
			r.ClosePath()
		}
	}
}

// commands parts a path before each letter.
func commands(path string) (out []string) {
	for i := range len(path) {
		if c := path[i] | 0x20; c >= 'a' && c <= 'z' {
			out = append(out, path[i:i+1])
		} else {
			out[len(out)-1] += path[i : i+1]
		}
	}
	return out
}

// numbers reads what stands behind a letter; a minus parts two numbers as a space does.
func numbers(s string) (out []float32) {
	for _, f := range strings.Fields(strings.ReplaceAll(s, "-", " -")) {
		n, _ := strconv.ParseFloat(f, 32) // constants above
		out = append(out, float32(n))
	}
	return out
}
