// Package cms makes and checks the signatures that stand inside signed papers: containers as PAdES wants them (ETSI
// EN 319 142-1, levels B-B and B-T), the certificate of a body's own issuing key, and tokens of time-stamp
// authorities. Who holds the key is open: our software key, or a certified provider that signs a digest for us.
package cms

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Key signs digests and shows whose it is. A software key is one; so is a device, or a certified provider (PSrE)
// that signs digests from afar.
type Key interface {
	// Chain is the certificate of the key, then those that vouch for it.
	Chain() []*x509.Certificate
	// Sign signs a SHA-256 digest: ECDSA in ASN.1, or RSA with PKCS #1 v1.5.
	Sign(ctx context.Context, digest [sha256.Size]byte) ([]byte, error)
}

// Stamper has the time of a signature confirmed by somebody else: it gives an RFC 3161 token for a SHA-256 digest.
type Stamper interface {
	Stamp(ctx context.Context, digest [sha256.Size]byte) ([]byte, error)
}

// Sealer makes whole signatures with a Key, and has their time confirmed when it has a Stamper.
type Sealer struct {
	key      Key
	chain    []*x509.Certificate
	stamps   Stamper
	signer   string
	provider string // none leaves it uncertified
}

// New makes signatures with a key that no certified provider stands behind. Without a Stamper they are of level B-B.
func New(k Key, s Stamper) (*Sealer, error) {
	chain := k.Chain()
	if len(chain) == 0 {
		return nil, errors.New("signing key: no certificate")
	}
	if _, err := signatureAlgorithm(chain[0]); err != nil {
		return nil, err
	}
	return &Sealer{key: k, chain: chain, stamps: s, signer: chain[0].Subject.CommonName}, nil
}

// NewCertified makes signatures with a key that the named provider has certified. A certificate that vouches for
// itself is refused, so that no paper calls itself certified by nobody.
func NewCertified(provider string, k Key, s Stamper) (*Sealer, error) {
	out, err := New(k, s)
	if err != nil {
		return nil, err
	}
	if leaf := out.chain[0]; provider == "" || bytes.Equal(leaf.RawIssuer, leaf.RawSubject) {
		return nil, fmt.Errorf("signing key of %s: no provider has certified it", leaf.Subject.CommonName)
	}
	out.provider = provider
	return out, nil
}

// Stamped is the same sealer with a Stamper, so that its signatures are of level B-T.
func (s *Sealer) Stamped(by Stamper) *Sealer {
	out := *s
	out.stamps = by
	return &out
}

// Certificate is that of the key.
func (s *Sealer) Certificate() *x509.Certificate { return s.chain[0] }

// About says who signs, as the certificate has it, and which provider has certified that.
func (s *Sealer) About() (signer, provider string) { return s.signer, s.provider }

// Room left for a signature: a container's own words, an RSA signature of 4096 bits, and a token with its chain.
const (
	roomContainer = 1400
	roomToken     = 9000
)

// Space is how many bytes a signature takes at most.
func (s *Sealer) Space() int {
	n := roomContainer
	for _, c := range s.chain {
		n += len(c.Raw)
	}
	if s.stamps != nil {
		n += roomToken
	}
	return n
}

// Seal signs the SHA-256 digest of a content that stands elsewhere. What the key gives back is checked before it is
// used: a wrong answer of a provider must not end up in a paper.
func (s *Sealer) Seal(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
	leaf := s.chain[0]
	attributes, err := signedAttributes(leaf, digest)
	if err != nil {
		return nil, err
	}
	signature, err := s.key.Sign(ctx, sha256.Sum256(attributes))
	if err != nil {
		return nil, fmt.Errorf("sign with the key of %s: %w", s.signer, err)
	}
	algorithm, err := signatureAlgorithm(leaf)
	if err != nil {
		return nil, err
	}
	info := signerInfo{Version: 1, DigestAlgorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, SignatureAlgorithm: algorithm, Signature: signature,
		SignedAttrs: asn1.RawValue{FullBytes: retag(attributes, 0xA0)}}
	if err := info.check(leaf, attributes); err != nil {
		return nil, fmt.Errorf("the key of %s does not fit its certificate: %w", s.signer, err)
	}
	id, err := asn1.Marshal(issuerAndSerial{asn1.RawValue{FullBytes: leaf.RawIssuer}, leaf.SerialNumber})
	if err != nil {
		return nil, fmt.Errorf("signer's certificate: %w", err)
	}
	info.SID = asn1.RawValue{FullBytes: id}
	if s.stamps != nil {
		if info.UnsignedAttrs, err = s.stamp(ctx, signature); err != nil {
			return nil, err
		}
	}
	return s.container(info)
}

