package standard_test

import (
	"context"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/standard"
)

func units(entries string) *strings.Reader {
	return strings.NewReader(`{"format":"skkni-units/1","units":[` + entries + `]}`)
}

func TestAUnitInUseIsNeverChangedButGetsAnotherEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s, setUp := context.Background(), standard.NewService(d.DB), auth.Actor{System: "setup"}
		latest := func(says string, edition int, title string) {
			t.Helper()
			err := d.Read(ctx, func(tx *db.Tx) error {
				u, err := standard.Latest(tx, setUp, "G.45TSM01.001.2")
				if u.Edition != edition || u.TitleID != title {
					t.Errorf("%s: edition %d, %q", says, u.Edition, u.TitleID)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		take := func(title string, dry bool) standard.Report {
			t.Helper()
			rep, err := s.Import(ctx, setUp, units(`{"code":"G.45TSM01.001.2","title_id":"`+title+`"}`), dry)
			if err != nil || len(rep.Errors) > 0 {
				t.Fatal(rep.Errors, err)
			}
			return rep
		}
		if rep := take("Satu", false); len(rep.Added) != 1 {
			t.Errorf("%+v", rep)
		}
		if rep := take("Satu", false); len(rep.Same) != 1 || len(rep.Added)+len(rep.Changed) > 0 {
			t.Errorf("the same file again: %+v", rep)
		}
		if rep := take("Dua", true); len(rep.Changed) != 1 {
			t.Errorf("a dry run tells what would change: %+v", rep)
		}
		latest("after a dry run", 1, "Satu")
		take("Dua", false)
		latest("not in use yet", 1, "Dua")
		if err := d.Write(ctx, func(tx *db.Tx) error { return standard.Use(tx, "G.45TSM01.001.2", 1) }); err != nil {
			t.Fatal(err)
		}
		take("Tiga", false)
		latest("once in use", 2, "Tiga")
		err := d.Read(ctx, func(tx *db.Tx) error {
			u, err := standard.Get(tx, setUp, "G.45TSM01.001.2", 1)
			if u.TitleID != "Dua" || !u.Used {
				t.Errorf("the edition in use reads %+v", u)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestABadEntryIsToldAndTheOthersAreTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s, setUp := context.Background(), standard.NewService(d.DB), auth.Actor{System: "setup"}
		rep, err := s.Import(ctx, setUp, units(`{"code":"G.45TSM01.001.2","title_id":"Satu"},{"code":"","title_id":"Tanpa kode"},{"code":"G.45TSM01.002.2"},
			{"code":"G.45TSM01.001.2","title_id":"Dua kali"},42,{"code":"G.45TSM01.003.2","title_id":"Tiga \"x\" 🌸"}`), false)
		if err != nil || len(rep.Added) != 2 || len(rep.Errors) != 4 {
			t.Fatalf("%+v %v", rep, err)
		}
		for i, key := range []string{"standard.no_code", "standard.no_title", "standard.twice", "standard.bad_entry"} {
			if rep.Errors[i].Key != key {
				t.Errorf("entry %s: %s, want %s", rep.Errors[i].Where, rep.Errors[i].Key, key)
			}
		}
		for says, file := range map[string]string{"no JSON": "unit,title", "another format": `{"format":"schemes/1"}`, "nothing": ""} {
			if _, err := s.Import(ctx, setUp, strings.NewReader(file), false); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", says, err)
			}
		}
		manager := auth.Actor{Person: "per_m", Duties: []auth.Held{{Org: "org_lsp", Duty: auth.Manager}}}
		for _, dry := range []bool{true, false} {
			if _, err := s.Import(ctx, manager, units(""), dry); !fault.Is(err, fault.Denied) {
				t.Errorf("an LSP's manager, dry %v: %v", dry, err)
			}
		}
	})
}
