package demo_test

import (
	"context"
	"testing"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/dbtest"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

func services(d *dbtest.DB) demo.Services {
	return demo.Services{DB: d.DB, Box: d.Box, Organisations: organisation.NewService(d.DB), People: person.NewService(d.DB, d.Box), Standards: standard.NewService(d.DB),
		Schemes: scheme.NewService(d.DB), Licences: licence.NewService(d.DB), Programmes: programme.NewService(d.DB, d.Box, d.Blobs),
		Applications: application.NewService(d.DB, d.Box, d.Blobs), Assessments: assessment.NewService(d.DB), Decisions: decision.NewService(d.DB),
		Certificates: certificate.NewService(d.DB, d.Box, d.Blobs, "https://contoh.id")}
}

func TestEveryGoodRowOfEveryStoryEndsInADecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		w, err := demo.Build(ctx, services(d))
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
