package app_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// managed are the pages that /manage leads to.
var managed = regexp.MustCompile(`^/(manage|organisations|licences|standards|forms|import|drafts|history|schemes)`)

func TestEveryDutyCanOpenWhatSheManages(t *testing.T) {
	d := open(t)
	for _, key := range []string{"petugas.semarang", "admin.kebersihan", "manajer.otomotif", "ketua.otomotif", "asesor1.wirausaha", "bnsp"} {
		for _, lang := range []string{"id", "en"} {
			v := d.signedIn(key)
			v.post("/lang", url.Values{"lang": {lang}})
			seen, todo := map[string]bool{"/manage": true}, []string{"/manage"}
			for n := 0; len(todo) > 0 && n < 60; n++ {
				path := todo[0]
				todo = todo[1:]
				status, page := v.get(path)
				if status != http.StatusOK {
					t.Errorf("%s (%s): %s answers %d", key, lang, path, status)
				}
				for _, m := range unknown.FindAllString(page, -1) {
					t.Errorf("%s (%s): %s shows %s", key, lang, path, m)
				}
				for _, m := range links.FindAllStringSubmatch(page, -1) {
					p := strings.ReplaceAll(m[1], "&amp;", "&")
					shape := regexp.MustCompile(`(/standards/)[A-Z][^/?]*|((org|lic|asr|tuk|scv)_)\w+`).ReplaceAllString(p, "$1$2") // one of each kind is enough
					if !seen[shape] && managed.MatchString(p) {
						seen[shape] = true
						todo = append(todo, p)
					}
				}
			}
		}
	}
}

// first is the first address on a page that looks so.
func (v visitor) first(page, shape string) string {
	v.t.Helper()
	_, html := v.get(page)
	got := regexp.MustCompile(`href="(` + shape + `)"`).FindStringSubmatch(html)
	if got == nil {
		v.t.Fatalf("%s has no link like %s", page, shape)
	}
	return got[1]
}

func (v visitor) want(says, page, holds string) string {
	v.t.Helper()
	status, html := v.get(page)
	if status != http.StatusOK || !strings.Contains(html, holds) {
		v.t.Errorf("%s: %s answers %d without %q", says, page, status, holds)
	}
	return html
}

func (v visitor) refused(says, path string, form url.Values, status int, holds string) {
	v.t.Helper()
	if got, html := v.post(path, form); got != status || !strings.Contains(html, holds) {
		v.t.Errorf("%s: %s answers %d, %q in it: %v", says, path, got, holds, strings.Contains(html, holds))
	}
}

func (v visitor) does(says, path string, form url.Values, holds string) string {
	v.t.Helper()
	status, html := v.post(path, form)
	if status != http.StatusOK || !strings.Contains(html, holds) {
		v.t.Errorf("%s: %s answers %d without %q", says, path, status, holds)
	}
	return html
}

