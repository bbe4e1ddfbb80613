package oid4vci_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/offer"
)

// offered makes an offer of the n-th certificate, scans it, and gives its PIN.
func (s stage) offered(c *http.Client, n int) (*phone, string) {
	s.t.Helper()
	m, err := s.Offers.Make(ctx, s.admin(), s.certs[n].ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return scan(s.t, c, m.URI), m.PIN
}

func other(pin string) string {
	if pin == "000000" {
		return "000001"
	}
	return "000000"
}

func TestWalletsAreAnsweredAsTheSpecificationSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		all, c := play(t, d)
		at := 0
		for _, x := range []struct {
			says  string
			certs int // that it uses up
			test  func(*testing.T, stage, *http.Client)
		}{
			{"a wallet gets a certificate as it was issued and as a token of its own", 1, bothForms},
			{"a code works once, for one wallet only", 1, codeOnce},
			{"five wrong PINs burn an offer", 2, fiveWrong},
			{"one nonce serves one wallet", 6, oneNonce},
			{"offers live minutes, and one at a time", 2, offersLive},
			{"a certificate that is not good is not handed out", 2, notGood},
			{"only the holder and her body offer her certificate", 2, whoOffers},
			{"a token is bound to whichever key the wallet holds", 0, boundToAnyKey},
			{"what is wrong with a token request is named", 0, wrongTokenRequests},
			{"what is wrong with a credential request is named", 0, wrongCredentialRequests},
			{"a proof that is not the wallet's own and fresh is refused", 0, wrongProofs},
			{"nothing that opens anything is kept", 0, nothingKept},
			{"pages of other sites may be wallets", 0, otherSites},
			{"what a body says of itself is what it does", 0, metadataIsTrue},
			{"a wallet of another's making takes our offers", 0, anotherWallet},
		} {
			t.Run(x.says, func(t *testing.T) {
				s := all
				s.t, s.certs = t, all.certs[at:]
				x.test(t, s, c)
			})
			at += x.certs
		}
	})
}

func bothForms(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	a := p.take(pin)
	token := a.member("access_token")
	if a.status != 200 || token == "" || a.member("token_type") != "Bearer" || a.head.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	doc := p.ask(token, want(ldp)).handed(t)
	issued, err := s.Certificates.Credential(s.certs[0])
	if err != nil || !bytes.Equal(doc, issued) {
		t.Errorf("not the credential as it was issued: %v\n%s", err, doc)
	}
	var own string
	if err := json.Unmarshal(p.ask(token, want(jwt, p.proof(p.nonce(), nil))).handed(t), &own); err != nil {
		t.Fatal(err)
	}
	for _, doc := range [][]byte{doc, []byte(own)} {
		if r := s.judge(doc); r.Verdict != credential.Valid {
			t.Errorf("%+v", r)
		}
	}
	claims := claimsOf(t, own)
	subject, _ := claims["credentialSubject"].(object)
	j := p.jwk()
	did := "did:jwk:" + encode([]byte(`{"crv":"P-256","kty":"EC","x":"`+j["x"].(string)+`","y":"`+j["y"].(string)+`"}`))
	if claims["sub"] != did || subject["id"] != did || subject["licenseNumber"] != s.certs[0].Number {
		t.Errorf("bound to %v as %v", claims["sub"], subject)
	}
	if err := s.Certificates.Revoke(ctx, s.w.Actor("ketua.otomotif"), s.certs[0].ID, "alasan contoh"); err != nil {
		t.Fatal(err)
	}
	if r := s.judge([]byte(own)); r.Verdict != credential.Invalid {
		t.Errorf("the token outlives the certificate: %+v", r)
	}
}

