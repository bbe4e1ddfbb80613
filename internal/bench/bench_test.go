package bench_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/bench"
	"kompeten/internal/dbtest"
)

func TestPartsAreMeasuredByThemselves(t *testing.T) {
	for part, rows := range map[string][]string{
		"one":       {"issue one by one through the API, durable", "one client alone"},
		"log":       {"log: 1000 leaves appended", "one inclusion proof"},
		"decisions": {"decide 20 cases", "number and issue 20 certificates"},
	} {
		t.Run(part, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *dbtest.DB) { measured(t, d, part, rows) })
		})
	}
}

func measured(t *testing.T, d *dbtest.DB, part string, rows []string) {
	ctx := context.Background()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Database: d.Name, Keys: d.Keys, Base: "https://example.org", Readers: 4}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	a.Clock.Set(0)
	run := bench.New(a.Services, w, a.Handler(true, nil), bench.Sizes{Decisions: 20, Single: 40, Leaves: 1000}, io.Discard)
	if err := run.Measure(ctx, part); err != nil {
		t.Fatal(err)
	}
	for _, want := range rows {
		if !slices.ContainsFunc(run.Figures, func(f bench.Figure) bool { return strings.Contains(f.Work, want) && f.Value > 0 }) {
			t.Errorf("no figure %q: %+v", want, run.Figures)
		}
	}
	var audit bytes.Buffer
	if n, err := a.AuditAll(ctx, &audit, func(int) {}); part == "decisions" && (err != nil || n > 0) {
		t.Errorf("it leaves what no program of ours would leave: %v\n%s", err, audit.String())
	}
}
