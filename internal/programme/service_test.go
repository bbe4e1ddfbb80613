package programme_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

var (
	bg    = context.Background()
	setUp = auth.Actor{System: "setup"}
)

// desk is an office's desk: an officer, an LSP, a scheme.
type desk struct {
	*programme.Service
	t           *testing.T
	d           *dbtest.DB
	office, lsp auth.OrgID
	officer     auth.Actor
	scheme      scheme.VersionID
}

func open(t *testing.T, d *dbtest.DB) *desk {
	t.Helper()
	k := &desk{Service: programme.NewService(d.DB, d.Box, d.Blobs), t: t, d: d}
	orgs := organisation.NewService(d.DB)
	var err error
	k.lsp, err = orgs.Create(bg, setUp, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh", Zone: date.WIB})
	k.must(err)
	k.office, err = orgs.Create(bg, setUp, organisation.Org{Kind: organisation.LocalOffice, Name: "Dinas Contoh", Zone: date.WIB, Regency: "33.74"})
	k.must(err)
	k.officer = auth.Actor{Person: "per_officer", Duties: []auth.Held{{Org: k.office, Duty: auth.Officer}}}
	_, err = standard.NewService(d.DB).Import(bg, setUp, strings.NewReader(`{"format":"skkni-units/1","units":[{"code":"G.45TSM01.001.2","title_id":"Satu"}]}`), false)
	k.must(err)
	_, err = scheme.NewService(d.DB).Import(bg, setUp, strings.NewReader(`{"format":"schemes/1","schemes":[{"id":"contoh","name_id":"Skema Contoh","type":"klaster","field":"motorcycle","units":[{"code":"G.45TSM01.001.2"}]}]}`), false)
	k.must(err)
	k.must(d.Read(bg, func(tx *db.Tx) error {
		v, err := scheme.ByKey(tx, setUp, "contoh")
		k.scheme = v.ID
		return err
	}))
	return k
}

func (k *desk) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) refused(says string, err error, want fault.Kind) {
	k.t.Helper()
	if !fault.Is(err, want) {
		k.t.Errorf("%s: want %s, got %v", says, want, err)
	}
}

func (k *desk) draft() programme.Programme {
	return programme.Programme{Office: k.office, LSP: k.lsp, Title: "Program contoh", Year: 2026, Funding: 2, Giver: 62, Seats: 2, Regency: "33.74", HeldOn: "2026-04-01",
		Schemes: []scheme.VersionID{k.scheme}, Sample: true}
}

func (k *desk) get(id programme.ID) (p programme.Programme) {
	k.t.Helper()
	k.must(k.d.Read(bg, func(tx *db.Tx) (err error) { p, err = programme.Get(tx, k.officer, id); return err }))
	return p
}

// list is a list of so many people, all good.
func list(n int) []byte {
	out := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP\n"
	for i := range n {
		out += fmt.Sprintf("Peserta Contoh %s;33740118129399%02d;Semarang;18-12-1993;L;Semarang Tengah;084000001%02d\n", string(rune('A'+i)), i+10, i+10)
	}
	return []byte(out)
}

func TestWhatAProgrammeMustSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		k := open(t, d)
		for _, c := range []struct {
			says, field string
			but         func(*programme.Programme)
		}{
			{"a title", "title", func(p *programme.Programme) { p.Title = "" }},
			{"an LSP", "lsp", func(p *programme.Programme) { p.LSP = "" }},
			{"one that certifies", "lsp", func(p *programme.Programme) { p.LSP = k.office }},
			{"one that exists", "lsp", func(p *programme.Programme) { p.LSP = "org_forged" }},
			{"at least one seat", "seats", func(p *programme.Programme) { p.Seats = 0 }},
			{"at most a million", "seats", func(p *programme.Programme) { p.Seats = 1_000_001 }},
			{"who pays", "funding", func(p *programme.Programme) { p.Funding = 9 }},
			{"no negative budget", "budget", func(p *programme.Programme) { p.Budget = -1 }},
			{"a day", "held_on", func(p *programme.Programme) { p.HeldOn = "kemarin" }},
			{"a year of this age", "year", func(p *programme.Programme) { p.Year = 26 }},
		} {
			p := k.draft()
			c.but(&p)
			_, err := k.Create(bg, k.officer, p)
			if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
				t.Errorf("%s: %v", c.says, err)
			}
		}
		p := k.draft()
		p.Schemes = nil
		id, err := k.Create(bg, k.officer, p)
		k.must(err)
		k.refused("opened without a scheme", k.Open(bg, k.officer, id), fault.Invalid)
		_, err = k.Create(bg, auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_other", Duty: auth.Officer}}}, k.draft())
		k.refused("in another office's name", err, fault.Denied)
	})
}

