package tlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

// Append puts leaves into the log, in the transaction of what they speak of. They get their places after the commit,
// from Log.Integrate. A leaf that is there already, under the same Ref, is the same event told again and is not put
// in twice; another event under a Ref that is taken is an error. A zero At is the time of the transaction.
func Append(tx *db.Tx, leaves ...Leaf) error {
	leaves = slices.Clone(leaves)
	for i := range leaves {
		l := &leaves[i]
		if l.At.IsZero() {
			l.At = tx.Now()
		}
		l.At, l.Logged = l.At.UTC().Truncate(time.Microsecond), time.Time{}
		if err := l.check(); err != nil {
			return err
		}
		if l.At.After(tx.Now()) {
			return fmt.Errorf("leaf %s: %v has not come yet", l.Ref, l.At)
		}
	}
	added, err := insert(tx, leaves)
	if err != nil || added == int64(len(leaves)) {
		return err
	}
	for _, l := range leaves {
		if err := same(tx, l); err != nil {
			return err
		}
	}
	return nil
}

// same finds the leaf under its reference telling the same.
func same(tx *db.Tx, l Leaf) error {
	var body []byte
	if err := tx.Get("SELECT body FROM log_leaf WHERE ref = $1", []any{l.Ref}, &body); err != nil {
		return err
	}
	have, err := decode(body)
	if err != nil {
		return err
	}
	if have.At = l.At; have != l {
		return fmt.Errorf("leaf %s: another event has this reference", l.Ref)
	}
	return nil
}

// Options of a log.
type Options struct {
	Origin   string        // schema-less URL of the log, "sertifikat.contoh.id/log"
	Signer   *Signer       // the log's key, under the origin as its name
	OldKeys  []string      // vkeys the log signed with before
	Dir      string        // where the public files are written
	Cosigner []*Cosigner   // witnesses that are asked
	Quorum   int           // how many must have cosigned before a checkpoint is published
	Patience time.Duration // for the answer of witnesses; 5 s when zero
}

// Log gives leaves their places and publishes them. Any number of processes may have one on the same database: the
// database decides who was first, and nobody signs what was not kept there before.
type Log struct {
	db    *db.DB
	o     Options
	trust Policy

	mu    sync.Mutex // one integration at a time in this process
	known map[*Cosigner]int64
}

// batch is how many leaves get their places in one Write.
const batch = 4096

// round is how many leaves get places before they are published.
const round = 16 * batch

// Open makes the log of a database ready.
func Open(d *db.DB, o Options) (*Log, error) {
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Signer == nil || o.Signer.name != o.Origin {
		return nil, fmt.Errorf("log %s: the key signs under another name: %w", o.Origin, ErrOrigin)
	}
	keys := append([]string{o.Signer.LogKey()}, o.OldKeys...)
	for _, c := range o.Cosigner {
		keys = append(keys, c.keys...)
	}
	trust, err := NewPolicy(o.Origin, keys, o.Quorum)
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, scratch), 0o755); err != nil {
		return nil, fmt.Errorf("log files: %w", err)
	}
	return &Log{db: d, o: o, trust: trust, known: map[*Cosigner]int64{}}, nil
}

// Trust is the policy under which the log's own checkpoints are good.
func (l *Log) Trust() Policy { return l.trust }

// Integrate gives every waiting leaf its place and publishes the log; it says how many leaves got one. Killed at any
// moment it goes on where it stood when it is called again.
func (l *Log) Integrate(ctx context.Context) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all int64
	if err := l.upToDate(ctx); err != nil {
		return 0, err
	}
	for {
		n, err := l.sequence(ctx)
		all += n
		if err != nil {
			return all, err
		}
		if err := l.publish(ctx); err != nil {
			return all, err
		}
		if n < round {
			return all, nil
		}
	}
}

// upToDate refuses to go on from an old backup: places given before Restore would make a second history.
func (l *Log) upToDate(ctx context.Context) error {
	st, err := l.state(ctx)
	if err != nil {
		return err
	}
	_, c, err := l.published()
	if err == nil && c.Size > st.size {
		return fmt.Errorf("log %s: published size %d, the database has %d: %w", l.o.Origin, c.Size, st.size, ErrRollback)
	}
	return err
}

