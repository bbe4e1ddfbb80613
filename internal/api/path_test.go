package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
)

type body = map[string]any

const day = 24 * time.Hour

// TestFromAnOfficesListToACertificateAnyoneCanCheck plays the whole path by calls alone, but for what people do by the
// links of their letters. The exchanges stand in testdata.
func TestFromAnOfficesListToACertificateAnyoneCanCheck(t *testing.T) {
	sites(t, func(x *site) {
		x.token("office", "disperin-semarang", auth.Officer)
		x.token("lsp admin", "lsp-otomotif", auth.LSPAdmin)
		x.token("lsp manager", "lsp-otomotif", auth.Manager)
		prg := x.list()
		x.accepted(prg)
		sid := x.planned(prg)
		x.assessed(sid)
		mid := x.decided()
		x.issued(prg, mid)
	})
}

func (x *site) list() (prg string) {
	lsp := string(x.w.Org("lsp-otomotif"))
	x.say("Who the token stands for", "office", "GET", "/me", nil)
	schemes := x.send("office", "GET", "/schemes", nil)
	for _, id := range schemes.all("scheme") {
		x.plain(id)
	}
	var version string
	for i, key := range schemes.all("key") {
		if key == "demo-kl-servis-ringan-motor" {
			version = schemes.all("version")[i]
		}
	}
	fields := body{"lsp": lsp, "title": "Sertifikasi Mekanik lewat API (contoh)", "year": 2026, "funding": 2, "giver": 62, "budget": 50_000_000, "unit_cost": 1_250_000, "seats": 3,
		"place": "Semarang", "regency": "33.74", "held_on": "2026-03-20", "schemes": []string{version}}
	prg = x.say("The office drafts a programme", "office", "POST", "/programmes", fields, "Idempotency-Key", "programme-1").at("id")
	x.say("The same call again makes nothing new", "office", "POST", "/programmes", fields, "Idempotency-Key", "programme-1")
	x.say("One programme tells what can be done with it", "office", "GET", "/programmes/"+prg, nil, "Accept-Language", "en")
	fields["seats"] = 4
	x.say("It is changed by who was shown its version", "office", "PUT", "/programmes/"+prg, fields, "If-Match", `"1"`)
	x.say("An older version is refused, with what was done since", "office", "PUT", "/programmes/"+prg, fields, "If-Match", `"1"`)
	x.say("Nominations begin", "office", "POST", "/programmes/"+prg+"/open", nil)
	x.say("From the wrong state a step is refused", "office", "POST", "/programmes/"+prg+"/close", nil)
	x.say("The list is sent", "office", "POST", "/programmes/"+prg+"/list?name=peserta.csv", participants(x.t), "Idempotency-Key", "list-1")
	x.say("The same file under a new key changes nothing", "office", "POST", "/programmes/"+prg+"/list?name=peserta.csv", participants(x.t), "Idempotency-Key", "list-2")
	bad := x.say("Rows with an error: sent, understood, what is wrong", "office", "GET", "/programmes/"+prg+"/list?worst=error", nil).at("items.0.id")
	row := x.say("One row has its version", "office", "GET", "/rows/"+bad, nil, "Accept-Language", "en")
	x.say("A cell is put right", "office", "PUT", "/rows/"+bad, body{"cells": body{"nik": "3374010909920004"}}, "If-Match", row.head.Get("ETag"))
	warned := x.send("office", "GET", "/programmes/"+prg+"/list?state=waiting&worst=warning", nil).all("id")
	x.say("Warnings are accepted", "office", "POST", "/programmes/"+prg+"/list/confirm", body{"rows": warned[:1]})
	x.say("A row is dropped, with a reason", "office", "POST", "/rows/"+warned[1]+"/drop", body{"reason": "Mengundurkan diri (contoh)"})
	first := x.say("A page of the list", "office", "GET", "/programmes/"+prg+"/list?limit=1", nil)
	x.say("The next page", "office", "GET", "/programmes/"+prg+"/list?limit=1&after="+first.at("next"), nil)
	x.say("The file goes back with remarks", "office", "GET", "/programmes/"+prg+"/list/remarks", nil)
	x.say("Words about level, for choosing schemes", "office", "GET", "/programmes/"+prg+"/levels", nil)
	x.say("Good rows become applications", "office", "POST", "/programmes/"+prg+"/nominate", body{"schemes": body{"II": version}}, "Idempotency-Key", "nominate-1")
	x.say("Letters for everybody", "office", "GET", "/programmes/"+prg+"/letters.pdf", nil)
	x.chapter("1-list")
	x.later(day)
	x.confirm(prg, "")
	x.later(day)
	return prg
}

