package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/verify"
)

const (
	connections = 64
	measureFor  = 4 * time.Second
)

// growth fills the store up to n certificates and measures what people ask of it.
func (r *Run) growth(ctx context.Context, n int) error {
	have, err := r.seed.certificates(ctx, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.out, "with %d certificates in the store:\n", have)
	codes, err := r.codes(ctx)
	if err != nil {
		return err
	}
	if err := r.check(codes); err != nil {
		return err
	}
	return r.pages(ctx, []visit{
		{"  home of an LSP's admin", "admin.otomotif", "/home", ""},
		{"  applications", "admin.otomotif", "/applications", ""},
		{"  certificates", "admin.otomotif", "/certificates", ""},
		{"  certificates by a rare word of the name", "admin.otomotif", "/certificates?q=Wulan+Contoh7", ""},
		{"  certificates not handed over", "admin.otomotif", "/certificates?show=unhanded", ""},
		{"  certificates by two words that every tenth has", "admin.otomotif", "/certificates?q=Wulan+Sari", ""},
		{"  certificates by three that nobody has together", "admin.otomotif", "/certificates?q=Wulan+Sari+Adi", ""},
		{"  certificates by the beginning of a number", "admin.otomotif", "/certificates?q=45407+7231+0+0000", ""},
		{"  applications by a rare word of the name", "admin.otomotif", "/applications?q=Wulan+Contoh7", ""},
		{"  applications by two words that every tenth has", "admin.otomotif", "/applications?q=Wulan+Sari", ""},
		{"  applications by three that nobody has together", "admin.otomotif", "/applications?q=Wulan+Sari+Adi", ""},
		{"  meetings", "admin.otomotif", "/meetings", ""},
		{"  programmes", "admin.otomotif", "/programmes", ""},
	})
}

// codes are those of some certificates of the store, in an order that has nothing to do with theirs.
func (r *Run) codes(ctx context.Context) (codes []string, err error) {
	err = r.s.DB.Read(ctx, func(tx *db.Tx) error {
		codes, err = db.Column[string](tx, "SELECT code FROM certificate ORDER BY code LIMIT 50000")
		return err
	})
	return codes, err
}

// check: the public check by code over HTTP, beside an empty handler in the same run.
func (r *Run) check(codes []string) error {
	h := verify.New(r.s.Certificates, verify.Config{Now: r.s.DB.Now}, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	h.Register(mux)
	mux.HandleFunc("GET /empty", func(http.ResponseWriter, *http.Request) {})
	base, stop, err := listen(mux)
	if err != nil {
		return err
	}
	defer stop()
	code := func(i int) string { return base + "/v/" + codes[i*7919%len(codes)] }
	took, in := load(target{code, "application/json"}, func(i int) bool { return i < len(codes) })
	r.Add("  first check of each of so many codes, JSON", answers{took, in}.rate(), "/s", "", fmt.Sprintf("%d codes; nothing of them in memory yet", len(took)))
	loads := inTurn([]target{{func(int) string { return base + "/empty" }, ""}, {code, "application/json"}, {code, "text/html"}})
	empty, asJSON, p99, asPage, pagep99 := loads[0].rate(), loads[1].rate(), loads[1].p99(), loads[2].rate(), loads[2].p99()
	r.Add("  check by code, JSON", asJSON, "/s", "", fmt.Sprintf("empty handler: %.0f/s", empty))
	r.Add("    share of the empty handler", 100*asJSON/empty, "%", "≥ 50 %", "")
	r.Add("    p99", ms(p99), "ms", "< 20 ms", "")
	r.Add("  check by code, page", asPage, "/s", "", fmt.Sprintf("%.0f %% of the empty handler, p99 %.1f ms", 100*asPage/empty, ms(pagep99)))
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// listen serves a handler on a free port.
func listen(h http.Handler) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	return "http://" + l.Addr().String(), func() { _ = srv.Close() }, nil
}

// target is what is asked for: the n-th address, and as what.
type target struct {
	url    func(int) string
	accept string
}

// answers are how long answers took, and in how long a time all of them came.
type answers struct {
	took []time.Duration
	in   time.Duration
}

func (a answers) rate() float64 { return float64(len(a.took)) / a.in.Seconds() }

func (a answers) p99() time.Duration {
	slices.Sort(a.took)
	if len(a.took) == 0 {
		return 0
	}
	return a.took[len(a.took)*99/100]
}

// rounds is how often the targets take turns, so that what else the machine does meets all of them alike.
const rounds = 8

// inTurn loads each target for a while, a short round each, in turn.
func inTurn(list []target) []answers {
	out := make([]answers, len(list))
	for range rounds {
		for i, t := range list {
			end := time.Now().Add(measureFor / rounds)
			took, in := load(t, func(int) bool { return time.Now().Before(end) })
			out[i].took = append(out[i].took, took...)
			out[i].in += in
		}
	}
	return out
}

// load asks from many connections, as long as there is more to ask for.
func load(t target, more func(i int) bool) (all []time.Duration, in time.Duration) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var wg sync.WaitGroup
	from := time.Now()
	for c := range connections {
		wg.Go(func() {
			var mine []time.Duration
			for i := c; more(i); i += connections {
				at := time.Now()
				if ask(client, t, i) != nil {
					return
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return all, time.Since(from)
}

// ask asks once and reads the answer.
func ask(client *http.Client, t target, i int) error {
	req, err := http.NewRequest(http.MethodGet, t.url(i), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", t.accept)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}
