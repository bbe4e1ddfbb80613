package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
)

//go:embed assets
var assetFiles embed.FS

type asset struct {
	hash, mime  string
	plain, gzip []byte
}

// mimes names the kinds of files here; the machine's own list may differ.
var mimes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2",
}

var assets = loadAssets()

func loadAssets() map[string]asset {
	out := map[string]asset{}
	files, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		panic(err) // a pattern of our own
	}
	for _, f := range files {
		data, _ := assetFiles.ReadFile(f)
		sum := sha256.Sum256(data)
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, 9)
		_, _ = z.Write(data)
		_ = z.Close()
		out[path.Base(f)] = asset{hex.EncodeToString(sum[:6]), mimes[path.Ext(f)], data, b.Bytes()}
	}
	return out
}

// AssetURL is the address of a file of the design system; it changes when the file does, so that browsers may keep
// it for ever.
func AssetURL(name string) string { return "/assets/" + assets[name].hash + "/" + name }

// Assets serves the files of the design system.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets[path.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.mime)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		if len(a.gzip) < len(a.plain) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			_, _ = w.Write(a.gzip)
			return
		}
		_, _ = w.Write(a.plain)
	})
}
