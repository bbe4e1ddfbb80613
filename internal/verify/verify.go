// Package verify is the public check: is this certificate real, and what is it worth today? No sign-in, no personal
// data beyond the face of the certificate, the name partly masked, never a NIK (RG-01, RG-02, RG-04).
package verify

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Source is where certificates are looked up.
type Source interface {
	ByCode(ctx context.Context, code string) (certificate.Look, error)
	ByNumber(ctx context.Context, number string) (certificate.Look, error)
}

// Config of the public check.
type Config struct {
	Rate    int // checks a minute from one address; none is counted when zero
	Sample  bool
	Version string
	Now     func() time.Time
}

// Handler answers public checks.
type Handler struct {
	from  Source
	cfg   Config
	log   *slog.Logger
	ui    *ui.Renderer
	limit *limiter
	heads map[string]string // beginnings of JSON answers, by status
	off   *offline          // nil where the source has no Pins
}

// New makes the handler of /v/{code} and /check, and of /verify where the source has Pins.
func New(from Source, cfg Config, log *slog.Logger) *Handler {
	h := &Handler{from: from, cfg: cfg, log: log, ui: ui.New(), limit: newLimiter(cfg.Rate, cfg.Now), heads: heads()}
	if pins, ok := from.(Pins); ok {
		h.off = newOffline(pins, cfg.Version)
	}
	return h
}

// Register adds the handler's routes.
func (h *Handler) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /v/{code}", h.byCode)
	mux.HandleFunc("GET /V/{code}", h.byCode) // as QR codes write it, which have capital letters only
	mux.HandleFunc("GET /check", h.check)
	h.registerOffline(mux)
	h.registerPublished(mux)
}

func (h *Handler) byCode(w http.ResponseWriter, r *http.Request) {
	code := strings.ToUpper(r.PathValue("code"))
	if !h.admit(w, r) {
		return
	}
	if len(code) != codeLength {
		h.answer(w, r, certificate.Look{}, fault.New(fault.NotFound, "verify.not_found"))
		return
	}
	p, err := h.from.ByCode(r.Context(), code)
	h.answer(w, r, p, err)
}

const codeLength = 12

func (h *Handler) check(w http.ResponseWriter, r *http.Request) {
	q := strings.TrimSpace(r.URL.Query().Get("q") + r.URL.Query().Get("number"))
	if q == "" {
		h.form(w, r)
		return
	}
	if !h.admit(w, r) {
		return
	}
	if i := strings.LastIndex(q, "/v/"); i >= 0 {
		q = q[i+3:]
	}
	if key := certificate.NumberKey(q); len(key) == codeLength {
		if p, err := h.from.ByCode(r.Context(), key); err == nil {
			h.answer(w, r, p, nil)
			return
		}
	}
	p, err := h.from.ByNumber(r.Context(), q)
	h.answer(w, r, p, err)
}

// admit counts checks by address, so that nobody tries codes until one fits.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	wait := h.limit.take(host)
	if wait == 0 {
		return true
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	h.answer(w, r, certificate.Look{}, fault.New(fault.Later, "verify.too_many", int(wait/time.Second)+1))
	return false
}

func language(r *http.Request) text.Lang {
	if l := r.URL.Query().Get("lang"); l != "" {
		return text.Parse(l)
	}
	if c, err := r.Cookie("lang"); err == nil {
		return text.Parse(c.Value)
	}
	return text.ID
}

// answer writes what was found, or that nothing was, as a page or as JSON.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, p certificate.Look, err error) {
	status := fault.Status(err)
	if status == http.StatusInternalServerError {
		h.log.Error("check", "err", err)
	} else if err != nil {
		h.log.Info("check", "result", status) // whoever asked for what is not written down
	}
	head := w.Header()
	head.Set("X-Robots-Tag", "noindex")
	head.Set("Cache-Control", "no-store")
	head.Set("Vary", "Accept, Cookie")
	if strings.Contains(r.Header.Get("Accept"), "json") {
		h.json(w, p, err, status)
		return
	}
	page := h.page(language(r), r, p, err)
	if h.off != nil { // what the device finds by itself stands before the way to the next check
		page.Body = slices.Insert(page.Body, len(page.Body)-1, ui.Component(ui.Section{ID: resultID}))
		h.equip(&page.Shell)
	}
	if rerr := h.ui.Render(w, status, page); rerr != nil {
		h.log.Error("check page", "err", rerr)
	}
}

// json writes the facts as they are kept, the status in plain words of both languages before them; or a problem.
func (h *Handler) json(w http.ResponseWriter, p certificate.Look, err error, status int) {
	var b []byte
	if err == nil {
		b = h.facts(p)
		w.Header()["Content-Type"] = jsonType
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(b))}
	} else {
		w.Header().Set("Content-Type", "application/problem+json")
		key, args := "error.internal", []any(nil)
		if f := fault.Of(err); f != nil {
			key, args = f.Key, f.Args
		}
		b, _ = json.Marshal(map[string]any{"type": "about:blank", "title": text.T(text.EN, key, args...), "detail": text.T(text.ID, key, args...), "status": status})
	}
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// facts joins the status in plain words, what is the certificate's own, and what it shares with others.
func (h *Handler) facts(l certificate.Look) []byte {
	head := h.heads[l.Status]
	b := make([]byte, 0, len(head)+len(l.Facts)+len(l.Shared.JSON))
	b = append(b, head...)
	b = append(b, l.Facts[1:len(l.Facts)-1]...)
	b = append(b, ',')
	return append(b, l.Shared.JSON[1:]...)
}

