package scenario

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/paper"
	"kompeten/internal/tlog"
)

// fetch opens an address of the installation and gives what it answers.
func (s served) fetch(path string) (*http.Response, []byte) {
	s.t.Helper()
	res, err := http.Get(s.base + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, b
}

func TestWhatAHolderDownloadsVerifiesInEveryForm(t *testing.T) {
	s := serve(t)
	secret, err := s.app.Wallets.LinkFromLetter(ctx, auth.Actor{Person: s.cert.Person, Name: s.cert.Name, Subject: string(s.cert.Application)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	trust, err := check.Online(s.base)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(says string, data []byte, want credential.Verdict) {
		t.Helper()
		if r := check.New(trust, time.Now()).File(ctx, data); r.Verdict != want || r.Number != s.cert.Number || r.Holder != s.cert.Name {
			t.Errorf("%s: %s, %+v", says, r.Verdict, r)
		}
	}
	at := "/w/" + secret
	files := map[paper.Form][]byte{}
	for _, f := range paper.Forms() {
		res, data := s.fetch(at + "/certificates/" + string(s.cert.ID) + "/" + string(f))
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %s %v", f, res.Status, res.Header)
		}
		files[f] = data
		if f != paper.Proof {
			holds(string(f), data, credential.Valid)
		}
	}
	proof, err := tlog.ParseProof(files[paper.Proof])
	if err != nil {
		t.Fatal(err)
	}
	if leaf, _, err := proof.Verify(s.app.Transparency.Trust()); err != nil || leaf.Ref != s.cert.LogRef() {
		t.Errorf("the proof: %+v %v", leaf, err)
	}
	if r := check.New(trust, time.Now()).Logged(ctx, files[paper.JSON], files[paper.Proof]); r.Verdict != credential.Valid {
		t.Errorf("the proof of the credential: %+v", r)
	}
	s.all(at, files, holds)
	if res, _ := s.fetch(at + "/certificates/" + string(s.cert.ID) + "/exe"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a form that is none: %s", res.Status)
	}
	if err := s.app.Certificates.Revoke(ctx, auth.Actor{Person: "per_head", Name: "Ketua", Duties: []auth.Held{{Org: s.cert.LSP, Duty: auth.Head}}}, s.cert.ID, "contoh pencabutan"); err != nil {
		t.Fatal(err)
	}
	for _, f := range paper.Forms()[:4] {
		holds("revoked, "+string(f), files[f], credential.Invalid)
	}
}

// all looks that the archive holds the same files as are downloaded one by one, and what they are for.
func (s served) all(at string, files map[paper.Form][]byte, holds func(string, []byte, credential.Verdict)) {
	s.t.Helper()
	_, data := s.fetch(at + "/all.zip")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(z.File) != len(files)+1 || z.File[0].Name != "BACA-DULU.txt" {
		s.t.Fatalf("%d files in the archive", len(z.File))
	}
	for _, f := range z.File[1:] {
		r, err := f.Open()
		if err != nil {
			s.t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			s.t.Fatal(err)
		}
		_, ext, _ := strings.Cut(f.Name, ".")
		if !bytes.Equal(b, files[paper.Form(ext)]) {
			s.t.Errorf("%s in the archive differs from the one downloaded alone", f.Name)
		}
	}
}
