// Package sheet reads participant lists as offices have them, and writes them back as offices want them.
//
// It finds the table by itself (titles, merged headers, numbering rows, banners, totals, signatures, summary
// sheets), keeps for every cell what was sent and what was understood, and names each problem on its row. It
// puts right only what cannot be doubted, says so, and guesses nothing silently. It knows no feature and no
// database: values in, values out.
package sheet

import (
	"slices"

	"kompeten/internal/date"
	"kompeten/internal/region"
)

// Field is one thing a list tells about a person, by its name in files and programs.
type Field string

// The fields.
const (
	No         Field = "no"
	Name       Field = "name"
	NIK        Field = "nik"
	BirthPlace Field = "birth_place"
	BirthDate  Field = "birth_date"
	Born       Field = "born" // place and date of birth in one cell
	Sex        Field = "sex"
	Address    Field = "address"
	District   Field = "district"
	Phone      Field = "phone_e164"
	Email      Field = "email"
	Education  Field = "education"
	Sector     Field = "sector"
	Business   Field = "business_or_employer"
	Extra      Field = "extra" // level or position
)

// Severity says what a problem means for its row.
type Severity string

// The severities: the row waits; it goes on after confirmation; it was put right and is shown.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Problem is one thing that is wrong with one cell.
type Problem struct {
	Field    Field    `json:"field"`
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Value    string   `json:"value"`    // as sent
	Expected string   `json:"expected"` // what would be right, where that can be said
}

// Sent is a cell as it came. Number tells a number cell from a text of digits: number cells lose digits.
type Sent struct {
	Text   string `json:"text"`
	Number bool   `json:"number,omitempty"`
}

// Row is one person of a list: what was sent and what was understood. A value that cannot be repaired is empty.
type Row struct {
	Sheet        string         `json:"sheet"`
	Row          int            `json:"row"` // as the spreadsheet counts
	No           int            `json:"no"`
	Name         string         `json:"name"`
	NIK          string         `json:"nik"`
	BirthPlace   string         `json:"birth_place"`
	BirthDate    date.Date      `json:"birth_date"`
	Sex          string         `json:"sex"`
	Address      string         `json:"address"`
	DistrictCode string         `json:"district_code"`
	District     string         `json:"district"`
	Phone        string         `json:"phone_e164"`
	Email        string         `json:"email,omitempty"`
	Education    string         `json:"education"`
	Sector       string         `json:"sector"`
	Business     string         `json:"business_or_employer"`
	Extra        string         `json:"extra,omitempty"`
	Problems     []Problem      `json:"problems"`
	Sent         map[Field]Sent `json:"sent,omitempty"`
}

// Worst is the gravest severity among the row's problems; empty when there is none.
func (r Row) Worst() Severity {
	for _, s := range []Severity{Error, Warning, Info} {
		if slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Severity == s }) {
			return s
		}
	}
	return ""
}

func (r *Row) add(f Field, code string, s Severity, value, expected string) {
	r.Problems = append(r.Problems, Problem{f, code, s, value, expected})
}

// Options say against what a list is checked.
type Options struct {
	Regency string    // whose districts to expect: "33.74"; inferred from the list when empty
	Day     date.Date // on which the youngest must be 17
	Sheet   string    // only this sheet; all with a table when empty
	Places  *Places   // the regions known
}

// Table is one table found in a file, and how.
type Table struct {
	Sheet   string           `json:"sheet"`
	Header  int              `json:"header"` // first header row, as the spreadsheet counts
	Columns map[Field]string `json:"columns"`
	Rows    int              `json:"rows"`
}

// Result is a list, read and understood.
type Result struct {
	Tables  []Table
	Rows    []Row
	Regency string // whose districts were expected
	Guessed bool   // the regency was inferred from the list
}

// Check reads a list from a file's bytes and understands every row. An error means that nothing was read.
func Check(data []byte, fileName string, o Options) (Result, error) {
	book, err := Open(data, fileName)
	if err != nil {
		return Result{}, err
	}
	tables, err := find(book, o.Sheet)
	if err != nil {
		return Result{}, err
	}
	var res Result
	for _, t := range tables {
		res.Tables = append(res.Tables, t.describe())
		res.Rows = append(res.Rows, t.rows...)
	}
	if o.Places == nil {
		o.Places = NewPlaces(region.Facts())
	}
	res.Regency = o.Regency
	if res.Regency == "" {
		res.Regency, res.Guessed = o.Places.infer(res.Rows), true
		o.Regency = res.Regency
	}
	for i := range res.Rows {
		Understand(&res.Rows[i], o)
	}
	Duplicates(res.Rows)
	return res, nil
}
