package offer

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
)

// What wallets are refused with; each is a message key that ends with the error code of the specification.
const (
	InvalidRequest    = "offer.error.invalid_request"
	InvalidGrant      = "offer.error.invalid_grant"
	InvalidToken      = "offer.error.invalid_token"
	InvalidProof      = "offer.error.invalid_proof"
	InvalidNonce      = "offer.error.invalid_nonce"
	CredentialDenied  = "offer.error.credential_request_denied"
	CredentialUnknown = "offer.error.unknown_credential_configuration"
)

func refuse(key string) *fault.Fault { return fault.New(fault.Invalid, key) }

var asWallet = auth.Actor{System: Wallet}

// Body is who offers.
type Body struct {
	Path   string
	Name   string
	NameEN string
}

// BodyAt is the body that stands at a path of the installation and issues certificates: an LSP.
func (s *Service) BodyAt(ctx context.Context, path string) (b Body, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		o, err := issuer.ByPath(tx, asWallet, path)
		if err == nil && o.Kind != organisation.LSP {
			err = fault.New(fault.NotFound, "db.not_found")
		}
		b = Body{path, o.Name, o.NameEN}
		return err
	})
	return b, err
}

// Terms are what the link of an offer says.
type Terms struct {
	Path string // of the body
	Code string
}

// Terms follows the link of an offer. One that is taken, expired or withdrawn does not exist.
func (s *Service) Terms(ctx context.Context, secret string) (t Terms, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		o, err := get(tx, "o.link_hash = $1", hash(secret))
		if err != nil {
			return err
		}
		if o.State != Open || !tx.Now().Before(o.ExpiresAt) {
			return fault.New(fault.NotFound, "db.not_found")
		}
		t.Path, err = path(tx, o.Org)
		return err
	})
	t.Code = codeOf(secret)
	return t, err
}

// Token is what a wallet gets for the code and the PIN.
type Token struct {
	Secret  string
	Life    time.Duration
	Formats []Format // that it is for
}

// Take gives the token for a code, once. A wrong PIN is counted; the fifth burns the offer. formats narrows what the
// token is for; none means all that was offered.
func (s *Service) Take(ctx context.Context, path, code, pin string, formats []Format) (Token, error) {
	t := Token{Secret: id.Secret(), Life: tokenLife, Formats: formats}
	if len(formats) == 0 {
		t.Formats = Formats()
	}
	if code == "" || pin == "" {
		return Token{}, refuse(InvalidRequest)
	}
	if err := s.d.Read(ctx, func(tx *db.Tx) error { _, err := s.offered(tx, path, code); return err }); err != nil {
		return Token{}, err // most that is wrong is known without a Write
	}
	var wrong error
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		wrong = nil
		o, err := s.offered(tx, path, code)
		if err != nil {
			return err
		}
		if !hmac.Equal(o.pinHash, s.pinHash(o.ID, pin)) {
			wrong = refuse(InvalidGrant)
			return s.miss(tx, o)
		}
		pass, err := allow(tx, "take", o, InvalidGrant)
		if err != nil {
			return err
		}
		o.formats, o.TokenUntil = t.Formats, tx.Now().Add(tokenLife)
		return save(tx, o, pass, hash(t.Secret))
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return Token{}, err
	}
	return t, nil
}

// offered is the open offer of a code, made by the body at a path.
func (s *Service) offered(tx *db.Tx, at, code string) (Offer, error) {
	o, err := get(tx, "o.code_hash = $1", hash(code))
	if missing(err) {
		return o, refuse(InvalidGrant)
	}
	if err != nil {
		return o, err
	}
	p, err := path(tx, o.Org)
	if err == nil && (p != at || o.State != Open || !tx.Now().Before(o.ExpiresAt)) {
		err = refuse(InvalidGrant)
	}
	return o, err
}

// miss counts a wrong PIN.
func (s *Service) miss(tx *db.Tx, o Offer) error {
	o.Wrong++
	if o.Wrong >= MostWrong {
		return s.change(tx, asWallet, "burn", o)
	}
	return s.change(tx, asWallet, "miss", o)
}

// allow asks the Table for a wallet; what the Table refuses is answered as the specification says.
func allow(tx *db.Tx, do flow.Action, o Offer, otherwise string) (flow.Pass, error) {
	pass, err := Flow.Allow(flow.Case{Actor: asWallet, Now: tx.Now()}, do, o, "")
	if err != nil {
		return pass, refuse(otherwise).Because(err)
	}
	return pass, nil
}

// Admit says whether a token is good at the body at a path.
func (s *Service) Admit(ctx context.Context, path, token string) error {
	return s.d.Read(ctx, func(tx *db.Tx) error { _, err := s.admitted(tx, path, token); return err })
}

