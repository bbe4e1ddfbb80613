package application

import (
	"cmp"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/programme"
	"kompeten/internal/text"
)

const columns = `id, programme, nominee, person, name, lsp, office, scheme_version, funding, giver, district, sector, employer, state, stage, note,
	confirmed_at, submitted_at, accepted_at, created_at, sample, version`

type row struct {
	Application
	confirmed, submitted, accepted, created db.Time
}

func fields(r *row) []any {
	return []any{&r.ID, &r.Programme, &r.Nominee, &r.Person, &r.Name, &r.LSP, &r.Office, &r.SchemeVersion, &r.Funding, &r.Giver, &r.District, &r.Sector, &r.Employer,
		&r.State, &r.Stage, &r.Note, &r.confirmed, &r.submitted, &r.accepted, &r.created, &r.Sample, &r.Version}
}

func (r row) whole() Application {
	a := r.Application
	a.ConfirmedAt, a.SubmittedAt, a.AcceptedAt, a.CreatedAt = r.confirmed.Time, r.submitted.Time, r.accepted.Time, r.created.Time
	return a
}

// sees says who may read an application: the person herself, her office, the LSP's people.
func (a Application) sees(actor auth.Actor) bool {
	if actor.Subject != "" {
		return actor.Subject == string(a.ID)
	}
	return actor.Person != "" && actor.Person == a.Person || actor.In(a.Office) || actor.In(a.LSP) || actor.System != ""
}

// Get is one application.
func Get(tx *db.Tx, actor auth.Actor, id ID) (Application, error) {
	r, err := db.One(tx, fields, "SELECT "+columns+" FROM application WHERE id = $1", string(id))
	if err != nil {
		return Application{}, err
	}
	if a := r.whole(); a.sees(actor) {
		return a, nil
	}
	return Application{}, fault.New(fault.NotFound, "db.not_found")
}

// file is an application with what its rules look at.
func file(tx *db.Tx, actor auth.Actor, id ID) (File, error) {
	a, err := Get(tx, actor, id)
	if err != nil {
		return File{}, err
	}
	f := File{Application: a}
	needed, err := requirements(tx, a)
	if err != nil {
		return f, err
	}
	checks, err := Checks(tx, actor, id)
	if err != nil {
		return f, err
	}
	f.Unmet = len(needed)
	for _, c := range checks {
		if c.Verdict == "meets" {
			f.Unmet--
		}
	}
	return f, nil
}

