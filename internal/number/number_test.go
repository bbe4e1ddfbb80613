package number_test

import (
	"context"
	"sync"
	"testing"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/number"
)

func allot(t *testing.T, d *dbtest.DB, k number.Kind, day string, wants ...number.Want) []number.Number {
	t.Helper()
	var out []number.Number
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = number.Allot(tx, "org_lsp", k, "2026-04-06", wants)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNumbersAreWrittenByTheBodysRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		cert := number.Want{Record: "crt_1", Vars: map[string]string{"kbli": "45407", "kbji": "7231", "level": "2"}}
		if n := allot(t, d, number.Certificate, "2026-04-06", cert)[0]; n.Text != "45407 7231 2 0000001 2026" {
			t.Error(n.Text)
		}
		letter := number.Want{Record: "sch_1", Vars: map[string]string{"lsp": "9999"}}
		if n := allot(t, d, number.Letter, "2026-04-06", letter)[0]; n.Text != "001/ST/LSP-9999/IV/2026" {
			t.Error(n.Text)
		}
		rule := number.Rule{Pattern: "{sector}.{lsp}.{serial}.{year}", Width: 6, Start: 108289, Reset: "never"}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return number.Set(tx, "org_lsp", number.Registration, rule) }); err != nil {
			t.Fatal(err)
		}
		reg := number.Want{Record: "crt_1", Vars: map[string]string{"sector": "OTO", "lsp": "9999"}}
		if n := allot(t, d, number.Registration, "2026-04-06", reg, reg)[1]; n.Text != "OTO.9999.108290.2026" {
			t.Error(n.Text)
		}
	})
}

func TestNumbersAreGapFreeWhenManyAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					_ = d.Write(context.Background(), func(tx *db.Tx) error {
						ns, err := number.Allot(tx, "org_lsp", number.Decree, "2026-04-06", make([]number.Want, 3))
						if err == nil && ns[0].Serial%5 == 0 {
							return fault.New(fault.Invalid, "test.undone") // a transaction that fails takes its numbers back
						}
						return err
					})
				}
			})
		}
		wg.Wait()
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			gaps, err := number.Gaps(tx, "org_lsp")
			if len(gaps) != 0 {
				t.Errorf("gaps: %v", gaps)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAVoidNumberIsKeptAndNotUsedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		first := allot(t, d, number.Minutes, "2026-04-06", number.Want{Record: "mtg_1"})[0]
		void := func() error {
			return d.Write(context.Background(), func(tx *db.Tx) error { return number.Void(tx, "org_lsp", number.Minutes, first.Text, "misprint") })
		}
		if err := void(); err != nil {
			t.Fatal(err)
		}
		if err := void(); !fault.Is(err, fault.Conflict) {
			t.Errorf("void twice: %v", err)
		}
		if next := allot(t, d, number.Minutes, "2026-04-06", number.Want{Record: "mtg_2"})[0]; next.Serial != first.Serial+1 {
			t.Errorf("serial %d after %d", next.Serial, first.Serial)
		}
	})
}

func TestARuleWithoutSerialIsRefused(t *testing.T) {
	d := dbtest.Open(t)
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		return number.Set(tx, "org_lsp", number.Decree, number.Rule{Pattern: "{year}", Width: 3, Start: 1, Reset: "never"})
	})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
