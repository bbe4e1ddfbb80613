package person

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/text"
)

// Address is where a person is written to, and in which language.
type Address struct {
	Name  string
	Email string // empty where none is known
	Lang  text.Lang
}

// Post is where a person is written to, for what the system writes. Her language is the one she last gave a consent in;
// who never did has the language of her account, and who has none reads Indonesian.
func Post(tx *db.Tx, actor auth.Actor, p auth.PersonID) (Address, error) {
	if actor.System == "" {
		return Address{}, fault.New(fault.NotFound, "db.not_found")
	}
	var a Address
	var lang string
	err := tx.Get(`SELECT p.name, p.email, COALESCE((SELECT c.lang FROM consent c WHERE c.person = p.id ORDER BY c.given_at DESC, c.id DESC LIMIT 1),
		(SELECT a.lang FROM account a WHERE a.person = p.id), '') FROM person p WHERE p.id = $1`, []any{string(p)}, &a.Name, &a.Email, &lang)
	a.Lang = text.Parse(lang)
	return a, err
}
