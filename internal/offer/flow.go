package offer

import (
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
)

// The states of an offer. That it has expired is not a state: it follows from the clock.
const (
	Open      flow.State = "open"
	Taken     flow.State = "taken"     // a wallet gave the code and the PIN
	Burned    flow.State = "burned"    // too many wrong PINs
	Withdrawn flow.State = "withdrawn" // taken back, or another was made
)

// Wallet is who acts when a wallet asks: the program of the holder, which has shown the offer's code or token.
const Wallet = "offer.wallet"

// Flow is what may happen to an offer.
var Flow = flow.Table[Offer]{
	Kind:  "offer",
	State: func(o Offer) flow.State { return o.State },
	Steps: []flow.Step[Offer]{
		{Do: "make", From: in(flow.None), To: Open, By: by(holder, admin, manager), If: need(active), Clause: "OpenID4VCI 1.0, 4.1"},
		{Do: "withdraw", From: in(Open), To: Withdrawn, By: by(holder, admin, manager)},
		{Do: "miss", From: in(Open), To: flow.Same, By: by(phone), If: need(fresh)},
		{Do: "burn", From: in(Open), To: Burned, By: by(phone), If: need(fresh)},
		{Do: "take", From: in(Open), To: Taken, By: by(phone), If: need(fresh, active), Clause: "OpenID4VCI 1.0, 6"},
		{Do: "deliver", From: in(Taken), To: flow.Same, By: by(phone), If: need(tokenFresh, active), Clause: "OpenID4VCI 1.0, 8"},
	},
}

var (
	holder  = flow.Who[Offer]{Name: "certificate_holder", Is: func(a auth.Actor, o Offer) bool { return a.Person != "" && a.Person == o.Holder }}
	admin   = flow.Who[Offer]{Name: "lsp_admin", Is: func(a auth.Actor, o Offer) bool { return a.Is(auth.LSPAdmin, o.Org) }}
	manager = flow.Who[Offer]{Name: "manager", Is: func(a auth.Actor, o Offer) bool { return a.Is(auth.Manager, o.Org) }}
	phone   = flow.Who[Offer]{Name: "offer_wallet", Is: func(a auth.Actor, _ Offer) bool { return a.System == Wallet }}

	active     = flow.Rule[Offer]{Name: "offer_certificate_active", Holds: func(_ flow.Case, o Offer) bool { return o.CertificateState == certificate.Active }}
	fresh      = flow.Rule[Offer]{Name: "offer_fresh", Holds: func(c flow.Case, o Offer) bool { return c.Now.Before(o.ExpiresAt) }}
	tokenFresh = flow.Rule[Offer]{Name: "offer_token_fresh", Holds: func(c flow.Case, o Offer) bool { return c.Now.Before(o.TokenUntil) }}
)

func in(s ...flow.State) []flow.State               { return s }
func by(w ...flow.Who[Offer]) []flow.Who[Offer]     { return w }
func need(r ...flow.Rule[Offer]) []flow.Rule[Offer] { return r }
