package document

import (
	"fmt"
	"strings"

	"kompeten/internal/date"
	"kompeten/internal/text"
)

// Layout is a document before it is a file: its pages and what stands where on them. Measures are millimetres from
// the upper left corner; a text stands on its base line.
type Layout struct {
	Title   string
	Author  string
	Subject string
	Lang    text.Lang
	Day     date.Date // the day the document carries; its only time
	Sample  bool
	Pages   []Page
	Files   []Attachment
}

// Page is one sheet.
type Page struct {
	W, H     float64
	Bookmark string
	Items    []Item
}

// Attachment is a file inside the PDF, such as the certificate as data for machines.
type Attachment struct {
	Name, MIME, About string
	Relation          string // Data, Source, Alternative or Supplement
	Data              []byte
}

// Item is one thing on a page: it paints itself and says in words where it stands.
type Item interface {
	paint(p *painter)
	line() string
}

// Align says which point of a text its X is.
type Align int

// The alignments.
const (
	Left Align = iota
	Centre
	Right
)

// String is the name of the alignment.
func (a Align) String() string { return [...]string{"left", "centre", "right"}[a] }

// Text is one line of words. Size 0 is the size of its style; Angle turns it against the clock, in degrees.
type Text struct {
	X, Y  float64
	Align Align
	Style StyleName
	Size  float64
	Angle float64
	Ink   *Ink
	S     string
}

// Box is a rectangle, filled, outlined or both; Line is its outline's width in points.
type Box struct {
	X, Y, W, H float64
	Fill       *Ink
	Stroke     *Ink
	Line       float64
}

// Rail is a straight line, Width in points.
type Rail struct {
	X1, Y1, X2, Y2, Width float64
	Ink                   Ink
	Dash                  bool
}

// Tick is a hand-drawn check mark or cross within a square.
type Tick struct {
	X, Y, Size float64
	Cross      bool
	Ink        Ink
}

// Photo is a portrait that fills its frame; an empty one leaves the frame with its label.
type Photo struct {
	X, Y, W, H float64
	Portrait   Portrait
}

// Code is a QR code, drawn as squares, so that it stays sharp in every size.
type Code struct {
	X, Y, Size float64
	Content    string
}

// Ornament is a drawing of our own, such as the border of certificates.
type Ornament struct {
	Name  string
	X, Y  float64
	Scale float64 // 0 is 1
}

// Link makes an area lead to an address when the document is read on a screen.
type Link struct {
	X, Y, W, H float64
	URL        string
}

// Text is the layout as people can review it: one line for each thing, page by page.
func (l Layout) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "document %q by %q, %s, %s\n", l.Title, l.Author, l.Lang, l.Day)
	for i, p := range l.Pages {
		fmt.Fprintf(&b, "\npage %d of %d: %.0f x %.0f mm", i+1, len(l.Pages), p.W, p.H)
		if p.Bookmark != "" {
			fmt.Fprintf(&b, ", bookmark %q", p.Bookmark)
		}
		b.WriteByte('\n')
		for _, it := range p.Items {
			b.WriteString(it.line() + "\n")
		}
	}
	for _, f := range l.Files {
		fmt.Fprintf(&b, "\nfile %s, %s, %s, %d bytes: %s\n", f.Name, f.MIME, f.Relation, len(f.Data), f.About)
	}
	return b.String()
}

// Words are all words of the layout in reading order, one line each; for searching and for tests.
func (l Layout) Words() string {
	var b strings.Builder
	for _, p := range l.Pages {
		for _, it := range p.Items {
			if t, ok := it.(Text); ok {
				b.WriteString(t.S + "\n")
			}
		}
	}
	return b.String()
}

func (t Text) line() string {
	s := fmt.Sprintf("%6.1f %6.1f  %-6s %-14s", t.X, t.Y, t.Align, t.Style)
	if t.Size > 0 {
		s += fmt.Sprintf(" %.1fpt", t.Size)
	}
	if t.Angle != 0 {
		s += fmt.Sprintf(" turned %.0f", t.Angle)
	}
	return s + " | " + t.S
}

func (b Box) line() string {
	s := fmt.Sprintf("%6.1f %6.1f  box    %.1f x %.1f", b.X, b.Y, b.W, b.H)
	if b.Fill != nil {
		s += " filled " + b.Fill.hex()
	}
	if b.Stroke != nil {
		s += " outlined " + b.Stroke.hex()
	}
	return s
}

func (r Rail) line() string {
	return fmt.Sprintf("%6.1f %6.1f  line   to %.1f %.1f", r.X1, r.Y1, r.X2, r.Y2)
}

func (t Tick) line() string {
	return fmt.Sprintf("%6.1f %6.1f  %s", t.X, t.Y, map[bool]string{false: "tick", true: "cross"}[t.Cross])
}

func (p Photo) line() string {
	return fmt.Sprintf("%6.1f %6.1f  photo  %.1f x %.1f %s", p.X, p.Y, p.W, p.H, map[bool]string{true: "empty frame", false: "portrait"}[p.Portrait.Empty()])
}

func (c Code) line() string {
	return fmt.Sprintf("%6.1f %6.1f  qr     %.1f | %s", c.X, c.Y, c.Size, c.Content)
}

func (o Ornament) line() string { return fmt.Sprintf("%6.1f %6.1f  ornament %s", o.X, o.Y, o.Name) }

func (l Link) line() string {
	return fmt.Sprintf("%6.1f %6.1f  link   %.1f x %.1f | %s", l.X, l.Y, l.W, l.H, l.URL)
}

func (i Ink) hex() string { return fmt.Sprintf("#%02x%02x%02x", i[0], i[1], i[2]) }
