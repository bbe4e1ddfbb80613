package credential

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kompeten/internal/date"
	"kompeten/internal/fault"
)

// QR is what a certificate's QR code says by itself, without any server: a CWT in a COSE_Sign1 behind the '#' of the
// address at which the certificate is checked. It never reaches a server, since browsers do not send what stands
// there (RFC 8392, RFC 9052; CE-04).
type QR struct {
	Code        string // by which the certificate is looked up
	Number      string
	Name        string
	LSP         string
	Licence     string // of the LSP; the key that signs belongs to it
	Scheme      string // code
	Title       string
	Level       int // KKNI; 0 for none
	Units       []string
	IssuedOn    date.Date
	ValidUntil  date.Date // the last day
	Zone        date.Zone // whose days these are
	StatusList  string
	StatusIndex int
	Sample      bool
}

// QRAlgorithm is how a QR is signed, by its COSE number.
type QRAlgorithm int64

// The algorithms that are read; every other one is refused.
const (
	QREdDSA QRAlgorithm = -8
	QRES256 QRAlgorithm = -7
)

// QRKeyID names a key in a QR: the beginning of a hash of it. Two keys may share one.
type QRKeyID [8]byte

// QRKey is a key that may have signed QRs: ed25519.PublicKey or *ecdsa.PublicKey on P-256. Licence is the body whose
// key it is; it speaks for no other. From and Until bound the days of issue it may stand for; empty is unbounded.
type QRKey struct {
	Public      any
	Licence     string
	From, Until date.Date
}

// QRKeys are the keys a verifier trusts. Every key under one ID is tried.
type QRKeys map[QRKeyID][]QRKey

// QRSigner signs bytes with the body's key: 64 bytes, pure Ed25519, or r and s of ES256.
type QRSigner func(ctx context.Context, toBeSigned []byte) ([]byte, error)

// QRRead is a QR that was read. Nothing of it is true before Verify says so.
type QRRead struct {
	QR
	Host      string // of the address, as it was read; empty where only the data was given
	URLCode   string // the code in the address, which nobody signed
	KeyID     QRKeyID
	Algorithm QRAlgorithm

	toBeSigned, signature []byte
}

// IDOfQRKey is the ID of a key: the first eight bytes of the SHA-256 of its bytes.
func IDOfQRKey(public any) (id QRKeyID, err error) {
	b, err := QRKeyBytes(public)
	if err != nil {
		return id, err
	}
	sum := sha256.Sum256(b)
	copy(id[:], sum[:])
	return id, nil
}

// QRKeyBytes is a key as verifiers keep it: 32 bytes of Ed25519, or 65 of an uncompressed point on P-256.
func QRKeyBytes(public any) ([]byte, error) {
	switch k := public.(type) {
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return k, nil
		}
	case *ecdsa.PublicKey:
		if k.Curve != nil && k.Params().BitSize == 256 {
			return k.Bytes()
		}
	}
	return nil, fault.New(fault.Invalid, "qr.key_kind")
}

// base32 has letters and digits of the QR's alphanumeric mode only, which takes 5.5 bits for each of them.
var qrText = base32.StdEncoding.WithPadding(base32.NoPadding)

// maxQRText is more than the largest QR code holds.
const maxQRText = 4400

var (
	qrCode    = regexp.MustCompile(`^[A-Z0-9]{4,32}$`)
	qrAddress = regexp.MustCompile(`^HTTPS?://([A-Z0-9.-]+(?::[0-9]+)?)/(?:[^?]*/)?([A-Z0-9]+)$`) // the verifier's script has the same
)

