// Package application is the way from "I want to be certified" to accepted: FR.APL.01, confirmed by the person
// herself, checked by the LSP requirement by requirement (AP-02, AP-05, AP-06, AP-10, AP-11).
package application

import (
	"context"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
	"kompeten/internal/text"
)

// ID of an application: "app_…".
type ID string

// Stage is how far a file has come through the whole process; states of single records are kept beside it.
type Stage string

// The stages, in order.
const (
	StageDraft     Stage = "draft"
	StageSubmitted Stage = "submitted"
	StageReturned  Stage = "returned"
	StageRejected  Stage = "rejected"
	StageWithdrawn Stage = "withdrawn"
	StageAccepted  Stage = "accepted"
	StageScheduled Stage = "scheduled"
	StageConsented Stage = "consented"
	StageRunning   Stage = "running"
	StageAbsent    Stage = "absent"
	StagePostponed Stage = "postponed"
	StageK         Stage = "assessed_k"
	StageBK        Stage = "assessed_bk"
	StageDeferred  Stage = "deferred"
	StageGranted   Stage = "granted"
	StageRefused   Stage = "refused"
	StageIssued    Stage = "issued"
	StageHanded    Stage = "handed_over"
)

// Stages lists them in order.
func Stages() []Stage {
	return []Stage{StageDraft, StageSubmitted, StageReturned, StageRejected, StageWithdrawn, StageAccepted, StageScheduled, StageConsented, StageRunning,
		StageAbsent, StagePostponed, StageK, StageBK, StageDeferred, StageGranted, StageRefused, StageIssued, StageHanded}
}

// Application is one person's wish to be certified in one scheme.
type Application struct {
	ID            ID
	Programme     programme.ID
	Nominee       string
	Person        auth.PersonID
	Name          string
	LSP           auth.OrgID
	Office        auth.OrgID
	SchemeVersion scheme.VersionID
	Funding       int
	Giver         int
	District      string
	Sector        string
	Employer      string
	State         flow.State
	Stage         Stage
	Note          string // remarks of the LSP for the person
	ConfirmedAt   time.Time
	SubmittedAt   time.Time
	AcceptedAt    time.Time
	CreatedAt     time.Time
	Sample        bool
	Version       int64
}

// Service is what people do with applications.
type Service struct {
	d     *db.DB
	box   *seal.Box
	blobs *blob.Store
}

// NewService makes the service.
func NewService(d *db.DB, box *seal.Box, blobs *blob.Store) *Service { return &Service{d, box, blobs} }

func allow(tx *db.Tx, actor auth.Actor, do flow.Action, f File, reason string) (flow.Pass, error) {
	today, err := organisation.Today(tx, f.LSP)
	if err != nil {
		return flow.Pass{}, err
	}
	return Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, do, f, reason)
}

const batch = 500

// DraftAll makes the application of every nominee with a seat who has none, and says how many it made.
func (s *Service) DraftAll(ctx context.Context, actor auth.Actor, pid programme.ID) (made int, err error) {
	after := 0
	for {
		n, last, err := s.draftBatch(ctx, actor, pid, after)
		made += n
		if err != nil || last == after {
			return made, err
		}
		after = last
	}
}

func (s *Service) draftBatch(ctx context.Context, actor auth.Actor, pid programme.ID, after int) (made, last int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		made, last = 0, after
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		nominees, err := programme.Seated(tx, actor, pid, after, batch)
		if err != nil || len(nominees) == 0 {
			return err
		}
		last = nominees[len(nominees)-1].Place
		have, err := drafted(tx, nominees)
		if err != nil {
			return err
		}
		made, err = s.draft(tx, actor, p, nominees, have)
		return err
	})
	return made, last, err
}

func drafted(tx *db.Tx, nominees []programme.Nominee) (map[string]bool, error) {
	args := make([]any, batch)
	for i := range args {
		args[i] = nominees[min(i, len(nominees)-1)].ID
	}
	ids, err := db.Column[string](tx, "SELECT nominee FROM application WHERE nominee <> '' AND nominee IN "+db.Places(1, batch)+" ORDER BY nominee", args...)
	have := map[string]bool{}
	for _, n := range ids {
		have[n] = true
	}
	return have, err
}

