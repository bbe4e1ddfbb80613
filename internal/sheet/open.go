package sheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"kompeten/internal/fault"
)

// Bounds of what is read. A list of a whole province stays far below them.
const (
	maxFile  = 64 << 20  // bytes of the file
	maxUnzip = 512 << 20 // bytes of all parts of a workbook, unzipped
	maxPart  = 8 << 20   // parts larger than this are read from disk, not memory
	maxEmpty = 2_000     // empty rows in a row before a sheet is taken to have ended
	maxCols  = 200
	maxText  = 2_000 // bytes of a cell: 500 letters of any script

	// All sheets together: what a check of them holds stays below 200 MB.
	maxRows  = 30_000       // rows with text
	maxCells = 40 * maxRows // cells with text
	maxBytes = 24 << 20     // bytes of text
)

// room is what a file has filled of the bounds.
type room struct{ rowsTaken, cellsTaken, textTaken int }

func (r *room) row() error {
	if r.rowsTaken++; r.rowsTaken > maxRows {
		return fault.New(fault.TooLarge, "sheet.too_many_rows", maxRows)
	}
	return nil
}

func (r *room) cells(n int) error {
	if r.cellsTaken += n; r.cellsTaken > maxCells {
		return fault.New(fault.TooLarge, "sheet.too_many_cells", maxCells)
	}
	return nil
}

func (r *room) text(n int) error {
	if r.textTaken += n; r.textTaken > maxBytes {
		return fault.New(fault.TooLarge, "sheet.too_much_text", maxBytes>>20)
	}
	return nil
}

// grid is one sheet: its rows of text from the first, and which of its cells are what.
type grid struct {
	name  string
	rows  [][]string
	cells cells
}

// Book is an opened file.
type Book struct{ grids []grid }

// Open reads a workbook (.xlsx, .xlsm) or a CSV file. What is none of these is a fault that says so.
func Open(data []byte, fileName string) (Book, error) {
	switch {
	case len(data) == 0:
		return Book{}, fault.New(fault.Invalid, "sheet.empty_file")
	case len(data) > maxFile:
		return Book{}, fault.New(fault.TooLarge, "sheet.too_large", maxFile>>20)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return Book{}, fault.New(fault.Invalid, "sheet.old_excel")
	case bytes.HasPrefix(data, []byte("PK")):
		return openWorkbook(data)
	case bytes.HasPrefix(data, []byte("%PDF")) || bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0:
		return Book{}, fault.New(fault.Invalid, "sheet.not_a_list", fileName)
	}
	return openCSV(data, fileName)
}

