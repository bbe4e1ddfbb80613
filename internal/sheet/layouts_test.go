package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/fault"
	"kompeten/internal/sheet"
)

// workbook makes a workbook of sheets from rows of cells.
func workbook(t testing.TB, sheets map[string][][]any, more func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, name := range slices.Sorted(maps.Keys(sheets)) {
		rows := sheets[name]
		last, err := f.NewSheet(name)
		if err != nil {
			t.Fatal(err)
		}
		f.SetActiveSheet(last)
		for i, r := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(name, cell, &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := sheets["Sheet1"]; !ok {
		_ = f.DeleteSheet("Sheet1")
	}
	if more != nil {
		more(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type cells = []any

var (
	ani  = "3374016510909901" // a woman born on 25 October 1990
	budi = "3374022503889902" // a man born on 25 March 1988
)

func shown(rows []sheet.Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s/%s/%s/%s/%s/%s/%s/%s", r.Name, r.NIK, r.BirthPlace, r.BirthDate, r.Sex, r.District, r.Phone, r.Business)
		for _, p := range r.Problems {
			fmt.Fprintf(&b, " %s", p.Code)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestListsOfOtherOfficesAreUnderstood(t *testing.T) {
	one := "Ani Rahayu/" + ani + "/Demak/1990-10-25/P/Genuk/+628400000301/CV Satu Contoh\n"
	two := "Budi Santosa/" + budi + "/Kendal/1988-03-25/L/Tugu/+628400000302/CV Satu Contoh\n"
	for _, c := range []struct {
		says string
		file []byte
		name string
		want string
	}{
		{"a plain list from the first cell", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tgl Lahir", "L/P", "Kec.", "HP", "Perusahaan"},
			{1, "Ani Rahayu", ani, "Demak", "25/10/1990", "P", "Genuk", "08400000301", "CV Satu Contoh"},
			{2, "Budi Santosa", budi, "Kendal", "25/03/1988", "L", "Tugu", "08400000302", "CV Satu Contoh"}}}, nil), "a.xlsx", one + two},
		{"place and day of birth in one cell, header far down, data from the third column", workbook(t, map[string][][]any{"Sheet1": append(make([][]any, 20),
			cells{"", "", "NO.", "NAMA PESERTA UJI", "NO. KTP", "TEMPAT, TANGGAL LAHIR", "JENIS KELAMIN", "KECAMATAN", "NO. TELP / WA", "INSTANSI"},
			cells{"", "", 1, "Ani Rahayu", ani, "Demak, 25 Oktober 1990", "P", "Genuk", "08400000301", "CV Satu Contoh"},
			cells{"", "", 2, "Budi Santosa", budi, "Kendal 25-03-1988", "L", "Tugu", "08400000302", "CV Satu Contoh"})}, nil), "b.xlsx", one + two},
		{"a header of two rows with a group over place and day", workbook(t, map[string][][]any{"Sheet1": {
			{"DAFTAR PESERTA"}, {},
			{"No", "Nama Lengkap", "Identitas", "Kelahiran / Lahir", "", "JK", "Kecamatan", "Kontak", "Nama Usaha"},
			{"", "", "NIK", "Tempat", "Tanggal"},
			{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"},
			{1, "Ani Rahayu", ani, "Demak", "25/10/1990", "P", "Genuk", "08400000301", "CV Satu Contoh"}}}, nil), "c.xlsx", one},
		{"the employer in banner rows between the people, a total and a signature", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "No HP"},
			{"CV Satu Contoh"},
			{1, "Ani Rahayu", ani, "Demak", "25/10/1990", "P", "Genuk", "08400000301"},
			{2, "Budi Santosa", budi, "Kendal", "25/03/1988", "L", "Tugu", "08400000302"},
			{"", "Jumlah", "", "", "", "", "", "2"}, {}, {"", "", "", "", "", "Semarang, 5 Januari 2026"}, {"", "", "", "", "", "Kepala Dinas"}, {"", "", "", "", "", "NIP. 1"}}}, nil), "d.xlsx", one + two},
		{"two tables one under the other, the second with other words", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "No HP", "Instansi"},
			{1, "Ani Rahayu", ani, "Demak", "25/10/1990", "P", "Genuk", "08400000301", "CV Satu Contoh"}, {},
			{"Peserta gelombang 2"},
			{"Nomor", "Tempat Bekerja", "Nama Karyawan", "Nomor Induk Kependudukan", "Tmp Lahir", "Tggl Lahir", "Jns Kelamin", "Kecamatan", "WhatsApp"},
			{1, "CV Satu Contoh", "Budi Santosa", budi, "Kendal", "25/03/1988", "L", "Tugu", "08400000302"}}}, nil), "e.xlsx", one + two},
		{"two tables side by side", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "HP", "Instansi", "", "No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "HP", "Instansi"},
			{1, "Ani Rahayu", ani, "Demak", "25/10/1990", "P", "Genuk", "08400000301", "CV Satu Contoh", "", 2, "Budi Santosa", budi, "Kendal", "25/03/1988", "L", "Tugu", "08400000302", "CV Satu Contoh"}}}, nil), "f.xlsx", one + two},
		{"a CSV with semicolons and Windows letters", []byte("DAFTAR;;\n\nNo;Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Instansi;Catatan\n1;Ani Rahayu;" + ani +
			";Demak;25/10/1990;P;Genuk;08400000301;CV Satu Contoh;caf\xe9\n"), "g.csv", one},
		{"an English list with tabs", []byte("Full Name\tID Number\tPlace of Birth\tDate of Birth\tGender\tDistrict\tPhone\tCompany\nAni Rahayu\t" + ani +
			"\tDemak\tOctober 25, 1990\tP\tGenuk\t+62 840 0000 301\tCV Satu Contoh\n"), "h.tsv", one},
		{"days in day cells, an employer merged downwards", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "HP", "Instansi"},
			{1, "Ani Rahayu", ani, "Demak", 33171, "P", "Genuk", "08400000301", "CV Satu Contoh"},
			{2, "Budi Santosa", budi, "Kendal", 32227, "L", "Tugu", "08400000302"}}}, func(f *excelize.File) {
			style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			_ = f.SetCellStyle("Sheet1", "E2", "E3", style)
			_ = f.MergeCell("Sheet1", "I2", "I3")
		}), "i.xlsx", one + two},
		{"problems of every kind", workbook(t, map[string][][]any{"Sheet1": {
			{"No", "Nama", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Kecamatan", "HP", "Instansi"},
			{1, "IR. ANI RAHAYU, M.T.", "3374.0165.1090.9901", "Demak", "25 Oktobr 1990", "Perempuan", "Kec. Genuk", "8400000301", "CV Satu Contoh"},
			{2, "Budi Santosa", budi, "Kendal", 32227, "L", "Tuguu", "08400000302", "CV Satu Contoh"},
			{3, "Cica", "3374024101109903", "Kendal", "01/01/2010", "P", "Tugu", "x", "CV Satu Contoh"}}}, nil), "j.xlsx",
			strings.TrimSuffix(one, "\n") + " name_case_title nik_spaces date_month_misspelt sex_nonstandard district_prefix\n" +
				strings.TrimSuffix(two, "\n") + " date_serial district_misspelt\n" +
				"Cica/3374024101109903/Kendal/2010-01-01/P/Tugu//CV Satu Contoh age_below_minimum phone_missing\n"},
	} {
		t.Run(c.says, func(t *testing.T) {
			res, err := sheet.Check(c.file, c.name, sheet.Options{Day: "2026-03-02", Regency: "33.74"})
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(res.Rows); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestHiddenAndSummarySheetsAreNotLists(t *testing.T) {
	list := [][]any{{"Nama", "NIK", "JK", "HP"}, {"Ani", ani, "P", "08400000301"}}
	data := workbook(t, map[string][][]any{"Rekap": {{"No", "Instansi", "Jumlah"}, {1, "CV", 3}}, "Lama": list, "Peserta": list}, func(f *excelize.File) { _ = f.SetSheetVisible("Lama", false) })
	res, err := sheet.Check(data, "x.xlsx", sheet.Options{Day: "2026-03-02"})
	if err != nil || len(res.Rows) != 1 || res.Rows[0].Sheet != "Peserta" || res.Regency != "33.74" || !res.Guessed {
		t.Errorf("%+v %v", res, err)
	}
}

func TestFilesThatAreNoListsAreRefusedWithAReason(t *testing.T) {
	bomb := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("xl/worksheets/sheet1.xml")
		zeros := make([]byte, 1<<20)
		for range 20 {
			_, _ = w.Write(zeros)
		}
		_ = z.Close()
		return b.Bytes()
	}
	good := workbook(t, map[string][][]any{"Sheet1": {{"Nama", "NIK", "JK"}, {"Ani", ani, "P"}}}, nil)
	for _, c := range []struct {
		says, name, key, sheet string
		data                   []byte
	}{
		{"nothing", "a.xlsx", "sheet.empty_file", "", nil},
		{"a picture of a list", "a.pdf", "sheet.not_a_list", "", []byte("%PDF-1.7 …")},
		{"an old workbook", "a.xls", "sheet.old_excel", "", []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1}},
		{"a zip that is no workbook", "a.xlsx", "sheet.not_a_workbook", "", good[:len(good)/2]},
		{"a zip bomb", "a.xlsx", "sheet.bomb", "", bomb()},
		{"a table of something else", "a.xlsx", "sheet.no_header", "", workbook(t, map[string][][]any{"Sheet1": {{"Barang", "Harga"}, {"Sapu", 1}}}, nil)},
		{"a header and nobody under it", "a.xlsx", "sheet.no_rows", "", workbook(t, map[string][][]any{"Sheet1": {{"Nama", "NIK", "JK"}}}, nil)},
		{"a sheet that is not there", "a.xlsx", "sheet.no_such_sheet", "Peserta", good},
	} {
		_, err := sheet.Check(c.data, c.name, sheet.Options{Sheet: c.sheet, Day: "2026-03-02"})
		if f := fault.Of(err); f == nil || f.Key != c.key {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

func TestStrangeNamesAndTenMillionEmptyRowsDoNoHarm(t *testing.T) {
	names := []string{`Ani "Nia" O'Neil`, "Ani\u202eihaR", "Ani 🧽 Rahayu", strings.Repeat("Panjang ", 70), "=HYPERLINK(\"x\")", "Æthelþryð"}
	rows := [][]any{{"Nama", "NIK", "JK", "HP"}}
	for i, n := range names {
		rows = append(rows, cells{n, fmt.Sprintf("337402250388%04d", 9000+i), "L", "08400000301"})
	}
	data := moved(t, workbook(t, map[string][][]any{"Sheet1": rows}, func(f *excelize.File) { _ = f.SetCellStr("Sheet1", "A50", "x") }))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := sheet.Check(data, "x.xlsx", sheet.Options{Day: "2026-03-02"})
	runtime.ReadMemStats(&after)
	if err != nil || len(res.Rows) != len(names) {
		t.Fatal(len(res.Rows), err)
	}
	if res.Rows[1].Name != "Ani ihaR" && res.Rows[1].Name != "AniihaR" || res.Rows[0].Name != names[0] {
		t.Errorf("%q", res.Rows[1].Name)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("%d MB allocated", got>>20)
	}
}

// moved puts the last row of a workbook a million rows down.
func moved(t *testing.T, data []byte) []byte {
	t.Helper()
	return edited(t, data, strings.NewReplacer(`r="50"`, `r="1048576"`, `"A50"`, `"A1048576"`).Replace)
}

// edited is a workbook with the text of each part changed.
func edited(t *testing.T, data []byte, change func(part string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, _ := out.Create(f.Name)
		_, _ = w.Write([]byte(change(string(text))))
	}
	_ = out.Close()
	return b.Bytes()
}

func TestAFormulaWithoutAValueIsNoValue(t *testing.T) {
	data := workbook(t, map[string][][]any{"Sheet1": {{"Nama", "NIK", "JK", "HP"}, {"Ani", ani, "P", "08400000301"}}}, func(f *excelize.File) {
		_ = f.SetCellFormula("Sheet1", "A2", `"A"&"ni"`)
		_ = f.SetCellValue("Sheet1", "A2", nil)
		_ = f.SetCellFormula("Sheet1", "A2", `"A"&"ni"`)
	})
	res, err := sheet.Check(data, "x.xlsx", sheet.Options{Day: "2026-03-02"})
	if err != nil || len(res.Rows) != 1 || res.Rows[0].Name != "" || res.Rows[0].Problems[0].Code != "name_missing" {
		t.Errorf("%+v %v", res.Rows, err)
	}
}

func TestTheListWithRemarksCanBeCorrectedAndSentAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"a.xlsx", workbook(t, map[string][][]any{"Sheet1": {{"DAFTAR"}, {"Nama", "NIK", "JK", "HP"}, {"", ani, "P", "08400000301"}, {"Budi", budi, "L", "08400000302"}}}, nil)},
		{"a.csv", []byte("DAFTAR;;;\nNama;NIK;JK;HP\n;" + ani + ";P;08400000301\nBudi;" + budi + ";L;08400000302\n")},
	} {
		o := sheet.Options{Day: "2026-03-02"}
		res, err := sheet.Check(c.data, c.name, o)
		if err != nil {
			t.Fatal(err)
		}
		out := c.data
		for range 2 { // remarks on a list that has remarks replace them
			out, _, err = sheet.WithRemarks(out, c.name, res.Tables, []sheet.Remark{{res.Rows[0].Sheet, res.Rows[0].Row, "Perlu perbaikan", "Nama kosong", sheet.Error}})
			if err != nil {
				t.Fatal(err)
			}
		}
		again, err := sheet.Check(out, c.name, o)
		if err != nil || shown(again.Rows) != shown(res.Rows) {
			t.Errorf("%s: %v\n%s\n%s", c.name, err, shown(again.Rows), shown(res.Rows))
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("Nama;NIK;JK\nAni;"+ani+";P\n"), "a.csv")
	f.Add(workbook(f, map[string][][]any{"Sheet1": {{"Nama", "NIK", "JK"}, {"Ani", ani, "P"}}}, nil), "a.xlsx")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		res, err := sheet.Check(data, name, sheet.Options{Day: "2026-03-02"})
		if err != nil && fault.Of(err) == nil {
			t.Errorf("a plain error: %v", err)
		}
		for _, r := range res.Rows {
			if r.NIK != "" && !sheet.ValidNIK(r.NIK) || r.BirthDate != "" && !r.BirthDate.Valid() {
				t.Errorf("%+v", r)
			}
		}
	})
}

func BenchmarkCheck10000(b *testing.B) {
	data := sheet.SampleList(10_000, 1)
	for b.Loop() {
		if res, err := sheet.Check(data, "a.xlsx", sheet.Options{Day: "2026-03-02"}); err != nil || len(res.Rows) != 10_000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkOnlyRead10000(b *testing.B) {
	data := sheet.SampleList(10_000, 1)
	for b.Loop() {
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := f.Rows("Peserta")
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			if _, err := rows.Columns(); err != nil {
				b.Fatal(err)
			}
		}
		_ = f.Close()
	}
}
