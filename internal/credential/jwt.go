package credential

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// Form is one of the two ways a credential is put into a JWT; the two specifications disagree.
type Form string

// The forms.
const (
	BadgeJWT Form = "JWT"    // Open Badges 3.0, 8.2: what badge readers take
	VCJWT    Form = "vc+jwt" // VC-JOSE-COSE: on explicit request only
)

var (
	errJWT = errors.New("not a JWT of the two forms known here")
	errAlg = errors.New("an algorithm that is not ES256")
)

var encode64 = base64.RawURLEncoding.EncodeToString

// ES256 makes a signer of a P-256 key. Its signatures are those of RFC 6979: the same message gives the same one.
func ES256(key *ecdsa.PrivateKey) Signer {
	return func(_ context.Context, message []byte) ([]byte, error) {
		digest := sha256.Sum256(message)
		der, err := key.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		var pair struct{ R, S *big.Int }
		if rest, err := asn1.Unmarshal(der, &pair); err != nil || len(rest) > 0 {
			return nil, errForge
		}
		out := make([]byte, 64)
		pair.R.FillBytes(out[:32])
		pair.S.FillBytes(out[32:])
		return out, nil
	}
}

// JWT signs a credential document (Template.Document and its like, without a proof) with ES256. sign makes the 64
// bytes r and s; keyID is the verification method of the issuer.
func JWT(ctx context.Context, document []byte, form Form, keyID string, sign Signer) ([]byte, error) {
	v, err := parse(document)
	if err != nil {
		return nil, fmt.Errorf("document to sign: %w", err)
	}
	doc, _ := v.(map[string]any)
	subject, _ := doc["credentialSubject"].(map[string]any)
	sub, _ := subject["id"].(string)
	jti, _ := doc["id"].(string)
	from, dated := dateTime(doc["validFrom"])
	if doc["proof"] != nil || sub == "" || jti == "" || issuerOf(doc) == "" || !dated || document[len(document)-1] != '}' {
		return nil, fmt.Errorf("document to sign: %w", errProof)
	}
	header := `{"alg":"ES256","typ":"JWT","kid":` + string(appendString(nil, keyID)) + `}`
	if form == VCJWT {
		header = `{"alg":"ES256","typ":"vc+jwt","cty":"vc","kid":` + string(appendString(nil, keyID)) + `}`
	}
	claims := append([]byte{}, document[:len(document)-1]...)
	for _, c := range []struct{ name, value string }{{"iss", issuerOf(doc)}, {"jti", jti}, {"sub", sub}} {
		claims = append(append(claims, `,"`+c.name+`":`...), appendString(nil, c.value)...)
	}
	claims = strconv.AppendInt(append(claims, `,"nbf":`...), from.Unix(), 10)
	if until, limited := dateTime(doc["validUntil"]); limited {
		claims = strconv.AppendInt(append(claims, `,"exp":`...), until.Unix(), 10)
	}
	message := encode64([]byte(header)) + "." + encode64(append(claims, '}'))
	signature, err := sign(ctx, []byte(message))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if len(signature) != 64 {
		return nil, fmt.Errorf("sign: %w", errForge)
	}
	return []byte(message + "." + encode64(signature)), nil
}

// token is a JWT taken apart, not yet believed.
type token struct {
	message   string
	signature []byte
	header    map[string]any
	claims    map[string]any
}

// looksLikeJWT says whether data is three parts of base64url that begin with a JSON object.
func looksLikeJWT(data []byte) bool {
	return strings.HasPrefix(string(data[:min(len(data), 3)]), "eyJ") && strings.Count(string(data[:min(len(data), maxDocument)]), ".") == 2
}

func parseJWT(data []byte) (token, error) {
	var t token
	if len(data) > maxDocument*3/2 {
		return t, errTooLarge
	}
	parts := strings.Split(string(data), ".")
	if len(parts) != 3 {
		return t, errJWT
	}
	t.message = parts[0] + "." + parts[1]
	strict := base64.RawURLEncoding.Strict()
	head, err := strict.DecodeString(parts[0])
	if err != nil {
		return t, errJWT
	}
	body, err := strict.DecodeString(parts[1])
	if err != nil {
		return t, errJWT
	}
	if t.signature, err = strict.DecodeString(parts[2]); err != nil {
		return t, errJWT
	}
	h, err := parse(head)
	if err != nil {
		return t, err
	}
	c, err := parse(body)
	if err != nil {
		return t, err
	}
	var isHeader, isClaims bool
	t.header, isHeader = h.(map[string]any)
	t.claims, isClaims = c.(map[string]any)
	if !isHeader || !isClaims {
		return t, errJWT
	}
	return t, t.checkHeader()
}

// checkHeader lets through the header members of the two forms and nothing else: no crit, no key from elsewhere.
func (t token) checkHeader() error {
	for name, v := range t.header {
		switch name {
		case "alg":
			if v != "ES256" {
				return errAlg
			}
		case "typ":
			if v != "JWT" && v != "vc+jwt" {
				return errJWT
			}
		case "cty":
			if v != "vc" || t.header["typ"] != "vc+jwt" {
				return errJWT
			}
		case "kid":
			if s, ok := v.(string); !ok || s == "" {
				return errJWT
			}
		case "iss", "jwk":
		default:
			return errJWT
		}
	}
	if t.header["alg"] == nil {
		return errAlg
	}
	return nil
}

// fits says whether the signature is the key's, and an embedded key the same one.
func (t token) fits(key *ecdsa.PublicKey) error {
	if embedded, given := t.header["jwk"]; given {
		if k, err := parseJWK(embedded); err != nil || !k.Equal(key) {
			return errKey
		}
	}
	if len(t.signature) != 64 {
		return errForge
	}
	r, s := new(big.Int).SetBytes(t.signature[:32]), new(big.Int).SetBytes(t.signature[32:])
	digest := sha256.Sum256([]byte(t.message))
	if key.Curve != elliptic.P256() || !ecdsa.Verify(key, digest[:], r, s) {
		return errForge
	}
	return nil
}

// agrees says whether the claims say the same as the credential they stand in. The badge form needs them all.
func (t token) agrees() bool {
	subject, _ := t.claims["credentialSubject"].(map[string]any)
	badge := t.header["typ"] != "vc+jwt"
	same := func(claim string, value any) bool {
		got, given := t.claims[claim]
		if !given {
			return !badge || value == nil
		}
		return value != nil && reflect.DeepEqual(got, value)
	}
	seconds := func(member string) any {
		if at, ok := dateTime(t.claims[member]); ok {
			return float64(at.Unix())
		}
		return nil
	}
	var iss any
	if s := issuerOf(t.claims); s != "" {
		iss = s
	}
	if given, ok := t.header["iss"]; ok && given != iss {
		return false
	}
	return same("iss", iss) && same("jti", t.claims["id"]) && same("sub", subject["id"]) && same("nbf", seconds("validFrom")) && same("exp", seconds("validUntil"))
}

// document is the credential without what the JWT adds.
func (t token) document() map[string]any {
	doc := make(map[string]any, len(t.claims))
	for k, v := range t.claims {
		switch k {
		case "iss", "jti", "sub", "nbf", "exp", "iat":
		default:
			doc[k] = v
		}
	}
	return doc
}

// issuerOf is the identifier of a credential's issuer.
func issuerOf(doc map[string]any) string {
	switch v := doc["issuer"].(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["id"].(string)
		return s
	}
	return ""
}
