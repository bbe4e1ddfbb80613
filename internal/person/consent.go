package person

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/seal"
	"kompeten/internal/text"
)

// WithdrawConsent takes back what a person agreed to for one of her records; from then on her data are not used for
// that purpose. What an assessment cannot be without is not taken back alone: she withdraws her application instead.
func (s *Service) WithdrawConsent(ctx context.Context, actor auth.Actor, book auth.OrgID, record, purpose string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return Withdraw(tx, s.box, actor, book, record, purpose) })
}

// Withdraw is WithdrawConsent in the transaction of what follows from it.
func Withdraw(tx *db.Tx, box *seal.Box, actor auth.Actor, book auth.OrgID, record, purpose string) error {
	var p auth.PersonID
	err := tx.Get(`SELECT person FROM consent WHERE record = $1 AND purpose = $2 AND withdrawn_at IS NULL ORDER BY id LIMIT 1`, []any{record, purpose}, &p)
	if err != nil || actor.Person != p || actor.Subject != "" && actor.Subject != record {
		return fault.New(fault.NotFound, "db.not_found").Because(err)
	}
	pass, err := consents(tx, box, actor, "withdraw_consent", p)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(Purposes(), func(p Purpose) bool { return p.Name == purpose && p.Required }) {
		return fault.New(fault.Invalid, "person.consent_required")
	}
	if _, err := tx.Exec("UPDATE consent SET withdrawn_at = $3 WHERE record = $1 AND purpose = $2 AND withdrawn_at IS NULL", record, purpose, db.At(tx.Now())); err != nil {
		return err
	}
	return ledger.Append(tx, book, string(p), pass, map[string]string{"record": record, "purpose": purpose})
}

// Agree records that a person agrees to a purpose for one of her records after she handed it in. Its caller has seen
// that the record is hers.
func Agree(tx *db.Tx, box *seal.Box, actor auth.Actor, p auth.PersonID, book auth.OrgID, record string, lang text.Lang, purpose string) error {
	pass, err := consents(tx, box, actor, "give_consent", p)
	if err != nil {
		return err
	}
	if err := GiveConsent(tx, actor, p, record, lang, []string{purpose}); err != nil {
		return err
	}
	return ledger.Append(tx, book, string(p), pass, map[string]string{"record": record, "purpose": purpose})
}

// consents asks whether a person may give or take back a consent.
func consents(tx *db.Tx, box *seal.Box, actor auth.Actor, do flow.Action, p auth.PersonID) (flow.Pass, error) {
	got, err := Get(tx, box, actor, p)
	if err != nil {
		return flow.Pass{}, err
	}
	return allow(tx, actor, do, got, "")
}