var jsonType = []string{"application/json"}

// heads are the beginnings of JSON answers, by status.
func heads() map[string]string {
	out := map[string]string{}
	for status := range plates {
		b, _ := json.Marshal(map[string]string{"status": status, "status_id": text.T(text.ID, "verify.status."+status), "status_en": text.T(text.EN, "verify.status."+status)})
		out[status] = string(b[:len(b)-1]) + ","
	}
	return out
}

var plates = map[string]struct {
	tone ui.Tone
	sign string
}{"valid": {ui.Good, "✓"}, "expired": {ui.Warn, "!"}, "suspended": {ui.Warn, "!"}, "revoked": {ui.Bad, "✕"}}

func (h *Handler) page(l text.Lang, r *http.Request, look certificate.Look, err error) ui.Page {
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	other := text.EN
	if l == text.EN {
		other = text.ID
	}
	page := ui.Page{Shell: h.shell(l, r, t("verify.title"))}
	var p certificate.Facts
	if err == nil {
		p, err = look.Public()
	}
	if err != nil {
		key, args := "error.internal", []any(nil)
		if f := fault.Of(err); f != nil {
			key, args = f.Key, f.Args
		}
		page.Body = []ui.Component{ui.Verdict{Tone: ui.Bad, Sign: "?", Title: t("verify.unknown"), Also: text.T(other, "verify.unknown"), Text: t(key, args...)}, h.again(t("verify.again"), ui.Main, t)}
		return page
	}
	plate := plates[look.Status]
	shared := look.Shared
	title := shared.SchemeID
	if l == text.EN {
		title = shared.SchemeEN
	}
	facts := ui.Facts{Items: []ui.Fact{{Term: t("verify.holder"), Text: p.Name}, {Term: t("verify.competent"), Text: title}, {Term: t("verify.number"), Text: p.Number},
		{Term: t("verify.issuer"), Text: shared.LSP + " · " + shared.Licence}, {Term: t("verify.issued_on"), Text: text.Date(l, p.IssuedOn)}, {Term: t("verify.valid_until"), Text: text.Date(l, p.ValidUntil)}}}
	if shared.Level > 0 {
		facts.Items = append(facts.Items, ui.Fact{Term: t("scheme.level"), Text: "KKNI " + strconv.Itoa(shared.Level)})
	}
	var units ui.Facts
	for _, u := range shared.Units {
		name := u.TitleID
		if l == text.EN {
			name = u.TitleEN
		}
		units.Items = append(units.Items, ui.Fact{Term: u.Code, Text: name})
	}
	page.Shell.Sample = page.Shell.Sample || p.Sample
	page.Body = []ui.Component{ui.Verdict{Tone: plate.tone, Sign: plate.sign, Title: t("verify.status." + look.Status), Also: text.T(other, "verify.status."+look.Status), Text: t("verify.says." + look.Status)},
		ui.Card{Body: []ui.Component{facts}}, ui.Details{Summary: t("verify.units", len(shared.Units)), Body: []ui.Component{units}}, ui.Para{Text: t("verify.compare")}, h.again(t("verify.another"), "", t)}
	return page
}

func (h *Handler) shell(l text.Lang, r *http.Request, title string) ui.Shell {
	s := ui.Shell{Lang: l, Title: title, Path: r.URL.RequestURI(), Sample: h.cfg.Sample, Version: h.cfg.Version}
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "dark" || c.Value == "light") {
		s.Theme = c.Value
	}
	return s
}

func (h *Handler) again(title string, tone ui.Tone, t func(string, ...any) string) ui.Component {
	return ui.Card{Title: title, Tone: tone, Body: []ui.Component{ui.Form{URL: "/check", Get: true, Submit: t("verify.check"), Tone: tone, Fields: []ui.Component{
		ui.Field{Kind: "text", Name: "q", Label: t("verify.code_or_number"), Help: t("verify.where"), Required: true, Auto: "off"}}}}}
}

func (h *Handler) form(w http.ResponseWriter, r *http.Request) {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	head := ui.Head{Title: t("verify.title"), Lead: t("verify.lead")}
	if h.off != nil {
		head.Actions = []ui.Component{ui.LinkButton{Text: t("verify.scan"), URL: "/verify"}}
	}
	page := ui.Page{Shell: h.shell(l, r, t("verify.title")), Body: []ui.Component{head, h.again(t("verify.first"), ui.Main, t)}}
	if err := h.ui.Render(w, http.StatusOK, page); err != nil {
		h.log.Error("check page", "err", err)
	}
}

// limiter lets each address check so many times a minute.
type limiter struct {
	rate int
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]*window // by address, of this minute and the last
	swep time.Time
}

type window struct {
	start time.Time
	n     int
}

func newLimiter(rate int, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, seen: map[string]*window{}}
}

// take counts a check; it gives how long to wait when there were too many.
func (l *limiter) take(address string) time.Duration {
	if l.rate <= 0 {
		return 0
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swep) > time.Minute {
		for a, w := range l.seen {
			if now.Sub(w.start) > time.Minute {
				delete(l.seen, a)
			}
		}
		l.swep = now
	}
	w := l.seen[address]
	if w == nil || now.Sub(w.start) >= time.Minute {
		w = &window{start: now}
		l.seen[address] = w
	}
	w.n++
	if w.n <= l.rate {
		return 0
	}
	return time.Minute - now.Sub(w.start)
}
