package document

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"unicode/utf16"

	"kompeten/internal/text"
)

// file is a PDF being written: objects one after the other, then where each begins. The same layout always gives
// the same bytes: no clock, no chance, no order of a map.
type file struct {
	out    []byte
	starts []int // of object n+1
}

// ref is the number of an object.
type ref int

// deflaters are kept for the next document; making one costs more than a page.
var deflaters = sync.Pool{New: func() any { w, _ := zlib.NewWriterLevel(nil, 6); return w }}

func deflate(b []byte) []byte {
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	out := bytes.NewBuffer(make([]byte, 0, len(b)/2+64))
	w.Reset(out)
	_, _ = w.Write(b) // a buffer in memory does not fail
	_ = w.Close()
	return out.Bytes()
}

// reserve takes the next number for an object that is written later.
func (f *file) reserve() ref {
	f.starts = append(f.starts, 0)
	return ref(len(f.starts))
}

func (f *file) object(r ref, body string, args ...any) {
	f.starts[r-1] = len(f.out)
	f.out = strconv.AppendInt(f.out, int64(r), 10)
	f.out = append(f.out, " 0 obj\n"...)
	f.out = fmt.Appendf(f.out, body, args...)
	f.out = append(f.out, "\nendobj\n"...)
}

// stream writes an object that carries data; dict is what its dictionary says besides the length.
func (f *file) stream(r ref, dict string, data []byte) {
	f.starts[r-1] = len(f.out)
	f.out = fmt.Appendf(f.out, "%d 0 obj\n<<%s/Length %d>>\nstream\n", r, dict, len(data))
	f.out = append(f.out, data...)
	f.out = append(f.out, "\nendstream\nendobj\n"...)
}

func (f *file) packed(r ref, dict string, data []byte) {
	f.stream(r, dict+"/Filter/FlateDecode", deflate(data))
}

func (f *file) add(body string, args ...any) ref {
	r := f.reserve()
	f.object(r, body, args...)
	return r
}

// text is a string of a PDF: UTF-16 in hexadecimal, so nothing in it can end it early.
func pdfText(s string) string {
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = hex4(out, u)
	}
	return string(append(out, '>'))
}

// PDF writes the layout as a PDF/A-3b file: everything it needs is inside, it looks the same in thirty years, its
// words can be searched and copied. The same layout always gives the same bytes.
func (l Layout) PDF() ([]byte, error) {
	b, _, err := l.write(nil)
	return b, err
}

// write writes the file, with open places for the signature if there is to be one.
func (l Layout) write(s *Signature) ([]byte, *signing, error) {
	f := &file{out: make([]byte, 0, 64<<10)}
	f.out = append(f.out, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"...)
	catalog, pages, resources := f.reserve(), f.reserve(), f.reserve()
	w := pageWriter{file: f, pages: pages, resources: resources}
	if s != nil {
		w.signing = &signing{what: s, field: f.reserve(), page: l.signedPage()}
	}
	for _, p := range l.Pages {
		if err := w.page(p); err != nil {
			return nil, nil, err
		}
	}
	w.writeResources()
	f.object(pages, "<</Type/Pages/Count %d/Kids[%s]>>", len(w.kids), refs(w.kids))
	extra := w.outline(l) + f.attachments(l) + f.archive(l)
	if w.signing != nil {
		extra += f.writeSignature(w.signing, w.kids)
	}
	f.object(catalog, "<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>%s>>", pages, pdfLang(l.Lang), extra)
	info := f.add("<</Title%s/Author%s/Subject%s/Producer(Kompeten)/CreationDate(%s)>>",
		pdfText(l.Title), pdfText(l.Author), pdfText(l.Subject), pdfDay(l.Day))
	return f.finish(catalog, info), w.signing, nil
}

func pdfLang(l text.Lang) string {
	if l == text.EN {
		return "en-GB"
	}
	return "id-ID"
}

// finish writes where the objects begin. The identifier of the file is a digest of all that went before.
func (f *file) finish(catalog, info ref) []byte {
	sum := sha256.Sum256(f.out)
	at := len(f.out)
	f.out = fmt.Appendf(f.out, "xref\n0 %d\n0000000000 65535 f \n", len(f.starts)+1)
	for _, s := range f.starts {
		f.out = fmt.Appendf(f.out, "%010d 00000 n \n", s)
	}
	f.out = fmt.Appendf(f.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.starts)+1, catalog, info, sum[:16], sum[:16], at)
	return f.out
}

func refs(rs []ref) string {
	var b []byte
	for _, r := range rs {
		b = fmt.Appendf(b, "%d 0 R ", r)
	}
	return string(b)
}

// pageWriter writes pages and, after them, the fonts, pictures and ornaments that they used.
type pageWriter struct {
	file             *file
	pages, resources ref
	kids             []ref
	used             [faceCount]map[uint16]rune
	files            pageFiles
	space            []byte
	signing          *signing // nil when the file is not signed
}

