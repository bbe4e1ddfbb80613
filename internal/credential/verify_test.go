package credential

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/text"
)

func TestACertificateIsJudged(t *testing.T) {
	tpl := compiled(t, testBody, testAchievement(15))
	good := signed(t, tpl, testCert)
	replaced := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for _, c := range []struct {
		says    string
		data    []byte
		change  func(*world, *Options)
		verdict Verdict
		why     string
	}{
		{"a good one is valid", good, nil, Valid, ""},
		{"spaces and order do not matter", pretty(t, good), nil, Valid, ""},
		{"another name is noticed", replaced("Siti Contoh", "Siti Palsu"), nil, Invalid, whyTampered},
		{"a later end is noticed", replaced("2029-11-21", "2039-11-21"), nil, Invalid, whyTampered},
		{"another unit is noticed", replaced("J.620100.003.02", "J.620100.999.02"), nil, Invalid, whyTampered},
		{"another status index is noticed", replaced(`"48213"`, `"48214"`), nil, Invalid, whyTampered},
		{"an added member is noticed", replaced(`"awardedDate"`, `"nilai":"A","awardedDate"`), nil, Invalid, whyUnsigned},
		{"an added member in the scheme is noticed", replaced(`"achievementType"`, `"jabatan":"Kepala","achievementType"`), nil, Invalid, whyUnsigned},
		{"an added type is noticed", replaced(`"OpenBadgeCredential"]`, `"OpenBadgeCredential","Diploma"]`), nil, Invalid, whyUnsigned},
		{"an added known member is noticed", replaced(`"humanCode"`, `"fieldOfStudy":"x","humanCode"`), nil, Invalid, whyTampered},
		{"a file that was cut short", good[:bytes.Index(good, []byte(`,"proof"`))], nil, Invalid, whyNotJSON},
		{"without proof it proves nothing", append(bytes.Clone(good[:bytes.Index(good, []byte(`,"proof"`))]), '}'), nil, Invalid, whyNoProof},
		{"an empty list of proofs proves nothing", slices.Concat(good[:bytes.Index(good, []byte(`,"proof"`))], []byte(`,"proof":[]}`)), nil, Invalid, whyNoProof},
		{"a proof for another purpose", replaced("assertionMethod", "authentication"), nil, Invalid, whyPurpose},
		{"a suite that is not known", replaced("eddsa-rdfc-2022", "ecdsa-sd-2023"), nil, Unconfirmed, whySuite},
		{"a key of another issuer", replaced(testKeyID, "did:web:lain.example#key-1"), nil, Invalid, whyController},
		{"a did:key that names itself", replaced(testKeyID, "did:key:"+vectorKey+"#"+vectorKey), nil, Invalid, whyController},
		{"a key the issuer does not have", replaced(testKeyID, testDID+"#key-9"), nil, Invalid, whyNoKey},
		{"keys that cannot be fetched", good, func(_ *world, o *Options) {
			o.Keys = func(context.Context, string) (Key, error) { return Key{}, errors.New("no network") }
		}, Unconfirmed, whyKeyAway},
		{"no keys at all", good, func(_ *world, o *Options) { o.Keys = nil }, Unconfirmed, whyKeyAway},
		{"the wrong key", good, func(w *world, _ *Options) {
			w.keys[testKeyID] = Key{ID: testKeyID, Controller: testDID, Ed25519: otherKey.Public().(ed25519.PublicKey)}
		}, Invalid, whyTampered},
		{"a key that somebody else controls", good, func(w *world, _ *Options) {
			w.keys[testKeyID] = Key{ID: testKeyID, Controller: "did:web:lain.example", Ed25519: testKey.Public().(ed25519.PublicKey)}
		}, Invalid, whyController},
		{"a key of the wrong curve", good, func(w *world, _ *Options) {
			w.keys[testKeyID] = Key{ID: testKeyID, Controller: testDID, P256: &testEC.PublicKey}
		}, Invalid, whyKeyKind},
		{"a key that had been revoked", good, func(w *world, _ *Options) { w.end(testTime.Add(-time.Second), true) }, Invalid, whyKeyRevoked},
		{"a key that may assert nothing any more, though it is revoked only from tomorrow on", good, func(w *world, _ *Options) {
			k := w.keys[testKeyID]
			k.Revoked, k.Withdrawn = testNow.AddDate(0, 0, 1), true
			w.keys[testKeyID] = k
		}, Invalid, whyKeyRevoked},
		{"a key that was revoked later, whatever the date of signing says", good, func(w *world, _ *Options) { w.end(testTime.Add(time.Hour), true) }, Invalid, whyKeyRevoked},
		{"a key that had expired", good, func(w *world, _ *Options) { w.end(testTime.Add(-time.Second), false) }, Invalid, whyKeyEnded},
		{"a key that was rotated out later", good, func(w *world, _ *Options) { w.end(testTime.Add(time.Hour), false) }, Valid, ""},
		{"a clock before the signature", good, func(_ *world, o *Options) { o.Now = testTime.AddDate(-1, 0, 0) }, Invalid, whyKeyEnded},
		{"an expired certificate", good, func(_ *world, o *Options) { o.Now = testNow.AddDate(5, 0, 0) }, Invalid, whyExpired},
		{"a revoked one", good, func(w *world, _ *Options) { w.list(t, testList, Revocation, 48213) }, Invalid, whyRevoked},
		{"the neighbour is revoked", good, func(w *world, _ *Options) { w.list(t, testList, Revocation, 48212, 48214) }, Valid, ""},
		{"a suspended one", good, func(w *world, _ *Options) { w.list(t, SuspensionList(testList), Suspension, 48213) }, Invalid, whySuspended},
		{"no status list", good, func(w *world, _ *Options) { delete(w.lists, testList) }, Unconfirmed, whyListAway},
		{"no suspension list", good, func(w *world, _ *Options) { delete(w.lists, SuspensionList(testList)) }, Unconfirmed, whyListAway},
		{"nothing to fetch lists with", good, func(_ *world, o *Options) { o.Status = nil }, Unconfirmed, whyListAway},
		{"the list of another address", good, func(w *world, _ *Options) {
			w.lists[testList] = signedList(t, List{"https://contoh.example/lsp/000/status/8", testDID, Revocation, testNow.Add(-time.Hour), testNow.Add(time.Hour), 0}, testKey)
		}, Unconfirmed, whyListOther},
		{"the suspension list in place of the revocation list", good, func(w *world, _ *Options) { w.lists[testList] = w.lists[SuspensionList(testList)] }, Unconfirmed, whyListOther},
		{"a list for another purpose at the right address", good, func(w *world, _ *Options) { w.list(t, testList, Suspension) }, Unconfirmed, whyListOther},
		{"a list signed by another key", good, func(w *world, _ *Options) {
			w.lists[testList] = signedList(t, List{testList, testDID, Revocation, testNow.Add(-time.Hour), testNow.Add(time.Hour), 0}, otherKey)
		}, Unconfirmed, whyListBad},
		{"an expired list", good, func(w *world, _ *Options) {
			w.lists[testList] = signedList(t, List{testList, testDID, Revocation, testNow.Add(-3 * time.Hour), testNow.Add(-time.Hour), 0}, testKey)
		}, Unconfirmed, whyListOld},
		{"a revocation in an expired list", good, func(w *world, _ *Options) {
			w.lists[testList] = signedList(t, List{testList, testDID, Revocation, testNow.Add(-3 * time.Hour), testNow.Add(-time.Hour), 0}, testKey, 48213)
		}, Invalid, whyRevoked},
		{"a list that is not JSON", good, func(w *world, _ *Options) { w.lists[testList] = []byte("<html>") }, Unconfirmed, whyListBad},
		{"a certificate in place of the list", good, func(w *world, _ *Options) { w.lists[testList] = good }, Unconfirmed, whyListBad},
	} {
		for _, m := range []*Memory{nil, NewMemory()} {
			w := newWorld(t)
			o := w.options()
			o.Memory = m
			if m != nil {
				if r := Verify(t.Context(), good, o); r.Verdict != Valid { // so that there is something to remember
					t.Fatal(r)
				}
			}
			if c.change != nil {
				c.change(&w, &o)
			}
			r := Verify(t.Context(), c.data, o)
			if r.Verdict != c.verdict || c.why != "" && !slices.Contains(r.Failed(), c.why) || c.why == "" && len(r.Failed()) > 0 {
				t.Errorf("%s (remembering: %v): %q, %v", c.says, m != nil, r.Verdict, r.Failed())
			}
		}
	}
}

