package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/scheme"
)

const columns = `id, office, lsp, title, decree, year, funding, giver, budget, unit_cost, seats, taken, place, regency, held_on, state, snapshot, sample, version`

func fields(p *Programme) []any {
	return []any{&p.ID, &p.Office, &p.LSP, &p.Title, &p.Decree, &p.Year, &p.Funding, &p.Giver, &p.Budget, &p.UnitCost, &p.Seats, &p.Taken, &p.Place,
		&p.Regency, &p.HeldOn, &p.State, &p.Snapshot, &p.Sample, &p.Version}
}

// Get is one programme, for its office, its LSP and the regulator.
func Get(tx *db.Tx, actor auth.Actor, pid ID) (Programme, error) {
	p, err := db.One(tx, fields, "SELECT "+columns+" FROM programme WHERE id = $1", string(pid))
	if err != nil {
		return p, err
	}
	if !p.sees(actor) {
		return Programme{}, fault.New(fault.NotFound, "db.not_found")
	}
	p.Schemes, err = db.Column[scheme.VersionID](tx, "SELECT scheme_version FROM programme_scheme WHERE programme = $1 ORDER BY scheme_version", string(pid))
	return p, err
}

// List is the programmes the actor may see, the newest first.
func List(tx *db.Tx, actor auth.Actor) ([]Programme, error) {
	var orgs []any
	for _, o := range actor.AllOrgs() {
		orgs = append(orgs, string(o))
	}
	if len(orgs) == 0 {
		return nil, nil
	}
	where := "office IN " + db.Places(1, len(orgs)) + " OR lsp IN " + db.Places(1, len(orgs))
	if actor.Any(auth.Regulator) {
		where, orgs = "1 = 1", nil
	}
	return db.All(tx, fields, "SELECT "+columns+" FROM programme WHERE "+where+" ORDER BY created_at DESC, id DESC LIMIT 200", orgs...)
}

func insert(tx *db.Tx, p Programme, pass flow.Pass) error {
	_, err := tx.Exec(`INSERT INTO programme (id, office, lsp, title, decree, year, funding, giver, budget, unit_cost, seats, taken, place, regency, held_on,
		state, snapshot, sample, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15, '', $16, $17, 1)`,
		string(p.ID), string(p.Office), string(p.LSP), p.Title, p.Decree, p.Year, p.Funding, p.Giver, int64(p.Budget), int64(p.UnitCost), p.Seats, p.Place,
		p.Regency, string(p.HeldOn), string(pass.To()), p.Sample, db.At(tx.Now()))
	if err != nil {
		return err
	}
	if err := saveSchemes(tx, p); err != nil {
		return err
	}
	return ledger.Append(tx, p.Office, string(p.ID), pass, nil)
}

func saveSchemes(tx *db.Tx, p Programme) error {
	if _, err := tx.Exec("DELETE FROM programme_scheme WHERE programme = $1", string(p.ID)); err != nil {
		return err
	}
	var rows [][]any
	for _, v := range p.Schemes {
		rows = append(rows, []any{string(p.ID), string(v)})
	}
	return tx.Insert("programme_scheme", []string{"programme", "scheme_version"}, rows)
}

func save(tx *db.Tx, p Programme, pass flow.Pass, detail any) error {
	err := tx.Change(`UPDATE programme SET lsp = $2, title = $3, decree = $4, year = $5, funding = $6, giver = $7, budget = $8, unit_cost = $9, seats = $10,
		place = $11, regency = $12, held_on = $13, state = $14, snapshot = $15, version = version + 1 WHERE id = $1 AND version = $16`,
		string(p.ID), string(p.LSP), p.Title, p.Decree, p.Year, p.Funding, p.Giver, int64(p.Budget), int64(p.UnitCost), p.Seats, p.Place, p.Regency,
		string(p.HeldOn), string(pass.To()), p.Snapshot, p.Version)
	if err != nil {
		return err
	}
	if pass.Action() == "edit" {
		if err := saveSchemes(tx, p); err != nil {
			return err
		}
	}
	return ledger.Append(tx, p.Office, string(p.ID), pass, detail)
}

// snapshot is a hash over who is nominated for what, in order.
func snapshot(tx *db.Tx, p ID) (string, error) {
	lines, err := db.All(tx, func(l *[3]string) []any { return []any{&l[0], &l[1], &l[2]} },
		"SELECT person, scheme_version, state FROM nominee WHERE programme = $1 ORDER BY place, id", string(p))
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, l := range lines {
		fmt.Fprintln(h, l[0], l[1], l[2])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
