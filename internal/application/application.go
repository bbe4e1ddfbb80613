// Package application is the way from "I want to be certified" to accepted: FR.APL.01, confirmed by the person
// herself, checked by the LSP requirement by requirement (AP-02, AP-05, AP-06, AP-10, AP-11).
package application

import (
	"context"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
)

// ID of an application: "app_…".
type ID string

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

// Withdraw takes an application back. Its seat goes to who has waited longest.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, a ID, version int64, reason string) error {
	return s.change(ctx, actor, a, version, "withdraw", reason, func(tx *db.Tx, f *File) error {
		f.Stage = StageWithdrawn
		return s.release(tx, f)
	})
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

// Reject refuses an application for a reason the person reads. Its seat goes to who has waited longest.
func (s *Service) Reject(ctx context.Context, actor auth.Actor, a ID, version int64, reason string) error {
	return s.change(ctx, actor, a, version, "reject", reason, func(tx *db.Tx, f *File) error {
		f.Stage, f.Note = StageRejected, reason
		return s.release(tx, f)
	})
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
		if x.Verdict != "meets" && x.Verdict != "fails" && x.Verdict != "missing" {
			return fault.New(fault.Invalid, "form.invalid").With(x.Requirement, "application.verdict_unknown")
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
	// Who had the file open before sees it as another: nobody accepts or rejects on verdicts she has not seen.
	if err := tx.Change("UPDATE application SET version = version + 1 WHERE id = $1 AND version = $2", string(a), f.Version); err != nil {
		return err
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
			f.Unmet, f.Version = 0, f.Version+1
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
