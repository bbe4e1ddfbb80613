package scheme_test

import (
	"context"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

func TestAUnitKnowsTheSchemesThatUseItAndAVersionWhatItChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, setup := context.Background(), auth.Actor{System: "setup"}
		units := `{"format":"skkni-units/1","units":[{"code":"G.45TSM01.001.2","title_id":"Satu"},{"code":"G.45TSM01.002.2","title_id":"Dua"}]}`
		if _, err := standard.NewService(d.DB).Import(ctx, setup, strings.NewReader(units), false); err != nil {
			t.Fatal(err)
		}
		s := scheme.NewService(d.DB)
		for _, list := range []string{`[{"code":"G.45TSM01.001.2"}]`, `[{"code":"G.45TSM01.001.2"},{"code":"G.45TSM01.002.2","kind":"elective"}]`} {
			file := `{"format":"schemes/1","schemes":[{"id":"contoh","name_id":"Skema Contoh","type":"klaster","field":"motorcycle","units":` + list + `}]}`
			if rep, err := s.Import(ctx, setup, strings.NewReader(file), false); err != nil || len(rep.Errors) > 0 {
				t.Fatal(rep.Errors, err)
			}
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			used, err := scheme.Using(tx, setup, "G.45TSM01.001.2")
			if err != nil {
				return err
			}
			if len(used) != 2 || used[0].No != 2 || used[1].State != scheme.Retired {
				t.Fatalf("%+v", used)
			}
			if used, err = scheme.Using(tx, setup, "G.45TSM01.002.2"); len(used) != 1 || err != nil {
				t.Errorf("%d use the second unit, %v", len(used), err)
			}
			all, err := scheme.Versions(tx, setup, used[0].Scheme)
			if err != nil {
				return err
			}
			for i := range all {
				if all[i], err = scheme.Get(tx, setup, all[i].ID); err != nil {
					return err
				}
			}
			got := scheme.Changes(all[1], all[0])
			if len(got) != 1 || got[0].What != "units G.45TSM01.002.2" || got[0].Old != "" {
				t.Errorf("%+v", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
