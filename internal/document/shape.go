package document

import (
	"strings"
	"unicode"
)

// smallCap is how large the capitals that stand for small letters are.
const smallCap = 0.79

// glyph is one outline of a set line: which, how far it moves from the one before, and the letter it stands for.
type glyph struct {
	id    uint16
	move  int16
	small bool
	r     rune
}

// ligatures are letters that are drawn as one, longest first; copied text has the letters again.
var ligatures = []struct {
	from string
	to   rune
}{{"ffi", 'ﬃ'}, {"ffl", 'ﬄ'}, {"ff", 'ﬀ'}, {"fi", 'ﬁ'}, {"fl", 'ﬂ'}}

// unligature is the text of a ligature.
func unligature(r rune) string {
	for _, l := range ligatures {
		if l.to == r {
			return l.from
		}
	}
	return string(r)
}

// shape sets a line: letters to glyphs, pairs moved together. It appends to buf.
func (s Style) shape(buf []glyph, line string) []glyph {
	f, start := s.Face.font(), len(buf)
	joins := s.Track == 0 && !s.Caps && strings.Contains(line, "f")
	for _, r := range line {
		g := glyph{r: r}
		if s.Caps && unicode.IsLower(r) {
			if up := unicode.ToUpper(r); up != r {
				g.small, g.r = true, up
			}
		}
		g.id = f.glyph(g.r)
		if g.id == 0 { // archives refuse a font's own "not defined", so a drawn box stands for the letter
			g.id, g.r = f.glyph('□'), '\uFFFD'
		}
		buf = append(buf, g)
	}
	if joins {
		buf = f.join(buf, start)
	}
	for i := start + 1; i < len(buf); i++ {
		if buf[i].small == buf[i-1].small {
			buf[i].move = int16(f.kerning(buf[i-1].id, buf[i].id))
		}
		if buf[i-1].r == ' ' {
			buf[i].move += int16(s.Face.wider())
		}
	}
	return buf
}

// wider is what is added to the space between words, in font units: our sans has it narrow, for headlines.
func (f Face) wider() int {
	if f >= Sans && f <= SansBold {
		return 75
	}
	return 0
}

// join puts ligatures where the font has them.
func (f *font) join(buf []glyph, start int) []glyph {
	out := buf[:start]
	for i := start; i < len(buf); i++ {
		n, lig := f.ligature(buf[i:])
		if n == 0 {
			out = append(out, buf[i])
			continue
		}
		out = append(out, glyph{id: f.glyph(lig), r: lig})
		i += n - 1
	}
	return out
}

func (f *font) ligature(g []glyph) (n int, lig rune) {
	if g[0].r != 'f' {
		return 0, 0
	}
	for _, l := range ligatures {
		if len(g) >= len(l.from) && f.glyph(l.to) != 0 && spells(g, l.from) {
			return len(l.from), l.to
		}
	}
	return 0, 0
}

func spells(g []glyph, word string) bool {
	for i := range len(word) {
		if g[i].r != rune(word[i]) {
			return false
		}
	}
	return true
}

// width of a set line in millimetres, without the space after its last letter.
func (s Style) width(line string) float64 {
	var store [128]glyph
	return s.lineWidth(s.shape(store[:0], line))
}

func (s Style) lineWidth(set []glyph) float64 {
	f, big, small := s.Face.font(), 0, 0
	for _, g := range set {
		if w := int(f.advance[g.id]) + int(g.move); g.small {
			small += w
		} else {
			big += w
		}
	}
	units := (float64(big) + smallCap*float64(small)) / float64(f.em)
	if len(set) > 1 {
		units += s.Track / 1000 * float64(len(set)-1)
	}
	return units * s.Size * mmPerPoint
}

// wrap breaks a text into lines that fit a width in millimetres. A word longer than a line is broken within.
func (s Style) wrap(text string, width float64) []string {
	var out []string
	space := s.width(" ") + (2*s.Track/1000+float64(s.Face.wider())/float64(s.Face.font().em))*s.Size*mmPerPoint
	for _, part := range strings.Split(clean(text), "\n") {
		line, used := "", 0.0
		for _, word := range strings.Fields(part) {
			w := s.width(word)
			if line != "" && used+space+w <= width {
				line, used = line+" "+word, used+space+w
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			for w > width {
				head := s.fit(word, width)
				if head == len(word) {
					break
				}
				out = append(out, word[:head])
				word = word[head:]
				w = s.width(word)
			}
			line, used = word, w
		}
		out = append(out, line)
	}
	return out
}

// fit is how many bytes of a word that is too long fit a width: at least one letter, never half of one. Numbers and
// addresses break after a stroke or point where they can.
func (s Style) fit(word string, width float64) int {
	last, mark := 0, 0
	for i, r := range word {
		if i > 0 && last > 0 && s.width(word[:i]) > width {
			break
		}
		last = i
		if i > 0 && strings.ContainsRune("-/._@", rune(word[i-1])) && r != ' ' {
			mark = i
		}
	}
	switch {
	case mark > 0:
		return mark
	case last == 0:
		return len(word)
	}
	return last
}

// fitted is the text in the largest size, from the style's own down to least, in which it takes at most the given
// lines; a text that does not fit even then gets smaller until all of it stands there.
func (s Style) fitted(text string, width float64, sizes []float64, height float64) (Style, []string) {
	for _, size := range sizes {
		s.Size = size
		if lines := s.wrap(text, width); float64(len(lines))*s.step() <= height {
			return s, lines
		}
	}
	for s.Size > 3 {
		s.Size *= 0.9
		if lines := s.wrap(text, width); float64(len(lines))*s.step() <= height {
			return s, lines
		}
	}
	return s, s.wrap(text, width)
}

// balanced breaks a text into the same number of lines, as equally long as can be: a heading looks unfinished when
// one word is left alone on its last line.
func (s Style) balanced(text string, width float64, lines int) []string {
	best := s.wrap(text, width)
	if lines < 2 || lines > 4 {
		return best
	}
	for low, high := width/float64(lines), width; high-low > 1; {
		mid := (low + high) / 2
		if w := s.wrap(text, mid); len(w) <= lines {
			best, high = w, mid
		} else {
			low = mid
		}
	}
	return best
}
