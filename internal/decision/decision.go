// Package decision is the committee: it grants or refuses on complete files only, and none of its members assessed
// or trained the candidate. The rule stands in the Table and, as a key, in the database (DE-01 to DE-08).
package decision

import (
	"context"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
)

// MeetingID names a meeting: "mtg_…"; ID a decision: "dec_…".
type (
	MeetingID string
	ID        string
)

// Member sits on a committee's meeting, as its chair or not.
type Member struct {
	Person auth.PersonID
	Role   string // chair or member
	Name   string
}

// Meeting is one plenary of the technical committee.
type Meeting struct {
	ID            MeetingID
	LSP           auth.OrgID
	HeldOn        date.Date
	Place         string
	Quorum        int
	State         flow.State
	MinutesNumber string
	DecreeNumber  string
	DecreeDate    date.Date
	Note          string
	Members       []Member
	Sample        bool
	ClosedAt      time.Time
	DecreedAt     time.Time
	Version       int64
}

// Outcomes of a decision.
const (
	Granted  = "granted"
	Refused  = "refused"
	Deferred = "deferred"
)

// Decision is one case on a meeting.
type Decision struct {
	ID             ID
	Meeting        MeetingID
	Application    application.ID
	Assessment     assessment.ID
	Name           string
	Recommendation string // K or BK, the assessor's
	Outcome        string // empty while open
	Exception      bool   // pulled out of the batch
	Reason         string
	DecidedAt      time.Time
}

// Service is what committees do.
type Service struct{ d *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{d} }

func caseOf(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) (flow.Case, error) {
	today, err := organisation.Today(tx, lsp)
	return flow.Case{Actor: actor, Now: tx.Now(), Today: today}, err
}

const batch = 500

// OpenMeeting calls a meeting on complete files: recommended by their assessor, on no other open agenda.
func (s *Service) OpenMeeting(ctx context.Context, actor auth.Actor, m Meeting, cases []assessment.ID) (MeetingID, error) {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		m.ID, m.State, m.Version = "", flow.None, 1
		c, err := caseOf(tx, actor, m.LSP)
		if err != nil {
			return err
		}
		if m.HeldOn == "" {
			m.HeldOn = c.Today
		}
		x := Session{Meeting: m, Cases: len(cases), Clean: true}
		apps, list, err := agenda(tx, actor, m.LSP, cases)
		if err != nil {
			return err
		}
		if err := x.look(tx, actor, apps); err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "open", x, "")
		if err != nil {
			return err
		}
		m.ID = MeetingID(id.New("mtg", tx.Now()))
		return insert(tx, m, list, pass)
	})
	return m.ID, err
}

// agenda reads the files for a meeting and refuses those that are not complete.
func agenda(tx *db.Tx, actor auth.Actor, lsp auth.OrgID, cases []assessment.ID) (apps []application.ID, list []assessment.Assessment, err error) {
	for _, aid := range cases {
		a, err := assessment.Get(tx, actor, aid)
		if err != nil {
			return nil, nil, err
		}
		if a.LSP != lsp || a.State != assessment.Recommended {
			return nil, nil, fault.New(fault.Conflict, "decision.not_complete", a.Name)
		}
		busy, err := tx.Has(`SELECT d.id FROM decision d JOIN meeting m ON m.id = d.meeting WHERE d.assessment = $1 AND m.state <> 'cancelled' AND d.outcome <> 'deferred'`, string(aid))
		if err != nil {
			return nil, nil, err
		}
		if busy {
			return nil, nil, fault.New(fault.Conflict, "decision.on_other_agenda", a.Name)
		}
		apps, list = append(apps, a.Application), append(list, a)
	}
	return apps, list, nil
}

// look finds out what the rules ask about members and cases.
func (x *Session) look(tx *db.Tx, actor auth.Actor, apps []application.ID) error {
	x.Appointed = true
	var people []auth.PersonID
	for _, m := range x.Members {
		people = append(people, m.Person)
		ok, err := organisation.Holds(tx, actor, m.Person, auth.Committee, x.LSP, x.HeldOn)
		if err != nil {
			return err
		}
		x.Appointed = x.Appointed && ok
	}
	duties, err := application.DutiesIn(tx, actor, apps, people)
	for _, d := range duties {
		x.Clean = x.Clean && d.Duty == "committee"
	}
	return err
}

