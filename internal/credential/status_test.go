package credential

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

func TestAListKeepsItsBits(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, entries := range []int{0, 1, ListUnit, ListUnit + 1, 1_048_576} {
		b, err := NewBits(entries)
		if err != nil || b.Len()%ListUnit != 0 || b.Len() < max(entries, ListUnit) {
			t.Fatalf("%d entries: %d %v", entries, b.Len(), err)
		}
		set := map[int]bool{0: true, b.Len() - 1: true}
		for range 1000 {
			set[r.IntN(b.Len())] = true
		}
		for i := range set {
			if err := b.Set(i, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Set(5, true); err != nil {
			t.Fatal(err)
		}
		if err := b.Set(5, false); err != nil {
			t.Fatal(err)
		}
		delete(set, 5)
		s, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeBits(s)
		if err != nil || back.Len() != b.Len() {
			t.Fatal(err)
		}
		for i := range back.Len() {
			if back.Get(i) != set[i] {
				t.Fatalf("bit %d of %d", i, b.Len())
			}
		}
	}
}

func TestTheFirstBitIsTheMostSignificant(t *testing.T) {
	b, err := NewBits(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Set(0, true); err != nil || b.bytes[0] != 0x80 {
		t.Errorf("%x %v", b.bytes[0], err)
	}
	for _, i := range []int{-1, b.Len()} {
		if b.Set(i, true) == nil || b.Get(i) {
			t.Errorf("bit %d exists", i)
		}
	}
	for _, n := range []int{-1, maxList + 1} {
		if _, err := NewBits(n); err == nil {
			t.Errorf("a list of %d", n)
		}
	}
}

func TestTheEmptyListOfTheStandardIsRead(t *testing.T) {
	b, err := DecodeBits(emptyList)
	if err != nil || b.Len() != ListUnit || bytes.ContainsFunc(b.bytes, func(r rune) bool { return r != 0 }) {
		t.Errorf("%v %v", b, err)
	}
}

func packed(t testing.TB, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(out.Bytes())
}

func TestEncodedListsThatAreNoneAreRefused(t *testing.T) {
	start := time.Now()
	for says, s := range map[string]string{
		"nothing": "", "another alphabet": "z" + emptyList[1:], "not base64": "u***", "padding": emptyList + "=", "not gzip": "uAAAA", "cut short": emptyList[:40],
		"a list that is too short": packed(t, make([]byte, ListUnit/8-1)), "a list that is too long": packed(t, make([]byte, maxList/8+1)), "a bomb": packed(t, make([]byte, 32<<20)),
	} {
		if b, err := DecodeBits(s); err == nil {
			t.Errorf("%s: %d entries", says, b.Len())
		}
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

func TestAListThatCannotBeIsNotWritten(t *testing.T) {
	b, err := NewBits(1)
	if err != nil {
		t.Fatal(err)
	}
	good := List{testList, testDID, Revocation, testTime, testTime.Add(time.Hour), time.Minute}
	if _, err := good.Document(b); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*List){func(l *List) { l.URL = "x" }, func(l *List) { l.Issuer = "" }, func(l *List) { l.Purpose = "" }, func(l *List) { l.Until = l.From }} {
		l := good
		change(&l)
		if _, err := l.Document(b); err == nil {
			t.Errorf("%+v", l)
		}
	}
}

func TestTheOldRevocationListNamesCertificates(t *testing.T) {
	out, err := RevocationList("https://contoh.example/dicabut", testDID, []string{"https://contoh.example/v/1"})
	if err != nil || string(out) != `{"id":"https://contoh.example/dicabut","issuer":"`+testDID+`","revokedCredential":[{"id":"https://contoh.example/v/1","revoked":true}]}` {
		t.Errorf("%s %v", out, err)
	}
	out, err = RevocationList("https://contoh.example/dicabut", testDID, nil)
	var doc struct{ RevokedCredential []any }
	if err != nil || json.Unmarshal(out, &doc) != nil || doc.RevokedCredential == nil {
		t.Errorf("%s %v", out, err)
	}
}

func FuzzDecodeBits(f *testing.F) {
	f.Add(emptyList)
	f.Add("u" + strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := DecodeBits(s); err == nil && (b.Len() < ListUnit || b.Len() > maxList) {
			t.Errorf("%d entries", b.Len())
		}
	})
}
