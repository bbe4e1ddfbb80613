package tlog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

var ctx = context.Background()

const origin = "contoh.id/log"

// key is a signer whose seed is one byte, repeated.
func key(t testing.TB, name string, seed byte) *Signer {
	t.Helper()
	s, err := NewSigner(name, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, d *db.DB, dir string, change func(*Options)) *Log {
	t.Helper()
	o := Options{Origin: origin, Signer: key(t, origin, 1), Dir: dir}
	if change != nil {
		change(&o)
	}
	l, err := Open(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// issued is the leaf of a sample certificate.
func issued(i int) Leaf {
	return Leaf{Ref: fmt.Sprintf("crt_%07d/1", i), Kind: Issue, Body: "BNSP-LSP-000-ID", Doc: sha256.Sum256(fmt.Append(nil, "doc", i)),
		Number: NumberHash("BNSP-LSP-000-ID", fmt.Sprint("62010 2513 ", i)), List: "7", Index: uint32(i)}
}

// after is a later event of the same certificate.
func after(i, no int, k Kind) Leaf {
	l := issued(i)
	l.Kind, l.Ref = k, fmt.Sprintf("crt_%07d/%d", i, no)
	return l
}

func put(t testing.TB, d *db.DB, leaves ...Leaf) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) error { return Append(tx, leaves...) }); err != nil {
		t.Fatal(err)
	}
}

func many(from, n int) (out []Leaf) {
	for i := range n {
		out = append(out, issued(from+i))
	}
	return out
}

