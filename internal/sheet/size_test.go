package sheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/fault"
	"kompeten/internal/sheet"
)

func book(t *testing.T, rows int, name string) []byte {
	t.Helper()
	f := excelize.NewFile()
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
