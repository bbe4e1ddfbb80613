package credential

import (
	"bytes"
	"crypto/ed25519"
	"reflect"
	"strings"
	"sync"
	"time"

	"kompeten/internal/date"
)

// maxKept bounds each half of a memory.
const maxKept = 512

// Memory keeps what repeats between verifications: the templates of documents in our own layout, so that they need no
// JSON-LD work, and status lists that were opened. It holds nothing that was not signed by a key that was found, and
// many may use it at once.
type Memory struct {
	mu        sync.Mutex
	templates map[string]*Template
	lists     map[[32]byte]openList
}

// NewMemory makes an empty memory.
func NewMemory() *Memory {
	return &Memory{templates: map[string]*Template{}, lists: map[[32]byte]openList{}}
}

// Learn puts a template into the memory before the first document of its scheme comes.
func (m *Memory) Learn(t *Template) {
	m.mu.Lock()
	defer m.mu.Unlock()
	makeRoom(m.templates)
	m.templates[t.body.DID+" "+t.achievement.URL] = t
}

// makeRoom drops any one entry of a full map.
func makeRoom[K comparable, V any](m map[K]V) {
	if len(m) < maxKept {
		return
	}
	for k := range m {
		delete(m, k)
		return
	}
}

func (m *Memory) list(digest [32]byte) (openList, bool) {
	if m == nil {
		return openList{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.lists[digest]
	return l, ok
}

func (m *Memory) keepList(digest [32]byte, l openList) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	makeRoom(m.lists)
	m.lists[digest] = l
}

// fits checks a proof: by a template when the document is, member for member, what the template makes, and otherwise
// the generic way. What held the generic way and is in our layout is remembered.
func (m *Memory) fits(v *verification, proof map[string]any, suite string, key ed25519.PublicKey) error {
	if m == nil || suite != suiteRDFC || !plainProof(proof) {
		return v.signable.fits(proof, key)
	}
	c, known := recognise(v.doc)
	if !known {
		return v.signable.fits(proof, key)
	}
	did, at := issuerOf(v.doc), schemeOf(v.doc)
	m.mu.Lock()
	t := m.templates[did+" "+at]
	m.mu.Unlock()
	if t != nil && t.makes(v, c) {
		return t.fits(c, proof, key)
	}
	if err := v.signable.fits(proof, key); err != nil {
		return err
	}
	if b, a, ours := schemeFrom(v.doc); ours {
		if t, err := Compile(b, a); err == nil && t.makes(v, c) {
			m.Learn(t)
		}
	}
	return nil
}

// plainProof says whether a proof has our own members and no others.
func plainProof(proof map[string]any) bool {
	for name := range proof {
		switch name {
		case "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue":
		default:
			return false
		}
	}
	created, _ := proof["created"].(string)
	at, ok := dateTime(created)
	method, _ := proof["verificationMethod"].(string)
	return ok && stamp(at) == created && absolute(method)
}

// makes says whether a document is what the template makes of c: the same bytes, or the same values in another order.
func (t *Template) makes(v *verification, c Certificate) bool {
	f, err := t.fill(c)
	if err != nil {
		return false
	}
	own := t.render(make([]byte, 0, len(v.data)), f)
	if rest, same := bytes.CutPrefix(v.data, own[:len(own)-1]); same && bytes.HasPrefix(rest, []byte(`,"proof":`)) {
		return true
	}
	parsed, err := parse(own)
	made, ok := parsed.(map[string]any)
	if err != nil || !ok || len(made)+1 != len(v.doc) {
		return false
	}
	for name, value := range made {
		if !reflect.DeepEqual(value, v.doc[name]) {
			return false
		}
	}
	return true
}

func (t *Template) fits(c Certificate, proof map[string]any, key ed25519.PublicKey) error {
	value, _ := proof["proofValue"].(string)
	signature, err := decodeBase58(value)
	if err != nil || len(signature) != ed25519.SignatureSize || string(appendBase58(nil, signature)) != value {
		return errForge
	}
	canon, err := t.Canonical(c)
	if err != nil {
		return err
	}
	method, _ := proof["verificationMethod"].(string)
	created, _ := proof["created"].(string)
	if !ed25519.Verify(key, toSign(proofQuads(method, created), canon), signature) {
		return errForge
	}
	return nil
}

func member(v any, path ...string) string {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

func schemeOf(doc map[string]any) string {
	return member(doc, "credentialSubject", "achievement", "id")
}

// recognise reads the certificate of a document that may be in our layout. Whether it is, only comparing tells.
func recognise(doc map[string]any) (Certificate, bool) {
	c := Certificate{URL: member(doc, "id"), Number: member(doc, "credentialSubject", "licenseNumber"),
		PlaceURL: member(doc, "credentialSubject", "source", "id"), Place: member(doc, "credentialSubject", "source", "name"),
		StatusList: member(doc, "credentialStatus", "statusListCredential")}
	subject, _ := doc["credentialSubject"].(map[string]any)
	for i, e := range list(subject["identifier"]) {
		switch i {
		case 0:
			c.Holder = member(e, "identityHash")
		case 1:
			c.Registration = member(e, "identityHash")
		}
	}
	for _, digit := range member(doc, "credentialStatus", "statusListIndex") {
		if digit < '0' || digit > '9' || c.StatusIndex > maxList {
			return c, false
		}
		c.StatusIndex = c.StatusIndex*10 + int(digit-'0')
	}
	var ok bool
	if c.From, c.Zone, ok = civil(member(doc, "validFrom")); !ok {
		return c, false
	}
	c.Awarded, _, _ = civil(member(doc, "awardedDate"))
	c.Until, _, _ = civil(member(doc, "validUntil"))
	return c, c.Holder != ""
}

// civil reads the day and the zone of a moment that moment wrote.
func civil(s string) (date.Date, date.Zone, bool) {
	if len(s) != len("2006-01-02T15:04:05-07:00") {
		return "", "", false
	}
	for _, z := range []date.Zone{date.WIB, date.WITA, date.WIT} {
		if at, err := time.Parse(time.RFC3339, s); err == nil && strings.HasSuffix(s, at.In(z.Location()).Format("-07:00")) {
			return date.Date(s[:10]), z, true
		}
	}
	return "", "", false
}

// schemeFrom reads the body and the scheme of a document in our layout.
func schemeFrom(doc map[string]any) (Body, Achievement, bool) {
	issuer, _ := doc["issuer"].(map[string]any)
	b := Body{DID: member(issuer, "id"), Name: member(issuer, "name"), URL: member(issuer, "url")}
	if entries := list(issuer["otherIdentifier"]); len(entries) > 0 {
		b.Licence = member(entries[0], "identifier")
	}
	subject, _ := doc["credentialSubject"].(map[string]any)
	m, ok := subject["achievement"].(map[string]any)
	if !ok {
		return b, Achievement{}, false
	}
	a := Achievement{URL: member(m, "id"), Title: member(m, "name"), Description: member(m, "description"), Code: member(m, "humanCode"), Version: member(m, "version"),
		Criteria: member(m, "criteria", "narrative")}
	if tags := list(m["tag"]); len(tags) > 0 {
		a.TitleEN, _ = tags[0].(string)
		if len(tags) > 1 {
			a.Kind, _ = tags[1].(string)
		}
	}
	for _, u := range list(m["alignment"]) {
		if member(u, "targetType") == "ext:kkniLevel" && len(member(u, "targetCode")) == 1 {
			a.Level = int(member(u, "targetCode")[0] - '0')
			continue
		}
		unit := Unit{Code: member(u, "targetCode"), Title: member(u, "targetName"), URL: member(u, "targetUrl")}
		unit.Decree, _ = strings.CutPrefix(member(u, "targetFramework"), "SKKNI ")
		if unit.Decree == "SKKNI" {
			unit.Decree = ""
		}
		a.Units = append(a.Units, unit)
	}
	return b, a, true
}
