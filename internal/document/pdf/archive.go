package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Breach is a rule of ISO 19005-3 (PDF/A-3, level B) that a file breaks: its clause, and what is wrong where.
type Breach struct {
	Clause string
	What   string
}

// String is the breach in one line.
func (b Breach) String() string { return b.Clause + ": " + b.What }

// archivist goes through a file with the rules of the archive.
type archivist struct {
	*File
	out   []Breach
	seen  map[string]bool
	links map[int]bool // objects of files that something in the paper names as its own
}

const maxBreaches = 100

func (a *archivist) breach(clause, what string, args ...any) {
	b := Breach{clause, fmt.Sprintf(what, args...)}
	if key := b.String(); !a.seen[key] && len(a.out) < maxBreaches {
		a.seen[key] = true
		a.out = append(a.out, b)
	}
}

// must is a breach unless the rule holds.
func (a *archivist) must(holds bool, clause, what string, args ...any) {
	if !holds {
		a.breach(clause, what, args...)
	}
}

// Archive lists the rules of PDF/A-3b that a file breaks, as far as they can be told without drawing it: its frame,
// colours, fonts, annotations, actions, description, files inside and signatures. An error means that it cannot be
// read at all.
func Archive(b []byte) ([]Breach, error) {
	f, err := Read(b)
	if err != nil {
		return nil, err
	}
	a := &archivist{File: f, seen: map[string]bool{}, links: map[int]bool{}}
	a.frame()
	nums := slices.Sorted(maps.Keys(f.entries))
	for _, num := range nums {
		a.collectLinks(f.dict(ref{num: num}))
	}
	for _, num := range nums {
		if f.entries[num].kind != 0 {
			a.object(num)
		}
	}
	a.catalogueRules()
	a.description()
	a.pages()
	if f.work.left < 0 {
		return nil, unreadable(errTooMuch)
	}
	return a.out, nil
}

// frame looks at the bytes around the objects.
func (a *archivist) frame() {
	head, rest, _ := bytes.Cut(a.b[:min(len(a.b), 64)], []byte("\n"))
	head = bytes.TrimRight(head, "\r")
	a.must(len(head) == 8 && bytes.HasPrefix(head, []byte("%PDF-1.")) && head[7] >= '0' && head[7] <= '7', "6.1.2", "head %q", head)
	high := 0
	for _, c := range rest[min(1, len(rest)):min(5, len(rest))] {
		if c > 0x7F {
			high++
		}
	}
	a.must(len(rest) > 4 && rest[0] == '%' && high == 4, "6.1.2", "no comment of four high bytes after the head")
	a.must(bytes.HasSuffix(bytes.TrimRight(a.b, "\r\n"), []byte("%%EOF")), "6.1.3", "something after the end")
	id := a.array(a.trailer["ID"])
	ok := len(id) == 2
	for _, v := range id {
		s, is := v.(str)
		ok = ok && is && len(s) > 0
	}
	a.must(ok, "6.1.3", "no identifier of the file")
}

// collectLinks notes which descriptions of files an object names as belonging to it.
func (a *archivist) collectLinks(d dict) {
	for _, v := range a.array(d["AF"]) {
		if r, ok := v.(ref); ok {
			a.links[r.num] = true
		}
	}
}

func (a *archivist) object(num int) {
	v := a.File.object(num)
	a.must(v != nil, "6.1", "object %d cannot be read", num)
	a.limits(num, v, 0)
	if st, ok := v.(*stream); ok {
		a.stream(num, st)
	}
	d := a.dict(v)
	if d == nil {
		return
	}
	a.action(num, d)
	switch kind, _ := a.get(d["Type"]).(name); kind {
	case "Font":
		a.font(num, d)
	case "FontDescriptor":
		a.must(a.get(d["FontFile"]) != nil || a.get(d["FontFile2"]) != nil || a.get(d["FontFile3"]) != nil, "6.2.11.4.1", "font %v is not inside", d["FontName"])
	case "Annot":
		a.annotation(num, d)
	case "Filespec":
		a.fileSpec(num, d)
	case "EmbeddedFile":
		mime, _ := a.get(d["Subtype"]).(name)
		a.must(strings.Contains(string(mime), "/"), "6.8", "file in object %d does not say its kind", num)
		_, err := moment(words(a.get(a.dict(d["Params"])["ModDate"])))
		a.must(err == nil, "6.8", "file in object %d does not say when it was changed", num)
	case "ExtGState":
		a.graphicState(num, d)
	case "Page":
		a.must(d["AA"] == nil, "6.5.2", "page %d acts by itself", num)
	case "Sig":
		a.signature(num, d)
	}
	if a.get(d["Type"]) == nil && d["Subtype"] != nil && d["Rect"] != nil {
		a.annotation(num, d)
	}
}