func integrate(t testing.TB, l *Log) int64 {
	t.Helper()
	n, err := l.Integrate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sound replays a published log and finds nothing, size leaves long.
func sound(t *testing.T, l *Log, size int64) {
	t.Helper()
	rep, err := Replay(ctx, SourceAt(l.o.Dir, nil), l.trust)
	if err != nil || len(rep.Findings) > 0 || rep.Leaves != size || rep.Checkpoint.Size != size {
		t.Fatalf("%d leaves, size %d, want %d; %v %v", rep.Leaves, rep.Checkpoint.Size, size, rep.Findings, err)
	}
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		rep, err := CompareDatabase(tx, SourceAt(l.o.Dir, nil), l.trust)
		if len(rep.Findings) > 0 || rep.Leaves != size {
			t.Errorf("database: %d leaves, %v", rep.Leaves, rep.Findings)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	e := edge{}
	if r := e.root(); hex.EncodeToString(r[:]) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("empty: %x", r)
	}
	for i, l := range leaves {
		b, _ := hex.DecodeString(l)
		e.add(tlog.RecordHash(b))
		if r := e.root(); hex.EncodeToString(r[:]) != roots[i] {
			t.Errorf("%d leaves: %x, want %s", i+1, r, roots[i])
		}
	}
}

func TestTheTreeIsThatOfTheGoChecksumDatabase(t *testing.T) {
	var stored []Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]Hash, error) {
		out := make([]Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	e := edge{full: func(tl tile, hs []Hash) {
		want, err := tlog.ReadTileData(tlog.Tile{H: height, L: tl.level, N: tl.n, W: tl.width}, read)
		if err != nil || !bytes.Equal(want, join(hs)) {
			t.Errorf("%s: %v", tl.path(), err)
		}
	}}
	for i := range int64(70_000) {
		h := tlog.RecordHash(fmt.Append(nil, i))
		more, err := tlog.StoredHashesForRecordHash(i, h, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		e.add(h)
		if i%997 == 0 || i == 69_999 || i&(i+1) == 0 {
			if want, err := tlog.TreeHash(i+1, read); err != nil || want != e.root() {
				t.Fatalf("size %d: %v %v %v", i+1, want, e.root(), err)
			}
		}
	}
}

func TestPathsAreThoseOfTlogTiles(t *testing.T) {
	for _, c := range []struct {
		t    tile
		path string
	}{
		{tile{0, 1234067, width}, "tile/0/x001/x234/067"},
		{tile{0, 0, 1}, "tile/0/000.p/1"},
		{tile{entryLevel, 273, 112}, "tile/entries/273.p/112"},
		{tile{63, 1000, width}, "tile/63/x001/000"},
	} {
		if c.t.path() != c.path {
			t.Errorf("%s, want %s", c.t.path(), c.path)
		}
		if back, err := parsePath(c.path); err != nil || back != c.t {
			t.Errorf("%s is read as %v %v", c.path, back, err)
		}
	}
	for _, wrong := range []string{"", "tile/0/1", "tile/00/000", "tile/64/000", "tile/8/0/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
		"tile/0/001/000", "tile/0/x1/000", "tile/0/-01", "tile/0/../000", "tile/data/000", "tile/0/x000/001", "/tile/0/000", "tile/0/000/"} {
		if got, err := parsePath(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, got)
		}
	}
}

func TestALogOf70000HasTheFilesOfTheSpecification(t *testing.T) {
	count := map[string]int{}
	for _, x := range tilesOf(0, 70_000) {
		count[fmt.Sprint(x.level, " ", x.width)]++
	}
	for k, want := range map[string]int{"0 256": 273, "0 112": 1, "1 256": 1, "1 17": 1, "2 1": 1, "-1 256": 273, "-1 112": 1} {
		if count[k] != want {
			t.Errorf("level and width %s: %d files, want %d", k, count[k], want)
		}
	}
	if len(count) != 7 {
		t.Errorf("%v", count)
	}
}

func TestALeafIsTakenInOnceAndKeptAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := open(t, d.DB, t.TempDir(), nil)
		put(t, d.DB, many(0, 300)...)
		put(t, d.DB, many(290, 20)...) // ten of them again
		if n := integrate(t, l); n != 310 {
			t.Errorf("%d leaves got a place, want 310", n)
		}
		put(t, d.DB, issued(5))
		if n := integrate(t, l); n != 0 {
			t.Errorf("a leaf that is in the log got another place")
		}
		other := issued(5)
		other.Doc[0]++
		if err := d.Write(ctx, func(tx *db.Tx) error { return Append(tx, other) }); err == nil {
			t.Error("another event was taken in under the same reference")
		}
		future := issued(9999)
		future.At = d.Now().Add(time.Hour)
		if err := d.Write(ctx, func(tx *db.Tx) error { return Append(tx, future) }); err == nil {
			t.Error("an event that has not come yet was taken in")
		}
		stop := errors.New("stop")
		err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(Append(tx, issued(10_000)), stop) })
		if !errors.Is(err, stop) || integrate(t, l) != 0 {
			t.Error("the leaf of a Write that failed is in the log")
		}
		sound(t, l, 310)
	})
}

func TestWhateverTheInterleavingTheLogIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		dir := t.TempDir()
		logs := []*Log{open(t, d.DB, dir, nil), open(t, d.DB, dir, nil)} // as two processes have it
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := range 25 {
					put(t, d.DB, many(w*10_000+i*100, 1+rand.N(40))...)
				}
			})
		}
		for _, l := range logs {
			wg.Go(func() {
				for range 12 {
					integrate(t, l)
				}
			})
		}
		wg.Wait()
		integrate(t, logs[0])
		var n int64
		err := d.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT COUNT(*) FROM log_leaf", nil, &n) })
		if err != nil {
			t.Fatal(err)
		}
		sound(t, logs[0], n)
	})
}

