package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
	"kompeten/internal/tlog"
)

var (
	setup   = auth.Actor{System: "setup"}
	origin  = "contoh.id/log"
	discard = slog.New(slog.DiscardHandler)
)

// installation opens an empty installation in a directory.
func installation(t *testing.T, cfg app.Config) *app.App {
	t.Helper()
	cfg.Base, cfg.Readers = "https://contoh.id", 2
	a, err := app.Open(context.Background(), cfg, &app.Clock{}, discard)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// happens does something that the log tells.
func happens(t *testing.T, a *app.App) {
	t.Helper()
	if err := a.AnchorNow(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// host serves a witness that can be switched off.
type host struct {
	*httptest.Server
	key string
	off bool
}

func witness(t *testing.T, dir, name string, logs ...string) *host {
	t.Helper()
	w, err := app.OpenWitness(context.Background(), dir, name, logs, &app.Clock{})
	if err != nil {
		t.Fatal(err)
	}
	h := &host{key: w.Key}
	h.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if h.off {
			http.Error(rw, "away", http.StatusServiceUnavailable)
			return
		}
		w.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() { h.Close(); _ = w.Close() })
	return h
}

func (h *host) setting() string { return h.URL + "+" + h.key }

// published is the checkpoint that the world sees.
func published(t *testing.T, data string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "log", "checkpoint"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func TestACheckpointIsPublishedOnlyWhenTheQuorumOfWitnessesHasSeenIt(t *testing.T) {
	ctx, data := context.Background(), t.TempDir()
	a := installation(t, app.Config{Data: data}) // makes the log's key, which witnesses are given
	logKey := strings.TrimSpace(a.LogKeys())
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	one, two := witness(t, t.TempDir(), "saksi.satu.example", logKey), witness(t, t.TempDir(), "saksi.dua.example", logKey)
	cfg := app.Config{Data: data, Witnesses: []string{one.setting(), two.setting()}, Quorum: 2}
	a = installation(t, cfg)
	t.Cleanup(func() { _ = a.Close() })
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	before := published(t, data)
	policy, err := tlog.NewPolicy(origin, []string{logKey, one.key, two.key}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Open([]byte(before)); err != nil {
		t.Fatalf("with both witnesses: %v", err)
	}
	two.off = true
	happens(t, a)
	_, err = a.Transparency.Integrate(ctx)
	if !errors.Is(err, tlog.ErrQuorum) || !strings.Contains(err.Error(), two.URL) {
		t.Errorf("with one away the log says %v", err)
	}
	if now := published(t, data); now != before {
		t.Errorf("published with one witness of two:\n%s", now)
	}
	two.off = false
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	now := published(t, data)
	c, err := policy.Open([]byte(now))
	if err != nil || now == before || len(c.Cosigs) != 2 {
		t.Errorf("when it is back: %v\n%s", err, now)
	}
}

func TestWitnessesRefuseALogWithTwoHistories(t *testing.T) {
	ctx, data, copied := context.Background(), t.TempDir(), t.TempDir()
	a := installation(t, app.Config{Data: data})
	key := strings.TrimSpace(a.LogKeys())
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(copied, os.DirFS(data)); err != nil { // its operator makes a second history with the same key
		t.Fatal(err)
	}
	w := witness(t, t.TempDir(), "saksi.example", key)
	for i, dir := range []string{data, copied} {
		a := installation(t, app.Config{Data: dir, Witnesses: []string{w.setting()}, Quorum: 1})
		happens(t, a)
		_, err := a.Transparency.Integrate(ctx)
		if i == 0 && err != nil {
			t.Errorf("the first history: %v", err)
		}
		if i == 1 && !errors.Is(err, tlog.ErrFork) && !errors.Is(err, tlog.ErrRollback) {
			t.Errorf("the second history: %v", err)
		}
		if i == 1 && published(t, copied) != "" {
			t.Error("the second history is published")
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSettingsOfWitnessesThatCannotWorkAreRefusedAtTheStart(t *testing.T) {
	key, err := app.WitnessKey(t.TempDir(), "saksi.example")
	if err != nil {
		t.Fatal(err)
	}
	for says, c := range map[string]app.Config{
		"a quorum without witnesses": {Quorum: 1},
		"a witness without a key":    {Witnesses: []string{"https://saksi.example"}},
		"a key without an address":   {Witnesses: []string{key.WitnessKey()}},
		"the key of a log":           {Witnesses: []string{"https://saksi.example+" + key.LogKey()}},
		"a key with a letter wrong":  {Witnesses: []string{"https://saksi.example+" + strings.Replace(key.WitnessKey(), "saksi", "saksj", 1)}},
	} {
		c.Data, c.Base, c.Readers = t.TempDir(), "https://contoh.id", 2
		if a, err := app.Open(context.Background(), c, &app.Clock{}, discard); err == nil {
			_ = a.Close()
			t.Errorf("%s: opened", says)
		}
	}
	if _, err := app.WitnessKey(t.TempDir(), ""); err == nil {
		t.Error("a witness without a name")
	}
}

func TestAnInstallationKeepsItsAddress(t *testing.T) {
	ctx, data := context.Background(), t.TempDir()
	a := installation(t, app.Config{Data: data})
	base := a.Config.Base
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(data, "log", "key")
	before, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	other, err := app.Open(ctx, app.Config{Data: data, Base: "https://lain.contoh.id", Readers: 2}, &app.Clock{}, discard)
	if err == nil {
		_ = other.Close()
		t.Fatal("opened under another address, under which it would sign certificates that nobody can check")
	}
	if !strings.Contains(err.Error(), "--base") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	if after, err := os.ReadFile(key); err != nil || string(after) != string(before) {
		t.Errorf("the published key of the log was changed: %s %v", after, err)
	}
	again, err := app.Open(ctx, app.Config{Data: data, Base: base, Readers: 2}, &app.Clock{}, discard)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}

func TestALogGoesOnUnderANewKey(t *testing.T) {
	ctx, data := context.Background(), t.TempDir()
	a := installation(t, app.Config{Data: data})
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	old := published(t, data)
	if err := a.Issuers.Rotate(ctx, setup, issuer.Installation, issuer.EdDSA, "jadwal tahunan"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = installation(t, app.Config{Data: data})
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	keys := strings.Fields(a.LogKeys())
	both, err := tlog.NewPolicy(origin, keys, 0)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%v %v", keys, err)
	}
	fresh, err := tlog.NewPolicy(origin, keys[1:], 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.Open([]byte(old)); err != nil {
		t.Errorf("the old checkpoint: %v", err)
	}
	if _, err := fresh.Open([]byte(published(t, data))); err != nil {
		t.Errorf("the new checkpoint under the new key: %v", err)
	}
	if err := a.Issuers.Revoke(ctx, setup, issuer.Installation, "key-1", "berkas kunci hilang"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = installation(t, app.Config{Data: data})
	t.Cleanup(func() { _ = a.Close() })
	if keys := strings.Fields(a.LogKeys()); len(keys) != 1 {
		t.Errorf("the revoked key is still given out: %v", keys)
	}
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Errorf("the log does not go on: %v", err)
	}
}

func TestTheHeadOfTheLedgerStandsInTheLogOnceADayAndWhenServingEnds(t *testing.T) {
	ctx := context.Background()
	a := installation(t, app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0"})
	t.Cleanup(func() { _ = a.Close() })
	lsp, err := a.Organisations.Create(ctx, setup, organisation.Org{Kind: organisation.LSP, LSPType: "P3", Code: "9901", Name: "LSP Contoh", Zone: "WIB"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.AnchorDay(ctx); err != nil {
			t.Fatal(err)
		}
	}
	serving, stop := context.WithCancel(ctx)
	stop()
	if err := a.Serve(serving); err != nil {
		t.Fatal(err)
	}
	all := anchored(t, a)
	if len(all) != 2 {
		t.Fatalf("%d heads for a day and an end", len(all))
	}
	for _, x := range all {
		if !x.Holds() || x.Index < 0 || !strings.Contains(x.Heads, string(lsp)) {
			t.Errorf("%s: %+v", x.Ref, x)
		}
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE ledger SET hash = $1 WHERE book = $2 AND seq = 1", make([]byte, 32), string(lsp))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range anchored(t, a) {
		if x.Holds() {
			t.Errorf("%s does not notice a changed ledger", x.Ref)
		}
	}
}

func anchored(t *testing.T, a *app.App) []app.Anchor {
	t.Helper()
	all, err := a.Anchors(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}
