// Package flow is the Table and the Pass: what may happen to a record, and the proof that it was allowed.
//
// A Table lists, as data, every action on one kind of record: who may take it, from which state, if what holds,
// and where it leads. Allow answers with a Pass or a fault. A Pass cannot be made anywhere else, saving needs
// one, and the audit ledger stores it; so proof of authority and audit record are one value.
package flow

import (
	"slices"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/fault"
)

// Action is what someone does, such as "accept". Its words stand in the catalogue under action.<kind>.<action>.
type Action string

// State is where a record stands. Its words stand in the catalogue under state.<kind>.<state>.
type State string

// None is the state of a record that is not there yet; Same leaves a record where it is.
const (
	None State = ""
	Same State = "="
)

// Case is what a rule may look at besides the record: who acts, and the server's time and civil day.
type Case struct {
	Actor auth.Actor
	Now   time.Time
	Today date.Date
}

// Who is a relation between an actor and a record, such as "the assigned assessor".
type Who[R any] struct {
	Name string // words under who.<name>
	Is   func(auth.Actor, R) bool
}

// Rule is a condition on the record. Its name is the message key of the rule, of its error and of its line in a
// checklist: rule.<name>.
type Rule[R any] struct {
	Name  string
	Holds func(Case, R) bool
}

// Step is one row of a Table.
type Step[R any] struct {
	Do     Action
	From   []State   // where it may start; None for a record that is not there yet
	To     State     // where it ends, or Same
	By     []Who[R]  // who may; empty means nobody
	If     []Rule[R] // what must hold
	Clause string    // the standard's clause or the form the step stands for
	Reason bool      // a reason has to be given
}

// Table is everything that may happen to one kind of record.
type Table[R any] struct {
	Kind  string // of the record: "application"
	State func(R) State
	Steps []Step[R]
}

// Pass proves that an action was allowed. The zero Pass is refused by the ledger.
type Pass struct {
	actor    auth.Actor
	kind     string
	action   Action
	from, to State
	at       time.Time
	reason   string
}

// Actor who was allowed.
func (p Pass) Actor() auth.Actor { return p.actor }

// Kind of the record.
func (p Pass) Kind() string { return p.kind }

// Action that was allowed.
func (p Pass) Action() Action { return p.action }

// From is the state before.
func (p Pass) From() State { return p.from }

// To is the state after; never Same.
func (p Pass) To() State { return p.to }

// At is the server's time of the permission.
func (p Pass) At() time.Time { return p.at }

// Reason that was given; empty where the step asks for none.
func (p Pass) Reason() string { return p.reason }

// Zero says whether the Pass proves nothing.
func (p Pass) Zero() bool { return p.action == "" }

// Allow answers whether the actor may take the action on the record now. The reason is empty unless the step
// asks for one. What the actor has no relation to does not exist for her: not_found.
func (t Table[R]) Allow(c Case, do Action, r R, reason string) (Pass, error) {
	step, err := t.step(c, do, r)
	if err != nil {
		return Pass{}, err
	}
	for _, rule := range step.If {
		if !rule.Holds(c, r) {
			return Pass{}, fault.New(fault.Invalid, "rule."+rule.Name)
		}
	}
	if step.Reason && len(reason) < 3 {
		return Pass{}, fault.New(fault.Invalid, "flow.reason_needed").With("reason", "flow.reason_needed")
	}
	from, to := t.State(r), step.To
	if to == Same {
		to = from
	}
	return Pass{c.Actor, t.Kind, do, from, to, c.Now, reason}, nil
}

// step finds the row for the action that the actor may take from the record's state.
func (t Table[R]) step(c Case, do Action, r R) (Step[R], error) {
	var found, mine bool
	state := t.State(r)
	for _, s := range t.Steps {
		if s.Do != do {
			continue
		}
		found = true
		if !s.open(c.Actor, r) {
			continue
		}
		mine = true
		if slices.Contains(s.From, state) {
			return s, nil
		}
	}
	switch {
	case !found:
		return Step[R]{}, fault.New(fault.NotFound, "flow.unknown_action", string(do))
	case !mine:
		return Step[R]{}, fault.New(fault.Denied, "flow.not_yours")
	}
	return Step[R]{}, fault.New(fault.Conflict, "flow.wrong_state")
}

func (s Step[R]) open(a auth.Actor, r R) bool {
	return slices.ContainsFunc(s.By, func(w Who[R]) bool { return w.Is(a, r) })
}

// Offer is one button: an action the actor could take from this state, and why it is grey.
type Offer struct {
	Action Action
	To     State
	Reason bool     // a reason has to be given
	Failed []string // message keys of the rules that do not hold; empty when the button works
}

// Offers lists the actions that are the actor's duty in the record's state, in the Table's order.
func (t Table[R]) Offers(c Case, r R) []Offer {
	var out []Offer
	for _, s := range t.Steps {
		if !slices.Contains(s.From, t.State(r)) || !s.open(c.Actor, r) {
			continue
		}
		o := Offer{Action: s.Do, To: s.To, Reason: s.Reason}
		for _, rule := range s.If {
			if !rule.Holds(c, r) {
				o.Failed = append(o.Failed, "rule."+rule.Name)
			}
		}
		out = append(out, o)
	}
	return out
}
