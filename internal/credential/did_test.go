package credential

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestDIDsAndAddressesFit(t *testing.T) {
	for _, c := range []struct{ base, did, document string }{
		{"https://sertifikat.example", "did:web:sertifikat.example", "https://sertifikat.example/.well-known/did.json"},
		{"https://sertifikat.example/", "did:web:sertifikat.example", "https://sertifikat.example/.well-known/did.json"},
		{"https://sertifikat.example/lsp/000", "did:web:sertifikat.example:lsp:000", "https://sertifikat.example/lsp/000/did.json"},
		{"http://127.0.0.1:8080/lsp/000", "did:web:127.0.0.1%3A8080:lsp:000", "https://127.0.0.1:8080/lsp/000/did.json"},
	} {
		did, err := DID(c.base)
		if err != nil || did != c.did {
			t.Errorf("%s: %s %v", c.base, did, err)
		}
		if at, err := DIDURL(c.did); err != nil || at != c.document {
			t.Errorf("%s: %s %v", c.did, at, err)
		}
	}
	for _, bad := range []string{"", "did:web:", "did:key:z6Mk", "did:web:a b", "did:web:host:..:x", "did:web:host::x", "did:web:host/x", "did:web:host#k", "did:web:host?x", "did:web:a%2Fb", "did:web:host%3A99999", "did:web:user@host", "did:web:host:a%2e%2e"} {
		if at, err := DIDURL(bad); !errors.Is(err, errDID) {
			t.Errorf("%q stands at %q", bad, at)
		}
	}
	for _, bad := range []string{"", "x", "https://", "https://user@host/", "https://host/?q", "https://host/#f", "https://host/a b"} {
		if did, err := DID(bad); err == nil {
			t.Errorf("%q is %s", bad, did)
		}
	}
}

func TestADIDDocumentKeepsEveryKey(t *testing.T) {
	old := Key{ID: testDID + "#key-0", Controller: testDID, Ed25519: otherKey.Public().(ed25519.PublicKey), Expires: testTime, Revoked: testTime.AddDate(0, 1, 0)}
	now := Key{ID: testKeyID, Controller: testDID, Ed25519: testKey.Public().(ed25519.PublicKey)}
	ec := Key{ID: testECID, Controller: testDID, P256: &testEC.PublicKey}
	doc, err := DIDDocument(testDID, []Key{old, now, ec})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDIDDocument(testDID, doc)
	if err != nil || len(got) != 3 {
		t.Fatalf("%v %v", got, err)
	}
	same := func(a, b Key) bool {
		return a.ID == b.ID && a.Controller == b.Controller && bytes.Equal(a.Ed25519, b.Ed25519) && (a.P256 == b.P256 || a.P256.Equal(b.P256)) && a.Expires.Equal(b.Expires) && a.Revoked.Equal(b.Revoked) && a.Withdrawn == !b.Revoked.IsZero()
	}
	if !slices.EqualFunc(got, []Key{old, now, ec}, same) {
		t.Errorf("%+v", got)
	}
	var read struct{ AssertionMethod []string }
	if err := json.Unmarshal(doc, &read); err != nil || !slices.Equal(read.AssertionMethod, []string{testKeyID, testECID}) {
		t.Errorf("a revoked key may still assert: %v (%v)", read.AssertionMethod, err)
	}
	if _, err := ParseDIDDocument("did:web:lain.example", doc); !errors.Is(err, errDID) {
		t.Error("the document of one DID served for another")
	}
	for _, bad := range []Key{
		{ID: testKeyID, Controller: "did:web:lain.example", Ed25519: now.Ed25519},
		{ID: "did:web:lain.example#key-1", Controller: testDID, Ed25519: now.Ed25519},
		{ID: testDID + "#", Controller: testDID, Ed25519: now.Ed25519},
		{ID: testKeyID, Controller: testDID},
		{ID: testKeyID, Controller: testDID, Ed25519: now.Ed25519, P256: ec.P256},
	} {
		if _, err := DIDDocument(testDID, []Key{bad}); err == nil {
			t.Errorf("%+v is listed", bad)
		}
	}
}

