package pdf_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kompeten/internal/document"
	"kompeten/internal/document/cms"
	"kompeten/internal/document/pdf"
	"kompeten/internal/text"
)

var signedAt = time.Date(2021, 4, 19, 3, 4, 5, 0, time.UTC)

// paper is a small document of sample data with two files inside.
func paper() document.Layout {
	return document.Layout{Title: "Surat Contoh", Author: "Lembaga Contoh", Subject: "Data contoh", Lang: text.ID, Day: "2021-04-19",
		Pages: []document.Page{{W: 210, H: 297, Items: []document.Item{document.Text{X: 20, Y: 40, Style: "body", S: "Data contoh, tidak berlaku."}}}},
		Files: []document.Attachment{{Name: "surat.json", MIME: "application/ld+json", About: "data", Relation: "Data", Data: []byte(`{"contoh":true}`)},
			{Name: "bukti.tlog-proof", MIME: "text/plain", About: "bukti", Relation: "Supplement", Data: bytes.Repeat([]byte("bukti\n"), 5000)}}}
}

type identity struct {
	key  crypto.Signer
	cert *x509.Certificate
}

func newIdentity(t testing.TB, key crypto.Signer, from, until time.Time) identity {
	t.Helper()
	cert, err := cms.IssueCertificate(key, cms.Issuer{Name: "Lembaga Sertifikasi Profesi Contoh"}, from, until)
	if err != nil {
		t.Fatal(err)
	}
	return identity{key, cert}
}

func p256(t testing.TB) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return newIdentity(t, key, signedAt.AddDate(-1, 0, 0), signedAt.AddDate(9, 0, 0))
}

func (i identity) sign(t testing.TB) []byte {
	t.Helper()
	return i.signLayout(t, paper())
}