func TestWhatIsManagedIsClosedToOthers(t *testing.T) {
	d := open(t)
	bnsp, head, other, officer := d.signedIn("bnsp"), d.signedIn("ketua.otomotif"), d.signedIn("manajer.kebersihan"), d.signedIn("petugas.semarang")
	org := "/organisations/" + string(d.w.Org("lsp-otomotif"))
	lsp := "/licences/" + string(d.w.Org("lsp-otomotif"))
	assessor := head.first(lsp+"/assessors", lsp+`/assessors/asr_\w+`)
	licence := head.first(lsp, lsp+`/licence/lic_\w+`)
	place := head.first(lsp+"/places", lsp+`/places/tuk_\w+`)
	for _, c := range []struct {
		says   string
		who    visitor
		path   string
		status int
	}{
		{"the list of organisations is the regulator's", officer, "/organisations", http.StatusForbidden},
		{"licences are the regulator's", head, "/licences", http.StatusForbidden},
		{"importing is the regulator's", head, "/import", http.StatusForbidden},
		{"drafts are the regulator's", other, "/drafts", http.StatusForbidden},
		{"another body's people", other, org, http.StatusNotFound},
		{"another body's settings", other, org + "/edit", http.StatusForbidden},
		{"another body's keys", other, org + "/tokens", http.StatusForbidden},
		{"another body's numbers", other, org + "/numbers", http.StatusForbidden},
		{"the regulator sets nobody's numbers", bnsp, org + "/numbers", http.StatusForbidden},
		{"another body's licence", other, licence, http.StatusNotFound},
		{"another body's assessor", other, assessor, http.StatusNotFound},
		{"another body's place", other, place, http.StatusNotFound},
		{"another body's blanks", other, lsp + "/blanks", http.StatusNotFound},
		{"an officer sees no register", officer, lsp + "/assessors", http.StatusForbidden},
		{"another body's history", other, "/history/" + string(d.w.Org("lsp-otomotif")), http.StatusNotFound},
		{"what is no LSP has no licence", bnsp, "/licences/" + string(d.w.Org("disnaker-malang")), http.StatusNotFound},
		{"an unknown unit", head, "/standards/X.1", http.StatusNotFound},
		{"an unknown form", head, "/forms/FR.X/1999", http.StatusNotFound},
		{"an unknown reset link", d.visitor(), "/reset/nobody", http.StatusNotFound},
	} {
		if status, _ := c.who.get(c.path); status != c.status {
			t.Errorf("%s: %s answers %d", c.says, c.path, status)
		}
	}
	for _, c := range []struct {
		says   string
		who    visitor
		path   string
		form   url.Values
		status int
	}{
		{"the manager of another body suspends nobody", other, assessor + "/do/suspend_assessor", url.Values{"reason": {"coba-coba"}}, http.StatusForbidden},
		{"the head does not suspend her own licence", head, licence + "/do/suspend_licence", url.Values{"reason": {"coba-coba"}}, http.StatusForbidden},
		{"the head registers no assessor", head, lsp + "/assessors", url.Values{"person": {"x"}}, http.StatusForbidden},
		{"blanks of another body", other, lsp + "/blanks/off", url.Values{"serial": {"C-9901-000999"}, "state": {"lost"}, "reason": {"coba"}}, http.StatusForbidden},
		{"keys of another body", other, org + "/tokens", url.Values{"name": {"x"}, "duty": {"manager"}}, http.StatusForbidden},
		{"a manager resets no password", other, org + "/reset", url.Values{"person": {string(d.w.Actor("ketua.otomotif").Person)}, "reason": {"coba"}}, http.StatusForbidden},
		{"an officer drafts no scheme", officer, "/schemes/x/draft", nil, http.StatusForbidden},
	} {
		if status, _ := c.who.post(c.path, c.form); status != c.status {
			t.Errorf("%s: %s answers %d", c.says, c.path, status)
		}
	}
}

