package document

import (
	"bytes"
	"cmp"
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
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kompeten/internal/document/cms"
	"kompeten/internal/document/pdf"
	"kompeten/internal/golden"
)

var signedAt = time.Date(2021, 4, 19, 3, 4, 5, 0, time.UTC)

// testKeys are made once; RSA keys take their time.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return map[string]crypto.Signer{"P-256": ec, "RSA": r}
})

func sealer(t testing.TB, kind string, s cms.Stamper) *cms.Sealer {
	t.Helper()
	key := testKeys()[kind]
	cert, err := cms.IssueCertificate(key, cms.Issuer{Name: "Lembaga Sertifikasi Profesi Otomotif Contoh", Licence: "BNSP-LSP-0999-ID", City: "Semarang"},
		signedAt.AddDate(-1, 0, 0), signedAt.AddDate(30, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	k, err := cms.NewKey(key, cert)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cms.New(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// paperForMachines is a certificate with everything a machine checks it by.
func paperForMachines() Certificate {
	c := sampleCertificate(10)
	c.Credential = []byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"name":"Sertifikat Kompetensi"}`)
	c.LogProof = []byte("c2sp.org/tlog-proof@v1\nindex 7\n")
	return c
}

func signed(t testing.TB, c Certificate, s Sealer) []byte {
	t.Helper()
	b, err := c.SignedPDF(context.Background(), Signature{Sealer: s, At: signedAt, Reason: "Sertifikat diterbitkan", Place: "Semarang (Jawa Tengah)"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tool runs a program of somebody else over a file and gives what it says.
func tool(t testing.TB, b []byte, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, append(args, path)...)
	cmd.Dir = filepath.Dir(path)
	out, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v (scripts/install-missing installs it)", err)
	}
	return string(out)
}

func TestPopplerFindsTheSignatureValidOverTheWholeFile(t *testing.T) {
	authority := newAuthority(t)
	for _, c := range []struct {
		name, key string
		stamps    cms.Stamper
	}{
		{"P-256, B-B", "P-256", nil}, {"RSA, B-B", "RSA", nil}, {"P-256, B-T", "P-256", authority}, {"RSA, B-T", "RSA", authority},
	} {
		b := signed(t, paperForMachines(), sealer(t, c.key, c.stamps))
		said := tool(t, b, "pdfsig", "-nocert")
		for _, want := range []string{"Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "SHA-256", "Lembaga Sertifikasi Profesi Otomotif Contoh"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: pdfsig does not say %q:\n%s", c.name, want, said)
			}
		}
		if said := tool(t, b, "qpdf", "--check"); !strings.Contains(said, "No syntax or stream encoding errors found") {
			t.Errorf("%s: qpdf says\n%s", c.name, said)
		}
		flipped := bytes.Clone(b)
		flipped[bytes.Index(flipped, []byte("/MediaBox"))+14] ^= 1
		if said := tool(t, flipped, "pdfsig", "-nocert"); strings.Contains(said, "Signature is Valid") {
			t.Errorf("%s: pdfsig finds a changed file valid", c.name)
		}
	}
}

func TestPopplerFindsTheFilesInsideAndTheWords(t *testing.T) {
	c := paperForMachines()
	b := signed(t, c, sealer(t, "P-256", nil))
	said := tool(t, b, "pdfdetach", "-list")
	for _, want := range []string{"2 embedded files", "sertifikat-45407-7231-2-0000017-2021.json", "sertifikat-45407-7231-2-0000017-2021.tlog-proof"} {
		if !strings.Contains(said, want) {
			t.Errorf("pdfdetach does not say %q:\n%s", want, said)
		}
	}
	dir := t.TempDir()
	tool(t, b, "pdfdetach", "-saveall", "-o", dir)
	if got, err := os.ReadFile(filepath.Join(dir, "sertifikat-45407-7231-2-0000017-2021.json")); err != nil || !bytes.Equal(got, c.Credential) {
		t.Errorf("pdfdetach saved %q (%v)", got, err)
	}
	path := filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	words, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	read := strings.Join(strings.Fields(string(words)), " ") // wherever lines end
	for _, want := range []string{"Bagus Tri Wahyudi Prasetyo", "tidak tersertifikasi", "uncertified"} {
		if !strings.Contains(read, want) {
			t.Errorf("pdftotext does not read %q", want)
		}
	}
}

func TestWeFindOurOwnSignatureValid(t *testing.T) {
	for _, key := range []string{"P-256", "RSA"} {
		c := paperForMachines()
		b := signed(t, c, sealer(t, key, newAuthority(t)))
		f, err := pdf.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		all, err := f.Signatures()
		if err != nil || len(all) != 1 || !all[0].Valid() || !all[0].WholeFile || !all[0].ClaimedAt.Equal(signedAt) || all[0].Stamp == nil || all[0].Reason != "Sertifikat diterbitkan" {
			t.Fatalf("%s: %+v", key, all)
		}
		files, err := f.Attachments()
		if err != nil || len(files) != 2 || !bytes.Equal(files[0].Data, c.Credential) || files[0].MIME != "application/ld+json" || files[0].Relation != "Data" ||
			!bytes.Equal(files[1].Data, c.LogProof) || files[1].MIME != "text/plain" || files[1].Relation != "Supplement" {
			t.Errorf("%s: files %+v (%v)", key, files, err)
		}
	}
}

func TestAnyChangedByteIsFound(t *testing.T) {
	b := signed(t, paperForMachines(), sealer(t, "P-256", nil))
	from := bytes.Index(b, []byte("/Contents<")) + len("/Contents<")
	until := from + bytes.IndexByte(b[from:], '>')
	used := from + 2*(4+be16Hex(b[from+4:]))
	for at := 0; at < len(b); at += 37 {
		if at >= used && at < until { // room that the signature left
			continue
		}
		bad := bytes.Clone(b)
		bad[at] ^= 1
		all, err := pdf.VerifySignature(bad)
		if err != nil {
			continue
		}
		for _, s := range all {
			if s.Valid() && s.WholeFile {
				t.Fatalf("byte %d of %d changed, and the signature still holds", at, len(b))
			}
		}
	}
}

// be16Hex is the length that the head of a container says in hexadecimal.
func be16Hex(b []byte) (n int) {
	for _, c := range b[:4] {
		n = n<<4 | bytes.IndexByte([]byte("0123456789abcdef"), c)
	}
	return n
}

func TestASignedFileIsFitForTheArchive(t *testing.T) {
	papers := map[string][]byte{"signed": signed(t, paperForMachines(), sealer(t, "P-256", nil))}
	for name, l := range layouts() {
		b, err := l.PDF()
		if err != nil {
			t.Fatal(err)
		}
		papers[name] = b
	}
	for name, b := range papers {
		if breaches, err := pdf.Archive(b); err != nil || len(breaches) > 0 {
			t.Errorf("%s: %v %v", name, breaches, err)
		}
	}
}

func TestSigningAgainGivesTheSameBytes(t *testing.T) {
	for _, key := range []string{"P-256", "RSA"} {
		a, b := signed(t, paperForMachines(), sealer(t, key, nil)), signed(t, paperForMachines(), sealer(t, key, nil))
		if !bytes.Equal(a, b) {
			t.Errorf("%s: signed again, the file differs", key)
		}
	}
}

func TestTheFaceSaysWhichSignatureItIs(t *testing.T) {
	for _, c := range []struct {
		name     string
		sealer   Sealer
		unsigned bool
		want     []string
	}{
		{"nothing is said unless told", nil, false, nil},
		{"an own key is called uncertified", sealer(t, "P-256", nil), false, []string{"tidak tersertifikasi", "uncertified"}},
		{"a certified provider is named", wholeContainers{}, false, []string{"elektronik tersertifikasi oleh", "certified by", "Penyelenggara Contoh"}},
		{"no signature is said plainly", nil, true, []string{"tidak bertanda tangan", "no electronic signature"}},
		{"a signed file does not call itself unsigned", wholeContainers{}, true, []string{"certified by"}},
	} {
		paper := sampleCertificate(1)
		paper.sealer, paper.Unsigned = c.sealer, c.unsigned
		words := strings.ReplaceAll(paper.Layout().Words(), "\n", " ")
		for _, w := range c.want {
			if !strings.Contains(words, w) {
				t.Errorf("%s: %q is missing", c.name, w)
			}
		}
		if len(c.want) == 0 && strings.Contains(words, "elektronik") || c.sealer != nil && strings.Contains(words, "no electronic") {
			t.Errorf("%s: %s", c.name, words)
		}
	}
	paper := paperForMachines()
	paper.sealer = sealer(t, "P-256", nil)
	golden.Check(t, "certificate-signed.txt", paper.Layout().Text())
}

func TestALongProviderStaysInItsCorner(t *testing.T) {
	paper := sampleCertificate(1)
	paper.sealer = wholeContainers{provider: "Penyelenggara Sertifikasi Elektronik Contoh Indonesia Raya Sentosa Abadi (sebuah badan usaha contoh)"}
	for _, it := range paper.Layout().Pages[0].Items {
		if f, ok := it.(SignatureField); ok && (f.X+f.W > 103 || f.Y+f.H > 265) {
			t.Errorf("the field reaches %.0f, %.0f", f.X+f.W, f.Y+f.H)
		}
	}
}

// wholeContainers is a provider that gives whole signatures and no key.
type wholeContainers struct {
	data     []byte
	space    int
	err      error
	provider string
}

func (w wholeContainers) Seal(context.Context, [sha256.Size]byte) ([]byte, error) {
	return w.data, w.err
}
func (w wholeContainers) Space() int { return w.space }
func (w wholeContainers) About() (string, string) {
	return "Ketua Contoh", cmp.Or(w.provider, "Penyelenggara Contoh")
}

func TestAProviderMayGiveTheWholeContainer(t *testing.T) {
	away := errors.New("provider is away")
	for _, c := range []struct {
		name string
		by   wholeContainers
		ok   bool
	}{
		{"what it gives stands in the file", wholeContainers{data: []byte("container"), space: 100}, true},
		{"one too large for its space is refused", wholeContainers{data: make([]byte, 101), space: 100}, false},
		{"one that fails leaves no file", wholeContainers{space: 100, err: away}, false},
	} {
		b, err := sampleCertificate(1).SignedPDF(context.Background(), Signature{Sealer: c.by, At: signedAt})
		if (err == nil) != c.ok || c.ok && !bytes.Contains(b, []byte("<636f6e7461696e6572000000")) || !c.ok && b != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.ok && !bytes.Contains(b, []byte(pdfText("Ketua Contoh"))) {
			t.Errorf("%s: its name is missing", c.name)
		}
	}
	if _, err := Join("", nil).SignedPDF(context.Background(), Signature{Sealer: wholeContainers{space: 1}}); err == nil {
		t.Error("a document without pages was signed")
	}
}

func TestOtherDocumentsAreSignedWhereNothingIsSeen(t *testing.T) {
	b, err := sampleDecree(3).Layout().SignedPDF(context.Background(), Signature{Sealer: sealer(t, "P-256", nil), At: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("/Rect[0 0 0 0]")) || !strings.Contains(tool(t, b, "pdfsig", "-nocert"), "Total document signed") {
		t.Error("the decree has no signature without a place")
	}
}

func TestTheFieldLiesOnItsOwnPage(t *testing.T) {
	l := sampleDecree(30).Layout()
	l.Pages[1].Items = append(l.Pages[1].Items, SignatureField{X: 20, Y: 30, W: 40, H: 10})
	b, err := l.SignedPDF(context.Background(), Signature{Sealer: sealer(t, "P-256", nil), At: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, b)
	for i, page := range o.pages() {
		field := o.ref(page, "/Annots")
		if has := strings.Contains(o.object[field], "/Subtype/Widget"); has != (i == 1) {
			t.Errorf("page %d has the field: %v", i+1, has)
		}
		if i == 1 && (o.ref(field, "/P ") != page || !strings.Contains(o.object[field], "/Rect[56.693 728.504 170.079 756.85]")) {
			t.Errorf("field %s", o.object[field])
		}
	}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// newAuthority is a time-stamp authority: openssl's, behind a real server.
func newAuthority(t testing.TB) cms.Stamper {
	t.Helper()
	dir := t.TempDir()
	caKey, tsaKey := testKeys()["P-256"], testKeys()["RSA"]
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Otoritas Contoh"}, NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(4e9, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	purpose, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	tsa := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Penera Waktu Contoh"}, NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(4e9, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: purpose}}}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	tsaDER, err := x509.CreateCertificate(rand.Reader, tsa, ca, tsaKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(tsaKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]string{"tsa.pem": pemOf("CERTIFICATE", tsaDER), "key.pem": pemOf("PRIVATE KEY", keyDER), "serial": "01\n",
		"tsa.conf": "[tsa]\nserial=" + dir + "/serial\nsigner_cert=" + dir + "/tsa.pem\nsigner_key=" + dir + "/key.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\ness_cert_id_alg=sha256\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(v), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "q.tsq"), question, 0o600)
		}
		answer, fail := exec.Command("openssl", "ts", "-reply", "-config", dir+"/tsa.conf", "-section", "tsa", "-queryfile", dir+"/q.tsq").Output()
		if err != nil || fail != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	root, err := x509.ParseCertificate(caDER)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(root)
	return cms.NewAuthority(server.URL, server.Client(), roots)
}

func BenchmarkSignedCertificateWithFiles(b *testing.B) {
	by := sealer(b, "P-256", nil)
	c := paperForMachines()
	c.Credential = bytes.Repeat([]byte(`{"targetCode":"J.620100.004.02","targetName":"Menggunakan Struktur Data"},`), 70)
	b.ReportAllocs()
	start := worked(b)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := c.SignedPDF(context.Background(), Signature{Sealer: by, At: signedAt}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "papers/s")
	b.ReportMetric(float64((worked(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/paper")
}

// worked is how long processors have worked for us, whatever else this machine does.
func worked(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
