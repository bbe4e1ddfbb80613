package verify_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base32"

	"encoding/json"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kompeten/internal/credential"
	"kompeten/internal/text"
	"kompeten/internal/verify/photo"
)

// tool finds a program; the full test run installs it.
func tool(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("KOMPETEN_TEST_POSTGRES") != "" {
		t.Fatalf("no %s, which the full test run needs: scripts/install-missing", names[0])
	}
	t.Skipf("no %s here; the full test run has one", names[0])
	return ""
}

// browser is a real Chromium on somebody's device.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

func device(t *testing.T) browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(tool(t, "chromium", "google-chrome", "chromium-browser")), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	b := browser{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(390, 844))
	return b
}

func (b browser) do(a chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, a); err != nil {
		b.t.Fatal(err)
	}
}

func ask[T any](b browser, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// until waits for something to be true in the page.
func (b browser) until(what string) {
	b.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		if v, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+what+")")); err == nil && v {
			return
		}
	}
	b.t.Fatalf("never: %s\n%s", what, ask[string](b, "document.body.innerText"))
}

// open goes to a page and waits until it has looked at what the device keeps.
func (b browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank")) // so that another fragment is another visit
	b.do(chromedp.Navigate(b.base + path))
	b.until("document.documentElement.dataset.verifier")
}

// install makes one visit with the network.
func (b browser) install() {
	b.t.Helper()
	b.open("/verify")
	b.until("document.documentElement.dataset.verifier === 'offline' && navigator.serviceWorker.controller")
	b.open("/verify") // its second load is the one that a person sees as kept
}

const result = "document.getElementById('verify-result')"

func (b browser) found() string {
	b.t.Helper()
	b.until(result + ".getAttribute('aria-busy') === 'false'")
	if ask[bool](b, "document.documentElement.scrollWidth > window.innerWidth") {
		b.t.Error("wider than the screen")
	}
	page := ask[string](b, result+".innerText")
	if unspoken := regexp.MustCompile(`(verify|qr)\.[a-z_.]+`).FindString(page); unspoken != "" {
		b.t.Errorf("no words for %s", unspoken)
	}
	return page
}

func (b browser) paste(s string) string {
	b.t.Helper()
	q, _ := json.Marshal(s)
	ask[bool](b, fmt.Sprintf(`(() => { document.getElementById('f-q').value = %s; document.querySelector("form[action='/check']").requestSubmit(); return true })()`, q))
	return b.found()
}

func (b browser) choose(name string, data []byte) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles("#verify-input", []string{path}))
	return b.found()
}

func p(name string, args ...any) string { return text.T(text.ID, "verify.page."+name, args...) }

// shows fails unless a page says all of that.
func shows(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("does not say %q:\n%s", w, page)
		}
	}
}

// swap changes one letter of a QR's data, in its middle.
func swap(s string) string {
	i := strings.Index(s, "#") + 200
	c := "A"
	if s[i] == 'A' {
		c = "B"
	}
	return s[:i] + c + s[i+1:]
}

