package decision

import (
	"kompeten/internal/auth"
	"kompeten/internal/flow"
)

// The states of a meeting.
const (
	Open      flow.State = "open"
	Closed    flow.State = "closed"
	Decreed   flow.State = "decreed"
	Cancelled flow.State = "cancelled"
)

// Session is a meeting with what its rules look at.
type Session struct {
	Meeting
	Clean     bool // no member has another part in a case on the agenda
	Appointed bool // every member holds the committee's duty with the LSP
	Voters    int  // members who have voted on every case that is not pulled out
	Undecided int  // cases without a majority, among those voted on
	Cases     int
	MemberIs  bool // the actor is a member
}

// Flow is what may happen to a committee's meeting.
var Flow = flow.Table[Session]{
	Kind:  "meeting",
	State: func(s Session) flow.State { return s.State },
	Steps: []flow.Step[Session]{
		{Do: "open", From: in(flow.None), To: Open, By: by(manager), If: need(hasCases, enoughMembers, appointed, clean), Clause: "ISO/IEC 17024 9.4.1"},
		{Do: "vote", From: in(Open), To: flow.Same, By: by(member), If: need(clean), Clause: "ISO/IEC 17024 9.4.4"},
		{Do: "pull_out", From: in(Open), To: flow.Same, By: by(member), Reason: true, Clause: "ISO/IEC 17024 9.4.2"},
		{Do: "close", From: in(Open), To: Closed, By: by(chair), If: need(quorum, majority), Clause: "ISO/IEC 17024 9.4"},
		{Do: "decree", From: in(Closed), To: Decreed, By: by(head), Clause: "ISO/IEC 17024 9.4.7"},
		{Do: "cancel", From: in(Open), To: Cancelled, By: by(manager, chair), Reason: true},
	},
}

var (
	manager = flow.Who[Session]{Name: "manager", Is: func(a auth.Actor, s Session) bool { return a.Is(auth.Manager, s.LSP) }}
	head    = flow.Who[Session]{Name: "head", Is: func(a auth.Actor, s Session) bool { return a.Is(auth.Head, s.LSP) }}
	member  = flow.Who[Session]{Name: "committee_member", Is: func(a auth.Actor, s Session) bool { return s.has(a, "") }}
	chair   = flow.Who[Session]{Name: "committee_chair", Is: func(a auth.Actor, s Session) bool { return s.has(a, "chair") }}

	hasCases      = flow.Rule[Session]{Name: "meeting_has_cases", Holds: func(_ flow.Case, s Session) bool { return s.Cases > 0 }}
	enoughMembers = flow.Rule[Session]{Name: "meeting_enough_members", Holds: func(_ flow.Case, s Session) bool {
		return len(s.Members) >= max(s.Quorum, 1) && s.chairs() == 1
	}}
	appointed = flow.Rule[Session]{Name: "meeting_members_appointed", Holds: func(_ flow.Case, s Session) bool { return s.Appointed }}
	clean     = flow.Rule[Session]{Name: "meeting_not_own_candidate", Holds: func(_ flow.Case, s Session) bool { return s.Clean }}
	quorum    = flow.Rule[Session]{Name: "meeting_quorum", Holds: func(_ flow.Case, s Session) bool { return s.Voters >= s.Quorum }}
	majority  = flow.Rule[Session]{Name: "meeting_majority", Holds: func(_ flow.Case, s Session) bool { return s.Undecided == 0 }}
)

func (s Session) has(a auth.Actor, role string) bool {
	for _, m := range s.Members {
		if a.Person != "" && m.Person == a.Person && (role == "" || m.Role == role) && a.Is(auth.Committee, s.LSP) {
			return true
		}
	}
	return false
}

func (s Session) chairs() (n int) {
	for _, m := range s.Members {
		if m.Role == "chair" {
			n++
		}
	}
	return n
}

func in(s ...flow.State) []flow.State                   { return s }
func by(w ...flow.Who[Session]) []flow.Who[Session]     { return w }
func need(r ...flow.Rule[Session]) []flow.Rule[Session] { return r }
