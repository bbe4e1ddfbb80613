package licence

import (
	"context"
	"regexp"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
)

// on runs one use case on a thing that is there already: its state is read first (what is another organisation's does
// not exist), then the Pass, the change, and the ledger row with what change gives as detail.
func (s *Service) on(ctx context.Context, actor auth.Actor, act flow.Action, org auth.OrgID, record, reason string,
	stateOf func(tx *db.Tx, record string, org auth.OrgID) (flow.State, error), change func(*db.Tx, flow.Pass) (detail any, err error)) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		today, err := organisation.Today(tx, org)
		if err != nil {
			return err
		}
		state, err := stateOf(tx, record, org)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, act, subject{org, state}, reason)
		if err != nil {
			return err
		}
		detail, err := change(tx, pass)
		if err != nil {
			return err
		}
		if err := ledger.Append(tx, org, record, pass, detail); err != nil {
			return err
		}
		return logged(tx, act, org, record)
	})
}

func licenceState(tx *db.Tx, licence string, org auth.OrgID) (state flow.State, err error) {
	err = tx.Get("SELECT state FROM licence WHERE id = $1 AND org = $2", []any{licence, string(org)}, &state)
	return state, err
}

func assessorState(tx *db.Tx, assessor string, org auth.OrgID) (state flow.State, err error) {
	err = tx.Get("SELECT state FROM assessor WHERE id = $1 AND org = $2", []any{assessor, string(org)}, &state)
	return state, err
}

// WidenLicence adds schemes to the scope of a licence.
func (s *Service) WidenLicence(ctx context.Context, actor auth.Actor, org auth.OrgID, licence string, schemes []scheme.ID) error {
	return s.on(ctx, actor, "widen_licence", org, licence, "", licenceState, func(tx *db.Tx, _ flow.Pass) (any, error) {
		have, err := db.Column[scheme.ID](tx, "SELECT scheme FROM licence_scope WHERE licence = $1 ORDER BY scheme", licence)
		if err != nil {
			return nil, err
		}
		fresh := slices.DeleteFunc(slices.Clone(schemes), func(x scheme.ID) bool { return slices.Contains(have, x) })
		return map[string]any{"added": fresh}, scopes(tx, "licence_scope", "licence", licence, fresh)
	})
}

// SuspendAssessor keeps an assessor from being assigned; ResumeAssessor lets her be assigned again.
func (s *Service) SuspendAssessor(ctx context.Context, actor auth.Actor, org auth.OrgID, assessor, reason string) error {
	return s.on(ctx, actor, "suspend_assessor", org, assessor, reason, assessorState, turned("assessor", assessor))
}

// ResumeAssessor ends a suspension.
func (s *Service) ResumeAssessor(ctx context.Context, actor auth.Actor, org auth.OrgID, assessor, reason string) error {
	return s.on(ctx, actor, "resume_assessor", org, assessor, reason, assessorState, turned("assessor", assessor))
}

// turned puts a licence or an assessor into the state that the Pass leads to.
func turned(table, record string) func(*db.Tx, flow.Pass) (any, error) {
	text := map[string]string{
		"licence":  "UPDATE licence SET state = $2, version = version + 1 WHERE id = $1",
		"assessor": "UPDATE assessor SET state = $2, version = version + 1 WHERE id = $1",
	}[table]
	return func(tx *db.Tx, p flow.Pass) (any, error) { return nil, tx.Change(text, record, string(p.To())) }
}

// ScopeAssessor says anew in which schemes an assessor is technically competent.
func (s *Service) ScopeAssessor(ctx context.Context, actor auth.Actor, org auth.OrgID, assessor string, schemes []scheme.ID, reason string) error {
	return s.on(ctx, actor, "scope_assessor", org, assessor, reason, assessorState, func(tx *db.Tx, _ flow.Pass) (any, error) {
		if _, err := tx.Exec("DELETE FROM assessor_scope WHERE assessor = $1", assessor); err != nil {
			return nil, err
		}
		return map[string]any{"schemes": schemes}, scopes(tx, "assessor_scope", "assessor", assessor, schemes)
	})
}

var met = regexp.MustCompile(`^(?i:met)[. ]*(\d{3})[. ]*(\d{5,6})[. ]*(\d{4})$`)

// MET is an assessor's registration number in the one form it is kept in, "MET.000.003627 2013", from any of the
// forms it is printed in (domain reference 1.5).
func MET(s string) (string, bool) {
	m := met.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	if len(m[2]) == 5 {
		m[2] = "0" + m[2]
	}
	return "MET." + m[1] + "." + m[2] + " " + m[3], true
}

// certifies refuses a body that certifies nobody.
func certifies(tx *db.Tx, actor auth.Actor, org auth.OrgID) (organisation.Org, error) {
	o, err := organisation.Get(tx, actor, org)
	if err == nil && o.Kind != organisation.LSP && o.Kind != organisation.LSK {
		err = fault.New(fault.Invalid, "licence.only_lsp")
	}
	return o, err
}

func (l Licence) check(o organisation.Org) error {
	f := fault.New(fault.Invalid, "form.invalid")
	if l.ValidUntil < l.ValidFrom || !l.ValidFrom.Valid() || !l.ValidUntil.Valid() {
		f.With("valid_until", "form.dates_order")
	}
	if o.Kind == organisation.LSP && l.Number != "BNSP-LSP-"+o.Code+"-ID" {
		f.With("number", "licence.number_mismatch", "BNSP-LSP-"+o.Code+"-ID") // registration numbers bear the code
	}
	return f.Or()
}

// checked is the assessor with her registration number in the form it is kept in.
func (a Assessor) checked() (Assessor, error) {
	f := fault.New(fault.Invalid, "form.invalid")
	number, ok := MET(a.MET)
	if !ok {
		f.With("met", "licence.met_wrong")
	}
	if a.ValidUntil < a.ValidFrom || !a.ValidFrom.Valid() || !a.ValidUntil.Valid() {
		f.With("valid_until", "form.dates_order")
	}
	a.MET = number
	return a, f.Or()
}

// Standing is how an assessor's registration stands on a day.
type Standing string

// The standings. Ending means fewer than 90 days left.
const (
	Active    Standing = "active"
	Ending    Standing = "ending"
	Expired   Standing = "expired"
	Suspended Standing = "suspended"
)

const endingDays = 90

// Standing is how the registration stands on a day.
func (a Assessor) Standing(on date.Date) Standing {
	switch {
	case a.State != "active":
		return Suspended
	case on > a.ValidUntil:
		return Expired
	case on.DaysTo(a.ValidUntil) < endingDays:
		return Ending
	}
	return Active
}

// Ends lists the assessors whose registration ends within so many days, the first to end first, for reminders.
func Ends(tx *db.Tx, actor auth.Actor, org auth.OrgID, days int) ([]Assessor, error) {
	all, err := Assessors(tx, actor, org)
	if err != nil {
		return nil, err
	}
	today, err := organisation.Today(tx, org)
	all = slices.DeleteFunc(all, func(a Assessor) bool { return a.ValidUntil < today || today.DaysTo(a.ValidUntil) > days })
	slices.SortStableFunc(all, func(a, b Assessor) int { return b.ValidUntil.DaysTo(a.ValidUntil) })
	return all, err
}
