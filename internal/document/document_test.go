package document

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"kompeten/internal/date"
	"kompeten/internal/golden"
	"kompeten/internal/text"
)

func layouts() map[string]Layout {
	english := sampleDecree(12)
	english.Lang = text.EN
	return map[string]Layout{
		"certificate": sampleCertificate(10).Layout(), "assignment": sampleAssignment(30).Layout(), "minutes": sampleMinutes(30).Layout(),
		"decree": sampleDecree(30).Layout(), "decree-en": english.Layout(), "handover": sampleHandover(30).Layout(),
		"attendance": sampleAttendance(30).Layout(), "invitation": sampleInvitation().Layout(), "wallet": sampleWallet().Layout(), "record": sampleRecord(4).Layout(),
	}
}

func TestLayoutsStandAsReviewed(t *testing.T) {
	for name, l := range layouts() {
		golden.Check(t, name+".txt", l.Text())
	}
}

func TestAColumnThatNobodyFilledIsNotPrinted(t *testing.T) {
	m := sampleMinutes(3)
	for i := range m.Outcomes {
		m.Outcomes[i].File, m.Outcomes[i].Scheme = "", "Mekanik"
	}
	words := m.Layout().Words()
	for _, head := range []string{word(m.Lang, "col.file"), word(m.Lang, "test.scheme")} {
		if strings.Contains(words, head) {
			t.Errorf("%q stands over nothing", head)
		}
	}
	m.Outcomes[1].Scheme = "Petugas Kebersihan"
	if words := m.Layout().Words(); !strings.Contains(words, word(m.Lang, "test.scheme")) {
		t.Error("minutes on several schemes do not say whose is which")
	}
}

func TestNoLayoutLacksAWordOrALetter(t *testing.T) {
	for name, l := range layouts() {
		words := l.Words()
		if at := strings.Index(words, "[document."); at >= 0 {
			t.Errorf("%s: no words for %s", name, words[at:min(at+40, len(words))])
		}
		if ok, missing := Printable(words); !ok {
			t.Errorf("%s: letters that cannot be printed: %q", name, missing)
		}
	}
}

func TestNothingStandsOutsideThePage(t *testing.T) {
	for name, l := range layouts() {
		for i, p := range l.Pages {
			for _, it := range p.Items {
				x, ok := it.(Text)
				if !ok || x.Angle != 0 {
					continue
				}
				w := style(x.Style, x.Size).width(clean(x.S))
				left := x.X - map[Align]float64{Centre: w / 2, Right: w}[x.Align]
				if left < 10 || left+w > p.W-10 || x.Y < 5 || x.Y > p.H-3 {
					t.Errorf("%s page %d: %q stands from %.0f to %.0f at %.0f", name, i+1, x.S, left, left+w, x.Y)
				}
			}
		}
	}
}

func TestTheSameValuesGiveTheSameBytes(t *testing.T) {
	want := map[string][]byte{}
	for name, l := range layouts() {
		b, err := l.PDF()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want[name] = b
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for name, l := range layouts() {
				if b, err := l.PDF(); err != nil || !bytes.Equal(b, want[name]) {
					t.Errorf("%s made again differs (%v)", name, err)
				}
			}
		})
	}
	all.Wait()
	other := sampleCertificate(10)
	other.Name += "."
	if b, _ := other.PDF(); bytes.Equal(b, want["certificate"]) {
		t.Error("another name gives the same file")
	}
}

func TestPagesGrowWithTheirLists(t *testing.T) {
	for _, c := range []struct {
		name string
		l    Layout
		want int
	}{
		{"a certificate of one unit has face and annex", sampleCertificate(1).Layout(), 2},
		{"ten units fit one annex page", sampleCertificate(10).Layout(), 2},
		{"nineteen units take two", sampleCertificate(19).Layout(), 3},
		{"thirty units take three", sampleCertificate(30).Layout(), 4},
		{"no units at all still have the annex", sampleCertificate(0).Layout(), 2},
		{"the invitation is one page", sampleInvitation().Layout(), 1},
		{"an assignment without candidates has no annex", sampleAssignment(0).Layout(), 1},
		{"three hundred candidates run over many pages", sampleAttendance(300).Layout(), 14},
	} {
		if got := len(c.l.Pages); got != c.want {
			t.Errorf("%s: %d pages, want %d", c.name, got, c.want)
		}
	}
}

