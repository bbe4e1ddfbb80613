package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Remark is what stands beside a row in the list that goes back to the office.
type Remark struct {
	Sheet string
	Row   int
	State string // in words
	Text  string // every problem in words, with what would be right
	Worst Severity
}

// remarkHead names the two columns that are added; they are passed over when the list comes back.
var remarkHead = [2]string{"Status pemeriksaan", "Catatan perbaikan"}

var fills = map[Severity]string{Error: "F8D7DA", Warning: "FFF3CD", Info: "D1ECF1", "": "D4EDDA"}

// WithRemarks gives the office's own file back with the remarks beside its rows, ready to be corrected and sent
// again. A CSV file comes back as CSV.
func WithRemarks(data []byte, fileName string, tables []Table, remarks []Remark) ([]byte, string, error) {
	base := strings.TrimSuffix(filepath.Base(fileName), filepath.Ext(fileName)) + "-catatan"
	if !bytes.HasPrefix(data, []byte("PK")) {
		out, err := csvRemarks(data, tables, remarks)
		return out, base + ".csv", err
	}
	f, done, err := unfold(data, excelize.Options{})
	if err != nil {
		return nil, "", fmt.Errorf("list with remarks: %w", err)
	}
	defer done()
	column := map[string]int{}
	for _, t := range tables {
		if column[t.Sheet] == 0 {
			if column[t.Sheet], err = freeColumn(f, t.Sheet); err != nil {
				return nil, "", err
			}
		}
		if err := writePair(f, t.Sheet, column[t.Sheet], t.Header, remarkHead[0], remarkHead[1], 0); err != nil {
			return nil, "", err
		}
	}
	styles := map[Severity]int{}
	for s, color := range fills {
		if styles[s], err = f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
			return nil, "", err
		}
	}
	for _, r := range remarks {
		if err := writePair(f, r.Sheet, column[r.Sheet], r.Row, r.State, r.Text, styles[r.Worst]); err != nil {
			return nil, "", err
		}
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), base + ".xlsx", err
}

// freeColumn is the first column to the right of all text; columns of earlier remarks are used again.
func freeColumn(f *excelize.File, sheet string) (int, error) {
	rows, err := f.GetRows(sheet)
	if err != nil {
		return 0, fmt.Errorf("list with remarks: %w", err)
	}
	last := 0
	for _, r := range rows {
		for c, text := range r {
			if text == remarkHead[0] {
				return c + 1, nil
			}
			if text != "" {
				last = max(last, c+1)
			}
		}
	}
	return last + 1, nil
}

func writePair(f *excelize.File, sheet string, col, row int, a, b string, style int) error {
	from, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err
	}
	to, _ := excelize.CoordinatesToCellName(col+1, row)
	if err := f.SetCellStr(sheet, from, a); err != nil {
		return err
	}
	if err := f.SetCellStr(sheet, to, b); err != nil {
		return err
	}
	if style == 0 {
		return nil
	}
	return f.SetCellStyle(sheet, from, to, style)
}

func csvRemarks(data []byte, tables []Table, remarks []Remark) ([]byte, error) {
	book, err := openCSV(data, "")
	if err != nil {
		return nil, err
	}
	rows, width := book.grids[0].rows, 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	pairs := map[int][2]string{}
	for _, t := range tables {
		pairs[t.Header] = remarkHead
	}
	for _, r := range remarks {
		pairs[r.Row] = [2]string{r.State, r.Text}
	}
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.Comma = separator(string(data))
	for i, r := range rows {
		line := append(make([]string, 0, width+2), r...)
		for len(line) < width {
			line = append(line, "")
		}
		pair := pairs[i+1]
		if err := w.Write(append(line, pair[0], pair[1])); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// WriteList writes a workbook with one sheet: a bold header row, then rows as they come. Texts stay texts, so that
// neither a NIK loses digits nor a name becomes a formula.
func WriteList(w io.Writer, title string, columns []string, rows func(yield func([]any) bool)) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", title); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(title)
	if err != nil {
		return err
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = excelize.Cell{StyleID: bold, Value: c}
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	n := 2
	for r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, n)
		if err := s.SetRow(cell, r); err != nil {
			return err
		}
		n++
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
