// Package region knows provinces, regencies and cities, and districts by their codes, so that an address on an
// office's list is understood and a figure can be given by district.
//
// Built in are all provinces and regencies, and the districts of the five sample stories; "kompeten import
// regions" loads a full list. Codes are those of the ministry of home affairs (11, 11.01, 11.01.01).
package region

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed facts.csv
var facts string

// Kind is the level of a region.
type Kind string

// The levels.
const (
	Province Kind = "province"
	Regency  Kind = "regency"
	District Kind = "district"
)

// Region is one place: its code says its level and what it belongs to.
type Region struct {
	Code string
	Name string
}

// Kind is the level, by the parts of the code.
func (r Region) Kind() Kind {
	return [...]Kind{Province, Regency, District}[min(strings.Count(r.Code, "."), 2)]
}

// Parent is the code of the region it belongs to; empty for a province.
func (r Region) Parent() string {
	i := strings.LastIndexByte(r.Code, '.')
	return r.Code[:max(i, 0)]
}

// Facts are the regions built in, by code.
func Facts() []Region {
	out, bad, err := Parse(strings.NewReader(facts))
	if err != nil || len(bad) > 0 {
		panic(fmt.Sprint("region facts: ", err, bad)) // our own file, read by every test
	}
	return out
}

// RowError is a line of a file that is no region, and why.
type RowError struct {
	Line int
	Text string
}

// Parse reads a CSV file with the columns code and name, others being passed over. Lines that are no region are
// reported, the others go on.
func Parse(r io.Reader) ([]Region, []RowError, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("regions: %w", err)
	}
	code, name := index(head, "code"), index(head, "name")
	if code < 0 || name < 0 {
		return nil, nil, fmt.Errorf("regions: the first line must name the columns code and name, found %q", head)
	}
	var out []Region
	var bad []RowError
	for {
		rec, err := in.Read()
		if err == io.EOF {
			return out, bad, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			bad = append(bad, RowError{broken.StartLine, broken.Err.Error()})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("regions: %w", err)
		}
		if len(rec) <= max(code, name) || !validCode(rec[code]) || !validName(rec[name]) {
			line, _ := in.FieldPos(0)
			bad = append(bad, RowError{line, strings.Join(rec, ",")})
			continue
		}
		out = append(out, Region{rec[code], strings.TrimSpace(rec[name])})
	}
}

func index(head []string, name string) int {
	for i, h := range head {
		if strings.TrimPrefix(strings.ToLower(strings.TrimSpace(h)), "\ufeff") == name {
			return i
		}
	}
	return -1
}

// validName accepts what can be shown and stored: UTF-8 without control characters.
func validName(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// validCode accepts 11, 11.01 and 11.01.01.
func validCode(s string) bool {
	if len(s) != 2 && len(s) != 5 && len(s) != 8 {
		return false
	}
	for i, c := range []byte(s) {
		if (i%3 == 2) != (c == '.') || i%3 != 2 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
