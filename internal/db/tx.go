package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"kompeten/internal/fault"
)

// Tx is one transaction with one fixed clock. Read all rows of a query before the next one.
type Tx struct {
	ctx     context.Context
	s       *session
	now     time.Time
	dialect dialect
}

// Now is the transaction's time, UTC in microseconds: the same for everything it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// Context of the transaction.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and says how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	res, err := tx.s.exec(tx.ctx, query, args)
	if err != nil {
		return 0, named(query, err)
	}
	return res.RowsAffected()
}

// Change runs a statement that must change exactly one row; none is a stale version or a row that is not there.
func (tx *Tx) Change(query string, args ...any) error {
	n, err := tx.Exec(query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return fault.New(fault.Conflict, "db.stale")
	}
	return nil
}

// Get reads one row into dest; a row that is not there is fault not_found.
func (tx *Tx) Get(query string, args []any, dest ...any) error {
	err := tx.s.queryRow(tx.ctx, query, args).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "db.not_found")
	}
	return named(query, err)
}

// Has says whether the query finds any row.
func (tx *Tx) Has(query string, args ...any) (bool, error) {
	var one int
	err := tx.s.queryRow(tx.ctx, "SELECT 1 WHERE EXISTS ("+query+")", args).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, named(query, err)
}

// One reads one row into a value through the columns function; fault not_found where there is none.
func One[T any](tx *Tx, columns func(*T) []any, query string, args ...any) (T, error) {
	var v T
	err := tx.Get(query, args, columns(&v)...)
	return v, err
}

// All reads every row into values through the columns function.
func All[T any](tx *Tx, columns func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := tx.s.query(tx.ctx, query, args)
	if err != nil {
		return nil, named(query, err)
	}
	out, err := scan(rows, columns)
	return out, named(query, err)
}

func scan[T any](rows *sql.Rows, columns func(*T) []any) (out []T, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v T
		if err := rows.Scan(columns(&v)...); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Column reads one column of every row.
func Column[T any](tx *Tx, query string, args ...any) ([]T, error) {
	return All(tx, func(v *T) []any { return []any{v} }, query, args...)
}

// Insert writes rows of one table, many in a statement. Each row has a value for each column.
func (tx *Tx) Insert(table string, columns []string, rows [][]any) error {
	for len(rows) > 0 {
		n := chunk(len(rows), len(columns))
		args := make([]any, 0, n*len(columns))
		for _, r := range rows[:n] {
			if len(r) != len(columns) {
				return fmt.Errorf("insert %s: %d values for %d columns", table, len(r), len(columns))
			}
			args = append(args, r...)
		}
		if _, err := tx.Exec(tx.dialect.insertText(table, columns, n), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// chunk is how many rows go in one statement: few different sizes, so that statements are prepared once.
func chunk(rows, columns int) int {
	for _, n := range []int{128, 32, 8} {
		if rows >= n && n*columns <= 8000 {
			return n
		}
	}
	return 1
}

func (d dialect) insertText(table string, columns []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	unnumbered := "(?" + strings.Repeat(",?", len(columns)-1) + ")"
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		if d.numbered {
			b.WriteString(Places(i*len(columns)+1, len(columns)))
		} else {
			b.WriteString(unnumbered)
		}
	}
	return b.String()
}

// Places writes "($from,…)" for n parameters, for IN lists and VALUES.
func Places(from, n int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	b.WriteByte(')')
	return b.String()
}

// named adds the beginning of the statement to a database error.
func named(query string, err error) error {
	if err == nil {
		return nil
	}
	words := strings.Fields(query)
	return fmt.Errorf("sql %q: %w", strings.Join(words[:min(len(words), 6)], " "), err)
}