func (s *Sealer) stamp(ctx context.Context, signature []byte) (none asn1.RawValue, err error) {
	token, err := s.stamps.Stamp(ctx, sha256.Sum256(signature))
	if err != nil {
		return none, fmt.Errorf("time stamp: %w", err)
	}
	if _, err := CheckStamp(token, signature); err != nil {
		return none, fmt.Errorf("time stamp: %w", err)
	}
	b, err := attributeSet(attribute{oidStampToken, asn1.RawValue{FullBytes: token}})
	return asn1.RawValue{FullBytes: retag(b, 0xA1)}, err
}

func (s *Sealer) container(info signerInfo) ([]byte, error) {
	var all [][]byte
	for _, c := range s.chain {
		all = append(all, c.Raw)
	}
	slices.SortFunc(all, bytes.Compare)
	inner, err := asn1.Marshal(signedData{Version: 1, DigestAlgorithms: []pkix.AlgorithmIdentifier{info.DigestAlgorithm}, Content: encapsulated{Type: oidData},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: bytes.Join(all, nil)}, SignerInfos: []signerInfo{info}})
	if err != nil {
		return nil, fmt.Errorf("signature container: %w", err)
	}
	return asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: inner}})
}

// signedAttributes are what the signature covers: that this is a content with this digest, signed under this
// certificate (EN 319 122-1, 5.2.2.3). The time stands in the PDF's dictionary, never here (EN 319 142-1, 6.3).
func signedAttributes(leaf *x509.Certificate, digest [sha256.Size]byte) ([]byte, error) {
	sum := sha256.Sum256(leaf.Raw)
	parts := []struct {
		id    asn1.ObjectIdentifier
		value any
	}{{oidContentType, oidData}, {oidMessageDigest, digest[:]}, {oidSigningCertificateV2, signingCertificateV2{[]certIDv2{{Hash: sum[:]}}}}}
	var all []attribute
	for _, p := range parts {
		b, err := asn1.Marshal(p.value)
		if err != nil {
			return nil, fmt.Errorf("signed attributes: %w", err)
		}
		all = append(all, attribute{p.id, asn1.RawValue{FullBytes: b}})
	}
	return attributeSet(all...)
}

// attributeSet writes attributes of one value each as a SET OF in the order DER asks for.
func attributeSet(all ...attribute) ([]byte, error) {
	var out [][]byte
	for _, a := range all {
		b, err := asn1.Marshal(attributeDER{a.id, []asn1.RawValue{a.value}})
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", a.id, err)
		}
		out = append(out, b)
	}
	slices.SortFunc(out, bytes.Compare)
	return asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: bytes.Join(out, nil)})
}

// retag gives the same value under another tag.
func retag(der []byte, tag byte) []byte {
	out := slices.Clone(der)
	if len(out) > 0 {
		out[0] = tag
	}
	return out
}

func signatureAlgorithm(leaf *x509.Certificate) (pkix.AlgorithmIdentifier, error) {
	switch k := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 || n > maxRSABits {
			return pkix.AlgorithmIdentifier{}, fmt.Errorf("signing key: RSA of %d bits", n)
		}
		return pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}, nil
	default:
		if leaf.PublicKeyAlgorithm != x509.ECDSA {
			return pkix.AlgorithmIdentifier{}, fmt.Errorf("signing key: %s cannot sign papers", leaf.PublicKeyAlgorithm)
		}
		return pkix.AlgorithmIdentifier{Algorithm: oidECDSAWithSHA256}, nil
	}
}

// maxRSABits bounds what checking a stranger's signature may cost.
const maxRSABits = 8192

var (
	oidData                 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidStampToken           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidStampInfo            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSHA256               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA                  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAPSS               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidECDSAWithSHA256      = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signedData struct {
	Version          int
	DigestAlgorithms []pkix.AlgorithmIdentifier `asn1:"set"`
	Content          encapsulated
	Certificates     asn1.RawValue `asn1:"optional,tag:0"`
	Revocations      asn1.RawValue `asn1:"optional,tag:1"`
	SignerInfos      []signerInfo  `asn1:"set"`
}

type encapsulated struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signerInfo struct {
	Version            int
	SID                asn1.RawValue
	DigestAlgorithm    pkix.AlgorithmIdentifier
	SignedAttrs        asn1.RawValue `asn1:"optional,tag:0"`
	SignatureAlgorithm pkix.AlgorithmIdentifier
	Signature          []byte
	UnsignedAttrs      asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	id    asn1.ObjectIdentifier
	value asn1.RawValue
}

type attributeDER struct {
	ID     asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

type signingCertificateV2 struct{ Certs []certIDv2 }

type certIDv2 struct {
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"` // SHA-256 when left out
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}
