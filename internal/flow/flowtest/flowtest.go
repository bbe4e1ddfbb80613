// Package flowtest tries a Table on everybody: every actor, action and state, and compares who may do what with a
// listing that people have reviewed.
//
// The listing stands in testdata/who-may-<kind>.txt, one line per action and state. What stands in no line is refused;
// the trial has tried it. Rules are tried too: a record on which every rule holds is let through, and each way of
// breaking one is refused in that rule's words.
package flowtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/golden"
)

// Body is an organisation the record belongs to, such as "the LSP".
type Body struct {
	Name string
	ID   auth.OrgID
}

// Actor is someone in a relation to the record that no duty alone gives, such as "the candidate".
type Actor struct {
	Name string
	auth.Actor
}

// Break is one way in which a rule does not hold on a record.
type Break[R any] struct {
	Rule string
	Says string
	Do   func(*R)
}

// Trial is a Table with the people and records it is tried on. Every duty of every body and of another body, nobody, a
// person without a duty, the bearer of a link to something else, and every system name are tried without being named.
type Trial[R any] struct {
	Table  flow.Table[R]
	Bodies []Body
	People []Actor
	Record func(flow.State) R // in that state, with every rule holding
	Breaks []Break[R]         // at least one for every rule
}

// Elsewhere is a body no record belongs to.
const Elsewhere auth.OrgID = "org_elsewhere"

// Now is the moment of every trial: Monday, 2 March 2026, 08:00 WIB.
var Now = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Systems lists the names under which the product itself acts, and one it has never heard of.
func Systems() []string {
	return []string{"setup", "report", "certificate.issue", "programme.seats", "anything.else"}
}

const (
	reason   = "a reason that says why"
	asSystem = "the system as "
)

func at(a auth.Actor) flow.Case { return flow.Case{Actor: a, Now: Now, Today: "2026-03-02"} }

// Run tries the Table.
func (x Trial[R]) Run(t *testing.T) {
	t.Helper()
	golden.Check(t, "who-may-"+x.Table.Kind+".txt", x.listing(t))
	x.rules(t)
}

// everyone is who tries, with who needs no naming.
func (x Trial[R]) everyone() []Actor {
	out := slices.Clone(x.People)
	for _, d := range auth.Duties() {
		for _, b := range x.places() {
			person := auth.PersonID("per_" + string(d) + "_" + string(b.ID))
			out = append(out, Actor{string(d) + " of " + b.Name, auth.Actor{Person: person, Duties: []auth.Held{{Org: b.ID, Duty: d}}}})
		}
	}
	for _, s := range Systems() {
		out = append(out, Actor{asSystem + s, auth.Actor{System: s}})
	}
	return append(out, Actor{"nobody", auth.Actor{}}, Actor{"a person without a duty", auth.Actor{Person: "per_without"}},
		Actor{"a link to something else", auth.Actor{Person: "per_linked", Subject: "app_something_else"}})
}

func (x Trial[R]) places() []Body {
	return append(slices.Clone(x.Bodies), Body{"another body", Elsewhere})
}

// states lists the states in which a record can be.
func (x Trial[R]) states() []flow.State {
	all := []flow.State{flow.None}
	for _, s := range x.Table.Steps {
		all = append(all, s.From...)
		if s.To != flow.Same {
			all = append(all, s.To)
		}
	}
	var out []flow.State
	for _, s := range all {
		if !slices.Contains(out, s) && x.Table.State(x.Record(s)) == s {
			out = append(out, s)
		}
	}
	return out
}

func (x Trial[R]) actions() []flow.Action {
	var out []flow.Action
	for _, s := range x.Table.Steps {
		if !slices.Contains(out, s.Do) {
			out = append(out, s.Do)
		}
	}
	return append(out, "no_such_action")
}

// listing is who may do what, tried out.
func (x Trial[R]) listing(t *testing.T) string {
	var b strings.Builder
	everyone, passed, tried := x.everyone(), 0, 0
	fmt.Fprintf(&b, "%s: who may do what. What stands in no line is refused.\n", x.Table.Kind)
	fmt.Fprintf(&b, "states: %s\ntried by: every duty of %s; %s\n\n", words(x.states()), x.bodies(), x.others(everyone))
	for _, do := range x.actions() {
		for _, from := range x.states() {
			var may []string
			var to flow.State
			for _, a := range everyone {
				tried++
				if pass, ok := x.try(t, a, do, from); ok {
					passed++
					may, to = append(may, a.Name), pass.To()
				}
			}
			if len(may) > 0 {
				fmt.Fprintf(&b, "%-17s %-12s → %-12s %s%s\n", do, word(from), word(to), strings.Join(x.short(may), ", "), x.conditions(do, from))
			}
		}
	}
	fmt.Fprintf(&b, "\n%d combinations of actor, action and state tried, %d allowed, %d refused\n", tried, passed, tried-passed)
	return b.String()
}

