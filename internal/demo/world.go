// Package demo is the sample installation: offices, LSPs and people of five stories, all fictitious and marked as
// sample data, and a player that takes an office's list through the whole path, every step by the actor whose duty
// it is and through the same use cases as the pages.
package demo

import (
	"bytes"
	"context"
	"embed"
	"fmt"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/scheme"
)

//go:embed data
var data embed.FS

// samplePassword is the password of every sample account; it exists in demonstrations only.
const samplePassword = "contoh-kompeten"

// Account is one sample sign-in.
type Account struct {
	Email, Name string
	Duty        auth.Duty
	Org         string
}

// World is the sample installation: who is who in it.
type World struct {
	s        product.Services
	hash     string
	orgs     map[string]auth.OrgID
	people   map[string]auth.Actor
	tuks     map[string]string
	Accounts []Account
}

var setup = auth.Actor{System: "setup"}

type orgLine struct {
	key  string
	org  organisation.Org
	crew []crew
}

type crew struct {
	key, name string
	duty      auth.Duty
}

// lines are the organisations of the five stories. Those marked Contoh are invented; so are all people.
func lines() []orgLine {
	lsp := func(key, code, kind, name, en, city, regency, head string) organisation.Org {
		return organisation.Org{Kind: organisation.LSP, LSPType: kind, Code: code, Name: name, NameEN: en, City: city, Regency: regency, Address: "Jl. Contoh No. 1, " + city,
			Zone: date.WIB, HeadName: head, HeadTitle: "Ketua", HeadTitleEN: "Chairperson"}
	}
	office := func(name, en, city, regency string) organisation.Org {
		return organisation.Org{Kind: organisation.LocalOffice, Name: name, NameEN: en, City: city, Regency: regency, Address: "Jl. Contoh No. 2, " + city, Zone: date.WIB}
	}
	return []orgLine{
		{"bnsp", organisation.Org{Kind: organisation.BNSP, Name: "BNSP (contoh)", NameEN: "BNSP (sample)", City: "Jakarta", Regency: "31.74", Zone: date.WIB}, []crew{{"bnsp", "Ratih Puspasari", auth.Regulator}}},
		{"disperin-semarang", office("Dinas Perindustrian Kota Semarang (contoh)", "Semarang City Industry Office (sample)", "Semarang", "33.74"), []crew{{"petugas.semarang", "Wulan Setyorini", auth.Officer}}},
		{"disnaker-malang", office("Dinas Tenaga Kerja Kabupaten Malang (contoh)", "Malang Regency Manpower Office (sample)", "Malang", "35.07"), []crew{{"petugas.malang", "Hendro Prakoso", auth.Officer}}},
		{"dinkop-probolinggo", office("Dinas Koperasi dan Usaha Mikro Kabupaten Probolinggo (contoh)", "Probolinggo Cooperatives Office (sample)", "Probolinggo", "35.13"), []crew{{"petugas.probolinggo", "Lutfi Amalia", auth.Officer}}},
		{"dinperinaker-pekalongan", office("Dinas Perindustrian dan Tenaga Kerja Kota Pekalongan (contoh)", "Pekalongan Industry and Manpower Office (sample)", "Pekalongan", "33.75"), []crew{{"petugas.pekalongan", "Zaenal Arifin", auth.Officer}}},
		{"lsp-otomotif", lsp("o", "9901", "P3", "LSP Otomotif Contoh Nusantara", "Sample Automotive Certification Body", "Semarang", "33.74", "Bambang Sutejo"), []crew{
			{"admin.otomotif", "Sekar Arum", auth.LSPAdmin}, {"manajer.otomotif", "Gunawan Adi", auth.Manager}, {"ketua.otomotif", "Bambang Sutejo", auth.Head},
			{"asesor1.otomotif", "Rudy Hartono", auth.Assessor}, {"asesor2.otomotif", "Maria Goreti", auth.Assessor}, {"asesor3.otomotif", "Yohanes Widodo", auth.Assessor},
			{"komite1.otomotif", "Dr. Retno Palupi", auth.Committee}, {"komite2.otomotif", "Arief Budiman", auth.Committee}, {"komite3.otomotif", "Siska Damayanti", auth.Committee}}},
		{"lsp-kebersihan", lsp("k", "9902", "P3", "LSP Jasa Kebersihan Contoh", "Sample Cleaning Services Certification Body", "Malang", "35.73", "Endah Kusumawati"), []crew{
			{"admin.kebersihan", "Putu Ayu", auth.LSPAdmin}, {"manajer.kebersihan", "Samsul Huda", auth.Manager}, {"ketua.kebersihan", "Endah Kusumawati", auth.Head},
			{"asesor1.kebersihan", "Tatik Sumarni", auth.Assessor}, {"asesor2.kebersihan", "Agus Riyanto", auth.Assessor}, {"asesor3.kebersihan", "Nining Wahyuni", auth.Assessor}, {"asesor4.kebersihan", "Fendi Kurnia", auth.Assessor},
			{"komite1.kebersihan", "Hadi Mulyono", auth.Committee}, {"komite2.kebersihan", "Kristin Natalia", auth.Committee}, {"komite3.kebersihan", "Baskoro Aji", auth.Committee}}},
		{"lsp-wirausaha", lsp("w", "9903", "P1", "LSP Wirausaha dan Produktivitas Contoh", "Sample Entrepreneurship Certification Body", "Malang", "35.73", "Prof. Indrawati"), []crew{
			{"admin.wirausaha", "Galuh Candra", auth.LSPAdmin}, {"manajer.wirausaha", "Ikhsan Maulana", auth.Manager}, {"ketua.wirausaha", "Prof. Indrawati", auth.Head},
			{"asesor1.wirausaha", "Dian Paramita", auth.Assessor}, {"asesor2.wirausaha", "Rofiq Anwar", auth.Assessor},
			{"komite1.wirausaha", "Lestari Dewi", auth.Committee}, {"komite2.wirausaha", "Tomi Gunadi", auth.Committee}, {"komite3.wirausaha", "Vina Oktaviani", auth.Committee}}},
		{"lpk", organisation.Org{Kind: organisation.Training, Name: "LPK Bengkel Contoh", NameEN: "Sample Workshop Training Centre", City: "Semarang", Regency: "33.74", Zone: date.WIB}, []crew{{"instruktur.lpk", "Sapto Nugroho", auth.Trainer}}},
		{"pt-bersih", organisation.Org{Kind: organisation.Company, Name: "PT Bersih Sentosa Contoh", NameEN: "Sample Cleaning Company", City: "Malang", Regency: "35.07", Zone: date.WIB}, []crew{{"hrd.bersih", "Nadia Prameswari", auth.HR}}},
	}
}

