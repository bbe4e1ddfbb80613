package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Truster is a Source that files and QR codes can be judged by.
type Truster interface {
	Trust() check.Trust
}

// Bounds of a file that is shown to us. It is held in memory while it is judged, and nowhere after.
const (
	mostFile    = 4 << 20
	mostForm    = mostFile + 64<<10 // with what a browser puts around it
	mostSending = 8                 // files on their way to us at once
	sendFor     = 30 * time.Second
	judgeFor    = 5 * time.Second
)

// judged is a report as people and programs read it.
type judged struct {
	Verdict   string       `json:"verdict"`
	VerdictID string       `json:"verdict_id"`
	VerdictEN string       `json:"verdict_en"`
	Number    string       `json:"number,omitempty"`
	Holder    string       `json:"holder,omitempty"`
	Issuer    string       `json:"issuer,omitempty"`
	Title     string       `json:"title,omitempty"`
	Code      string       `json:"code,omitempty"`   // where our own record of it stands: /v/{code}
	Status    string       `json:"status,omitempty"` // by our own record, now
	Lines     []judgedLine `json:"lines"`
}

type judgedLine struct {
	Check   string             `json:"check"`
	Outcome credential.Outcome `json:"outcome"`
	Why     string             `json:"why,omitempty"`
	TextID  string             `json:"text_id"`
	TextEN  string             `json:"text_en"`
}

// looks is how each verdict looks, and whether what the file says is proven.
var looks = map[string]struct {
	tone   ui.Tone
	sign   string
	proven bool
}{
	"valid": {ui.Good, "✓", true}, "revoked": {ui.Bad, "✕", true}, "suspended": {ui.Warn, "!", true}, "expired": {ui.Warn, "!", true}, "early": {ui.Warn, "!", true},
	"unconfirmed": {ui.Warn, "?", false}, "nothing": {ui.Warn, "?", false}, "forged": {ui.Bad, "✕", false}, "refused": {ui.Bad, "✕", false},
}

// honest are the reasons why a genuine certificate does not hold, and the verdict of each; the gravest first.
var honest = []struct{ why, verdict string }{
	{"credential.why.revoked", "revoked"}, {"credential.why.suspended", "suspended"}, {"credential.why.expired", "expired"}, {"credential.why.not_yet", "early"},
}

// unread are the checks that fail for what is no certificate at all.
var unread = []string{"check.readable", "credential.check.format", "credential.check.members"}

// verdictOf is the word for a report.
func verdictOf(r check.Report) string {
	verdict, refused, forged := "", false, false
	for _, l := range r.Lines {
		switch at := slices.IndexFunc(honest, func(h struct{ why, verdict string }) bool { return h.why == l.Why }); {
		case l.Why == "credential.why.unbaked" || l.Why == "check.why.nothing_inside":
			return "nothing"
		case l.Outcome != credential.Failed:
		case at >= 0:
			if before := slices.IndexFunc(honest, func(h struct{ why, verdict string }) bool { return h.verdict == verdict }); before < 0 || at < before {
				verdict = honest[at].verdict
			}
		case slices.Contains(unread, l.Name):
			refused = true
		case l.Name != "credential.check.list":
			forged = true
		}
	}
	switch {
	case refused:
		return "refused"
	case forged || r.Verdict == credential.Invalid && verdict == "":
		return "forged"
	case verdict != "":
		return verdict
	case r.Verdict == credential.Valid:
		return "valid"
	}
	return "unconfirmed"
}

func (h *Handler) registerFile(mux *http.ServeMux) {
	if _, ok := h.from.(Truster); !ok {
		return
	}
	mux.HandleFunc("GET /check/file", func(w http.ResponseWriter, r *http.Request) { h.fileForm(w, r, nil) })
	mux.HandleFunc("POST /check/file", h.shown)
}

// shown judges a file that somebody shows.
func (h *Handler) shown(w http.ResponseWriter, r *http.Request) {
	data, err := []byte(nil), h.allow(w, r, 1, 0)
	if err == nil {
		data, err = h.receive(w, r)
	}
	if err != nil {
		h.fileForm(w, r, err)
		return
	}
	h.judge(w, r, func(ctx context.Context, c *check.Checker) check.Report { return c.File(ctx, data) })
}

