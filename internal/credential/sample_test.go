package credential

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kompeten/internal/date"
)

// All people, bodies and schemes here are made up: sample data.

const (
	testDID   = "did:web:contoh.example:lsp:000"
	testKeyID = testDID + "#key-1"
	testECID  = testDID + "#es256-1"
	testList  = "https://contoh.example/lsp/000/status/7"
)

var (
	testKey  = ed25519.NewKeyFromSeed([]byte("kunci contoh, bukan kunci asli!!"))
	otherKey = ed25519.NewKeyFromSeed([]byte("kunci lain yang bukan miliknya!!"))
	testEC   = func() *ecdsa.PrivateKey {
		d := make([]byte, 32)
		d[31] = 42
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
		if err != nil {
			panic(err)
		}
		return k
	}()
	testNow  = time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	testTime = time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	testBody = Body{testDID, "LSP Contoh (data contoh)", "BNSP-LSP-000-ID", "https://contoh.example/lsp/000"}
	testCert = Certificate{URL: "https://contoh.example/v/0AB12CD34", Holder: "Siti Contoh", Number: "62010 2513 5 0001234 2026", Registration: "TIK 000 00001 2026",
		PlaceURL: "https://contoh.example/tuk/551", Place: "TUK Contoh", Awarded: "2026-11-20", From: "2026-11-22", Until: "2029-11-21", Zone: date.WIB,
		StatusList: testList, StatusIndex: 48213}
)

func signer(key ed25519.PrivateKey) Signer {
	return func(_ context.Context, m []byte) ([]byte, error) { return ed25519.Sign(key, m), nil }
}

func testAchievement(units int) Achievement {
	a := Achievement{URL: "https://contoh.example/skema/jwp/3", Title: "Junior Web Programmer", TitleEN: "Junior Web Programmer", Description: "Skema okupasi \"contoh\".",
		Kind: "Okupasi", Level: 3, Code: "SKM/0001/00018/2/2026/3", Version: "3", Criteria: "Asesmen oleh asesor kompetensi terhadap seluruh unit pada skema."}
	for i := range units {
		a.Units = append(a.Units, Unit{fmt.Sprintf("J.620100.%03d.02", i+1), fmt.Sprintf("Menggunakan Struktur Data %d", i+1), "282 Tahun 2016", fmt.Sprintf("https://contoh.example/unit/J.620100.%03d.02", i+1)})
	}
	return a
}

func compiled(t testing.TB, b Body, a Achievement) *Template {
	t.Helper()
	tpl, err := Compile(b, a)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func signed(t testing.TB, tpl *Template, c Certificate) []byte {
	t.Helper()
	signature, err := tpl.Sign(t.Context(), c, testTime, signer(testKey), testKeyID)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tpl.Join(c, testKeyID, testTime, signature)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// world is what a verifier can reach: keys and lists of the sample body.
type world struct {
	keys  map[string]Key
	lists map[string][]byte
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{map[string]Key{
		testKeyID: {ID: testKeyID, Controller: testDID, Ed25519: testKey.Public().(ed25519.PublicKey)},
		testECID:  {ID: testECID, Controller: testDID, P256: &testEC.PublicKey},
	}, map[string][]byte{}}
	w.list(t, testList, Revocation)
	w.list(t, SuspensionList(testList), Suspension)
	return w
}

// list signs a list with the given indices set and puts it at its address.
func (w world) list(t testing.TB, address string, p Purpose, set ...int) {
	t.Helper()
	w.lists[address] = signedList(t, List{address, testDID, p, testNow.Add(-time.Hour), testNow.Add(time.Hour), 5 * time.Minute}, testKey, set...)
}

func signedList(t testing.TB, l List, key ed25519.PrivateKey, set ...int) []byte {
	t.Helper()
	bits, err := NewBits(ListUnit)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range set {
		if err := bits.Set(i, true); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := l.Document(bits)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Secure(t.Context(), doc, testKeyID, testTime, signer(key))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w world) options() Options {
	return Options{
		Keys: func(_ context.Context, id string) (Key, error) {
			if k, ok := w.keys[id]; ok {
				return k, nil
			}
			return Key{}, ErrNoKey
		},
		Status: func(_ context.Context, at string) ([]byte, error) {
			if l, ok := w.lists[at]; ok {
				return l, nil
			}
			return nil, errors.New("no network")
		},
		Suspension: SuspensionList,
		Now:        testNow,
	}
}

// words for random texts: quotes, emoji, right-to-left marks, controls, other scripts.
var scraps = []string{"Siti", "Nur'aini", "\"Budi\"", "\\", "é", "Ḥasan", "محمد", "\u202e", "\u200f", "😀👩‍🔧", "\n", "\t", "\r", "\b", "\f", "\x00", "\x1f", "\x7f", "\u0085", "\u2028", "𐌰", "\uffff", " ", "<b>", "&", "_:b0", "^^<x>", "@id", "{", "蔡", "{{x}}", "%41"}

func randomText(r *rand.Rand) string {
	s := "x"
	for range 1 + r.IntN(8) {
		s += scraps[r.IntN(len(scraps))]
	}
	return s
}

func randomCertificate(r *rand.Rand, n int) Certificate {
	c := testCert
	c.URL = fmt.Sprintf("https://contoh.example/v/%08X", r.Uint32())
	c.Holder, c.Number, c.Registration, c.Place = randomText(r), randomText(r), randomText(r), randomText(r)
	c.StatusIndex = r.IntN(ListUnit)
	c.Zone = []date.Zone{date.WIB, date.WITA, date.WIT}[r.IntN(3)]
	for bit, drop := range []func(){
		func() { c.Registration = "" }, func() { c.Place, c.PlaceURL = "", "" }, func() { c.Until = "" }, func() { c.StatusList = "" },
	} {
		if n&(1<<bit) != 0 {
			drop()
		}
	}
	return c
}