// limits are the sizes that every reader can hold (6.1.13), and names that are words.
func (a *archivist) limits(num int, v any, depth int) {
	switch x := v.(type) {
	case name:
		a.must(len(x) <= 127, "6.1.13", "object %d: name of %d bytes", num, len(x))
		a.must(utf8.ValidString(string(x)), "6.1.8", "object %d: name is not UTF-8", num)
	case str:
		a.must(len(x) <= 32767 || depth == 1, "6.1.13", "object %d: string of %d bytes", num, len(x))
	case int64:
		a.must(x >= -1<<31 && x < 1<<31, "6.1.13", "object %d: number %d", num, x)
	case array:
		for _, e := range x {
			a.limits(num, e, depth+2)
		}
	case dict:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			a.limits(num, k, depth+2)
			a.limits(num, x[k], depth+1)
		}
	case *stream:
		a.limits(num, x.dict, depth)
	}
}

func (a *archivist) stream(num int, st *stream) {
	for _, k := range []name{"F", "FFilter", "FDecodeParms"} {
		a.must(st.dict[k] == nil, "6.1.7.1", "data of object %d stand outside the file", num)
	}
	for _, v := range a.list(st.dict["Filter"]) {
		filter, _ := a.get(v).(name)
		a.must(filter != "LZWDecode" && filter != "Crypt", "6.1.7.2", "object %d is packed by %s", num, filter)
		if filter == "FlateDecode" {
			_, err := a.unpack(st)
			a.must(err == nil, "6.1.7", "object %d cannot be unpacked", num)
		}
	}
	if a.get(st.dict["Type"]) != name("XObject") {
		return
	}
	for _, k := range []name{"OPI", "Alternates", "PS", "Ref"} {
		a.must(st.dict[k] == nil, "6.2.8", "object %d has %s", num, k)
	}
	a.must(a.get(st.dict["Interpolate"]) != true, "6.2.8", "picture %d is to be smoothed", num)
	a.must(a.get(st.dict["Subtype2"]) != name("PS"), "6.2.9", "object %d is a program", num)
	if a.get(st.dict["Subtype"]) == name("Image") {
		a.colourSpace(fmt.Sprintf("picture %d", num), st.dict["ColorSpace"])
	}
}

// graphicState allows only what stays the same in every reader.
func (a *archivist) graphicState(num int, d dict) {
	for _, k := range []name{"TR", "HTP", "HTO"} {
		a.must(d[k] == nil, "6.2.5", "graphic state %d has %s", num, k)
	}
	a.must(d["TR2"] == nil || a.get(d["TR2"]) == name("Default"), "6.2.5", "graphic state %d has TR2", num)
	for _, v := range a.list(d["BM"]) {
		mode, _ := a.get(v).(name)
		a.must(slices.Contains(blends, mode), "6.2.10", "graphic state %d blends by %s", num, mode)
	}
}

var blends = []name{"Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn", "HardLight", "SoftLight", "Difference", "Exclusion",
	"Hue", "Saturation", "Color", "Luminosity"}

var actions = []name{"GoTo", "GoToR", "GoToE", "Thread", "URI", "SubmitForm", "Named"}

