package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/issuer"
	"kompeten/internal/paper"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
	"kompeten/internal/tlog"
	"kompeten/internal/web"
)

// publicSite is a demonstration and what the public asks of it.
type publicSite struct {
	demoSite
	data  string
	certs []certificate.Certificate
}

// onEach opens a demonstration on every database there is.
func onEach(t *testing.T, rate int, fn func(t *testing.T, p publicSite)) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		cfg := app.Config{Data: t.TempDir(), Base: "http://example.org", Readers: 4, Rate: rate, Keys: d.Keys, Database: d.Name}
		a, w, err := app.OpenDemo(context.Background(), cfg, discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.PlayAll(context.Background(), w); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Transparency.Integrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(a.Handler(true, []web.SignInHint{}))
		t.Cleanup(func() { srv.Close(); _ = a.Close() })
		p := publicSite{demoSite: demoSite{t, a, w, srv}, data: cfg.Data}
		err = a.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
			p.certs, _, err = certificate.Search(tx, w.Actor("ketua.otomotif"), certificate.Filter{LSP: w.Org("lsp-otomotif")})
			return err
		})
		if err != nil || len(p.certs) < 8 {
			t.Fatal(len(p.certs), err)
		}
		fn(t, p)
	})
}

func (p publicSite) ask(method, path, accept, kind string, body io.Reader) (int, http.Header, string) {
	p.t.Helper()
	req, _ := http.NewRequest(method, p.srv.URL+path, body)
	req.Header.Set("Accept", accept)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

func (p publicSite) json(path string) (int, map[string]any) {
	p.t.Helper()
	status, _, body := p.ask("GET", path, "application/json", "", nil)
	var out map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		p.t.Fatalf("%s: %v\n%s", path, err, body)
	}
	return status, out
}

func (p publicSite) do(c certificate.Certificate, act func(context.Context) error) {
	p.t.Helper()
	if err := act(context.Background()); err != nil {
		p.t.Fatal(c.Number, err)
	}
}

