package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"kompeten/internal/api"
	"kompeten/internal/auth"
	"kompeten/internal/oid4vci"
	"kompeten/internal/paper"
	"kompeten/internal/text"
	"kompeten/internal/verify"
	"kompeten/internal/web"
)

// Handler answers every request of an installation: health, the public check, the pages.
func (a *App) Handler(sample bool, hints []web.SignInHint) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.DB.Ping(r.Context()); err != nil {
			http.Error(w, "database", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	verify.New(public{a.Certificates, a}, verify.Config{Limits: a.limits, Lookups: a.Lookups, Sample: sample, Version: Version, Now: a.Clock.Now}, a.Log).Register(mux)
	oid4vci.New(a.Offers, a.Log).Register(mux)
	mux.Handle("/api/", api.New(a.Services, Version))
	mux.Handle("/", web.New(a.Services, web.Config{Base: strings.TrimSuffix(a.Config.Base, "/"), Secure: strings.HasPrefix(a.Config.Base, "https://"), Sample: sample, Version: Version, Hints: hints}, a.Log))
	return visitors(a.proxies, web.Headers(mux))
}

// sealEvery is how often the heads of the ledger's books are marked.
const sealEvery = time.Minute

// Serve answers requests and works on jobs until the context ends; then what is under way is finished.
func (a *App) Serve(ctx context.Context) error { return a.serve(ctx, a.Handler(false, nil), nil) }

func (a *App) serve(ctx context.Context, h http.Handler, ready func(address string)) error {
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := paper.Stamping(context.WithoutCancel(ctx), a.Services); err != nil {
		return errors.Join(err, l.Close())
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	a.Log.Info("ready", "listen", l.Addr().String(), "base", a.Config.Base, "database", a.DB.Engine())
	if ready != nil {
		ready(l.Addr().String())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() { defer close(done); a.Runner.Run(ctx) }()
	go a.sealing(ctx)
	go a.logging(ctx)
	go a.reminding(ctx)
	go a.anchoring(ctx)
	go a.lookingUp(ctx)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = srv.Shutdown(end)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-done
	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.lastAnchor(last); err != nil { // nothing is lost: the next day's head stands for this one too
		a.Log.Error("anchor", "err", err)
	}
	return nil
}

func (a *App) sealing(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.Seal(ctx); err != nil && ctx.Err() == nil {
				a.Log.Error("seal", "err", err)
			}
		}
	}
}

// ServeDemo serves a demonstration and prints how to sign in.
func (a *App) ServeDemo(ctx context.Context, w *World, out io.Writer) error {
	var hints []web.SignInHint
	for _, acc := range w.Accounts {
		hints = append(hints, web.SignInHint{Name: acc.Name, Duty: text.T(text.ID, "duty."+string(acc.Duty)) + ", " + acc.Org, Login: acc.Email, Password: w.Password()})
	}
	return a.serve(ctx, a.Handler(true, hints), func(address string) {
		fmt.Fprintf(out, "\nKompeten demonstration: http://%s\nAll people and results are sample data. Password of every account: %s\n\n", address, w.Password())
		for _, acc := range w.Accounts {
			if acc.Duty != auth.Trainer {
				fmt.Fprintf(out, "  %-34s %-24s %s\n", acc.Email, text.T(text.EN, "duty."+string(acc.Duty)), acc.Org)
			}
		}
		fmt.Fprintln(out, "\nStop with Ctrl-C.")
	})
}
