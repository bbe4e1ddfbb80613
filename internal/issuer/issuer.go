// Package issuer is how a body signs what it issues: its name on the web (did:web), its keys, and how they change
// without making anything unreadable that was signed before (CE-08).
//
// Every body has a pair of keys in use: an Ed25519 key for certificates as data and for the code on paper, and a P-256
// key for the readers that know only that. The installation itself has one Ed25519 key more, for its transparency log.
package issuer

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/db"
	"kompeten/internal/document/cms"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/tlog"
)

// KeyID names a key within its body's document on the web: "key-1", "es256-1".
type KeyID string

// Kind is what a key signs with.
type Kind string

// The kinds of keys.
const (
	EdDSA Kind = "eddsa" // Ed25519: certificates as data, the code on paper, status lists, the log
	ES256 Kind = "es256" // ECDSA on P-256: certificates as tokens, documents
)

var prefix = map[Kind]string{EdDSA: "key-", ES256: "es256-"}

// The states of a key. A retired key signs no more; what it signed stays good. What a revoked key signed does not.
const (
	Active  flow.State = "active"
	Retired flow.State = "retired"
	Revoked flow.State = "revoked"
)

// Installation is the owner of the keys that belong to no body.
const Installation auth.OrgID = ""

// Key is one key of a body, without its secret.
type Key struct {
	Org    auth.OrgID
	ID     KeyID
	Kind   Kind
	No     int
	Public []byte // 32 bytes of Ed25519, or the 65 bytes of an uncompressed point
	State  flow.State
	Since  db.Time
	Ended  db.Time // when it was retired or revoked; zero before
	// Certificate is the X.509 certificate that a P-256 key of a body signs documents under; it vouches for itself.
	Certificate []byte
	handle      string
}

// Flow is what may happen to a key.
var Flow = flow.Table[Key]{
	Kind:  "key",
	State: func(k Key) flow.State { return k.State },
	Steps: []flow.Step[Key]{
		{Do: "make", From: []flow.State{flow.None}, To: Active, By: []flow.Who[Key]{head, regulator, setup, job}},
		{Do: "retire", From: []flow.State{Active}, To: Retired, By: []flow.Who[Key]{head, regulator, setup}, Reason: true},
		{Do: "revoke", From: []flow.State{Active, Retired}, To: Revoked, By: []flow.Who[Key]{head, regulator, setup}, Reason: true},
	},
}

var (
	head      = flow.Who[Key]{Name: "head", Is: func(a auth.Actor, k Key) bool { return a.Is(auth.Head, k.Org) }}
	regulator = flow.Who[Key]{Name: "regulator", Is: func(a auth.Actor, _ Key) bool { return a.Any(auth.Regulator) }}
	setup     = flow.Who[Key]{Name: "setup", Is: func(a auth.Actor, _ Key) bool { return a.System == "setup" }}
	job       = flow.Who[Key]{Name: "issue_job", Is: func(a auth.Actor, k Key) bool { return a.System == Job && k.No == 1 }}
)

// Job is who makes the first keys of a body, when it first has something to sign.
const Job = "issuer.first_keys"

// Vault keeps the secret halves of keys: files, or a hardware module.
type Vault interface {
	Create(kind Kind) (handle string, public []byte, err error)
	Open(handle string) (crypto.Signer, error)
}

// Service is what bodies do with their keys.
type Service struct {
	d     *db.DB
	vault vaults
	base  *url.URL

	mu   sync.RWMutex
	open map[string]crypto.Signer // by handle
}

// NewService makes the service. base is the address under which the installation is reached.
func NewService(d *db.DB, blobs *blob.Store, base string) *Service {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		u = &url.URL{Scheme: "http", Host: "localhost"}
	}
	return &Service{d: d, vault: vaults{files: files{blobs}}, base: u, open: map[string]crypto.Signer{}}
}

// Path is where a body's document stands on this installation, without slashes around it: "lsp/1234".
func Path(o organisation.Org) string {
	switch {
	case o.ID == Installation:
		return ""
	case o.Kind == organisation.BNSP:
		return "bnsp"
	case o.Code != "":
		return "lsp/" + o.Code
	}
	return "org/" + string(o.ID)
}

// DID is the name of a body on the web: did:web:host:lsp:1234. Its document tells the keys.
func (s *Service) DID(o organisation.Org) string {
	did := "did:web:" + strings.ReplaceAll(s.base.Host, ":", "%3A")
	if p := Path(o); p != "" {
		did += ":" + strings.ReplaceAll(p, "/", ":")
	}
	return did
}