func TestTablesRepeatTheirHeadOnEveryPage(t *testing.T) {
	for i, p := range sampleAttendance(100).Layout().Pages {
		one := Layout{Pages: []Page{p}}
		if !strings.Contains(one.Words(), word(text.ID, "col.signature")) && strings.Contains(one.Words(), "SMG-2021-") {
			t.Errorf("page %d has rows without a head", i+1)
		}
	}
}

func TestEveryRowAndUnitIsThere(t *testing.T) {
	words := sampleCertificate(30).Layout().Words()
	for _, u := range sampleCertificate(30).Units {
		if !strings.Contains(words, u.Code+"\n") {
			t.Errorf("unit %s is missing", u.Code)
		}
	}
	words = sampleDecree(100).Layout().Words()
	for i := range 100 {
		if no := fmt.Sprintf("SMG-2021-%04d\n", i+1); !strings.Contains(words, no) {
			t.Errorf("row %s is missing", no)
		}
	}
}

func TestLongAndStrangeNamesStandWhole(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("Raden Mas Panjenengan ", 25))[:500]
	for _, name := range []string{"X", "Muhammad Abdurrahman Wahid Panjaitan Simanjuntak Hutabarat Nasution", long, strings.Repeat("W", 500), strings.Repeat("ÅÇ", 250),
		"Dwi \"Wiwi\" <b>&amp;</b> (Putri)\\", "Đặng Żółć Şükrü"} {
		c := sampleCertificate(3)
		c.Name = name
		l := c.Layout()
		if got := squeeze(holderOf(l.Pages[0])); got != squeeze(name) {
			t.Errorf("%.30s…: printed as %.60q", name, got)
		}
		low, high := reach(l.Pages[0], "holder")
		if low < 118 || high > 150 {
			t.Errorf("%.30s…: name stands from %.0f to %.0f mm, over its neighbours", name, low, high)
		}
		if _, err := l.PDF(); err != nil {
			t.Errorf("%.30s…: %v", name, err)
		}
		i := sampleInvitation()
		i.Name = name
		if n := len(i.Layout().Pages); n != 1 {
			t.Errorf("%.30s…: invitation of %d pages", name, n)
		}
		a := sampleAttendance(2)
		a.Rows[0].Name = name
		if got := a.Layout().Words(); !strings.Contains(squeeze(got), squeeze(name)) {
			t.Errorf("%.30s…: not whole in the list", name)
		}
	}
}

func holderOf(p Page) string {
	var b strings.Builder
	for _, it := range p.Items {
		if x, ok := it.(Text); ok && x.Style == "holder" {
			b.WriteString(x.S)
		}
	}
	return b.String()
}

