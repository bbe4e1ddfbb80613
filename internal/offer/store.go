package offer

import (
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

const selectOffer = `SELECT o.id, o.certificate, o.org, c.person, c.state, o.state, o.wrong, o.made_at, o.expires_at, o.token_until, o.formats, o.pin_hash, o.version,
	(SELECT COUNT(*) FROM offer_delivery d WHERE d.offer = o.id)
	FROM offer o JOIN certificate c ON c.id = o.certificate WHERE `

type row struct {
	Offer
	made, expires, until db.Time
	forms                string
}

func fields(r *row) []any {
	return []any{&r.ID, &r.Certificate, &r.Org, &r.Holder, &r.CertificateState, &r.State, &r.Wrong, &r.made, &r.expires, &r.until, &r.forms, &r.pinHash, &r.Version, &r.Delivered}
}

func (r row) whole() Offer {
	r.MadeAt, r.ExpiresAt, r.TokenUntil = r.made.Time, r.expires.Time, r.until.Time
	for _, f := range strings.Fields(r.forms) {
		r.formats = append(r.formats, Format(f))
	}
	return r.Offer
}

func get(tx *db.Tx, where string, args ...any) (Offer, error) {
	r, err := db.One(tx, fields, selectOffer+where, args...)
	return r.whole(), err
}

// List is what was offered of a certificate, the newest first, for those who see the certificate.
func List(tx *db.Tx, actor auth.Actor, cert certificate.ID) ([]Offer, error) {
	if _, err := Certificate(tx, actor, cert); err != nil {
		return nil, err
	}
	rows, err := db.All(tx, fields, selectOffer+"o.certificate = $1 ORDER BY o.id DESC LIMIT 50", string(cert))
	out := make([]Offer, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out, err
}

func insert(tx *db.Tx, o Offer, pass flow.Pass, link, code, pin []byte) error {
	_, err := tx.Exec(`INSERT INTO offer (id, certificate, org, state, link_hash, code_hash, pin_hash, wrong, expires_at, formats, made_by, made_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, '', $9, $10, 1)`, string(o.ID), string(o.Certificate), string(o.Org), string(pass.To()), link, code, pin,
		db.At(o.ExpiresAt), pass.Actor().Who(), db.At(o.MadeAt))
	if err != nil {
		return err
	}
	return note(tx, o, pass, nil)
}

// save keeps the state, the wrong PINs, and the token with what it is for.
func save(tx *db.Tx, o Offer, pass flow.Pass, token []byte) error {
	forms := make([]string, len(o.formats))
	for i, f := range o.formats {
		forms[i] = string(f)
	}
	err := tx.Change(`UPDATE offer SET state = $2, wrong = $3, token_hash = COALESCE($4, token_hash), token_until = $5, formats = $6, version = version + 1
		WHERE id = $1 AND version = $7`, string(o.ID), string(pass.To()), o.Wrong, token, db.At(o.TokenUntil), strings.Join(forms, " "), o.Version)
	if err != nil {
		return err
	}
	return note(tx, o, pass, nil)
}

// hand notes that a format was handed out; who does it at the same moment as another is refused by the database.
func hand(tx *db.Tx, o Offer, pass flow.Pass, f Format, holder string) error {
	_, err := tx.Exec("INSERT INTO offer_delivery (offer, format, holder, at) VALUES ($1, $2, $3, $4)", string(o.ID), string(f), holder, db.At(tx.Now()))
	if db.IsUnique(err) {
		return refuse(CredentialDenied)
	}
	if err != nil {
		return err
	}
	return note(tx, o, pass, map[string]string{"format": string(f), "holder": holder})
}

// useNonce uses a nonce up; used is true where it was before. Those that are too old to be taken are forgotten.
func useNonce(tx *db.Tx, n nonce) (used bool, err error) {
	if _, err := tx.Exec("DELETE FROM offer_nonce WHERE expires_at < $1", db.At(tx.Now())); err != nil {
		return false, err
	}
	if used, err = tx.Has("SELECT hash FROM offer_nonce WHERE hash = $1", n.hash); used || err != nil {
		return used, err
	}
	_, err = tx.Exec("INSERT INTO offer_nonce (hash, expires_at) VALUES ($1, $2)", n.hash, db.At(n.expires))
	if db.IsUnique(err) { // another used it at this moment; what this one did is undone with the refusal
		return true, nil
	}
	return false, err
}

func missing(err error) bool { return fault.Is(err, fault.NotFound) }
