// Package scenario plays what must be refused, on a whole sample installation and on every database: other people's
// records, stale versions, missing consent, conflicting duties, double seats, changed numbers.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// stage is a sample installation played up to a stop.
type stage struct {
	product.Services
	d   *dbtest.DB
	w   *demo.World
	res demo.Result
}

var ctx = context.Background()

func play(t *testing.T, d *dbtest.DB, story string, stop demo.Stop) stage {
	t.Helper()
	s := product.New(d.DB, d.Box, d.Blobs, "https://contoh.id")
	w, err := demo.Build(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	res, err := w.Play(ctx, story, nil, "", stop, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		t.Fatal(err)
	}
	return stage{s, d, w, res}
}

func (s stage) read(t *testing.T, fn func(*db.Tx) error) {
	t.Helper()
	if err := s.DB.Read(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func (s stage) apps(t *testing.T, by auth.Actor, stages ...application.Stage) (out []application.Application) {
	t.Helper()
	s.read(t, func(tx *db.Tx) (err error) {
		out, _, err = application.List(tx, by, application.Filter{Stages: stages, Limit: 1000})
		return err
	})
	return out
}

func refused(t *testing.T, says string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: want %s, got %v", says, kind, err)
	}
}

func TestWhatIsAnothersDoesNotExist(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilEnd)
		stranger := s.w.Actor("petugas.malang")
		other := s.w.Actor("manajer.kebersihan")
		app := s.apps(t, s.w.Actor("manajer.otomotif"))[0]
		rows, err := s.Programmes.Rows(ctx, s.w.Actor("petugas.semarang"), s.res.Programme, programme.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, "another office's programme", s.Programmes.Freeze(ctx, stranger, s.res.Programme), fault.NotFound)
		_, err = s.Programmes.Rows(ctx, stranger, s.res.Programme, programme.Filter{})
		refused(t, "another office's list", err, fault.NotFound)
		_, err = s.Programmes.RevealRow(ctx, stranger, rows[0].ID, "curious")
		refused(t, "another office's NIK", err, fault.NotFound)
		_, err = s.Programmes.Rows(ctx, s.w.Actor("manajer.otomotif"), s.res.Programme, programme.Filter{})
		refused(t, "the LSP sees no raw list", err, fault.NotFound)
		refused(t, "another LSP's application", s.Applications.Return(ctx, other, app.ID, 0, "no"), fault.NotFound)
		refused(t, "a forged id", s.Applications.Accept(ctx, other, "app_forged", 0), fault.NotFound)
		refused(t, "another LSP's decree", s.Decisions.Decree(ctx, s.w.Actor("ketua.kebersihan"), s.res.Meetings[0]), fault.NotFound)
		s.read(t, func(tx *db.Tx) error {
			certs, err := certificate.ByMeeting(tx, s.w.Actor("manajer.otomotif"), s.res.Meetings[0])
			if err != nil {
				return err
			}
			_, err = certificate.Get(tx, other, certs[0].ID)
			refused(t, "another LSP's certificate", err, fault.NotFound)
			_, err = assessment.GetSchedule(tx, other, s.res.Schedules[0])
			refused(t, "another LSP's schedule", err, fault.NotFound)
			if list, _, err := application.List(tx, stranger, application.Filter{}); err != nil || len(list) != 0 {
				t.Errorf("another office lists %d applications, %v", len(list), err)
			}
			_, err = organisation.People(tx, stranger, s.w.Org("lsp-otomotif"))
			refused(t, "another body's people", err, fault.NotFound)
			_, err = licence.Assessors(tx, other, s.w.Org("lsp-otomotif"))
			refused(t, "another body's assessors", err, fault.NotFound)
			return nil
		})
	})
}

func TestAPersonsLinkOpensHerApplicationOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		letters, err := s.Applications.Letters(ctx, s.w.Actor("petugas.semarang"), s.res.Programme)
		if err != nil {
			t.Fatal(err)
		}
		_, ani, err := s.People.OpenLink(ctx, letters[0].Secret)
		if err != nil {
			t.Fatal(err)
		}
		in := person.Input{Name: "Ani", BirthDate: "1990-01-01"}
		all := []string{"assessment", "register"}
		refused(t, "her neighbour's application", s.Applications.Confirm(ctx, ani, letters[1].Application, 0, application.Confirmation{Input: in, Consents: all}), fault.NotFound)
		refused(t, "without consent", s.Applications.Confirm(ctx, ani, letters[0].Application, 0, application.Confirmation{Input: in, Consents: []string{"assessment"}}), fault.Invalid)
		refused(t, "a stale version", s.Applications.Confirm(ctx, ani, letters[0].Application, 99, application.Confirmation{Input: in, Consents: all}), fault.Conflict)
		if err := s.Applications.Confirm(ctx, ani, letters[0].Application, 1, application.Confirmation{Input: in, Consents: all, Lang: text.ID}); err != nil {
			t.Fatal(err)
		}
		refused(t, "a second click", s.Applications.Confirm(ctx, ani, letters[0].Application, 1, application.Confirmation{Input: in, Consents: all}), fault.Conflict)
		_, _, err = s.People.OpenLink(ctx, letters[0].Secret+"x")
		refused(t, "a guessed link", err, fault.NotFound)
		d.Clock.Add(130 * 24 * time.Hour)
		_, _, err = s.People.OpenLink(ctx, letters[0].Secret)
		if f := fault.Of(err); f == nil || f.Key != "person.link_expired" {
			t.Errorf("an old link: %v", err)
		}
	})
}

func TestAnApplicationIsAcceptedOnlyWhenEveryRequirementIsMet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "malang", demo.UntilList)
		admin := s.w.Actor("admin.kebersihan")
		s.confirm(t, "petugas.malang")
		app := s.apps(t, admin, application.StageSubmitted)[0]
		refused(t, "nothing checked", s.Applications.Accept(ctx, admin, app.ID, app.Version), fault.Invalid)
		refused(t, "fails without saying why", s.Applications.Check(ctx, admin, app.ID, []application.Verdict{{Requirement: "basic-1", Verdict: "fails"}}), fault.Invalid)
		refused(t, "a requirement of nobody", s.Applications.Check(ctx, admin, app.ID, []application.Verdict{{Requirement: "forged", Verdict: "meets"}}), fault.NotFound)
		refused(t, "returned without remarks", s.Applications.Return(ctx, admin, app.ID, app.Version, ""), fault.Invalid)
		refused(t, "the office does not accept", s.Applications.Accept(ctx, s.w.Actor("petugas.malang"), app.ID, app.Version), fault.Denied)
		if failed := s.Applications.AcceptAll(ctx, admin, []application.ID{app.ID}); len(failed) != 0 {
			t.Fatal(failed)
		}
		refused(t, "accepted twice", s.Applications.Accept(ctx, admin, app.ID, 0), fault.Conflict)
	})
}

