package application_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"kompeten/internal/blob"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/demo"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
	"kompeten/internal/sheet"
)

// BenchmarkImport takes good rows of lists of 10,000 people all the way to applications: sealed, a ledger row each, on
// SQLite as it is configured in earnest.
func BenchmarkImport(b *testing.B) {
	const rows = 10_000
	ctx := context.Background()
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	d, err := db.Open(ctx, filepath.Join(b.TempDir(), "bench.db"), db.Options{Clock: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	box, err := seal.Load(ctx, d, filepath.Join(b.TempDir(), "keys.json"))
	if err != nil {
		b.Fatal(err)
	}
	blobs, err := blob.New(b.TempDir(), box)
	if err != nil {
		b.Fatal(err)
	}
	s := product.New(d, box, blobs, "https://contoh.id")
	w, err := demo.Build(ctx, s)
	if err != nil {
		b.Fatal(err)
	}
	officer := w.Actor("petugas.semarang")
	var v scheme.Version
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		v, err = scheme.ByKey(tx, officer, "demo-kl-servis-ringan-motor")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		pid, err := s.Programmes.Create(ctx, officer, programme.Programme{Office: w.Org("disperin-semarang"), LSP: w.Org("lsp-otomotif"), Title: "Bench", Year: 2026, Funding: 2,
			Giver: 62, Seats: 2 * rows, Regency: "33.74", HeldOn: date.Date("2026-04-06"), Schemes: []scheme.VersionID{v.ID}})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Programmes.Open(ctx, officer, pid); err != nil {
			b.Fatal(err)
		}
		res, err := s.Programmes.Upload(ctx, officer, pid, "list.xlsx", sheet.SampleList(rows, uint64(i)))
		if err != nil || res.Clean+res.Warnings+res.Errors != rows {
			b.Fatal(res, err)
		}
		b.StartTimer()
		n, err := s.Programmes.Nominate(ctx, officer, pid, nil)
		if err != nil {
			b.Fatal(err)
		}
		made, err := s.Applications.DraftAll(ctx, officer, pid)
		if err != nil || made != n.Seated || made < rows*9/10 {
			b.Fatal(made, n, err)
		}
		b.ReportMetric(float64(made*b.N)/b.Elapsed().Seconds(), "rows/s")
	}
}
