package oid4vci

import (
	"cmp"
	"net/http"

	"kompeten/internal/credential"
	"kompeten/internal/offer"
	"kompeten/internal/text"
)

// shown is how something is called in one language.
type shown struct {
	Name        string `json:"name"`
	Locale      string `json:"locale,omitempty"`
	Description string `json:"description,omitempty"`
}

type claim struct {
	Path    []any   `json:"path"`
	Display []shown `json:"display"`
}

type definition struct {
	Context []string `json:"@context,omitempty"`
	Type    []string `json:"type"`
}

type proofType struct {
	Algorithms []string `json:"proof_signing_alg_values_supported"`
}

// supported is one form in which a body issues (12.2.4, A.1).
type supported struct {
	Format     offer.Format         `json:"format"`
	Algorithms []string             `json:"credential_signing_alg_values_supported"`
	Binding    []string             `json:"cryptographic_binding_methods_supported,omitempty"`
	ProofTypes map[string]proofType `json:"proof_types_supported,omitempty"`
	Definition definition           `json:"credential_definition"`
	Metadata   struct {
		Display []shown `json:"display"`
		Claims  []claim `json:"claims"`
	} `json:"credential_metadata"`
}

// metadata says what a body issues, and where (12.2).
func (h *Handler) metadata(w http.ResponseWriter, _ *http.Request, b offer.Body) {
	issuer := h.offers.Issuer(b.Path)
	all := map[string]supported{}
	for _, f := range offer.Formats() {
		all[configuration(f)] = describe(f)
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	h.write(w, http.StatusOK, struct {
		Issuer         string               `json:"credential_issuer"`
		Credential     string               `json:"credential_endpoint"`
		Nonce          string               `json:"nonce_endpoint"`
		Display        []shown              `json:"display"`
		Configurations map[string]supported `json:"credential_configurations_supported"`
	}{issuer, issuer + "/credential", issuer + "/nonce", []shown{{Name: b.Name, Locale: "id"}, {Name: cmp.Or(b.NameEN, b.Name), Locale: "en"}}, all})
}

func describe(f offer.Format) supported {
	s := supported{Format: f, Definition: definition{Type: []string{"VerifiableCredential", "OpenBadgeCredential"}}}
	switch f {
	case offer.LDP:
		s.Algorithms, s.Definition.Context = []string{"eddsa-rdfc-2022"}, credential.OwnContexts()
	case offer.JWT:
		s.Algorithms, s.Binding = []string{"ES256"}, []string{"did:jwk", "did:key", "jwk"}
		s.ProofTypes = map[string]proofType{"jwt": {credential.PossessionAlgorithms()}}
	}
	s.Metadata.Display = say("offer.credential", "offer.credential_about")
	for _, c := range []struct {
		key  string
		path []any
	}{
		{"field.name", []any{"credentialSubject", "identifier", 0, "identityHash"}},
		{"verify.number", []any{"credentialSubject", "licenseNumber"}},
		{"verify.competent", []any{"credentialSubject", "achievement", "name"}},
		{"verify.issuer", []any{"issuer", "name"}},
		{"verify.valid_until", []any{"validUntil"}},
	} {
		s.Metadata.Claims = append(s.Metadata.Claims, claim{c.path, say(c.key, "")})
	}
	return s
}

// say gives a text in every language.
func say(key, about string) []shown {
	var out []shown
	for _, l := range text.Langs() {
		s := shown{Name: text.T(l, key), Locale: string(l)}
		if about != "" {
			s.Description = text.T(l, about)
		}
		out = append(out, s)
	}
	return out
}

// server says where tokens are given, and for what (RFC 8414).
func (h *Handler) server(w http.ResponseWriter, _ *http.Request, b offer.Body) {
	issuer := h.offers.Issuer(b.Path)
	w.Header().Set("Cache-Control", "public, max-age=60")
	h.write(w, http.StatusOK, map[string]any{
		"issuer":                                          issuer,
		"token_endpoint":                                  issuer + "/token",
		"grant_types_supported":                           []string{grantType},
		"token_endpoint_auth_methods_supported":           []string{"none"},
		"authorization_details_types_supported":           []string{"openid_credential"},
		"pre-authorized_grant_anonymous_access_supported": true,
	})
}
