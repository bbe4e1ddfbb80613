package scenario

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/certificate"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/document/pdf"
	"kompeten/internal/text"
)

// timekeeper is a time-stamp authority: openssl's, behind a real server, which can be switched off.
type timekeeper struct {
	*httptest.Server
	roots string // file with the certificate of its root
	asked atomic.Int64
	off   atomic.Bool
}

func newTimekeeper(t *testing.T) *timekeeper {
	t.Helper()
	dir := t.TempDir()
	put := func(name, kind string, der []byte, err error) {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	purpose, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	valid := func(c x509.Certificate) *x509.Certificate {
		c.NotBefore, c.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().AddDate(1, 0, 0)
		return &c
	}
	ca := valid(x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Otoritas Contoh"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	tsa := valid(x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Penera Waktu Contoh"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: purpose}}})
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, root.Public(), root)
	put("root.pem", "CERTIFICATE", der, err)
	der, err = x509.CreateCertificate(rand.Reader, tsa, ca, leaf.Public(), root)
	put("tsa.pem", "CERTIFICATE", der, err)
	der, err = x509.MarshalPKCS8PrivateKey(leaf)
	put("key.pem", "PRIVATE KEY", der, err)
	conf := fmt.Sprintf("[tsa]\nserial=%[1]s/serial\nsigner_cert=%[1]s/tsa.pem\nsigner_key=%[1]s/key.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\ness_cert_id_alg=sha256\n", dir)
	for name, content := range map[string]string{"serial": "01\n", "tsa.conf": conf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := &timekeeper{roots: filepath.Join(dir, "root.pem")}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if k.off.Load() || err != nil {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		n := k.asked.Add(1)
		file := filepath.Join(dir, fmt.Sprintf("%d.tsq", n))
		if err := os.WriteFile(file, question, 0o600); err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		answer, err := exec.Command("openssl", "ts", "-reply", "-config", dir+"/tsa.conf", "-section", "tsa", "-queryfile", file).Output()
		if err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(k.Close)
	return k
}

// paper is a certificate's PDF as its LSP gets it over HTTP.
func (s served) paper(c certificate.Certificate) (status int, data []byte) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.base+"/api/v1/certificates/"+string(c.ID)+"/certificate.pdf", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.head)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if data, err = io.ReadAll(res.Body); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, data
}

// tellsTime says whether a check of a paper says that its time is confirmed.
func (s served) tellsTime(data []byte) bool {
	s.t.Helper()
	trust, err := check.Online(s.base)
	if err != nil {
		s.t.Fatal(err)
	}
	report := check.New(trust, s.app.DB.Now()).File(ctx, data)
	return slices.Contains(report.Lines, check.Line{Name: "check.stamp", Outcome: credential.Passed, Why: "check.why.stamped"})
}

