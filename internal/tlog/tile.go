package tlog

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	height     = 8           // of a tile
	width      = 1 << height // hashes or entries in a full tile
	entryLevel = -1          // tiles of this level hold entries
)

// tile names one static file: Width hashes, or entries at level -1, from 256·N on. See C2SP tlog-tiles.
type tile struct {
	level int
	n     int64
	width int
}

// path is the file's path below the log's prefix. (golang.org/x/mod has its own, other form.)
func (t tile) path() string {
	level := "entries"
	if t.level != entryLevel {
		level = strconv.Itoa(t.level)
	}
	n := fmt.Sprintf("%03d", t.n%1000)
	for rest := t.n / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	if t.width < width {
		n += ".p/" + strconv.Itoa(t.width)
	}
	return "tile/" + level + "/" + n
}

// parsePath reads a path; only the one form path writes is accepted.
func parsePath(s string) (tile, error) {
	t := tile{width: width}
	level, rest, _ := strings.Cut(strings.TrimPrefix(s, "tile/"), "/")
	if level == "entries" {
		t.level = entryLevel
	} else if t.level, _ = strconv.Atoi(level); t.level < 0 || t.level > 63 {
		return tile{}, fmt.Errorf("path %q: %w", s, ErrMalformed)
	}
	n, w, partial := strings.Cut(rest, ".p/")
	if partial {
		t.width, _ = strconv.Atoi(w)
	}
	t.n, _ = strconv.ParseInt(strings.ReplaceAll(strings.ReplaceAll(n, "x", ""), "/", ""), 10, 64)
	if t.width < 1 || partial && t.width >= width || t.n < 0 || t.path() != s {
		return tile{}, fmt.Errorf("path %q: %w", s, ErrMalformed)
	}
	return t, nil
}

// tilesOf are the tiles that a log of size has and one of size old had not, or had narrower; entries included.
func tilesOf(old, size int64) []tile {
	var out []tile
	for _, t := range tlog.NewTiles(height, old, size) {
		out = append(out, tile{t.L, t.N, t.W})
		if t.L == 0 {
			out = append(out, tile{entryLevel, t.N, t.W})
		}
	}
	return out
}

// tileAt is tile n of a level in a log of size; its width is 0 if there is none.
func tileAt(level int, n, size int64) tile {
	wide := size>>(height*max(level, 0)) - n*width
	return tile{level, n, int(min(max(wide, 0), width))}
}

// hashes reads the file of a tile of exactly w hashes.
func hashes(b []byte, w int) ([]Hash, error) {
	if len(b) != w*tlog.HashSize {
		return nil, fmt.Errorf("tile of %d bytes, want %d hashes: %w", len(b), w, ErrMalformed)
	}
	out := make([]Hash, w)
	for i := range out {
		copy(out[i][:], b[i*tlog.HashSize:])
	}
	return out, nil
}

// join is the file of hashes.
func join(hs []Hash) []byte {
	b := make([]byte, 0, len(hs)*tlog.HashSize)
	for i := range hs {
		b = append(b, hs[i][:]...)
	}
	return b
}

// bundle is the file of entries: each with its length in two bytes before it.
func bundle(entries [][]byte) []byte {
	var b []byte
	for _, e := range entries {
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b
}

// parseBundle reads a file of exactly n entries.
func parseBundle(b []byte, n int) ([][]byte, error) {
	r := reader{b: b}
	out := make([][]byte, 0, n)
	for range n {
		out = append(out, r.take(int(r.uint(2))))
	}
	if r.short || len(r.b) > 0 {
		return nil, fmt.Errorf("bundle of %d bytes, want %d entries: %w", len(b), n, ErrMalformed)
	}
	return out, nil
}

// merkle is the root over a power of two of hashes.
func merkle(hs []Hash) Hash {
	row := append([]Hash(nil), hs...)
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

// edge is the right edge of a growing tree: the last, partial tile of every level.
type edge struct {
	size  int64
	tiles [][]Hash
	full  func(t tile, hs []Hash) // told of each tile that becomes full; hs is reused
}

// add puts a leaf's hash at the right.
func (e *edge) add(h Hash) {
	e.size++
	for level := 0; ; level++ {
		if level == len(e.tiles) {
			e.tiles = append(e.tiles, make([]Hash, 0, width))
		}
		e.tiles[level] = append(e.tiles[level], h)
		if len(e.tiles[level]) < width {
			return
		}
		h = merkle(e.tiles[level])
		if e.full != nil {
			e.full(tile{level, e.size>>(height*(level+1)) - 1, width}, e.tiles[level])
		}
		e.tiles[level] = e.tiles[level][:0]
	}
}

// partial tells of the partial tiles at the right.
func (e *edge) partial(fn func(t tile, hs []Hash)) {
	for level, hs := range e.tiles {
		if len(hs) > 0 {
			fn(tileAt(level, e.size>>(height*(level+1)), e.size), hs)
		}
	}
}

// root of the tree (RFC 6962, 2.1): the perfect subtrees from the right, each put left of what is there.
func (e *edge) root() Hash {
	root, first := emptyRoot, true
	for _, hs := range e.tiles {
		for rest := len(hs); rest > 0; {
			k := rest & -rest // the smallest perfect subtree is the last
			h := merkle(hs[rest-k : rest])
			if first {
				root, first = h, false
			} else {
				root = tlog.NodeHash(h, root)
			}
			rest -= k
		}
	}
	return root
}

// tileSource reads the hashes of a tile from wherever they are kept.
type tileSource func(t tile) ([]byte, error)

// Height is the height of tiles, for golang.org/x/mod.
func (tileSource) Height() int { return height }

// SaveTiles keeps nothing.
func (tileSource) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles reads tiles of hashes.
func (s tileSource) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		b, err := s(tile{t.L, t.N, t.W})
		if err != nil {
			return nil, err
		}
		if len(b) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %s of %d bytes: %w", tile{t.L, t.N, t.W}.path(), len(b), ErrMalformed)
		}
		out[i] = b
	}
	return out, nil
}

// reader gives hashes of a tree, each checked against the root.
func (s tileSource) reader(size int64, root Hash) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, s)
}

// inclusion proves that a tree has a leaf at an index.
func (s tileSource) inclusion(size int64, root Hash, index int64) ([]Hash, error) {
	return tlog.ProveRecord(size, index, s.reader(size, root))
}

// consistency proves that a tree begins with the older one of that size. It is empty where there is nothing to prove.
func (s tileSource) consistency(size int64, root Hash, older int64) ([]Hash, error) {
	if older == 0 || older == size {
		return nil, nil
	}
	return tlog.ProveTree(size, older, s.reader(size, root))
}

// checkConsistency says whether a proof leads from the older tree to the newer.
func checkConsistency(proof []Hash, size int64, root Hash, older int64, olderRoot Hash) error {
	switch {
	case older > size:
		return fmt.Errorf("size %d after %d: %w", size, older, ErrRollback)
	case older == size && root != olderRoot:
		return fmt.Errorf("two roots at size %d: %w", size, ErrFork)
	case (older == 0 || older == size) && len(proof) > 0:
		return fmt.Errorf("a proof of %d hashes where none is needed: %w", len(proof), ErrProof)
	case older == 0 || older == size:
		return nil
	}
	if err := tlog.CheckTree(proof, size, root, older, olderRoot); err != nil {
		return fmt.Errorf("size %d to %d: %w", older, size, ErrProof)
	}
	return nil
}
