package sheet_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"kompeten/internal/sheet"
)

func read(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// columns are the values of a row in the order of the .expected.csv files.
func columns(r sheet.Row) []string {
	return []string{strconv.Itoa(r.Row), strconv.Itoa(r.No), r.Name, r.NIK, r.BirthPlace, string(r.BirthDate), r.Sex, r.Address, r.DistrictCode,
		r.District, r.Phone, r.Education, r.Sector, r.Business, r.Extra, fmt.Sprint(r.Worst() == sheet.Error)}
}

var headerOf = map[sheet.Field]string{sheet.Name: "Nama Lengkap", sheet.NIK: "NIK", sheet.BirthDate: "Tanggal Lahir", sheet.Sex: "JK (L/P)",
	sheet.District: "Kecamatan", sheet.Phone: "No HP", sheet.Education: "Pendidikan Terakhir"}

func TestTheListsOfTwoOfficesAreUnderstoodCellByCell(t *testing.T) {
	for _, name := range []string{"semarang-mekanik", "malang-cleaning-service"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile("testdata/people/" + name + ".xlsx")
			if err != nil {
				t.Fatal(err)
			}
			res, err := sheet.Check(data, name+".xlsx", sheet.Options{Day: "2026-03-02"})
			if err != nil {
				t.Fatal(err)
			}
			want := read(t, "testdata/people/"+name+".expected.csv")
			if len(res.Rows) != len(want) {
				t.Fatalf("%d rows, want %d", len(res.Rows), len(want))
			}
			for i, w := range want {
				for c, got := range columns(res.Rows[i]) {
					if got != w[c] {
						t.Errorf("row %s, column %d: %q, want %q", w[0], c, got, w[c])
					}
				}
			}
			var got, dirty []string
			for _, r := range res.Rows {
				for _, p := range r.Problems {
					got = append(got, fmt.Sprint(r.Sheet, "|", r.Row, "|", r.No, "|", headerOf[p.Field], "|", p.Code, "|", p.Severity))
				}
			}
			for _, d := range read(t, "testdata/people/"+name+".dirty.csv") {
				dirty = append(dirty, strings.Join(d[:6], "|"))
			}
			if strings.Join(got, "\n") != strings.Join(dirty, "\n") {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(dirty, "\n"))
			}
		})
	}
}
