package application

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
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
	Query     string // part of the name
	AfterFold string // keyset: go on after this name and id
	AfterID   ID
	Limit     int
}

// List is the applications the actor may see, by name.
func List(tx *db.Tx, actor auth.Actor, f Filter) ([]Application, error) {
	if f.Limit == 0 {
		f.Limit = 51
	}
	if actor.System != "" {
		return f.read(tx, "1 = 1")
	}
	var all []Application
	for _, org := range actor.AllOrgs() {
		for _, column := range []string{"lsp", "office"} {
			part, err := f.read(tx, column+" = $1", string(org))
			if err != nil {
				return nil, err
			}
			all = append(all, part...)
		}
	}
	slices.SortFunc(all, func(a, b Application) int {
		return cmp.Or(strings.Compare(text.Fold(a.Name), text.Fold(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	})
	all = slices.CompactFunc(all, func(a, b Application) bool { return a.ID == b.ID })
	return all[:min(len(all), f.Limit)], nil
}

// holding counts the names of the LSP that hold a word of a range, as far as text.Common.
func (f Filter) holding(tx *db.Tx) func(word, last string) (int, error) {
	return func(word, last string) (n int, err error) {
		err = tx.Get("SELECT COUNT(*) FROM (SELECT 1 FROM application_word WHERE lsp = $1 AND word >= $2 AND word < $3 LIMIT $4) AS few", []any{string(f.LSP), word, last, text.Common}, &n)
		return n, err
	}
}

// IndexNames lets applications of an LSP be found by the words of their names.
func IndexNames(tx *db.Tx, lsp auth.OrgID, apps []ID, names []string) error {
	var rows [][]any
	for i, a := range apps {
		for _, w := range text.Words(text.Fold(names[i])) {
			rows = append(rows, []any{string(lsp), w, string(a)})
		}
	}
	return tx.Insert("application_word", []string{"lsp", "word", "application"}, rows)
}

// rename lets an application be found by another name than before.
func rename(tx *db.Tx, lsp auth.OrgID, a ID, name string) error {
	if _, err := tx.Exec("DELETE FROM application_word WHERE application = $1", string(a)); err != nil {
		return err
	}
	return IndexNames(tx, lsp, []ID{a}, []string{name})
}

// read is one part of a list, such as an LSP's, in the order of an index.
func (f Filter) read(tx *db.Tx, where string, args ...any) ([]Application, error) {
	from := "FROM application "
	add := func(cond string, values ...any) {
		where += " AND " + cond + " " + db.Places(len(args)+1, len(values))
		args = append(args, values...)
	}
	add("(fold, id) >", f.AfterFold, string(f.AfterID))
	if f.Programme != "" {
		add("programme IN", string(f.Programme))
	}
	if f.LSP != "" {
		add("lsp IN", string(f.LSP))
	}
	if f.District != "" {
		add("district IN", f.District)
	}
	if f.Sector != "" {
		add("sector IN", f.Sector)
	}
	words := text.Words(text.Fold(f.Query))
	for _, w := range words {
		add("fold LIKE", "%"+w+"%")
	}
	if f.LSP != "" && f.Programme == "" {
		word, last, err := text.Rarest(words, f.holding(tx))
		if err != nil {
			return nil, err
		}
		if word != "" { // CROSS JOIN: SQLite takes the few first
			args = append(args, string(f.LSP), word, last)
			from = fmt.Sprintf("FROM (SELECT DISTINCT application AS found FROM application_word WHERE lsp = $%d AND word >= $%d AND word < $%d) AS few CROSS JOIN application ", len(args)-2, len(args)-1, len(args))
			where += " AND id = found"
		}
	}
	if len(f.Stages) > 0 {
		stages := make([]any, len(f.Stages))
		for i, s := range f.Stages {
			stages[i] = string(s)
		}
		add("stage IN", stages...)
	}
	args = append(args, f.Limit)
	rows, err := db.All(tx, fields, "SELECT "+columns+" "+from+"WHERE "+where+" ORDER BY fold, id LIMIT "+db.Places(len(args), 1), args...)
	out := make([]Application, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out, err
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

// FoldOf is the name of an application as lists are sorted by it, for going on after it.
func FoldOf(a Application) string { return text.Fold(a.Name) }

// Offers is what the actor could do with an application now, and what stands in the way.
func Offers(tx *db.Tx, actor auth.Actor, f File) []flow.Offer {
	return Flow.Offers(flow.Case{Actor: actor, Now: tx.Now()}, f)
}
