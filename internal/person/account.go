package person

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/sheet"
)

// MinPassword is the length below which a password is refused. Length counts, not signs.
const MinPassword = 10

const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	idle        = 12 * time.Hour
	longest     = 14 * 24 * time.Hour
)

// Hash makes the stored form of a password: argon2id, its parameters beside it.
func Hash(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	return phc(password, salt)
}

func phc(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, 1, 32)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", argonMemory, argonTime, b.EncodeToString(salt), b.EncodeToString(key))
}

// nobody is a hash that no password has, so that an unknown login takes as long as a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (s *Service) matches(stored, password string) bool {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || len(password) > 1000 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	s.hash <- struct{}{}
	defer func() { <-s.hash }()
	return subtle.ConstantTimeCompare([]byte(phc(password, salt)), []byte(stored)) == 1
}

// Login is an e-mail address or phone number in the form it is found by.
func loginOf(s string) (kind, value string) {
	if strings.Contains(s, "@") {
		return "email", strings.ToLower(strings.TrimSpace(s))
	}
	return "phone", sheet.E164(s)
}

// Throttling: after so many failures a login or an address waits, twice as long each time.
const freeFailures = 5

// SignIn opens a session for a login and password; its secret goes into a cookie. An unknown login gets the same
// answer, as slowly, as a wrong password.
func (s *Service) SignIn(ctx context.Context, login, password, agent, address string) (secret string, err error) {
	kind, value := loginOf(login)
	hash := s.box.Hash("login", kind+":"+value)
	keys := []string{fmt.Sprintf("login:%x", hash[:12]), "from:" + address}
	stored, p := nobody, auth.PersonID("")
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if err := throttled(tx, keys); err != nil {
			return err
		}
		err := tx.Get("SELECT a.person, a.password FROM login l JOIN account a ON a.person = l.person WHERE l.hash = $1", []any{hash}, &p, &stored)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if !s.matches(stored, password) || p == "" {
		if err := s.d.Write(ctx, func(tx *db.Tx) error { return failed(tx, keys) }); err != nil {
			return "", err
		}
		return "", fault.New(fault.SignIn, "person.wrong_login")
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM throttle WHERE key = $1", keys[0]); err != nil {
			return err
		}
		secret, err = openSession(tx, p, agent)
		return err
	})
	return secret, err
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

func failed(tx *db.Tx, keys []string) error {
	for i, k := range keys {
		var n int64
		err := tx.Get(`INSERT INTO throttle (key, failures, until) VALUES ($1, 1, $2)
			ON CONFLICT (key) DO UPDATE SET failures = throttle.failures + 1 RETURNING failures`, []any{k, db.At(tx.Now())}, &n)
		if err != nil {
			return err
		}
		over := n - freeFailures*int64(1+3*i) // an address, which an office shares, may fail more often
		if over < 0 {
			continue
		}
		wait := min(time.Minute<<min(over, 6), time.Hour)
		if _, err := tx.Exec("UPDATE throttle SET until = $2 WHERE key = $1", k, db.At(tx.Now().Add(wait))); err != nil {
			return err
		}
	}
	return nil
}

func openSession(tx *db.Tx, p auth.PersonID, agent string) (string, error) {
	secret := id.Secret()
	hash := sha256.Sum256([]byte(secret))
	_, err := tx.Exec("INSERT INTO session (id, hash, person, agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
		id.New("ses", tx.Now()), hash[:], string(p), agent[:min(len(agent), 200)], db.At(tx.Now()), db.At(tx.Now().Add(longest)))
	return secret, err
}

// Session is one open sign-in.
type Session struct {
	ID        string
	Agent     string
	CreatedAt db.Time
	SeenAt    db.Time
}

// Who is the person behind a session's secret, with the duties she holds today.
func (s *Service) Who(ctx context.Context, secret string) (actor auth.Actor, ses Session, err error) {
	hash := sha256.Sum256([]byte(secret))
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		err := tx.Get(`SELECT s.id, s.agent, s.created_at, s.seen_at, s.person, p.name FROM session s JOIN person p ON p.id = s.person
			WHERE s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3`, []any{hash[:], db.At(tx.Now()), db.At(tx.Now().Add(-idle))},
			&ses.ID, &ses.Agent, &ses.CreatedAt, &ses.SeenAt, &actor.Person, &actor.Name)
		if err != nil {
			return err
		}
		actor.Duties, err = organisation.DutiesOf(tx, actor, date.Of(tx.Now(), date.WIB))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return auth.Actor{}, ses, fault.New(fault.SignIn, "person.sign_in_first")
	}
	if err == nil && s.d.Now().Sub(ses.SeenAt.Time) > 5*time.Minute {
		err = s.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE session SET seen_at = $2 WHERE id = $1", ses.ID, db.At(tx.Now()))
			return err
		})
	}
	return actor, ses, err
}

