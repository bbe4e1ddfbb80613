package paper

import (
	"context"
	"io"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/badge"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/document"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/product"
	"kompeten/internal/text"
	"kompeten/internal/wallet"
)

// Form is a form in which a holder takes her certificate with her: how its file's name ends.
type Form string

// The forms.
const (
	PDF     Form = "pdf"        // the paper, signed, with the credential and its proof inside
	Picture Form = "png"        // a picture with the credential baked into it
	JSON    Form = "json"       // the credential, Open Badges 3.0
	Token   Form = "jwt"        // the same as a JWT
	Proof   Form = "tlog-proof" // that it stands in the transparency log
)

// Forms lists them, what most people want first.
func Forms() []Form { return []Form{PDF, Picture, JSON, Token, Proof} }

var mimes = map[Form]string{PDF: "application/pdf", Picture: "image/png", JSON: "application/vc+ld+json", Token: "application/jwt", Proof: "text/plain; charset=utf-8"}

// Mime is the kind of file a form is; empty for what is no form.
func (f Form) Mime() string { return mimes[f] }

// FileName is under what name a certificate is saved in a form.
func (f Form) FileName(c certificate.Certificate) string {
	return strings.TrimSuffix(FileName(c), ".pdf") + "." + string(f)
}

// Form makes a certificate in a form. The proof is not there for the moment until the log has taken the certificate:
// fault not_found.
func (p *Press) Form(ctx context.Context, c certificate.Certificate, f Form) ([]byte, error) {
	switch f {
	case PDF:
		return p.Certificate(ctx, c)
	case Picture:
		return p.picture(c)
	case JSON:
		return p.s.Certificates.Credential(c)
	case Token:
		return p.token(ctx, c)
	case Proof:
		return LogProof(ctx, p.s, c)
	}
	return nil, fault.New(fault.NotFound, "db.not_found")
}

// picture is a badge with the signed credential inside.
func (p *Press) picture(c certificate.Certificate) ([]byte, error) {
	doc, err := p.s.Certificates.Credential(c)
	if err != nil {
		return nil, err
	}
	b := badge.Badge{Lang: text.ID, Title: c.Face.TitleID, Holder: c.Name, Issuer: c.Face.LSP, Number: c.Number, Level: c.Face.Level, Until: text.Date(text.ID, c.ValidUntil), Sample: c.Sample}
	image, err := b.PNG()
	if err != nil {
		return nil, err
	}
	return credential.Bake(image, doc)
}

// token is the credential as a JWT, signed with the P-256 key that the body has now.
func (p *Press) token(ctx context.Context, c certificate.Certificate) ([]byte, error) {
	var key issuer.Signer
	err := p.s.DB.Read(ctx, func(tx *db.Tx) (err error) { key, err = p.s.Issuers.Signer(tx, c.LSP, issuer.ES256); return err })
	if err != nil {
		return nil, err
	}
	return p.s.Certificates.Bound(ctx, c, key, "")
}

// Everything writes certificates in every form into one archive, with a word on what each file is for.
func (p *Press) Everything(ctx context.Context, w io.Writer, l text.Lang, day date.Date, all []certificate.Certificate) error {
	z, forms := document.NewZip(w, day), Forms()
	if err := z.Add(text.T(l, "wallet.readme_name"), []byte(strings.ReplaceAll(text.T(l, "wallet.readme"), "\n", "\r\n"))); err != nil {
		return err
	}
	err := document.Each(ctx, len(all)*len(forms), func(i int) ([]byte, error) {
		data, err := p.Form(ctx, all[i/len(forms)], forms[i%len(forms)])
		if forms[i%len(forms)] == Proof && fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return data, err
	}, func(i int, data []byte) error {
		if data == nil {
			return nil
		}
		return z.Add(forms[i%len(forms)].FileName(all[i/len(forms)]), data)
	})
	if err != nil {
		return err
	}
	return z.Close()
}

// WalletLetters are the letters with which an LSP hands the links to their certificates to holders, one page each, as
// one file.
func WalletLetters(ctx context.Context, s product.Services, actor auth.Actor, title string, links ...wallet.Handed) ([]byte, error) {
	if len(links) == 0 {
		return nil, fault.New(fault.NotFound, "wallet.none")
	}
	var parts []document.Layout
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		b, o, err := body(tx, actor, links[0].Org)
		if err != nil {
			return err
		}
		parts = nil
		about := document.About{Lang: text.ID, Body: b, Day: date.Of(tx.Now(), o.Zone)}
		for _, l := range links {
			about.Sample = l.Certificate.Sample
			parts = append(parts, document.WalletLetter{About: about, Name: l.Certificate.Name, Link: s.Issuers.Base() + "/w/" + l.Secret, OpenUntil: date.Of(l.ExpiresAt.Time, o.Zone), Contact: o.Name}.Layout())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return document.Join(title, parts).PDF()
}