// Build makes the sample installation: standards, schemes, organisations, people, licences, test places, blanks.
func Build(ctx context.Context, s product.Services) (*World, error) {
	w := &World{s: s, hash: person.Hash(samplePassword), orgs: map[string]auth.OrgID{}, people: map[string]auth.Actor{}, tuks: map[string]string{}}
	if err := w.standards(ctx); err != nil {
		return nil, fmt.Errorf("sample standards: %w", err)
	}
	for _, l := range lines() {
		if err := w.organisation(ctx, l); err != nil {
			return nil, fmt.Errorf("sample organisation %s: %w", l.key, err)
		}
	}
	for _, p := range []plan{semarang, malang, probolinggo} {
		if err := w.licence(ctx, p); err != nil {
			return nil, fmt.Errorf("sample licence %s: %w", p.lsp, err)
		}
	}
	return w, nil
}

func (w *World) standards(ctx context.Context) error {
	units, err := data.ReadFile("data/units.json")
	if err != nil {
		return err
	}
	if _, err := w.s.Standards.Import(ctx, setup, bytes.NewReader(units), false); err != nil {
		return err
	}
	schemes, err := data.ReadFile("data/schemes.json")
	if err != nil {
		return err
	}
	rep, err := w.s.Schemes.Import(ctx, setup, bytes.NewReader(schemes), false)
	if err == nil && len(rep.Errors) > 0 {
		err = fmt.Errorf("%v", rep.Errors)
	}
	return err
}