// sequence gives places to one round of leaves.
func (l *Log) sequence(ctx context.Context) (all int64, err error) {
	for all < round {
		n, err := l.step(ctx)
		if fault.Is(err, fault.Conflict) {
			continue // another process was faster: look again
		}
		if err != nil {
			return all, fmt.Errorf("log %s: %w", l.o.Origin, err)
		}
		all += n
		if n < batch {
			break
		}
	}
	return all, nil
}

// step gives places to one batch: hashes outside the transaction, one short Write.
func (l *Log) step(ctx context.Context) (int64, error) {
	var st state
	var e *edge
	var pending []row
	err := l.db.Read(ctx, func(tx *db.Tx) (err error) {
		if st, err = load(tx, l.o.Origin); err != nil {
			return err
		}
		if pending, err = waiting(tx, batch); err != nil || len(pending) == 0 {
			return err
		}
		e, err = edgeOf(tx, st)
		return err
	})
	if err != nil || len(pending) == 0 {
		return 0, err
	}
	logged := l.db.Now()
	if st.logged.After(logged) {
		logged = st.logged
	}
	for _, r := range pending { // another process may have a clock that is ahead
		if r.at.After(logged) {
			logged = r.at.Time
		}
	}
	refs := make([]string, len(pending))
	entries := make([][]byte, len(pending))
	for i, r := range pending {
		if leaf, err := decode(r.body); err != nil || leaf.Ref != r.ref || !leaf.At.Equal(r.at.Time) {
			return 0, fmt.Errorf("waiting leaf %s: changed behind the program's back: %w", r.ref, errors.Join(err, ErrMalformed))
		}
		refs[i], entries[i] = r.ref, place(r.body, logged)
	}
	err = l.advance(ctx, st, e, entries, logged, func(tx *db.Tx) error { return give(tx, refs, st.size, logged) })
	return int64(len(pending)), err
}

// advance lets the tree grow by entries and keeps it, with what more has to be kept, in one Write.
func (l *Log) advance(ctx context.Context, st state, e *edge, entries [][]byte, logged time.Time, more func(*db.Tx) error) error {
	var tiles []tile
	var data [][]byte
	keep := func(t tile, hs []Hash) { tiles, data = append(tiles, t), append(data, join(hs)) }
	e.full = keep
	for _, entry := range entries {
		e.add(tlog.RecordHash(entry))
	}
	e.partial(keep)
	to := state{size: e.size, root: e.root(), logged: logged}
	return l.db.Write(ctx, func(tx *db.Tx) error {
		if err := grow(tx, l.o.Origin, st, to); err != nil {
			return err
		}
		if err := putTiles(tx, tiles, data); err != nil {
			return err
		}
		return more(tx)
	})
}

// edgeOf reads the right edge of the tree and finds it to be that of the root.
func edgeOf(tx *db.Tx, st state) (*edge, error) {
	e := &edge{size: st.size}
	for level := 0; st.size>>(height*level) > 0; level++ {
		t := tileAt(level, st.size>>(height*(level+1)), st.size)
		hs := make([]Hash, 0, width)
		if t.width > 0 {
			b, err := tileOf(tx, t)
			if err != nil {
				return nil, err
			}
			have, err := hashes(b, t.width)
			if err != nil {
				return nil, err
			}
			hs = append(hs, have...)
		}
		e.tiles = append(e.tiles, hs)
	}
	if e.root() != st.root {
		return nil, fmt.Errorf("right edge at size %d: changed behind the program's back: %w", st.size, ErrFork)
	}
	return e, nil
}

// publish signs what is not signed yet, asks the witnesses, and writes the files.
func (l *Log) publish(ctx context.Context) error {
	for {
		st, err := l.sign(ctx)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err == nil {
			st, err = l.witness(ctx, st)
		}
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err == nil {
			err = l.write(ctx, st)
		}
		if err != nil {
			return fmt.Errorf("log %s: %w", l.o.Origin, err)
		}
		now, err := l.state(ctx)
		if err != nil {
			return err
		}
		if now.signed == st.signed { // else another process published a newer one, perhaps before we did this
			return nil
		}
	}
}

