package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// insert puts leaves among those that wait and says how many were new.
func insert(tx *db.Tx, leaves []Leaf) (int64, error) {
	var all int64
	for len(leaves) > 0 {
		n := chunk(len(leaves))
		args := make([]any, 0, 3*n)
		for _, l := range leaves[:n] {
			args = append(args, l.Ref, db.At(l.At), l.Encode())
		}
		added, err := tx.Exec("INSERT INTO log_leaf (ref, at, body) VALUES "+values(n, 3)+" ON CONFLICT (ref) DO NOTHING", args...)
		if err != nil {
			return 0, err
		}
		all += added
		leaves = leaves[n:]
	}
	return all, nil
}

// chunk is how many rows go in one statement: few different sizes, so that statements are prepared once, and none
// large, since the SQLite driver looks each numbered parameter up in a list.
func chunk(rows int) int {
	for _, n := range []int{32, 8} {
		if rows >= n {
			return n
		}
	}
	return 1
}

// values writes n rows of parameters.
func values(n, columns int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = db.Places(i*columns+1, columns)
	}
	return strings.Join(rows, ",")
}

// row is a leaf in the database.
type row struct {
	ref    string
	at     db.Time
	body   []byte
	seq    int64
	logged db.Time
}

func waitingFields(r *row) []any { return []any{&r.ref, &r.at, &r.body} }

func rowFields(r *row) []any { return []any{&r.ref, &r.at, &r.body, &r.seq, &r.logged} }

// entry is what the log has of a row.
func (r row) entry() []byte { return place(r.body, r.logged.Time) }

// waiting lists leaves without a place, in the order of what they tell.
func waiting(tx *db.Tx, limit int) ([]row, error) {
	return db.All(tx, waitingFields, "SELECT ref, at, body FROM log_leaf WHERE seq IS NULL ORDER BY at, ref LIMIT $1", limit)
}

// rows lists the leaves with places from first to last-1.
func rows(tx *db.Tx, first, last int64) ([]row, error) {
	return db.All(tx, rowFields, "SELECT ref, at, body, seq, logged FROM log_leaf WHERE seq >= $1 AND seq < $2 ORDER BY seq", first, last)
}

// Find gives the place of a leaf, or fault not_found while it still waits for one.
func Find(tx *db.Tx, ref string) (int64, error) {
	var index int64
	err := tx.Get("SELECT seq FROM log_leaf WHERE ref = $1 AND seq IS NOT NULL", []any{ref}, &index)
	return index, err
}

// give gives waiting leaves their places, from first on.
func give(tx *db.Tx, refs []string, first int64, logged time.Time) error {
	for len(refs) > 0 {
		n := chunk(len(refs))
		args := make([]any, 0, 2*n+1)
		places := make([]string, n)
		args = append(args, db.At(logged))
		for i, ref := range refs[:n] {
			places[i] = fmt.Sprintf("($%d,CAST($%d AS BIGINT))", 2*i+2, 2*i+3)
			args = append(args, ref, first+int64(i))
		}
		given, err := tx.Exec(`UPDATE log_leaf SET seq = v.column2, logged = $1 FROM (VALUES `+strings.Join(places, ",")+`) AS v
			WHERE log_leaf.ref = v.column1 AND log_leaf.seq IS NULL`, args...)
		if err != nil {
			return err
		}
		if given != int64(n) {
			return fmt.Errorf("log: %d of %d waiting leaves are gone", int64(n)-given, n)
		}
		refs, first = refs[n:], first+int64(n)
	}
	return nil
}

// putTiles keeps tiles, the wider in the place of the narrower.
func putTiles(tx *db.Tx, tiles []tile, data [][]byte) error {
	for i, t := range tiles {
		_, err := tx.Exec(`INSERT INTO log_tile (level, n, hashes) VALUES ($1, $2, $3)
			ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes`, t.level, t.n, data[i])
		if err != nil {
			return err
		}
	}
	return nil
}