func (w *World) organisation(ctx context.Context, l orgLine) error {
	l.org.Sample = true
	org, err := w.s.Organisations.Create(ctx, setup, l.org)
	if err != nil {
		return err
	}
	w.orgs[l.key] = org
	for _, c := range l.crew {
		duties := []auth.Held{{Org: org, Duty: c.duty}}
		if c.duty == auth.Head || c.duty == auth.Officer {
			duties = append(duties, auth.Held{Org: org, Duty: auth.OrgAdmin})
		}
		email := c.key + "@contoh.id"
		p, err := w.s.People.Enrol(ctx, setup, person.Input{Name: c.name, Email: email, Sample: true}, w.hash, duties)
		if err != nil {
			return err
		}
		w.people[c.key] = auth.Actor{Person: p, Name: c.name, Duties: duties}
		w.Accounts = append(w.Accounts, Account{email, c.name, c.duty, l.org.Name})
	}
	return nil
}

// licence gives a story's LSP its licence, registers its assessors, and adds its test place and blanks.
func (w *World) licence(ctx context.Context, p plan) error {
	org := w.orgs[p.lsp]
	today := date.Of(w.s.DB.Now(), date.WIB)
	schemes, err := w.schemes(ctx, p)
	if err != nil {
		return err
	}
	code := map[string]string{"lsp-otomotif": "9901", "lsp-kebersihan": "9902", "lsp-wirausaha": "9903"}[p.lsp]
	_, err = w.s.Licences.Grant(ctx, setup, licence.Licence{Org: org, Number: "BNSP-LSP-" + code + "-ID", Decree: "KEP.CONTOH/BNSP/I/2026", ValidFrom: today.AddMonths(-12),
		ValidUntil: today.AddMonths(48), Schemes: schemes})
	if err != nil {
		return err
	}
	for i, a := range p.assessors {
		_, err := w.s.Licences.RegisterAssessor(ctx, setup, licence.Assessor{Person: w.people[a].Person, Org: org, MET: fmt.Sprintf("MET.000.99%s%02d 2025", code[2:], i+1),
			ValidFrom: today.AddMonths(-10), ValidUntil: today.AddMonths(26), Schemes: schemes})
		if err != nil {
			return err
		}
	}
	tuk, err := w.s.Licences.AddTUK(ctx, setup, licence.TUK{Name: p.tuk, Kind: "sewaktu", LSP: org, Address: p.place, Regency: p.regency, Capacity: 200})
	if err != nil {
		return err
	}
	w.tuks[p.lsp] = tuk
	return w.s.Licences.ReceiveBlanks(ctx, setup, org, licence.Range{Prefix: "C-" + code + "-", Width: 6, First: 1, Last: 5000, ReceivedOn: today})
}

func (w *World) schemes(ctx context.Context, p plan) (out []scheme.ID, err error) {
	err = w.s.DB.Read(ctx, func(tx *db.Tx) error {
		out = nil
		for _, key := range p.schemes() {
			v, err := scheme.ByKey(tx, setup, key)
			if err != nil {
				return err
			}
			out = append(out, v.Scheme)
		}
		return nil
	})
	return out, err
}

// Password is the password of the sample accounts.
func (w *World) Password() string { return samplePassword }

// Actor is who has a sample sign-in, with the duties she holds: "petugas.semarang".
func (w *World) Actor(key string) auth.Actor { return w.people[key] }

// Org is a sample organisation: "lsp-otomotif".
func (w *World) Org(key string) auth.OrgID { return w.orgs[key] }

// TUK is the test place of a sample LSP.
func (w *World) TUK(lsp string) string { return w.tuks[lsp] }
