package assessment

import (
	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
)

func foldName(s string) string { return text.Fold(s) }

const scheduleColumns = `id, lsp, programme, scheme_version, tuk, held_on, starts, capacity, taken, load_limit, load_reason, state, letter_number, letter_date, sample, version`

func scheduleFields(x *Schedule) []any {
	return []any{&x.ID, &x.LSP, &x.Programme, &x.SchemeVersion, &x.TUK, &x.HeldOn, &x.Starts, &x.Capacity, &x.Taken, &x.LoadLimit, &x.LoadReason, &x.State,
		&x.LetterNumber, &x.LetterDate, &x.Sample, &x.Version}
}

// GetSchedule is one schedule, for the people of its LSP.
func GetSchedule(tx *db.Tx, actor auth.Actor, sid ScheduleID) (Schedule, error) {
	x, err := db.One(tx, scheduleFields, "SELECT "+scheduleColumns+" FROM schedule WHERE id = $1", string(sid))
	if err == nil && !actor.In(x.LSP) && actor.System == "" {
		return Schedule{}, fault.New(fault.NotFound, "db.not_found")
	}
	return x, err
}

// Schedules is the LSP's schedules, the latest day first.
func Schedules(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]Schedule, error) {
	if !actor.In(lsp) && actor.System == "" {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, scheduleFields, "SELECT "+scheduleColumns+" FROM schedule WHERE lsp = $1 ORDER BY held_on DESC, id DESC LIMIT 200", string(lsp))
}

// PlanOf is a schedule with what its rules look at, for the buttons of its page.
func PlanOf(tx *db.Tx, actor auth.Actor, sid ScheduleID) (Plan, error) { return plan(tx, actor, sid) }

// plan looks at a schedule with everything its rules need.
func plan(tx *db.Tx, actor auth.Actor, sid ScheduleID) (Plan, error) {
	x, err := GetSchedule(tx, actor, sid)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Schedule: x, Unrelated: true}
	v, err := scheme.Get(tx, actor, x.SchemeVersion)
	if err != nil {
		return p, err
	}
	if p.Verified, err = licence.VerifiedOn(tx, actor, x.TUK, v.Scheme, x.HeldOn); err != nil {
		return p, err
	}
	if p.Licensed, err = holds(licence.LicenceOn(tx, actor, x.LSP, v.Scheme, x.HeldOn)); err != nil {
		return p, err
	}
	people, err := Assessors(tx, actor, sid)
	if err != nil {
		return p, err
	}
	p.Qualified = len(people) > 0
	for _, who := range people {
		ok, err := holds(licence.AssessorOn(tx, actor, x.LSP, who.Person, v.Scheme, x.HeldOn))
		if err != nil {
			return p, err
		}
		p.Qualified = p.Qualified && ok
		p.Heaviest = max(p.Heaviest, who.Load)
	}
	return p, p.relations(tx, actor)
}

// holds tells a fault, which is an answer, from an error.
func holds[T any](_ T, err error) (bool, error) {
	if err == nil {
		return true, nil
	}
	if fault.Of(err) != nil {
		return false, nil
	}
	return false, err
}

func (p *Plan) relations(tx *db.Tx, actor auth.Actor) error {
	seats, err := BySchedule(tx, actor, p.ID)
	if err != nil {
		return err
	}
	for _, s := range seats {
		kind, err := person.Related(tx, actor, s.Assessor, s.Person, p.HeldOn)
		if err != nil {
			return err
		}
		p.Unrelated = p.Unrelated && kind == ""
	}
	return nil
}

// OnSchedule is an assessor on a schedule with how many candidates he has.
type OnSchedule struct {
	Person auth.PersonID
	Name   string
	MET    string
	Load   int
}

// Assessors lists who assesses on a schedule.
func Assessors(tx *db.Tx, actor auth.Actor, sid ScheduleID) ([]OnSchedule, error) {
	if actor.Nobody() {
		return nil, nil
	}
	return db.All(tx, func(o *OnSchedule) []any { return []any{&o.Person, &o.Name, &o.MET, &o.Load} }, `SELECT s.person, p.name, r.met,
		(SELECT COUNT(*) FROM assessment a WHERE a.schedule = s.schedule AND a.assessor = s.person) FROM schedule_assessor s
		JOIN person p ON p.id = s.person JOIN assessor r ON r.id = s.assessor WHERE s.schedule = $1 ORDER BY p.fold, s.person`, string(sid))
}

func insertSchedule(tx *db.Tx, x Schedule, pass flow.Pass) error {
	_, err := tx.Exec(`INSERT INTO schedule (id, lsp, programme, scheme_version, tuk, held_on, starts, capacity, taken, load_limit, load_reason, state, letter_number,
		letter_date, sample, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, '', '', $12, $13, 1)`,
		string(x.ID), string(x.LSP), string(x.Programme), string(x.SchemeVersion), x.TUK, string(x.HeldOn), x.Starts, x.Capacity, x.LoadLimit, x.LoadReason,
		string(pass.To()), x.Sample, db.At(tx.Now()))
	if err != nil {
		return err
	}
	return ledger.Append(tx, x.LSP, string(x.ID), pass, nil)
}

