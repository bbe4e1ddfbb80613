package licence

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/scheme"
)

// Licences lists every licence an LSP has had, the newest first, with its scope; for its own people and the regulator.
func Licences(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]Licence, error) {
	if !actor.In(org) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return licences(tx, org)
}

func licences(tx *db.Tx, org auth.OrgID) ([]Licence, error) {
	list, err := db.All(tx, func(l *Licence) []any {
		return []any{&l.ID, &l.Org, &l.Number, &l.Decree, &l.ValidFrom, &l.ValidUntil, &l.State, &l.Version}
	}, `SELECT id, org, number, decree, valid_from, valid_until, state, version FROM licence WHERE org = $1 ORDER BY valid_from DESC, id`, string(org))
	for i := range list {
		if err == nil {
			list[i].Schemes, err = db.Column[scheme.ID](tx, "SELECT scheme FROM licence_scope WHERE licence = $1 ORDER BY scheme", list[i].ID)
		}
	}
	return list, err
}

// whyNone says why an LSP may not certify in a scheme on a day: no licence, not in its scope, suspended, not begun,
// or over.
func whyNone(tx *db.Tx, org auth.OrgID, s scheme.ID, on date.Date) error {
	list, err := licences(tx, org)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.Invalid, "licence.none_on", on)
	}
	list = slices.DeleteFunc(list, func(l Licence) bool { return !slices.Contains(l.Schemes, s) })
	if len(list) == 0 {
		return fault.New(fault.Invalid, "licence.scheme_outside")
	}
	for _, l := range list {
		if l.State == "suspended" && l.ValidFrom <= on && on <= l.ValidUntil {
			return fault.New(fault.Invalid, "licence.suspended", l.Number)
		}
	}
	l := list[0]
	if on < l.ValidFrom {
		return fault.New(fault.Invalid, "licence.not_begun", l.Number, l.ValidFrom)
	}
	return fault.New(fault.Invalid, "licence.expired", l.Number, l.ValidUntil)
}
