// Package date is the civil day: what stands on a letter, a birth record, a certificate. It has no clock and no
// time of day; a day turns into an instant only where a time zone is named.
package date

import (
	"fmt"
	"time"
)

// Date is a civil day written 2026-03-04; so written, days sort and compare as text. Empty means unknown.
type Date string

// Layout is how a Date is written.
const Layout = "2006-01-02"

// Zone is one of the three time zones of Indonesia.
type Zone string

// The zones: west, middle, east.
const (
	WIB  Zone = "WIB"
	WITA Zone = "WITA"
	WIT  Zone = "WIT"
)

// Location gives the zone for the clock; an unknown zone is WIB.
func (z Zone) Location() *time.Location {
	switch z {
	case WITA:
		return time.FixedZone("WITA", 8*3600)
	case WIT:
		return time.FixedZone("WIT", 9*3600)
	}
	return time.FixedZone("WIB", 7*3600)
}

// Of is the civil day at an instant in a zone.
func Of(t time.Time, z Zone) Date { return Date(t.In(z.Location()).Format(Layout)) }

// Parse reads 2026-03-04 and refuses days that do not exist.
func Parse(s string) (Date, error) {
	if _, err := time.Parse(Layout, s); err != nil {
		return "", fmt.Errorf("date %q: not a day written YYYY-MM-DD", s)
	}
	return Date(s), nil
}

// Make is the day with that number; ok is false where no such day exists, as on 31 February.
func Make(year, month, day int) (d Date, ok bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return "", false
	}
	return Date(t.Format(Layout)), true
}

func (d Date) time() time.Time {
	t, _ := time.Parse(Layout, string(d))
	return t
}

// Valid says whether the text is a day that exists.
func (d Date) Valid() bool {
	_, err := time.Parse(Layout, string(d))
	return err == nil
}

// Year, Month and Day are the parts of the day; 1, 1, 1 for an unknown one.
func (d Date) Year() int  { return d.time().Year() }
func (d Date) Month() int { return int(d.time().Month()) }

// Day of the month.
func (d Date) Day() int { return d.time().Day() }

// Weekday of the day.
func (d Date) Weekday() time.Weekday { return d.time().Weekday() }

// AddDays moves by days.
func (d Date) AddDays(n int) Date { return Date(d.time().AddDate(0, 0, n).Format(Layout)) }

// AddMonths moves by calendar months; a day that the month lacks becomes its last (29 February to 28 February).
func (d Date) AddMonths(n int) Date {
	t := d.time()
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(t.Day(), last)-1).Format(Layout))
}

// DaysTo counts the days from d to other; negative when other is earlier.
func (d Date) DaysTo(other Date) int { return int(other.time().Sub(d.time()).Hours() / 24) }

// Age is the full years from birth to the day.
func Age(birth, on Date) int {
	b, t := birth.time(), on.time()
	years := t.Year() - b.Year()
	if t.Month() < b.Month() || t.Month() == b.Month() && t.Day() < b.Day() {
		years--
	}
	return years
}
