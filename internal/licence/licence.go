// Package licence keeps who may certify, assess and host: licences of LSPs with their scope, the register of
// assessors, test places (TUK) with their verification, and the stock of blanks (LI-02 to LI-06).
package licence

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
)

// Licence lets an LSP certify in the schemes of its scope between two days.
type Licence struct {
	ID         string
	Org        auth.OrgID
	Number     string // BNSP-LSP-1565-ID
	Decree     string
	ValidFrom  date.Date
	ValidUntil date.Date
	State      flow.State
	Schemes    []scheme.ID
	Version    int64
}

// Assessor is a person registered to assess for an LSP.
type Assessor struct {
	ID         string
	Person     auth.PersonID
	Name       string
	Org        auth.OrgID
	MET        string // MET.000.003627 2013
	ValidFrom  date.Date
	ValidUntil date.Date
	State      flow.State
	Schemes    []scheme.ID // technical scope
	Version    int64
}

// TUK is a place where tests are held.
type TUK struct {
	ID       string
	Name     string
	Kind     string // sewaktu, tempat_kerja, mandiri
	LSP      auth.OrgID
	Host     auth.OrgID
	Address  string
	Regency  string
	Capacity int
	Version  int64
}

// Verification says that an assessor of the LSP found a TUK fit for a scheme on certain days.
type Verification struct {
	TUK        string
	Scheme     scheme.ID
	ValidFrom  date.Date
	ValidUntil date.Date
	Verifier   auth.PersonID
	Note       string
}

// subject is what the Table of this package decides on: something of an organisation.
type subject struct {
	org   auth.OrgID
	state flow.State
}

// Flow is what may happen to licences, assessors, test places and blanks.
var Flow = flow.Table[subject]{
	Kind:  "licence",
	State: func(s subject) flow.State { return s.state },
	Steps: []flow.Step[subject]{
		{Do: "grant", From: []flow.State{flow.None}, To: "active", By: []flow.Who[subject]{regulator, setup}, Clause: "PBNSP 208"},
		{Do: "suspend_licence", From: []flow.State{"active"}, To: "suspended", By: []flow.Who[subject]{regulator}, Reason: true},
		{Do: "resume_licence", From: []flow.State{"suspended"}, To: "active", By: []flow.Who[subject]{regulator}, Reason: true},
		{Do: "widen_licence", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{regulator, setup}, Clause: "PBNSP 208"},
		{Do: "register_assessor", From: []flow.State{flow.None}, To: "active", By: []flow.Who[subject]{manager, regulator, setup}, Clause: "PBNSP 303"},
		{Do: "extend_assessor", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{manager, regulator, setup}, Reason: true},
		{Do: "scope_assessor", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{manager, regulator, setup}, Reason: true, Clause: "PBNSP 303"},
		{Do: "suspend_assessor", From: []flow.State{"active"}, To: "suspended", By: []flow.Who[subject]{manager, regulator}, Reason: true},
		{Do: "resume_assessor", From: []flow.State{"suspended"}, To: "active", By: []flow.Who[subject]{manager, regulator}, Reason: true},
		{Do: "add_tuk", From: []flow.State{flow.None}, To: "active", By: []flow.Who[subject]{manager, setup}, Clause: "PBNSP 206"},
		{Do: "verify_tuk", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{manager, setup}, Clause: "PBNSP 206"},
		{Do: "receive_blanks", From: []flow.State{flow.None}, To: "active", By: []flow.Who[subject]{manager, admin, setup}, Clause: "PBNSP 302"},
		{Do: "spoil_blank", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{manager, admin}, Reason: true, Clause: "PBNSP 302"},
		{Do: "write_off_blank", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[subject]{manager, admin}, Reason: true, Clause: "PBNSP 302"},
	},
}

var (
	regulator = flow.Who[subject]{Name: "regulator", Is: func(a auth.Actor, _ subject) bool { return a.Any(auth.Regulator) }}
	manager   = flow.Who[subject]{Name: "manager", Is: func(a auth.Actor, s subject) bool { return a.Is(auth.Manager, s.org) }}
	admin     = flow.Who[subject]{Name: "lsp_admin", Is: func(a auth.Actor, s subject) bool { return a.Is(auth.LSPAdmin, s.org) }}
	setup     = flow.Who[subject]{Name: "setup", Is: func(a auth.Actor, _ subject) bool { return a.System == "setup" }}
)

