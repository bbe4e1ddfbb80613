package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
)

// unpack gives the data of a stream. All data of a file together may not grow beyond a limit, so a small file cannot
// become a large one.
func (f *File) unpack(st *stream) ([]byte, error) {
	data := st.raw
	filters, parameters := f.list(st.dict["Filter"]), f.list(st.dict["DecodeParms"])
	if len(filters) > 4 {
		return nil, fmt.Errorf("%w: packed %d times", errBroken, len(filters))
	}
	for i, v := range filters {
		how := dict(nil)
		if i < len(parameters) {
			how = f.dict(parameters[i])
		}
		var err error
		switch filter := f.get(v); filter {
		case name("FlateDecode"), name("Fl"):
			data, err = f.inflate(data, how)
		case name("ASCIIHexDecode"), name("AHx"):
			plain, ok := unhex(bytes.TrimRight(data, ">\r\n "))
			if data = plain; !ok {
				err = fmt.Errorf("%w: not hexadecimal", errBroken)
			}
		default:
			err = fmt.Errorf("%w: packed by %v", errBroken, filter)
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// costUnpack is what beginning to unpack costs, in bytes of its result.
const costUnpack = 16 << 10

// list makes a list of one value or several.
func (f *File) list(v any) array {
	switch x := f.get(v).(type) {
	case nil:
		return nil
	case array:
		return f.array(x)
	default:
		return array{x}
	}
}

func (f *File) inflate(data []byte, how dict) ([]byte, error) {
	if err := f.work.spend(2 * len(data)); err != nil {
		return nil, err
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errBroken, err)
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(max(f.unpacked.left, 0))+1))
	if spent := f.unpacked.spend(len(out) + costUnpack); spent != nil {
		return nil, spent
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errBroken, err)
	}
	predictor, _ := how["Predictor"].(int64)
	switch {
	case predictor <= 1:
		return out, nil
	case predictor >= 10:
		return unpredict(out, how)
	default:
		return nil, fmt.Errorf("%w: predictor %d", errBroken, predictor)
	}
}

// unpredict undoes the row filters of PNG (RFC 2083, 6).
func unpredict(data []byte, how dict) ([]byte, error) {
	get := func(key name, otherwise int64) int {
		if v, ok := how[key].(int64); ok {
			otherwise = v
		}
		return int(max(0, min(otherwise, 1<<16)))
	}
	pixel := (get("Colors", 1)*get("BitsPerComponent", 8) + 7) / 8
	width := (get("Colors", 1)*get("BitsPerComponent", 8)*get("Columns", 1) + 7) / 8
	if pixel < 1 || width < pixel || width > len(data) {
		return nil, fmt.Errorf("%w: rows of %d bytes", errBroken, width)
	}
	out, above := make([]byte, 0, len(data)), make([]byte, width)
	for ; len(data) > width; data = data[width+1:] {
		from := len(out)
		out = append(out, data[1:width+1]...)
		row := out[from:]
		for i := range row {
			left, corner := byte(0), byte(0)
			if i >= pixel {
				left, corner = row[i-pixel], above[i-pixel]
			}
			switch data[0] {
			case 1:
				row[i] += left
			case 2:
				row[i] += above[i]
			case 3:
				row[i] += byte((int(left) + int(above[i])) / 2)
			case 4:
				row[i] += nearest(left, above[i], corner)
			}
		}
		above = row
	}
	return out, nil
}

// nearest is the one of three neighbours that lies nearest to where they point together.
func nearest(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	da, db, dc := away(p, a), away(p, b), away(p, c)
	switch {
	case da <= db && da <= dc:
		return a
	case db <= dc:
		return b
	default:
		return c
	}
}

func away(p int, v byte) int { return max(p-int(v), int(v)-p) }
