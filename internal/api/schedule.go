package api

import (
	"context"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/paper"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
)

// NewSchedule is a test day to be planned.
type NewSchedule struct {
	LSP       string `json:"lsp,omitempty" doc:"Needed where the caller manages several"`
	Programme string `json:"programme,omitempty"`
	Scheme    string `json:"scheme_version"`
	TUK       string `json:"tuk"`
	HeldOn    string `json:"held_on" format:"date"`
	Starts    string `json:"starts" example:"08.00"`
	Capacity  int    `json:"capacity" minimum:"1" maximum:"10000"`
	LoadLimit int    `json:"load_limit,omitempty" minimum:"1" maximum:"1000" doc:"Candidates one assessor takes without a reason; 10 if not given"`
}

// Schedule is one test day at one place in one scheme.
type Schedule struct {
	ID string `json:"id"`
	NewSchedule
	Taken        int          `json:"taken"`
	LoadReason   string       `json:"load_reason,omitempty"`
	State        string       `json:"state" enum:"draft,assigned,done,cancelled"`
	LetterNumber string       `json:"letter_number,omitempty"`
	LetterDate   string       `json:"letter_date,omitempty" format:"date"`
	Sample       bool         `json:"sample,omitempty"`
	Verified     *bool        `json:"tuk_verified,omitempty" doc:"The place, for the scheme and day"`
	Licensed     *bool        `json:"licensed,omitempty" doc:"The LSP, for the scheme and day"`
	Assessors    []OnSchedule `json:"assessors,omitempty"`
	Seats        []Seat       `json:"seats,omitempty"`
	Actions      []Action     `json:"actions,omitempty"`
}

// OnSchedule is an assessor of a schedule.
type OnSchedule struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	MET    string `json:"met"`
	Load   int    `json:"load" doc:"How many candidates she has"`
}

// Seat is a candidate of a schedule.
type Seat struct {
	Assessment     string `json:"assessment"`
	Application    string `json:"application"`
	Name           string `json:"name"`
	Assessor       string `json:"assessor"`
	State          string `json:"state"`
	Recommendation string `json:"recommendation,omitempty" enum:"K,BK"`
}

func scheduleTold(x assessment.Schedule) Schedule {
	return Schedule{ID: string(x.ID), Taken: x.Taken, LoadReason: x.LoadReason, State: string(x.State), LetterNumber: x.LetterNumber, LetterDate: string(x.LetterDate), Sample: x.Sample,
		NewSchedule: NewSchedule{string(x.LSP), string(x.Programme), string(x.SchemeVersion), x.TUK, string(x.HeldOn), x.Starts, x.Capacity, x.LoadLimit}}
}

// AtLSP is a list of what an LSP has.
type AtLSP struct {
	From
	LSP string `query:"lsp" doc:"Needed where the caller works in several"`
}

// lsp is the one a caller looks at: the one she names, or the first she works in.
func lsp(ctx context.Context, named string) (auth.OrgID, error) {
	if named != "" {
		return auth.OrgID(named), nil
	}
	for _, d := range []auth.Duty{auth.LSPAdmin, auth.Manager, auth.Head, auth.Committee} {
		if orgs := actor(ctx).Orgs(d); len(orgs) > 0 {
			return orgs[0], nil
		}
	}
	return mine(ctx, auth.Manager, "", "lsp")
}

func (s *server) schedules(ctx context.Context, in *AtLSP) (*list[Schedule], error) {
	at, err := lsp(ctx, in.LSP)
	if err != nil {
		return nil, refused(err)
	}
	return page(ctx, s, in.From, func(x assessment.Schedule) string { return string(x.ID) }, scheduleTold, func(tx *db.Tx, who auth.Actor) ([]assessment.Schedule, error) {
		return assessment.Schedules(tx, who, at)
	})
}

func (s *server) schedule(ctx context.Context, in *ByID) (*one[Schedule], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Schedule, int64, error) {
		sid := assessment.ScheduleID(in.ID)
		p, err := assessment.PlanOf(tx, who, sid)
		if err != nil {
			return Schedule{}, 0, err
		}
		out := scheduleTold(p.Schedule)
		out.Verified, out.Licensed = &p.Verified, &p.Licensed
		out.Actions = s.offers(ctx, "schedule", assessment.ScheduleFlow.Offers(now(ctx, tx), p))
		on, err := assessment.Assessors(tx, who, sid)
		if err != nil {
			return out, 0, err
		}
		for _, a := range on {
			out.Assessors = append(out.Assessors, OnSchedule{string(a.Person), a.Name, a.MET, a.Load})
		}
		seats, err := assessment.BySchedule(tx, who, sid)
		for _, a := range seats {
			out.Seats = append(out.Seats, Seat{string(a.ID), string(a.Application), a.Name, string(a.Assessor), string(a.State), a.Recommendation})
		}
		return out, p.Version, err
	})
}

func (s *server) plan(ctx context.Context, in *struct {
	Once
	Body NewSchedule
}) (*one[created], error) {
	out, err := once(ctx, s, "create-schedule", in.Once, in.Body, func() (created, error) {
		b := in.Body
		at, err := mine(ctx, auth.Manager, b.LSP, "lsp")
		if err != nil {
			return created{}, err
		}
		id, err := s.Assessments.Plan(ctx, actor(ctx), assessment.Schedule{LSP: at, Programme: programme.ID(b.Programme), SchemeVersion: scheme.VersionID(b.Scheme), TUK: b.TUK, HeldOn: date.Date(b.HeldOn), Starts: b.Starts, Capacity: b.Capacity, LoadLimit: b.LoadLimit})
		return created{string(id)}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) addAssessor(ctx context.Context, in *struct {
	ByID
	Body struct {
		Person string `json:"person"`
	}
}) (*one[Schedule], error) {
	if err := s.Assessments.AddAssessor(ctx, actor(ctx), assessment.ScheduleID(in.ID), auth.PersonID(in.Body.Person)); err != nil {
		return nil, refused(err)
	}
	return s.schedule(ctx, &in.ByID)
}

func (s *server) seat(ctx context.Context, in *struct {
	ByID
	Body struct {
		Assessor     string   `json:"assessor" doc:"Person"`
		Applications []string `json:"applications" minItems:"1" maxItems:"1000"`
	}
}) (*one[Schedule], error) {
	err := s.Assessments.Seat(ctx, actor(ctx), assessment.ScheduleID(in.ID), auth.PersonID(in.Body.Assessor), ids[application.ID](in.Body.Applications))
	if err != nil {
		return nil, refused(err)
	}
	return s.schedule(ctx, &in.ByID)
}

func (s *server) unseat(ctx context.Context, in *struct {
	ByID
	Application string `path:"application"`
}) (*struct{}, error) {
	return nil, refused(s.Assessments.Unseat(ctx, actor(ctx), assessment.ScheduleID(in.ID), application.ID(in.Application)))
}

func (s *server) scheduleLetter(ctx context.Context, in *ByID) (*File, error) {
	return pdf(ctx, s, "surat-tugas.pdf", func(tx *db.Tx, who auth.Actor) (printed, error) {
		return paper.Assignment(tx, who, assessment.ScheduleID(in.ID))
	})
}