func (x *site) accepted(prg string) {
	apps := x.say("Applications handed in, a page at a time", "lsp admin", "GET", "/applications?programme="+prg+"&stage=submitted&limit=2", nil)
	x.say("The rest of them", "lsp admin", "GET", "/applications?programme="+prg+"&stage=submitted&limit=2&after="+apps.at("next"), nil)
	one := apps.at("items.0.id")
	file := x.say("One application with its checklist and actions", "lsp admin", "GET", "/applications/"+one, nil)
	x.say("Not before every requirement is met", "lsp admin", "POST", "/applications/"+one+"/accept", nil, "If-Match", file.head.Get("ETag"))
	x.say("Not without the version", "lsp admin", "POST", "/applications/"+one+"/accept", nil)
	var verdicts []body
	for _, r := range file.json.(map[string]any)["requirements"].([]any) {
		verdicts = append(verdicts, body{"requirement": r.(map[string]any)["id"], "verdict": "meets"})
	}
	checked := x.say("Every requirement is found met", "lsp admin", "POST", "/applications/"+one+"/check", body{"verdicts": verdicts})
	x.say("It is accepted", "lsp admin", "POST", "/applications/"+one+"/accept", nil, "If-Match", checked.head.Get("ETag"), "Accept-Language", "en")
	second := apps.at("items.1.id")
	x.say("Another goes back with remarks", "lsp admin", "POST", "/applications/"+second+"/return", body{"reason": "Foto belum ada (contoh)"}, "If-Match", x.send("lsp admin", "GET", "/applications/"+second, nil).head.Get("ETag"))
	x.later(time.Hour)
	x.confirm(prg, second)
	rest := x.send("lsp admin", "GET", "/applications?programme="+prg+"&stage=submitted", nil).all("id")
	x.say("Many are accepted at once, each by itself", "lsp admin", "POST", "/applications/accept", body{"applications": append(rest, "app_unknown")})
	x.say("The office's program may look but not accept", "office", "POST", "/applications/accept", body{"applications": rest[:1]}, "Accept-Language", "en")
	x.chapter("2-applications")
	x.later(day)
}

func (x *site) planned(prg string) (sid string) {
	lsp := string(x.w.Org("lsp-otomotif"))
	version := x.send("lsp manager", "GET", "/applications?programme="+prg, nil).at("items.0.scheme_version")
	sch := x.send("lsp manager", "GET", "/schemes/"+version, nil).at("scheme")
	register := x.say("The register of assessors", "lsp manager", "GET", "/organisations/"+lsp+"/assessors?limit=1", nil)
	assessor := string(x.w.Actor("asesor1.otomotif").Person)
	tuk := x.say("A test place is added", "lsp manager", "POST", "/organisations/"+lsp+"/tuks", body{"name": "TUK Sewaktu lewat API (contoh)", "kind": "sewaktu", "address": "Jl. Contoh 3, Semarang", "capacity": 10}, "Idempotency-Key", "tuk-1").at("id")
	sid = x.say("A test day is planned", "lsp manager", "POST", "/schedules", body{"programme": prg, "scheme_version": version, "tuk": tuk, "held_on": "2026-03-20", "starts": "08.00", "capacity": 10}, "Idempotency-Key", "schedule-1").at("id")
	x.say("It tells what is still in its way", "lsp manager", "GET", "/schedules/"+sid, nil, "Accept-Language", "en")
	x.say("The place is found fit", "lsp manager", "POST", "/tuks/"+tuk+"/verifications", body{"scheme": sch, "valid_from": "2026-03-20", "valid_until": "2026-03-20", "verifier": assessor, "note": "Alat sesuai (contoh)"}, "Idempotency-Key", "verify-1")
	x.say("An assessor is put on it", "lsp manager", "POST", "/schedules/"+sid+"/assessors", body{"person": assessor})
	ready := x.send("lsp manager", "GET", "/applications?programme="+prg+"&stage=accepted", nil).all("id")
	x.say("Candidates get their places", "lsp manager", "POST", "/schedules/"+sid+"/seats", body{"assessor": assessor, "applications": ready})
	x.say("It is sent out", "lsp manager", "POST", "/schedules/"+sid+"/assign", nil)
	x.say("The assignment letter", "lsp manager", "GET", "/schedules/"+sid+"/letter.pdf", nil)
	x.say("The LSP's licences", "lsp manager", "GET", "/organisations/"+lsp+"/licences", nil)
	x.say("Blanks in stock", "lsp manager", "GET", "/organisations/"+lsp+"/blanks", nil)
	if register.status != 200 {
		x.t.Error(register.status)
	}
	x.chapter("3-schedule")
	return sid
}

