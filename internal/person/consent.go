package person

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
)

// WithdrawConsent takes back what a person agreed to for one of her records; from then on her data are not used for
// that purpose. What an assessment cannot be without is not taken back alone: she withdraws her application instead.
func (s *Service) WithdrawConsent(ctx context.Context, actor auth.Actor, book auth.OrgID, record, purpose string) error {
	required := slices.ContainsFunc(Purposes(), func(p Purpose) bool { return p.Name == purpose && p.Required })
	return s.d.Write(ctx, func(tx *db.Tx) error {
		var p auth.PersonID
		err := tx.Get(`SELECT person FROM consent WHERE record = $1 AND purpose = $2 AND withdrawn_at IS NULL ORDER BY id LIMIT 1`, []any{record, purpose}, &p)
		if err != nil || actor.Person != p || actor.Subject != "" && actor.Subject != record {
			return fault.New(fault.NotFound, "db.not_found").Because(err)
		}
		got, err := Get(tx, s.box, actor, p)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "withdraw_consent", got, "")
		if err != nil {
			return err
		}
		if required {
			return fault.New(fault.Invalid, "person.consent_required")
		}
		if _, err := tx.Exec("UPDATE consent SET withdrawn_at = $3 WHERE record = $1 AND purpose = $2 AND withdrawn_at IS NULL", record, purpose, db.At(tx.Now())); err != nil {
			return err
		}
		return ledger.Append(tx, book, string(p), pass, map[string]string{"record": record, "purpose": purpose})
	})
}
