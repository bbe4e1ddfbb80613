package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/document"
	"kompeten/internal/fault"
	"kompeten/internal/paper"
	"kompeten/internal/reminder"
	"kompeten/internal/text"
	"kompeten/internal/wallet"
	"kompeten/internal/web/ui"
)

// walletRoutes are the pages of a holder's wallet, by her personal link and with her account alike, of what she shows,
// and of what her LSP does for her.
func walletRoutes() []Route {
	own := []Route{
		{"GET ", Public, (*visit).wallet},
		{"GET /all.zip", Public, (*visit).walletZip},
		{"GET /certificates/{id}/{form}", Public, (*visit).walletDownload},
		{"GET /certificates/{id}/correction", Public, (*visit).correctionForm},
		{"POST /certificates/{id}/correction", Public, (*visit).correctionAsk},
		{"GET /corrections/{id}/evidence", Public, (*visit).walletCorrectionEvidence},
		{"POST /corrections/{id}/withdraw", Public, (*visit).correctionWithdraw},
		{"GET /share", Public, (*visit).shareForm},
		{"POST /share", Public, (*visit).shareCreate},
		{"GET /shares/{id}", Public, (*visit).shareShow},
		{"POST /shares/{id}/withdraw", Public, (*visit).shareWithdraw},
		{"GET /others", Public, (*visit).otherForm},
		{"POST /others", Public, (*visit).otherRecord},
		{"GET /others/{id}/evidence", Public, (*visit).walletOtherEvidence},
		{"POST /others/{id}/remove", Public, (*visit).otherRemove},
		{"POST /links/{id}/end", Public, (*visit).walletLinkEnd},
	}
	var out []Route
	for _, at := range []struct {
		base   string
		access Access
	}{{"/w/{secret}", Public}, {"/wallet", SignedIn}} {
		for _, r := range own {
			method, path, _ := strings.Cut(r.Pattern, " ")
			out = append(out, Route{method + " " + at.base + path, at.access, r.Handle})
		}
	}
	return append(out, []Route{
		{"POST /l/{secret}/wallet", Public, (*visit).letterWallet},
		{"GET /share/{secret}", Public, (*visit).shared},
		{"GET /certificates/{id}/wallet", LSPStaff, (*visit).walletLinks},
		{"POST /certificates/{id}/wallet", LSPStaff, (*visit).walletLinkMake},
		{"POST /certificates/{id}/wallet/{link}/show", LSPStaff, (*visit).walletLinkShow},
		{"POST /certificates/{id}/wallet/{link}/end", LSPStaff, (*visit).walletLinkEndByLSP},
		{"GET /certificates/{id}/wallet/{link}/letter.pdf", LSPStaff, (*visit).walletLetter},
		{"GET /meetings/{id}/wallets.pdf", LSPStaff, (*visit).meetingWallets},
		{"GET /corrections", LSPStaff, (*visit).corrections},
		{"GET /corrections/{id}", LSPStaff, (*visit).correction},
		{"GET /corrections/{id}/evidence", LSPStaff, (*visit).correctionEvidence},
		{"POST /corrections/{id}/do/{action}", LSPStaff, (*visit).correctionDo},
		{"GET /applications/{id}/others", Staff, (*visit).caseOthers},
		{"POST /applications/{id}/others", Staff, (*visit).caseOtherRecord},
		{"GET /applications/{id}/others/{other}/evidence", Staff, (*visit).caseOtherEvidence},
		{"POST /applications/{id}/others/{other}/do/{action}", Staff, (*visit).caseOtherDo},
	}...)
}

// walletURL is the address of the wallet that is open.
func (x *visit) walletURL() string {
	if s := x.id("secret"); s != "" {
		return "/w/" + s
	}
	return "/wallet"
}

// enterWallet makes the bearer of a link its holder, for her wallet only; with an account she is that already.
func (x *visit) enterWallet() (err error) {
	x.private()
	if secret := x.id("secret"); secret != "" {
		x.actor, err = x.Wallets.Enter(x.r.Context(), secret, x.address())
	}
	return err
}

