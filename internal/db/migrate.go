package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what is missing, in name order, forward only, each file in one transaction.
func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := d.once(ctx, d.write, d.dialect.beginWrite, "COMMIT", func(tx *Tx) error { return tx.apply(file) }); err != nil {
			return fmt.Errorf("migration %s: %w", file, err)
		}
	}
	return nil
}

func (tx *Tx) apply(file string) error {
	if tx.dialect.lock != "" {
		if _, err := tx.Exec(tx.dialect.lock); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL)"); err != nil {
		return err
	}
	done, err := tx.Has("SELECT name FROM migration WHERE name = $1", file)
	if done || err != nil {
		return err
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	for _, s := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := tx.s.conn.ExecContext(tx.ctx, s); err != nil {
			return named(s, err)
		}
	}
	_, err = tx.Exec("INSERT INTO migration (name, applied_at) VALUES ($1, $2)", file, At(tx.now))
	return err
}

// Schema is the text of all migrations in order, for tests and documents.
func Schema() string {
	var b strings.Builder
	files, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, file := range files {
		text, _ := migrations.ReadFile(file)
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}