func TestCertificatesAreCheckedWithTheNetworkCut(t *testing.T) {
	tool(t, "pdftoppm")
	b := device(t)
	srv := site{t: t, made: time.Now().Add(-time.Hour)}.serve()
	b.base = srv.URL
	b.install()
	srv.Close()

	with := func(change func(q *credential.QR)) credential.QR {
		q := sampleQR("7KQ2M9XD4HWP")
		change(&q)
		return q
	}
	q := with(func(*credential.QR) {})
	good := qrText(t, srv.URL, q)
	doc := credentialOf(t, q, edKey)
	forged := []byte(strings.Replace(string(doc), "Siti Nur'aini Contoh", "Budi Palsu Contoh", 1))
	pdf := paperOf(t, good, doc)
	proven := []string{p("verdict.valid"), q.Name, q.Number, p("sample"), p("proven"), "Tanda tangan cocok: LSP Kebersihan Contoh (" + licenceNo + ")", "Tidak dicabut dan tidak dibekukan"}
	for _, c := range []struct {
		name string
		how  func(b browser) string
		want []string
	}{
		{"the text of a QR", func(b browser) string { return b.paste(good) }, proven},
		{"the same in small letters", func(b browser) string { return b.paste(strings.ToLower(good)) }, proven},
		{"a QR signed with ES256", func(b browser) string {
			return b.paste(qrTextBy(t, srv.URL, q, &esKey().PublicKey, credential.QRES256, signES))
		}, proven},
		{"a photograph of the printed page, sideways", func(b browser) string { return b.choose("foto.png", sideways(t, pdf)) }, proven},
		{"a credential", func(b browser) string { return b.choose("sertifikat.json", doc) }, append(proven, "N.81CLI00.001.2")[:7]},
		{"a pasted credential", func(b browser) string { return b.paste(string(doc)) }, proven},
		{"a PDF with the credential inside", func(b browser) string { return b.choose("sertifikat.pdf", pdf) }, append(proven[:7:7], p("check.pdf_itself"))},
		{"a badge", func(b browser) string { return b.choose("lencana.png", badge(t, doc)) }, proven},

		{"a changed QR", func(b browser) string { return b.paste(swap(good)) }, []string{p("verdict.forged"), p("check.wrong_signature"), p("claims")}},
		{"a photograph of a changed QR", func(b browser) string { return b.choose("foto.png", sideways(t, paperOf(t, swap(good)))) }, []string{p("verdict.forged")}},
		{"a QR cut short", func(b browser) string { return b.paste(good[:len(good)-8-len(good[strings.Index(good, "#")+1:])%8]) }, []string{p("verdict.refused"), text.T(text.ID, "qr.form")}},
		{"a changed credential", func(b browser) string { return b.choose("sertifikat.json", forged) }, []string{p("verdict.forged"), p("check.wrong_signature"), "Budi Palsu Contoh", p("claims")}},
		{"a PDF with a changed credential", func(b browser) string { return b.choose("sertifikat.pdf", paperOf(t, good, forged)) }, []string{p("verdict.forged")}},
		{"a badge with a changed credential", func(b browser) string { return b.choose("lencana.png", badge(t, forged)) }, []string{p("verdict.forged")}},

		{"revoked", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.StatusIndex = revoked })))
		}, []string{p("verdict.revoked"), "Dicabut, menurut daftar status"}},
		{"a revoked credential", func(b browser) string {
			return b.choose("a.json", credentialOf(t, with(func(q *credential.QR) { q.StatusIndex = revoked }), edKey))
		}, []string{p("verdict.revoked")}},
		{"suspended", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.StatusIndex = suspended })))
		}, []string{p("verdict.suspended")}},
		{"expired yesterday", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.ValidUntil = today().AddDays(-1) })))
		}, []string{p("verdict.expired"), "Masa berlaku habis"}},
		{"on its last day", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.ValidUntil = today() })))
		}, []string{p("verdict.valid")}},
		{"not valid yet", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.IssuedOn = today().AddDays(2) })))
		}, []string{p("verdict.early")}},
		{"a status list that is not kept", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.StatusList = "99" })))
		}, []string{p("verdict.no_status"), p("check.status_missing")}},
		{"an index beyond the list", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.StatusIndex = 1 << 30 })))
		}, []string{p("verdict.no_status")}},
		{"a key nobody knows", func(b browser) string {
			return b.paste(qrTextBy(t, srv.URL, q, otherKey.Public(), credential.QREdDSA, signEd(otherKey)))
		}, []string{p("verdict.unknown"), p("check.unknown_key")}},
		{"a known key's name on another key's signature", func(b browser) string { return b.choose("a.json", credentialOf(t, q, otherKey)) }, []string{p("verdict.forged")}},
		{"a body that the key does not belong to", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.Licence = "BNSP-LSP-9002-ID" })))
		}, []string{p("verdict.forged"), p("check.other_body")}},
		{"before the key was used", func(b browser) string {
			return b.paste(qrText(t, srv.URL, with(func(q *credential.QR) { q.IssuedOn = "2019-12-31" })))
		}, []string{p("verdict.forged"), p("check.key_ended")}},
		{"the address of another certificate", func(b browser) string { return b.paste(strings.Replace(good, "/V/7", "/V/8", 1)) }, []string{p("verdict.forged"), p("check.other_code")}},
		{"the address of another site", func(b browser) string { return b.paste(qrText(t, "https://palsu.example", q)) }, []string{p("verdict.valid"), p("check.other_host", "palsu.example")}},

		{"a number", func(b browser) string { return b.paste("81210 9412 2 0001234 2026") }, []string{p("verdict.unchecked"), p("number_needs_network")}},
		{"a JWT", func(b browser) string { return b.paste("eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IjEifQ.c2ln") }, []string{p("verdict.unchecked"), p("check.unable.jwt")}},
		{"a credential of another shape", func(b browser) string {
			return b.paste(strings.Replace(string(doc), `"type":["Profile"],"name"`, `"type":["Profile"],"nickname":"x","name"`, 1))
		}, []string{p("verdict.unchecked"), p("check.unable.shape")}},
		{"a credential without a proof", func(b browser) string { return b.paste(string(doc[:strings.Index(string(doc), `,"proof"`)]) + "}") }, []string{p("verdict.refused"), p("check.bad.no_proof")}},
		{"JSON of something else", func(b browser) string { return b.choose("a.json", []byte(`{"a":1}`)) }, []string{p("verdict.refused"), p("check.bad.json")}},
		{"a PDF without a credential", func(b browser) string { return b.choose("a.pdf", paperOf(t, good)) }, []string{p("verdict.unchecked"), p("pdf_without")}},
		{"a picture without a QR", func(b browser) string { return b.choose("a.png", photo.PNG(image.NewGray(image.Rect(0, 0, 300, 300)))) }, []string{p("verdict.refused"), p("no_qr")}},
		{"a file of another kind", func(b browser) string { return b.choose("a.bin", []byte("hello")) }, []string{p("verdict.refused"), p("no_picture")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := b
			b.t = t
			b.open("/verify")
			shows(t, c.how(b), c.want...)
		})
	}
	t.Run("the address of the QR itself", func(t *testing.T) {
		b := b
		b.t = t
		b.open(strings.TrimPrefix(good, strings.ToUpper(srv.URL)))
		shows(t, b.found(), proven...)
		b.open(strings.ToLower(strings.TrimPrefix(good, strings.ToUpper(srv.URL))))
		shows(t, b.found(), proven...)
	})
	t.Run("it says how old its keys and status are", func(t *testing.T) {
		b := b
		b.t = t
		b.open("/verify")
		shows(t, ask[string](b, "document.getElementById('verify-held').innerText"), p("held_keys"), "2 kunci", p("held_status"), p("offline_ready"))
	})
	t.Run("it is read out, and reached by the keyboard", func(t *testing.T) {
		b := b
		b.t = t
		b.open("/verify")
		b.paste(good)
		if ask[string](b, result+".getAttribute('aria-live')") != "polite" || !ask[bool](b, "document.activeElement === "+result) {
			t.Error("the result is not read out, or the keyboard is elsewhere")
		}
		for _, id := range []string{"verify-camera-button", "verify-input", "f-q"} {
			if !ask[bool](b, fmt.Sprintf("(() => { const e = document.getElementById(%q); e.focus(); return document.activeElement === e && e.tabIndex === 0 })()", id)) {
				t.Errorf("%s is out of the keyboard's reach", id)
			}
		}
	})
	t.Run("the camera looks, and is turned off again", func(t *testing.T) {
		b := b
		b.t = t
		b.open("/verify")
		b.do(chromedp.Click("#verify-camera-button"))
		b.until("document.getElementById('verify-view')?.videoWidth > 0")
		b.do(chromedp.Click("#verify-camera-button"))
		b.until("!document.getElementById('verify-view')")
	})
}

