package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/tlog"
)

// process is the program running by itself.
type process struct {
	cmd     *exec.Cmd
	address string

	mu   sync.Mutex
	said bytes.Buffer
}

func (p *process) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// kill ends it at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

var ready = regexp.MustCompile(`msg=ready listen=([0-9.:]+)`)

// starts runs the program until it says on which address it answers.
func starts(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: program(args...)}
	out, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			p.said.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			if m := ready.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		close(address)
	}()
	select {
	case p.address = <-address:
	case <-time.After(30 * time.Second):
	}
	if p.address == "" {
		t.Fatalf("%v does not start: %s", args, p.words())
	}
	return p
}

func fetch(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// eventually waits for something that a running program does by itself.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestNothingIsPublishedBeforeTheWitnessesHaveSigned(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	a, _ := sample(t, at("data"))
	logKey := strings.TrimSpace(a.LogKeys())
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	origin, _, _ := strings.Cut(logKey, "+")

	install := []string{"--data", at("data"), "--base", "https://contoh.id"}
	served := append([]string{"serve", "--listen", "127.0.0.1:0", "--quorum", "2"}, install...)
	keys := []string{logKey}
	var witnesses []*process
	names := []string{"saksi.satu.contoh.id", "saksi.dua.contoh.id"}
	for _, name := range names {
		code, key, problems := runs(t, "witness", "key", "--data", at(name), "--name", name)
		if code != 0 {
			t.Fatal(problems)
		}
		keys = append(keys, strings.TrimSpace(key))
		w := starts(t, "witness", "--data", at(name), "--listen", "127.0.0.1:0", "--log", logKey)
		witnesses = append(witnesses, w)
		served = append(served, "--witness", "http://"+w.address+"+"+strings.TrimSpace(key))
	}
	trust, err := tlog.NewPolicy(origin, keys, 2)
	if err != nil {
		t.Fatal(err)
	}
	s := starts(t, served...)
	shown := func() tlog.Checkpoint {
		_, note := fetch(t, "http://"+s.address+"/log/checkpoint")
		c, _ := trust.Open([]byte(note)) // none before both have signed
		return c
	}
	held := func(w *process) string {
		_, note := fetch(t, "http://"+w.address+"/"+tlog.OriginHash(origin)+"/checkpoint")
		return note
	}
	eventually(t, "both witnesses have signed what is shown", func() bool { return shown().Size > 0 && len(shown().Cosigs) == 2 })
	size := shown().Size
	for i, w := range witnesses {
		if note := held(w); !strings.Contains(note, "— "+names[i]+" ") {
			t.Errorf("%s does not show what it signed: %s", names[i], note)
		}
	}

	witnesses[1].kill()
	if code, _, problems := runs(t, append([]string{"admin", "rotate-signing-key", "--org", "9901", "--kind", "eddsa", "--reason", "contoh"}, install...)...); code != 0 {
		t.Fatal(problems)
	}
	eventually(t, "the server says who does not answer", func() bool { return strings.Contains(s.words(), witnesses[1].address) })
	if now := shown(); now.Size != size {
		t.Errorf("with one witness of two, size %d is shown", now.Size)
	}
	if !strings.Contains(held(witnesses[0]), "— "+names[0]+" ") {
		t.Error("the witness that is there has not signed")
	}

	back := starts(t, "witness", "--data", at(names[1]), "--listen", witnesses[1].address, "--log", logKey)
	eventually(t, "with the second witness back, the rest is shown", func() bool { return shown().Size > size })
	if !strings.Contains(held(back), "— "+names[1]+" ") {
		t.Error("the witness that came back has not signed")
	}

	_, note := fetch(t, "http://"+s.address+"/log/checkpoint")
	for _, c := range []struct {
		says, body string
		status     int
	}{
		{"a log that starts anew is refused, with the size that is known", "old 0\n\n" + note, http.StatusConflict},
		{"a checkpoint with another size is refused", "old 0\n\n" + regexp.MustCompile(`\n\d+\n`).ReplaceAllString(note, "\n1\n"), http.StatusForbidden},
		{"a log that nobody asked it to look after is refused", "old 0\n\n" + strings.Replace(note, origin, "lain.contoh.id/log", 1), http.StatusNotFound},
		{"rubbish is refused", "apa ini", http.StatusBadRequest},
	} {
		res, err := http.Post("http://"+back.address+"/add-checkpoint", "text/plain", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%s: %s %s", c.says, res.Status, answer)
		}
	}
}
