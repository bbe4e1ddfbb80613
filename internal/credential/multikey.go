package credential

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
)

// base58 is the alphabet of base58btc.
const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

var errKey = errors.New("not a key that is known here")

// appendBase58 writes bytes as multibase base58btc, with its z.
func appendBase58(out, b []byte) []byte {
	out = append(out, 'z')
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	digits := make([]byte, 0, len(b)*138/100+1) // least first
	for _, c := range b[zeros:] {
		carry := int(c)
		for i, d := range digits {
			carry += int(d) << 8
			digits[i] = byte(carry % 58)
			carry /= 58
		}
		for ; carry > 0; carry /= 58 {
			digits = append(digits, byte(carry%58))
		}
	}
	for range zeros {
		out = append(out, '1')
	}
	for i := len(digits) - 1; i >= 0; i-- {
		out = append(out, base58[digits[i]])
	}
	return out
}

// from58 gives the value of each letter, 0xff for none.
var from58 = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range len(base58) {
		t[base58[i]] = byte(i)
	}
	return t
}()

// decodeBase58 reads multibase base58btc of at most 128 letters.
func decodeBase58(s string) ([]byte, error) {
	if len(s) < 2 || len(s) > 128 || s[0] != 'z' {
		return nil, errKey
	}
	s = s[1:]
	zeros := 0
	for zeros < len(s) && s[zeros] == '1' {
		zeros++
	}
	bytes := make([]byte, 0, len(s)) // least first
	for i := zeros; i < len(s); i++ {
		carry := int(from58[s[i]])
		if carry == 0xff {
			return nil, errKey
		}
		for j, b := range bytes {
			carry += int(b) * 58
			bytes[j] = byte(carry)
			carry >>= 8
		}
		for ; carry > 0; carry >>= 8 {
			bytes = append(bytes, byte(carry))
		}
	}
	out := make([]byte, zeros, zeros+len(bytes))
	for i := len(bytes) - 1; i >= 0; i-- {
		out = append(out, bytes[i])
	}
	return out, nil
}

// Multikey writes an Ed25519 public key as W3C Multikey: z6Mk….
func Multikey(key ed25519.PublicKey) string {
	return string(appendBase58(nil, append([]byte{0xed, 0x01}, key...)))
}

// ParseMultikey reads a Multikey: an Ed25519 or a P-256 public key. The other is nil.
func ParseMultikey(s string) (ed25519.PublicKey, *ecdsa.PublicKey, error) {
	b, err := decodeBase58(s)
	if err != nil || string(appendBase58(nil, b)) != s {
		return nil, nil, errKey
	}
	switch {
	case len(b) == 34 && b[0] == 0xed && b[1] == 0x01:
		return ed25519.PublicKey(b[2:]), nil, nil
	case len(b) == 35 && b[0] == 0x80 && b[1] == 0x24:
		x, y := elliptic.UnmarshalCompressed(elliptic.P256(), b[2:])
		if x == nil {
			return nil, nil, errKey
		}
		key, err := p256(x.FillBytes(make([]byte, 32)), y.FillBytes(make([]byte, 32)))
		return nil, key, err
	}
	return nil, nil, errKey
}

// p256 makes a key of its coordinates; a point beside the curve is refused.
func p256(x, y []byte) (*ecdsa.PublicKey, error) {
	if len(x) != 32 || len(y) != 32 {
		return nil, errKey
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, errKey
	}
	return key, nil
}

// jwk is a P-256 key as RFC 7517 writes it. Nothing else is read.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Alg string `json:"alg,omitempty"`
	Kid string `json:"kid,omitempty"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

func jwkOf(key *ecdsa.PublicKey, kid string) (jwk, error) {
	b, err := key.Bytes()
	if err != nil || len(b) != 65 {
		return jwk{}, errKey
	}
	enc := base64.RawURLEncoding.EncodeToString
	return jwk{"EC", "P-256", "ES256", kid, enc(b[1:33]), enc(b[33:])}, nil
}

func parseJWK(v any) (*ecdsa.PublicKey, error) {
	m, _ := v.(map[string]any)
	if m["kty"] != "EC" || m["crv"] != "P-256" || m["d"] != nil {
		return nil, errKey
	}
	if alg, given := m["alg"]; given && alg != "ES256" {
		return nil, errKey
	}
	x, _ := m["x"].(string)
	y, _ := m["y"].(string)
	bx, err := base64.RawURLEncoding.Strict().DecodeString(x)
	if err != nil {
		return nil, errKey
	}
	by, err := base64.RawURLEncoding.Strict().DecodeString(y)
	if err != nil {
		return nil, errKey
	}
	return p256(bx, by)
}
