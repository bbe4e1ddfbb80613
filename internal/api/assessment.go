package api

import (
	"context"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/paper"
	"kompeten/internal/standard"
)

// Assessment is one candidate's test as lists tell it.
type Assessment struct {
	ID             string `json:"id"`
	Application    string `json:"application"`
	Schedule       string `json:"schedule"`
	Name           string `json:"name"`
	Assessor       string `json:"assessor"`
	HeldOn         string `json:"held_on,omitempty" format:"date"`
	State          string `json:"state" enum:"planned,consented,running,recommended,absent,postponed"`
	Recommendation string `json:"recommendation,omitempty" enum:"K,BK" doc:"The assessor's; she never decides"`
}

// AssessmentFile is one test with what was judged.
type AssessmentFile struct {
	Assessment
	Note        string       `json:"note,omitempty"`
	ConsentedAt string       `json:"consented_at,omitempty" format:"date-time"`
	StartedAt   string       `json:"started_at,omitempty" format:"date-time"`
	FinishedAt  string       `json:"finished_at,omitempty" format:"date-time"`
	Gaps        int          `json:"gaps" doc:"Criteria not yet judged yes or no"`
	Units       []Unit       `json:"units" doc:"What the candidate is assessed in"`
	Marks       []Mark       `json:"marks"`
	Credits     []Credit     `json:"credits" doc:"Units that are not assessed anew"`
	Results     []UnitResult `json:"results"`
	Actions     []Action     `json:"actions"`
}

// Mark is the assessor's judgement on one criterion.
type Mark struct {
	Unit      string `json:"unit"`
	Criterion string `json:"criterion" example:"1.2"`
	Mark      string `json:"mark" enum:"yes,no,not_observed"`
	Note      string `json:"note,omitempty" maxLength:"2000"`
}

// Credit is a unit that is not assessed anew, because a valid certificate of the candidate attests it.
type Credit struct {
	Unit       string `json:"unit"`
	Number     string `json:"number" minLength:"1" maxLength:"100" doc:"Of the certificate" example:"45407 7231 2 0000001 2026"`
	ValidUntil string `json:"valid_until,omitempty" format:"date" readOnly:"true"`
	Evidence   string `json:"evidence" minLength:"3" maxLength:"1000" doc:"Who confirms that she still does this work, and how"`
}

// UnitResult is the assessor's recommendation on one unit.
type UnitResult struct {
	Unit           string `json:"unit"`
	Recommendation string `json:"recommendation" enum:"K,BK"`
	Reason         string `json:"reason,omitempty" maxLength:"2000" doc:"Why not competent; needed with BK"`
}

func assessmentTold(a assessment.Assessment) Assessment {
	return Assessment{ID: string(a.ID), Application: string(a.Application), Schedule: string(a.Schedule), Name: a.Name, Assessor: string(a.Assessor), State: string(a.State), Recommendation: a.Recommendation}
}

func (s *server) assessments(ctx context.Context, in *struct {
	From
	Schedule    string `query:"schedule" doc:"Those of a schedule"`
	Application string `query:"application" doc:"That of an application"`
}) (*list[Assessment], error) {
	return page(ctx, s, in.From, func(a assessment.Assessment) string { return string(a.ID) }, assessmentTold, func(tx *db.Tx, who auth.Actor) ([]assessment.Assessment, error) {
		switch {
		case in.Application != "":
			a, err := assessment.ByApplication(tx, who, application.ID(in.Application))
			return []assessment.Assessment{a}, err
		case in.Schedule != "":
			return assessment.BySchedule(tx, who, assessment.ScheduleID(in.Schedule))
		}
		return assessment.Mine(tx, who)
	})
}

