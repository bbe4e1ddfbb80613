package text_test

import (
	"testing"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/money"
	"kompeten/internal/text"
)

func TestHowThingsAreWritten(t *testing.T) {
	noon := time.Date(2026, 11, 22, 17, 4, 0, 0, time.UTC)
	for _, c := range []struct{ says, got, want string }{
		{"a date in Indonesian", text.Date(text.ID, "2021-04-06"), "6 April 2021"},
		{"a date whose month differs", text.Date(text.ID, "2026-08-17"), "17 Agustus 2026"},
		{"a date in English", text.Date(text.EN, "2026-08-17"), "17 August 2026"},
		{"an unknown day is a dash", text.Date(text.ID, ""), "–"},
		{"a day that is not in the calendar is a dash", text.Date(text.EN, "2026-02-30"), "–"},
		{"a date with its weekday", text.Weekday(text.ID, "2021-04-06"), "Selasa, 6 April 2021"},
		{"a weekday in English", text.Weekday(text.EN, "2021-04-06"), "Tuesday, 6 April 2021"},
		{"an instant in Jakarta is the next day", text.DateTime(text.ID, noon, date.WIB), "23 November 2026 pukul 00.04 WIB"},
		{"an instant in Makassar", text.DateTime(text.ID, noon, date.WITA), "23 November 2026 pukul 01.04 WITA"},
		{"an instant in Jayapura, in English", text.DateTime(text.EN, noon, date.WIT), "23 November 2026 at 02:04 WIT"},
		{"no instant is a dash", text.DateTime(text.ID, time.Time{}, date.WIB), "–"},
		{"nothing listed", text.List(text.ID, nil), ""},
		{"one thing listed", text.List(text.ID, []string{"Mekanik"}), "Mekanik"},
		{"two things listed", text.List(text.ID, []string{"Mekanik", "Cleaner"}), "Mekanik dan Cleaner"},
		{"three things listed", text.List(text.ID, []string{"Mekanik", "Cleaner", "Wirausaha"}), "Mekanik, Cleaner, dan Wirausaha"},
		{"three things listed in English", text.List(text.EN, []string{"mechanics", "cleaners", "traders"}), "mechanics, cleaners and traders"},
		{"thousands in Indonesian", text.Number(text.ID, 1234567), "1.234.567"},
		{"thousands in English", text.Number(text.EN, 1234567), "1,234,567"},
		{"three digits need no point", text.Number(text.ID, 999), "999"},
		{"less than nothing", text.Number(text.ID, -1250), "-1.250"},
		{"money", text.Rupiah(money.Rupiah(1250000)), "Rp1.250.000"},
		{"a share, rounded", text.Percent(2, 3), "67%"},
		{"all but one of many is not yet all", text.Percent(999, 1000), "99%"},
		{"one of many is not nothing", text.Percent(1, 1000), "1%"},
		{"a share of nothing", text.Percent(0, 0), "0%"},
		{"all", text.Percent(3, 3), "100%"},
		{"a validity in Indonesian", text.Years(text.ID, 36), "3 (tiga) tahun"},
		{"a validity in English", text.Years(text.EN, 36), "3 (three) years"},
		{"one year", text.Years(text.EN, 12), "1 (one) year"},
		{"a validity in months", text.Years(text.ID, 18), "18 bulan"},
		{"a teen in words", text.InWords(text.ID, 15), "lima belas"},
		{"a large number stays digits", text.InWords(text.EN, 36), "36"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.says, c.got, c.want)
		}
	}
}

func TestArgumentsAreWrittenAsTheLanguageWritesThem(t *testing.T) {
	for _, c := range []struct {
		says string
		arg  any
		want string
	}{
		{"a word", "Semarang", "Seharusnya: Semarang."},
		{"a date", date.Date("2026-08-17"), "Seharusnya: 17 Agustus 2026."},
		{"money", money.Rupiah(50000), "Seharusnya: Rp50.000."},
		{"a number", 12000, "Seharusnya: 12.000."},
		{"a text of its own", text.Key("duty.assessor"), "Seharusnya: Asesor kompetensi."},
	} {
		if got := text.T(text.ID, "problem.expected", c.arg); got != c.want {
			t.Errorf("%s: got %q, want %q", c.says, got, c.want)
		}
	}
}

func TestNamesAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Nur'aini  Đặng", "nuraini đang"},
		{"José-María", "jose maria"},
		{"  Drs. H. Bambang,  M.Si ", "drs h bambang msi"},
		{"SITI \u200fNURHALIZA", "siti nurhaliza"},
		{"😀", ""},
	} {
		if got := text.Fold(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPersonalDataIsMasked(t *testing.T) {
	for _, c := range []struct{ says, got, want string }{
		{"a NIK", text.MaskNIK("3515010203040001"), "3515********0001"},
		{"a short NIK is hidden whole", text.MaskNIK("3515"), "****"},
		{"a phone number", text.MaskPhone("+6281234567890"), "+62********890"},
		{"a name", text.MaskName("Bagus Prasetyo"), "Bagus P*******"},
		{"a person with one name", text.MaskName("Sukarti"), "Suka***"},
		{"one letter stays", text.MaskName("M Ali"), "M A**"},
		{"no name", text.MaskName(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.says, c.got, c.want)
		}
	}
}

func TestTheLanguageOfABrowserIsUnderstood(t *testing.T) {
	for in, want := range map[string]text.Lang{"en": text.EN, "EN-gb": text.EN, "id": text.ID, "id-ID": text.ID, "": text.ID, "fr": text.ID} {
		if got := text.Parse(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
