package web

import (
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

// wrongPart is where a holder says that a certificate is wrong, and reads what became of it.
func (x *visit) wrongPart(c certificate.Certificate, asked []wallet.Correction) ui.Component {
	at := x.walletURL()
	out := ui.Details{Summary: x.t("wallet.wrong"), Open: len(asked) > 0}
	open := false
	for _, r := range asked {
		open = open || r.State == wallet.Open
		out.Body = append(out.Body, x.answered(r))
		if r.State == wallet.Open {
			out.Body = append(out.Body, ui.Button{Text: x.t("action.wallet_correction.withdraw"), URL: at + "/corrections/" + string(r.ID) + "/withdraw", Tone: ui.Quiet})
		}
	}
	switch {
	case c.State == certificate.Revoked:
		out.Body = append(out.Body, ui.Para{Text: x.t("rule.wallet_not_revoked")})
	case !open:
		out.Body = append(out.Body, ui.Para{Text: x.t("wallet.wrong_lead")}, ui.Actions{Items: []ui.Component{ui.LinkButton{Text: x.t("action.wallet_correction.ask"), URL: at + "/certificates/" + string(c.ID) + "/correction"}}})
	}
	return out
}

var correctionTones = map[string]ui.Tone{string(wallet.Open): ui.Info, string(wallet.Accepted): ui.Good, string(wallet.Refused): ui.Warn, string(wallet.Withdrawn): ui.Plain}

// answered is a request and its answer, as its holder reads them.
func (x *visit) answered(r wallet.Correction) ui.Component {
	tl := ui.Timeline{Items: []ui.Moment{{When: x.when(r.AskedAt.Time), Title: x.t("wallet.part." + r.Part), Text: r.Text}}}
	m := ui.Moment{Title: x.t("state.wallet_correction." + string(r.State)), Tone: correctionTones[string(r.State)]}
	switch r.State {
	case wallet.Open:
		m.When, m.Text = x.t("wallet.answer_by", x.when(r.Due())), x.t("wallet.answer_waits")
	case wallet.Withdrawn:
		m.When = x.when(r.AnsweredAt.Time)
	default:
		m.When, m.Text = x.when(r.AnsweredAt.Time), r.Answer+" ("+r.Answerer+")"
	}
	tl.Items = append(tl.Items, m)
	return tl
}

func (x *visit) correctionForm() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	return x.showCorrectionForm(nil)
}

func (x *visit) showCorrectionForm(wrong error) error {
	var c certificate.Certificate
	err := x.read(func(tx *db.Tx) (err error) {
		c, err = wallet.Certificate(tx, x.actor, certificate.ID(x.id("id")))
		return err
	})
	if err != nil {
		return err
	}
	f := x.form2(fileWrong(wrong))
	part := x.walletField(f, "radio", "part", "", true)
	for _, p := range wallet.Parts() {
		part.Options = append(part.Options, ui.Option{Value: p, Text: x.t("wallet.part." + p)})
	}
	file := x.walletField(f, "file", "file", "", false)
	file.Value, file.Accept, file.Help = "", "image/jpeg,image/png,application/pdf", x.t("wallet.correction_file")
	form := ui.Form{URL: x.walletURL() + "/certificates/" + string(c.ID) + "/correction", Upload: true, Error: f.top, Submit: x.t("wallet.correction_send"),
		Fields: []ui.Component{part, x.walletField(f, "textarea", "text", "", true), file}}
	return x.page(x.t("wallet.wrong"), ui.Head{Over: x.either(c.Face.TitleID, c.Face.TitleEN), Title: x.t("wallet.wrong"), Lead: x.t("wallet.correction_lead", x.either(c.Face.LSP, c.Face.LSPEN))},
		ui.Card{Body: []ui.Component{ui.Facts{Items: append([]ui.Fact{{Term: x.t("field.name"), Text: c.Name}}, x.walletFacts(c)...)}}},
		ui.Card{Tone: ui.Main, Body: []ui.Component{form}}, x.backToWallet())
}

func (x *visit) correctionAsk() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	name, data, err := x.attached()
	if err == nil {
		_, err = x.Wallets.Ask(x.r.Context(), x.actor, certificate.ID(x.id("id")), wallet.CorrectionInput{Part: x.form("part"), Text: x.form("text"), FileName: name, File: data})
	}
	if mendable(err) {
		return x.showCorrectionForm(err)
	}
	if err != nil {
		return err
	}
	return x.see(x.walletURL(), "correction_sent")
}

func (x *visit) correctionWithdraw() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	if err := x.Wallets.TakeBack(x.r.Context(), x.actor, wallet.CorrectionID(x.id("id"))); err != nil {
		return err
	}
	return x.see(x.walletURL(), "correction_withdrawn")
}

func (x *visit) walletCorrectionEvidence() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	return x.correctionEvidence()
}

