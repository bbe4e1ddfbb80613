package scheme

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

// highest is the number of a scheme's newest version, drafts included.
func highest(tx *db.Tx, s ID) (no int, err error) {
	err = tx.Get("SELECT MAX(no) FROM scheme_version WHERE scheme = $1", []any{string(s)}, &no)
	return no, err
}

func insert(tx *db.Tx, v Version, state flow.State) error {
	_, err := tx.Exec(`INSERT INTO scheme_version (id, scheme, no, state, used, number, title_id, title_en, area_id, area_en, level, kbli, kbji, sector,
		validity_months, min_electives, sample, doc, hash, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)`,
		string(v.ID), string(v.Scheme), v.No, string(state), false, v.Number, v.TitleID, v.TitleEN, v.AreaID, v.AreaEN, v.Level, v.KBLI, v.KBJI, v.Sector,
		v.ValidityMonths, v.MinElectives, v.Sample, db.JSON(doc{v.Requirements, v.Partial}), v.hash(), db.At(tx.Now()))
	if err != nil {
		return err
	}
	return insertUnits(tx, v)
}

func insertUnits(tx *db.Tx, v Version) error {
	var rows [][]any
	for _, u := range v.Units {
		rows = append(rows, []any{string(v.ID), u.No, string(u.Code), u.Edition, u.Kind, u.Group})
	}
	return tx.Insert("scheme_unit", []string{"scheme_version", "no", "code", "edition", "kind", "grp"}, rows)
}

// update replaces the content of a draft that nothing has taken; on any other row it changes nothing and says so.
func update(tx *db.Tx, v Version) error {
	err := tx.Change(`UPDATE scheme_version SET number = $3, title_id = $4, title_en = $5, area_id = $6, area_en = $7, level = $8, kbli = $9, kbji = $10, sector = $11,
		validity_months = $12, min_electives = $13, doc = $14, hash = $15, version = version + 1
		WHERE id = $1 AND version = $2 AND state = 'draft' AND used = $16`,
		string(v.ID), v.Version, v.Number, v.TitleID, v.TitleEN, v.AreaID, v.AreaEN, v.Level, v.KBLI, v.KBJI, v.Sector,
		v.ValidityMonths, v.MinElectives, db.JSON(doc{v.Requirements, v.Partial}), v.hash(), false)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM scheme_unit WHERE scheme_version = $1", string(v.ID)); err != nil {
		return err
	}
	return insertUnits(tx, v)
}

// Versions is every version of a scheme, newest first, without units.
func Versions(tx *db.Tx, _ auth.Actor, s ID) ([]Version, error) {
	out, err := db.All(tx, fields, "SELECT "+columns+" FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE v.scheme = $1 ORDER BY v.no DESC", string(s))
	if err == nil && len(out) == 0 {
		err = fault.New(fault.NotFound, "db.not_found")
	}
	return out, err
}
