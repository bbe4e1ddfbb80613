package web

import (
	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

// otherTones are how far a certificate of another issuer can be relied on.
var otherTones = map[string]ui.Tone{string(wallet.Unchecked): ui.Warn, string(wallet.Checked): ui.Info, string(wallet.Doubtful): ui.Bad}

// otherChip says whether anybody looked, and whether it is past its last day.
func (x *visit) otherChip(o wallet.Other) ui.Component {
	out := ui.Chips{Items: []ui.Chip{{Text: x.t("state.wallet_other." + string(o.State)), Tone: otherTones[string(o.State)]}}}
	if o.Expired(x.today()) {
		out.Items = append(out.Items, ui.Chip{Text: x.t("verify.status.expired"), Tone: ui.Warn})
	}
	return out
}

// otherFacts is what is said of a certificate of another issuer, by whom, and who looked. The evidence is for who may
// have it.
func (x *visit) otherFacts(o wallet.Other, holder, evidence string) ui.Component {
	until := x.t("wallet.no_end")
	if o.ValidUntil != "" {
		until = x.day(o.ValidUntil)
	}
	recorder := o.Recorder
	if recorder == "" {
		recorder = x.t("wallet.recorded_self", holder)
	}
	out := ui.Facts{Items: []ui.Fact{{Term: x.t("wallet.issuer"), Text: o.Issuer}, {Term: x.t("wallet.kind_of"), Text: x.t("wallet.kind." + o.Kind)}}}
	if o.Number != "" {
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.field.number"), Text: o.Number})
	}
	out.Items = append(out.Items, ui.Fact{Term: x.t("verify.issued_on"), Text: x.day(o.IssuedOn)}, ui.Fact{Term: x.t("verify.valid_until"), Text: until},
		ui.Fact{Term: x.t("wallet.recorded"), Text: recorder + " · " + x.when(o.RecordedAt.Time)})
	switch o.State {
	case wallet.Checked:
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.checked_by"), Text: o.Checker + " · " + x.when(o.CheckedAt.Time)}, ui.Fact{Term: x.t("wallet.checked_how"), Text: o.CheckNote})
	case wallet.Doubtful:
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.doubted_by"), Text: o.Checker + " · " + x.when(o.CheckedAt.Time)}, ui.Fact{Term: x.t("wallet.doubted_why"), Text: o.CheckNote})
	}
	switch {
	case o.Evidence.Empty():
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.evidence"), Text: x.t("wallet.no_evidence")})
	case evidence == "":
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.evidence"), Text: x.t("wallet.evidence_kept")})
	default:
		out.Items = append(out.Items, ui.Fact{Term: x.t("wallet.evidence"), Text: o.Evidence.Name, URL: evidence})
	}
	return out
}

// otherSection is the part of the wallet for certificates of other issuers, apart from our own.
func (x *visit) otherSection(all []wallet.Other) ui.Component {
	at := x.walletURL() + "/others"
	out := ui.Section{Title: x.t("wallet.others"), Lead: x.t("wallet.others_lead")}
	for _, o := range all {
		url := at + "/" + string(o.ID)
		body := []ui.Component{x.otherChip(o), x.otherFacts(o, x.actor.Name, url+"/evidence")}
		out.Body = append(out.Body, ui.Card{Title: o.Title, Body: append(body, ui.Actions{Items: []ui.Component{ui.Button{Text: x.t("action.wallet_other.remove"), URL: url + "/remove", Tone: ui.Bad}}})})
	}
	out.Body = append(out.Body, ui.LinkButton{Text: x.t("wallet.other_add"), URL: at})
	return out
}

func (x *visit) otherForm() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	return x.showOtherForm(nil)
}

func (x *visit) showOtherForm(wrong error) error {
	return x.page(x.t("wallet.other_add"), ui.Head{Over: x.t("wallet.title"), Title: x.t("wallet.other_add"), Lead: x.t("wallet.other_lead")},
		ui.Card{Tone: ui.Main, Body: []ui.Component{x.otherFields(wrong, x.walletURL()+"/others")}}, x.backToWallet())
}

// otherFields is the form by which a certificate of another issuer is recorded.
func (x *visit) otherFields(wrong error, url string) ui.Component {
	f := x.form2(fileWrong(wrong))
	kind := x.walletField(f, "select", "kind", "", true)
	kind.Options = []ui.Option{{Text: x.t("wallet.choose")}}
	for _, k := range wallet.Kinds() {
		kind.Options = append(kind.Options, ui.Option{Value: k, Text: x.t("wallet.kind." + k)})
	}
	file := x.walletField(f, "file", "file", "", false)
	file.Value, file.Accept = "", "image/jpeg,image/png,application/pdf"
	return ui.Form{URL: url, Upload: true, Error: f.top, Submit: x.t("wallet.other_save"), Fields: []ui.Component{x.walletField(f, "text", "title", "", true), kind,
		x.walletField(f, "text", "issuer", "", true), x.walletField(f, "text", "number", "", false), x.walletField(f, "date", "issued_on", "", true),
		x.walletField(f, "date", "valid_until", "", false), file}}
}

