package certificate

import (
	"kompeten/internal/auth"
	"kompeten/internal/flow"
)

// The states of a certificate. That it has expired is not a state: it follows from its dates.
const (
	Active    flow.State = "active"
	Suspended flow.State = "suspended"
	Revoked   flow.State = "revoked"
)

// Flow is what may happen to a certificate.
var Flow = flow.Table[Certificate]{
	Kind:  "certificate",
	State: func(c Certificate) flow.State { return c.State },
	Steps: []flow.Step[Certificate]{
		{Do: "issue", From: in(flow.None), To: Active, By: by(head, manager, job), Clause: "ISO/IEC 17024 9.4.8; PBNSP 302"},
		{Do: "hand_over", From: in(Active), To: flow.Same, By: by(admin, manager), If: []flow.Rule[Certificate]{notHanded}},
		{Do: "suspend", From: in(Active), To: Suspended, By: by(head, manager), Reason: true, Clause: "ISO/IEC 17024 9.5"},
		{Do: "resume", From: in(Suspended), To: Active, By: by(head, manager), Reason: true, Clause: "ISO/IEC 17024 9.5"},
		{Do: "renew", From: in(Active, Suspended), To: flow.Same, By: by(head, manager, job), If: []flow.Rule[Certificate]{lastOfChain}, Clause: "ISO/IEC 17024 9.6"},
		{Do: "replace", From: in(Active, Suspended), To: Revoked, By: by(head, manager), If: []flow.Rule[Certificate]{lastOfChain}, Reason: true, Clause: "ISO/IEC 17024 9.4.8, 9.5"},
		{Do: "survey", From: in(Active, Suspended), To: flow.Same, By: by(head, manager, admin), Reason: true, Clause: "ISO/IEC 17024 8.3"},
		{Do: "revoke", From: in(Active, Suspended), To: Revoked, By: by(head), Reason: true, Clause: "ISO/IEC 17024 9.5"},
	},
}

var (
	head    = flow.Who[Certificate]{Name: "head", Is: func(a auth.Actor, c Certificate) bool { return a.Is(auth.Head, c.LSP) }}
	manager = flow.Who[Certificate]{Name: "manager", Is: func(a auth.Actor, c Certificate) bool { return a.Is(auth.Manager, c.LSP) }}
	admin   = flow.Who[Certificate]{Name: "lsp_admin", Is: func(a auth.Actor, c Certificate) bool { return a.Is(auth.LSPAdmin, c.LSP) }}
	job     = flow.Who[Certificate]{Name: "issue_job", Is: func(a auth.Actor, _ Certificate) bool { return a.System == "certificate.issue" }}

	lastOfChain = flow.Rule[Certificate]{Name: "certificate_last_of_chain", Holds: func(_ flow.Case, c Certificate) bool { return c.ReplacedBy == "" }}
	notHanded   = flow.Rule[Certificate]{Name: "certificate_not_handed", Holds: func(_ flow.Case, c Certificate) bool { return c.HandedAt.IsZero() }}
)

func in(s ...flow.State) []flow.State                       { return s }
func by(w ...flow.Who[Certificate]) []flow.Who[Certificate] { return w }
