package register

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/text"
)

// BusinessID names a business that opted in; it is random and tells nothing.
type BusinessID string

// Business is a business that stands, or stood, in the directory. It is known by its name and its regency, as the lists
// of offices write them: two businesses of one name in one regency are one here.
type Business struct {
	ID       BusinessID
	Name     string
	Regency  string
	Org      auth.OrgID // the office or the company that listed it
	State    flow.State
	Sample   bool
	ListedAt time.Time
	Version  int64
}

// The states of a business in the directory.
const (
	Listed    flow.State = "listed"
	Withdrawn flow.State = "withdrawn"
)

// BusinessFlow is what may happen to a business in the directory.
var BusinessFlow = flow.Table[Business]{
	Kind:  "business",
	State: func(b Business) flow.State { return b.State },
	Steps: []flow.Step[Business]{
		{Do: "list", From: []flow.State{flow.None, Withdrawn}, To: Listed, By: []flow.Who[Business]{officer, hr}, Reason: true},
		{Do: "withdraw", From: []flow.State{Listed}, To: Withdrawn, By: []flow.Who[Business]{officer, hr, regulator}, Reason: true},
	},
}

var (
	officer   = flow.Who[Business]{Name: "officer", Is: func(a auth.Actor, b Business) bool { return a.Is(auth.Officer, b.Org) }}
	hr        = flow.Who[Business]{Name: "hr", Is: func(a auth.Actor, b Business) bool { return a.Is(auth.HR, b.Org) }}
	regulator = flow.Who[Business]{Name: "regulator", Is: func(a auth.Actor, _ Business) bool { return a.Any(auth.Regulator) }}
)

const businessColumns = "b.id, b.name, b.regency, b.org, b.state, b.sample, b.listed_at, b.version"

type businessRow struct {
	Business
	listed db.Time
}

func businessFields(r *businessRow) []any {
	return []any{&r.ID, &r.Name, &r.Regency, &r.Org, &r.State, &r.Sample, &r.listed, &r.Version}
}

func (r businessRow) whole() Business {
	r.ListedAt = r.listed.Time
	return r.Business
}

// Employer is a business that can be listed: how many valid certificates its people hold, as far as the actor may know,
// of how many the holders agreed to be shown, and what of it stands in the directory.
type Employer struct {
	Name, Regency string
	Certified     int
	Agreed        int
	Listed        Business
}

// Employers are the businesses that an office or a company could list, by name: of an office those its applications
// name, which takes as long as it has applications; of a company itself.
func (s *Service) Employers(ctx context.Context, actor auth.Actor, org auth.OrgID) (out []Employer, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error { out, err = employers(tx, actor, org); return err })
	return out, err
}

func employers(tx *db.Tx, actor auth.Actor, org auth.OrgID) (out []Employer, err error) {
	switch {
	case actor.Is(auth.Officer, org):
		out, err = ofOffice(tx, org)
	case actor.Is(auth.HR, org):
		out, err = itselfOnly(tx, actor, org)
	default:
		err = fault.New(fault.NotFound, "db.not_found")
	}
	if err != nil {
		return nil, err
	}
	for i, e := range out {
		b, err := db.One(tx, businessFields, "SELECT "+businessColumns+" FROM business b WHERE b.regency = $1 AND b.fold = $2", e.Regency, text.Fold(e.Name))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		out[i].Listed = b.whole()
	}
	return out, nil
}

func ofOffice(tx *db.Tx, office auth.OrgID) ([]Employer, error) {
	rows, err := db.All(tx, func(e *Employer) []any { return []any{&e.Name, &e.Regency, &e.Certified, &e.Agreed} },
		`SELECT a.employer, substr(a.district, 1, 5), COUNT(*), COUNT(l.certificate) FROM application a JOIN certificate c ON c.application = a.id
		LEFT JOIN listing l ON l.certificate = c.id WHERE a.office = $1 AND a.employer <> '' AND a.district LIKE '__.__%' AND c.state = 'active' AND c.valid_until >= $2
		GROUP BY a.employer, substr(a.district, 1, 5) ORDER BY a.employer, substr(a.district, 1, 5)`, string(office), string(today(tx)))
	return together(rows), err
}

