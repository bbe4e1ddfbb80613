package app_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/issuer"
	"kompeten/internal/paper"
	"kompeten/internal/tlog"
)

func audit(t *testing.T, d demoSite) (int, string) {
	t.Helper()
	var b bytes.Buffer
	n, err := d.app.AuditAll(context.Background(), &b, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return n, b.String()
}

// behind changes a row as nobody does who goes through the program.
func behind(t *testing.T, d demoSite, statement string) {
	t.Helper()
	err := d.app.DB.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err })
	if err != nil {
		t.Fatal(err)
	}
}

func firstTile(t *testing.T, dir string) string {
	t.Helper()
	out := ""
	err := filepath.WalkDir(filepath.Join(dir, "tile", "0"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && out == "" {
			out = path
		}
		return err
	})
	if err != nil || out == "" {
		t.Fatal(out, err)
	}
	return out
}

func flip(t *testing.T, file string) (undo func()) {
	t.Helper()
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(was)
	bad[len(bad)/2] ^= 1
	if err := os.WriteFile(file, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.WriteFile(file, was, 0o600) }
}

// TestAnAuditorFindsWhatWasChangedBehindTheProgramsBack is the auditor's story: he copies the log, then one thing is
// changed at a time, and each is found and named.
func TestAnAuditorFindsWhatWasChangedBehindTheProgramsBack(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	if n, said := audit(t, d); n != 0 || !strings.Contains(said, "certificates: ") || strings.Contains(said, "certificates: 0\n") {
		t.Fatalf("an untouched installation: %d\n%s", n, said)
	}
	logDir := filepath.Join(d.app.Config.Data, "log")
	kept, err := os.ReadFile(filepath.Join(logDir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ says, change, undo, found string }{
		{"a name on a certificate", "UPDATE certificate SET name = name || 'x' WHERE id = (SELECT MIN(id) FROM certificate)",
			"UPDATE certificate SET name = substr(name, 1, length(name) - 1) WHERE id = (SELECT MIN(id) FROM certificate)", "is not what the body signed"},
		{"the end of its validity", "UPDATE certificate SET valid_until = '2999-01-01' WHERE id = (SELECT MIN(id) FROM certificate)", "", "is not what the body signed"},
		{"a status bit", "UPDATE certificate SET state = 'suspended' WHERE id = (SELECT MAX(id) FROM certificate)",
			"UPDATE certificate SET state = 'active' WHERE id = (SELECT MAX(id) FROM certificate)", "status list"},
		{"a revocation taken back without a trace", "UPDATE certificate_event SET state = 'revoked' WHERE certificate = (SELECT MAX(id) FROM certificate)",
			"UPDATE certificate_event SET state = 'active' WHERE certificate = (SELECT MAX(id) FROM certificate)", "not what its history ends with"},
		{"a leaf", "UPDATE log_leaf SET body = (SELECT body FROM log_leaf WHERE seq = 5) WHERE seq = 4", "", "database: "},
		{"a row of the ledger", "UPDATE ledger SET reason = 'lain' WHERE seq = 3", "", "changed"},
	} {
		before, _ := audit(t, d)
		behind(t, d, c.change)
		n, said := audit(t, d)
		if n <= before || !strings.Contains(said, c.found) {
			t.Errorf("%s: %d findings (%d before), none says %q\n%s", c.says, n, before, c.found, said)
		}
		if c.undo != "" {
			behind(t, d, c.undo)
		}
	}
	before, _ := audit(t, d)
	undo := flip(t, firstTile(t, logDir))
	if n, said := audit(t, d); n <= before || !strings.Contains(said, "tile") {
		t.Errorf("a tile: %d findings\n%s", n, said)
	}
	undo()
	src := tlog.SourceAt(logDir, nil)
	rep, err := tlog.Replay(ctx, src, d.app.Transparency.Trust(), kept)
	if err != nil || len(rep.Findings) > 0 {
		t.Errorf("the log itself was not touched: %v %v", rep.Findings, err)
	}
}

func TestWhatIsDoneStandsInTheLogAndTheListsWithinSeconds(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	head := d.w.Actor("ketua.otomotif")
	var c certificate.Certificate
	err := d.app.DB.Read(ctx, func(tx *db.Tx) error {
		all, _, err := certificate.Search(tx, head, certificate.Filter{LSP: d.w.Org("lsp-otomotif")})
		if err == nil {
			c = all[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list := "/status/" + c.Proof.List
	get := func(path string) string {
		status, body := d.visitor().get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		return body
	}
	before, suspended := get(list), get(list+"/suspension")
	if err := d.app.Certificates.Suspend(ctx, head, c.ID, "dipakai di luar lingkup"); err != nil {
		t.Fatal(err)
	}
	if get(list) == before && get(list+"/suspension") == suspended {
		t.Error("the suspension is in no list")
	}
	if err := d.app.Certificates.Revoke(ctx, head, c.ID, "terbukti dipalsukan"); err != nil {
		t.Fatal(err)
	}
	if get(list) == before {
		t.Error("the revocation is not in the list")
	}
	if n, err := d.app.Transparency.Integrate(ctx); err != nil || n != 2 {
		t.Errorf("%d leaves for a suspension and a revocation (%v)", n, err)
	}
	if n, said := audit(t, d); n != 0 {
		t.Errorf("the audit finds what was done in order:\n%s", said)
	}
}

func TestACertificateMadeAgainHasTheSameBytesThoughTheLogGrew(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	head := d.w.Actor("ketua.otomotif")
	var all []certificate.Certificate
	err := d.app.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, _, err = certificate.Search(tx, head, certificate.Filter{LSP: d.w.Org("lsp-otomotif")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	press := func() []byte {
		b, err := paper.NewPress(d.app.Services).Certificate(ctx, all[0])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := press()
	if err := d.app.Certificates.Suspend(ctx, head, all[1].ID, "dipakai di luar lingkup"); err != nil {
		t.Fatal(err)
	}
	if n, err := d.app.Transparency.Integrate(ctx); n == 0 || err != nil {
		t.Fatal(n, err)
	}
	if !bytes.Equal(first, press()) {
		t.Error("the file changed")
	}
	if err := d.app.Issuers.Rotate(ctx, head, d.w.Org("lsp-otomotif"), issuer.ES256, "jadwal tahunan"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, press()) {
		t.Error("the file changed with the body's new key")
	}
}

// TestTheLastHourCanBeTakenBackFromThePublishedLog is the drill of docs/operate.md: the database is an hour older than
// the published log.
func TestTheLastHourCanBeTakenBackFromThePublishedLog(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	before := filepath.Join(t.TempDir(), "before.db")
	if err := d.app.DB.Backup(ctx, before); err != nil {
		t.Fatal(err)
	}
	c := someCertificate(t, d)
	if err := d.app.Certificates.Suspend(ctx, d.w.Actor("ketua.otomotif"), c.ID, "dipakai di luar lingkup"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.app.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	data := d.app.Config.Data
	if err := d.app.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{"kompeten.db", "kompeten.db-wal", "kompeten.db-shm"} {
		_ = os.Remove(filepath.Join(data, old))
	}
	if err := os.Rename(before, filepath.Join(data, "kompeten.db")); err != nil {
		t.Fatal(err)
	}
	again, err := app.Open(ctx, d.app.Config, &app.Clock{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	src := tlog.SourceAt(filepath.Join(data, "log"), nil)
	if n, err := again.Transparency.Restore(ctx, src); n != 1 || err != nil {
		t.Fatalf("%d leaves taken back, %v; want the suspension", n, err)
	}
	if _, err := again.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	n, err := again.AuditAll(ctx, &said, func(int) {})
	if err != nil || n != 1 || !strings.Contains(said.String(), string(c.ID)+"/2") {
		t.Errorf("%d findings (%v); want the suspension that the database does not know\n%s", n, err, said.String())
	}
}

func someCertificate(t *testing.T, d demoSite) certificate.Certificate {
	t.Helper()
	var all []certificate.Certificate
	err := d.app.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		all, _, err = certificate.Search(tx, d.w.Actor("ketua.otomotif"), certificate.Filter{LSP: d.w.Org("lsp-otomotif")})
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return all[0]
}
