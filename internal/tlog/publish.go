package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"kompeten/internal/db"

	"golang.org/x/sync/errgroup"
)

// scratch is where files are written before they get their names; it is not served.
const scratch = ".tmp"

// write brings the public files from what they show to the checkpoint of st: tiles and entries first, the
// checkpoint last, so that whoever reads a checkpoint finds all it stands for.
func (l *Log) write(ctx context.Context, st state) error {
	shown, err := l.shown(ctx, st)
	if err != nil {
		return err
	}
	if shown == nil || !bytes.Equal(shown, st.note) {
		var old int64
		if shown != nil {
			c, err := l.trust.open(shown)
			if err != nil {
				return err
			}
			old = c.Size
		}
		if err := l.writeTiles(ctx, tilesOf(old, st.signed)); err != nil {
			return err
		}
		return l.put([]tile{{}}, func(tile) string { return "checkpoint" }, [][]byte{st.note})
	}
	return nil
}

// shown is the checkpoint in the public directory; none in a new one. A log whose files are ahead of its database,
// or tell another history, is not written: the database is an old backup (see Restore), or the files are not ours.
func (l *Log) shown(ctx context.Context, st state) ([]byte, error) {
	msg, c, err := l.published()
	if err != nil || msg == nil {
		return nil, err
	}
	if c.Size > st.signed {
		return nil, fmt.Errorf("published size %d, the database knows %d: %w", c.Size, st.signed, ErrRollback)
	}
	now, err := l.trust.open(st.note)
	if err != nil {
		return nil, err
	}
	proof, err := l.consistency(ctx, now.Size, now.Root, c.Size)
	if err == nil {
		err = checkConsistency(proof, now.Size, now.Root, c.Size, c.Root)
	}
	if err != nil {
		return nil, fmt.Errorf("published size %d: %w: %w", c.Size, err, ErrFork)
	}
	return msg, nil
}

// published reads the checkpoint in the public directory; nil if there is none.
func (l *Log) published() ([]byte, Checkpoint, error) {
	msg, err := os.ReadFile(filepath.Join(l.o.Dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Checkpoint{}, nil
	}
	if err != nil {
		return nil, Checkpoint{}, err
	}
	c, err := l.trust.open(msg)
	if err != nil {
		return nil, c, fmt.Errorf("published: %w", err)
	}
	return msg, c, nil
}

// together is how many files are written at once.
const together = 64

func (l *Log) writeTiles(ctx context.Context, tiles []tile) error {
	for some := range slices.Chunk(tiles, together) {
		var data [][]byte
		err := l.db.Read(ctx, func(tx *db.Tx) (err error) { data, err = contents(tx, some); return err })
		if err != nil {
			return err
		}
		if err := l.put(some, tile.path, data); err != nil {
			return err
		}
		for _, t := range some {
			if err := l.tidy(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// contents are the files of tiles as the database has them.
func contents(tx *db.Tx, tiles []tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if t.level != entryLevel {
			data[i], err = tileOf(tx, t)
		} else {
			data[i], err = bundleOf(tx, t)
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

func bundleOf(tx *db.Tx, t tile) ([]byte, error) {
	leaves, err := rows(tx, t.n*width, t.n*width+int64(t.width))
	if err != nil {
		return nil, err
	}
	if len(leaves) != t.width {
		return nil, fmt.Errorf("%s: %d leaves in the database", t.path(), len(leaves))
	}
	entries := make([][]byte, len(leaves))
	for i, r := range leaves {
		if len(r.body) < loggedAt+8 {
			return nil, fmt.Errorf("leaf %d: %w", r.seq, ErrMalformed)
		}
		entries[i] = r.entry()
	}
	return bundle(entries), nil
}

// tidy takes away the narrow forms of the tile before a full one. Those of the full tile itself stay for readers who
// are just now at an older checkpoint.
func (l *Log) tidy(t tile) error {
	if t.width < width || t.n == 0 {
		return nil
	}
	before := tile{t.level, t.n - 1, width}
	return os.RemoveAll(filepath.Join(l.o.Dir, filepath.FromSlash(before.path()+".p")))
}

// put writes files and returns when they are on the disk under their names. A file is there whole or not at all.
func (l *Log) put(tiles []tile, path func(tile) string, data [][]byte) error {
	dirs := map[string]bool{}
	var g errgroup.Group
	g.SetLimit(16)
	for i, t := range tiles {
		name := filepath.Join(l.o.Dir, filepath.FromSlash(path(t)))
		if err := l.makeDirs(filepath.Dir(name), dirs); err != nil {
			return err
		}
		g.Go(func() error { return putFile(filepath.Join(l.o.Dir, scratch), name, data[i]) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for dir := range dirs {
		g.Go(func() error { return syncFile(dir) })
	}
	return g.Wait()
}

// makeDirs makes a directory and notes it and all above it, up to the log's own, to be synced.
func (l *Log) makeDirs(dir string, dirs map[string]bool) error {
	if dirs[dir] {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for d := dir; ; d = filepath.Dir(d) {
		dirs[d] = true
		if d == filepath.Clean(l.o.Dir) || d == filepath.Dir(d) {
			return nil
		}
	}
}

func putFile(tmp, name string, data []byte) error {
	f, err := os.CreateTemp(tmp, "*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Remake writes every public file anew from the database, as after the loss of the directory; what is there and
// right is left alone. It does not take the checkpoint back to an older one.
func (l *Log) Remake(ctx context.Context) (written int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	st, err := l.state(ctx)
	if err != nil || st.signed < 0 {
		return 0, err
	}
	if _, err := l.shown(ctx, st); err != nil {
		return 0, err
	}
	if _, err := l.trust.Open(st.note); err != nil {
		return 0, err
	}
	for some := range slices.Chunk(tilesOf(0, st.signed), together) {
		var data [][]byte
		err := l.db.Read(ctx, func(tx *db.Tx) (err error) { data, err = contents(tx, some); return err })
		if err != nil {
			return written, err
		}
		var lost []tile
		var with [][]byte
		for i, t := range some {
			have, err := os.ReadFile(filepath.Join(l.o.Dir, filepath.FromSlash(t.path())))
			if err != nil || !bytes.Equal(have, data[i]) {
				lost, with = append(lost, t), append(with, data[i])
			}
		}
		if err := l.put(lost, tile.path, with); err != nil {
			return written, err
		}
		written += int64(len(lost))
	}
	return written, l.put([]tile{{}}, func(tile) string { return "checkpoint" }, [][]byte{st.note})
}
