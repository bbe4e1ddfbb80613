package credential

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"time"
)

// statuses checks every status the credential names, and the suspension list beside its revocation list. Nothing is
// fetched for a credential whose signature does not hold: whoever made it up would choose the address.
func (v *verification) statuses() {
	entries := list(v.doc["credentialStatus"])
	if len(entries) == 0 {
		return // an issuer may keep no list; then there is nothing to check
	}
	if !slices.Contains(v.r.Checks, Check{Signature, Passed, ""}) {
		v.r.add(Revoked, Unknown, whyUnproven)
		return
	}
	if len(entries) > maxStatus {
		v.r.add(Revoked, Failed, whyTooLarge)
		return
	}
	asked := map[Purpose]bool{}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		switch entry["type"] {
		case "BitstringStatusListEntry":
			v.entry(entry, asked)
		case "1EdTechRevocationList":
			v.plainList(entry)
		default:
			v.r.add(Revoked, Unknown, whyStatusKind)
		}
	}
}

func (v *verification) entry(entry map[string]any, asked map[Purpose]bool) {
	text, _ := entry["statusListIndex"].(string)
	at, _ := entry["statusListCredential"].(string)
	purpose, _ := entry["statusPurpose"].(string)
	index, err := strconv.Atoi(text)
	if err != nil || index < 0 || strconv.Itoa(index) != text || !absolute(at) {
		v.r.add(Revoked, Failed, whyMembers)
		return
	}
	size, sized := entry["statusSize"]
	if p := Purpose(purpose); p != Revocation && p != Suspension || sized && size != float64(1) || asked[p] {
		v.r.add(Revoked, Unknown, whyStatusKind)
		return
	}
	asked[Purpose(purpose)] = true
	if Purpose(purpose) == Revocation {
		v.r.Facts.StatusList, v.r.Facts.StatusPurpose, v.r.Facts.StatusIndex = at, purpose, index
	}
	v.bit(at, Purpose(purpose), index)
	if Purpose(purpose) == Revocation && v.o.Suspension != nil {
		if beside := v.o.Suspension(at); beside != "" && !asked[Suspension] {
			asked[Suspension] = true
			v.bit(beside, Suspension, index)
		}
	}
}

// bit looks one bit up. A set revocation bit counts in an old list too, since revocation is for good; otherwise an
// old list says nothing.
func (v *verification) bit(at string, purpose Purpose, index int) {
	subject, why := Revoked, whyRevoked
	if purpose == Suspension {
		subject, why = Suspended, whySuspended
	}
	l, problem := v.list(at, purpose)
	if problem != "" {
		outcome := Failed
		if problem == whyListAway {
			outcome = Unknown
		}
		v.r.add(StatusList, outcome, problem)
		v.r.add(subject, Unknown, problem)
		return
	}
	stale := v.o.Now.After(l.until) || l.from.After(v.o.Now.Add(skew))
	switch {
	case index >= l.bits.Len():
		v.r.add(subject, Unknown, whyListShort)
	case purpose == Revocation && l.bits.Get(index):
		v.r.add(subject, Failed, why)
	case stale:
		v.r.add(StatusList, Failed, whyListOld)
		v.r.add(subject, Unknown, whyListOld)
	case l.bits.Get(index):
		v.r.add(StatusList, Passed, "")
		v.r.add(subject, Failed, why)
	default:
		v.r.add(StatusList, Passed, "")
		v.r.add(subject, Passed, "")
	}
}

// openList is a status list whose signature holds.
type openList struct {
	bits        *Bits
	id, issuer  string
	purpose     Purpose
	from, until time.Time
	method      string
	created     time.Time
	key         Key
}

// list fetches and opens a list; it says what is wrong with it. The list must be the one asked for, by the issuer of
// the credential itself.
func (v *verification) list(at string, purpose Purpose) (openList, string) {
	if v.o.Status == nil {
		return openList{}, whyListAway
	}
	data, err := v.o.Status(v.ctx, at)
	if err != nil {
		return openList{}, whyListAway
	}
	digest := sha256.Sum256(data)
	l, kept := v.o.Memory.list(digest)
	if kept {
		again := verification{ctx: v.ctx, o: v.o, signable: signable{doc: map[string]any{"issuer": l.issuer}}}
		key, ok := again.key(l.method, l.created)
		kept = ok && key.Ed25519.Equal(l.key.Ed25519)
	}
	if !kept {
		if l, err = v.open(data); err != nil {
			return openList{}, whyListBad
		}
		v.o.Memory.keepList(digest, l)
	}
	if l.id != at || l.issuer != issuerOf(v.doc) || l.purpose != purpose {
		return openList{}, whyListOther
	}
	return l, ""
}

// open verifies a list as the credential it is, without asking for its own status.
func (v *verification) open(data []byte) (openList, error) {
	w := verification{ctx: v.ctx, o: v.o, signable: signable{reader: v.reader}}
	if !w.read(data) || w.token != nil {
		return openList{}, errList
	}
	w.facts()
	w.contexts()
	if !w.members() {
		return openList{}, errList
	}
	w.signedDocument()
	for _, c := range w.r.Checks {
		if c.Outcome != Passed {
			return openList{}, errors.Join(errList, errForge)
		}
	}
	subject, _ := w.doc["credentialSubject"].(map[string]any)
	encoded, _ := subject["encodedList"].(string)
	purpose, _ := subject["statusPurpose"].(string)
	if !oneOf(w.doc["type"], "BitstringStatusListCredential") || !oneOf(subject["type"], "BitstringStatusList") {
		return openList{}, errList
	}
	bits, err := DecodeBits(encoded)
	if err != nil {
		return openList{}, err
	}
	key, ok := w.key(w.r.Facts.KeyID, w.r.Facts.Created)
	if !ok {
		return openList{}, errList
	}
	l := openList{bits: bits, id: w.r.Facts.ID, issuer: w.r.Facts.Issuer, purpose: Purpose(purpose), from: w.r.Facts.From, until: w.r.Facts.Until,
		method: w.r.Facts.KeyID, created: w.r.Facts.Created, key: key}
	if l.until.IsZero() { // a list without end is as good as its time to live says
		ttl, _ := subject["ttl"].(float64)
		l.until = l.from.Add(time.Duration(min(max(ttl, 0), 1e12)) * time.Millisecond)
		if ttl == 0 {
			l.until = v.o.Now
		}
	}
	return l, nil
}

// plainList looks a credential up in a 1EdTech Revocation List.
func (v *verification) plainList(entry map[string]any) {
	at, _ := entry["id"].(string)
	if v.o.Status == nil {
		v.r.add(Revoked, Unknown, whyListAway)
		return
	}
	data, err := v.o.Status(v.ctx, at)
	if err != nil {
		v.r.add(Revoked, Unknown, whyListAway)
		return
	}
	parsed, err := parse(data)
	doc, ok := parsed.(map[string]any)
	if err != nil || !ok {
		v.r.add(Revoked, Unknown, whyListBad)
		return
	}
	if issuerOf(doc) != issuerOf(v.doc) {
		v.r.add(Revoked, Unknown, whyListOther)
		return
	}
	for _, r := range list(doc["revokedCredential"]) {
		id, revoked := r, any(true)
		if m, ok := r.(map[string]any); ok {
			id, revoked = m["id"], m["revoked"]
		}
		if s, ok := id.(string); ok && s == v.r.Facts.ID && revoked != false {
			v.r.add(Revoked, Failed, whyRevoked)
			return
		}
	}
	v.r.add(Revoked, Passed, "")
}