// end ends the sample key at a moment.
func (w world) end(at time.Time, revoked bool) {
	k := w.keys[testKeyID]
	if revoked {
		k.Revoked = at
	} else {
		k.Expires = at
	}
	w.keys[testKeyID] = k
}

func pretty(t testing.TB, data []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNoByteOfACertificateCanBeChanged(t *testing.T) {
	o := newWorld(t).options()
	o.Memory = NewMemory()
	a := testAchievement(0)
	a.Level = 0 // the table above has what stands in units; here it would only cost time
	tpl := compiled(t, testBody, a)
	doc, err := tpl.Document(testCert)
	if err != nil {
		t.Fatal(err)
	}
	jcs, err := SecureJCS(t.Context(), doc, testKeyID, testTime, signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := JWT(t.Context(), doc, BadgeJWT, testECID, ES256(testEC))
	if err != nil {
		t.Fatal(err)
	}
	for name, good := range map[string][]byte{"rdfc": signed(t, tpl, testCert), "jcs": jcs, "jwt": jwt} {
		if r := Verify(t.Context(), good, o); r.Verdict != Valid {
			t.Fatalf("%s: %q %v", name, r.Verdict, r.Failed())
		}
		for _, flip := range []byte{1, 0x20} {
			for i := range good {
				if name == "rdfc" && (flip != 1 || raced) && i%7 != 0 { // the slow kind
					continue
				}
				bad := bytes.Clone(good)
				bad[i] ^= flip
				if r := Verify(t.Context(), bad, o); r.Verdict == Valid {
					t.Errorf("%s: byte %d may be %q", name, i, bad[i])
				}
			}
		}
	}
}

func TestTheFastWayJudgesAsTheGenericWay(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	w := newWorld(t)
	slow, fast := w.options(), w.options()
	fast.Memory = NewMemory()
	tpl := compiled(t, testBody, testAchievement(4))
	for n := range 150 {
		c := randomCertificate(r, n)
		data := signed(t, tpl, c)
		if n%3 == 1 {
			data[r.IntN(len(data))] ^= byte(1 << r.IntN(8))
		}
		a, b := Verify(t.Context(), data, slow), Verify(t.Context(), data, fast)
		if a.Verdict != b.Verdict || !slices.Equal(a.Checks, b.Checks) {
			t.Fatalf("%s:\n%v\n%v", data, a, b)
		}
		if n%3 != 1 && a.Verdict != Valid {
			t.Fatalf("%s: %v", data, a)
		}
	}
	if len(fast.Memory.templates) != 1 {
		t.Errorf("%d templates remembered", len(fast.Memory.templates))
	}
}

func TestManyMayVerifyAndSignAtOnce(t *testing.T) {
	o := newWorld(t).options()
	o.Memory = NewMemory()
	tpl := compiled(t, testBody, testAchievement(2))
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(15, uint64(n)))
			for range 10 {
				if got := Verify(t.Context(), signed(t, tpl, randomCertificate(r, n)), o); got.Verdict != Valid {
					t.Errorf("%q %v", got.Verdict, got.Failed())
				}
			}
		})
	}
	all.Wait()
}

