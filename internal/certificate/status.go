package certificate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/organisation"
)

// ListSize is how many certificates share a status list: twice what the W3C's Bitstring Status List asks for at least,
// so that who fetches the list does not tell whose certificate she checks.
const ListSize = 1 << listBits

const listBits = 18

// Place is where a certificate stands in a status list.
type Place struct {
	List  string
	Index int
}

// allot gives places in an LSP's newest list, and in a new one when that is full. Places are given in an order that
// only the list's seed tells, so that neighbours in a list are not neighbours in anything else.
func allot(tx *db.Tx, org organisation.Org, n int) ([]Place, error) {
	var out []Place
	for len(out) < n {
		l, err := newest(tx, org)
		if err != nil {
			return nil, err
		}
		take := min(n-len(out), ListSize-l.next)
		for i := range take {
			out = append(out, Place{l.id, permute(l.seed, l.next+i)})
		}
		if err := tx.Change("UPDATE status_list SET next = next + $2 WHERE id = $1", l.id, take); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type statusList struct {
	id   string
	no   int
	seed []byte
	next int
}

// newest is the list of an LSP that has places left.
func newest(tx *db.Tx, org organisation.Org) (statusList, error) {
	l, err := db.One(tx, func(l *statusList) []any { return []any{&l.id, &l.no, &l.seed, &l.next} },
		"SELECT id, no, seed, next FROM status_list WHERE org = $1 ORDER BY no DESC LIMIT 1", string(org.ID))
	if err != nil && !fault.Is(err, fault.NotFound) || l.id != "" && l.next < ListSize {
		return l, err
	}
	l = statusList{no: l.no + 1, seed: make([]byte, 32)}
	l.id = fmt.Sprintf("%s-%d", listOwner(org), l.no)
	_, _ = rand.Read(l.seed)
	_, err = tx.Exec("INSERT INTO status_list (id, org, no, seed, next, changes) VALUES ($1, $2, $3, $4, 0, 0)", l.id, string(org.ID), l.no, l.seed)
	return l, err
}

func listOwner(org organisation.Org) string {
	if org.Code != "" {
		return org.Code
	}
	return string(org.ID)
}

// permute is the n-th place of a list: a Feistel network of eight rounds over two halves, so that every place comes
// exactly once.
func permute(seed []byte, n int) int {
	const half = listBits / 2
	left, right := uint32(n)>>half, uint32(n)&(1<<half-1)
	for round := range 8 {
		m := hmac.New(sha256.New, seed)
		var b [5]byte
		b[0] = byte(round)
		binary.BigEndian.PutUint32(b[1:], right)
		m.Write(b[:])
		left, right = right, left^binary.BigEndian.Uint32(m.Sum(nil))&(1<<half-1)
	}
	return int(left<<half | right)
}

// touch notes that something in a list changed, so that it is signed anew before it is shown again.
func touch(tx *db.Tx, list string) error {
	return tx.Change("UPDATE status_list SET changes = changes + 1 WHERE id = $1", list)
}

// List is what a status list says: which places are revoked, which suspended.
type List struct {
	ID        string
	Org       auth.OrgID
	Changes   int64
	Revoked   []int
	Suspended []int
}

// Listed is the state of a status list, now or, unless it is zero, at a moment in the past; anyone may know it, since it
// names nobody.
func Listed(tx *db.Tx, _ auth.Actor, id string, at time.Time) (List, error) {
	l := List{ID: id}
	if err := tx.Get("SELECT org, changes FROM status_list WHERE id = $1", []any{id}, &l.Org, &l.Changes); err != nil {
		return List{}, err
	}
	query, args := "SELECT status_index, state FROM certificate WHERE status_list = $1 AND state <> 'active' ORDER BY status_index", []any{id}
	if !at.IsZero() {
		query = `SELECT c.status_index, e.state FROM certificate_event e JOIN certificate c ON c.id = e.certificate
			WHERE c.status_list = $1 AND e.state <> 'active' AND e.at <= $2
			AND NOT EXISTS (SELECT 1 FROM certificate_event l WHERE l.certificate = e.certificate AND l.no > e.no AND l.at <= $2)
			ORDER BY c.status_index`
		args = append(args, db.At(at))
	}
	type place struct {
		index int
		state flow.State
	}
	set, err := db.All(tx, func(p *place) []any { return []any{&p.index, &p.state} }, query, args...)
	for _, p := range set {
		if p.state == Revoked {
			l.Revoked = append(l.Revoked, p.index)
		} else {
			l.Suspended = append(l.Suspended, p.index)
		}
	}
	return l, err
}

// Lists are the ids of all status lists.
func Lists(tx *db.Tx, _ auth.Actor) ([]string, error) {
	return db.Column[string](tx, "SELECT id FROM status_list ORDER BY org, no")
}
