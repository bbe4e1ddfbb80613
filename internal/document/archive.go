package document

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"sync"

	"kompeten/internal/date"
)

// archive writes what makes a PDF fit for archives (ISO 19005-3, level B): the description for machines, and what
// its colours mean.
func (f *file) archive(l Layout) string {
	about, profile := f.reserve(), f.reserve()
	f.stream(about, "/Type/Metadata/Subtype/XML", []byte(l.xmp()))
	f.stream(profile, "/N 3/Filter/FlateDecode", colourProfile())
	intent := f.add("<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile %d 0 R>>", profile)
	return fmt.Sprintf("/Metadata %d 0 R/OutputIntents[%d 0 R]", about, intent)
}

// pdfDay is the first moment of the paper's day in western Indonesia. In Jayapura it is the same day; midnight in
// London would come after a signature of that morning, which readers then show as older than its file.
func pdfDay(d date.Date) string {
	return fmt.Sprintf("D:%04d%02d%02d000000+07'00'", d.Year(), d.Month(), d.Day())
}

func (l Layout) xmp() string {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
	return fmt.Sprintf(`<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>%04d-%02d-%02dT00:00:00+07:00</xmp:CreateDate><pdf:Producer>Kompeten</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`, "\uFEFF", esc(l.Title), esc(l.Author), esc(l.Subject), pdfLang(l.Lang), l.Day.Year(), l.Day.Month(), l.Day.Day())
}

// attachments writes the files inside the PDF and says how they belong to it.
func (f *file) attachments(l Layout) string {
	if len(l.Files) == 0 {
		return ""
	}
	var names []byte
	var all []ref
	for i, a := range l.Files {
		data := f.reserve()
		f.packed(data, fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate(%s)>>", pdfName(a.MIME), len(a.Data), pdfDay(l.Day)), a.Data)
		spec := f.add("<</Type/Filespec/F%s/UF%s/Desc%s/AFRelationship/%s/EF<</F %d 0 R/UF %d 0 R>>>>",
			pdfText(a.Name), pdfText(a.Name), pdfText(a.About), pdfName(a.Relation), data, data)
		names = fmt.Appendf(names, "(%04d)%d 0 R", i, spec)
		all = append(all, spec)
	}
	return fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s]>>>>/AF[%s]", names, refs(all))
}

// pdfName keeps letters and digits and writes the rest as #XX.
func pdfName(s string) string {
	var b []byte
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			b = append(b, c)
			continue
		}
		b = fmt.Appendf(b, "#%02X", s[i])
	}
	return string(b)
}

// outline writes the bookmarks of the pages that have one.
func (w *pageWriter) outline(l Layout) string {
	var marks []int
	for i, p := range l.Pages {
		if p.Bookmark != "" {
			marks = append(marks, i)
		}
	}
	if len(marks) == 0 {
		return ""
	}
	f := w.file
	root := f.reserve()
	all := make([]ref, len(marks))
	for i := range marks {
		all[i] = f.reserve()
	}
	for i, page := range marks {
		near := ""
		if i > 0 {
			near += fmt.Sprintf("/Prev %d 0 R", all[i-1])
		}
		if i+1 < len(all) {
			near += fmt.Sprintf("/Next %d 0 R", all[i+1])
		}
		f.object(all[i], "<</Title%s/Parent %d 0 R/Dest[%d 0 R/Fit]%s>>", pdfText(l.Pages[page].Bookmark), root, w.kids[page], near)
	}
	f.object(root, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", all[0], all[len(all)-1], len(all))
	return fmt.Sprintf("/Outlines %d 0 R", root)
}

// colourProfile describes sRGB as an ICC profile of version 4, packed; the figures are those of IEC 61966-2-1.
var colourProfile = sync.OnceValue(func() []byte {
	xyz := func(x, y, z float64) []byte {
		b := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range []float64{x, y, z} {
			b = fixed(b, v)
		}
		return b
	}
	curve := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
		curve = fixed(curve, v)
	}
	adapt := []byte("sf32\x00\x00\x00\x00")
	for _, v := range []float64{1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316} {
		adapt = fixed(adapt, v)
	}
	return deflate(iccFile([]fontTable{
		{"desc", iccText("sRGB")}, {"cprt", iccText("CC0")}, {"wtpt", xyz(0.9642, 1, 0.8249)}, {"chad", adapt},
		{"rXYZ", xyz(0.4360747, 0.2225045, 0.0139322)}, {"gXYZ", xyz(0.3850649, 0.7168786, 0.0971045)}, {"bXYZ", xyz(0.1430804, 0.0606169, 0.7141733)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}))
})

func fixed(b []byte, v float64) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
}

func iccText(s string) []byte {
	b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0CenUS")
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(s)))
	b = binary.BigEndian.AppendUint32(b, 28)
	for _, r := range s {
		b = append(b, 0, byte(r))
	}
	return b
}

func iccFile(tags []fontTable) []byte {
	head := make([]byte, 128)
	copy(head[8:], "\x04\x20\x00\x00mntrRGB XYZ ")
	copy(head[24:], "\x07\xE4\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00acsp")
	copy(head[68:], fixed(fixed(fixed(nil, 0.9642), 1), 0.8249))
	index := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	start := 128 + 4 + 12*len(tags)
	for _, t := range tags {
		index = append(index, t.tag...)
		index = binary.BigEndian.AppendUint32(index, uint32(start+len(body)))
		index = binary.BigEndian.AppendUint32(index, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out := append(append(head, index...), body...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}
