package scheme_test

import (
	"context"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

// first is the published version of a scheme of one unit.
func first(t *testing.T, d *dbtest.DB) scheme.Version {
	t.Helper()
	ctx, setUp := context.Background(), auth.Actor{System: "setup"}
	units := `{"format":"skkni-units/1","units":[{"code":"G.45TSM01.001.2","title_id":"Satu"},{"code":"G.45TSM01.002.2","title_id":"Dua"}]}`
	if _, err := standard.NewService(d.DB).Import(ctx, setUp, strings.NewReader(units), false); err != nil {
		t.Fatal(err)
	}
	file := `{"format":"schemes/1","schemes":[{"id":"contoh","name_id":"Skema Contoh","type":"klaster","field":"motorcycle","units":[{"code":"G.45TSM01.001.2"}]}]}`
	if rep, err := scheme.NewService(d.DB).Import(ctx, setUp, strings.NewReader(file), false); err != nil || len(rep.Errors) > 0 {
		t.Fatal(rep.Errors, err)
	}
	var v scheme.Version
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { v, err = scheme.ByKey(tx, setUp, "contoh"); return err }); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestADraftIsChangedUntilItIsPublishedAndThenTakesTheOldOnesPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s := context.Background(), scheme.NewService(d.DB)
		bnsp := auth.Actor{Person: "per_bnsp", Duties: []auth.Held{{Org: "org_bnsp", Duty: auth.Regulator}}}
		manager := auth.Actor{Person: "per_m", Duties: []auth.Held{{Org: "org_lsp", Duty: auth.Manager}}}
		old := first(t, d)
		refused := func(says string, err error, want fault.Kind) {
			t.Helper()
			if !fault.Is(err, want) {
				t.Errorf("%s: want %s, got %v", says, want, err)
			}
		}
		get := func(id scheme.VersionID) (v scheme.Version) {
			t.Helper()
			if err := d.Read(ctx, func(tx *db.Tx) (err error) { v, err = scheme.Get(tx, bnsp, id); return err }); err != nil {
				t.Fatal(err)
			}
			return v
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.NewDraft(ctx, manager, old.ID)
		refused("an LSP drafts", err, fault.Denied)
		id, err := s.NewDraft(ctx, bnsp, old.ID)
		must(err)
		_, err = s.NewDraft(ctx, bnsp, old.ID)
		refused("a second draft of one scheme", err, fault.Conflict)
		v := get(id)
		if v.No != old.No+1 || v.State != scheme.Draft || len(v.Units) != 1 {
			t.Errorf("the draft begins as %+v", v)
		}
		empty := v
		empty.TitleID = " "
		refused("without a title", s.Edit(ctx, bnsp, empty), fault.Invalid)
		v.Units = nil
		must(s.Edit(ctx, bnsp, v))
		refused("from a version that is gone", s.Edit(ctx, bnsp, v), fault.Conflict)
		refused("published without a unit", s.Publish(ctx, bnsp, id), fault.Invalid)
		v = get(id)
		v.Units = []scheme.PackageUnit{{Code: "G.45TSM01.001.2", Edition: 1, Kind: "core"}, {Code: "G.45TSM01.002.2", Edition: 1, Kind: "core"}}
		must(s.Edit(ctx, bnsp, v))
		must(s.Publish(ctx, bnsp, id))
		refused("changed once it is published", s.Edit(ctx, bnsp, get(id)), fault.Conflict)
		if got := get(old.ID); got.State != scheme.Retired || len(got.Units) != 1 {
			t.Errorf("the old version: %+v", got)
		}
		use := func(id scheme.VersionID) error {
			return d.Write(ctx, func(tx *db.Tx) error { return scheme.Use(tx, bnsp, id) })
		}
		refused("a file takes a retired version", use(old.ID), fault.Invalid)
		must(use(id))
		must(d.Read(ctx, func(tx *db.Tx) error {
			u, err := standard.Get(tx, bnsp, "G.45TSM01.002.2", 1)
			if !u.Used {
				t.Error("the units of a version in use are frozen with it")
			}
			return err
		}))
		refused("retired without a reason", s.Retire(ctx, bnsp, id, ""), fault.Invalid)
		must(s.Retire(ctx, bnsp, id, "diganti (contoh)"))
		if got := get(id); got.State != flow.State("retired") || len(got.Units) != 2 {
			t.Errorf("%+v", got)
		}
	})
}
