package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kompeten/internal/api"
	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/golden"
	"kompeten/internal/jobs"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/text"
)

// site is a sample installation with an API, and what was said to it so far.
type site struct {
	t      *testing.T
	d      *dbtest.DB
	s      product.Services
	w      *demo.World
	h      http.Handler
	tokens map[string]string // by who speaks
	names  map[string]string // identifiers, as the exchanges show them
	counts map[string]int
	log    strings.Builder
}

// sites runs a test on a sample installation on every database there is.
func sites(t *testing.T, fn func(*site)) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := product.New(d.DB, d.Box, d.Blobs, "https://kompeten.example")
		w, err := demo.Build(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		fn(&site{t: t, d: d, s: s, w: w, h: api.New(s, "test"), tokens: map[string]string{}, names: map[string]string{}, counts: map[string]int{}})
	})
}

// token makes a token of an organisation in a duty, named as the exchanges name who speaks.
func (x *site) token(name, org string, d auth.Duty) {
	x.t.Helper()
	secret, err := x.s.Organisations.IssueToken(x.t.Context(), auth.Actor{System: "setup"}, x.w.Org(org), name, d)
	if err != nil {
		x.t.Fatal(err)
	}
	x.tokens[name] = secret
}

// signIn makes the tokens of persons through the API.
func (x *site) signIn(keys ...string) {
	x.t.Helper()
	for _, key := range keys {
		r := x.send("", http.MethodPost, "/session", map[string]any{"login": key + "@contoh.id", "password": x.w.Password()})
		x.tokens[key] = r.at("token")
	}
}

// reply is what came back.
type reply struct {
	t      *testing.T
	status int
	head   http.Header
	raw    []byte
	json   any
}

// at is a value of the answer: "items.0.id".
func (r reply) at(path string) string {
	r.t.Helper()
	v := r.json
	for _, p := range strings.Split(path, ".") {
		switch c := v.(type) {
		case map[string]any:
			v = c[p]
		case []any:
			n, err := strconv.Atoi(p)
			if err != nil || n >= len(c) {
				r.t.Fatalf("%s: no %s in %s", path, p, r.raw)
			}
			v = c[n]
		default:
			r.t.Fatalf("%s: no %s in %s", path, p, r.raw)
		}
	}
	s, ok := v.(string)
	if !ok {
		r.t.Fatalf("%s is %v in %s", path, v, r.raw)
	}
	return s
}

// all is the values of a field of the answer's items.
func (r reply) all(field string) (out []string) {
	r.t.Helper()
	items, _ := r.json.(map[string]any)["items"].([]any)
	for i := range items {
		out = append(out, r.at(fmt.Sprintf("items.%d.%s", i, field)))
	}
	return out
}

// send makes a call and tells nobody.
func (x *site) send(as, method, path string, body any, head ...string) reply {
	x.t.Helper()
	var b []byte
	kind := "application/json"
	switch v := body.(type) {
	case nil:
		kind = ""
	case []byte:
		b, kind = v, "application/octet-stream"
	case string:
		b = []byte(v)
	default:
		b, _ = json.Marshal(v)
	}
	req := httptest.NewRequestWithContext(x.t.Context(), method, "/api/v1"+path, bytes.NewReader(b))
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+cmp.Or(x.tokens[as], as))
	}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, req)
	res := w.Result()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	r := reply{x.t, res.StatusCode, res.Header, raw, nil}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &r.json); err != nil {
			x.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return r
}

// say makes a call and writes the exchange down.
func (x *site) say(says, as, method, path string, body any, head ...string) reply {
	x.t.Helper()
	r := x.send(as, method, path, body, head...)
	out := &x.log
	fmt.Fprintf(out, "## %s\n\n%s %s\n", says, method, x.plain("/api/v1"+path))
	if as != "" {
		fmt.Fprintf(out, "Authorization: Bearer %s… (%s)\n", cmp.Or(x.tokens[as], as)[:4], as)
	}
	for i := 0; i+1 < len(head); i += 2 {
		fmt.Fprintf(out, "%s: %s\n", head[i], head[i+1])
	}
	switch v := body.(type) {
	case nil:
	case []byte:
		fmt.Fprintf(out, "\n(%d bytes)\n", len(v))
	case string:
		fmt.Fprintf(out, "\n%s\n", v)
	default:
		fmt.Fprintf(out, "\n%s\n", x.pretty(v))
	}
	fmt.Fprintf(out, "\n→ %d %s\n", r.status, http.StatusText(r.status))
	for _, h := range []string{"Content-Type", "Content-Language", "Content-Disposition", "ETag", "WWW-Authenticate"} {
		if v := r.head.Get(h); v != "" {
			fmt.Fprintf(out, "%s: %s\n", h, x.plain(v))
		}
	}
	switch {
	case r.json != nil:
		fmt.Fprintf(out, "\n%s\n", x.pretty(r.json))
	case len(r.raw) > 0:
		fmt.Fprintf(out, "\n(%q… a file)\n", r.raw[:4])
	}
	out.WriteString("\n")
	return r
}