func TestALSPIsSetUpInTheBrowser(t *testing.T) {
	d := open(t)
	bnsp := d.signedIn("bnsp")
	bnsp.refused("an LSP needs a code", "/organisations/new", url.Values{"kind": {"lsp"}, "lsp_type": {"P3"}, "name": {"LSP Baru Contoh"}, "zone": {"WITA"}}, http.StatusUnprocessableEntity, "LSP memerlukan kode lisensi")
	page := bnsp.does("the regulator registers an LSP", "/organisations/new", url.Values{"kind": {"lsp"}, "lsp_type": {"P3"}, "code": {"9977"}, "name": {"LSP Baru Contoh"}, "zone": {"WITA"}, "city": {"Denpasar"}}, "LSP Baru Contoh")
	org := regexp.MustCompile(`/organisations/org_\w+`).FindString(page)
	lsp := strings.Replace(org, "organisations", "licences", 1)
	bnsp.want("it is found by name", "/organisations?q=baru+contoh", org)
	scheme := regexp.MustCompile(`name="schemes" value="(sch_\w+)"`).FindAllStringSubmatch(bnsp.want("a licence can be granted", lsp, `name="schemes"`), -1)
	bnsp.refused("the number bears the code", lsp+"/grant", url.Values{"number": {"BNSP-LSP-1-ID"}, "decree": {"KEP.1"}, "valid_from": {"2026-01-01"}, "valid_until": {"2030-12-31"}, "schemes": {scheme[0][1]}}, http.StatusUnprocessableEntity, "BNSP-LSP-9977-ID")
	page = bnsp.does("the licence is granted", lsp+"/grant", url.Values{"number": {"BNSP-LSP-9977-ID"}, "decree": {"KEP.1"}, "valid_from": {"2026-01-01"}, "valid_until": {"2030-12-31"}, "schemes": {scheme[0][1]}}, "Tambahkan ke ruang lingkup")
	licence := regexp.MustCompile(lsp + `/licence/lic_\w+`).FindString(page)
	bnsp.does("its scope is widened", licence+"/widen", url.Values{"schemes": {scheme[1][1]}}, "Tersimpan")
	bnsp.does("it is suspended with a reason", licence+"/do/suspend_licence", url.Values{"reason": {"surveilan tidak dipenuhi"}}, "Dibekukan")
	bnsp.does("and resumed", licence+"/do/resume_licence", url.Values{"reason": {"surveilan sudah dipenuhi"}}, "Berlaku")
	bnsp.want("the history says who and why", "/history/"+licence[strings.LastIndex(licence, "/")+1:], "surveilan tidak dipenuhi")
	page = bnsp.does("the first administrator is invited", org+"/invite", url.Values{"name": {"Ni Luh Contoh"}, "email": {"niluh@contoh.id"}, "duty": {"org_admin"}}, "/invite/")
	admin := d.visitor()
	admin.does("she takes the duty up", regexp.MustCompile(`/invite/[\w-]+`).FindString(page), url.Values{"password": {"sandi-contoh-baru"}}, "Selamat datang")
	bnsp.want("and is among the people", org, "Ni Luh Contoh")
	admin.does("she names the head", org+"/edit", url.Values{"name": {"LSP Baru Contoh"}, "zone": {"WITA"}, "city": {"Denpasar"}, "head_name": {"I Made Contoh"}, "head_title": {"Direktur"}, "version": {"1"}}, "I Made Contoh")
	admin.refused("an old version is not overwritten", org+"/edit", url.Values{"name": {"Lain"}, "zone": {"WITA"}, "version": {"1"}}, http.StatusConflict, "I Made Contoh")
	admin.does("a rule can be tried", org+"/numbers/letter", url.Values{"what": {"preview"}, "letter-pattern": {"{serial}/TUGAS/{year}"}, "letter-width": {"5"}, "letter-start": {"77"}, "letter-reset": {"year"}}, "00077/TUGAS/")
	admin.does("and set", org+"/numbers/letter", url.Values{"what": {"save"}, "letter-pattern": {"{serial}/TUGAS/{year}"}, "letter-width": {"5"}, "letter-start": {"77"}, "letter-reset": {"year"}}, "00077/TUGAS/")
	page = admin.does("a key is shown once", org+"/tokens", url.Values{"name": {"SIAKAD"}, "duty": {"manager"}}, "kpt_")
	key := regexp.MustCompile(`name="row" value="(tok_\w+)"`).FindStringSubmatch(page)[1]
	if _, again := admin.get(org + "/tokens"); strings.Contains(again, "kpt_") {
		t.Error("the key is shown again")
	}
	admin.does("and revoked", org+"/tokens/revoke", url.Values{"row": {key}}, "Dicabut")
	niluh := regexp.MustCompile(`<option value="(per_\w+)"[^>]*>Ni Luh Contoh`).FindStringSubmatch(bnsp.want("a password can be reset", org, "Ni Luh Contoh"))[1]
	page = bnsp.does("the regulator makes the link", org+"/reset", url.Values{"person": {niluh}, "reason": {"lupa, datang sendiri"}}, "/reset/")
	link := regexp.MustCompile(`/reset/[\w-]+`).FindString(page[strings.Index(page, "24 jam"):])
	admin.refused("a short password is refused", link, url.Values{"password": {"pendek"}}, http.StatusUnprocessableEntity, "paling sedikit")
	admin.does("the new one signs her in", link, url.Values{"password": {"sandi-contoh-ketiga"}}, "Kata sandi baru tersimpan")
}

