package organisation

import (
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/text"
)

// PageSize is how many organisations a page of a list has.
const PageSize = 50

// Cursor is where a list goes on: the fold and id of the last organisation shown. The zero Cursor is the beginning.
type Cursor struct {
	Fold string
	ID   auth.OrgID
}

// After is the Cursor behind an organisation.
func After(o Org) Cursor { return Cursor{fold(o), o.ID} }

// Page is the next organisations of a kind, every kind if k is empty, by name; one more than PageSize says that there are others.
func Page(tx *db.Tx, actor auth.Actor, k Kind, after Cursor) ([]Org, error) {
	if actor.Nobody() {
		return nil, nil
	}
	return db.All(tx, fields, "SELECT "+columns+` FROM organisation WHERE (kind = $1 OR $1 = '') AND (fold, id) > ($2, $3)
		ORDER BY fold, id LIMIT $4`, string(k), after.Fold, string(after.ID), PageSize+1)
}

var likeSigns = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Find is the organisations of a kind in whose name the words stand, as a person types them; every kind if k is
// empty.
func Find(tx *db.Tx, actor auth.Actor, k Kind, words string) ([]Org, error) {
	if actor.Nobody() {
		return nil, nil
	}
	like := "%" + likeSigns.Replace(text.Fold(words)) + "%"
	return db.All(tx, fields, "SELECT "+columns+` FROM organisation WHERE (kind = $1 OR $1 = '') AND fold LIKE $2 ESCAPE '\'
		ORDER BY fold, id LIMIT $3`, string(k), like, PageSize)
}

// Zone is the time zone of an organisation.
func Zone(tx *db.Tx, org auth.OrgID) (z date.Zone, err error) {
	err = tx.Get("SELECT zone FROM organisation WHERE id = $1", []any{string(org)}, &z)
	return z, err
}
