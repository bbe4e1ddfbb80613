// Package register is what the world may learn of all certificates together: how many there are, of which kind and
// where, and who agreed to be found (RG-05, RG-06, RG-07).
//
// Counts are kept in the transaction that changes what they count, never worked out at night. Nothing is published
// from which a number below five could be computed.
package register

import (
	"context"
	"sync"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/region"
	"kompeten/internal/seal"
)

// Service is what people do with the register.
type Service struct {
	d   *db.DB
	box *seal.Box

	mu   sync.Mutex
	kept map[bool]*Tables // crossed tables, of real certificates and of samples
}

// NewService makes the service.
func NewService(d *db.DB, box *seal.Box) *Service {
	return &Service{d: d, box: box, kept: map[bool]*Tables{}}
}

// Figures are the public figures as they are now; sample says whether those of sample certificates.
func (s *Service) Figures(ctx context.Context, sample bool) (f Figures, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error { f, err = figures(tx, sample); return err })
	return f, err
}

// keepTables is how long crossed tables are given out before they are made anew: a large country takes seconds.
const keepTables = 10 * time.Minute

// Tables are the figures with the crossed tables, at most ten minutes old.
func (s *Service) Tables(ctx context.Context, sample bool) (*Tables, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.kept[sample]; t != nil && s.d.Now().Sub(t.At) < keepTables {
		return t, nil
	}
	var t *Tables
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { t, err = tables(tx, sample); return err })
	if err == nil {
		s.kept[sample] = t
	}
	return t, err
}

// AsOf is the day on which validity is told at a moment: the first of the month, for which months are exact.
func AsOf(t time.Time) date.Date { return date.Of(t, date.WIB)[:8] + "01" }

// regionNames are the names of provinces and regencies by code.
func regionNames(tx *db.Tx) (map[string]string, error) {
	all, err := region.All(tx, reader)
	out := make(map[string]string, len(all))
	for _, r := range all {
		out[r.Code] = r.Name
	}
	return out, err
}

// Begin counts what was issued before counts were kept, once.
func (s *Service) Begin(ctx context.Context) error {
	var at db.Time
	err := s.d.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT at FROM register_counted WHERE id = 'whole'", nil, &at) })
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err = s.Recount(ctx, setup)
	return err
}
