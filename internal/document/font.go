package document

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// Face is one of the typefaces that documents are set in.
type Face int

// The faces: serifs for certificates and letters, sans for tables and large plain print.
const (
	Serif Face = iota
	SerifItalic
	SerifBold
	Sans
	SansItalic
	SansBold
	Display
	faceCount
)

var fontNames = [faceCount]string{"serif", "serif-italic", "serif-bold", "sans", "sans-italic", "sans-bold", "display"}

// faces are parsed once, when the first document is made.
var faces = sync.OnceValue(func() (out [faceCount]*font) {
	for i, name := range fontNames {
		b, err := fontFiles.ReadFile("fonts/" + name + ".ttf")
		if err == nil {
			out[i], err = parseFont(b)
		}
		if err != nil {
			panic("font " + name + ": " + err.Error()) // our own file, read by every test
		}
	}
	return out
})

func (f Face) font() *font { return faces()[f] }

// File is the face as a TrueType file, for pictures that are drawn elsewhere.
func (f Face) File() ([]byte, error) { return fontFiles.ReadFile("fonts/" + fontNames[f] + ".ttf") }

// font is a parsed TrueType font: outlines by glyph number, widths, and which glyph draws which letter.
type font struct {
	table                      map[string][]byte
	name                       string
	em                         int
	ascent, descent, capHeight int
	box                        [4]int
	italic                     bool
	weight                     int
	offset                     []uint32 // of each glyph in glyf, one more than there are glyphs
	advance                    []uint16 // by glyph
	latin                      [0x250]uint16
	other                      map[rune]uint16
	kern                       []kernLookup
}

var errFont = errors.New("not a TrueType font we can read")

func be16(b []byte, at int) int  { return int(binary.BigEndian.Uint16(b[at:])) }
func beS16(b []byte, at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }
func be32(b []byte, at int) int  { return int(binary.BigEndian.Uint32(b[at:])) }

func parseFont(b []byte) (f *font, err error) {
	defer func() {
		if r := recover(); r != nil { // an offset outside the file
			f, err = nil, fmt.Errorf("%w: %v", errFont, r)
		}
	}()
	b = b[:len(b):len(b)] // nothing is read from beyond
	f = &font{table: map[string][]byte{}, other: map[rune]uint16{}}
	for i := range be16(b, 4) {
		rec := b[12+16*i:]
		f.table[string(rec[:4])] = b[be32(rec, 8) : be32(rec, 8)+be32(rec, 12)]
	}
	for _, need := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap", "OS/2", "name"} {
		if f.table[need] == nil {
			return nil, fmt.Errorf("%w: no table %s", errFont, need)
		}
	}
	f.readMetrics()
	f.readLoca()
	f.name = readName(f.table["name"])
	f.readCmap()
	f.kern = readKerning(f.table["GPOS"], len(f.advance))
	return f, nil
}

func (f *font) readMetrics() {
	head, hhea, os2 := f.table["head"], f.table["hhea"], f.table["OS/2"]
	f.em = be16(head, 18)
	for i := range f.box {
		f.box[i] = beS16(head, 36+2*i)
	}
	f.italic = be16(head, 44)&2 != 0
	f.ascent, f.descent = beS16(hhea, 4), beS16(hhea, 6)
	f.weight, f.capHeight = be16(os2, 4), beS16(os2, 88)
	glyphs, metrics, hmtx := be16(f.table["maxp"], 4), be16(hhea, 34), f.table["hmtx"]
	f.advance = make([]uint16, glyphs)
	for g := range glyphs {
		f.advance[g] = uint16(be16(hmtx, 4*min(g, metrics-1)))
	}
}

func (f *font) readLoca() {
	loca, long := f.table["loca"], be16(f.table["head"], 50) == 1
	f.offset = make([]uint32, len(f.advance)+1)
	for g := range f.offset {
		if long {
			f.offset[g] = uint32(be32(loca, 4*g))
			continue
		}
		f.offset[g] = 2 * uint32(be16(loca, 2*g))
	}
}

func readName(t []byte) string {
	store := be16(t, 4)
	for i := range be16(t, 2) {
		rec := t[6+12*i:]
		if be16(rec, 6) != 6 { // 6 is the PostScript name
			continue
		}
		var out []byte
		for _, c := range t[store+be16(rec, 10) : store+be16(rec, 10)+be16(rec, 8)] {
			if c != 0 {
				out = append(out, c)
			}
		}
		return string(out)
	}
	return "Font"
}

// readCmap reads the subtable of format 4, which every Latin font has.
func (f *font) readCmap() {
	t := f.table["cmap"]
	for i := range be16(t, 2) {
		sub := t[be32(t, 8+8*i):]
		if be16(sub, 0) != 4 {
			continue
		}
		n := be16(sub, 6)
		for s := 0; s < n; s += 2 {
			end, start := be16(sub, 14+s), be16(sub, 16+n+s)
			delta, shift := be16(sub, 16+2*n+s), be16(sub, 16+3*n+s)
			for c := start; c <= end && c != 0xFFFF; c++ {
				g := c
				if shift != 0 {
					g = be16(sub, 16+3*n+s+shift+2*(c-start))
				}
				f.mapRune(rune(c), uint16(g+delta))
			}
		}
		return
	}
}

func (f *font) mapRune(r rune, g uint16) {
	if int(r) < len(f.latin) {
		f.latin[r] = g
		return
	}
	f.other[r] = g
}

// glyph is the number of the outline that draws a letter; 0, an empty box, when the font has none.
func (f *font) glyph(r rune) uint16 {
	if r >= 0 && int(r) < len(f.latin) {
		return f.latin[r]
	}
	return f.other[r]
}

// Printable says whether our typefaces can print every letter of a text, and which they cannot. What they cannot
// is printed as an empty box, so that nobody's name loses a letter unseen.
func Printable(s string) (ok bool, missing []rune) {
	seen := map[rune]bool{}
	for _, r := range clean(s) {
		if r != '\n' && !seen[r] && (Serif.font().glyph(r) == 0 || Sans.font().glyph(r) == 0) {
			missing = append(missing, r)
		}
		seen[r] = true
	}
	return len(missing) == 0, missing
}

// clean prepares a text for print: composed letters, single lines, no invisible marks.
func clean(s string) string {
	if plain(s) {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n' || r == ' ':
			out = append(out, r)
		case unicode.IsSpace(r) && r != 0xA0, unicode.IsControl(r):
			out = append(out, ' ')
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x7F || s[i] < ' ' && s[i] != '\n' {
			return false
		}
	}
	return true
}
