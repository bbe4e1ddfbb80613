package document

import (
	"strconv"
	"strings"

	"kompeten/internal/date"
	"kompeten/internal/text"
)

// Certificate is everything that stands on a certificate of competence, as plain values. The face and the annex of
// units are in Indonesian and English; made again from the same values, the file has the same bytes.
type Certificate struct {
	Blank          string // serial of the paper, if there is one
	Number         string
	Registration   string
	Name           string
	AreaID, AreaEN string // in what: bidang
	TitleID        string // as what: kualifikasi
	TitleEN        string
	ValidityMonths int
	IssuedOn       date.Date
	ValidUntil     date.Date
	City           string
	LSP, LSPEN     string
	Head           Signer
	Code           string // the short code by which anyone can check it
	URL            string // where: also the QR code
	Units          []CertificateUnit
	Portrait       Portrait
	Sample         bool
	Unsigned       bool         // the face says that the file carries no electronic signature
	Credential     []byte       // the certificate as a signed credential in JSON-LD, inside the PDF
	LogProof       []byte       // that the credential stands in the transparency log, inside the PDF
	Files          []Attachment // more for machines
	sealer         Sealer       // who signs the file: the face says of which kind the signature is
}

// CertificateUnit is a row of the annex.
type CertificateUnit struct{ Code, TitleID, TitleEN string }

// Signer is who signs, with the office held in both languages.
type Signer struct {
	Name, Title, TitleEN string
	Number               string // of registration or service, if it is printed
}

// The measures of a certificate, in millimetres.
const (
	certW, certH   = 210.0, 297.0
	certMid        = certW / 2
	certIn         = 27.0 // inner margin
	certTextW      = certW - 2*certIn - 6
	holderH        = 25.0
	annexUnitFirst = 67.0
	annexBottom    = 268.0
	annexEndH      = 54.0 // portrait and signatures
)

// PDF is the certificate as a file.
func (c Certificate) PDF() ([]byte, error) { return c.Layout().PDF() }

// Layout sets the face, then the annex on as many pages as the units need.
func (c Certificate) Layout() Layout {
	l := Layout{
		Title:   word(text.ID, "cert.title") + " " + c.Number,
		Author:  c.LSP,
		Subject: c.TitleID,
		Lang:    text.ID,
		Day:     c.IssuedOn,
		Sample:  c.Sample,
		Files:   c.machineFiles(),
	}
	l.Pages = append(l.Pages, c.face())
	l.Pages = append(l.Pages, c.annex()...)
	return l
}

// machineFiles are the files inside the PDF by which machines check the certificate without asking us.
func (c Certificate) machineFiles() []Attachment {
	var out []Attachment
	add := func(key, mime, relation string, data []byte) {
		if len(data) > 0 {
			about := word(text.ID, key+".about") + " / " + word(text.EN, key+".about")
			out = append(out, Attachment{Name: FileName(word(text.ID, key, c.Number)), MIME: mime, About: about, Relation: relation, Data: data})
		}
	}
	add("cert.file.credential", "application/ld+json", "Data", c.Credential)
	add("cert.file.proof", "text/plain", "Supplement", c.LogProof)
	return append(out, c.Files...)
}

// electronic says in both languages which electronic signature the file carries, where a reader finds it by a click.
func (c Certificate) electronic(s *sheet, x, y float64) {
	const width, height = 30.0, 26.0
	if c.signatureWords(text.ID) == "" {
		return
	}
	top := y - 3
	for _, l := range []text.Lang{text.ID, text.EN} {
		st, lines := style("cert.tiny", 0).fitted(c.signatureWords(l), width, []float64{6.6, 6, 5.4}, height/2)
		for _, line := range lines {
			s.put(Text{X: x, Y: y, Style: "cert.tiny", Size: st.Size, S: line})
			y += st.step()
		}
		y++
	}
	s.put(SignatureField{X: x, Y: top, W: width, H: y - top - 3})
}

// sheet collects the items of a page.
type sheet struct{ Page }

func (s *sheet) put(items ...Item) { s.Items = append(s.Items, items...) }

// centred sets lines in the middle below each other and returns the base line that follows.
func (s *sheet) centred(name StyleName, size, x, y float64, lines []string) float64 {
	step := style(name, size).step()
	for _, line := range lines {
		s.put(Text{X: x, Y: y, Align: Centre, Style: name, Size: size, S: line})
		y += step
	}
	return y
}

