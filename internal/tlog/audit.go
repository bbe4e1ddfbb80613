package tlog

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"
)

// Report is the result of an audit.
type Report struct {
	Checkpoint Checkpoint // that was audited
	Leaves     int64      // that were read
	Tiles      int64
	Findings   []Finding
}

// mostFindings ends the list: whoever changed everything need not be told each time.
const mostFindings = 1000

func (r *Report) add(what, place string, index int64, detail string) {
	if len(r.Findings) < mostFindings {
		r.Findings = append(r.Findings, Finding{what, place, index, detail})
	}
}

// Replay recomputes a whole log from its published entries, trusting nothing but the keys, and names every file that
// does not agree, every leaf that breaks a rule, and every older checkpoint that is not of this history. An error
// means that the audit could not be done; what was found wrong stands in the report.
func Replay(ctx context.Context, src Source, trust Policy, older ...[]byte) (Report, error) {
	var rep Report
	msg, err := src.Get(ctx, "checkpoint")
	if err != nil {
		rep.add(FoundCheckpoint, "checkpoint", -1, err.Error())
		return rep, ctx.Err()
	}
	if rep.Checkpoint, err = trust.Open(msg); err != nil {
		rep.add(FoundCheckpoint, "checkpoint", -1, err.Error())
		if rep.Checkpoint.Origin == "" {
			return rep, nil
		}
	}
	a := &audit{src: src, rep: &rep, size: rep.Checkpoint.Size, older: map[int64][]Hash{}}
	for _, o := range older {
		c, err := trust.open(o)
		switch {
		case err != nil:
			rep.add(FoundCheckpoint, "older checkpoint", -1, err.Error())
		case c.Size > a.size:
			rep.add(FoundRollback, "checkpoint", -1, fmt.Sprintf("size %d was signed before, now %d is shown", c.Size, a.size))
		default:
			a.older[c.Size] = append(a.older[c.Size], c.Root)
		}
	}
	err = a.run(ctx)
	return rep, err
}

// audit is one replay at work.
type audit struct {
	src   Source
	rep   *Report
	size  int64
	older map[int64][]Hash
	rules *rules
	tree  edge
}

// ahead is how many tiles are fetched at once.
const ahead = 16

// piece is one tile of leaves as published; hashes or entries are nil where they are missing or malformed.
type piece struct {
	t       tile
	entries [][]byte
	hashes  []Hash
	wrong   [2]error // with entries, with hashes
}

