package tlog

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Handler serves the public files of a log below a prefix that was stripped. Only the log's own paths are served.
// Tiles never change and may be kept for ever; the checkpoint for a few seconds.
func Handler(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		path := strings.TrimPrefix(r.URL.Path, "/")
		kind, keep := "text/plain; charset=utf-8", "public, max-age=2"
		if path != "checkpoint" {
			if _, err := parsePath(path); err != nil {
				http.NotFound(w, r)
				return
			}
			kind, keep = "application/octet-stream", "public, max-age=31536000, immutable"
		}
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil || info.IsDir() {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", keep)
		h.Set("Access-Control-Allow-Origin", "*")
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