// block sets a text in the middle, as large as its height allows, and returns the base line that follows.
func (s *sheet) block(name StyleName, x, y, width, height float64, sizes []float64, t string) float64 {
	if t == "" {
		return y
	}
	st, lines := style(name, 0).fitted(t, width, sizes, height)
	return s.centred(name, st.Size, x, y, st.balanced(t, width, len(lines)))
}

func (c Certificate) face() Page {
	s := &sheet{Page{W: certW, H: certH, Bookmark: word(text.ID, "cert.title")}}
	s.put(Ornament{Name: "guilloche", X: certMid, Y: 152})
	if c.Sample {
		s.sampleMark()
	}
	s.put(Ornament{Name: "frame"})
	c.corners(s)
	s.put(Ornament{Name: "medallion", X: certMid, Y: 42.5})
	s.centred("authority", 0, certMid, 64.5, []string{word(text.ID, "cert.authority")})
	s.centred("authority.en", 0, certMid, 70.2, []string{word(text.EN, "cert.authority")})
	s.centred("title", 0, certMid, 86.5, []string{word(text.ID, "cert.title")})
	s.centred("title.en", 0, certMid, 94.3, []string{word(text.EN, "cert.title")})
	s.flourish(99.6)
	s.centred("number", 0, certMid, 107, []string{word(text.ID, "cert.number", c.Number)})
	s.pair("statement", "statement.en", 116, "cert.states")
	c.holder(s)
	c.competence(s)
	c.validity(s)
	c.footer(s)
	return s.Page
}

// pair sets a sentence in both languages, one below the other.
func (s *sheet) pair(id, en StyleName, y float64, key string, args ...any) float64 {
	s.centred(id, 0, certMid, y, []string{word(text.ID, key, args...)})
	return s.centred(en, 0, certMid, y+4.8, []string{word(text.EN, key, args...)})
}

func (c Certificate) corners(s *sheet) {
	if c.Blank != "" {
		s.put(Text{X: certIn - 2, Y: 28, Style: "cert.tiny", S: word(text.ID, "cert.blank", c.Blank)})
	}
	if c.Code != "" {
		s.put(Text{X: certW - certIn + 2, Y: 28, Align: Right, Style: "cert.tiny", S: word(text.ID, "cert.code", c.Code)})
	}
}

// flourish is the small ornament between title and number.
func (s *sheet) flourish(y float64) {
	s.put(Rail{X1: certMid - 34, Y1: y, X2: certMid - 3.2, Y2: y, Width: 0.6, Ink: Gold},
		Rail{X1: certMid + 3.2, Y1: y, X2: certMid + 34, Y2: y, Width: 0.6, Ink: Gold},
		Ornament{Name: "seal", X: certMid, Y: y, Scale: 0.36})
}

// holder sets the name: large, smaller or on more lines when it is long; nothing of a name is ever left out.
func (c Certificate) holder(s *sheet) {
	st, lines := style("holder", 0).fitted(c.Name, certTextW, []float64{36, 32, 28}, 13)
	if len(lines) > 1 || st.Size < 28 {
		st, lines = style("holder", 0).fitted(c.Name, certTextW, []float64{28, 25, 22, 19, 16, 13, 11, 9, 7}, holderH-2)
	}
	step := st.step()
	height := float64(len(lines)-1) * step
	y := 138 - height/2 + st.Size*mmPerPoint*0.1
	s.centred("holder", st.Size, certMid, y, st.balanced(c.Name, certTextW, len(lines)))
	s.centred("number", 11.5, certMid, 151.5, []string{word(text.ID, "cert.registration", c.Registration)})
}

func (c Certificate) competence(s *sheet) {
	s.pair("statement", "statement.en", 160.5, "cert.area")
	y := s.block("subject", certMid, 172.3, certTextW, 7, []float64{17, 15.5, 14, 12.5, 11}, c.AreaID)
	s.block("subject.en", certMid, y-0.6, certTextW, 5.6, []float64{13, 12, 11, 10}, c.AreaEN)
	s.pair("statement", "statement.en", 186.5, "cert.qualification")
	y = s.block("subject", certMid, 198.4, certTextW, 14.2, []float64{17, 15.5, 14, 12.5, 11}, c.TitleID)
	s.block("subject.en", certMid, y-0.6, certTextW, 216.5-y, []float64{13, 12, 11, 10}, c.TitleEN)
}

