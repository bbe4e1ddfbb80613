package credential

import (
	"crypto/ed25519"
	"slices"
	"testing"
	"time"
)

// FuzzDIDDocument reads documents of bodies as strangers may send them. What is taken from one belongs to that body, and
// says the same when it is written again.
func FuzzDIDDocument(f *testing.F) {
	own := testDID + "#key-1"
	for _, keys := range [][]Key{
		{{ID: own, Controller: testDID, Ed25519: testKey.Public().(ed25519.PublicKey)}},
		{{ID: own, Controller: testDID, P256: &testEC.PublicKey, Expires: testTime}, {ID: testDID + "#key-2", Controller: testDID, Ed25519: testKey.Public().(ed25519.PublicKey), Revoked: testTime}},
	} {
		doc, err := DIDDocument(testDID, keys)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Add([]byte(`{"id":"` + testDID + `","verificationMethod":[{"id":"#key-1","type":"JsonWebKey2020","controller":"` + testDID + `","publicKeyJwk":{}}],"assertionMethod":["#key-1"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := ParseDIDDocument(testDID, b)
		if err != nil {
			return
		}
		for _, k := range keys {
			if k.ID[:len(testDID)+1] != testDID+"#" || (k.Ed25519 == nil) == (k.P256 == nil) || k.Withdrawn && k.Revoked.IsZero() {
				t.Fatalf("%s\ngives the key %+v", b, k)
			}
		}
		foreign := slices.ContainsFunc(keys, func(k Key) bool { return k.Controller != testDID || len(k.ID) == len(testDID)+1 })
		again, err := DIDDocument(testDID, keys)
		if foreign || err != nil {
			return // a key under another's control, or a date that we would not write
		}
		same, err := ParseDIDDocument(testDID, again)
		if err != nil || len(same) > len(keys) {
			t.Fatalf("%s\nis written as %s\n%v", b, again, err)
		}
	})
}

// FuzzMultikey reads keys in the form of documents: each has one form only.
func FuzzMultikey(f *testing.F) {
	f.Add(Multikey(testKey.Public().(ed25519.PublicKey)))
	f.Add("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
	f.Add("z")
	f.Fuzz(func(t *testing.T, s string) {
		ed, ec, err := ParseMultikey(s)
		if err != nil {
			return
		}
		if (ed == nil) == (ec == nil) || ed != nil && Multikey(ed) != s {
			t.Errorf("%q is read as %x %v", s, ed, ec)
		}
	})
}

// FuzzStatusList has strangers answer for the list in which a certificate is revoked. Whatever they answer, it is not
// valid.
func FuzzStatusList(f *testing.F) {
	w := newWorld(f)
	list := List{testList, testDID, Revocation, testNow.Add(-time.Hour), testNow.Add(time.Hour), 0}
	good := signed(f, compiled(f, testBody, testAchievement(1)), testCert)
	f.Add(signedList(f, list, testKey, testCert.StatusIndex))
	f.Add(signedList(f, list, otherKey))
	f.Add([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":"` + testDID + `"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		w.lists[testList] = b
		if r := Verify(t.Context(), good, w.options()); r.Verdict == Valid {
			t.Errorf("valid by the list %s", b)
		}
	})
}
