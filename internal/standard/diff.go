package standard

import (
	"fmt"
	"strconv"
)

// Change is one difference between what is kept and what a file says.
type Change struct {
	Where    string // the unit's or scheme's name in the file
	What     string // as the file calls it: title_id, elements 2, kuk 2.1, units
	Old, New string
}

// Differ notes a field whose value differs.
func (r *Report) Differ(where, what, before, after string) {
	if before != after {
		r.Changes = append(r.Changes, Change{where, what, before, after})
	}
}

// Warn notes what goes on all the same but should be looked at.
func (r *Report) Warn(where, key string, args ...any) {
	r.Warnings = append(r.Warnings, RowError{where, key, args})
}

// differ notes everything in which a unit of a file differs from the one kept.
func (r *Report) differ(before, after Unit) {
	where := string(after.Code)
	r.Differ(where, "title_id", before.TitleID, after.TitleID)
	r.Differ(where, "title_en", before.TitleEN, after.TitleEN)
	r.Differ(where, "decree", before.Decree, after.Decree)
	r.Differ(where, "decree_year", strconv.Itoa(before.Year), strconv.Itoa(after.Year))
	r.Differ(where, "standard", before.Standard, after.Standard)
	r.Differ(where, "field", before.Field, after.Field)
	r.Differ(where, "confidence", before.Confidence, after.Confidence)
	r.Differ(where, "elements_origin", before.Origin, after.Origin)
	r.lines(where, lines(before), lines(after))
}

// line is an element or a criterion by its number.
type line struct{ what, text string }

func lines(u Unit) []line {
	var out []line
	for _, e := range u.Elements {
		out = append(out, line{fmt.Sprintf("elements %d", e.No), e.Name})
		for _, c := range e.Criteria {
			out = append(out, line{"kuk " + c.No, c.Text})
		}
	}
	return out
}

// lines notes what of a list changed, went, or came.
func (r *Report) lines(where string, before, after []line) {
	now := map[string]string{}
	for _, l := range after {
		now[l.what] = l.text
	}
	was := map[string]bool{}
	for _, l := range before {
		was[l.what] = true
		r.Differ(where, l.what, l.text, now[l.what])
	}
	for _, l := range after {
		if !was[l.what] {
			r.Differ(where, l.what, "", l.text)
		}
	}
}