// Service is what people do with licences and registers.
type Service struct{ d *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{d} }

// do runs one use case: Pass first, then the change, then the ledger row.
func (s *Service) do(ctx context.Context, actor auth.Actor, act flow.Action, sub subject, record, reason string, change func(*db.Tx) error) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		today, err := organisation.Today(tx, sub.org)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, act, sub, reason)
		if err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		if err := ledger.Append(tx, sub.org, record, pass, nil); err != nil {
			return err
		}
		return logged(tx, act, sub.org, record)
	})
}

// Grant gives an LSP a licence.
func (s *Service) Grant(ctx context.Context, actor auth.Actor, l Licence) (string, error) {
	l.ID = id.New("lic", s.d.Now())
	return l.ID, s.do(ctx, actor, "grant", subject{org: l.Org}, l.ID, "", func(tx *db.Tx) error {
		o, err := certifies(tx, actor, l.Org)
		if err != nil {
			return err
		}
		if err := l.check(o); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO licence (id, org, number, decree, valid_from, valid_until, state, version) VALUES ($1, $2, $3, $4, $5, $6, 'active', 1)`,
			l.ID, string(l.Org), l.Number, l.Decree, string(l.ValidFrom), string(l.ValidUntil))
		if err != nil {
			return err
		}
		return scopes(tx, "licence_scope", "licence", l.ID, l.Schemes)
	})
}

func scopes(tx *db.Tx, table, column, id string, schemes []scheme.ID) error {
	var rows [][]any
	for _, x := range schemes {
		rows = append(rows, []any{id, string(x)})
	}
	return tx.Insert(table, []string{column, "scheme"}, rows)
}

// Suspend stops an LSP from certifying; Resume lets it go on.
func (s *Service) Suspend(ctx context.Context, actor auth.Actor, org auth.OrgID, licence, reason string) error {
	return s.on(ctx, actor, "suspend_licence", org, licence, reason, licenceState, turned("licence", licence))
}

// Resume lets a suspended LSP certify again.
func (s *Service) Resume(ctx context.Context, actor auth.Actor, org auth.OrgID, licence, reason string) error {
	return s.on(ctx, actor, "resume_licence", org, licence, reason, licenceState, turned("licence", licence))
}

// RegisterAssessor puts a person on the LSP's register of assessors.
func (s *Service) RegisterAssessor(ctx context.Context, actor auth.Actor, a Assessor) (string, error) {
	a.ID = id.New("asr", s.d.Now())
	return a.ID, s.do(ctx, actor, "register_assessor", subject{org: a.Org}, a.ID, "", func(tx *db.Tx) error {
		if _, err := certifies(tx, actor, a.Org); err != nil {
			return err
		}
		a, err := a.checked()
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO assessor (id, person, org, met, valid_from, valid_until, state, version) VALUES ($1, $2, $3, $4, $5, $6, 'active', 1)`,
			a.ID, string(a.Person), string(a.Org), a.MET, string(a.ValidFrom), string(a.ValidUntil))
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "licence.assessor_twice")
		}
		if err != nil {
			return err
		}
		return scopes(tx, "assessor_scope", "assessor", a.ID, a.Schemes)
	})
}

// ExtendAssessor moves the end of a registration, by renewal or by circular.
func (s *Service) ExtendAssessor(ctx context.Context, actor auth.Actor, org auth.OrgID, assessor string, until date.Date, reason string) error {
	return s.on(ctx, actor, "extend_assessor", org, assessor, reason, assessorState, func(tx *db.Tx, _ flow.Pass) (any, error) {
		var from date.Date
		if err := tx.Get("SELECT valid_until FROM assessor WHERE id = $1", []any{assessor}, &from); err != nil {
			return nil, err
		}
		if !until.Valid() || until <= from {
			return nil, fault.New(fault.Invalid, "form.invalid").With("valid_until", "licence.not_later", from)
		}
		return map[string]date.Date{"from": from, "until": until}, tx.Change("UPDATE assessor SET valid_until = $2, version = version + 1 WHERE id = $1", assessor, string(until))
	})
}