func insert(tx *db.Tx, m Meeting, list []assessment.Assessment, pass flow.Pass) error {
	_, err := tx.Exec(`INSERT INTO meeting (id, lsp, held_on, place, quorum, state, minutes_number, decree_number, decree_date, note, sample, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', '', $7, $8, $9, 1)`, string(m.ID), string(m.LSP), string(m.HeldOn), m.Place, m.Quorum, string(pass.To()), m.Note, m.Sample, db.At(tx.Now()))
	if err != nil {
		return err
	}
	var members, rows [][]any
	for _, x := range m.Members {
		members = append(members, []any{string(m.ID), string(x.Person), x.Role})
	}
	if err := tx.Insert("meeting_member", []string{"meeting", "person", "role"}, members); err != nil {
		return err
	}
	for _, a := range list {
		rows = append(rows, []any{id.New("dec", tx.Now()), string(m.ID), string(a.Application), string(a.ID), a.Recommendation, "", false, "", "", 1})
	}
	if err := tx.Insert("decision", []string{"id", "meeting", "application", "assessment", "recommendation", "outcome", "exception", "reason", "replaces", "version"}, rows); err != nil {
		return err
	}
	return ledger.Append(tx, m.LSP, string(m.ID), pass, map[string]int{"cases": len(list), "members": len(m.Members)})
}

// Vote gives the actor's voice on every case of the batch: each as its assessor recommended. Cases pulled out are
// voted on one by one with VoteOn.
func (s *Service) Vote(ctx context.Context, actor auth.Actor, m MeetingID) error {
	return s.votes(ctx, actor, m, func(d Decision) (string, bool) {
		return map[string]string{"K": "grant", "BK": "refuse"}[d.Recommendation], !d.Exception
	})
}

// VoteOn gives the actor's voice on one case: grant, refuse, defer or abstain.
func (s *Service) VoteOn(ctx context.Context, actor auth.Actor, m MeetingID, did ID, choice string) error {
	return s.votes(ctx, actor, m, func(d Decision) (string, bool) { return choice, d.ID == did })
}

func (s *Service) votes(ctx context.Context, actor auth.Actor, m MeetingID, pick func(Decision) (string, bool)) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := session(tx, actor, m)
		if err != nil {
			return err
		}
		cases, err := Cases(tx, actor, m)
		if err != nil {
			return err
		}
		var duties []application.Duty
		var rows [][]any
		tally := map[string]int{}
		for _, d := range cases {
			choice, mine := pick(d)
			if !mine {
				continue
			}
			tally[choice]++
			duties = append(duties, application.Duty{Application: d.Application, Person: actor.Person, Duty: "committee"})
			rows = append(rows, []any{string(d.ID), string(actor.Person), string(d.Application), "committee", choice, db.At(tx.Now())})
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "vote", x, "")
		if err != nil {
			return err
		}
		if err := application.TakeDuties(tx, duties); err != nil {
			return err
		}
		if err := putVotes(tx, rows); err != nil {
			return err
		}
		return ledger.Append(tx, x.LSP, string(m), pass, tally)
	})
}

func putVotes(tx *db.Tx, rows [][]any) error {
	for _, r := range rows {
		_, err := tx.Exec(`INSERT INTO vote (decision, person, application, duty, choice, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (decision, person) DO UPDATE SET choice = excluded.choice, at = excluded.at`, r...)
		if err != nil {
			return err
		}
	}
	return nil
}

// PullOut takes a case out of the batch, to be voted on by itself; the votes on it so far fall away.
func (s *Service) PullOut(ctx context.Context, actor auth.Actor, m MeetingID, did ID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := session(tx, actor, m)
		if err != nil {
			return err
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "pull_out", x, reason)
		if err != nil {
			return err
		}
		if err := tx.Change("UPDATE decision SET exception = $3, reason = $4, version = version + 1 WHERE id = $1 AND meeting = $2 AND outcome = ''", string(did), string(m), true, reason); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM vote WHERE decision = $1", string(did)); err != nil {
			return err
		}
		return ledger.Append(tx, x.LSP, string(did), pass, nil)
	})
}

// Close ends a meeting: each case gets the outcome most members voted for, the minutes get their number. Large
// meetings are worked through in batches; a close that was interrupted goes on where it stood.
func (s *Service) Close(ctx context.Context, actor auth.Actor, m MeetingID) error {
	var x Session
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { x, err = session(tx, actor, m); return err })
	if err != nil {
		return err
	}
	for after := ID(""); ; {
		last, err := s.closeBatch(ctx, actor, x, after)
		if err != nil || last == "" {
			return err
		}
		after = last
	}
}

