package organisation

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/number"
)

// NumberRule is how an organisation writes one kind of number, with the one that comes next.
type NumberRule struct {
	Kind number.Kind
	Rule number.Rule
	Next string
}

// NumberRules are the rules of an organisation, for its own people.
func NumberRules(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]NumberRule, error) {
	if !actor.In(org) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	o, err := Get(tx, actor, org)
	if err != nil {
		return nil, err
	}
	var out []NumberRule
	for _, k := range number.Kinds() {
		r, err := number.RuleOf(tx, org, k)
		if err != nil {
			return nil, err
		}
		next, err := o.nextNumber(tx, k, r)
		if err != nil {
			return nil, err
		}
		out = append(out, NumberRule{k, r, next.Text})
	}
	return out, nil
}

// nextNumber is the next number as it would look for a sample case.
func (o Org) nextNumber(tx *db.Tx, k number.Kind, r number.Rule) (number.Number, error) {
	vars := map[string]string{"lsp": o.Code, "kbli": "45407", "kbji": "7231", "level": "2", "sector": "OTO"}
	return number.Next(tx, o.ID, k, r, date.Of(tx.Now(), o.Zone), vars)
}

// PreviewNumber is what the next number would look like under a rule that is not stored yet.
func PreviewNumber(tx *db.Tx, actor auth.Actor, org auth.OrgID, k number.Kind, r number.Rule) (string, error) {
	o, err := Get(tx, actor, org)
	if err != nil {
		return "", err
	}
	if err := r.Check(k); err != nil {
		return "", err
	}
	n, err := o.nextNumber(tx, k, r)
	return n.Text, err
}

// SetNumbers says how an organisation writes one kind of number from now on. Numbers given out already stay as they
// are; a rule under which one of them would come again is refused.
func (s *Service) SetNumbers(ctx context.Context, actor auth.Actor, org auth.OrgID, k number.Kind, r number.Rule) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		o, err := Get(tx, actor, org)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "set_numbers", o)
		if err != nil {
			return err
		}
		if err := r.Check(k); err != nil {
			return err
		}
		next, err := o.nextNumber(tx, k, r)
		if err != nil {
			return err
		}
		taken, err := number.Taken(tx, org, k, next.Text)
		if err != nil {
			return err
		}
		if taken {
			return fault.New(fault.Invalid, "form.invalid").With("start", "number.taken", next.Text)
		}
		if err := number.Set(tx, org, k, r); err != nil {
			return err
		}
		return ledger.Append(tx, o.ID, string(o.ID), pass, map[string]any{"kind": k, "pattern": r.Pattern, "width": r.Width, "start": r.Start, "reset": r.Reset})
	})
}
