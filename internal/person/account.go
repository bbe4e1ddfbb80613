package person

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/sheet"
)

// MinPassword is the length below which a password is refused, MaxPassword that above. Length counts, not signs.
const (
	MinPassword = 10
	MaxPassword = 200
)

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

// loginOf is an e-mail address or phone number in the form it is found by.
func loginOf(s string) (kind, value string) {
	if strings.Contains(s, "@") {
		return "email", strings.ToLower(strings.TrimSpace(s))
	}
	return "phone", sheet.E164(s)
}

// SignIn opens a session for a login and password; its secret goes into a cookie. An unknown login gets the same
// answer, as slowly, as a wrong password.
func (s *Service) SignIn(ctx context.Context, login, password, agent, address string) (secret string, err error) {
	kind, value := loginOf(login)
	hash := s.box.Hash("login", kind+":"+value)
	keys := []string{fmt.Sprintf("login:%x", hash[:12]), "from:" + address}
	var p auth.PersonID
	ok, err := s.prove(ctx, keys, password, func(tx *db.Tx) (stored string, err error) {
		err = tx.Get("SELECT a.person, a.password FROM login l JOIN account a ON a.person = l.person WHERE l.hash = $1", []any{hash}, &p, &stored)
		if fault.Is(err, fault.NotFound) {
			return "", nil
		}
		return stored, err
	})
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.SignIn, "person.wrong_login")
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if err := forgive(tx, keys[0]); err != nil {
			return err
		}
		secret, err = openSession(tx, p, agent)
		return err
	})
	return secret, err
}

// accountKey is what wrong passwords for a known account are counted by.
func accountKey(p auth.PersonID) string { return "account:" + string(p) }

// isHers says whether a password is a person's; known is false where she has no account.
func (s *Service) isHers(ctx context.Context, p auth.PersonID, password string) (hers, known bool, err error) {
	hers, err = s.prove(ctx, []string{accountKey(p)}, password, func(tx *db.Tx) (stored string, err error) {
		err = tx.Get("SELECT password FROM account WHERE person = $1", []any{string(p)}, &stored)
		known = err == nil
		return stored, err
	})
	if fault.Is(err, fault.NotFound) {
		return false, false, nil
	}
	return hers, known, err
}

func openSession(tx *db.Tx, p auth.PersonID, agent string) (string, error) {
	secret := id.Secret()
	hash := sha256.Sum256([]byte(secret))
	_, err := tx.Exec("DELETE FROM session WHERE person = $1 AND (expires_at <= $2 OR seen_at <= $3)", string(p), db.At(tx.Now()), db.At(tx.Now().Add(-idle)))
	if err != nil {
		return "", err
	}
	_, err = tx.Exec("INSERT INTO session (id, hash, person, agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
		id.New("ses", tx.Now()), hash[:], string(p), short(agent), db.At(tx.Now()), db.At(tx.Now().Add(longest)))
	return secret, err
}

// short is what a browser calls itself, at most 200 bytes of it.
func short(agent string) string { return plain(agent[:min(len(agent), 200)]) }

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
			`SELECT id, agent, created_at, seen_at FROM session WHERE person = $1 AND expires_at > $2 AND seen_at > $3
			ORDER BY seen_at DESC, id`, string(actor.Person), db.At(tx.Now()), db.At(tx.Now().Add(-idle)))
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
	if len([]rune(p)) > MaxPassword {
		return fault.New(fault.Invalid, "form.invalid").With("password", "person.password_long", MaxPassword)
	}
	return nil
}

// onAccount writes an act on a person's account into the ledger, if the actor may do it.
func (s *Service) onAccount(tx *db.Tx, actor auth.Actor, do flow.Action, p auth.PersonID, reason string) error {
	got, err := Get(tx, s.box, actor, p)
	if err != nil {
		return err
	}
	if got.works, err = works(tx, p); err != nil {
		return err
	}
	pass, err := allow(tx, actor, do, got, reason)
	if err != nil {
		return err
	}
	return ledger.Append(tx, "", string(p), pass, nil)
}

// setAccount gives a person an account with a stored password and her logins.
func (s *Service) setAccount(tx *db.Tx, actor auth.Actor, p auth.PersonID, stored, email, phone string) error {
	if err := s.onAccount(tx, actor, "account", p, ""); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO account (person, password, lang, created_at, version) VALUES ($1, $2, 'id', $3, 1)
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
	// A family may share a phone; but an account that nobody can sign in to is none.
	if has, err := tx.Has("SELECT person FROM login WHERE person = $1", string(p)); err != nil || !has {
		return fault.New(fault.Conflict, "person.login_taken").Because(err)
	}
	return nil
}

// FirstAccount makes the first account of an installation, a regulator who may do everything else from there.
func (s *Service) FirstAccount(ctx context.Context, org auth.OrgID, in Input, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	if in.Name == "" || in.Email == "" && in.Phone == "" {
		return fault.New(fault.Invalid, "form.invalid").With("name", "person.invite_needs")
	}
	stored, err := s.make(ctx, password)
	if err != nil {
		return err
	}
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
	hers, _, err := s.isHers(ctx, actor.Person, old)
	if err != nil {
		return err
	}
	if !hers {
		return fault.New(fault.Invalid, "form.invalid").With("old", "person.wrong_password")
	}
	made, err := s.make(ctx, fresh)
	if err != nil {
		return err
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		if err := s.setAccount(tx, actor, actor.Person, made, "", ""); err != nil {
			return err
		}
		if err := forgive(tx, accountKey(actor.Person)); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM session WHERE person = $1 AND id <> $2", string(actor.Person), keep)
		return err
	})
}
