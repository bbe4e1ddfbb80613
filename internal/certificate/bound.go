package certificate

import (
	"context"

	"kompeten/internal/credential"
	"kompeten/internal/issuer"
)

// Bound is the certificate as a token in the form of Open Badges 3.0, signed now with the body's P-256 key. holder is
// the DID of the key it is bound to; empty: nobody's. A holder's token says the same as the certificate and shares its
// status, so what becomes of one becomes of the other.
func (s *Service) Bound(ctx context.Context, c Certificate, key issuer.Signer, holder string) ([]byte, error) {
	t, err := s.template(c)
	if err != nil {
		return nil, err
	}
	r := c.record()
	r.Subject = holder
	doc, err := t.Document(r)
	if err != nil {
		return nil, err
	}
	return credential.JWT(ctx, doc, credential.BadgeJWT, c.Face.DID+"#"+string(key.ID), key.Sign)
}
