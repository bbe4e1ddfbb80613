package credential

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Key is one public key of a body, as its DID document lists it. Exactly one of the two keys is set.
type Key struct {
	ID         string // did:web:…#key-1
	Controller string // the DID that may use it
	Ed25519    ed25519.PublicKey
	P256       *ecdsa.PublicKey
	Expires    time.Time // when it stopped signing; what it signed before stays good
	Revoked    time.Time // from when on nothing it ever signed is relied on: it may have fallen into other hands
	Withdrawn  bool      // as read from a document that names when it was revoked, and no longer lets it assert anything
}

var errDID = errors.New("not a did:web")

// DIDURL is the address of a did:web's document.
func DIDURL(did string) (string, error) {
	rest, ok := strings.CutPrefix(did, "did:web:")
	if !ok || strings.ContainsAny(rest, "/?#") {
		return "", fmt.Errorf("%q: %w", did, errDID)
	}
	parts := strings.Split(rest, ":")
	host, port, hasPort := strings.Cut(parts[0], "%3A")
	if hasPort {
		host += ":" + port
	}
	if !plainHost(host) {
		return "", fmt.Errorf("%q: %w", did, errDID)
	}
	for _, p := range parts[1:] {
		if p == "" || p == "." || p == ".." || !plainPath(p) || strings.ContainsAny(p, "@&$!*'()+,;=~") {
			return "", fmt.Errorf("%q: %w", did, errDID)
		}
	}
	if len(parts) == 1 {
		return "https://" + host + "/.well-known/did.json", nil
	}
	return "https://" + host + "/" + strings.Join(parts[1:], "/") + "/did.json", nil
}

// DID is the did:web of a base address: https://host/lsp/000 is did:web:host:lsp:000.
func DID(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q: %w", base, errDID)
	}
	did := "did:web:" + strings.ReplaceAll(u.Host, ":", "%3A")
	if path := strings.Trim(u.Path, "/"); path != "" {
		did += ":" + strings.ReplaceAll(path, "/", ":")
	}
	_, err = DIDURL(did)
	return did, err
}

// method is a verification method of a DID document.
type method struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Controller string `json:"controller"`
	Multibase  string `json:"publicKeyMultibase,omitempty"`
	JWK        *jwk   `json:"publicKeyJwk,omitempty"`
	Expires    string `json:"expires,omitempty"`
	Revoked    string `json:"revoked,omitempty"`
}

// DIDDocument writes the did:web document of a body. All its keys stay listed, so that what they signed stays
// verifiable; a key that no longer signs carries the moment of its end. A revoked one may assert nothing: many readers
// look only there, not at the moment it was revoked.
func DIDDocument(did string, keys []Key) ([]byte, error) {
	if _, err := DIDURL(did); err != nil {
		return nil, err
	}
	doc := struct {
		Context []string `json:"@context"`
		ID      string   `json:"id"`
		Methods []method `json:"verificationMethod"`
		Assert  []string `json:"assertionMethod"`
	}{[]string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"}, did, []method{}, []string{}}
	for _, k := range keys {
		m := method{ID: k.ID, Controller: k.Controller}
		fragment, ours := strings.CutPrefix(k.ID, did+"#")
		switch {
		case !ours || fragment == "" || k.Controller != did:
			return nil, fmt.Errorf("key %q does not belong to %s", k.ID, did)
		case len(k.Ed25519) == ed25519.PublicKeySize && k.P256 == nil:
			m.Type, m.Multibase = "Multikey", Multikey(k.Ed25519)
		case k.P256 != nil && k.Ed25519 == nil:
			j, err := jwkOf(k.P256, fragment)
			if err != nil {
				return nil, fmt.Errorf("key %q: %w", k.ID, err)
			}
			m.Type, m.JWK = "JsonWebKey", &j
		default:
			return nil, fmt.Errorf("key %q: %w", k.ID, errKey)
		}
		if !k.Expires.IsZero() {
			m.Expires = stamp(k.Expires)
		}
		if !k.Revoked.IsZero() {
			m.Revoked = stamp(k.Revoked)
		}
		doc.Methods = append(doc.Methods, m)
		if k.Revoked.IsZero() {
			doc.Assert = append(doc.Assert, k.ID)
		}
	}
	return json.Marshal(doc)
}

// ParseDIDDocument reads the keys of a DID document that may make assertions, and those it has withdrawn, so that who
// meets one can say why it is not relied on. Methods of kinds that are not known here are left out; a document that is
// not the DID's own is refused.
func ParseDIDDocument(did string, data []byte) ([]Key, error) {
	v, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", did, err)
	}
	doc, _ := v.(map[string]any)
	if doc["id"] != did {
		return nil, fmt.Errorf("%s: the document is of %v: %w", did, doc["id"], errDID)
	}
	var keys []Key
	asserts := list(doc["assertionMethod"])
	for _, m := range slices.Concat(list(doc["verificationMethod"]), asserts) {
		m, ok := m.(map[string]any)
		if !ok {
			continue
		}
		id, _ := m["id"].(string)
		listed := slices.ContainsFunc(asserts, func(a any) bool {
			if o, embedded := a.(map[string]any); embedded {
				a = o["id"]
			}
			return id != "" && (a == id || a == strings.TrimPrefix(id, did))
		})
		k, ok := parseMethod(did, m)
		k.Withdrawn = !listed && !k.Revoked.IsZero()
		if ok && (listed || k.Withdrawn) {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func parseMethod(did string, m map[string]any) (Key, bool) {
	var k Key
	k.ID, _ = m["id"].(string)
	if strings.HasPrefix(k.ID, "#") {
		k.ID = did + k.ID
	}
	k.Controller, _ = m["controller"].(string)
	var err error
	switch m["type"] {
	case "Multikey":
		s, _ := m["publicKeyMultibase"].(string)
		k.Ed25519, k.P256, err = ParseMultikey(s)
	case "Ed25519VerificationKey2020":
		s, _ := m["publicKeyMultibase"].(string)
		if k.Ed25519, k.P256, err = ParseMultikey(s); k.Ed25519 == nil {
			return k, false
		}
	case "JsonWebKey", "JsonWebKey2020":
		k.P256, err = parseJWK(m["publicKeyJwk"])
	default:
		return k, false
	}
	for name, at := range map[string]*time.Time{"expires": &k.Expires, "revoked": &k.Revoked} {
		if v, given := m[name]; given {
			var ok bool
			if *at, ok = dateTime(v); !ok {
				return k, false
			}
		}
	}
	return k, err == nil && k.Controller != "" && strings.HasPrefix(k.ID, did+"#")
}

// KeyOfDIDKey gives the key that a did:key names by itself. did and method must fit: did:key:z6Mk…#z6Mk….
func KeyOfDIDKey(methodID string) (Key, bool) {
	did, fragment, _ := strings.Cut(methodID, "#")
	if fragment == "" || did != "did:key:"+fragment {
		return Key{}, false
	}
	ed, p, err := ParseMultikey(fragment)
	return Key{ID: methodID, Controller: did, Ed25519: ed, P256: p}, err == nil
}