// private keeps an address with a secret out of what other sites and search engines get to know.
func (x *visit) private() {
	x.w.Header().Set("Referrer-Policy", "no-referrer")
	x.w.Header().Set("X-Robots-Tag", "noindex, nofollow")
}

// held is what the holder sees of all that is hers.
type held struct {
	certificates []certificate.Certificate
	others       []wallet.Other
	shares       []wallet.Share
	links        []wallet.Link
	corrections  map[certificate.ID][]wallet.Correction
	reminders    []reminder.Reminder
}

func (x *visit) held() (h held, err error) {
	err = x.read(func(tx *db.Tx) error {
		h = held{corrections: map[certificate.ID][]wallet.Correction{}}
		if h.certificates, err = wallet.Certificates(tx, x.actor); err != nil {
			return err
		}
		if h.reminders, err = reminder.Reminders(tx, x.actor); err != nil {
			return err
		}
		if h.others, err = wallet.Others(tx, x.actor, x.actor.Person); err != nil {
			return err
		}
		if h.shares, err = wallet.Shares(tx, x.actor); err != nil {
			return err
		}
		if h.links, err = wallet.Links(tx, x.actor); err != nil {
			return err
		}
		all, err := wallet.Corrections(tx, x.actor)
		for _, c := range all {
			h.corrections[c.Certificate] = append(h.corrections[c.Certificate], c)
		}
		return err
	})
	return h, err
}

// wallet is the page of all that is hers: her certificates, what she shows, those of other issuers, the links to it.
func (x *visit) wallet() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	h, err := x.held()
	if err != nil {
		return err
	}
	if x.actor.Subject != "" && x.looks() {
		if err := x.Wallets.Opened(x.r.Context(), x.actor); err != nil {
			return err
		}
	}
	at := x.walletURL()
	head := ui.Head{Over: x.t("wallet.title"), Title: x.actor.Name, Lead: x.t("wallet.lead")}
	if len(h.certificates)+len(h.others) > 0 {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("wallet.share"), URL: at + "/share", Tone: ui.Main})
	}
	if len(h.certificates) > 0 {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("wallet.zip"), URL: at + "/all.zip"})
	}
	body := append([]ui.Component{head}, x.reminders(h.reminders)...)
	if len(h.certificates) == 0 {
		body = append(body, ui.Empty{Title: x.t("wallet.none"), Text: x.t("wallet.none_text")})
	}
	for _, c := range h.certificates {
		body = append(body, x.walletCard(c, h.corrections[c.ID]))
	}
	body = append(body, x.shares(h.shares)...)
	body = append(body, x.otherSection(h.others))
	body = append(body, x.linkSection(h.links)...)
	return x.page(x.t("wallet.title"), body...)
}

// walletCard is one certificate as its holder sees it.
func (x *visit) walletCard(c certificate.Certificate, asked []wallet.Correction) ui.Component {
	at := x.walletURL() + "/certificates/" + string(c.ID)
	status := c.StatusOn(x.zoned(c))
	body := []ui.Component{
		ui.Chips{Items: []ui.Chip{{Text: x.t("verify.status." + status), Tone: tones[status]}}},
		ui.Facts{Items: x.walletFacts(c)},
		ui.Actions{Items: []ui.Component{
			ui.LinkButton{Text: x.t("wallet.form.pdf"), URL: at + "/pdf", Tone: ui.Main},
			ui.LinkButton{Text: x.t("wallet.form.png"), URL: at + "/png"},
			ui.LinkButton{Text: x.t("offer.to_wallet"), URL: at + "/offer"},
			ui.LinkButton{Text: x.t("wallet.as_others"), URL: "/v/" + c.Code}}},
	}
	if status != "valid" {
		body = slices.Insert(body, 1, ui.Component(ui.Para{Text: x.t("wallet.means."+status, x.either(c.Face.LSP, c.Face.LSPEN))}))
	}
	var more ui.Facts
	for _, f := range []paper.Form{paper.JSON, paper.Token, paper.Proof} {
		more.Items = append(more.Items, ui.Fact{Term: x.t("wallet.about." + string(f)), Text: x.t("wallet.form." + string(f)), URL: at + "/" + string(f)})
	}
	body = append(body, ui.Details{Summary: x.t("wallet.more_forms"), Body: []ui.Component{ui.Para{Text: x.t("wallet.more_forms_lead")}, more}})
	return ui.Card{Title: x.either(c.Face.TitleID, c.Face.TitleEN), Body: append(body, x.wrongPart(c, asked))}
}

