package certificate

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/fault"
)

// line is who waits for one certificate. Whoever comes while a transaction is under way is served by the next one,
// together with all who came meanwhile (group commit): what a commit costs is shared, and each is answered after it.
type line struct {
	mu      sync.Mutex
	waiting []*wish
	served  bool // somebody serves the line
}

// wish is one certificate asked for.
type wish struct {
	actor auth.Actor
	of    application.ID
	made  Certificate
	err   error
	done  chan struct{}
}

// IssueOne issues the certificate of one granted file of a decreed meeting and gives it; a file that has its certificate
// keeps that one. Many may ask at once.
func (s *Service) IssueOne(ctx context.Context, actor auth.Actor, of application.ID) (Certificate, error) {
	w := &wish{actor: actor, of: of, done: make(chan struct{})}
	s.line.mu.Lock()
	s.line.waiting = append(s.line.waiting, w)
	if !s.line.served {
		s.line.served = true
		go s.serve(context.WithoutCancel(ctx))
	}
	s.line.mu.Unlock()
	select {
	case <-w.done:
		return w.made, w.err
	case <-ctx.Done():
		return Certificate{}, ctx.Err()
	}
}

// serve answers the line until nobody waits.
func (s *Service) serve(ctx context.Context) {
	for {
		s.line.mu.Lock()
		n := min(len(s.line.waiting), s.keys.AtOnce(batch))
		next := s.line.waiting[:n:n]
		s.line.waiting = s.line.waiting[n:]
		s.line.served = n > 0
		s.line.mu.Unlock()
		if n == 0 {
			return
		}
		s.grant(ctx, next)
		for _, w := range next {
			close(w.done)
		}
	}
}

// grant issues what a few ask for: what one person asks for of one meeting is one transaction.
func (s *Service) grant(ctx context.Context, list []*wish) {
	parts := map[string][]*wish{}
	meetings := map[string]decision.MeetingID{}
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		for _, w := range list {
			m, err := meetingOf(tx, w.actor, w.of)
			if w.err = err; err != nil {
				continue
			}
			key := fmt.Sprintf("%s %+v", m, w.actor)
			parts[key], meetings[key] = append(parts[key], w), m
		}
		return nil
	})
	if err != nil {
		for _, w := range list {
			w.err = err
		}
		return
	}
	for key, part := range parts {
		s.together(ctx, meetings[key], part)
	}
}

// together issues in one transaction; where that is refused each has her own, so that nobody is refused for another.
func (s *Service) together(ctx context.Context, m decision.MeetingID, part []*wish) {
	err := s.ready(ctx, part[0].actor, m)
	if err == nil {
		err = s.d.Write(ctx, func(tx *db.Tx) error { return s.part(tx, m, part) })
	}
	if err != nil && len(part) > 1 {
		for i := range part {
			s.together(ctx, m, part[i:i+1])
		}
		return
	}
	for _, w := range part {
		w.err = err
	}
}

// meetingOf is the decreed meeting that granted a file its certificate, for those who may see it.
func meetingOf(tx *db.Tx, actor auth.Actor, of application.ID) (m decision.MeetingID, err error) {
	var lsp auth.OrgID
	var state string
	err = tx.Get(`SELECT m.id, m.lsp, m.state FROM decision d JOIN meeting m ON m.id = d.meeting
		WHERE d.application = $1 AND d.outcome = 'granted' ORDER BY d.id DESC LIMIT 1`, []any{string(of)}, &m, &lsp, &state)
	switch {
	case err != nil:
		return m, err
	case !actor.In(lsp) && actor.System == "":
		return m, fault.New(fault.NotFound, "db.not_found")
	case state != string(decision.Decreed):
		return m, fault.New(fault.Invalid, "decision.not_decreed")
	}
	return m, nil
}

// part issues what one person asks for of one meeting.
func (s *Service) part(tx *db.Tx, m decision.MeetingID, list []*wish) error {
	x, err := decision.GetMeeting(tx, list[0].actor, m)
	if err != nil {
		return err
	}
	var orders []order
	for _, w := range list {
		if slices.ContainsFunc(orders, func(o order) bool { return o.application == w.of }) {
			continue // she asked twice
		}
		more, err := db.All(tx, orderFields, selectOrders+"AND d.application = $2 ORDER BY d.id", string(m), string(w.of))
		if err != nil {
			return err
		}
		orders = append(orders, more...)
	}
	made := map[application.ID]Certificate{}
	if len(orders) > 0 {
		fresh, err := s.issue(tx, list[0].actor, x, orders)
		if err != nil {
			return err
		}
		for _, c := range fresh {
			made[c.Application] = *c
		}
	}
	for _, w := range list {
		c, fresh := made[w.of]
		if !fresh {
			if c, err = kept(tx, w); err != nil {
				return err
			}
		}
		w.made = c
	}
	return nil
}

// kept is the certificate that a file has already.
func kept(tx *db.Tx, w *wish) (Certificate, error) {
	all, err := list(tx, w.actor, "c.application = $1", string(w.of))
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "db.not_found")
	}
	if err != nil {
		return Certificate{}, err
	}
	return all[0], nil
}
