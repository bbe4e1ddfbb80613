package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/bench"
)

type benchCmd struct {
	Database     string `help:"PostgreSQL to measure on, postgres://…; an embedded database in a temporary directory when empty."`
	Rows         int    `help:"Rows of the list." default:"10000"`
	Decisions    int    `help:"Cases decided and numbered." default:"100000"`
	Certificates int    `help:"Certificates in the store when checks are measured." default:"1000000"`
	Register     int    `help:"Measure only the public register, with so many certificates in it."`
	Single       int    `help:"Certificates issued one by one through the API." default:"5000"`
	Leaves       int    `help:"Leaves put into the transparency log." default:"200000"`

	Only []string `help:"Measure these parts only: ${enum}. The sizes of others do not matter then." enum:"list,people,checks,decisions,paper,one,log,beside"`
	JSON bool     `help:"Print the figures as JSON at the end."`
}

// Run measures.
func (c benchCmd) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "kompeten-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cfg := app.Config{Data: dir, Database: c.Database, Base: "https://example.org", Readers: 8}
	a, w, err := app.OpenDemo(ctx, cfg, logger())
	if err != nil {
		return err
	}
	a.Clock.Set(0)
	fmt.Printf("%s, %d cores, %s\n", a.DB.Engine(), runtime.GOMAXPROCS(0), runtime.Version())
	run := bench.New(a.Services, w, a.Handler(true, nil), bench.Sizes{Rows: c.Rows, Decisions: c.Decisions, Certificates: c.Certificates, Single: c.Single, Leaves: c.Leaves}, os.Stdout)
	if c.Register > 0 {
		err = run.Register(ctx, c.Register)
	} else {
		err = run.Measure(ctx, c.Only...)
	}
	if err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	if err := c.restart(ctx, cfg, run); err != nil {
		return err
	}
	if c.JSON {
		return run.JSON(os.Stdout)
	}
	return nil
}

// restart measures how soon an installation of its own process answers on the store the run has left, and the memory
// it holds when nobody asks anything.
func (c benchCmd) restart(ctx context.Context, cfg app.Config, run *bench.Run) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	const address = "127.0.0.1:18099"
	cmd := exec.CommandContext(ctx, self, "serve", "--data", cfg.Data, "--database", cfg.Database, "--base", cfg.Base, "--listen", address) // #nosec G204 -- ourselves
	var said bytes.Buffer
	cmd.Stderr = &said
	from := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	defer func() { _ = cmd.Process.Kill(); <-ended }()
	for !answers(ctx, "http://"+address+"/readyz") {
		select {
		case <-ended:
			return fmt.Errorf("bench: serve ended: %s", strings.TrimSpace(said.String()))
		case <-time.After(time.Minute - time.Since(from)):
			return errors.New("bench: serve does not answer")
		case <-time.After(5 * time.Millisecond):
		}
	}
	run.Add("start of serve on that store", time.Since(from).Seconds(), "s", "< 1 s", "")
	time.Sleep(5 * time.Second)
	if kb := resident(cmd.Process.Pid); kb > 0 {
		run.Add("memory when idle", float64(kb)/1024, "MB", "< 150 MB", "")
	}
	if info, err := os.Stat(filepath.Join(cfg.Data, "kompeten.db")); err == nil {
		run.Add("size of the store", float64(info.Size())/(1<<20), "MB", "", "")
	}
	return nil
}

func answers(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// resident is how much memory a process holds, in kB; 0 where the system does not tell.
func resident(pid int) (kb int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			return kb
		}
	}
	return 0
}
