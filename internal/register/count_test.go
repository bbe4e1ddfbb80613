package register_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/register"
)

var (
	ctx   = context.Background()
	setup = auth.Actor{System: "setup"}
	quiet = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// hall is a sample installation on one of the databases, stories played up to their decrees.
type hall struct {
	t *testing.T
	*app.App
	world    *app.World
	meetings []decision.MeetingID
}

func play(t *testing.T, d *dbtest.DB, until demo.Stop, stories ...string) hall {
	t.Helper()
	_ = d.Close() // the installation opens it itself
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Database: d.Name, Keys: d.Keys, Base: "http://example.org", Readers: 4, Rate: 1000}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h := hall{t: t, App: a, world: w}
	for _, s := range stories {
		res, err := w.Play(ctx, s, nil, "", until, a.Clock.Jump)
		if err != nil {
			t.Fatal(err)
		}
		h.meetings = append(h.meetings, res.Meetings...)
	}
	return h
}

func (h hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// right says that counting everything anew finds no count that was wrong.
func (h hall) right(when string) {
	h.t.Helper()
	wrong, err := h.Register.Recount(ctx, setup)
	h.must(err)
	if wrong != 0 {
		h.t.Errorf("%s: %d counts were wrong", when, wrong)
	}
}

func (h hall) figures() register.Figures {
	h.t.Helper()
	f, err := h.Register.Figures(ctx, true)
	h.must(err)
	return f
}

func (h hall) certificates() (all []certificate.ID, bodies []auth.OrgID) {
	h.t.Helper()
	h.must(h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if all, err = db.Column[certificate.ID](tx, "SELECT id FROM certificate ORDER BY number"); err != nil {
			return err
		}
		bodies, err = db.Column[auth.OrgID](tx, "SELECT lsp FROM certificate ORDER BY number")
		return err
	}))
	return all, bodies
}

// replace puts another certificate in the place of one.
func (h hall) replace(ctx context.Context, head auth.Actor, c certificate.ID, reason string) error {
	_, err := h.Certificates.Replace(ctx, head, c, "Nama Benar Contoh", reason)
	return err
}

func TestCountsAreRightAtEveryMomentOfARandomHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := play(t, d, demo.UntilDecreed, "semarang", "malang")
		if f := h.figures(); !f.Few || f.Total != 0 {
			t.Errorf("before anything is issued: %+v", f)
		}
		r := rand.New(rand.NewPCG(7, 8))
		job := auth.Actor{System: certificate.IssueJob}
		for range 120 {
			m := h.meetings[r.IntN(len(h.meetings))]
			if r.IntN(6) == 0 {
				_, err := h.Certificates.IssueSome(ctx, job, m, 1+r.IntN(20))
				h.must(err)
			}
			all, bodies := h.certificates()
			if len(all) == 0 {
				continue
			}
			i := r.IntN(len(all))
			head := auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: bodies[i], Duty: auth.Head}}}
			do := []func(context.Context, auth.Actor, certificate.ID, string) error{h.Certificates.Suspend, h.Certificates.Suspend, h.Certificates.Resume, h.Certificates.Revoke, h.replace}[r.IntN(5)]
			if err := do(ctx, head, all[i], "a reason"); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if r.IntN(10) == 0 {
				h.right("in the middle")
			}
		}
		h.right("at the end")
		all, _ := h.certificates()
		f := h.figures()
		if f.Few || f.Total != int64(len(all)) {
			t.Errorf("%d certificates, told are %d", len(all), f.Total)
		}
	})
}

func TestCountsAreRightWhenBodiesIssueAtTheSameTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := play(t, d, demo.UntilDecreed, "semarang", "malang", "probolinggo")
		job := auth.Actor{System: certificate.IssueJob}
		var wg sync.WaitGroup
		failed := make(chan error, 1000)
		for _, m := range slices.Concat(h.meetings, h.meetings) { // each meeting by two at once
			wg.Go(func() {
				for {
					n, err := h.Certificates.IssueSome(ctx, job, m, 3)
					if err != nil {
						failed <- err
					}
					if n == 0 || err != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		close(failed)
		for err := range failed {
			t.Fatal(err)
		}
		h.right("afterwards")
	})
}

func TestACertificateIsCountedAsValidUntilTheMonthIsOverInWhichItEnds(t *testing.T) {
	h := play(t, dbtest.Open(t), demo.UntilEnd, "semarang")
	f := h.figures()
	if f.Status.Shown[register.Valid] != f.Total || f.AsOf[8:] != "01" {
		t.Errorf("all are valid: %+v as of %s", f.Status, f.AsOf)
	}
	h.Clock.Set(-4 * 366 * 24 * 3600 * 1e9)
	if f := h.figures(); f.Status.Shown[register.Expired] != f.Total {
		t.Errorf("four years later all have expired: %+v as of %s", f.Status, f.AsOf)
	}
}

func TestAnInstallationFromBeforeTheCountsCountsItselfOnce(t *testing.T) {
	h := play(t, dbtest.Open(t), demo.UntilEnd, "semarang")
	was := h.figures()
	h.must(h.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM register_count"); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM register_counted")
		return err
	}))
	h.must(h.Register.Begin(ctx))
	if now := h.figures(); now.Total == 0 || now.Total != was.Total || !maps.Equal(now.Regency.Shown, was.Regency.Shown) {
		t.Errorf("was %+v, is %+v", was, now)
	}
	h.must(h.DB.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM register_count"); return err }))
	h.must(h.Register.Begin(ctx))
	if now := h.figures(); !now.Few {
		t.Errorf("it counted again: %+v", now)
	}
}

func TestACountThatWasChangedBehindOurBackIsFoundAndPutRight(t *testing.T) {
	h := play(t, dbtest.Open(t), demo.UntilEnd, "semarang")
	h.must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE register_count SET n = n + 1 WHERE tab IN ('regency', 'status')")
		return err
	}))
	if wrong, err := h.Register.Recount(ctx, setup); err != nil || wrong != 2 {
		t.Errorf("%d wrong counts found, 2 were changed (%v)", wrong, err)
	}
	h.right("after it was counted anew")
}

func TestOfWhoDidNotAgreeToStatisticsNothingButTheCertificateIsCounted(t *testing.T) {
	h := play(t, dbtest.Open(t), demo.UntilDecreed, "semarang")
	h.must(h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE consent SET withdrawn_at = $1 WHERE purpose = 'statistics'", db.At(tx.Now()))
		return err
	}))
	h.must(h.Certificates.IssueAll(ctx, auth.Actor{System: certificate.IssueJob}, h.meetings[0], ""))
	f := h.figures()
	if f.Total == 0 || f.Regency.Shown[""] != f.Total || f.Sex.Shown[""] != f.Total {
		t.Errorf("got %+v %+v of %d", f.Regency, f.Sex, f.Total)
	}
	h.right("afterwards")
}

func TestOnlySetUpCountsAnew(t *testing.T) {
	d := dbtest.Open(t)
	_, err := register.NewService(d.DB, d.Box).Recount(ctx, auth.Actor{Person: "per_a", Duties: []auth.Held{{Org: "org_b", Duty: auth.Regulator}}})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("got %v", err)
	}
}