// confirm lets everybody with a letter confirm.
func (s stage) confirm(t *testing.T, officer string) {
	t.Helper()
	letters, err := s.Applications.Letters(ctx, s.w.Actor(officer), s.res.Programme)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		_, who, err := s.People.OpenLink(ctx, l.Secret)
		if err != nil {
			t.Fatal(err)
		}
		in := person.Input{Name: l.Name, BirthDate: "1990-01-01"}
		if err := s.Applications.Confirm(ctx, who, l.Application, 0, application.Confirmation{Input: in, Consents: []string{"assessment", "register"}, Lang: text.ID}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoAssessorTestsHisOwnTraineeAndNoDayIsSkipped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilAccepted)
		manager, lsp := s.w.Actor("manajer.otomotif"), s.w.Org("lsp-otomotif")
		app := s.apps(t, manager, application.StageAccepted)[0]
		trainer := s.w.Actor("asesor1.otomotif").Person
		if err := s.People.DeclareRelation(ctx, manager, lsp, trainer, app.Person, person.Trainer, "kelas 2026"); err != nil {
			t.Fatal(err)
		}
		today := date.Of(d.Now(), date.WIB)
		sid, err := s.Assessments.Plan(ctx, manager, assessment.Schedule{LSP: lsp, Programme: s.res.Programme, SchemeVersion: app.SchemeVersion, TUK: s.w.TUK("lsp-otomotif"), HeldOn: today.AddDays(2), Starts: "08.00", Capacity: 2})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Assessments.AddAssessor(ctx, manager, sid, trainer); err != nil {
			t.Fatal(err)
		}
		refused(t, "his own trainee", s.Assessments.Seat(ctx, manager, sid, trainer, []application.ID{app.ID}), fault.Invalid)
		refused(t, "who is on no register", s.Assessments.AddAssessor(ctx, manager, sid, s.w.Actor("komite1.otomotif").Person), fault.Invalid)
		fit := s.w.Actor("asesor2.otomotif")
		if err := s.Assessments.AddAssessor(ctx, manager, sid, fit.Person); err != nil {
			t.Fatal(err)
		}
		if err := s.Assessments.Seat(ctx, manager, sid, fit.Person, []application.ID{app.ID}); err != nil {
			t.Fatal(err)
		}
		refused(t, "seated twice", s.Assessments.Seat(ctx, manager, sid, fit.Person, []application.ID{app.ID}), fault.Conflict)
		refused(t, "an unverified place", s.Assessments.Assign(ctx, manager, sid), fault.Invalid)
		refused(t, "a day in the past", planErr(s, manager, assessment.Schedule{LSP: lsp, SchemeVersion: app.SchemeVersion, TUK: s.w.TUK("lsp-otomotif"), HeldOn: today.AddDays(-1), Capacity: 1}), fault.Invalid)
		s.verify(t, manager, app, today.AddDays(2))
		if err := s.Assessments.Assign(ctx, manager, sid); err != nil {
			t.Fatal(err)
		}
		var a assessment.Assessment
		s.read(t, func(tx *db.Tx) (err error) { a, err = assessment.ByApplication(tx, manager, app.ID); return err })
		form := assessment.AK01{Methods: []string{"observation"}, Rights: true, Device: "assessor"}
		refused(t, "before the day", s.Assessments.Consent(ctx, fit, a.ID, a.Version, form, true), fault.Invalid)
		d.Clock.Add(48 * time.Hour)
		refused(t, "another assessor", s.Assessments.Consent(ctx, s.w.Actor("asesor3.otomotif"), a.ID, a.Version, form, true), fault.NotFound)
		refused(t, "marks before consent", s.Assessments.Mark(ctx, fit, a.ID, a.Version, nil), fault.Conflict)
		refused(t, "the candidate has not signed", s.Assessments.Consent(ctx, fit, a.ID, a.Version, form, false), fault.Invalid)
		if err := s.Assessments.Consent(ctx, fit, a.ID, a.Version, form, true); err != nil {
			t.Fatal(err)
		}
		if err := s.Assessments.Begin(ctx, fit, a.ID, 0); err != nil {
			t.Fatal(err)
		}
		refused(t, "a recommendation with gaps", s.Assessments.Recommend(ctx, fit, a.ID, 0, nil, ""), fault.Invalid)
		refused(t, "a criterion of nobody", s.Assessments.Mark(ctx, fit, a.ID, 0, []assessment.Mark{{Unit: "X", Criterion: "1.1", Mark: "yes"}}), fault.NotFound)
	})
}

func planErr(s stage, by auth.Actor, x assessment.Schedule) error {
	_, err := s.Assessments.Plan(ctx, by, x)
	return err
}

func (s stage) verify(t *testing.T, by auth.Actor, app application.Application, on date.Date) {
	t.Helper()
	var v licence.Verification
	s.read(t, func(tx *db.Tx) error {
		return tx.Get("SELECT scheme FROM scheme_version WHERE id = $1", []any{string(app.SchemeVersion)}, &v.Scheme)
	})
	v.TUK, v.ValidFrom, v.ValidUntil, v.Verifier = s.w.TUK("lsp-otomotif"), on, on, by.Person
	if err := s.Licences.VerifyTUK(ctx, by, s.w.Org("lsp-otomotif"), v); err != nil {
		t.Fatal(err)
	}
}

