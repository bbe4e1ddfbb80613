package licence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

// Serial is how the number of a blank stands on the paper.
func (r Range) Serial(n int64) string { return fmt.Sprintf("%s%0*d", r.Prefix, r.Width, n) }

func (r Range) check() error {
	if r.First < 1 || r.Last < r.First || r.Width < 1 || r.Width > 12 || len(fmt.Sprint(r.Last)) > r.Width || !r.ReceivedOn.Valid() {
		return fault.New(fault.Invalid, "form.invalid").With("last", "licence.range_wrong")
	}
	return nil
}

// overlaps says whether two runs share a serial as it stands on the paper, whatever part of it is called prefix.
func (r Range) overlaps(o Range) bool {
	if len(r.Prefix)+r.Width != len(o.Prefix)+o.Width || !strings.HasPrefix(r.Prefix, o.Prefix) && !strings.HasPrefix(o.Prefix, r.Prefix) {
		return false
	}
	return r.Serial(r.First) <= o.Serial(o.Last) && o.Serial(o.First) <= r.Serial(r.Last)
}

// stockRange is a run of blanks with what of it is left.
type stockRange struct {
	id string
	Range
	next int64
}

func ranges(tx *db.Tx, org auth.OrgID) ([]stockRange, error) {
	return db.All(tx, func(r *stockRange) []any {
		return []any{&r.id, &r.Prefix, &r.Width, &r.First, &r.Last, &r.next, &r.ReceivedOn}
	}, "SELECT id, prefix, width, first, last, next, received_on FROM blank_range WHERE org = $1 ORDER BY received_on, first, id", string(org))
}

// spare is the serials written off before they were printed on.
func spare(tx *db.Tx, org auth.OrgID) ([]string, error) {
	return db.Column[string](tx, "SELECT serial FROM blank WHERE org = $1 AND certificate = '' ORDER BY serial", string(org))
}

// left says whether a serial is in the run and not yet given out.
func (r stockRange) left(serial string) bool {
	return r.next <= r.Last && len(serial) == len(r.Prefix)+r.Width && strings.HasPrefix(serial, r.Prefix) && r.Serial(r.next) <= serial && serial <= r.Serial(r.Last)
}

// count is how many blanks of the runs are left, without those written off.
func count(runs []stockRange, off []string) (n int64) {
	for _, r := range runs {
		n += r.Last - r.next + 1
		for _, serial := range off {
			if r.left(serial) {
				n--
			}
		}
	}
	return n
}

// SpoilBlank marks a blank that was misprinted; it is kept and never used again.
func (s *Service) SpoilBlank(ctx context.Context, actor auth.Actor, org auth.OrgID, serial, reason string) error {
	return s.do(ctx, actor, "spoil_blank", subject{org, "active"}, serial, reason, func(tx *db.Tx) error { return writeOff(tx, org, serial, "spoiled", reason) })
}

// WriteOffBlank takes a blank out of use that was lost, sent back to BNSP or made void, printed on or not.
func (s *Service) WriteOffBlank(ctx context.Context, actor auth.Actor, org auth.OrgID, serial, state, reason string) error {
	return s.do(ctx, actor, "write_off_blank", subject{org, "active"}, serial, reason, func(tx *db.Tx) error {
		if !slices.Contains([]string{"returned", "lost", "void"}, state) {
			return fault.New(fault.Invalid, "form.invalid").With("state", "form.required")
		}
		return writeOff(tx, org, serial, state, reason)
	})
}

func writeOff(tx *db.Tx, org auth.OrgID, serial, state, reason string) error {
	var have flow.State
	err := tx.Get("SELECT state FROM blank WHERE org = $1 AND serial = $2", []any{string(org), serial}, &have)
	switch {
	case err == nil && (have == "used" || have == "spoiled" && state == "returned"): // what was spoilt goes back to BNSP
		return tx.Change("UPDATE blank SET state = $3, reason = $4, at = $5 WHERE org = $1 AND serial = $2", string(org), serial, state, reason, db.At(tx.Now()))
	case err == nil:
		return fault.New(fault.Conflict, "licence.blank_gone")
	case !fault.Is(err, fault.NotFound):
		return err
	}
	runs, err := ranges(tx, org)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(runs, func(r stockRange) bool { return r.left(serial) }) {
		return fault.New(fault.NotFound, "licence.blank_unknown")
	}
	_, err = tx.Exec("INSERT INTO blank (org, serial, state, certificate, reason, at) VALUES ($1, $2, $3, '', $4, $5)", string(org), serial, state, reason, db.At(tx.Now()))
	return err
}

// Blank is one blank that has left the stock.
type Blank struct {
	Serial      string
	State       flow.State // used, spoiled, returned, lost, void
	Certificate string
	Reason      string
	At          db.Time
}

// BlanksAtOnce is how many blanks a page of the list has.
const BlanksAtOnce = 50

// Blanks lists what became of an LSP's blanks, by serial, after one already shown; one more than BlanksAtOnce says
// that there are others.
func Blanks(tx *db.Tx, actor auth.Actor, org auth.OrgID, after string) ([]Blank, error) {
	if !actor.In(org) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, func(b *Blank) []any { return []any{&b.Serial, &b.State, &b.Certificate, &b.Reason, &b.At} },
		"SELECT serial, state, certificate, reason, at FROM blank WHERE org = $1 AND serial > $2 ORDER BY serial LIMIT $3", string(org), after, BlanksAtOnce+1)
}
