package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
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
	maxRows  = 30_000    // rows with text on a sheet: what a check of them holds stays below 200 MB
	maxEmpty = 2_000     // empty rows in a row before a sheet is taken to have ended
	maxSheet = 24 << 20  // bytes of text of a sheet
	maxCols  = 200
	maxText  = 2_000 // bytes of a cell: 500 letters of any script
)

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
	for _, part := range parts {
		if err := fits(part); err != nil {
			return Book{}, err
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return Book{}, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	defer func() { _ = f.Close() }()
	var b Book
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		g := grid{name: name}
		if g.cells, err = scanCells(parts[name], f); err != nil {
			return Book{}, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
		}
		if g.rows, err = stream(f, name); err != nil {
			return Book{}, err
		}
		b.grids = append(b.grids, g)
	}
	return b, nil
}

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

// fits refuses a large sheet that people see and that has too many rows, before the library takes the file into memory.
func fits(part *zip.File) error {
	if part == nil || part.UncompressedSize64 < 4*maxPart {
		return nil
	}
	r, err := part.Open()
	if err != nil {
		return fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	defer func() { _ = r.Close() }()
	s := tagScanner{in: r, buf: make([]byte, 0, 128<<10)}
	filled, counted := 0, false
	for s.next() {
		switch s.name() {
		case "row":
			counted = false
		case "v", "is":
			if !counted {
				filled, counted = filled+1, true
			}
			if filled > maxRows {
				return fault.New(fault.TooLarge, "sheet.too_many_rows", maxRows)
			}
		}
	}
	return nil
}

// stream reads a sheet row by row: memory grows with the rows that hold text, not with the sheet.
func stream(f *excelize.File, name string) ([][]string, error) {
	it, err := f.Rows(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.not_a_workbook").Because(err)
	}
	defer func() { _ = it.Close() }()
	var out [][]string
	filled, empty, size := 0, 0, 0
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
		if filled++; filled > maxRows {
			return nil, fault.New(fault.TooLarge, "sheet.too_many_rows", maxRows)
		}
		row := cut(cols)
		for _, c := range row {
			size += len(c)
		}
		if size > maxSheet {
			return nil, fault.New(fault.TooLarge, "sheet.too_much_text", maxSheet>>20)
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

func cut(cols []string) []string {
	cols = cols[:min(len(cols), maxCols)]
	for i, c := range cols {
		if len(c) > maxText {
			cols[i] = strings.ToValidUTF8(c[:maxText], "")
		}
	}
	return cols
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
	g := grid{name: "CSV"}
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
		if g.rows = append(g.rows, cut(rec)); len(g.rows) > maxRows {
			return Book{}, fault.New(fault.TooLarge, "sheet.too_many_rows", maxRows)
		}
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
