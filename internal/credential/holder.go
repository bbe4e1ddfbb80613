package credential

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
)

// Possession is a wallet's proof that it holds a key: a JWT of its own making (OpenID4VCI 1.0, F.1), whose signature
// fits the key it names. Whom it is meant for and whether its nonce is fresh is for the reader to judge.
type Possession struct {
	DID      string // the key as a DID: did:jwk:… or did:key:…
	Audience string
	Nonce    string // empty: none
}

var errPossession = errors.New("not a proof that a wallet holds a key")

// possessionType is what such a JWT calls itself, so that no other one can stand for it.
const possessionType = "openid4vci-proof+jwt"

// PossessionAlgorithms are those of the keys that wallets may hold.
func PossessionAlgorithms() []string { return []string{"ES256", "EdDSA"} }

// ReadPossession takes a wallet's proof apart and checks its signature by the key that stands in it.
func ReadPossession(jwt string) (Possession, error) {
	var p Possession
	parts := strings.Split(jwt, ".")
	if len(jwt) > maxPossession || len(parts) != 3 {
		return p, errPossession
	}
	header, err := parsePart(parts[0])
	if err != nil {
		return p, err
	}
	claims, err := parsePart(parts[1])
	if err != nil {
		return p, err
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return p, errPossession
	}
	if header["typ"] != possessionType || header["crit"] != nil {
		return p, errPossession
	}
	ed, ec, did, err := possessed(header)
	if err != nil {
		return p, err
	}
	message := parts[0] + "." + parts[1]
	switch header["alg"] { // the algorithm is the key's; one named beside it is never followed
	case "ES256":
		if ec == nil {
			return p, errAlg
		}
		err = token{message: message, signature: signature}.fits(ec)
	case "EdDSA":
		if ed == nil {
			return p, errAlg
		}
		if !ed25519.Verify(ed, []byte(message), signature) {
			err = errForge
		}
	default:
		return p, errAlg
	}
	if err != nil {
		return p, err
	}
	p.DID = did
	p.Audience, _ = claims["aud"].(string)
	p.Nonce, _ = claims["nonce"].(string)
	if _, dated := claims["iat"].(float64); !dated || p.Audience == "" {
		return p, errPossession
	}
	return p, nil
}

const maxPossession = 16 << 10

func parsePart(s string) (map[string]any, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, errPossession
	}
	v, err := parse(b)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errPossession
	}
	return m, nil
}

// possessed is the key that a proof's header names in exactly one way, and its DID.
func possessed(header map[string]any) (ed25519.PublicKey, *ecdsa.PublicKey, string, error) {
	kid, named := header["kid"].(string)
	embedded, given := header["jwk"]
	if named == given || header["x5c"] != nil || len(kid) > maxAddress {
		return nil, nil, "", errKey
	}
	if given {
		return ofJWK(embedded)
	}
	if encoded, is := strings.CutPrefix(kid, "did:jwk:"); is {
		encoded, fragment, _ := strings.Cut(encoded, "#")
		v, err := parsePart(encoded)
		if err != nil || fragment != "0" && fragment != "" {
			return nil, nil, "", errKey
		}
		ed, ec, _, err := ofJWK(v)
		return ed, ec, "did:jwk:" + encoded, err
	}
	did, _, _ := strings.Cut(kid, "#")
	if !strings.Contains(kid, "#") {
		kid += "#" + strings.TrimPrefix(did, "did:key:")
	}
	key, ok := KeyOfDIDKey(kid)
	if !ok {
		return nil, nil, "", errKey
	}
	return key.Ed25519, key.P256, did, nil
}

// ofJWK reads a public key as RFC 7517 and 8037 write it, and names it by the members that make the key alone.
func ofJWK(v any) (ed25519.PublicKey, *ecdsa.PublicKey, string, error) {
	m, _ := v.(map[string]any)
	name := func(s string) string { return "did:jwk:" + encode64([]byte(s)) }
	if m["kty"] == "OKP" && m["crv"] == "Ed25519" && m["d"] == nil {
		x, _ := m["x"].(string)
		b, err := base64.RawURLEncoding.Strict().DecodeString(x)
		if err != nil || len(b) != ed25519.PublicKeySize {
			return nil, nil, "", errKey
		}
		return b, nil, name(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`), nil
	}
	key, err := parseJWK(v)
	if err != nil {
		return nil, nil, "", errKey
	}
	x, _ := m["x"].(string)
	y, _ := m["y"].(string)
	return nil, key, name(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`), nil
}
