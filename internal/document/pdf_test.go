package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kompeten/internal/text"
)

// opened is a PDF read back: its objects by number, streams unpacked.
type opened struct {
	raw    []byte
	object map[int]string
	stream map[int][]byte
}

func open(t *testing.T, b []byte) opened {
	t.Helper()
	o := opened{b, map[int]string{}, map[int][]byte{}}
	at, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(b)[1]))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b[at:]), "\n")
	if lines[0] != "xref" {
		t.Fatalf("no table of objects at %d but %q", at, lines[0])
	}
	count, _ := strconv.Atoi(strings.Fields(lines[1])[1])
	for n := 1; n < count; n++ {
		if len(lines[2+n]) != 19 {
			t.Fatalf("object %d: entry %q", n, lines[2+n])
		}
		start, _ := strconv.Atoi(lines[2+n][:10])
		head := fmt.Sprintf("%d 0 obj\n", n)
		if !bytes.HasPrefix(b[start:], []byte(head)) {
			t.Fatalf("object %d is not at %d", n, start)
		}
		o.read(t, n, b[start+len(head):])
	}
	return o
}

func (o opened) read(t *testing.T, n int, b []byte) {
	end := bytes.Index(b, []byte("\nendobj"))
	o.object[n] = string(b[:end])
	m := regexp.MustCompile(`/Length (\d+)>>\nstream\n`).FindSubmatchIndex(b)
	if m == nil || m[0] > end && !bytes.Contains(b[:m[0]], []byte("stream")) && m[0] > 4000 || bytes.Contains(b[:m[0]], []byte("endobj")) {
		return
	}
	size, _ := strconv.Atoi(string(b[m[2]:m[3]]))
	data := b[m[1] : m[1]+size]
	if !bytes.HasPrefix(b[m[1]+size:], []byte("\nendstream")) {
		t.Fatalf("object %d: stream has another length than it says", n)
	}
	o.object[n] = string(b[:m[1]])
	if !strings.Contains(o.object[n], "FlateDecode") {
		o.stream[n] = data
		return
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		t.Fatalf("object %d: %v", n, err)
	}
	o.stream[n] = data
}

func (o opened) ref(n int, key string) int {
	m := regexp.MustCompile(regexp.QuoteMeta(key) + `[\[ ]?(\d+) 0 R`).FindStringSubmatch(o.object[n])
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(m[1])
	return v
}

// words are what a reader would copy from a page: glyphs through the tables of letters.
func (o opened) words(page int) string {
	letters := map[string]map[string]string{}
	for _, m := range regexp.MustCompile(`(/F\d) (\d+) 0 R`).FindAllStringSubmatch(o.object[o.ref(page, "/Resources ")], -1) {
		n, _ := strconv.Atoi(m[2])
		table := map[string]string{}
		for _, x := range regexp.MustCompile(`<(....)><([0-9A-F]+)>`).FindAllStringSubmatch(string(o.stream[o.ref(n, "/ToUnicode ")]), -1) {
			var s []rune
			for i := 0; i+4 <= len(x[2]); i += 4 {
				v, _ := strconv.ParseUint(x[2][i:i+4], 16, 32)
				s = append(s, rune(v))
			}
			table[x[1]] = string(s)
		}
		letters[m[1]] = table
	}
	var b strings.Builder
	font := ""
	for _, line := range strings.Split(string(o.stream[o.ref(page, "/Contents ")]), "\n") {
		if strings.HasSuffix(line, " Tf") {
			font = line[:3]
		}
		if strings.HasSuffix(line, "TJ") {
			for _, part := range regexp.MustCompile(`<([0-9A-F]*)>`).FindAllStringSubmatch(line, -1) {
				for i := 0; i+4 <= len(part[1]); i += 4 {
					b.WriteString(letters[font][part[1][i:i+4]])
				}
			}
		}
		if line == "ET" {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (o opened) pages() (out []int) {
	for n := 1; n <= len(o.object); n++ {
		if strings.HasPrefix(o.object[n], "<</Type/Page/") {
			out = append(out, n)
		}
	}
	return out
}

func TestAFileCanBeReadBack(t *testing.T) {
	for name, l := range layouts() {
		b, err := l.PDF()
		if err != nil {
			t.Fatal(err)
		}
		o := open(t, b)
		if got := len(o.pages()); got != len(l.Pages) {
			t.Errorf("%s: %d pages in the file, %d in the layout", name, got, len(l.Pages))
		}
		for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllStringSubmatch(strings.Join(values(o.object), " "), -1) {
			if n, _ := strconv.Atoi(m[1]); o.object[n] == "" {
				t.Errorf("%s: object %d is named and missing", name, n)
			}
		}
	}
}

func values(m map[int]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestWordsCanBeCopiedFromTheFile(t *testing.T) {
	c := sampleCertificate(3)
	c.Name = "Nur’aini Đặng Żółć 李"
	b, err := c.PDF()
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, b)
	face, annex := o.words(o.pages()[0]), o.words(o.pages()[1])
	for _, want := range []string{"Nur’aini Đặng Żółć \uFFFD\n", "SERTIFIKAT KOMPETENSI\n", "Sertifikat ini berlaku 3 (tiga) tahun", "with the qualification / competency", "No. 45407 7231 2 0000017 2021\n"} {
		if !strings.Contains(face, want) {
			t.Errorf("face: %q cannot be copied", want)
		}
	}
	for _, want := range []string{"G.45OTO01.003.2", "Carry Out Maintenance", "Mengikuti Prosedur Kesehatan"} {
		if !strings.Contains(annex, want) {
			t.Errorf("annex: %q cannot be copied", want)
		}
	}
}

func TestTheFileDescribesItself(t *testing.T) {
	c := sampleCertificate(2)
	c.LSP = "LSP <Contoh> & \"Kawan\" (1)\\"
	c.Files = []Attachment{{Name: "sertifikat (1).json", MIME: "application/json", About: "data", Relation: "Data", Data: []byte(`{"a":1}`)}}
	b, err := c.PDF()
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, b)
	for _, want := range []string{"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>", "LSP &lt;Contoh&gt; &amp; &quot;Kawan&quot; (1)\\",
		"<xmp:CreateDate>2021-04-19T00:00:00+07:00</xmp:CreateDate>", "/CreationDate(D:20210419000000+07'00')", "/Lang(id-ID)", "/AFRelationship/Data", "/Subtype/application#2Fjson",
		"/OutputIntents[", "/Outlines ", pdfText("Sertifikat Kompetensi 45407 7231 2 0000017 2021")} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%s is not in the file", want)
		}
	}
	found := false
	for _, s := range o.stream {
		found = found || string(s) == `{"a":1}`
	}
	if !found {
		t.Error("the attachment is not inside")
	}
	english := sampleDecree(1)
	english.Lang = text.EN
	if b, _ := english.PDF(); !bytes.Contains(b, []byte("/Lang(en-GB)")) {
		t.Error("an English decree does not say its language")
	}
}