func (s *Service) draft(tx *db.Tx, actor auth.Actor, p programme.Programme, nominees []programme.Nominee, have map[string]bool) (int, error) {
	var rows [][]any
	var entries []ledger.Entry
	pass, err := allow(tx, actor, "draft", File{Application: Application{Office: p.Office, LSP: p.LSP}}, "")
	if err != nil {
		return 0, err
	}
	var duties []Duty
	for _, n := range nominees {
		if have[n.ID] {
			continue
		}
		a := ID(id.New("app", tx.Now()))
		rows = append(rows, []any{string(a), string(p.ID), n.ID, string(n.Person), n.Name, text.Fold(n.Name), string(p.LSP), string(p.Office), string(n.SchemeVersion),
			p.Funding, p.Giver, n.District, n.Sector, n.Employer, string(Draft), string(StageDraft), "", p.Sample, db.At(tx.Now()), 1})
		duties = append(duties, Duty{a, n.Person, "candidate"})
		entries = append(entries, ledger.Entry{Record: string(a), Pass: pass})
	}
	err = tx.Insert("application", []string{"id", "programme", "nominee", "person", "name", "fold", "lsp", "office", "scheme_version", "funding", "giver", "district",
		"sector", "employer", "state", "stage", "note", "sample", "created_at", "version"}, rows)
	if db.IsUnique(err) {
		return 0, fault.New(fault.Conflict, "application.already_open").Because(err)
	}
	if err != nil {
		return 0, err
	}
	if err := TakeDuties(tx, duties); err != nil {
		return 0, err
	}
	return len(rows), ledger.AppendAll(tx, p.LSP, entries)
}

// Confirmation is what a person says when she opens her application.
type Confirmation struct {
	Input    person.Input // her data, as she corrected them; an empty phone leaves the one known
	Consents []string     // purposes she agrees to
	Lang     text.Lang
}

// Confirm hands an application in: the person has read her data, put right what was wrong, and consented.
func (s *Service) Confirm(ctx context.Context, actor auth.Actor, a ID, version int64, c Confirmation) error {
	return s.change(ctx, actor, a, version, "confirm", "", func(tx *db.Tx, f *File) error {
		if c.Input.Name == "" || !c.Input.BirthDate.Valid() {
			return fault.New(fault.Invalid, "form.invalid").With("name", "form.required")
		}
		f.Consents = c.Consents
		f.Name, f.ConfirmedAt, f.SubmittedAt, f.Stage, f.Note = c.Input.Name, tx.Now(), tx.Now(), StageSubmitted, ""
		if err := person.GiveConsent(tx, actor, f.Person, string(a), c.Lang, c.Consents); err != nil {
			return err
		}
		return person.Correct(tx, s.box, f.Person, c.Input)
	})
}

// Withdraw takes an application back.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, a ID, version int64, reason string) error {
	return s.change(ctx, actor, a, version, "withdraw", reason, func(_ *db.Tx, f *File) error { f.Stage = StageWithdrawn; return nil })
}

// Accept takes an application in, all requirements being met.
func (s *Service) Accept(ctx context.Context, actor auth.Actor, a ID, version int64) error {
	return s.change(ctx, actor, a, version, "accept", "", func(tx *db.Tx, f *File) error {
		f.Stage, f.AcceptedAt = StageAccepted, tx.Now()
		return nil
	})
}

// Return gives an application back to the person with remarks on what is missing.
func (s *Service) Return(ctx context.Context, actor auth.Actor, a ID, version int64, remarks string) error {
	return s.change(ctx, actor, a, version, "return", remarks, func(_ *db.Tx, f *File) error { f.Stage, f.Note = StageReturned, remarks; return nil })
}

// Reject refuses an application for a reason the person reads.
func (s *Service) Reject(ctx context.Context, actor auth.Actor, a ID, version int64, reason string) error {
	return s.change(ctx, actor, a, version, "reject", reason, func(_ *db.Tx, f *File) error { f.Stage, f.Note = StageRejected, reason; return nil })
}

// change is every use case on one application: get, compare versions, change, Pass, save.
func (s *Service) change(ctx context.Context, actor auth.Actor, a ID, version int64, do flow.Action, reason string, fn func(*db.Tx, *File) error) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		f, err := file(tx, actor, a)
		if err != nil {
			return err
		}
		if version != 0 && f.Version != version {
			return fault.New(fault.Conflict, "db.stale")
		}
		was := f
		if err := fn(tx, &f); err != nil {
			return err
		}
		was.Consents = f.Consents
		pass, err := allow(tx, actor, do, was, reason)
		if err != nil {
			return err
		}
		return save(tx, f, pass)
	})
}

