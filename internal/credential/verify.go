package credential

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"
)

// maxProofs bounds a proof set, maxStatus the entries of credentialStatus.
const (
	maxProofs = 4
	maxStatus = 4
)

// skew is how far the clocks of an issuer and of a reader may be apart.
const skew = 5 * time.Minute

// Verify judges a credential from anywhere: Open Badges 3.0 or W3C Verifiable Credentials as JSON with a Data
// Integrity proof (eddsa-rdfc-2022, eddsa-jcs-2022), as a JWT (ES256), or either in a PNG image. It says what was
// checked, how each check ended and what could not be checked. It is bounded in time and memory and never fetches
// anything but through the options.
func Verify(ctx context.Context, data []byte, o Options) Report {
	v := verification{ctx: ctx, o: o, signable: signable{reader: newReader()}}
	v.run(data)
	return v.r.conclude()
}

// verification is one credential on its way through the checks.
type verification struct {
	signable
	ctx   context.Context
	o     Options
	r     Report
	token *token // the JWT it came in
	data  []byte // its JSON as presented; nil for a JWT
}

func (v *verification) run(data []byte) {
	if !v.read(data) {
		return
	}
	v.facts()
	v.contexts()
	if !v.members() {
		return
	}
	if v.token != nil {
		v.signedToken()
	} else {
		v.signedDocument()
	}
	v.dates()
	v.statuses()
}

// read takes the credential out of what it came in.
func (v *verification) read(data []byte) bool {
	var err error
	if bytes.HasPrefix(data, []byte(pngMagic)) {
		if data, err = Unbake(data); err != nil {
			v.r.add(Format, Failed, reason(err, whyImage))
			return false
		}
	}
	data = bytes.TrimSpace(data)
	if looksLikeJWT(data) {
		t, err := parseJWT(data)
		if err != nil {
			v.r.add(Format, Failed, reason(err, whyJWT))
			return false
		}
		v.token, v.doc = &t, t.document()
		v.r.add(Format, Passed, "")
		return true
	}
	parsed, err := parse(data)
	if err != nil {
		v.r.add(Format, Failed, reason(err, whyNotJSON))
		return false
	}
	doc, ok := parsed.(map[string]any)
	if !ok {
		v.r.add(Format, Failed, whyNotJSON)
		return false
	}
	v.doc, v.data = doc, data
	v.r.add(Format, Passed, "")
	return true
}

// contexts finds words whose meaning is not pinned here.
func (v *verification) contexts() {
	err := v.known(v.doc)
	switch {
	case err == nil:
		v.r.add(Contexts, Passed, "")
	case errors.Is(err, errContext):
		v.r.add(Contexts, Unknown, whyContext)
	default:
		v.r.add(Contexts, Failed, whyInline)
	}
}

