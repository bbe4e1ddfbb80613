package verify

import (
	"strings"
	"testing"
)

func TestWhatIsAskedForIsUnderstood(t *testing.T) {
	for _, c := range []struct{ written, code, number string }{
		{"7KQ2M9XD4HWP", "7KQ2M9XD4HWP", "7KQ2M9XD4HWP"},
		{" 7kq2-m9xd-4hwp ", "7KQ2M9XD4HWP", "7kq2-m9xd-4hwp"},
		{"https://contoh.id/v/7kq2m9xd4hwp", "7KQ2M9XD4HWP", ""},
		{"HTTPS://CONTOH.ID/V/7KQ2M9XD4HWP#ABC234", "7KQ2M9XD4HWP", ""},
		{"https://contoh.id/v/7KQ2M9XD4HWP?at=2026-05-01", "7KQ2M9XD4HWP", ""},
		{"https://contoh.id/v/", "", ""},
		{"81210 9412 2 0001234 2026", "", "81210 9412 2 0001234 2026"},
		{"123456789012", "", "123456789012"}, // twelve digits are a number: codes have letters
		{"halo", "", "halo"},
	} {
		if q := read(c.written); q.code != c.code || q.number != c.number {
			t.Errorf("%q: %+v", c.written, q)
		}
	}
}

func FuzzAList(f *testing.F) {
	for _, s := range []string{"81210 9412 2 0001234 2026\r\n7KQ2M9XD4HWP", "\t,;\n\n", "https://contoh.id/v/7KQ2M9XD4HWP#A", "/v/", "a\x00b\u00e9\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		for _, row := range rowsOf(pasted) {
			if row == "" || strings.ContainsAny(row, "\r\n\t") {
				t.Errorf("row %q", row)
			}
			if q := read(row); strings.ContainsAny(q.code, "#?") || q.code != strings.ToUpper(q.code) {
				t.Errorf("%q: %+v", row, q)
			}
		}
	})
}
