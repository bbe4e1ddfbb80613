package api

import (
	"bytes"
	"context"

	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/jobs"
	"kompeten/internal/paper"
)

// NewMeeting is a plenary of the technical committee to be called.
type NewMeeting struct {
	LSP     string   `json:"lsp,omitempty" doc:"Needed where the caller manages several"`
	HeldOn  string   `json:"held_on,omitempty" format:"date" doc:"Today if not given"`
	Place   string   `json:"place,omitempty" maxLength:"300"`
	Quorum  int      `json:"quorum" minimum:"1" maximum:"50"`
	Chair   string   `json:"chair" doc:"Person"`
	Members []string `json:"members" maxItems:"50" doc:"Persons beside the chair"`
	Cases   []string `json:"cases" minItems:"1" maxItems:"10000" doc:"Assessments; list-ready tells which can come on the agenda"`
}

// Meeting is one plenary of the technical committee.
type Meeting struct {
	ID            string          `json:"id"`
	LSP           string          `json:"lsp"`
	HeldOn        string          `json:"held_on" format:"date"`
	Place         string          `json:"place,omitempty"`
	Quorum        int             `json:"quorum"`
	State         string          `json:"state" enum:"open,closed,decreed,cancelled"`
	MinutesNumber string          `json:"minutes_number,omitempty"`
	DecreeNumber  string          `json:"decree_number,omitempty"`
	DecreeDate    string          `json:"decree_date,omitempty" format:"date"`
	Sample        bool            `json:"sample,omitempty"`
	Members       []MeetingMember `json:"members,omitempty"`
	Cases         int             `json:"cases,omitempty" doc:"On the agenda; list-cases tells them"`
	Voters        int             `json:"voters,omitempty" doc:"Members who have voted on every case of the batch"`
	Granted       int             `json:"granted,omitempty"`
	Issued        int             `json:"issued,omitempty"`
	Actions       []Action        `json:"actions,omitempty"`
}

// MeetingMember sits on a committee's meeting.
type MeetingMember struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Role   string `json:"role" enum:"chair,member"`
}

func meetingTold(m decision.Meeting) Meeting {
	out := Meeting{ID: string(m.ID), LSP: string(m.LSP), HeldOn: string(m.HeldOn), Place: m.Place, Quorum: m.Quorum, State: string(m.State), MinutesNumber: m.MinutesNumber, DecreeNumber: m.DecreeNumber, DecreeDate: string(m.DecreeDate), Sample: m.Sample}
	for _, x := range m.Members {
		out.Members = append(out.Members, MeetingMember{string(x.Person), x.Name, x.Role})
	}
	return out
}

func (s *server) meetings(ctx context.Context, in *AtLSP) (*list[Meeting], error) {
	at, err := lsp(ctx, in.LSP)
	if err != nil {
		return nil, refused(err)
	}
	return page(ctx, s, in.From, func(m decision.Meeting) string { return string(m.ID) }, meetingTold, func(tx *db.Tx, who auth.Actor) ([]decision.Meeting, error) {
		return decision.Meetings(tx, who, at)
	})
}

func (s *server) ready(ctx context.Context, in *AtLSP) (*list[Assessment], error) {
	at, err := lsp(ctx, in.LSP)
	if err != nil {
		return nil, refused(err)
	}
	return page(ctx, s, in.From, func(a assessment.Assessment) string { return string(a.ID) }, assessmentTold, func(tx *db.Tx, who auth.Actor) ([]assessment.Assessment, error) {
		return decision.Ready(tx, who, at)
	})
}

func (s *server) meeting(ctx context.Context, in *ByID) (*one[Meeting], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Meeting, int64, error) {
		x, err := decision.SessionOf(tx, who, decision.MeetingID(in.ID))
		if err != nil {
			return Meeting{}, 0, err
		}
		out := meetingTold(x.Meeting)
		out.Cases, out.Voters = x.Cases, x.Voters
		out.Actions = s.offers(ctx, "meeting", decision.Flow.Offers(now(ctx, tx), x))
		out.Granted, out.Issued, err = certificate.Counts(tx, who, x.ID)
		return out, x.Version, err
	})
}

func (s *server) openMeeting(ctx context.Context, in *struct {
	Once
	Body NewMeeting
}) (*one[created], error) {
	out, err := once(ctx, s, "create-meeting", in.Once, in.Body, func() (created, error) {
		b := in.Body
		at, err := mine(ctx, auth.Manager, b.LSP, "lsp")
		if err != nil {
			return created{}, err
		}
		m := decision.Meeting{LSP: at, HeldOn: date.Date(b.HeldOn), Place: b.Place, Quorum: b.Quorum, Members: []decision.Member{{Person: auth.PersonID(b.Chair), Role: "chair"}}}
		for _, p := range b.Members {
			m.Members = append(m.Members, decision.Member{Person: auth.PersonID(p), Role: "member"})
		}
		id, err := s.Decisions.OpenMeeting(ctx, actor(ctx), m, ids[assessment.ID](b.Cases))
		return created{string(id)}, err
	})
	return &one[created]{Body: out}, err
}

