package bench

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/verify"
)

// Register measures the check by number where a nation's certificates are in the store, beside the same at 10,000.
func (r *Run) Register(ctx context.Context, n int) error {
	x, err := newSeed(ctx, r.s, r.world)
	if err != nil {
		return err
	}
	var first float64
	have := 0
	for _, size := range []int{min(10_000, n), n} {
		took, err := timed(func() error { return x.numbered(ctx, have, size) })
		if err != nil {
			return err
		}
		fmt.Fprintf(r.out, "with %d certificates in the register (filled in %.0f s):\n", size, took.Seconds())
		have = size
		share, err := r.byNumber(size)
		if err != nil {
			return err
		}
		if first == 0 {
			first = share
		} else {
			r.Add("  beside the rate at 10,000", 100*share/first, "%", "≥ 80 %", "each taken beside an empty handler, so that both sizes meet the same machine")
		}
	}
	return nil
}

// byNumber measures checks by number over HTTP, at full speed and at 2,000 a second, and gives the rate as a share of an
// empty handler's.
func (r *Run) byNumber(n int) (float64, error) {
	mux := http.NewServeMux()
	verify.New(r.s.Certificates, verify.Config{Now: r.s.DB.Now}, slog.New(slog.DiscardHandler)).Register(mux)
	mux.HandleFunc("GET /empty", func(http.ResponseWriter, *http.Request) {})
	base, stop, err := listen(mux)
	if err != nil {
		return 0, err
	}
	defer stop()
	const apart = 2_654_435_761 // a step that goes all through the register, never near the last place
	number := target{func(i int) string { return fmt.Sprintf("%s/check?q=45407+7231+0+%08d+2025", base, i*apart%n) }, "application/json"}
	load(number, func(i int) bool { return i < 50_000 }) // a server that has run for a while
	loads := inTurn([]target{{func(int) string { return base + "/empty" }, ""}, number})
	empty, rate := loads[0].rate(), loads[1].rate()
	r.Add("  check by number, JSON", rate, "/s", "", fmt.Sprintf("%.0f %% of the empty handler, p99 %.1f ms", 100*rate/empty, ms(loads[1].p99())))
	paced := pace(number, 2_000, measureFor)
	r.Add("    p99 at 2,000 a second", ms(paced.p99()), "ms", "< 20 ms", fmt.Sprintf("%d answers", len(paced.took)))
	return rate / empty, nil
}

// pace asks so many times a second, however long answers take: a late answer counts from when it was due.
func pace(t target, perSecond int, during time.Duration) answers {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var out answers
	var wg sync.WaitGroup
	from := time.Now()
	for c := range connections {
		wg.Go(func() {
			var mine []time.Duration
			for i := c; ; i += connections {
				due := from.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
				if due.Sub(from) > during {
					break
				}
				time.Sleep(time.Until(due))
				if ask(client, t, i) != nil {
					break
				}
				mine = append(mine, time.Since(due))
			}
			mu.Lock()
			out.took = append(out.took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	out.in = time.Since(from)
	return out
}

// numbered fills the register from one size to another with certificates in the order of their numbers, each with its
// application, by one statement for many: the store would take an hour to grow so large step by step.
func (x *seed) numbered(ctx context.Context, from, to int) error {
	const code, number = "CODECODECODE", "NUMBERNUMBER"
	public, err := certificate.PublicFacts(certificate.Facts{Code: code, Number: number, Name: "Adi C*****", IssuedOn: "2026-01-05", ValidUntil: "2029-01-05", Sample: true})
	if err != nil {
		return err
	}
	for a := from; a < to; a += registerStep {
		err := x.s.DB.Write(ctx, func(tx *db.Tx) error {
			kept, err := certificate.KeepFace(tx, x.face())
			if err != nil {
				return err
			}
			person := string(x.world.Actor("asesor1.otomotif").Person)
			b := min(a+registerStep, to) - 1
			if _, err := tx.Exec(registerApplications, a, b, person, x.lsp, string(x.version.ID), db.At(tx.Now())); err != nil {
				return err
			}
			_, err = tx.Exec(registerCertificates, a, b, person, x.lsp, string(x.version.ID), db.At(tx.Now()), kept, public, unsigned)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const registerStep = 100_000

// numbers counts from $1 to $2; serial is a number with its zeros.
const (
	numbers = "WITH RECURSIVE n (i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2) "
	serial  = "SUBSTR(CAST(100000000 + i AS TEXT), 2)"

	registerApplications = numbers + `INSERT INTO application (id, programme, nominee, person, name, fold, lsp, office, scheme_version, funding, giver, district, sector, employer, state, stage, note, sample, created_at, version)
SELECT 'app_bench' || ` + serial + `, '', '', $3, 'Adi Contoh', 'adi contoh', $4, '', $5, 2, 62, '33.74.01', 'Bengkel motor', '', 'accepted', 'issued', '', TRUE, $6, 1 FROM n`

	registerCertificates = numbers + `INSERT INTO certificate (id, application, decision, meeting, programme, lsp, person, scheme_version, code, number, number_key, registration, blank, name, fold,
	issued_on, valid_until, state, face, photo, public, handed_note, sample, version, signing_key, signed_at, signature, qr_signature, status_list, status_index)
SELECT 'crt_bench' || ` + serial + `, 'app_bench' || ` + serial + `, '', '', '', $4, $3, $5, 'BNCH' || ` + serial + `, '45407 7231 0 ' || ` + serial + ` || ' 2025', '4540772310' || ` + serial + ` || '2025', '', '', 'Adi Contoh', 'adi contoh',
	'2026-01-05', '2029-01-05', 'active', $7, '', REPLACE(REPLACE($8, 'CODECODECODE', 'BNCH' || ` + serial + `), 'NUMBERNUMBER', '45407 7231 0 ' || ` + serial + ` || ' 2025'), '', TRUE, 1, 'key-1', $6, $9, $9, 'bench', i FROM n`
)
