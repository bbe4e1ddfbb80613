package standard

import (
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
)

// PageSize is how many units a page of the list has.
const PageSize = 50

var likeSigns = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Search is the newest editions of the units in whose code or title the words stand, by code, after one already shown;
// one more than PageSize says that there are others. Standards are public.
func Search(tx *db.Tx, _ auth.Actor, words string, after Code) ([]Unit, error) {
	like := "%" + likeSigns.Replace(strings.ToLower(strings.TrimSpace(words))) + "%"
	return db.All(tx, fields, "SELECT "+columns+` FROM unit u WHERE code > $1
		AND edition = (SELECT MAX(n.edition) FROM unit n WHERE n.code = u.code)
		AND (LOWER(code) LIKE $2 ESCAPE '\' OR LOWER(title_id) LIKE $2 ESCAPE '\' OR LOWER(title_en) LIKE $2 ESCAPE '\')
		ORDER BY code LIMIT $3`, string(after), like, PageSize+1)
}

// Editions lists the editions of a unit, the newest first.
func Editions(tx *db.Tx, _ auth.Actor, c Code) ([]int, error) {
	return db.Column[int](tx, "SELECT edition FROM unit WHERE code = $1 ORDER BY edition DESC", string(c))
}