// Sessions lists the actor's open sign-ins, the newest first.
func (s *Service) Sessions(ctx context.Context, actor auth.Actor) (out []Session, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(x *Session) []any { return []any{&x.ID, &x.Agent, &x.CreatedAt, &x.SeenAt} },
			`SELECT id, agent, created_at, seen_at FROM session WHERE person = $1 AND expires_at > $2 ORDER BY seen_at DESC, id`, string(actor.Person), db.At(tx.Now()))
		return err
	})
	return out, err
}

// EndSession ends one of the actor's own sign-ins.
func (s *Service) EndSession(ctx context.Context, actor auth.Actor, session string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		return tx.Change("DELETE FROM session WHERE id = $1 AND person = $2", session, string(actor.Person))
	})
}

func checkPassword(p string) error {
	if len([]rune(p)) < MinPassword {
		return fault.New(fault.Invalid, "form.invalid").With("password", "person.password_short", MinPassword)
	}
	return nil
}

// setAccount gives a person an account with a stored password and her logins.
func (s *Service) setAccount(tx *db.Tx, actor auth.Actor, p auth.PersonID, stored, email, phone string) error {
	got, err := Get(tx, s.box, actor, p)
	if err != nil {
		return err
	}
	pass, err := allow(tx, actor, "account", got, "")
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO account (person, password, lang, created_at, version) VALUES ($1, $2, 'id', $3, 1)
		ON CONFLICT (person) DO UPDATE SET password = excluded.password, version = account.version + 1`, string(p), stored, db.At(tx.Now()))
	if err != nil {
		return err
	}
	for _, login := range []string{email, phone} {
		kind, value := loginOf(login)
		if value == "" {
			continue
		}
		if _, err := tx.Exec("INSERT INTO login (hash, person, kind) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
			s.box.Hash("login", kind+":"+value), string(p), kind); err != nil {
			return err
		}
	}
	return ledger.Append(tx, "", string(p), pass, nil)
}

// FirstAccount makes the first account of an installation, a regulator who may do everything else from there.
func (s *Service) FirstAccount(ctx context.Context, org auth.OrgID, in Input, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	stored := Hash(password)
	setup := auth.Actor{System: "setup"}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		if any, err := tx.Has("SELECT person FROM account"); err != nil || any {
			return fault.New(fault.Conflict, "person.not_first").Because(err)
		}
		p, err := PutAll(tx, s.box, setup, org, []Input{in})
		if err != nil {
			return err
		}
		if err := s.setAccount(tx, setup, p[0], stored, in.Email, in.Phone); err != nil {
			return err
		}
		today := date.Of(tx.Now(), date.WIB)
		for _, d := range []auth.Duty{auth.Regulator, auth.OrgAdmin} {
			if err := organisation.GiveDuty(tx, setup, org, p[0], d, today); err != nil {
				return err
			}
		}
		return nil
	})
}

// Enrol enters a person with an account and duties in one step, for sample data; stored is Hash(password).
func (s *Service) Enrol(ctx context.Context, actor auth.Actor, in Input, stored string, duties []auth.Held) (p auth.PersonID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		ids, err := PutAll(tx, s.box, actor, "", []Input{in})
		if err != nil {
			return err
		}
		p = ids[0]
		for _, h := range duties {
			if err := organisation.GiveDuty(tx, actor, h.Org, p, h.Duty, date.Of(tx.Now(), date.WIB).AddDays(-30)); err != nil {
				return err
			}
		}
		return s.setAccount(tx, actor, p, stored, in.Email, in.Phone)
	})
	return p, err
}

// ChangePassword sets a new password and ends the actor's other sign-ins.
func (s *Service) ChangePassword(ctx context.Context, actor auth.Actor, keep, old, fresh string) error {
	if err := checkPassword(fresh); err != nil {
		return err
	}
	var stored string
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		return tx.Get("SELECT password FROM account WHERE person = $1", []any{string(actor.Person)}, &stored)
	})
	if err != nil {
		return err
	}
	if !s.matches(stored, old) {
		return fault.New(fault.Invalid, "form.invalid").With("old", "person.wrong_password")
	}
	made := Hash(fresh)
	return s.d.Write(ctx, func(tx *db.Tx) error {
		if err := s.setAccount(tx, actor, actor.Person, made, "", ""); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM session WHERE person = $1 AND id <> $2", string(actor.Person), keep)
		return err
	})
}
