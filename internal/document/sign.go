package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"kompeten/internal/text"
)

// Sealer makes the signature of a file: a detached CMS container over the digest of its bytes. Package cms makes
// them with a key of ours or of a certified provider; a provider that returns whole containers is one as well.
type Sealer interface {
	// Seal signs a SHA-256 digest.
	Seal(ctx context.Context, digest [sha256.Size]byte) ([]byte, error)
	// Space is how many bytes a signature takes at most.
	Space() int
	// About says who signs, and which certified provider stands behind it; none leaves the signature uncertified.
	About() (signer, provider string)
}

// Signature is how a file is signed. The time is the only one in it, and it is what we say: a time that others
// confirm stands in the container.
type Signature struct {
	Sealer Sealer
	At     time.Time
	Reason string // such as "Sertifikat diterbitkan"
	Place  string
}

// signatureWords say in a language which electronic signature the file carries. A paper says nothing unless it is
// signed, or told to say that it is not.
func (c Certificate) signatureWords(l text.Lang) string {
	if c.sealer == nil {
		if c.Unsigned {
			return word(l, "cert.signed.none")
		}
		return ""
	}
	if _, provider := c.sealer.About(); provider != "" {
		return word(l, "cert.signed.certified", provider)
	}
	return word(l, "cert.signed.own")
}

// SignatureField is where a reader shows the signature when the file is signed; otherwise it is nothing.
type SignatureField struct{ X, Y, W, H float64 }

func (s SignatureField) paint(p *painter) {
	p.field = &[4]float64{p.x(s.X), p.y(s.Y + s.H), p.x(s.X + s.W), p.y(s.Y)}
}

func (s SignatureField) line() string {
	return fmt.Sprintf("%6.1f %6.1f  field  %.1f x %.1f for the signature", s.X, s.Y, s.W, s.H)
}

// SignedPDF is the certificate as a signed file. Its face says in both languages which kind of signature it is.
func (c Certificate) SignedPDF(ctx context.Context, s Signature) ([]byte, error) {
	c.sealer = s.Sealer
	return c.Layout().SignedPDF(ctx, s)
}

// SignedPDF writes the layout as a PDF/A-3b file with a PAdES signature over all of it, in one pass: the space of the
// signature is left open while writing and filled at the end. A sealer that signs the same digest alike, and adds no
// token, gives the same bytes for the same layout and time.
func (l Layout) SignedPDF(ctx context.Context, s Signature) ([]byte, error) {
	if len(l.Pages) == 0 {
		return nil, errors.New("document to be signed has no page")
	}
	b, gap, err := l.write(&s)
	if err != nil {
		return nil, err
	}
	return gap.fill(ctx, b, s.Sealer)
}

// signing is a signature while its file is written.
type signing struct {
	what         *Signature
	field        ref
	page         int         // that carries the field
	area         *[4]float64 // on that page, in points; nil is nowhere to be seen
	ranges, from int         // of the placeholders in the file
}

// signedPage is the page that has a field for the signature, or the first.
func (l Layout) signedPage() int {
	for i, p := range l.Pages {
		for _, it := range p.Items {
			if _, ok := it.(SignatureField); ok {
				return i
			}
		}
	}
	return 0
}

const (
	rangesOpen = "/ByteRange[0 "
	rangesRoom = 33 // three numbers of ten digits, and what parts them
)

// writeSignature writes the field and its value with the two open places, and says what the catalogue needs. What
// has to be seen stands on the page in words; the field itself draws nothing.
func (f *file) writeSignature(w *signing, kids []ref) string {
	value, look := f.reserve(), f.reserve()
	area := [4]float64{}
	if w.area != nil {
		area = *w.area
	}
	f.stream(look, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s %s]/Resources<<>>", num(nil, area[2]-area[0]), num(nil, area[3]-area[1])), nil)
	f.object(w.field, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/F 132/P %d 0 R/Rect[%s %s %s %s]/AP<</N %d 0 R>>/V %d 0 R>>", kids[w.page],
		num(nil, area[0]), num(nil, area[1]), num(nil, area[2]), num(nil, area[3]), look, value)
	s := w.what
	signer, _ := s.Sealer.About()
	about := fmt.Sprintf("/M(D:%s+00'00')/Name%s", s.At.UTC().Format("20060102150405"), pdfText(signer))
	if s.Reason != "" {
		about += "/Reason" + pdfText(s.Reason)
	}
	if s.Place != "" {
		about += "/Location" + pdfText(s.Place)
	}
	start := len(f.out)
	f.object(value, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%s%s%s]/Contents<%s>>>", about, rangesOpen,
		bytes.Repeat([]byte{' '}, rangesRoom), bytes.Repeat([]byte{'0'}, 2*s.Sealer.Space()))
	w.ranges = start + bytes.LastIndex(f.out[start:], []byte(rangesOpen)) + len(rangesOpen)
	w.from = w.ranges + rangesRoom + len("]/Contents")
	return fmt.Sprintf("/AcroForm<</Fields[%d 0 R]/SigFlags 3>>", w.field)
}

// fill closes the open places: first which bytes are signed, then the signature over them.
func (w *signing) fill(ctx context.Context, b []byte, by Sealer) ([]byte, error) {
	space := by.Space()
	until := w.from + 2*space + 2
	copy(b[w.ranges:w.ranges+rangesRoom], fmt.Sprintf("%d %d %d", w.from, until, len(b)-until))
	h := sha256.New()
	_, _ = h.Write(b[:w.from]) // a hash does not fail
	_, _ = h.Write(b[until:])
	seal, err := by.Seal(ctx, [sha256.Size]byte(h.Sum(nil)))
	if err != nil {
		return nil, fmt.Errorf("document signature: %w", err)
	}
	if len(seal) > space {
		return nil, fmt.Errorf("document signature: %d bytes, space for %d", len(seal), space)
	}
	hex.Encode(b[w.from+1:], seal)
	return b, nil
}
