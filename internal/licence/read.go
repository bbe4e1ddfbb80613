package licence

import (
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/scheme"
)

// LicenceOn is the licence under which an LSP certifies in a scheme on a day; a fault says what is missing.
func LicenceOn(tx *db.Tx, _ auth.Actor, org auth.OrgID, s scheme.ID, on date.Date) (Licence, error) {
	l, err := db.One(tx, func(l *Licence) []any {
		return []any{&l.ID, &l.Org, &l.Number, &l.Decree, &l.ValidFrom, &l.ValidUntil, &l.State, &l.Version}
	}, `SELECT l.id, l.org, l.number, l.decree, l.valid_from, l.valid_until, l.state, l.version FROM licence l
		JOIN licence_scope c ON c.licence = l.id AND c.scheme = $2
		WHERE l.org = $1 AND l.valid_from <= $3 AND l.valid_until >= $3 AND l.state = 'active' ORDER BY l.valid_from DESC, l.id LIMIT 1`, string(org), string(s), string(on))
	if fault.Is(err, fault.NotFound) {
		return l, whyNone(tx, org, s, on)
	}
	return l, err
}

// LicenceOf is the LSP's newest licence, for letters.
func LicenceOf(tx *db.Tx, _ auth.Actor, org auth.OrgID) (Licence, error) {
	return db.One(tx, func(l *Licence) []any {
		return []any{&l.ID, &l.Org, &l.Number, &l.Decree, &l.ValidFrom, &l.ValidUntil, &l.State, &l.Version}
	}, `SELECT id, org, number, decree, valid_from, valid_until, state, version FROM licence WHERE org = $1 ORDER BY valid_from DESC, id LIMIT 1`, string(org))
}

const assessorColumns = "a.id, a.person, p.name, a.org, a.met, a.valid_from, a.valid_until, a.state, a.version"

func assessorFields(a *Assessor) []any {
	return []any{&a.ID, &a.Person, &a.Name, &a.Org, &a.MET, &a.ValidFrom, &a.ValidUntil, &a.State, &a.Version}
}

// Assessors is the LSP's register, for its own people and the regulator.
func Assessors(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]Assessor, error) {
	if !actor.In(org) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	list, err := db.All(tx, assessorFields, "SELECT "+assessorColumns+" FROM assessor a JOIN person p ON p.id = a.person WHERE a.org = $1 ORDER BY p.fold, a.id", string(org))
	for i := range list {
		if err == nil {
			list[i].Schemes, err = scope(tx, list[i].ID)
		}
	}
	return list, err
}

func scope(tx *db.Tx, assessor string) ([]scheme.ID, error) {
	return db.Column[scheme.ID](tx, "SELECT scheme FROM assessor_scope WHERE assessor = $1 ORDER BY scheme", assessor)
}

// AssessorOn is a person's registration with an LSP, good for a scheme on a day; a fault says why it is not.
func AssessorOn(tx *db.Tx, _ auth.Actor, org auth.OrgID, p auth.PersonID, s scheme.ID, on date.Date) (Assessor, error) {
	a, err := db.One(tx, assessorFields, "SELECT "+assessorColumns+" FROM assessor a JOIN person p ON p.id = a.person WHERE a.org = $1 AND a.person = $2", string(org), string(p))
	switch {
	case fault.Is(err, fault.NotFound):
		return a, fault.New(fault.Invalid, "licence.not_registered")
	case err != nil:
		return a, err
	case a.State != "active":
		return a, fault.New(fault.Invalid, "licence.assessor_suspended", a.Name)
	case on < a.ValidFrom || on > a.ValidUntil:
		return a, fault.New(fault.Invalid, "licence.assessor_expired", a.Name, a.ValidUntil)
	}
	in, err := tx.Has("SELECT assessor FROM assessor_scope WHERE assessor = $1 AND scheme = $2", a.ID, string(s))
	if err == nil && !in {
		err = fault.New(fault.Invalid, "licence.out_of_scope", a.Name)
	}
	return a, err
}

const tukColumns = "id, name, kind, lsp, host, address, regency, capacity, version"

func tukFields(t *TUK) []any {
	return []any{&t.ID, &t.Name, &t.Kind, &t.LSP, &t.Host, &t.Address, &t.Regency, &t.Capacity, &t.Version}
}

// TUKs is the test places of an LSP.
func TUKs(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]TUK, error) {
	if !actor.In(lsp) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, tukFields, "SELECT "+tukColumns+" FROM tuk WHERE lsp = $1 ORDER BY name, id", string(lsp))
}

// GetTUK is one test place; its name and address are public to those signed in.
func GetTUK(tx *db.Tx, actor auth.Actor, tuk string) (TUK, error) {
	if actor.Nobody() {
		return TUK{}, fault.New(fault.NotFound, "db.not_found")
	}
	return db.One(tx, tukFields, "SELECT "+tukColumns+" FROM tuk WHERE id = $1", tuk)
}

// VerifiedOn says whether a place is verified for a scheme on a day.
func VerifiedOn(tx *db.Tx, _ auth.Actor, tuk string, s scheme.ID, on date.Date) (bool, error) {
	return tx.Has("SELECT id FROM tuk_verification WHERE tuk = $1 AND scheme = $2 AND valid_from <= $3 AND valid_until >= $3", tuk, string(s), string(on))
}

// Verifications lists when a place is verified for what.
func Verifications(tx *db.Tx, actor auth.Actor, tuk string) ([]Verification, error) {
	if actor.Nobody() {
		return nil, nil
	}
	return db.All(tx, func(v *Verification) []any {
		return []any{&v.TUK, &v.Scheme, &v.ValidFrom, &v.ValidUntil, &v.Verifier, &v.Note}
	}, "SELECT tuk, scheme, valid_from, valid_until, verifier, note FROM tuk_verification WHERE tuk = $1 ORDER BY valid_from DESC, id LIMIT 50", tuk)
}

// Stock counts the blanks an LSP has left.
func Stock(tx *db.Tx, actor auth.Actor, org auth.OrgID) (n int64, err error) {
	if !actor.In(org) && actor.System == "" {
		return 0, fault.New(fault.NotFound, "db.not_found")
	}
	runs, err := ranges(tx, org)
	if err != nil {
		return 0, err
	}
	off, err := spare(tx, org)
	return count(runs, off), err
}
