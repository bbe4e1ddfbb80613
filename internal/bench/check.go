package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"kompeten/internal/verify"
)

const (
	connections = 64
	measureFor  = 4 * time.Second
)

// check: the public check by code over HTTP, at growing sizes of the store, beside an empty handler in the same run.
func (r *Run) check(ctx context.Context) error {
	for _, n := range []int{10_000, 100_000, r.sizes.Certificates} {
		if n > r.sizes.Certificates {
			continue
		}
		fmt.Fprintf(r.out, "filling the store to %d certificates …\n", n)
		codes, err := r.seed.certificates(ctx, n)
		if err != nil {
			return err
		}
		if len(codes) == 0 {
			continue
		}
		if err := r.checkAt(n, codes); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) checkAt(n int, codes []string) error {
	h := verify.New(r.s.Certificates, verify.Config{Now: r.s.DB.Now}, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	h.Register(mux)
	mux.HandleFunc("GET /empty", func(http.ResponseWriter, *http.Request) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	defer func() { _ = srv.Close() }()
	base := "http://" + l.Addr().String()
	empty, _ := load(func(int) string { return base + "/empty" }, "")
	asJSON, p99 := load(func(i int) string { return base + "/v/" + codes[i*7919%len(codes)] }, "application/json")
	asPage, pagep99 := load(func(i int) string { return base + "/v/" + codes[i*7919%len(codes)] }, "text/html")
	name := fmt.Sprintf("check by code, %d certificates", n)
	r.add(name+", JSON", asJSON, "/s", "", fmt.Sprintf("empty handler: %.0f/s", empty))
	r.add("  share of the empty handler", 100*asJSON/empty, "%", "≥ 50 %", "")
	r.add("  p99", float64(p99.Microseconds())/1000, "ms", "< 20 ms", "")
	r.add(name+", page", asPage, "/s", "", fmt.Sprintf("%.0f %% of the empty handler, p99 %.1f ms", 100*asPage/empty, float64(pagep99.Microseconds())/1000))
	return nil
}

// load asks from many connections for a while and gives the rate and the 99th percentile.
func load(url func(int) string, accept string) (perSecond float64, p99 time.Duration) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	from := time.Now()
	for c := range connections {
		wg.Go(func() {
			var mine []time.Duration
			for i := c; time.Since(from) < measureFor; i += connections {
				at := time.Now()
				req, err := http.NewRequest(http.MethodGet, url(i), nil)
				if err != nil {
					return
				}
				req.Header.Set("Accept", accept)
				res, err := client.Do(req)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	took := time.Since(from)
	slices.Sort(all)
	if len(all) == 0 {
		return 0, 0
	}
	return float64(len(all)) / took.Seconds(), all[len(all)*99/100]
}