func TestAMemoryDoesNotGrowWithoutEnd(t *testing.T) {
	m := NewMemory()
	tpl := compiled(t, testBody, testAchievement(0))
	for n := range maxKept + 50 {
		other := *tpl
		other.achievement.URL = fmt.Sprint("https://contoh.example/skema/", n)
		m.Learn(&other)
		m.keepList([32]byte{byte(n), byte(n >> 8)}, openList{})
	}
	if len(m.templates) != maxKept || len(m.lists) != maxKept {
		t.Errorf("%d templates, %d lists", len(m.templates), len(m.lists))
	}
}

func TestAProofSetHoldsWhenEveryProofHolds(t *testing.T) {
	o := newWorld(t).options()
	doc, err := compiled(t, testBody, testAchievement(2)).Document(testCert)
	if err != nil {
		t.Fatal(err)
	}
	one, err := Secure(t.Context(), doc, testKeyID, testTime, signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	two, err := SecureJCS(t.Context(), doc, testKeyID, testTime, signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	proofOf := func(b []byte) string {
		_, after, _ := bytes.Cut(b, []byte(`"proof":[`))
		return string(after[:len(after)-2])
	}
	set := func(proofs ...string) []byte {
		return append(bytes.Clone(doc[:len(doc)-1]), `,"proof":[`+strings.Join(proofs, ",")+`]}`...)
	}
	foreign := `{"type":"DataIntegrityProof","cryptosuite":"ecdsa-sd-2023","proofPurpose":"assertionMethod","verificationMethod":"did:web:x.example#k","proofValue":"u2V0"}`
	for _, c := range []struct {
		says string
		data []byte
		want Verdict
	}{
		{"both hold", set(proofOf(one), proofOf(two)), Valid},
		{"in the other order", set(proofOf(two), proofOf(one)), Valid},
		{"a third of a kind that is not known", set(proofOf(one), foreign), Valid},
		{"one does not hold", set(proofOf(one), strings.Replace(proofOf(two), "2026-11-22T03:04:05Z", "2026-11-22T03:04:06Z", 1)), Invalid},
		{"only one of a kind that is not known", set(foreign), Unconfirmed},
		{"five", set(proofOf(one), proofOf(one), proofOf(one), proofOf(one), proofOf(one)), Invalid},
	} {
		if r := Verify(t.Context(), c.data, o); r.Verdict != c.want {
			t.Errorf("%s: %q %v", c.says, r.Verdict, r.Failed())
		}
	}
}

func TestJWTsAreJudged(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	doc, err := compiled(t, testBody, testAchievement(2)).Document(testCert)
	if err != nil {
		t.Fatal(err)
	}
	good, err := JWT(t.Context(), doc, BadgeJWT, testECID, ES256(testEC))
	if err != nil {
		t.Fatal(err)
	}
	again, err := JWT(t.Context(), doc, BadgeJWT, testECID, ES256(testEC))
	if err != nil || !bytes.Equal(good, again) {
		t.Error("the same certificate gave two signatures")
	}
	vc, err := JWT(t.Context(), doc, VCJWT, testECID, ES256(testEC))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(good), ".")
	claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
	make := func(header, body string) []byte {
		message := encode64([]byte(header)) + "." + encode64([]byte(body))
		signature, err := ES256(testEC)(t.Context(), []byte(message))
		if err != nil {
			t.Fatal(err)
		}
		return []byte(message + "." + encode64(signature))
	}
	swap := func(old, new string) string { return strings.Replace(string(claims), old, new, 1) }
	const head = `{"alg":"ES256","typ":"JWT","kid":"` + testECID + `"}`
	mine, err := jwkOf(&testEC.PublicKey, "k")
	if err != nil {
		t.Fatal(err)
	}
	own, _ := json.Marshal(mine)
	for _, c := range []struct {
		says string
		data []byte
		want Verdict
		why  string
	}{
		{"the badge form", good, Valid, ""},
		{"vc+jwt", vc, Valid, ""},
		{"the same by hand", make(head, string(claims)), Valid, ""},
		{"a short key name", make(`{"alg":"ES256","kid":"#es256-1"}`, string(claims)), Valid, ""},
		{"the issuer's own key embedded", make(`{"alg":"ES256","kid":"`+testECID+`","jwk":`+string(own)+`}`, string(claims)), Valid, ""},
		{"another key embedded", make(`{"alg":"ES256","kid":"`+testECID+`","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`, string(claims)), Invalid, whyKeyKind},
		{"only an embedded key", make(`{"alg":"ES256","jwk":`+string(own)+`}`, string(claims)), Invalid, whyNoKey},
		{"no algorithm", []byte(encode64([]byte(`{"alg":"none","kid":"`+testECID+`"}`)) + "." + parts[1] + "."), Invalid, whyAlgorithm},
		{"an algorithm in other letters", []byte(encode64([]byte(`{"alg":"nOnE"}`)) + "." + parts[1] + "."), Invalid, whyAlgorithm},
		{"the public key as a secret", []byte(encode64([]byte(`{"alg":"HS256","kid":"`+testECID+`"}`)) + "." + parts[1] + "." + parts[2]), Invalid, whyAlgorithm},
		{"an Ed25519 key for ES256", make(`{"alg":"ES256","kid":"`+testKeyID+`"}`, string(claims)), Invalid, whyKeyKind},
		{"a critical extension", make(`{"alg":"ES256","kid":"`+testECID+`","crit":["exp"]}`, string(claims)), Invalid, whyJWT},
		{"a key address", make(`{"alg":"ES256","kid":"`+testECID+`","jku":"https://x.example"}`, string(claims)), Invalid, whyJWT},
		{"a signature of zeros", []byte(parts[0] + "." + parts[1] + "." + encode64(make64())), Invalid, whyTampered},
		{"a short signature", []byte(parts[0] + "." + parts[1] + ".AAAA"), Invalid, whyTampered},
		{"another issuer in the claims", make(head, swap(`"iss":"`+testDID, `"iss":"did:web:lain.example`)), Invalid, whyClaims},
		{"another subject in the claims", make(head, swap(`"sub":"`, `"sub":"x`)), Invalid, whyClaims},
		{"another number in the claims", make(head, swap(`"jti":"`, `"jti":"x`)), Invalid, whyClaims},
		{"a longer life in the claims", make(head, swap(`"exp":`, `"exp":9`)), Invalid, whyClaims},
		{"no end in the claims", make(head, swap(`"exp":`, `"iat":`)), Invalid, whyClaims},
		{"objects where texts belong", make(head, swap(`"jti":"https://contoh.example/v/0AB12CD34"`, `"jti":{}`)), Invalid, whyClaims},
		{"a member twice", make(head, swap(`"iss":`, `"iss":"x","iss":`)), Invalid, whyDuplicate},
	} {
		if r := Verify(t.Context(), c.data, o); r.Verdict != c.want || c.why != "" && !slices.Contains(r.Failed(), c.why) {
			t.Errorf("%s: %q %v", c.says, r.Verdict, r.Failed())
		}
	}
}

func make64() []byte { return make([]byte, 64) }

func TestVC1AndOtherIssuersAreReadToo(t *testing.T) {
	did := "did:key:" + Multikey(testKey.Public().(ed25519.PublicKey))
	key := did + "#" + strings.TrimPrefix(did, "did:key:")
	o := Options{Now: testNow}
	for _, c := range []struct{ says, doc string }{
		{"a plain credential", `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"` + did + `","name":"x","credentialSubject":{"name":"y"}}`},
		{"a VC 1.1 badge", `{"@context":["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://w3id.org/security/data-integrity/v2"],
"id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"` + did + `","type":["Profile"],"name":"A"},"issuanceDate":"2026-01-01T00:00:00Z","name":"B",
"credentialSubject":{"type":["AchievementSubject"],"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"X","identityType":"name"}],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"C","description":"D","criteria":{"narrative":"E"},
"alignment":[{"type":["Alignment"],"targetName":"a","targetUrl":"https://x.example/a"},{"type":["Alignment"],"targetName":"b","targetUrl":"https://x.example/b"}]}}}`},
		{"an OB 3.0.2", `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"],"id":"urn:uuid:1","type":["VerifiableCredential","AchievementCredential"],"issuer":{"id":"` + did + `","type":["Profile"]},
"validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"id":"did:example:1","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"C","description":"D","criteria":{"narrative":"E"}}}}`},
	} {
		data, err := Secure(t.Context(), []byte(c.doc), key, testTime, signer(testKey))
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if r := Verify(t.Context(), data, o); r.Verdict != Valid {
			t.Errorf("%s: %q %v", c.says, r.Verdict, r.Failed())
		}
	}
}

func TestTheOldRevocationListIsReadToo(t *testing.T) {
	w := newWorld(t)
	doc, err := compiled(t, testBody, testAchievement(1)).Document(testCert)
	if err != nil {
		t.Fatal(err)
	}
	from := bytes.Index(doc, []byte(`"credentialStatus"`))
	doc = append(bytes.Clone(doc[:from]), `"credentialStatus":{"id":"https://contoh.example/dicabut","type":"1EdTechRevocationList"}}`...)
	data, err := Secure(t.Context(), doc, testKeyID, testTime, signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		revoked []string
		issuer  string
		want    Verdict
	}{{nil, testDID, Valid}, {[]string{"https://contoh.example/v/LAIN"}, testDID, Valid}, {[]string{testCert.URL}, testDID, Invalid}, {nil, "did:web:lain.example", Unconfirmed}} {
		if w.lists["https://contoh.example/dicabut"], err = RevocationList("https://contoh.example/dicabut", c.issuer, c.revoked); err != nil {
			t.Fatal(err)
		}
		if r := Verify(t.Context(), data, w.options()); r.Verdict != c.want {
			t.Errorf("%v: %q %v", c.revoked, r.Verdict, r.Failed())
		}
	}
}

func TestManyStatusesAreNotAllAskedFor(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	asked := 0
	o.Status = func(context.Context, string) ([]byte, error) { asked++; return nil, errors.New("no network") }
	for _, c := range []struct {
		n, asks int
		why     string
	}{{1, 2, whyListAway}, {2, 2, whyStatusKind}, {40, 0, whyTooLarge}} {
		entry := `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"7","statusListCredential":"` + testList + `"}`
		one := strings.Replace(entry, `{`, `{"id":"`+testList+`#%d",`, 1)
		var entries []string
		for i := range c.n {
			entries = append(entries, fmt.Sprintf(one, i))
		}
		data, err := Secure(t.Context(), []byte(`{"@context":["`+contextVC+`"],"type":["VerifiableCredential"],"issuer":"`+testDID+`","credentialSubject":{"name":"x"},"credentialStatus":[`+strings.Join(entries, ",")+`]}`), testKeyID, testTime, signer(testKey))
		if err != nil {
			t.Fatal(err)
		}
		asked = 0
		if r := Verify(t.Context(), data, o); r.Verdict == Valid || !slices.Contains(r.Failed(), c.why) || asked != c.asks {
			t.Errorf("%d statuses: %v, asked %d times", c.n, r.Failed(), asked)
		}
	}
}

func TestNothingIsFetchedForWhatIsNotProven(t *testing.T) {
	o := newWorld(t).options()
	o.Status = func(context.Context, string) ([]byte, error) {
		t.Error("asked for a list")
		return nil, errors.New("no network")
	}
	data := bytes.Replace(signed(t, compiled(t, testBody, testAchievement(1)), testCert), []byte("Siti"), []byte("Budi"), 1)
	if r := Verify(t.Context(), data, o); r.Verdict != Invalid || !slices.Contains(r.Failed(), whyUnproven) {
		t.Errorf("%q %v", r.Verdict, r.Failed())
	}
}

func TestEveryCheckAndReasonHasWords(t *testing.T) {
	for _, s := range order {
		if k := (Check{Subject: s}).Key(); !text.Has(k) {
			t.Errorf("no words for %s", k)
		}
	}
	for _, r := range reasons {
		if !text.Has(r.why) {
			t.Errorf("no words for %s", r.why)
		}
	}
}

func TestAReportSaysWhatTheCertificateSays(t *testing.T) {
	f := Verify(t.Context(), signed(t, compiled(t, testBody, testAchievement(2)), testCert), newWorld(t).options()).Facts
	want := Facts{ID: testCert.URL, Issuer: testDID, IssuerName: testBody.Name, Holder: testCert.Holder, Number: testCert.Number, Achievement: "Junior Web Programmer", Code: "SKM/0001/00018/2/2026/3",
		From: f.From, Until: f.Until, StatusList: testList, StatusPurpose: "revocation", StatusIndex: 48213, KeyID: testKeyID, Suite: suiteRDFC, Created: testTime}
	if f != want || stamp(f.From) != "2026-11-21T17:00:00Z" || stamp(f.Until) != "2029-11-21T16:59:59Z" {
		t.Errorf("%+v", f)
	}
}

func TestAnEndorsementOfALicenceIsJudged(t *testing.T) {
	const authority = "did:web:contoh.example:bnsp"
	const list = "https://contoh.example/bnsp/status/1"
	w := newWorld(t)
	w.keys[authority+"#key-1"] = Key{ID: authority + "#key-1", Controller: authority, Ed25519: testKey.Public().(ed25519.PublicKey)}
	bits, err := NewBits(1)
	if err != nil {
		t.Fatal(err)
	}
	l, err := List{list, authority, Revocation, testNow.Add(-time.Hour), testNow.Add(time.Hour), 0}.Document(bits)
	if err != nil {
		t.Fatal(err)
	}
	if w.lists[list], err = Secure(t.Context(), l, authority+"#key-1", testTime, signer(testKey)); err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Suspension = nil
	e := Endorsement{URL: "https://contoh.example/bnsp/lisensi/1", Name: "Lisensi LSP Contoh", Authority: Body{DID: authority, Name: "BNSP (data contoh)"}, Subject: testDID,
		Comment: "BNSP-LSP-000-ID", From: testTime, Until: testTime.AddDate(5, 0, 0), StatusList: list, StatusIndex: 9}
	doc, err := e.Document()
	if err != nil {
		t.Fatal(err)
	}
	data, err := Secure(t.Context(), doc, authority+"#key-1", testTime, signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	if r := Verify(t.Context(), data, o); r.Verdict != Valid {
		t.Errorf("%q %v", r.Verdict, r.Failed())
	}
	if r := Verify(t.Context(), bytes.Replace(data, []byte("BNSP-LSP-000-ID"), []byte("BNSP-LSP-999-ID"), 1), o); r.Verdict != Invalid {
		t.Errorf("another licence: %q", r.Verdict)
	}
	e.Subject = ""
	if _, err := e.Document(); err == nil {
		t.Error("an endorsement of nobody")
	}
}

func BenchmarkVerify(b *testing.B) {
	tpl := compiled(b, testBody, testAchievement(15))
	data := signed(b, tpl, testCert)
	for _, c := range []struct {
		name   string
		memory *Memory
	}{{"remembering", NewMemory()}, {"generic", nil}} {
		b.Run(c.name, func(b *testing.B) {
			o := newWorld(b).options()
			o.Memory = c.memory
			b.ReportAllocs()
			for b.Loop() {
				if r := Verify(b.Context(), data, o); r.Verdict != Valid {
					b.Fatal(r)
				}
			}
		})
	}
}

func bounded(t *testing.T, says string, data []byte, o Options, why string) {
	t.Helper()
	// The processor is shared while tests run: its time, and the best of three, is what the input costs.
	best := time.Hour
	var r Report
	var before, after runtime.MemStats
	for range 3 {
		runtime.ReadMemStats(&before)
		start := spent()
		r = Verify(t.Context(), data, o)
		best = min(best, spent()-start)
		runtime.ReadMemStats(&after)
		if best < 50*time.Millisecond {
			break
		}
	}
	if r.Verdict == Valid || !slices.Contains(r.Failed(), why) {
		t.Errorf("%s: %q %v", says, r.Verdict, r.Failed())
	}
	t.Logf("%s: %v, %d kB", says, best, (after.TotalAlloc-before.TotalAlloc)/1000)
	if raced {
		return // the race detector makes everything slower and larger
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
		t.Errorf("%s: %d bytes", says, used)
	}
	if best > 100*time.Millisecond {
		t.Errorf("%s: %v", says, best)
	}
}

func TestHostileFilesAreRefusedInTime(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	proof := `"proof":[{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"2026-11-22T03:04:05Z","verificationMethod":"` + testKeyID + `","proofPurpose":"assertionMethod","proofValue":"` + string(appendBase58(nil, make64())) + `"}]`
	with := func(contexts, subject, more string) []byte {
		return []byte(`{"@context":[` + contexts + `],"type":["VerifiableCredential"],"issuer":"` + testDID + `","credentialSubject":` + subject + more + `,` + proof + `}`)
	}
	v2 := `"` + contextVC + `"`
	ob := v2 + `,"` + contextBadge + `"`
	clique := func(n int) string {
		var nodes []string
		for i := range n {
			var to []string
			for j := range n {
				if i != j {
					to = append(to, fmt.Sprintf(`"_:n%d"`, j))
				}
			}
			nodes = append(nodes, fmt.Sprintf(`{"id":"_:n%d","type":"Profile","parentOrg":[%s]}`, i, strings.Join(to, ",")))
		}
		return "[" + strings.Join(nodes, ",") + "]"
	}
	many := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	for _, c := range []struct {
		says string
		data []byte
		why  string
	}{
		{"nothing", nil, whyNotJSON},
		{"a web page", []byte("<html></html>"), whyNotJSON},
		{"a list", []byte("[]"), whyNotJSON},
		{"a context from elsewhere", with(v2+`,"https://jahat.example/ctx"`, `{"id":"did:example:1"}`, ""), whyContext},
		{"a context from elsewhere deep inside", with(v2, `{"id":"did:example:1","name":{"@context":"https://jahat.example/ctx","id":"urn:x:1"}}`, ""), whyContext},
		{"a context of its own", with(v2+`,{"name":"https://x.example/other"}`, `{"id":"did:example:1"}`, ""), whyInline},
		{"a context of its own deep inside", with(v2, `{"id":"did:example:1","name":{"@context":{"a":"https://x.example/a"},"a":"b"}}`, ""), whyInline},
		{"a clique of 8 nodes without names", with(ob, clique(8), ""), whyPoison},
		{"a clique of 16", with(ob, clique(16), ""), whyPoison},
		{"two nodes that nothing tells apart", with(ob, `[{"type":"Profile","name":"a"},{"type":"Profile","name":"a"}]`, ""), whyTampered},
		{"twelve of them", with(ob, many(12, `{"type":"Profile","name":"a"}`), ""), whyTampered},
		{"deep lists", []byte(strings.Repeat("[", 100000) + strings.Repeat("]", 100000)), whyTooLarge},
		{"deep objects", []byte(strings.Repeat(`{"a":`, 100000)), whyTooLarge},
		{"a member twice", with(v2, `{"id":"did:example:1","id":"did:example:2"}`, ""), whyDuplicate},
		{"a huge file", bytes.Repeat([]byte(" "), 4<<20), whyNotJSON},
		{"a huge text", with(v2, `{"id":"did:example:1","name":"`+strings.Repeat("a", maxDocument)+`"}`, ""), whyTooLarge},
		{"a list of 100,000", with(v2, many(100000, `{}`), ""), whyTooLarge},
		{"a list of 3,000 numbers", with(v2, `{"name":`+many(3000, "1")+`}`, ""), whyTampered},
		{"as many objects as are read", with(ob, many(290, `{"type":"Achievement","name":"a","id":"urn:x:1"}`), ""), whyTampered},
		{"as many objects as are read, without names", with(ob, many(290, `{"type":"Achievement"}`), ""), whyTampered},
		{"objects in the 300th", with(ob, many(310, `{"type":"Achievement"}`), ""), whyTooLarge},
		{"three times each object's kind", with(ob, many(60, `{"type":["Achievement","Profile","Result"],"name":{"type":["AchievementSubject","Alignment","IdentityObject"],"name":{"type":"Profile"}}}`), ""), whyUnsigned},
		{"every object of its kind twelve times", with(ob, many(280, `{"type":["Profile"`+strings.Repeat(`,"Profile"`, 11)+`],"name":"a"}`), ""), whyTooLarge},
		{"every object of two kinds", with(ob, many(280, `{"type":["Alignment","Evidence"],"name":"a"}`), ""), whyTampered},
		{"one object of 3,000 kinds", with(ob, `{"type":`+many(3000, `"Profile"`)+`}`, ""), whyTooLarge},
		{"one object of as many kinds as are read", with(ob, `{"type":`+many(590, `"Profile"`)+`}`, ""), whyTampered},
		{"contexts named over and over", with(strings.Repeat(ob+",", 40)+ob, `{"id":"did:example:1"}`, ""), whyUnsigned},
		{"contexts named in every object", with(ob, many(250, `{"@context":"`+contextVC+`","name":"a"}`), ""), whyTampered},
		{"lists in lists", with(ob, many(60, many(40, `"a"`)), ""), whyUnsigned},
		{"a star of 280", with(ob, `{"id":"did:example:1","type":"Profile","parentOrg":`+many(280, `{"type":"Profile","name":"a"}`)+`}`, ""), whyTampered},
		{"lone surrogates", with(v2, `{"id":"did:example:1","name":"\ud800"}`, ""), whyNotJSON},
		{"a number no double holds", with(v2, `{"id":"did:example:1","name":1e999}`, ""), whyNotJSON},
		{"a relative identifier", with(v2, `{"id":"tetangga","name":"x"}`, ""), whyUnsigned},
		{"a language that is none", with(v2, `{"id":"did:example:1","name":{"@value":"x","@language":"not a language"}}`, ""), whyUnsigned},
		{"too many statuses", with(v2, `{"id":"did:example:1"}`, `,"credentialStatus":`+many(40, `{"id":"urn:x:1","type":"BitstringStatusListEntry"}`)), whyUnproven},
		{"no issuer", []byte(`{"@context":` + "[" + v2 + "]" + `,"type":["VerifiableCredential"],"credentialSubject":{"name":"x"},` + proof + `}`), whyIssuer},
		{"an issuer that is a number", []byte(`{"@context":` + "[" + v2 + "]" + `,"type":["VerifiableCredential"],"issuer":7,"credentialSubject":{"name":"x"},` + proof + `}`), whyIssuer},
		{"a badge without scheme", []byte(`{"@context":[` + ob + `],"id":"urn:x:1","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":"` + testDID + `","validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"id":"urn:x:2","type":["AchievementSubject"]},` + proof + `}`), whyMembers},
	} {
		if c.says == "a huge file" {
			c.data = append(c.data, '{')
		}
		bounded(t, c.says, c.data, o, c.why)
	}
}

func TestTheListsOfAnIssuerCountTowardsTheSameBounds(t *testing.T) {
	// An issuer with a good key may choose what we read: a large credential, and two large lists.
	w := newWorld(t)
	people := "[" + strings.TrimSuffix(strings.Repeat(`{"type":["Evidence","Alignment"],"id":"urn:x:1","name":"a"},`, 250), ",") + "]"
	sign := func(doc string) []byte {
		out, err := Secure(t.Context(), []byte(doc), testKeyID, testTime, signer(testKey))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, at := range []string{testList, SuspensionList(testList)} {
		w.lists[at] = sign(`{"@context":["` + contextVC + `","` + contextBadge + `"],"id":"` + at + `","type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":"` + testDID + `","credentialSubject":` + people + `}`)
	}
	bounded(t, "large lists", sign(`{"@context":["`+contextVC+`","`+contextBadge+`"],"type":["VerifiableCredential"],"issuer":"`+testDID+`","credentialSubject":`+people+
		`,"credentialStatus":{"id":"urn:x:2","type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"7","statusListCredential":"`+testList+`"}}`), w.options(), whyListBad)
}

func TestAListThatUnpacksWithoutEndIsRefused(t *testing.T) {
	w := newWorld(t)
	bits := &Bits{make([]byte, 64<<20)}
	encoded, err := bits.Encode()
	if err != nil {
		t.Fatal(err)
	}
	small, err := List{testList, testDID, Revocation, testNow.Add(-time.Hour), testNow.Add(time.Hour), 0}.Document(&Bits{make([]byte, ListUnit/8)})
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(small, &doc); err != nil {
		t.Fatal(err)
	}
	subject := maps.Clone(doc["credentialSubject"].(map[string]any))
	subject["encodedList"], doc["credentialSubject"] = encoded, subject
	bomb, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if w.lists[testList], err = Secure(t.Context(), bomb, testKeyID, testTime, signer(testKey)); err != nil {
		t.Fatal(err)
	}
	bounded(t, "a list of 64 MB", signed(t, compiled(t, testBody, testAchievement(1)), testCert), w.options(), whyListBad)
}

func FuzzVerify(f *testing.F) {
	good := signed(f, compiled(f, testBody, testAchievement(1)), testCert)
	f.Add(good)
	f.Add(pretty(f, good))
	f.Add([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"did:web:a","credentialSubject":{}}`))
	if doc, err := compiled(f, testBody, testAchievement(1)).Document(testCert); err == nil {
		if jwt, err := JWT(f.Context(), doc, BadgeJWT, testECID, ES256(testEC)); err == nil {
			f.Add(jwt)
		}
	}
	o := newWorld(f).options()
	o.Memory = NewMemory()
	f.Fuzz(func(t *testing.T, data []byte) {
		if r := Verify(t.Context(), data, o); r.Verdict == Valid && r.Facts.Holder != testCert.Holder {
			t.Errorf("%s is valid", data)
		}
	})
}
