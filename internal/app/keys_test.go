package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/demo"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
)

// issued is a demonstration that has issued certificates, with one of them as a file.
type issued struct {
	t    *testing.T
	app  *app.App
	file []byte
	lsp  organisation.Org
}

func issue(t *testing.T) *issued {
	t.Helper()
	ctx, out := context.Background(), t.TempDir()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Base: "https://contoh.id", Readers: 4, Rate: 1000}, discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	res, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, a.Clock.Jump)
	if err != nil {
		t.Fatal(err)
	}
	a.Clock.Set(0)
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(ctx, "semarang", res, out); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(out, "certificates", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no certificates in %s: %v", out, err)
	}
	h := &issued{t: t, app: a}
	if h.file, err = os.ReadFile(files[0]); err != nil {
		t.Fatal(err)
	}
	var said struct {
		Issuer struct {
			ID string `json:"id"`
		} `json:"issuer"`
	}
	if err := json.Unmarshal(h.file, &said); err != nil {
		t.Fatal(err)
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(said.Issuer.ID, "did:web:"), ":")
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		h.lsp, err = issuer.ByPath(tx, setup, strings.ReplaceAll(path, ":", "/"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// judge checks the file with a fresh bundle, as a device without a network does.
func (h *issued) judge() check.Report {
	h.t.Helper()
	dir := h.t.TempDir()
	if err := h.app.WriteBundle(context.Background(), dir); err != nil {
		h.t.Fatal(err)
	}
	trust, err := check.Bundle(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return check.New(trust, time.Now()).File(context.Background(), h.file)
}

func outcome(r check.Report, name string) check.Line {
	for _, l := range r.Lines {
		if l.Name == name {
			return l
		}
	}
	return check.Line{}
}

func TestACertificateOutlivesItsKeyUntilTheKeyIsRevoked(t *testing.T) {
	h, ctx := issue(t), context.Background()
	if r := h.judge(); r.Verdict != credential.Valid {
		t.Fatalf("new: %+v", r)
	}
	head := auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: h.lsp.ID, Duty: auth.Head}}}
	if err := h.app.Issuers.Rotate(ctx, head, h.lsp.ID, issuer.EdDSA, "jadwal tahunan"); err != nil {
		t.Fatal(err)
	}
	if r := h.judge(); r.Verdict != credential.Valid {
		t.Errorf("after its key was replaced: %+v", r)
	}
	if err := h.app.Issuers.Revoke(ctx, head, h.lsp.ID, "key-1", "berkas kunci disalin orang"); err != nil {
		t.Fatal(err)
	}
	r := h.judge()
	if l := outcome(r, "credential.check.key"); r.Verdict != credential.Invalid || l.Outcome != credential.Failed {
		t.Errorf("after its key was revoked: %+v", r)
	}
}

func TestTheAuthorityEndorsesALicenceAsItStandsNow(t *testing.T) {
	h, ctx := issue(t), context.Background()
	srv := httptest.NewServer(h.app.Handler(true, nil))
	t.Cleanup(srv.Close)
	get := func(path string) (int, []byte) {
		res, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, b
	}
	var l licence.Licence
	if err := h.app.DB.Read(ctx, func(tx *db.Tx) (err error) { l, err = licence.LicenceOf(tx, setup, h.lsp.ID); return err }); err != nil {
		t.Fatal(err)
	}
	regulator := auth.Actor{Person: "per_bnsp", Duties: []auth.Held{{Org: "org_bnsp", Duty: auth.Regulator}}}
	for _, c := range []struct {
		now  string
		do   func() error
		says string
		want check.Line
	}{
		{"in force", func() error { return nil }, "Lisensi berlaku.", check.Line{Name: "check.licence", Outcome: credential.Passed, Why: "check.why.licence_now"}},
		{"suspended", func() error {
			return h.app.Licences.Suspend(ctx, regulator, h.lsp.ID, l.ID, "audit surveilan")
		}, "DIBEKUKAN", check.Line{Name: "check.licence", Outcome: credential.Unknown, Why: "check.why.licence_not_now"}},
		{"resumed", func() error {
			return h.app.Licences.Resume(ctx, regulator, h.lsp.ID, l.ID, "perbaikan diterima")
		}, "Lisensi berlaku.", check.Line{Name: "check.licence", Outcome: credential.Passed, Why: "check.why.licence_now"}},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.now, err)
		}
		status, doc := get("/" + issuer.Path(h.lsp) + "/endorsement.json")
		for _, part := range []string{"EndorsementCredential", l.Number, c.says, h.app.Issuers.DID(h.lsp), "did:web:contoh.id:bnsp"} {
			if status != http.StatusOK || !strings.Contains(string(doc), part) {
				t.Errorf("%s: %d without %q: %s", c.now, status, part, doc)
			}
		}
		r := h.judge()
		if got := outcome(r, "check.licence"); got != c.want || r.Verdict != credential.Valid {
			t.Errorf("%s: %+v, verdict %q", c.now, got, r.Verdict)
		}
	}
	if status, _ := get("/lsp/0000/endorsement.json"); status != http.StatusNotFound {
		t.Errorf("a body there is not: %d", status)
	}
}