func (x *site) assessed(sid string) {
	who := "asesor1.otomotif"
	x.signIn(who)
	aid := x.send(who, "GET", "/assessments?schedule="+sid, nil).at("items.0.id")
	consent := body{"methods": []string{"observation", "oral"}, "rights": true, "device": "assessor", "candidate_signed": true}
	x.say("Before the day nothing begins", who, "POST", "/assessments/"+aid+"/consent", consent, "If-Match", `"1"`, "Accept-Language", "en")
	x.later(18 * day)
	x.say("A sign-in that was not used for long has ended", who, "GET", "/assessments", nil, "Accept-Language", "en")
	x.signIn(who)
	x.say("A program of the LSP may not consent for people", "lsp manager", "POST", "/assessments/"+aid+"/consent", consent, "If-Match", `"1"`)
	x.say("The assessor's own tests", who, "GET", "/assessments", nil)
	for i, aid := range x.send(who, "GET", "/assessments", nil).all("id") {
		say := x.send
		if i == 0 {
			say = func(as, method, path string, b any, head ...string) reply {
				return x.say(map[string]string{"consent": "Both sign FR.AK.01", "begin": "The observation opens", "marks": "Criteria are judged", "recommend": "K or BK for each unit"}[lastOf(path)], as, method, path, b, head...)
			}
		}
		r := say(who, "POST", "/assessments/"+aid+"/consent", consent, "If-Match", `"1"`)
		r = say(who, "POST", "/assessments/"+aid+"/begin", nil, "If-Match", r.head.Get("ETag"))
		if r.status != 200 {
			x.t.Fatalf("%s", r.raw)
		}
		if i == 0 {
			unit := body{"unit": r.at("units.0.code"), "number": "45407 7231 2 0000001 2020", "evidence": "Surat keterangan kerja dari kepala bengkel (contoh)"}
			x.say("No unit is credited by a certificate she does not have", who, "POST", "/assessments/"+aid+"/credits", unit, "If-Match", r.head.Get("ETag"), "Accept-Language", "en")
			x.say("Nor taken back what was not credited", who, "POST", "/assessments/"+aid+"/credits/withdraw", body{"unit": r.at("units.0.code")}, "If-Match", r.head.Get("ETag"), "Accept-Language", "en")
		}
		var marks, results []body
		for _, u := range r.json.(map[string]any)["units"].([]any) {
			unit := u.(map[string]any)
			results = append(results, body{"unit": unit["code"], "recommendation": "K"})
			for _, e := range unit["elements"].([]any) {
				for _, c := range e.(map[string]any)["kuk"].([]any) {
					marks = append(marks, body{"unit": unit["code"], "criterion": c.(map[string]any)["no"], "mark": "yes"})
				}
			}
		}
		r = say(who, "POST", "/assessments/"+aid+"/marks", body{"marks": marks}, "If-Match", r.head.Get("ETag"))
		say(who, "POST", "/assessments/"+aid+"/recommend", body{"results": results}, "If-Match", r.head.Get("ETag"))
	}
	x.say("The record of one candidate", "lsp manager", "GET", "/assessments/"+aid+"/record.pdf", nil)
	x.chapter("4-assessment")
	x.later(2 * day)
}

func (x *site) decided() (mid string) {
	x.signIn("komite1.otomotif", "komite2.otomotif", "komite3.otomotif", "ketua.otomotif")
	person := func(key string) string { return string(x.w.Actor(key).Person) }
	cases := x.say("Complete files", "lsp manager", "GET", "/meetings/ready", nil).all("id")
	mid = x.say("A meeting is called on them", "lsp manager", "POST", "/meetings", body{"place": "Kantor LSP (contoh)", "quorum": 3, "chair": person("komite1.otomotif"),
		"members": []string{person("komite2.otomotif"), person("komite3.otomotif")}, "cases": cases}, "Idempotency-Key", "meeting-1").at("id")
	x.say("No program votes", "lsp manager", "POST", "/meetings/"+mid+"/vote", nil, "Accept-Language", "en")
	agenda := x.say("The agenda", "komite1.otomotif", "GET", "/meetings/"+mid+"/cases", nil)
	odd := agenda.at("items.0.id")
	x.say("A case is taken out of the batch", "komite2.otomotif", "POST", "/meetings/"+mid+"/cases/"+odd+"/pull-out", body{"reason": "Bukti perlu dilihat (contoh)"})
	x.say("A member votes on the batch", "komite1.otomotif", "POST", "/meetings/"+mid+"/vote", nil)
	x.say("And on the case that was taken out", "komite1.otomotif", "POST", "/meetings/"+mid+"/cases/"+odd+"/vote", body{"vote": "grant"})
	x.say("Not closed before enough have voted", "komite1.otomotif", "POST", "/meetings/"+mid+"/close", nil)
	for _, m := range []string{"komite2.otomotif", "komite3.otomotif"} {
		x.send(m, "POST", "/meetings/"+mid+"/vote", nil)
		x.send(m, "POST", "/meetings/"+mid+"/cases/"+odd+"/vote", body{"vote": "grant"})
	}
	x.say("The chair closes the meeting", "komite1.otomotif", "POST", "/meetings/"+mid+"/close", nil)
	x.say("The minutes", "lsp manager", "GET", "/meetings/"+mid+"/minutes.pdf", nil)
	x.say("A program does not sign", "lsp manager", "POST", "/meetings/"+mid+"/decree", nil)
	x.say("The head signs the decree", "ketua.otomotif", "POST", "/meetings/"+mid+"/decree", nil)
	x.say("The decree", "lsp manager", "GET", "/meetings/"+mid+"/decree.pdf", nil)
	x.chapter("5-decision")
	return mid
}

