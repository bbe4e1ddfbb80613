package verify_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/lookup"
	"kompeten/internal/product"
	"kompeten/internal/verify"
	"net/http"
)

func BenchmarkCheck(b *testing.B) {
	d := dbtest.Open(b)
	s := product.New(d.DB, d.Box, d.Blobs, "https://contoh.id")
	w, err := demo.Build(context.Background(), s)
	if err != nil {
		b.Fatal(err)
	}
	res, err := w.Play(context.Background(), "malang", nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		b.Fatal(err)
	}
	var c []certificate.Certificate
	_ = d.Read(context.Background(), func(tx *db.Tx) (err error) {
		c, err = certificate.ByMeeting(tx, w.Actor("manajer.kebersihan"), res.Meetings[0])
		return err
	})
	limits := lookup.NewLimiter(d.DB, d.Box.Hash, 1<<20)
	for _, x := range []struct {
		name, accept string
		cfg          verify.Config
	}{
		{"bare", "application/json", verify.Config{Now: d.Now}},
		{"json", "application/json", verify.Config{Now: d.Now, Limits: limits, Lookups: s.Lookups}}, // as an installation does it
		{"page", "text/html", verify.Config{Now: d.Now, Limits: limits, Lookups: s.Lookups}},
	} {
		mux := http.NewServeMux()
		verify.New(s.Certificates, x.cfg, slog.New(slog.DiscardHandler)).Register(mux)
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequest("GET", "/v/"+c[0].Code, nil)
				req.Header.Set("Accept", x.accept)
				rec := httptest.NewRecorder()
				mux.ServeHTTP(rec, req)
				if rec.Code != 200 {
					b.Fatal(rec.Code)
				}
				_, _ = io.Copy(io.Discard, rec.Body)
			}
		})
	}
	b.Run("point", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Certificates.ByCode(context.Background(), c[0].Code); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("select", func(b *testing.B) {
		for b.Loop() {
			var x string
			if err := d.Point(context.Background(), "SELECT code FROM certificate WHERE code = $1", []any{c[0].Code}, &x); err != nil {
				b.Fatal(err)
			}
		}
	})
}
