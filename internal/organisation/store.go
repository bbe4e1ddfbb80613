package organisation

import (
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

func fields(o *Org) []any {
	return []any{&o.ID, &o.Kind, &o.LSPType, &o.Code, &o.Name, &o.NameEN, &o.Regency, &o.City, &o.Address, &o.Zone,
		&o.HeadName, &o.HeadTitle, &o.HeadTitleEN, &o.Sample, &o.Version}
}

const columns = `id, kind, lsp_type, code, name, name_en, regency, city, address, zone, head_name, head_title, head_title_en, sample, version`

func insert(tx *db.Tx, o Org, pass flow.Pass) error {
	if o.Zone == "" {
		o.Zone = date.WIB
	}
	_, err := tx.Exec(`INSERT INTO organisation (id, kind, lsp_type, code, name, name_en, fold, regency, city, address, zone,
		head_name, head_title, head_title_en, sample, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)`,
		string(o.ID), string(o.Kind), o.LSPType, o.Code, o.Name, o.NameEN, fold(o), o.Regency, o.City, o.Address, string(o.Zone),
		o.HeadName, o.HeadTitle, o.HeadTitleEN, o.Sample, db.At(tx.Now()))
	if err != nil {
		return err
	}
	return ledger.Append(tx, o.ID, string(o.ID), pass, map[string]string{"kind": string(o.Kind)})
}

func update(tx *db.Tx, o Org, pass flow.Pass) error {
	err := tx.Change(`UPDATE organisation SET name = $2, name_en = $3, fold = $4, regency = $5, city = $6, address = $7, zone = $8, head_name = $9,
		head_title = $10, head_title_en = $11, version = version + 1 WHERE id = $1 AND version = $12`,
		string(o.ID), o.Name, o.NameEN, fold(o), o.Regency, o.City, o.Address, string(o.Zone), o.HeadName, o.HeadTitle, o.HeadTitleEN, o.Version)
	if err != nil {
		return err
	}
	return ledger.Append(tx, o.ID, string(o.ID), pass, nil)
}

// Get is one organisation. Its name and address are public; who asks must at least be someone.
func Get(tx *db.Tx, actor auth.Actor, org auth.OrgID) (Org, error) {
	if actor.Nobody() {
		return Org{}, fault.New(fault.NotFound, "db.not_found")
	}
	return db.One(tx, fields, "SELECT "+columns+" FROM organisation WHERE id = $1", string(org))
}

// List is the organisations of a kind, by name.
func List(tx *db.Tx, actor auth.Actor, k Kind) ([]Org, error) {
	if actor.Nobody() {
		return nil, nil
	}
	return db.All(tx, fields, "SELECT "+columns+" FROM organisation WHERE kind = $1 ORDER BY fold, id LIMIT 500", string(k))
}

// Of is the organisations the actor works in.
func Of(tx *db.Tx, actor auth.Actor) ([]Org, error) {
	var out []Org
	for _, org := range actor.AllOrgs() {
		o, err := Get(tx, actor, org)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// DutiesOf is what a person does in which organisation on a day. It is asked at sign-in, when there is no actor yet.
func DutiesOf(tx *db.Tx, actor auth.Actor, today date.Date) ([]auth.Held, error) {
	return db.All(tx, func(h *auth.Held) []any { return []any{&h.Org, &h.Duty} }, `SELECT org, duty FROM membership
		WHERE person = $1 AND since <= $2 AND (until = '' OR until > $2) ORDER BY org, duty`, string(actor.Person), string(today))
}

// Member is one person in one duty.
type Member struct {
	Person auth.PersonID
	Duty   auth.Duty
	Since  date.Date
	Until  date.Date
}

// People lists who works in an organisation, for its own people and the regulator.
func People(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]Member, error) {
	if !actor.In(org) && !actor.Any(auth.Regulator) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, func(m *Member) []any { return []any{&m.Person, &m.Duty, &m.Since, &m.Until} },
		"SELECT person, duty, since, until FROM membership WHERE org = $1 ORDER BY duty, since, person", string(org))
}

// Holds says whether a person holds a duty in an organisation on a day.
func Holds(tx *db.Tx, _ auth.Actor, p auth.PersonID, d auth.Duty, org auth.OrgID, on date.Date) (bool, error) {
	return tx.Has(`SELECT org FROM membership WHERE org = $1 AND person = $2 AND duty = $3 AND since <= $4 AND (until = '' OR until > $4)`,
		string(org), string(p), string(d), string(on))
}

// Token is a key given to a program; its secret is not kept.
type Token struct {
	ID, Name  string
	Duty      auth.Duty
	CreatedAt db.Time
	RevokedAt db.Time
}

// Tokens lists the keys of an organisation.
func Tokens(tx *db.Tx, actor auth.Actor, org auth.OrgID) ([]Token, error) {
	if !actor.In(org) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, func(t *Token) []any { return []any{&t.ID, &t.Name, &t.Duty, &t.CreatedAt, &t.RevokedAt} },
		"SELECT id, name, duty, created_at, revoked_at FROM api_token WHERE org = $1 ORDER BY created_at, id", string(org))
}
