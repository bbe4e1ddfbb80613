// Package app builds everything, top to bottom, and runs it. The product's one clock is here.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"kompeten/internal/blob"
	"kompeten/internal/db"
	"kompeten/internal/jobs"
	"kompeten/internal/ledger"
	"kompeten/internal/lookup"
	"kompeten/internal/product"
	"kompeten/internal/seal"
)

// Clock is the product's clock. A demonstration starts it in the past and lets it catch up, so that its stories
// took days.
type Clock struct{ behind atomic.Int64 }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(-time.Duration(c.behind.Load())) }

// Jump moves the clock forward, never past the present.
func (c *Clock) Jump(d time.Duration) {
	c.behind.Store(max(0, c.behind.Load()-int64(d)))
}

// Set puts the clock behind the present.
func (c *Clock) Set(behind time.Duration) { c.behind.Store(int64(behind)) }

// App is an installation that is open.
type App struct {
	product.Services
	Config  Config
	Clock   *Clock
	Log     *slog.Logger
	Runner  *jobs.Runner
	keys    string
	logKeys string
	limits  *lookup.Limiter
	proxies []netip.Prefix
}

// Open opens an installation: database, keys, files, services, jobs.
func Open(ctx context.Context, cfg Config, clock *Clock, log *slog.Logger) (*App, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	name := cfg.Database
	if name == "" {
		name = filepath.Join(cfg.Data, "kompeten.db")
	}
	d, err := db.Open(ctx, name, db.Options{Clock: clock.Now, Readers: cfg.Readers})
	if err != nil {
		return nil, err
	}
	a := &App{Config: cfg, Clock: clock, Log: log, keys: cfg.keyFile()}
	box, err := seal.Load(ctx, d, a.keys)
	if err != nil {
		_ = d.Close()
		return nil, err
	}
	blobs, err := blob.New(filepath.Join(cfg.Data, "files"), box)
	if err != nil {
		_ = d.Close()
		return nil, err
	}
	a.Services = product.New(d, box, blobs, cfg.Base)
	if err := a.openModule(); err != nil {
		_ = d.Close()
		return nil, err
	}
	if a.Stamps, err = TimeStamps(cfg, log); err != nil {
		_ = d.Close()
		return nil, err
	}
	if err := errors.Join(a.openLog(ctx), a.Register.Begin(ctx), a.openMail()); err != nil {
		_ = d.Close()
		return nil, err
	}
	if err := a.openLookups(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	if a.proxies, err = cfg.trustedProxies(); err != nil {
		_ = d.Close()
		return nil, err
	}
	a.Runner = jobs.NewRunner(d, subscriptions(a.Services), log)
	return a, nil
}

// Close seals the ledger's heads, writes what was looked up and closes the database.
func (a *App) Close() error {
	err := errors.Join(a.Seal(context.Background()), a.keepLookups(context.Background()))
	if cerr := a.DB.Close(); err == nil {
		err = cerr
	}
	return err
}

// Seal marks the heads of the ledger's books with the key outside the database.
func (a *App) Seal(ctx context.Context) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error { return ledger.Seal(tx, a.Box.LedgerKey()) })
}

// RotateKeys makes a new master key and forgets the old one.
func (a *App) RotateKeys(ctx context.Context) error { return seal.Rotate(ctx, a.DB, a.keys) }