func TestProofsHoldAtEverySizeAndOnlyForTheirLeaf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := open(t, d.DB, t.TempDir(), nil)
		total := 0
		first := map[int][]byte{}
		for _, n := range []int{1, 1, 253, 1, 1, 700} {
			put(t, d.DB, many(total, n)...)
			total += n
			if _, err := l.Prove(ctx, issued(total-1).Ref); !fault.Is(err, fault.NotFound) {
				t.Errorf("a waiting leaf is proven: %v", err)
			}
			integrate(t, l)
			for _, i := range []int{0, total / 2, total - 1} {
				given, err := l.Prove(ctx, issued(i).Ref)
				if err != nil {
					t.Fatal(err)
				}
				if before, known := first[i]; known && string(before) != string(given.Text()) {
					t.Errorf("leaf %d: its proof changed when the log grew to %d", i, total)
				}
				first[i] = given.Text()
				p := inNewest(t, d.DB, l, int64(i))
				back, err := ParseProof(p.Text())
				if err != nil {
					t.Fatal(err)
				}
				leaf, c, err := back.Verify(l.Trust())
				if err != nil || leaf.Ref != issued(i).Ref || leaf.Doc != issued(i).Doc || c.Size != int64(total) {
					t.Fatalf("leaf %d of %d: %+v %v", i, total, leaf, err)
				}
				if root := rfc9162(p); root != c.Root {
					t.Errorf("leaf %d of %d: another reading of the proof gives %v", i, total, root)
				}
				refused(t, l, back)
			}
		}
	})
}

// inNewest is the proof of a leaf in the whole log.
func inNewest(t *testing.T, d *db.DB, l *Log, index int64) (p Proof) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		st, err := load(tx, l.o.Origin)
		if err != nil {
			return err
		}
		c, err := l.trust.Open(st.note)
		if err != nil {
			return err
		}
		p, err = l.proveIn(tx, index, c, st.note)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rfc9162 goes up a proof as RFC 9162, 2.1.3.2, tells it, without the library.
func rfc9162(p Proof) Hash {
	var c Checkpoint
	text, _, _ := strings.Cut(string(p.Checkpoint), "\n\n")
	c, _ = ParseCheckpoint(text + "\n")
	r := sha256.Sum256(append([]byte{0}, p.Entry...))
	fn, sn := p.Index, c.Size-1
	for _, h := range p.Hashes {
		if fn&1 == 1 || fn == sn {
			r = sha256.Sum256(append(append([]byte{1}, h[:]...), r[:]...))
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = sha256.Sum256(append(append([]byte{1}, r[:]...), h[:]...))
		}
		fn, sn = fn>>1, sn>>1
	}
	return r
}

// refused changes a proof in every way and finds it refused.
func refused(t *testing.T, l *Log, good Proof) {
	t.Helper()
	text := good.Text()
	for i := range text {
		for _, bit := range []byte{1, 4, 32} {
			b := bytes.Clone(text)
			b[i] ^= bit
			p, err := ParseProof(b)
			if err != nil {
				continue
			}
			if _, _, err := p.Verify(l.Trust()); err == nil {
				t.Fatalf("byte %d changed, and the proof holds", i)
			}
		}
	}
	if _, _, err := good.Verify(mustPolicy(t, origin, key(t, origin, 9).LogKey())); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	if _, _, err := good.Verify(mustPolicy(t, "lain.id/log", key(t, "lain.id/log", 1).LogKey())); !errors.Is(err, ErrOrigin) {
		t.Errorf("another log: %v", err)
	}
}

