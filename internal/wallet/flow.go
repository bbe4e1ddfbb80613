package wallet

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
)

// The states of links and shares. That one is past its last day is not a state: it follows from its dates.
const (
	Open      flow.State = "open"
	Ended     flow.State = "ended"
	Withdrawn flow.State = "withdrawn"
)

// The states of a certificate of another issuer: nobody looked yet, found right, or could not be confirmed.
const (
	Unchecked flow.State = "unchecked"
	Checked   flow.State = "checked"
	Doubtful  flow.State = "doubtful"
	Removed   flow.State = "removed"
)

// The states of a request to correct a certificate; see also Open and Withdrawn.
const (
	Accepted flow.State = "accepted"
	Refused  flow.State = "refused"
)

// LinkFlow is what may happen to a personal link.
var LinkFlow = flow.Table[Link]{
	Kind:  "wallet_link",
	State: func(l Link) flow.State { return l.State },
	Steps: []flow.Step[Link]{
		{Do: "make", From: in(flow.None), To: Open, By: []flow.Who[Link]{linkAdmin, linkManager, linkHead, linkCandidate}},
		{Do: "letter", From: in(Open), To: flow.Same, By: []flow.Who[Link]{linkAdmin, linkManager, linkHead}},
		{Do: "end", From: in(Open), To: Ended, By: []flow.Who[Link]{linkAdmin, linkManager, linkHead, linkHolder}},
	},
}

var (
	linkAdmin   = flow.Who[Link]{Name: "lsp_admin", Is: func(a auth.Actor, l Link) bool { return a.Is(auth.LSPAdmin, l.Org) }}
	linkManager = flow.Who[Link]{Name: "manager", Is: func(a auth.Actor, l Link) bool { return a.Is(auth.Manager, l.Org) }}
	linkHead    = flow.Who[Link]{Name: "head", Is: func(a auth.Actor, l Link) bool { return a.Is(auth.Head, l.Org) }}
	linkHolder  = flow.Who[Link]{Name: "holder", Is: func(a auth.Actor, l Link) bool { return opens(a, l.Person) }}
	// Who came by the letter of her application may go on from there to all that is hers.
	linkCandidate = flow.Who[Link]{Name: "candidate", Is: func(a auth.Actor, l Link) bool {
		return l.Person != "" && a.Person == l.Person && a.Subject != "" && a.Subject == l.Subject
	}}
)

// ShareFlow is what may happen to what a holder shows to others.
var ShareFlow = flow.Table[Share]{
	Kind:  "wallet_share",
	State: func(s Share) flow.State { return s.State },
	Steps: []flow.Step[Share]{
		{Do: "share", From: in(flow.None), To: Open, By: []flow.Who[Share]{shareHolder}, If: []flow.Rule[Share]{shareRoom}},
		{Do: "withdraw", From: in(Open), To: Withdrawn, By: []flow.Who[Share]{shareHolder}, Clause: "UU 27/2022 art. 9"},
	},
}

var (
	shareHolder = flow.Who[Share]{Name: "holder", Is: func(a auth.Actor, s Share) bool { return opens(a, s.Person) }}
	shareRoom   = flow.Rule[Share]{Name: "wallet_share_room", Holds: func(_ flow.Case, s Share) bool { return s.beside < mostShares }}
)

// OtherFlow is what may happen to a certificate of another issuer.
var OtherFlow = flow.Table[Other]{
	Kind:  "wallet_other",
	State: func(o Other) flow.State { return o.State },
	Steps: []flow.Step[Other]{
		{Do: "record", From: in(flow.None), To: Unchecked, By: []flow.Who[Other]{otherHolder, caseworker}, If: []flow.Rule[Other]{otherRoom}},
		{Do: "check", From: in(Unchecked, Doubtful), To: Checked, By: []flow.Who[Other]{caseworker}, If: []flow.Rule[Other]{notOwn}, Reason: true},
		{Do: "doubt", From: in(Unchecked, Checked), To: Doubtful, By: []flow.Who[Other]{caseworker}, If: []flow.Rule[Other]{notOwn}, Reason: true},
		{Do: "remove", From: in(Unchecked, Checked, Doubtful), To: Removed, By: []flow.Who[Other]{otherHolder}},
	},
}

var (
	otherHolder = flow.Who[Other]{Name: "holder", Is: func(a auth.Actor, o Other) bool { return opens(a, o.Person) }}
	// caseworker works at an LSP or an office that has an application of hers.
	caseworker = flow.Who[Other]{Name: "caseworker", Is: func(a auth.Actor, o Other) bool {
		return slices.ContainsFunc(o.cases, func(org auth.OrgID) bool {
			return answers(a, org) || a.Is(auth.Officer, org)
		})
	}}
	notOwn    = flow.Rule[Other]{Name: "wallet_not_own", Holds: func(c flow.Case, o Other) bool { return c.Actor.Person != o.Person }}
	otherRoom = flow.Rule[Other]{Name: "wallet_other_room", Holds: func(_ flow.Case, o Other) bool { return o.beside < mostOthers }}
)

// CorrectionFlow is what may happen to a request to correct a certificate.
var CorrectionFlow = flow.Table[Correction]{
	Kind:  "wallet_correction",
	State: func(c Correction) flow.State { return c.State },
	Steps: []flow.Step[Correction]{
		{Do: "ask", From: in(flow.None), To: Open, By: []flow.Who[Correction]{asker}, If: []flow.Rule[Correction]{oneOpen, standing}, Clause: "UU 27/2022 art. 6"},
		{Do: "accept", From: in(Open), To: Accepted, By: []flow.Who[Correction]{answerAdmin, answerManager, answerHead}, Reason: true, Clause: "UU 27/2022 art. 30"},
		{Do: "refuse", From: in(Open), To: Refused, By: []flow.Who[Correction]{answerAdmin, answerManager, answerHead}, Reason: true, Clause: "UU 27/2022 art. 30"},
		{Do: "withdraw", From: in(Open), To: Withdrawn, By: []flow.Who[Correction]{asker}},
	},
}

var (
	asker         = flow.Who[Correction]{Name: "holder", Is: func(a auth.Actor, c Correction) bool { return opens(a, c.Person) }}
	answerAdmin   = flow.Who[Correction]{Name: "lsp_admin", Is: func(a auth.Actor, c Correction) bool { return a.Is(auth.LSPAdmin, c.LSP) }}
	answerManager = flow.Who[Correction]{Name: "manager", Is: func(a auth.Actor, c Correction) bool { return a.Is(auth.Manager, c.LSP) }}
	answerHead    = flow.Who[Correction]{Name: "head", Is: func(a auth.Actor, c Correction) bool { return a.Is(auth.Head, c.LSP) }}

	oneOpen  = flow.Rule[Correction]{Name: "wallet_one_correction", Holds: func(_ flow.Case, c Correction) bool { return c.openBeside == 0 }}
	standing = flow.Rule[Correction]{Name: "wallet_not_revoked", Holds: func(_ flow.Case, c Correction) bool { return c.certState != certificate.Revoked }}
)

func in(s ...flow.State) []flow.State { return s }