func saveSchedule(tx *db.Tx, x Schedule, pass flow.Pass) error {
	err := tx.Change(`UPDATE schedule SET taken = $2, load_reason = $3, state = $4, letter_number = $5, letter_date = $6, version = version + 1
		WHERE id = $1 AND version = $7`, string(x.ID), x.Taken, x.LoadReason, string(pass.To()), x.LetterNumber, string(x.LetterDate), x.Version)
	if err != nil {
		return err
	}
	return ledger.Append(tx, x.LSP, string(x.ID), pass, nil)
}

const columns = `id, application, schedule, lsp, person, name, assessor, state, recommendation, note, consented_at, started_at, finished_at, version`

type row struct {
	Assessment
	consented, started, finished db.Time
}

func fields(r *row) []any {
	return []any{&r.ID, &r.Application, &r.Schedule, &r.LSP, &r.Person, &r.Name, &r.Assessor, &r.State, &r.Recommendation, &r.Note, &r.consented, &r.started, &r.finished, &r.Version}
}

func (r row) whole() Assessment {
	a := r.Assessment
	a.ConsentedAt, a.StartedAt, a.FinishedAt = r.consented.Time, r.started.Time, r.finished.Time
	return a
}

// sees says who may read an assessment: its assessor, its candidate, and those of the LSP who plan or decide.
func (a Assessment) sees(actor auth.Actor) bool {
	if actor.Subject != "" {
		return actor.Subject == string(a.Application)
	}
	return actor.System != "" || actor.Person != "" && (actor.Person == a.Assessor || actor.Person == a.Person) ||
		actor.Is(auth.Manager, a.LSP) || actor.Is(auth.Committee, a.LSP) || actor.Is(auth.Head, a.LSP) || actor.Is(auth.LSPAdmin, a.LSP)
}

// Get is one assessment.
func Get(tx *db.Tx, actor auth.Actor, aid ID) (Assessment, error) {
	return one(tx, actor, "id = $1", string(aid))
}

// ByApplication is the assessment of an application.
func ByApplication(tx *db.Tx, actor auth.Actor, a application.ID) (Assessment, error) {
	return one(tx, actor, "application = $1", string(a))
}

func one(tx *db.Tx, actor auth.Actor, where string, arg any) (Assessment, error) {
	r, err := db.One(tx, fields, "SELECT "+columns+" FROM assessment WHERE "+where, arg)
	if err == nil && !r.whole().sees(actor) {
		return Assessment{}, fault.New(fault.NotFound, "db.not_found")
	}
	return r.whole(), err
}

func list(tx *db.Tx, actor auth.Actor, where string, args ...any) ([]Assessment, error) {
	rows, err := db.All(tx, fields, "SELECT "+columns+" FROM assessment WHERE "+where+" ORDER BY fold, id LIMIT 100000", args...)
	var out []Assessment
	for _, r := range rows {
		if a := r.whole(); a.sees(actor) {
			out = append(out, a)
		}
	}
	return out, err
}

// BySchedule is the candidates of a schedule, by name; an assessor sees his own.
func BySchedule(tx *db.Tx, actor auth.Actor, sid ScheduleID) ([]Assessment, error) {
	return list(tx, actor, "schedule = $1", string(sid))
}

// Mine is the assessments of which the actor is the assessor and that are not over.
func Mine(tx *db.Tx, actor auth.Actor) ([]Assessment, error) {
	return list(tx, actor, "assessor = $1 AND state IN ('planned', 'consented', 'running')", string(actor.Person))
}

// Undecided is the LSP's recommended assessments on which no committee has decided, or which one has put off.
func Undecided(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]Assessment, error) {
	return list(tx, actor, `state = 'recommended' AND application IN
		(SELECT id FROM application WHERE lsp = $1 AND stage IN ('assessed_k', 'assessed_bk', 'deferred'))`, string(lsp))
}

func save(tx *db.Tx, a Assessment, pass flow.Pass, detail any) error {
	err := tx.Change(`UPDATE assessment SET state = $2, recommendation = $3, note = $4, consented_at = $5, started_at = $6, finished_at = $7, version = version + 1
		WHERE id = $1 AND version = $8`, string(a.ID), string(pass.To()), a.Recommendation, a.Note, db.At(a.ConsentedAt), db.At(a.StartedAt), db.At(a.FinishedAt), a.Version)
	if err != nil {
		return err
	}
	return ledger.Append(tx, a.LSP, string(a.ID), pass, detail)
}
