package assessment

import (
	"context"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/standard"
	"kompeten/internal/text"
)

// Credit is a unit that is not assessed anew, because a certificate of the candidate attests it on the day of the test
// and somebody confirms that she still does this work: recognition of current competency (RCC), as for a renewal.
type Credit struct {
	Unit        standard.Code
	Certificate string // its number
	ValidUntil  date.Date
	Evidence    string // who confirms it and how: name, position, document
}

// Attested is a certificate of a person, as far as a credit asks.
type Attested struct {
	LSP        auth.OrgID
	Number     string
	Holds      bool // neither suspended nor revoked
	ValidUntil date.Date
	Units      []standard.Code
}

// Held gives all certificates of a person, whoever issued them.
type Held func(tx *db.Tx, p auth.PersonID) ([]Attested, error)

const maxEvidence = 1000

// Credit notes that a unit need not be assessed anew, and by which certificate, found by its number however that is
// spaced. The candidate has agreed in FR.AK.01 to evidence by portfolio.
func (s *Service) Credit(ctx context.Context, actor auth.Actor, aid ID, version int64, unit standard.Code, number, evidence string) error {
	evidence = strings.Join(strings.Fields(evidence), " ")
	return s.change(ctx, actor, aid, version, "credit", "", func(tx *db.Tx, x *Sitting) (any, error) {
		if n := len([]rune(evidence)); n < 3 || n > maxEvidence {
			return nil, fault.New(fault.Invalid, "form.invalid").With("evidence", "assessment.credit_evidence", maxEvidence)
		}
		units, err := Units(tx, actor, x.Assessment)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(units, func(u standard.Unit) bool { return u.Code == unit }) {
			return nil, fault.New(fault.NotFound, "db.not_found")
		}
		c, err := s.attesting(tx, x.Person, unit, number)
		if err != nil {
			return nil, err
		}
		if x.Portfolio, err = portfolio(tx, actor, aid); err != nil {
			return nil, err
		}
		x.Holds = c.on(x.HeldOn)
		_, err = tx.Exec(`INSERT INTO assessment_credit (assessment, unit, certificate, valid_until, evidence, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (assessment, unit) DO UPDATE SET certificate = excluded.certificate, valid_until = excluded.valid_until, evidence = excluded.evidence, by_person = excluded.by_person, at = excluded.at`,
			string(aid), string(unit), c.Number, string(c.ValidUntil), evidence, string(actor.Person), db.At(tx.Now()))
		return map[string]string{"unit": string(unit), "certificate": c.Number}, err
	})
}

// on says whether a certificate holds on a day.
func (c Attested) on(day date.Date) bool { return c.Holds && c.ValidUntil >= day }

// stand says whether the certificates behind all credits still hold: one may have been suspended since.
func (s *Service) stand(tx *db.Tx, x *Sitting, credits []Credit) (bool, error) {
	if len(credits) == 0 {
		return true, nil
	}
	all, err := s.held(tx, x.Person)
	for _, credit := range credits {
		if !slices.ContainsFunc(all, func(c Attested) bool { return c.Number == credit.Certificate && c.on(x.HeldOn) }) {
			return false, err
		}
	}
	return true, err
}

// attesting is the candidate's certificate with a number, which has to hold the unit.
func (s *Service) attesting(tx *db.Tx, p auth.PersonID, unit standard.Code, number string) (c Attested, err error) {
	key := func(number string) string { return strings.ReplaceAll(text.Fold(number), " ", "") }
	all, err := s.held(tx, p)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(all, func(c Attested) bool { return key(c.Number) == key(number) })
	if i < 0 {
		return c, fault.New(fault.Invalid, "form.invalid").With("number", "assessment.credit_unknown")
	}
	if !slices.Contains(all[i].Units, unit) {
		return c, fault.New(fault.Invalid, "form.invalid").With("number", "assessment.credit_other_units", string(unit))
	}
	return all[i], nil
}

// Uncredit takes a credit back: the unit is assessed after all.
func (s *Service) Uncredit(ctx context.Context, actor auth.Actor, aid ID, version int64, unit standard.Code) error {
	return s.change(ctx, actor, aid, version, "uncredit", "", func(tx *db.Tx, _ *Sitting) (any, error) {
		n, err := tx.Exec("DELETE FROM assessment_credit WHERE assessment = $1 AND unit = $2", string(aid), string(unit))
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "db.not_found")
		}
		return map[string]string{"unit": string(unit)}, err
	})
}

// Credits lists the units of an assessment that are not assessed anew.
func Credits(tx *db.Tx, actor auth.Actor, aid ID) ([]Credit, error) {
	if _, err := Get(tx, actor, aid); err != nil {
		return nil, err
	}
	return db.All(tx, func(c *Credit) []any { return []any{&c.Unit, &c.Certificate, &c.ValidUntil, &c.Evidence} },
		"SELECT unit, certificate, valid_until, evidence FROM assessment_credit WHERE assessment = $1 ORDER BY unit", string(aid))
}

// open are the units that are assessed.
func open(units []standard.Unit, credits []Credit) []standard.Unit {
	return slices.DeleteFunc(slices.Clone(units), func(u standard.Unit) bool {
		return slices.ContainsFunc(credits, func(c Credit) bool { return c.Unit == u.Code })
	})
}

// portfolio says whether the candidate agreed to evidence by portfolio.
func portfolio(tx *db.Tx, actor auth.Actor, aid ID) (bool, error) {
	agreed, err := AgreedOn(tx, actor, aid)
	return slices.Contains(agreed.Methods, "portfolio"), err
}
