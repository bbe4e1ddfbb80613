package jobs

import (
	"context"
	"fmt"

	"kompeten/internal/db"
)

// Now works on one job at once, whatever its turn and whoever had it before: for who stands at the command line and
// waits. What a job does bears being done twice, so a worker that still has it is no harm. A job that is done stays so.
func (r *Runner) Now(ctx context.Context, job ID) error {
	var j Job
	var done bool
	err := r.d.Write(ctx, func(tx *db.Tx) (err error) {
		if done, err = tx.Has("SELECT id FROM job WHERE id = $1 AND state = 'done'", string(job)); done || err != nil {
			return err
		}
		j, err = db.One(tx, fields, `UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $2 WHERE id = $1
			RETURNING id, kind, args, state, attempts, last_error, org, done, total`, string(job), db.At(tx.Now().Add(lease)))
		return err
	})
	if err != nil || done {
		return err
	}
	handle := r.handlers[j.Kind]
	if handle == nil {
		return fmt.Errorf("no handler for %q", j.Kind)
	}
	failed := handle(ctx, j)
	if err := r.finish(ctx, j, failed); err != nil {
		return err
	}
	return failed
}
