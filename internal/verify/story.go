package verify

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Teller is a Source that also tells what became of a certificate, and proves that it stands in the log.
type Teller interface {
	Story(ctx context.Context, code string) (certificate.Story, error)
	// LogProof is the .tlog-proof of a leaf; fault not_found while it waits for its place.
	LogProof(ctx context.Context, ref string) ([]byte, error)
}

func (h *Handler) registerStory(mux *http.ServeMux) {
	if _, ok := h.from.(Teller); ok {
		mux.HandleFunc("GET /v/{code}/proof", h.proof)
	}
}

// proof gives the proof that the certificate's issue stands in the transparency log.
func (h *Handler) proof(w http.ResponseWriter, r *http.Request) {
	if !h.admit(w, r, 1, 0) {
		return
	}
	from := h.from.(Teller)
	s, err := from.Story(r.Context(), codeIn(r))
	if err != nil {
		h.refused(w, r, err)
		return
	}
	doc, err := from.LogProof(r.Context(), s.LogRef)
	if fault.Is(err, fault.NotFound) {
		w.Header().Set("Retry-After", "2")
		err = fault.New(fault.Later, "lookup.proof_waits")
	}
	if err != nil {
		h.refused(w, r, err)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+s.Code+`.tlog-proof"`)
	h.publish(w, doc, "text/plain; charset=utf-8", 0, nil)
}

// past answers what a certificate was worth on a day that is over.
func (h *Handler) past(w http.ResponseWriter, r *http.Request, code string) {
	from, ok := h.from.(Teller)
	if !ok {
		h.refused(w, r, fault.New(fault.NotFound, "verify.not_found"))
		return
	}
	s, err := from.Story(r.Context(), code)
	var look certificate.Look
	if err == nil {
		look, err = h.from.ByCode(r.Context(), code)
	}
	if err != nil {
		h.refused(w, r, err)
		return
	}
	day, err := dayOf(r, s)
	if err != nil {
		h.noDay(w, r, s, err)
		return
	}
	look.Status = s.On(day)
	h.counted(look)
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(append([]byte(`{"at":"`+string(day)+`",`), h.facts(look)[1:]...))
		return
	}
	l := language(r)
	page := h.page(l, r, look, nil)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	plate := page.Body[0].(ui.Verdict)
	plate.Text = t("lookup.on_day."+look.Status, day)
	page.Body = []ui.Component{plate, ui.Actions{Items: []ui.Component{ui.LinkButton{Text: t("lookup.today"), URL: "/v/" + code, Tone: ui.Main}}}, page.Body[1],
		h.atForm(s, string(day), true, t)}
	h.show(w, http.StatusOK, page)
}

// dayOf is the day that is asked about.
func dayOf(r *http.Request, s certificate.Story) (date.Date, error) {
	day, err := date.Parse(r.URL.Query().Get("at"))
	switch {
	case err != nil:
		return "", fault.New(fault.Invalid, "lookup.at_form")
	case day > s.Today:
		return "", fault.New(fault.Invalid, "lookup.at_future", day)
	}
	return day, nil
}

// noDay says what is wrong with the day that is asked about.
func (h *Handler) noDay(w http.ResponseWriter, r *http.Request, s certificate.Story, err error) {
	if wantsJSON(r) {
		h.refused(w, r, err)
		return
	}
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	page := h.page(l, r, certificate.Look{}, err)
	page.Body = []ui.Component{page.Body[0], ui.Actions{Items: []ui.Component{ui.LinkButton{Text: t("lookup.today"), URL: "/v/" + s.Code}}}, h.atForm(s, "", true, t)}
	h.show(w, fault.Status(err), page)
}

// tell puts what became of a certificate on its page, behind its facts.
func (h *Handler) tell(ctx context.Context, page *ui.Page, code string) error {
	from, ok := h.from.(Teller)
	if !ok {
		return nil
	}
	s, err := from.Story(ctx, code)
	if err != nil {
		return err
	}
	l := page.Shell.Lang
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	history, headline := timeline(s, l)
	added := []ui.Component{ui.Section{Title: t("lookup.history"), Lead: headline, Body: []ui.Component{history}}, ui.Card{Title: t("lookup.grounds"), Body: []ui.Component{grounds(s, l)}}, h.atForm(s, "", false, t)}
	if plate, is := page.Body[0].(ui.Verdict); is && s.Today > s.ValidUntil && plate.Tone == ui.Warn {
		plate.Text = strings.TrimSpace(plate.Text + " " + t("lookup.expired_since", s.ValidUntil, s.ValidUntil.DaysTo(s.Today)))
		page.Body[0] = plate
	}
	page.Body = append(page.Body[:2:2], append(added, page.Body[2:]...)...)
	return nil
}