// corrections are the requests that wait for the LSP, the oldest first, and those it answered.
func (x *visit) corrections() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	waiting := x.r.URL.Query().Get("show") != "answered"
	var list []wallet.Correction
	if err := x.read(func(tx *db.Tx) (err error) { list, err = wallet.CorrectionsOf(tx, x.actor, lsp, waiting); return err }); err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("wallet.corrections"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("wallet.field.part")}, {Text: x.t("wallet.answer_until")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("wallet.corrections_none")}}
	for _, r := range list {
		due := ui.Cell{Text: x.when(r.Due())}
		if r.State == wallet.Open && r.Due().Before(x.DB.Now()) {
			due = ui.Cell{Text: x.when(r.Due()), Chip: &ui.Chip{Text: x.t("wallet.answer_late"), Tone: ui.Bad}}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Name, Sub: r.Number, URL: "/corrections/" + string(r.ID)}, {Text: x.t("wallet.part." + r.Part)}, due,
			{Chip: &ui.Chip{Text: x.t("state.wallet_correction." + string(r.State)), Tone: correctionTones[string(r.State)]}}}})
	}
	tabs := ui.Tabs{Items: []ui.Link{{Text: x.t("wallet.corrections_waiting"), URL: "/corrections", Current: waiting}, {Text: x.t("wallet.corrections_answered"), URL: "/corrections?show=answered", Current: !waiting}}}
	return x.page(x.t("wallet.corrections"), ui.Head{Title: x.t("wallet.corrections"), Lead: x.t("wallet.corrections_lead")}, tabs, t)
}

// asked leads from a certificate to the request about it that waits for an answer.
func (x *visit) asked(id wallet.CorrectionID) []ui.Component {
	if id == "" {
		return nil
	}
	return []ui.Component{ui.Notice{Tone: ui.Warn, Text: x.t("wallet.waiting")}, ui.Actions{Items: []ui.Component{ui.LinkButton{Text: x.t("wallet.waiting_open"), URL: "/corrections/" + string(id)}}}}
}

// correction is one request as the LSP sees it.
func (x *visit) correction() error {
	var r wallet.Correction
	var c certificate.Certificate
	err := x.read(func(tx *db.Tx) (err error) {
		if r, err = wallet.OneCorrection(tx, x.actor, wallet.CorrectionID(x.id("id"))); err != nil {
			return err
		}
		c, err = certificate.Get(tx, x.actor, r.Certificate)
		return err
	})
	if err != nil {
		return err
	}
	at := "/corrections/" + string(r.ID)
	head := ui.Head{Over: x.t("wallet.corrections"), Title: r.Name, Lead: x.t("wallet.part." + r.Part), Chips: []ui.Chip{{Text: x.t("state.wallet_correction." + string(r.State)), Tone: correctionTones[string(r.State)]}}}
	facts := ui.Facts{Items: []ui.Fact{{Term: x.t("wallet.asked_text"), Text: r.Text}, {Term: x.t("wallet.evidence"), Text: x.t("wallet.no_evidence")}, {Term: x.t("wallet.asked_at"), Text: x.when(r.AskedAt.Time)}, {Term: x.t("wallet.answer_until"), Text: x.when(r.Due())}}}
	if !r.Evidence.Empty() {
		facts.Items[1] = ui.Fact{Term: x.t("wallet.evidence"), Text: r.Evidence.Name, URL: at + "/evidence"}
	}
	if r.Answer != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: x.t("wallet.answer"), Text: r.Answer}, ui.Fact{Term: x.t("wallet.answerer"), Text: r.Answerer + " · " + x.when(r.AnsweredAt.Time)})
	}
	body := []ui.Component{head, ui.Card{Body: []ui.Component{facts}},
		ui.Card{Title: x.t("wallet.as_printed"), Body: []ui.Component{ui.Facts{Items: append([]ui.Fact{{Term: x.t("field.name"), Text: c.Name}, {Term: x.t("wallet.scheme"), Text: c.Face.TitleID}}, x.walletFacts(c)...)},
			ui.LinkButton{Text: x.t("wallet.certificate"), URL: "/certificates/" + string(c.ID)}}}}
	if acts := x.buttons("wallet_correction", wallet.CorrectionFlow.Offers(x.flowCase(), r), at+"/do/", "accept", "refuse"); len(acts) > 0 {
		body = append(body, ui.Card{Title: x.t("wallet.answer"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("wallet.answer_lead")},
			ui.Actions{Items: x.asking(acts, "wallet.answer_reason", version(r.Version))}}})
	}
	return x.page(r.Name, body...)
}

func (x *visit) correctionEvidence() error {
	f, data, err := x.Wallets.CorrectionEvidence(x.r.Context(), x.actor, wallet.CorrectionID(x.id("id")))
	if err != nil {
		return err
	}
	return x.download(f.Name, f.Mime, data)
}

func (x *visit) correctionDo() error {
	id, why := wallet.CorrectionID(x.id("id")), x.form("reason")
	var err error
	switch x.id("action") {
	case "accept":
		err = x.Wallets.Accept(x.r.Context(), x.actor, id, x.version(), why)
	case "refuse":
		err = x.Wallets.Refuse(x.r.Context(), x.actor, id, x.version(), why)
	default:
		return x.nothingHere()
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "wallet.answered_already")
	}
	if err != nil {
		return err
	}
	return x.see("/corrections/"+string(id), "answered")
}
