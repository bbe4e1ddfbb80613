package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

func pass(t *testing.T, tx *db.Tx) flow.Pass {
	t.Helper()
	who := flow.Who[string]{Name: "anyone", Is: func(auth.Actor, string) bool { return true }}
	table := flow.Table[string]{Kind: "note", State: func(string) flow.State { return flow.None },
		Steps: []flow.Step[string]{{Do: "write", From: []flow.State{flow.None}, To: "written", By: []flow.Who[string]{who}}}}
	p, err := table.Allow(flow.Case{Actor: auth.Actor{Person: "per_ani"}, Now: tx.Now()}, "write", "", "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t *testing.T, d *dbtest.DB, book auth.OrgID, n int) {
	t.Helper()
	for i := range n {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			return ledger.Append(tx, book, fmt.Sprintf("rec_%d", i), pass(t, tx), map[string]int{"n": i})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := d.Write(context.Background(), func(tx *db.Tx) error { return ledger.Seal(tx, d.Box.LedgerKey()) })
	if err != nil {
		t.Fatal(err)
	}
}

func audit(t *testing.T, d *dbtest.DB) ledger.Report {
	t.Helper()
	rep, err := ledger.Audit(context.Background(), d.DB, d.Box.LedgerKey())
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestAnUntouchedLedgerIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		write(t, d, "org_a", 7)
		write(t, d, "org_b", 3)
		write(t, d, "org_a", 2)
		rep := audit(t, d)
		if rep.Books != 2 || rep.Rows != 12 || rep.Seals != 3 || len(rep.Findings) != 0 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestManyWriteIntoOneBookAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		const writers, each = 8, 12 // also the first of the book at the same moment
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for i := range each {
					err := d.Write(context.Background(), func(tx *db.Tx) error {
						return ledger.Append(tx, "org_a", fmt.Sprintf("rec_%d", i), pass(t, tx), nil)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if rep := audit(t, d); rep.Rows != writers*each || len(rep.Findings) != 0 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestWhatIsChangedBehindTheProgramsBackIsFound(t *testing.T) {
	for _, c := range []struct{ says, sql, want string }{
		{"a reason rewritten", "UPDATE ledger SET reason = 'x' WHERE seq = 3", "changed"},
		{"a time moved back", "UPDATE ledger SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 3", "changed"},
		{"a row taken out of the middle", "DELETE FROM ledger WHERE seq = 3", "missing"},
		{"the last row taken out", "DELETE FROM ledger WHERE seq = 5", "head"},
		{"the last row taken out and the head put back", "DELETE FROM ledger WHERE seq = 5; UPDATE ledger_book SET seq = 4, hash = (SELECT hash FROM ledger WHERE seq = 4)", "seal"},
		{"a whole book thrown away", "DELETE FROM ledger; DELETE FROM ledger_book", "missing"},
		{"the seal rewritten", "UPDATE ledger_seal SET mac = hash FROM ledger WHERE ledger.seq = ledger_seal.seq", "seal"},
	} {
		t.Run(c.says, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
				write(t, d, "org_a", 5)
				for _, q := range split(c.sql) {
					if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(q); return err }); err != nil {
						t.Fatal(err)
					}
				}
				rep := audit(t, d)
				if len(rep.Findings) == 0 || rep.Findings[0].What != c.want {
					t.Errorf("findings %v, want %s", rep.Findings, c.want)
				}
			})
		})
	}
}

func split(s string) (out []string) {
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != ';' {
			i++
		}
		out = append(out, s[:i])
		s = s[min(i+1, len(s)):]
	}
	return out
}

func TestNothingIsWrittenWithoutAPass(t *testing.T) {
	d := dbtest.Open(t)
	err := d.Write(context.Background(), func(tx *db.Tx) error { return ledger.Append(tx, "org_a", "rec", flow.Pass{}, nil) })
	if !errors.Is(err, ledger.ErrNoPass) {
		t.Errorf("%v", err)
	}
}

func TestARecordsHistoryIsForItsOrganisation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		write(t, d, "org_a", 2)
		for _, c := range []struct {
			actor auth.Actor
			rows  int
		}{
			{auth.Actor{Person: "per_x", Duties: []auth.Held{{Org: "org_a", Duty: auth.Officer}}}, 1},
			{auth.Actor{Person: "per_x", Duties: []auth.Held{{Org: "org_b", Duty: auth.Officer}}}, 0},
		} {
			err := d.Read(context.Background(), func(tx *db.Tx) error {
				rows, err := ledger.Of(tx, c.actor, "rec_1")
				if len(rows) != c.rows {
					t.Errorf("%v sees %d rows, want %d", c.actor.Duties, len(rows), c.rows)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
