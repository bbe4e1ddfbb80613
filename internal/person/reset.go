package person

import (
	"context"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
)

// ForReset is the purpose of a link by which a person sets a new password.
const ForReset = "reset"

const resetLife = 24 * time.Hour

// ResetPassword makes the link by which a person who forgot her password sets a new one. Who may: an admin of every
// organisation she works in, the regulator, or the one who runs the installation. It lives for a day; the reason
// stands in the ledger.
func (s *Service) ResetPassword(ctx context.Context, actor auth.Actor, p auth.PersonID, reason string) (secret string, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if err := s.has(tx, p); err != nil {
			return err
		}
		if err := s.onAccount(tx, actor, "reset_password", p, reason); err != nil {
			return err
		}
		if err := closeLinks(tx, string(p), ForReset); err != nil {
			return err
		}
		link, err := MakeLink(tx, s.box, actor, Link{Purpose: ForReset, Person: p, Subject: string(p), ExpiresAt: tx.Now().Add(resetLife)})
		secret = LinkSecret(s.box, link)
		if err != nil {
			return err
		}
		return s.write(tx, link)
	})
	return secret, err
}

// has refuses a person without an account.
func (s *Service) has(tx *db.Tx, p auth.PersonID) error {
	has, err := tx.Has("SELECT person FROM account WHERE person = $1", string(p))
	if err == nil && !has {
		err = fault.New(fault.NotFound, "db.not_found")
	}
	return err
}

// works is where a person holds a duty today.
func works(tx *db.Tx, p auth.PersonID) ([]auth.OrgID, error) {
	held, err := organisation.DutiesOf(tx, auth.Actor{Person: p}, date.Of(tx.Now(), date.WIB))
	return auth.Actor{Duties: held}.AllOrgs(), err
}

// TakeReset sets the new password by the link, ends every open sign-in, and signs in.
func (s *Service) TakeReset(ctx context.Context, secret, password, agent string) (session string, err error) {
	l, _, err := s.OpenLink(ctx, secret)
	if err != nil {
		return "", err
	}
	if l.Purpose != ForReset {
		return "", fault.New(fault.NotFound, "person.link_unknown")
	}
	if err := checkPassword(password); err != nil {
		return "", err
	}
	stored, err := s.make(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if err := use(tx, l); err != nil {
			return err
		}
		if err := s.setAccount(tx, auth.Actor{Person: l.Person}, l.Person, stored, "", ""); err != nil {
			return err
		}
		if err := forgive(tx, accountKey(l.Person)); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM session WHERE person = $1", string(l.Person)); err != nil {
			return err
		}
		session, err = openSession(tx, l.Person, agent)
		return err
	})
	return session, err
}
