package scheme

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/standard"
)

// Using lists the versions that have a unit in their package, drafts left out, by title, without units.
func Using(tx *db.Tx, _ auth.Actor, c standard.Code) ([]Version, error) {
	return db.All(tx, fields, "SELECT "+columns+` FROM scheme_version v JOIN scheme s ON s.id = v.scheme
		JOIN scheme_unit p ON p.scheme_version = v.id AND p.code = $1 WHERE v.state <> 'draft' ORDER BY v.title_id, v.no DESC, v.id LIMIT 200`, string(c))
}

// Changes is everything in which a version differs from one before it.
func Changes(before, after Version) []standard.Change {
	var rep standard.Report
	differ(&rep, before, after)
	return rep.Changes
}
