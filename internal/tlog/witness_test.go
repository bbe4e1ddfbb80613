package tlog

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/dbtest"

	"golang.org/x/mod/sumdb/tlog"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// witness runs a witness that knows the log.
func witness(t *testing.T, d *dbtest.DB, name string, seed byte) (url string, c *Cosigner) {
	t.Helper()
	k := key(t, name, seed)
	url = serve(t, NewWitness(d.DB, k, mustPolicy(t, origin, key(t, origin, 1).LogKey())))
	c, err := NewCosigner(url, http.DefaultClient, k.WitnessKey())
	if err != nil {
		t.Fatal(err)
	}
	return url, c
}

func TestACheckpointIsPublishedWhenEnoughWitnessesHaveSeenIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		_, a := witness(t, dbtest.Open(t), "saksi.universitas.contoh", 2)
		_, b := witness(t, dbtest.Open(t), "saksi.kementerian.contoh", 3)
		dead, err := NewCosigner("http://127.0.0.1:1", http.DefaultClient, key(t, "mati.contoh", 4).WitnessKey())
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		l := open(t, d.DB, dir, func(o *Options) { o.Cosigner, o.Quorum = []*Cosigner{a, dead, b}, 2 })
		for i := range 4 {
			put(t, d.DB, many(i*200, 200)...)
			integrate(t, l)
			l.known = map[*Cosigner]int64{} // as after a start: the witness tells its size
		}
		sound(t, l, 800)
		msg, _ := os.ReadFile(filepath.Join(dir, "checkpoint"))
		if c, err := l.trust.Open(msg); err != nil || c.witnessed() != 2 || c.Cosigs[0].At.Before(dbtest.Start.Add(-time.Hour)) {
			t.Errorf("%+v %v", c, err)
		}

		all := open(t, d.DB, dir, func(o *Options) { o.Cosigner, o.Quorum, o.Patience = []*Cosigner{a, dead, b}, 3, time.Second })
		put(t, d.DB, many(900, 1)...)
		if _, err := all.Integrate(ctx); !errors.Is(err, ErrQuorum) {
			t.Errorf("published with a witness missing: %v", err)
		}
		if still, _ := os.ReadFile(filepath.Join(dir, "checkpoint")); !bytes.Equal(still, msg) {
			t.Error("the public checkpoint changed without its quorum")
		}
		integrate(t, l) // with two it is enough
		sound(t, l, 801)
		if p, err := l.Prove(ctx, issued(900).Ref); err != nil {
			t.Error(err)
		} else if _, c, err := p.Verify(l.trust); err != nil || c.witnessed() != 2 {
			t.Error(c, err)
		}
	})
}

