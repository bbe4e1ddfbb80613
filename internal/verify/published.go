package verify

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kompeten/internal/credential"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/tlog"
)

// Publisher is what others need to check certificates without asking us: keys, status lists, the log. A Source that has
// it makes their addresses work.
type Publisher interface {
	// DIDDocument is the document of the body at a path such as "lsp/1234"; of the installation for none.
	DIDDocument(ctx context.Context, path string) ([]byte, error)
	// Endorsement is the authority's signed word about the licence of the body at a path.
	Endorsement(ctx context.Context, path string) ([]byte, error)
	// StatusList is a status list as a signed credential, now or at a moment in the past.
	StatusList(ctx context.Context, id string, purpose credential.Purpose, at time.Time) ([]byte, error)
	// Revocations is a status list in the older form of 1EdTech.
	Revocations(ctx context.Context, id string) ([]byte, error)
	// LogKeys are the keys of the transparency log, a line each.
	LogKeys() string
	// LogDir is where the files of the transparency log stand.
	LogDir() string
}

func (h *Handler) registerPublished(mux *http.ServeMux) {
	p, ok := h.from.(Publisher)
	if !ok {
		return
	}
	did := func(at func(*http.Request) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, err := p.DIDDocument(r.Context(), at(r))
			h.publish(w, b, calledFor(r, didTypes), time.Minute, err)
		}
	}
	mux.HandleFunc("GET /.well-known/did.json", did(func(*http.Request) string { return "" }))
	mux.HandleFunc("GET /bnsp/did.json", did(func(*http.Request) string { return "bnsp" }))
	mux.HandleFunc("GET /lsp/{code}/did.json", did(func(r *http.Request) string { return "lsp/" + part(r, "code") }))
	mux.HandleFunc("GET /org/{id}/did.json", did(func(r *http.Request) string { return "org/" + part(r, "id") }))
	mux.HandleFunc("GET /lsp/{code}/endorsement.json", func(w http.ResponseWriter, r *http.Request) {
		b, err := p.Endorsement(r.Context(), "lsp/"+part(r, "code"))
		h.publish(w, b, calledFor(r, credentialTypes), time.Minute, err)
	})
	list := func(purpose credential.Purpose) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			at, err := moment(r)
			var b []byte
			if err == nil {
				b, err = p.StatusList(r.Context(), part(r, "list"), purpose, at)
			}
			h.publish(w, b, calledFor(r, credentialTypes), 0, err)
		}
	}
	mux.HandleFunc("GET /status/{list}", list(credential.Revocation))
	mux.HandleFunc("GET /status/{list}/suspension", list(credential.Suspension))
	mux.HandleFunc("GET /status/{list}/1edtech", func(w http.ResponseWriter, r *http.Request) {
		b, err := p.Revocations(r.Context(), part(r, "list"))
		h.publish(w, b, "application/json", 0, err)
	})
	mux.HandleFunc("GET /log/key", func(w http.ResponseWriter, _ *http.Request) {
		h.publish(w, []byte(p.LogKeys()), "text/plain; charset=utf-8", time.Minute, nil)
	})
	mux.Handle("GET /log/", http.StripPrefix("/log", tlog.Handler(p.LogDir())))
}

// moment is the past moment a reader asks about; zero for now (Bitstring Status List 1.0, "timestamp").
func moment(r *http.Request) (time.Time, error) {
	q := r.URL.Query().Get("timestamp")
	if q == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, q)
	if err != nil {
		return at, fault.New(fault.Invalid, "verify.timestamp")
	}
	return at, nil
}

// publish writes a document that anyone may have, from any page.
func (h *Handler) publish(w http.ResponseWriter, b []byte, mime string, keep time.Duration, err error) {
	head := w.Header()
	head.Set("Access-Control-Allow-Origin", "*")
	head.Add("Vary", "Accept")
	if err != nil {
		h.refuse(w, err)
		return
	}
	head.Set("Content-Type", mime)
	head.Set("Cache-Control", "no-cache")
	if keep > 0 {
		head.Set("Cache-Control", "public, max-age="+strconv.Itoa(int(keep/time.Second)))
	}
	_, _ = w.Write(b)
}

func (h *Handler) refuse(w http.ResponseWriter, err error) {
	status := fault.Status(err)
	key, args := "error.internal", []any(nil)
	if f := fault.Of(err); f != nil {
		key, args = f.Key, f.Args
	} else {
		h.log.Error("published", "err", err)
	}
	http.Error(w, text.T(text.ID, key, args...)+"\n"+text.T(text.EN, key, args...), status)
}