// Base is the address of the installation, without a slash at its end.
func (s *Service) Base() string { return strings.TrimSuffix(s.base.String(), "/") }

// Host is the name of the installation as the log's origin bears it.
func (s *Service) Host() string { return s.base.Host }

// Ensure makes the first keys of a body that has none. It is called before there is something to sign, outside any
// transaction, since a hardware module may take its time.
func (s *Service) Ensure(ctx context.Context, org auth.OrgID) error {
	for _, kind := range []Kind{EdDSA, ES256} {
		var have bool
		err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
			have, err = tx.Has("SELECT id FROM signing_key WHERE org = $1 AND kind = $2 AND state = 'active'", string(org), string(kind))
			return err
		})
		if err == nil && !have {
			err = s.first(ctx, org, kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// create makes a key that is nobody's yet. Nothing of it stands in the database until it is added.
func (s *Service) create(ctx context.Context, org auth.OrgID, kind Kind) (Key, error) {
	k := Key{Org: org, Kind: kind}
	var err error
	if k.handle, k.Public, err = s.vault.Create(kind); err != nil || kind != ES256 || org == Installation {
		return k, err
	}
	var o organisation.Org
	var number string
	err = s.d.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = s.owner(tx, org); err != nil {
			return err
		}
		l, err := licence.LicenceOf(tx, auth.Actor{System: Job}, org)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		number = l.Number
		return err
	})
	if err != nil {
		return k, err
	}
	signer, err := s.vault.Open(k.handle)
	if err != nil {
		return k, err
	}
	now := s.d.Now()
	cert, err := cms.IssueCertificate(signer, cms.Issuer{Name: o.Name, Licence: number, City: o.City}, now, now.AddDate(validYears, 0, 0))
	if err != nil {
		return k, err
	}
	k.Certificate = cert.Raw
	return k, nil
}

// validYears is how long documents may be signed under a key's certificate.
const validYears = 5

// first makes key number one; whoever is second finds it made.
func (s *Service) first(ctx context.Context, org auth.OrgID, kind Kind) error {
	made, err := s.create(ctx, org, kind)
	if err != nil {
		return err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		newest, err := last(tx, org, kind)
		if err != nil || newest > 0 {
			return err
		}
		made.No = 1
		return s.add(tx, auth.Actor{System: Job}, made)
	})
	if db.IsUnique(err) {
		return nil
	}
	return err
}

// Rotate gives a body a new key of a kind; the one in use before is retired and stays good for what it signed.
func (s *Service) Rotate(ctx context.Context, actor auth.Actor, org auth.OrgID, kind Kind, reason string) error {
	if prefix[kind] == "" {
		return fault.New(fault.Invalid, "form.invalid").With("kind", "form.invalid")
	}
	made, err := s.create(ctx, org, kind)
	if err != nil {
		return err
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		all, err := Keys(tx, actor, org)
		if err != nil {
			return err
		}
		no := 0
		for _, k := range all {
			if k.Kind != kind {
				continue
			}
			no = max(no, k.No)
			if k.State == Active {
				if err := s.turn(tx, actor, k, "retire", reason); err != nil {
					return err
				}
			}
		}
		made.No = no + 1
		return s.add(tx, actor, made)
	})
}

// Revoke takes a key out that others may have got hold of: nothing it signed is good any more.
func (s *Service) Revoke(ctx context.Context, actor auth.Actor, org auth.OrgID, key KeyID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		k, err := one(tx, org, key)
		if err != nil {
			return err
		}
		return s.turn(tx, actor, k, "revoke", reason)
	})
}

func (s *Service) add(tx *db.Tx, actor auth.Actor, k Key) error {
	k.ID, k.Since = KeyID(fmt.Sprintf("%s%d", prefix[k.Kind], k.No)), db.At(tx.Now())
	const do = "make"
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, do, k, "")
	if err != nil {
		return err
	}
	if err := insert(tx, k, pass.To()); err != nil {
		return err
	}
	if err := ledger.Append(tx, k.Org, string(k.Org)+"#"+string(k.ID), pass, map[string]string{"sha256": fmt.Sprintf("%x", sha256.Sum256(k.Public))}); err != nil {
		return err
	}
	return s.log(tx, k, do)
}

func (s *Service) turn(tx *db.Tx, actor auth.Actor, k Key, do flow.Action, reason string) error {
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, do, k, reason)
	if err != nil {
		return err
	}
	if err := end(tx, k, pass.To()); err != nil {
		return err
	}
	if err := ledger.Append(tx, k.Org, string(k.Org)+"#"+string(k.ID), pass, nil); err != nil {
		return err
	}
	return s.log(tx, k, do)
}