// receive reads the file of a form, or a body that is the file itself, into memory.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	select {
	case h.sending <- struct{}{}:
		defer func() { <-h.sending }()
	default:
		return nil, fault.New(fault.Later, "lookup.busy")
	}
	ctx, stop := context.WithTimeout(r.Context(), sendFor)
	defer stop()
	if end, ok := ctx.Deadline(); ok { // who sends a byte a minute holds nobody up
		_ = http.NewResponseController(w).SetReadDeadline(end) // not every connection has one
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	data, err := content(r)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long) || len(data) > mostFile:
		return nil, fault.New(fault.TooLarge, "lookup.file_large", mostFile>>20)
	case err != nil:
		return nil, fault.New(fault.Invalid, "lookup.file_cut").Because(err)
	case len(data) == 0:
		return nil, fault.New(fault.Invalid, "lookup.file_none")
	}
	return data, nil
}

func content(r *http.Request) ([]byte, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader() // never onto the disk
	if err != nil {
		return nil, err
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if p.FormName() == "file" {
			return io.ReadAll(p)
		}
	}
}

// judge answers what a check finds. It is bounded in time, and so many run at once as there are cores.
func (h *Handler) judge(w http.ResponseWriter, r *http.Request, look func(context.Context, *check.Checker) check.Report) {
	rep, err := h.report(r.Context(), look)
	if err != nil {
		h.fileForm(w, r, err)
		return
	}
	out := h.said(r.Context(), rep)
	if wantsJSON(r) {
		h.send(w, out)
		return
	}
	h.judgedPage(w, r, out)
}

func (h *Handler) report(ctx context.Context, look func(context.Context, *check.Checker) check.Report) (check.Report, error) {
	ctx, stop := context.WithTimeout(ctx, judgeFor)
	defer stop()
	select {
	case h.judging <- struct{}{}:
	case <-ctx.Done():
		return check.Report{}, fault.New(fault.Later, "lookup.busy")
	}
	c := check.New(h.from.(Truster).Trust(), h.cfg.Now())
	found, broken := make(chan check.Report, 1), make(chan error, 1)
	go func() {
		defer func() { <-h.judging }()
		defer func() {
			if p := recover(); p != nil { // of a reader of files from anywhere; the program goes on
				broken <- fmt.Errorf("check: %v", p)
			}
		}()
		found <- look(ctx, c)
	}()
	select {
	case rep := <-found:
		return rep, nil
	case err := <-broken:
		return check.Report{}, err
	case <-ctx.Done():
		return check.Report{}, fault.New(fault.Invalid, "lookup.file_slow")
	}
}

// said puts words to a report, and our own record of the certificate beside it.
func (h *Handler) said(ctx context.Context, rep check.Report) judged {
	out := judged{Verdict: verdictOf(rep), Number: rep.Number, Holder: rep.Holder, Issuer: rep.Issuer, Title: rep.Title, Lines: []judgedLine{}}
	out.VerdictID, out.VerdictEN = text.T(text.ID, "lookup.verdict."+out.Verdict), text.T(text.EN, "lookup.verdict."+out.Verdict)
	for _, l := range rep.Lines {
		line := judgedLine{Check: l.Name, Outcome: l.Outcome, Why: l.Why, TextID: text.T(text.ID, l.Name), TextEN: text.T(text.EN, l.Name)}
		if l.Why != "" {
			line.TextID += ": " + text.T(text.ID, l.Why)
			line.TextEN += ": " + text.T(text.EN, l.Why)
		}
		if !slices.Contains(out.Lines, line) { // both status lists are looked at alike
			out.Lines = append(out.Lines, line)
		}
	}
	if rep.Code == "" || !looks[out.Verdict].proven {
		return out
	}
	if look, err := h.from.ByCode(ctx, certificate.NumberKey(rep.Code)); err == nil {
		h.counted(look)
		out.Code, out.Status = codeOf(look.Facts), look.Status
	}
	return out
}

