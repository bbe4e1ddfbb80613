package certificate

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
)

// How long a published status list may be believed, when it is signed anew though nothing changed, and how long a
// reader may keep it before he asks again.
const (
	listValid = 24 * time.Hour
	listRenew = time.Hour
	listKeep  = time.Minute
)

// published is a status list as it was last signed.
type published struct {
	changes int64
	key     int64 // number of the key that signed
	at      time.Time
	doc     []byte
}

var anyone = auth.Actor{System: "status"}

// StatusList is a status list as a signed credential (Bitstring Status List 1.0). It is signed anew when a certificate
// in it changed, so a change shows at once, and every hour. At a moment in the past, unless zero, it says what was so
// then.
func (s *Service) StatusList(ctx context.Context, id string, purpose credential.Purpose, at time.Time) ([]byte, error) {
	now := s.d.Now()
	if at.After(now) {
		return nil, fault.New(fault.Invalid, "verify.future")
	}
	var changes, key int64
	err := s.d.Point(ctx, `SELECT l.changes, COALESCE((SELECT MAX(k.no) FROM signing_key k WHERE k.org = l.org AND k.kind = 'eddsa' AND k.state = 'active'), 0)
		FROM status_list l WHERE l.id = $1`, []any{id}, &changes, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	if err != nil {
		return nil, err
	}
	name := id + "/" + string(purpose)
	s.mu.RLock()
	have := s.lists[name]
	s.mu.RUnlock()
	if at.IsZero() && have.doc != nil && have.changes == changes && have.key == key && now.Sub(have.at) < listRenew {
		return have.doc, nil
	}
	made, err := s.publish(ctx, id, purpose, at, now)
	if err != nil || !at.IsZero() {
		return made.doc, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.lists[name]; have.changes <= made.changes {
		s.lists[name] = made
	}
	return made.doc, nil
}

func (s *Service) publish(ctx context.Context, id string, purpose credential.Purpose, at, now time.Time) (published, error) {
	var l List
	var signer issuer.Signer
	var org organisation.Org
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
		if l, err = Listed(tx, anyone, id, at); err != nil {
			return err
		}
		if org, err = organisation.Get(tx, anyone, l.Org); err != nil {
			return err
		}
		signer, err = s.keys.Signer(tx, l.Org, issuer.EdDSA)
		return err
	})
	if err != nil {
		return published{}, err
	}
	bits, err := l.bits(purpose)
	if err != nil {
		return published{}, err
	}
	head := credential.List{URL: s.ListURL(id), Issuer: s.keys.DID(org), Purpose: purpose, From: now, Until: now.Add(listValid), TTL: listKeep}
	if purpose == credential.Suspension {
		head.URL = credential.SuspensionList(head.URL)
	}
	doc, err := head.Document(bits)
	if err != nil {
		return published{}, err
	}
	doc, err = credential.Secure(ctx, doc, head.Issuer+"#"+string(signer.ID), now, signer.Sign)
	return published{l.Changes, int64(signer.No), now, doc}, err
}

// ListURL is the address of a status list.
func (s *Service) ListURL(id string) string { return s.keys.Base() + "/status/" + id }

func (l List) bits(purpose credential.Purpose) (*credential.Bits, error) {
	b, err := credential.NewBits(ListSize)
	if err != nil {
		return nil, err
	}
	set := l.Revoked
	if purpose == credential.Suspension {
		set = l.Suspended
	}
	for _, i := range set {
		if err := b.Set(i, true); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Bits are a status list's places as bits, for who keeps a copy of what is revoked and suspended.
func (l List) Bits() (revoked, suspended *credential.Bits, err error) {
	if revoked, err = l.bits(credential.Revocation); err != nil {
		return nil, nil, err
	}
	suspended, err = l.bits(credential.Suspension)
	return revoked, suspended, err
}

// Revocations is the 1EdTech Revocation List of a status list, for displayers that know no other.
func (s *Service) Revocations(ctx context.Context, id string) ([]byte, error) {
	var codes []string
	var org organisation.Org
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
		var owner auth.OrgID
		if err = tx.Get("SELECT org FROM status_list WHERE id = $1", []any{id}, &owner); err != nil {
			return err
		}
		if org, err = organisation.Get(tx, anyone, owner); err != nil {
			return err
		}
		codes, err = db.Column[string](tx, "SELECT code FROM certificate WHERE status_list = $1 AND state = 'revoked' ORDER BY status_index", id)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, c := range codes {
		codes[i] = s.URL(c)
	}
	return credential.RevocationList(s.ListURL(id)+"/1edtech", s.keys.DID(org), codes)
}
