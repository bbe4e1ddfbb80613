package sheet_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/fault"
	"kompeten/internal/sheet"
)

func book(t *testing.T, rows int, name string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	_ = w.SetRow("A1", []any{"No", "Nama Lengkap", "NIK", "Tanggal Lahir", "Alamat"})
	for i := range rows {
		_ = w.SetRow(fmt.Sprintf("A%d", i+2), []any{i + 1, name, "3374016510909961", "25-10-1990", strings.Repeat("x", 1900)})
	}
	var b bytes.Buffer
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestALongNameOfAnyScriptIsKeptAndABookOfTextIsRefused(t *testing.T) {
	name := strings.Repeat("中", 500)
	res, err := sheet.Check(book(t, 1, name), "daftar.xlsx", sheet.Options{Day: "2026-03-02"})
	if err != nil || len(res.Rows) != 1 || res.Rows[0].Name != name {
		t.Errorf("500 letters of three bytes: %v %+v", err, res.Rows)
	}
	_, err = sheet.Check(book(t, 15_000, "Ani Contoh"), "daftar.xlsx", sheet.Options{Day: "2026-03-02"})
	if f := fault.Of(err); f == nil || f.Key != "sheet.too_much_text" {
		t.Errorf("28 MB of text: %v", err)
	}
}

func TestNothingIsLeftOnTheDiskOfAWorkbookThatWasReadOrRefused(t *testing.T) {
	large := book(t, 5_000, "Ani Contoh") // a sheet that is read from disk, not memory
	for _, c := range []struct {
		what string
		data []byte
		good bool
	}{
		{"a good list", large, true},
		{"styles that are none", edited(t, large, func(part string) string {
			return strings.Replace(part, "<styleSheet", "<styleSheet <", 1)
		}), false},
	} {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		if _, err := sheet.Check(c.data, "daftar.xlsx", sheet.Options{Day: "2026-03-02"}); (err == nil) != c.good {
			t.Errorf("%s: %v", c.what, err)
		}
		_, _, _ = sheet.WithRemarks(c.data, "daftar.xlsx", nil, nil)
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v is left", c.what, left)
		}
	}
}

func TestAFullDiskIsNotTheFaultOfTheList(t *testing.T) {
	list := book(t, 1, "Ani Contoh")
	t.Setenv("TMPDIR", "/nowhere")
	_, err := sheet.Check(list, "daftar.xlsx", sheet.Options{Day: "2026-03-02"})
	if err == nil || fault.Of(err) != nil {
		t.Errorf("without a place for large sheets the list is told: %v", err)
	}
}

func TestAListBeyondABoundIsRefusedWithWhatIsTooMuch(t *testing.T) {
	one := book(t, 1, "Ani Contoh")
	merges := "</sheetData><mergeCells>" + strings.Repeat(`<mergeCell ref="A1:A30000"/>`, 50) + "</mergeCells>"
	for _, c := range []struct {
		what, file, key string
		data            []byte
	}{
		{"30,001 rows", "a.csv", "sheet.too_many_rows", []byte("Nama,NIK\n" + strings.Repeat("Ani,1\n", 30_000))},
		{"rows of two hundred cells", "a.csv", "sheet.too_many_cells", []byte(strings.Repeat(strings.Repeat("a,", 250)+"\n", 6_001))},
		{"merged blocks over one another", "a.xlsx", "sheet.too_many_cells", edited(t, one, func(part string) string { return strings.Replace(part, "</sheetData>", merges, 1) })},
	} {
		_, err := sheet.Check(c.data, c.file, sheet.Options{Day: "2026-03-02"})
		if f := fault.Of(err); f == nil || f.Key != c.key {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestCellsWithoutTheirPlacesAreReadInTheirOrder(t *testing.T) {
	data := workbook(t, map[string][][]any{"Sheet1": {{"Nama", "NIK", "JK", "HP"}, {"Ani", 3374016510909961, "P", "08400000301"}}}, nil)
	bare := edited(t, data, func(part string) string {
		return regexp.MustCompile(`<(c|row) r="[A-Z]*[0-9]+"`).ReplaceAllString(part, "<$1")
	})
	for _, data := range [][]byte{data, bare} {
		res, err := sheet.Check(data, "x.xlsx", sheet.Options{Day: "2026-03-02"})
		if err != nil || len(res.Rows) != 1 || !res.Rows[0].Sent[sheet.NIK].Number {
			t.Errorf("a NIK in a number cell: %+v %v", res.Rows, err)
		}
	}
}