// zoned is today where the body of a certificate is.
func (x *visit) zoned(c certificate.Certificate) date.Date {
	return date.Of(x.DB.Now(), date.Zone(c.Face.Zone))
}

func (x *visit) walletFacts(c certificate.Certificate) []ui.Fact {
	return []ui.Fact{{Term: x.t("verify.number"), Text: c.Number}, {Term: x.t("wallet.issuer"), Text: x.either(c.Face.LSP, c.Face.LSPEN)},
		{Term: x.t("verify.issued_on"), Text: x.day(c.IssuedOn)}, {Term: x.t("verify.valid_until"), Text: x.day(c.ValidUntil)}}
}

// linkSection tells by which links the wallet opens, and how often it was opened, so that a stranger is noticed.
func (x *visit) linkSection(links []wallet.Link) []ui.Component {
	if len(links) == 0 {
		return nil
	}
	out := ui.Section{Title: x.t("wallet.links"), Lead: x.t("wallet.links_lead")}
	for _, l := range links {
		facts := ui.Facts{Items: []ui.Fact{{Term: x.t("wallet.link_made"), Text: x.when(l.CreatedAt.Time)}, {Term: x.t("wallet.link_until"), Text: x.when(l.ExpiresAt.Time)},
			{Term: x.t("wallet.link_opened"), Text: x.times(l.Opened, l.OpenedAt)}}}
		title := x.t("wallet.link_own")
		if l.Org != "" {
			title = x.t("wallet.link_lsp")
		}
		end := ui.Button{Text: x.t("action.wallet_link.end"), URL: x.walletURL() + "/links/" + string(l.ID) + "/end", Tone: ui.Bad}
		if string(l.ID) == x.actor.Subject {
			title = x.t("wallet.link_this")
		}
		out.Body = append(out.Body, ui.Details{Summary: title, Body: []ui.Component{facts, ui.Para{Text: x.t("wallet.link_end_lead")}, end}})
	}
	return []ui.Component{out}
}

// times is how often something was opened, and when last.
func (x *visit) times(n int64, last db.Time) string {
	if n == 0 {
		return x.t("wallet.never")
	}
	return x.t("wallet.times", n, x.when(last.Time))
}

func (x *visit) walletLinkEnd() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	link := wallet.LinkID(x.id("id"))
	if err := x.Wallets.EndLink(x.r.Context(), x.actor, link); err != nil {
		return err
	}
	if string(link) == x.actor.Subject {
		return x.page(x.t("wallet.title"), ui.Head{Title: x.t("wallet.link_over"), Lead: x.t("wallet.link_over_lead")})
	}
	return x.see(x.walletURL(), "link_ended")
}

// walletDownload gives one of her certificates in a form.
func (x *visit) walletDownload() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	form := paper.Form(x.id("form"))
	if form.Mime() == "" {
		return x.nothingHere()
	}
	var c certificate.Certificate
	err := x.read(func(tx *db.Tx) (err error) {
		c, err = wallet.Certificate(tx, x.actor, certificate.ID(x.id("id")))
		return err
	})
	if err != nil {
		return err
	}
	data, err := paper.NewPress(x.Services).Form(x.r.Context(), c, form)
	if form == paper.Proof && fault.Is(err, fault.NotFound) {
		return fault.New(fault.Later, "wallet.proof_later")
	}
	if err != nil {
		return err
	}
	return x.download(form.FileName(c), form.Mime(), data)
}