func (w *pageWriter) page(p Page) error {
	paint := painter{out: w.space[:0], h: pt(p.H), used: w.used, files: &w.files}
	for _, it := range p.Items {
		it.paint(&paint)
	}
	w.used, w.space = paint.used, paint.out
	body := w.file.reserve()
	w.file.packed(body, "", paint.out)
	w.kids = append(w.kids, w.file.add("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources %d 0 R/Contents %d 0 R%s>>",
		w.pages, num(nil, pt(p.W)), num(nil, pt(p.H)), w.resources, body, w.links(paint)))
	return paint.err
}

func (w *pageWriter) links(p painter) string {
	var all []ref
	for _, l := range p.links {
		all = append(all, w.file.add("<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[%s %s %s %s]/A<</S/URI/URI(%s)>>>>",
			num(nil, p.x(l.X)), num(nil, p.y(l.Y+l.H)), num(nil, p.x(l.X+l.W)), num(nil, p.y(l.Y)), uri(l.URL)))
	}
	if s := w.signing; s != nil && s.page == len(w.kids) {
		s.area, all = p.field, append(all, s.field)
	}
	if len(all) == 0 {
		return ""
	}
	return "/Annots[" + refs(all) + "]"
}

// uri keeps what may stand in an address and writes the rest as %XX.
func uri(s string) string {
	var b []byte
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7F && c != '(' && c != ')' && c != '\\' {
			b = append(b, c)
			continue
		}
		b = fmt.Appendf(b, "%%%02X", s[i])
	}
	return string(b)
}

func (w *pageWriter) writeResources() {
	var fonts, things []byte
	for i := range w.used {
		if len(w.used[i]) > 0 {
			fonts = fmt.Appendf(fonts, "/F%d %d 0 R", i, w.file.font(Face(i).font(), w.used[i]))
		}
	}
	for i, p := range w.files.pictures {
		r := w.file.reserve()
		w.file.stream(r, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
			portraitW, portraitH), p.Bytes())
		things = fmt.Appendf(things, "/P%d %d 0 R", i, r)
	}
	for i, name := range w.files.ornaments {
		things = fmt.Appendf(things, "/O%d %d 0 R", i, w.file.drawing(ornaments()[name]))
	}
	w.file.object(w.resources, "<</Font<<%s>>/XObject<<%s>>>>", fonts, things)
}

// font writes a font with only the glyphs used, their widths, and which letters they stand for.
func (f *file) font(t *font, used map[uint16]rune) ref {
	glyphs := make([]uint16, 0, len(used))
	for g := range used {
		glyphs = append(glyphs, g)
	}
	slices.Sort(glyphs)
	name := subsetTag(t.name, glyphs) + "+" + t.name
	program := t.subset(glyphs)
	data, letters := f.reserve(), f.reserve()
	f.packed(data, fmt.Sprintf("/Length1 %d", len(program)), program)
	f.packed(letters, "", lettersOf(glyphs, used))
	k := 1000 / float64(t.em)
	angle, flags := 0, 4
	if t.italic {
		angle, flags = -12, 4|64
	}
	about := f.add("<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%.0f %.0f %.0f %.0f]/ItalicAngle %d/Ascent %.0f/Descent %.0f/CapHeight %.0f/StemV %d/FontFile2 %d 0 R>>",
		name, flags, k*float64(t.box[0]), k*float64(t.box[1]), k*float64(t.box[2]), k*float64(t.box[3]), angle,
		k*float64(t.ascent), k*float64(t.descent), k*float64(t.capHeight), 10+t.weight/5, data)
	widths := []byte{}
	for _, g := range glyphs {
		widths = fmt.Appendf(widths, "%d[%s]", g, num(nil, k*float64(t.advance[g])))
	}
	child := f.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[%s]>>",
		name, about, widths)
	return f.add("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, child, letters)
}

// subsetTag is the six letters that tell subsets of one font apart.
func subsetTag(name string, glyphs []uint16) string {
	b := []byte(name)
	for _, g := range glyphs {
		b = append(b, byte(g>>8), byte(g))
	}
	sum := sha256.Sum256(b)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// lettersOf says which text each glyph stands for, so that words can be searched and copied.
func lettersOf(glyphs []uint16, used map[uint16]rune) []byte {
	b := []byte("/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for part := range slices.Chunk(glyphs, 100) {
		b = fmt.Appendf(b, "%d beginbfchar\n", len(part))
		for _, g := range part {
			b = append(hex4(append(b, '<'), g), "><"...)
			for _, u := range utf16.Encode([]rune(unligature(used[g]))) {
				b = hex4(b, u)
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap CMapName currentdict/CMap defineresource pop end end"...)
}