func TestWhoAssessedNeverDecides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilAssessed)
		manager, lsp, assessor := s.w.Actor("manajer.otomotif"), s.w.Org("lsp-otomotif"), s.w.Actor("asesor1.otomotif")
		if err := s.Organisations.GiveDuty(ctx, auth.Actor{System: "setup"}, lsp, assessor.Person, auth.Committee, date.Of(d.Now(), date.WIB).AddDays(-3)); err != nil {
			t.Fatal(err)
		}
		var ready []assessment.Assessment
		s.read(t, func(tx *db.Tx) (err error) { ready, err = decision.Ready(tx, manager, lsp); return err })
		var cases []assessment.ID
		var own assessment.Assessment
		for _, a := range ready {
			cases = append(cases, a.ID)
			if a.Assessor == assessor.Person {
				own = a
			}
		}
		member := func(key, role string) decision.Member {
			return decision.Member{Person: s.w.Actor(key).Person, Role: role}
		}
		m := decision.Meeting{LSP: lsp, Quorum: 2, Members: []decision.Member{member("komite1.otomotif", "chair"), member("asesor1.otomotif", "member")}}
		_, err := s.Decisions.OpenMeeting(ctx, manager, m, cases)
		refused(t, "an assessor of the case on the committee", err, fault.Invalid)
		m.Members[1] = member("komite2.otomotif", "member")
		mid, err := s.Decisions.OpenMeeting(ctx, manager, m, cases)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Decisions.OpenMeeting(ctx, manager, m, cases[:1])
		refused(t, "on two agendas", err, fault.Conflict)
		refused(t, "who is no member votes", s.Decisions.Vote(ctx, s.w.Actor("komite3.otomotif"), mid), fault.Denied)
		refused(t, "closed without quorum", s.Decisions.Close(ctx, s.w.Actor("komite1.otomotif"), mid), fault.Invalid)
		refused(t, "decreed before it is closed", s.Decisions.Decree(ctx, s.w.Actor("ketua.otomotif"), mid), fault.Conflict)

		// Behind the program's back the database refuses it too: the key of case_duty, then the key of vote.
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO case_duty (application, person, duty) VALUES ($1, $2, 'committee')", string(own.Application), string(assessor.Person))
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("a second duty in a case: %v", err)
		}
		var did string
		s.read(t, func(tx *db.Tx) error {
			return tx.Get("SELECT id FROM decision WHERE application = $1", []any{string(own.Application)}, &did)
		})
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO vote (decision, person, application, duty, choice, at) VALUES ($1, $2, $3, 'committee', 'grant', $4)", did, string(assessor.Person), string(own.Application), db.At(tx.Now()))
			return err
		})
		if !db.IsForeign(err) {
			t.Errorf("the assessor's vote: %v", err)
		}
	})
}

func TestSeatsAreNeverTakenTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		officer := s.w.Actor("petugas.semarang")
		var p programme.Programme
		s.read(t, func(tx *db.Tx) (err error) { p, err = programme.Get(tx, officer, s.res.Programme); return err })
		p.Seats = p.Taken + 1000
		if err := s.Programmes.Edit(ctx, officer, p); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		granted := 0
		for range 5000 {
			wg.Go(func() {
				n, err := s.Programmes.Reserve(ctx, officer, p.ID, 1)
				mu.Lock()
				defer mu.Unlock()
				if granted += n; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if granted != 1000 {
			t.Errorf("%d seats granted of 1000", granted)
		}
	})
}

func TestACorrectedListChangesOnlyWhatChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		officer := s.w.Actor("petugas.semarang")
		list := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP\nBagus Prasetyo;3374011812939901;Semarang;18-12-1993;L;Semarang Tengah;08400000101\n" +
			"Dwi Cahyono;3374160407949904;Demak;04-07-1994;L;Tugu;08400000104\nOrang Baru;3374160407949905;Demak;04-07-1994;L;Tugu;08400000105\n"
		res, err := s.Programmes.Upload(ctx, officer, s.res.Programme, "koreksi.csv", []byte(list))
		if err != nil {
			t.Fatal(err)
		}
		if res.New != 1 || res.Changed != 2 || res.Same != 0 || res.Missing != 28 {
			t.Errorf("%+v", res)
		}
		if res, err = s.Programmes.Upload(ctx, officer, s.res.Programme, "koreksi.csv", []byte(list)); err != nil || res.Same != 3 || res.New+res.Changed != 0 {
			t.Errorf("the same file again: %+v %v", res, err)
		}
		good, err := s.Programmes.Rows(ctx, officer, s.res.Programme, programme.Filter{State: programme.RowGood})
		if err != nil || len(good) != 2 {
			t.Errorf("%d good rows, %v", len(good), err)
		}
		if strings.Contains(fmt.Sprint(good), "3374160407949904") {
			t.Error("a NIK shows in full")
		}
		if err := s.Programmes.Freeze(ctx, officer, s.res.Programme); err != nil {
			t.Fatal(err)
		}
		_, err = s.Programmes.Upload(ctx, officer, s.res.Programme, "koreksi.csv", []byte(list))
		refused(t, "a list that is frozen", err, fault.Conflict)
	})
}

func TestARowIsMendedInPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		officer := s.w.Actor("petugas.semarang")
		rows, err := s.Programmes.Rows(ctx, officer, s.res.Programme, programme.Filter{State: programme.RowWaiting, Worst: "error"})
		if err != nil || len(rows) != 5 {
			t.Fatal(len(rows), err)
		}
		r := rows[0] // a NIK of 15 digits
		refused(t, "a stale version", s.Programmes.FixRow(ctx, officer, r.ID, r.Version+1, nil), fault.Conflict)
		if err := s.Programmes.FixRow(ctx, officer, r.ID, r.Version, map[sheet.Field]string{sheet.NIK: "3374011812939901"}); err != nil {
			t.Fatal(err)
		}
		again, _, err := s.Programmes.Row(ctx, officer, r.ID)
		if err != nil || again.Worst != "error" || again.Row.Problems[len(again.Row.Problems)-1].Code != "nik_duplicate" {
			t.Errorf("another's NIK: %+v %v", again, err)
		}
		if err := s.Programmes.FixRow(ctx, officer, r.ID, again.Version, map[sheet.Field]string{sheet.NIK: "3374160407949904"}); err != nil {
			t.Fatal(err)
		}
		if again, _, err = s.Programmes.Row(ctx, officer, r.ID); err != nil || again.State != programme.RowGood || again.Row.NIK != "3374********9904" {
			t.Errorf("%+v %v", again, err)
		}
		_, err = s.Programmes.RevealRow(ctx, officer, r.ID, "")
		refused(t, "a look without a reason", err, fault.Invalid)
		full, err := s.Programmes.RevealRow(ctx, officer, r.ID, "telepon dengan peserta")
		if err != nil || full.Row.NIK != "3374160407949904" {
			t.Errorf("%+v %v", full.Row.NIK, err)
		}
	})
}

func TestStatusShowsAtOnceAndNumbersAreGapFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilEnd)
		head, lsp := s.w.Actor("ketua.otomotif"), s.w.Org("lsp-otomotif")
		var c certificate.Certificate
		s.read(t, func(tx *db.Tx) error {
			all, err := certificate.ByMeeting(tx, head, s.res.Meetings[0])
			c = all[0]
			if gaps, err := number.Gaps(tx, lsp); err != nil || len(gaps) > 0 {
				t.Errorf("gaps %v %v", gaps, err)
			}
			return err
		})
		status := func(want string) {
			t.Helper()
			for _, look := range []func() (certificate.Look, error){
				func() (certificate.Look, error) { return s.Certificates.ByCode(ctx, c.Code) },
				func() (certificate.Look, error) {
					return s.Certificates.ByNumber(ctx, strings.ReplaceAll(c.Number, " ", "\u00a0"))
				},
			} {
				if p, err := look(); err != nil || p.Status != want {
					t.Errorf("%q, want %q; %v", p.Status, want, err)
				}
			}
		}
		status("valid")
		refused(t, "suspended without a reason", s.Certificates.Suspend(ctx, head, c.ID, ""), fault.Invalid)
		refused(t, "suspended by an assessor", s.Certificates.Suspend(ctx, s.w.Actor("asesor1.otomotif"), c.ID, "reason"), fault.Denied)
		steps := []struct {
			do   func(context.Context, auth.Actor, certificate.ID, string) error
			want string
		}{{s.Certificates.Suspend, "suspended"}, {s.Certificates.Resume, "valid"}, {s.Certificates.Revoke, "revoked"}}
		for _, st := range steps {
			if err := st.do(ctx, head, c.ID, "alasan contoh"); err != nil {
				t.Fatal(err)
			}
			status(st.want)
		}
		refused(t, "resumed after revocation", s.Certificates.Resume(ctx, head, c.ID, "reason"), fault.Conflict)
		look, err := s.Certificates.ByCode(ctx, c.Code)
		if err != nil {
			t.Fatal(err)
		}
		p, err := look.Public()
		if err != nil || strings.Contains(p.Name, c.Name) && len(c.Name) > 6 {
			t.Errorf("the name is not masked: %q", p.Name)
		}
		_, err = s.Certificates.ByCode(ctx, "AAAABBBBCCCC")
		refused(t, "a code of nobody", err, fault.NotFound)
	})
}

func TestParallelIssueMakesNothingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "malang", demo.UntilAssessed)
		mid := s.decree(t)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for {
					time.Sleep(rand.N(3 * time.Millisecond))
					n, err := s.Certificates.IssueSome(ctx, auth.Actor{System: certificate.IssueJob}, mid, 7)
					if err != nil && !db.IsUnique(err) {
						t.Error(err)
						return
					}
					if err == nil && n == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		s.read(t, func(tx *db.Tx) error {
			total, done, err := certificate.Counts(tx, s.w.Actor("manajer.kebersihan"), mid)
			if total == 0 || total != done {
				t.Errorf("%d granted, %d issued", total, done)
			}
			if gaps, err := number.Gaps(tx, s.w.Org("lsp-kebersihan")); err != nil || len(gaps) > 0 {
				t.Errorf("gaps %v %v", gaps, err)
			}
			return err
		})
	})
}

