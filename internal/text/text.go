// Package text is every word the product shows, in Indonesian and English, and how dates, numbers and money are
// written. Code holds keys; the words stand in id.json and en.json, and beside them in id/<feature>.json and
// en/<feature>.json, one key a line, sorted, each key in one file only.
package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kompeten/internal/date"
	"kompeten/internal/money"
)

// Lang is a language of the product.
type Lang string

// The languages, the first language first.
const (
	ID Lang = "id"
	EN Lang = "en"
)

// Langs lists them.
func Langs() []Lang { return []Lang{ID, EN} }

// Parse is the language of that name; Indonesian when it is none of ours.
func Parse(s string) Lang {
	if strings.HasPrefix(strings.ToLower(s), "en") {
		return EN
	}
	return ID
}

// Has says whether there are words for a key.
func Has(key string) bool { _, ok := catalogue[ID][key]; return ok }

// Keys lists the keys of a language, sorted.
func Keys(l Lang) []string {
	var out []string
	for k := range catalogue[l] {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// T is the text of a key with its placeholders {0}, {1} … filled. Dates, amounts and numbers are written as the
// language writes them; an argument of type Key is itself a text. An unknown key shows itself in brackets.
func T(l Lang, key string, args ...any) string {
	s, ok := catalogue[l][key]
	if !ok {
		return "[" + key + "]"
	}
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", show(l, a))
	}
	return s
}

// Key is an argument that is itself the key of a text.
type Key string

func show(l Lang, a any) string {
	switch a := a.(type) {
	case Key:
		return T(l, string(a))
	case date.Date:
		return Date(l, a)
	case money.Rupiah:
		return Rupiah(a)
	case int:
		return Number(l, int64(a))
	case int64:
		return Number(l, a)
	case error:
		return a.Error()
	}
	return fmt.Sprint(a)
}

var monthNames = map[Lang][]string{
	ID: {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	EN: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var dayNames = map[Lang][]string{
	ID: {"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
	EN: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// Date writes "6 April 2021"; a dash for an unknown day.
func Date(l Lang, d date.Date) string {
	if !d.Valid() {
		return "–"
	}
	return fmt.Sprintf("%d %s %d", d.Day(), monthNames[l][d.Month()-1], d.Year())
}

// Weekday writes "Selasa, 6 April 2021".
func Weekday(l Lang, d date.Date) string {
	if !d.Valid() {
		return "–"
	}
	return dayNames[l][d.Weekday()] + ", " + Date(l, d)
}

// DateTime writes "6 April 2021 pukul 10.04 WIB".
func DateTime(l Lang, t time.Time, z date.Zone) string {
	if t.IsZero() {
		return "–"
	}
	if z == "" {
		z = date.WIB
	}
	day, local := Date(l, date.Of(t, z)), t.In(z.Location())
	if l == ID {
		return day + " pukul " + local.Format("15.04") + " " + string(z)
	}
	return day + " at " + local.Format("15:04") + " " + string(z)
}

// Number writes 1.234.567 in Indonesian, 1,234,567 in English.
func Number(l Lang, n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	point := "."
	if l == EN {
		point = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + point + s[i:]
	}
	return sign + s
}

// Rupiah writes Rp1.250.000, in every language.
func Rupiah(r money.Rupiah) string { return "Rp" + Number(ID, int64(r)) }

// Percent writes a share as 67%. What is not yet all never shows 100%, what is begun never 0%.
func Percent(part, whole int) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	if part >= whole {
		return "100%"
	}
	return strconv.Itoa(min(99, max(1, (part*200+whole)/(2*whole)))) + "%"
}

var small = map[Lang][]string{
	ID: {"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"},
	EN: {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
}

// InWords writes a small number in words, as on certificates: "tiga"; digits for a large one.
func InWords(l Lang, n int) string {
	if n >= 0 && n < len(small[l]) {
		return small[l][n]
	}
	if l == ID && n < 20 {
		return small[ID][n-10] + " belas"
	}
	return strconv.Itoa(n)
}

// Years writes a validity as certificates do: "3 (tiga) tahun", "3 (three) years".
func Years(l Lang, months int) string {
	if months%12 != 0 {
		return fmt.Sprintf("%d %s", months, map[Lang]string{ID: "bulan", EN: "months"}[l])
	}
	n := months / 12
	unit := "tahun"
	if l == EN {
		unit = "years"
		if n == 1 {
			unit = "year"
		}
	}
	return fmt.Sprintf("%d (%s) %s", n, InWords(l, n), unit)
}

// List joins what is listed in a sentence: "a", "a dan b", "a, b, dan c".
func List(l Lang, items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	case 2:
		return T(l, "text.two", items[0], items[1])
	default:
		return T(l, "text.last", strings.Join(items[:n-1], ", "), items[n-1])
	}
}

// Fold is the text for search columns: lower case, without accents and punctuation, single spaces.
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = space || unicode.IsSpace(r) || r == '-'
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// MaskNIK shows where a NIK is from and its last digits: 3515********0001.
func MaskNIK(nik string) string { return mask(nik, 4, 4) }

// MaskPhone shows the last digits of a phone number.
func MaskPhone(p string) string { return mask(p, 3, 3) }

func mask(s string, head, tail int) string {
	if len(s) <= head+tail {
		return strings.Repeat("*", len(s))
	}
	return s[:head] + strings.Repeat("*", len(s)-head-tail) + s[len(s)-tail:]
}

// MaskName shows the first name and the first letter of each other: "Bagus P*******". Of a person with one name only
// it shows the first half.
func MaskName(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		r := []rune(w)
		keep := 1
		if i == 0 {
			keep = len(r)
		}
		if len(words) == 1 {
			keep = (len(r) + 1) / 2
		}
		words[i] = string(r[:keep]) + strings.Repeat("*", min(len(r)-keep, 8))
	}
	return strings.Join(words, " ")
}
