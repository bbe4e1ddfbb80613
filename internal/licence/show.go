package licence

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

// Offers lists what an actor could do with something of an LSP that stands in a state: a licence, an assessor, a test
// place or a blank; None for what is not there yet.
func Offers(c flow.Case, org auth.OrgID, state flow.State) []flow.Offer {
	return Flow.Offers(c, subject{org, state})
}

// Run is a run of blanks received, with what of it is left.
type Run struct {
	Range
	Next string // the serial printed on next; empty when none is left
	Left int64
}

// Runs lists the runs of blanks an LSP has received, in the order in which they are used up, for its own people and the
// regulator.
func Runs(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]Run, error) {
	if !actor.In(org) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	runs, err := ranges(tx, org)
	if err != nil {
		return nil, err
	}
	off, err := spare(tx, org)
	if err != nil {
		return nil, err
	}
	var out []Run
	for _, r := range runs {
		run := Run{Range: r.Range, Left: count([]stockRange{r}, off)}
		for n := r.next; n <= r.Last && run.Next == ""; n++ {
			if _, gone := slices.BinarySearch(off, r.Serial(n)); !gone {
				run.Next = r.Serial(n)
			}
		}
		out = append(out, run)
	}
	return out, nil
}
