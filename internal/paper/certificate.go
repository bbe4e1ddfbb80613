package paper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/document"
	"kompeten/internal/document/cms"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/product"
)

// Press makes certificates as files: the paper with the signed facts in its QR code, inside it the credential and the
// proof of its place in the log, and over all of it the body's signature. Made again, a file has the same bytes as soon
// as the log has the certificate; the signature of one with a confirmed time is kept for that. It may be used by many at
// once.
type Press struct {
	s product.Services

	mu      sync.Mutex
	keys    map[string]issuer.Key  // by body and key
	sealers map[string]*cms.Sealer // by body and key of the credential
}

// NewPress makes a press for a batch, or for one.
func NewPress(s product.Services) *Press {
	return &Press{s: s, keys: map[string]issuer.Key{}, sealers: map[string]*cms.Sealer{}}
}

var printer = auth.Actor{System: "print"}

// Certificate is a certificate as a file, for who may have it whole.
func (p *Press) Certificate(ctx context.Context, c certificate.Certificate) ([]byte, error) {
	d, err := p.document(ctx, c)
	if err != nil {
		return nil, err
	}
	sealer, err := p.sealer(ctx, c)
	if err != nil {
		return nil, err
	}
	sign := document.Signature{Sealer: sealer, At: c.Proof.SignedAt, Reason: c.Face.TitleID, Place: c.Face.City}
	stamped, err := p.stamped(ctx, c)
	if err != nil {
		return nil, err
	}
	if stamped {
		sign.Sealer = keeper{sealer.Stamped(asking{p.s.Stamps}), p.s.DB, c.ID}
		if data, err := d.SignedPDF(ctx, sign); !errors.Is(err, errNoAuthority) {
			return data, err
		}
		sign.Sealer = sealer
	}
	return d.SignedPDF(ctx, sign)
}

func (p *Press) document(ctx context.Context, c certificate.Certificate) (document.Certificate, error) {
	f := c.Face
	d := document.Certificate{Blank: c.Blank, Number: c.Number, Registration: c.Registration, Name: f.Name, AreaID: f.AreaID, AreaEN: f.AreaEN, TitleID: f.TitleID,
		TitleEN: f.TitleEN, ValidityMonths: f.ValidityMonths, IssuedOn: c.IssuedOn, ValidUntil: c.ValidUntil, City: f.City, LSP: f.LSP, LSPEN: f.LSPEN,
		Head: document.Signer{Name: f.HeadName, Title: f.HeadTitle, TitleEN: f.HeadTitleEN}, Code: c.Code, Sample: c.Sample}
	for _, u := range f.Units {
		d.Units = append(d.Units, document.CertificateUnit{Code: u.Code, TitleID: u.TitleID, TitleEN: u.TitleEN})
	}
	key, err := p.key(ctx, c)
	if err != nil {
		return d, err
	}
	if d.URL, err = p.s.Certificates.Code(c, key); err != nil {
		return d, err
	}
	if d.Credential, err = p.s.Certificates.Credential(c); err != nil {
		return d, err
	}
	if d.LogProof, err = LogProof(ctx, p.s, c); err != nil && !fault.Is(err, fault.NotFound) {
		return d, err
	}
	if f.Photo == "" {
		return d, nil
	}
	data, err := p.s.Blobs.Get(f.Photo)
	if err != nil {
		return d, fmt.Errorf("portrait: %w", err)
	}
	d.Portrait, err = document.NewPortrait(data)
	return d, err
}

// LogProof is the proof that a certificate's credential stands in the transparency log; fault not_found for the moment
// until it does.
func LogProof(ctx context.Context, s product.Services, c certificate.Certificate) ([]byte, error) {
	if s.Transparency == nil {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	proof, err := s.Transparency.Prove(ctx, c.LogRef())
	if err != nil {
		return nil, err
	}
	return proof.Text(), nil
}

func (p *Press) key(ctx context.Context, c certificate.Certificate) (k issuer.Key, err error) {
	name := string(c.LSP) + "#" + string(c.Proof.Key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.keys[name]; ok {
		return k, nil
	}
	err = p.s.DB.Read(ctx, func(tx *db.Tx) (err error) { k, err = issuer.KeyOf(tx, printer, c.LSP, c.Proof.Key); return err })
	if err == nil {
		p.keys[name] = k
	}
	return k, err
}

// sealer is who signs the file: the key that the body signed documents with when it signed the credential.
func (p *Press) sealer(ctx context.Context, c certificate.Certificate) (*cms.Sealer, error) {
	name := string(c.LSP) + "#" + string(c.Proof.Key) + c.Proof.SignedAt.Format("2006-01-02T15")
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.sealers[name]; ok {
		return s, nil
	}
	s, err := p.s.Issuers.Sealer(ctx, c.LSP, c.Proof.SignedAt)
	if err == nil {
		p.sealers[name] = s
	}
	return s, err
}

// Zip writes every certificate of a meeting as PDF into one archive.
func Zip(ctx context.Context, s product.Services, w io.Writer, day date.Date, all []certificate.Certificate) error {
	z, press := document.NewZip(w, day), NewPress(s)
	err := document.Each(ctx, len(all), func(i int) ([]byte, error) {
		return press.Certificate(ctx, all[i])
	}, func(i int, data []byte) error {
		return z.Add(FileName(all[i]), data)
	})
	if err != nil {
		return err
	}
	return z.Close()
}
