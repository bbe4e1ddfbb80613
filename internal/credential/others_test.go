package credential

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	crand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kompeten/internal/date"
)

// handed is what goes to the programs of testdata/node/others.mjs.
type handed struct {
	Contexts     map[string]json.RawMessage `json:"contexts"`
	Documents    map[string]json.RawMessage `json:"documents"`
	Forms        json.RawMessage            `json:"forms"`
	Badges       []handedDocument           `json:"badges"`
	Endorsements []handedDocument           `json:"endorsements"`
	Lists        []handedDocument           `json:"lists"`
	DIDs         []string                   `json:"dids"`
	Methods      []string                   `json:"methods"`
	Tokens       []handedToken              `json:"tokens"`
	Codes        []handedCode               `json:"codes"`
}

type handedDocument struct {
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential"`
}

type handedToken struct {
	Name   string `json:"name"`
	Token  string `json:"token"`
	JWK    any    `json:"jwk"`
	Issuer string `json:"issuer"`
	Now    string `json:"now"`
}

type handedCode struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Key  string `json:"key"` // base64
}

// judged is what they say.
type judged struct {
	Badges, Endorsements, Lists []struct {
		Name                 string
		Signature, Unexpired bool
		Unrevoked, Suspended any
		Wrong                []string
		Errors, Schema       string
	}
	DIDs []struct {
		Name, Error string
		Methods     []string
	}
	Methods []struct{ Name, ID, Controller, Key, Error string }
	Tokens  []struct {
		Name, Header, Error string
		Payload             map[string]any
	}
	Codes []struct {
		Name, Issuer, ID, Error string
		Tag                     int
		From, Expires           int64
		Verified                bool
	}
}

// present is a world at the machine's own time, which some verifiers look at and cannot be told.
type present struct {
	world
	at      time.Time
	retired ed25519.PrivateKey // a key that signs no more
	body    Body
}

const (
	retiredID = testDID + "#key-0"
	stolenID  = testDID + "#key-9"
)

// stolenKey is one that others may have: the document has withdrawn it.
var stolenKey = ed25519.NewKeyFromSeed([]byte("kunci curian, sudah ditarik dulu"))

func newPresent(t *testing.T, revoked, suspended []int) present {
	t.Helper()
	p := present{world: newWorld(t), at: time.Now().UTC().Truncate(time.Second), retired: otherKey, body: testBody}
	today(t, p.world, revoked, suspended)
	return p
}

