package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Pins is what a device needs to check certificates without a network. A Source that has it makes /verify work.
type Pins interface {
	PinnedKeys(ctx context.Context) (PinnedKeys, error)
	PinnedStatus(ctx context.Context) (PinnedStatus, error)
}

// PinnedKeys are the keys of all bodies at a moment (GET /verify/keys.json). Keys that no longer sign stay listed
// with their last day; one that is not listed is not believed.
type PinnedKeys struct {
	Made time.Time   `json:"made"`
	Keys []PinnedKey `json:"keys"`
}

// PinnedKey is a key of a body and what it may stand for.
type PinnedKey struct {
	KID       string    `json:"kid"`       // in QR codes: 16 hexadecimal digits
	Algorithm string    `json:"algorithm"` // EdDSA or ES256
	Public    string    `json:"public"`    // credential.QRKeyBytes in base64url
	Method    string    `json:"method"`    // in credentials: did:web:…#key-1
	DID       string    `json:"did"`
	Body      string    `json:"body"`
	Licence   string    `json:"licence"`
	Zone      date.Zone `json:"zone"` // whose days the body's certificates begin and end with
	From      date.Date `json:"from,omitempty"`
	Until     date.Date `json:"until,omitempty"`
	Sample    bool      `json:"sample,omitempty"`
}

// PinnedStatus is what was revoked and suspended at a moment (GET /verify/status.json). It names nobody.
type PinnedStatus struct {
	Made  time.Time    `json:"made"`
	Lists []StatusList `json:"lists"`
}

// StatusList is one status list: ID as QR codes name it, URL as credentials do, and the bits as Bitstring Status
// List v1.0 encodes them. Suspension has the same index in a list of its own.
type StatusList struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Revoked   string `json:"revoked"`
	Suspended string `json:"suspended,omitempty"`
}

// Pin makes the entry of a key, but for whose it is.
func Pin(public any) (PinnedKey, error) {
	b, err := credential.QRKeyBytes(public)
	if err != nil {
		return PinnedKey{}, err
	}
	id, err := credential.IDOfQRKey(public)
	k := PinnedKey{KID: hex.EncodeToString(id[:]), Algorithm: "EdDSA", Public: base64.RawURLEncoding.EncodeToString(b)}
	if len(b) == 65 {
		k.Algorithm = "ES256"
	}
	return k, err
}

//go:embed assets
var assetFiles embed.FS

// file is one that a device keeps.
type file struct {
	mime        string
	plain, gzip []byte
}

// offline is the installable page: its files by address, ready to be sent.
type offline struct {
	pins    Pins
	files   map[string]file
	icons   map[string]func() []byte
	base    string // address of scripts and style; it changes when any of them does
	version string
}

const worker, manifest = "/verify/worker.js", "/verify/manifest.webmanifest"

func newOffline(pins Pins, version string) *offline {
	o := &offline{pins: pins, files: map[string]file{}, icons: map[string]func() []byte{}}
	names := []string{"check.js", "page.js", "qr.js", "verify.css", "worker.js"}
	sum := sha256.New()
	fmt.Fprintln(sum, version, ui.AssetURL("kompeten.css"), ui.AssetURL("kompeten.js"))
	parts := map[string][]byte{}
	for _, n := range names {
		parts[n], _ = assetFiles.ReadFile("assets/" + n)
		sum.Write(parts[n])
	}
	spoken := map[text.Lang][]byte{}
	for _, l := range text.Langs() {
		spoken[l] = words(l)
		sum.Write(spoken[l])
	}
	fmt.Fprintln(sum, icons, letterPath, starPath)
	o.version = hex.EncodeToString(sum.Sum(nil)[:6])
	o.base = "/verify/files/" + o.version + "/"
	for _, n := range names[:4] {
		o.add(o.base+n, parts[n])
	}
	for l, b := range spoken {
		o.add("/verify/words/"+string(l)+".json", b)
	}
	list := []any{map[string]string{"src": ui.AssetURL("logo.svg"), "sizes": "any", "type": "image/svg+xml"}}
	for _, i := range icons {
		o.icons[o.base+i.name] = sync.OnceValue(i.png) // drawn for the first who installs, not at every start
		list = append(list, i.entry(o.base))
	}
	b, _ := json.Marshal(map[string]any{"name": "Kompeten: " + text.T(text.ID, "verify.title"), "short_name": "Kompeten", "lang": "id", "start_url": "/verify", "scope": "/verify", "display": "standalone",
		"background_color": "#f8f6f0", "theme_color": "#0c4438", "icons": list})
	o.add(manifest, b)
	o.add(worker, append(o.kept(), parts["worker.js"]...))
	return o
}

