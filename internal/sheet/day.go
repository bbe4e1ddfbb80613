package sheet

import (
	"regexp"
	"strconv"
	"strings"

	"kompeten/internal/date"
)

// reading is what a cell with a day was understood to say.
type reading struct {
	day      date.Date // empty where it cannot be repaired
	code     string    // the problem; empty for none
	severity Severity
	expected date.Date
}

var (
	numeric = regexp.MustCompile(`^(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})$`)
	iso     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([ T].*)?$`)
	worded  = regexp.MustCompile(`^(\d{1,2})[\s\-/.]*([\p{L}]+)\.?[\s\-/.,]*(\d{4}|\d{2})$`)
	english = regexp.MustCompile(`^([\p{L}]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$`)
	serial  = regexp.MustCompile(`^\d{5}([.,]\d+)?$`)
)

// readDay understands a day in all the forms offices write. hint is the day the NIK speaks of.
func readDay(s string, number bool, hint, on date.Date) reading {
	if m := iso.FindStringSubmatch(s); m != nil {
		return certain(m[1], m[2], m[3], hint)
	}
	if m := numeric.FindStringSubmatch(s); m != nil {
		return readNumeric(m, hint, on)
	}
	if m := worded.FindStringSubmatch(s); m != nil {
		return readWorded(m[1], m[2], m[3], hint, on)
	}
	if m := english.FindStringSubmatch(s); m != nil {
		return readWorded(m[2], m[1], m[3], hint, on)
	}
	if serial.MatchString(s) || number {
		if t, ok := serialDay(strings.Replace(s, ",", ".", 1)); ok && t.Year() > 1920 {
			d := date.Date(t.Format(date.Layout))
			return reading{d, "date_serial", Warning, d}
		}
	}
	return reading{"", "date_invalid", Error, hint}
}

func certain(year, month, day string, hint date.Date) reading {
	if d, ok := makeDay(year, month, day); ok {
		return reading{day: d}
	}
	return reading{"", "date_invalid", Error, hint}
}

func makeDay(year, month, day string) (date.Date, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if y < 1900 || y > 2100 {
		return "", false
	}
	return date.Make(y, m, d)
}

// readNumeric reads day, month, year, as Indonesia writes; where day and month may be swapped it says so.
func readNumeric(m []string, hint, on date.Date) reading {
	year, short := m[3], len(m[3]) == 2
	if short {
		yy, _ := strconv.Atoi(year)
		year = strconv.Itoa(century(yy, on))
	}
	usual, ok := makeDay(year, m[2], m[1])
	swapped, okSwapped := makeDay(year, m[1], m[2])
	switch {
	case !ok && !okSwapped:
		return reading{"", "date_invalid", Error, hint}
	case !ok:
		return reading{swapped, "date_ambiguous", Warning, swapped}
	case okSwapped && usual != swapped && (short || hint == swapped):
		if hint == swapped {
			return reading{swapped, "date_ambiguous", Warning, swapped}
		}
		return reading{usual, "date_ambiguous", Warning, usual}
	case short && hint != usual:
		return reading{usual, "date_ambiguous", Warning, usual}
	}
	return reading{day: usual}
}

var months = []string{"januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember"}

// monthWords are the other words for months that nobody would call misspelt.
var monthWords = map[string]int{"jan": 1, "january": 1, "feb": 2, "peb": 2, "pebruari": 2, "february": 2, "mar": 3, "mrt": 3, "march": 3, "apr": 4, "may": 5,
	"jun": 6, "june": 6, "jul": 7, "july": 7, "agu": 8, "ags": 8, "agt": 8, "agust": 8, "aug": 8, "august": 8, "sep": 9, "sept": 9, "okt": 10, "oct": 10, "october": 10,
	"nov": 11, "nop": 11, "nopember": 11, "des": 12, "dec": 12, "december": 12}

func readWorded(day, month, year string, hint, on date.Date) reading {
	if len(year) == 2 {
		yy, _ := strconv.Atoi(year)
		year = strconv.Itoa(century(yy, on))
	}
	n, exact := monthOf(strings.ToLower(month), hint)
	if n == 0 {
		return reading{"", "date_invalid", Error, hint}
	}
	d, ok := makeDay(year, strconv.Itoa(n), day)
	switch {
	case !ok:
		return reading{"", "date_invalid", Error, hint}
	case !exact:
		return reading{d, "date_month_misspelt", Warning, d}
	}
	return reading{day: d}
}

// monthOf finds the month a word means; of several as near, the one the NIK speaks of.
func monthOf(word string, hint date.Date) (n int, exact bool) {
	for i, m := range months {
		if word == m {
			return i + 1, true
		}
	}
	if n := monthWords[word]; n > 0 {
		return n, true
	}
	best := 3
	for i, m := range months {
		d := distance(word, m)
		if d < best && d <= len(m)/3+1 || d == best && hint != "" && hint.Month() == i+1 {
			best, n = d, i+1
		}
	}
	return n, false
}

// distance is how many letters must be changed, added, taken away or swapped with their neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 80 || len(y) > 80 {
		return 99
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