func itselfOnly(tx *db.Tx, actor auth.Actor, company auth.OrgID) ([]Employer, error) {
	o, err := organisation.Get(tx, actor, company)
	if err != nil {
		return nil, err
	}
	e := Employer{Name: o.Name, Regency: o.Regency}
	err = tx.Get(`SELECT COUNT(*) FROM listing l JOIN certificate c ON c.id = l.certificate WHERE l.regency = $1 AND l.employer = $2 AND c.state = 'active' AND c.valid_until >= $3`,
		[]any{o.Regency, text.Fold(o.Name), string(today(tx))}, &e.Agreed)
	e.Certified = e.Agreed
	return []Employer{e}, err
}

// together adds up what is one business written with other capitals or spaces.
func together(rows []Employer) []Employer {
	at := map[[2]string]int{}
	var out []Employer
	for _, e := range rows {
		key := [2]string{e.Regency, text.Fold(e.Name)}
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, e)
			continue
		}
		out[i].Certified += e.Certified
		out[i].Agreed += e.Agreed
	}
	slices.SortStableFunc(out, func(a, b Employer) int { return strings.Compare(text.Fold(a.Name), text.Fold(b.Name)) })
	return out
}

// maxBusiness is how many letters the name of a business has.
const maxBusiness = 120

// List puts a business into the directory. An office may list what its applications name, a company only itself; how
// says who of the business agreed, and stands in the ledger.
func (s *Service) List(ctx context.Context, actor auth.Actor, org auth.OrgID, name, regency, how string) (made BusinessID, err error) {
	name = strings.Join(strings.Fields(name), " ")
	if text.Fold(name) == "" || utf8.RuneCountInString(name) > maxBusiness {
		return "", fault.New(fault.Invalid, "form.invalid").With("name", "directory.name_length", maxBusiness)
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		known, err := employers(tx, actor, org)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(known, func(e Employer) bool { return e.Regency == regency && text.Fold(e.Name) == text.Fold(name) })
		if i < 0 {
			return fault.New(fault.NotFound, "directory.not_known")
		}
		b := known[i].Listed
		if b.ID != "" && b.Org != org && b.State == Listed {
			return fault.New(fault.Conflict, "directory.listed_by_other")
		}
		o, err := organisation.Get(tx, actor, org)
		if err != nil {
			return err
		}
		b.Org, b.Name, b.Regency, b.Sample = org, name, regency, o.Sample
		pass, err := BusinessFlow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today(tx)}, "list", b, how)
		if err != nil {
			return err
		}
		if b.ID == "" {
			b.ID = BusinessID(id.Code(12))
		}
		made = b.ID
		_, err = tx.Exec(`INSERT INTO business (id, name, fold, regency, org, state, sample, listed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, org = excluded.org, state = excluded.state, listed_at = excluded.listed_at, version = business.version + 1`,
			string(b.ID), b.Name, text.Fold(b.Name), b.Regency, string(org), string(pass.To()), b.Sample, db.At(tx.Now()))
		if err != nil {
			return err
		}
		return ledger.Append(tx, org, string(b.ID), pass, nil)
	})
	return made, err
}

// Withdraw takes a business out of the directory; its page and its badge are gone at once.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, business BusinessID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		r, err := db.One(tx, businessFields, "SELECT "+businessColumns+" FROM business b WHERE b.id = $1", string(business))
		if err != nil {
			return err
		}
		b := r.whole()
		pass, err := BusinessFlow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today(tx)}, "withdraw", b, reason)
		if fault.Is(err, fault.Denied) {
			return fault.New(fault.NotFound, "db.not_found")
		}
		if err != nil {
			return err
		}
		if err := tx.Change("UPDATE business SET state = $2, version = version + 1 WHERE id = $1 AND version = $3", string(b.ID), string(pass.To()), b.Version); err != nil {
			return err
		}
		return ledger.Append(tx, b.Org, string(b.ID), pass, nil)
	})
}