func claimsOf(t *testing.T, token string) (claims object) {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func boundToAnyKey(t *testing.T, s stage, c *http.Client) {
	public, sign := edKey(t)
	didKey := "did:key:" + credential.Multikey(public)
	for i, h := range []struct {
		says, did string
		header    object
	}{
		{"Ed25519 as did:key", didKey, object{"kid": didKey + "#" + credential.Multikey(public)}},
		{"Ed25519 as did:key without a fragment", didKey, object{"kid": didKey}},
		{"Ed25519 as a key", "did:jwk:" + encode([]byte(`{"crv":"Ed25519","kty":"OKP","x":"`+encode(public)+`"}`)), object{"jwk": object{"kty": "OKP", "crv": "Ed25519", "x": encode(public)}}},
		{"Ed25519 as did:jwk", "did:jwk:" + encode([]byte(`{"kty":"OKP","crv":"Ed25519","x":"`+encode(public)+`"}`)), object{"kid": "did:jwk:" + encode([]byte(`{"kty":"OKP","crv":"Ed25519","x":"`+encode(public)+`"}`)) + "#0"}},
	} {
		p, pin := s.offered(c, i)
		token := p.take(pin).member("access_token")
		h.header["typ"], h.header["alg"] = "openid4vci-proof+jwt", "EdDSA"
		proof := signed(t, h.header, object{"aud": p.issuer, "iat": 1_900_000_000, "nonce": p.nonce()}, sign)
		var own string
		if err := json.Unmarshal(p.ask(token, want(jwt, proof)).handed(t), &own); err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, own)["sub"]; got != h.did {
			t.Errorf("%s: bound to %v, want %s", h.says, got, h.did)
		}
	}
}

func codeOnce(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	const wallets = 12
	answers := make([]answer, wallets)
	var all sync.WaitGroup
	for i := range wallets {
		all.Go(func() { answers[i] = p.take(pin) })
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.status == 200 {
			won++
			s.handedOnce(p, a.member("access_token"))
			continue
		}
		a.refused(t, "who came second", 400, "invalid_grant")
	}
	if won != 1 {
		t.Errorf("%d wallets got a token", won)
	}
	p.take(pin).refused(t, "the code again", 400, "invalid_grant")
	if a := p.do("GET", base+"/offer/nosuchlink", "", "", nil); a.status != 404 {
		t.Errorf("an unknown link: %d", a.status)
	}
}

// handedOnce has a wallet ask many times at once for one form.
func (s stage) handedOnce(p *phone, token string) {
	s.t.Helper()
	answers := make([]answer, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = p.ask(token, want(ldp)) })
	}
	all.Wait()
	got := 0
	for _, a := range answers {
		if a.status == 200 {
			got++
			continue
		}
		a.refused(s.t, "the same form at the same moment", 400, "credential_request_denied")
	}
	if got != 1 {
		s.t.Errorf("handed out %d times", got)
	}
}

func fiveWrong(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	for range offer.MostWrong - 1 {
		p.take(other(pin)).refused(t, "a wrong PIN", 400, "invalid_grant")
	}
	p.take("", "tx_code", "").refused(t, "no PIN", 400, "invalid_request") // is not counted
	q, qpin := s.offered(c, 1)
	var all sync.WaitGroup
	for range 20 { // many at once are not more than five
		all.Go(func() { q.take(other(qpin)).refused(t, "a wrong PIN", 400, "invalid_grant") })
	}
	all.Wait()
	q.take(qpin).refused(t, "the right PIN after twenty wrong ones", 400, "invalid_grant")
	if a := p.take(pin); a.status != 200 {
		t.Errorf("the right PIN after four wrong ones: %d %s", a.status, a.body)
	}
	var list []offer.Offer
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { list, err = offer.List(tx, s.admin(), s.certs[1].ID); return err })
	if err != nil || len(list) != 1 || list[0].State != offer.Burned || list[0].Wrong != offer.MostWrong {
		t.Errorf("%+v %v", list, err)
	}
}

