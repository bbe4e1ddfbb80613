package issuer

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"

	"kompeten/internal/auth"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
)

// Document is a body's did:web document: every key it ever had, those that sign no more with the moment of their end.
// A body without keys has none.
func (s *Service) Document(ctx context.Context, path string) ([]byte, error) {
	var o organisation.Org
	var keys []Key
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = ByPath(tx, auth.Actor{System: Job}, path); err != nil {
			return err
		}
		keys, err = Keys(tx, auth.Actor{}, o.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return s.document(o, keys)
}

func (s *Service) document(o organisation.Org, keys []Key) ([]byte, error) {
	list, err := s.Listed(o, keys)
	if err != nil {
		return nil, err
	}
	return credential.DIDDocument(s.DID(o), list)
}

// Listed are keys of a body as its document lists them.
func (s *Service) Listed(o organisation.Org, keys []Key) ([]credential.Key, error) {
	did := s.DID(o)
	var list []credential.Key
	for _, k := range keys {
		public, err := k.Parsed()
		if err != nil {
			return nil, err
		}
		entry := credential.Key{ID: did + "#" + string(k.ID), Controller: did}
		switch p := public.(type) {
		case ed25519.PublicKey:
			entry.Ed25519 = p
		case *ecdsa.PublicKey:
			entry.P256 = p
		}
		switch k.State {
		case Retired:
			entry.Expires = k.Ended.Time
		case Revoked:
			entry.Revoked = k.Ended.Time
		}
		list = append(list, entry)
	}
	return list, nil
}
