package sheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/fault"
)

// The streaming reader gives the text of cells only. What it does not tell decides over a NIK: whether the cell
// is a number (which has lost its last digits) or text, whether a number is a day, whether a formula has a value,
// and which cells are merged. So the part of the sheet is scanned for these first, tag by tag.

type at struct{ row, col int } // from 1

// mark is a cell and its style in one number that sorts as a sheet is read: row, column, style.
type mark uint64

func (p at) mark(style uint32) mark { return mark(p.row)<<40 | mark(p.col)<<32 | mark(style) }

// cells are what a sheet's tags tell about its cells, each list in the order of the sheet.
type cells struct {
	numbers []mark // cells that hold a number
	formula []mark // formulas without a value
	merged  []area
	isDate  func(style uint32) bool // whether a style shows its number as a day
}

type area struct{ from, to at }

// lookup finds a cell in a list: its style, and whether it is there.
func lookup(marks []mark, p at) (style uint32, ok bool) {
	i, _ := slices.BinarySearch(marks, p.mark(0))
	if i < len(marks) && marks[i]>>32 == p.mark(0)>>32 {
		return uint32(marks[i]), true
	}
	return 0, false
}

// number says whether a cell is a number, and whether it is shown as a day.
func (c cells) number(p at) (is, day bool) {
	style, is := lookup(c.numbers, p)
	return is, is && c.isDate(style)
}

// unreckoned says whether a cell is a formula without a value.
func (c cells) unreckoned(p at) bool {
	_, is := lookup(c.formula, p)
	return is
}

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

// scanCells reads the tags of a sheet as a stream of bytes, before the library takes the workbook into memory, and
// takes what the sheet fills from the room there is.
func scanCells(f *zip.File, left *room) (cells, error) {
	var c cells
	if f == nil {
		return c, nil
	}
	r, err := f.Open()
	if err != nil {
		return c, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	defer func() { _ = r.Close() }()
	s := tagScanner{in: r, buf: make([]byte, 0, 128<<10)}
	var open struct {
		at                     at
		style                  uint32
		number, formula, value bool
		row                    int // the last row with something in it
	}
	for s.next() {
		var err error
		switch s.name() {
		case "row": // a row or cell without its place follows the one before it
			open.at = at{min(cmp.Or(int(digits(s.attr("r"))), open.at.row+1), 1<<23), 0}
		case "c":
			open.at.col++
			if ref := s.attr("r"); ref != "" {
				open.at = parseRef(ref)
			}
			open.style = digits(s.attr("s"))
			open.number = s.attr("t") == "" || s.attr("t") == "n"
			open.formula, open.value = false, false
		case "f":
			open.formula = true
		case "v", "is":
			if open.value = true; open.row != open.at.row {
				open.row, err = open.at.row, left.row()
			}
			err = cmp.Or(err, left.cells(1))
			if open.number && open.at.col <= maxCols {
				c.numbers = append(c.numbers, open.at.mark(open.style))
			}
		case "/c":
			if open.formula && !open.value && open.at.col <= maxCols {
				c.formula, err = append(c.formula, open.at.mark(0)), left.cells(1)
			}
		case "mergeCell":
			if from, to, ok := strings.Cut(s.attr("ref"), ":"); ok {
				m := area{parseRef(from), parseRef(to)}
				if m.from.col == m.to.col && m.from.col <= maxCols && m.from.row > 0 && m.from.row < m.to.row {
					m.to.row = min(m.to.row, m.from.row+maxRows)
					c.merged, err = append(c.merged, m), left.cells(m.to.row-m.from.row)
				}
			}
		}
		if err != nil {
			return c, err
		}
	}
	slices.Sort(c.numbers)
	slices.Sort(c.formula)
	return c, nil
}

// parseRef reads "D12" as row 12, column 4.
func parseRef(ref string) at {
	var p at
	for _, c := range []byte(ref) {
		switch {
		case c >= 'A' && c <= 'Z' && p.col < 1<<9: // the mark of a cell has a byte for its column, three for its row
			p.col = p.col*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && p.row < 1<<20:
			p.row = p.row*10 + int(c-'0')
		}
	}
	return p
}

// digits reads a number of a tag; what is too large for one is a style that no workbook has.
func digits(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// dates answers which styles of a workbook show their number as a day, and remembers it.
func dates(book *excelize.File) func(style uint32) bool {
	known := map[uint32]bool{0: false}
	return func(style uint32) bool {
		is, ok := known[style]
		if !ok {
			is = dateFormat(book, int(min(style, 1<<20)))
			known[style] = is
		}
		return is
	}
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