// qr is the text of a certificate's QR code.
func (p publicSite) qr(c certificate.Certificate) string {
	p.t.Helper()
	var out string
	err := p.app.DB.Read(context.Background(), func(tx *db.Tx) error {
		k, err := issuer.KeyOf(tx, setup, c.LSP, c.Proof.Key)
		if err == nil {
			out, err = p.app.Certificates.Code(c, k)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p publicSite) credential(c certificate.Certificate) []byte {
	p.t.Helper()
	doc, err := p.app.Certificates.Credential(c)
	if err != nil {
		p.t.Fatal(err)
	}
	return doc
}

func TestEveryAddressThatACredentialNamesAnswers(t *testing.T) {
	onEach(t, 1000, func(t *testing.T, p publicSite) {
		named := map[string]bool{}
		var walk func(v any)
		walk = func(v any) {
			switch v := v.(type) {
			case string:
				if strings.HasPrefix(v, "http://example.org") {
					named[v] = true
				}
				if strings.HasPrefix(v, "did:web:") {
					did, _, _ := strings.Cut(v, "#")
					at, err := credential.DIDURL(did)
					if err != nil {
						t.Errorf("%s: %v", v, err)
					}
					named["http"+strings.TrimPrefix(at, "https")] = true
				}
			case []any:
				for _, e := range v {
					walk(e)
				}
			case map[string]any:
				for _, e := range v {
					walk(e)
				}
			}
		}
		for _, c := range p.certs {
			var doc any
			if err := json.Unmarshal(p.credential(c), &doc); err != nil {
				t.Fatal(err)
			}
			walk(doc)
		}
		kinds := map[string]int{}
		for at := range named {
			path, fragment, _ := strings.Cut(strings.TrimPrefix(at, "http://example.org"), "#")
			status, _, body := p.ask("GET", path, "*/*", "", nil)
			kind, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
			kinds[kind]++
			if status != http.StatusOK {
				t.Errorf("%s answers %d", at, status)
			}
			if kind == "s" && fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
				t.Errorf("%s: the page has no such place", at)
			}
		}
		for _, kind := range []string{"v", "s", "tuk", "status", "lsp"} {
			if kinds[kind] == 0 {
				t.Errorf("no credential names an address under /%s: %v", kind, kinds)
			}
		}
		if kinds["s"] < 15 {
			t.Errorf("only %d places of schemes are named", kinds["s"])
		}
	})
}

func TestASchemeIsShownForWhatItIs(t *testing.T) {
	d := open(t)
	v := d.visitor()
	var demo, draft scheme.VersionID
	err := d.app.DB.Read(context.Background(), func(tx *db.Tx) error {
		all, err := scheme.List(tx, setup, scheme.Published)
		for _, x := range all {
			units, uerr := scheme.Criteria(tx, setup, x.ID)
			if uerr == nil && units[0].Placeholder() {
				demo = x.ID
			}
		}
		return err
	})
	if err == nil {
		draft, err = d.app.Schemes.NewDraft(context.Background(), d.w.Actor("bnsp"), demo)
	}
	if err != nil {
		t.Fatal(err)
	}
	status, page := v.get("/s/" + string(demo))
	if status != http.StatusOK || strings.Contains(page, "SKKNI 1") || strings.Count(page, "Bukan SKKNI") < 6 || !strings.Contains(page, "pengganti sementara, bukan SKKNI") {
		t.Errorf("units that stand in for unknown ones look like SKKNI: %d\n%s", status, page)
	}
	req, _ := http.NewRequest(http.MethodGet, d.srv.URL+"/s/"+string(demo), nil)
	req.Header.Set("Accept", "application/json")
	if _, body := v.do(req); strings.Contains(body, "framework") || strings.Count(body, `"placeholder":true`) < 6 {
		t.Errorf("to programs they look like SKKNI: %s", body)
	}
	for _, path := range []string{"/s/" + string(draft), "/s/scv_nothing", "/tuk/tuk_nothing"} {
		if status, page := v.get(path); status != http.StatusNotFound || !strings.Contains(page, "Halaman ini tidak ada pada kami") {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, page := v.get("/tuk/" + d.w.TUK("lsp-otomotif")); status != http.StatusOK || !strings.Contains(page, "LSP Otomotif Contoh Nusantara") || strings.Contains(page, "Asesor") {
		t.Errorf("a test place: %d %s", status, page)
	}
}

// badge is a picture with a credential in it.
func badge(t *testing.T, doc []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 32, 32))); err != nil {
		t.Fatal(err)
	}
	if doc == nil {
		return b.Bytes()
	}
	out, err := credential.Bake(b.Bytes(), doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (p publicSite) token(c certificate.Certificate) []byte {
	p.t.Helper()
	var key issuer.Signer
	ctx := context.Background()
	err := p.app.DB.Read(ctx, func(tx *db.Tx) (err error) {
		key, err = p.app.Issuers.Signer(tx, c.LSP, issuer.ES256)
		return err
	})
	var out []byte
	if err == nil {
		out, err = p.app.Certificates.Bound(ctx, c, key, "")
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func TestAFileThatIsShownIsJudgedAndNotKept(t *testing.T) {
	onEach(t, 100_000, func(t *testing.T, p publicSite) {
		ctx, head := context.Background(), p.w.Actor("ketua.otomotif")
		good, suspended, revoked := p.certs[0], p.certs[1], p.certs[2]
		press := paper.NewPress(p.app.Services)
		pdf, err := press.Certificate(ctx, good)
		if err != nil {
			t.Fatal(err)
		}
		p.do(suspended, func(ctx context.Context) error {
			return p.app.Certificates.Suspend(ctx, head, suspended.ID, "Surveilan belum dipenuhi")
		})
		p.do(revoked, func(ctx context.Context) error {
			return p.app.Certificates.Revoke(ctx, head, revoked.ID, "Bukti milik orang lain")
		})
		doc := p.credential(good)
		p.form(doc) // the authority gets its keys with its first endorsement
		kept := files(t, p.data)
		for _, c := range []struct {
			name    string
			file    []byte
			verdict string
			says    string // among the lines
		}{
			{"a PDF", pdf, "valid", "check.log passed"},
			{"a credential", doc, "valid", "credential.check.signature passed"},
			{"a token", p.token(good), "valid", "credential.check.signature passed"},
			{"a badge", badge(t, doc), "valid", "credential.check.revocation passed"},
			{"a suspended certificate", p.credential(suspended), "suspended", "credential.why.suspended"},
			{"a revoked certificate", p.credential(revoked), "revoked", "credential.why.revoked"},
			{"another name in it", bytes.ReplaceAll(doc, []byte(good.Name), []byte("Budi Palsu Contoh")), "forged", "credential.why.tampered"},
			{"a key that its body does not have", bytes.ReplaceAll(doc, []byte("#"+string(good.Proof.Key)), []byte("#eddsa-99")), "forged", "credential.why.no_key"},
			{"an issuer elsewhere, whom nobody is sent to ask", bytes.ReplaceAll(doc, []byte("did:web:example.org"), []byte("did:web:127.0.0.1%3A1")), "unconfirmed", "credential.why.key_unreachable"},
			{"one byte of the PDF", flipped(pdf), "forged", "check.why"},
			{"a picture of something else", badge(t, nil), "nothing", "credential.why.unbaked"},
			{"half a PDF", pdf[:len(pdf)/2], "refused", "document.pdf_unreadable"},
			{"words", []byte("halo"), "refused", "credential.why.not_json"},
			{"a deep document", []byte(strings.Repeat(`{"a":`, 100_000)), "refused", "credential.why.too_large"},
			{"a bad token", []byte("eyJhbGciOiJub25lIn0.e30."), "refused", "credential.why.algorithm"},
		} {
			began := time.Now()
			status, _, body := p.ask("POST", "/check/file", "application/json", "application/octet-stream", bytes.NewReader(c.file))
			took := time.Since(began)
			var said struct {
				Verdict string
				Code    string
				Lines   []struct{ Check, Outcome, Why string }
			}
			if err := json.Unmarshal([]byte(body), &said); err != nil || status != http.StatusOK {
				t.Errorf("%s: %d %v %s", c.name, status, err, body)
				continue
			}
			if said.Verdict != c.verdict || !strings.Contains(fmt.Sprint(said.Lines), c.says) {
				t.Errorf("%s is %s %v, not %s with %s", c.name, said.Verdict, said.Lines, c.verdict, c.says)
			}
			if took > 2*time.Second {
				t.Errorf("%s took %v", c.name, took)
			}
			page := p.form(c.file)
			if !strings.Contains(page, text.T(text.ID, "lookup.verdict."+c.verdict)) || !strings.Contains(page, "Yang diperiksa") || unknown.MatchString(page) {
				t.Errorf("%s: its page says %s", c.name, page)
			}
		}
		if after := files(t, p.data); after != kept {
			t.Errorf("files were kept: %s, then %s", kept, after)
		}
		for _, c := range []struct {
			name   string
			file   []byte
			status int
		}{{"a file too large", make([]byte, 5<<20), http.StatusRequestEntityTooLarge}, {"no file", nil, http.StatusUnprocessableEntity}} {
			if status, _, body := p.ask("POST", "/check/file", "application/json", "application/pdf", bytes.NewReader(c.file)); status != c.status || !strings.Contains(body, `"detail"`) {
				t.Errorf("%s: %d %s", c.name, status, body)
			}
		}
	})
}

// flipped is a PDF with one byte changed that its signature covers and its attachments do not hold.
func flipped(pdf []byte) []byte {
	out := slices.Clone(pdf)
	at := bytes.Index(out, []byte("/Producer"))
	out[at+12] ^= 1
	return out
}

// form shows a file as a browser does.
func (p publicSite) form(file []byte) string {
	p.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreateFormFile("file", "sertifikat")
	_, _ = part.Write(file)
	_ = m.Close()
	_, _, page := p.ask("POST", "/check/file", "text/html", m.FormDataContentType(), &b)
	return page
}

// files are how many files there are in a directory beside the database.
func files(t *testing.T, dir string) string {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.Contains(path, "kompeten.db") {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n)
}

func TestTheTextOfAQRCodeIsJudged(t *testing.T) {
	d := publicSite{demoSite: open(t)}
	err := d.app.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		d.certs, _, err = certificate.Search(tx, d.w.Actor("ketua.otomotif"), certificate.Filter{LSP: d.w.Org("lsp-otomotif")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	qr := d.qr(d.certs[0])
	for _, c := range []struct{ name, text, verdict string }{
		{"as printed", qr, "valid"},
		{"in small letters", strings.ToLower(qr), "valid"},
		{"one letter changed", qr[:len(qr)-20] + map[bool]string{true: "B", false: "A"}[qr[len(qr)-20] == 'A'] + qr[len(qr)-19:], "forged"},
		{"the address of another", strings.Replace(qr, d.certs[0].Code, d.certs[1].Code, 1), "forged"},
		{"cut short", qr[:len(qr)-40], "refused"},
	} {
		status, said := d.json("/check?q=" + url.QueryEscape(c.text))
		if status != http.StatusOK || said["verdict"] != c.verdict {
			t.Errorf("%s: %d %v", c.name, status, said)
		}
	}
}

func TestAListIsAnsweredLineByLine(t *testing.T) {
	onEach(t, 1000, func(t *testing.T, p publicSite) {
		a, b, c := p.certs[0], p.certs[1], p.certs[2]
		p.do(c, func(ctx context.Context) error {
			return p.app.Certificates.Suspend(ctx, p.w.Actor("ketua.otomotif"), c.ID, "Surveilan belum dipenuhi")
		})
		list := strings.Join([]string{a.Number, "  " + strings.ToLower(b.Code) + "\t", "", "http://example.org/v/" + c.Code, p.qr(a), "=1+1", "AAAABBBBCCCC", "12345 6789 2 9999999 2026"}, "\r\n")
		status, _, body := p.ask("POST", "/check/list", "application/json", "text/plain", strings.NewReader(list))
		var said struct {
			Lines []struct{ Asked, Status, Number, Name string }
		}
		if err := json.Unmarshal([]byte(body), &said); err != nil || status != http.StatusOK || len(said.Lines) != 7 {
			t.Fatal(status, err, body)
		}
		for i, want := range []string{"valid " + a.Number, "valid " + b.Number, "suspended " + c.Number, "valid " + a.Number, "unreadable ", "not_found ", "not_found "} {
			if got := said.Lines[i].Status + " " + said.Lines[i].Number; got != want {
				t.Errorf("line %d: %s, not %s", i+1, got, want)
			}
		}
		if said.Lines[0].Name != text.MaskName(a.Name) || strings.Contains(body, a.Name) {
			t.Errorf("names are not masked: %s", body)
		}
		form := url.Values{"list": {list}}.Encode()
		_, head, sheet := p.ask("POST", "/check/list?format=csv", "text/html", "application/x-www-form-urlencoded", strings.NewReader(form))
		rows := strings.Split(strings.TrimSpace(sheet), "\r\n")
		if len(rows) != 8 || !strings.HasPrefix(sheet, "\ufeffYang ditanyakan,Nomor sertifikat,Pemegang,") || !strings.HasPrefix(rows[5], "'=1+1,") || !strings.Contains(head.Get("Content-Disposition"), "hasil-cek-sertifikat.csv") {
			t.Errorf("%v\n%s", head, sheet)
		}
		_, _, page := p.ask("POST", "/check/list", "text/html", "application/x-www-form-urlencoded", strings.NewReader(form))
		if !strings.Contains(page, "3 dari 7 berlaku") || strings.Contains(page, a.Name) || unknown.MatchString(page) {
			t.Errorf("%s", page)
		}

		var long []string
		for i := range 51 {
			long = append(long, fmt.Sprintf("12345 6789 2 %07d 2026", i))
		}
		if status, _, body := p.ask("POST", "/check/list", "application/json", "text/plain", strings.NewReader(strings.Join(long, "\n"))); status != http.StatusUnprocessableEntity || !strings.Contains(body, long[50]) || strings.Contains(body, "lines") && strings.Contains(body, `"status":"not_found"`) {
			t.Errorf("row 51: %d %s", status, body)
		}
		if status, _, page := p.ask("POST", "/check/list", "text/html", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"list": {strings.Join(long, "\n")}}.Encode())); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Baris pertama yang berlebih: "+long[50]) || !strings.Contains(page, long[3]) {
			t.Errorf("row 51: the page does not say so, or what was pasted is gone: %d", status)
		}
		for _, c := range []struct {
			name, kind, body string
			status           int
		}{
			{"an empty list", "text/plain", " \n\n", http.StatusUnprocessableEntity},
			{"a list of JSON", "application/json", `{"list":["` + a.Number + `"]}`, http.StatusOK},
			{"broken JSON", "application/json", `{"list":`, http.StatusUnprocessableEntity},
			{"a very long list", "text/plain", strings.Repeat("x", 200<<10), http.StatusRequestEntityTooLarge},
		} {
			if status, _, body := p.ask("POST", "/check/list", "application/json", c.kind, strings.NewReader(c.body)); status != c.status {
				t.Errorf("%s: %d %s", c.name, status, body)
			}
		}
	})
}

func TestWhoHasToWaitKeepsHerList(t *testing.T) {
	onEach(t, 50, func(t *testing.T, p publicSite) {
		var long []string
		for i := range 50 {
			long = append(long, fmt.Sprintf("12345 6789 2 %07d 2026", i))
		}
		for i, want := range []int{http.StatusOK, http.StatusTooManyRequests} {
			status, head, page := p.ask("POST", "/check/list", "text/html", "text/plain", strings.NewReader(strings.Join(long, "\n")))
			if status != want || !strings.Contains(page, long[3]) || (head.Get("Retry-After") == "") != (want == http.StatusOK) {
				t.Errorf("list %d: %d %v", i+1, status, head)
			}
		}
	})
}

func TestThePageTellsWhatBecameOfACertificate(t *testing.T) {
	onEach(t, 1000, func(t *testing.T, p publicSite) {
		c, head := p.certs[0], p.w.Actor("ketua.otomotif")
		page := func() string { _, _, page := p.ask("GET", "/v/"+c.Code, "text/html", "", nil); return page }
		if s := page(); !strings.Contains(s, "Terbit "+text.Date(text.ID, c.IssuedOn)+"; masa berlaku sampai") || !strings.Contains(s, "Berlaku pada hari terbit") || !strings.Contains(s, "BNSP-LSP-9901-ID") || !strings.Contains(s, "/s/"+c.Face.Scheme) {
			t.Errorf("a certificate that holds: %s", s)
		}
		p.do(c, func(ctx context.Context) error {
			return p.app.Certificates.Suspend(ctx, head, c.ID, "Surveilan belum dipenuhi oleh "+strings.ToUpper(c.Name)+" (3374010101900001, 0812-3456-7890) sejak 26-11-2026")
		})
		s := page()
		if !strings.Contains(s, "Surveilan belum dipenuhi oleh "+text.MaskName(c.Name)+" (…, …) sejak 26-11-2026") || !strings.Contains(s, "dibekukan sejak") {
			t.Errorf("a suspended one: %s", s)
		}
		p.do(c, func(ctx context.Context) error {
			return p.app.Certificates.Resume(ctx, head, c.ID, "Bukti surveilan diterima")
		})
		if s := page(); !strings.Contains(s, "berlaku lagi sejak") || !strings.Contains(s, "Bukti surveilan diterima") || strings.Contains(s, "per_") || strings.Contains(s, "Ketua") {
			t.Errorf("one that holds again: %s", s)
		}
		p.do(c, func(ctx context.Context) error {
			return p.app.Certificates.Revoke(ctx, head, c.ID, "Bukti milik orang lain")
		})
		if s := page(); !strings.Contains(s, "dicabut "+text.Date(text.ID, today(p))) || strings.Contains(s, "masa berlaku sampai") {
			t.Errorf("a revoked one: %s", s)
		}
		for _, x := range []struct {
			name, at string
			status   int
			says     string
		}{
			{"the day of issue", string(c.IssuedOn), 200, "valid"},
			{"the day before", string(c.IssuedOn.AddDays(-1)), 200, "not_issued"},
			{"yesterday", string(today(p).AddDays(-1)), 200, "valid"},
			{"today", string(today(p)), 200, "revoked"},
			{"tomorrow", string(today(p).AddDays(1)), 422, ""},
			{"no day", "kemarin", 422, ""},
			{"a day that is not", "2026-02-30", 422, ""},
		} {
			status, said := p.json("/v/" + c.Code + "?at=" + x.at)
			if status != x.status || status == 200 && (said["status"] != x.says || said["at"] != x.at || said["number"] != c.Number) || status != 200 && said["detail"] == nil {
				t.Errorf("%s: %d %v", x.name, status, said)
			}
			if got, _, page := p.ask("GET", "/v/"+c.Code+"?at="+x.at, "text/html", "", nil); got != x.status || !strings.Contains(page, "Lihat keadaan hari ini") || unknown.MatchString(page) {
				t.Errorf("%s: the page: %d %s", x.name, got, page)
			}
		}
	})
}

func today(p publicSite) date.Date { return date.Of(p.app.DB.Now(), date.WIB) }

func TestTheProofOfTheLogStandsBesideTheCertificate(t *testing.T) {
	onEach(t, 1000, func(t *testing.T, p publicSite) {
		c := p.certs[3]
		status, head, body := p.ask("GET", "/v/"+c.Code+"/proof", "*/*", "", nil)
		proof, err := tlog.ParseProof([]byte(body))
		if err != nil || status != http.StatusOK || !strings.HasPrefix(head.Get("Content-Type"), "text/plain") {
			t.Fatal(status, head, err)
		}
		policy, err := tlog.NewPolicy("example.org/log", strings.Fields(p.app.LogKeys()), 0)
		if err != nil {
			t.Fatal(err)
		}
		leaf, _, err := proof.Verify(policy)
		if err != nil || leaf.Ref != c.LogRef() {
			t.Errorf("%+v %v", leaf, err)
		}
		if _, _, page := p.ask("GET", "/v/"+c.Code, "text/html", "", nil); !strings.Contains(page, fmt.Sprintf("Catatan nomor %d;", proof.Index)) {
			t.Error("the page does not say where the leaf stands")
		}
		if status, _, _ := p.ask("GET", "/v/AAAABBBBCCCC/proof", "*/*", "", nil); status != http.StatusNotFound {
			t.Errorf("of nothing: %d", status)
		}
	})
}

func TestAnswersToWhatIsNotThereAreAlike(t *testing.T) {
	d := publicSite{demoSite: open(t)}
	var first string
	for _, path := range []string{"/v/AAAABBBBCCCC", "/v/x", "/V/AAAABBBBCCCCD", "/v/" + strings.Repeat("A", 4000), "/check?q=12345+6789+2+9999999+2026", "/check?q=AAAABBBBCCCC", "/v/AAAABBBBCCCC/proof", "/v/AAAABBBBCCCC?at=2026-05-01"} {
		status, head, body := d.ask("GET", path, "application/json", "", nil)
		said := fmt.Sprint(status, head.Get("Content-Type"), head.Get("Content-Length"), body)
		if first == "" {
			first = said
		}
		if said != first || status != http.StatusNotFound {
			t.Errorf("%.40s: %s", path, said)
		}
	}
}

func TestBytesThatNoNameHoldsAreNotFound(t *testing.T) {
	onEach(t, 1_000_000, func(t *testing.T, p publicSite) {
		for _, at := range []string{"/v/%00", "/v/AAAABBBBCC%00C", "/v/%ff%fe", "/v/%00/proof", "/v/%00?at=2026-05-01", "/s/%00", "/s/%ff", "/tuk/%00", "/status/%00", "/status/%00/suspension", "/status/%ff/1edtech", "/lsp/%00/did.json",
			"/org/%00/did.json", "/lsp/%ff/endorsement.json", "/check?q=AAAABBBB%00CCCC", "/check?q=https://x/v/%00%ff"} {
			if status, _, body := p.ask("GET", at, "application/json", "", nil); status != http.StatusNotFound && status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", at, status, body)
			}
		}
		status, _, body := p.ask("POST", "/check/list", "application/json", "text/plain", strings.NewReader("AAAABBBB\x00CCCC\n\xff\xfe\nhttps://x/v/\x00"))
		if status != http.StatusOK || strings.Contains(body, `"valid"`) {
			t.Errorf("a list: %d %s", status, body)
		}
		for _, file := range []string{"\x00", "%PDF-\x00", "{\"id\":\"http://example.org/v/\\u0000\"}"} {
			if status, _, body := p.ask("POST", "/check/file", "application/json", "", strings.NewReader(file)); status != http.StatusOK {
				t.Errorf("a file: %d %s", status, body)
			}
		}
	})
}

func TestLookupsAreShownToWhoeverSeesTheCertificateAndNobodyElseIs(t *testing.T) {
	onEach(t, 1000, func(t *testing.T, p publicSite) {
		c, ctx := p.certs[0], context.Background()
		for _, path := range []string{"/v/" + c.Code, "/V/" + c.Code, "/check?q=" + url.QueryEscape(c.Number), "/v/" + c.Code + "?at=" + string(c.IssuedOn), "/v/AAAABBBBCCCC"} {
			p.ask("GET", path, "application/json", "", nil)
		}
		p.ask("GET", "/v/"+c.Code, "text/html", "", nil)
		p.ask("POST", "/check/list", "application/json", "text/plain", strings.NewReader(c.Code+"\n"+p.certs[1].Code))
		p.ask("POST", "/check/file", "application/json", "application/json", bytes.NewReader(p.credential(c)))
		days, err := p.app.Lookups.Counts(ctx, c.Code)
		if err != nil || len(days) != 1 || days[0].Count != 7 || days[0].Day != today(p) {
			t.Errorf("%v %v", days, err)
		}
		_, page := p.signedIn("ketua.otomotif").get("/certificates/" + string(c.ID))
		if !strings.Contains(page, "Diperiksa publik: 7 kali, terakhir "+text.Date(text.ID, today(p))) {
			t.Errorf("the certificate's page does not say so: %s", page)
		}
		if _, page := p.signedIn("ketua.otomotif").get("/certificates/" + string(p.certs[2].ID)); !strings.Contains(page, "Belum pernah diperiksa") {
			t.Error("of one that nobody checked")
		}
	})
}

func TestLookupsAndLimitsOutliveTheProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		cfg := app.Config{Data: t.TempDir(), Base: "http://example.org", Readers: 2, Rate: 4, Keys: d.Keys, Database: d.Name}
		a, w, err := app.OpenDemo(context.Background(), cfg, discard)
		if err == nil {
			err = a.PlayAll(context.Background(), w)
		}
		if err != nil {
			t.Fatal(err)
		}
		var code string
		if err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
			return tx.Get("SELECT code FROM certificate ORDER BY code LIMIT 1", nil, &code)
		}); err != nil {
			t.Fatal(err)
		}
		ask := func(a *app.App, path string) int {
			req := httptest.NewRequest("GET", path, nil)
			rec := httptest.NewRecorder()
			a.Handler(true, nil).ServeHTTP(rec, req)
			return rec.Code
		}
		if got := ask(a, "/v/"+code); got != http.StatusOK {
			t.Fatal(got)
		}
		for _, want := range []int{404, 404, 429} { // of four checks a minute, two may miss
			if got := ask(a, "/v/AAAABBBBCCCC"); got != want {
				t.Errorf("%d, not %d", got, want)
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := app.Open(context.Background(), cfg, &app.Clock{}, discard)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = again.Close() }()
		if got := ask(again, "/v/"+code); got != http.StatusTooManyRequests {
			t.Errorf("the new program forgives: %d", got)
		}
		if days, err := again.Lookups.Counts(context.Background(), code); err != nil || len(days) != 1 || days[0].Count != 1 {
			t.Errorf("the new program forgot: %v %v", days, err)
		}
		var addresses []string
		err = again.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
			addresses, err = db.Column[string](tx, "SELECT address FROM lookup_limit")
			return err
		})
		if err != nil || len(addresses) != 1 || regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(addresses[0]) == false {
			t.Errorf("an address is written as it is: %v %v", addresses, err)
		}
	})
}
