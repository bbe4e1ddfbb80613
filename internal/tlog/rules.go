package tlog

import (
	"fmt"
	"time"
)

// What a finding is about.
const (
	FoundCheckpoint = "checkpoint" // missing, malformed, or not signed as it should be
	FoundFork       = "fork"       // a checkpoint known from before is not of this history
	FoundRollback   = "rollback"   // what is published is older than what is known
	FoundRoot       = "root"       // entries do not add up to the signed root
	FoundTile       = "tile"       // a tile is missing, malformed or changed
	FoundEntry      = "entry"      // an entry is missing, malformed or changed
	FoundTime       = "time"       // a leaf is dated before the one before it, or told of long after it happened
	FoundTwice      = "twice"      // a number, or a place in a status list, was given twice
	FoundOrder      = "order"      // an event without the issue it follows, or that its state does not allow
	FoundDatabase   = "database"   // a row of the database is not what was published
)

// Finding is one thing that is not as it should be, and where.
type Finding struct {
	What   string // one of the above
	Place  string // file of the log, or row of the database
	Index  int64  // of the leaf; -1 where it is about no single one
	Detail string
}

// String is the finding on one line.
func (f Finding) String() string {
	if f.Index < 0 {
		return fmt.Sprintf("%s: %s: %s", f.Place, f.What, f.Detail)
	}
	return fmt.Sprintf("%s: leaf %d: %s: %s", f.Place, f.Index, f.What, f.Detail)
}

// late is how long after an event its leaf may come before an auditor should ask why.
const late = 48 * time.Hour

// fact is what a certificate is, as far as the leaves tell. Keys are half hashes: two different ones that are alike
// would raise a false alarm, never hide anything, and a log of ten million needs half the memory.
type fact struct {
	list    int32
	index   uint32
	revoked bool
	paused  bool
}

// rules judge leaves in their order.
type rules struct {
	last   time.Time
	facts  map[[16]byte]fact
	lists  map[string]int32
	places map[uint64]bool
	report func(what string, index int64, detail string)
}

func newRules(report func(what string, index int64, detail string)) *rules {
	return &rules{facts: map[[16]byte]fact{}, lists: map[string]int32{}, places: map[uint64]bool{}, report: report}
}

func (r *rules) judge(index int64, l Leaf) {
	switch {
	case l.Logged.Before(r.last):
		r.report(FoundTime, index, fmt.Sprintf("logged %s, the leaf before it %s", l.Logged, r.last))
	case l.At.After(l.Logged):
		r.report(FoundTime, index, fmt.Sprintf("happened %s, logged %s", l.At, l.Logged))
	case l.Logged.Sub(l.At) > late:
		r.report(FoundTime, index, fmt.Sprintf("happened %s, logged only %s", l.At, l.Logged))
	}
	if l.Logged.After(r.last) {
		r.last = l.Logged
	}
	if cert, _ := l.Kind.certificate(); cert {
		r.certificate(index, l)
	}
}

func (r *rules) certificate(index int64, l Leaf) {
	list, known := r.lists[l.List]
	if !known {
		list = int32(len(r.lists))
		r.lists[l.List] = list
	}
	place := uint64(list)<<32 | uint64(l.Index)
	key := [16]byte(l.Number[:16])
	f, issued := r.facts[key]
	say := func(what, detail string) {
		r.report(what, index, fmt.Sprintf("%s %s of %s: %s", l.Kind, l.Ref, l.Body, detail))
	}
	switch {
	case l.Kind == Issue && issued:
		say(FoundTwice, "the number was issued before")
		return
	case l.Kind == Issue && r.places[place]:
		say(FoundTwice, fmt.Sprintf("place %d of status list %s was given before", l.Index, l.List))
	case l.Kind == Issue:
	case !issued:
		say(FoundOrder, "the number was never issued")
		return
	case f.revoked:
		say(FoundOrder, "it was revoked before")
	case l.Kind == Suspend && f.paused:
		say(FoundOrder, "it was suspended before")
	case l.Kind == Resume && !f.paused:
		say(FoundOrder, "it was not suspended")
	case l.Kind == Renew && (f.list != list || f.index != l.Index) && r.places[place]:
		say(FoundTwice, fmt.Sprintf("place %d of status list %s was given before", l.Index, l.List))
	case l.Kind != Renew && (f.list != list || f.index != l.Index):
		say(FoundOrder, fmt.Sprintf("place %d of status list %s is not its own", l.Index, l.List))
	}
	if l.Kind == Issue || l.Kind == Renew {
		f.list, f.index = list, l.Index
		r.places[place] = true
	}
	f.revoked = f.revoked || l.Kind == Revoke
	f.paused = l.Kind == Suspend || f.paused && l.Kind != Resume
	r.facts[key] = f
}