func (a *audit) run(ctx context.Context) error {
	var at string
	a.rules = newRules(func(what string, index int64, detail string) { a.rep.add(what, at, index, detail) })
	a.tree.full = func(t tile, hs []Hash) { a.compare(ctx, t, hs) }
	a.reached()
	var parent *piece
	for n := int64(0); n*width < a.size; n += ahead {
		some, err := a.fetch(ctx, n)
		if err != nil {
			return err
		}
		for i := range some {
			p := &some[i]
			if p.t.n%width == 0 {
				parent = a.parent(ctx, p.t)
			}
			at = tile{entryLevel, p.t.n, p.t.width}.path()
			a.piece(p, parent)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	a.tree.partial(func(t tile, hs []Hash) { a.compare(ctx, t, hs) })
	if root := a.tree.root(); root != a.rep.Checkpoint.Root {
		a.rep.add(FoundRoot, "checkpoint", -1, fmt.Sprintf("the entries add up to %s, signed is %s", root, a.rep.Checkpoint.Root))
	}
	return ctx.Err()
}

// fetch reads some tiles of leaves, with their entries, at once.
func (a *audit) fetch(ctx context.Context, n int64) ([]piece, error) {
	var some []piece
	for i := n; i < n+ahead && i*width < a.size; i++ {
		some = append(some, piece{t: tileAt(0, i, a.size)})
	}
	var g errgroup.Group
	for i := range some {
		p := &some[i]
		g.Go(func() error {
			p.entries, p.wrong[0] = fetchEntries(ctx, a.src, tile{entryLevel, p.t.n, p.t.width})
			p.hashes, p.wrong[1] = fetchHashes(ctx, a.src, p.t)
			return ctx.Err()
		})
	}
	return some, g.Wait()
}

// parent is the tile that has the roots of the next 256 tiles of leaves, if there is one.
func (a *audit) parent(ctx context.Context, t tile) *piece {
	up := tileAt(1, t.n/width, a.size)
	if up.width == 0 {
		return nil
	}
	hs, err := fetchHashes(ctx, a.src, up)
	return &piece{t: up, hashes: hs, wrong: [2]error{nil, err}}
}

// piece judges one tile of leaves and lets the tree grow by those hashes that the tile above bears out.
func (a *audit) piece(p, parent *piece) {
	place := tile{entryLevel, p.t.n, p.t.width}.path()
	if p.wrong[0] != nil {
		a.rep.add(FoundEntry, place, -1, p.wrong[0].Error())
	}
	if p.wrong[1] != nil {
		a.rep.add(FoundTile, p.t.path(), -1, p.wrong[1].Error())
	}
	a.rep.Tiles++
	told := make([]Hash, len(p.entries))
	for i, e := range p.entries {
		told[i] = tlog.RecordHash(e)
	}
	use := told
	switch {
	case len(told) == 0 && len(p.hashes) == 0:
		use = make([]Hash, p.t.width) // nothing to go by: the root will not come out right
	case len(told) == 0:
		use = p.hashes
	case len(p.hashes) == 0:
	default:
		use = a.choose(p, told, parent)
	}
	for i, e := range p.entries {
		index := p.t.n*width + int64(i)
		l, err := DecodeLeaf(e)
		if err != nil {
			a.rep.add(FoundEntry, place, index, err.Error())
			continue
		}
		a.rep.Leaves++
		a.rules.judge(index, l)
	}
	for _, h := range use {
		a.tree.add(h)
		a.reached()
	}
}

// choose compares entries with their tile, says which of them was changed, and gives the hashes that are right.
func (a *audit) choose(p *piece, told []Hash, parent *piece) []Hash {
	same := true
	for i := range told {
		same = same && told[i] == p.hashes[i]
	}
	if same {
		return told
	}
	entriesRight, tileRight := a.right(p, told, parent), a.right(p, p.hashes, parent)
	for i := range told {
		if told[i] == p.hashes[i] {
			continue
		}
		index := p.t.n*width + int64(i)
		if !entriesRight {
			a.rep.add(FoundEntry, tile{entryLevel, p.t.n, p.t.width}.path(), index, "changed: its hash is not that of the tile")
		}
		if !tileRight {
			a.rep.add(FoundTile, p.t.path(), index, "changed: it is not the hash of the entry")
		}
	}
	if tileRight && !entriesRight {
		return p.hashes
	}
	return told
}

// right says whether the hashes of a tile are borne out: by the tile above, or at the right edge by the signed root.
func (a *audit) right(p *piece, hs []Hash, parent *piece) bool {
	if p.t.width == width {
		i := p.t.n % width
		return parent != nil && i < int64(len(parent.hashes)) && parent.hashes[i] == merkle(hs)
	}
	try := edge{size: a.tree.size}
	for _, level := range a.tree.tiles {
		try.tiles = append(try.tiles, append(make([]Hash, 0, width), level...))
	}
	for _, h := range hs {
		try.add(h)
	}
	return try.root() == a.rep.Checkpoint.Root
}

// compare finds the published tile of a level above the leaves to be what was computed.
func (a *audit) compare(ctx context.Context, t tile, hs []Hash) {
	if t.level == 0 {
		return
	}
	a.rep.Tiles++
	have, err := fetchHashes(ctx, a.src, t)
	if err != nil {
		a.rep.add(FoundTile, t.path(), -1, err.Error())
		return
	}
	for i := range hs {
		if hs[i] != have[i] {
			a.rep.add(FoundTile, t.path(), -1, fmt.Sprintf("hash %d is not the root of what stands below it", i))
		}
	}
}

// reached compares the tree, at the sizes of older checkpoints, with their roots.
func (a *audit) reached() {
	for _, root := range a.older[a.tree.size] {
		if a.tree.root() != root {
			a.rep.add(FoundFork, "older checkpoint", -1, fmt.Sprintf("size %d: root %s was signed, the log now gives %s", a.tree.size, root, a.tree.root()))
		}
	}
}

// Event is a leaf and its place.
type Event struct {
	Index int64
	Leaf  Leaf
}

// Monitor reads what is new in a log since a checkpoint the body saw before (nil for none), and gives the leaves in
// the body's name, or all where body is empty. Every hash is checked up to the signed root, and the log has to go on
// where it was: otherwise an error says so. The new checkpoint is the one to keep for the next time.
func Monitor(ctx context.Context, src Source, trust Policy, since []byte, body string) (events []Event, checkpoint []byte, err error) {
	msg, err := src.Get(ctx, "checkpoint")
	if err != nil {
		return nil, nil, err
	}
	c, err := trust.Open(msg)
	if err != nil {
		return nil, nil, err
	}
	tiles := tilesAt(ctx, src)
	var from int64
	if since != nil {
		old, err := trust.open(since)
		if err != nil {
			return nil, nil, fmt.Errorf("older: %w", err)
		}
		from = old.Size
		var proof []Hash
		if old.Size < c.Size {
			if proof, err = tiles.consistency(c.Size, c.Root, old.Size); err != nil {
				return nil, nil, fmt.Errorf("consistency: %w", err)
			}
		}
		if err := checkConsistency(proof, c.Size, c.Root, old.Size, old.Root); errors.Is(err, ErrProof) {
			return nil, nil, fmt.Errorf("size %d does not go on from %d: %w", c.Size, old.Size, ErrFork)
		} else if err != nil {
			return nil, nil, err
		}
	}
	reader := tiles.reader(c.Size, c.Root)
	for n := from / width; n*width < c.Size; n++ {
		some, err := checked(ctx, src, reader, tileAt(entryLevel, n, c.Size), from)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range some {
			if body == "" || e.Leaf.Body == body {
				events = append(events, e)
			}
		}
	}
	return events, msg, nil
}

// checked reads the entries of a bundle from an index on, each found to be the one under the signed root.
func checked(ctx context.Context, src Source, reader tlog.HashReader, t tile, from int64) ([]Event, error) {
	entries, err := fetchEntries(ctx, src, t)
	if err != nil {
		return nil, err
	}
	first := t.n * width
	at := make([]int64, len(entries))
	for i := range at {
		at[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	want, err := reader.ReadHashes(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.path(), err)
	}
	var out []Event
	for i, e := range entries {
		index := first + int64(i)
		if tlog.RecordHash(e) != want[i] {
			return nil, fmt.Errorf("%s: entry %d: %w", t.path(), index, ErrProof)
		}
		if index < from {
			continue
		}
		l, err := DecodeLeaf(e)
		if err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", t.path(), index, err)
		}
		out = append(out, Event{index, l})
	}
	return out, nil
}