func wrongTokenRequests(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	const urn = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	for _, r := range []struct{ says, name, value, code string }{
		{"no grant type", "grant_type", "", "invalid_request"},
		{"another grant type", "grant_type", "authorization_code", "unsupported_grant_type"},
		{"no code", "pre-authorized_code", "", "invalid_request"},
		{"another code", "pre-authorized_code", "abc", "invalid_grant"},
		{"details that are no list", "authorization_details", "{}", "invalid_authorization_details"},
		{"details of another type", "authorization_details", `[{"type":"x","credential_configuration_id":"` + ldp + `"}]`, "invalid_authorization_details"},
		{"details of what is not issued", "authorization_details", `[{"type":"openid_credential","credential_configuration_id":"x"}]`, "invalid_authorization_details"},
	} {
		p.take(pin, r.name, r.value).refused(t, r.says, 400, r.code)
	}
	twice := "grant_type=" + urn + "&pre-authorized_code=" + p.code + "&tx_code=" + other(pin) + "&tx_code=" + pin
	p.do("POST", p.token, "application/x-www-form-urlencoded", "", strings.NewReader(twice)).refused(t, "a PIN twice", 400, "invalid_request")
	p.do("POST", p.token+"?"+twice, "", "", nil).refused(t, "all of it in the address", 400, "invalid_request")
	a := p.take(pin, "authorization_details", `[{"type":"openid_credential","credential_configuration_id":"`+ldp+`"}]`)
	if !strings.Contains(string(a.body), `"credential_identifiers":["`+ldp+`"]`) {
		t.Fatalf("%s", a.body)
	}
	token := a.member("access_token")
	p.ask(token, want(jwt, p.proof(p.nonce(), nil))).refused(t, "more than the token is for", 400, "unknown_credential_configuration")
	p.ask(token, object{"credential_identifier": ldp}).handed(t)
}

func wrongCredentialRequests(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	q, _ := s.offered(c, 1)
	token := p.take(pin).member("access_token")
	a := p.ask("", want(ldp))
	if a.status != 401 || a.head.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("no token: %d %q", a.status, a.head.Get("WWW-Authenticate"))
	}
	a = p.ask("nosuchtoken", want(ldp))
	if a.refused(t, "an unknown token", 401, "invalid_token"); !strings.Contains(a.head.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("%q", a.head.Get("WWW-Authenticate"))
	}
	p.ask(q.code, want(ldp)).refused(t, "a code for a token", 401, "invalid_token")
	for _, r := range []struct {
		says, code string
		body       any
	}{
		{"nothing named", "invalid_credential_request", object{}},
		{"named twice", "invalid_credential_request", object{"credential_configuration_id": ldp, "credential_identifier": ldp}},
		{"no object", "invalid_credential_request", []string{ldp}},
		{"what is not issued", "unknown_credential_configuration", want("x")},
		{"an identifier of nothing", "unknown_credential_identifier", object{"credential_identifier": "x"}},
		{"an encrypted answer", "invalid_encryption_parameters", object{"credential_configuration_id": ldp, "credential_response_encryption": object{"enc": "A256GCM"}}},
		{"no proof", "invalid_proof", want(jwt)},
		{"a proof of another type", "invalid_proof", object{"credential_configuration_id": jwt, "proofs": object{"di_vp": []string{"x"}}}},
		{"two proofs", "invalid_proof", want(jwt, p.proof(p.nonce(), nil), p.proof(p.nonce(), nil))},
		{"a wrong proof where none is needed", "invalid_proof", want(ldp, "x.y.z")},
	} {
		p.ask(token, r.body).refused(t, r.says, 400, r.code)
	}
	for says, body := range map[string]string{"the same member twice": `{"credential_configuration_id":"` + ldp + `","credential_configuration_id":"` + ldp + `"}`, "cut off": `{"credential`, "two objects": `{"credential_configuration_id":"` + ldp + `"}{}`} {
		p.do("POST", p.credential, "application/json", token, strings.NewReader(body)).refused(t, says, 400, "invalid_credential_request")
	}
	p.do("POST", p.credential, "text/plain", token, strings.NewReader(`{"credential_configuration_id":"`+ldp+`"}`)).refused(t, "not JSON by its name", 400, "invalid_credential_request")
	p.do("POST", p.credential, "application/json", token, strings.NewReader(`{"x":"`+strings.Repeat("x", 100_000)+`"}`)).refused(t, "too much", 400, "invalid_credential_request")
	p.ask(token, want(ldp)).handed(t) // none of it used the token up
	p.ask(token, want(ldp)).refused(t, "the same again", 400, "credential_request_denied")
}