func openWorkbook(data []byte) (Book, error) {
	if err := bounded(data); err != nil {
		return Book{}, err
	}
	parts, err := sheetParts(data)
	if err != nil {
		return Book{}, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	var left room
	told := map[string]cells{}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if told[name], err = scanCells(parts[name], &left); err != nil {
			return Book{}, err
		}
	}
	if data, err = light(data); err != nil {
		return Book{}, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	f, done, err := unfold(data, excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return Book{}, err
	}
	defer done()
	var b Book
	for _, name := range f.GetSheetList() {
		g := grid{name: name}
		var seen bool
		if g.cells, seen = told[name]; !seen {
			continue
		}
		g.cells.isDate = dates(f)
		if g.rows, err = stream(f, name, &left); err != nil {
			return Book{}, err
		}
		b.grids = append(b.grids, g)
	}
	return b, nil
}

// unfold opens a workbook with a directory of its own for the large parts, which the library leaves behind when it
// refuses a file. done closes the workbook and takes the directory away.
func unfold(data []byte, o excelize.Options) (f *excelize.File, done func(), err error) {
	o.UnzipSizeLimit = maxUnzip
	if o.TmpDir, err = os.MkdirTemp("", "kompeten-list-"); err != nil {
		return nil, nil, fmt.Errorf("unfold a workbook: %w", err)
	}
	f, err = excelize.OpenReader(bytes.NewReader(data), o)
	done = func() {
		if f != nil {
			_ = f.Close()
		}
		_ = os.RemoveAll(o.TmpDir)
	}
	if err != nil {
		done()
		return nil, nil, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	return f, done, nil
}

// light is a workbook without its pictures, drawings and other parts that hold no cells, which the library would
// take into memory.
func light(data []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	kept, size := z.File[:0], 0
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		dir, _, _ := strings.Cut(strings.TrimPrefix(name, "xl/"), "/")
		if ext := path.Ext(name); (ext == ".xml" || ext == ".rels") && !slices.Contains(cellless, dir) {
			kept, size = append(kept, f), size+int(f.CompressedSize64)+1<<10
		}
	}
	var out bytes.Buffer
	out.Grow(min(size, len(data)+1<<20))
	w := zip.NewWriter(&out)
	for _, f := range kept {
		if err := w.Copy(f); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

// cellless are the directories of a workbook without cells.
var cellless = []string{"media", "drawings", "charts", "embeddings", "pivotCache", "customXml", "docProps"}

// bounded refuses a workbook whose parts would unfold beyond what we read, before anything is unfolded.
func bounded(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	var sum uint64
	for _, f := range z.File {
		sum += f.UncompressedSize64
		if sum > maxUnzip || f.UncompressedSize64 > 16<<20 && f.UncompressedSize64/max(f.CompressedSize64, 1) > 200 {
			return fault.New(fault.TooLarge, "sheet.bomb")
		}
	}
	return nil
}

// stream reads a sheet row by row: memory grows with the rows that hold text, not with the sheet.
func stream(f *excelize.File, name string, left *room) ([][]string, error) {
	it, err := f.Rows(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	defer func() { _ = it.Close() }()
	var out [][]string
	empty := 0
	for it.Next() && empty < maxEmpty {
		cols, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
		}
		if blank(cols) {
			empty++
			out = append(out, nil)
			continue
		}
		empty = 0
		row := compact(cols)
		if err := left.text(size(row)); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func blank(cols []string) bool {
	for _, c := range cols {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// compact is a row cut to what is read of it, in one piece of memory.
func compact(cols []string) []string {
	cols = cols[:min(len(cols), maxCols)]
	for len(cols) > 0 && cols[len(cols)-1] == "" {
		cols = cols[:len(cols)-1]
	}
	var all strings.Builder
	row := make([]string, len(cols))
	for i, c := range cols {
		if len(c) > maxText {
			c = strings.ToValidUTF8(c[:maxText], "")
		}
		row[i] = c
	}
	all.Grow(size(row))
	for _, c := range row {
		all.WriteString(c)
	}
	rest := all.String()
	for i, c := range row {
		row[i], rest = rest[:len(c)], rest[len(c):]
	}
	return row
}

func size(row []string) int {
	n := 0
	for _, c := range row {
		n += len(c)
	}
	return n
}

func openCSV(data []byte, fileName string) (Book, error) {
	text := string(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !utf8.ValidString(text) {
		decoded, err := charmap.Windows1252.NewDecoder().String(text)
		if err != nil {
			return Book{}, fault.New(fault.Invalid, "sheet.not_a_list", fileName).Because(err)
		}
		text = decoded
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = separator(text), -1, true
	in.ReuseRecord = true
	g := grid{name: "CSV"}
	var left room
	for {
		rec, err := in.Read()
		if errors.Is(err, io.EOF) {
			return Book{[]grid{g}}, nil
		}
		if err != nil {
			return Book{}, fault.New(fault.Invalid, "sheet.not_a_list", fileName).Because(err)
		}
		line, _ := in.FieldPos(0)
		for len(g.rows) < min(line, len(g.rows)+maxEmpty)-1 {
			g.rows = append(g.rows, nil) // empty lines, which the reader passes over, keep rows counted as people see them
		}
		row := compact(rec)
		if err := cmp.Or(left.row(), left.cells(len(row)), left.text(size(row))); err != nil {
			return Book{}, err
		}
		g.rows = append(g.rows, row)
	}
}

// separator is the one of comma, semicolon and tab that the first lines use most.
func separator(text string) rune {
	head, best := text[:min(len(text), 4096)], ','
	for _, c := range []rune{';', '\t'} {
		if strings.Count(head, string(c)) > strings.Count(head, string(best)) {
			best = c
		}
	}
	return best
}
