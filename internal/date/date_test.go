package date_test

import (
	"testing"
	"time"

	"kompeten/internal/date"
)

func TestACivilDayDependsOnTheZone(t *testing.T) {
	at := time.Date(2026, 3, 2, 16, 30, 0, 0, time.UTC)
	for z, want := range map[date.Zone]date.Date{date.WIB: "2026-03-02", date.WITA: "2026-03-03", date.WIT: "2026-03-03", "": "2026-03-02"} {
		if got := date.Of(at, z); got != want {
			t.Errorf("%s: %s", z, got)
		}
	}
}

func TestMonthsAreCalendarMonths(t *testing.T) {
	for _, c := range []struct {
		from date.Date
		n    int
		want date.Date
	}{
		{"2024-02-29", 36, "2027-02-28"}, {"2026-04-06", 36, "2029-04-06"}, {"2026-01-31", 1, "2026-02-28"}, {"2026-12-31", 2, "2027-02-28"},
	} {
		if got := c.from.AddMonths(c.n); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDaysThatDoNotExistAreRefused(t *testing.T) {
	for _, s := range []string{"2021-02-29", "2021-13-01", "21-01-01", "", "2021-1-1"} {
		if _, err := date.Parse(s); err == nil {
			t.Errorf("%q passed", s)
		}
	}
	if _, ok := date.Make(1995, 2, 29); ok {
		t.Error("29 February 1995 passed")
	}
}

func TestAgeCountsFullYears(t *testing.T) {
	if a, b := date.Age("2009-04-07", "2026-04-06"), date.Age("2009-04-06", "2026-04-06"); a != 16 || b != 17 {
		t.Error(a, b)
	}
	if n := date.Date("2026-02-27").DaysTo("2026-03-02"); n != 3 {
		t.Error(n)
	}
}