func wrongProofs(t *testing.T, s stage, c *http.Client) {
	p, pin := s.offered(c, 0)
	stranger, _ := s.offered(c, 1)
	token := p.take(pin).member("access_token")
	public, _ := edKey(t)
	for _, r := range []struct {
		says, code string
		change     func(header, claims object)
	}{
		{"alg none", "invalid_proof", func(h, _ object) { h["alg"] = "none" }},
		{"alg HS256", "invalid_proof", func(h, _ object) { h["alg"] = "HS256" }},
		{"no alg", "invalid_proof", func(h, _ object) { delete(h, "alg") }},
		{"an alg of another key", "invalid_proof", func(h, _ object) { h["alg"] = "EdDSA" }},
		{"another type of token", "invalid_proof", func(h, _ object) { h["typ"] = "JWT" }},
		{"something critical", "invalid_proof", func(h, _ object) { h["crit"] = []string{"exp"} }},
		{"another's key", "invalid_proof", func(h, _ object) { h["jwk"] = stranger.jwk() }},
		{"a key of another kind", "invalid_proof", func(h, _ object) { h["jwk"] = object{"kty": "OKP", "crv": "Ed25519", "x": encode(public)} }},
		{"the secret key", "invalid_proof", func(h, _ object) { h["jwk"].(object)["d"] = "AQ" }},
		{"a key named twice", "invalid_proof", func(h, _ object) { h["kid"] = "did:key:" + credential.Multikey(public) }},
		{"a key that has to be fetched", "invalid_proof", func(h, _ object) { delete(h, "jwk"); h["kid"] = "did:web:contoh.id#1" }},
		{"no key", "invalid_proof", func(h, _ object) { delete(h, "jwk") }},
		{"a wrong audience", "invalid_proof", func(_, c object) { c["aud"] = "https://lain.example.id" }},
		{"another body as audience", "invalid_proof", func(_, c object) { c["aud"] = base + "/lsp/0000" }},
		{"no audience", "invalid_proof", func(_, c object) { delete(c, "aud") }},
		{"no time", "invalid_proof", func(_, c object) { delete(c, "iat") }},
		{"no nonce", "invalid_proof", func(_, c object) { delete(c, "nonce") }},
		{"a nonce of its own", "invalid_nonce", func(_, c object) { c["nonce"] = "abc" }},
		{"a nonce that was bent", "invalid_nonce", func(_, c object) { c["nonce"] = bend(c["nonce"].(string)) }},
	} {
		p.ask(token, want(jwt, p.proof(p.nonce(), r.change))).refused(t, r.says, 400, r.code)
	}
	good := p.proof(p.nonce(), nil)
	parts := strings.Split(good, ".")
	for says, proof := range map[string]string{"no signature": parts[0] + "." + parts[1] + ".", "a bent signature": parts[0] + "." + parts[1] + "." + bend(parts[2]), "two parts": parts[0] + "." + parts[1], "too long": good + strings.Repeat("A", 20_000)} {
		p.ask(token, want(jwt, proof)).refused(t, says, 400, "invalid_proof")
	}
	old := p.nonce()
	s.d.Clock.Add(4 * time.Minute)
	fresh := p.nonce()
	p.ask(token, want(jwt, p.proof(fresh, nil))).handed(t)
	p.ask(token, want(ldp, p.proof(fresh, nil))).refused(t, "a nonce that was used", 400, "invalid_nonce")
	s.d.Clock.Add(time.Minute)
	p.ask(token, want(ldp, p.proof(old, nil))).refused(t, "a token and a nonce that are too old", 401, "invalid_token")
	next, pin := s.offered(c, 2)
	next.ask(next.take(pin).member("access_token"), want(jwt, next.proof(old, nil))).refused(t, "a nonce that is too old", 400, "invalid_nonce")
}

