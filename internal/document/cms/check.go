package cms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha256" // the digests that signatures may use
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
)

// Result is what a signature says when it is looked at closely.
type Result struct {
	Signer    *x509.Certificate
	Others    []*x509.Certificate // that came along
	Digest    bool                // the content is the one that was signed
	Signature bool                // and the key of Signer signed it
	Named     bool                // the signature names its certificate, so that no other can be put in its place
	Stamp     *Stamp              // the time, confirmed by somebody else
	StampErr  error               // why the stamp that stands there is worth nothing
}

var errContainer = errors.New("not a signature container we can read")

// limits of what a stranger may send.
const (
	maxContainer    = 256 << 10 // without the room left behind it
	maxCertificates = 16
)

// Check looks at a detached signature over a content given in parts. An error means that the container cannot be
// read at all; everything else stands in the Result.
func Check(der []byte, content ...[]byte) (Result, error) {
	c, err := read(der)
	if err != nil {
		return Result{}, err
	}
	return c.result(content...)
}

// container is a signature read and not yet believed.
type container struct {
	signedData
	certificates []*x509.Certificate
	info         signerInfo
	attributes   []attribute
	signer       *x509.Certificate
	digest       crypto.Hash
}

func read(der []byte) (*container, error) {
	der, err := definite(der)
	if err != nil {
		return nil, err
	}
	var outer contentInfo
	rest, err := asn1.Unmarshal(der, &outer)
	if n := len(der) - len(rest); n > maxContainer {
		return nil, fmt.Errorf("%w: %d bytes", errContainer, n)
	}
	if err != nil || !outer.Type.Equal(oidSignedData) || len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, fmt.Errorf("%w: %v", errContainer, err)
	}
	c := &container{}
	if rest, err := asn1.Unmarshal(outer.Content.Bytes, &c.signedData); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: %v", errContainer, err)
	}
	if len(c.SignerInfos) != 1 {
		return nil, fmt.Errorf("%w: %d signers", errContainer, len(c.SignerInfos))
	}
	c.info = c.SignerInfos[0]
	if err := c.readCertificates(); err != nil {
		return nil, err
	}
	if c.attributes, err = readAttributes(c.info.SignedAttrs); err != nil {
		return nil, err
	}
	if c.digest = hashes[c.info.DigestAlgorithm.Algorithm.String()]; c.digest == 0 {
		return nil, fmt.Errorf("%w: digest %s", errContainer, c.info.DigestAlgorithm.Algorithm)
	}
	return c, c.consistent(outer, der[:len(der)-len(rest)])
}

// hashes are the digests that we believe; SHA-1 and MD5 are not among them.
var hashes = map[string]crypto.Hash{
	oidSHA256.String(): crypto.SHA256,
	oidSHA384.String(): crypto.SHA384,
	oidSHA512.String(): crypto.SHA512,
}

func (c *container) readCertificates() error {
	for rest := c.Certificates.Bytes; len(rest) > 0; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			return fmt.Errorf("%w: certificates: %v", errContainer, err)
		}
		if len(c.certificates) == maxCertificates {
			return fmt.Errorf("%w: more than %d certificates", errContainer, maxCertificates)
		}
		if cert, err := x509.ParseCertificate(one.FullBytes); err == nil { // one we cannot read cannot be the signer's
			c.certificates = append(c.certificates, cert)
		}
	}
	var by issuerAndSerial
	_, err := asn1.Unmarshal(c.info.SID.FullBytes, &by)
	for _, cert := range c.certificates {
		byName := err == nil && by.Serial != nil && bytes.Equal(cert.RawIssuer, by.Issuer.FullBytes) && cert.SerialNumber.Cmp(by.Serial) == 0
		byKey := c.info.SID.Class == asn1.ClassContextSpecific && len(cert.SubjectKeyId) > 0 && bytes.Equal(cert.SubjectKeyId, c.info.SID.Bytes)
		if byName || byKey {
			c.signer = cert
			return nil
		}
	}
	return fmt.Errorf("%w: the signer's certificate is missing", errContainer)
}

// readAttributes reads a set of attributes; one that stands twice, or has no value or several, is refused.
func readAttributes(set asn1.RawValue) (out []attribute, err error) {
	for rest := set.Bytes; len(rest) > 0; {
		var a attributeDER
		if rest, err = asn1.Unmarshal(rest, &a); err != nil || len(out) == 64 {
			return nil, fmt.Errorf("%w: attributes: %v", errContainer, err)
		}
		if len(a.Values) != 1 || value(out, a.ID) != nil {
			return nil, fmt.Errorf("%w: attribute %s stands twice or is empty", errContainer, a.ID)
		}
		out = append(out, attribute{a.ID, a.Values[0]})
	}
	return out, nil
}

func value(all []attribute, id asn1.ObjectIdentifier) []byte {
	for _, a := range all {
		if a.id.Equal(id) {
			return a.value.FullBytes
		}
	}
	return nil
}