func (i identity) signLayout(t testing.TB, l document.Layout) []byte {
	t.Helper()
	k, err := cms.NewKey(i.key, i.cert)
	if err != nil {
		t.Fatal(err)
	}
	s, err := cms.New(k, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.SignedPDF(context.Background(), document.Signature{Sealer: s, At: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFilesInsideAreReadHoweverOthersWriteThem(t *testing.T) {
	plain, err := paper().PDF()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	from, extra := write(t, dir, "a.pdf", plain), write(t, dir, "lain (1).txt", []byte("berkas lain"))
	for _, c := range []struct {
		name  string
		make  []string
		files int
	}{
		{"rewritten", []string{"qpdf", from, "1.pdf"}, 2},
		{"with object streams and a packed table", []string{"qpdf", "--object-streams=generate", from, "2.pdf"}, 2},
		{"for the web", []string{"qpdf", "--linearize", "--object-streams=generate", from, "3.pdf"}, 2},
		{"in the readable form", []string{"qpdf", "--qdf", from, "4.pdf"}, 2},
		{"with a file added", []string{"qpdf", "--object-streams=generate", from, "--add-attachment", extra, "--mimetype=text/plain", "--", "5.pdf"}, 3},
		{"with a file added by poppler", []string{"pdfattach", from, extra, "6.pdf"}, 3},
	} {
		to := filepath.Join(dir, c.make[len(c.make)-1])
		run(t, c.make[0], append(slices.Clone(c.make[1:len(c.make)-1]), to)...)
		f, err := pdf.Read(load(t, to))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		files, err := f.Attachments()
		if err != nil || len(files) != c.files {
			t.Errorf("%s: %d files (%v)", c.name, len(files), err)
			continue
		}
		for _, want := range paper().Files {
			if !slices.ContainsFunc(files, func(a pdf.Attachment) bool {
				return a.Name == want.Name && a.MIME == want.MIME && a.Relation == want.Relation && a.About == want.About && bytes.Equal(a.Data, want.Data)
			}) {
				t.Errorf("%s: %s is not what it was", c.name, want.Name)
			}
		}
		if c.files == 3 && !slices.ContainsFunc(files, func(a pdf.Attachment) bool { return a.Name == "lain (1).txt" && string(a.Data) == "berkas lain" }) {
			t.Errorf("%s: the added file is not there: %+v", c.name, files)
		}
		if all, err := f.Signatures(); err != nil || len(all) != 0 {
			t.Errorf("%s: signatures %+v (%v)", c.name, all, err)
		}
	}
}

func TestAFileSavedByABrowserIsRead(t *testing.T) {
	dir := t.TempDir()
	page := write(t, dir, "a.html", []byte("<!doctype html><title>Contoh</title><p>Data contoh"))
	to := filepath.Join(dir, "a.pdf")
	run(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir+"/profile", "--print-to-pdf="+to, "file://"+page)
	b := load(t, to)
	f, err := pdf.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if files, err := f.Attachments(); err != nil || len(files) != 0 {
		t.Errorf("files %v (%v)", files, err)
	}
	if breaches, err := pdf.Archive(b); err != nil || len(breaches) == 0 {
		t.Errorf("a page of a browser is fit for the archive (%v)", err)
	}
}

func TestALockedFileIsCalledSo(t *testing.T) {
	plain, err := paper().PDF()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	to := filepath.Join(dir, "b.pdf")
	run(t, "qpdf", "--encrypt", "a", "b", "256", "--", write(t, dir, "a.pdf", plain), to)
	if _, err := pdf.Read(load(t, to)); err == nil || !strings.Contains(err.Error(), "pdf_encrypted") {
		t.Errorf("a locked file: %v", err)
	}
}

// parts are what the signature of a file covers, and where the signature itself stands.
func parts(t testing.TB, b []byte) (covered, container []byte, from, until int) {
	t.Helper()
	m := regexp.MustCompile(`/ByteRange\[0 (\d+) (\d+) (\d+)`).FindSubmatch(b)
	if m == nil {
		t.Fatal("no signature")
	}
	from, _ = strconv.Atoi(string(m[1]))
	until, _ = strconv.Atoi(string(m[2]))
	container, err := hex.DecodeString(string(b[from+1 : until-1]))
	if err != nil {
		t.Fatal(err)
	}
	n := 4 + int(container[2])<<8 + int(container[3])
	return append(bytes.Clone(b[:from]), b[until:]...), container[:n], from, until
}

func TestOpenSSLFindsOurSignatureValid(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]identity{"P-256": p256(t), "RSA": newIdentity(t, rsaKey, signedAt.AddDate(-1, 0, 0), signedAt.AddDate(9, 0, 0))} {
		covered, container, _, _ := parts(t, id.sign(t))
		dir := t.TempDir()
		content, signature := write(t, dir, "content", covered), write(t, dir, "signature", container)
		cert := write(t, dir, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw}))
		// With no -purpose it wants a certificate that may sign mail, as readers of PDF do that know no newer purpose.
		said := run(t, "openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", signature, "-content", content, "-CAfile", cert,
			"-attime", fmt.Sprint(signedAt.Unix()), "-out", os.DevNull)
		if !strings.Contains(string(said), "CAdES Verification successful") {
			t.Errorf("%s: openssl says %s", name, said)
		}
	}
}

func TestASignatureOfOthersIsFoundValid(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]identity{"P-256": p256(t), "RSA": newIdentity(t, rsaKey, signedAt.AddDate(-1, 0, 0), signedAt.AddDate(9, 0, 0))} {
		for _, more := range [][]string{{"-cades"}, {"-cades", "-keyid"}, {"-cades", "-md", "sha512"}, {"-cades", "-nosmimecap", "-keyopt", "rsa_padding_mode:pss"}} {
			if strings.Contains(strings.Join(more, " "), "pss") && name != "RSA" {
				continue
			}
			b := id.sign(t)
			covered, _, from, until := parts(t, b)
			dir := t.TempDir()
			key, err := x509.MarshalPKCS8PrivateKey(id.key)
			if err != nil {
				t.Fatal(err)
			}
			cert := write(t, dir, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw}))
			args := []string{"cms", "-sign", "-binary", "-outform", "DER", "-in", write(t, dir, "content", covered), "-signer", cert,
				"-inkey", write(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})), "-out", dir + "/signature"}
			run(t, "openssl", append(args, more...)...)
			for i := from + 1; i < until-1; i++ {
				b[i] = '0'
			}
			hex.Encode(b[from+1:], load(t, dir+"/signature"))
			all, err := pdf.VerifySignature(b)
			if err != nil || len(all) != 1 || !all[0].Valid() || all[0].Signer != "Lembaga Sertifikasi Profesi Contoh" {
				t.Errorf("%s %v: %+v (%v)", name, more, all, err)
			}
		}
	}
}

// added is a file saved once more, with one object changed, as editors do.
func added(t testing.TB, b []byte, object string) []byte {
	t.Helper()
	m := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(b)
	root := regexp.MustCompile(`/Root (\d+) 0 R`).FindSubmatch(b)
	if m == nil || root == nil {
		t.Fatal("no end")
	}
	out := bytes.Clone(b)
	at := len(out)
	out = append(out, object...)
	table := len(out)
	num, _, _ := strings.Cut(object, " ")
	return fmt.Appendf(out, "xref\n%s 1\n%010d 00000 n \ntrailer\n<</Size 999/Root %s 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n", num, at, root[1], m[1], table)
}

