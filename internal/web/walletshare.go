package web

import (
	"slices"
	"strings"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

// shares shows what the holder shows now, and behind it what she has shown.
func (x *visit) shares(all []wallet.Share) []ui.Component {
	if len(all) == 0 {
		return nil
	}
	today := x.today()
	out := ui.Section{Title: x.t("wallet.shares"), Lead: x.t("wallet.shares_lead")}
	var past ui.Facts
	for _, s := range all {
		if !s.Live(today) {
			past.Items = append(past.Items, ui.Fact{Term: x.purpose(s), Text: x.over(s)})
			continue
		}
		at := x.walletURL() + "/shares/" + string(s.ID)
		out.Body = append(out.Body, ui.Card{Title: x.purpose(s), Body: []ui.Component{x.shareFacts(s), ui.Actions{Items: []ui.Component{
			ui.LinkButton{Text: x.t("wallet.share_open"), URL: at},
			ui.Button{Text: x.t("action.wallet_share.withdraw"), URL: at + "/withdraw", Tone: ui.Bad}}}}})
	}
	if len(past.Items) > 0 {
		out.Body = append(out.Body, ui.Details{Summary: x.t("wallet.shares_past"), Body: []ui.Component{past}})
	}
	return []ui.Component{out}
}

// purpose is what a share is for, in words.
func (x *visit) purpose(s wallet.Share) string {
	if s.Note == "" {
		return x.t("wallet.purpose." + s.Purpose)
	}
	if s.Purpose == "other" {
		return s.Note
	}
	return x.t("wallet.purpose."+s.Purpose) + ": " + s.Note
}

// over is how a share ended, and how often it was seen.
func (x *visit) over(s wallet.Share) string {
	how := x.t("wallet.over_until", s.Until)
	if s.State == wallet.Withdrawn {
		how = x.t("wallet.over_withdrawn", x.when(s.WithdrawnAt.Time))
	}
	return how + " · " + x.times(s.Visits, s.VisitedAt)
}

func (x *visit) shareFacts(s wallet.Share) ui.Facts {
	name := x.t("wallet.name_masked")
	if s.Named {
		name = x.t("wallet.name_full")
	}
	return ui.Facts{Items: []ui.Fact{{Term: x.t("wallet.share_items"), Text: x.num(s.Items)}, {Term: x.t("wallet.share_until"), Text: x.day(s.Until)},
		{Term: x.t("wallet.share_name"), Text: name}, {Term: x.t("wallet.share_visits"), Text: x.times(s.Visits, s.VisitedAt)}}}
}

func (x *visit) shareForm() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	return x.showShareForm(nil)
}

// shareDays is for how long a share is offered to be open.
const shareDays = 30

func (x *visit) showShareForm(wrong error) error {
	h, err := x.held()
	if err != nil {
		return err
	}
	f := x.form2(wrong)
	today := x.today()
	items := ui.Field{Kind: "checks", Name: "item", Label: x.t("wallet.field.item"), Required: true, Values: x.r.Form["item"], Error: f.wrong["item"]}
	for _, c := range h.certificates {
		status := c.StatusOn(x.zoned(c))
		items.Options = append(items.Options, ui.Option{Value: string(c.ID), Text: x.either(c.Face.TitleID, c.Face.TitleEN), Help: x.t("verify.status."+status) + " · " + c.Number})
		if wrong == nil && status == "valid" {
			items.Values = append(items.Values, string(c.ID))
		}
	}
	for _, o := range h.others {
		items.Options = append(items.Options, ui.Option{Value: string(o.ID), Text: o.Title, Help: x.t("wallet.other_of", o.Issuer) + " · " + x.t("state.wallet_other."+string(o.State))})
	}
	if len(items.Options) == 0 {
		return fault.New(fault.NotFound, "wallet.none")
	}
	purpose := x.walletField(f, "radio", "purpose", "job", true)
	for _, p := range wallet.Purposes() {
		purpose.Options = append(purpose.Options, ui.Option{Value: p, Text: x.t("wallet.purpose." + p)})
	}
	named := x.walletField(f, "radio", "named", "no", true)
	named.Options = []ui.Option{{Value: "no", Text: x.t("wallet.name_masked"), Help: x.t("wallet.name_masked_help")}, {Value: "yes", Text: x.t("wallet.name_full")}}
	form := ui.Form{URL: x.walletURL() + "/share", Error: f.top, Submit: x.t("wallet.share_make"), Fields: []ui.Component{items, purpose, x.walletField(f, "text", "note", "", false),
		x.walletField(f, "date", "until", string(today.AddDays(shareDays)), true), named}}
	return x.page(x.t("wallet.share"), ui.Head{Over: x.t("wallet.title"), Title: x.t("wallet.share"), Lead: x.t("wallet.share_lead")}, ui.Card{Tone: ui.Main, Body: []ui.Component{form}}, x.backToWallet())
}

