package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kompeten/internal/auth"
)

func TestWhatIsRefusedAndHow(t *testing.T) {
	sites(t, func(x *site) {
		x.token("office", "disperin-semarang", auth.Officer)
		x.token("other office", "disnaker-malang", auth.Officer)
		x.token("lsp manager", "lsp-otomotif", auth.Manager)
		x.signIn("bnsp")
		lsp, office := string(x.w.Org("lsp-otomotif")), string(x.w.Org("disperin-semarang"))
		fields := func(title string) body {
			return body{"lsp": lsp, "title": title, "year": 2026, "funding": 2, "giver": 62, "budget": 0, "unit_cost": 0, "seats": 3, "held_on": "2026-03-20", "schemes": []string{}}
		}
		prg := x.send("office", "POST", "/programmes", fields("Contoh"), "Idempotency-Key", "k").at("id")
		odd := fields("Contoh")
		odd["taken"] = 9
		wrong := fields("Contoh")
		wrong["funding"], wrong["held_on"] = 9, "20-03-2026"
		for _, c := range []struct {
			says, as, method, path string
			body                   any
			head                   []string
			status                 int
			holds                  string
		}{
			{"no token", "", "GET", "/programmes", nil, nil, 401, "api.send_token"},
			{"a token nobody has", "kpt_0000", "GET", "/programmes", nil, nil, 401, "organisation.token_unknown"},
			{"a person's token nobody has", "kps_0000", "GET", "/programmes", nil, nil, 401, "person.sign_in_first"},
			{"a wrong password", "", "POST", "/session", body{"login": "bnsp@contoh.id", "password": "salah sekali"}, nil, 401, "person.wrong_login"},
			{"another office's programme", "other office", "GET", "/programmes/" + prg, nil, nil, 404, "db.not_found"},
			{"another office's list", "other office", "GET", "/programmes/" + prg + "/list", nil, nil, 404, "db.not_found"},
			{"another office's letters", "other office", "GET", "/programmes/" + prg + "/letters.pdf", nil, nil, 404, "db.not_found"},
			{"another office's figures", "other office", "GET", "/programmes/" + prg + "/figures", nil, nil, 404, "db.not_found"},
			{"another office's certificates", "other office", "GET", "/programmes/" + prg + "/certificates", nil, nil, 404, "db.not_found"},
			{"another office's step", "other office", "POST", "/programmes/" + prg + "/open", nil, nil, 404, "db.not_found"},
			{"another office's edit", "other office", "PUT", "/programmes/" + prg, fields("x"), []string{"If-Match", `"1"`}, 404, "db.not_found"},
			{"another office's history", "other office", "GET", "/history/" + prg, nil, nil, 404, "db.not_found"},
			{"an LSP's register", "office", "GET", "/organisations/" + lsp + "/assessors", nil, nil, 404, "db.not_found"},
			{"an LSP's tokens", "office", "GET", "/organisations/" + lsp + "/tokens", nil, nil, 404, "db.not_found"},
			{"an id of nothing", "office", "GET", "/rows/row_x", nil, nil, 404, "db.not_found"},
			{"a step that is not hers", "lsp manager", "POST", "/programmes/" + prg + "/open", nil, nil, 403, "flow.not_yours"},
			{"a program makes no tokens", "lsp manager", "POST", "/organisations/" + lsp + "/tokens", body{"name": "x", "duty": "manager"}, []string{"Idempotency-Key", "t"}, 403, "flow.not_yours"},
			{"no Idempotency-Key", "office", "POST", "/programmes", fields("x"), nil, 400, "api.key_needed"},
			{"a key used for another body", "office", "POST", "/programmes", fields("Lain"), []string{"Idempotency-Key", "k"}, 409, "api.key_used"},
			{"a key used for another call", "office", "POST", "/programmes/" + prg + "/nominate", body{"schemes": body{}}, []string{"Idempotency-Key", "k"}, 409, "api.key_used"},
			{"no If-Match", "office", "PUT", "/programmes/" + prg, fields("x"), nil, 428, "api.if_match_needed"},
			{"an If-Match that is no ETag", "office", "PUT", "/programmes/" + prg, fields("x"), []string{"If-Match", "W/\"1\""}, 400, "api.if_match_wrong"},
			{"an old If-Match", "office", "PUT", "/programmes/" + prg, fields("x"), []string{"If-Match", `"7"`}, 412, `"etag":"\"1\""`},
			{"a field there is not", "office", "POST", "/programmes", odd, []string{"Idempotency-Key", "l"}, 422, `"location":"body.taken"`},
			{"fields that are wrong", "office", "POST", "/programmes", wrong, []string{"Idempotency-Key", "m"}, 422, "api.check.date"},
			{"a body of another kind", "office", "POST", "/programmes", []byte("<x/>"), []string{"Idempotency-Key", "n"}, 415, "application/json"},
			{"a list that is JSON", "office", "POST", "/programmes/" + prg + "/list?name=a.csv", body{}, []string{"Idempotency-Key", "o"}, 415, "application/octet-stream"},
			{"a list that is no list", "office", "POST", "/programmes/" + prg + "/list?name=a.xlsx", []byte("kosong"), []string{"Idempotency-Key", "p"}, 422, "sheet."},
			{"a body too large", "office", "POST", "/programmes", `{"title":"` + strings.Repeat("x", 2<<20) + `"}`, []string{"Idempotency-Key", "q"}, 413, "Terlalu besar"},
			{"no JSON", "office", "POST", "/programmes", `{"title":`, []string{"Idempotency-Key", "r"}, 400, "status"},
			{"a parameter there is not", "office", "GET", "/programmes?sort=name", nil, nil, 422, "api.check.unknown_parameter"},
			{"a page too long", "office", "GET", "/programmes?limit=1000", nil, nil, 422, "api.check.at_most"},
			{"a page after nothing", "office", "GET", "/programmes?after=prg_x", nil, nil, 422, "api.after_unknown"},
			{"in Indonesian where nothing else is asked for", "office", "GET", "/programmes/prg_x", nil, nil, 404, "Tidak ditemukan"},
			{"in English where that is liked best", "office", "GET", "/programmes/prg_x", nil, []string{"Accept-Language", "fr, en;q=0.9, id;q=0.1"}, 404, "Not found"},
			{"her own organisation is seen", "office", "GET", "/organisations/" + office + "/members", nil, nil, 200, "Wulan"},
		} {
			r := x.send(c.as, c.method, c.path, c.body, c.head...)
			if r.status != c.status || !strings.Contains(string(r.raw), c.holds) {
				t.Errorf("%s: %d, not %d with %s: %.400s", c.says, r.status, c.status, c.holds, r.raw)
			}
			if kind := r.head.Get("Content-Type"); c.status >= 400 && kind != "application/problem+json" {
				t.Errorf("%s: answered as %s", c.says, kind)
			}
		}
	})
}