func TestOnlyKeysThatMayAssertAreRead(t *testing.T) {
	mk := Multikey(testKey.Public().(ed25519.PublicKey))
	for _, c := range []struct {
		says, doc string
		want      int
	}{
		{"listed", `{"id":"did:web:a.example","verificationMethod":[{"id":"did:web:a.example#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}],"assertionMethod":["did:web:a.example#k"]}`, 1},
		{"short names", `{"id":"did:web:a.example","verificationMethod":[{"id":"#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}],"assertionMethod":["#k"]}`, 1},
		{"within", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}]}`, 1},
		{"the older type", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"Ed25519VerificationKey2020","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}]}`, 1},
		{"for other uses only", `{"id":"did:web:a.example","verificationMethod":[{"id":"did:web:a.example#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}],"authentication":["did:web:a.example#k"]}`, 0},
		{"withdrawn", `{"id":"did:web:a.example","verificationMethod":[{"id":"did:web:a.example#k","type":"Multikey","controller":"did:web:a.example","revoked":"2026-11-22T00:00:00Z","publicKeyMultibase":"` + mk + `"}],"assertionMethod":[]}`, 1},
		{"of another DID", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:b.example#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"}]}`, 0},
		{"no controller", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"Multikey","publicKeyMultibase":"` + mk + `"}]}`, 0},
		{"an end that is no moment", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"Multikey","controller":"did:web:a.example","expires":"besok","publicKeyMultibase":"` + mk + `"}]}`, 0},
		{"a private key", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"JsonWebKey","controller":"did:web:a.example","publicKeyJwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}}]}`, 0},
		{"another curve", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"JsonWebKey","controller":"did:web:a.example","publicKeyJwk":{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}}]}`, 0},
		{"a point beside the curve", `{"id":"did:web:a.example","assertionMethod":[{"id":"did:web:a.example#k","type":"JsonWebKey","controller":"did:web:a.example","publicKeyJwk":{"kty":"EC","crv":"P-256","x":"` + encode64(make([]byte, 32)) + `","y":"` + encode64(make([]byte, 32)) + `"}}]}`, 0},
	} {
		got, err := ParseDIDDocument("did:web:a.example", []byte(c.doc))
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %d keys, %v", c.says, len(got), err)
		}
	}
}

func TestMultikeysAndBase58AreReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 300 {
		b := make([]byte, n%70)
		for i := range b {
			b[i] = byte(r.UintN(256))
		}
		for i := range min(len(b), n%4) {
			b[i] = 0
		}
		s := string(appendBase58(nil, b))
		if got, err := decodeBase58(s); len(b) > 0 && (err != nil || !bytes.Equal(got, b)) {
			t.Fatalf("%x is %s is %x: %v", b, s, got, err)
		}
	}
	if got := string(appendBase58(nil, []byte("Hello World!"))); got != "z2NEpo7TZRRrLZSi2U" {
		t.Errorf("Hello World! is %s", got)
	}
	full, err := testEC.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	p256 := string(appendBase58(nil, append([]byte{0x80, 0x24, 2 + full[64]&1}, full[1:33]...)))
	if _, ec, err := ParseMultikey(p256); err != nil || !ec.Equal(&testEC.PublicKey) {
		t.Errorf("a P-256 key: %v", err)
	}
	for _, bad := range []string{"", "z", "u" + vectorKey[1:], vectorKey[:40], vectorKey + "1", strings.Replace(vectorKey, "r", "0", 1), strings.Replace(vectorKey, "r", "é", 1), "z" + strings.Repeat("z", 500),
		string(appendBase58(nil, append([]byte{0x80, 0x24, 2}, bytes.Repeat([]byte{0xff}, 32)...))), string(appendBase58(nil, append([]byte{0x12, 0x05}, make([]byte, 32)...)))} {
		if ed, ec, err := ParseMultikey(bad); err == nil {
			t.Errorf("%q is %v %v", bad, ed, ec)
		}
	}
}

func TestADIDKeyNamesOnlyItself(t *testing.T) {
	if k, ok := KeyOfDIDKey("did:key:" + vectorKey + "#" + vectorKey); !ok || Multikey(k.Ed25519) != vectorKey || k.Controller != "did:key:"+vectorKey {
		t.Errorf("%+v %v", k, ok)
	}
	for _, bad := range []string{"", "did:key:" + vectorKey, "did:key:" + vectorKey + "#key-1", "did:web:a#" + vectorKey, "#" + vectorKey} {
		if _, ok := KeyOfDIDKey(bad); ok {
			t.Errorf("%q is a key", bad)
		}
	}
}

func TestES256SignaturesAreThoseOfRFC6979(t *testing.T) {
	// RFC 6979, A.2.5, P-256 with SHA-256, message "sample".
	d := []byte("\xC9\xAF\xA9\xD8\x45\xBA\x75\x16\x6B\x5C\x21\x57\x67\xB1\xD6\x93\x4E\x50\xC3\xDB\x36\xE8\x9B\x12\x7B\x8A\x62\x2B\x12\x0F\x67\x21")
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ES256(key)(t.Context(), []byte("sample"))
	want := "\xEF\xD4\x8B\x2A\xAC\xB6\xA8\xFD\x11\x40\xDD\x9C\xD4\x5E\x81\xD6\x9D\x2C\x87\x7B\x56\xAA\xF9\x91\xC3\x4D\x0E\xA8\x4E\xAF\x37\x16" +
		"\xF7\xCB\x1C\x94\x2D\x65\x7C\x41\xD4\x36\xC7\xA1\xB6\xE2\x9F\x65\xF3\xE9\x00\xDB\xB9\xAF\xF4\x06\x4D\xC4\xAB\x2F\x84\x3A\xCD\xA8"
	if err != nil || string(got) != want {
		t.Errorf("%x %v", got, err)
	}
}
