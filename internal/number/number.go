// Package number gives out the numbers people read: certificates, registrations, letters, minutes, decrees.
//
// Numbers are gap-free per body and kind, allotted in the same transaction as the record that bears them, and
// never used twice; a spoiled one is kept as void. Width, pattern, first value and the yearly reset are settings
// of the body (CE-01; domain reference 4.2).
package number

import (
	"fmt"
	"strconv"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Kind is what the number stands on.
type Kind string

// The kinds.
const (
	Certificate  Kind = "certificate"
	Registration Kind = "registration"
	Letter       Kind = "letter"  // assignment letter
	Minutes      Kind = "minutes" // committee minutes
	Decree       Kind = "decree"
)

// Rule is how a body writes one kind of number. In the pattern stand {serial}, {year}, {roman} (month) and the
// names of the variables the caller gives, such as {kbli}.
type Rule struct {
	Pattern string
	Width   int    // digits of the serial, zero-filled
	Start   int64  // first serial
	Reset   string // "never" or "year"
}

// Standard is the rule of a body that has set none: the layouts seen on real papers.
func Standard(k Kind) Rule {
	switch k {
	case Certificate:
		return Rule{"{kbli} {kbji} {level} {serial} {year}", 7, 1, "never"}
	case Registration:
		return Rule{"{sector} {lsp} {serial} {year}", 5, 1, "never"}
	case Letter:
		return Rule{"{serial}/ST/LSP-{lsp}/{roman}/{year}", 3, 1, "year"}
	case Minutes:
		return Rule{"{serial}/BA-PLENO/LSP-{lsp}/{roman}/{year}", 3, 1, "year"}
	}
	return Rule{"{serial}/SK/LSP-{lsp}/{roman}/{year}", 3, 1, "year"}
}

// Want is one number asked for: the record that will bear it and the variables of the pattern.
type Want struct {
	Record string
	Vars   map[string]string
}

// Number is one number given out.
type Number struct {
	Period string
	Serial int64
	Text   string
}

// Set stores a body's rule. A start below what was given out already changes nothing that exists.
func Set(tx *db.Tx, body auth.OrgID, k Kind, r Rule) error {
	if !strings.Contains(r.Pattern, "{serial}") || r.Width < 1 || r.Width > 12 || r.Start < 1 {
		return fault.New(fault.Invalid, "number.rule_invalid")
	}
	_, err := tx.Exec(`INSERT INTO number_rule (body, kind, pattern, width, start, reset) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (body, kind) DO UPDATE SET pattern = excluded.pattern, width = excluded.width, start = excluded.start,
		reset = excluded.reset`, string(body), string(k), r.Pattern, r.Width, r.Start, r.Reset)
	return err
}

// RuleOf is the rule a body uses.
func RuleOf(tx *db.Tx, body auth.OrgID, k Kind) (Rule, error) {
	var r Rule
	err := tx.Get("SELECT pattern, width, start, reset FROM number_rule WHERE body = $1 AND kind = $2",
		[]any{string(body), string(k)}, &r.Pattern, &r.Width, &r.Start, &r.Reset)
	if fault.Is(err, fault.NotFound) {
		return Standard(k), nil
	}
	return r, err
}

// Allot gives out numbers in the order wanted, without a gap, for records made in the same transaction.
func Allot(tx *db.Tx, body auth.OrgID, k Kind, day date.Date, wants []Want) ([]Number, error) {
	if len(wants) == 0 {
		return nil, nil
	}
	rule, err := RuleOf(tx, body, k)
	if err != nil {
		return nil, fmt.Errorf("number rule: %w", err)
	}
	period := ""
	if rule.Reset == "year" {
		period = strconv.Itoa(day.Year())
	}
	first, err := advance(tx, body, k, period, rule.Start, int64(len(wants)))
	if err != nil {
		return nil, fmt.Errorf("number counter: %w", err)
	}
	out := make([]Number, len(wants))
	rows := make([][]any, len(wants))
	for i, w := range wants {
		n := Number{period, first + int64(i), ""}
		n.Text = rule.write(n.Serial, day, w.Vars)
		out[i] = n
		rows[i] = []any{string(body), string(k), period, n.Serial, n.Text, w.Record, "used", "", db.At(tx.Now())}
	}
	return out, tx.Insert("number_used", []string{"body", "kind", "period", "serial", "text", "record", "state", "reason", "at"}, rows)
}

// advance moves the counter by n and gives the first of them.
func advance(tx *db.Tx, body auth.OrgID, k Kind, period string, start, n int64) (int64, error) {
	var next int64
	err := tx.Get(`INSERT INTO number_counter (body, kind, period, next) VALUES ($1, $2, $3, $4)
		ON CONFLICT (body, kind, period) DO UPDATE SET next = number_counter.next + $5 RETURNING next`,
		[]any{string(body), string(k), period, start + n, n}, &next)
	return next - n, err
}

var roman = []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}

func (r Rule) write(serial int64, day date.Date, vars map[string]string) string {
	pairs := []string{
		"{serial}", fmt.Sprintf("%0*d", r.Width, serial),
		"{year}", strconv.Itoa(day.Year()),
		"{roman}", roman[day.Month()],
	}
	for k, v := range vars {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(r.Pattern)
}

// Void marks a number that was given out as spoiled. It is kept and never used again.
func Void(tx *db.Tx, body auth.OrgID, k Kind, text, reason string) error {
	return tx.Change(`UPDATE number_used SET state = 'void', reason = $4 WHERE body = $1 AND kind = $2 AND text = $3 AND state = 'used'`,
		string(body), string(k), text, reason)
}

// Gap is a missing or doubled serial, found by Gaps.
type Gap struct {
	Body, Kind, Period string
	Serial             int64
}

// Gaps finds where a body's numbers are not gap-free; none is right.
func Gaps(tx *db.Tx, body auth.OrgID) ([]Gap, error) {
	return db.All(tx, func(g *Gap) []any { return []any{&g.Body, &g.Kind, &g.Period, &g.Serial} }, `
		SELECT body, kind, period, serial FROM (
			SELECT body, kind, period, serial, serial - LAG(serial) OVER (PARTITION BY body, kind, period ORDER BY serial) AS step
			FROM number_used WHERE body = $1) s
		WHERE step <> 1 ORDER BY kind, period, serial`, string(body))
}
