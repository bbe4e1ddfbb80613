package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
)

func set(tx *db.Tx, name string, n int64) error {
	_, err := tx.Exec(`INSERT INTO number_counter (body, kind, period, next) VALUES ($1, 'k', '', $2)
		ON CONFLICT (body, kind, period) DO UPDATE SET next = excluded.next`, name, n)
	return err
}

func get(tx *db.Tx, name string) (n int64, err error) {
	err = tx.Get("SELECT next FROM number_counter WHERE body = $1 AND kind = 'k' AND period = ''", []any{name}, &n)
	return n, err
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		stop := errors.New("stop")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := set(tx, "a", 1); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error { _, err := get(tx, "a"); return err })
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("want not found, got %v", err)
		}
	})
}

func TestParallelWritesLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		if err := d.Write(ctx, func(tx *db.Tx) error { return set(tx, "a", 0) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for range 10 {
					err := d.Write(ctx, func(tx *db.Tx) error {
						n, err := get(tx, "a")
						if err != nil {
							return err
						}
						return set(tx, "a", n+1)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int64
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { n, err = get(tx, "a"); return err }); err != nil || n != 200 {
			t.Fatalf("n = %d, err = %v; want 200", n, err)
		}
	})
}

func TestAReadSeesOneMomentAndCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		_ = d.Write(ctx, func(tx *db.Tx) error { return set(tx, "a", 1) })
		err := d.Read(ctx, func(tx *db.Tx) error {
			before, err := get(tx, "a")
			if err != nil {
				return err
			}
			if err := d.Write(ctx, func(tx *db.Tx) error { return set(tx, "a", 2) }); err != nil {
				return err
			}
			after, err := get(tx, "a")
			if before != 1 || after != 1 {
				t.Errorf("read %d, then %d; want 1 and 1", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { return set(tx, "a", 3) }); err == nil {
			t.Error("a Read could write")
		}
	})
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		for range 2 { // twice does no harm
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return set(tx, "a", 1) }); err == nil {
			t.Error("a closed database wrote")
		}
	})
}

func TestColumnsComeBackAsTheyWent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		at := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
		var back, none db.Time
		var doc map[string]string
		var key string
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO job (id, kind, args, state, run_at, lease_until, attempts, last_error, unique_key, org, done, total, created_at)
				VALUES ('j', 'k', $1, 'done', $2, $3, 0, '', $4, '', 0, 0, $2)`,
				db.JSON(map[string]string{"a": "ü"}), db.At(at), db.Time{}, db.Null(""))
			if err != nil {
				return err
			}
			return tx.Get("SELECT run_at, lease_until, args, unique_key FROM job WHERE id = 'j'", nil, &back, &none, db.JSON(&doc), db.Text(&key))
		})
		if err != nil || !back.Equal(at) || !none.IsZero() || doc["a"] != "ü" || key != "" {
			t.Fatalf("%v %v %v %q %v", back, none, doc, key, err)
		}
	})
}

func TestBrokenConstraintsAreRecognised(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		for _, c := range []struct {
			says  string
			is    func(error) bool
			query string
		}{
			{"a key is taken", db.IsUnique, "INSERT INTO migration (name, applied_at) SELECT name, applied_at FROM migration"},
			{"a value is outside its list", db.IsCheck, "INSERT INTO region (code, kind, parent, name, fold) VALUES ('1', 'planet', '', '', '')"},
			{"what it refers to is missing", db.IsForeign, "INSERT INTO login (hash, person, kind) VALUES ('x', 'nobody', 'email')"},
		} {
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(c.query); return err })
			if !c.is(err) {
				t.Errorf("%s: %v", c.says, err)
			}
		}
	})
}

func TestALongReadKeepsNoPointWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		var reading, held sync.WaitGroup
		done := make(chan struct{})
		for range 8 {
			reading.Add(1)
			held.Go(func() {
				_ = d.Read(ctx, func(*db.Tx) error { reading.Done(); <-done; return nil })
			})
		}
		reading.Wait()
		if err := d.Ping(ctx); err != nil {
			t.Errorf("while every reader is busy: %v", err)
		}
		close(done)
		held.Wait()
	})
}

func TestPointsAreAllRowsOrNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(set(tx, "a", 1), set(tx, "b", 1), set(tx, "c", 2)) })
		if err != nil {
			t.Fatal(err)
		}
		for next, want := range map[int]int{1: 2, 2: 1, 3: 0} {
			got, err := db.Points(ctx, d.DB, func(s *string) []any { return []any{s} }, "SELECT body FROM number_counter WHERE body IN ('a', 'b', 'c') AND next = $1", next)
			if err != nil || len(got) != want {
				t.Errorf("%d: %v %v, want %d rows", next, got, err, want)
			}
		}
		if _, err := db.Points(ctx, d.DB, func(s *string) []any { return []any{s} }, "SELECT nothing"); err == nil {
			t.Error("a wrong statement gave no error")
		}
	})
}

func TestConditionsAreNumberedAsTheyCome(t *testing.T) {
	var w db.Where
	w.And("a = ?", 1)
	w.And("b IS NULL")
	w.And("(c, d) > (?, ?)", 2, 3)
	w.In("e", 4, 5, 6)
	if got, want := w.String()+" LIMIT "+w.Value(7), "a = $1 AND b IS NULL AND (c, d) > ($2, $3) AND e IN ($4, $5, $6) LIMIT $7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(w.Args()) != 7 || w.Args()[6] != 7 {
		t.Errorf("values %v", w.Args())
	}
}
