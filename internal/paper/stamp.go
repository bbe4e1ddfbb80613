package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/document/cms"
	"kompeten/internal/fault"
	"kompeten/internal/product"
)

// Stamping notes that from now on papers carry a time that an authority has confirmed (PAdES B-T), or none any more. It
// is called when an installation starts to serve. Papers of certificates that were issued before stay as they are, since
// their holders may have them already.
func Stamping(ctx context.Context, s product.Services) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if s.Stamps == nil {
			_, err := tx.Exec("DELETE FROM paper_stamping WHERE id = 'on'")
			return err
		}
		_, err := tx.Exec("INSERT INTO paper_stamping (id, since) VALUES ('on', $1) ON CONFLICT (id) DO NOTHING", db.At(tx.Now()))
		return err
	})
}

// stamped says whether the paper of a certificate carries a confirmed time: one that has it keeps it whatever the
// settings say, and a new one gets it while an authority is set.
func (p *Press) stamped(ctx context.Context, c certificate.Certificate) (bool, error) {
	var kept int
	var since db.Time
	err := p.s.DB.Point(ctx, "SELECT (SELECT COUNT(*) FROM paper_seal WHERE certificate = $1), (SELECT since FROM paper_stamping WHERE id = 'on')", []any{string(c.ID)}, &kept, &since)
	return kept > 0 || p.s.Stamps != nil && !since.IsZero() && !c.Proof.SignedAt.Before(since.Time), err
}

// errNoAuthority says that a paper has no confirmed time and there is nobody to ask for one.
var errNoAuthority = errors.New("no time-stamp authority is set")

// asking is what a signature asks for its time: the authority that is set, if there is one.
type asking struct{ stamps cms.Stamper }

// Stamp asks.
func (a asking) Stamp(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
	if a.stamps == nil {
		return nil, errNoAuthority
	}
	return a.stamps.Stamp(ctx, digest)
}

// keeper makes a signature with a confirmed time once and keeps it: an authority names another moment each time it is
// asked, and a paper made again is to be the same file.
type keeper struct {
	*cms.Sealer
	d  *db.DB
	of certificate.ID
}

// Seal gives the signature over a digest that is kept, or makes it and keeps it.
func (k keeper) Seal(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
	under := sha256.Sum256(append(bytes.Clone(digest[:]), k.Certificate().Raw...)) // another key does not find it
	var seal []byte
	err := k.d.Point(ctx, "SELECT seal FROM paper_seal WHERE certificate = $1 AND digest = $2", []any{string(k.of), under[:]}, &seal)
	if !errors.Is(err, sql.ErrNoRows) {
		return seal, err
	}
	made, err := k.Sealer.Seal(ctx, digest)
	if err != nil {
		return nil, err
	}
	err = k.d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO paper_seal (certificate, digest, seal, at) VALUES ($1, $2, $3, $4) ON CONFLICT (certificate, digest) DO NOTHING",
			string(k.of), under[:], made, db.At(tx.Now())); err != nil {
			return err
		}
		return tx.Get("SELECT seal FROM paper_seal WHERE certificate = $1 AND digest = $2", []any{string(k.of), under[:]}, &seal) // whoever was first
	})
	return seal, err
}

// Unstamped is the fault of an authority that does not answer. The paper is not made without its time: it would not be
// the file that is made next time.
func Unstamped(because error) error {
	return fault.New(fault.Later, "paper.time_stamp_later").Because(because)
}
