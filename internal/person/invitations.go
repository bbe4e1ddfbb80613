package person

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/seal"
)

// LinkSecret is the secret of a link, derived from its id: a letter can be printed again, and the database never
// holds what opens the link.
func LinkSecret(box *seal.Box, link string) string { return box.Secret(link) }

// use marks a link that opens once as used; a second use, or one taken back meanwhile, finds it closed.
func use(tx *db.Tx, l Link) error {
	n, err := tx.Exec("UPDATE link SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL", l.ID, db.At(tx.Now()))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "person.link_used")
	}
	return err
}

// closeLinks takes back what still opens a record.
func closeLinks(tx *db.Tx, subject, purpose string) error {
	_, err := tx.Exec("UPDATE link SET revoked_at = $3 WHERE subject = $1 AND purpose = $2 AND used_at IS NULL AND revoked_at IS NULL",
		subject, purpose, db.At(tx.Now()))
	return err
}

// CloseLinks takes back every link to a record, when a letter went to the wrong hands. The next letter has a new one.
// Its caller holds the Pass.
func CloseLinks(tx *db.Tx, subject string) error { return closeLinks(tx, subject, ForApplication) }

// Invitation is an offer of a duty that nobody has taken up yet.
type Invitation struct {
	Link      string
	Person    auth.PersonID
	Name      string
	Duty      auth.Duty
	CreatedAt db.Time
	ExpiresAt db.Time
}

// Invitations lists the open offers of an organisation, the newest first, for those who may make them.
func (s *Service) Invitations(ctx context.Context, actor auth.Actor, org auth.OrgID) (out []Invitation, err error) {
	if !actor.Is(auth.OrgAdmin, org) && !actor.Is(auth.Head, org) && !actor.Any(auth.Regulator) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(i *Invitation) []any {
			return []any{&i.Link, &i.Person, &i.Name, &i.Duty, &i.CreatedAt, &i.ExpiresAt}
		}, `SELECT l.id, l.person, p.name, l.duty, l.created_at, l.expires_at FROM link l JOIN person p ON p.id = l.person
			WHERE l.org = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > $3
			ORDER BY l.id DESC LIMIT 200`, string(org), ForInvite, db.At(tx.Now()))
		return err
	})
	return out, err
}

// RevokeInvite takes an offer back before it is taken up.
func (s *Service) RevokeInvite(ctx context.Context, actor auth.Actor, org auth.OrgID, link string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		var p auth.PersonID
		var d auth.Duty
		err := tx.Get("SELECT person, duty FROM link WHERE id = $1 AND org = $2 AND purpose = $3", []any{link, string(org), ForInvite}, &p, &d)
		if err != nil {
			return err
		}
		if err := organisation.RevokeInvite(tx, actor, org, p, d); err != nil {
			return err
		}
		return tx.Change("UPDATE link SET revoked_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL", link, db.At(tx.Now()))
	})
}
