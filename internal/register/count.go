package register

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

// Counted is what of a certificate is counted. Regency and Sex are empty where the holder did not agree to statistics
// or they are not known.
type Counted struct {
	LSP                  auth.OrgID
	Scheme               string
	Level                int
	Sector               string
	Regency, Sex         string
	IssuedOn, ValidUntil date.Date
	State                flow.State
	Sample               bool
}

// The tables of counts. They cross only along the branches of one tree, month – scheme – regency – status and
// regency – sex, so that together they tell nothing that none of them tells alone (docs/adr/0009).
const (
	byScheme        = "scheme"
	byRegency       = "regency"
	bySex           = "sex"
	byMonth         = "month"
	byStatus        = "status"
	schemeByRegency = "scheme_regency"
	schemeByMonth   = "scheme_month"
	regencyBySex    = "regency_sex"
	regencyByStatus = "regency_status"
)

// cell is a key of the counts. Until is the last month of validity, for tables that tell a status.
type cell struct {
	sample                  bool
	tab, a, b, state, until string
	part                    int64
}

func (c cell) less(d cell) int {
	return slices.Compare([]string{c.tab, c.a, c.b, c.state, c.until}, []string{d.tab, d.a, d.b, d.state, d.until})
}

// parts is over how many rows a count is spread, by body, so that bodies that issue at the same time do not wait for
// each other at the total.
const parts = 8

func part(lsp auth.OrgID) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(lsp))
	return int64(h.Sum32() % parts)
}

func month(d date.Date) string { return string(d[:min(len(d), 7)]) }

// kindOf names a scheme with the level and sector it was issued at, as counts keep it.
func kindOf(scheme string, level int, sector string) string {
	return fmt.Sprintf("%s|%d|%s", scheme, level, sector)
}

// statuses are the cells in which a certificate is counted by what became of it.
func (c Counted) statuses(state flow.State) []cell {
	until, p := month(c.ValidUntil), part(c.LSP)
	return []cell{{c.Sample, byStatus, "", "", string(state), until, p}, {c.Sample, regencyByStatus, c.Regency, "", string(state), until, p}}
}

func (c Counted) cells() []cell {
	kind, issued, p := kindOf(c.Scheme, c.Level, c.Sector), month(c.IssuedOn), part(c.LSP)
	one := func(tab, a, b string) cell { return cell{c.Sample, tab, a, b, "", "", p} }
	return append(c.statuses(c.State), one(byScheme, kind, ""), one(byRegency, c.Regency, ""), one(bySex, c.Sex, ""), one(byMonth, issued, ""),
		one(schemeByRegency, kind, c.Regency), one(schemeByMonth, kind, issued), one(regencyBySex, c.Regency, c.Sex))
}

// Count counts certificates that are being issued, in the transaction that issues them.
func Count(tx *db.Tx, list []Counted) error {
	add := map[cell]int64{}
	for _, c := range list {
		for _, k := range c.cells() {
			add[k]++
		}
	}
	return increment(tx, add)
}

// Move counts a certificate under another state, in the transaction that changes it.
func Move(tx *db.Tx, c Counted, to flow.State) error {
	if c.State == to {
		return nil
	}
	add := map[cell]int64{}
	for _, k := range c.statuses(c.State) {
		add[k]--
	}
	for _, k := range c.statuses(to) {
		add[k]++
	}
	return increment(tx, add)
}

// increment adds to counts, always in one order, so that two transactions never wait for each other in a circle.
func increment(tx *db.Tx, add map[cell]int64) error {
	for _, k := range slices.SortedFunc(maps.Keys(add), cell.less) {
		_, err := tx.Exec(`INSERT INTO register_count (sample, tab, a, b, state, until, part, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (sample, tab, a, b, state, until, part) DO UPDATE SET n = register_count.n + excluded.n`,
			k.sample, k.tab, k.a, k.b, k.state, k.until, k.part, add[k])
		if err != nil {
			return err
		}
	}
	return nil
}

// Flow is what may happen to the counts.
var Flow = flow.Table[Counts]{
	Kind:  "register",
	State: func(Counts) flow.State { return flow.None },
	Steps: []flow.Step[Counts]{{Do: "recount", From: []flow.State{flow.None}, To: "counted", By: []flow.Who[Counts]{
		{Name: "setup", Is: func(a auth.Actor, _ Counts) bool { return a.System == "setup" }}}}},
}

// Counts is the counts as one record.
type Counts struct{}

var (
	reader = auth.Actor{System: "register"}
	setup  = auth.Actor{System: "setup"}
)

// sums are the columns of each table of counts, from the certificates themselves.
var sums = []struct{ tab, a, b, state, until string }{
	{byScheme, kindColumn, "''", "''", "''"},
	{byRegency, "c.regency", "''", "''", "''"},
	{bySex, "c.sex", "''", "''", "''"},
	{byMonth, "substr(c.issued_on, 1, 7)", "''", "''", "''"},
	{byStatus, "''", "''", "c.state", "substr(c.valid_until, 1, 7)"},
	{schemeByRegency, kindColumn, "c.regency", "''", "''"},
	{schemeByMonth, kindColumn, "substr(c.issued_on, 1, 7)", "''", "''"},
	{regencyBySex, "c.regency", "c.sex", "''", "''"},
	{regencyByStatus, "c.regency", "''", "c.state", "substr(c.valid_until, 1, 7)"},
}

const kindColumn = "v.scheme || '|' || v.level || '|' || v.sector"

// Recount counts every certificate anew and says how many counts were wrong. Nothing is issued meanwhile.
func (s *Service) Recount(ctx context.Context, actor auth.Actor) (wrong int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "recount", Counts{}, "")
		if err != nil {
			return err
		}
		was, err := counts(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM register_count"); err != nil {
			return err
		}
		for _, x := range sums {
			_, err := tx.Exec(`INSERT INTO register_count (sample, tab, a, b, state, until, part, n)
				SELECT q.sample, $1, q.a, q.b, q.state, q.until, 0, COUNT(*) FROM (SELECT c.sample AS sample, `+x.a+` AS a, `+x.b+` AS b, `+x.state+` AS state, `+x.until+` AS until
				FROM certificate c JOIN scheme_version v ON v.id = c.scheme_version) AS q GROUP BY q.sample, q.a, q.b, q.state, q.until`, x.tab)
			if err != nil {
				return fmt.Errorf("recount %s: %w", x.tab, err)
			}
		}
		now, err := counts(tx)
		if err != nil {
			return err
		}
		wrong = differ(was, now)
		if _, err := tx.Exec("INSERT INTO register_counted (id, at) VALUES ('whole', $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at", db.At(tx.Now())); err != nil {
			return err
		}
		return ledger.Append(tx, "", "register", pass, map[string]int{"counts": len(now), "wrong": wrong})
	})
	return wrong, err
}

// counts is every count, its parts added up.
func counts(tx *db.Tx) (map[cell]int64, error) {
	type row struct {
		cell
		n int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.sample, &r.tab, &r.a, &r.b, &r.state, &r.until, &r.n} },
		`SELECT sample, tab, a, b, state, until, CAST(SUM(n) AS BIGINT) FROM register_count GROUP BY sample, tab, a, b, state, until
		ORDER BY sample, tab, a, b, state, until`)
	out := map[cell]int64{}
	for _, r := range rows {
		if r.n != 0 {
			out[r.cell] = r.n
		}
	}
	return out, err
}

func differ(a, b map[cell]int64) (n int) {
	for k := range a {
		if a[k] != b[k] {
			n++
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			n++
		}
	}
	return n
}