func bend(s string) string {
	if s[5] == 'A' {
		return s[:5] + "B" + s[6:]
	}
	return s[:5] + "A" + s[6:]
}

func oneNonce(t *testing.T, s stage, c *http.Client) {
	nonce := ""
	answers := make([]answer, 6)
	var all sync.WaitGroup
	for i := range answers {
		p, pin := s.offered(c, i)
		if nonce == "" {
			nonce = p.nonce()
		}
		token := p.take(pin).member("access_token")
		all.Go(func() { answers[i] = p.ask(token, want(jwt, p.proof(nonce, nil))) })
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.status == 200 {
			won++
			continue
		}
		a.refused(t, "a nonce that another used", 400, "invalid_nonce")
	}
	if won != 1 {
		t.Errorf("%d wallets used one nonce", won)
	}
}

func offersLive(t *testing.T, s stage, c *http.Client) {
	first, pin := s.offered(c, 0)
	second, pin2 := s.offered(c, 0)
	first.take(pin).refused(t, "an offer after which another was made", 400, "invalid_grant")
	s.d.Clock.Add(15 * time.Minute)
	second.take(pin2).refused(t, "an offer of a quarter of an hour ago", 400, "invalid_grant")
	m, err := s.Offers.Make(ctx, s.admin(), s.certs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	third := scan(t, c, m.URI)
	if err := s.Offers.Withdraw(ctx, s.admin(), s.certs[0].ID, m.ID); err != nil {
		t.Fatal(err)
	}
	third.take(m.PIN).refused(t, "an offer that was withdrawn", 400, "invalid_grant")
	link := strings.TrimPrefix(m.URI, "openid-credential-offer://?credential_offer_uri=")
	if a := third.do("GET", strings.NewReplacer("%3A", ":", "%2F", "/").Replace(link), "", "", nil); a.status != 404 {
		t.Errorf("the link of a withdrawn offer: %d", a.status)
	}
	p, pin := s.offered(c, 1)
	p.token = strings.Replace(p.token, s.lspPath(), "/org/"+string(s.w.Org("lsp-otomotif")), 1)
	if a := p.take(pin); a.status != 404 {
		t.Errorf("a body under another name: %d %s", a.status, a.body)
	}
}

func (s stage) lspPath() string {
	did := s.certs[0].Face.DID
	return "/" + strings.ReplaceAll(strings.TrimPrefix(did, "did:web:contoh.id:"), ":", "/")
}

func notGood(t *testing.T, s stage, c *http.Client) {
	head := s.w.Actor("ketua.otomotif")
	before, pin := s.offered(c, 0)
	after, pin2 := s.offered(c, 1)
	token := after.take(pin2).member("access_token")
	for _, cert := range s.certs[:2] {
		if err := s.Certificates.Suspend(ctx, head, cert.ID, "alasan contoh"); err != nil {
			t.Fatal(err)
		}
	}
	before.take(pin).refused(t, "suspended since it was offered", 400, "invalid_grant")
	after.ask(token, want(ldp)).refused(t, "suspended since the token", 400, "credential_request_denied")
	if _, err := s.Offers.Make(ctx, s.admin(), s.certs[0].ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("a suspended one is offered: %v", err)
	}
	if err := s.Certificates.Resume(ctx, head, s.certs[1].ID, "alasan contoh"); err != nil {
		t.Fatal(err)
	}
	after.ask(token, want(ldp)).handed(t)
}

func whoOffers(t *testing.T, s stage, _ *http.Client) {
	cert := s.certs[0]
	for _, r := range []struct {
		says string
		who  auth.Actor
		kind fault.Kind
	}{
		{"her", auth.Actor{Person: cert.Person}, ""},
		{"the LSP's administrator", s.admin(), ""},
		{"her link to all that is hers", auth.Actor{Person: cert.Person, Subject: "wlk_contoh"}, ""},
		{"the link to her application", auth.Actor{Person: cert.Person, Subject: string(cert.Application)}, ""},
		{"her link to something else", auth.Actor{Person: cert.Person, Subject: "app_lain"}, fault.NotFound},
		{"another's link", auth.Actor{Person: s.certs[1].Person, Subject: "wlk_contoh"}, fault.NotFound},
		{"another holder", auth.Actor{Person: s.certs[1].Person}, fault.NotFound},
		{"another LSP", s.w.Actor("admin.kebersihan"), fault.NotFound},
		{"an assessor of the LSP", s.w.Actor("asesor1.otomotif"), fault.Denied},
		{"nobody", auth.Actor{}, fault.NotFound},
	} {
		_, err := s.Offers.Make(ctx, r.who, cert.ID)
		if r.kind == "" && err != nil || r.kind != "" && !fault.Is(err, r.kind) {
			t.Errorf("%s: %v", r.says, err)
		}
	}
}

func nothingKept(t *testing.T, s stage, c *http.Client) {
	if s.d.Engine() != "sqlite" { // both are written with one text; only this one's files can be read
		return
	}
	m, err := s.Offers.Make(ctx, s.admin(), s.certs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	p := scan(t, c, m.URI)
	token := p.take(m.PIN).member("access_token")
	secret := m.URI[strings.LastIndex(m.URI, "%2F")+3:]
	files, err := filepath.Glob(s.d.Name + "*") // with what is not yet written back
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{secret, p.code, token} {
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%q is kept", bad)
			}
		}
	}
}