// kept is the beginning of the service worker: what it is to keep.
func (o *offline) kept() []byte {
	list := []string{"/verify", manifest}
	for _, n := range []string{"check.js", "page.js", "qr.js", "verify.css"} {
		list = append(list, o.base+n)
	}
	for _, l := range text.Langs() {
		list = append(list, "/verify/words/"+string(l)+".json")
	}
	for _, n := range []string{"kompeten.css", "kompeten.js", "htmx.js", "logo.svg"} {
		list = append(list, ui.AssetURL(n))
	}
	beside := path.Dir(ui.AssetURL("kompeten.css")) // the style sheet names these beside itself
	files, _ := json.Marshal(append(list, beside+"/jakarta.woff2", beside+"/motif.svg"))
	return fmt.Appendf(nil, "\"use strict\";\nconst VERSION = %q, PAGE = %q, FILES = %s;\n", o.version, o.base+"page.js", files)
}

var mimes = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json", ".webmanifest": "application/manifest+json"}

func (o *offline) add(at string, b []byte) {
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, 9) // 9 is a level
	_, _ = w.Write(b)                  // into memory
	_ = w.Close()
	o.files[at] = file{mimes[path.Ext(at)], b, z.Bytes()}
}

// words are what the page says, which it has no server to ask for.
func words(l text.Lang) []byte {
	out := map[string]string{}
	for _, k := range text.Keys(l) {
		if strings.HasPrefix(k, "verify.") || strings.HasPrefix(k, "qr.") || k == "scheme.level" {
			out[k] = text.T(l, k)
		}
	}
	b, _ := json.Marshal(out) // texts only
	return b
}

func (h *Handler) registerOffline(mux *http.ServeMux) {
	if h.off == nil {
		return
	}
	mux.HandleFunc("GET /verify", h.verifier)
	mux.HandleFunc("GET /verify/keys.json", func(w http.ResponseWriter, r *http.Request) {
		v, err := h.off.pins.PinnedKeys(r.Context())
		h.pinned(w, v, err)
	})
	mux.HandleFunc("GET /verify/status.json", func(w http.ResponseWriter, r *http.Request) {
		v, err := h.off.pins.PinnedStatus(r.Context())
		h.pinned(w, v, err)
	})
	mux.HandleFunc("GET /verify/", h.file)
}

func (h *Handler) pinned(w http.ResponseWriter, v any, err error) {
	b, jerr := json.Marshal(v)
	if err != nil || jerr != nil {
		h.log.Error("verifier", "err", err, "json", jerr)
		http.Error(w, text.T(text.ID, "error.internal"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(b)
}

func (h *Handler) file(w http.ResponseWriter, r *http.Request) {
	f, ok := h.off.files[r.URL.Path]
	if draw := h.off.icons[r.URL.Path]; draw != nil {
		f, ok = file{mime: "image/png", plain: draw()}, true
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	head := w.Header()
	head.Set("Content-Type", f.mime)
	head.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, h.off.base) {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.URL.Path == worker {
		head.Set("Service-Worker-Allowed", "/") // it also answers /v/ and /V/, and /verify itself
	}
	head.Set("Vary", "Accept-Encoding")
	if f.gzip != nil && len(f.gzip) < len(f.plain) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		_, _ = w.Write(f.gzip)
		return
	}
	_, _ = w.Write(f.plain)
}

// policy lets the page run its own files and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// verifier is the page that checks certificates by itself. Without scripts it still looks numbers up.
func (h *Handler) verifier(w http.ResponseWriter, r *http.Request) {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	p := func(name string) string { return t("verify.page." + name) }
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Vary", "Cookie")
	page := ui.Page{Shell: h.shell(l, r, t("verify.title")), Body: []ui.Component{
		ui.Head{Title: t("verify.title"), Lead: p("lead")},
		ui.Section{ID: resultID},
		ui.Grid{Items: []ui.Component{
			ui.Card{Tone: ui.Main, Title: p("by_camera"), Body: []ui.Component{ui.Section{ID: "verify-camera", Lead: p("camera_help")}}},
			ui.Card{Title: p("by_file"), Body: []ui.Component{ui.Section{ID: "verify-file"}}},
			ui.Card{Title: p("by_text"), Body: []ui.Component{ui.Form{URL: "/check", Get: true, Submit: t("verify.check"), Fields: []ui.Component{
				ui.Field{Kind: "text", Name: "q", Label: p("paste"), Help: p("paste_help"), Required: true, Auto: "off"}}}}},
		}},
		ui.Card{Body: []ui.Component{ui.Section{ID: "verify-held", Title: p("held"), Lead: p("held_wait")}}},
	}}
	h.equip(&page.Shell)
	page.Shell.Manifest = manifest
	if err := h.ui.Render(w, http.StatusOK, page); err != nil {
		h.log.Error("verifier", "err", err)
	}
}

// resultID is where the page writes what it found by itself.
const resultID = "verify-result"

// equip gives a page the scripts that check what stands behind '#' in its address.
func (h *Handler) equip(s *ui.Shell) {
	if h.off != nil {
		s.Styles, s.Scripts = []string{h.off.base + "verify.css"}, []string{h.off.base + "page.js"}
	}
}
