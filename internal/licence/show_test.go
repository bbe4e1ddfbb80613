package licence_test

import (
	"context"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
)

func TestRunsOfBlanksSayWhatIsLeftAndWhatComesNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, setup := context.Background(), auth.Actor{System: "setup"}
		org, err := organisation.NewService(d.DB).Create(ctx, setup, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh", Zone: date.WIB})
		if err != nil {
			t.Fatal(err)
		}
		admin := auth.Actor{Person: "per_a", Duties: []auth.Held{{Org: org, Duty: auth.LSPAdmin}}}
		s := licence.NewService(d.DB)
		if err := s.ReceiveBlanks(ctx, admin, org, licence.Range{Prefix: "C-", Width: 4, First: 1, Last: 10, ReceivedOn: "2026-03-02"}); err != nil {
			t.Fatal(err)
		}
		if err := s.SpoilBlank(ctx, admin, org, "C-0001", "salah cetak"); err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			for _, c := range []struct {
				says string
				who  auth.Actor
				sees bool
			}{
				{"its own people see the stock", admin, true},
				{"the regulator sees it", auth.Actor{Person: "per_r", Duties: []auth.Held{{Org: "org_bnsp", Duty: auth.Regulator}}}, true},
				{"another body does not", auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_o", Duty: auth.LSPAdmin}}}, false},
			} {
				runs, err := licence.Runs(tx, c.who, org)
				switch {
				case !c.sees && !fault.Is(err, fault.NotFound):
					t.Errorf("%s: %v", c.says, err)
				case c.sees && (err != nil || len(runs) != 1 || runs[0].Left != 9 || runs[0].Next != "C-0002"):
					t.Errorf("%s: %+v %v", c.says, runs, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		offers := licence.Offers(flow.Case{Actor: admin}, org, flow.None)
		if len(offers) != 1 || offers[0].Action != "receive_blanks" {
			t.Errorf("an LSP admin is offered %+v", offers)
		}
	})
}