func (x *visit) backToWallet() ui.Component {
	return ui.LinkButton{Text: x.t("wallet.back"), URL: x.walletURL()}
}

func (x *visit) shareCreate() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	in := wallet.ShareInput{Purpose: x.form("purpose"), Note: x.form("note"), Named: x.form("named") == "yes", Until: date.Date(x.form("until"))}
	for _, v := range x.r.Form["item"] {
		if strings.HasPrefix(v, "oth_") {
			in.Others = append(in.Others, wallet.OtherID(v))
		} else {
			in.Certificates = append(in.Certificates, certificate.ID(v))
		}
	}
	made, err := x.Wallets.Share(x.r.Context(), x.actor, in)
	if invalid(err) {
		return x.showShareForm(err)
	}
	if err != nil {
		return err
	}
	return x.see(x.walletURL()+"/shares/"+string(made), "shared")
}

// shareShow gives the address of what is shown, to be sent.
func (x *visit) shareShow() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	h, err := x.held()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(h.shares, func(s wallet.Share) bool { return string(s.ID) == x.id("id") })
	if i < 0 || !h.shares[i].Live(x.today()) {
		return fault.New(fault.NotFound, "wallet.share_unknown")
	}
	s := h.shares[i]
	address := x.cfg.Base + "/share/" + x.Wallets.Secret(x.actor, s)
	code, err := x.scan(address)
	if err != nil {
		return err
	}
	return x.page(x.purpose(s), ui.Head{Over: x.t("wallet.share_over"), Title: x.purpose(s), Lead: x.t("wallet.share_send")}, ui.Plate{Label: x.t("wallet.share_address"), Text: address},
		ui.Actions{Items: []ui.Component{x.whatsApp(x.t("wallet.share_message", address, s.Until)), ui.LinkButton{Text: x.t("wallet.share_look"), URL: "/share/" + x.Wallets.Secret(x.actor, s)}}},
		code, ui.Card{Body: []ui.Component{x.shareFacts(s)}},
		ui.Actions{Items: []ui.Component{ui.Button{Text: x.t("action.wallet_share.withdraw"), URL: x.walletURL() + "/shares/" + string(s.ID) + "/withdraw", Tone: ui.Bad}, x.backToWallet()}})
}

func (x *visit) shareWithdraw() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	if err := x.Wallets.Withdraw(x.r.Context(), x.actor, wallet.ShareID(x.id("id"))); err != nil {
		return err
	}
	return x.see(x.walletURL(), "share_withdrawn")
}

// shared is what others see: what the holder chose, as it stands now.
func (x *visit) shared() error {
	x.private()
	s, err := x.Wallets.Look(x.r.Context(), x.id("secret"), x.address(), x.looks())
	if err != nil {
		return err
	}
	head := ui.Head{Over: x.t("wallet.shown_over"), Title: s.Name, Lead: x.t("wallet.shown_lead", x.purpose(s.Share), s.Until)}
	body := []ui.Component{head}
	if len(s.Certificates) > 0 {
		part := ui.Section{Title: x.t("wallet.shown_ours"), Lead: x.t("wallet.shown_ours_lead", x.when(x.DB.Now()))}
		for _, c := range s.Certificates {
			status := c.StatusOn(x.zoned(c))
			part.Body = append(part.Body, ui.Card{Title: x.either(c.Face.TitleID, c.Face.TitleEN), Body: []ui.Component{
				ui.Chips{Items: []ui.Chip{{Text: x.t("verify.status." + status), Tone: tones[status]}}}, ui.Facts{Items: x.walletFacts(c)},
				ui.LinkButton{Text: x.t("wallet.shown_check"), URL: "/v/" + c.Code}}})
		}
		body = append(body, part)
	}
	if len(s.Others) > 0 {
		part := ui.Section{Title: x.t("wallet.others"), Body: []ui.Component{ui.Notice{Tone: ui.Warn, Text: x.t("wallet.shown_others_lead")}}}
		for _, o := range s.Others {
			part.Body = append(part.Body, ui.Card{Title: o.Title, Body: []ui.Component{x.otherChip(o), x.otherFacts(o, s.Name, "")}})
		}
		body = append(body, part)
	}
	return x.page(s.Name, append(body, ui.Para{Text: x.t("wallet.shown_foot")})...)
}
