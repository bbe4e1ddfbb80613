package application

import (
	"kompeten/internal/db"
	"kompeten/internal/id"
	"kompeten/internal/text"
)

// Again is an application's record once more, under a name that was put right: what a certificate rests on that stands
// in the place of a wrong one. The first stays as it was, in the figures of its programme; this one counts in none.
// The caller is a feature that holds the Pass.
func Again(tx *db.Tx, first ID, name string) (ID, error) {
	r, err := db.One(tx, fields, "SELECT "+columns+" FROM application WHERE id = $1", string(first))
	if err != nil {
		return "", err
	}
	a := id.New("app", tx.Now())
	_, err = tx.Exec(`INSERT INTO application (id, programme, nominee, person, name, fold, lsp, office, scheme_version, funding, giver, district, sector, employer, state, stage, note,
			confirmed_at, submitted_at, accepted_at, sample, created_at, version)
		SELECT $1, '', '', person, $2, $3, lsp, office, scheme_version, funding, giver, district, sector, employer, state, $4, $5, confirmed_at, submitted_at, accepted_at, sample, $6, 1
		FROM application WHERE id = $7`, a, name, text.Fold(name), string(StageGranted), string(first), db.At(tx.Now()), string(first))
	if err != nil {
		return "", err
	}
	return ID(a), IndexNames(tx, NameOf(ID(a), name, r.LSP, r.Office)...)
}
