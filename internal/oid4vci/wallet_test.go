package oid4vci_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/oid4vci"
	"kompeten/internal/product"
)

var ctx = context.Background()

// stage is a sample installation with certificates, whose wallet addresses are served.
type stage struct {
	product.Services
	t     *testing.T
	d     *dbtest.DB
	w     *demo.World
	certs []certificate.Certificate
}

// base is the installation's address; the wallet's client reaches the test server under it.
const base = "https://contoh.id"

func play(t *testing.T, d *dbtest.DB) (stage, *http.Client) {
	t.Helper()
	s := product.New(d.DB, d.Box, d.Blobs, base)
	w, err := demo.Build(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	res, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		t.Fatal(err)
	}
	st := stage{Services: s, t: t, d: d, w: w}
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		st.certs, err = certificate.ByMeeting(tx, st.admin(), res.Meetings[0])
		return err
	})
	if err != nil || len(st.certs) < 20 {
		t.Fatalf("%d certificates, %v", len(st.certs), err)
	}
	mux := http.NewServeMux()
	oid4vci.New(s.Offers, slog.New(slog.DiscardHandler)).Register(mux)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return st, &http.Client{Transport: under{srv.URL}}
}

// under sends requests for the installation to the test server.
type under struct{ url string }

func (u under) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(u.url)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
	return http.DefaultTransport.RoundTrip(r)
}

func (s stage) admin() auth.Actor { return s.w.Actor("admin.otomotif") }

// phone is a wallet that knows the specification and nothing of us.
type phone struct {
	t      *testing.T
	client *http.Client
	key    *ecdsa.PrivateKey

	issuer, code               string
	token, credential, nonceAt string // endpoints, from what the body says of itself
}

// answer is an HTTP answer.
type answer struct {
	status int
	head   http.Header
	body   []byte
}

func (a answer) member(name string) string {
	var m map[string]any
	_ = json.Unmarshal(a.body, &m)
	s, _ := m[name].(string)
	return s
}

