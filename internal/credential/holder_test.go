package credential

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
)

// possessionOf is a proof with the header's members about a key as given, signed rightly.
func possessionOf(t testing.TB, alg, key string) string {
	t.Helper()
	message := encode64([]byte(`{"typ":"`+possessionType+`","alg":"`+alg+`",`+key+`}`)) + "." + encode64([]byte(`{"aud":"https://contoh.id/lsp/9901","iat":1900000000,"nonce":"n"}`))
	sign := ES256(testEC)
	if alg == "EdDSA" {
		sign = func(_ context.Context, m []byte) ([]byte, error) { return ed25519.Sign(testKey, m), nil }
	}
	s, err := sign(context.Background(), []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return message + "." + encode64(s)
}

func TestTheDIDOfAHolderNamesTheKeyThatSigned(t *testing.T) {
	k, err := jwkOf(&testEC.PublicKey, "")
	if err != nil {
		t.Fatal(err)
	}
	ec := `{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`
	ed := testKey.Public().(ed25519.PublicKey)
	did := "did:key:" + Multikey(ed)
	for _, c := range []struct{ says, alg, key, did string }{
		{"a key", "ES256", `"jwk":` + ec, "did:jwk:" + encode64([]byte(ec))},
		{"the same with more beside it", "ES256", `"jwk":{"use":"sig","kid":"satu",` + ec[1:], "did:jwk:" + encode64([]byte(ec))},
		{"did:jwk", "ES256", `"kid":"did:jwk:` + encode64([]byte(ec)) + `#0"`, "did:jwk:" + encode64([]byte(ec))},
		{"did:key", "EdDSA", `"kid":"` + did + "#" + Multikey(ed) + `"`, did},
	} {
		p, err := ReadPossession(possessionOf(t, c.alg, c.key))
		if err != nil || p != (Possession{c.did, "https://contoh.id/lsp/9901", "n"}) {
			t.Errorf("%s: %+v %v", c.says, p, err)
		}
	}
	for says, key := range map[string]string{
		"another fragment":            `"kid":"` + did + `#lain"`,
		"a fragment of did:jwk":       `"kid":"did:jwk:` + encode64([]byte(ec)) + `#1"`,
		"base64 with a bit too many":  `"kid":"did:jwk:` + strings.TrimSuffix(encode64([]byte(ec)), "=") + `="`,
		"a chain of certificates too": `"x5c":["MA"],"jwk":` + ec,
		"a key as text":               `"jwk":"` + did + `"`,
		"an address of a key":         `"kid":"https://contoh.id/kunci"`,
	} {
		for _, alg := range PossessionAlgorithms() {
			if p, err := ReadPossession(possessionOf(t, alg, key)); err == nil {
				t.Errorf("%s: %+v", says, p)
			}
		}
	}
}

// FuzzPossession reads proofs as strangers may send them: what is taken names a key that can be found again by its DID.
func FuzzPossession(f *testing.F) {
	ed := testKey.Public().(ed25519.PublicKey)
	f.Add(possessionOf(f, "EdDSA", `"kid":"did:key:`+Multikey(ed)+`"`))
	f.Add(possessionOf(f, "EdDSA", `"jwk":{"kty":"OKP","crv":"Ed25519","x":"`+base64.RawURLEncoding.EncodeToString(ed)+`"}`))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ReadPossession(s)
		if err != nil {
			return
		}
		ed, ec, did, err := possessed(map[string]any{"kid": p.DID})
		if err != nil || did != p.DID || (ed == nil) == (ec == nil) || p.Audience == "" {
			t.Errorf("%s\nis of %+v, whose key is not found: %v", s, p, err)
		}
	})
}
