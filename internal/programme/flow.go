package programme

import (
	"kompeten/internal/auth"
	"kompeten/internal/flow"
)

// The states of a programme.
const (
	Draft     flow.State = "draft"
	Open      flow.State = "open"
	Frozen    flow.State = "frozen"
	Closed    flow.State = "closed"
	Cancelled flow.State = "cancelled"
)

// Seats is the system's name when it gives a seat that became free to who waits.
const Seats = "programme.seats"

// Flow is what may happen to a programme and its list.
var Flow = flow.Table[Programme]{
	Kind:  "programme",
	State: func(p Programme) flow.State { return p.State },
	Steps: []flow.Step[Programme]{
		{Do: "create", From: []flow.State{flow.None}, To: Draft, By: by(officer)},
		{Do: "edit", From: in(Draft, Open), To: flow.Same, By: by(officer)},
		{Do: "open", From: in(Draft), To: Open, By: by(officer), If: need(hasSchemes)},
		{Do: "upload", From: in(Draft, Open), To: flow.Same, By: by(officer)},
		{Do: "fix_row", From: in(Draft, Open), To: flow.Same, By: by(officer)},
		{Do: "confirm_rows", From: in(Draft, Open), To: flow.Same, By: by(officer)},
		{Do: "drop_row", From: in(Draft, Open), To: flow.Same, By: by(officer), Reason: true},
		{Do: "reveal_row", From: in(Draft, Open, Frozen, Closed), To: flow.Same, By: by(officer), Reason: true},
		{Do: "nominate", From: in(Open), To: flow.Same, By: by(officer), If: need(hasSchemes), Clause: "FR.APL.01"},
		{Do: "amend", From: in(Draft, Open), To: flow.Same, By: by(officer)},
		{Do: "reserve", From: in(Open), To: flow.Same, By: by(officer)},
		{Do: "release", From: in(Draft, Open, Frozen, Closed, Cancelled), To: flow.Same, By: by(seats)},
		{Do: "promote", From: in(Open, Frozen), To: flow.Same, By: by(officer, seats)},
		{Do: "freeze", From: in(Open), To: Frozen, By: by(officer), If: need(hasNominees)},
		{Do: "close", From: in(Frozen), To: Closed, By: by(officer)},
		{Do: "cancel", From: in(Draft, Open, Frozen), To: Cancelled, By: by(officer), Reason: true},
	},
}

var (
	officer = flow.Who[Programme]{Name: "officer", Is: func(a auth.Actor, p Programme) bool { return a.Is(auth.Officer, p.Office) }}
	seats   = flow.Who[Programme]{Name: "seat_job", Is: func(a auth.Actor, _ Programme) bool { return a.System == Seats }}

	hasSchemes  = flow.Rule[Programme]{Name: "programme_has_schemes", Holds: func(_ flow.Case, p Programme) bool { return len(p.Schemes) > 0 }}
	hasNominees = flow.Rule[Programme]{Name: "programme_has_nominees", Holds: func(_ flow.Case, p Programme) bool { return p.Taken > 0 }}
)

func in(s ...flow.State) []flow.State                       { return s }
func by(w ...flow.Who[Programme]) []flow.Who[Programme]     { return w }
func need(r ...flow.Rule[Programme]) []flow.Rule[Programme] { return r }
func (p Programme) sees(a auth.Actor) bool                  { return p.lists(a) || a.In(p.LSP) || a.Any(auth.Regulator) }
func (p Programme) lists(a auth.Actor) bool                 { return a.In(p.Office) || a.System != "" }