// AddTUK adds a test place.
func (s *Service) AddTUK(ctx context.Context, actor auth.Actor, t TUK) (string, error) {
	t.ID = id.New("tuk", s.d.Now())
	return t.ID, s.do(ctx, actor, "add_tuk", subject{org: t.LSP}, t.ID, "", func(tx *db.Tx) error {
		if t.Name == "" || t.Capacity < 1 {
			return fault.New(fault.Invalid, "form.invalid").With("name", "licence.tuk_needs")
		}
		if !slices.Contains([]string{"sewaktu", "tempat_kerja", "mandiri"}, t.Kind) {
			return fault.New(fault.Invalid, "form.invalid").With("kind", "form.required")
		}
		_, err := tx.Exec(`INSERT INTO tuk (id, name, kind, lsp, host, address, regency, capacity, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
			t.ID, t.Name, t.Kind, string(t.LSP), string(t.Host), t.Address, t.Regency, t.Capacity)
		return err
	})
}

// VerifyTUK records that a place is fit for a scheme: sewaktu and tempat kerja for the days of one use, mandiri for
// a period of up to three years.
func (s *Service) VerifyTUK(ctx context.Context, actor auth.Actor, lsp auth.OrgID, v Verification) error {
	return s.do(ctx, actor, "verify_tuk", subject{lsp, "active"}, v.TUK, "", func(tx *db.Tx) error {
		t, err := GetTUK(tx, actor, v.TUK)
		if err != nil || t.LSP != lsp {
			return fault.New(fault.NotFound, "db.not_found").Because(err)
		}
		longest := v.ValidFrom.AddDays(7)
		if t.Kind == "mandiri" {
			longest = v.ValidFrom.AddMonths(36)
		}
		if !v.ValidFrom.Valid() || v.ValidUntil < v.ValidFrom || v.ValidUntil > longest {
			return fault.New(fault.Invalid, "form.invalid").With("valid_until", "licence.verification_period", longest)
		}
		_, err = tx.Exec(`INSERT INTO tuk_verification (id, tuk, scheme, valid_from, valid_until, verifier, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id.New("ver", tx.Now()), v.TUK, string(v.Scheme), string(v.ValidFrom), string(v.ValidUntil), string(v.Verifier), v.Note, db.At(tx.Now()))
		return err
	})
}

// Range is a run of blank serials received from BNSP.
type Range struct {
	Prefix      string
	Width       int
	First, Last int64
	ReceivedOn  date.Date
}

// ReceiveBlanks adds a run of blanks to the stock.
func (s *Service) ReceiveBlanks(ctx context.Context, actor auth.Actor, org auth.OrgID, r Range) error {
	rid := id.New("blk", s.d.Now())
	return s.do(ctx, actor, "receive_blanks", subject{org: org}, rid, "", func(tx *db.Tx) error {
		if err := r.check(); err != nil {
			return err
		}
		have, err := ranges(tx, org)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(o stockRange) bool { return r.overlaps(o.Range) }) {
			return fault.New(fault.Conflict, "licence.range_overlaps")
		}
		_, err = tx.Exec(`INSERT INTO blank_range (id, org, prefix, width, first, last, next, received_on) VALUES ($1, $2, $3, $4, $5, $6, $5, $7)`,
			rid, string(org), r.Prefix, r.Width, r.First, r.Last, string(r.ReceivedOn))
		return err
	})
}

// TakeBlanks gives each certificate a blank, in order; where the stock ends the rest get none. What was written off
// is passed over.
func TakeBlanks(tx *db.Tx, _ auth.Actor, org auth.OrgID, certificates []string) ([]string, error) {
	out := make([]string, len(certificates))
	runs, err := ranges(tx, org)
	if err != nil {
		return nil, err
	}
	off, err := spare(tx, org)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	i := 0
	for _, r := range runs {
		if i == len(out) || r.next > r.Last {
			continue
		}
		for i < len(out) && r.next <= r.Last {
			serial := r.Serial(r.next)
			r.next++
			if _, gone := slices.BinarySearch(off, serial); gone {
				continue
			}
			out[i] = serial
			rows = append(rows, []any{string(org), serial, "used", certificates[i], "", db.At(tx.Now())})
			i++
		}
		if err := tx.Change("UPDATE blank_range SET next = $2 WHERE id = $1", r.id, r.next); err != nil {
			return nil, err
		}
	}
	return out, tx.Insert("blank", []string{"org", "serial", "state", "certificate", "reason", "at"}, rows)
}