func (x *site) issued(prg, mid string) {
	job := x.say("Certificates are issued by a job", "lsp manager", "POST", "/meetings/"+mid+"/issue", nil, "Idempotency-Key", "issue-1").at("id")
	x.work()
	x.say("How far it is", "lsp manager", "GET", "/jobs/"+job, nil)
	number := x.send("lsp manager", "GET", "/certificates?limit=1", nil).at("items.0.number")
	four := "Ani Contoh, Budi Contoh, Cici Contoh, Dedi Contoh"
	for path, want := range map[string]string{
		"/certificates?limit=1": four, "/certificates?limit=2": four, "/certificates?unhanded=true&limit=1": four,
		"/certificates?limit=1&q=contoh": four, "/certificates?limit=3&q=CON": four, "/certificates?unhanded=true&limit=1&q=contoh": four, "/certificates?limit=1&q=contoh+bud": "Budi Contoh", "/certificates?limit=1&q=ontoh": "",
		"/certificates?limit=1&q=" + number[:5]: four, "/certificates?unhanded=true&limit=1&q=" + number[:5]: four, "/certificates?limit=1&q=0000": "",
		"/applications?limit=1&q=contoh": four, "/applications?limit=2&q=contoh+a": "Ani Contoh", "/applications?limit=1&stage=issued&q=contoh": four,
	} {
		if got := strings.Join(x.pages("lsp manager", path), ", "); got != want {
			x.t.Errorf("%s page by page: %s, want %s", path, got, want)
		}
	}
	if got := strings.Join(x.pages("office", "/applications?limit=1&stage=issued&q=contoh"), ", "); got != four {
		x.t.Errorf("the office finds %s, want %s", got, four)
	}
	crt := x.say("Certificates of the LSP", "lsp manager", "GET", "/certificates?q=budi", nil).at("items.0.id")
	x.say("One certificate", "lsp manager", "GET", "/certificates/"+crt, nil, "Accept-Language", "en")
	x.say("Its paper", "lsp manager", "GET", "/certificates/"+crt+"/certificate.pdf", nil)
	x.say("All papers of the meeting", "lsp manager", "GET", "/meetings/"+mid+"/certificates.zip", nil)
	x.say("The list for handing over", "lsp manager", "GET", "/meetings/"+mid+"/handover.pdf", nil)
	x.say("It is handed over", "lsp admin", "POST", "/certificates/hand-over", body{"certificates": []string{crt}, "note": "Tanda terima ditandatangani (contoh)"})
	x.say("It is suspended", "lsp manager", "POST", "/certificates/"+crt+"/suspend", body{"reason": "Pemeriksaan surveilan (contoh)"})
	x.say("And resumed", "lsp manager", "POST", "/certificates/"+crt+"/resume", body{"reason": "Pemeriksaan selesai (contoh)"})
	x.say("A program does not revoke", "lsp manager", "POST", "/certificates/"+crt+"/revoke", body{"reason": "Tidak sah (contoh)"})
	x.say("The head revokes", "ketua.otomotif", "POST", "/certificates/"+crt+"/revoke", body{"reason": "Tidak sah (contoh)"})
	x.say("The office counts", "office", "GET", "/programmes/"+prg+"/figures", nil)
	x.say("And opens the list behind a count", "office", "GET", "/applications?programme="+prg+"&count=issued&limit=1", nil)
	x.say("Certificates of the programme", "office", "GET", "/programmes/"+prg+"/certificates?limit=1", nil)
	x.say("What was done to a record", "lsp manager", "GET", "/history/"+crt, nil, "Accept-Language", "en")
	x.chapter("6-certificates")
}

// pages are the names on all pages of a list, sorted.
func (x *site) pages(who, list string) (all []string) {
	for next := ""; len(all) < 20; {
		r := x.send(who, "GET", list+next, nil)
		for _, item := range r.json.(map[string]any)["items"].([]any) {
			all = append(all, item.(map[string]any)["name"].(string))
		}
		if r.json.(map[string]any)["next"] == nil {
			break
		}
		next = "&after=" + url.QueryEscape(r.at("next"))
	}
	slices.Sort(all)
	return all
}

func lastOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
