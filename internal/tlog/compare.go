package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

// CompareDatabase finds rows of the database that are not what the log published: leaves changed, taken out or put
// in, tiles changed, a log set back. What waits to be published is not looked at. Audit the published log itself with
// Replay.
func CompareDatabase(tx *db.Tx, src Source, trust Policy) (Report, error) {
	ctx := tx.Context()
	var rep Report
	msg, err := src.Get(ctx, "checkpoint")
	if err == nil {
		rep.Checkpoint, err = trust.open(msg)
	}
	if err != nil {
		rep.add(FoundCheckpoint, "checkpoint", -1, err.Error())
		return rep, ctx.Err()
	}
	c := rep.Checkpoint
	st, err := load(tx, trust.Origin)
	if err != nil {
		return rep, err
	}
	switch {
	case st.size < c.Size:
		rep.add(FoundDatabase, "log_state", -1, fmt.Sprintf("the database has %d leaves, published are %d", st.size, c.Size))
	case st.size == c.Size && st.root != c.Root:
		rep.add(FoundDatabase, "log_state", -1, fmt.Sprintf("root %s, published is %s", st.root, c.Root))
	}
	for _, t := range tilesOf(0, c.Size) {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		if t.level == entryLevel {
			err = rep.compareLeaves(tx, src, t)
		} else {
			err = rep.compareTile(tx, src, t)
		}
		if err != nil {
			return rep, err
		}
	}
	var extra int64
	if err := tx.Get("SELECT COUNT(*) FROM log_leaf WHERE seq >= $1", []any{st.size}, &extra); err != nil {
		return rep, err
	}
	if extra > 0 {
		rep.add(FoundDatabase, "log_leaf", -1, fmt.Sprintf("%d leaves have places beyond the log's size of %d", extra, st.size))
	}
	return rep, nil
}

func (r *Report) compareTile(tx *db.Tx, src Source, t tile) error {
	r.Tiles++
	want, err := fetch(tx.Context(), src, t)
	if err != nil {
		r.add(FoundTile, t.path(), -1, err.Error())
		return nil
	}
	place := fmt.Sprintf("log_tile level %d n %d", t.level, t.n)
	var have []byte
	err = tx.Get("SELECT hashes FROM log_tile WHERE level = $1 AND n = $2", []any{t.level, t.n}, &have)
	switch {
	case fault.Is(err, fault.NotFound):
		r.add(FoundDatabase, place, -1, "missing")
	case err != nil:
		return err
	case len(have) < len(want) || !bytes.Equal(have[:len(want)], want):
		r.add(FoundDatabase, place, -1, "changed: not as published")
	}
	return nil
}

func (r *Report) compareLeaves(tx *db.Tx, src Source, t tile) error {
	entries, err := fetchEntries(tx.Context(), src, t)
	if err != nil {
		r.add(FoundEntry, t.path(), -1, err.Error())
		return nil
	}
	first := t.n * width
	have, err := rows(tx, first, first+int64(t.width))
	if err != nil {
		return err
	}
	at := map[int64]row{}
	for _, x := range have {
		at[x.seq] = x
	}
	for i, e := range entries {
		index := first + int64(i)
		r.Leaves++
		x, found := at[index]
		place := "log_leaf " + x.ref
		leaf, err := DecodeLeaf(e)
		switch {
		case err != nil:
			r.add(FoundEntry, t.path(), index, err.Error())
		case !found:
			r.add(FoundDatabase, "log_leaf "+leaf.Ref, index, "missing")
		case len(x.body) < loggedAt+8 || !bytes.Equal(x.entry(), e):
			r.add(FoundDatabase, place, index, "changed: not as published")
		case x.ref != leaf.Ref || !x.at.Equal(leaf.At):
			r.add(FoundDatabase, place, index, "changed: reference or time are not those of the leaf")
		}
	}
	return nil
}

// Restore takes from a published log the leaves that the database, an older backup, does not know: the drill after
// the loss of the last hours. The published log has to go on from what the database has; it is checked up to the
// signed root. Records the leaves speak of are not brought back, but every event is named by its leaf. It says how
// many leaves were taken.
func (l *Log) Restore(ctx context.Context, src Source) (taken int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	msg, err := src.Get(ctx, "checkpoint")
	if err != nil {
		return 0, err
	}
	c, err := l.trust.Open(msg)
	if err != nil {
		return 0, err
	}
	reader := tilesAt(ctx, src).reader(c.Size, c.Root)
	for {
		st, err := l.state(ctx)
		if err != nil {
			return taken, err
		}
		if taken == 0 {
			if err := goesOn(ctx, src, c, st); err != nil {
				return 0, err
			}
		}
		if st.size >= c.Size {
			return taken, l.restoreSigned(ctx, c, msg)
		}
		n, err := l.restoreSome(ctx, src, reader, c, st)
		taken += n
		if err != nil {
			return taken, fmt.Errorf("leaf %d: %w", st.size, err)
		}
	}
}

// goesOn says whether a published log begins with the tree the database has.
func goesOn(ctx context.Context, src Source, c Checkpoint, st state) error {
	if st.size > c.Size {
		return fmt.Errorf("published size %d, the database has %d: %w", c.Size, st.size, ErrRollback)
	}
	proof, err := tilesAt(ctx, src).consistency(c.Size, c.Root, st.size)
	if err == nil {
		err = checkConsistency(proof, c.Size, c.Root, st.size, st.root)
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil {
		return err
	}
	return fmt.Errorf("%w: %w", err, ErrFork)
}

// restoreSome takes the rest of one bundle.
func (l *Log) restoreSome(ctx context.Context, src Source, reader tlog.HashReader, c Checkpoint, st state) (int64, error) {
	events, err := checked(ctx, src, reader, tileAt(entryLevel, st.size/width, c.Size), st.size)
	if err != nil {
		return 0, err
	}
	var e *edge
	err = l.db.Read(ctx, func(tx *db.Tx) (err error) { e, err = edgeOf(tx, st); return err })
	if err != nil {
		return 0, err
	}
	entries := make([][]byte, len(events))
	var logged time.Time
	for i, ev := range events {
		entries[i], logged = ev.Leaf.Encode(), ev.Leaf.Logged
	}
	err = l.advance(ctx, st, e, entries, logged, func(tx *db.Tx) error {
		for _, ev := range events {
			if err := putBack(tx, ev); err != nil {
				return err
			}
		}
		return nil
	})
	return int64(len(events)), err
}

// putBack gives a leaf the place it had, whether the database still has it waiting or not at all.
func putBack(tx *db.Tx, e Event) error {
	logged := e.Leaf.Logged
	e.Leaf.Logged = time.Time{}
	return tx.Change(`INSERT INTO log_leaf (ref, at, body, seq, logged) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ref) DO UPDATE SET seq = excluded.seq, logged = excluded.logged, at = excluded.at, body = excluded.body
		WHERE log_leaf.seq IS NULL`, e.Leaf.Ref, db.At(e.Leaf.At), e.Leaf.Encode(), e.Index, db.At(logged))
}

// restoreSigned keeps the published checkpoint as the newest that was signed.
func (l *Log) restoreSigned(ctx context.Context, c Checkpoint, msg []byte) error {
	return l.db.Write(ctx, func(tx *db.Tx) error {
		st, err := load(tx, l.o.Origin)
		if err != nil || st.signed >= c.Size {
			return err
		}
		return keepSigned(tx, l.o.Origin, st.signed, c.Size, msg)
	})
}