func (s *Service) admitted(tx *db.Tx, at, token string) (Offer, error) {
	o, err := get(tx, "o.token_hash = $1", hash(token))
	if missing(err) {
		return o, refuse(InvalidToken)
	}
	if err != nil {
		return o, err
	}
	p, err := path(tx, o.Org)
	if err == nil && (p != at || o.State != Taken || !tx.Now().Before(o.TokenUntil)) {
		err = refuse(InvalidToken)
	}
	return o, err
}

// Deliver hands out the certificate in a format, each format once. proof is the wallet's, empty for none; where there
// is one it has to be right, and a token is bound to its key.
func (s *Service) Deliver(ctx context.Context, path, token string, f Format, proof string) ([]byte, error) {
	var p credential.Possession
	var n nonce
	if proof != "" || f == JWT {
		var err error
		if p, n, err = s.possession(path, proof); err != nil {
			return nil, err
		}
	}
	doc, err := s.prepare(ctx, path, token, f, p.DID)
	if err != nil {
		return nil, err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		o, err := s.admitted(tx, path, token)
		if err != nil {
			return err
		}
		pass, err := s.deliverable(tx, o, f)
		if err != nil {
			return err
		}
		if n.hash != nil {
			used, err := useNonce(tx, n)
			if err != nil {
				return err
			}
			if used {
				return refuse(InvalidNonce)
			}
		}
		holder := ""
		if f == JWT {
			holder = p.DID
		}
		return hand(tx, o, pass, f, holder)
	})
	return doc, err
}

// deliverable says whether a format of an offer may be handed out now.
func (s *Service) deliverable(tx *db.Tx, o Offer, f Format) (flow.Pass, error) {
	if !slices.Contains(o.formats, f) {
		return flow.Pass{}, refuse(CredentialUnknown)
	}
	had, err := tx.Has("SELECT offer FROM offer_delivery WHERE offer = $1 AND format = $2", string(o.ID), string(f))
	if err != nil {
		return flow.Pass{}, err
	}
	if had {
		return flow.Pass{}, refuse(CredentialDenied)
	}
	return allow(tx, "deliver", o, CredentialDenied)
}

// prepare makes what is to be handed out, before the Write that lets it out: a key in a hardware module takes its time.
func (s *Service) prepare(ctx context.Context, path, token string, f Format, holder string) ([]byte, error) {
	var c certificate.Certificate
	var key issuer.Signer
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		o, err := s.admitted(tx, path, token)
		if err != nil {
			return err
		}
		if _, err := s.deliverable(tx, o, f); err != nil {
			return err
		}
		if c, err = certificate.Get(tx, asWallet, o.Certificate); err != nil || f != JWT {
			return err
		}
		key, err = s.keys.Signer(tx, o.Org, issuer.ES256)
		return err
	})
	if err != nil {
		return nil, err
	}
	if f == JWT {
		return s.certs.Bound(ctx, c, key, holder)
	}
	return s.certs.Credential(c)
}

// possession reads a wallet's proof: made for this body, with a nonce of ours that is fresh. How late the wallet's own
// clock says it is does not count; the nonce tells that better.
func (s *Service) possession(path, proof string) (credential.Possession, nonce, error) {
	p, err := credential.ReadPossession(proof)
	if err != nil {
		return p, nonce{}, refuse(InvalidProof).Because(err)
	}
	if p.Audience != s.Issuer(path) || p.Nonce == "" {
		return p, nonce{}, refuse(InvalidProof).Because(fmt.Errorf("audience %q, nonce of %d letters", p.Audience, len(p.Nonce)))
	}
	n, err := s.readNonce(path, p.Nonce)
	return p, n, err
}

// nonce is a challenge that was given out: nothing is kept of it until it is used.
type nonce struct {
	hash    []byte
	expires time.Time
}

const nonceRandom, nonceMAC = 16, 16

// Nonce gives a wallet a challenge for its proof, good for some minutes, once, at the body at a path.
func (s *Service) Nonce(path string) string {
	b := make([]byte, 8, 8+nonceRandom+nonceMAC)
	binary.BigEndian.PutUint64(b, uint64(s.d.Now().Add(nonceLife).Unix())) // #nosec G115 -- after 1970
	b = b[:8+nonceRandom]
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, s.nonceSeal(path, b)...))
}

func (s *Service) nonceSeal(path string, b []byte) []byte {
	return s.box.Hash("offer.nonce", path+"\x00"+string(b))[:nonceMAC]
}

func (s *Service) readNonce(path, text string) (nonce, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 8+nonceRandom+nonceMAC {
		return nonce{}, refuse(InvalidNonce)
	}
	body, seal := b[:8+nonceRandom], b[8+nonceRandom:]
	expires := time.Unix(int64(binary.BigEndian.Uint64(body)), 0) // #nosec G115 -- sealed by us
	if !hmac.Equal(seal, s.nonceSeal(path, body)) || !s.d.Now().Before(expires) {
		return nonce{}, refuse(InvalidNonce)
	}
	return nonce{hash(text), expires}, nil
}
