package pdf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// face is a font as the archive's rules see it: how wide the paper says its glyphs are.
type face struct {
	widths map[int]float64
	needs  map[int]bool // glyphs that pages draw
}

// colourSpace allows what the profile of the file gives a meaning.
func (a *archivist) colourSpace(where string, v any) {
	switch x := a.get(v).(type) {
	case name:
		a.must(x == "DeviceRGB" || x == "DeviceGray", "6.2.4", "%s has colours in %s", where, x)
	case array:
		kind := name("")
		if len(x) > 0 {
			kind, _ = a.get(x[0]).(name)
		}
		a.must(slices.Contains([]name{"ICCBased", "CalRGB", "CalGray", "Lab", "Indexed"}, kind), "6.2.4", "%s has colours in %s", where, kind)
	case nil:
	default:
		a.breach("6.2.4", "%s has colours we cannot tell", where)
	}
}

// font looks at what draws letters: it must be inside, measured as the paper says, and say which letters it draws.
func (a *archivist) font(num int, d dict) {
	kind, _ := a.get(d["Subtype"]).(name)
	switch kind {
	case "Type0":
		a.must(slices.Contains([]any{name("Identity-H"), name("Identity-V")}, a.get(d["Encoding"])), "6.2.11.3.3", "font %d has an encoding outside the file", num)
		letters, ok := a.get(d["ToUnicode"]).(*stream)
		a.must(ok, "6.2.11.7.2", "font %d does not say its letters", num)
		if ok {
			data, err := a.unpack(letters)
			a.must(err == nil && len(data) > 0, "6.2.11.7.2", "the letters of font %d cannot be read", num)
		}
	case "CIDFontType2":
		_, mapped := a.get(d["CIDToGIDMap"]).(*stream)
		a.must(mapped || a.get(d["CIDToGIDMap"]) == name("Identity"), "6.2.11.3.2", "font %d does not say which glyphs it draws", num)
		a.must(a.get(d["FontDescriptor"]) != nil, "6.2.11.4.1", "font %d is not described", num)
	case "Type3", "CIDFontType0":
	default:
		a.must(a.get(d["FontDescriptor"]) != nil, "6.2.11.4.1", "font %d is not inside", num)
	}
}

// pages looks at what pages draw: their colours, and that each glyph they draw is there and as wide as the paper says.
func (a *archivist) pages() {
	faces := map[ref]*face{}
	for _, num := range slices.Sorted(maps.Keys(a.entries)) {
		d := a.dict(ref{num: num})
		if a.get(d["Type"]) != name("Page") {
			continue
		}
		resources := a.dict(d["Resources"])
		fonts := a.dict(resources["Font"])
		for _, v := range a.list(d["Contents"]) {
			a.drawing(fmt.Sprintf("page %d", num), v, fonts, faces)
		}
		things := a.dict(resources["XObject"])
		for _, k := range slices.Sorted(maps.Keys(things)) {
			if st, ok := a.get(things[k]).(*stream); ok && a.get(st.dict["Subtype"]) == name("Form") {
				a.drawing("drawing "+string(k), things[k], a.dict(a.dict(st.dict["Resources"])["Font"]), faces)
			}
		}
	}
	for r, f := range faces {
		a.measure(r, f)
	}
}

// drawing reads the instructions of a page.
func (a *archivist) drawing(where string, v any, fonts dict, faces map[ref]*face) {
	st, ok := a.get(v).(*stream)
	if !ok {
		a.breach("6.2.2", "%s cannot be read", where)
		return
	}
	data, err := a.unpack(st)
	if err != nil {
		a.breach("6.2.2", "%s cannot be unpacked", where)
		return
	}
	s := scanner{b: data, work: &a.work}
	var operands []any
	var f *face
	deep := 0
	for s.blank(); s.at < len(s.b) && a.work.left >= 0; s.blank() {
		if c := s.peek(); c|0x20 < 'a' || c|0x20 > 'z' || literalAhead(&s) {
			v, err := s.value(1)
			if err != nil {
				a.breach("6.2.2", "%s cannot be understood: %v", where, err)
				return
			}
			operands = append(operands, v)
			continue
		}
		switch op := string(s.word()); op {
		case "q":
			deep++
			a.must(deep <= 28, "6.1.13", "%s is nested too deep", where)
		case "Q":
			deep--
			a.must(deep >= 0, "6.2.2", "%s gives back what it never kept", where)
		case "k", "K":
			a.breach("6.2.4", "%s has colours in DeviceCMYK", where)
		case "cs", "CS":
			if len(operands) == 1 {
				a.colourSpace(where, operands[0])
			}
		case "Tf":
			f = a.faceOf(operands, fonts, faces)
			a.must(f != nil, "6.2.11", "%s draws letters of no font", where)
		case "Tj", "TJ":
			f.draw(operands)
		case "BI":
			a.breach("house", "%s has a picture among its instructions", where)
			return
		}
		operands = operands[:0]
	}
	a.must(deep == 0, "6.2.2", "%s keeps what it never gives back", where)
}

