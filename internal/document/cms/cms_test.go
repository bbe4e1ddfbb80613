package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

var (
	from  = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	until = from.AddDate(5, 0, 0)
	body  = Issuer{Name: "Lembaga Sertifikasi Profesi Otomotif Contoh", Licence: "BNSP-LSP-0999-ID", City: "Semarang"}
	words = []byte("isi sertifikat contoh")
)

// keys are made once; RSA keys take their time.
var keys = sync.OnceValue(func() map[string]crypto.Signer {
	out := map[string]crypto.Signer{}
	for _, name := range []string{"P-256", "another"} {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		out[name] = k
	}
	for name, bits := range map[string]int{"RSA": 2048, "short": 1024} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		out[name] = k
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	out["P-384"], out["Ed25519"] = p384, ed
	return out
})

func certificate(t testing.TB, key string) *x509.Certificate {
	t.Helper()
	c, err := IssueCertificate(keys()[key], body, from, until)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sealer(t testing.TB, key string, s Stamper) *Sealer {
	t.Helper()
	k, err := NewKey(keys()[key], certificate(t, key))
	if err != nil {
		t.Fatal(err)
	}
	out, err := New(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sealed(t testing.TB, s *Sealer) []byte {
	t.Helper()
	b, err := s.Seal(context.Background(), sha256.Sum256(words))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestASignatureHoldsForItsContentOnly(t *testing.T) {
	for _, key := range []string{"P-256", "RSA"} {
		b := sealed(t, sealer(t, key, nil))
		r, err := Check(b, words[:4], words[4:])
		if err != nil || !r.Digest || !r.Signature || !r.Named || r.Stamp != nil || r.StampErr != nil || r.Signer.Subject.CommonName != body.Name {
			t.Errorf("%s: %+v (%v)", key, r, err)
		}
		if r, err := Check(b, words, words); err != nil || r.Digest || !r.Signature {
			t.Errorf("%s: another content: %+v (%v)", key, r, err)
		}
		if n := sealer(t, key, nil).Space(); len(b) > n {
			t.Errorf("%s: %d bytes, space for %d", key, len(b), n)
		}
	}
}

func TestNoByteOfWhatCountsCanBeChanged(t *testing.T) {
	good := sealed(t, sealer(t, "P-256", nil))
	c, err := read(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string][]byte{"certificate": c.signer.Raw, "attributes": c.info.SignedAttrs.Bytes, "signature": c.info.Signature} {
		start := bytes.Index(good, part)
		for at := start; at < start+len(part); at++ {
			bad := bytes.Clone(good)
			bad[at] ^= 0x10
			if r, err := Check(bad, words); err == nil && r.Digest && r.Signature && r.Named {
				t.Errorf("byte %d of the %s changed and nobody sees it", at-start, name)
			}
		}
	}
}

func TestTheSameDigestIsSignedAlike(t *testing.T) {
	for _, key := range []string{"P-256", "RSA"} {
		if !bytes.Equal(sealed(t, sealer(t, key, nil)), sealed(t, sealer(t, key, nil))) {
			t.Errorf("%s: signed again it differs", key)
		}
	}
}

func TestTheCertificateOfABodySaysWhoseKeyItIs(t *testing.T) {
	for _, key := range []string{"P-256", "RSA"} {
		c := certificate(t, key)
		if c.Subject.CommonName != body.Name || c.Subject.SerialNumber != body.Licence || c.Subject.Country[0] != "ID" || c.Subject.Locality[0] != body.City {
			t.Errorf("%s: %s", key, c.Subject)
		}
		if !c.NotBefore.Equal(from) || !c.NotAfter.Equal(until) || c.IsCA || c.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment {
			t.Errorf("%s: from %s until %s, for %b", key, c.NotBefore, c.NotAfter, c.KeyUsage)
		}
		if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageEmailProtection || len(c.UnknownExtKeyUsage) != 1 || !c.UnknownExtKeyUsage[0].Equal(oidDocumentSigning) || c.SerialNumber.Sign() <= 0 {
			t.Errorf("%s: made for %v, number %s", key, c.UnknownExtKeyUsage, c.SerialNumber)
		}
		if err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if !c.Equal(certificate(t, key)) {
			t.Errorf("%s: made again it differs", key)
		}
	}
	long := Issuer{Name: strings.Repeat("Lembaga Sertifikasi Profesi Ñandú ", 4)}
	c, err := IssueCertificate(keys()["P-256"], long, from, until)
	if n := utf8.RuneCountInString(c.Subject.CommonName); err != nil || n > 64 || n < 40 || strings.HasSuffix(c.Subject.CommonName, " ") {
		t.Errorf("a long name became %q (%v)", c.Subject.CommonName, err)
	}
}

func TestWhatCannotSignPapersIsRefused(t *testing.T) {
	own := certificate(t, "P-256")
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"a certificate of a short RSA key", func() error { _, err := IssueCertificate(keys()["short"], body, from, until); return err }},
		{"a certificate of another curve", func() error { _, err := IssueCertificate(keys()["P-384"], body, from, until); return err }},
		{"a certificate of another kind of key", func() error { _, err := IssueCertificate(keys()["Ed25519"], body, from, until); return err }},
		{"a certificate for nobody", func() error { _, err := IssueCertificate(keys()["P-256"], Issuer{Name: " "}, from, until); return err }},
		{"a certificate that ends before it begins", func() error { _, err := IssueCertificate(keys()["P-256"], body, until, from); return err }},
		{"a key with the certificate of another", func() error { _, err := NewKey(keys()["another"], own); return err }},
		{"a key without certificate", func() error { _, err := NewKey(keys()["P-256"]); return err }},
		{"an own key that calls itself certified", func() error {
			k, err := NewKey(keys()["P-256"], own)
			if err != nil {
				t.Fatal(err)
			}
			_, err = NewCertified("Penyelenggara Contoh", k, nil)
			return err
		}},
		{"a provider that signs with another key", func() error {
			s, err := New(provider{keys()["another"], []*x509.Certificate{own}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Seal(context.Background(), sha256.Sum256(words))
			return err
		}},
		{"a provider without certificate", func() error { _, err := New(provider{}, nil); return err }},
	} {
		if c.do() == nil {
			t.Errorf("%s was taken", c.name)
		}
	}
}

// provider signs digests for us, with random numbers of its own.
type provider struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

func (p provider) Chain() []*x509.Certificate { return p.chain }
func (p provider) Sign(_ context.Context, digest [32]byte) ([]byte, error) {
	return p.key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

func TestACertifiedProviderSignsUnderItsName(t *testing.T) {
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Penyelenggara Contoh"}, NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: body.Name}, NotBefore: from, NotAfter: until}
	root := made(t, ca, ca, keys()["another"], keys()["another"])
	k := provider{keys()["P-256"], []*x509.Certificate{made(t, leaf, ca, keys()["P-256"], keys()["another"]), root}}
	s, err := NewCertified("Penyelenggara Contoh", k, nil)
	if err != nil {
		t.Fatal(err)
	}
	if signer, provider := s.About(); signer != body.Name || provider != "Penyelenggara Contoh" {
		t.Errorf("%s, certified by %s", signer, provider)
	}
	b, err := s.Seal(context.Background(), sha256.Sum256(words))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(b, words)
	if err != nil || !r.Digest || !r.Signature || len(r.Others) != 1 || !r.Others[0].Equal(root) || r.Signer.Issuer.CommonName != "Penyelenggara Contoh" {
		t.Errorf("%+v (%v)", r, err)
	}
}

func made(t testing.TB, template, parent *x509.Certificate, key, by crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// authority is a time-stamp authority: openssl's, behind a real server. Spoil changes what it is asked or answers.
func authority(t testing.TB, purpose asn1.ObjectIdentifier, spoil func(question, answer []byte) []byte) (string, *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{purpose})
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Otoritas Contoh"}, NotBefore: from, NotAfter: from.AddDate(80, 0, 0), IsCA: true, BasicConstraintsValid: true}
	tsa := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Penera Waktu Contoh"}, NotBefore: from, NotAfter: from.AddDate(80, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}}
	root := made(t, ca, ca, keys()["another"], keys()["another"])
	leaf := made(t, tsa, ca, keys()["RSA"], keys()["another"])
	key, err := x509.MarshalPKCS8PrivateKey(keys()["RSA"])
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]string{"tsa.pem": pemOf("CERTIFICATE", leaf.Raw), "key.pem": pemOf("PRIVATE KEY", key), "serial": "01\n",
		"tsa.conf": fmt.Sprintf("[tsa]\nserial=%[1]s/serial\nsigner_cert=%[1]s/tsa.pem\nsigner_key=%[1]s/key.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1,millisecs:5\nordering=yes\ntsa_name=yes\ness_cert_id_alg=sha256\n", dir)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(v), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		if err := os.WriteFile(filepath.Join(dir, "q.tsq"), question, 0o600); err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		answer, err := exec.Command("openssl", "ts", "-reply", "-config", dir+"/tsa.conf", "-section", "tsa", "-queryfile", dir+"/q.tsq").Output()
		if err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		if spoil != nil {
			answer = spoil(question, answer)
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	return server.URL, roots
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

var stamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}

func TestAnAuthorityConfirmsTheTime(t *testing.T) {
	url, roots := authority(t, stamping, nil)
	for _, key := range []string{"P-256", "RSA"} {
		s := sealer(t, key, NewAuthority(url, http.DefaultClient, roots))
		b := sealed(t, s)
		r, err := Check(b, words)
		if err != nil || !r.Digest || !r.Signature || r.StampErr != nil || r.Stamp == nil {
			t.Fatalf("%s: %+v (%v)", key, r, err)
		}
		if r.Stamp.By.Subject.CommonName != "Penera Waktu Contoh" || r.Stamp.At.Year() < 2024 {
			t.Errorf("%s: stamped by %s at %s", key, r.Stamp.By.Subject, r.Stamp.At)
		}
		if len(b) > s.Space() {
			t.Errorf("%s: %d bytes, space for %d", key, len(b), s.Space())
		}
		bad := bytes.Clone(b)
		bad[len(bad)-200] ^= 1 // within the token
		if r, err := Check(bad, words); err == nil && r.Stamp != nil {
			t.Errorf("%s: a changed stamp still holds", key)
		}
	}
}

func TestAnAuthorityThatAnswersWronglyIsNotBelieved(t *testing.T) {
	var earlier []byte
	for _, c := range []struct {
		name    string
		purpose asn1.ObjectIdentifier
		spoil   func(question, answer []byte) []byte
		roots   *x509.CertPool
	}{
		{"nothing", stamping, func([]byte, []byte) []byte { return nil }, nil},
		{"rubbish", stamping, func([]byte, []byte) []byte { return []byte("maaf") }, nil},
		{"a refusal", stamping, func([]byte, []byte) []byte { return []byte{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02} }, nil},
		{"a changed answer", stamping, func(_, a []byte) []byte { a[len(a)-5] ^= 1; return a }, nil},
		{"an authority that nobody trusts", stamping, nil, x509.NewCertPool()},
		{"a certificate for something else", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}, nil, nil},
		{"the answer to an earlier question", stamping, func(_, a []byte) []byte {
			if earlier == nil {
				earlier = a
			}
			return earlier
		}, nil},
	} {
		url, _ := authority(t, c.purpose, c.spoil)
		a := NewAuthority(url, http.DefaultClient, c.roots)
		if c.name == "the answer to an earlier question" {
			if _, err := a.Stamp(context.Background(), sha256.Sum256([]byte("lama"))); err != nil {
				t.Fatal(err)
			}
		}
		k, err := NewKey(keys()["P-256"], certificate(t, "P-256"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(k, a)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := s.Seal(context.Background(), sha256.Sum256(words)); err == nil || b != nil {
			t.Errorf("%s: taken", c.name)
		}
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	if _, err := NewAuthority(gone.URL, gone.Client(), nil).Stamp(context.Background(), [32]byte{}); err == nil {
		t.Error("an authority that is not there has confirmed a time")
	}
}

func TestRubbishIsNoSignature(t *testing.T) {
	good := sealed(t, sealer(t, "P-256", nil))
	large, err := asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: make([]byte, maxContainer)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil}, {"zeros", make([]byte, 500)}, {"half of one", good[:len(good)/2]}, {"more after it", append(bytes.Clone(good), 1)},
		{"far too much", large},
	} {
		if _, err := Check(c.b, words); !errors.Is(err, errContainer) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if r, err := Check(append(bytes.Clone(good), 0, 0, 0), words); err != nil || !r.Signature {
		t.Errorf("the room left behind a signature spoils it: %v", err)
	}
}

func TestContainersWithoutLengthsAreReadAlike(t *testing.T) {
	good := sealed(t, sealer(t, "P-256", nil))
	var outer contentInfo
	if _, err := asn1.Unmarshal(good, &outer); err != nil {
		t.Fatal(err)
	}
	var inner asn1.RawValue
	if _, err := asn1.Unmarshal(outer.Content.Bytes, &inner); err != nil {
		t.Fatal(err)
	}
	kind, err := asn1.Marshal(oidSignedData)
	if err != nil {
		t.Fatal(err)
	}
	end := []byte{0, 0}
	open := bytes.Join([][]byte{{0x30, 0x80}, kind, {0xA0, 0x80, 0x30, 0x80}, inner.Bytes, end, end, end, make([]byte, 300)}, nil)
	r, err := Check(open, words)
	if err != nil || !r.Digest || !r.Signature || !r.Named {
		t.Errorf("%+v (%v)", r, err)
	}
	for _, c := range []struct {
		name     string
		in, want []byte
	}{
		{"a string in pieces becomes one", []byte{0x30, 0x80, 0x24, 0x80, 4, 1, 'a', 4, 2, 'b', 'c', 0, 0, 0, 0}, []byte{0x30, 5, 4, 3, 'a', 'b', 'c'}},
		{"a length that is said is kept", []byte{0x30, 3, 2, 1, 7}, []byte{0x30, 3, 2, 1, 7}},
		{"no end", []byte{0x30, 0x80, 2, 1, 7}, nil},
		{"half an end", []byte{0x30, 0x80, 2, 1, 7, 0}, nil},
		{"nested without end", bytes.Repeat([]byte{0x30, 0x80}, 100_000), nil},
		{"far too long", append([]byte{0x30, 0x80}, make([]byte, maxContainer+maxRoom)...), nil},
	} {
		got, err := definite(c.in)
		if (err == nil) != (c.want != nil) || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %x (%v)", c.name, got, err)
		}
	}
}

func TestAKeyOfMonstrousSizeCostsNothing(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), 300_000)
	leaf := &x509.Certificate{PublicKeyAlgorithm: x509.RSA, PublicKey: &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 1<<31 - 1}}
	start := time.Now()
	if err := (signerInfo{DigestAlgorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, Signature: make([]byte, 37_501)}).check(leaf, words); err == nil {
		t.Error("it signed")
	}
	if took := time.Since(start); took > 50*time.Millisecond {
		t.Errorf("took %s", took)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(sealed(f, sealer(f, "P-256", nil)))
	f.Add(sealed(f, sealer(f, "RSA", nil)))
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 'a', 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Check(b, words)
		if err == nil && r.Signer == nil {
			t.Error("read, and signed by nobody")
		}
		_, _ = CheckStamp(b, words)
	})
}

func BenchmarkSeal(b *testing.B) {
	s := sealer(b, "P-256", nil)
	for b.Loop() {
		sealed(b, s)
	}
}
