package organisation_test

import (
	"context"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
)

func TestAnLSPSetsHowItsNumbersAreWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s := context.Background(), organisation.NewService(d.DB)
		org, err := s.Create(ctx, auth.Actor{System: "setup"}, organisation.Org{Kind: organisation.LSP, LSPType: "P3", Code: "9999", Name: "LSP Contoh", Zone: date.WIB})
		if err != nil {
			t.Fatal(err)
		}
		duty := func(d auth.Duty) auth.Actor {
			return auth.Actor{Person: "per_x", Duties: []auth.Held{{Org: org, Duty: d}}}
		}
		rule := number.Rule{Pattern: "{serial}/TUGAS/{year}", Width: 4, Start: 41, Reset: "year"}
		for _, c := range []struct {
			says string
			who  auth.Actor
			rule number.Rule
			want fault.Kind
		}{
			{"the manager does not", duty(auth.Manager), rule, fault.Denied},
			{"the head of another body does not", auth.Actor{Person: "per_y", Duties: []auth.Held{{Org: "org_other", Duty: auth.Head}}}, rule, fault.Denied},
			{"a rule without a serial is refused", duty(auth.Head), number.Rule{Pattern: "x", Width: 1, Start: 1, Reset: "never"}, fault.Invalid},
			{"the head does", duty(auth.Head), rule, ""},
		} {
			if err := s.SetNumbers(ctx, c.who, org, number.Letter, c.rule); (err == nil) != (c.want == "") || err != nil && !fault.Is(err, c.want) {
				t.Errorf("%s: %v", c.says, err)
			}
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := number.Allot(tx, org, number.Letter, date.Of(tx.Now(), date.WIB), []number.Want{{Record: "sch_1"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			rules, err := organisation.NumberRules(tx, duty(auth.Head), org)
			if err != nil {
				return err
			}
			if len(rules) != 5 || rules[0].Next != "0042/TUGAS/2026" || rules[3].Next != "45407 7231 2 0000001 2026" {
				t.Errorf("%+v", rules)
			}
			if _, err := organisation.NumberRules(tx, auth.Actor{Person: "per_y"}, org); !fault.Is(err, fault.NotFound) {
				t.Errorf("a stranger sees the rules: %v", err)
			}
			past, err := ledger.Of(tx, duty(auth.Head), string(org))
			if last := past[len(past)-1]; last.Action != "set_numbers" || last.Actor != "per_x" {
				t.Errorf("%+v", last)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again := number.Rule{Pattern: "{serial}/TUGAS/2026", Width: 4, Start: 41, Reset: "never"}
		if err := s.SetNumbers(ctx, duty(auth.Head), org, number.Letter, again); !fault.Is(err, fault.Invalid) {
			t.Errorf("a rule that gives out a number again: %v", err)
		}
	})
}

func TestAPageOfEveryKindGoesOnWhereTheLastEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s, setup := context.Background(), organisation.NewService(d.DB), auth.Actor{System: "setup"}
		for i := range organisation.PageSize + 3 {
			o := organisation.Org{Kind: organisation.Company, Name: "PT Contoh " + string(rune('A'+i%26)), Zone: date.WIB}
			if i%2 == 0 {
				o.Kind = organisation.LocalOffice
			}
			if _, err := s.Create(ctx, setup, o); err != nil {
				t.Fatal(err)
			}
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			first, err := organisation.Page(tx, setup, "", organisation.Cursor{})
			if err != nil || len(first) != organisation.PageSize+1 {
				t.Fatalf("%d, %v", len(first), err)
			}
			rest, err := organisation.Page(tx, setup, "", organisation.After(first[organisation.PageSize-1]))
			if len(rest) != 3 || rest[0].ID != first[organisation.PageSize].ID {
				t.Errorf("%d follow", len(rest))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
