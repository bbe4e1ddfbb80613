package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The streaming reader gives the text of cells only. What it does not tell decides over a NIK: whether the cell
// is a number (which has lost its last digits) or text, whether a number is a day, whether a formula has a value,
// and which cells are merged. So the part of the sheet is scanned for these once more, tag by tag.

type at struct{ row, col int } // from 1

type cells struct {
	numbers map[at]bool // true: shown as a date
	formula map[at]bool // a formula that has no value
	merged  []area
}

type area struct{ from, to at }

// sheetParts finds the part of each sheet that people see in the package, as its bytes still zipped.
func sheetParts(data []byte) (map[string]*zip.File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[strings.TrimPrefix(f.Name, "/")] = f
	}
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decode(files["xl/workbook.xml"], &book); err != nil {
		return nil, err
	}
	if err := decode(files["xl/_rels/workbook.xml.rels"], &rels); err != nil {
		return nil, err
	}
	target := map[string]*zip.File{}
	for _, r := range rels.List {
		name := strings.TrimPrefix(r.Target, "/")
		if !strings.HasPrefix(r.Target, "/") {
			name = path.Join("xl", r.Target)
		}
		target[r.ID] = files[name]
	}
	out := map[string]*zip.File{}
	for _, s := range book.Sheets {
		if s.State == "" || s.State == "visible" {
			out[s.Name] = target[s.ID]
		}
	}
	return out, nil
}

func decode(f *zip.File, v any) error {
	if f == nil {
		return io.ErrUnexpectedEOF
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return xml.NewDecoder(io.LimitReader(r, 4<<20)).Decode(v)
}

// scanCells reads the tags of a sheet as a stream of bytes. Only what is no shared text is kept.
func scanCells(f *zip.File, book *excelize.File) (cells, error) {
	c := cells{numbers: map[at]bool{}, formula: map[at]bool{}}
	if f == nil {
		return c, nil
	}
	r, err := f.Open()
	if err != nil {
		return c, err
	}
	defer func() { _ = r.Close() }()
	s := tagScanner{in: r, buf: make([]byte, 0, 128<<10)}
	dates := map[string]bool{}
	var open struct {
		at             at
		number, date   bool
		formula, value bool
	}
	for s.next() {
		switch s.name() {
		case "c":
			open.at, open.number = parseRef(s.attr("r")), s.attr("t") == "" || s.attr("t") == "n"
			open.formula, open.value = false, false
			open.date = open.number && isDate(book, dates, s.attr("s"))
		case "f":
			open.formula = true
		case "v":
			open.value = true
			if open.number && len(c.numbers) < 4*maxRows {
				c.numbers[open.at] = open.date
			}
		case "/c":
			if open.formula && !open.value {
				c.formula[open.at] = true
			}
		case "mergeCell":
			if from, to, ok := strings.Cut(s.attr("ref"), ":"); ok && len(c.merged) < maxRows {
				c.merged = append(c.merged, area{parseRef(from), parseRef(to)})
			}
		}
	}
	return c, nil
}

// parseRef reads "D12" as row 12, column 4.
func parseRef(ref string) at {
	var p at
	for _, c := range []byte(ref) {
		switch {
		case c >= 'A' && c <= 'Z' && p.col < 1<<20:
			p.col = p.col*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && p.row < 1<<24:
			p.row = p.row*10 + int(c-'0')
		}
	}
	return p
}

// isDate says whether a style shows its number as a day.
func isDate(book *excelize.File, known map[string]bool, style string) bool {
	if style == "" {
		return false
	}
	is, ok := known[style]
	if !ok {
		n := 0
		for _, c := range []byte(style) {
			n = min(n*10+int(c-'0'), 1<<20)
		}
		is = dateFormat(book, n)
		known[style] = is
	}
	return is
}

func dateFormat(book *excelize.File, style int) bool {
	st, err := book.GetStyle(style)
	if err != nil || st == nil {
		return false
	}
	if st.CustomNumFmt != nil {
		low := strings.ToLower(*st.CustomNumFmt)
		return strings.Contains(low, "yy") || strings.Contains(low, "mmm") || strings.Contains(low, "dd")
	}
	n := st.NumFmt
	return n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58
}

// tagScanner finds tags in a stream of XML without building anything.
type tagScanner struct {
	in   io.Reader
	buf  []byte
	pos  int
	tag  []byte
	done bool
}

const maxTag = 64 << 10

func (s *tagScanner) next() bool {
	for {
		rest := s.buf[s.pos:]
		if i := bytes.IndexByte(rest, '<'); i >= 0 {
			if j := bytes.IndexByte(rest[i:], '>'); j > 0 {
				s.tag = rest[i+1 : i+j]
				s.pos += i + j + 1
				return true
			}
			s.pos += i
		} else {
			s.pos = len(s.buf)
		}
		if s.done || len(s.buf)-s.pos > maxTag {
			return false
		}
		s.fill()
	}
}

func (s *tagScanner) fill() {
	n := copy(s.buf[:cap(s.buf)], s.buf[s.pos:])
	s.buf, s.pos = s.buf[:n], 0
	m, err := s.in.Read(s.buf[n:cap(s.buf)])
	s.buf = s.buf[:n+m]
	s.done = err != nil
}

func (s *tagScanner) name() string {
	end := bytes.IndexAny(s.tag, " \t\r\n")
	if end < 0 {
		end = len(s.tag)
	}
	name := strings.TrimSuffix(string(s.tag[:end]), "/")
	if i := strings.IndexByte(name, ':'); i >= 0 { // a prefix, as some programs write
		slash := ""
		if name[0] == '/' {
			slash = "/"
		}
		name = slash + name[i+1:]
	}
	return name
}

func (s *tagScanner) attr(name string) string {
	i := bytes.Index(s.tag, []byte(" "+name+`="`))
	if i < 0 {
		return ""
	}
	v := s.tag[i+len(name)+3:]
	if j := bytes.IndexByte(v, '"'); j >= 0 {
		return string(v[:j])
	}
	return ""
}