func TestAFontInAFileIsASmallerFont(t *testing.T) {
	for face := Face(0); face < faceCount; face++ {
		f := face.font()
		var used []uint16
		for _, r := range "Ażść ÅéñÇ ½ Mu" {
			used = append(used, f.glyph(r))
		}
		b := f.subset(used)
		if len(b) > 20_000 || checksum(b) != 0xB1B0AFBA {
			t.Errorf("%s: %d bytes, checksum %x", f.name, len(b), checksum(b))
		}
		glyf, loca := tableOf(b, "glyf"), tableOf(b, "loca")
		for _, g := range f.withParts(used) {
			from, to := 2*be16(loca, 2*int(g)), 2*be16(loca, 2*int(g)+2)
			if !bytes.HasPrefix(glyf[from:to], f.outline(g)) {
				t.Errorf("%s: glyph %d has another outline", f.name, g)
			}
		}
		if n := len(parts(f.outline(f.glyph('Å')))); n == 1 {
			t.Errorf("%s: a letter made of one part", f.name)
		}
	}
}

func tableOf(b []byte, tag string) []byte {
	for i := range be16(b, 4) {
		if rec := b[12+16*i:]; string(rec[:4]) == tag {
			return b[be32(rec, 8) : be32(rec, 8)+be32(rec, 12)]
		}
	}
	return nil
}

func TestLinesAreSetAsAPrinterWould(t *testing.T) {
	body := style("body", 0)
	if a, b := body.width("Ta"), body.width("T")+body.width("a"); a >= b {
		t.Errorf("T and a are not moved together: %.2f, apart %.2f", a, b)
	}
	if g := body.shape(nil, "sertifikasi"); len(g) != 10 || g[5].r != 'ﬁ' {
		t.Errorf("fi is not one glyph: %d glyphs", len(g))
	}
	if g := style("title", 0).shape(nil, "Fi"); len(g) != 2 || g[1].r != 'I' || !g[1].small {
		t.Errorf("no small capitals: %+v", g)
	}
	for _, c := range []struct {
		text  string
		width float64
		want  []string
	}{
		{"satu dua tiga", 1000, []string{"satu dua tiga"}},
		{"satu dua\ntiga", 1000, []string{"satu dua", "tiga"}},
		{"", 50, []string{""}},
		{"SMG-2021-0001", body.width("SMG-2021-00"), []string{"SMG-2021-", "0001"}},
		{"iiiiii", body.width("iiii") + 0.01, []string{"iiii", "ii"}},
		{"ii", 0.1, []string{"i", "i"}},
	} {
		if got := body.wrap(c.text, c.width); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q in %.1f mm: %q", c.text, c.width, got)
		}
	}
	long := "Lembaga Sertifikasi Profesi Otomotif Contoh"
	w := body.width(long) - 2
	if got := body.balanced(long, w, 2); len(got) != 2 || len(got[1]) < 12 {
		t.Errorf("not balanced: %q", got)
	}
}

func TestABrokenFontIsRefused(t *testing.T) {
	good, err := fontFiles.ReadFile("fonts/sans.ttf")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 4, 12, 100, 1000, len(good) / 2} {
		if _, err := parseFont(good[:n]); err == nil {
			t.Errorf("the first %d bytes are taken for a font", n)
		}
	}
}

func TestEveryFaceHasTheBoxAndTheLettersOfNames(t *testing.T) {
	for face := Face(0); face < faceCount; face++ {
		for _, r := range "□ABCXYZabcxyz0123456789’'-.,/()ÀÉÑÖØŁŞŻĐđąęłńśźżşğıạếữ" {
			if face.font().glyph(r) == 0 {
				t.Errorf("%s cannot print %c", face.font().name, r)
			}
		}
	}
}
