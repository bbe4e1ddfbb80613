package certificate

import (
	"slices"

	"kompeten/internal/application"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/register"
	"kompeten/internal/text"
)

// told is what a holder lets the register say of her: where she lives and her sex for statistics, if she agreed to them,
// and that she may be found in the directory, if she agreed to that.
type told struct {
	record             application.ID
	district, employer string
	sex                string
	statistics, listed bool
}

func (t told) regency() string {
	if len(t.district) >= 5 && t.district[2] == '.' {
		return t.district[:5]
	}
	return ""
}

// agreedFor is the file in which a holder said what she agrees to: of what stands in the place of a wrong one, the
// file of that.
func (o order) agreedFor() application.ID {
	if o.until != "" {
		return o.before.Application
	}
	return o.application
}

// tell finds out what the holders of a batch let the register say.
func (p *press) tell(list []order) ([]told, error) {
	records := make([]any, len(list))
	for i, o := range list {
		records[i] = string(o.agreedFor())
	}
	have := map[application.ID]told{}
	for part := range slices.Chunk(records, 200) {
		rows, err := db.All(p.tx, func(t *told) []any {
			return []any{&t.record, &t.district, &t.employer, &t.sex, &t.statistics, &t.listed}
		}, `SELECT a.id, a.district, a.employer, p.sex,
			EXISTS (SELECT 1 FROM consent k WHERE k.record = a.id AND k.purpose = 'statistics' AND k.withdrawn_at IS NULL),
			EXISTS (SELECT 1 FROM consent k WHERE k.record = a.id AND k.purpose = 'directory' AND k.withdrawn_at IS NULL)
			FROM application a JOIN person p ON p.id = a.person WHERE a.id IN `+db.Places(1, len(part))+` ORDER BY a.id`, part...)
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			have[t.record] = t
		}
	}
	out := make([]told, len(list))
	for i, o := range list {
		out[i] = have[o.agreedFor()]
	}
	return out, nil
}

// counted is the regency and the sex that a certificate is counted under.
func (t told) counted() (regency, sex string) {
	if !t.statistics {
		return "", ""
	}
	return t.regency(), t.sex
}

// count counts a batch, and puts those into the directory whose holders agreed to it.
func (p *press) count(list []order, made []*Certificate, holders []told) error {
	counted := make([]register.Counted, len(list))
	var listings []register.Listing
	for i, o := range list {
		v, c, t := p.versions[o.version], made[i], holders[i]
		regency, sex := t.counted()
		counted[i] = register.Counted{LSP: c.LSP, Scheme: string(v.Scheme), Level: v.Level, Sector: v.Sector, Regency: regency, Sex: sex,
			IssuedOn: c.IssuedOn, ValidUntil: c.ValidUntil, State: c.State, Sample: c.Sample}
		if t.listed {
			listings = append(listings, register.Listing{Certificate: string(c.ID), Application: string(t.record), Scheme: string(v.Scheme), Regency: t.regency(),
				Employer: text.Fold(t.employer), Fold: text.Fold(c.Name), Sample: c.Sample})
		}
	}
	if err := register.Count(p.tx, counted); err != nil {
		return err
	}
	return register.Enter(p.tx, listings)
}

// recount counts a certificate that is there under another state.
func recount(tx *db.Tx, c Certificate, to flow.State) error {
	if c.State == to {
		return nil
	}
	was := register.Counted{LSP: c.LSP, ValidUntil: c.ValidUntil, State: c.State, Sample: c.Sample}
	if err := tx.Get("SELECT regency FROM certificate WHERE id = $1", []any{string(c.ID)}, &was.Regency); err != nil {
		return err
	}
	return register.Move(tx, was, to)
}
