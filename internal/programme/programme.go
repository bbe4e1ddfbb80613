// Package programme is what a local office runs: money, seats, a list of names, and the people nominated from it.
//
// A list is kept row by row as it was sent and as it was understood, sealed. Good rows go on, bad ones wait, and
// uploading a corrected list changes only what changed (BE-03, PR-01, PR-02, PR-04).
package programme

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/money"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
)

// ID of a programme: "prg_…".
type ID string

// Programme is one plan of an office to have people certified.
type Programme struct {
	ID       ID
	Office   auth.OrgID
	LSP      auth.OrgID
	Title    string
	Decree   string
	Year     int
	Funding  int // BNSP's code: 1 APBN, 2 APBD, 3 company, 4 self-paid, 5 APBN via BNSP, 6 APBN via BLK
	Giver    int // BNSP's code of who gives the money: 62 local government, 100 self-paid, …
	Budget   money.Rupiah
	UnitCost money.Rupiah
	Seats    int
	Taken    int
	Place    string
	Regency  string // whose districts the list is checked against
	HeldOn   date.Date
	State    flow.State
	Schemes  []scheme.VersionID
	Snapshot string // hash over the list when it was frozen
	Sample   bool
	Version  int64
}

// Fundings lists the codes of the sources of money (domain reference 5.2).
func Fundings() []int { return []int{1, 2, 3, 4, 5, 6} }

// Givers lists the codes of who gives it, as far as offices need them (domain reference 6.6).
func Givers() []int { return []int{62, 15, 16, 30, 17, 90, 100} }

// Service is what offices do with programmes.
type Service struct {
	d     *db.DB
	box   *seal.Box
	blobs *blob.Store
}

// NewService makes the service.
func NewService(d *db.DB, box *seal.Box, blobs *blob.Store) *Service { return &Service{d, box, blobs} }

func allow(tx *db.Tx, actor auth.Actor, do flow.Action, p Programme, reason string) (flow.Pass, error) {
	today, err := organisation.Today(tx, p.Office)
	if err != nil {
		return flow.Pass{}, err
	}
	return Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, do, p, reason)
}

func (p Programme) check() error {
	f := fault.New(fault.Invalid, "form.invalid")
	if p.Title == "" {
		f.With("title", "form.required")
	}
	if p.LSP == "" {
		f.With("lsp", "form.required")
	}
	if p.Seats < 1 || p.Seats > 1_000_000 {
		f.With("seats", "programme.seats_range")
	}
	if p.Seats < p.Taken {
		f.With("seats", "programme.seats_below_taken", p.Taken)
	}
	if p.Funding < 1 || p.Funding > 6 {
		f.With("funding", "form.required")
	}
	if p.Budget < 0 || p.UnitCost < 0 {
		f.With("budget", "form.not_negative")
	}
	if !p.HeldOn.Valid() {
		f.With("held_on", "form.date")
	}
	if p.Year < 2000 || p.Year > 2100 {
		f.With("year", "form.year_wrong")
	}
	return f.Or()
}

// Create drafts a programme.
func (s *Service) Create(ctx context.Context, actor auth.Actor, p Programme) (ID, error) {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		p.ID, p.State, p.Taken, p.Version = "", flow.None, 0, 1
		pass, err := allow(tx, actor, "create", p, "")
		if err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		if err := p.known(tx, actor, nil); err != nil {
			return err
		}
		p.ID = ID(id.New("prg", tx.Now()))
		return insert(tx, p, pass)
	})
	return p.ID, err
}

// known refuses a body that does not certify and schemes that are not published; had are the schemes it has already.
func (p Programme) known(tx *db.Tx, actor auth.Actor, had []scheme.VersionID) error {
	lsp, err := organisation.Get(tx, actor, p.LSP)
	if fault.Is(err, fault.NotFound) || err == nil && lsp.Kind != organisation.LSP && lsp.Kind != organisation.LSK {
		return fault.New(fault.Invalid, "form.invalid").With("lsp", "programme.not_an_lsp")
	}
	if err != nil {
		return err
	}
	for _, id := range p.Schemes {
		if slices.Contains(had, id) {
			continue
		}
		v, err := scheme.Get(tx, actor, id)
		if err != nil {
			return err
		}
		if v.State != scheme.Published {
			return fault.New(fault.Invalid, "scheme.not_published", v.TitleID)
		}
		if p.State != Open {
			continue
		}
		if err := scheme.Use(tx, actor, id); err != nil {
			return err
		}
	}
	return nil
}