// requirements are the ids of what the scheme asks of an applicant.
func requirements(tx *db.Tx, a Application) ([]string, error) {
	var doc struct {
		Requirements []struct {
			ID string `json:"id"`
		} `json:"requirements"`
	}
	err := tx.Get("SELECT doc FROM scheme_version WHERE id = $1", []any{string(a.SchemeVersion)}, db.JSON(&doc))
	var ids []string
	for _, r := range doc.Requirements {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// FileOf gives an application with what its rules look at, for the buttons of its page.
func FileOf(tx *db.Tx, actor auth.Actor, id ID) (File, error) { return file(tx, actor, id) }

func save(tx *db.Tx, f File, pass flow.Pass) error {
	err := tx.Change(`UPDATE application SET name = $2, fold = $3, state = $4, stage = $5, note = $6, confirmed_at = $7, submitted_at = $8, accepted_at = $9,
		version = version + 1 WHERE id = $1 AND version = $10`, string(f.ID), f.Name, text.Fold(f.Name), string(pass.To()), string(f.Stage), f.Note,
		db.At(f.ConfirmedAt), db.At(f.SubmittedAt), db.At(f.AcceptedAt), f.Version)
	if err != nil {
		return err
	}
	return ledger.Append(tx, f.LSP, string(f.ID), pass, f.detail)
}

// Checks lists the verdicts on an application's requirements.
func Checks(tx *db.Tx, actor auth.Actor, id ID) ([]Verdict, error) {
	if actor.Nobody() {
		return nil, nil
	}
	return db.All(tx, func(v *Verdict) []any { return []any{&v.Requirement, &v.Verdict, &v.Note} },
		"SELECT requirement, verdict, note FROM application_check WHERE application = $1 ORDER BY requirement", string(id))
}

// Filter narrows a list of applications.
type Filter struct {
	Programme programme.ID
	LSP       auth.OrgID
	Stages    []Stage
	District  string
	Sector    string
	Query     string    // words of the name, or their beginnings
	After     names.Key // where the page before ended
	Limit     int       // 50 when zero
}

// List is the applications the actor may see, and where the next page goes on. They come by name; those of a search by
// the word that was found and then by name.
func List(tx *db.Tx, actor auth.Actor, f Filter) ([]Application, names.Key, error) {
	f.Limit = cmp.Or(f.Limit, 50)
	if text.Fold(f.Query) != "" && f.Programme == "" && actor.System == "" {
		return f.find(tx, actor)
	}
	if actor.System != "" {
		all, err := f.read(tx, "1 = ?", 1)
		return f.page(all, err)
	}
	var all []Application
	for _, org := range actor.AllOrgs() {
		for _, column := range []string{"lsp", "office"} {
			part, err := f.read(tx, column+" = ?", string(org))
			if err != nil {
				return nil, names.Key{}, err
			}
			all = append(all, part...)
		}
	}
	slices.SortFunc(all, func(a, b Application) int {
		return cmp.Or(strings.Compare(text.Fold(a.Name), text.Fold(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	})
	return f.page(slices.CompactFunc(all, func(a, b Application) bool { return a.ID == b.ID }), nil)
}

// page is the first of what was read, and where to go on.
func (f Filter) page(all []Application, err error) ([]Application, names.Key, error) {
	if err != nil || len(all) <= f.Limit {
		return all, names.Key{}, err
	}
	return all[:f.Limit], At(all[f.Limit-1]), nil
}

// At is the place of an application in a list by name.
func At(a Application) names.Key { return names.Key{After: text.Fold(a.Name), ID: string(a.ID)} }

// named are the words of the names of applications, in the lists of the LSP and of the office that sent the people.
var named = names.Index{Table: "application_name", Of: "application"}

// NameOf is what an application is found by.
func NameOf(a ID, name string, lsp, office auth.OrgID) []names.Name {
	list := []names.Name{{Org: string(lsp), ID: string(a), Name: name}}
	if office != "" && office != lsp {
		list = append(list, names.Name{Org: string(office), ID: string(a), Name: name})
	}
	return list
}

// IndexNames lets applications be found by the words of their names.
func IndexNames(tx *db.Tx, list ...names.Name) error { return named.Add(tx, list...) }

// rename lets an application be found by another name than before.
func rename(tx *db.Tx, a Application, name string) error {
	if err := named.Remove(tx, NameOf(a.ID, a.Name, a.LSP, a.Office)...); err != nil {
		return err
	}
	return named.Add(tx, NameOf(a.ID, name, a.LSP, a.Office)...)
}

// find is a list by words of the name.
func (f Filter) find(tx *db.Tx, actor auth.Actor) ([]Application, names.Key, error) {
	var orgs []string
	for _, org := range actor.AllOrgs() {
		if f.LSP == "" || f.LSP == org || !actor.In(f.LSP) {
			orgs = append(orgs, string(org))
		}
	}
	list, next, err := names.Find(tx, named, orgs, f.Query, f.After, f.Limit, names.List[row]{Columns: columns, From: "application AS a", ID: "a.id", Fields: fields, Where: f.narrow})
	return wholes(list), next, err
}

// narrow adds what must hold beside the name.
func (f Filter) narrow(w *db.Where) {
	if f.Programme != "" {
		w.And("programme = ?", string(f.Programme))
	}
	if f.LSP != "" {
		w.And("lsp = ?", string(f.LSP))
	}
	if f.District != "" {
		w.And("district = ?", f.District)
	}
	if f.Sector != "" {
		w.And("sector = ?", f.Sector)
	}
	if len(f.Stages) > 0 {
		stages := make([]any, len(f.Stages))
		for i, s := range f.Stages {
			stages[i] = string(s)
		}
		w.In("stage", stages...)
	}
}

// read is one part of a list, such as an LSP's, by name: one more than a page, to know whether it goes on.
func (f Filter) read(tx *db.Tx, cond string, value any) ([]Application, error) {
	var w db.Where
	w.And(cond, value)
	w.And("(fold, id) > (?, ?)", f.After.After, f.After.ID)
	f.narrow(&w)
	for _, word := range names.Words(text.Fold(f.Query)) {
		w.And("(' ' || fold) LIKE ?", "% "+word+"%")
	}
	rows, err := db.All(tx, fields, "SELECT "+columns+" FROM application WHERE "+w.String()+" ORDER BY fold, id LIMIT "+w.Value(f.Limit+1), w.Args()...)
	return wholes(rows), err
}

func wholes(rows []row) []Application {
	out := make([]Application, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out
}

// Duty is one person's part in one case. Nobody has two: the key of the table refuses it.
type Duty struct {
	Application ID
	Person      auth.PersonID
	Duty        string // candidate, trainer, assessor, committee
}

// TakeDuties writes down who does what in which case. The same duty again is no change; another duty in the same
// case is refused (ISO/IEC 17024 9.4.4).
func TakeDuties(tx *db.Tx, duties []Duty) error {
	for _, d := range duties {
		var have string
		err := tx.Get(`INSERT INTO case_duty (application, person, duty) VALUES ($1, $2, $3)
			ON CONFLICT (application, person) DO UPDATE SET duty = case_duty.duty RETURNING duty`, []any{string(d.Application), string(d.Person), d.Duty}, &have)
		if err != nil {
			return err
		}
		if have != d.Duty {
			return fault.New(fault.Denied, "application.duty_conflict", text.Key("duty_in_case."+have))
		}
	}
	return nil
}

// LeaveDuty takes a person out of a case, before she acted in it.
func LeaveDuty(tx *db.Tx, d Duty) error {
	_, err := tx.Exec("DELETE FROM case_duty WHERE application = $1 AND person = $2 AND duty = $3", string(d.Application), string(d.Person), d.Duty)
	return err
}

// DutiesIn finds who of some people has a part in which of some cases already.
func DutiesIn(tx *db.Tx, _ auth.Actor, apps []ID, people []auth.PersonID) ([]Duty, error) {
	var out []Duty
	for _, p := range people {
		for _, a := range apps {
			d := Duty{Application: a, Person: p}
			err := tx.Get("SELECT duty FROM case_duty WHERE application = $1 AND person = $2", []any{string(a), string(p)}, &d.Duty)
			if err == nil {
				out = append(out, d)
			} else if !fault.Is(err, fault.NotFound) {
				return nil, err
			}
		}
	}
	return out, nil
}

// Offers is what the actor could do with an application now, and what stands in the way.
func Offers(tx *db.Tx, actor auth.Actor, f File) []flow.Offer {
	return Flow.Offers(flow.Case{Actor: actor, Now: tx.Now()}, f)
}
