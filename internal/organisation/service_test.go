package organisation_test

import (
	"context"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
)

var (
	bg    = context.Background()
	setUp = auth.Actor{System: "setup"}
)

func made(t *testing.T, d *dbtest.DB, o organisation.Org) auth.OrgID {
	t.Helper()
	org, err := organisation.NewService(d.DB).Create(bg, setUp, o)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func enrolled(t *testing.T, d *dbtest.DB, name string, duties ...auth.Held) auth.Actor {
	t.Helper()
	p, err := person.NewService(d.DB, d.Box).Enrol(bg, setUp, person.Input{Name: name, Email: name + "@contoh.id", Sample: true}, person.Hash("kalimat sandi contoh"), duties)
	if err != nil {
		t.Fatal(err)
	}
	return auth.Actor{Person: p, Name: name, Duties: duties}
}

func TestWhatAnOrganisationMustSayOfItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := organisation.NewService(d.DB)
		for _, c := range []struct {
			says  string
			org   organisation.Org
			field string
		}{
			{"an office has a name", organisation.Org{Kind: organisation.LocalOffice, Name: "  "}, "name"},
			{"a kind that is known", organisation.Org{Kind: "guild", Name: "Contoh"}, "kind"},
			{"a zone of Indonesia", organisation.Org{Kind: organisation.LocalOffice, Name: "Contoh", Zone: "Mars"}, "zone"},
			{"an LSP the code that its numbers bear", organisation.Org{Kind: organisation.LSP, LSPType: "P1", Name: "Contoh"}, "code"},
			{"an LSP its type", organisation.Org{Kind: organisation.LSP, Code: "9999", Name: "Contoh"}, "lsp_type"},
			{"nobody else has one", organisation.Org{Kind: organisation.LocalOffice, LSPType: "P1", Name: "Contoh"}, "lsp_type"},
		} {
			_, err := s.Create(bg, setUp, c.org)
			if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
				t.Errorf("%s: %v", c.says, err)
			}
		}
	})
}

func TestWhatAnOrganisationWasMadeAsStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := organisation.NewService(d.DB)
		org := made(t, d, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh"})
		head := auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: org, Duty: auth.Head}}}
		edit := organisation.Org{ID: org, Kind: organisation.BNSP, LSPType: "P3", Code: "0001", Name: "LSP Contoh Baru", Zone: date.WITA, Version: 1}
		if err := s.Edit(bg, head, edit); err != nil {
			t.Fatal(err)
		}
		if err := s.Edit(bg, head, edit); !fault.Is(err, fault.Conflict) {
			t.Errorf("edited from a version that is gone: %v", err)
		}
		err := d.Read(bg, func(tx *db.Tx) error {
			o, err := organisation.Get(tx, head, org)
			if o.Kind != organisation.LSP || o.LSPType != "P1" || o.Code != "9999" || o.Name != "LSP Contoh Baru" || o.Zone != date.WITA {
				t.Errorf("%+v", o)
			}
			if _, err := organisation.Get(tx, auth.Actor{}, org); !fault.Is(err, fault.NotFound) {
				t.Errorf("nobody sees it: %v", err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestADutyIsHeldFromItsFirstDayUntilItsLast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := organisation.NewService(d.DB)
		org := made(t, d, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh"})
		head := enrolled(t, d, "kepala", auth.Held{Org: org, Duty: auth.Head})
		rina := enrolled(t, d, "rina")
		today := date.Of(d.Now(), date.WIB)
		holds := func(says string, want bool) {
			t.Helper()
			err := d.Read(bg, func(tx *db.Tx) error {
				held, err := organisation.DutiesOf(tx, rina, date.Of(tx.Now(), date.WIB))
				if got := auth.Actor.Is(auth.Actor{Duties: held}, auth.Manager, org); got != want {
					t.Errorf("%s: holds the duty %v", says, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.GiveDuty(bg, head, org, rina.Person, auth.Manager, today.AddDays(2)); err != nil {
			t.Fatal(err)
		}
		holds("before its first day", false)
		d.Clock.Add(48 * time.Hour)
		holds("on its first day", true)
		if err := s.EndDuty(bg, head, org, rina.Person, auth.Manager); err != nil {
			t.Fatal(err)
		}
		holds("once it has ended", false)
		if err := s.EndDuty(bg, head, org, rina.Person, auth.Manager); !fault.Is(err, fault.Conflict) {
			t.Errorf("ended twice: %v", err)
		}
		for _, c := range []struct {
			says string
			who  auth.Actor
			duty auth.Duty
			want fault.Kind
		}{
			{"an LSP makes nobody a regulator", head, auth.Regulator, fault.Invalid},
			{"nor an officer", head, auth.Officer, fault.Invalid},
			{"nobody gives herself a duty", rina, auth.Head, fault.Denied},
			{"nor does another body's head give one here", auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_other", Duty: auth.Head}}}, auth.Manager, fault.Denied},
		} {
			if err := s.GiveDuty(bg, c.who, org, rina.Person, c.duty, today); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", c.says, err)
			}
		}
	})
}

func TestATokenActsInOneDutyUntilItIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := organisation.NewService(d.DB)
		org := made(t, d, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh"})
		head := auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: org, Duty: auth.Head}}}
		secret, err := s.IssueToken(bg, head, org, "Sistem contoh", auth.LSPAdmin)
		if err != nil {
			t.Fatal(err)
		}
		who, token, err := s.ByToken(bg, secret)
		if err != nil || who.Person != "" || len(who.Duties) != 1 || !who.Is(auth.LSPAdmin, org) {
			t.Errorf("%+v %v", who, err)
		}
		for _, duty := range []auth.Duty{auth.Head, auth.Committee, auth.Assessor, auth.OrgAdmin, auth.Officer} {
			if _, err := s.IssueToken(bg, head, org, "x", duty); !fault.Is(err, fault.Invalid) {
				t.Errorf("a program as %s: %v", duty, err)
			}
		}
		if _, err := s.IssueToken(bg, head, org, "  ", auth.LSPAdmin); !fault.Is(err, fault.Invalid) {
			t.Errorf("a token without a name: %v", err)
		}
		if _, err := s.IssueToken(bg, who, org, "x", auth.LSPAdmin); !fault.Is(err, fault.Denied) {
			t.Errorf("a token makes a token: %v", err)
		}
		other := auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_other", Duty: auth.Head}}}
		if err := s.RevokeToken(bg, other, org, token); !fault.Is(err, fault.Denied) {
			t.Errorf("another body takes it back: %v", err)
		}
		if err := s.RevokeToken(bg, head, org, token); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.ByToken(bg, secret); !fault.Is(err, fault.SignIn) {
			t.Errorf("it still opens: %v", err)
		}
		if err := s.RevokeToken(bg, head, org, token); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken back twice: %v", err)
		}
		err = d.Read(bg, func(tx *db.Tx) error {
			if _, err := organisation.Tokens(tx, other, org); !fault.Is(err, fault.NotFound) {
				t.Errorf("another body lists them: %v", err)
			}
			all, err := organisation.Tokens(tx, head, org)
			if len(all) != 1 || all[0].RevokedAt.IsZero() {
				t.Errorf("%+v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
