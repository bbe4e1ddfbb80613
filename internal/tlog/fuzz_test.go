package tlog

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzWitnessAnswer has strangers answer in a witness's place. What is taken from an answer is the witness's signature of
// this checkpoint and nothing else.
func FuzzWitnessAnswer(f *testing.F) {
	log, witness, other := key(f, origin, 1), key(f, "saksi.contoh.id", 2), key(f, "saksi.contoh.id", 3)
	text := Checkpoint{Origin: origin, Size: 7, Root: Hash{7}}.Text()
	msg, err := log.signNote(text)
	if err != nil {
		f.Fatal(err)
	}
	for _, by := range []*Signer{witness, other} {
		line, err := by.cosign(text, time.Unix(1_790_000_000, 0))
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(line))
		f.Add([]byte(line + line))
	}
	f.Add([]byte("— saksi.contoh.id AAAA\n"))
	c, err := NewCosigner("http://saksi.contoh.id", http.DefaultClient, witness.WitnessKey())
	if err != nil {
		f.Fatal(err)
	}
	trust, err := NewPolicy(origin, []string{log.LogKey(), witness.WitnessKey()}, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		lines, err := c.accept(msg, answer)
		if err != nil {
			return
		}
		if strings.Count(lines, "\n") != strings.Count(lines, "— saksi.contoh.id ") {
			t.Errorf("of %q is taken %q", answer, lines)
		}
		if _, err := trust.Open(append(bytes.Clone(msg), lines...)); err != nil {
			t.Errorf("of %q is taken %q: %v", answer, lines, err)
		}
	})
}

// FuzzKey reads keys of logs and witnesses as settings and strangers give them: each is read or refused, and one that is
// read is that of the log.
func FuzzKey(f *testing.F) {
	f.Add(key(f, origin, 1).LogKey())
	f.Add(key(f, "saksi.contoh.id", 2).WitnessKey())
	f.Add(origin + "+00000000+AQ==")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := NewPolicy(origin, []string{s}, 0); err == nil && !strings.HasPrefix(s, origin+"+") {
			t.Errorf("%q is taken for the key of %s", s, origin)
		}
		_, _ = NewCosigner("http://saksi.contoh.id", http.DefaultClient, s)
	})
}
