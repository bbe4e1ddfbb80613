package document

import (
	"kompeten/internal/date"
	"kompeten/internal/text"
)

var lowNumbers = [...]string{"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"}

// spell writes a number up to 9999 in Indonesian words.
func spell(n int) string {
	after := func(rest int) string {
		if rest == 0 {
			return ""
		}
		return " " + spell(rest)
	}
	switch {
	case n < 0 || n > 9999:
		return itoa(n)
	case n < 12:
		return lowNumbers[n]
	case n < 20:
		return spell(n-10) + " belas"
	case n < 100:
		return spell(n/10) + " puluh" + after(n%10)
	case n < 200:
		return "seratus" + after(n-100)
	case n < 1000:
		return spell(n/100) + " ratus" + after(n%100)
	case n < 2000:
		return "seribu" + after(n-1000)
	}
	return spell(n/1000) + " ribu" + after(n%1000)
}

// dayInWords writes a day so that no figure of it can be changed afterwards, as official papers do.
func dayInWords(l text.Lang, d date.Date) string {
	if !d.Valid() {
		return "–"
	}
	if l == text.EN {
		return text.Weekday(l, d)
	}
	day := text.Weekday(l, d) // "Selasa, 6 April 2021"
	month := text.Date(l, d)
	month = month[len(itoa(d.Day()))+1 : len(month)-len(itoa(d.Year()))-1]
	name := day[:len(day)-len(text.Date(l, d))-2]
	return word(l, "day_in_words", name, spell(d.Day()), month, spell(d.Year()), d)
}