// try asks the Table once, and looks that everything else that comes from the Table says the same.
func (x Trial[R]) try(t *testing.T, a Actor, do flow.Action, from flow.State) (flow.Pass, bool) {
	t.Helper()
	r := x.Record(from)
	pass, err := x.Table.Allow(at(a.Actor), do, r, reason)
	says := fmt.Sprintf("%s, %s from %s", a.Name, do, word(from))
	ok := err == nil
	offered := slices.ContainsFunc(x.Table.Offers(at(a.Actor), r), func(o flow.Offer) bool { return o.Action == do && len(o.Failed) == 0 })
	switch {
	case ok && (pass.Zero() || pass.Action() != do || pass.From() != from || pass.To() == flow.Same || pass.Actor().Who() != a.Who()):
		t.Errorf("%s: the Pass tells something else: %+v", says, pass)
	case !ok && !pass.Zero():
		t.Errorf("%s: refused, and yet a Pass", says)
	case !ok && !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Conflict) && !(fault.Is(err, fault.NotFound) && do == "no_such_action"):
		t.Errorf("%s: %v", says, err)
	case ok != offered:
		t.Errorf("%s: allowed %v, offered as a button %v", says, ok, offered)
	case ok && a.Nobody():
		t.Errorf("%s: nobody may never", says)
	}
	if len(a.Duties) > 0 && !slices.ContainsFunc(x.People, func(p Actor) bool { return p.Name == a.Name }) {
		token := auth.Actor{Duties: a.Duties}
		if _, err := x.Table.Allow(at(token), do, r, reason); (err == nil) != ok {
			t.Errorf("%s: a program's token with the same duty gets another answer: %v", says, err)
		}
	}
	return pass, ok
}

// rules tries every rule of every step: on a record where it holds, and on one where it does not.
func (x Trial[R]) rules(t *testing.T) {
	t.Helper()
	broken := map[string]bool{}
	for _, step := range x.Table.Steps {
		for _, from := range step.From {
			who := x.who(step, from)
			if who == nil {
				continue
			}
			if _, err := x.Table.Allow(at(who.Actor), step.Do, x.Record(from), ""); (err == nil) == step.Reason {
				t.Errorf("%s from %s without a reason: %v", step.Do, word(from), err)
			}
			for _, br := range x.Breaks {
				if !slices.ContainsFunc(step.If, func(r flow.Rule[R]) bool { return r.Name == br.Rule }) {
					continue
				}
				broken[br.Rule] = true
				r := x.Record(from)
				br.Do(&r)
				_, err := x.Table.Allow(at(who.Actor), step.Do, r, reason)
				if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Key != "rule."+br.Rule {
					t.Errorf("%s from %s, %s: want rule %s, got %v", step.Do, word(from), br.Says, br.Rule, err)
				}
			}
		}
		for _, rule := range step.If {
			if !slices.ContainsFunc(x.Breaks, func(b Break[R]) bool { return b.Rule == rule.Name }) {
				t.Errorf("rule %s: nothing in the trial breaks it", rule.Name)
			}
		}
	}
	for _, b := range x.Breaks {
		if !broken[b.Rule] {
			t.Errorf("%s: no step asks for rule %s", b.Says, b.Rule)
		}
	}
}

// who is the first who may take a step.
func (x Trial[R]) who(step flow.Step[R], from flow.State) *Actor {
	r := x.Record(from)
	for _, a := range x.everyone() {
		if x.Table.State(r) == from && slices.ContainsFunc(step.By, func(w flow.Who[R]) bool { return w.Is(a.Actor, r) }) {
			return &a
		}
	}
	return nil
}

// conditions is what a step asks for beside its actor.
func (x Trial[R]) conditions(do flow.Action, from flow.State) string {
	var out string
	for _, row := range x.Table.Rows() {
		if row.Do != do || !slices.Contains(row.From, from) {
			continue
		}
		if len(row.If) > 0 {
			out += "; if " + strings.Join(row.If, ", ")
		}
		if row.NeedReason {
			out += "; with a reason"
		}
	}
	return out
}

// short says "regulator of any body" where the body makes no difference, and the same of the system's names.
func (x Trial[R]) short(names []string) []string {
	out := slices.Clone(names)
	system := func(n string) bool { return strings.HasPrefix(n, asSystem) }
	if n := len(slices.DeleteFunc(slices.Clone(out), func(n string) bool { return !system(n) })); n == len(Systems()) {
		out = append(slices.DeleteFunc(out, system), "the system under any name")
	}
	for _, d := range auth.Duties() {
		all := true
		for _, b := range x.places() {
			all = all && slices.Contains(out, string(d)+" of "+b.Name)
		}
		if !all {
			continue
		}
		first := slices.Index(out, string(d)+" of "+x.places()[0].Name)
		out[first] = string(d) + " of any body"
		out = slices.DeleteFunc(out, func(n string) bool {
			return strings.HasPrefix(n, string(d)+" of ") && n != out[first]
		})
	}
	return out
}

func (x Trial[R]) bodies() string {
	var out []string
	for _, b := range x.places() {
		out = append(out, b.Name)
	}
	return strings.Join(out, ", of ")
}

func (x Trial[R]) others(everyone []Actor) string {
	var out []string
	for _, a := range everyone {
		if a.System != "" {
			continue
		}
		if len(a.Duties) == 0 || slices.ContainsFunc(x.People, func(p Actor) bool { return p.Name == a.Name }) {
			out = append(out, a.Name)
		}
	}
	return strings.Join(append(out, asSystem+strings.Join(Systems(), ", ")), ", ")
}

func word(s flow.State) string {
	if s == flow.None {
		return "new"
	}
	return string(s)
}

func words(states []flow.State) string {
	var out []string
	for _, s := range states {
		out = append(out, word(s))
	}
	return strings.Join(out, ", ")
}
