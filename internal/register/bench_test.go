package register

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/region"
)

// counted is what is counted of about ten million certificates: of a thousand schemes, all regencies and cities, ten
// years of months, a few schemes and places having most of them. Every count of a place is spread over all parts.
func counted(total int) map[cell]int64 {
	var places []string
	for _, r := range region.Facts() {
		if r.Kind() == region.Regency {
			places = append(places, r.Code)
		}
	}
	const schemes, months = 1000, 118
	r := rand.New(rand.NewPCG(1, 1))
	add := map[cell]int64{}
	put := func(tab, a, b, state, until string, part int, n int64) {
		if n > 0 {
			add[cell{true, tab, a, b, state, until, int64(part % parts)}] += n
		}
	}
	month := func(i int) string { return month(date.Date("2017-01-15").AddMonths(i)) }
	scale := float64(total) * 9 / (schemes * float64(len(places)))
	perPlace := make([]int64, len(places))
	for s := range schemes {
		kind, all := kindOf(fmt.Sprintf("sch_%04d", s), 2+s%6, fmt.Sprintf("S%02d", s%20)), int64(0)
		for p, place := range places {
			x, y := float64(s)/schemes, float64(p)/float64(len(places))
			n := int64(r.ExpFloat64() * scale * (1 - x) * (1 - x) * (1 - y) * (1 - y))
			put(schemeByRegency, kind, place, "", "", s, n)
			put(byRegency, place, "", "", "", s, n)
			all, perPlace[p] = all+n, perPlace[p]+n
		}
		put(byScheme, kind, "", "", "", s, all)
		for m := range months {
			n := all*int64(m+1)/months - all*int64(m)/months
			put(schemeByMonth, kind, month(m), "", "", s, n)
			put(byMonth, month(m), "", "", "", s, n)
			put(byStatus, "", "", "active", month(m+36), s, n)
		}
	}
	for p, place := range places {
		for k := range int64(parts * months) {
			n := perPlace[p]*(k+1)/(parts*months) - perPlace[p]*k/(parts*months)
			part, m := int(k)/months, int(k)%months
			put(regencyByStatus, place, "", "active", month(m+36), part, n)
			put(regencyBySex, place, "L", "", "", part, n/2)
			put(regencyBySex, place, "P", "", "", part, n-n/2)
			put(bySex, "L", "", "", "", part, n/2)
			put(bySex, "P", "", "", "", part, n-n/2)
		}
	}
	return add
}

func BenchmarkFiguresOfTenMillionCertificates(b *testing.B) {
	d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "counts.db"), db.Options{Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	add := counted(10_000_000)
	for part := range slices.Chunk(slices.SortedFunc(maps.Keys(add), cell.less), 50_000) {
		err := d.Write(b.Context(), func(tx *db.Tx) error {
			rows := make([][]any, len(part))
			for i, k := range part {
				rows[i] = []any{k.sample, k.tab, k.a, k.b, k.state, k.until, k.part, add[k]}
			}
			return tx.Insert("register_count", []string{"sample", "tab", "a", "b", "state", "until", "part", "n"}, rows)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	s := NewService(d, nil)
	from := time.Now()
	t, err := s.Tables(b.Context(), true)
	if err != nil || t.Total < 9_000_000 {
		b.Fatal(t.Total, err)
	}
	b.Logf("%d certificates in %d counts; crossed tables made in %v", t.Total, len(add), time.Since(from).Round(time.Millisecond))
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Figures(b.Context(), true); err != nil {
				b.Fatal(err)
			}
		}
	})
}
