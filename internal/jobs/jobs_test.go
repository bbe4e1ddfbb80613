package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/jobs"
)

func enqueue(t *testing.T, d *dbtest.DB, o jobs.Options) jobs.ID {
	t.Helper()
	var job jobs.ID
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
		job, err = jobs.Enqueue(tx, "greet", map[string]string{"who": "Ani"}, o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func look(t *testing.T, d *dbtest.DB, job jobs.ID) jobs.Job {
	t.Helper()
	var j jobs.Job
	err := d.Read(context.Background(), func(tx *db.Tx) (err error) { j, err = jobs.Get(tx, auth.Actor{System: "test"}, job); return err })
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAJobRunsOnceAfterItsCause(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		job, runs := enqueue(t, d, jobs.Options{}), 0
		r := jobs.NewRunner(d.DB, map[string]jobs.Handler{"greet": func(_ context.Context, j jobs.Job) error {
			runs++
			if string(j.Args) != `{"who":"Ani"}` && string(j.Args) != `{"who": "Ani"}` {
				t.Errorf("args %s", j.Args)
			}
			return nil
		}}, slog.New(slog.DiscardHandler))
		for range 2 {
			if err := r.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if j := look(t, d, job); runs != 1 || j.State != "done" {
			t.Errorf("%d runs, %+v", runs, j)
		}
	})
}

func TestAFailedJobIsTriedAgainLaterAndAtLastGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		job := enqueue(t, d, jobs.Options{})
		r := jobs.NewRunner(d.DB, map[string]jobs.Handler{"greet": func(context.Context, jobs.Job) error { return errors.New("no mail") }},
			slog.New(slog.DiscardHandler))
		for range 8 {
			if err := r.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
			d.Clock.Add(time.Hour)
		}
		if j := look(t, d, job); j.State != "failed" || j.Attempts != 8 || j.Error != "no mail" {
			t.Errorf("%+v", j)
		}
	})
}

func TestOneUnfinishedJobPerKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		if a, b := enqueue(t, d, jobs.Options{Unique: "k"}), enqueue(t, d, jobs.Options{Unique: "k"}); a != b {
			t.Error("two jobs for one key")
		}
	})
}

func TestAJobWhoseWorkerDiedIsTakenUpAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		job := enqueue(t, d, jobs.Options{})
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE job SET state = 'running', lease_until = $1 WHERE id = $2", db.At(tx.Now()), string(job))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r := jobs.NewRunner(d.DB, map[string]jobs.Handler{"greet": func(context.Context, jobs.Job) error { return nil }}, slog.New(slog.DiscardHandler))
		if err := r.Drain(context.Background()); err != nil || look(t, d, job).State != "done" {
			t.Errorf("%v %+v", err, look(t, d, job))
		}
	})
}

func TestProgressIsForTheOrganisationOnly(t *testing.T) {
	d := dbtest.Open(t)
	job := enqueue(t, d, jobs.Options{Org: "org_a", Total: 10})
	err := d.Write(context.Background(), func(tx *db.Tx) error { return jobs.Advance(tx, job, 4, 10) })
	if err != nil {
		t.Fatal(err)
	}
	if j := look(t, d, job); j.Done != 4 || j.Total != 10 {
		t.Errorf("%+v", j)
	}
	err = d.Read(context.Background(), func(tx *db.Tx) error {
		_, err := jobs.Get(tx, auth.Actor{Person: "p", Duties: []auth.Held{{Org: "org_b", Duty: auth.Officer}}}, job)
		return err
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger sees it: %v", err)
	}
}

func TestWhoWaitsHasTheJobDoneNowWhoeverHadItBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		runs, fails := 0, error(nil)
		r := jobs.NewRunner(d.DB, map[string]jobs.Handler{"greet": func(context.Context, jobs.Job) error { runs++; return fails }}, slog.New(slog.DiscardHandler))
		job := enqueue(t, d, jobs.Options{Unique: "k", Delay: time.Hour})
		err := d.Write(context.Background(), func(tx *db.Tx) error { // a worker that was killed, whose lease goes on
			_, err := tx.Exec("UPDATE job SET state = 'running', lease_until = $1 WHERE id = $2", db.At(tx.Now().Add(time.Minute)), string(job))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			fails error
			runs  int
			state string
		}{{errors.New("no paper"), 1, "ready"}, {nil, 2, "done"}, {nil, 2, "done"}} {
			fails = c.fails
			if err := r.Now(context.Background(), job); !errors.Is(err, c.fails) {
				t.Errorf("%v, want %v", err, c.fails)
			}
			if j := look(t, d, job); runs != c.runs || j.State != c.state {
				t.Errorf("%d runs, %+v", runs, j)
			}
		}
		if err := r.Now(context.Background(), "job_none"); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such job: %v", err)
		}
	})
}