func TestAssessorsPlacesAndBlanksAreKeptInTheBrowser(t *testing.T) {
	d := open(t)
	v, lsp := d.signedIn("manajer.otomotif"), "/licences/"+string(d.w.Org("lsp-otomotif"))
	assessor := v.first(lsp+"/assessors", lsp+`/assessors/asr_\w+`)
	v.refused("an end before the end is refused", assessor+"/extend", url.Values{"valid_until": {"2020-01-01"}, "circular": {"SE BNSP 1/2026"}}, http.StatusUnprocessableEntity, "Pilih tanggal sesudah")
	v.refused("without a ground it is refused", assessor+"/extend", url.Values{"valid_until": {"2040-01-01"}}, http.StatusUnprocessableEntity, "Tuliskan alasannya")
	v.does("a circular extends", assessor+"/extend", url.Values{"valid_until": {"2040-01-01"}, "circular": {"SE BNSP 1/2026"}}, "1 Januari 2040")
	v.does("she is suspended", assessor+"/do/suspend_assessor", url.Values{"reason": {"keluhan peserta"}}, "Dibekukan")
	v.does("and resumed", assessor+"/do/resume_assessor", url.Values{"reason": {"keluhan tidak terbukti"}}, "Berlaku")
	v.want("nobody ends within a week", lsp+"/assessors?ends=7", "Tidak ada registrasi")
	page := v.does("a place is added", lsp+"/places", url.Values{"name": {"TUK Mandiri Contoh"}, "kind": {"mandiri"}, "address": {"Jl. Contoh 9"}, "regency": {"33.74"}, "capacity": {"20"}}, "TUK Mandiri Contoh")
	place := regexp.MustCompile(lsp + `/places/tuk_\w+/verify`).FindString(page)
	scheme := regexp.MustCompile(`<option value="(sch_\w+)"`).FindStringSubmatch(page)[1]
	v.refused("five years are too long", place, url.Values{"scheme": {scheme}, "valid_from": {"2026-01-01"}, "valid_until": {"2031-01-01"}, "note": {"baik"}}, http.StatusUnprocessableEntity, "Masa verifikasi paling lama")
	v.does("it is verified", place, url.Values{"scheme": {scheme}, "valid_from": {"2026-01-01"}, "valid_until": {"2028-01-01"}, "note": {"alat lengkap"}}, "alat lengkap")
	v.refused("a run that overlaps is refused", lsp+"/blanks/receive", url.Values{"prefix": {"C-9901-"}, "width": {"6"}, "first": {"10"}, "last": {"20"}, "received_on": {"2026-03-01"}}, http.StatusConflict, "sudah tercatat")
	v.does("a run is received", lsp+"/blanks/receive", url.Values{"prefix": {"D-"}, "width": {"6"}, "first": {"1"}, "last": {"50"}, "received_on": {"2026-03-01"}}, "D-000001")
	v.refused("an unknown blank is refused", lsp+"/blanks/off", url.Values{"serial": {"Z-1"}, "state": {"lost"}, "reason": {"tidak ada"}}, http.StatusNotFound, "tidak ada dalam persediaan")
	v.does("a spoilt one leaves the stock", lsp+"/blanks/off", url.Values{"serial": {"D-000002"}, "state": {"spoiled"}, "reason": {"salah cetak"}}, "salah cetak")
}

