package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"kompeten/internal/db"
)

// Finding is one place where the books do not agree with themselves.
type Finding struct {
	Book string
	Seq  int64
	What string // "changed", "missing", "head", "seal"
}

// Error says where and what.
func (f Finding) Error() string { return fmt.Sprintf("book %s, row %d: %s", f.Book, f.Seq, f.What) }

// Report is the result of an audit.
type Report struct {
	Books, Rows, Seals int64
	Findings           []Finding
}

// Seal puts a mark, made with a key outside the database, on the head of every book that has grown.
func Seal(tx *db.Tx, key []byte) error {
	heads, err := db.All(tx, fieldsHead, `
		SELECT b.book, b.seq, b.hash FROM ledger_book b
		WHERE NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.book = b.book AND s.seq = b.seq) ORDER BY b.book`)
	if err != nil {
		return err
	}
	values := make([][]any, 0, len(heads))
	for _, h := range heads {
		values = append(values, []any{h.book, h.seq, db.At(tx.Now()), mac(key, h)})
	}
	return tx.Insert("ledger_seal", []string{"book", "seq", "at", "mac"}, values)
}

type head struct {
	book string
	seq  int64
	hash []byte
}

func fieldsHead(h *head) []any { return []any{&h.book, &h.seq, &h.hash} }

func mac(key []byte, h head) []byte {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s %d %x", h.book, h.seq, h.hash)
	return m.Sum(nil)
}

// Audit computes every chain anew and compares it with the rows, the heads and the seals.
func Audit(ctx context.Context, d *db.DB, key []byte) (Report, error) {
	var rep Report
	err := d.Read(ctx, func(tx *db.Tx) error {
		heads, err := db.All(tx, fieldsHead, "SELECT book, seq, hash FROM ledger_book ORDER BY book")
		if err != nil {
			return err
		}
		orphans, err := db.Column[string](tx, `SELECT DISTINCT book FROM ledger
			WHERE book NOT IN (SELECT book FROM ledger_book) ORDER BY book`)
		if err != nil {
			return err
		}
		for _, b := range orphans {
			rep.Findings = append(rep.Findings, Finding{b, 0, "head"})
		}
		for _, h := range heads {
			if err := rep.book(tx, h, key); err != nil {
				return err
			}
		}
		return rep.lostBooks(tx)
	})
	return rep, err
}

const page = 5000

func (rep *Report) book(tx *db.Tx, h head, key []byte) error {
	rep.Books++
	seals, err := db.All(tx, fieldsHead, "SELECT book, seq, mac FROM ledger_seal WHERE book = $1 ORDER BY seq", h.book)
	if err != nil {
		return err
	}
	rep.Seals += int64(len(seals))
	var seq int64
	var hash []byte
	for {
		rows, err := db.All(tx, fields, `
			SELECT book, seq, at, actor, kind, record, action, from_state, to_state, reason, detail, hash
			FROM ledger WHERE book = $1 AND seq > $2 ORDER BY seq LIMIT 5000`, h.book, seq)
		if err != nil {
			return err
		}
		for _, r := range rows {
			rep.Rows++
			if r.Seq != seq+1 {
				rep.Findings = append(rep.Findings, Finding{h.book, seq + 1, "missing"})
			}
			if want := r.chain(hash); !bytes.Equal(want, r.Hash) {
				rep.Findings = append(rep.Findings, Finding{h.book, r.Seq, "changed"})
			}
			seq, hash = r.Seq, r.Hash
			for len(seals) > 0 && seals[0].seq <= seq {
				if seals[0].seq != seq || !hmac.Equal(seals[0].hash, mac(key, head{h.book, seq, hash})) {
					rep.Findings = append(rep.Findings, Finding{h.book, seals[0].seq, "seal"})
				}
				seals = seals[1:]
			}
		}
		if len(rows) < page {
			break
		}
	}
	if seq != h.seq || !bytes.Equal(hash, h.hash) {
		rep.Findings = append(rep.Findings, Finding{h.book, h.seq, "head"})
	}
	for _, s := range seals {
		rep.Findings = append(rep.Findings, Finding{h.book, s.seq, "seal"})
	}
	return nil
}

// lostBooks finds books that were sealed once and are gone.
func (rep *Report) lostBooks(tx *db.Tx) error {
	lost, err := db.Column[string](tx, `SELECT DISTINCT book FROM ledger_seal
		WHERE book NOT IN (SELECT book FROM ledger_book) ORDER BY book`)
	for _, b := range lost {
		rep.Findings = append(rep.Findings, Finding{b, 0, "missing"})
	}
	return err
}
