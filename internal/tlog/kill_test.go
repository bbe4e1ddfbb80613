package tlog

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
)

// The child of the kill test appends and integrates in the store it is given until it is killed.
const (
	childDB  = "KOMPETEN_TEST_LOG_DB"
	childDir = "KOMPETEN_TEST_LOG_DIR"
)

// TestMain lets the test binary be the child.
func TestMain(m *testing.M) {
	if os.Getenv(childDB) == "" {
		os.Exit(m.Run())
	}
	fmt.Println(child())
	os.Exit(1)
}

func child() error {
	d, err := db.Open(ctx, os.Getenv(childDB), db.Options{Clock: time.Now})
	if err != nil {
		return err
	}
	l := open(&testing.T{}, d, os.Getenv(childDir), nil)
	fmt.Println("ready")
	go func() {
		for {
			if _, err := l.Integrate(ctx); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
	}()
	for {
		if err := d.Write(ctx, func(tx *db.Tx) error { return Append(tx, many(rand.N(1_000_000)*7, 7)...) }); err != nil {
			return err
		}
	}
}

func TestKilledAtAnyMomentNoLeafIsLostOrDoubledAndNoHistoryForked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		dir := t.TempDir()
		real, err := db.Open(ctx, d.Name, db.Options{Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = real.Close() }()
		l := open(t, real, dir, nil)
		integrate(t, l)
		kills := 100
		if testing.Short() {
			kills = 10
		}
		var seen [][]byte
		for range kills {
			killed(t, d.Name, dir)
			b, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, b)
		}
		integrate(t, l)
		var n int64
		if err := real.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT COUNT(*) FROM log_leaf", nil, &n) }); err != nil {
			t.Fatal(err)
		}
		sound(t, l, n)
		rep, err := Replay(ctx, SourceAt(dir, nil), l.trust, seen...)
		if err != nil || len(rep.Findings) > 0 {
			t.Errorf("%v %v", rep.Findings, err)
		}
		t.Logf("%d leaves after %d kills", n, kills)
	})
}

// killed starts a child and kills it at a random moment.
func killed(t *testing.T, name, dir string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), childDB+"="+name, childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		t.Fatalf("the child says %q", line)
	}
	time.Sleep(rand.N(60 * time.Millisecond))
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}