func (s *server) assessment(ctx context.Context, in *ByID) (*one[AssessmentFile], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (out AssessmentFile, _ int64, err error) {
		aid := assessment.ID(in.ID)
		x, err := assessment.SittingOf(tx, who, aid)
		if err != nil {
			return out, 0, err
		}
		out = AssessmentFile{Assessment: assessmentTold(x.Assessment), Note: x.Note, ConsentedAt: instant(x.ConsentedAt), StartedAt: instant(x.StartedAt), FinishedAt: instant(x.FinishedAt), Gaps: x.Gaps,
			Units: []Unit{}, Marks: []Mark{}, Credits: []Credit{}, Results: []UnitResult{}, Actions: s.offers(ctx, "assessment", assessment.Flow.Offers(now(ctx, tx), x))}
		out.HeldOn = string(x.HeldOn)
		units, err := assessment.Units(tx, who, x.Assessment)
		if err != nil {
			return out, 0, err
		}
		for _, u := range units {
			out.Units = append(out.Units, unitTold(u))
		}
		marks, err := assessment.Marks(tx, who, aid)
		if err != nil {
			return out, 0, err
		}
		for _, m := range marks {
			out.Marks = append(out.Marks, Mark{string(m.Unit), m.Criterion, m.Mark, m.Note})
		}
		credits, err := assessment.Credits(tx, who, aid)
		if err != nil {
			return out, 0, err
		}
		for _, c := range credits {
			out.Credits = append(out.Credits, Credit{string(c.Unit), c.Certificate, string(c.ValidUntil), c.Evidence})
		}
		results, err := assessment.Results(tx, who, aid)
		for _, r := range results {
			out.Results = append(out.Results, UnitResult{string(r.Unit), r.Recommendation, r.Reason})
		}
		return out, x.Version, err
	})
}

func (s *server) consent(ctx context.Context, in *struct {
	ByID
	Seen
	Body struct {
		Methods         []string `json:"methods" minItems:"1" enum:"observation,oral,written,portfolio,product,interview,third_party" doc:"How evidence is collected"`
		Rights          bool     `json:"rights" doc:"The right of appeal and secrecy were explained"`
		Device          string   `json:"device" enum:"own,assessor" doc:"On whose device the candidate signed"`
		CandidateSigned bool     `json:"candidate_signed"`
	}
}) (*one[AssessmentFile], error) {
	return change(ctx, s, in.ByID, in.Seen, s.assessment, func(v int64) error {
		form := assessment.AK01{Methods: in.Body.Methods, Rights: in.Body.Rights, Device: in.Body.Device}
		return s.Assessments.Consent(ctx, actor(ctx), assessment.ID(in.ID), v, form, in.Body.CandidateSigned)
	})
}

func (s *server) mark(ctx context.Context, in *struct {
	ByID
	Seen
	Body struct {
		Marks []Mark `json:"marks" minItems:"1" maxItems:"2000"`
	}
}) (*one[AssessmentFile], error) {
	return change(ctx, s, in.ByID, in.Seen, s.assessment, func(v int64) error {
		var marks []assessment.Mark
		for _, m := range in.Body.Marks {
			marks = append(marks, assessment.Mark{Unit: standard.Code(m.Unit), Criterion: m.Criterion, Mark: m.Mark, Note: m.Note})
		}
		return s.Assessments.Mark(ctx, actor(ctx), assessment.ID(in.ID), v, marks)
	})
}

func (s *server) credit(ctx context.Context, in *struct {
	ByID
	Seen
	Body Credit
}) (*one[AssessmentFile], error) {
	return change(ctx, s, in.ByID, in.Seen, s.assessment, func(v int64) error {
		return s.Assessments.Credit(ctx, actor(ctx), assessment.ID(in.ID), v, standard.Code(in.Body.Unit), in.Body.Number, in.Body.Evidence)
	})
}

func (s *server) uncredit(ctx context.Context, in *struct {
	ByID
	Seen
	Body struct {
		Unit string `json:"unit" minLength:"1"`
	}
}) (*one[AssessmentFile], error) {
	return change(ctx, s, in.ByID, in.Seen, s.assessment, func(v int64) error {
		return s.Assessments.Uncredit(ctx, actor(ctx), assessment.ID(in.ID), v, standard.Code(in.Body.Unit))
	})
}

func (s *server) recommend(ctx context.Context, in *struct {
	ByID
	Seen
	Body struct {
		Results []UnitResult `json:"results" minItems:"1" maxItems:"200"`
		Note    string       `json:"note,omitempty" maxLength:"2000"`
	}
}) (*one[AssessmentFile], error) {
	return change(ctx, s, in.ByID, in.Seen, s.assessment, func(v int64) error {
		var results []assessment.UnitResult
		for _, r := range in.Body.Results {
			results = append(results, assessment.UnitResult{Unit: standard.Code(r.Unit), Recommendation: r.Recommendation, Reason: r.Reason})
		}
		return s.Assessments.Recommend(ctx, actor(ctx), assessment.ID(in.ID), v, results, in.Body.Note)
	})
}

func (s *server) assessmentRecord(ctx context.Context, in *ByID) (*File, error) {
	return pdf(ctx, s, "asesmen.pdf", func(tx *db.Tx, who auth.Actor) (printed, error) {
		return paper.Record(tx, who, assessment.ID(in.ID))
	})
}
