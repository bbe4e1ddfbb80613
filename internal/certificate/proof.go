package certificate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/flow"
	"kompeten/internal/issuer"
	"kompeten/internal/tlog"
)

// Proof is what makes a certificate stand by itself: the body's signatures over the credential and over the code on
// paper, and its place in a status list. The documents themselves are made anew from the face, always the same bytes.
type Proof struct {
	Key       issuer.KeyID
	SignedAt  time.Time
	Signature []byte // eddsa-rdfc-2022 over the credential, 64 bytes
	QR        []byte // over the code on paper, 64 bytes
	Place
}

// template is the compiled form of a face, made once.
func (s *Service) template(c Certificate) (*credential.Template, error) {
	s.mu.RLock()
	t := s.templates[c.faceID]
	s.mu.RUnlock()
	if t != nil {
		return t, nil
	}
	t, err := credential.Compile(c.Face.body(), c.Face.achievement())
	if err != nil {
		return nil, fmt.Errorf("face %s: %w", c.faceID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.templates) >= mostShared {
		clear(s.templates)
	}
	s.templates[c.faceID] = t
	return t, nil
}

func (f Face) body() credential.Body {
	return credential.Body{DID: f.DID, Name: f.LSP, Licence: f.Licence}
}

func (f Face) achievement() credential.Achievement {
	a := credential.Achievement{URL: f.Base + "/s/" + f.Scheme, Title: f.TitleID, TitleEN: f.TitleEN, Description: f.About, Kind: f.KindName, Level: f.Level,
		Code: f.SchemeCode, Version: f.SchemeNo, Criteria: f.Criteria}
	for _, u := range f.Units {
		a.Units = append(a.Units, credential.Unit{Code: u.Code, Title: u.TitleID, Decree: u.Decree})
	}
	return a
}

// record is what the credential says of one certificate.
func (c Certificate) record() credential.Certificate {
	f := c.Face
	out := credential.Certificate{URL: f.Base + "/v/" + c.Code, Holder: c.Name, Number: c.Number, Registration: c.Registration, Awarded: c.IssuedOn, From: c.IssuedOn,
		Until: c.ValidUntil, Zone: date.Zone(f.Zone), StatusList: c.listURL(), StatusIndex: c.Proof.Index}
	if f.TUK != "" {
		out.PlaceURL, out.Place = f.Base+"/tuk/"+f.TUK, f.TUKName
	}
	return out
}

func (c Certificate) listURL() string { return c.Face.Base + "/status/" + c.Proof.List }

func (c Certificate) qr() credential.QR {
	f := c.Face
	q := credential.QR{Code: c.Code, Number: c.Number, Name: c.Name, LSP: f.LSP, Licence: f.Licence, Scheme: f.SchemeCode, Title: f.TitleID, Level: f.Level,
		IssuedOn: c.IssuedOn, ValidUntil: c.ValidUntil, Zone: date.Zone(f.Zone), StatusList: c.Proof.List, StatusIndex: c.Proof.Index, Sample: c.Sample}
	for _, u := range f.Units {
		q.Units = append(q.Units, u.Code)
	}
	return q
}

// sign makes both signatures and gives the hash of the signed credential.
func (s *Service) sign(ctx context.Context, key issuer.Signer, c *Certificate) (doc [32]byte, err error) {
	t, err := s.template(*c)
	if err != nil {
		return doc, err
	}
	c.Proof.Key = key.ID
	if c.Proof.Signature, err = t.Sign(ctx, c.record(), c.Proof.SignedAt, key.Sign, c.method()); err != nil {
		return doc, err
	}
	_, err = c.code(ctx, key.Key, func(ctx context.Context, message []byte) ([]byte, error) {
		sig, err := key.Sign(ctx, message)
		c.Proof.QR = sig
		return sig, err
	})
	if err != nil {
		return doc, err
	}
	return s.docHash(*c)
}

// method is the address of the key that signed, as the body's document lists it.
func (c Certificate) method() string { return c.Face.DID + "#" + string(c.Proof.Key) }

func (c Certificate) code(ctx context.Context, key issuer.Key, sign credential.QRSigner) (string, error) {
	public, err := key.Parsed()
	if err != nil {
		return "", err
	}
	id, err := credential.IDOfQRKey(public)
	if err != nil {
		return "", err
	}
	return credential.SignQR(ctx, c.Face.Base, c.qr(), id, credential.QREdDSA, sign)
}

// Credential is the certificate as a signed Open Badges 3.0 document; the same bytes whenever it is asked for.
func (s *Service) Credential(c Certificate) ([]byte, error) {
	t, err := s.template(c)
	if err != nil {
		return nil, err
	}
	return t.Join(c.record(), c.method(), c.Proof.SignedAt, c.Proof.Signature)
}

// Code is the text of the QR code on paper: where to check the certificate, and its signed facts behind the '#'. key is
// the one that signed.
func (s *Service) Code(c Certificate, key issuer.Key) (string, error) {
	return c.code(context.Background(), key, func(context.Context, []byte) ([]byte, error) { return c.Proof.QR, nil })
}

func (s *Service) docHash(c Certificate) (sum [32]byte, err error) {
	doc, err := s.Credential(c)
	return sha256.Sum256(doc), err
}

// signAll signs a batch on every core. It computes and waits for nothing, so it may run inside a Write (docs/adr/0005).
func (s *Service) signAll(ctx context.Context, key issuer.Signer, list []*Certificate) ([][32]byte, error) {
	docs := make([][32]byte, len(list))
	var g errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), len(list))
	for w := range workers {
		g.Go(func() (err error) {
			for i := w; i < len(list); i += workers {
				if docs[i], err = s.sign(ctx, key, list[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return docs, g.Wait()
}

// LogRef names the leaf of the certificate's issue in the transparency log.
func (c Certificate) LogRef() string { return string(c.ID) + "/1" }

// leaf is what the transparency log says of an event of a certificate: no name, no number that could be read.
func (c Certificate) leaf(kind tlog.Kind, no int, doc [32]byte) tlog.Leaf {
	return tlog.Leaf{Ref: fmt.Sprintf("%s/%d", c.ID, no), Kind: kind, Body: c.Face.body().Licence, Doc: doc, Number: tlog.NumberHash(c.Face.Licence, c.Number),
		List: c.Proof.List, Index: uint32(c.Proof.Index)} // #nosec G115 -- below ListSize
}

// kindOf is the log's word for what is done to a certificate that is there.
var kindOf = map[flow.Action]tlog.Kind{"suspend": tlog.Suspend, "resume": tlog.Resume, "revoke": tlog.Revoke, "replace": tlog.Revoke}
