package programme

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
)

const nomineeColumns = `n.id, n.programme, n.person, n.scheme_version, n.district, n.sector, n.employer, n.place, n.state, p.name`

func nomineeFields(n *Nominee) []any {
	return []any{&n.ID, &n.Programme, &n.Person, &n.SchemeVersion, &n.District, &n.Sector, &n.Employer, &n.Place, &n.State, &n.Name}
}

// Release gives back what a nominee held, because her application was withdrawn or refused. Her seat goes to who has
// waited longest; those who got one are returned, so that their applications can be made. Its caller holds the Pass
// for what happened to the application.
func Release(tx *db.Tx, nominee string) (p Programme, promoted []Nominee, err error) {
	actor := auth.Actor{System: Seats}
	var pid ID
	var state string
	if err := tx.Get("SELECT programme, state FROM nominee WHERE id = $1", []any{nominee}, &pid, &state); err != nil {
		return p, nil, err
	}
	if p, err = Get(tx, actor, pid); err != nil || state == "withdrawn" {
		return p, nil, err
	}
	pass, err := allow(tx, actor, "release", p, "")
	if err != nil {
		return p, nil, err
	}
	if err := tx.Change("UPDATE nominee SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state = $2", nominee, state); err != nil {
		return p, nil, err
	}
	if err := ledger.Append(tx, p.Office, nominee, pass, map[string]string{"was": state}); err != nil || state != "seated" {
		return p, nil, err
	}
	if err := tx.Change("UPDATE programme SET taken = taken - 1 WHERE id = $1", string(pid)); err != nil {
		return p, nil, err
	}
	if p.State != Open && p.State != Frozen {
		return p, nil, nil
	}
	promoted, err = promote(tx, actor, pid)
	return p, promoted, err
}

// promote gives free seats to those who wait, in the order of the list.
func promote(tx *db.Tx, actor auth.Actor, pid ID) ([]Nominee, error) {
	p, err := Get(tx, actor, pid)
	if err != nil || p.Taken >= p.Seats {
		return nil, err
	}
	next, err := waitlist(tx, pid, 0, p.Seats-p.Taken)
	if err != nil || len(next) == 0 {
		return nil, err
	}
	pass, err := allow(tx, actor, "promote", p, "")
	if err != nil {
		return nil, err
	}
	var entries []ledger.Entry
	for i, n := range next {
		if err := tx.Change("UPDATE nominee SET state = 'seated', version = version + 1 WHERE id = $1 AND state = 'waitlisted'", n.ID); err != nil {
			return nil, err
		}
		next[i].State = "seated"
		entries = append(entries, ledger.Entry{Record: n.ID, Pass: pass})
	}
	if err := tx.Change("UPDATE programme SET taken = taken + $2 WHERE id = $1", string(pid), len(next)); err != nil {
		return nil, err
	}
	return next, ledger.AppendAll(tx, p.Office, entries)
}

// Waitlist lists who waits for a seat, in the order in which seats are given, after a place; for the office only.
func Waitlist(tx *db.Tx, actor auth.Actor, pid ID, after, limit int) ([]Nominee, error) {
	p, err := Get(tx, actor, pid)
	if err != nil {
		return nil, err
	}
	if !p.lists(actor) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return waitlist(tx, pid, after, limit)
}

func waitlist(tx *db.Tx, pid ID, after, limit int) ([]Nominee, error) {
	return db.All(tx, nomineeFields, "SELECT "+nomineeColumns+` FROM nominee n JOIN person p ON p.id = n.person
		WHERE n.programme = $1 AND n.state = 'waitlisted' AND n.place > $2 ORDER BY n.place, n.id LIMIT $3`, string(pid), after, limit)
}