// action refuses whatever a file might do by itself.
func (a *archivist) action(num int, d dict) {
	for _, k := range []name{"A", "OpenAction", "Next"} {
		if k == "Next" && d["S"] == nil { // the next bookmark
			continue
		}
		for _, v := range a.list(d[k]) {
			act := a.dict(v)
			kind, _ := a.get(act["S"]).(name)
			a.must(act == nil || slices.Contains(actions, kind), "6.5.1", "object %d does %s", num, kind)
			if kind == "Named" {
				which, _ := a.get(act["N"]).(name)
				a.must(slices.Contains([]name{"NextPage", "PrevPage", "FirstPage", "LastPage"}, which), "6.5.1", "object %d does %s", num, which)
			}
		}
	}
	if a.get(d["Type"]) == name("Action") {
		kind, _ := a.get(d["S"]).(name)
		a.must(slices.Contains(actions, kind), "6.5.1", "object %d does %s", num, kind)
	}
	a.must(d["JS"] == nil && d["JavaScript"] == nil, "6.5.1", "object %d has a program", num)
}

var annotations = []name{"Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Popup",
	"FileAttachment", "Widget", "PrinterMark", "TrapNet", "Watermark", "Redact"}

// annotation looks at what lies on a page.
func (a *archivist) annotation(num int, d dict) {
	kind, _ := a.get(d["Subtype"]).(name)
	a.must(slices.Contains(annotations, kind), "6.3.1", "annotation %d is a %s", num, kind)
	flags, _ := a.get(d["F"]).(int64)
	if kind != "Popup" {
		const hidden, print = 1 | 2 | 32 | 256, 4
		a.must(flags&print != 0 && flags&hidden == 0, "6.3.2", "annotation %d is not printed (%d)", num, flags)
	}
	a.must(kind != "Widget" || d["A"] == nil && d["AA"] == nil, "6.4.1", "field %d acts", num)
	rect := a.array(d["Rect"])
	empty := len(rect) == 4 && rect[0] == rect[2] && rect[1] == rect[3]
	look := a.dict(d["AP"])
	if kind != "Popup" && kind != "Link" && !empty {
		a.must(look != nil, "6.3.3", "annotation %d has no look", num)
	}
	if look != nil {
		_, one := a.get(look["N"]).(*stream)
		a.must(len(look) == 1 && (one || a.get(d["FT"]) == name("Btn")), "6.3.3", "annotation %d has another look than its normal one", num)
	}
}

func (a *archivist) fileSpec(num int, d dict) {
	a.must(words(a.get(d["F"])) != "" && words(a.get(d["UF"])) != "", "6.8", "file %d has no name", num)
	relation, _ := a.get(d["AFRelationship"]).(name)
	a.must(slices.Contains([]name{"Source", "Data", "Alternative", "Supplement", "Unspecified"}, relation), "6.8", "file %d does not say how it belongs to the paper (%q)", num, relation)
	if d["EF"] != nil {
		a.must(a.links[num], "6.8", "file %d belongs to nothing", num)
		_, ok := a.get(a.dict(d["EF"])["F"]).(*stream)
		a.must(ok, "6.8", "file %d is not inside", num)
	}
}

// signature asks that a signature covers the whole file, or the file as it was saved then (6.4.3).
func (a *archivist) signature(num int, d dict) {
	container, _ := a.get(d["Contents"]).(str)
	_, _, _, ok := a.covered(a.array(d["ByteRange"]), container)
	a.must(ok, "6.4.3", "signature %d does not cover the file", num)
	a.must(len(container) > 0 && container[0] == 0x30, "6.4.3", "signature %d is no container in DER", num)
}

func (a *archivist) catalogueRules() {
	c := a.catalogue()
	a.must(c["AA"] == nil, "6.5.2", "the file acts by itself")
	a.must(c["Requirements"] == nil, "6.11", "the file asks for a reader of its own")
	a.must(c["NeedsRendering"] != true, "6.4.2", "the file is drawn when it is opened")
	tree := a.dict(c["Names"])
	a.must(tree["JavaScript"] == nil, "6.5.1", "the file has programs")
	a.must(tree["AlternatePresentations"] == nil, "6.10", "the file has other presentations")
	if form := a.dict(c["AcroForm"]); form != nil {
		a.must(a.get(form["NeedAppearances"]) != true, "6.4.1", "fields are drawn when the file is opened")
		a.must(form["XFA"] == nil, "6.4.2", "the form is of another kind")
	}
	a.must(a.get(c["Lang"]) != nil, "house", "the file does not say its language")
	intents := 0
	for _, v := range a.array(c["OutputIntents"]) {
		if d := a.dict(v); a.get(d["S"]) == name("GTS_PDFA1") {
			intents++
			a.profile(d)
		}
	}
	a.must(intents == 1, "6.2.3", "%d meanings of colours", intents)
}

