// Package mailtest runs a real mail server beside a test and reads what arrived.
package mailtest

import (
	"bufio"
	_ "embed"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

//go:embed server.py
var program string

// Server is a mail server of another's making (aiosmtpd), running beside a test.
type Server struct {
	t    *testing.T
	dir  string
	Port string
}

// Serve starts a mail server: "plain" without TLS; "starttls" and "tls" with the certificate and key of two files.
func Serve(t *testing.T, mode string, files ...string) Server {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("/usr/bin/python3", append([]string{"-c", program, dir, "0", mode}, files...)...) // #nosec G204 -- ours
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var failed strings.Builder
	cmd.Stderr = &failed
	if err := cmd.Start(); err != nil {
		t.Fatalf("no mail server: run scripts/install-missing (%v)", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	port, ready := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ready {
		_ = cmd.Wait()
		t.Fatalf("no mail server: run scripts/install-missing (%q %v %s)", line, err, failed.String())
	}
	return Server{t, dir, port}
}

// Letter is one that arrived.
type Letter struct {
	mail.Header
	Plain, HTML string
}

// Decoded is a header in plain words.
func (l Letter) Decoded(name string) string {
	s, err := new(mime.WordDecoder).DecodeHeader(l.Get(name))
	if err != nil {
		return err.Error()
	}
	return s
}

// Letters are those that arrived, in their order.
func (s Server) Letters() (out []Letter) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*.eml"))
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(files)
	for _, f := range files {
		b, err := os.Open(f) // #nosec G304 -- of the test
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, s.read(b))
		_ = b.Close()
	}
	return out
}

func (s Server) read(r io.Reader) Letter {
	s.t.Helper()
	m, err := mail.ReadMessage(r)
	if err != nil {
		s.t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		s.t.Fatalf("%q %v", kind, err)
	}
	l := Letter{Header: m.Header}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return l
		}
		if err != nil {
			s.t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			s.t.Fatal(err)
		}
		if text := strings.ReplaceAll(string(b), "\r\n", "\n"); strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.HTML = text
		} else {
			l.Plain = text
		}
	}
}