// walletZip gives all her certificates in every form.
func (x *visit) walletZip() error {
	if err := x.enterWallet(); err != nil {
		return err
	}
	var all []certificate.Certificate
	err := x.read(func(tx *db.Tx) (err error) { all, err = wallet.Certificates(tx, x.actor); return err })
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "wallet.none")
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := paper.NewPress(x.Services).Everything(x.r.Context(), &b, x.lang, x.today(), all); err != nil {
		return err
	}
	return x.download(x.t("wallet.zip_name")+".zip", "application/zip", b.Bytes())
}

// letterWallet leads from the letter of an application to the wallet of who opened it.
func (x *visit) letterWallet() error {
	if _, err := x.enterByLink(); err != nil {
		return err
	}
	secret, err := x.Wallets.LinkFromLetter(x.r.Context(), x.actor)
	if err != nil {
		return err
	}
	return x.see("/w/"+secret, "")
}

// fetches are programs that look at an address before a person does, such as a messenger's preview: they are no visit.
var fetches = regexp.MustCompile(`(?i)bot|crawl|spider|preview|whatsapp|facebookexternalhit|telegram|slack|curl|wget`)

// looks says whether a person looks at the page.
func (x *visit) looks() bool {
	return x.r.Method == http.MethodGet && !fetches.MatchString(x.r.UserAgent()) && x.r.Header.Get("Sec-Purpose") == ""
}

// hands says whether the actor hands out links to wallets for an LSP, and answers its holders.
func (x *visit) hands(lsp auth.OrgID) bool {
	return x.actor.Is(auth.LSPAdmin, lsp) || x.actor.Is(auth.Manager, lsp) || x.actor.Is(auth.Head, lsp)
}

// scan is an address as a code, for who stands beside the screen with a phone.
func (x *visit) scan(address string) (ui.Component, error) {
	rows, err := document.Modules(address)
	return ui.Details{Summary: x.t("wallet.scan"), Body: []ui.Component{ui.QR{Label: x.t("wallet.scan_lead"), Rows: rows}, ui.Para{Text: x.t("wallet.scan_lead")}}}, err
}

// whatsApp sends a text by the messenger most holders have; to whom, its sender chooses there.
func (x *visit) whatsApp(message string) ui.Component {
	return ui.LinkButton{Text: x.t("wallet.whatsapp"), URL: "https://wa.me/?text=" + url.QueryEscape(message)}
}

// walletField is one thing a form of the wallet asks for; its label and help stand under wallet.field.<name>.
func (x *visit) walletField(f *fields, kind, name, known string, required bool) ui.Field {
	out := ui.Field{Kind: kind, Name: name, Label: x.t("wallet.field." + name), Value: f.value(name, known), Required: required, Error: f.wrong[name]}
	if text.Has("wallet.field." + name + ".help") {
		out.Help = x.t("wallet.field." + name + ".help")
	}
	return out
}

// attached is the file that came with a form, if there is one; the texts beside it are read with it.
func (x *visit) attached() (name string, data []byte, err error) {
	name, data, err = x.file(photoLimit)
	if broken := legible(x.r); broken != nil {
		return "", nil, broken
	}
	f := fault.Of(err)
	if errors.Is(err, http.ErrNotMultipart) || f != nil && len(f.Fields) == 1 && f.Fields[0].Key == "form.required" {
		return "", nil, nil
	}
	return name, data, err
}

// mendable says whether what went wrong can be mended in the form it came from.
func mendable(err error) bool { return invalid(err) || fault.Is(err, fault.TooLarge) }

// fileWrong puts the size of a file that is too large beside its field.
func fileWrong(err error) error {
	if f := fault.Of(err); fault.Is(err, fault.TooLarge) && f.Key != "sheet.too_large" {
		return fault.New(fault.TooLarge, "form.invalid").With("file", f.Key, f.Args...)
	}
	return err
}
