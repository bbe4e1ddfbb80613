package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"kompeten/internal/date"
)

// Understand reads what was sent in a row anew and names its problems, all but those that only the whole list
// shows (see Duplicates).
func Understand(r *Row, o Options) {
	*r = Row{Sheet: r.Sheet, Row: r.Row, Sent: r.Sent, Problems: []Problem{}}
	r.No, _ = strconv.Atoi(strings.TrimSuffix(clean(r.Sent[No].Text), "."))
	r.BirthPlace, r.Address = clean(r.Sent[BirthPlace].Text), clean(r.Sent[Address].Text)
	r.Email, r.Business, r.Extra = strings.ToLower(clean(r.Sent[Email].Text)), ditto(r.Sent[Business].Text), clean(r.Sent[Extra].Text)
	r.understandName()
	r.understandNIK(o)
	r.understandBirth(o)
	r.understandSex()
	r.understandDistrict(o)
	r.understandPhone()
	r.understandEducation()
	r.understandSector()
}

// clean takes away what nobody meant to write: stray, doubled and no-break spaces, and marks that cannot be seen.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' || unicode.Is(unicode.Cc, r)
	}), " ")
}

func ditto(s string) string {
	if s = clean(s); s == `"` || s == "''" || s == "-" || strings.EqualFold(s, "idem") {
		return ""
	}
	return s
}

var (
	titleBefore = regexp.MustCompile(`(?i)^((h|hj|ir|dr|drs|dra|prof|ust|kh)\.|(hj|drs|dra|ir|prof)\s)\s*`)
	titleAfter  = regexp.MustCompile(`(\s*,\s*(([A-Za-z]{1,4}\.\s?)+[A-Za-z]{0,4}\.?|[SMD]\.?[A-Z][a-zA-Z]{0,2}|SE|SH|ST|MM|MT|SKM|AMd))+$`)
)

func (r *Row) understandName() {
	sent := r.Sent[Name].Text
	name := clean(sent)
	if name == "" || !strings.ContainsFunc(name, unicode.IsLetter) {
		r.add(Name, "name_missing", Error, sent, "")
		return
	}
	if name != sent {
		r.add(Name, "name_spaces", Warning, sent, name)
	}
	plain := titleAfter.ReplaceAllString(name, "")
	for titleBefore.MatchString(plain) && len(strings.Fields(titleBefore.ReplaceAllString(plain, ""))) > 0 {
		plain = titleBefore.ReplaceAllString(plain, "")
	}
	if len([]rune(plain)) > 3 && plain == strings.ToUpper(plain) && plain != strings.ToLower(plain) {
		plain = capitals(plain)
	}
	if plain != name {
		r.add(Name, "name_case_title", Info, sent, plain)
	}
	r.Name = plain
}

// capitals writes a name that came in capitals as names are written.
func capitals(s string) string {
	out := []rune(strings.ToLower(s))
	for i, c := range out {
		if i == 0 || out[i-1] == ' ' || out[i-1] == '-' || out[i-1] == '.' {
			out[i] = unicode.ToUpper(c)
		}
	}
	return string(out)
}

var sexWords = map[string]string{"l": "L", "p": "P", "laki": "L", "laki laki": "L", "lk": "L", "lk lk": "L", "lelaki": "L", "pria": "L", "cowok": "L",
	"m": "L", "male": "L", "man": "L", "perempuan": "P", "pr": "P", "wanita": "P", "w": "P", "f": "P", "female": "P", "woman": "P", "cewek": "P", "1": "L", "2": "P"}

func (r *Row) understandSex() {
	sent := clean(r.Sent[Sex].Text)
	if sent == "" {
		return
	}
	sex, known := sexWords[foldWords(sent)]
	if !known || sent != "L" && sent != "P" {
		r.add(Sex, "sex_nonstandard", Info, sent, sex)
	}
	r.Sex = sex
	if known && r.NIK != "" && nikSex(r.NIK) != sex {
		r.add(Sex, "sex_nik_mismatch", Warning, sent, nikSex(r.NIK))
		r.Sex = "" // to be looked at, never changed by itself
	}
}

var notDigit = regexp.MustCompile(`[^0-9]`)

// understandPhone writes a phone number as the world does: +62 and the rest.
func (r *Row) understandPhone() {
	sent := clean(r.Sent[Phone].Text)
	first := strings.FieldsFunc(sent, func(c rune) bool { return c == '/' || c == ',' || c == ';' })
	if len(first) > 0 {
		r.Phone = E164(first[0])
	}
	if r.Phone == "" {
		r.add(Phone, "phone_missing", Warning, sent, "")
	}
}

// E164 writes an Indonesian phone number in any usual form as +62…; empty where it is none.
func E164(s string) string {
	digits := notDigit.ReplaceAllString(strings.TrimSuffix(s, ".0"), "")
	switch {
	case strings.HasPrefix(digits, "0062"):
		digits = digits[4:]
	case strings.HasPrefix(digits, "62"):
		digits = digits[2:]
	}
	digits = strings.TrimPrefix(digits, "0")
	if len(digits) < 8 || len(digits) > 13 || digits[0] == '0' || digits[0] == '1' {
		return ""
	}
	return "+62" + digits
}

var levels = []string{"SD", "SMP", "SMA", "SMK", "D1", "D2", "D3", "D4", "S1", "S2", "S3"}

