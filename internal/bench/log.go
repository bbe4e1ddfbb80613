package bench

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/tlog"
)

const (
	logBatch = 500    // leaves of one transaction, as when certificates are issued
	logRound = 50_000 // leaves that wait before the log is brought up to date
	proofs   = 200
)

// log fills the transparency log, brings it up to date as it grows, and proves leaves of it.
func (r *Run) log(ctx context.Context) error {
	n := r.sizes.Leaves
	if n == 0 {
		return nil
	}
	if _, err := r.s.Transparency.Integrate(ctx); err != nil {
		return err
	}
	var append, publish time.Duration
	for from := 0; from < n; from += logRound {
		took, err := timed(func() error { return r.leaves(ctx, from, min(from+logRound, n)) })
		if err != nil {
			return err
		}
		append += took
		if took, err = timed(func() error { _, err := r.s.Transparency.Integrate(ctx); return err }); err != nil {
			return err
		}
		publish += took
		if done := from + logRound; done%1_000_000 == 0 {
			fmt.Fprintf(r.out, "%d leaves in the log, %.0f/s so far …\n", done, float64(done)/(append+publish).Seconds())
		}
	}
	took := make([]time.Duration, proofs)
	for i := range took {
		var err error
		if took[i], err = timed(func() error { _, err := r.s.Transparency.Prove(ctx, leafRef(i*n/proofs)); return err }); err != nil {
			return err
		}
	}
	slices.Sort(took)
	r.Add(fmt.Sprintf("log: %d leaves appended, placed, signed, published", n), float64(n)/(append+publish).Seconds(), "/s", "≥ 20,000",
		fmt.Sprintf("append %.0f/s, the rest %.0f/s", float64(n)/append.Seconds(), float64(n)/publish.Seconds()))
	r.Add("  one inclusion proof there", ms(took[proofs/2]), "ms", "< 10 ms", fmt.Sprintf("p99 %.1f ms", ms(took[proofs*99/100])))
	return nil
}

func leafRef(i int) string { return fmt.Sprintf("bench_%09d/1", i) }

// leaves appends leaves as issues would.
func (r *Run) leaves(ctx context.Context, from, to int) error {
	for ; from < to; from += logBatch {
		list := make([]tlog.Leaf, 0, logBatch)
		for i := from; i < min(from+logBatch, to); i++ {
			ref := leafRef(i)
			list = append(list, tlog.Leaf{Ref: ref, Kind: tlog.Issue, Body: "BNSP-LSP-9901-ID", Doc: sha256.Sum256([]byte(ref)), Number: tlog.NumberHash("bench", ref), List: "bench-1", Index: uint32(i)}) // #nosec G115 -- a count
		}
		if err := r.s.DB.Write(ctx, func(tx *db.Tx) error { return tlog.Append(tx, list...) }); err != nil {
			return err
		}
	}
	return nil
}
