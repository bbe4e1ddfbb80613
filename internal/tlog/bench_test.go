package tlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"kompeten/internal/db"
)

// BenchmarkLog appends, integrates and publishes on a file, and proves. KOMPETEN_TEST_LEAVES sets how many leaves.
func BenchmarkLog(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("KOMPETEN_TEST_LEAVES"))
	n = max(n, 100_000)
	for b.Loop() {
		dir := b.TempDir()
		d, err := db.Open(ctx, filepath.Join(dir, "kompeten.db"), db.Options{Clock: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		l := open(b, d, filepath.Join(dir, "log"), nil)
		var append, publish time.Duration
		for from := 0; from < n; from += 50_000 {
			start := time.Now()
			for i := from; i < min(from+50_000, n); i += 500 {
				put(b, d, many(i, 500)...)
			}
			append += time.Since(start)
			start = time.Now()
			integrate(b, l)
			publish += time.Since(start)
		}
		start := time.Now()
		for i := range 200 {
			if _, err := l.Prove(ctx, issued(i*(n/200)).Ref); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/append.Seconds(), "appends/s")
		b.ReportMetric(float64(n)/publish.Seconds(), "published/s")
		b.ReportMetric(float64(time.Since(start).Microseconds())/200, "µs/proof")
		start = time.Now()
		rep, err := Replay(ctx, SourceAt(l.o.Dir, nil), l.trust)
		if err != nil || len(rep.Findings) > 0 || rep.Leaves != int64(n) {
			b.Fatal(fmt.Sprint(rep.Findings, err))
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "audited/s")
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