func TestOldDataAndAWrongClockAreNamed(t *testing.T) {
	b := device(t)
	for _, c := range []struct {
		name  string
		made  time.Duration // from now
		until int           // days from today
		want  []string
	}{
		{"a status of ten days ago", -10 * 24 * time.Hour, 900, []string{p("verdict.stale"), "sudah berumur 10 hari"}},
		{"keys of a hundred days ago", -100 * 24 * time.Hour, 900, []string{p("verdict.stale"), "Daftar kunci di perangkat ini berumur 100 hari"}},
		{"a clock that is behind the data", 48 * time.Hour, 900, []string{p("verdict.clock"), "Jam itu salah", "tidak dapat dipastikan dengan jam yang salah"}},
		{"a certificate that ended before the data was made, whatever the clock says", 48 * time.Hour, 1, []string{p("verdict.expired"), "Jam itu salah", "Masa berlaku habis"}},
		{"a few minutes are no wrong clock", 5 * time.Minute, 900, []string{p("verdict.valid")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := b
			b.t = t
			srv := site{t: t, made: time.Now().Add(c.made)}.serve()
			b.base = srv.URL
			b.install()
			srv.Close()
			b.open("/verify")
			q := sampleQR("7KQ2M9XD4HWP")
			q.ValidUntil = today().AddDays(c.until)
			shows(t, b.paste(qrText(t, srv.URL, q)), c.want...)
		})
	}
}

