package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/demo"
	"kompeten/internal/text"
	"kompeten/internal/tlog"
)

// soon is how soon the world sees what becomes of a certificate.
const soon = 5 * time.Second

// served is an installation with a certificate that runs as the program runs it, with all that works beside the
// answers.
type served struct {
	t    *testing.T
	app  *app.App
	base string
	cert certificate.Certificate
	head string // her token
}

func serve(t *testing.T) served {
	t.Helper()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Base: "http://example.org", Readers: 4, Rate: 100_000}, discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, a.Clock.Jump); err != nil {
		t.Fatal(err)
	}
	a.Clock.Set(0)
	s := served{t: t, app: a}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		all, _, err := certificate.Search(tx, w.Actor("ketua.otomotif"), certificate.Filter{LSP: w.Org("lsp-otomotif")})
		s.cert = all[len(all)/2]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.base, _ = running(t, a, w)
	t.Cleanup(func() { _ = a.Close() })
	s.signIn(w)
	return s
}

// running serves an installation until it is stopped.
func running(t *testing.T, a *app.App, w *app.World) (base string, stop func()) {
	t.Helper()
	said, words := io.Pipe()
	serving, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.ServeDemo(serving, w, words) }()
	stop = sync.OnceFunc(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	b := make([]byte, 200)
	n, err := io.ReadAtLeast(said, b, 60)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return regexp.MustCompile(`http://[0-9.:]+`).FindString(string(b[:n])), stop
}

// signIn makes the token of the head of the LSP.
func (s *served) signIn(w *app.World) {
	s.t.Helper()
	var session struct{ Token string }
	s.head = ""
	s.say("/api/v1/session", map[string]string{"login": "ketua.otomotif@contoh.id", "password": w.Password()}, &session)
	s.head = session.Token
}

// say sends something to the API.
func (s served) say(path string, body, answer any) {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.base+path, bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.head != "" {
		req.Header.Set("Authorization", "Bearer "+s.head)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		s.t.Fatalf("%s: %s: %s %v", path, res.Status, said, err)
	}
	if err := json.Unmarshal(said, answer); err != nil {
		s.t.Fatalf("%s: %s: %v", path, said, err)
	}
}

func (s served) get(path, accept string) string {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s: %s %v", path, res.Status, b, err)
	}
	return string(b)
}

// set says whether the certificate's place is set in a status list, now or at a moment.
func (s served) set(list string, at time.Time) bool {
	s.t.Helper()
	if !at.IsZero() {
		list += "?timestamp=" + url.QueryEscape(at.UTC().Format(time.RFC3339Nano))
	}
	var doc struct {
		CredentialSubject struct{ EncodedList string }
	}
	if err := json.Unmarshal([]byte(s.get(list, "application/vc")), &doc); err != nil {
		s.t.Fatal(err)
	}
	bits, err := credential.DecodeBits(doc.CredentialSubject.EncodedList)
	if err != nil {
		s.t.Fatal(err)
	}
	return bits.Get(s.cert.Proof.Index)
}

// lists is what both status lists say: valid, suspended or revoked.
func (s served) lists(at time.Time) string {
	s.t.Helper()
	list := "/status/" + s.cert.Proof.List
	revoked, suspended := s.set(list, at), s.set(list+"/suspension", at)
	switch {
	case revoked && suspended:
		return "both"
	case revoked:
		return "revoked"
	case suspended:
		return "suspended"
	}
	return "valid"
}

// pinned is what a device hears that keeps the lists for checks without a network.
func (s served) pinned() string {
	s.t.Helper()
	var doc struct {
		Lists []struct{ ID, Revoked, Suspended string }
	}
	if err := json.Unmarshal([]byte(s.get("/verify/status.json", "")), &doc); err != nil {
		s.t.Fatal(err)
	}
	for _, l := range doc.Lists {
		if l.ID != s.cert.Proof.List {
			continue
		}
		for status, encoded := range map[string]string{"revoked": l.Revoked, "suspended": l.Suspended} {
			bits, err := credential.DecodeBits(encoded)
			if err != nil {
				s.t.Fatal(err)
			}
			if bits.Get(s.cert.Proof.Index) {
				return status
			}
		}
	}
	return "valid"
}

// logged is how many events of the certificate the public log has, as an auditor reads it, and the last of them.
func (s served) logged() (n int, last tlog.Kind) {
	s.t.Helper()
	events, _, err := tlog.Monitor(ctx, tlog.SourceAt(s.base+"/log", http.DefaultClient), s.app.Transparency.Trust(), nil, s.cert.Face.Licence)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		if strings.HasPrefix(e.Leaf.Ref, string(s.cert.ID)+"/") {
			n, last = n+1, e.Leaf.Kind
		}
	}
	return n, last
}

// shown is where the world sees a certificate's status, and what is seen there.
func (s served) shown() map[string]string {
	s.t.Helper()
	out := map[string]string{"both status lists": s.lists(time.Time{}), "what devices keep": s.pinned(), "1EdTech list": "not revoked"}
	if strings.Contains(s.get("/status/"+s.cert.Proof.List+"/1edtech", ""), s.cert.Code) {
		out["1EdTech list"] = "revoked"
	}
	var facts struct{ Status string }
	if err := json.Unmarshal([]byte(s.get("/v/"+s.cert.Code, "application/json")), &facts); err != nil {
		s.t.Fatal(err)
	}
	out["JSON"] = facts.Status
	page := s.get("/v/"+s.cert.Code, "text/html")
	for _, status := range []string{"valid", "suspended", "revoked"} {
		if strings.Contains(page, text.T(text.ID, "verify.says."+status)) {
			out["page"] += status
		}
	}
	return out
}

func TestWhatBecomesOfACertificateIsSeenEverywhereSoonAndForEver(t *testing.T) {
	s := serve(t)
	type step struct {
		do, status string
		kind       tlog.Kind
	}
	type moment struct {
		at     time.Time
		status string
	}
	history := []moment{{s.cert.Proof.SignedAt.Add(-time.Second), "valid"}, {s.app.DB.Now(), "valid"}}
	for i, step := range []step{{"suspend", "suspended", tlog.Suspend}, {"resume", "valid", tlog.Resume}, {"suspend", "suspended", tlog.Suspend}, {"revoke", "revoked", tlog.Revoke}} {
		before := s.app.DB.Now()
		history = append(history, moment{before, history[len(history)-1].status})
		from := time.Now()
		var answer struct{ Status string }
		s.say("/api/v1/certificates/"+string(s.cert.ID)+"/"+step.do, map[string]string{"reason": "contoh"}, &answer)
		history = append(history, moment{s.app.DB.Now(), step.status})
		want := map[string]string{"page": step.status, "JSON": step.status, "both status lists": step.status, "what devices keep": step.status, "1EdTech list": "not revoked"}
		if step.do == "revoke" {
			want["1EdTech list"] = "revoked"
		}
		if got := s.shown(); fmt.Sprint(got) != fmt.Sprint(want) { // these at once
			t.Errorf("after %s: %v", step.do, got)
		}
		for {
			n, last := s.logged()
			if n == i+2 && last == step.kind {
				break
			}
			if time.Since(from) > soon {
				t.Fatalf("after %s: the log has %d events of the certificate, the last is %s", step.do, n, last)
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Logf("%s: everywhere after %v", step.do, time.Since(from).Round(time.Millisecond))
	}
	for i, m := range history {
		if got := s.lists(m.at); got != m.status {
			t.Errorf("moment %d of the history: %s, it was %s", i, got, m.status)
		}
	}
}