func otherSites(t *testing.T, s stage, c *http.Client) {
	p, _ := s.offered(c, 0)
	for _, at := range []string{p.token, p.credential, p.nonceAt} {
		a := p.do("OPTIONS", at, "", "", nil)
		if a.status != 204 || a.head.Get("Access-Control-Allow-Origin") != "*" || a.head.Get("Access-Control-Allow-Methods") != "POST" || !strings.Contains(a.head.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("%s: %d %v", at, a.status, a.head)
		}
	}
	for _, at := range []string{"/lsp/0000", "/org/org_none", "/bnsp"} {
		if a := p.do("GET", wellKnown(t, base+at, "openid-credential-issuer"), "", "", nil); a.status != 404 {
			t.Errorf("%s issues nothing, but answers %d", at, a.status)
		}
	}
}

func metadataIsTrue(t *testing.T, s stage, c *http.Client) {
	p, _ := s.offered(c, 0)
	a := p.do("GET", wellKnown(t, p.issuer, "openid-credential-issuer"), "", "", nil)
	var m struct {
		Display        []struct{ Name, Locale string }
		Configurations map[string]struct {
			Format     string
			Algorithms []string                   `json:"credential_signing_alg_values_supported"`
			Binding    []string                   `json:"cryptographic_binding_methods_supported"`
			Proofs     map[string]json.RawMessage `json:"proof_types_supported"`
			Definition object                     `json:"credential_definition"`
		} `json:"credential_configurations_supported"`
	}
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Display) != 2 || m.Display[0].Name != s.certs[0].Face.LSP || len(m.Configurations) != 2 {
		t.Errorf("%s", a.body)
	}
	if x := m.Configurations[ldp]; x.Format != "ldp_vc" || x.Binding != nil || x.Proofs != nil || x.Definition["@context"] == nil || x.Algorithms[0] != "eddsa-rdfc-2022" {
		t.Errorf("%+v", x)
	}
	if x := m.Configurations[jwt]; x.Format != "jwt_vc_json" || len(x.Binding) == 0 || x.Proofs["jwt"] == nil || x.Definition["@context"] != nil || x.Algorithms[0] != "ES256" {
		t.Errorf("%+v", x)
	}
	var doc object
	issued, err := s.Certificates.Credential(s.certs[0])
	if err != nil || json.Unmarshal(issued, &doc) != nil {
		t.Fatal(err)
	}
	said, _ := json.Marshal(m.Configurations[ldp].Definition["@context"])
	real, _ := json.Marshal(doc["@context"])
	if !bytes.Equal(said, real) {
		t.Errorf("contexts %s, in the credential %s", said, real)
	}
}