// Verdict on one requirement.
type Verdict struct {
	Requirement string
	Verdict     string // meets, fails, missing
	Note        string
}

// Check records the LSP's verdicts on requirements.
func (s *Service) Check(ctx context.Context, actor auth.Actor, a ID, verdicts []Verdict) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return check(tx, actor, a, verdicts) })
}

func check(tx *db.Tx, actor auth.Actor, a ID, verdicts []Verdict) error {
	f, err := file(tx, actor, a)
	if err != nil {
		return err
	}
	pass, err := allow(tx, actor, "check", f, "")
	if err != nil {
		return err
	}
	v, err := scheme.Get(tx, actor, f.SchemeVersion)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, r := range v.Requirements {
		known[r.ID] = true
	}
	for _, x := range verdicts {
		if !known[x.Requirement] {
			return fault.New(fault.NotFound, "db.not_found")
		}
		if x.Verdict == "fails" && x.Note == "" {
			return fault.New(fault.Invalid, "form.invalid").With("note-"+x.Requirement, "application.say_why")
		}
		_, err := tx.Exec(`INSERT INTO application_check (application, requirement, verdict, note, by_person, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (application, requirement) DO UPDATE SET verdict = excluded.verdict, note = excluded.note, by_person = excluded.by_person, at = excluded.at`,
			string(a), x.Requirement, x.Verdict, x.Note, actor.Who(), db.At(tx.Now()))
		if err != nil {
			return err
		}
	}
	return ledger.Append(tx, f.LSP, string(a), pass, map[string]int{"requirements": len(verdicts)})
}

// AcceptAll finds every requirement of many applications met and accepts them, each by itself; what could not be
// accepted is told with its reason. It is for lists an admin has looked through on paper.
func (s *Service) AcceptAll(ctx context.Context, actor auth.Actor, ids []ID) map[ID]error {
	failed := map[ID]error{}
	for _, a := range ids {
		err := s.d.Write(ctx, func(tx *db.Tx) error {
			f, err := file(tx, actor, a)
			if err != nil {
				return err
			}
			v, err := scheme.Get(tx, actor, f.SchemeVersion)
			if err != nil {
				return err
			}
			var all []Verdict
			for _, r := range v.Requirements {
				all = append(all, Verdict{r.ID, "meets", ""})
			}
			if err := check(tx, actor, a, all); err != nil {
				return err
			}
			f.Unmet = 0
			pass, err := allow(tx, actor, "accept", f, "")
			if err != nil {
				return err
			}
			f.Stage, f.AcceptedAt = StageAccepted, tx.Now()
			return save(tx, f, pass)
		})
		if err != nil {
			failed[a] = err
		}
	}
	return failed
}

// Letter is what the invitation letter of one person says.
type Letter struct {
	Application ID
	Name        string
	Secret      string // of the personal link
	Scheme      string
	Programme   string
	Place       string
	HeldOn      date.Date
}

// linkLife is how long a personal link opens its application.
const linkLife = 120 * 24 * time.Hour

// Letters gives the personal links of a programme's applications, for printing and sending.
func (s *Service) Letters(ctx context.Context, actor auth.Actor, pid programme.ID) (out []Letter, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		out = nil
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		apps, err := List(tx, actor, Filter{Programme: pid, Limit: 100_000})
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "letter", File{Application: Application{Office: p.Office, LSP: p.LSP, State: Draft}}, "")
		if err != nil {
			return err
		}
		titles := map[scheme.VersionID]string{}
		for _, a := range apps {
			if titles[a.SchemeVersion] == "" {
				v, err := scheme.Get(tx, actor, a.SchemeVersion)
				if err != nil {
					return err
				}
				titles[a.SchemeVersion] = v.TitleID
			}
			secret, err := person.LinkFor(tx, s.box, actor, person.Link{Purpose: person.ForApplication, Person: a.Person, Subject: string(a.ID), Org: a.LSP, ExpiresAt: tx.Now().Add(linkLife)})
			if err != nil {
				return err
			}
			out = append(out, Letter{a.ID, a.Name, secret, titles[a.SchemeVersion], p.Title, p.Place, p.HeldOn})
		}
		return ledger.Append(tx, p.Office, string(pid), pass, map[string]int{"letters": len(out)})
	})
	return out, err
}