// log tells the transparency log what happened to a key, and what the body's document says since.
func (s *Service) log(tx *db.Tx, k Key, do flow.Action) error {
	o, err := s.owner(tx, k.Org)
	if err != nil {
		return err
	}
	keys, err := Keys(tx, auth.Actor{}, k.Org)
	if err != nil {
		return err
	}
	doc, err := s.document(o, keys)
	if err != nil {
		return err
	}
	version := len(keys)
	for _, have := range keys {
		if have.State != Active {
			version++
		}
		if have.State == Revoked {
			version++
		}
	}
	did := s.DID(o)
	return tlog.Append(tx, tlog.Leaf{Ref: did + "#" + string(k.ID) + "/" + string(do), Kind: tlog.Key, Body: did, Doc: sha256.Sum256(k.Public)},
		tlog.Leaf{Ref: fmt.Sprintf("%s/%d", did, version), Kind: tlog.DID, Body: did, Doc: sha256.Sum256(doc)})
}

func (s *Service) owner(tx *db.Tx, org auth.OrgID) (organisation.Org, error) {
	if org == Installation {
		return organisation.Org{}, nil
	}
	return organisation.Get(tx, auth.Actor{System: Job}, org)
}

// Signer signs with one key of a body.
type Signer struct {
	Key
	signer crypto.Signer
}

// Signer is the key of a kind that a body signs with now.
func (s *Service) Signer(tx *db.Tx, org auth.OrgID, kind Kind) (Signer, error) {
	k, err := db.One(tx, fields, "SELECT "+columns+" FROM signing_key WHERE org = $1 AND kind = $2 AND state = 'active' ORDER BY no DESC LIMIT 1", string(org), string(kind))
	if err != nil {
		return Signer{}, fmt.Errorf("signing key of %q: %w", org, err)
	}
	return s.signer(k)
}

// signer opens a key, once.
func (s *Service) signer(k Key) (Signer, error) {
	s.mu.RLock()
	signer := s.open[k.handle]
	s.mu.RUnlock()
	if signer == nil {
		var err error
		if signer, err = s.vault.Open(k.handle); err != nil {
			return Signer{}, fmt.Errorf("signing key %s of %q: %w", k.ID, k.Org, err)
		}
		s.mu.Lock()
		s.open[k.handle] = signer
		s.mu.Unlock()
	}
	return Signer{k, signer}, nil
}

// Sign signs a message: Ed25519 as it is, or ECDSA with SHA-256, the same signature for the same message. The result is
// 64 bytes in both.
func (s Signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	if s.Kind == EdDSA {
		return s.signer.Sign(nil, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	der, err := s.signer.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	out := make([]byte, 64)
	rs.R.FillBytes(out[:32])
	rs.S.FillBytes(out[32:])
	return out, nil
}

// Sealer signs documents with the P-256 key that a body signed with at a moment, or with the one it has now where that
// one is revoked. Nobody but the body vouches for it, and the document says so.
func (s *Service) Sealer(ctx context.Context, org auth.OrgID, at time.Time) (*cms.Sealer, error) {
	var signer Signer
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		k, err := db.One(tx, fields, "SELECT "+columns+` FROM signing_key WHERE org = $1 AND kind = 'es256' AND state <> 'revoked' AND certificate IS NOT NULL
			ORDER BY CASE WHEN since <= $2 AND (ended_at IS NULL OR ended_at > $2) THEN 0 ELSE 1 END, no DESC LIMIT 1`, string(org), db.At(at))
		if err == nil {
			signer, err = s.signer(k)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(signer.Certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate of key %s of %q: %w", signer.ID, org, err)
	}
	key, err := cms.NewKey(signer.signer, cert)
	if err != nil {
		return nil, err
	}
	return cms.New(key, nil)
}

// Crypto is the key for what speaks the standard library's words, such as signed documents.
func (s Signer) Crypto() crypto.Signer { return s.signer }

// Verifies says whether the key made a signature of 64 bytes over a message.
func (k Key) Verifies(message, sig []byte) bool {
	public, err := k.Parsed()
	if err != nil || len(sig) != 64 {
		return false
	}
	switch p := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(p, message, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return ecdsa.Verify(p, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}

// Parsed is the key's public half.
func (k Key) Parsed() (crypto.PublicKey, error) {
	if k.Kind == EdDSA {
		if len(k.Public) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("key %s: %d bytes", k.ID, len(k.Public))
		}
		return ed25519.PublicKey(k.Public), nil
	}
	return ecdsa.ParseUncompressedPublicKey(p256, k.Public)
}
