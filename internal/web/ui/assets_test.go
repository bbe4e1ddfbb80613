package ui

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"kompeten/internal/text"
)

func get(url, accept string) *http.Response {
	r := httptest.NewRequest("GET", url, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, r)
	return w.Result()
}

func TestFilesAreKeptForEverAndComeCompressed(t *testing.T) {
	plain := get(AssetURL("kompeten.css"), "identity")
	want, _ := io.ReadAll(plain.Body)
	packed := get(AssetURL("kompeten.css"), "gzip, br")
	if packed.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(packed.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("headers %v", packed.Header)
	}
	if ct := packed.Header.Get("Content-Type"); ct != "text/css; charset=utf-8" {
		t.Errorf("content type %q", ct)
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(z); !bytes.Equal(got, want) || len(want) == 0 {
		t.Error("the compressed file differs from the plain one")
	}
}

func TestEveryFileHasAKnownKindAndItsLicence(t *testing.T) {
	for name, a := range assets {
		if a.mime == "" {
			t.Errorf("%s: unknown kind of file", name)
		}
	}
	for _, name := range []string{"htmx.LICENSE.txt", "jakarta.OFL.txt"} {
		if len(assets[name].plain) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestAFileThatIsCompressedAlreadyIsSentAsItIs(t *testing.T) {
	if r := get(AssetURL("jakarta.woff2"), "gzip"); r.Header.Get("Content-Encoding") != "" || r.Header.Get("Content-Type") != "font/woff2" {
		t.Errorf("headers %v", r.Header)
	}
}

func TestAnUnknownFileIsNotFound(t *testing.T) {
	for _, url := range []string{"/assets/x/none.css", "/assets/", "/assets/x/..%2fui.go"} {
		if r := get(url, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", url, r.StatusCode)
		}
	}
}

func TestAFirstLoadStaysBelowAHundredKilobytes(t *testing.T) {
	p, _ := Storybook(Shell{Lang: text.ID}, "page-check")
	var page, packed bytes.Buffer
	if err := New().Write(&page, p); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(page.Bytes())
	_ = z.Close()
	sum := packed.Len()
	for name, a := range assets {
		if !strings.HasSuffix(name, ".txt") {
			sum += min(len(a.plain), len(a.gzip))
		}
	}
	t.Logf("first load: %d bytes", sum)
	if sum > 100_000 {
		t.Errorf("%d bytes", sum)
	}
}

func BenchmarkPages(b *testing.B) {
	r := New()
	rows := people(saying(text.ID), nil)
	for len(rows.Rows) < 50 {
		rows.Rows = append(rows.Rows, rows.Rows[len(rows.Rows)%4])
	}
	check, _ := Storybook(Shell{Lang: text.ID}, "page-check")
	for name, p := range map[string]Page{"check": check, "fifty-rows": {Shell: Shell{Lang: text.ID}, Body: []Component{rows}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := r.Write(io.Discard, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