func mustPolicy(t testing.TB, origin string, keys ...string) Policy {
	t.Helper()
	p, err := NewPolicy(origin, keys, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsChangedInThePublishedLogIsNamed(t *testing.T) {
	d := dbtest.Open(t)
	l := open(t, d.DB, t.TempDir(), nil)
	put(t, d.DB, many(0, 600)...)
	integrate(t, l)
	first, err := os.ReadFile(filepath.Join(l.o.Dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, d.DB, many(600, 70_000-600)...)
	integrate(t, l)
	sound(t, l, 70_000)
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	gone := func([]byte) []byte { return nil }
	for _, c := range []struct {
		says, file string
		change     func([]byte) []byte
		what       string
		index      int64
	}{
		{"an entry", "tile/entries/003", flip(2*158 + 40), FoundEntry, -2},
		{"an entry at the right edge", "tile/entries/273.p/112", flip(40), FoundEntry, 273 * 256},
		{"a bundle taken away", "tile/entries/100", gone, FoundEntry, -1},
		{"a bundle cut short", "tile/entries/100", func(b []byte) []byte { return b[:len(b)-1] }, FoundEntry, -1},
		{"a hash of a leaf", "tile/0/003", flip(5*32 + 3), FoundTile, 3*256 + 5},
		{"a hash at the right edge", "tile/0/273.p/112", flip(7*32 + 3), FoundTile, 273*256 + 7},
		{"a tile taken away", "tile/0/200", gone, FoundTile, -1},
		{"a tile of the second level", "tile/1/000", flip(9), FoundTile, -1},
		{"a partial tile of the second level", "tile/1/001.p/17", flip(9), FoundTile, -1},
		{"a tile of the third level", "tile/2/000.p/1", flip(9), FoundTile, -1},
		{"the signature", "checkpoint", func(b []byte) []byte {
			return bytes.Replace(b, []byte("— "+origin+" "), []byte("— "+origin+" A"), 1)
		}, FoundCheckpoint, -1},
		{"the checkpoint taken away", "checkpoint", gone, FoundCheckpoint, -1},
	} {
		t.Run(c.says, func(t *testing.T) {
			name := filepath.Join(l.o.Dir, c.file)
			good, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.WriteFile(name, good, 0o644) }()
			if b := c.change(bytes.Clone(good)); b == nil {
				_ = os.Remove(name)
			} else if err := os.WriteFile(name, b, 0o644); err != nil {
				t.Fatal(err)
			}
			rep, err := Replay(ctx, SourceAt(l.o.Dir, nil), l.trust, first)
			if err != nil || len(rep.Findings) == 0 || len(rep.Findings) > 2 {
				t.Fatalf("%v %v", rep.Findings, err)
			}
			f := rep.Findings[0]
			if f.What != c.what || !strings.HasPrefix(c.file, f.Place) || c.index != -2 && f.Index != c.index {
				t.Errorf("found %v, want %s in %s at %d", f, c.what, c.file, c.index)
			}
		})
	}
}

func TestRowsChangedBehindTheProgramsBackAreNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := open(t, d.DB, t.TempDir(), nil)
		put(t, d.DB, many(0, 600)...)
		integrate(t, l)
		sound(t, l, 600)
		for _, c := range []struct{ says, sql, place string }{
			{"a leaf changed", "UPDATE log_leaf SET body = (SELECT body FROM log_leaf WHERE seq = 8) WHERE seq = 7", "log_leaf crt_0000007/1"},
			{"a time moved", "UPDATE log_leaf SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 7", "log_leaf crt_0000007/1"},
			{"a leaf taken out", "DELETE FROM log_leaf WHERE seq = 7", "log_leaf crt_0000007/1"},
			{"a tile changed", "UPDATE log_tile SET hashes = (SELECT hashes FROM log_tile WHERE level = 0 AND n = 1) WHERE level = 0 AND n = 0", "log_tile level 0 n 0"},
			{"a tile taken out", "DELETE FROM log_tile WHERE level = 1", "log_tile level 1 n 0"},
			{"the log set back", "UPDATE log_state SET size = 599", "log_state"},
			{"the root changed", "UPDATE log_state SET root = (SELECT hashes FROM log_tile WHERE level = 2)", ""},
		} {
			undo := errors.New("undo")
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(c.sql); err != nil {
					return err
				}
				rep, err := CompareDatabase(tx, SourceAt(l.o.Dir, nil), l.trust)
				if c.place != "" && (err != nil || len(rep.Findings) == 0 || rep.Findings[0].Place != c.place || rep.Findings[0].What != FoundDatabase) {
					t.Errorf("%s: %v %v", c.says, rep.Findings, err)
				}
				return undo
			})
			if c.place != "" && !errors.Is(err, undo) {
				t.Errorf("%s: %v", c.says, err)
			}
		}
		sound(t, l, 600)
	})
}

