// Package verify is the public check: is this certificate real, and what is it worth today? No sign-in, no personal
// data beyond the face of the certificate, the name partly masked, never a NIK (RG-01, RG-02, RG-04).
package verify

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/check"
	"kompeten/internal/fault"
	"kompeten/internal/lookup"
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
	Limits  *lookup.Limiter // nothing is bounded without
	Lookups *lookup.Counter // nothing is counted without
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
	heads map[string]string // beginnings of JSON answers, by status
	off   *offline          // nil where the source has no Pins

	sending, judging chan struct{} // a place in it for each file that is being sent, or judged
}

// New makes the handler of /v/{code} and /check, and of /verify where the source has Pins.
func New(from Source, cfg Config, log *slog.Logger) *Handler {
	h := &Handler{from: from, cfg: cfg, log: log, ui: ui.New(), heads: heads(),
		sending: make(chan struct{}, mostSending), judging: make(chan struct{}, runtime.GOMAXPROCS(0))}
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
	h.registerFile(mux)
	h.registerList(mux)
	h.registerStory(mux)
	h.registerPages(mux)
	h.registerOffline(mux)
	h.registerPublished(mux)
	h.registerFigures(mux)
	h.registerDirectory(mux)
}

func (h *Handler) byCode(w http.ResponseWriter, r *http.Request) {
	if !h.admit(w, r, 1, 0) {
		return
	}
	code := codeIn(r)
	if r.URL.RawQuery != "" && r.URL.Query().Has("at") {
		h.past(w, r, code)
		return
	}
	p, err := h.from.ByCode(r.Context(), code)
	h.answer(w, r, p, err)
}

const codeLength = 12

// codeIn is the code in an address. What cannot be one is asked for like any other, so that answers to what is not there
// are alike.
func codeIn(r *http.Request) string {
	code := r.PathValue("code")
	return certificate.NumberKey(code[:min(len(code), 2*codeLength)])
}

func (h *Handler) check(w http.ResponseWriter, r *http.Request) {
	q := strings.TrimSpace(r.URL.Query().Get("q") + r.URL.Query().Get("number"))
	if q == "" {
		h.form(w, r)
		return
	}
	asked := read(q)
	if !h.admit(w, r, 1, asked.byNumber()) {
		return
	}
	if _, ok := h.from.(Truster); ok && strings.Contains(q, "#") { // what stands behind it is signed
		h.judge(w, r, func(ctx context.Context, c *check.Checker) check.Report { return c.QR(ctx, q) })
		return
	}
	p, err := h.find(r.Context(), asked)
	h.answer(w, r, p, err)
}

// tooMany says how long to wait.
func tooMany(w http.ResponseWriter, wait time.Duration) error {
	seconds := int(wait/time.Second) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	if seconds > 120 {
		return fault.New(fault.Later, "lookup.too_many", (seconds+59)/60)
	}
	return fault.New(fault.Later, "verify.too_many", seconds)
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
	switch {
	case err == nil:
		h.counted(p)
	case status == http.StatusInternalServerError:
		h.log.Error("check", "err", err)
	default:
		h.log.Info("check", "result", status) // whoever asked for what is not written down
		if status == http.StatusNotFound {
			h.missed(r, 1)
		}
	}
	head := w.Header()
	head.Set("X-Robots-Tag", "noindex")
	head.Set("Cache-Control", "no-store")
	head.Set("Vary", "Accept, Cookie")
	if wantsJSON(r) {
		h.json(w, p, err, status)
		return
	}
	page := h.page(language(r), r, p, err)
	if err == nil {
		if terr := h.tell(r.Context(), &page, codeOf(p.Facts)); terr != nil {
			h.log.Error("check story", "err", terr)
			status, page = http.StatusInternalServerError, h.page(language(r), r, p, terr)
		}
	}
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
		b = problem(err)
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
		b, _ := json.Marshal(map[string]string{"status": status, "status_id": statusWords(text.ID, status), "status_en": statusWords(text.EN, status)})
		out[status] = string(b[:len(b)-1]) + ","
	}
	return out
}

var plates = map[string]struct {
	tone ui.Tone
	sign string
}{"valid": {ui.Good, "✓"}, "expired": {ui.Warn, "!"}, "suspended": {ui.Warn, "!"}, "revoked": {ui.Bad, "✕"}, "replaced": {ui.Bad, "✕"}, "not_issued": {ui.Warn, "!"}}

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
		key, args := wordsOf(err)
		word, tone := headline(err)
		page.Body = []ui.Component{ui.Verdict{Tone: tone, Sign: "?", Title: t(word), Also: text.T(other, word), Text: t(key, args...)}, h.again(t("verify.again"), ui.Main, t)}
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
	for _, next := range []struct{ key, code string }{{"verify.replaces", p.Replaces}, {"verify.replaced_by", p.ReplacedBy}} {
		if next.code != "" {
			facts.Items = append(facts.Items, ui.Fact{Term: t(next.key), Text: next.code, URL: "/v/" + next.code})
		}
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
	page.Body = []ui.Component{ui.Verdict{Tone: plate.tone, Sign: plate.sign, Title: statusWords(l, look.Status), Also: statusWords(other, look.Status), Text: t("verify.says." + look.Status)},
		ui.Card{Body: []ui.Component{facts}}, ui.Details{Summary: t("verify.units", len(shared.Units)), Body: []ui.Component{units}}, ui.Para{Text: t("verify.compare")}, h.again(t("verify.another"), "", t)}
	return page
}

// headline is the word for a check that gave no answer, and how it feels.
func headline(err error) (word string, tone ui.Tone) {
	switch {
	case fault.Is(err, fault.NotFound):
		return "verify.unknown", ui.Bad
	case fault.Is(err, fault.Later):
		return "lookup.wait", ui.Warn
	}
	return "lookup.unanswered", ui.Warn
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
		ui.Field{Kind: "text", Name: "q", Label: t("verify.page.paste"), Help: t("verify.where"), Required: true, Auto: "off"}}}}}
}

func (h *Handler) form(w http.ResponseWriter, r *http.Request) {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	head := ui.Head{Title: t("verify.title"), Lead: t("verify.lead")}
	if h.off != nil {
		head.Actions = []ui.Component{ui.LinkButton{Text: t("verify.scan"), URL: "/verify"}}
	}
	head.Actions = append(head.Actions, h.alsoHere(t)...)
	page := ui.Page{Shell: h.shell(l, r, t("verify.title")), Body: []ui.Component{head, h.ways("/check", t), h.again(t("verify.first"), ui.Main, t)}}
	if err := h.ui.Render(w, http.StatusOK, page); err != nil {
		h.log.Error("check page", "err", err)
	}
}
