package sheet

import (
	"regexp"
	"strings"
	"unicode"
)

// headers are the words by which offices name a column, in any usual spelling, the more telling first. They are
// matched on the header folded to lower-case words.
var headers = []struct {
	field Field
	words *regexp.Regexp
}{
	{NIK, regexp.MustCompile(`\b(nik|n i k|ktp|nomor induk kependudukan|no induk kependudukan|(no|nomor) identitas|identity (no|number)|id (no|number))\b`)},
	{Born, regexp.MustCompile(`(tempat|tmp|tpt|kota).*(tgl|tanggal|tggl).*lahir|^t ?t ?l$|^tempat lahir tanggal lahir$|place.*date of birth`)},
	{BirthPlace, regexp.MustCompile(`(tempat|tmp|tpt|kota|kab kota) (ke)?lahir|lahir (tempat|kota)|place of birth|birth ?place`)},
	{BirthDate, regexp.MustCompile(`(tgl|tanggal|tggl|tg) (ke)?lahir|lahir (tgl|tanggal)|date of birth|birth ?date|\bdob\b`)},
	{Sex, regexp.MustCompile(`^j ?k\b|jenis kelamin|jns kel|kelamin|^l p$|^p l$|\bgender\b|\bsex\b`)},
	{Education, regexp.MustCompile(`pendidikan|ijazah|lulusan|education|^pend\b`)},
	{Email, regexp.MustCompile(`e ?mail|surel`)},
	{Phone, regexp.MustCompile(`\b(hp|telp|telepon|telpon|tlp|wa|whatsapp|handphone|ponsel|kontak|phone|mobile|kontak person|seluler)\b`)},
	{District, regexp.MustCompile(`kecamatan|^kec\b|\bdistrict\b`)},
	{Business, regexp.MustCompile(`nama (usaha|umkm|ukm|ikm|bengkel|toko|perusahaan|instansi|lembaga|tempat kerja|merek|warung|kelompok)|perusahaan|instansi|tempat (kerja|bekerja|tugas)|unit kerja|asal (lembaga|instansi|bengkel)|pemberi kerja|employer|company|workplace|business name|^bengkel$|^penempatan$`)},
	{Sector, regexp.MustCompile(`sektor|(jenis|bidang|kategori|klaster) (usaha|produk|industri|pekerjaan)|^bidang$|^produk( usaha)?$|komoditas|sector|kind of business`)},
	{Address, regexp.MustCompile(`alamat|domisili|tempat tinggal|address`)},
	{Extra, regexp.MustCompile(`\blevel\b|jabatan|posisi|kualifikasi|position`)},
	{Name, regexp.MustCompile(`^nama( (lengkap|peserta|calon|asesi|pekerja|karyawan|pegawai|pemilik|pelaku|tenaga|sesuai|pengusaha|warga|mekanik|anggota)\b.*)?$|nama (lengkap|peserta|asesi)|^(full )?name\b|^participant$|^peserta$|^name of`)},
	{No, regexp.MustCompile(`^(no|nomor|nr|num|number|no urut|nomor urut|urut|num urut)$`)},
}

// fieldOf says which field a header names; empty for none of ours.
func fieldOf(header string) Field {
	words := foldWords(header)
	if words == "" || len(words) > 60 {
		return ""
	}
	for _, h := range headers {
		if h.words.MatchString(words) {
			return h.field
		}
	}
	return ""
}

// foldWords is the text in lower case, its runs of letters and digits separated by single spaces.
func foldWords(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// mapping is which column holds which field, and the header words it was known by.
type mapping struct {
	column map[Field]int // from 0
	words  map[Field]string
}

func (m mapping) telling() bool {
	_, name := m.column[Name]
	_, nik := m.column[NIK]
	return (name || nik) && len(m.column) >= 3
}

// readHeader reads row i, and the row below it if that belongs to the header too, as headers of one table or of
// several side by side. It gives the number of rows the header takes; 0 where row i is no header.
func (g grid) readHeader(i int) (maps []mapping, height int) {
	if manyDigits(g.rows[i]) {
		return nil, 0
	}
	one := g.split(g.labels(i, false))
	two := g.split(g.labels(i, true))
	if g.headerBelow(i) && count(two) >= count(one) && anyTelling(two) {
		return keep(two), 2
	}
	if anyTelling(one) {
		return keep(one), 1
	}
	return nil, 0
}

// headerBelow says whether the row under i carries header words and no person.
func (g grid) headerBelow(i int) bool {
	if i+1 >= len(g.rows) {
		return false
	}
	found := 0
	for c, text := range g.rows[i+1] {
		if strings.ContainsFunc(text, unicode.IsDigit) {
			return false
		}
		if fieldOf(text) != "" || fieldOf(g.spanned(i, c)+" "+text) != "" {
			found++
		}
	}
	return found > 0
}

// labels gives each column its header text; with two rows the lower wins, alone or after the upper.
func (g grid) labels(i int, two bool) []string {
	width := len(g.rows[i])
	if two {
		width = max(width, len(g.rows[i+1:][:min(1, len(g.rows)-i-1)]))
		if i+1 < len(g.rows) {
			width = max(width, len(g.rows[i+1]))
		}
	}
	out := make([]string, width)
	for c := range out {
		out[c] = cell(g.rows[i], c)
		if !two || i+1 >= len(g.rows) {
			continue
		}
		below := cell(g.rows[i+1], c)
		switch {
		case below == "":
		case fieldOf(below) != "" && !(fieldOf(below) == Sex && out[c] != "" && fieldOf(out[c]) == Sex):
			out[c] = below
		default:
			out[c] = g.spanned(i, c) + " " + below
		}
	}
	return out
}

// spanned is the text over a column: its own, or that of the merged cell or the last filled cell to its left.
func (g grid) spanned(i, c int) string {
	for ; c >= 0; c-- {
		if text := cell(g.rows[i], c); text != "" {
			return text
		}
	}
	return ""
}

// split maps columns to fields; a second name or NIK column starts another table beside the first.
func (g grid) split(labels []string) []mapping {
	var out []mapping
	cur := mapping{map[Field]int{}, map[Field]string{}}
	for c, text := range labels {
		f := fieldOf(text)
		if f == "" {
			continue
		}
		if _, twice := cur.column[f]; twice {
			if f != Name && f != NIK && f != No || !cur.telling() {
				continue
			}
			out = append(out, cur)
			cur = mapping{map[Field]int{}, map[Field]string{}}
		}
		cur.column[f], cur.words[f] = c, strings.Join(strings.Fields(text), " ")
	}
	return append(out, cur)
}

func count(ms []mapping) (n int) {
	for _, m := range ms {
		n += len(m.column)
	}
	return n
}

func anyTelling(ms []mapping) bool {
	for _, m := range ms {
		if m.telling() {
			return true
		}
	}
	return false
}

func keep(ms []mapping) (out []mapping) {
	for _, m := range ms {
		if m.telling() {
			out = append(out, m)
		}
	}
	return out
}

func cell(row []string, c int) string {
	if c >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[c])
}

// manyDigits says whether a cell holds six digits or more: a NIK, a phone, a day, never a header.
func manyDigits(row []string) bool {
	for _, text := range row {
		n := 0
		for _, c := range []byte(text) {
			if c >= '0' && c <= '9' {
				n++
			}
		}
		if n >= 6 {
			return true
		}
	}
	return false
}
