package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// session is one connection kept open, with its prepared statements.
type session struct {
	conn  *sql.Conn
	cache bool
	stmts map[string]*sql.Stmt // by query text; only while the session is held
	tell  func(query string)   // of each statement that is prepared; nil for nobody
}

// maxStatements bounds the statements one connection keeps; beyond it all are dropped and made again.
const maxStatements = 400

// sessions is a fixed number of sessions, made when first needed.
type sessions struct {
	pool    *sql.DB
	prepare bool
	setup   string        // statement run on each new connection; empty for none
	free    chan *session // nil: a slot whose connection is not open yet; closed with the database
	end     sync.Once
	tell    func(query string)
}

func newSessions(pool *sql.DB, prepare bool, setup string, n int, tell func(string)) *sessions {
	ss := &sessions{pool: pool, prepare: prepare, setup: setup, free: make(chan *session, n), tell: tell}
	for range n {
		ss.free <- nil
	}
	return ss
}

func (ss *sessions) get(ctx context.Context) (*session, error) {
	var s *session
	open := true
	select {
	case s, open = <-ss.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if !open {
		return nil, errClosed
	}
	if s != nil {
		return s, nil
	}
	s, err := ss.open(context.WithoutCancel(ctx))
	if err != nil {
		ss.free <- nil
		return nil, fmt.Errorf("connect: %w", err)
	}
	return s, nil
}

func (ss *sessions) open(ctx context.Context) (*session, error) {
	conn, err := ss.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if ss.setup != "" {
		if _, err := conn.ExecContext(ctx, ss.setup); err != nil {
			_ = conn.Close()
			return nil, err
		}
	}
	return &session{conn: conn, cache: ss.prepare, stmts: map[string]*sql.Stmt{}, tell: ss.tell}, nil
}

// put gives a session back; a broken one is closed and its slot made anew when next needed.
func (ss *sessions) put(s *session, broken bool) {
	if broken {
		s.close()
		s = nil
	}
	ss.free <- s
}

// errClosed answers who comes after the database was closed.
var errClosed = errors.New("database is closed")

// close waits for who is at work and closes every connection.
func (ss *sessions) close() {
	ss.end.Do(func() {
		for range cap(ss.free) {
			if s := <-ss.free; s != nil {
				s.close()
			}
		}
		close(ss.free)
	})
}

// close closes the connection for good: it is not given back to the pool, where another might get its set-up.
func (s *session) close() {
	s.forget()
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close()
}

func (s *session) forget() {
	for _, st := range s.stmts {
		_ = st.Close()
	}
	clear(s.stmts)
}

func (s *session) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.stmts[query]; st != nil {
		return st, nil
	}
	if len(s.stmts) >= maxStatements {
		s.forget()
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s.tell != nil {
		s.tell(query)
	}
	s.stmts[query] = st
	return st, nil
}

func (s *session) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if !s.cache {
		return s.conn.ExecContext(ctx, query, args...)
	}
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (s *session) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if !s.cache {
		return s.conn.QueryContext(ctx, query, args...)
	}
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *session) queryRow(ctx context.Context, query string, args []any) scanner {
	if !s.cache {
		return s.conn.QueryRowContext(ctx, query, args...)
	}
	st, err := s.stmt(ctx, query)
	if err != nil {
		return failed{err}
	}
	return st.QueryRowContext(ctx, args...)
}

// scanner is the part of *sql.Row that callers use.
type scanner interface{ Scan(dest ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