func TestWhereTheSeatsEndPeopleWaitInTheOrderOfTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		k := open(t, d)
		id, err := k.Create(bg, k.officer, k.draft())
		k.must(err)
		k.must(k.Open(bg, k.officer, id))
		up, err := k.Upload(bg, k.officer, id, "daftar.csv", list(4))
		k.must(err)
		if up.New != 4 || up.Clean != 4 {
			t.Fatalf("%+v", up)
		}
		choice := map[string]scheme.VersionID{"": k.scheme}
		n, err := k.Nominate(bg, k.officer, id, choice)
		k.must(err)
		if n.Seated != 2 || n.Waitlisted != 2 {
			t.Errorf("%+v", n)
		}
		if n, err = k.Nominate(bg, k.officer, id, choice); err != nil || n.Seated+n.Waitlisted != 0 {
			t.Errorf("nominated twice: %+v %v", n, err)
		}
		names := func() string {
			out := ""
			k.must(d.Read(bg, func(tx *db.Tx) error {
				out = ""
				seated, err := programme.Seated(tx, k.officer, id, 0, 10)
				for _, s := range seated {
					out += s.Name[len(s.Name)-1:]
				}
				if err != nil {
					return err
				}
				waiting, err := programme.Waitlist(tx, k.officer, id, 0, 10)
				out += " "
				for _, w := range waiting {
					out += w.Name[len(w.Name)-1:]
				}
				return err
			}))
			return out
		}
		if got := names(); got != "AB CD" {
			t.Errorf("seated and waiting: %s", got)
		}
		p := k.get(id)
		p.Seats = 1
		k.refused("fewer seats than are taken", k.Edit(bg, k.officer, p), fault.Invalid)
		other, err := organisation.NewService(d.DB).Create(bg, setUp, organisation.Org{Kind: organisation.LSP, LSPType: "P3", Code: "9998", Name: "LSP Lain Contoh"})
		k.must(err)
		p = k.get(id)
		p.LSP = other
		k.refused("another LSP once people are nominated", k.Edit(bg, k.officer, p), fault.Invalid)
		p = k.get(id)
		p.Seats = 3
		k.must(k.Edit(bg, k.officer, p))
		if got := names(); got != "ABC D" {
			t.Errorf("with one seat more: %s", got)
		}
		k.refused("from a version that is gone", k.Edit(bg, k.officer, p), fault.Conflict)
		k.must(d.Write(bg, func(tx *db.Tx) error {
			seated, err := programme.Seated(tx, k.officer, id, 0, 10)
			if err != nil {
				return err
			}
			_, promoted, err := programme.Release(tx, seated[0].ID)
			if len(promoted) != 1 {
				t.Errorf("%d got the seat that became free", len(promoted))
			}
			return err
		}))
		if got := names(); got != "BCD " {
			t.Errorf("when the first gives her seat back: %s", got)
		}
	})
}

func TestAFrozenProgrammeChangesNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		k := open(t, d)
		id, err := k.Create(bg, k.officer, k.draft())
		k.must(err)
		k.must(k.Open(bg, k.officer, id))
		k.refused("frozen with nobody on it", k.Freeze(bg, k.officer, id), fault.Invalid)
		_, err = k.Upload(bg, k.officer, id, "daftar.csv", list(2))
		k.must(err)
		_, err = k.Nominate(bg, k.officer, id, map[string]scheme.VersionID{"": k.scheme})
		k.must(err)
		rows, err := k.Rows(bg, k.officer, id, programme.Filter{Limit: 10})
		k.must(err)
		k.must(k.Freeze(bg, k.officer, id))
		p := k.get(id)
		if p.State != programme.Frozen || p.Snapshot == "" {
			t.Errorf("%+v", p)
		}
		_, err = k.Upload(bg, k.officer, id, "daftar.csv", list(3))
		k.refused("a corrected list", err, fault.Conflict)
		_, err = k.Nominate(bg, k.officer, id, nil)
		k.refused("another nomination", err, fault.Conflict)
		_, err = k.ConfirmRows(bg, k.officer, id, []string{rows[0].ID})
		k.refused("a confirmed row", err, fault.Conflict)
		k.refused("a row taken out", k.DropRow(bg, k.officer, rows[0].ID, "alasan"), fault.Conflict)
		k.refused("a mended row", k.FixRow(bg, k.officer, rows[0].ID, rows[0].Version, nil), fault.Conflict)
		k.refused("more seats", k.Edit(bg, k.officer, p), fault.Conflict)
		k.refused("frozen twice", k.Freeze(bg, k.officer, id), fault.Conflict)
		k.must(k.Close(bg, k.officer, id))
		k.refused("given up once it is closed", k.Cancel(bg, k.officer, id, "alasan"), fault.Conflict)
		if after := k.get(id); after.Snapshot != p.Snapshot {
			t.Error("the hash over the list has changed")
		}
	})
}
