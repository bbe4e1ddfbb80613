package cms

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"
)

// Stamp is a time that an authority has confirmed.
type Stamp struct {
	At     time.Time
	By     *x509.Certificate
	Others []*x509.Certificate // that came along
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type stampRequest struct {
	Version int
	Imprint imprint
	Nonce   *big.Int
	Certs   bool
}

type stampResponse struct {
	Status struct {
		Status int
		Text   asn1.RawValue  `asn1:"optional"`
		Failed asn1.BitString `asn1:"optional"`
	}
	Token asn1.RawValue `asn1:"optional"`
}

type stampInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	At         time.Time     `asn1:"generalized"`
	Accuracy   accuracy      `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	Authority  asn1.RawValue `asn1:"optional,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"optional,tag:0"`
	Micros  int `asn1:"optional,tag:1"`
}

var errStamp = errors.New("not a time stamp for this")

// CheckStamp looks at a token of RFC 3161 for the given bytes: that it is for them, and that its authority signed it
// while its certificate, made for this purpose, was valid. Whether that authority is to be trusted is for the caller.
func CheckStamp(token []byte, of ...[]byte) (Stamp, error) {
	info, c, err := readToken(token)
	if err != nil {
		return Stamp{}, err
	}
	h := hashes[info.Imprint.Algorithm.Algorithm.String()]
	if h == 0 || !bytes.Equal(info.Imprint.Digest, sum(h.New(), of)) {
		return Stamp{}, fmt.Errorf("%w: it stamps something else", errStamp)
	}
	return Stamp{At: info.At.UTC(), By: c.signer, Others: slices.DeleteFunc(slices.Clone(c.certificates), c.signer.Equal)}, nil
}

// readToken reads a token and checks the authority's signature.
func readToken(token []byte) (info stampInfo, c *container, err error) {
	if c, err = read(token); err != nil {
		return info, nil, fmt.Errorf("%w: %w", errStamp, err)
	}
	var inner []byte
	if _, err := asn1.Unmarshal(c.Content.Content.Bytes, &inner); err != nil || !c.Content.Type.Equal(oidStampInfo) {
		return info, nil, fmt.Errorf("%w: no stamp inside", errStamp)
	}
	if rest, err := asn1.Unmarshal(inner, &info); err != nil || len(rest) > 0 {
		return info, nil, fmt.Errorf("%w: %v", errStamp, err)
	}
	if len(c.attributes) == 0 || !c.digestOf([][]byte{inner}) || !c.named() {
		return info, nil, fmt.Errorf("%w: the authority signed something else", errStamp)
	}
	if err := c.info.check(c.signer, retag(c.info.SignedAttrs.FullBytes, 0x31)); err != nil {
		return info, nil, fmt.Errorf("%w: %w", errStamp, err)
	}
	if !slices.Contains(c.signer.ExtKeyUsage, x509.ExtKeyUsageTimeStamping) {
		return info, nil, fmt.Errorf("%w: %s is no time-stamp authority", errStamp, c.signer.Subject.CommonName)
	}
	if info.At.Before(c.signer.NotBefore) || info.At.After(c.signer.NotAfter) {
		return info, nil, fmt.Errorf("%w: the authority's certificate was not valid then", errStamp)
	}
	return info, c, nil
}

// Authority asks a time-stamp authority over HTTP (RFC 3161, 3.4).
type Authority struct {
	url    string
	client *http.Client
	roots  *x509.CertPool
}

// NewAuthority asks the authority at an address. Only tokens whose chain ends in one of the roots are taken; without
// roots every chain is. The client's own time limit bounds the wait.
func NewAuthority(url string, client *http.Client, roots *x509.CertPool) *Authority {
	return &Authority{url, client, roots}
}

// Stamp has the authority confirm that a digest exists now.
func (a *Authority) Stamp(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	question, err := asn1.Marshal(stampRequest{1, imprint{pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}, digest[:]}, nonce, true})
	if err != nil {
		return nil, fmt.Errorf("time-stamp question: %w", err)
	}
	answer, err := a.ask(ctx, question)
	if err != nil {
		return nil, fmt.Errorf("time-stamp authority %s: %w", a.url, err)
	}
	var r stampResponse
	if _, err := asn1.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("time-stamp authority %s: %w", a.url, err)
	}
	if r.Status.Status > 1 || len(r.Token.FullBytes) == 0 { // 0 granted, 1 granted with changes
		return nil, fmt.Errorf("time-stamp authority %s: refused with status %d", a.url, r.Status.Status)
	}
	if err := a.judge(r.Token.FullBytes, digest, nonce); err != nil {
		return nil, fmt.Errorf("time-stamp authority %s: %w", a.url, err)
	}
	return r.Token.FullBytes, nil
}

func (a *Authority) judge(token []byte, digest [sha256.Size]byte, nonce *big.Int) error {
	info, c, err := readToken(token)
	if err != nil {
		return err
	}
	if !info.Imprint.Algorithm.Algorithm.Equal(oidSHA256) || !bytes.Equal(info.Imprint.Digest, digest[:]) || info.Nonce == nil || info.Nonce.Cmp(nonce) != 0 {
		return fmt.Errorf("%w: the answer is to another question", errStamp)
	}
	if a.roots == nil {
		return nil
	}
	between := x509.NewCertPool()
	for _, cert := range c.certificates {
		between.AddCert(cert)
	}
	_, err = c.signer.Verify(x509.VerifyOptions{Roots: a.roots, Intermediates: between, CurrentTime: info.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	return err
}

func (a *Authority) ask(ctx context.Context, question []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	answer, err := a.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }() // read to its end or given up
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answers %s", answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 64<<10))
}