// profile looks at the description of colours.
func (a *archivist) profile(d dict) {
	st, ok := a.get(d["DestOutputProfile"]).(*stream)
	a.must(ok, "6.2.3", "colours have no profile")
	if !ok {
		return
	}
	data, err := a.unpack(st)
	n, _ := a.get(st.dict["N"]).(int64)
	if err != nil || len(data) < 128 || number(data[:4]) != len(data) || string(data[36:40]) != "acsp" || data[8] > 4 {
		a.breach("6.2.3", "the colour profile is broken")
		return
	}
	a.must(slices.Contains([]string{"mntr", "prtr"}, string(data[12:16])), "6.2.3", "the colour profile is of class %q", data[12:16])
	a.must(map[string]int64{"RGB ": 3, "GRAY": 1, "CMYK": 4}[string(data[16:20])] == n, "6.2.3", "the colour profile has not %d colours", n)
}

// description compares what the file says about itself in its two places (6.6).
func (a *archivist) description() {
	st, ok := a.get(a.catalogue()["Metadata"]).(*stream)
	a.must(ok && st.dict["Filter"] == nil && a.get(st.dict["Subtype"]) == name("XML"), "6.6.2.1", "no plain description")
	if !ok {
		return
	}
	said, err := readXMP(st.raw)
	if err != nil {
		a.breach("6.6.2.1", "the description is no XML: %v", err)
		return
	}
	a.must(bytes.HasPrefix(st.raw, []byte("<?xpacket begin=")) && bytes.Contains(st.raw, []byte(`<?xpacket end="w"?>`)), "6.6.2.1", "the description has no frame")
	a.must(said["pdfaid:part"] == "3" && said["pdfaid:conformance"] == "B", "6.6.4", "it calls itself part %q, level %q", said["pdfaid:part"], said["pdfaid:conformance"])
	info := a.dict(a.trailer["Info"])
	for _, pair := range [][2]string{{"Title", "dc:title"}, {"Author", "dc:creator"}, {"Subject", "dc:description"}, {"Keywords", "pdf:Keywords"}, {"Creator", "xmp:CreatorTool"}, {"Producer", "pdf:Producer"}} {
		if info[name(pair[0])] != nil {
			have := words(a.get(info[name(pair[0])]))
			a.must(said[pair[1]] == have, "6.6.3", "%s is %q in one place and %q in the other", pair[0], have, said[pair[1]])
		}
	}
	for _, pair := range [][2]string{{"CreationDate", "xmp:CreateDate"}, {"ModDate", "xmp:ModifyDate"}} {
		if info[name(pair[0])] != nil {
			at, err := moment(words(a.get(info[name(pair[0])])))
			there, bad := time.Parse(time.RFC3339, said[pair[1]])
			a.must(err == nil && bad == nil && at.Equal(there), "6.6.3", "%s is another time in the other place (%s)", pair[0], said[pair[1]])
		}
	}
}

var prefixes = map[string]string{"http://purl.org/dc/elements/1.1/": "dc:", "http://ns.adobe.com/xap/1.0/": "xmp:", "http://ns.adobe.com/pdf/1.3/": "pdf:", "http://www.aiim.org/pdfa/ns/id/": "pdfaid:"}

// readXMP gives the words within each property of a description.
func readXMP(b []byte) (map[string]string, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	out, key := map[string]string{}, ""
	for {
		t, err := d.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := t.(type) {
		case xml.StartElement:
			if p := prefixes[x.Name.Space]; p != "" {
				key = p + x.Name.Local
			}
		case xml.EndElement:
			if prefixes[x.Name.Space] != "" {
				out[key], key = strings.TrimSpace(out[key]), ""
			}
		case xml.CharData:
			if key != "" {
				out[key] += string(x)
			}
		}
	}
}
