package web

import (
	"html/template"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/document"
	"kompeten/internal/fault"
	"kompeten/internal/offer"
	"kompeten/internal/web/ui"
)

// offerRoutes are the pages on which a certificate is offered to its holder's wallet on her phone: for the people of
// the LSP, and for herself by her link and with her account.
func offerRoutes() []Route {
	out := []Route{}
	for _, at := range []struct {
		base   string
		access Access
	}{{"", SignedIn}, {"/wallet", SignedIn}, {"/w/{secret}", Public}} {
		url := at.base + "/certificates/{id}/offer"
		out = append(out, Route{"GET " + url, at.access, (*visit).offerPage}, Route{"POST " + url, at.access, (*visit).offerMake},
			Route{"POST " + url + "/{offer}/withdraw", at.access, (*visit).offerWithdraw})
	}
	return out
}

// offerURL is the address of the page a certificate is offered on, under the page of the certificate.
func (x *visit) offerURL() string {
	return x.r.URL.Path[:len(x.r.URL.Path)-len(x.offerTail())] + "/offer"
}

// offerTail is what the address of a request has behind the certificate's.
func (x *visit) offerTail() string {
	if id := x.id("offer"); id != "" {
		return "/offer/" + id + "/withdraw"
	}
	return "/offer"
}

// offerBack is where the page of offers was come from: the holder's wallet, or the LSP's page of the certificate.
func (x *visit) offerBack() string {
	if url := "/certificates/" + x.id("id"); x.offerURL() == url+"/offer" {
		return url
	}
	return x.walletURL()
}

// enterOffer makes the bearer of a link its holder.
func (x *visit) enterOffer() error {
	x.w.Header().Set("Cache-Control", "no-store")
	return x.enterWallet()
}

func (x *visit) offerPage() error {
	if err := x.enterOffer(); err != nil {
		return err
	}
	return x.showOffers(nil)
}

func (x *visit) offerMake() error {
	if err := x.enterOffer(); err != nil {
		return err
	}
	made, err := x.Offers.Make(x.r.Context(), x.actor, certificate.ID(x.id("id")))
	if err != nil {
		return err
	}
	return x.showOffers(&made)
}

func (x *visit) offerWithdraw() error {
	if err := x.enterOffer(); err != nil {
		return err
	}
	if err := x.Offers.Withdraw(x.r.Context(), x.actor, certificate.ID(x.id("id")), offer.ID(x.id("offer"))); err != nil {
		return err
	}
	return x.see(x.offerURL(), "offer_withdrawn")
}

// showOffers shows what was offered of a certificate; what was made just now with its code and PIN, this once.
func (x *visit) showOffers(made *offer.Made) error {
	var c certificate.Certificate
	var list []offer.Offer
	err := x.read(func(tx *db.Tx) (err error) {
		if c, err = offer.Certificate(tx, x.actor, certificate.ID(x.id("id"))); err != nil {
			return err
		}
		list, err = offer.List(tx, x.actor, c.ID)
		return err
	})
	if err != nil {
		return err
	}
	can := offer.Flow.Offers(x.flowCase(), offer.Of(c))
	if len(can) == 0 {
		return fault.New(fault.Denied, "flow.not_yours")
	}
	body := []ui.Component{ui.Head{Over: x.either(c.Face.TitleID, c.Face.TitleEN), Title: x.t("offer.title"), Lead: x.t("offer.lead")}}
	again := ui.Button{Text: x.t("offer.make"), URL: x.offerURL(), Tone: ui.Main}
	for _, f := range can[0].Failed {
		again.Why = append(again.Why, x.t(f))
	}
	if made != nil {
		card, err := x.offerCard(*made, c.Person == x.actor.Person)
		if err != nil {
			return err
		}
		again.Text, again.Tone = x.t("offer.again"), ui.Plain
		body = append(body, card)
	}
	body = append(body, ui.Card{Body: []ui.Component{ui.Facts{Items: []ui.Fact{{Term: x.t("field.name"), Text: c.Name}, {Term: x.t("verify.number"), Text: c.Number}}}, ui.Para{Text: x.t("offer.make_text")}, again}})
	if t := x.offerTimeline(list); len(t) > 0 {
		body = append(body, ui.Section{Title: x.t("offer.history"), Body: t})
	}
	return x.page(x.t("offer.title"), append(body, ui.LinkButton{Text: x.t("error.back"), URL: x.offerBack()})...)
}

// offerCard shows an offer's code and PIN, to the holder herself or to who hands them to her.
func (x *visit) offerCard(m offer.Made, own bool) (ui.Component, error) {
	rows, err := document.Modules(m.URI)
	if err != nil {
		return nil, err
	}
	then := x.t("offer.pin_text")
	if own {
		then = x.t("offer.pin_own")
	}
	return ui.Card{Title: x.t("offer.scan"), Tone: ui.Main, Body: []ui.Component{
		ui.QR{Label: x.t("offer.qr"), Rows: rows},
		ui.Plate{Label: x.t("offer.pin"), Text: m.PIN}, ui.Para{Text: then},
		ui.Facts{Items: []ui.Fact{{Term: x.t("offer.until"), Text: x.when(m.ExpiresAt)}}},
		ui.AppLink{Text: x.t("offer.open"), URL: template.URL(m.URI)}, // #nosec G203 -- made by Offers.Make
	}}, nil
}

// offerTimeline is what became of the offers, the newest first, each that is open with a button that takes it back.
func (x *visit) offerTimeline(list []offer.Offer) []ui.Component {
	var tl ui.Timeline
	var out []ui.Component
	for _, o := range list {
		open := o.State == offer.Open && x.DB.Now().Before(o.ExpiresAt)
		m := ui.Moment{When: x.when(o.MadeAt), Title: x.t("state.offer." + string(o.State)), Tone: tones[string(o.State)]}
		switch {
		case o.Delivered > 0:
			m.Title, m.Tone = x.t("offer.delivered"), ui.Good
		case o.State == offer.Open && !open:
			m.Title, m.Tone = x.t("offer.expired"), ui.Plain
		case open:
			out = append(out, ui.Button{Text: x.t("offer.withdraw"), URL: x.offerURL() + "/" + string(o.ID) + "/withdraw", Tone: ui.Bad})
		}
		tl.Items = append(tl.Items, m)
	}
	if len(tl.Items) == 0 {
		return nil
	}
	return append([]ui.Component{tl}, out...)
}
