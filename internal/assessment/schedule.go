// Package assessment plans tests and keeps what happened in them: schedules with place, assessors and candidates,
// consent before anything else (FR.AK.01), observation criterion by criterion (FR.IA.01), and the assessor's
// recommendation (FR.AK.02). The assessor recommends; he never decides.
package assessment

import (
	"context"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/licence"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
)

// ScheduleID names a schedule: "sdl_…"; ID an assessment: "asm_…".
type (
	ScheduleID string
	ID         string
)

// DefaultLoad is how many candidates one assessor takes in a day without a reason being asked. No national limit
// is written down (domain reference 5.4); this is the number most often quoted.
const DefaultLoad = 10

// Schedule is one test day at one place in one scheme.
type Schedule struct {
	ID            ScheduleID
	LSP           auth.OrgID
	Programme     programme.ID
	SchemeVersion scheme.VersionID
	TUK           string
	HeldOn        date.Date
	Starts        string // 08.00
	Capacity      int
	Taken         int
	LoadLimit     int
	LoadReason    string
	State         flow.State
	LetterNumber  string
	LetterDate    date.Date
	Sample        bool
	Version       int64
}

// Service is what people do with schedules and assessments.
type Service struct {
	d    *db.DB
	held Held
}

// NewService makes the service.
func NewService(d *db.DB, held Held) *Service { return &Service{d, held} }

func caseOf(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) (flow.Case, error) {
	today, err := organisation.Today(tx, lsp)
	return flow.Case{Actor: actor, Now: tx.Now(), Today: today}, err
}

// Plan drafts a schedule.
func (s *Service) Plan(ctx context.Context, actor auth.Actor, x Schedule) (ScheduleID, error) {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		x.ID, x.State, x.Taken, x.Version = "", flow.None, 0, 1
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := ScheduleFlow.Allow(c, "plan", Plan{Schedule: x}, "")
		if err != nil {
			return err
		}
		if err := x.check(tx, actor, c.Today); err != nil {
			return err
		}
		if x.LoadLimit == 0 {
			x.LoadLimit = DefaultLoad
		}
		x.ID = ScheduleID(id.New("sdl", tx.Now()))
		return insertSchedule(tx, x, pass)
	})
	return x.ID, err
}

func (x Schedule) check(tx *db.Tx, actor auth.Actor, today date.Date) error {
	f := fault.New(fault.Invalid, "form.invalid")
	if !x.HeldOn.Valid() || x.HeldOn < today {
		f.With("held_on", "assessment.day_past")
	}
	t, err := licence.GetTUK(tx, actor, x.TUK)
	if err != nil || t.LSP != x.LSP {
		return f.With("tuk", "form.required")
	}
	if x.Capacity < 1 || x.Capacity > t.Capacity {
		f.With("capacity", "assessment.capacity", t.Capacity)
	}
	return f.Or()
}

// changeSchedule is every use case on one schedule: get, change, Pass, save.
func (s *Service) changeSchedule(ctx context.Context, actor auth.Actor, sid ScheduleID, do flow.Action, reason string, fn func(*db.Tx, *Plan) error) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		p, err := plan(tx, actor, sid)
		if err != nil {
			return err
		}
		if err := fn(tx, &p); err != nil {
			return err
		}
		c, err := caseOf(tx, actor, p.LSP)
		if err != nil {
			return err
		}
		pass, err := ScheduleFlow.Allow(c, do, p, reason)
		if err != nil {
			return err
		}
		return saveSchedule(tx, p.Schedule, pass)
	})
}

// AddAssessor puts an assessor on a schedule: registered with the LSP, valid on the day, in scope for the scheme.
func (s *Service) AddAssessor(ctx context.Context, actor auth.Actor, sid ScheduleID, who auth.PersonID) error {
	return s.changeSchedule(ctx, actor, sid, "add_assessor", "", func(tx *db.Tx, p *Plan) error {
		v, err := scheme.Get(tx, actor, p.SchemeVersion)
		if err != nil {
			return err
		}
		reg, err := licence.AssessorOn(tx, actor, p.LSP, who, v.Scheme, p.HeldOn)
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO schedule_assessor (schedule, person, assessor) VALUES ($1, $2, $3) ON CONFLICT (schedule, person) DO NOTHING", string(sid), string(who), reg.ID)
		p.Qualified = err == nil
		return err
	})
}

// Seat gives candidates a place on a schedule and an assessor. Places are never given twice, whoever asks at the
// same time; an assessor who trained, employs or is related to a candidate is refused.
func (s *Service) Seat(ctx context.Context, actor auth.Actor, sid ScheduleID, who auth.PersonID, apps []application.ID) error {
	return s.changeSchedule(ctx, actor, sid, "seat", "", func(tx *db.Tx, p *Plan) error {
		on, err := tx.Has("SELECT person FROM schedule_assessor WHERE schedule = $1 AND person = $2", string(sid), string(who))
		if err != nil || !on {
			return orFault(err, fault.New(fault.Invalid, "assessment.not_on_schedule"))
		}
		if p.Taken+len(apps) > p.Capacity {
			return fault.New(fault.Conflict, "assessment.full", p.Capacity-p.Taken)
		}
		var duties []application.Duty
		for _, a := range apps {
			if err := seat(tx, actor, p, who, a); err != nil {
				return err
			}
			duties = append(duties, application.Duty{Application: a, Person: who, Duty: "assessor"})
		}
		if err := application.TakeDuties(tx, duties); err != nil {
			return err
		}
		if err := insertSeats(tx, actor, p, who, apps); err != nil {
			return err
		}
		p.Taken += len(apps)
		return application.Advance(tx, apps, application.StageScheduled)
	})
}

