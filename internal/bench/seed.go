package bench

import (
	"context"
	"fmt"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/id"
	"kompeten/internal/names"
	"kompeten/internal/product"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
)

// seed fills a store with rows as the product would have written them, without walking every file through the
// process: what is measured afterwards is the product, not the filling.
type seed struct {
	s       product.Services
	world   *demo.World
	version scheme.Version
	lsp     string
	sched   string
	n       int
}

const step = 500

func newSeed(ctx context.Context, s product.Services, w *demo.World) (*seed, error) {
	x := &seed{s: s, world: w, lsp: string(w.Org("lsp-otomotif"))}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := scheme.ByKey(tx, w.Actor("ketua.otomotif"), "demo-kl-servis-ringan-motor")
		if err != nil {
			return err
		}
		x.version, x.sched = v, id.New("sdl", tx.Now())
		return tx.Insert("schedule", []string{"id", "lsp", "programme", "scheme_version", "tuk", "held_on", "starts", "capacity", "taken", "load_limit", "load_reason", "state", "letter_number",
			"letter_date", "sample", "created_at", "version"}, [][]any{{x.sched, x.lsp, "", string(v.ID), w.TUK("lsp-otomotif"), "2026-01-05", "08.00", 10_000_000, 0, 10, "bench", "assigned", "1", "2026-01-05", true, db.At(tx.Now()), 1}})
	})
	return x, err
}

var applicationColumns = []string{"id", "programme", "nominee", "person", "name", "fold", "lsp", "office", "scheme_version", "funding", "giver", "district", "sector", "employer", "state", "stage", "note", "sample", "created_at", "version"}

// people enters persons with applications and gives the ids of both.
func (x *seed) people(tx *db.Tx, n int, stage string) (apps, persons, called []string, err error) {
	var prow, arow [][]any
	var found []names.Name
	office := x.world.Org("disperin-semarang")
	for range n {
		x.n++
		p, a, name := id.New("per", tx.Now()), id.New("app", tx.Now()), sampleName(x.n)
		persons, apps, called = append(persons, p), append(apps, a), append(called, name)
		found = append(found, application.NameOf(application.ID(a), name, auth.OrgID(x.lsp), office)...)
		prow = append(prow, []any{p, name, text.Fold(name), "", "1990-01-01", "L", "", "", "", "", "", true, db.At(tx.Now()), 1})
		arow = append(arow, []any{a, "", "", p, name, text.Fold(name), x.lsp, string(office), string(x.version.ID), 2, 62, "33.74.01", "Bengkel motor", "", "accepted", stage, "", true, db.At(tx.Now()), 1})
	}
	if err := tx.Insert("person", []string{"id", "name", "fold", "birth_place", "birth_date", "sex", "address", "district", "email", "education", "photo", "sample", "created_at", "version"}, prow); err != nil {
		return nil, nil, nil, err
	}
	if err := tx.Insert("application", applicationColumns, arow); err != nil {
		return nil, nil, nil, err
	}
	return apps, persons, called, application.IndexNames(tx, found...)
}

var firstNames = []string{"Adi", "Bunga", "Cahya", "Dimas", "Eka", "Fajar", "Gita", "Hadi", "Intan", "Joko", "Kartika", "Lestari", "Maya", "Nanda", "Oki", "Putri", "Rizal", "Sari", "Tono", "Wulan"}

// sampleName is a name of nobody, such as a search by words meets.
func sampleName(n int) string {
	return fmt.Sprintf("%s %s Contoh%d", firstNames[n%20], firstNames[n/20%20], n/400)
}

// meeting makes an open meeting with n recommended cases on which its three members have voted.
func (x *seed) meeting(ctx context.Context, n int) (decision.MeetingID, error) {
	var mid string
	members := []string{"komite1.otomotif", "komite2.otomotif", "komite3.otomotif"}
	err := x.s.DB.Write(ctx, func(tx *db.Tx) error {
		mid = id.New("mtg", tx.Now())
		err := tx.Insert("meeting", []string{"id", "lsp", "held_on", "place", "quorum", "state", "minutes_number", "decree_number", "decree_date", "note", "sample", "created_at", "version"},
			[][]any{{mid, x.lsp, string(date.Of(tx.Now(), date.WIB)), "Bench", 3, "open", "", "", "", "", true, db.At(tx.Now()), 1}})
		if err != nil {
			return err
		}
		var rows [][]any
		for i, m := range members {
			rows = append(rows, []any{mid, string(x.world.Actor(m).Person), map[bool]string{true: "chair", false: "member"}[i == 0]})
		}
		return tx.Insert("meeting_member", []string{"meeting", "person", "role"}, rows)
	})
	for done := 0; done < n && err == nil; done += step {
		err = x.s.DB.Write(ctx, func(tx *db.Tx) error { return x.cases(tx, mid, members, min(step, n-done)) })
	}
	return decision.MeetingID(mid), err
}

