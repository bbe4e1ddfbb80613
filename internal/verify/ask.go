package verify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"kompeten/internal/certificate"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// question is one thing that somebody asks about: a code, a number, or an address with a code in it.
type question struct {
	code   string // empty where it can only be a number
	number string
}

// read finds out what was written. A number can be counted up, a code cannot; which it is decides what it costs.
func read(written string) question {
	written = strings.TrimSpace(written)
	address, _, _ := strings.Cut(written, "#")
	if i := max(strings.LastIndex(address, "/v/"), strings.LastIndex(address, "/V/")); i >= 0 {
		code, _, _ := strings.Cut(address[i+3:], "?")
		return question{code: certificate.NumberKey(code)}
	}
	q := question{number: written}
	if key := certificate.NumberKey(written); len(key) == codeLength && strings.Trim(key, "0123456789") != "" {
		q.code = key
	}
	return q
}

// part is a part of an address; where it holds what no name of ours does, a name that nothing has.
func part(r *http.Request, name string) string {
	s := r.PathValue(name)
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return "-"
		}
	}
	return s
}

// byNumber is 1 for what counts as a number.
func (q question) byNumber() int {
	if q.code == "" {
		return 1
	}
	return 0
}

// find looks a question up.
func (h *Handler) find(ctx context.Context, q question) (certificate.Look, error) {
	if q.code != "" {
		look, err := h.from.ByCode(ctx, q.code)
		if !fault.Is(err, fault.NotFound) || q.number == "" {
			return look, err
		}
	}
	return h.from.ByNumber(ctx, q.number)
}

// allow bounds how much is looked up from one address: n certificates, byNumber of them by number.
func (h *Handler) allow(w http.ResponseWriter, r *http.Request, n, byNumber int) error {
	if h.cfg.Limits == nil {
		return nil
	}
	if wait := h.cfg.Limits.Take(r.RemoteAddr, n, byNumber, h.cfg.Now()); wait > 0 {
		return tooMany(w, wait)
	}
	return nil
}

// admit answers whoever may not look up now.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, n, byNumber int) bool {
	err := h.allow(w, r, n, byNumber)
	if err != nil {
		h.refused(w, r, err)
	}
	return err == nil
}

// missed counts what was asked for and is not there, against whoever asks.
func (h *Handler) missed(r *http.Request, n int) {
	if h.cfg.Limits != nil {
		h.cfg.Limits.Miss(r.RemoteAddr, n, h.cfg.Now())
	}
}

// counted notes that a certificate was looked up.
func (h *Handler) counted(look certificate.Look) {
	if h.cfg.Lookups != nil {
		h.cfg.Lookups.Note(codeOf(look.Facts), h.cfg.Now())
	}
}

// codeHead is how the facts of every certificate begin.
const codeHead = `{"code":"`

// codeOf is the code in the facts of a certificate, without reading all of them.
func codeOf(facts string) string {
	if rest, ok := strings.CutPrefix(facts, codeHead); ok && len(rest) > codeLength && rest[codeLength] == '"' {
		return rest[:codeLength]
	}
	f, _ := certificate.Look{Facts: facts}.Public()
	return f.Code
}

// wantsJSON says whether a program asks.
func wantsJSON(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "json") }

// refused answers what went wrong, as a page or as a problem.
func (h *Handler) refused(w http.ResponseWriter, r *http.Request, err error) {
	h.answer(w, r, certificate.Look{}, err)
}

// problem is an error as programs read it (RFC 9457), in both languages.
func problem(err error) []byte {
	key, args := wordsOf(err)
	b, _ := json.Marshal(map[string]any{"type": "about:blank", "title": text.T(text.EN, key, args...), "detail": text.T(text.ID, key, args...), "status": fault.Status(err)})
	return b
}

// wordsOf is what people read of an error.
func wordsOf(err error) (key string, args []any) {
	if f := fault.Of(err); f != nil {
		return f.Key, f.Args
	}
	return "error.internal", nil
}

// send writes an answer for programs.
func (h *Handler) send(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		h.log.Error("check", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b)
}

// show writes a page of the public check, which no search engine is to keep.
func (h *Handler) show(w http.ResponseWriter, status int, page ui.Page) {
	w.Header().Set("X-Robots-Tag", "noindex")
	h.render(w, status, page)
}

func (h *Handler) render(w http.ResponseWriter, status int, page ui.Page) {
	w.Header().Set("Vary", "Accept, Cookie")
	if err := h.ui.Render(w, status, page); err != nil {
		h.log.Error("check page", "err", err)
	}
}

// ways are the ways in to the public check.
func (h *Handler) ways(here string, t func(string, ...any) string) ui.Component {
	tabs := ui.Tabs{Items: []ui.Link{{Text: t("lookup.by_number"), URL: "/check"}}}
	if _, ok := h.from.(Truster); ok {
		tabs.Items = append(tabs.Items, ui.Link{Text: t("lookup.by_file"), URL: "/check/file"})
	}
	tabs.Items = append(tabs.Items, ui.Link{Text: t("lookup.by_list"), URL: "/check/list"})
	for i := range tabs.Items {
		tabs.Items[i].Current = tabs.Items[i].URL == here
	}
	return tabs
}
