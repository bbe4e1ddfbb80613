package demo_test

import (
	"context"
	"testing"
	"time"

	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/ledger"
	"kompeten/internal/product"
)

func TestEveryGoodRowOfEveryStoryEndsInADecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		w, err := demo.Build(ctx, product.New(d.DB, d.Box, d.Blobs, "https://contoh.id"))
		if err != nil {
			t.Fatal(err)
		}
		for story, good := range map[string]int{"semarang": 25, "malang": 36, "probolinggo": 35} {
			r, err := w.Play(ctx, story, nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) })
			if err != nil {
				t.Fatal(err)
			}
			if r.Good != good || r.Decided != good {
				t.Errorf("%s: %d good, %d decided; want %d", story, r.Good, r.Decided, good)
			}
		}
		rep, err := ledger.Audit(ctx, d.DB, d.Box.LedgerKey())
		if err != nil || len(rep.Findings) > 0 || rep.Rows < 500 {
			t.Errorf("audit: %+v %v", rep, err)
		}
	})
}