func (x *seed) cases(tx *db.Tx, mid string, members []string, n int) error {
	apps, persons, _, err := x.people(tx, n, "assessed_k")
	if err != nil {
		return err
	}
	assessor := string(x.world.Actor("asesor1.otomotif").Person)
	var duties, tests, decisions, votes [][]any
	for i, a := range apps {
		aid, did := id.New("asm", tx.Now()), id.New("dec", tx.Now())
		duties = append(duties, []any{a, assessor, "assessor"})
		tests = append(tests, []any{aid, a, x.sched, x.lsp, persons[i], "Orang Contoh", "orang contoh", assessor, "assessor", string(assessment.Recommended), "K", "", 1})
		decisions = append(decisions, []any{did, mid, a, aid, "K", "", false, "", "", 1})
		for _, m := range members {
			p := string(x.world.Actor(m).Person)
			duties = append(duties, []any{a, p, "committee"})
			votes = append(votes, []any{did, p, a, "committee", "grant", db.At(tx.Now())})
		}
	}
	for _, t := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"case_duty", []string{"application", "person", "duty"}, duties},
		{"assessment", []string{"id", "application", "schedule", "lsp", "person", "name", "fold", "assessor", "duty", "state", "recommendation", "note", "version"}, tests},
		{"decision", []string{"id", "meeting", "application", "assessment", "recommendation", "outcome", "exception", "reason", "replaces", "version"}, decisions},
		{"vote", []string{"decision", "person", "application", "duty", "choice", "at"}, votes},
	} {
		if err := tx.Insert(t.table, t.columns, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// unsigned takes the room of a signature; what is seeded is looked up, not proven.
var unsigned = make([]byte, 64)

// face is what stands on every certificate of the seed.
func (x *seed) face() certificate.Face {
	face := certificate.Face{AreaID: x.version.AreaID, AreaEN: x.version.AreaEN, TitleID: x.version.Title(false), TitleEN: x.version.Title(true), Kind: x.version.Kind,
		ValidityMonths: 36, City: "Semarang", LSP: "LSP Otomotif Contoh Nusantara", LSPEN: "Sample", Licence: "BNSP-LSP-9901-ID"}
	for _, u := range x.version.Units {
		face.Units = append(face.Units, certificate.FaceUnit{Code: string(u.Code), TitleID: u.TitleID, TitleEN: u.TitleEN})
	}
	return face
}

// certificates fills the store up to n certificates and tells how many there are.
func (x *seed) certificates(ctx context.Context, n int) (have int, err error) {
	face := x.face()
	if err := x.s.DB.Point(ctx, "SELECT COUNT(*) FROM certificate", nil, &have); err != nil {
		return 0, err
	}
	for ; have < n && err == nil; have += step {
		err = x.s.DB.Write(ctx, func(tx *db.Tx) error {
			apps, persons, called, err := x.people(tx, step, "issued")
			if err != nil {
				return err
			}
			kept, err := certificate.KeepFace(tx, face)
			if err != nil {
				return err
			}
			var rows [][]any
			found := make([]names.Name, len(apps))
			for i, a := range apps {
				code, no := id.Code(12), fmt.Sprintf("45407 7231 0 %08d 2025", have+i)
				public, err := certificate.PublicFacts(certificate.Facts{Code: code, Number: no, Name: called[i], IssuedOn: "2026-01-05", ValidUntil: "2029-01-05", Sample: true})
				if err != nil {
					return err
				}
				found[i] = names.Name{Org: x.lsp, ID: id.New("crt", tx.Now()), Name: called[i]}
				rows = append(rows, []any{found[i].ID, a, "", "", "", x.lsp, persons[i], string(x.version.ID), code, no, certificate.NumberKey(no), "", "", called[i], text.Fold(called[i]), "2026-01-05", "2029-01-05",
					"active", kept, "", public, "", true, 1, "key-1", db.At(tx.Now()), unsigned, unsigned, fmt.Sprintf("bench-%d", (have+i)/certificate.ListSize), (have + i) % certificate.ListSize})
			}
			err = tx.Insert("certificate", []string{"id", "application", "decision", "meeting", "programme", "lsp", "person", "scheme_version", "code", "number", "number_key", "registration", "blank", "name", "fold",
				"issued_on", "valid_until", "state", "face", "photo", "public", "handed_note", "sample", "version", "signing_key", "signed_at", "signature", "qr_signature", "status_list", "status_index"}, rows)
			if err != nil {
				return err
			}
			return certificate.IndexNames(tx, found...)
		})
	}
	return have, err
}
