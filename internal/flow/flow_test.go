package flow_test

import (
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
)

type door struct {
	state  flow.State
	owner  auth.PersonID
	locked bool
}

func table() flow.Table[door] {
	owner := flow.Who[door]{Name: "owner", Is: func(a auth.Actor, d door) bool { return a.Person == d.owner }}
	unlocked := flow.Rule[door]{Name: "unlocked", Holds: func(_ flow.Case, d door) bool { return !d.locked }}
	return flow.Table[door]{
		Kind: "door", State: func(d door) flow.State { return d.state },
		Steps: []flow.Step[door]{
			{Do: "build", From: []flow.State{flow.None}, To: "shut", By: []flow.Who[door]{owner}},
			{Do: "open", From: []flow.State{"shut"}, To: "wide", By: []flow.Who[door]{owner}, If: []flow.Rule[door]{unlocked}},
			{Do: "paint", From: []flow.State{"shut", "wide"}, To: flow.Same, By: []flow.Who[door]{owner}, Reason: true},
			{Do: "shut", From: []flow.State{"wide"}, To: "shut"},
		},
	}
}

func TestATableAllowsOnlyWhatItLists(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		says   string
		by     auth.PersonID
		do     flow.Action
		door   door
		reason string
		want   fault.Kind
		ok     bool
		to     flow.State
	}{
		{"the owner opens a shut door", "ani", "open", door{"shut", "ani", false}, "", "", true, "wide"},
		{"a locked door stays shut", "ani", "open", door{"shut", "ani", true}, "", fault.Invalid, false, ""},
		{"another may not open it", "budi", "open", door{"shut", "ani", false}, "", fault.Denied, false, ""},
		{"an open door is not opened again", "ani", "open", door{"wide", "ani", false}, "", fault.Conflict, false, ""},
		{"painting leaves it where it is", "ani", "paint", door{"wide", "ani", false}, "old paint", "", true, "wide"},
		{"painting asks for a reason", "ani", "paint", door{"wide", "ani", false}, "", fault.Invalid, false, ""},
		{"a step open to nobody is done by nobody", "ani", "shut", door{"wide", "ani", false}, "", fault.Denied, false, ""},
		{"an unknown action is not found", "ani", "burn", door{"wide", "ani", false}, "", fault.NotFound, false, ""},
		{"nobody may do nothing", "", "open", door{"shut", "ani", false}, "", fault.Denied, false, ""},
	} {
		p, err := table().Allow(flow.Case{Actor: auth.Actor{Person: c.by}, Now: at}, c.do, c.door, c.reason)
		if c.ok != (err == nil) || !c.ok && !fault.Is(err, c.want) {
			t.Errorf("%s: %v", c.says, err)
		}
		if p.Zero() == c.ok || p.To() != c.to {
			t.Errorf("%s: pass %+v", c.says, p)
		}
	}
}

func TestOffersSayWhyAButtonIsGrey(t *testing.T) {
	offers := table().Offers(flow.Case{Actor: auth.Actor{Person: "ani"}}, door{"shut", "ani", true})
	if len(offers) != 2 || offers[0].Action != "open" || len(offers[0].Failed) != 1 || offers[0].Failed[0] != "rule.unlocked" || !offers[1].Reason {
		t.Errorf("%+v", offers)
	}
	if o := table().Offers(flow.Case{Actor: auth.Actor{Person: "budi"}}, door{"shut", "ani", false}); len(o) != 0 {
		t.Errorf("a stranger is offered %+v", o)
	}
}

func TestCheckFindsWhatIsUnsound(t *testing.T) {
	bad := table().Check()
	if len(bad) != 1 || bad[0] != "door.shut: open to nobody" {
		t.Errorf("%q", bad)
	}
}