func TestLeavesThatBreakARuleAreNamed(t *testing.T) {
	twice := issued(1)
	twice.Ref = "crt_other/1"
	place := issued(50)
	place.Index = 1
	elsewhere := after(1, 2, Revoke)
	elsewhere.Index = 77
	for _, c := range []struct {
		says   string
		leaves []Leaf
		what   string
	}{
		{"a whole life is no finding", []Leaf{issued(1), after(1, 2, Suspend), after(1, 3, Resume), after(1, 4, Renew), after(1, 5, Revoke)}, ""},
		{"a number issued twice", []Leaf{issued(1), twice}, FoundTwice},
		{"a place given twice", []Leaf{issued(1), place}, FoundTwice},
		{"revoked before it was issued", []Leaf{after(1, 2, Revoke), issued(1)}, FoundOrder},
		{"resumed without suspension", []Leaf{issued(1), after(1, 2, Resume)}, FoundOrder},
		{"alive after its end", []Leaf{issued(1), after(1, 2, Revoke), after(1, 3, Resume)}, FoundOrder},
		{"another's place revoked", []Leaf{issued(1), elsewhere}, FoundOrder},
	} {
		var found []string
		r := newRules(func(what string, _ int64, _ string) { found = append(found, what) })
		for i, l := range c.leaves {
			l.At = dbtest.Start
			l.Logged = dbtest.Start.Add(time.Second)
			r.judge(int64(i), l)
		}
		if c.what == "" && len(found) > 0 || c.what != "" && !slices.Equal(found, []string{c.what}) {
			t.Errorf("%s: %v", c.says, found)
		}
	}
	var found []string
	r := newRules(func(what string, _ int64, _ string) { found = append(found, what) })
	for i, logged := range []time.Duration{2 * time.Second, time.Second, 0, 72 * time.Hour} {
		l := issued(i)
		l.At, l.Logged = dbtest.Start.Add(500*time.Millisecond), dbtest.Start.Add(logged)
		r.judge(int64(i), l)
	}
	if !slices.Equal(found, []string{FoundTime, FoundTime, FoundTime}) {
		t.Errorf("times: %v", found)
	}
}