func TestASchemeIsChangedAsADraftAndPublished(t *testing.T) {
	d := open(t)
	v := d.signedIn("bnsp")
	scheme := v.first("/schemes", `/schemes/scv_\w+`)
	page := v.does("a draft is made", scheme+"/draft", nil, "Draf dibuat")
	draft := regexp.MustCompile(`/schemes/scv_\w+/edit`).FindString(page)
	field := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `"[^>]*>([^<]*)</textarea>`).FindStringSubmatch(page)
		if m == nil {
			m = regexp.MustCompile(`name="` + name + `"[^>]*? value="([^"]*)"`).FindStringSubmatch(page)
		}
		if m == nil {
			t.Fatalf("the form of a draft does not ask for %s", name)
		}
		return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(m[1])
	}
	form := url.Values{"level": {"2"}}
	for _, name := range []string{"version", "title_id", "title_en", "number", "area_id", "area_en", "kbli", "kbji", "sector", "validity_months", "min_electives", "units", "requirements"} {
		form.Set(name, field(name))
	}
	stale := form.Get("version")
	form.Set("units", form.Get("units")+"\nX.999; ; inti")
	v.refused("an unknown unit is named", draft, form, http.StatusUnprocessableEntity, "X.999")
	form.Set("units", field("units"))
	form.Set("validity_months", "24")
	form.Set("requirements", form.Get("requirements")+"\ndokumen: Surat keterangan sehat")
	v.does("the draft is saved", draft, form, "Surat keterangan sehat")
	form.Set("version", stale)
	if status, _ := v.post(draft, form); status != http.StatusConflict {
		t.Errorf("an old version is saved over a newer one: %d", status)
	}
	page = v.does("it is published", strings.Replace(draft, "/edit", "/do/publish", 1), nil, "validity_months")
	if !strings.Contains(page, "Tidak dipakai lagi") || !strings.Contains(page, "requirements document-") {
		t.Error("the versions do not say what changed")
	}
	if status, _ := v.get(draft); status != http.StatusConflict {
		t.Errorf("a published version can be edited: %d", status)
	}
	v.want("what went before is kept", "/drafts", "Versi 1")
}

func TestAFileIsLookedAtBeforeItIsImported(t *testing.T) {
	d := open(t)
	v := d.signedIn("bnsp")
	send := func(what, data string) (int, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.WriteField("what", what)
		if data != "" {
			f, _ := w.CreateFormFile("file", "berkas.json")
			_, _ = io.WriteString(f, data)
		}
		_ = w.Close()
		req, _ := http.NewRequest(http.MethodPost, d.srv.URL+"/import", &b)
		req.Header.Set("Content-Type", w.FormDataContentType())
		return v.do(req)
	}
	for _, c := range []struct{ says, what, data, holds string }{
		{"no file", "units", "", "Wajib diisi"},
		{"no JSON", "units", "unit;judul", "bukan JSON"},
		{"another format", "schemes", `{"format":"skkni-units/1"}`, "seharusnya"},
		{"neither units nor schemes", "x", `{}`, "perlu diperbaiki"},
	} {
		if status, page := send(c.what, c.data); status != http.StatusUnprocessableEntity || !strings.Contains(page, c.holds) {
			t.Errorf("%s: %d", c.says, status)
		}
	}
	_, page := send("units", `{"format":"skkni-units/1","units":[{"code":"C.24LAS01.003.1","title_id":"Unit Baru Contoh"},{"code":"G.45TSM01.012.2","title_id":"Judul Lain"},{"title_id":"tanpa kode"}]}`)
	for _, holds := range []string{"Unit tanpa kode", "Judul Lain", "Siap diimpor"} {
		if !strings.Contains(page, holds) {
			t.Errorf("the check does not say %q", holds)
		}
	}
	if status, _ := v.get("/standards/C.24LAS01.003.1"); status != http.StatusNotFound {
		t.Errorf("looking at a file kept it: %d", status)
	}
	packed := regexp.MustCompile(`name="data" value="([^"]+)"`).FindStringSubmatch(page)[1]
	packed = strings.ReplaceAll(packed, "&#43;", "+")
	v.does("it is imported", "/import/confirm", url.Values{"what": {"units"}, "data": {packed}}, "Selesai: 1 ditambahkan, 1 diubah")
	v.want("the unit is known", "/standards/C.24LAS01.003.1", "Belum ada kriteria")
	if status, _ := v.post("/import/confirm", url.Values{"what": {"units"}, "data": {"bukan-berkas"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("what is no file: %d", status)
	}
	if status, _ := d.signedIn("ketua.otomotif").post("/import/confirm", url.Values{"what": {"units"}, "data": {packed}}); status != http.StatusForbidden {
		t.Errorf("an LSP imports standards: %d", status)
	}
}