// otherSent records what came with the form.
func (x *visit) otherSent(holder auth.PersonID) error {
	name, data, err := x.attached()
	if err != nil {
		return err
	}
	_, err = x.Wallets.Record(x.r.Context(), x.actor, holder, wallet.OtherInput{Kind: x.form("kind"), Issuer: x.form("issuer"), Title: x.form("title"), Number: x.form("number"),
		IssuedOn: date.Date(x.form("issued_on")), ValidUntil: date.Date(x.form("valid_until")), FileName: name, File: data})
	return err
}

func (x *visit) otherRecord() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	err := x.otherSent(x.actor.Person)
	if mendable(err) {
		return x.showOtherForm(err)
	}
	if err != nil {
		return err
	}
	return x.see(x.walletURL(), "other_recorded")
}

func (x *visit) walletOtherEvidence() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	return x.otherEvidence(wallet.OtherID(x.id("id")))
}

func (x *visit) otherEvidence(o wallet.OtherID) error {
	f, data, err := x.Wallets.OtherEvidence(x.r.Context(), x.actor, o)
	if err != nil {
		return err
	}
	return x.download(f.Name, f.Mime, data)
}

func (x *visit) otherRemove() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	if err := x.Wallets.Remove(x.r.Context(), x.actor, wallet.OtherID(x.id("id"))); err != nil {
		return err
	}
	return x.see(x.walletURL(), "other_removed")
}

// caseOthers shows who has a case with a person her certificates of other issuers, to be recorded and checked.
func (x *visit) caseOthers() error { return x.showCaseOthers(nil) }

func (x *visit) showCaseOthers(wrong error) error {
	a, all, err := x.othersOf()
	if err != nil {
		return err
	}
	at := "/applications/" + string(a.ID) + "/others"
	body := []ui.Component{ui.Head{Over: a.Name, Title: x.t("wallet.others"), Lead: x.t("wallet.case_lead")}}
	if len(all) == 0 {
		body = append(body, ui.Empty{Title: x.t("wallet.no_others")})
	}
	for _, o := range all {
		url := at + "/" + string(o.ID)
		card := []ui.Component{x.otherChip(o), x.otherFacts(o, a.Name, url+"/evidence")}
		if acts := x.buttons("wallet_other", wallet.OtherFlow.Offers(x.flowCase(), o), url+"/do/", "check", "doubt"); len(acts) > 0 {
			card = append(card, ui.Actions{Items: x.asking(acts, "wallet.look_reason")})
		}
		body = append(body, ui.Card{Title: o.Title, Body: card})
	}
	body = append(body, ui.Details{Summary: x.t("wallet.other_add"), Open: wrong != nil, Body: []ui.Component{x.otherFields(wrong, at)}}, ui.LinkButton{Text: x.t("error.back"), URL: "/applications/" + string(a.ID)})
	return x.page(x.t("wallet.others"), body...)
}

// asking makes buttons ask for a reason in words of their own, and send what else the form needs.
func (x *visit) asking(acts []ui.Component, key string, hidden ...ui.Pair) []ui.Component {
	for i, a := range acts {
		if b, ok := a.(ui.Button); ok {
			b.Reason, b.Hidden = x.t(key), append(b.Hidden, hidden...)
			acts[i] = b
		}
	}
	return acts
}

// othersOf is an application of the actor's office or LSP, and the certificates of other issuers of whose it is.
func (x *visit) othersOf() (a application.Application, all []wallet.Other, err error) {
	err = x.read(func(tx *db.Tx) error {
		if a, err = application.Get(tx, x.actor, application.ID(x.id("id"))); err != nil {
			return err
		}
		all, err = wallet.Others(tx, x.actor, a.Person)
		return err
	})
	return a, all, err
}

func (x *visit) caseOtherRecord() error {
	a, _, err := x.othersOf()
	if err == nil {
		err = x.otherSent(a.Person)
	}
	if mendable(err) {
		return x.showCaseOthers(err)
	}
	if err != nil {
		return err
	}
	return x.see("/applications/"+string(a.ID)+"/others", "other_recorded")
}

func (x *visit) caseOtherEvidence() error {
	if _, _, err := x.othersOf(); err != nil {
		return err
	}
	return x.otherEvidence(wallet.OtherID(x.id("other")))
}

func (x *visit) caseOtherDo() error {
	a, _, err := x.othersOf()
	if err != nil {
		return err
	}
	o, note := wallet.OtherID(x.id("other")), x.form("reason")
	switch x.id("action") {
	case "check":
		err = x.Wallets.Check(x.r.Context(), x.actor, o, note)
	case "doubt":
		err = x.Wallets.Doubt(x.r.Context(), x.actor, o, note)
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/applications/"+string(a.ID)+"/others", "saved")
}
