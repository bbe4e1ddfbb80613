package person

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Throttling: after so many failures a login, an account or an address waits, twice as long each time, up to an hour.
// After a day without one, failures are forgotten. It stands in the database, so a restart changes nothing.
const (
	freeFailures = 5
	longestWait  = time.Hour
	forgetAfter  = 24 * time.Hour
)

// hashing waits until fewer than two passwords are being hashed; each takes 19 MiB and a core.
func (s *Service) hashing(ctx context.Context) (done func(), err error) {
	select {
	case s.hash <- struct{}{}:
		return func() { <-s.hash }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// make is Hash, in turn with the others.
func (s *Service) make(ctx context.Context, password string) (string, error) {
	done, err := s.hashing(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return Hash(password), nil
}

// prove says whether a password is the one that find gives the hash of; a wrong one counts against every key. It is
// asked one at a time with the hashing, so that many tries at once are throttled like many in a row. Where there is
// nothing to find, the answer takes as long.
func (s *Service) prove(ctx context.Context, keys []string, password string, find func(*db.Tx) (stored string, err error)) (bool, error) {
	done, err := s.hashing(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	stored := ""
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if err := throttled(tx, keys); err != nil {
			return err
		}
		stored, err = find(tx)
		return err
	})
	if err != nil {
		return false, err
	}
	known := stored != ""
	if !known {
		stored = nobody
	}
	if matches(stored, password) && known {
		return true, nil
	}
	return false, s.d.Write(ctx, func(tx *db.Tx) error { return failed(tx, keys) })
}

func matches(stored, password string) bool {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || len(password) > 4*MaxPassword {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(phc(password, salt)), []byte(stored)) == 1
}

func throttled(tx *db.Tx, keys []string) error {
	for _, k := range keys {
		var until db.Time
		err := tx.Get("SELECT until FROM throttle WHERE key = $1", []any{k}, &until)
		if err == nil && until.After(tx.Now()) {
			return fault.New(fault.Later, "person.throttled", int(until.Sub(tx.Now())/time.Minute)+1)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// failed counts a failure against each key and makes those that fail too often wait.
func failed(tx *db.Tx, keys []string) error {
	for _, k := range keys {
		var n int64
		err := tx.Get(`INSERT INTO throttle (key, failures, until) VALUES ($1, 1, $2)
			ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN throttle.until < $3 THEN 1 ELSE throttle.failures + 1 END,
			until = CASE WHEN throttle.until > $2 THEN throttle.until ELSE $2 END RETURNING failures`,
			[]any{k, db.At(tx.Now()), db.At(tx.Now().Add(-forgetAfter))}, &n)
		if err != nil {
			return err
		}
		if n == 1 { // a new one: room for it is made by those long past
			if _, err := tx.Exec("DELETE FROM throttle WHERE until < $1", db.At(tx.Now().Add(-forgetAfter))); err != nil {
				return err
			}
		}
		wait := waitAfter(k, n)
		if wait == 0 {
			continue
		}
		if _, err := tx.Exec("UPDATE throttle SET until = $2 WHERE key = $1", k, db.At(tx.Now().Add(wait))); err != nil {
			return err
		}
	}
	return nil
}

// waitAfter is how long a key waits after so many failures. An address, which a whole office may share, may fail four
// times as often.
func waitAfter(key string, failures int64) time.Duration {
	free := int64(freeFailures)
	if strings.HasPrefix(key, "from:") {
		free *= 4
	}
	if failures < free {
		return 0
	}
	return min(time.Minute<<min(failures-free, 10), longestWait)
}

// forgive forgets the failures of a key after its password was given rightly.
func forgive(tx *db.Tx, key string) error {
	_, err := tx.Exec("DELETE FROM throttle WHERE key = $1", key)
	return err
}

// linkKey is what links that open nothing are counted by: an address, which a whole office may share.
func linkKey(address string) string { return "from:link:" + address }

// Slow refuses an address that tried too many links that open nothing.
func Slow(tx *db.Tx, address string) error { return throttled(tx, []string{linkKey(address)}) }

// Missed counts a link that opens nothing against the address that tried it.
func Missed(tx *db.Tx, address string) error { return failed(tx, []string{linkKey(address)}) }
