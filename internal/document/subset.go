package document

import (
	"encoding/binary"
	"slices"
)

// subset is the font with only the outlines of the used glyphs. Glyph numbers stay, so what a page says in glyph
// numbers need not be translated; the font ends after the last used one.
func (f *font) subset(used []uint16) []byte {
	used = f.withParts(used)
	last := int(used[len(used)-1])
	glyf, loca := make([]byte, 0, 200*len(used)), make([]byte, 0, 2*last+4)
	hmtx := make([]byte, 4*(last+1))
	next := 0
	for g := 0; g <= last; g++ {
		loca = binary.BigEndian.AppendUint16(loca, uint16(len(glyf)/2))
		if next < len(used) && int(used[next]) == g {
			next++
			glyf = append(glyf, f.outline(uint16(g))...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
			binary.BigEndian.PutUint16(hmtx[4*g:], f.advance[g])
			binary.BigEndian.PutUint16(hmtx[4*g+2:], uint16(f.bearing(g)))
		}
	}
	loca = binary.BigEndian.AppendUint16(loca, uint16(len(glyf)/2))
	head, hhea, maxp := slices.Clone(f.table["head"]), slices.Clone(f.table["hhea"]), slices.Clone(f.table["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 0) // short offsets
	binary.BigEndian.PutUint16(hhea[34:], uint16(last+1))
	binary.BigEndian.PutUint16(maxp[4:], uint16(last+1))
	return assemble([]fontTable{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// withParts adds the empty box and the glyphs that accented letters are put together from; sorted.
func (f *font) withParts(used []uint16) []uint16 {
	all := append([]uint16{0}, used...)
	for i := 0; i < len(all); i++ {
		for _, p := range parts(f.outline(all[i])) {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *font) outline(g uint16) []byte { return f.table["glyf"][f.offset[g]:f.offset[g+1]] }

func (f *font) bearing(g int) int {
	hmtx, n := f.table["hmtx"], be16(f.table["hhea"], 34)
	if g < n {
		return be16(hmtx, 4*g+2)
	}
	return be16(hmtx, 4*n+2*(g-n))
}

// parts are the glyphs that a composite outline names.
func parts(o []byte) (out []uint16) {
	if len(o) < 10 || beS16(o, 0) >= 0 {
		return nil
	}
	for at, more := 10, true; more; {
		flags := be16(o, at)
		out = append(out, uint16(be16(o, at+2)))
		at += 6
		if flags&1 != 0 { // offsets are words
			at += 2
		}
		switch {
		case flags&8 != 0: // one scale
			at += 2
		case flags&0x40 != 0: // two scales
			at += 4
		case flags&0x80 != 0: // a matrix
			at += 8
		}
		more = flags&0x20 != 0
	}
	return out
}

type fontTable struct {
	tag  string
	data []byte
}

// assemble writes the tables as a TrueType file with its checksums.
func assemble(tables []fontTable) []byte {
	n := len(tables)
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 64, 2, 16*n - 64} { // search hints for 4 to 7 tables
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, headAt := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = at
		}
		out = append(out, t.tag...)
		for _, v := range []uint32{checksum(t.data), uint32(at), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}