func reach(p Page, s StyleName) (low, high float64) {
	low = p.H
	for _, it := range p.Items {
		if x, ok := it.(Text); ok && x.Style == s {
			low, high = min(low, x.Y-style(s, x.Size).Size*mmPerPoint*0.7), max(high, x.Y)
		}
	}
	return low, high
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func TestEveryPageSaysThatSampleDataAreSamples(t *testing.T) {
	for name, l := range layouts() {
		for i, p := range l.Pages {
			if !strings.Contains(Layout{Pages: []Page{p}}.Words(), "DATA CONTOH — SAMPLE DATA") {
				t.Errorf("%s page %d does not say so", name, i+1)
			}
		}
	}
	real := sampleCertificate(3)
	real.Sample = false
	if strings.Contains(real.Layout().Words(), "CONTOH") {
		t.Error("a real certificate says that it is a sample")
	}
}

func TestLettersWithoutAGlyphAreShownAsBoxes(t *testing.T) {
	for _, c := range []struct {
		text    string
		missing []rune
	}{
		{"Siti Nur’aini – “Ani” Đặng Żółć", nil},
		{"a\u202Eb\u200Dc\uFE0F", nil}, // marks that print nothing
		{"e\u0301", nil},               // becomes é
		{"محمد", []rune("محد")},
		{"李 Budi 🙂", []rune("李🙂")},
	} {
		ok, missing := Printable(c.text)
		if !slices.Equal(missing, c.missing) || ok != (len(c.missing) == 0) {
			t.Errorf("%q: %v, missing %q", c.text, ok, missing)
		}
	}
	s := style("body", 0)
	if g := s.shape(nil, "李"); len(g) != 1 || g[0].id == 0 || g[0].r != '\uFFFD' || s.width("李") <= 0 {
		t.Errorf("no visible box: %+v", g)
	}
}

func TestBothLanguagesHaveTheSameWordsAndPlaces(t *testing.T) {
	place := regexp.MustCompile(`\{\d\}`)
	for _, k := range text.Keys(text.ID) {
		if !strings.HasPrefix(k, "document.") {
			continue
		}
		id, en := text.T(text.ID, k), text.T(text.EN, k)
		a, b := place.FindAllString(id, -1), place.FindAllString(en, -1)
		slices.Sort(a)
		slices.Sort(b)
		if strings.HasPrefix(en, "[") || !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q", k, id, en)
		}
	}
}

func TestDaysInWords(t *testing.T) {
	for _, c := range []struct {
		day, want string
		l         text.Lang
	}{
		{"2021-04-06", "Selasa, tanggal enam bulan April tahun dua ribu dua puluh satu (6 April 2021)", text.ID},
		{"2019-12-31", "Selasa, tanggal tiga puluh satu bulan Desember tahun dua ribu sembilan belas (31 Desember 2019)", text.ID},
		{"1999-10-11", "Senin, tanggal sebelas bulan Oktober tahun seribu sembilan ratus sembilan puluh sembilan (11 Oktober 1999)", text.ID},
		{"2021-04-06", "Tuesday, 6 April 2021", text.EN},
		{"", "–", text.ID},
	} {
		if got := dayInWords(c.l, date.Date(c.day)); got != c.want {
			t.Errorf("%s: %q", c.day, got)
		}
	}
}

func TestCopiesOfLinksStandUnderTheCode(t *testing.T) {
	w := sampleCertificate(1).Layout().Text()
	for _, want := range []string{"| https://kompeten.example/v/7KQ2M9XD4R", "| kompeten.example/v/7KQ2M9XD4R", "| 7KQ2-M9XD-4R"} {
		if !strings.Contains(w, want) {
			t.Errorf("%s is not on the certificate", want)
		}
	}
	c := sampleCertificate(1)
	c.URL = strings.Repeat("x", 5000)
	if _, err := c.PDF(); err == nil {
		t.Error("an address too long for a code is no error")
	}
}

func TestJoinPrintsAllLettersAtOnce(t *testing.T) {
	all := []Layout{sampleInvitation().Layout(), sampleInvitation().Layout(), sampleInvitation().Layout()}
	if l := Join("Semua undangan", all); len(l.Pages) != 3 || l.Title != "Semua undangan" {
		t.Errorf("%d pages, %q", len(l.Pages), l.Title)
	}
	if b, err := Join("", nil).PDF(); err != nil || len(b) == 0 {
		t.Errorf("nothing to join: %v", err)
	}
}

func BenchmarkCertificate(b *testing.B) {
	c := sampleCertificate(10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.PDF(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCertificateOnAllProcessors(b *testing.B) {
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := sampleCertificate(10).PDF(); err != nil {
				b.Error(err)
			}
		}
	})
}