func (p *phone) do(method, at, mediaType, token string, body io.Reader) answer {
	p.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// scan follows an offer as a QR code says it, and finds where everything is.
func scan(t *testing.T, c *http.Client, uri string) *phone {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{t: t, client: c, key: key}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "openid-credential-offer" {
		t.Fatalf("offer %q: %v", uri, err)
	}
	a := p.do("GET", u.Query().Get("credential_offer_uri"), "", "", nil)
	if a.status != 200 || a.head.Get("Content-Type") != "application/json" {
		t.Fatalf("offer: %d %s", a.status, a.body)
	}
	var o struct {
		Issuer string `json:"credential_issuer"`
		Grants map[string]struct {
			Code string `json:"pre-authorized_code"`
			PIN  struct {
				Length int `json:"length"`
			} `json:"tx_code"`
		} `json:"grants"`
	}
	if err := json.Unmarshal(a.body, &o); err != nil {
		t.Fatal(err)
	}
	g := o.Grants["urn:ietf:params:oauth:grant-type:pre-authorized_code"]
	if p.issuer, p.code = o.Issuer, g.Code; p.code == "" || g.PIN.Length != 6 {
		t.Fatalf("offer: %s", a.body)
	}
	meta := p.do("GET", wellKnown(t, o.Issuer, "openid-credential-issuer"), "", "", nil)
	server := p.do("GET", wellKnown(t, o.Issuer, "oauth-authorization-server"), "", "", nil)
	p.token, p.credential, p.nonceAt = server.member("token_endpoint"), meta.member("credential_endpoint"), meta.member("nonce_endpoint")
	if meta.member("credential_issuer") != o.Issuer || server.member("issuer") != o.Issuer {
		t.Fatalf("another issuer:\n%s\n%s", meta.body, server.body)
	}
	return p
}

// wellKnown puts a well-known name between host and path.
func wellKnown(t *testing.T, issuer, name string) string {
	t.Helper()
	u, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/.well-known/" + name + u.Path
	return u.String()
}

func (p *phone) take(pin string, more ...string) answer {
	p.t.Helper()
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:pre-authorized_code"}, "pre-authorized_code": {p.code}, "tx_code": {pin}}
	for i := 0; i+1 < len(more); i += 2 {
		if form.Set(more[i], more[i+1]); more[i+1] == "" {
			form.Del(more[i])
		}
	}
	return p.do("POST", p.token, "application/x-www-form-urlencoded", "", strings.NewReader(form.Encode()))
}

func (p *phone) nonce() string {
	p.t.Helper()
	a := p.do("POST", p.nonceAt, "", "", nil)
	if a.status != 200 || a.head.Get("Cache-Control") != "no-store" {
		p.t.Fatalf("nonce: %d %s", a.status, a.body)
	}
	return a.member("c_nonce")
}

func (p *phone) ask(token string, body any) answer {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do("POST", p.credential, "application/json", token, bytes.NewReader(b))
}

const (
	ldp = "OpenBadgeCredential_ldp_vc"
	jwt = "OpenBadgeCredential_jwt_vc_json"
)

type object = map[string]any

func want(configuration string, proofs ...string) object {
	o := object{"credential_configuration_id": configuration}
	if len(proofs) > 0 {
		o["proofs"] = object{"jwt": proofs}
	}
	return o
}

var encode = base64.RawURLEncoding.EncodeToString

// jwk is the wallet's key as RFC 7517 writes it.
func (p *phone) jwk() object {
	b, err := p.key.PublicKey.Bytes()
	if err != nil {
		p.t.Fatal(err)
	}
	return object{"kty": "EC", "crv": "P-256", "x": encode(b[1:33]), "y": encode(b[33:])}
}

// proof makes a proof of possession; change bends it before it is signed.
func (p *phone) proof(nonce string, change func(header, claims object)) string {
	p.t.Helper()
	header := object{"typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": p.jwk()}
	claims := object{"aud": p.issuer, "iat": 1_900_000_000, "nonce": nonce}
	if change != nil {
		change(header, claims)
	}
	return signed(p.t, header, claims, credential.ES256(p.key))
}

func signed(t *testing.T, header, claims object, sign credential.Signer) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	message := encode(h) + "." + encode(c)
	s, err := sign(ctx, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return message + "." + encode(s)
}

// handed is the one credential of an answer.
func (a answer) handed(t *testing.T) json.RawMessage {
	t.Helper()
	var r struct {
		Credentials []struct {
			Credential json.RawMessage `json:"credential"`
		} `json:"credentials"`
	}
	if err := json.Unmarshal(a.body, &r); err != nil || a.status != 200 || len(r.Credentials) != 1 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return r.Credentials[0].Credential
}

// refused says that an answer is an error of the specification.
func (a answer) refused(t *testing.T, says string, status int, code string) {
	t.Helper()
	if a.status != status || a.member("error") != code {
		t.Errorf("%s: %d %s, want %d %s", says, a.status, a.body, status, code)
	}
	if a.head.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: the answer may be kept", says)
	}
	for _, r := range a.member("error_description") {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			t.Errorf("%s: %q in the description", says, r)
		}
	}
}

// judge has a credential judged as any verifier does, with the keys of the body's document and its status lists.
func (s stage) judge(doc []byte) credential.Report {
	s.t.Helper()
	return credential.Verify(ctx, doc, credential.Options{
		Keys: func(ctx context.Context, method string) (credential.Key, error) {
			did, _, _ := strings.Cut(method, "#")
			path := strings.ReplaceAll(strings.TrimPrefix(did, "did:web:contoh.id:"), ":", "/")
			b, err := s.Issuers.Document(ctx, path)
			if err != nil {
				return credential.Key{}, err
			}
			keys, err := credential.ParseDIDDocument(did, b)
			for _, k := range keys {
				if k.ID == method {
					return k, err
				}
			}
			return credential.Key{}, credential.ErrNoKey
		},
		Status: func(ctx context.Context, at string) ([]byte, error) {
			id, suspension := strings.CutSuffix(strings.TrimPrefix(at, base+"/status/"), "/suspension")
			if suspension {
				return s.Certificates.StatusList(ctx, id, credential.Suspension, time.Time{})
			}
			return s.Certificates.StatusList(ctx, id, credential.Revocation, time.Time{})
		},
		Suspension: credential.SuspensionList, Now: s.d.Now(),
	})
}

func edKey(t *testing.T) (ed25519.PublicKey, credential.Signer) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, func(_ context.Context, m []byte) ([]byte, error) { return ed25519.Sign(key, m), nil }
}