// SignQR gives the text of a certificate's QR code. base is the installation's address, without a path.
func SignQR(ctx context.Context, base string, q QR, id QRKeyID, alg QRAlgorithm, sign QRSigner) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fault.New(fault.Invalid, "qr.base")
	}
	if alg != QREdDSA && alg != QRES256 {
		return "", fault.New(fault.Invalid, "qr.algorithm")
	}
	payload, err := q.payload()
	if err != nil {
		return "", err
	}
	address := strings.ToUpper(u.Scheme+"://"+u.Host) + "/V/" + q.Code
	if !qrAddress.MatchString(address) {
		return "", fault.New(fault.Invalid, "qr.base")
	}
	head, err := qrEncode.Marshal(qrHeader{Algorithm: int64(alg), KeyID: id[:]})
	if err != nil {
		return "", err
	}
	tbs, err := qrToBeSigned(head, payload)
	if err != nil {
		return "", err
	}
	sig, err := sign(ctx, tbs)
	if err != nil {
		return "", err
	}
	if len(sig) != qrSignature {
		return "", fault.New(fault.Invalid, "qr.signature_size", len(sig))
	}
	b, err := qrEnvelope(head, payload, sig)
	if err != nil {
		return "", err
	}
	return address + "#" + qrText.EncodeToString(b), nil
}

const qrSignature = 64

// ReadQR takes a QR's text apart: the whole address, in either case, or only what stands behind '#'.
func ReadQR(s string) (QRRead, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) > maxQRText {
		return QRRead{}, fault.New(fault.TooLarge, "qr.too_long")
	}
	var r QRRead
	if address, data, found := strings.Cut(s, "#"); found {
		m := qrAddress.FindStringSubmatch(address)
		if m == nil {
			return QRRead{}, fault.New(fault.Invalid, "qr.address")
		}
		r.Host, r.URLCode = strings.ToLower(m[1]), m[2]
		s = data
	}
	b, err := qrText.DecodeString(s)
	if err != nil || len(b) == 0 || qrText.EncodeToString(b) != s {
		return QRRead{}, fault.New(fault.Invalid, "qr.text")
	}
	return r, r.open(b)
}

// Verify says whether the body named in the QR signed it, with a key of its own, used while it could; and whether
// the address leads to the certificate that was signed. What the certificate is worth on a day is told by ValidOn
// and by the status list.
func (r QRRead) Verify(keys QRKeys) error {
	known := keys[r.KeyID]
	if len(known) == 0 {
		return fault.New(fault.Invalid, "qr.unknown_key")
	}
	for _, k := range known {
		if !r.signedBy(k.Public) {
			continue
		}
		switch {
		case k.Licence != r.Licence:
			return fault.New(fault.Invalid, "qr.other_body")
		case k.From != "" && r.IssuedOn < k.From || k.Until != "" && r.IssuedOn > k.Until:
			return fault.New(fault.Invalid, "qr.key_ended")
		case r.Host != "" && r.URLCode != r.Code:
			return fault.New(fault.Invalid, "qr.other_code")
		}
		return nil
	}
	return fault.New(fault.Invalid, "qr.signature")
}

// ValidOn says whether the certificate's days hold a day.
func (q QR) ValidOn(day date.Date) bool { return q.IssuedOn <= day && day <= q.ValidUntil }

// signedBy tries a key. The algorithm is the key's; one that the QR names beside it is never followed.
func (r QRRead) signedBy(public any) bool {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return r.Algorithm == QREdDSA && len(k) == ed25519.PublicKeySize && ed25519.Verify(k, r.toBeSigned, r.signature)
	case *ecdsa.PublicKey:
		if r.Algorithm != QRES256 || k.Curve == nil || k.Params().BitSize != 256 {
			return false
		}
		sum := sha256.Sum256(r.toBeSigned)
		half := qrSignature / 2
		return ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(r.signature[:half]), new(big.Int).SetBytes(r.signature[half:]))
	}
	return false
}

// qrNFC says whether a text is written as QRs hold it, and fits.
func qrNFC(s string, most int) bool {
	return s != "" && len(s) <= most && utf8.ValidString(s) && norm.NFC.IsNormalString(s)
}