// Edit changes a programme before its list is frozen. More seats go to who waits, in order; another LSP can only be
// chosen while nobody is nominated.
func (s *Service) Edit(ctx context.Context, actor auth.Actor, p Programme) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		now, err := Get(tx, actor, p.ID)
		if err != nil {
			return err
		}
		p.Office, p.State, p.Taken, p.Sample, p.Snapshot = now.Office, now.State, now.Taken, now.Sample, now.Snapshot
		pass, err := allow(tx, actor, "edit", now, "")
		if err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		if p.LSP != now.LSP && now.Taken > 0 {
			return fault.New(fault.Invalid, "form.invalid").With("lsp", "programme.lsp_fixed")
		}
		if err := p.known(tx, actor, now.Schemes); err != nil {
			return err
		}
		if err := save(tx, p, pass, nil); err != nil || now.State != Open {
			return err
		}
		_, err = promote(tx, actor, p.ID)
		return err
	})
}

func (s *Service) turn(ctx context.Context, actor auth.Actor, pid ID, do flow.Action, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, do, p, reason)
		if err != nil {
			return err
		}
		if do == "freeze" {
			if p.Snapshot, err = snapshot(tx, pid); err != nil {
				return err
			}
		}
		for _, v := range p.Schemes {
			if do != "open" {
				break
			}
			if err := scheme.Use(tx, actor, v); err != nil {
				return err
			}
		}
		return save(tx, p, pass, map[string]string{"snapshot": p.Snapshot})
	})
}

// Open lets nominations begin. The schemes' versions are pinned.
func (s *Service) Open(ctx context.Context, actor auth.Actor, p ID) error {
	return s.turn(ctx, actor, p, "open", "")
}

// Freeze ends the list: a hash over it is kept, and nothing on it changes any more (PR-04).
func (s *Service) Freeze(ctx context.Context, actor auth.Actor, p ID) error {
	return s.turn(ctx, actor, p, "freeze", "")
}

// Close ends a programme.
func (s *Service) Close(ctx context.Context, actor auth.Actor, p ID) error {
	return s.turn(ctx, actor, p, "close", "")
}

// Cancel gives a programme up, with a reason. What was done stays.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, p ID, reason string) error {
	return s.turn(ctx, actor, p, "cancel", reason)
}

// Reserve takes up to n seats and says how many were left to take. Seats are never taken twice, whoever asks at
// the same time (PR-02).
func (s *Service) Reserve(ctx context.Context, actor auth.Actor, pid ID, n int) (granted int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "reserve", p, "")
		if err != nil {
			return err
		}
		if granted, err = reserve(tx, pid, n); err != nil || granted == 0 {
			return err
		}
		return ledger.Append(tx, p.Office, string(pid), pass, map[string]int{"seats": granted})
	})
	return granted, err
}

// reserve takes what it can get in one statement, so that no two can take the same seat.
func reserve(tx *db.Tx, p ID, n int) (int, error) {
	var before, after int
	if err := tx.Get("SELECT taken FROM programme WHERE id = $1", []any{string(p)}, &before); err != nil {
		return 0, err
	}
	err := tx.Get(`UPDATE programme SET taken = CASE WHEN taken + $2 <= seats THEN taken + $2 ELSE seats END WHERE id = $1 RETURNING taken`,
		[]any{string(p), n}, &after)
	return after - before, err
}

// Offices lists which of an actor's offices may run programmes.
func Offices(tx *db.Tx, actor auth.Actor) ([]organisation.Org, error) {
	var out []organisation.Org
	for _, org := range actor.Orgs(auth.Officer) {
		o, err := organisation.Get(tx, actor, org)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
