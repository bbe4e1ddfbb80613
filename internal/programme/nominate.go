package programme

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
)

// Nominee is a person an office sends to be certified.
type Nominee struct {
	ID            string
	Programme     ID
	Person        auth.PersonID
	SchemeVersion scheme.VersionID
	District      string
	Sector        string
	Employer      string
	Place         int // order on the list; who has no seat waits in this order
	State         string
	Name          string
}

// Nomination says what nominating did.
type Nomination struct{ Seated, Waitlisted, Already int }

// batch is how many people go into one transaction.
const batch = 500

// Nominate sends every good row of the list to be certified, in the order of the list. choice says the scheme by
// what the list says of level or position; the key "" is for all others. Where the seats end, people wait in order.
func (s *Service) Nominate(ctx context.Context, actor auth.Actor, pid ID, choice map[string]scheme.VersionID) (Nomination, error) {
	var sum Nomination
	after := Filter{State: RowGood, Limit: batch}
	for {
		part, more, err := s.nominateBatch(ctx, actor, pid, choice, &after)
		sum.Seated, sum.Waitlisted, sum.Already = sum.Seated+part.Seated, sum.Waitlisted+part.Waitlisted, sum.Already+part.Already
		if err != nil || !more {
			return sum, err
		}
	}
}

func (s *Service) nominateBatch(ctx context.Context, actor auth.Actor, pid ID, choice map[string]scheme.VersionID, after *Filter) (n Nomination, more bool, err error) {
	from := *after
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		n, more = Nomination{}, false
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "nominate", p, "")
		if err != nil {
			return err
		}
		rows, err := s.rows(tx, pid, from)
		if err != nil || len(rows) == 0 {
			return err
		}
		last := rows[len(rows)-1]
		more, after.After, after.AfterID = len(rows) == batch, last.Row.Row, last.ID
		if n, err = s.take(tx, actor, p, rows, choice); err != nil {
			return err
		}
		return ledger.Append(tx, p.Office, string(pid), pass, n)
	})
	return n, more, err
}

func (s *Service) take(tx *db.Tx, actor auth.Actor, p Programme, rows []ListRow, choice map[string]scheme.VersionID) (n Nomination, err error) {
	ins := make([]person.Input, len(rows))
	for i, r := range rows {
		ins[i] = input(p, r.Row)
	}
	people, err := person.PutAll(tx, s.box, actor, p.Office, ins)
	if err != nil {
		return n, err
	}
	have, place, err := nominated(tx, p.ID, people)
	if err != nil {
		return n, err
	}
	seats, err := reserve(tx, p.ID, len(rows)-len(have))
	if err != nil {
		return n, err
	}
	var values [][]any
	for i, r := range rows {
		nid := have[people[i]]
		if nid == "" {
			v, err := pick(p, choice, r)
			if err != nil {
				return n, err
			}
			nid = id.New("nom", tx.Now())
			have[people[i]] = nid
			place++
			state := "seated"
			if n.Seated == seats {
				state = "waitlisted"
				n.Waitlisted++
			} else {
				n.Seated++
			}
			values = append(values, []any{nid, string(p.ID), string(people[i]), r.ID, string(v), r.Row.DistrictCode, r.Row.Sector, r.Row.Business, place, state, db.At(tx.Now()), 1})
		} else {
			n.Already++
		}
		if err := tx.Change("UPDATE list_row SET state = 'nominated', nominee = $2, version = version + 1 WHERE id = $1 AND state = 'good'", r.ID, nid); err != nil {
			return n, err
		}
	}
	if n.Seated < seats { // people who were nominated before took fewer seats than reserved
		if _, err := tx.Exec("UPDATE programme SET taken = taken - $2 WHERE id = $1", string(p.ID), seats-n.Seated); err != nil {
			return n, err
		}
	}
	return n, tx.Insert("nominee", []string{"id", "programme", "person", "list_row", "scheme_version", "district", "sector", "employer", "place", "state", "at", "version"}, values)
}

// nominated finds which of the people are nominated already, and the last place given.
func nominated(tx *db.Tx, pid ID, people []auth.PersonID) (map[auth.PersonID]string, int, error) {
	type known struct {
		who auth.PersonID
		nid string
	}
	have := map[auth.PersonID]string{}
	for part := range slices.Chunk(people, 100) {
		args := make([]any, 101)
		args[0] = string(pid)
		for i := range 100 {
			args[i+1] = string(part[min(i, len(part)-1)])
		}
		got, err := db.All(tx, func(k *known) []any { return []any{&k.who, &k.nid} },
			"SELECT person, id FROM nominee WHERE programme = $1 AND person IN "+db.Places(2, 100)+" ORDER BY person", args...)
		if err != nil {
			return nil, 0, err
		}
		for _, k := range got {
			have[k.who] = k.nid
		}
	}
	var place int
	err := tx.Get("SELECT COALESCE(MAX(place), 0) FROM nominee WHERE programme = $1", []any{string(pid)}, &place)
	return have, place, err
}

func pick(p Programme, choice map[string]scheme.VersionID, r ListRow) (scheme.VersionID, error) {
	v, ok := choice[r.Row.Extra]
	if !ok {
		v = choice[""]
	}
	if v == "" && len(p.Schemes) == 1 {
		v = p.Schemes[0]
	}
	for _, s := range p.Schemes {
		if s == v {
			return v, nil
		}
	}
	return "", fault.New(fault.Invalid, "programme.choose_scheme", r.Row.Name, r.Row.Extra)
}

// Levels are the words about level or position on the good rows of a list, each with how often it stands there.
func (s *Service) Levels(ctx context.Context, actor auth.Actor, pid ID) (map[string]int, error) {
	out := map[string]int{}
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		if _, err := Get(tx, actor, pid); err != nil {
			return err
		}
		clear(out)
		rows, err := s.rows(tx, pid, Filter{State: RowGood, Limit: 100_000})
		for _, r := range rows {
			out[r.Row.Extra]++
		}
		return err
	})
	return out, err
}

// Seated lists nominees with a seat who come after a place, for making their applications. Their caller is a
// feature below; the actor must see the list.
func Seated(tx *db.Tx, actor auth.Actor, pid ID, after, limit int) ([]Nominee, error) {
	p, err := Get(tx, actor, pid)
	if err != nil {
		return nil, err
	}
	if !p.lists(actor) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, nomineeFields, "SELECT "+nomineeColumns+` FROM nominee n JOIN person p ON p.id = n.person
		WHERE n.programme = $1 AND n.state = 'seated' AND n.place > $2 ORDER BY n.place, n.id LIMIT $3`, string(pid), after, limit)
}

// Waiting counts the nominees without a seat.
func Waiting(tx *db.Tx, actor auth.Actor, pid ID) (n int, err error) {
	if _, err := Get(tx, actor, pid); err != nil {
		return 0, err
	}
	err = tx.Get("SELECT COUNT(*) FROM nominee WHERE programme = $1 AND state = 'waitlisted'", []any{string(pid)}, &n)
	return n, err
}
