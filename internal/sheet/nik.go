package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"kompeten/internal/date"
)

// A NIK is PP KK CC DDMMYY SSSS: province, regency and district where first registered, birth date with 40 added
// to a woman's day, serial. It never changes, so it proves neither birth date nor sex (domain reference 7.1).

var scientific = regexp.MustCompile(`^[0-9][.,]?[0-9]*[eE][+]?[0-9]+$`)

func (r *Row) understandNIK(o Options) {
	sent := r.Sent[NIK]
	text := strings.TrimPrefix(clean(sent.Text), "'")
	text = strings.TrimSuffix(text, ".0")
	digits := stripNIK(text)
	switch {
	case scientific.MatchString(text) || sent.Number && len(digits) >= 16 && strings.HasSuffix(digits, "0"):
		r.add(NIK, "nik_numeric_precision", Error, sent.Text, "")
		return
	case strings.ContainsFunc(digits, func(c rune) bool { return c < '0' || c > '9' }):
		r.add(NIK, "nik_nondigit", Error, sent.Text, repairNIK(digits))
		return
	case len(digits) != 16:
		r.add(NIK, "nik_length", Error, sent.Text, "")
		return
	case !plausibleNIK(digits):
		r.add(NIK, "nik_length", Error, sent.Text, "")
		return
	}
	if digits != text {
		r.add(NIK, "nik_spaces", Warning, sent.Text, digits)
	}
	r.NIK = digits
	if len(o.Regency) == 5 && digits[:4] != o.Regency[:2]+o.Regency[3:] {
		r.add(NIK, "nik_other_region", Info, sent.Text, "")
	}
}

func stripNIK(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '.' || c == '-' || c == ',' || c == '/' {
			return -1
		}
		return c
	}, s)
}

// repairNIK is the NIK with the letters that look like digits put right, where that makes one; a suggestion.
func repairNIK(s string) string {
	s = strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1", "i", "1", "S", "5", "B", "8").Replace(s)
	if len(s) == 16 && plausibleNIK(s) {
		return s
	}
	return ""
}

// plausibleNIK says whether sixteen digits can be a NIK at all: a province, a day, a month, a serial.
func plausibleNIK(s string) bool {
	if notDigit.MatchString(s) || s[:2] < "11" || s[12:] == "0000" {
		return false
	}
	day, _ := strconv.Atoi(s[6:8])
	month, _ := strconv.Atoi(s[8:10])
	return (day >= 1 && day <= 31 || day >= 41 && day <= 71) && month >= 1 && month <= 12
}

// ValidNIK says whether the text can be a NIK.
func ValidNIK(s string) bool { return len(s) == 16 && plausibleNIK(s) }

// hintNIK is the NIK as far as it can be used as a hint, also where its row has to be corrected.
func (r *Row) hintNIK() string {
	if r.NIK != "" {
		return r.NIK
	}
	return repairNIK(stripNIK(clean(r.Sent[NIK].Text)))
}

func nikSex(nik string) string {
	if nik[6] >= '4' {
		return "P"
	}
	return "L"
}

// nikBirth is the birth day a NIK speaks of, in the century that makes its owner of working age; empty for none.
func nikBirth(nik string, on date.Date) date.Date {
	if len(nik) != 16 {
		return ""
	}
	day, _ := strconv.Atoi(nik[6:8])
	month, _ := strconv.Atoi(nik[8:10])
	year, _ := strconv.Atoi(nik[10:12])
	if day > 40 {
		day -= 40
	}
	d, ok := date.Make(century(year, on), month, day)
	if !ok {
		return ""
	}
	return d
}

// century makes a year of two digits one in which a person of at least 10 was born.
func century(yy int, on date.Date) int {
	now := 2026
	if on != "" {
		now = on.Year()
	}
	if 2000+yy <= now-10 {
		return 2000 + yy
	}
	return 1900 + yy
}
