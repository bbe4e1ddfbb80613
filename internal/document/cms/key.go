package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
)

// softwareKey is a private key in our own memory.
type softwareKey struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

// NewKey is a key that we hold ourselves, P-256 or RSA, with its certificate first in the chain. It signs the same
// digest with the same bytes every time (RFC 6979 for P-256), unless it lies in a hardware module, which draws its own
// random numbers.
func NewKey(key crypto.Signer, chain ...*x509.Certificate) (Key, error) {
	if err := fit(key); err != nil {
		return nil, err
	}
	if len(chain) == 0 {
		return nil, errors.New("software key: no certificate")
	}
	if k, ok := chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !k.Equal(key.Public()) {
		return nil, fmt.Errorf("software key: the certificate of %s belongs to another key", chain[0].Subject.CommonName)
	}
	return &softwareKey{repeatable{key}, chain}, nil
}

// fit says why a key cannot sign papers.
func fit(key crypto.Signer) error {
	switch k := key.Public().(type) {
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return fmt.Errorf("software key: curve %s, want P-256", k.Curve.Params().Name)
		}
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 || n > maxRSABits {
			return fmt.Errorf("software key: RSA of %d bits", n)
		}
	default:
		return fmt.Errorf("software key: %T, want P-256 or RSA", key.Public())
	}
	return nil
}

// Chain is the certificate of the key, then those that vouch for it.
func (k *softwareKey) Chain() []*x509.Certificate { return k.chain }

// Sign signs a SHA-256 digest.
func (k *softwareKey) Sign(_ context.Context, digest [sha256.Size]byte) ([]byte, error) {
	return k.key.Sign(nil, digest[:], crypto.SHA256)
}

// repeatable signs without chance: RFC 6979 for ECDSA. RSA takes its random bytes only to hide how long it works.
type repeatable struct{ crypto.Signer }

// Sign signs a digest, the same one always alike.
func (r repeatable) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, ok := r.Signer.(*rsa.PrivateKey); ok {
		return r.Signer.Sign(rand.Reader, digest, opts)
	}
	return r.Signer.Sign(nil, digest, opts)
}

// Issuer is the body whose papers a key signs.
type Issuer struct {
	Name    string // of the certification body
	Licence string // its number with the authority
	City    string
}

// oidDocumentSigning is the purpose "signs documents for people" (RFC 9336). Readers of PDF older than that word ask for
// the one of signed mail instead (NSS in pdfsig, Acrobat), so certificates of ours carry both.
var oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}

// IssueCertificate makes the certificate of a body's own issuing key: it says whose key it is and for how long, and
// vouches for itself, so whoever checks compares it with the one the body has published. The same key, body and days
// give the same certificate.
func IssueCertificate(key crypto.Signer, by Issuer, from, until time.Time) (*x509.Certificate, error) {
	if err := fit(key); err != nil {
		return nil, err
	}
	if strings.TrimSpace(by.Name) == "" || !from.Before(until) {
		return nil, fmt.Errorf("issuing certificate: name %q, from %s until %s", by.Name, from, until)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("issuing certificate: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(public, "%q %q %d %d", by.Name, by.Licence, from.Unix(), until.Unix()))
	sum[0] = sum[0]&0x7F | 0x40 // positive, and as long as it looks (RFC 5280, 4.1.2.2)
	id := sha256.Sum256(public)
	subject := pkix.Name{Country: []string{"ID"}, Organization: []string{within(by.Name)}, CommonName: within(by.Name), SerialNumber: within(by.Licence)}
	if by.City != "" {
		subject.Locality = []string{within(by.City)}
	}
	template := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(sum[:16]), Subject: subject, NotBefore: from.UTC(), NotAfter: until.UTC(),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}, UnknownExtKeyUsage: []asn1.ObjectIdentifier{oidDocumentSigning},
		BasicConstraintsValid: true, SubjectKeyId: id[:20]}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), repeatable{key})
	if err != nil {
		return nil, fmt.Errorf("issuing certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// within keeps a name to the 64 letters that a certificate has room for (RFC 5280, appendix A), in whole words.
func within(s string) string {
	letters := []rune(strings.Join(strings.Fields(s), " "))
	if len(letters) <= 64 {
		return string(letters)
	}
	cut := string(letters[:64])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		return cut[:at]
	}
	return cut
}