// closeBatch decides the next cases of a session that was looked at whole before; a case on which the votes have
// come apart since stops it. It gives the last case decided, none when the meeting is closed.
func (s *Service) closeBatch(ctx context.Context, actor auth.Actor, x Session, after ID) (last ID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		last = ""
		x := x
		if x.Meeting, err = GetMeeting(tx, actor, x.ID); err != nil {
			return err
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "close", x, "")
		if err != nil {
			return err
		}
		open, err := tallies(tx, x.ID, after, batch)
		if err != nil {
			return err
		}
		if err := decide(tx, x.Meeting, open, pass); err != nil {
			return err
		}
		if len(open) == batch {
			last = open[batch-1].id
			return nil
		}
		return s.finish(tx, actor, x, c, pass)
	})
	return last, err
}

// decide writes the outcomes of a batch, each with its own ledger row.
func decide(tx *db.Tx, m Meeting, open []tally, pass flow.Pass) error {
	stages := map[application.Stage][]application.ID{}
	var entries []ledger.Entry
	for _, t := range open {
		outcome := t.outcome()
		if outcome == "" {
			return fault.New(fault.Invalid, "rule.meeting_majority")
		}
		if err := tx.Change("UPDATE decision SET outcome = $2, decided_at = $3, version = version + 1 WHERE id = $1 AND outcome = ''", string(t.id), outcome, db.At(tx.Now())); err != nil {
			return err
		}
		stage := map[string]application.Stage{Granted: application.StageGranted, Refused: application.StageRefused, Deferred: application.StageDeferred}[outcome]
		stages[stage] = append(stages[stage], t.application)
		entries = append(entries, ledger.Entry{Record: string(t.id), Pass: pass, Detail: map[string]string{"outcome": outcome}})
	}
	for _, st := range []application.Stage{application.StageGranted, application.StageRefused, application.StageDeferred} {
		if err := application.Advance(tx, stages[st], st); err != nil {
			return err
		}
	}
	return ledger.AppendAll(tx, m.LSP, entries)
}

func (s *Service) finish(tx *db.Tx, actor auth.Actor, x Session, c flow.Case, pass flow.Pass) error {
	org, err := organisation.Get(tx, actor, x.LSP)
	if err != nil {
		return err
	}
	n, err := number.Allot(tx, x.LSP, number.Minutes, c.Today, []number.Want{{Record: string(x.ID), Vars: map[string]string{"lsp": org.Code}}})
	if err != nil {
		return err
	}
	err = tx.Change("UPDATE meeting SET state = $2, minutes_number = $3, closed_at = $4, version = version + 1 WHERE id = $1 AND version = $5",
		string(x.ID), string(pass.To()), n[0].Text, db.At(tx.Now()), x.Version)
	if err != nil {
		return err
	}
	return ledger.Append(tx, x.LSP, string(x.ID), pass, map[string]string{"minutes": n[0].Text})
}

// Decree makes the decisions of a closed meeting binding: the head of the LSP signs, the decree gets its number.
func (s *Service) Decree(ctx context.Context, actor auth.Actor, m MeetingID) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := session(tx, actor, m)
		if err != nil {
			return err
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "decree", x, "")
		if err != nil {
			return err
		}
		org, err := organisation.Get(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		n, err := number.Allot(tx, x.LSP, number.Decree, c.Today, []number.Want{{Record: string(m), Vars: map[string]string{"lsp": org.Code}}})
		if err != nil {
			return err
		}
		err = tx.Change("UPDATE meeting SET state = $2, decree_number = $3, decree_date = $4, decreed_at = $5, version = version + 1 WHERE id = $1 AND version = $6",
			string(m), string(pass.To()), n[0].Text, string(c.Today), db.At(tx.Now()), x.Version)
		if err != nil {
			return err
		}
		return ledger.Append(tx, x.LSP, string(m), pass, map[string]string{"decree": n[0].Text})
	})
}

// Cancel gives an open meeting up; its cases are free for another.
func (s *Service) Cancel(ctx context.Context, actor auth.Actor, m MeetingID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := session(tx, actor, m)
		if err != nil {
			return err
		}
		c, err := caseOf(tx, actor, x.LSP)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(c, "cancel", x, reason)
		if err != nil {
			return err
		}
		if err := tx.Change("UPDATE meeting SET state = $2, note = $3, version = version + 1 WHERE id = $1 AND version = $4", string(m), string(pass.To()), reason, x.Version); err != nil {
			return err
		}
		return ledger.Append(tx, x.LSP, string(m), pass, nil)
	})
}
