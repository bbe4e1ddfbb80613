package reminder

import (
	"cmp"
	"slices"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

func sortByEnd(list []Reminder) {
	slices.SortStableFunc(list, func(a, b Reminder) int { return cmp.Compare(a.Certificate.ValidUntil, b.Certificate.ValidUntil) })
}

// get is a reminder of a certificate; not found, it is one that nobody noted yet.
func get(tx *db.Tx, c certificate.Certificate, months int) (Reminder, error) {
	r := Reminder{Certificate: c, Months: months}
	var at db.Time
	err := tx.Get("SELECT state, sent_at FROM reminder WHERE certificate = $1 AND months = $2", []any{string(c.ID), months}, &r.State, &at)
	r.SentAt = at.Time
	return r, err
}

// ending is the certificates that hold and end within months, but not within fewer ones, and have no such reminder yet;
// months being of different lengths, some days too many on both sides.
func ending(tx *db.Tx, months int, today date.Date, shorter int, after certificate.ID) ([]certificate.ID, error) {
	from := today.AddDays(-1)
	if shorter > 0 {
		from = today.AddMonths(shorter)
	}
	return db.Column[certificate.ID](tx, `SELECT c.id FROM certificate c WHERE c.state = 'active' AND c.valid_until > $1 AND c.valid_until <= $2 AND c.id > $3
		AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.certificate = c.id AND r.months = $4) ORDER BY c.id LIMIT $5`,
		string(from), string(today.AddMonths(months).AddDays(monthsDiffer)), string(after), months, batch)
}

// monthsDiffer is by how many days months do.
const monthsDiffer = 3

func insert(tx *db.Tx, r Reminder, pass flow.Pass, write bool) error {
	var next db.Time
	if write {
		next = db.At(tx.Now())
	}
	_, err := tx.Exec("INSERT INTO reminder (certificate, months, state, made_at, next_at, tries) VALUES ($1, $2, $3, $4, $5, 0)",
		string(r.Certificate.ID), r.Months, string(pass.To()), db.At(tx.Now()), next)
	if err != nil {
		return err
	}
	return note(tx, r, pass)
}

// waiting is the letters that are to be tried now.
func waiting(tx *db.Tx) ([]letter, error) {
	return db.All(tx, func(l *letter) []any { return []any{&l.Certificate, &l.Months, &l.tries} },
		"SELECT certificate, months, tries FROM reminder WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at, certificate, months LIMIT $2", db.At(tx.Now()), batch)
}

// tried counts a letter that is tried now.
func tried(tx *db.Tx, l letter) error {
	var next db.Time
	if l.tries+1 < mostTries {
		next = db.At(tx.Now().Add(tryAgain))
	}
	return tx.Change("UPDATE reminder SET tries = $3, next_at = $4 WHERE certificate = $1 AND months = $2", string(l.Certificate), l.Months, l.tries+1, next)
}

func sent(tx *db.Tx, r Reminder, pass flow.Pass) error {
	err := tx.Change("UPDATE reminder SET state = $3, sent_at = $4, next_at = NULL WHERE certificate = $1 AND months = $2 AND state = 'due'",
		string(r.Certificate.ID), r.Months, string(pass.To()), db.At(tx.Now()))
	if err != nil {
		return err
	}
	return note(tx, r, pass)
}

func note(tx *db.Tx, r Reminder, pass flow.Pass) error {
	l := letter{Certificate: r.Certificate.ID, Months: r.Months}
	return ledger.Append(tx, r.Certificate.LSP, l.key(), pass, map[string]int{"months": r.Months})
}