func TestTheServerAndTheDeviceBothAnswer(t *testing.T) {
	b := device(t)
	certificates, cert := issued(t)
	srv := site{certificates, t, time.Now()}.serve()
	b.base = srv.URL
	q := sampleQR(cert.Code)
	good := strings.TrimPrefix(qrText(t, srv.URL, q), strings.ToUpper(srv.URL))
	for _, path := range []string{good, strings.ToLower(good)} {
		b.open(path)
		shows(t, b.found(), p("own_check"), p("verdict.valid"), q.Name)
		shows(t, ask[string](b, "document.querySelector('main').innerText"), text.T(text.ID, "verify.status.valid"), text.T(text.ID, "verify.says.valid"))
	}
	b.open(swap(good))
	shows(t, b.found(), p("verdict.forged"))
	if !ask[bool](b, "document.querySelector('main').firstElementChild === "+result) {
		t.Error("what the server knows of the code stands above the warning that the QR was forged")
	}
	b.open("/V/" + cert.Code)
	if got := ask[string](b, result+".innerText"); got != "" {
		t.Errorf("an address without data was judged: %s", got)
	}
	b.open("/verify")
	shows(t, b.paste(cert.Number), text.T(text.ID, "verify.status.valid"), p("server_says"), cert.Number)
	b.open("/verify")
	shows(t, b.paste("81210 0000 0 0000000 2000"), p("verdict.refused"), text.T(text.ID, "verify.not_found"))
	b.open("/verify?lang=en")
	shows(t, b.paste(qrText(t, srv.URL, q)), text.T(text.EN, "verify.page.verdict.valid"), text.T(text.EN, "verify.page.what_was_checked"))
}

// TestTheDeviceBelievesNothingThatTheProgramRefuses gives both the same changed certificates.
func TestTheDeviceBelievesNothingThatTheProgramRefuses(t *testing.T) {
	b := device(t)
	s := site{t: t, made: time.Now()}
	srv := s.serve()
	b.base = srv.URL
	b.open("/verify")
	q := sampleQR("7KQ2M9XD4HWP")
	good := qrText(t, srv.URL, q)
	id := must(credential.IDOfQRKey(edKey.Public()))
	keys := credential.QRKeys{id: {{Public: edKey.Public(), Licence: licenceNo, From: "2020-01-01"}}}
	head, data, _ := strings.Cut(good, "#")
	raw := must(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(data))
	var texts []string
	want := []bool{}
	try := func(s string) {
		r, err := credential.ReadQR(s)
		texts, want = append(texts, s), append(want, err == nil && r.Verify(keys) == nil)
	}
	try(good)
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 1 << (i % 8)
		try(head + "#" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bad))
		try(head + "#" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:i]))
	}
	for i := range good {
		try(good[:i] + "Z" + good[i+1:])
	}
	got := judged(b, "checkQR", texts)
	for i := range texts {
		if got[i] != want[i] {
			t.Errorf("%s: the device says %v, the program %v", texts[i], got[i], want[i])
		}
	}
	doc := credentialOf(t, q, edKey)
	docs := []string{string(doc)}
	for i := 0; i < len(doc); i += 3 {
		bad := bytes.Clone(doc)
		bad[i] ^= 1
		docs = append(docs, string(bad))
	}
	for i, ok := range judged(b, "checkJSON", docs) {
		if ok != (i == 0) {
			t.Errorf("byte %d changed: believed %v", 3*(i-1), ok)
		}
	}
}