var levelWords = []struct {
	is    *regexp.Regexp
	level string
}{
	{regexp.MustCompile(`^(smk|stm|smea|smkk|smk .*)\b`), "SMK"},
	{regexp.MustCompile(`^(slta|sma|smu|ma|man|mas|madrasah aliyah|paket c|kejar paket c|sekolah menengah atas)\b`), "SMA"},
	{regexp.MustCompile(`^(sltp|smp|mts|madrasah tsanawiyah|paket b|kejar paket b|sekolah menengah pertama)\b`), "SMP"},
	{regexp.MustCompile(`^(sd|mi|sr|madrasah ibtidaiyah|paket a|kejar paket a|sekolah dasar)\b`), "SD"},
	{regexp.MustCompile(`^(d ?1|d i|diploma (1|i|satu))$`), "D1"}, {regexp.MustCompile(`^(d ?2|d ii|diploma (2|ii|dua))$`), "D2"},
	{regexp.MustCompile(`^(d ?3|d iii|diploma( (3|iii|tiga))?|ahli madya|akademi)\b`), "D3"}, {regexp.MustCompile(`^(d ?4|d iv|diploma (4|iv|empat)|sarjana terapan)\b`), "D4"},
	{regexp.MustCompile(`^(s ?1|strata (1|satu)|sarjana|s i)\b`), "S1"}, {regexp.MustCompile(`^(s ?2|strata (2|dua)|magister|s ii)\b`), "S2"},
	{regexp.MustCompile(`^(s ?3|strata (3|tiga)|doktor|s iii)\b`), "S3"},
}

func (r *Row) understandEducation() {
	sent := clean(r.Sent[Education].Text)
	for _, l := range levels {
		if sent == l {
			r.Education = l
			return
		}
	}
	if sent == "" || sent == "-" {
		return
	}
	words := foldWords(sent)
	for _, w := range levelWords {
		if w.is.MatchString(words) {
			r.Education = w.level
			break
		}
	}
	r.add(Education, "education_nonstandard", Info, sent, r.Education)
}

// sectors are the sectors the sample programmes speak of, by their other words.
var sectors = map[string][]string{
	"Bengkel motor": {"bengkel sepeda motor", "servis motor", "service motor", "bengkel roda dua", "bengkel r2", "bkl motor", "motor"},
	"Bengkel mobil": {"servis mobil", "service mobil", "bengkel roda empat", "bengkel r4", "bkl mobil", "mobil", "otomotif mobil"},
	"Outsourcing":   {"os", "outsource", "out sourcing", "alih daya", "perusahaan alih daya"},
	"Rumah sakit":   {"rs", "rsud", "rumkit", "rmh sakit", "hospital"},
	"Batik":         {"kain batik", "perajin batik", "pengrajin batik", "batik tulis", "usaha batik"},
	"Makanan":       {"mamin makanan", "kuliner", "makanan ringan", "olahan makanan", "snack", "camilan", "pangan", "makanan olahan"},
	"Minuman":       {"minuman herbal", "olahan minuman", "jamu"},
	"Kerajinan":     {"handicraft", "craft", "kriya", "kerajinan tangan", "souvenir"},
	"Garmen":        {"konveksi", "garment", "jahit", "penjahit", "busana"},
}

func (r *Row) understandSector() {
	sent := clean(r.Sent[Sector].Text)
	r.Sector = sent
	words := foldWords(sent)
	for sector, others := range sectors {
		if sent == sector {
			return
		}
		near := words == foldWords(sector) || len(words) > 5 && distance(words, foldWords(sector)) <= 1
		for _, o := range others {
			near = near || words == o
		}
		if near {
			r.Sector = sector
			r.add(Sector, "sector_nonstandard", Warning, sent, sector)
			return
		}
	}
}

// understandBirth reads place and day of birth, alone or in one cell, and compares the day with the NIK.
func (r *Row) understandBirth(o Options) {
	sent := clean(r.Sent[BirthDate].Text)
	if born := clean(r.Sent[Born].Text); born != "" && sent == "" {
		var place string
		place, sent = splitBorn(born)
		if r.BirthPlace == "" {
			r.BirthPlace = place
		}
	}
	hint := nikBirth(r.hintNIK(), o.Day)
	got := readDay(sent, r.Sent[BirthDate].Number, hint, o.Day)
	if got.code != "" {
		r.add(BirthDate, got.code, got.severity, sent, string(got.expected))
	}
	r.BirthDate = got.day
	if got.day == "" {
		return
	}
	if o.Day != "" && date.Age(got.day, o.Day) < 17 {
		r.add(BirthDate, "age_below_minimum", Error, sent, "")
	}
	if got.code == "" && r.NIK != "" && hint != "" && hint != got.day {
		r.add(BirthDate, "nik_birth_mismatch", Warning, sent, string(hint))
	}
}

var firstDigit = regexp.MustCompile(`[0-9]`)

// splitBorn parts "Semarang, 18-12-1993" into place and day.
func splitBorn(s string) (place, day string) {
	if i := strings.LastIndexByte(s, ','); i >= 0 && firstDigit.MatchString(s[i:]) {
		return clean(s[:i]), clean(s[i+1:])
	}
	if loc := firstDigit.FindStringIndex(s); loc != nil {
		return strings.TrimRight(clean(s[:loc[0]]), " /,;-"), clean(s[loc[0]:])
	}
	return s, ""
}
