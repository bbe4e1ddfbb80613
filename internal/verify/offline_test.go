package verify_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"image"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/document"
	"kompeten/internal/product"
	"kompeten/internal/verify"
	"kompeten/internal/verify/photo"
	"kompeten/internal/web"
	"kompeten/internal/web/ui"
)

// The body that issues here; it, its people and its scheme are sample data.
const (
	did       = "did:web:contoh.example:lsp:9001"
	licenceNo = "BNSP-LSP-9001-ID"
	statusURL = "https://contoh.example/lsp/9001/status/7"
	revoked   = 501
	suspended = 502
)

var (
	edKey    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	otherKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	esKey    = sync.OnceValue(func() *ecdsa.PrivateKey {
		k, _ := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{9}, 32))
		return k
	})
)

// today is the day on the clock of the browser, which is the machine's.
func today() date.Date { return date.Of(time.Now(), date.WIB) }

func signEd(key ed25519.PrivateKey) credential.QRSigner {
	return func(_ context.Context, b []byte) ([]byte, error) { return ed25519.Sign(key, b), nil }
}

func signES(_ context.Context, b []byte) ([]byte, error) {
	sum := sha256.Sum256(b)
	r, s, err := ecdsa.Sign(rand.Reader, esKey(), sum[:])
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), err
}

// site is an installation whose certificates can be checked without it: the real service of certificates, and what
// devices keep.
type site struct {
	*certificate.Service
	t    testing.TB
	made time.Time // of keys and status
}

func (s site) PinnedKeys(context.Context) (verify.PinnedKeys, error) {
	out := verify.PinnedKeys{Made: s.made}
	for _, public := range []any{edKey.Public(), &esKey().PublicKey} {
		k := must(verify.Pin(public))
		k.Method, k.DID, k.Body, k.Licence, k.Zone, k.From, k.Sample = did+"#key-1", did, "LSP Kebersihan Contoh", licenceNo, date.WIB, "2020-01-01", true
		out.Keys = append(out.Keys, k)
	}
	return out, nil
}

// must is for what the test itself makes: when it fails, the test does.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (s site) PinnedStatus(context.Context) (verify.PinnedStatus, error) {
	list := func(index int) string {
		b := must(credential.NewBits(credential.ListUnit))
		if err := b.Set(index, true); err != nil {
			s.t.Fatal(err)
		}
		return must(b.Encode())
	}
	return verify.PinnedStatus{Made: s.made, Lists: []verify.StatusList{{ID: "7", URL: statusURL, Revoked: list(revoked), Suspended: list(suspended)}}}, nil
}

// serve makes the site reachable.
func (s site) serve() *httptest.Server {
	mux := http.NewServeMux()
	verify.New(s, verify.Config{Sample: true, Version: "test", Now: time.Now}, slog.New(slog.DiscardHandler)).Register(mux)
	mux.Handle("GET /assets/", ui.Assets())
	srv := httptest.NewServer(web.Headers(mux))
	s.t.Cleanup(srv.Close)
	return srv
}