func (c *container) result(content ...[]byte) (Result, error) {
	r := Result{Signer: c.signer, Named: c.named()}
	for _, cert := range c.certificates {
		if cert != c.signer {
			r.Others = append(r.Others, cert)
		}
	}
	signed := retag(c.info.SignedAttrs.FullBytes, 0x31)
	if len(c.attributes) == 0 { // the signature covers the content itself
		signed, r.Digest = bytes.Join(content, nil), true
	} else {
		r.Digest = c.digestOf(content)
	}
	err := c.info.check(c.signer, signed)
	r.Signature = err == nil
	if len(c.attributes) == 0 {
		r.Digest = r.Signature
	}
	unsigned, err := readAttributes(c.info.UnsignedAttrs)
	if err != nil {
		r.StampErr = err
		return r, nil
	}
	if token := value(unsigned, oidStampToken); token != nil {
		stamp, err := CheckStamp(token, c.info.Signature)
		if r.StampErr = err; err == nil {
			r.Stamp = &stamp
		}
	}
	return r, nil
}

func (c *container) digestOf(content [][]byte) bool {
	var kind asn1.ObjectIdentifier
	var want []byte
	if _, err := asn1.Unmarshal(value(c.attributes, oidContentType), &kind); err != nil || !kind.Equal(c.Content.Type) {
		return false
	}
	if _, err := asn1.Unmarshal(value(c.attributes, oidMessageDigest), &want); err != nil {
		return false
	}
	return bytes.Equal(want, sum(c.digest.New(), content))
}

func sum(h hash.Hash, content [][]byte) []byte {
	for _, part := range content {
		_, _ = h.Write(part) // a hash does not fail
	}
	return h.Sum(nil)
}

// named says whether the signed attributes name the signer's certificate (RFC 5035, and its older form in RFC 2634).
func (c *container) named() bool {
	var v2 signingCertificateV2
	if der := value(c.attributes, oidSigningCertificateV2); der != nil {
		if _, err := asn1.Unmarshal(der, &v2); err != nil || len(v2.Certs) == 0 {
			return false
		}
		h := crypto.SHA256
		if id := v2.Certs[0].Algorithm.Algorithm; len(id) > 0 {
			h = hashes[id.String()]
		}
		return h != 0 && bytes.Equal(v2.Certs[0].Hash, sum(h.New(), [][]byte{c.signer.Raw}))
	}
	var v1 signingCertificateV1
	if _, err := asn1.Unmarshal(value(c.attributes, oidSigningCertificate), &v1); err != nil || len(v1.Certs) == 0 {
		return false
	}
	old := sha1.Sum(c.signer.Raw) // names a certificate that came along; the signature itself never rests on it
	return bytes.Equal(v1.Certs[0].Hash, old[:])
}

type signingCertificateV1 struct {
	Certs    []certIDv1
	Policies asn1.RawValue `asn1:"optional"`
}

type certIDv1 struct {
	Hash   []byte
	Issuer asn1.RawValue `asn1:"optional"`
}

// check says whether the key of a certificate signed these bytes.
func (s signerInfo) check(by *x509.Certificate, signed []byte) error {
	if k, ok := by.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxRSABits {
		return fmt.Errorf("RSA of %d bits", k.N.BitLen())
	}
	if k, ok := by.PublicKey.(*rsa.PublicKey); ok && s.SignatureAlgorithm.Algorithm.Equal(oidRSAPSS) { // with salt of any length
		h := hashes[s.DigestAlgorithm.Algorithm.String()]
		return rsa.VerifyPSS(k, h, sum(h.New(), [][]byte{signed}), s.Signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
	}
	algorithm := s.algorithm(by)
	if algorithm == x509.UnknownSignatureAlgorithm {
		return fmt.Errorf("signature algorithm %s", s.SignatureAlgorithm.Algorithm)
	}
	return by.CheckSignature(algorithm, signed, s.Signature)
}

// algorithm follows the key, so that a container cannot talk us into another one.
func (s signerInfo) algorithm(by *x509.Certificate) x509.SignatureAlgorithm {
	h := hashes[s.DigestAlgorithm.Algorithm.String()]
	if !s.named(by, h) {
		return x509.UnknownSignatureAlgorithm
	}
	switch by.PublicKeyAlgorithm {
	case x509.RSA:
		return map[crypto.Hash]x509.SignatureAlgorithm{crypto.SHA256: x509.SHA256WithRSA, crypto.SHA384: x509.SHA384WithRSA, crypto.SHA512: x509.SHA512WithRSA}[h]
	case x509.ECDSA:
		return map[crypto.Hash]x509.SignatureAlgorithm{crypto.SHA256: x509.ECDSAWithSHA256, crypto.SHA384: x509.ECDSAWithSHA384, crypto.SHA512: x509.ECDSAWithSHA512}[h]
	case x509.Ed25519:
		return x509.PureEd25519
	default:
		return x509.UnknownSignatureAlgorithm
	}
}