var states = map[credential.Outcome]string{credential.Passed: "meets", credential.Failed: "fails", credential.Unknown: "missing"}

func (h *Handler) judgedPage(w http.ResponseWriter, r *http.Request, out judged) {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	look, also := looks[out.Verdict], out.VerdictEN
	title := out.VerdictID
	if l == text.EN {
		title, also = out.VerdictEN, out.VerdictID
	}
	page := ui.Page{Shell: h.shell(l, r, t("verify.title"))}
	page.Shell.Path = r.URL.Path // without what was shown to us
	page.Body = []ui.Component{ui.Verdict{Tone: look.tone, Sign: look.sign, Title: title, Also: also, Text: t("lookup.says." + out.Verdict)}}
	var facts ui.Facts
	for _, f := range []ui.Fact{{Term: t("lookup.name"), Text: out.Holder}, {Term: t("verify.competent"), Text: out.Title}, {Term: t("verify.number"), Text: out.Number}, {Term: t("verify.issuer"), Text: out.Issuer}} {
		if f.Text != "" {
			facts.Items = append(facts.Items, f)
		}
	}
	if len(facts.Items) > 0 {
		card := ui.Card{Title: t("lookup.claims"), Body: []ui.Component{facts}}
		if look.proven {
			card.Title = t("lookup.proven")
		}
		if out.Code != "" {
			card.Body = append(card.Body, ui.Actions{Items: []ui.Component{ui.LinkButton{Text: t("lookup.our_record"), URL: "/v/" + out.Code}}})
		}
		page.Body = append(page.Body, card)
	}
	list := ui.Checklist{Caption: t("lookup.what_was_checked")}
	for _, x := range out.Lines {
		item := ui.Check{State: states[x.Outcome], Text: t(x.Check), Word: t("lookup.outcome." + string(x.Outcome))}
		if x.Why != "" {
			item.Note = t(x.Why)
		}
		list.Items = append(list.Items, item)
	}
	page.Body = append(page.Body, list)
	if len(facts.Items) > 0 {
		page.Body = append(page.Body, ui.Para{Text: t("lookup.paper")})
	}
	page.Body = append(page.Body, h.fileCard(t("lookup.file_again"), nil, "", t))
	h.show(w, http.StatusOK, page)
}

func (h *Handler) fileCard(title string, err error, tone ui.Tone, t func(string, ...any) string) ui.Component {
	field := ui.Field{Kind: "file", Name: "file", Label: t("lookup.file_label"), Help: t("lookup.file_help", mostFile>>20), Required: true, Accept: ".pdf,.json,.jsonld,.jwt,.png,.txt"}
	form := ui.Form{URL: "/check/file", Upload: true, Submit: t("lookup.file_check"), Tone: tone}
	if err != nil {
		key, args := wordsOf(err)
		form.Error, field.Error = t("lookup.file_wrong"), t(key, args...)
	}
	form.Fields = []ui.Component{field}
	return ui.Card{Title: title, Tone: tone, Body: []ui.Component{form}}
}

// fileForm shows where a file is shown to us, and what was wrong with the one that was.
func (h *Handler) fileForm(w http.ResponseWriter, r *http.Request, err error) {
	status := fault.Status(err)
	if status == http.StatusInternalServerError {
		h.log.Error("check file", "err", err)
	}
	if err != nil && wantsJSON(r) {
		h.answer(w, r, certificate.Look{}, err)
		return
	}
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	head := ui.Head{Title: t("lookup.file_title"), Lead: t("lookup.file_lead")}
	if h.off != nil {
		head.Actions = []ui.Component{ui.LinkButton{Text: t("lookup.on_device"), URL: "/verify"}}
	}
	page := ui.Page{Shell: h.shell(l, r, t("lookup.file_title")), Body: []ui.Component{head, h.ways("/check/file", t), h.fileCard("", err, ui.Main, t)}}
	page.Shell.Path = "/check/file"
	h.show(w, status, page)
}
