// Package bench measures what docs/bench.md tells: whole pieces of work, on a real store, beside what they are
// compared with in the same run.
package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/document"
	"kompeten/internal/paper"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/sheet"
)

// Figure is one measurement: how much, of what, beside which goal.
type Figure struct {
	Work  string  `json:"work"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Goal  string  `json:"goal"`
	Note  string  `json:"note,omitempty"`
}

// Sizes says how much work is measured.
type Sizes struct {
	Rows         int // of a list
	Decisions    int // decided and numbered
	Certificates int // in the store when checks are measured
	Single       int // certificates issued one by one through the API
	Leaves       int // put into the log
}

// Run is a measuring run on one installation.
type Run struct {
	s       product.Services
	site    http.Handler
	world   *demo.World
	sizes   Sizes
	out     io.Writer
	Figures []Figure
	seed    *seed
}

// New prepares a run; site answers requests as the installation would. Progress goes to out.
func New(s product.Services, w *demo.World, site http.Handler, sizes Sizes, out io.Writer) *Run {
	return &Run{s: s, world: w, site: site, sizes: sizes, out: out}
}

// Add notes a figure and prints it.
func (r *Run) Add(work string, value float64, unit, goal, note string) {
	f := Figure{work, value, unit, goal, note}
	r.Figures = append(r.Figures, f)
	fmt.Fprintf(r.out, "%-52s %12.1f %-10s goal %-14s %s\n", work, value, unit, goal, note)
}

// parts are what can be measured, in the order that the store grows: what is asked of it is measured at 10,000
// certificates, with those that were decided, and at the size asked for.
var parts = []struct {
	name string
	run  func(*Run, context.Context) error
}{
	{"list", (*Run).list},
	{"people", (*Run).nominate},
	{"checks", func(r *Run, ctx context.Context) error { return r.growth(ctx, min(10_000, r.sizes.Certificates)) }},
	{"decisions", (*Run).decide},
	{"paper", (*Run).print},
	{"checks", func(r *Run, ctx context.Context) error { return r.growth(ctx, 0) }},
	{"one", (*Run).oneByOne},
	{"checks", func(r *Run, ctx context.Context) error { return r.growth(ctx, r.sizes.Certificates) }},
	{"log", (*Run).log},
	{"beside", (*Run).beside},
}

// Measure measures the parts that are named; all of them when none is.
func (r *Run) Measure(ctx context.Context, only ...string) error {
	var err error
	if r.seed, err = newSeed(ctx, r.s, r.world); err != nil {
		return err
	}
	for _, p := range parts {
		if len(only) > 0 && !slices.Contains(only, p.name) {
			continue
		}
		if err := p.run(r, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// JSON writes the figures for machines.
func (r *Run) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r.Figures)
}

// timed is how long a function takes.
func timed(fn func() error) (time.Duration, error) {
	from := time.Now()
	err := fn()
	return time.Since(from), err
}

// best runs a function a few times and keeps the shortest, for work without side effects.
func best(n int, fn func() error) (shortest time.Duration, err error) {
	for range n {
		d, err := timed(fn)
		if err != nil {
			return 0, err
		}
		if shortest == 0 || d < shortest {
			shortest = d
		}
	}
	return shortest, nil
}

// list: read and check a list, beside only reading its cells with the same library.
func (r *Run) list(context.Context) error {
	data := sheet.SampleList(r.sizes.Rows, 1)
	only, err := best(3, func() error { return readOnly(data) })
	if err != nil {
		return err
	}
	whole, err := best(3, func() error {
		_, err := sheet.Check(data, "list.xlsx", sheet.Options{Day: "2026-03-02"})
		return err
	})
	if err != nil {
		return err
	}
	r.Add(fmt.Sprintf("read and check a list of %d rows", r.sizes.Rows), whole.Seconds(), "s", "≤ 2 s", "")
	r.Add("  beside only reading its cells", whole.Seconds()/only.Seconds(), "×", "≤ 2×", fmt.Sprintf("only reading: %.2f s", only.Seconds()))
	return nil
}

func readOnly(data []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	rows, err := f.Rows("Peserta")
	if err != nil {
		return err
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return err
		}
	}
	return rows.Close()
}

// nominate: good rows of a list become people, nominees and applications; then the page of the programme.
func (r *Run) nominate(ctx context.Context) error {
	officer := r.world.Actor("petugas.semarang")
	var v scheme.Version
	err := r.s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v, err = scheme.ByKey(tx, officer, "demo-kl-servis-ringan-motor")
		return err
	})
	if err != nil {
		return err
	}
	pid, err := r.s.Programmes.Create(ctx, officer, programme.Programme{Office: r.world.Org("disperin-semarang"), LSP: r.world.Org("lsp-otomotif"), Title: "Bench", Year: 2026, Funding: 2,
		Giver: 62, Seats: 1_000_000, Regency: "33.74", HeldOn: date.Of(r.s.DB.Now(), date.WIB).AddDays(30), Schemes: []scheme.VersionID{v.ID}, Sample: true})
	if err != nil {
		return err
	}
	if err := r.s.Programmes.Open(ctx, officer, pid); err != nil {
		return err
	}
	data := sheet.SampleList(r.sizes.Rows, 7)
	took, err := timed(func() error { _, err := r.s.Programmes.Upload(ctx, officer, pid, "list.xlsx", data); return err })
	if err != nil {
		return err
	}
	r.Add(fmt.Sprintf("upload %d rows: read, check, seal, keep", r.sizes.Rows), float64(r.sizes.Rows)/took.Seconds(), "rows/s", "", "")
	took, err = timed(func() error {
		if _, err := r.s.Programmes.Nominate(ctx, officer, pid, nil); err != nil {
			return err
		}
		_, err := r.s.Applications.DraftAll(ctx, officer, pid)
		return err
	})
	if err != nil {
		return err
	}
	r.Add(fmt.Sprintf("import %d nominees into applications", r.sizes.Rows), float64(r.sizes.Rows)/took.Seconds(), "rows/s", "≥ 3,000", "people sealed, ledger row each")
	return r.pages(ctx, []visit{
		{fmt.Sprintf("page of a programme of %d nominees", r.sizes.Rows), "petugas.semarang", "/programmes/" + string(pid), "< 50 ms"},
		{"  its list", "petugas.semarang", "/programmes/" + string(pid) + "/list", ""},
	})
}

// decide: a closed vote on many cases becomes decisions, then certificates with their numbers.
func (r *Run) decide(ctx context.Context) error {
	fmt.Fprintf(r.out, "seeding %d recommended cases …\n", r.sizes.Decisions)
	mid, err := r.seed.meeting(ctx, r.sizes.Decisions)
	if err != nil {
		return err
	}
	chair, head := r.world.Actor("komite1.otomotif"), r.world.Actor("ketua.otomotif")
	closed, err := timed(func() error { return r.s.Decisions.Close(ctx, chair, mid) })
	if err != nil {
		return err
	}
	if err := r.s.Decisions.Decree(ctx, head, mid); err != nil {
		return err
	}
	issued, err := timed(func() error { return r.issue(ctx, mid) })
	if err != nil {
		return err
	}
	n := float64(r.sizes.Decisions)
	r.Add(fmt.Sprintf("decide %d cases", r.sizes.Decisions), n/closed.Seconds(), "/s", "", "")
	r.Add(fmt.Sprintf("number and issue %d certificates", r.sizes.Decisions), n/issued.Seconds(), "/s", "", "durable: signed twice, status place, leaf, ledger row each")
	leaves, logged := int64(0), time.Duration(0)
	logged, err = timed(func() (err error) { leaves, err = r.s.Transparency.Integrate(ctx); return err })
	if err != nil {
		return err
	}
	r.Add("decide and number together", n/(closed+issued).Seconds(), "/s", "≥ 2,000", "")
	r.Add(fmt.Sprintf("log: %d leaves get their places and are published", leaves), float64(leaves)/logged.Seconds(), "/s", "≥ 20,000", "")
	return nil
}

func (r *Run) issue(ctx context.Context, mid decision.MeetingID) error {
	return r.s.Certificates.IssueAll(ctx, auth.Actor{System: certificate.IssueJob}, mid, "")
}

// print: certificates as PDF on all cores.
func (r *Run) print(ctx context.Context) error {
	var all []certificate.Certificate
	err := r.s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, _, err = certificate.Search(tx, r.world.Actor("ketua.otomotif"), certificate.Filter{LSP: r.world.Org("lsp-otomotif"), Limit: 100})
		return err
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("there is no certificate to print: measure decisions as well")
	}
	n, press := 10*len(all), paper.NewPress(r.s)
	took, err := timed(func() error {
		return document.Each(ctx, n, func(i int) ([]byte, error) {
			return press.Certificate(ctx, all[i%len(all)])
		}, func(int, []byte) error { return nil })
	})
	r.Add("PDF certificates, signed, with credential inside", float64(n)/took.Seconds(), "/s", "≥ 150", fmt.Sprintf("%d cores", runtime.GOMAXPROCS(0)))
	return err
}
