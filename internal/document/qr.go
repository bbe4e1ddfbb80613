package document

import (
	"fmt"
	"math"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// qrLevel is how much of a code may be lost: about a seventh.
const qrLevel = decoder.ErrorCorrectionLevel_M

// Modules are the squares of a QR code, row by row, true for dark, without the white margin that has to stand around it.
//
// The library writes a text all in one mode. A certificate's code is an address and data of capital letters and figures
// with one '#' between, which no mode but the widest has; so here a text is written in runs, each in the mode that takes
// the least room (ISO/IEC 18004, 7.4 and annex J). The library does the rest: blocks, error correction, squares.
func Modules(content string) ([][]bool, error) {
	for _, sizes := range qrSizes {
		runs, bits := qrRuns(content, sizes)
		for n := sizes.first; n <= sizes.last; n++ {
			version, err := decoder.Version_GetVersionForNumber(n)
			if err != nil {
				return nil, fmt.Errorf("qr code: %w", err)
			}
			blocks := version.GetECBlocksForLevel(qrLevel)
			if room := version.GetTotalCodewords() - blocks.GetTotalECCodewords(); bits <= 8*room {
				return qrSquares(version, blocks, qrBytes(runs, sizes, room))
			}
		}
	}
	return nil, fmt.Errorf("qr code of %d bytes: too long", len(content))
}

// qrMode is a way to write letters.
type qrMode int

const (
	qrCapitals qrMode = iota // capital letters, figures and some signs: two in 11 bits
	qrAny                    // every byte, in 8 bits
)

var qrModeBits = [2]int{0b0010, 0b0100}

// qrSize is a range of sizes whose runs write their length alike.
type qrSize struct {
	first, last int
	length      [2]int // bits of a run's length, by mode
}

var qrSizes = []qrSize{{1, 9, [2]int{9, 8}}, {10, 26, [2]int{11, 16}}, {27, 40, [2]int{13, 16}}}

const qrLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

type qrRun struct {
	mode qrMode
	text string
}

// qrRuns parts a text into the runs that take the least room together, and says how many bits they take. It looks at
// every letter once, with what it would cost to have written all before in either mode; costs are in half bits.
func qrRuns(s string, sizes qrSize) (runs []qrRun, bits int) {
	each := [2]int{11, 16}
	var cost [2]int
	from := make([][2]qrMode, len(s)) // in which mode the letter before stood
	for m := range cost {
		cost[m] = 2 * (4 + sizes.length[m])
	}
	for i := range len(s) {
		var next [2]int
		for m := range next {
			stay, turn := cost[m], cost[1-m]+2*(4+sizes.length[m])
			if cost[1-m]%2 == 1 { // half a bit is a whole one where a run ends
				turn++
			}
			next[m], from[i][m] = stay, qrMode(m)
			if i > 0 && turn < stay {
				next[m], from[i][m] = turn, qrMode(1-m)
			}
			next[m] += each[m]
		}
		if strings.IndexByte(qrLetters, s[i]) < 0 {
			next[qrCapitals] = math.MaxInt32
		}
		cost = next
	}
	mode := qrCapitals
	if cost[qrAny] < cost[qrCapitals] {
		mode = qrAny
	}
	for end := len(s); end > 0; {
		at := end - 1
		for at > 0 && from[at][mode] == mode {
			at--
		}
		runs = append(runs, qrRun{mode, s[at:end]})
		mode, end = from[at][mode], at
	}
	for i, j := 0, len(runs)-1; i < j; i, j = i+1, j-1 {
		runs[i], runs[j] = runs[j], runs[i]
	}
	for _, r := range runs {
		bits += 4 + sizes.length[r.mode] + (len(r.text)*each[r.mode]+1)/2
	}
	return runs, bits
}

// qrBytes writes runs into as many bytes as there is room for, and fills what is left as the standard says.
func qrBytes(runs []qrRun, sizes qrSize, room int) []byte {
	out := gozxing.NewEmptyBitArray()
	put := func(value, bits int) { _ = out.AppendBits(value, bits) } // fails for more than 32 bits only
	for _, r := range runs {
		put(qrModeBits[r.mode], 4)
		put(len(r.text), sizes.length[r.mode])
		if r.mode == qrAny {
			for i := range len(r.text) {
				put(int(r.text[i]), 8)
			}
			continue
		}
		for i := 0; i < len(r.text); i += 2 {
			v := strings.IndexByte(qrLetters, r.text[i])
			if i+1 == len(r.text) {
				put(v, 6)
				break
			}
			put(45*v+strings.IndexByte(qrLetters, r.text[i+1]), 11)
		}
	}
	put(0, min(4, 8*room-out.GetSize()))
	put(0, (8-out.GetSize()%8)%8)
	for fill := 0; out.GetSize() < 8*room; fill++ {
		put([2]int{0xec, 0x11}[fill%2], 8)
	}
	b := make([]byte, room)
	out.ToBytes(0, b, 0, room)
	return b
}

// qrSquares corrects for errors block by block, and draws the code under the mask that cameras like best.
func qrSquares(version *decoder.Version, blocks *decoder.ECBlocks, data []byte) ([][]bool, error) {
	bits, err := qrInterleaved(blocks, data)
	if err != nil {
		return nil, err
	}
	side := version.GetDimensionForVersion()
	best, least := -1, math.MaxInt
	m := encoder.NewByteMatrix(side, side)
	for mask := range encoder.QRCode_NUM_MASK_PATERNS {
		if err := encoder.MatrixUtil_buildMatrix(bits, qrLevel, version, mask, m); err != nil {
			return nil, fmt.Errorf("qr code: %w", err)
		}
		penalty := encoder.MaskUtil_applyMaskPenaltyRule1(m) + encoder.MaskUtil_applyMaskPenaltyRule2(m) +
			encoder.MaskUtil_applyMaskPenaltyRule3(m) + encoder.MaskUtil_applyMaskPenaltyRule4(m)
		if penalty < least {
			best, least = mask, penalty
		}
	}
	if err := encoder.MatrixUtil_buildMatrix(bits, qrLevel, version, best, m); err != nil {
		return nil, fmt.Errorf("qr code: %w", err)
	}
	rows := make([][]bool, side)
	for y := range rows {
		rows[y] = make([]bool, side)
		for x := range rows[y] {
			rows[y][x] = m.Get(x, y) == 1
		}
	}
	return rows, nil
}

// qrInterleaved parts data into the blocks of a size, adds to each what corrects its errors, and takes a byte from each
// in turn.
func qrInterleaved(blocks *decoder.ECBlocks, data []byte) (*gozxing.BitArray, error) {
	check := blocks.GetECCodewordsPerBlock()
	rs := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	var parts [][]int
	longest := 0
	for _, b := range blocks.GetECBlocks() {
		for range b.GetCount() {
			part := make([]int, b.GetDataCodewords()+check)
			for i := range b.GetDataCodewords() {
				part[i] = int(data[i])
			}
			data = data[b.GetDataCodewords():]
			if err := rs.Encode(part, check); err != nil {
				return nil, fmt.Errorf("qr code: %w", err)
			}
			parts, longest = append(parts, part), max(longest, b.GetDataCodewords())
		}
	}
	out := gozxing.NewEmptyBitArray()
	for i := range longest {
		for _, p := range parts {
			if i < len(p)-check { // the first blocks may be a byte shorter
				_ = out.AppendBits(p[i], 8)
			}
		}
	}
	for i := range check {
		for _, p := range parts {
			_ = out.AppendBits(p[len(p)-check+i], 8)
		}
	}
	return out, nil
}
