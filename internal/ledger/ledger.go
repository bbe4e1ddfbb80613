// Package ledger keeps who did what to which record, append-only and hash-chained.
//
// Every organisation has a book; a row's hash covers the row and the hash before it, so a row changed or taken
// out behind the program's back breaks the chain. Heads of books are sealed from time to time with a key that is
// not in the database, so that a chain computed anew is found too (AD-03, SE-04).
package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

// System is the book of what belongs to no organisation.
const System = "system"

// Entry is one action: the record, the Pass that allowed it, and what else is worth keeping (no personal data).
type Entry struct {
	Record string
	Pass   flow.Pass
	Detail any // becomes JSON; nil for nothing
}

// Row is one line of a book.
type Row struct {
	Book   string
	Seq    int64
	At     time.Time
	Actor  string
	Kind   string
	Record string
	Action string
	From   string
	To     string
	Reason string
	Detail string
	Hash   []byte
}

// Append writes one action into the book of an organisation. A zero Pass is refused.
func Append(tx *db.Tx, book auth.OrgID, record string, p flow.Pass, detail any) error {
	return AppendAll(tx, book, []Entry{{record, p, detail}})
}

// AppendAll writes many actions into one book, in order.
func AppendAll(tx *db.Tx, book auth.OrgID, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	name := string(book)
	if name == "" {
		name = System
	}
	seq, head, err := last(tx, name)
	if err != nil {
		return err
	}
	values := make([][]any, 0, len(entries))
	for _, e := range entries {
		row, err := e.row(name)
		if err != nil {
			return err
		}
		seq++
		row.Seq = seq
		head = row.chain(head)
		values = append(values, []any{row.Book, row.Seq, db.At(row.At), row.Actor, row.Kind, row.Record, row.Action,
			row.From, row.To, row.Reason, row.Detail, head})
	}
	// The head comes first: whoever writes into the same book at the same moment meets there, and is run again. Two that
	// met at the rows would find a number taken.
	_, err = tx.Exec(`INSERT INTO ledger_book (book, seq, hash) VALUES ($1, $2, $3)
		ON CONFLICT (book) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`, name, seq, head)
	if err != nil {
		return err
	}
	if err := tx.Insert("ledger", columns, values); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

var columns = []string{"book", "seq", "at", "actor", "kind", "record", "action", "from_state", "to_state", "reason", "detail", "hash"}

// ErrNoPass refuses an action nobody allowed.
var ErrNoPass = errors.New("ledger: no pass")

func (e Entry) row(book string) (Row, error) {
	if e.Pass.Zero() {
		return Row{}, ErrNoPass
	}
	detail := ""
	if e.Detail != nil {
		b, err := json.Marshal(e.Detail)
		if err != nil {
			return Row{}, fmt.Errorf("ledger detail: %w", err)
		}
		detail = string(b)
	}
	p := e.Pass
	return Row{Book: book, At: p.At(), Actor: p.Actor().Who(), Kind: p.Kind(), Record: e.Record, Action: string(p.Action()),
		From: string(p.From()), To: string(p.To()), Reason: p.Reason(), Detail: detail}, nil
}

// chain is SHA-256 over the hash before and every field of the row, each with its length in front.
func (r Row) chain(before []byte) []byte {
	h := sha256.New()
	h.Write(before)
	var n [8]byte
	for _, s := range []string{r.Book, fmt.Sprint(r.Seq), r.At.UTC().Format(time.RFC3339Nano), r.Actor, r.Kind, r.Record,
		r.Action, r.From, r.To, r.Reason, r.Detail} {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return h.Sum(nil)
}

func last(tx *db.Tx, book string) (seq int64, hash []byte, err error) {
	err = tx.Get("SELECT seq, hash FROM ledger_book WHERE book = $1", []any{book}, &seq, &hash)
	if fault.Is(err, fault.NotFound) {
		return 0, nil, nil
	}
	return seq, hash, err
}

func fields(r *Row) []any {
	return []any{&r.Book, &r.Seq, (*instant)(&r.At), &r.Actor, &r.Kind, &r.Record, &r.Action, &r.From, &r.To, &r.Reason, &r.Detail, &r.Hash}
}

// instant reads a time column into a plain time.
type instant time.Time

// Scan reads the column.
func (i *instant) Scan(v any) error {
	var t db.Time
	err := t.Scan(v)
	*i = instant(t.Time)
	return err
}

// Of lists what was done to a record, first to last; the actor must belong to the book's organisation, be the
// regulator, or be the record's own person.
func Of(tx *db.Tx, actor auth.Actor, record string) ([]Row, error) {
	rows, err := db.All(tx, fields, `
		SELECT book, seq, at, actor, kind, record, action, from_state, to_state, reason, detail, hash
		FROM ledger WHERE record = $1 ORDER BY at, seq LIMIT 500`, record)
	if err != nil {
		return nil, err
	}
	var out []Row
	for _, r := range rows {
		if actor.In(auth.OrgID(r.Book)) || actor.Any(auth.Regulator) || actor.System != "" || string(actor.Person) == record {
			out = append(out, r)
		}
	}
	return out, nil
}