var (
	identifier = regexp.MustCompile(`\b([a-z]{3,4})_[0-9a-z]{18,}\b`)
	secret     = regexp.MustCompile(`\b(kp[ts]_|invite/)[A-Za-z0-9_-]{16,}`)
	code       = regexp.MustCompile(`\b[0-9A-Z]{12}\b`)
	hash       = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	serial     = regexp.MustCompile(`([ _-])0{3,}[1-9]\b`)
	fileNumber = regexp.MustCompile(`\b\d{18,24}-`)
	clock      = regexp.MustCompile(`T\d\d:\d\d:\d\dZ`)
)

// plain makes what differs from run to run the same: identifiers are counted, secrets and times of day left out.
func (x *site) plain(s string) string {
	s = secret.ReplaceAllString(s, "$1…")
	s = identifier.ReplaceAllStringFunc(s, func(id string) string {
		if x.names[id] == "" {
			kind, _, _ := strings.Cut(id, "_")
			x.counts[kind]++
			x.names[id] = fmt.Sprintf("%s_%d", kind, x.counts[kind])
		}
		return x.names[id]
	})
	s = hash.ReplaceAllString(s, "(hash)")
	s = code.ReplaceAllString(s, "(code)")
	s = fileNumber.ReplaceAllString(s, "(number)-")
	s = serial.ReplaceAllString(s, "$1(serial)")
	return clock.ReplaceAllString(s, "T…Z")
}

// pretty is JSON as people read it; of long lists the beginning.
func (x *site) pretty(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		x.t.Fatal(err)
	}
	var again any
	if err := json.Unmarshal(b, &again); err != nil {
		x.t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(x.short(again)); err != nil {
		x.t.Fatal(err)
	}
	return x.plain(strings.TrimSpace(out.String()))
}

// short cuts long lists; lists of identifiers are put in the order in which they are counted.
func (x *site) short(v any) any {
	switch c := v.(type) {
	case map[string]any:
		for k, e := range c {
			c[k] = x.short(e)
		}
	case []any:
		for i, e := range c {
			c[i] = x.short(e)
			if s, ok := e.(string); ok {
				c[i] = x.plain(s)
			}
		}
		slices.SortStableFunc(c, func(a, b any) int {
			s, is := a.(string)
			u, are := b.(string)
			if !is || !are {
				return 0
			}
			return strings.Compare(s, u)
		})
		if len(c) > 6 {
			return append(c[:2:2], fmt.Sprintf("… and %d more", len(c)-2))
		}
	}
	return v
}

// chapter closes a part of the story: its exchanges are compared with those people have reviewed.
func (x *site) chapter(name string) {
	x.t.Helper()
	golden.Check(x.t, name+".txt", x.log.String())
	x.log.Reset()
}

// confirm is what people do by the links of their letters, which is a page: all of a programme, or one.
func (x *site) confirm(prg, only string) {
	x.t.Helper()
	ctx := x.t.Context()
	letters, err := x.s.Applications.Letters(ctx, x.w.Actor("petugas.semarang"), programme.ID(prg))
	if err != nil {
		x.t.Fatal(err)
	}
	for _, l := range letters {
		if only == "" || only == string(l.Application) {
			x.open(l)
		}
	}
}

// open is one person reading her letter and confirming.
func (x *site) open(l application.Letter) {
	x.t.Helper()
	ctx := x.t.Context()
	_, she, err := x.s.People.OpenLink(ctx, l.Secret)
	if err != nil {
		x.t.Fatal(err)
	}
	var me person.Person
	var app application.Application
	err = x.d.Read(ctx, func(tx *db.Tx) (err error) {
		if app, err = application.Get(tx, she, l.Application); err != nil {
			return err
		}
		me, err = person.Get(tx, x.s.Box, she, she.Person)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	in := person.Input{Name: me.Name, BirthPlace: me.BirthPlace, BirthDate: me.BirthDate, Address: me.Address, Email: me.Email, Education: me.Education}
	err = x.s.Applications.Confirm(ctx, she, app.ID, app.Version, application.Confirmation{Input: in, Consents: []string{"assessment", "register", "statistics"}, Lang: text.ID})
	if err != nil {
		x.t.Fatal(err)
	}
}

// work does the jobs that are due.
func (x *site) work() {
	x.t.Helper()
	r := jobs.NewRunner(x.d.DB, map[string]jobs.Handler{certificate.IssueJob: x.s.Certificates.Work}, slog.New(slog.DiscardHandler))
	if err := r.Drain(context.WithoutCancel(x.t.Context())); err != nil {
		x.t.Fatal(err)
	}
}

func (x *site) later(d time.Duration) { x.d.Clock.Add(d) }

func participants(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/peserta.csv")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