// Case is one case on a meeting's agenda.
type Case struct {
	ID             string `json:"id"`
	Application    string `json:"application"`
	Assessment     string `json:"assessment"`
	Name           string `json:"name"`
	Recommendation string `json:"recommendation" enum:"K,BK"`
	PulledOut      bool   `json:"pulled_out" doc:"Voted on by itself"`
	Outcome        string `json:"outcome,omitempty" enum:"granted,refused,deferred" doc:"Absent while open"`
	Reason         string `json:"reason,omitempty"`
	MyVote         string `json:"my_vote,omitempty" enum:"grant,refuse,defer,abstain"`
}

func (s *server) cases(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Case], error) {
	var mine map[decision.ID]string
	show := func(d decision.Decision) Case {
		return Case{string(d.ID), string(d.Application), string(d.Assessment), d.Name, d.Recommendation, d.Exception, d.Outcome, d.Reason, mine[d.ID]}
	}
	return page(ctx, s, in.From, func(d decision.Decision) string { return string(d.ID) }, show, func(tx *db.Tx, who auth.Actor) (all []decision.Decision, err error) {
		if all, err = decision.Cases(tx, who, decision.MeetingID(in.ID)); err != nil {
			return nil, err
		}
		mine, err = decision.MyVotes(tx, who, decision.MeetingID(in.ID))
		return all, err
	})
}

// InCase names a case of a meeting.
type InCase struct {
	ByID
	Case string `path:"case"`
}

func (s *server) voteOn(ctx context.Context, in *struct {
	InCase
	Body struct {
		Vote string `json:"vote" enum:"grant,refuse,defer,abstain"`
	}
}) (*one[Meeting], error) {
	if err := s.Decisions.VoteOn(ctx, actor(ctx), decision.MeetingID(in.ID), decision.ID(in.Case), in.Body.Vote); err != nil {
		return nil, refused(err)
	}
	return s.meeting(ctx, &in.ByID)
}

func (s *server) pullOut(ctx context.Context, in *struct {
	InCase
	Body Why
}) (*one[Meeting], error) {
	if err := s.Decisions.PullOut(ctx, actor(ctx), decision.MeetingID(in.ID), decision.ID(in.Case), in.Body.Reason); err != nil {
		return nil, refused(err)
	}
	return s.meeting(ctx, &in.ByID)
}

func (s *server) minutes(ctx context.Context, in *ByID) (*File, error) {
	return pdf(ctx, s, "berita-acara.pdf", func(tx *db.Tx, who auth.Actor) (printed, error) {
		return paper.Minutes(tx, who, decision.MeetingID(in.ID))
	})
}

func (s *server) decree(ctx context.Context, in *ByID) (*File, error) {
	return pdf(ctx, s, "surat-keputusan.pdf", func(tx *db.Tx, who auth.Actor) (printed, error) {
		return paper.Decree(tx, who, decision.MeetingID(in.ID))
	})
}

func (s *server) handoverList(ctx context.Context, in *ByID) (*File, error) {
	return pdf(ctx, s, "serah-terima.pdf", func(tx *db.Tx, who auth.Actor) (printed, error) {
		if _, err := decision.GetMeeting(tx, who, decision.MeetingID(in.ID)); err != nil {
			return nil, err
		}
		return paper.Handover(tx, who, decision.MeetingID(in.ID), now(ctx, tx).Today)
	})
}

func (s *server) zip(ctx context.Context, in *ByID) (*File, error) {
	var today date.Date
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]certificate.Certificate, error) {
		today = now(ctx, tx).Today
		if _, err := decision.GetMeeting(tx, who, decision.MeetingID(in.ID)); err != nil {
			return nil, err
		}
		return certificate.ByMeeting(tx, who, decision.MeetingID(in.ID))
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := paper.Zip(ctx, s.Services, &b, today, all); err != nil {
		return nil, refused(err)
	}
	return file("sertifikat.zip", "application/zip", b.Bytes()), nil
}

func (s *server) issue(ctx context.Context, in *struct {
	ByID
	Once
}) (*one[Job], error) {
	id, err := once(ctx, s, "issue-certificates "+in.ID, in.Once, nil, func() (created, error) {
		job, err := s.Certificates.Start(ctx, actor(ctx), decision.MeetingID(in.ID))
		return created{string(job)}, err
	})
	if err != nil {
		return nil, err
	}
	return s.job(ctx, &ByID{id.ID})
}

// Job is work under way.
type Job struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	State    string `json:"state" enum:"ready,running,done,failed"`
	Done     int64  `json:"done"`
	Total    int64  `json:"total"`
	Attempts int    `json:"attempts"`
}

func (s *server) job(ctx context.Context, in *ByID) (*one[Job], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Job, int64, error) {
		j, err := jobs.Get(tx, who, jobs.ID(in.ID))
		return Job{string(j.ID), j.Kind, j.State, j.Done, j.Total, j.Attempts}, 0, err
	})
}