func TestAnOldCheckpointAndASplitViewAreFound(t *testing.T) {
	d, other := dbtest.Open(t), dbtest.Open(t)
	l, fork := open(t, d.DB, t.TempDir(), nil), open(t, other.DB, t.TempDir(), nil)
	checkpoint := func(l *Log) []byte {
		b, err := os.ReadFile(filepath.Join(l.o.Dir, "checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put(t, d.DB, many(0, 300)...)
	put(t, other.DB, many(1000, 300)...)
	integrate(t, l)
	integrate(t, fork)
	old, forked := checkpoint(l), checkpoint(fork)
	put(t, d.DB, many(300, 300)...)
	integrate(t, l)
	now := checkpoint(l)
	src := SourceAt(l.o.Dir, nil)
	for _, c := range []struct {
		says  string
		older []byte
		what  string
		err   error
	}{
		{"its own past", old, "", nil},
		{"itself", now, "", nil},
		{"a past of another history", forked, FoundFork, ErrFork},
	} {
		rep, err := Replay(ctx, src, l.trust, c.older)
		if err != nil || c.what == "" && len(rep.Findings) > 0 || c.what != "" && (len(rep.Findings) != 1 || rep.Findings[0].What != c.what) {
			t.Errorf("%s: %v %v", c.says, rep.Findings, err)
		}
		if _, _, err := Monitor(ctx, src, l.trust, c.older, ""); !errors.Is(err, c.err) {
			t.Errorf("%s: monitor says %v", c.says, err)
		}
	}
	if err := os.WriteFile(filepath.Join(l.o.Dir, "checkpoint"), old, 0o644); err != nil {
		t.Fatal(err)
	}
	if rep, _ := Replay(ctx, src, l.trust, now); len(rep.Findings) != 1 || rep.Findings[0].What != FoundRollback {
		t.Errorf("replayed: %v", rep.Findings)
	}
	if _, _, err := Monitor(ctx, src, l.trust, now, ""); !errors.Is(err, ErrRollback) {
		t.Errorf("replayed: monitor says %v", err)
	}
}

func TestABodySeesWhatIsNewInItsName(t *testing.T) {
	d := dbtest.Open(t)
	l := open(t, d.DB, t.TempDir(), nil)
	src := SourceAt(l.o.Dir, nil)
	put(t, d.DB, many(0, 300)...)
	integrate(t, l)
	_, seen, err := Monitor(ctx, src, l.trust, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	foreign := issued(400)
	foreign.Body = "BNSP-LSP-999-ID"
	put(t, d.DB, foreign, issued(401), Leaf{Ref: "lic_1", Kind: Licence, Body: "BNSP-LSP-999-ID", Doc: [32]byte{1}})
	integrate(t, l)
	events, _, err := Monitor(ctx, src, l.trust, seen, "BNSP-LSP-999-ID")
	if err != nil || len(events) != 2 || events[0].Leaf.Ref != foreign.Ref || events[0].Index < 300 {
		t.Errorf("%v %v", events, err)
	}
}

func TestFilesAreRemadeAndAnOldBackupIsBroughtUpToDate(t *testing.T) {
	d, backup := dbtest.Open(t), dbtest.Open(t)
	dir := t.TempDir()
	l := open(t, d.DB, dir, nil)
	at := dbtest.Start // the same leaves, told at the same time, in both databases
	early, later := many(0, 300), many(300, 1000)
	for i := range early {
		early[i].At = at
	}
	put(t, d.DB, early...)
	integrate(t, l)
	old := open(t, backup.DB, t.TempDir(), nil)
	if n, err := old.Restore(ctx, SourceAt(dir, nil)); n != 300 || err != nil {
		t.Fatal(n, err)
	}
	put(t, d.DB, later...)
	put(t, backup.DB, later[3], issued(5000)) // still waiting in the backup; and one the log has never seen
	integrate(t, l)

	behind := open(t, backup.DB, dir, nil)
	if _, err := behind.Integrate(ctx); !errors.Is(err, ErrRollback) {
		t.Fatalf("a backup went on from its own past: %v", err)
	}
	if n, err := behind.Restore(ctx, SourceAt(dir, nil)); n != 1000 || err != nil {
		t.Fatal(n, err)
	}
	if n := integrate(t, behind); n != 1 {
		t.Errorf("%d leaves got a place after the restore, want the one that was never published", n)
	}
	sound(t, behind, 1301)

	if err := os.RemoveAll(filepath.Join(dir, "tile")); err != nil {
		t.Fatal(err)
	}
	if n, err := behind.Remake(ctx); n == 0 || err != nil {
		t.Fatal(n, err)
	}
	sound(t, behind, 1301)
}

func TestTheFilesAreServedAsTheyShouldBe(t *testing.T) {
	d := dbtest.Open(t)
	l := open(t, d.DB, t.TempDir(), nil)
	put(t, d.DB, many(0, 300)...)
	integrate(t, l)
	url := serve(t, http.StripPrefix("/log", Handler(l.o.Dir))) + "/log"
	rep, err := Replay(ctx, SourceAt(url, http.DefaultClient), l.trust)
	if err != nil || len(rep.Findings) > 0 || rep.Leaves != 300 {
		t.Errorf("%v %v", rep.Findings, err)
	}
	for _, c := range []struct {
		path, cache string
		status      int
	}{
		{"/checkpoint", "public, max-age=2", 200},
		{"/tile/0/000", "public, max-age=31536000, immutable", 200},
		{"/tile/entries/001.p/44", "public, max-age=31536000, immutable", 200},
		{"/tile/0/009", "", 404}, {"/tile/0/000.p", "", 404}, {"/tile/0", "", 404}, {"/.tmp", "", 404}, {"/", "", 404}, {"/tile/0/..%2f..%2f..%2fcheckpoint", "", 404},
	} {
		res, err := http.Get(url + c.path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.status || c.status == 200 && res.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %s", c.path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
}
