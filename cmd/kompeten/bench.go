package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/bench"
)

type benchCmd struct {
	Database     string `help:"PostgreSQL to measure on, postgres://…; an embedded database in a temporary directory when empty."`
	Rows         int    `help:"Rows of the list." default:"10000"`
	Decisions    int    `help:"Cases decided and numbered." default:"100000"`
	Certificates int    `help:"Certificates in the store when checks are measured." default:"1000000"`
	JSON         bool   `help:"Print the figures as JSON at the end."`
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
	run := bench.New(a.Services, w, bench.Sizes{Rows: c.Rows, Decisions: c.Decisions, Certificates: c.Certificates}, os.Stdout)
	if err := run.All(ctx); err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	if err := c.restart(ctx, cfg); err != nil {
		return err
	}
	if c.JSON {
		return run.JSON(os.Stdout)
	}
	return nil
}

// restart measures how soon an installation answers on the store the run has left.
func (c benchCmd) restart(ctx context.Context, cfg app.Config) error {
	from := time.Now()
	a, err := app.Open(ctx, cfg, &app.Clock{}, logger())
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	if err := a.DB.Ping(ctx); err != nil {
		return err
	}
	fmt.Printf("%-52s %12.3f %-10s goal %s\n", "start on that store", time.Since(from).Seconds(), "s", "< 1 s")
	if info, err := os.Stat(filepath.Join(cfg.Data, "kompeten.db")); err == nil {
		fmt.Printf("%-52s %12.0f %s\n", "size of the store", float64(info.Size())/(1<<20), "MB")
	}
	return nil
}