// sign gives a certificate of today as a signed badge.
func (p present) sign(t *testing.T, tpl *Template, c Certificate, id string, key ed25519.PrivateKey) []byte {
	t.Helper()
	at := p.at.Add(-time.Hour)
	signature, err := tpl.Sign(t.Context(), c, at, signer(key), id)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tpl.Join(c, id, at, signature)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// certificate is valid from yesterday for three years.
func (p present) certificate(r *rand.Rand, n int) Certificate {
	c := randomCertificate(r, n&^8)
	c.StatusIndex = n
	c.From = date.Of(p.at.AddDate(0, 0, -2), c.Zone)
	c.Awarded, c.Until = c.From, date.Of(p.at.AddDate(3, 0, 0), c.Zone)
	return c
}

func (p present) didDocument(t *testing.T) []byte {
	t.Helper()
	doc, err := DIDDocument(testDID, []Key{p.keys[testKeyID], p.keys[testECID],
		{ID: retiredID, Controller: testDID, Ed25519: p.retired.Public().(ed25519.PublicKey), Expires: p.at.Add(-time.Minute)},
		{ID: stolenID, Controller: testDID, Ed25519: stolenKey.Public().(ed25519.PublicKey), Revoked: p.at.Add(-time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func (p present) endorse(t *testing.T, until time.Time) []byte {
	t.Helper()
	doc, err := Endorsement{URL: "https://contoh.example/lsp/000/endorsement.json", Name: "Lisensi LSP Contoh", Authority: p.body, Subject: testDID, Comment: "Ruang lingkup: contoh",
		From: p.at.AddDate(-1, 0, 0), Until: until}.Document()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Secure(t.Context(), doc, testKeyID, p.at.Add(-time.Hour), signer(testKey))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// askOthers runs the programs once for all tests of this file.
func askOthers(t *testing.T, q handed) judged {
	t.Helper()
	forms, err := os.ReadFile("testdata/node/forms.json")
	if err != nil {
		t.Fatal(err)
	}
	q.Forms, q.Contexts = forms, pinnedFiles(t)
	for i := range q.Lists {
		q.Documents[listURL(t, q.Lists[i].Credential)] = q.Lists[i].Credential
	}
	var a judged
	runNode(t, "others.mjs", q, &a)
	return a
}

func listURL(t *testing.T, list []byte) string {
	t.Helper()
	var l struct{ ID string }
	if err := json.Unmarshal(list, &l); err != nil {
		t.Fatal(err)
	}
	return l.ID
}

func TestOtherProgramsJudgeWhatWeHandOutAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const revoked, suspended = 5, 6
	p := newPresent(t, []int{revoked}, []int{suspended})
	q := handed{Documents: map[string]json.RawMessage{"https://contoh.example/lsp/000/did.json": p.didDocument(t)},
		DIDs: []string{testDID, "did:web:contoh.example:lsp:999"}, Methods: []string{testKeyID, retiredID, testDID + "#key-8"},
		Endorsements: []handedDocument{{"good", p.endorse(t, p.at.AddDate(1, 0, 0))}, {"expired", p.endorse(t, p.at.Add(-time.Hour))}},
		Lists:        []handedDocument{{"revocation", p.lists[testList]}, {"suspension", p.lists[SuspensionList(testList)]}}}
	q.Badges = p.badges(t, r, revoked, suspended)
	q.Tokens = p.tokens(t, r)
	q.Codes = codes(t)
	a := askOthers(t, q)
	if len(a.Badges) != len(q.Badges) || len(a.Endorsements) != 2 || len(a.Lists) != 2 || len(a.Tokens) != len(q.Tokens) || len(a.Codes) != len(q.Codes) {
		t.Fatalf("%+v", a)
	}
	for _, b := range a.Badges {
		kind, _, _ := strings.Cut(b.Name, " ")
		forged, misshapen := slices.Contains([]string{"tampered", "foreign", "stolen"}, kind), kind == "misshapen"
		if b.Signature == forged || (len(b.Wrong) > 0) != misshapen || !forged && (b.Schema != fmt.Sprint(!misshapen) || b.Unexpired == (kind == "expired") || b.Unrevoked != (kind != "revoked") || b.Suspended != (kind == "suspended")) {
			t.Errorf("badge %s: %+v", b.Name, b)
		}
	}
	for _, e := range a.Endorsements {
		if !e.Signature || e.Unexpired != (e.Name == "good") || e.Schema != "true" || len(e.Wrong) > 0 {
			t.Errorf("endorsement %s: %+v", e.Name, e)
		}
	}
	for _, l := range a.Lists {
		if !l.Signature || !l.Unexpired || len(l.Wrong) > 0 {
			t.Errorf("list %s: %+v", l.Name, l)
		}
	}
	p.checkKeys(t, a)
	for _, k := range a.Tokens {
		if want := map[string]string{"tampered": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "foreign": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "expired": "ERR_JWT_EXPIRED",
			"early": "ERR_JWT_CLAIM_VALIDATION_FAILED", "other": "ERR_JWT_CLAIM_VALIDATION_FAILED"}[k.Name]; k.Error != want || want == "" && !sameClaims(k.Payload) || want == "" && k.Header != "alg kid typ" {
			t.Errorf("token %s: %+v", k.Name, k)
		}
	}
	begins, ends := time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC), time.Date(2029, 11, 21, 16, 0, 0, 0, time.UTC) // midnights of Makassar
	for _, c := range a.Codes {
		says := c.Tag == coseSign1 && c.Issuer == sampleQR().Licence && c.ID == sampleQR().Code && c.From == begins.Unix() && c.Expires == ends.Unix()
		if c.Verified == strings.HasPrefix(c.Name, "tampered") || c.Verified && !says {
			t.Errorf("code %s: %+v", c.Name, c)
		}
	}
}

// badges are certificates of every kind, four of each.
func (p present) badges(t *testing.T, r *rand.Rand, revoked, suspended int) (out []handedDocument) {
	t.Helper()
	tpl := compiled(t, p.body, testAchievement(4))
	kinds := []string{"good", "retired", "tampered", "foreign", "stolen", "expired", "revoked", "suspended", "misshapen"}
	for n := range 4 * len(kinds) {
		kind := kinds[n%len(kinds)]
		c, id, key := p.certificate(r, 100+n), testKeyID, testKey
		switch kind {
		case "retired":
			id, key = retiredID, p.retired
		case "foreign":
			key = otherKey
		case "stolen":
			id, key = stolenID, stolenKey
		case "expired":
			c.Until = c.From
		case "revoked":
			c.StatusIndex = revoked
		case "suspended":
			c.StatusIndex = suspended
		}
		b := p.sign(t, tpl, c, id, key)
		switch kind {
		case "misshapen": // means the same, so the signature holds, but the strict schema wants lists
			b = bytes.Replace(b, []byte(`"type":["Profile"]`), []byte(`"type":"Profile"`), 1)
		case "tampered":
			b = bytes.Replace(b, []byte(`"licenseNumber":"`), []byte(`"licenseNumber":"1`), 1)
		}
		out = append(out, handedDocument{fmt.Sprint(kind, " ", n), b})
	}
	return out
}

func (p present) checkKeys(t *testing.T, a judged) {
	t.Helper()
	if a.DIDs[0].Error != "" || !slices.Equal(a.DIDs[0].Methods, []string{testKeyID, testECID, retiredID, stolenID}) || a.DIDs[1].Error != "notFound" {
		t.Errorf("did:web: %+v", a.DIDs)
	}
	for i, key := range []ed25519.PrivateKey{testKey, p.retired} {
		if m := a.Methods[i]; m.ID != m.Name || m.Controller != testDID || m.Key != Multikey(key.Public().(ed25519.PublicKey)) {
			t.Errorf("key: %+v", m)
		}
	}
	if a.Methods[2].Error == "" {
		t.Errorf("a key that is not there: %+v", a.Methods[2])
	}
}

func (p present) tokens(t *testing.T, r *rand.Rand) []handedToken {
	t.Helper()
	doc, err := compiled(t, p.body, testAchievement(2)).Document(p.certificate(r, 1))
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := JWT(t.Context(), doc, BadgeJWT, testECID, ES256(testEC))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := jwkOf(&testEC.PublicKey, "es256-1")
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := jwkOf(&stranger.PublicKey, "es256-1")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(jwt), ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	changed := parts[0] + "." + encode64(bytes.Replace(claims, []byte(`"hashed":false`), []byte(`"hashed":true`), 1)) + "." + parts[2]
	day := func(years int) string { return stamp(p.at.AddDate(years, 0, 1)) }
	return []handedToken{{"good", string(jwt), ours, testDID, day(0)}, {"tampered", changed, ours, testDID, day(0)}, {"foreign", string(jwt), foreign, testDID, day(0)},
		{"expired", string(jwt), ours, testDID, day(4)}, {"early", string(jwt), ours, testDID, day(-1)}, {"other", string(jwt), ours, testDID + "9", day(0)}}
}

// sameClaims says whether the registered claims repeat what the badge says (Open Badges 3.0, 8.2).
func sameClaims(p map[string]any) bool {
	subject, _ := p["credentialSubject"].(map[string]any)
	seconds := func(member string) any {
		at, _ := time.Parse(time.RFC3339, fmt.Sprint(p[member]))
		return float64(at.Unix())
	}
	return p["iss"] == issuerOf(p) && p["jti"] == p["id"] && p["sub"] == subject["id"] && p["nbf"] == seconds("validFrom") && p["exp"] == seconds("validUntil") && p["vc"] == nil
}

func codes(t *testing.T) (out []handedCode) {
	t.Helper()
	ed, es := qrTestKeys()
	for name, k := range map[string]qrKey{"EdDSA": ed, "ES256": es} {
		text, _ := signedQR(t, sampleQR(), k)
		raw, err := QRKeyBytes(k.public)
		if err != nil {
			t.Fatal(err)
		}
		key := base64.StdEncoding.EncodeToString(raw)
		out = append(out, handedCode{name, text, key})
		at := strings.Index(text, "#") + 1
		data, err := qrText.DecodeString(text[at:])
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{len(data) / 2, len(data) - 1} { // in the payload, in the signature
			b := bytes.Clone(data)
			b[i] ^= 1
			out = append(out, handedCode{fmt.Sprint("tampered ", name, " ", i), text[:at] + qrText.EncodeToString(b), key})
		}
	}
	return out
}
