// Package jobs is the work after the commit: what leaves the database, and what takes long. A job is enqueued in
// the transaction that causes it, so it happens exactly when the cause did; it is run again after a crash, so
// what it does has to bear being done twice, or resume where it stood.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
)

// ID names a job: "job_…".
type ID string

// Job is one piece of work and how far it is.
type Job struct {
	ID       ID
	Kind     string
	Args     json.RawMessage
	State    string // ready, running, done, failed
	Attempts int
	Error    string // of the last attempt, for the log and the administrator
	Org      auth.OrgID
	Done     int64
	Total    int64
}

// Options of a job.
type Options struct {
	Org    auth.OrgID    // whose people may see its progress
	Unique string        // at most one unfinished job has this key
	Delay  time.Duration // not before
	Total  int64         // what progress counts up to
}

// Enqueue adds a job. Where an unfinished job has the same Unique key, its id is returned and nothing is added.
func Enqueue(tx *db.Tx, kind string, args any, o Options) (ID, error) {
	if o.Unique != "" {
		var have ID
		err := tx.Get("SELECT id FROM job WHERE unique_key = $1 AND state IN ('ready', 'running')", []any{o.Unique}, &have)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return have, err
		}
	}
	job := ID(id.New("job", tx.Now()))
	_, err := tx.Exec(`INSERT INTO job (id, kind, args, state, run_at, attempts, last_error, unique_key, org, done, total, created_at)
		VALUES ($1, $2, $3, 'ready', $4, 0, '', $5, $6, 0, $7, $8)`,
		string(job), kind, db.JSON(args), db.At(tx.Now().Add(o.Delay)), db.Null(o.Unique), string(o.Org), o.Total, db.At(tx.Now()))
	return job, err
}

func fields(j *Job) []any {
	return []any{&j.ID, &j.Kind, (*raw)(&j.Args), &j.State, &j.Attempts, &j.Error, &j.Org, &j.Done, &j.Total}
}

type raw json.RawMessage

// Scan reads a document as its bytes.
func (r *raw) Scan(v any) error {
	switch v := v.(type) {
	case string:
		*r = raw(v)
	case []byte:
		*r = append(raw(nil), v...)
	default:
		return fmt.Errorf("job arguments: %T", v)
	}
	return nil
}

// Get is one job, for those of its organisation.
func Get(tx *db.Tx, actor auth.Actor, job ID) (Job, error) {
	j, err := db.One(tx, fields, "SELECT id, kind, args, state, attempts, last_error, org, done, total FROM job WHERE id = $1", string(job))
	if err == nil && !actor.In(j.Org) && actor.System == "" {
		return Job{}, fault.New(fault.NotFound, "db.not_found")
	}
	return j, err
}

// Progress is the newest job with the key, finished or not, for those of its organisation.
func Progress(tx *db.Tx, actor auth.Actor, unique string) (Job, error) {
	j, err := db.One(tx, fields, `SELECT id, kind, args, state, attempts, last_error, org, done, total FROM job
		WHERE unique_key = $1 ORDER BY created_at DESC, id DESC LIMIT 1`, unique)
	if err == nil && !actor.In(j.Org) && actor.System == "" {
		return Job{}, fault.New(fault.NotFound, "db.not_found")
	}
	return j, err
}

// Advance notes how far a job is; call it in the transaction that did the work.
func Advance(tx *db.Tx, job ID, done, total int64) error {
	if job == "" {
		return nil
	}
	_, err := tx.Exec("UPDATE job SET done = $1, total = $2, lease_until = $3 WHERE id = $4",
		done, total, db.At(tx.Now().Add(lease)), string(job))
	return err
}

// Handler does the work of one kind of job.
type Handler func(ctx context.Context, j Job) error

const (
	lease       = 2 * time.Minute
	maxAttempts = 8
)

// Runner runs jobs, one at a time per worker.
type Runner struct {
	d        *db.DB
	handlers map[string]Handler
	log      *slog.Logger
}

// NewRunner makes a runner for the kinds of jobs the handlers name.
func NewRunner(d *db.DB, handlers map[string]Handler, log *slog.Logger) *Runner {
	return &Runner{d, handlers, log}
}

// Run works until the context ends.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		did, err := r.one(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("jobs", "err", err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Drain works until nothing is due: for the command line and tests.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		if did, err := r.one(ctx); err != nil || !did {
			return err
		}
	}
}

func (r *Runner) one(ctx context.Context) (bool, error) {
	j, ok, err := r.claim(ctx)
	if err != nil || !ok {
		return false, err
	}
	handle := r.handlers[j.Kind]
	if handle == nil {
		return true, r.finish(ctx, j, fmt.Errorf("no handler for %q", j.Kind))
	}
	return true, r.finish(ctx, j, handle(ctx, j))
}

// claim takes the next due job, or one whose worker died.
func (r *Runner) claim(ctx context.Context) (j Job, ok bool, err error) {
	due := false
	err = r.d.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = tx.Has(dueJobs, db.At(tx.Now()))
		return err
	})
	if err != nil || !due {
		return j, false, err
	}
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		j, err = db.One(tx, fields, `UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $2
			WHERE id = (`+dueJobs+` ORDER BY run_at, id LIMIT 1)
			RETURNING id, kind, args, state, attempts, last_error, org, done, total`,
			db.At(tx.Now()), db.At(tx.Now().Add(lease)))
		ok = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return j, ok, err
}

const dueJobs = `SELECT id FROM job WHERE state IN ('ready', 'running') AND (state = 'ready' AND run_at <= $1 OR state = 'running' AND lease_until < $1)`

func (r *Runner) finish(ctx context.Context, j Job, failed error) error {
	state, text, wait := "done", "", time.Duration(0)
	if failed != nil {
		r.log.Error("job failed", "kind", j.Kind, "job", string(j.ID), "attempt", j.Attempts, "err", failed)
		state, text, wait = "ready", failed.Error(), time.Second<<j.Attempts
		if j.Attempts >= maxAttempts {
			state = "failed"
		}
	}
	return r.d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE job SET state = $1, last_error = $2, run_at = $3, lease_until = NULL, finished_at = $4 WHERE id = $5",
			state, text, db.At(tx.Now().Add(wait)), db.At(tx.Now()), string(j.ID))
		return err
	})
}