// decree takes the cleaning story's recommended files through a meeting.
func (s stage) decree(t *testing.T) decision.MeetingID {
	t.Helper()
	manager, lsp := s.w.Actor("manajer.kebersihan"), s.w.Org("lsp-kebersihan")
	var cases []assessment.ID
	s.read(t, func(tx *db.Tx) error {
		cases = nil
		ready, err := decision.Ready(tx, manager, lsp)
		for _, a := range ready {
			cases = append(cases, a.ID)
		}
		return err
	})
	m := decision.Meeting{LSP: lsp, Quorum: 1, Members: []decision.Member{{Person: s.w.Actor("komite1.kebersihan").Person, Role: "chair"}}}
	mid, err := s.Decisions.OpenMeeting(ctx, manager, m, cases)
	chair := s.w.Actor("komite1.kebersihan")
	for _, step := range []func() error{func() error { return err }, func() error { return s.Decisions.Vote(ctx, chair, mid) }, func() error { return s.Decisions.Close(ctx, chair, mid) },
		func() error { return s.Decisions.Decree(ctx, s.w.Actor("ketua.kebersihan"), mid) }} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return mid
}

func TestSignInIsSlowToFailAndNeverTellsWhoExists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		try := func(login, password string) error {
			_, err := s.People.SignIn(ctx, login, password, "test", "10.0.0.1")
			return err
		}
		known, unknown := try("petugas.semarang@contoh.id", "wrong password"), try("nobody@contoh.id", "wrong password")
		if known.Error() != unknown.Error() {
			t.Errorf("%v and %v tell who exists", known, unknown)
		}
		secret, err := s.People.SignIn(ctx, " Petugas.Semarang@contoh.id ", s.w.Password(), "test", "10.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		who, ses, err := s.People.Who(ctx, secret)
		if err != nil || !who.Any(auth.Officer) {
			t.Errorf("%+v %v", who, err)
		}
		if err := s.People.EndSession(ctx, who, ses.ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.People.Who(ctx, secret)
		refused(t, "an ended session", err, fault.SignIn)
		for range 5 {
			_ = try("petugas.semarang@contoh.id", "wrong password")
		}
		refused(t, "after many failures even the right password", try("petugas.semarang@contoh.id", s.w.Password()), fault.Later)
		d.Clock.Add(2 * time.Hour)
		if err := try("petugas.semarang@contoh.id", s.w.Password()); err != nil {
			t.Errorf("after waiting: %v", err)
		}
	})
}

func TestInvitationsAreForOneUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilList)
		head, lsp := s.w.Actor("ketua.otomotif"), s.w.Org("lsp-otomotif")
		in := person.Input{Name: "Asesor Baru", Email: "baru@contoh.id"}
		_, err := s.People.Invite(ctx, s.w.Actor("asesor1.otomotif"), lsp, auth.Head, in)
		refused(t, "an assessor invites a head", err, fault.Denied)
		secret, err := s.People.Invite(ctx, head, lsp, auth.Assessor, in)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.People.AcceptInvite(ctx, secret, "short", "test")
		refused(t, "a short password", err, fault.Invalid)
		session, err := s.People.AcceptInvite(ctx, secret, "kalimat sandi baru", "test")
		if err != nil {
			t.Fatal(err)
		}
		if who, _, err := s.People.Who(ctx, session); err != nil || !who.Is(auth.Assessor, lsp) {
			t.Errorf("%+v %v", who, err)
		}
		_, err = s.People.AcceptInvite(ctx, secret, "kalimat sandi baru", "test")
		refused(t, "used twice", err, fault.NotFound)
		again, err := s.People.Invite(ctx, head, lsp, auth.Manager, in)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.People.AcceptInvite(ctx, again, "another password", "test")
		refused(t, "a link does not open another's account", err, fault.Invalid)
	})
}

func TestABackupOpensAndHoldsEverything(t *testing.T) {
	d := dbtest.Open(t)
	s := play(t, d, "semarang", demo.UntilEnd)
	file := t.TempDir() + "/copy.db"
	if err := s.DB.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	again, err := db.Open(ctx, file, db.Options{Clock: d.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	var n int
	if err := again.Point(ctx, "SELECT COUNT(*) FROM certificate", nil, &n); err != nil || n != 22 {
		t.Errorf("%d certificates, %v", n, errors.Join(err))
	}
}
