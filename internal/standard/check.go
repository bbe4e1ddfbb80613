package standard

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"kompeten/internal/db"
)

// longest is the longest code or key that is kept; both databases index it.
const longest = 80

type fileUnit struct {
	Code       string    `json:"code"`
	TitleID    string    `json:"title_id"`
	TitleEN    string    `json:"title_en"`
	Decree     string    `json:"decree"`
	Year       int       `json:"decree_year"`
	Standard   string    `json:"standard"`
	Field      string    `json:"field"`
	Confidence string    `json:"confidence"`
	Origin     string    `json:"elements_origin"`
	Elements   []Element `json:"elements"`
}

// take reads one entry of a file. An entry that is wrong is reported and passed over.
func (rep *Report) take(tx *db.Tx, raw json.RawMessage, i int, seen map[string]bool, dry bool) error {
	var f fileUnit
	err := json.Unmarshal(raw, &f)
	where := strings.TrimSpace(f.Code)
	if where == "" || !Plain(where) {
		where = fmt.Sprintf("#%d", i+1)
	}
	if err != nil {
		rep.Fail(where, "standard.bad_entry")
		return nil
	}
	if !f.sound(rep, where, seen) {
		return nil
	}
	seen[where] = true
	u := f.unit()
	if err := rep.warn(tx, f, u); err != nil {
		return err
	}
	return rep.put(tx, u, dry)
}

// sound reports the first thing that makes an entry no unit.
func (f fileUnit) sound(rep *Report, where string, seen map[string]bool) bool {
	bad := len(rep.Errors)
	switch {
	case strings.TrimSpace(f.Code) == "":
		rep.Fail(where, "standard.no_code")
	case len(f.Code) > longest:
		rep.Fail(where, "standard.long_code", longest)
	case !f.plain():
		rep.Fail(where, "standard.bad_text")
	case seen[where]:
		rep.Fail(where, "standard.twice")
	case strings.TrimSpace(f.TitleID) == "":
		rep.Fail(where, "standard.no_title")
	default:
		f.elements(rep, where)
	}
	return len(rep.Errors) == bad
}

// elements reports elements and criteria that could not be told apart, or say nothing.
func (f fileUnit) elements(rep *Report, where string) {
	elements, criteria := map[int]bool{}, map[string]bool{}
	for _, e := range f.Elements {
		if elements[e.No] || strings.TrimSpace(e.Name) == "" {
			rep.Fail(where, "standard.bad_element", fmt.Sprint(e.No))
			return
		}
		elements[e.No] = true
		for _, c := range e.Criteria {
			if c.No == "" || criteria[c.No] || strings.TrimSpace(c.Text) == "" || len(c.No) > longest {
				rep.Fail(where, "standard.bad_criterion", c.No)
				return
			}
			criteria[c.No] = true
		}
	}
}

func (f fileUnit) plain() bool {
	all := []string{f.Code, f.TitleID, f.TitleEN, f.Decree, f.Standard, f.Field, f.Confidence, f.Origin}
	for _, e := range f.Elements {
		all = append(all, e.Name)
		for _, c := range e.Criteria {
			all = append(all, c.No, c.Text)
		}
	}
	return Plain(all...)
}

// Plain says whether texts hold no control characters, which no title has and no paper can show.
func Plain(texts ...string) bool {
	for _, s := range texts {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			return false
		}
	}
	return true
}

func (f fileUnit) unit() Unit {
	u := Unit{Code: Code(strings.TrimSpace(f.Code)), TitleID: strings.TrimSpace(f.TitleID), TitleEN: strings.TrimSpace(f.TitleEN), Decree: f.Decree, Year: f.Year,
		Standard: f.Standard, Field: f.Field, Confidence: f.Confidence, Origin: f.Origin, Elements: f.Elements}
	if u.TitleEN == "" {
		u.TitleEN = u.TitleID
	}
	return u
}

// warn notes what goes on all the same: a code in no known shape, and one that another unit has written otherwise.
func (rep *Report) warn(tx *db.Tx, f fileUnit, u Unit) error {
	where, key := string(u.Code), Key(u.Code)
	switch {
	case u.Placeholder():
	case f.Code == where && WellFormed(u.Code):
	case WellFormed(Code(key)) && key != where:
		rep.Warn(where, "standard.odd_code_like", key)
	default:
		rep.Warn(where, "standard.odd_code")
	}
	same, err := sameKey(tx, u.Code)
	for _, c := range same {
		if c != u.Code {
			rep.Warn(where, "standard.same_key", string(c))
		}
	}
	return err
}
