package document

import "math/bits"

// Kerning moves pairs such as "Ta" and "AV" together, as a printer would. It is read from the font's GPOS table,
// where the fonts we ship keep nothing but kerning.

// kernTable says how far the pairs that start with a covered glyph move: pair by pair, or class by class.
type kernTable struct {
	covered []bool
	pair    map[uint32]int16
	class1  []uint16
	class2  []uint16
	columns int
	value   []int16
}

// kernLookup is a list of tables of which the first that knows the pair decides.
type kernLookup []kernTable

// kerning is how far the second glyph moves towards the first, in font units; mostly 0 or negative.
func (f *font) kerning(a, b uint16) int {
	sum := 0
	for _, l := range f.kern {
		sum += l.of(a, b)
	}
	return sum
}

func (l kernLookup) of(a, b uint16) int {
	for i := range l {
		t := &l[i]
		if !t.covered[a] {
			continue
		}
		if t.pair == nil {
			return int(t.value[int(t.class1[a])*t.columns+int(t.class2[b])])
		}
		if v, ok := t.pair[uint32(a)<<16|uint32(b)]; ok {
			return int(v)
		}
	}
	return 0
}

func readKerning(gpos []byte, glyphs int) []kernLookup {
	if gpos == nil {
		return nil
	}
	var out []kernLookup
	list := gpos[be16(gpos, 8):]
	for i := range be16(list, 0) {
		lookup := list[be16(list, 2+2*i):]
		var l kernLookup
		for j := range be16(lookup, 4) {
			kind, sub := be16(lookup, 0), lookup[be16(lookup, 6+2*j):]
			if kind == 9 { // an extension points further
				kind, sub = be16(sub, 2), sub[be32(sub, 4):]
			}
			if kind == 2 {
				l = append(l, readPairs(sub, glyphs))
			}
		}
		out = append(out, l)
	}
	return out
}

func readPairs(sub []byte, glyphs int) kernTable {
	t := kernTable{covered: make([]bool, glyphs)}
	cover := readCoverage(sub[be16(sub, 2):])
	for _, g := range cover {
		t.covered[g] = true
	}
	v1, v2 := be16(sub, 4), be16(sub, 6)
	size := 2 * (bits.OnesCount(uint(v1)) + bits.OnesCount(uint(v2)))
	at := 2 * bits.OnesCount(uint(v1&3)) // the advance stands after the placements
	moves := v1&4 != 0
	if be16(sub, 0) == 1 {
		t.pair = map[uint32]int16{}
		for i, g := range cover {
			set := sub[be16(sub, 10+2*i):]
			for j := range be16(set, 0) {
				rec := set[2+j*(2+size):]
				if moves {
					t.pair[uint32(g)<<16|uint32(be16(rec, 0))] = int16(beS16(rec, 2+at))
				}
			}
		}
		return t
	}
	t.class1, t.class2 = readClasses(sub[be16(sub, 8):], glyphs), readClasses(sub[be16(sub, 10):], glyphs)
	rows := be16(sub, 12)
	t.columns = be16(sub, 14)
	t.value = make([]int16, rows*t.columns)
	for i := range t.value {
		if moves {
			t.value[i] = int16(beS16(sub, 16+i*size+at))
		}
	}
	return t
}

func readCoverage(b []byte) []uint16 {
	var out []uint16
	n := be16(b, 2)
	if be16(b, 0) == 1 {
		for i := range n {
			out = append(out, uint16(be16(b, 4+2*i)))
		}
		return out
	}
	for i := range n {
		for g := be16(b, 4+6*i); g <= be16(b, 6+6*i); g++ {
			out = append(out, uint16(g))
		}
	}
	return out
}

func readClasses(b []byte, glyphs int) []uint16 {
	out := make([]uint16, glyphs)
	if be16(b, 0) == 1 {
		for i := range be16(b, 4) {
			out[be16(b, 2)+i] = uint16(be16(b, 6+2*i))
		}
		return out
	}
	for i := range be16(b, 2) {
		for g := be16(b, 4+6*i); g <= be16(b, 6+6*i); g++ {
			out[g] = uint16(be16(b, 8+6*i))
		}
	}
	return out
}