func TestSecretsAreShownOnce(t *testing.T) {
	sites(t, func(x *site) {
		x.signIn("bnsp")
		org := string(x.w.Org("disperin-semarang"))
		invite := body{"duty": "officer", "name": "Petugas Contoh", "email": "baru@contoh.id"}
		first := x.send("bnsp", http.MethodPost, "/organisations/"+org+"/invitations", invite, "Idempotency-Key", "i")
		again := x.send("bnsp", http.MethodPost, "/organisations/"+org+"/invitations", invite, "Idempotency-Key", "i")
		if first.status != 201 || !strings.HasPrefix(first.at("url"), "https://kompeten.example/invite/") || strings.Contains(string(again.raw), "invite/") || again.status != 201 {
			t.Errorf("%s %s", first.raw, again.raw)
		}
		if open := x.send("bnsp", http.MethodGet, "/organisations/"+org+"/invitations", nil); len(open.all("id")) != 1 {
			t.Errorf("%s", open.raw)
		}
	})
}

func TestASignInEnds(t *testing.T) {
	sites(t, func(x *site) {
		x.signIn("komite1.otomotif")
		if r := x.send("komite1.otomotif", http.MethodGet, "/me", nil); r.status != 200 {
			t.Errorf("%d %s", r.status, r.raw)
		}
		if r := x.send("komite1.otomotif", http.MethodDelete, "/session", nil); r.status != 204 {
			t.Errorf("%d %s", r.status, r.raw)
		}
		if r := x.send("komite1.otomotif", http.MethodGet, "/me", nil); r.status != 401 {
			t.Errorf("%d %s", r.status, r.raw)
		}
	})
}

// fullNumbers finds what may never stand in an answer: sixteen digits, or a phone number.
var fullNumbers = regexp.MustCompile(`\b\d{16}\b|\+62\d{9,}|\b08\d{9,}`)

func TestNoAnswerTellsAWholeNIKOrPhone(t *testing.T) {
	sites(t, func(x *site) {
		x.token("office", "disperin-semarang", auth.Officer)
		prg := x.send("office", "POST", "/programmes", body{"lsp": string(x.w.Org("lsp-otomotif")), "title": "Contoh", "year": 2026, "funding": 2, "giver": 62, "budget": 0, "unit_cost": 0, "seats": 3,
			"held_on": "2026-03-20", "regency": "33.74", "schemes": []string{}}, "Idempotency-Key", "k").at("id")
		x.send("office", "POST", "/programmes/"+prg+"/list?name=peserta.csv", participants(t), "Idempotency-Key", "l")
		rows := x.send("office", "GET", "/programmes/"+prg+"/list", nil)
		answers := [][]byte{rows.raw}
		for _, id := range rows.all("id") {
			answers = append(answers, x.send("office", "GET", "/rows/"+id, nil).raw)
		}
		if len(answers) != 6 {
			t.Fatalf("%s", rows.raw)
		}
		for _, a := range answers {
			if m := fullNumbers.Find(a); m != nil {
				t.Errorf("%s in %s", m, a)
			}
		}
	})
}