func orFault(err error, f *fault.Fault) error {
	if err != nil {
		return err
	}
	return f
}

// seat checks one candidate against the schedule and the assessor.
func seat(tx *db.Tx, actor auth.Actor, p *Plan, who auth.PersonID, a application.ID) error {
	app, err := application.Get(tx, actor, a)
	if err != nil {
		return err
	}
	if app.LSP != p.LSP || app.SchemeVersion != p.SchemeVersion || app.Stage != application.StageAccepted {
		return fault.New(fault.Conflict, "assessment.not_ready", app.Name)
	}
	kind, err := person.Related(tx, actor, who, app.Person, p.HeldOn)
	if err != nil {
		return err
	}
	p.Unrelated = p.Unrelated && kind == ""
	return nil
}

func insertSeats(tx *db.Tx, actor auth.Actor, p *Plan, who auth.PersonID, apps []application.ID) error {
	var rows [][]any
	for _, a := range apps {
		app, err := application.Get(tx, actor, a)
		if err != nil {
			return err
		}
		rows = append(rows, []any{id.New("asm", tx.Now()), string(a), string(p.ID), string(p.LSP), string(app.Person), app.Name, foldName(app.Name), string(who),
			"assessor", string(Planned), "", "", 1})
	}
	err := tx.Insert("assessment", []string{"id", "application", "schedule", "lsp", "person", "name", "fold", "assessor", "duty", "state", "recommendation", "note", "version"}, rows)
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "assessment.seated_already").Because(err)
	}
	return err
}

// Unseat takes a candidate off a schedule that is still a draft.
func (s *Service) Unseat(ctx context.Context, actor auth.Actor, sid ScheduleID, a application.ID) error {
	return s.changeSchedule(ctx, actor, sid, "unseat", "", func(tx *db.Tx, p *Plan) error {
		var who auth.PersonID
		if err := tx.Get("SELECT assessor FROM assessment WHERE application = $1 AND schedule = $2 AND state = 'planned'", []any{string(a), string(sid)}, &who); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM assessment WHERE application = $1", string(a)); err != nil {
			return err
		}
		p.Taken--
		if err := application.LeaveDuty(tx, application.Duty{Application: a, Person: who, Duty: "assessor"}); err != nil {
			return err
		}
		return application.Advance(tx, []application.ID{a}, application.StageAccepted)
	})
}

// Explain notes why an assessor takes more candidates than the usual limit.
func (s *Service) Explain(ctx context.Context, actor auth.Actor, sid ScheduleID, reason string) error {
	return s.changeSchedule(ctx, actor, sid, "edit", "", func(_ *db.Tx, p *Plan) error { p.LoadReason = reason; return nil })
}

// Assign sends the schedule out: every rule holds, and the assignment letter gets its number.
func (s *Service) Assign(ctx context.Context, actor auth.Actor, sid ScheduleID) error {
	return s.changeSchedule(ctx, actor, sid, "assign", "", func(tx *db.Tx, p *Plan) error {
		c, err := caseOf(tx, actor, p.LSP)
		if err != nil {
			return err
		}
		if _, err := ScheduleFlow.Allow(c, "assign", *p, ""); err != nil {
			return err // before a number is given out
		}
		org, err := organisation.Get(tx, actor, p.LSP)
		if err != nil {
			return err
		}
		n, err := number.Allot(tx, p.LSP, number.Letter, c.Today, []number.Want{{Record: string(sid), Vars: map[string]string{"lsp": org.Code}}})
		if err != nil {
			return err
		}
		p.LetterNumber, p.LetterDate = n[0].Text, c.Today
		return nil
	})
}

// Finish closes a schedule whose tests are over.
func (s *Service) Finish(ctx context.Context, actor auth.Actor, sid ScheduleID) error {
	return s.changeSchedule(ctx, actor, sid, "finish", "", func(*db.Tx, *Plan) error { return nil })
}

// Cancel gives a schedule up; its candidates are free for another.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, sid ScheduleID, reason string) error {
	return s.changeSchedule(ctx, actor, sid, "cancel", reason, func(tx *db.Tx, p *Plan) error {
		begun, err := tx.Has("SELECT id FROM assessment WHERE schedule = $1 AND state NOT IN ('planned', 'postponed', 'absent')", string(sid))
		if err != nil || begun {
			return orFault(err, fault.New(fault.Conflict, "assessment.begun"))
		}
		seats, err := BySchedule(tx, actor, sid)
		if err != nil {
			return err
		}
		var apps []application.ID
		for _, x := range seats {
			apps = append(apps, x.Application)
			if _, err := tx.Exec("DELETE FROM assessment WHERE id = $1", string(x.ID)); err != nil {
				return err
			}
			if err := application.LeaveDuty(tx, application.Duty{Application: x.Application, Person: x.Assessor, Duty: "assessor"}); err != nil {
				return err
			}
		}
		p.Taken = 0
		return application.Advance(tx, apps, application.StageAccepted)
	})
}

// Assessment is one candidate's test.
type Assessment struct {
	ID             ID
	Application    application.ID
	Schedule       ScheduleID
	LSP            auth.OrgID
	Person         auth.PersonID
	Name           string
	Assessor       auth.PersonID
	State          flow.State
	Recommendation string // K or BK; empty before
	Note           string
	ConsentedAt    time.Time
	StartedAt      time.Time
	FinishedAt     time.Time
	Version        int64
}
