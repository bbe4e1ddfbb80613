// Package badge draws the picture a holder shows of her certificate: a round seal with a border of kawung, the name of
// the competence, her own, who issued it and until when it holds. The signed certificate is baked into it elsewhere.
package badge

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/vector"

	"kompeten/internal/document"
	"kompeten/internal/text"
)

// Badge is what the picture says.
type Badge struct {
	Lang   text.Lang
	Title  string // of the scheme
	Holder string
	Issuer string
	Number string
	Level  int    // KKNI level; 0 for none
	Until  string // the last day, in words
	Sample bool
}

// Size is the width and height of the picture.
const Size = 1080

const mid = Size / 2

var (
	deep   = color.NRGBA{0x0c, 0x44, 0x38, 0xff}
	shadow = color.NRGBA{0x07, 0x2c, 0x24, 0xff}
	gold   = color.NRGBA{0xe0, 0xb2, 0x52, 0xff}
	bronze = color.NRGBA{0xa8, 0x79, 0x24, 0xff}
	glow   = color.NRGBA{0xf6, 0xdf, 0xa4, 0xff}
	cream  = color.NRGBA{0xff, 0xfd, 0xf6, 0xff}
	ink    = color.NRGBA{0x1b, 0x25, 0x21, 0xff}
	soft   = color.NRGBA{0x55, 0x60, 0x5a, 0xff}
	alarm  = color.NRGBA{0x9a, 0x1d, 0x2a, 0xff}
)

// radii of the seal, from its edge inwards.
const (
	edge  = 508.0
	field = 490.0
	inner = 404.0
	disc  = 394.0
)

// PNG draws the picture; the same badge gives the same bytes.
func (b Badge) PNG() ([]byte, error) {
	c := blank()
	copy(c.img.Pix, seal().Pix)
	if err := b.words(c); err != nil {
		return nil, fmt.Errorf("badge: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, c.img); err != nil {
		return nil, fmt.Errorf("badge: %w", err)
	}
	return out.Bytes(), nil
}

func blank() *canvas {
	return &canvas{image.NewRGBA(image.Rect(0, 0, Size, Size)), vector.NewRasterizer(Size, Size)}
}

// seal is what all badges have in common, drawn once.
var seal = sync.OnceValue(func() *image.RGBA {
	c := blank()
	c.seal()
	return c.img
})

// seal draws the picture without words: a scalloped gold rim, the green border with its ornament, the field, the ribbon.
func (c *canvas) seal() {
	c.fill(bronze, func(p *path) { p.scallops(mid, mid, edge+8, 13, 44) })
	c.fill(gold, func(p *path) { p.scallops(mid, mid, edge, 12, 44) })
	c.fill(glow, func(p *path) { p.circle(mid, mid, field+5) })
	c.fill(deep, func(p *path) { p.circle(mid, mid, field) })
	const flowers = 26
	r, size := (field+inner)/2, (field-inner)/2-6
	c.fill(gold, func(p *path) {
		for i := range flowers {
			turn := 2 * math.Pi * float64(i) / flowers
			p.kawung(mid+r*math.Sin(turn), mid-r*math.Cos(turn), size, turn)
		}
	})
	c.fill(deep, func(p *path) {
		for i := range flowers {
			turn := 2 * math.Pi * float64(i) / flowers
			p.seeds(mid+r*math.Sin(turn), mid-r*math.Cos(turn), size, turn)
		}
	})
	c.fill(glow, func(p *path) {
		for i := range flowers {
			turn := 2 * math.Pi * (float64(i) + 0.5) / flowers
			p.circle(mid+r*math.Sin(turn), mid-r*math.Cos(turn), 5)
		}
	})
	c.fill(gold, func(p *path) { p.circle(mid, mid, inner) })
	c.fill(cream, func(p *path) { p.circle(mid, mid, disc) })
	c.fill(gold, func(p *path) { p.circle(mid, mid, disc-14) })
	c.fill(cream, func(p *path) { p.circle(mid, mid, disc-16.5) })
}

// The ribbon: its upper edge, its height, its ends and those of its tails.
const (
	ribbonTop    = 742.0
	ribbonHeight = 88.0
	ribbonLeft   = 96.0
	tailLeft     = 14.0
)

func (c *canvas) ribbon() {
	const low = 30.0 // how much lower the tails hang
	for _, side := range []float64{1, -1} {
		x := func(v float64) float64 { return mid + side*(mid-v) }
		c.fill(bronze, func(p *path) {
			p.polygon(x(tailLeft), ribbonTop+low, x(ribbonLeft+64), ribbonTop+low, x(ribbonLeft+64), ribbonTop+ribbonHeight+low, x(tailLeft), ribbonTop+ribbonHeight+low, x(tailLeft+34), ribbonTop+low+ribbonHeight/2)
		})
		c.fill(shadow, func(p *path) {
			p.polygon(x(ribbonLeft), ribbonTop+ribbonHeight, x(ribbonLeft+64), ribbonTop+ribbonHeight, x(ribbonLeft+64), ribbonTop+ribbonHeight+low)
		})
	}
	c.fill(gold, func(p *path) { p.rect(ribbonLeft, ribbonTop, Size-2*ribbonLeft, ribbonHeight) })
	c.fill(deep, func(p *path) { p.rect(ribbonLeft, ribbonTop+6, Size-2*ribbonLeft, ribbonHeight-12) })
}

// words sets the texts, each as large as the round field has room for.
func (b Badge) words(c *canvas) error {
	c.fill(gold, func(p *path) { p.star(mid, 214, 30) })
	s := setter{c: c}
	s.line(document.SansBold, 27, 5, deep, 286, strings.ToUpper(text.T(b.Lang, "badge.certificate")), 0)
	c.flourish(312)
	s.dry = true
	free := ribbonTop - 20 - b.middle(&s, fieldTop)
	s.dry = false
	b.middle(&s, fieldTop+max(0, free)*0.45)
	c.ribbon()
	s.line(document.SansBold, 34, 2, cream, ribbonTop+ribbonHeight/2+12, text.T(b.Lang, "badge.until", b.Until), Size-2*ribbonLeft-40)
	below := ribbonTop + ribbonHeight + 42.0
	s.line(document.SansBold, 24, 1.5, deep, below, b.Number, 0)
	if b.Level > 0 {
		s.line(document.Sans, 21, 0.5, soft, below+29, text.T(b.Lang, "badge.level", b.Level), 168)
	}
	if b.Sample {
		c.fill(alarm, func(p *path) { p.pill(mid, 76, 330, 50) })
		s.line(document.SansBold, 25, 6, cream, 76+9, text.T(b.Lang, "badge.sample"), 300)
	}
	return s.err
}

// fieldTop is where the texts of the field may begin.
const fieldTop = 334.0

// middle sets competence, name and issuer below each other from a height, and gives where they end.
func (b Badge) middle(s *setter, top float64) float64 {
	y := s.block(document.SerifBold, []float64{66, 58, 51, 45, 39, 34, 30}, deep, top, 196, 3, b.Title)
	y = s.block(document.Display, []float64{70, 60, 52, 45, 38, 32}, ink, y+14, 112, 2, b.Holder)
	return s.block(document.Sans, []float64{28, 25, 22, 19}, soft, y+12, 62, 2, b.Issuer)
}