// tileOf reads a tile as it was when it was as wide as asked for.
func tileOf(tx *db.Tx, t tile) ([]byte, error) {
	var b []byte
	err := tx.Get("SELECT hashes FROM log_tile WHERE level = $1 AND n = $2", []any{t.level, t.n}, &b)
	if err != nil {
		return nil, fmt.Errorf("log tile %s: %w", t.path(), err)
	}
	if len(b) < t.width*len(Hash{}) {
		return nil, fmt.Errorf("log tile %s: %d bytes", t.path(), len(b))
	}
	return b[:t.width*len(Hash{})], nil
}

// tilesIn reads tiles within a transaction.
func tilesIn(tx *db.Tx) tileSource { return func(t tile) ([]byte, error) { return tileOf(tx, t) } }

// state is how far the log is.
type state struct {
	size   int64
	root   Hash
	logged time.Time // of the last leaf
	signed int64     // size of the newest signed checkpoint; -1 before the first
	note   []byte    // the newest signed checkpoint
}

// Belongs refuses a name that is not that of the log in the database, with ErrOrigin; any is good where there is none yet.
func Belongs(tx *db.Tx, origin string) error {
	_, err := load(tx, origin)
	if errors.Is(err, ErrOrigin) {
		return err
	}
	return nil // what else is wrong, the audit says
}

// load reads the state of the log; of a new one there is none yet.
func load(tx *db.Tx, origin string) (state, error) {
	st := state{root: emptyRoot, signed: -1}
	var name string
	var root []byte
	var logged db.Time
	err := tx.Get("SELECT origin, size, root, logged, signed, note FROM log_state", nil, &name, &st.size, &root, &logged, &st.signed, &st.note)
	switch {
	case fault.Is(err, fault.NotFound):
		return st, nil
	case err != nil:
		return st, err
	case name != origin:
		return st, fmt.Errorf("the database holds the log %s, not %s: %w", name, origin, ErrOrigin)
	case len(root) != len(st.root):
		return st, fmt.Errorf("log: root of %d bytes", len(root))
	}
	copy(st.root[:], root)
	st.logged = logged.Time
	return st, nil
}

// grow moves the log from one size to the next; fault conflict if another sequencer was faster.
func grow(tx *db.Tx, origin string, from, to state) error {
	_, err := tx.Exec(`INSERT INTO log_state (origin, size, root, logged, signed, note) VALUES ($1, 0, $2, $3, -1, $4)
		ON CONFLICT (origin) DO NOTHING`, origin, emptyRoot[:], db.Time{}, []byte{})
	if err != nil {
		return err
	}
	return tx.Change("UPDATE log_state SET size = $1, root = $2, logged = $3 WHERE origin = $4 AND size = $5 AND root = $6",
		to.size, to.root[:], db.At(to.logged), origin, from.size, from.root[:])
}

// keepSigned keeps a signed checkpoint if none of this size or larger was signed meanwhile.
func keepSigned(tx *db.Tx, origin string, before int64, size int64, note []byte) error {
	err := tx.Change("UPDATE log_state SET signed = $1, note = $2 WHERE origin = $3 AND signed = $4 AND size >= $1", size, note, origin, before)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO log_checkpoint (size, at, note) VALUES ($1, $2, $3)", size, db.At(tx.Now()), note)
	return err
}

// keepCosigned keeps the same checkpoint with signatures of witnesses added.
func keepCosigned(tx *db.Tx, origin string, size int64, before, note []byte) error {
	var have []byte
	if err := tx.Get("SELECT note FROM log_state WHERE origin = $1 AND signed = $2", []any{origin, size}, &have); err != nil {
		return err
	}
	if !bytes.Equal(have, before) {
		return fault.New(fault.Conflict, "db.stale")
	}
	if _, err := tx.Exec("UPDATE log_state SET note = $1 WHERE origin = $2", note, origin); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE log_checkpoint SET note = $1 WHERE size = $2", note, size)
	return err
}