func (v *verification) known(node any) error {
	switch node := node.(type) {
	case []any:
		for _, e := range node {
			if err := v.known(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, e := range node {
			if k != "@context" {
				if err := v.known(e); err != nil {
					return err
				}
				continue
			}
			for _, c := range list(e) {
				address, ok := c.(string)
				if !ok {
					return errJSONLD
				}
				if v.reader.lib[address] == nil {
					return errContext
				}
			}
		}
	}
	return nil
}

// signedDocument checks the Data Integrity proofs: each must hold, and one at least must be there.
func (v *verification) signedDocument() {
	proofs := list(v.doc["proof"])
	if len(proofs) == 0 || len(proofs) > maxProofs {
		v.r.add(Signature, Failed, whyNoProof)
		return
	}
	held := false
	var foreign bool
	for _, p := range proofs {
		proof, ok := p.(map[string]any)
		if !ok {
			v.r.add(Signature, Failed, whyNoProof)
			return
		}
		suite, _ := proof["cryptosuite"].(string)
		if proof["type"] != "DataIntegrityProof" || suite != suiteRDFC && suite != suiteJCS || proof["previousProof"] != nil {
			foreign = true
			continue
		}
		if !v.proof(proof, suite) {
			return
		}
		held = true
	}
	switch {
	case held:
		v.r.add(IssuerKey, Passed, "")
		v.r.add(Signature, Passed, "")
	case foreign:
		v.r.add(Signature, Unknown, whySuite)
	}
}

// proof checks one proof; it reports only what is wrong.
func (v *verification) proof(proof map[string]any, suite string) bool {
	method, _ := proof["verificationMethod"].(string)
	created, dated := dateTime(proof["created"])
	if proof["proofPurpose"] != "assertionMethod" {
		v.r.add(Signature, Failed, whyPurpose)
		return false
	}
	if _, given := proof["created"]; given && !dated || proof["proofValue"] == nil {
		v.r.add(Signature, Failed, whyNoProof)
		return false
	}
	if until, given := proof["expires"]; given {
		if at, ok := dateTime(until); !ok || v.o.Now.After(at) {
			v.r.add(Signature, Failed, whyProofExpired)
			return false
		}
	}
	v.r.Facts.KeyID, v.r.Facts.Suite, v.r.Facts.Created = method, suite, created
	key, ok := v.key(method, created)
	if !ok {
		return false
	}
	if len(key.Ed25519) != ed25519.PublicKeySize {
		v.r.add(IssuerKey, Failed, whyKeyKind)
		return false
	}
	err := v.o.Memory.fits(v, proof, suite, key.Ed25519)
	switch {
	case err == nil:
		return true
	case errors.Is(err, errContext):
		v.r.add(Signature, Unknown, whyContext)
	default:
		v.r.add(Signature, Failed, reason(err, whyTampered))
	}
	return false
}

// key finds the key of a proof and checks that it is the issuer's and was in force. It reports only what is wrong.
func (v *verification) key(method string, created time.Time) (Key, bool) {
	issuer := issuerOf(v.doc)
	if did, _, _ := strings.Cut(method, "#"); method == "" || strings.HasPrefix(method, "did:") && did != issuer {
		v.r.add(IssuerKey, Failed, whyController)
		return Key{}, false
	}
	key, known := Key{}, false
	if strings.HasPrefix(method, "did:key:") {
		if key, known = KeyOfDIDKey(method); !known {
			v.r.add(IssuerKey, Failed, whyNoKey)
			return key, false
		}
	}
	if !known {
		if v.o.Keys == nil {
			v.r.add(IssuerKey, Unknown, whyKeyAway)
			return key, false
		}
		var err error
		if key, err = v.o.Keys(v.ctx, method); errors.Is(err, ErrNoKey) {
			v.r.add(IssuerKey, Failed, whyNoKey)
			return key, false
		} else if err != nil {
			v.r.add(IssuerKey, Unknown, whyKeyAway)
			return key, false
		}
	}
	// A date of signing that whoever holds the key may write at will says nothing once the key is revoked: then nothing it
	// signed holds (Controlled Identifiers 1.0, "revoked").
	revoked := key.Withdrawn || !key.Revoked.IsZero() && !v.o.Now.Before(key.Revoked)
	ended := !key.Expires.IsZero() && (created.IsZero() || !created.Before(key.Expires))
	switch {
	case key.ID != method || key.Controller != issuer:
		v.r.add(IssuerKey, Failed, whyController)
	case revoked:
		v.r.add(IssuerKey, Failed, whyKeyRevoked)
	case ended || created.After(v.o.Now.Add(skew)):
		v.r.add(IssuerKey, Failed, whyKeyEnded)
	default:
		return key, true
	}
	return key, false
}

// signedToken checks a JWT. It has no moment of signing of its own; the start of validity stands for it.
func (v *verification) signedToken() {
	t := v.token
	kid, _ := t.header["kid"].(string)
	if strings.HasPrefix(kid, "#") {
		kid = issuerOf(v.doc) + kid
	}
	signed, _ := dateTime(v.doc["validFrom"])
	if signed.After(v.o.Now) {
		signed = v.o.Now
	}
	v.r.Facts.KeyID, v.r.Facts.Suite = kid, "ES256"
	if kid == "" {
		v.r.add(IssuerKey, Failed, whyNoKey)
		return
	}
	key, ok := v.key(kid, signed)
	if !ok {
		return
	}
	if key.P256 == nil {
		v.r.add(IssuerKey, Failed, whyKeyKind)
		return
	}
	if err := t.fits(key.P256); err != nil {
		v.r.add(Signature, Failed, reason(err, whyTampered))
		return
	}
	if !t.agrees() {
		v.r.add(Signature, Failed, whyClaims)
		return
	}
	v.r.add(IssuerKey, Passed, "")
	v.r.add(Signature, Passed, "")
}

// dates checks that the credential is in force now.
func (v *verification) dates() {
	switch {
	case v.r.Facts.From.After(v.o.Now.Add(skew)):
		v.r.add(Dates, Failed, whyEarly)
	case !v.r.Facts.Until.IsZero() && v.o.Now.After(v.r.Facts.Until):
		v.r.add(Dates, Failed, whyExpired)
	default:
		v.r.add(Dates, Passed, "")
	}
}

// members checks what every credential, and what a badge, must say.
func (v *verification) members() bool {
	d := v.doc
	from, until := "validFrom", "validUntil"
	contexts := list(d["@context"])
	first, _ := first(contexts).(string)
	if first == contextVC1 {
		from, until = "issuanceDate", "expirationDate"
	}
	_, hasUntil := d[until]
	_, fromOK := dateTime(d[from])
	_, untilOK := dateTime(d[until])
	badge := oneOf(d["type"], "OpenBadgeCredential", "AchievementCredential")
	_, hasFrom := d[from]
	switch {
	case issuerOf(d) == "" || !absolute(issuerOf(d)):
		v.r.add(Members, Failed, whyIssuer)
	case first != contextVC && first != contextVC1, !oneOf(d["type"], "VerifiableCredential"), len(list(d["credentialSubject"])) == 0,
		hasUntil && !untilOK, hasFrom && !fromOK, !hasFrom && (badge || first == contextVC1), d["id"] != nil && !identifier(d["id"]),
		badge && !badgeMembers(d):
		v.r.add(Members, Failed, whyMembers)
	default:
		v.r.add(Members, Passed, "")
		return true
	}
	return false
}

func first(all []any) any {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// badgeMembers is what the strict schema of Open Badges 3.0 requires of a badge.
func badgeMembers(d map[string]any) bool {
	contexts := list(d["@context"])
	if len(contexts) < 2 || !identifier(d["id"]) {
		return false
	}
	second, _ := contexts[1].(string)
	subject, _ := d["credentialSubject"].(map[string]any)
	achievement, _ := subject["achievement"].(map[string]any)
	_, criteria := achievement["criteria"].(map[string]any)
	for _, name := range []string{"name", "description"} {
		if s, ok := achievement[name].(string); !ok || s == "" {
			return false
		}
	}
	return strings.HasPrefix(second, "https://purl.imsglobal.org/spec/ob/v3p0/context") && oneOf(subject["type"], "AchievementSubject") &&
		(identifier(subject["id"]) || len(list(subject["identifier"])) > 0) && identifier(achievement["id"]) && oneOf(achievement["type"], "Achievement") && criteria
}

func identifier(v any) bool {
	s, ok := v.(string)
	return ok && absolute(s)
}

// oneOf says whether a type, or a list of types, names one of those.
func oneOf(v any, names ...string) bool {
	return slices.ContainsFunc(list(v), func(e any) bool {
		s, ok := e.(string)
		return ok && slices.Contains(names, s)
	})
}

// facts notes what the credential says.
func (v *verification) facts() {
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	subject, _ := first(list(v.doc["credentialSubject"])).(map[string]any)
	achievement, _ := subject["achievement"].(map[string]any)
	issuer, _ := v.doc["issuer"].(map[string]any)
	f := &v.r.Facts
	f.ID, f.Issuer, f.IssuerName = text(v.doc, "id"), issuerOf(v.doc), text(issuer, "name")
	f.Number, f.Achievement, f.Code = text(subject, "licenseNumber"), text(achievement, "name"), text(achievement, "humanCode")
	for _, i := range list(subject["identifier"]) {
		if i, _ := i.(map[string]any); i["identityType"] == "name" && i["hashed"] == false {
			f.Holder = text(i, "identityHash")
		}
	}
	for _, name := range []string{"issuanceDate", "validFrom"} {
		if at, ok := dateTime(v.doc[name]); ok {
			f.From = at
		}
	}
	for _, name := range []string{"expirationDate", "validUntil"} {
		if at, ok := dateTime(v.doc[name]); ok {
			f.Until = at
		}
	}
}
