package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/web"
)

// demo is a demonstration that is being served.
type demoSite struct {
	t   *testing.T
	app *app.App
	w   *app.World
	srv *httptest.Server
}

func open(t *testing.T) demoSite {
	t.Helper()
	ctx := context.Background()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Base: "http://example.org", Readers: 4, Rate: 1000}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.PlayAll(ctx, w); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Handler(true, []web.SignInHint{}))
	t.Cleanup(func() { srv.Close(); _ = a.Close() })
	return demoSite{t, a, w, srv}
}

// visitor is someone with a browser of her own.
type visitor struct {
	demoSite
	client *http.Client
}

func (d demoSite) visitor() visitor {
	jar, _ := cookiejar.New(nil)
	return visitor{d, &http.Client{Jar: jar}}
}

func (d demoSite) signedIn(key string) visitor {
	d.t.Helper()
	v := d.visitor()
	status, _ := v.post("/signin", url.Values{"login": {key + "@contoh.id"}, "password": {d.w.Password()}})
	if status != http.StatusOK {
		d.t.Fatalf("%s cannot sign in: %d", key, status)
	}
	return v
}

func (v visitor) do(req *http.Request) (int, string) {
	v.t.Helper()
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (v visitor) get(path string) (int, string) {
	req, _ := http.NewRequest(http.MethodGet, v.srv.URL+path, nil)
	return v.do(req)
}

func (v visitor) post(path string, form url.Values) (int, string) {
	req, _ := http.NewRequest(http.MethodPost, v.srv.URL+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

var (
	links   = regexp.MustCompile(`href="(/[^"#]*)"`)
	unknown = regexp.MustCompile(`\[[a-z_]+(\.[a-zA-Z0-9_]+)+\]`)
)

func TestEveryDutyCanOpenEveryPageThatIsLinkedForHer(t *testing.T) {
	d := open(t)
	for _, key := range []string{"petugas.semarang", "petugas.malang", "admin.kebersihan", "manajer.kebersihan", "manajer.wirausaha", "ketua.otomotif", "asesor1.wirausaha", "komite1.otomotif", "bnsp"} {
		for _, lang := range []string{"id", "en"} {
			v := d.signedIn(key)
			v.post("/lang", url.Values{"lang": {lang}})
			seen, todo := map[string]bool{"/home": true}, []string{"/home"}
			for n := 0; len(todo) > 0 && n < 45; n++ {
				path := todo[0]
				todo = todo[1:]
				status, page := v.get(path)
				if status != http.StatusOK {
					t.Errorf("%s (%s): %s answers %d", key, lang, path, status)
				}
				if strings.HasSuffix(strings.Split(path, "?")[0], ".pdf") || strings.Contains(path, "remarks") || strings.Contains(path, ".zip") {
					continue
				}
				for _, m := range unknown.FindAllString(page, -1) {
					t.Errorf("%s (%s): %s shows %s", key, lang, path, m)
				}
				for _, m := range links.FindAllStringSubmatch(page, -1) {
					p := strings.ReplaceAll(m[1], "&amp;", "&")
					if !seen[p] && !strings.HasPrefix(p, "/assets/") {
						seen[p] = true
						todo = append(todo, p)
					}
				}
			}
		}
	}
}

func TestEveryRouteIsClosedToStrangers(t *testing.T) {
	d := open(t)
	v := d.visitor()
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, r := range web.Routes() {
		if r.Access == web.Public {
			continue
		}
		if r.Access == web.Closed {
			t.Errorf("%s is open to nobody", r.Pattern)
		}
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "x")
		req, _ := http.NewRequest(method, d.srv.URL+path, nil)
		status, _ := v.do(req)
		if status != http.StatusSeeOther && status != http.StatusUnauthorized {
			t.Errorf("%s answers a stranger with %d", r.Pattern, status)
		}
	}
}

func TestRequestsFromOtherSitesChangeNothing(t *testing.T) {
	d := open(t)
	v := d.signedIn("ketua.otomotif")
	req, _ := http.NewRequest(http.MethodPost, d.srv.URL+"/meetings/x/do/decree", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _ := v.do(req); status != http.StatusForbidden {
		t.Errorf("answered %d", status)
	}
}

func TestAPageOfAnotherOfficeDoesNotExist(t *testing.T) {
	d := open(t)
	_, mine := d.signedIn("petugas.semarang").get("/programmes")
	path := regexp.MustCompile(`/programmes/prg_\w+`).FindString(mine)
	other := d.signedIn("petugas.malang")
	for _, p := range []string{path, path + "/list", path + "/people", path + "/letters.pdf", "/applications/app_forged", "/rows/row_forged"} {
		if status, _ := other.get(p); status != http.StatusNotFound {
			t.Errorf("%s answers %d", p, status)
		}
	}
	if status, _ := other.get("/schedules"); status != http.StatusForbidden {
		t.Errorf("an officer sees schedules: %d", status)
	}
	if status, page := other.post(path+"/do/freeze", nil); status != http.StatusNotFound || !strings.Contains(page, "tidak ditemukan") {
		t.Errorf("%d", status)
	}
}

func TestTheCheckTellsLittleAndToAnyone(t *testing.T) {
	d := open(t)
	_, page := d.signedIn("ketua.otomotif").get("/certificates")
	cert := regexp.MustCompile(`/certificates/crt_\w+`).FindString(page)
	_, page = d.signedIn("ketua.otomotif").get(cert)
	code := regexp.MustCompile(`/v/([A-Z0-9]{12})`).FindStringSubmatch(page)[1]
	v := d.visitor()
	status, page := v.get("/v/" + strings.ToLower(code))
	if status != http.StatusOK || !strings.Contains(page, "Berlaku") || !strings.Contains(page, "Valid") || regexp.MustCompile(`\d{16}`).MatchString(page) {
		t.Errorf("%d %s", status, page)
	}
	req, _ := http.NewRequest(http.MethodGet, d.srv.URL+"/v/"+code, nil)
	req.Header.Set("Accept", "application/json")
	if status, body := v.do(req); status != http.StatusOK || !strings.HasPrefix(body, `{"status":"valid"`) || !strings.Contains(body, `"lsp_licence":"BNSP-LSP-9901-ID"`) {
		t.Errorf("%d %s", status, body)
	}
	for _, p := range []string{"/v/AAAABBBBCCCC", "/v/short", "/check?q=12345+6789+2+9999999+2026"} {
		if status, page := v.get(p); status != http.StatusNotFound || !strings.Contains(page, "Tidak ditemukan") {
			t.Errorf("%s: %d", p, status)
		}
	}
	if status, _ := d.signedIn("ketua.otomotif").post(cert+"/do/revoke", url.Values{"reason": {"contoh pencabutan"}}); status != http.StatusOK {
		t.Fatal(status)
	}
	if _, page := v.get("/v/" + code); !strings.Contains(page, "Dicabut") {
		t.Error("a revoked certificate does not say so")
	}
}

func TestProgramsSpeakWithTokens(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	secret, err := d.app.Organisations.IssueToken(ctx, d.w.Actor("petugas.semarang"), d.w.Org("disperin-semarang"), "test", "officer")
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path, token, body string, head ...string) (int, string) {
		req, _ := http.NewRequest(method, d.srv.URL+path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(head); i += 2 {
			req.Header.Set(head[i], head[i+1])
		}
		return d.visitor().do(req)
	}
	for _, c := range []struct {
		says, method, path, token, body string
		head                            []string
		status                          int
		holds                           string
	}{
		{"the description needs no token", "GET", "/api/openapi.json", "", "", nil, 200, `"openapi":"3.1`},
		{"without a token nobody comes in", "GET", "/api/v1/programmes", "kpt_wrong", "", nil, 401, "token"},
		{"an office sees its programmes", "GET", "/api/v1/programmes", secret, "", nil, 200, "Mekanik"},
		{"an office sees no other's", "GET", "/api/v1/programmes", secret, "", nil, 200, `"items":[{`},
		{"a forged id is not found", "GET", "/api/v1/programmes/prg_x", secret, "", nil, 404, "status"},
		{"creating needs a key", "POST", "/api/v1/programmes", secret, newProgramme, nil, 400, "Idempotency-Key"},
		{"a wrong field is named", "POST", "/api/v1/programmes", secret, strings.Replace(newProgramme, `"funding":2`, `"funding":9`, 1), []string{"Idempotency-Key", "a"}, 422, "funding"},
		{"an edit needs If-Match", "PUT", "/api/v1/programmes/prg_x", secret, newProgramme, nil, 428, "ETag"},
	} {
		status, body := call(c.method, c.path, c.token, c.body, c.head...)
		if status != c.status || !strings.Contains(body, c.holds) {
			t.Errorf("%s: %d %s", c.says, status, body)
		}
	}
	body := strings.Replace(newProgramme, "LSP", string(d.w.Org("lsp-otomotif")), 1)
	_, first := call("POST", "/api/v1/programmes", secret, body, "Idempotency-Key", "k1")
	status, second := call("POST", "/api/v1/programmes", secret, body, "Idempotency-Key", "k1")
	if first != second || status != 201 {
		t.Errorf("a repeated call made two: %s %s %d", first, second, status)
	}
	if status, _ := call("POST", "/api/v1/programmes", secret, strings.Replace(body, "Dari API", "Lain", 1), "Idempotency-Key", "k1"); status != 409 {
		t.Errorf("the same key for another request: %d", status)
	}
}

const newProgramme = `{"lsp":"LSP","title":"Dari API","year":2026,"funding":2,"giver":62,"budget":0,"unit_cost":0,"seats":10,"held_on":"2027-01-10","schemes":[]}`
