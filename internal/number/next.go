package number

import (
	"regexp"
	"slices"
	"strconv"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Kinds lists the kinds in the order in which a case meets them.
func Kinds() []Kind { return []Kind{Letter, Minutes, Decree, Certificate, Registration} }

// Vars are what may stand in a pattern of a kind besides {serial}, {year} and {roman}.
func Vars(k Kind) []string {
	if k == Certificate || k == Registration {
		return []string{"kbli", "kbji", "level", "sector", "lsp"}
	}
	return []string{"lsp"}
}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// Check finds what would make numbers that cannot be told apart, or that nobody fills in.
func (r Rule) Check(k Kind) error {
	f := fault.New(fault.Invalid, "form.invalid")
	known := append([]string{"serial", "year", "roman"}, Vars(k)...)
	has := map[string]bool{}
	for _, m := range inBraces.FindAllStringSubmatch(r.Pattern, -1) {
		if has[m[1]] = true; !slices.Contains(known, m[1]) {
			f.With("pattern", "number.unknown_part", m[0])
		}
	}
	if !has["serial"] {
		f.With("pattern", "number.no_serial")
	}
	if r.Reset == "year" && !has["year"] {
		f.With("pattern", "number.no_year")
	}
	if r.Reset != "year" && r.Reset != "never" {
		f.With("reset", "form.required")
	}
	if r.Width < 1 || r.Width > 12 {
		f.With("width", "number.width_wrong")
	}
	if r.Start < 1 {
		f.With("start", "number.start_wrong")
	}
	return f.Or()
}

// Next is the number that would be given out next under a rule on a day; nothing is given out.
func Next(tx *db.Tx, body auth.OrgID, k Kind, r Rule, day date.Date, vars map[string]string) (Number, error) {
	n := Number{Serial: r.Start}
	if r.Reset == "year" {
		n.Period = strconv.Itoa(day.Year())
	}
	err := tx.Get("SELECT next FROM number_counter WHERE body = $1 AND kind = $2 AND period = $3", []any{string(body), string(k), n.Period}, &n.Serial)
	if fault.Is(err, fault.NotFound) {
		n.Serial, err = r.Start, nil
	}
	n.Text = r.write(n.Serial, day, vars)
	return n, err
}

// Taken says whether a body has given out this very number already.
func Taken(tx *db.Tx, body auth.OrgID, k Kind, text string) (bool, error) {
	return tx.Has("SELECT serial FROM number_used WHERE body = $1 AND kind = $2 AND text = $3", string(body), string(k), text)
}
