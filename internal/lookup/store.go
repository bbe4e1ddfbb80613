package lookup

import (
	"strings"

	"kompeten/internal/db"
)

// perWrite is how many rows one transaction takes, so that others come in between; perStatement how many a statement.
const (
	perWrite     = 500
	perStatement = 50
)

// written is what the database has of a certificate.
func written(tx *db.Tx, code string) ([]Day, error) {
	return db.All(tx, func(d *Day) []any { return []any{&d.Day, &d.Count} },
		"SELECT day, count FROM lookup_day WHERE code = $1 ORDER BY day DESC LIMIT $2", code, shown)
}

// values writes the places of rows with so many columns, for VALUES.
func values(rows, columns int) string {
	out := make([]string, rows)
	for i := range out {
		out[i] = db.Places(columns*i+1, columns)
	}
	return strings.Join(out, ",")
}

// unforgiven are the addresses whose buckets are not full yet.
func unforgiven(tx *db.Tx) ([]row, error) {
	return db.All(tx, func(r *row) []any { return []any{&r.address, &r.checks, &r.numbers, &r.misses} },
		"SELECT address, checks, numbers, misses FROM lookup_limit WHERE until > $1 ORDER BY until DESC LIMIT $2", db.At(tx.Now()), mostAddresses)
}

// forgive forgets the addresses whose buckets are full again.
func forgive(tx *db.Tx) error {
	_, err := tx.Exec("DELETE FROM lookup_limit WHERE until <= $1", db.At(tx.Now()))
	return err
}

// keep writes rows; of what another program wrote of the same address, the later moment stands.
func keep(tx *db.Tx, rows []row) error {
	for len(rows) > 0 {
		n := min(len(rows), perStatement)
		args := make([]any, 0, 5*n)
		for _, r := range rows[:n] {
			args = append(args, r.address, r.checks, r.numbers, r.misses, r.last)
		}
		_, err := tx.Exec("INSERT INTO lookup_limit (address, checks, numbers, misses, until) VALUES "+values(n, 5)+`
			ON CONFLICT (address) DO UPDATE SET
			checks = CASE WHEN excluded.checks > lookup_limit.checks THEN excluded.checks ELSE lookup_limit.checks END,
			numbers = CASE WHEN excluded.numbers > lookup_limit.numbers THEN excluded.numbers ELSE lookup_limit.numbers END,
			misses = CASE WHEN excluded.misses > lookup_limit.misses THEN excluded.misses ELSE lookup_limit.misses END,
			until = CASE WHEN excluded.until > lookup_limit.until THEN excluded.until ELSE lookup_limit.until END`, args...)
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