func TestAWitnessRefusesWhatDoesNotGoOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, w *dbtest.DB) {
		var stored []Hash
		read := tlog.HashReaderFunc(func(at []int64) (out []Hash, err error) {
			for _, x := range at {
				out = append(out, stored[x])
			}
			return out, nil
		})
		for i := range int64(40) {
			hs, err := tlog.StoredHashesForRecordHash(i, tlog.RecordHash(fmt.Append(nil, i)), read)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, hs...)
		}
		k := key(t, origin, 1)
		signed := func(s *Signer, c Checkpoint) []byte {
			b, err := s.signNote(c.Text())
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		at := func(n int64) Checkpoint {
			h, err := tlog.TreeHash(n, read)
			if err != nil {
				t.Fatal(err)
			}
			return Checkpoint{Origin: origin, Size: n, Root: h}
		}
		proof := func(from, to int64) []Hash {
			p, err := tlog.ProveTree(to, from, read)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		forked, other := at(30), at(10)
		forked.Root[0]++
		other.Origin = "lain.contoh/log"
		url, _ := witness(t, w, "saksi.contoh", 2)
		for _, c := range []struct {
			says   string
			sent   []byte
			status int
			size   string
		}{
			{"the first", submission{0, nil, signed(k, at(10))}.text(), 200, ""},
			{"the same again", submission{10, nil, signed(k, at(10))}.text(), 200, ""},
			{"a replay of it", submission{0, nil, signed(k, at(10))}.text(), 409, "10\n"},
			{"a proof where none is needed", submission{10, proof(5, 10), signed(k, at(10))}.text(), 422, ""},
			{"an unknown log", submission{0, nil, signed(key(t, other.Origin, 1), other)}.text(), 404, ""},
			{"a key that is not trusted", submission{10, proof(10, 20), signed(key(t, origin, 8), at(20))}.text(), 403, ""},
			{"an old size beyond the new", submission{21, nil, signed(k, at(20))}.text(), 400, ""},
			{"no submission at all", []byte("hello\n"), 400, ""},
			{"an old size with a zero before it", bytes.Replace(submission{10, proof(10, 20), signed(k, at(20))}.text(), []byte("old 10"), []byte("old 010"), 1), 400, ""},
			{"without its proof", submission{10, nil, signed(k, at(20))}.text(), 422, ""},
			{"with another's proof", submission{10, proof(11, 20), signed(k, at(20))}.text(), 422, ""},
			{"the next", submission{10, proof(10, 20), signed(k, at(20))}.text(), 200, ""},
			{"a rollback", submission{10, nil, signed(k, at(10))}.text(), 409, "20\n"},
			{"a fork", submission{20, proof(20, 30), signed(k, forked)}.text(), 422, ""},
			{"the one after", submission{20, proof(20, 30), signed(k, at(30))}.text(), 200, ""},
			{"a fork of the same size", submission{30, nil, signed(k, forked)}.text(), 409, "30\n"},
			{"a flood", bytes.Repeat([]byte("a"), 2*maxNote), 413, ""},
		} {
			res, err := http.Post(url+"/add-checkpoint", "text/plain", bytes.NewReader(c.sent))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != c.status || c.size != "" && (string(body) != c.size || res.Header.Get("Content-Type") != sizeType) {
				t.Errorf("%s: %d %q, want %d %q", c.says, res.StatusCode, body, c.status, c.size)
			}
		}
		res, err := http.Get(fmt.Sprintf("%s/%x/checkpoint", url, sha256.Sum256([]byte(origin))))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		trust, err := NewPolicy(origin, []string{k.LogKey(), key(t, "saksi.contoh", 2).WitnessKey()}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := trust.Open(body); err != nil || c.Size != 30 {
			t.Errorf("monitors read %q: %v", body, err)
		}
	})
}

func TestAWitnessNeverGoesBackInARace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, w *dbtest.DB) {
		url, c := witness(t, w, "saksi.contoh", 2)
		d := dbtest.Open(t)
		l := open(t, d.DB, t.TempDir(), nil)
		var notes [][]byte
		for i := range 12 {
			put(t, d.DB, many(i*50, 50)...)
			integrate(t, l)
			b, _ := os.ReadFile(filepath.Join(l.o.Dir, "checkpoint"))
			notes = append(notes, b)
		}
		var wg sync.WaitGroup
		for _, msg := range notes {
			wg.Go(func() {
				cp, err := l.trust.open(msg)
				if err != nil {
					t.Error(err)
				}
				_, _, err = c.ask(ctx, cp, msg, 0, func(older int64) ([]Hash, error) { return l.consistency(ctx, cp.Size, cp.Root, min(older, cp.Size)) })
				if err != nil && !errors.Is(err, ErrRollback) && !strings.Contains(err.Error(), "another size") {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		last, err := l.trust.open(notes[11])
		if err != nil {
			t.Fatal(err)
		}
		prove := func(older int64) ([]Hash, error) { return l.consistency(ctx, last.Size, last.Root, older) }
		if _, n, err := c.ask(ctx, last, notes[11], 0, prove); err != nil || n != 600 {
			t.Errorf("%s: %d %v", url, n, err)
		}
	})
}
