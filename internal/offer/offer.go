// Package offer hands certificates to the wallets people carry on their phones (OpenID for Verifiable Credential
// Issuance 1.0, the pre-authorised code; CE-10).
//
// Who may, makes an offer of a certificate: a link or QR code with a PIN beside it. The holder's wallet follows the
// link, gives the code and the PIN, gets a token, and with it the certificate: as it was signed when it was issued
// (ldp_vc), or as a token of its own that is bound to the wallet's key (jwt_vc_json). Link, code, PIN and token live
// minutes, work once, and are kept as hashes only; five wrong PINs burn an offer. A certificate that is suspended or
// revoked is not handed out.
package offer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/issuer"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/seal"
	"kompeten/internal/wallet"
)

// ID of an offer: "off_…".
type ID string

// How long things live, how many digits a PIN has, and how many wrong ones burn an offer.
const (
	life      = 15 * time.Minute
	tokenLife = 5 * time.Minute
	nonceLife = 5 * time.Minute
	PINLength = 6
	MostWrong = 5
)

// Format is a form in which a certificate is handed to a wallet.
type Format string

// The formats, as the specification names them.
const (
	LDP Format = "ldp_vc"      // the credential as it was issued; bound to nobody's key
	JWT Format = "jwt_vc_json" // signed anew for the wallet's key
)

// Formats lists them, the one that more wallets take first.
func Formats() []Format { return []Format{LDP, JWT} }

// Offer is one offer of one certificate.
type Offer struct {
	ID               ID
	Certificate      certificate.ID
	Org              auth.OrgID
	Holder           auth.PersonID
	CertificateState flow.State
	State            flow.State
	Wrong            int // PINs
	MadeAt           time.Time
	ExpiresAt        time.Time
	TokenUntil       time.Time
	Delivered        int // formats that were handed out
	Version          int64

	pinHash []byte
	formats []Format
}

// Made is an offer with its secrets, which are shown once and never again.
type Made struct {
	ID        ID
	URI       string // what the QR code and the link say
	PIN       string
	ExpiresAt time.Time
}

// Service is what people and wallets do with offers.
type Service struct {
	d     *db.DB
	box   *seal.Box
	keys  *issuer.Service
	certs *certificate.Service
}

// NewService makes the service; certificates are signed for wallets with the bodies' keys.
func NewService(d *db.DB, box *seal.Box, keys *issuer.Service, certs *certificate.Service) *Service {
	return &Service{d, box, keys, certs}
}

// Of is an offer of a certificate that nobody made yet, for the Table to say who may.
func Of(c certificate.Certificate) Offer {
	return Offer{Certificate: c.ID, Org: c.LSP, Holder: c.Person, CertificateState: c.State}
}

// Certificate is one that the actor sees: of her LSP, her own, or her own by the link to all that is hers.
func Certificate(tx *db.Tx, actor auth.Actor, cert certificate.ID) (certificate.Certificate, error) {
	c, err := certificate.Get(tx, actor, cert)
	if missing(err) && actor.Subject != "" {
		return wallet.Certificate(tx, actor, cert)
	}
	return c, err
}

// Make offers a certificate to its holder's wallet. What was offered before and not taken is withdrawn, so that one
// link at a time works.
func (s *Service) Make(ctx context.Context, actor auth.Actor, cert certificate.ID) (m Made, err error) {
	secret, pin, err := id.Secret(), newPIN(), error(nil)
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		c, err := Certificate(tx, actor, cert)
		if err != nil {
			return err
		}
		o := Of(c)
		o.ID, o.MadeAt, o.ExpiresAt = ID(id.New("off", tx.Now())), tx.Now(), tx.Now().Add(life)
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "make", o, "")
		if err != nil {
			return err
		}
		if err := s.withdrawOpen(tx, actor, c.ID); err != nil {
			return err
		}
		m = Made{ID: o.ID, URI: "openid-credential-offer://?credential_offer_uri=" + url.QueryEscape(s.keys.Base()+"/offer/"+secret), PIN: pin, ExpiresAt: o.ExpiresAt}
		return insert(tx, o, pass, hash(secret), hash(codeOf(secret)), s.pinHash(o.ID, pin))
	})
	return m, err
}

// withdrawOpen withdraws what was offered of a certificate and is open still.
func (s *Service) withdrawOpen(tx *db.Tx, actor auth.Actor, cert certificate.ID) error {
	list, err := List(tx, actor, cert)
	for _, o := range list {
		if err == nil && o.State == Open {
			err = s.change(tx, actor, "withdraw", o)
		}
	}
	return err
}

// Withdraw takes an offer back before it is taken.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, cert certificate.ID, offer ID) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		if _, err := Certificate(tx, actor, cert); err != nil {
			return err
		}
		o, err := get(tx, "o.id = $1 AND o.certificate = $2", string(offer), string(cert))
		if err != nil {
			return err
		}
		return s.change(tx, actor, "withdraw", o)
	})
}

// change takes an action on an offer and saves it.
func (s *Service) change(tx *db.Tx, actor auth.Actor, do flow.Action, o Offer) error {
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, do, o, "")
	if err != nil {
		return err
	}
	return save(tx, o, pass, nil)
}

// path is where the body that offers stands on this installation; its address is the issuer's identifier.
func path(tx *db.Tx, org auth.OrgID) (string, error) {
	o, err := organisation.Get(tx, auth.Actor{System: Wallet}, org)
	return issuer.Path(o), err
}

// Issuer is the identifier of a body as wallets know it.
func (s *Service) Issuer(path string) string { return s.keys.Base() + "/" + path }

// codeOf is the code of an offer, which only who has the link's secret can know: the database holds neither.
func codeOf(secret string) string {
	return base64.RawURLEncoding.EncodeToString(hash("pre-authorized_code\x00" + secret))
}

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// pinHash is keyed, since six digits are soon tried.
func (s *Service) pinHash(offer ID, pin string) []byte {
	return s.box.Hash("offer.pin", string(offer)+":"+pin)
}

func newPIN() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails, says crypto/rand
	return fmt.Sprintf("%0*d", PINLength, n)
}

// note is what the ledger keeps beside the Pass.
func note(tx *db.Tx, o Offer, pass flow.Pass, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["certificate"] = string(o.Certificate)
	return ledger.Append(tx, o.Org, string(o.ID), pass, detail)
}
