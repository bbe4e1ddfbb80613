// Package db is the one door to the database: SQLite embedded, PostgreSQL when outgrown, one SQL text for both.
//
// Write is one serializable transaction with one fixed clock; the function it runs may run twice and touches
// nothing but its Tx. Read is a read-only snapshot that never blocks the writer. Everything that leaves the
// database (mail, PDF, file) is a job enqueued inside a Write.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// Options of a database. The zero value works.
type Options struct {
	Clock    func() time.Time   // the product's one clock; required
	Rehearse bool               // tests: run every Write once, roll back, run it again
	Readers  int                // read connections; 8 when zero
	Points   int                // connections that only Point uses; two a processor when zero, 16 at most
	Prepared func(query string) // tests: told of each statement that a connection of an embedded database prepares
}

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	dialect dialect
	pool    *sql.DB
	write   *sessions
	read    *sessions
	point   *sessions // so that a long list keeps no public check waiting
	opt     Options

	mu   sync.Mutex // guards last
	last time.Time  // the latest time given to a Tx
}

// Open opens the database named by a path of a SQLite file or a postgres:// address, and brings its tables up to
// date.
func Open(ctx context.Context, name string, opt Options) (*DB, error) {
	if opt.Readers == 0 {
		opt.Readers = 8
	}
	if opt.Points == 0 {
		opt.Points = min(2*runtime.GOMAXPROCS(0), 16)
	}
	dia := dialectOf(name)
	pool, err := sql.Open(dia.driver, dia.dsn(name))
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	pool.SetMaxIdleConns(opt.Readers + opt.Points + dia.writers)
	d := &DB{dialect: dia, pool: pool, opt: opt}
	d.write = newSessions(pool, dia.prepare, "", dia.writers, opt.Prepared)
	d.read = newSessions(pool, dia.prepare, dia.readOnly, opt.Readers, opt.Prepared)
	d.point = newSessions(pool, dia.prepare, dia.readOnly, opt.Points, opt.Prepared)
	if err := d.migrate(ctx); err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("database %s: %w", dia.name, err)
	}
	return d, nil
}

// Close closes every connection.
func (d *DB) Close() error {
	d.write.close()
	d.read.close()
	d.point.close()
	return d.pool.Close()
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string { return d.dialect.name }

// now is the clock, never earlier than it was for an earlier transaction of this process.
func (d *DB) now() time.Time {
	t := d.opt.Clock().UTC().Truncate(time.Microsecond)
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.Before(d.last) {
		t = d.last
	}
	d.last = t
	return t
}

// Now is the product's clock, for what happens outside a transaction.
func (d *DB) Now() time.Time { return d.now() }

// Write runs fn in one serializable transaction. fn may run more than once and touches nothing but tx. What
// Write acknowledged survives a crash. A request that goes away does not tear a transaction in the middle.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx)
	if d.opt.Rehearse {
		if err := d.once(whole, d.write, d.dialect.beginWrite, "ROLLBACK", fn); err != nil && !d.dialect.retry(err) {
			return err
		}
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		err := d.once(whole, d.write, d.dialect.beginWrite, "COMMIT", fn)
		if err == nil || !d.dialect.retry(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait/2 + rand.N(wait)):
		}
	}
}

// Read runs fn on a read-only snapshot.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return d.once(ctx, d.read, d.dialect.beginRead, "COMMIT", fn)
}

func (d *DB) once(ctx context.Context, from *sessions, begin, end string, fn func(*Tx) error) (err error) {
	s, err := from.get(ctx)
	if err != nil {
		return err
	}
	broken := true
	defer func() { from.put(s, broken) }()
	if _, err := s.conn.ExecContext(ctx, begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked
			_, rerr := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			broken = rerr != nil
		}
	}()
	tx := &Tx{ctx: ctx, s: s, now: d.now(), dialect: d.dialect}
	if err := fn(tx); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, end); err != nil {
		return fmt.Errorf("%s: %w", end, err)
	}
	done, broken = true, false
	return nil
}

// Point runs one SELECT of one row outside any transaction, for the paths where every microsecond counts. The
// error is sql.ErrNoRows where there is none.
func (d *DB) Point(ctx context.Context, query string, args []any, dest ...any) error {
	s, err := d.point.get(ctx)
	if err != nil {
		return err
	}
	err = s.queryRow(context.WithoutCancel(ctx), query, args).Scan(dest...)
	d.point.put(s, err != nil && err != sql.ErrNoRows)
	return err
}

// Points is Point for the few rows there may be; none is no error.
func Points[T any](ctx context.Context, d *DB, columns func(*T) []any, query string, args ...any) ([]T, error) {
	s, err := d.point.get(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.query(context.WithoutCancel(ctx), query, args)
	if err != nil {
		d.point.put(s, true)
		return nil, named(query, err)
	}
	out, err := scan(rows, columns)
	d.point.put(s, err != nil)
	return out, named(query, err)
}

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.Point(ctx, "SELECT 1", nil, &one)
}

// Backup writes a consistent copy of an embedded database to a new file while work goes on.
func (d *DB) Backup(ctx context.Context, file string) error {
	if d.dialect.backup == "" {
		return fmt.Errorf("backup: %s is backed up with its own tools (pg_dump, pg_basebackup)", d.dialect.name)
	}
	if _, err := d.pool.ExecContext(ctx, d.dialect.backup, file); err != nil {
		return fmt.Errorf("backup %s: %w", file, err)
	}
	return nil
}