var moods = map[flow.Action]ui.Tone{"issue": ui.Good, "suspend": ui.Warn, "resume": ui.Good, "renew": ui.Good, "replace": ui.Bad, "revoke": ui.Bad}

// timeline is what became of a certificate: line by line, and in one sentence.
func timeline(s certificate.Story, l text.Lang) (ui.Timeline, string) {
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	var out ui.Timeline
	var said []string
	held := true
	for i, c := range s.Changes {
		when, words := text.Date(l, c.On), t("lookup.tells."+string(c.Action), c.On)
		if c.Action == "suspend" {
			switch end := ends(s.Changes[i+1:]); end {
			case "":
				when = t("lookup.since", c.On)
			case c.On:
				words = t("lookup.tells.suspended_day", c.On)
			default:
				when, words = span(l, c.On, end), t("lookup.tells.suspended", c.On, end)
			}
		}
		held = held && c.State != certificate.Revoked
		out.Items = append(out.Items, ui.Moment{When: when, Title: t("lookup.became." + string(c.Action)), Text: c.Reason, Tone: moods[c.Action]})
		said = append(said, words)
	}
	switch {
	case held && s.Today > s.ValidUntil:
		out.Items = append(out.Items, ui.Moment{When: text.Date(l, s.ValidUntil), Title: t("verify.status.expired"), Tone: ui.Warn})
		said = append(said, t("lookup.tells.expired", s.ValidUntil))
	case held:
		said = append(said, t("lookup.tells.until", s.ValidUntil))
	}
	sentence := strings.Join(said, "; ")
	return out, strings.ToUpper(sentence[:min(1, len(sentence))]) + sentence[min(1, len(sentence)):] + "."
}

// span is how days from one to another are written.
func span(l text.Lang, from, to date.Date) string {
	if from == to {
		return text.Date(l, from)
	}
	return text.T(l, "lookup.from_to", from, to)
}

// ends is when a suspension ended: with whatever changed the state next.
func ends(after []certificate.Change) date.Date {
	for _, c := range after {
		if c.State != certificate.Suspended {
			return c.On
		}
	}
	return ""
}

var licenceTones = map[string]ui.Tone{"active": ui.Good, "suspended": ui.Bad, "over": ui.Bad, "later": ui.Bad, "": ui.Warn}

// grounds is what a certificate stands on: the body's licence on the day of issue, the scheme, the place, the log.
func grounds(s certificate.Story, l text.Lang) ui.Component {
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	state := s.Licence.State
	chip := ui.Chip{Text: t("lookup.licence.unknown"), Tone: licenceTones[state]}
	if state != "" {
		chip.Text = t("lookup.licence." + state)
	}
	facts := ui.Facts{Items: []ui.Fact{{Term: t("lookup.licence_then"), Text: dash(s.Licence.Number), Chip: &chip}}}
	if s.Licence.From != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.licence_days"), Text: span(l, s.Licence.From, s.Licence.Until)})
	}
	if s.Licence.Decree != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.licence_decree"), Text: s.Licence.Decree})
	}
	facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.scheme"), Text: t("lookup.scheme_see"), URL: "/s/" + s.Scheme})
	if s.TUK != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.place"), Text: s.TUKName, URL: "/tuk/" + s.TUK})
	}
	entry := ui.Fact{Term: t("lookup.log"), Text: t("lookup.log_waits")}
	if s.LogIndex >= 0 {
		entry.Text, entry.URL = t("lookup.log_at", strconv.FormatInt(s.LogIndex, 10)), "/v/"+s.Code+"/proof"
	}
	facts.Items = append(facts.Items, entry)
	return facts
}

// atForm asks for another day.
func (h *Handler) atForm(s certificate.Story, day string, open bool, t func(string, ...any) string) ui.Component {
	return ui.Details{Summary: t("lookup.at"), Open: open, Body: []ui.Component{ui.Form{URL: "/v/" + s.Code, Get: true, Submit: t("lookup.at_see"),
		Fields: []ui.Component{ui.Field{Kind: "date", Name: "at", Label: t("lookup.at_day"), Help: t("lookup.at_help", s.IssuedOn, s.Today), Value: day, Required: true}}}}}
}