func TestWhatWasDoneToASignedFileIsNamed(t *testing.T) {
	id := p256(t)
	good := id.sign(t)
	first := regexp.MustCompile(`(\d+) 0 obj\n<</Type/Page/`).FindSubmatch(good)[1]
	old := newIdentity(t, id.key, signedAt.AddDate(-9, 0, 0), signedAt.AddDate(-5, 0, 0))
	different := paper()
	different.Title = "Surat Lain"
	other := id.signLayout(t, different)
	for _, c := range []struct {
		name string
		file []byte
		want pdf.Problem
		more string // that is named
	}{
		{"a page changed by a later saving", added(t, good, string(first)+" 0 obj\n<</Type/Page/MediaBox[0 0 1 1]>>\nendobj\n"), pdf.Later, string(first) + " Page"},
		{"a note added", added(t, good, "900 0 obj\n<</Type/Annot/Subtype/Text>>\nendobj\n"), pdf.Later, "900 Annot Text"},
		{"a line after the end", append(bytes.Clone(good), "\n% lagi\n"...), pdf.Later, ""},
		{"a changed word", bytes.Replace(good, []byte("/Lang(id-ID)"), []byte("/Lang(en-ID)"), 1), pdf.Altered, ""},
		{"another time", bytes.Replace(good, []byte("/M(D:2021"), []byte("/M(D:2022"), 1), pdf.Altered, ""},
		{"ranges that leave a gap", shiftedGap(t, good), pdf.Misplaced, ""},
		{"ranges that begin later", bytes.Replace(good, []byte("/ByteRange[0 "), []byte("/ByteRange[1 "), 1), pdf.Misplaced, ""},
		{"another kind of container", bytes.Replace(good, []byte("/ETSI.CAdES.detached"), []byte("/ETSI.CAdES.deformed"), 1), pdf.Unknown, ""},
		{"the signature of another file", transplanted(t, good, other), pdf.Altered, ""},
		{"a container cut off", cut(t, good), pdf.Unreadable, ""},
		{"a certificate that had ended", old.sign(t), pdf.OutOfTime, ""},
		{"no time at all", bytes.Replace(good, []byte("/M(D:"), []byte("/N(D:"), 1), pdf.Untimed, ""},
	} {
		all, err := pdf.VerifySignature(c.file)
		if err != nil || len(all) != 1 {
			t.Errorf("%s: %+v (%v)", c.name, all, err)
			continue
		}
		if all[0].Valid() || !slices.Contains(all[0].Problems, c.want) {
			t.Errorf("%s: problems %v", c.name, all[0].Problems)
		}
		if c.more != "" && !slices.Contains(all[0].Added, c.more) {
			t.Errorf("%s: named %q", c.name, all[0].Added)
		}
	}
}

// shiftedGap lets the uncovered part reach beyond the signature.
func shiftedGap(t testing.TB, b []byte) []byte {
	_, _, from, until := parts(t, b)
	out := bytes.Clone(b)
	return bytes.Replace(out, fmt.Appendf(nil, "[0 %d %d", from, until), fmt.Appendf(nil, "[0 %d %d", from-1, until), 1)
}

func transplanted(t testing.TB, b, other []byte) []byte {
	_, _, from, until := parts(t, b)
	_, container, _, _ := parts(t, other)
	out := bytes.Clone(b)
	for i := from + 1; i < until-1; i++ {
		out[i] = '0'
	}
	hex.Encode(out[from+1:], container)
	return out
}

func cut(t testing.TB, b []byte) []byte {
	_, _, from, until := parts(t, b)
	out := bytes.Clone(b)
	for i := from + 200; i < until-1; i++ {
		out[i] = '0'
	}
	return out
}

func TestASecondSignatureByOthersLeavesTheFirstNamed(t *testing.T) {
	b := p256(t).sign(t)
	sum := sha256.Sum256(b)
	all, err := pdf.VerifySignature(added(t, b, "901 0 obj\n<</Type/DSS>>\nendobj\n"))
	if err != nil || len(all) != 1 || all[0].WholeFile || all[0].Certificate == nil || !slices.Equal(all[0].Problems, []pdf.Problem{pdf.Later}) || !slices.Equal(all[0].Added, []string{"901 DSS"}) {
		t.Errorf("%+v (%v)", all, err)
	}
	if sum != sha256.Sum256(b) {
		t.Error("looking at a file changed it")
	}
}