// literalAhead says whether true, false or null comes.
func literalAhead(s *scanner) bool {
	look := scanner{b: s.b, at: s.at, work: s.work}
	w := string(look.word())
	return w == "true" || w == "false" || w == "null"
}

func (a *archivist) faceOf(operands []any, fonts dict, faces map[ref]*face) *face {
	if len(operands) != 2 {
		return nil
	}
	key, _ := operands[0].(name)
	r, ok := fonts[key].(ref)
	if !ok {
		return nil
	}
	if faces[r] == nil {
		faces[r] = &face{widths: map[int]float64{}, needs: map[int]bool{}}
	}
	return faces[r]
}

// draw notes the glyphs of an instruction.
func (f *face) draw(operands []any) {
	if f == nil || len(operands) != 1 {
		return
	}
	parts, ok := operands[0].(array)
	if !ok {
		parts = array{operands[0]}
	}
	for _, v := range parts {
		s, _ := v.(str)
		for i := 0; i+1 < len(s); i += 2 {
			f.needs[int(binary.BigEndian.Uint16(s[i:]))] = true
		}
	}
}

// measure compares the widths in the paper with those in the font (6.2.11.5); it knows the fonts that we embed.
func (a *archivist) measure(r ref, f *face) {
	font := a.dict(r)
	if a.get(font["Subtype"]) != name("Type0") {
		return
	}
	child := dict(nil)
	if below := a.array(font["DescendantFonts"]); len(below) == 1 {
		child = a.dict(below[0])
	}
	widths := a.array(child["W"])
	for i := 0; i+1 < len(widths); i += 2 {
		first, _ := a.get(widths[i]).(int64)
		for k, v := range a.array(widths[i+1]) {
			f.widths[int(first)+k] = real(a.get(v))
		}
	}
	st, ok := a.get(a.dict(child["FontDescriptor"])["FontFile2"]).(*stream)
	if !ok {
		a.breach("6.2.11.4.1", "font %d is not inside", r.num)
		return
	}
	program, err := a.unpack(st)
	if size, _ := a.get(st.dict["Length1"]).(int64); err != nil || int(size) != len(program) {
		a.breach("6.2.11.4.1", "font %d cannot be read", r.num)
		return
	}
	measured, ok := advances(program)
	a.must(ok, "6.2.11.2", "font %d is no TrueType", r.num)
	for _, g := range slices.Sorted(maps.Keys(f.needs)) {
		w, said := f.widths[g]
		a.must(g != 0, "6.2.11.8", "font %d draws a letter that it does not have", r.num)
		a.must(g < len(measured) && said, "6.2.11.4.1", "font %d lacks glyph %d", r.num, g)
		if g < len(measured) && said {
			a.must(w-measured[g] < 1 && measured[g]-w < 1, "6.2.11.5", "font %d: glyph %d is %.1f wide, the paper says %.1f", r.num, g, measured[g], w)
		}
	}
}

func real(v any) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	default:
		return 0
	}
}

// advances are the widths of the glyphs of a TrueType font, in thousandths.
func advances(b []byte) ([]float64, bool) {
	table := map[string][]byte{}
	if len(b) < 12 {
		return nil, false
	}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		at := 12 + 16*i
		if len(b) < at+16 {
			return nil, false
		}
		from, n := number(b[at+8:at+12]), number(b[at+12:at+16])
		if from+n > len(b) {
			return nil, false
		}
		table[string(b[at:at+4])] = b[from : from+n]
	}
	head, hhea, hmtx := table["head"], table["hhea"], table["hmtx"]
	if len(head) < 54 || len(hhea) < 36 || table["glyf"] == nil || table["loca"] == nil {
		return nil, false
	}
	em, n := number(head[18:20]), number(hhea[34:36])
	if em == 0 || len(hmtx) < 4*n {
		return nil, false
	}
	out := make([]float64, n)
	for g := range out {
		out[g] = 1000 * float64(number(hmtx[4*g:4*g+2])) / float64(em)
	}
	return out, true
}