// archive is the page's archive of a meeting's papers.
func (s served) archive(w *app.World, m decision.MeetingID) (status int, head http.Header, body string, cut error) {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.PostForm(s.base+"/signin", url.Values{"login": {"ketua.otomotif@contoh.id"}, "password": {w.Password()}})
	if err == nil {
		_ = res.Body.Close()
		res, err = client.Get(s.base + "/meetings/" + string(m) + "/certificates.zip")
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, cut := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(b), cut
}

// level is what a good paper says of its time: B-B, or B-T and who confirmed it.
func (s served) level(c certificate.Certificate) (level string, data []byte) {
	s.t.Helper()
	status, data := s.paper(c)
	if status != http.StatusOK {
		s.t.Fatalf("%d %s", status, data)
	}
	all, err := pdf.VerifySignature(data)
	if err != nil || len(all) != 1 || !all[0].Valid() || !all[0].WholeFile {
		s.t.Fatalf("%+v %v", all, err)
	}
	if all[0].Stamp == nil {
		return "B-B", data
	}
	return "B-T " + all[0].Stamp.By.Subject.CommonName, data
}

const confirmed = "B-T Penera Waktu Contoh"

// issued are the certificates of an LSP, the newest first.
func issued(t *testing.T, a *app.App, w *app.World) (list []certificate.Certificate) {
	t.Helper()
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, _, err = certificate.Search(tx, w.Actor("ketua.otomotif"), certificate.Filter{LSP: w.Org("lsp-otomotif"), Limit: 100})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAPaperWithAConfirmedTimeIsTheSameFileForEver(t *testing.T) {
	dbtest.Each(t, sameForEver)
}

func sameForEver(t *testing.T, d *dbtest.DB) {
	keeper := newTimekeeper(t)
	plain := app.Config{Data: t.TempDir(), Database: d.Name, Keys: d.Keys, Listen: "127.0.0.1:0", Base: "http://example.org", Readers: 4, Rate: 100_000}
	stamping := plain
	stamping.TimeStamp, stamping.TimeRoots = keeper.URL, keeper.roots

	a, w, err := app.OpenDemo(ctx, plain, discard)
	if err != nil {
		t.Fatal(err)
	}
	play := func(list string) decision.MeetingID {
		t.Helper()
		res, err := w.Play(ctx, "semarang", []byte(list), "orang.csv", demo.UntilEnd, a.Clock.Jump)
		if err != nil {
			t.Fatal(err)
		}
		return res.Meetings[0]
	}
	header := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Level\n"
	play(header + "Sebelum Penera;3374012503880001;Semarang;25-03-1988;L;Tugu;08400010001;II\n")
	s := served{t: t, app: a}
	var stop func()
	open := func(cfg app.Config, behind time.Duration) {
		t.Helper()
		clock := &app.Clock{}
		clock.Set(behind)
		if s.app, err = app.Open(ctx, cfg, clock, discard); err != nil {
			t.Fatal(err)
		}
		s.base, stop = running(t, s.app, w)
		s.signIn(w)
	}
	shut := func() { stop(); _ = s.app.Close() }
	s.base, stop = running(t, a, w)
	s.signIn(w)
	before := issued(t, a, w)[0]
	level, first := s.level(before)
	if level != "B-B" {
		t.Errorf("without an authority: %s", level)
	}
	stop()

	a.Stamps, err = app.TimeStamps(stamping, discard) // the world acts through these services
	if err != nil {
		t.Fatal(err)
	}
	s.base, stop = running(t, a, w)
	meeting := play(header + "Satu Sesudah;3374012503880002;Semarang;25-03-1988;L;Tugu;08400010002;II\nDua Sesudah;3374012503880003;Semarang;25-03-1988;L;Tugu;08400010003;II\nTiga Sesudah;3374012503880004;Semarang;25-03-1988;L;Tugu;08400010004;II\n")
	s.signIn(w)
	var after []certificate.Certificate
	for _, c := range issued(t, a, w) {
		if c.ID != before.ID {
			after = append(after, c)
		}
	}
	if len(after) != 3 {
		t.Fatal(len(after))
	}
	slices.SortFunc(after, func(a, b certificate.Certificate) int { return strings.Compare(a.Name, b.Name) }) // as the archive has them
	if level, again := s.level(before); level != "B-B" || !bytes.Equal(again, first) {
		t.Errorf("what was issued before the authority was set is another file now: %s", level)
	}
	keeper.off.Store(true)
	if status, head, page, _ := s.archive(w, meeting); status != http.StatusTooManyRequests || head.Get("Content-Disposition") != "" || !strings.Contains(page, text.T(text.ID, "paper.time_stamp_later")) {
		t.Errorf("while the authority is away, the archive of a meeting: %d %v %s", status, head, page)
	}
	keeper.off.Store(false)
	level, one := s.level(after[0])
	if level != confirmed {
		t.Errorf("with an authority: %s", level)
	}
	if _, again := s.level(after[0]); !bytes.Equal(again, one) || keeper.asked.Load() != 1 {
		t.Errorf("made again it is another file; the authority was asked %d times", keeper.asked.Load())
	}

	if !s.tellsTime(one) || s.tellsTime(first) {
		t.Error("who checks a paper does not hear that its time is confirmed, or hears it of one whose time is not")
	}

	keeper.off.Store(true)
	if _, again := s.level(after[0]); !bytes.Equal(again, one) {
		t.Error("while the authority is away, a paper that has its time is another file")
	}
	if status, answer := s.paper(after[1]); status != http.StatusTooManyRequests || !strings.Contains(string(answer), text.T(text.ID, "paper.time_stamp_later")) {
		t.Errorf("while the authority is away, a paper that has no time yet: %d %s", status, answer)
	}
	if !strings.Contains(s.get("/v/"+after[1].Code, "application/json"), `"status":"valid"`) {
		t.Error("while the authority is away, a certificate is not shown")
	}
	if _, _, _, cut := s.archive(w, meeting); cut == nil {
		t.Error("an archive that could not be finished looks whole")
	}
	keeper.off.Store(false)
	if status, head, _, cut := s.archive(w, meeting); status != http.StatusOK || head.Get("Content-Type") != "application/zip" || cut != nil {
		t.Errorf("after it is back, the archive of a meeting: %d %v %v", status, head, cut)
	}
	level, two := s.level(after[1])
	if level != confirmed {
		t.Errorf("after it is back: %s", level)
	}
	play(header + "Empat Sesudah;3374012503880005;Semarang;25-03-1988;L;Tugu;08400010005;II\n")
	unprinted := issued(t, a, w)[0]
	behind := time.Since(a.DB.Now())
	stop()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	asked := keeper.asked.Load()
	open(plain, behind)
	for c, want := range map[certificate.ID][]byte{before.ID: first, after[0].ID: one, after[1].ID: two} {
		if _, again := s.level(certificate.Certificate{ID: c}); !bytes.Equal(again, want) {
			t.Errorf("with the setting taken back %s is another file", c)
		}
	}
	level, plainly := s.level(unprinted)
	if level != "B-B" {
		t.Errorf("with the setting taken back a new paper: %s", level)
	}
	shut()
	open(stamping, behind)
	if level, again := s.level(unprinted); !bytes.Equal(again, plainly) {
		t.Errorf("with the setting given again, a paper made meanwhile is another file: %s", level)
	}
	shut()
	if keeper.asked.Load() != asked {
		t.Error("the authority was asked for papers that were made")
	}
}

func TestATimeStampAuthorityThatCannotBeIsRefusedAtTheStart(t *testing.T) {
	none := filepath.Join(t.TempDir(), "kosong.pem")
	if err := os.WriteFile(none, []byte("kosong"), 0o600); err != nil {
		t.Fatal(err)
	}
	for says, cfg := range map[string]app.Config{
		"give the address":         {TimeStamp: "penera.contoh.id"},
		"holds no certificate":     {TimeStamp: "https://penera.contoh.id", TimeRoots: none},
		"--time-stamp-roots: open": {TimeStamp: "https://penera.contoh.id", TimeRoots: none + "x"},
	} {
		cfg.Data, cfg.Base, cfg.Readers = t.TempDir(), "http://example.org", 2
		if _, err := app.Open(ctx, cfg, &app.Clock{}, discard); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}
