package application

import (
	"slices"

	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Stage is how far a file has come through the whole process; states of single records are kept beside it.
type Stage string

// The stages, in order.
const (
	StageDraft     Stage = "draft"
	StageSubmitted Stage = "submitted"
	StageReturned  Stage = "returned"
	StageRejected  Stage = "rejected"
	StageWithdrawn Stage = "withdrawn"
	StageAccepted  Stage = "accepted"
	StageScheduled Stage = "scheduled"
	StageConsented Stage = "consented"
	StageRunning   Stage = "running"
	StageAbsent    Stage = "absent"
	StagePostponed Stage = "postponed"
	StageK         Stage = "assessed_k"
	StageBK        Stage = "assessed_bk"
	StageDeferred  Stage = "deferred"
	StageGranted   Stage = "granted"
	StageRefused   Stage = "refused"
	StageIssued    Stage = "issued"
	StageHanded    Stage = "handed_over"
)

// Stages lists them in order.
func Stages() []Stage {
	return []Stage{StageDraft, StageSubmitted, StageReturned, StageRejected, StageWithdrawn, StageAccepted, StageScheduled, StageConsented, StageRunning,
		StageAbsent, StagePostponed, StageK, StageBK, StageDeferred, StageGranted, StageRefused, StageIssued, StageHanded}
}

// before says from which stages a file may come to a later one. The stages up to accepted are the application's own
// (see Flow); those after it are moved by the features below.
var before = map[Stage][]Stage{
	StageAccepted:  {StageScheduled, StageAbsent, StagePostponed},
	StageScheduled: {StageAccepted, StageAbsent, StagePostponed},
	StageConsented: {StageScheduled},
	StageRunning:   {StageConsented},
	StageAbsent:    {StageScheduled, StageConsented},
	StagePostponed: {StageScheduled, StageConsented, StageRunning},
	StageK:         {StageRunning},
	StageBK:        {StageRunning},
	StageGranted:   {StageK, StageBK, StageDeferred},
	StageRefused:   {StageK, StageBK, StageDeferred},
	StageDeferred:  {StageK, StageBK, StageDeferred},
	StageIssued:    {StageGranted},
	StageHanded:    {StageIssued},
}

// Advance moves the stage of many files; the caller is a feature that holds the Pass for what moved them. Where one of
// them has not come to the stage before, nothing is moved.
func Advance(tx *db.Tx, ids []ID, to Stage) error {
	var from []any
	for _, s := range before[to] {
		from = append(from, string(s))
	}
	if len(from) == 0 {
		return fault.New(fault.Invalid, "application.stage_order")
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for part := range slices.Chunk(ids, 100) {
		args := make([]any, 101, 101+len(from))
		args[0] = string(to)
		for i := range 100 {
			args[i+1] = string(part[min(i, len(part)-1)])
		}
		n, err := tx.Exec("UPDATE application SET stage = $1 WHERE id IN "+db.Places(2, 100)+" AND state = 'accepted' AND stage IN "+db.Places(102, len(from)), append(args, from...)...)
		if err != nil {
			return err
		}
		if int(n) != len(part) {
			return fault.New(fault.Conflict, "application.stage_order")
		}
	}
	return nil
}
