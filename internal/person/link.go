package person

import (
	"context"
	"crypto/sha256"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/organisation"
	"kompeten/internal/seal"
)

// Purposes of a link; see also ForReset.
const (
	ForInvite      = "invite"
	ForApplication = "application"
)

const inviteLife = 14 * 24 * time.Hour

// Link opens one thing for one person without a password: an invitation to a duty, or her own application.
type Link struct {
	ID        string
	Purpose   string
	Person    auth.PersonID
	Subject   string // record it opens
	Org       auth.OrgID
	Duty      auth.Duty
	ExpiresAt time.Time
	UsedAt    time.Time
}

// MakeLink makes a link; its secret is derived, never stored (see LinkSecret).
func MakeLink(tx *db.Tx, box *seal.Box, actor auth.Actor, l Link) (string, error) {
	l.ID = id.New("lnk", tx.Now())
	hash := sha256.Sum256([]byte(box.Secret(l.ID)))
	_, err := tx.Exec(`INSERT INTO link (id, hash, purpose, person, subject, org, duty, created_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, l.ID, hash[:], l.Purpose, string(l.Person), l.Subject, string(l.Org), string(l.Duty),
		actor.Who(), db.At(tx.Now()), db.At(l.ExpiresAt))
	return l.ID, err
}

// LinkFor finds the link to a record that is still open, or makes one, and gives its secret.
func LinkFor(tx *db.Tx, box *seal.Box, actor auth.Actor, l Link) (string, error) {
	var have string
	err := tx.Get(`SELECT id FROM link WHERE subject = $1 AND purpose = $2 AND expires_at > $3 AND revoked_at IS NULL ORDER BY id DESC LIMIT 1`,
		[]any{l.Subject, l.Purpose, db.At(tx.Now())}, &have)
	if fault.Is(err, fault.NotFound) {
		have, err = MakeLink(tx, box, actor, l)
	}
	return box.Secret(have), err
}

// OpenLink is the link of a secret and the actor it makes of its bearer: the person, for that record only.
func (s *Service) OpenLink(ctx context.Context, secret string) (l Link, actor auth.Actor, err error) {
	hash := sha256.Sum256([]byte(secret))
	var expires, used, revoked db.Time
	var name string
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		err := tx.Get("SELECT id, purpose, person, subject, org, duty, expires_at, used_at, revoked_at FROM link WHERE hash = $1", []any{hash[:]},
			&l.ID, &l.Purpose, &l.Person, &l.Subject, &l.Org, &l.Duty, &expires, &used, &revoked)
		if err != nil {
			return err
		}
		return tx.Get("SELECT name FROM person WHERE id = $1", []any{string(l.Person)}, &name)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return l, actor, fault.New(fault.NotFound, "person.link_unknown")
	case err != nil:
		return l, actor, err
	case !revoked.IsZero():
		return l, actor, fault.New(fault.NotFound, "person.link_revoked")
	case l.Purpose != ForApplication && !used.IsZero():
		return l, actor, fault.New(fault.NotFound, "person.link_used")
	case !expires.After(s.d.Now()):
		return l, actor, fault.New(fault.NotFound, "person.link_expired", date.Of(expires.Time, date.WIB))
	}
	l.ExpiresAt, l.UsedAt = expires.Time, used.Time
	return l, auth.Actor{Person: l.Person, Name: name, Subject: l.Subject}, nil
}

// Invite enters a person and makes the link by which she takes up a duty. The link lives for 14 days.
func (s *Service) Invite(ctx context.Context, actor auth.Actor, org auth.OrgID, duty auth.Duty, in Input) (secret string, err error) {
	in = in.clean()
	in.NIK = "" // whose identity number it is cannot be proven by an invitation
	if in.Name == "" || in.Email == "" && in.Phone == "" {
		return "", fault.New(fault.Invalid, "form.invalid").With("name", "person.invite_needs")
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		p, err := s.byLogin(tx, in)
		if err != nil {
			return err
		}
		if p == "" {
			ids, err := PutAll(tx, s.box, actor, org, []Input{in})
			if err != nil {
				return err
			}
			p = ids[0]
		}
		if err := organisation.Invite(tx, actor, org, p, duty); err != nil {
			return err
		}
		link, err := MakeLink(tx, s.box, actor, Link{Purpose: ForInvite, Person: p, Subject: string(p), Org: org, Duty: duty, ExpiresAt: tx.Now().Add(inviteLife)})
		secret = LinkSecret(s.box, link)
		if err != nil {
			return err
		}
		return s.write(tx, link)
	})
	return secret, err
}

func (s *Service) byLogin(tx *db.Tx, in Input) (p auth.PersonID, err error) {
	for _, login := range []string{in.Email, in.Phone} {
		kind, value := loginOf(login)
		if value == "" {
			continue
		}
		err = tx.Get("SELECT person FROM login WHERE hash = $1", []any{s.box.Hash("login", kind+":"+value)}, &p)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return p, err
		}
	}
	return "", nil
}

// AcceptInvite takes up the duty a link offers, sets the password of a new account, and signs in.
func (s *Service) AcceptInvite(ctx context.Context, secret, password, agent string) (session string, err error) {
	l, _, err := s.OpenLink(ctx, secret)
	if err != nil {
		return "", err
	}
	if l.Purpose != ForInvite {
		return "", fault.New(fault.NotFound, "person.link_unknown")
	}
	if err := checkPassword(password); err != nil {
		return "", err
	}
	// Who has an account already proves that it is hers; it keeps its password.
	hers, known, err := s.isHers(ctx, l.Person, password)
	if err != nil {
		return "", err
	}
	if known && !hers {
		return "", fault.New(fault.Invalid, "form.invalid").With("password", "person.has_account")
	}
	stored, err := s.make(ctx, password)
	if err != nil {
		return "", err
	}
	system := auth.Actor{System: "setup"}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if err := use(tx, l); err != nil {
			return err
		}
		p, err := Get(tx, s.box, system, l.Person)
		if err != nil {
			return err
		}
		_, phone, err := secrets(tx, s.box, l.Person)
		if err != nil {
			return err
		}
		has, err := tx.Has("SELECT person FROM account WHERE person = $1", string(l.Person))
		if err != nil {
			return err
		}
		if !has {
			if err := s.setAccount(tx, system, l.Person, stored, p.Email, phone); err != nil {
				return err
			}
		}
		if err := organisation.GiveDuty(tx, system, l.Org, l.Person, l.Duty, date.Of(tx.Now(), date.WIB)); err != nil {
			return err
		}
		session, err = openSession(tx, l.Person, agent)
		return err
	})
	return session, err
}
