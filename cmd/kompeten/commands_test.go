package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kompeten/internal/app"
)

// asProgram makes the test binary the program itself.
const asProgram = "KOMPETEN_TEST_AS_PROGRAM"

// TestMain lets the test binary be the program, so that it can be started, killed and talked to as one.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

var ctx = context.Background()

// program is the program about to be started with arguments.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...) // #nosec G204 -- ourselves
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// runs starts the program, waits for its end and gives its exit code and what it said.
func runs(t *testing.T, args ...string) (code int, out, problems string) {
	t.Helper()
	cmd := program(args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// sample is a sample installation in a directory.
func sample(t *testing.T, dir string) (*app.App, *app.World) {
	t.Helper()
	a, w, err := app.OpenDemo(ctx, app.Config{Data: dir, Base: "https://contoh.id", Readers: 4}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return a, w
}

func TestTheBenchEndsWithHowSoonAnInstallationAnswers(t *testing.T) {
	code, out, problems := runs(t, "bench", "--only", "list", "--rows", "20")
	if code != 0 || !strings.Contains(out, "start of serve on that store") || !strings.Contains(out, "memory when idle") {
		t.Errorf("exit %d:\n%s%s", code, out, problems)
	}
}
