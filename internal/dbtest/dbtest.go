// Package dbtest gives tests real databases: SQLite always, PostgreSQL when KOMPETEN_TEST_POSTGRES names a server
// (the full test run starts a private one). Every Write is rehearsed: run, rolled back, run again. No statement may go
// through all rows of a table that grows.
package dbtest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/blob"
	"kompeten/internal/db"
	"kompeten/internal/id"
	"kompeten/internal/seal"
)

// Clock is a clock that tests turn. Every look moves it a millisecond.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Start is the moment at which test clocks start: Monday, 2 March 2026, 08:00 WIB.
var Start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Now looks at the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Add turns the clock forward.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// DB is a database for one test with what comes beside it.
type DB struct {
	*db.DB
	Clock *Clock
	Box   *seal.Box
	Blobs *blob.Store
	Keys  string // the key file
	Name  string // as given to db.Open
}

// Each runs the test on every database there is.
func Each(t *testing.T, fn func(t *testing.T, d *DB)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, Open(t)) })
	if server := os.Getenv("KOMPETEN_TEST_POSTGRES"); server != "" {
		t.Run("postgres", func(t *testing.T) { fn(t, open(t, postgres(t, server))) })
	}
}

// Open is a new embedded database.
func Open(t testing.TB) *DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "kompeten.db"))
}

func open(t testing.TB, name string) *DB {
	t.Helper()
	clock, plans := &Clock{now: Start}, &plans{seen: map[string]bool{}}
	d, err := db.Open(context.Background(), name, db.Options{Clock: clock.Now, Rehearse: true, Prepared: plans.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Close()
		plans.judge(t, name) // of an embedded database only: no other tells
	})
	keys := filepath.Join(t.TempDir(), "keys.json")
	box, err := seal.Load(context.Background(), d, keys)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.New(filepath.Join(t.TempDir(), "files"), box)
	if err != nil {
		t.Fatal(err)
	}
	return &DB{d, clock, box, blobs, keys, name}
}

// postgres makes a database of its own on the server and gives its address.
func postgres(t testing.TB, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ToLower(id.New("t", time.Now()))
	if _, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		_ = admin.Close()
	})
	return strings.Replace(server, "@/postgres", "@/"+name, 1)
}
