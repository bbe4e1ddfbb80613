package web

import (
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/paper"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

// walletLinks is where an LSP makes the link to the wallet of a certificate's holder, prints it and ends it.
func (x *visit) walletLinks() error {
	c, links, err := x.linksFrom()
	if err != nil {
		return err
	}
	return x.page(x.t("wallet.link_title"), append(x.linksHead(c), x.linkCards(c, links)...)...)
}

func (x *visit) linksFrom() (c certificate.Certificate, links []wallet.Link, err error) {
	err = x.read(func(tx *db.Tx) error {
		if c, err = certificate.Get(tx, x.actor, certificate.ID(x.id("id"))); err != nil {
			return err
		}
		links, err = wallet.LinksFrom(tx, x.actor, c.ID)
		return err
	})
	return c, links, err
}

func linksURL(c certificate.Certificate) string { return "/certificates/" + string(c.ID) + "/wallet" }

func (x *visit) linksHead(c certificate.Certificate) []ui.Component {
	return []ui.Component{ui.Head{Over: c.Number, Title: x.t("wallet.link_title"), Lead: x.t("wallet.link_lead", c.Name)}}
}

func (x *visit) linkCards(c certificate.Certificate, links []wallet.Link) (out []ui.Component) {
	live := false
	for _, l := range links {
		state, tone := string(l.State), ui.Good
		if l.State == wallet.Open && !l.Live(x.DB.Now()) {
			state = "expired"
		}
		if state != string(wallet.Open) {
			tone = ui.Plain
		}
		card := ui.Card{Body: []ui.Component{ui.Chips{Items: []ui.Chip{{Text: x.t("state.wallet_link." + state), Tone: tone}}},
			ui.Facts{Items: []ui.Fact{{Term: x.t("wallet.link_made"), Text: x.when(l.CreatedAt.Time)}, {Term: x.t("wallet.link_until"), Text: x.when(l.ExpiresAt.Time)}, {Term: x.t("wallet.link_opened"), Text: x.times(l.Opened, l.OpenedAt)}}}}}
		if state == string(wallet.Open) {
			live = true
			at := linksURL(c) + "/" + string(l.ID)
			acts := []ui.Component{ui.LinkButton{Text: x.t("action.wallet_link.letter"), URL: at + "/letter.pdf", Tone: ui.Main}, ui.Button{Text: x.t("wallet.link_send"), URL: at + "/show"}}
			card.Body = append(card.Body, ui.Actions{Items: append(acts, ui.Button{Text: x.t("action.wallet_link.end"), URL: at + "/end", Tone: ui.Bad})})
		}
		out = append(out, card)
	}
	if !live {
		out = append([]ui.Component{ui.Card{Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("wallet.link_make_lead")}, ui.Button{Text: x.t("action.wallet_link.make"), URL: linksURL(c), Tone: ui.Main}}}}, out...)
	}
	return append(out, ui.LinkButton{Text: x.t("error.back"), URL: "/certificates/" + string(c.ID)})
}

func (x *visit) walletLinkMake() error {
	id := certificate.ID(x.id("id"))
	if _, err := x.Wallets.LinkTo(x.r.Context(), x.actor, id); err != nil {
		return err
	}
	return x.see("/certificates/"+string(id)+"/wallet", "link_made")
}

// walletLinkShow shows the link itself, to be sent to its holder.
func (x *visit) walletLinkShow() error {
	c, _, err := x.linksFrom()
	if err != nil {
		return err
	}
	l, secret, err := x.Wallets.Letter(x.r.Context(), x.actor, wallet.LinkID(x.id("link")))
	if err != nil {
		return err
	}
	address := x.cfg.Base + "/w/" + secret
	code, err := x.scan(address)
	if err != nil {
		return err
	}
	return x.page(x.t("wallet.link_title"), append(x.linksHead(c), ui.Plate{Label: x.t("wallet.link_address"), Text: address}, ui.Notice{Tone: ui.Warn, Text: x.t("wallet.link_care", c.Name)},
		ui.Actions{Items: []ui.Component{x.whatsApp(x.t("wallet.link_message", c.Name, c.Face.LSP, address, date.Of(l.ExpiresAt.Time, date.WIB))), ui.LinkButton{Text: x.t("error.back"), URL: linksURL(c)}}}, code)...)
}

func (x *visit) walletLinkEndByLSP() error {
	if err := x.Wallets.EndLink(x.r.Context(), x.actor, wallet.LinkID(x.id("link"))); err != nil {
		return err
	}
	return x.see("/certificates/"+x.id("id")+"/wallet", "link_ended")
}

// walletLetter is the letter with the code that opens the wallet.
func (x *visit) walletLetter() error {
	c, _, err := x.linksFrom()
	if err != nil {
		return err
	}
	l, secret, err := x.Wallets.Letter(x.r.Context(), x.actor, wallet.LinkID(x.id("link")))
	if err != nil {
		return err
	}
	return x.walletLetters(x.t("wallet.letter_name")+"-"+paper.FileName(c), c.Name, wallet.Handed{Link: l, Certificate: c, Secret: secret})
}

func (x *visit) walletLetters(file, title string, links ...wallet.Handed) error {
	data, err := paper.WalletLetters(x.r.Context(), x.Services, x.actor, title, links...)
	if err != nil {
		return err
	}
	return x.download(file, "application/pdf", data)
}

// meetingWallets is the letters for all who got a certificate of a meeting, to be handed over with them.
func (x *visit) meetingWallets() error {
	var m decision.Meeting
	var ids []certificate.ID
	err := x.read(func(tx *db.Tx) (err error) {
		if m, err = decision.GetMeeting(tx, x.actor, decision.MeetingID(x.id("id"))); err != nil {
			return err
		}
		all, err := certificate.ByMeeting(tx, x.actor, m.ID)
		for _, c := range all {
			ids = append(ids, c.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	links, err := x.Wallets.Letters(x.r.Context(), x.actor, ids)
	if err != nil {
		return err
	}
	return x.walletLetters(x.t("wallet.letter_name")+".pdf", m.DecreeNumber, links...)
}