// judged gives what the device believes of each text.
func judged(b browser, check string, texts []string) []bool {
	b.t.Helper()
	list, _ := json.Marshal(texts)
	script := fmt.Sprintf(`(async () => {
		const m = await import(document.querySelector("script[type=module]").src.replace("page.js", "check.js"));
		const held = { host: location.host, keys: await (await fetch("/verify/keys.json")).json(), status: await (await fetch("/verify/status.json")).json() };
		const out = [];
		for (const t of %s) out.push((await m.%s(t, held, Date.now())).verdict === "valid");
		return out })()`, list, check)
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]bool](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// TestHostileFilesAreRefusedSoon gives the page files that are made to keep it busy.
func TestHostileFilesAreRefusedSoon(t *testing.T) {
	b := device(t)
	b.base = site{t: t, made: time.Now()}.serve().URL
	b.open("/verify")
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	for range 100 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	inside := fmt.Sprintf("%%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n", bomb.Len(), bomb.String())
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"a bomb in a PDF", "a.pdf", []byte(inside), p("verdict.unchecked")},
		{"a PDF of nothing but beginnings", "a.pdf", []byte("%PDF-1.7\n" + strings.Repeat("/Type /EmbeddedFile ", 500_000)), p("verdict.unchecked")},
		{"a PNG whose parts have no end", "a.png", append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0xff}, 1000)...), p("verdict.refused")},
		{"JSON in JSON in JSON", "a.json", []byte(strings.Repeat(`{"type":["VerifiableCredential"],"proof":`, 5000)), p("verdict.refused")},
		{"a large credential", "a.json", []byte(`{"@context":"` + strings.Repeat("x", 1<<20) + `"}`), p("check.bad.too_large")},
		{"very many nodes", "a.json", []byte(`{"type":"VerifiableCredential","proof":{"type":"DataIntegrityProof"},"credentialSubject":[` + strings.Repeat(`{},`, 50_000) + `{}]}`), p("verdict.unchecked")},
	} {
		start := time.Now()
		shows(t, b.choose(c.file, c.data), c.want)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
		b.open("/verify")
	}
}

func TestABrowserThatCannotCheckSaysSo(t *testing.T) {
	b := device(t)
	b.base = site{t: t, made: time.Now()}.serve().URL
	b.open("/verify")
	ask[bool](b, `(() => { const real = crypto.subtle.importKey.bind(crypto.subtle);
		crypto.subtle.importKey = (kind, key, how, ...rest) => how.name === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : real(kind, key, how, ...rest); return true })()`)
	shows(t, b.paste(qrText(t, b.base, sampleQR("7KQ2M9XD4HWP"))), p("verdict.unchecked"), p("check.unable.algorithm", "EdDSA"))
}

// TestEveryWordOfThePageIsThere compares what the scripts ask for with the catalogue, both ways.
func TestEveryWordOfThePageIsThere(t *testing.T) {
	var scripts strings.Builder
	for _, name := range []string{"page.js", "check.js"} {
		b, err := os.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(b)
	}
	goPage, err := os.ReadFile("offline.go")
	if err != nil {
		t.Fatal(err)
	}
	scripts.Write(goPage)
	all := scripts.String()
	for _, key := range text.Keys(text.ID) {
		name, ours := strings.CutPrefix(key, "verify.page.")
		if !ours {
			continue
		}
		last := name[strings.LastIndex(name, ".")+1:]
		if !strings.Contains(all, `"`+name+`"`) && !strings.Contains(all, `"`+strings.TrimPrefix(name, "check.")+`"`) && !(strings.HasPrefix(name, "verdict.") || strings.HasPrefix(name, "says.")) {
			t.Errorf("nothing says %s", key)
		}
		if strings.HasPrefix(name, "verdict.") && !regexp.MustCompile(`\b`+last+`: \["`).MatchString(all) {
			t.Errorf("no verdict is %s", key)
		}
	}
	for _, m := range regexp.MustCompile(`new (?:Wrong|Unable)\("([a-z_.]+)"|say\("\w+", "([a-z_]+)"|\bp\("([a-z_]+)"|\bt\("([a-z_.]+)"`).FindAllStringSubmatch(all, -1) {
		key := m[1] + m[2] + m[3] + m[4]
		switch {
		case strings.HasPrefix(key, "qr."), m[4] != "":
		case m[3] != "":
			key = "verify.page." + key
		default:
			key = "verify.page.check." + key
		}
		if !text.Has(key) && !strings.HasSuffix(key, ".") {
			t.Errorf("no words for %s", key)
		}
	}
}