// issued is a certificate that the demonstration issued.
func issued(t testing.TB) (*certificate.Service, certificate.Certificate) {
	t.Helper()
	d := dbtest.Open(t)
	s := product.New(d.DB, d.Box, d.Blobs, "https://contoh.id")
	w := must(demo.Build(context.Background(), s))
	res, err := w.Play(context.Background(), "malang", nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		t.Fatal(err)
	}
	var all []certificate.Certificate
	err = d.Read(context.Background(), func(tx *db.Tx) (err error) {
		all, err = certificate.ByMeeting(tx, w.Actor("manajer.kebersihan"), res.Meetings[0])
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return s.Certificates, all[0]
}

// sampleQR is what the QR of a certificate says.
func sampleQR(code string) credential.QR {
	q := credential.QR{Code: code, Number: "81210 9412 2 0001234 2026", Name: "Siti Nur'aini Contoh", LSP: "LSP Kebersihan Contoh", Licence: licenceNo, Scheme: "SKM-CLN-02/2026",
		Title: "Petugas Kebersihan Gedung", Level: 2, IssuedOn: today().AddDays(-3), ValidUntil: today().AddMonths(36), Zone: date.WIB, StatusList: "7", StatusIndex: 48213, Sample: true}
	for _, n := range []string{"001", "004", "007", "010", "013", "016", "019", "022", "025", "028", "031", "034", "037", "040", "043"} {
		q.Units = append(q.Units, "N.81CLI00."+n+".2")
	}
	return q
}

func qrText(t testing.TB, base string, q credential.QR) string {
	t.Helper()
	id := must(credential.IDOfQRKey(edKey.Public()))
	return must(credential.SignQR(context.Background(), base, q, id, credential.QREdDSA, signEd(edKey)))
}

func qrTextBy(t testing.TB, base string, q credential.QR, public any, alg credential.QRAlgorithm, sign credential.QRSigner) string {
	t.Helper()
	id := must(credential.IDOfQRKey(public))
	return must(credential.SignQR(context.Background(), base, q, id, alg, sign))
}

// credentialOf is the same certificate as a signed Open Badge.
func credentialOf(t testing.TB, q credential.QR, key ed25519.PrivateKey) []byte {
	t.Helper()
	a := credential.Achievement{URL: "https://contoh.example/skema/cln/2", Title: q.Title, TitleEN: "Building Cleaner", Description: "Skema okupasi \"contoh\".", Kind: "Okupasi", Level: q.Level, Code: q.Scheme, Version: "2", Criteria: "Asesmen seluruh unit."}
	for _, u := range q.Units {
		a.Units = append(a.Units, credential.Unit{Code: u, Title: "Membersihkan lantai (contoh)", Decree: "1 Tahun 2020"})
	}
	tpl := must(credential.Compile(credential.Body{DID: did, Name: q.LSP, Licence: licenceNo}, a))
	c := credential.Certificate{URL: "https://contoh.example/v/" + q.Code, Holder: q.Name, Number: q.Number, Registration: "CLN 9001 00001 2026", PlaceURL: "https://contoh.example/tuk/1", Place: "TUK Contoh",
		Awarded: q.IssuedOn, From: q.IssuedOn, Until: q.ValidUntil, Zone: date.WIB, StatusList: statusURL, StatusIndex: q.StatusIndex}
	created := time.Now().Add(-time.Hour)
	sig := must(tpl.Sign(context.Background(), c, created, credential.Signer(signEd(key)), did+"#key-1"))
	return must(tpl.Join(c, did+"#key-1", created, sig))
}

// paperOf is the certificate as a PDF, its code 40 mm wide, with files inside.
func paperOf(t testing.TB, text string, files ...[]byte) []byte {
	t.Helper()
	l := document.Certificate{Number: "81210 9412 2 0001234 2026", Registration: "CLN 9001 00001 2026", Name: "Siti Nur'aini Contoh", AreaID: "Kebersihan", AreaEN: "Cleaning", TitleID: "Petugas Kebersihan Gedung", TitleEN: "Building Cleaner",
		ValidityMonths: 36, IssuedOn: today(), ValidUntil: today().AddMonths(36), City: "Malang", LSP: "LSP Kebersihan Contoh", Code: "7KQ2M9XD4HWP", URL: text, Sample: true}.Layout()
	for i, it := range l.Pages[0].Items {
		if c, ok := it.(document.Code); ok {
			c.Y -= 40 - c.Size
			c.Size = 40
			l.Pages[0].Items[i] = c
			l.Pages[0].Items = append(l.Pages[0].Items, document.Box{X: c.X - 3, Y: c.Y - 3, W: 46, H: 46, Fill: &document.White}, c)
			break
		}
	}
	for i, f := range files {
		l.Files = append(l.Files, document.Attachment{Name: "sertifikat" + string(rune('1'+i)) + ".json", MIME: "application/ld+json", About: "data", Relation: "Data", Data: f})
	}
	return must(l.PDF())
}

// sideways is a photograph of the printed page: turned, from the side, in bad light.
func sideways(t testing.TB, pdf []byte) []byte {
	t.Helper()
	page := must(photo.Print(pdf, 300))
	return photo.PNG(photo.Dim(photo.Askew(photo.Turn(page, 90), 0.15), 6, 1))
}

func badge(t testing.TB, doc []byte) []byte {
	t.Helper()
	return must(credential.Bake(photo.PNG(image.NewGray(image.Rect(0, 0, 64, 64))), doc))
}

func TestTheVerifierIsSmall(t *testing.T) {
	srv := site{t: t, made: time.Now()}.serve()
	page := get(t, srv.URL+"/verify")
	total := 0
	for _, name := range []string{"page.js", "check.js", "qr.js"} {
		at := strings.Replace(between(t, page, `<script type="module" src="`, `"`), "page.js", name, 1)
		total += len(get(t, srv.URL+at))
	}
	total += len(get(t, srv.URL+"/verify/worker.js"))
	if total > 60_000 {
		t.Errorf("%d bytes of script", total)
	}
	t.Logf("%d bytes of script", total)
}

func TestTheVerifierKeepsWhatItNamesAndRunsNothingElse(t *testing.T) {
	srv := site{t: t, made: time.Now()}.serve()
	var files []string
	if err := json.Unmarshal([]byte(between(t, get(t, srv.URL+"/verify/worker.js"), "FILES = ", ";")), &files); err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		get(t, srv.URL+f)
	}
	res := must(http.Get(srv.URL + "/verify"))
	defer res.Body.Close()
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
	page := get(t, srv.URL+"/verify")
	if strings.Contains(page, "<style") || strings.Contains(page, " style=") || strings.Contains(page, "<script>") || strings.Contains(page, " onclick") {
		t.Error("the page holds script or style of its own")
	}
	for _, path := range []string{"/verify/nothing.js", "/verify/words/xx.json", "/verify/files/../worker.js"} {
		if res := must(http.Get(srv.URL + path)); res.StatusCode != http.StatusNotFound && res.Request.URL.Path == path {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestWhatDevicesKeepIsToldAsItIs(t *testing.T) {
	s := site{t: t, made: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
	srv := s.serve()
	var keys verify.PinnedKeys
	if err := json.Unmarshal([]byte(get(t, srv.URL+"/verify/keys.json")), &keys); err != nil || len(keys.Keys) != 2 || !keys.Made.Equal(s.made) || keys.Keys[0].Algorithm != "EdDSA" || keys.Keys[1].Algorithm != "ES256" {
		t.Errorf("%+v %v", keys, err)
	}
	var status verify.PinnedStatus
	if err := json.Unmarshal([]byte(get(t, srv.URL+"/verify/status.json")), &status); err != nil || len(status.Lists) != 1 || status.Lists[0].Revoked == status.Lists[0].Suspended {
		t.Errorf("%+v %v", status, err)
	}
	if _, err := verify.Pin("no key"); err == nil {
		t.Error("what is no key is pinned")
	}
}

func get(t testing.TB, url string) string {
	t.Helper()
	res := must(http.Get(url))
	defer res.Body.Close()
	var b bytes.Buffer
	_, err := b.ReadFrom(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(url, res.StatusCode, err)
	}
	return b.String()
}

func between(t testing.TB, s, from, to string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, from)
	s, _, end := strings.Cut(s, to)
	if !ok || !end {
		t.Fatalf("nothing between %q and %q", from, to)
	}
	return s
}
