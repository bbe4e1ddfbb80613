package pdf_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kompeten/internal/document/pdf"
)

func TestEveryBrokenRuleOfTheArchiveIsFound(t *testing.T) {
	good := p256(t).sign(t)
	if breaches, err := pdf.Archive(good); err != nil || len(breaches) > 0 {
		t.Fatalf("a good file: %v (%v)", breaches, err)
	}
	for _, c := range []struct {
		name, clause, from, to string
	}{
		{"no high bytes after the head", "6.1.2", "%\xE2\xE3\xCF\xD3", "%abcd"},
		{"another version", "6.1.2", "%PDF-1.7", "%PDF-2.0"},
		{"no identifier", "6.1.3", "/ID[", "/XX["},
		{"a program when opened", "6.5.1", "/Lang(id-ID)", "/OpenAction<</S/JavaScript/JS(app.alert)>>"},
		{"a program that is started", "6.5.1", "/Lang(id-ID)", "/OpenAction<</S/Launch/F(a.exe)>>"},
		{"an action of the catalogue", "6.5.2", "/Lang(id-ID)", "/AA<</WC<<>>>>"},
		{"named programs", "6.5.1", "/Names<</EmbeddedFiles", "/Names<</JavaScript<<>>/EmbeddedFiles"},
		{"no meaning of colours", "6.2.3", "/GTS_PDFA1", "/GTS_PDFX"},
		{"another level", "6.6.4", "<pdfaid:conformance>B", "<pdfaid:conformance>A"},
		{"another title", "6.6.3", "x-default\">Surat Contoh", "x-default\">Surat Contok"},
		{"another time", "6.6.3", "<xmp:CreateDate>2021", "<xmp:CreateDate>2022"},
		{"a description that is no XML", "6.6.2.1", "</rdf:Description>", "<rdf:Description>"},
		{"a file of no relation", "6.8", "/AFRelationship/Data", "/AFRelationship/Datum"},
		{"a file that belongs to nothing", "6.8", "/AF[", "/AX["},
		{"a file of no kind", "6.8", "/Subtype/text#2Fplain", "/Subtyp/text#2Fplain"},
		{"a file of no time", "6.8", "/ModDate(", "/ModDato("},
		{"a field that is not printed", "6.3.2", "/F 132", "/F 128"},
		{"a field that is hidden", "6.3.2", "/F 132", "/F 134"},
		{"a look for when it is pressed", "6.3.3", "/AP<</N", "/AP<</D 1 0 R/N"},
		{"fields drawn by the reader", "6.4.1", "/SigFlags 3", "/NeedAppearances true"},
		{"a form of another kind", "6.4.2", "/SigFlags 3", "/SigFlags 3/XFA()"},
		{"a font that is not inside", "6.2.11.4.1", "/FontFile2", "/FontFilo2"},
		{"a font without glyph numbers", "6.2.11.3.2", "/CIDToGIDMap/Identity", "/CIDToGIDMop/Identity"},
		{"a font without letters", "6.2.11.7.2", "/ToUnicode", "/ToUnicorn"},
		{"an encoding that others keep", "6.2.11.3.3", "/Identity-H", "/UniGB-H"},
		{"another width", "6.2.11.5", "[224]", "[824]"},
		{"a signature of half the file", "6.4.3", "/ByteRange[0 ", "/ByteRange[7 "},
		{"packed in the old way", "6.1.7.2", "/Type/EmbeddedFile", "/Filter/LZWDecode/Typ/EmbeddedFil"},
		{"data elsewhere", "6.1.7.1", "/Type/EmbeddedFile", "/F(a.bin)/Type/EmbeddedFile"},
		{"an annotation that moves", "6.3.1", "/Subtype/Widget", "/Subtype/Movie"},
		{"names too long", "6.1.13", "/SigFlags", "/" + strings.Repeat("x", 128) + " 1/SigFlags"},
	} {
		to := c.to
		if c.from == "[224]" { // whatever width the first glyph has
			width := regexp.MustCompile(`/W\[\d+\[(\d+(?:\.\d+)?)\]`).FindSubmatch(good)
			c.from, to = "["+string(width[1])+"]", "[1999]"
		}
		if c.name == "packed in the old way" {
			c.from, to = "/ModDate(D:20210419000000+07'00')>>/Filter/FlateDecode", "/ModDate(D:20210419000000+07'00')>>/Filter/LZWDecode"
		}
		breaches, err := pdf.Archive(rewritten(t, good, c.from, to))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.ContainsFunc(breaches, func(b pdf.Breach) bool { return b.Clause == c.clause }) {
			t.Errorf("%s: found %v, not %s", c.name, breaches, c.clause)
		}
	}
}

// rewritten replaces words of a file and writes its table of objects anew.
func rewritten(t testing.TB, b []byte, from, to string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(from)) {
		t.Fatalf("%q is not in the file", from)
	}
	out := bytes.ReplaceAll(b, []byte(from), []byte(to))
	head, tail, _ := bytes.Cut(out, []byte("\nxref\n"))
	table := regexp.MustCompile(`^0 (\d+)\n`).FindSubmatch(tail)
	_, trailer, _ := bytes.Cut(tail, []byte("trailer\n"))
	trailer, _, _ = bytes.Cut(trailer, []byte("\nstartxref"))
	starts := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^(\d+) 0 obj$`).FindAllSubmatchIndex(head, -1) {
		starts[string(head[m[2]:m[3]])] = m[0]
	}
	return tableOf(append(head, '\n'), string(table[1]), string(trailer), starts)
}

func tableOf(out []byte, size, trailer string, starts map[string]int) []byte {
	at := len(out)
	n, err := strconv.Atoi(size)
	if err != nil {
		return nil
	}
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", n)
	for i := 1; i < n; i++ {
		out = fmt.Appendf(out, "%010d 00000 n \n", starts[strconv.Itoa(i)])
	}
	return fmt.Appendf(out, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", trailer, at)
}