func (l *Log) state(ctx context.Context) (st state, err error) {
	err = l.db.Read(ctx, func(tx *db.Tx) (err error) { st, err = load(tx, l.o.Origin); return err })
	return st, err
}

// sign makes the checkpoint of the whole log and keeps it, before anyone can see it, if it is still the newest.
func (l *Log) sign(ctx context.Context) (state, error) {
	st, err := l.state(ctx)
	if err != nil || st.signed == st.size {
		return st, err
	}
	note, err := l.o.Signer.signNote(Checkpoint{Origin: l.o.Origin, Size: st.size, Root: st.root}.Text())
	if err != nil {
		return st, err
	}
	err = l.db.Write(ctx, func(tx *db.Tx) error {
		if st.size == 0 {
			if err := grow(tx, l.o.Origin, st, st); err != nil {
				return err
			}
		}
		return keepSigned(tx, l.o.Origin, st.signed, st.size, note)
	})
	st.signed, st.note = st.size, note
	return st, err
}

// Prove makes the proof of a leaf against the first signed checkpoint that has it and can be trusted, so that the proof
// stays the same while the log grows; fault not_found while the leaf waits.
func (l *Log) Prove(ctx context.Context, ref string) (p Proof, err error) {
	err = l.db.Read(ctx, func(tx *db.Tx) (err error) { p, err = l.prove(tx, ref); return err })
	return p, err
}

func (l *Log) prove(tx *db.Tx, ref string) (Proof, error) {
	index, err := Find(tx, ref)
	if err != nil {
		return Proof{}, err
	}
	c, note, err := l.first(tx, index)
	if err != nil {
		return Proof{}, err
	}
	return l.proveIn(tx, index, c, note)
}

// proveIn makes the proof of a leaf against one checkpoint that has it.
func (l *Log) proveIn(tx *db.Tx, index int64, c Checkpoint, note []byte) (Proof, error) {
	leaf, err := rows(tx, index, index+1)
	if err != nil {
		return Proof{}, err
	}
	hs, err := tilesIn(tx).inclusion(c.Size, c.Root, index)
	if err != nil {
		return Proof{}, fmt.Errorf("proof of leaf %d: %w", index, err)
	}
	p := Proof{Index: index, Hashes: hs, Checkpoint: note, Entry: leaf[0].entry()}
	if _, err := p.VerifyEntry(l.trust, p.Entry); err != nil {
		return Proof{}, fmt.Errorf("leaf %d: changed behind the program's back: %w", index, err)
	}
	return p, nil
}

// first is the first checkpoint that has the leaf and what it needs to be trusted. One that a key signed which is trusted
// no more is passed over.
func (l *Log) first(tx *db.Tx, index int64) (Checkpoint, []byte, error) {
	for size := index; ; {
		notes, err := db.All(tx, func(n *kept) []any { return []any{&n.size, &n.note} }, "SELECT size, note FROM log_checkpoint WHERE size > $1 ORDER BY size LIMIT 20", size)
		if err != nil {
			return Checkpoint{}, nil, err
		}
		if len(notes) == 0 {
			return Checkpoint{}, nil, fault.New(fault.NotFound, "db.not_found")
		}
		for _, n := range notes {
			if c, err := l.trust.Open(n.note); err == nil {
				return c, n.note, nil
			} else if !errors.Is(err, ErrQuorum) && !errors.Is(err, ErrSignature) {
				return Checkpoint{}, nil, err
			}
			size = n.size
		}
	}
}

// kept is a signed checkpoint as the database has it.
type kept struct {
	size int64
	note []byte
}

// consistency proves that a tree the database has begins with an older one.
func (l *Log) consistency(ctx context.Context, size int64, root Hash, older int64) (hs []Hash, err error) {
	err = l.db.Read(ctx, func(tx *db.Tx) (err error) {
		hs, err = tilesIn(tx).consistency(size, root, older)
		return err
	})
	return hs, err
}
