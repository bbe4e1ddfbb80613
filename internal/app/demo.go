package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"kompeten/internal/demo"
)

// demoStart is how far in the past a demonstration begins.
const demoStart = 60 * 24 * time.Hour

// OpenDemo opens a demonstration in a directory and builds its sample installation there.
func OpenDemo(ctx context.Context, cfg Config, log *slog.Logger) (*App, *demo.World, error) {
	clock := &Clock{}
	clock.Set(demoStart)
	a, err := Open(ctx, cfg, clock, log)
	if err != nil {
		return nil, nil, err
	}
	w, err := demo.Build(ctx, a.Services)
	if err == nil {
		_, err = a.Transparency.Integrate(ctx) // before the clock jumps: an auditor asks why a leaf is late
	}
	if err != nil {
		_ = a.Close()
		return nil, nil, err
	}
	return a, w, nil
}

// PlayAll plays the sample stories, each as far as leaves something for every duty to do, and lets the clock catch
// up.
func (a *App) PlayAll(ctx context.Context, w *demo.World) error {
	for _, s := range []struct {
		story string
		stop  demo.Stop
	}{{"semarang", demo.UntilEnd}, {"probolinggo", demo.UntilHalf}} {
		if _, err := w.Play(ctx, s.story, nil, "", s.stop, a.Clock.Jump); err != nil {
			return err
		}
		if _, err := a.Transparency.Integrate(ctx); err != nil {
			return err
		}
	}
	a.Clock.Set(0)
	if _, err := w.Play(ctx, "malang", nil, "", demo.UntilConfirmed, a.Clock.Jump); err != nil {
		return err
	}
	return a.Seal(ctx)
}

// PlayList plays one story on a list and writes what it made.
func (a *App) PlayList(ctx context.Context, w *demo.World, story, file, out string) (demo.Result, error) {
	data, err := os.ReadFile(file) // #nosec G304 -- the file the user named
	if err != nil {
		return demo.Result{}, fmt.Errorf("list: %w", err)
	}
	res, err := w.Play(ctx, story, data, file, demo.UntilEnd, a.Clock.Jump)
	if err != nil {
		return res, err
	}
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		return res, err
	}
	a.Clock.Set(0)
	if out != "" {
		if err = w.Write(ctx, story, res, out); err == nil {
			err = a.WriteBundle(ctx, filepath.Join(out, "bundle"))
		}
	}
	return res, err
}