func (c Certificate) validity(s *sheet) {
	id, en := "cert.valid", "cert.valid"
	until := c.ValidUntil
	if !until.Valid() {
		until = c.IssuedOn.AddMonths(c.ValidityMonths)
	}
	s.centred("cert.small", 0, certMid, 218.5, []string{word(text.ID, id, text.Years(text.ID, c.ValidityMonths), until)})
	s.centred("cert.small.en", 0, certMid, 223, []string{word(text.EN, en, text.Years(text.EN, c.ValidityMonths), until)})
}

// footer has the code to check by at the left, the signature at the right.
func (c Certificate) footer(s *sheet) {
	const qr, left, top = 38.0, 31.0, 228.0 // every module prints as six dots of 300 an inch
	if c.URL != "" {
		s.put(Box{X: left - 2, Y: top - 2, W: qr + 4, H: qr + 4, Fill: &White},
			Code{X: left, Y: top, Size: qr, Content: c.URL}, Link{X: left, Y: top, W: qr, H: qr, URL: c.URL},
			Text{X: left, Y: top + qr + 3.8, Style: "cert.code", S: c.Code})
		st, lines := style("cert.tiny", 0).fitted(bare(c.URL), 50, []float64{6.6, 6}, 3)
		for i, line := range lines {
			s.put(Text{X: left, Y: top + qr + 7.1 + float64(i)*st.step(), Style: "cert.tiny", Size: st.Size, S: line})
		}
		s.put(Text{X: left + qr + 3, Y: top + 2.2, Style: "cert.tiny", S: word(text.ID, "cert.check")},
			Text{X: left + qr + 3, Y: top + 5.4, Style: "cert.tiny", S: word(text.EN, "cert.check")})
	}
	c.electronic(s, left+qr+3, top+9.5)
	const mid, width = 143.0, 80.0
	y := s.centred("cert.small", 0, mid, 231.5, []string{word(text.ID, "place_day", c.City, c.IssuedOn)})
	y = s.block("cert.small", mid, y, width, 5, nil, word(text.ID, "cert.behalf")+" / "+word(text.EN, "cert.behalf"))
	org, lines := style("cert.org", 0).fitted(c.LSP, width, []float64{12, 11.3, 10.6}, 5.4)
	if org.Size < 10.6 {
		org, lines = style("cert.org", 0).fitted(c.LSP, width, []float64{11, 10, 9, 8}, 10)
	}
	y = s.centred("cert.org", org.Size, mid, y+0.3, org.balanced(c.LSP, width, len(lines)))
	s.block("cert.small.en", mid, y-0.4, width, 9, []float64{10, 9, 8}, c.LSPEN)
	s.put(Rail{X1: mid - 32, Y1: 267.2, X2: mid + 32, Y2: 267.2, Width: 0.5, Ink: Gold})
	s.block("cert.signer", mid, 265.9, width, 5, []float64{12, 11, 10, 9, 8}, c.Head.Name)
	s.block("cert.small.en", mid, 271.4, width, 5, []float64{10, 9, 8}, joined(c.Head.Title, " / ", c.Head.TitleEN))
}

func joined(a, between, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// bare is the address of a check as people type it: without its beginning, and without what a QR code says behind '#'.
func bare(url string) string {
	url, _, _ = strings.Cut(url, "#")
	if _, rest, found := strings.Cut(url, "://"); found {
		url = rest
	}
	host, path, _ := strings.Cut(url, "/")
	if code, short := strings.CutPrefix(path, "V/"); short {
		path = "v/" + code
	}
	return strings.ToLower(host) + "/" + path
}

// sampleMark says, across the page and at its edge, that nobody was assessed for this.
func (s *sheet) sampleMark() {
	s.put(Text{X: s.W/2 + 3, Y: s.H/2 + 2, Align: Centre, Style: "sample", Angle: 54, S: word(text.ID, "sample")},
		Text{X: s.W / 2, Y: s.H - 3.6, Align: Centre, Style: "sample.label", S: word(text.ID, "sample") + "  ·  " + word(text.ID, "sample.note") + " / " + word(text.EN, "sample.note")})
}

func itoa(n int) string { return strconv.Itoa(n) }
