package verify

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Pages is a Source that has the pages which credentials name: of a version of a scheme, and of a test place.
type Pages interface {
	// Scheme is a version that was published, with its units; fault not_found for a draft.
	Scheme(ctx context.Context, version string) (scheme.Version, []standard.Unit, error)
	Place(ctx context.Context, tuk string) (Place, error)
}

// Place is a test place as anyone may know it.
type Place struct {
	licence.TUK
	LSP, Host, Regency string // names; Host is empty where the LSP itself is the host
	Today              date.Date
	Sample             bool
	Verified           []Verified
}

// Verified says for what and until when a place was found fit. By whom is the body's own business.
type Verified struct {
	Title       string
	Version     scheme.VersionID // the newest published of the scheme; empty where there is none
	From, Until date.Date
}

func (h *Handler) registerPages(mux *http.ServeMux) {
	from, ok := h.from.(Pages)
	if !ok {
		return
	}
	mux.HandleFunc("GET /s/{version}", func(w http.ResponseWriter, r *http.Request) {
		v, units, err := from.Scheme(r.Context(), part(r, "version"))
		if err != nil {
			h.noPage(w, r, err)
			return
		}
		if wantsJSON(r) {
			h.send(w, schemeFacts(v, units))
			return
		}
		h.render(w, http.StatusOK, h.schemePage(r, v, units))
	})
	mux.HandleFunc("GET /tuk/{id}", func(w http.ResponseWriter, r *http.Request) {
		p, err := from.Place(r.Context(), part(r, "id"))
		if err != nil {
			h.noPage(w, r, err)
			return
		}
		h.render(w, http.StatusOK, h.placePage(r, p))
	})
}

// noPage says that there is no such page.
func (h *Handler) noPage(w http.ResponseWriter, r *http.Request, err error) {
	if fault.Of(err) == nil {
		h.log.Error("public page", "err", err)
	}
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "lookup.no_page")
	}
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(fault.Status(err))
		_, _ = w.Write(problem(err))
		return
	}
	l := language(r)
	key, args := wordsOf(err)
	page := ui.Page{Shell: h.shell(l, r, text.T(l, "verify.unknown")), Body: []ui.Component{ui.Empty{Title: text.T(l, "verify.unknown"), Text: text.T(l, key, args...), Action: &ui.LinkButton{Text: text.T(l, "verify.title"), URL: "/check"}}}}
	h.show(w, fault.Status(err), page)
}

// unitFacts is a unit as programs read it. Framework is the standard that it is of; empty for one of no decree.
type unitFacts struct {
	ID        string `json:"id"` // the fragment under which credentials name it
	Code      string `json:"code"`
	TitleID   string `json:"title_id"`
	TitleEN   string `json:"title_en"`
	Framework string `json:"framework,omitempty"`
	Sample    bool   `json:"placeholder,omitempty"`
}

// framework is the standard that a unit is of, as credentials name it. A unit that stands in for one not known yet is of
// none.
func framework(u standard.Unit) string {
	if u.Placeholder() || u.Decree == "" {
		return ""
	}
	return "SKKNI " + u.Decree
}

func schemeFacts(v scheme.Version, units []standard.Unit) any {
	list := []unitFacts{}
	for i, u := range units {
		list = append(list, unitFacts{"unit-" + strconv.Itoa(i+1), string(u.Code), u.TitleID, u.TitleEN, framework(u), u.Placeholder()})
	}
	return struct {
		ID             scheme.VersionID `json:"id"`
		Number         string           `json:"number,omitempty"`
		No             int              `json:"version"`
		State          string           `json:"state"`
		Kind           string           `json:"kind"`
		TitleID        string           `json:"title_id"`
		TitleEN        string           `json:"title_en"`
		Level          int              `json:"level,omitempty"`
		ValidityMonths int              `json:"validity_months"`
		Sample         bool             `json:"sample,omitempty"`
		Units          []unitFacts      `json:"units"`
	}{v.ID, v.Number, v.No, string(v.State), v.Kind, v.TitleID, v.TitleEN, v.Level, v.ValidityMonths, v.Sample, list}
}

// schemePage says what a certificate of this version certifies. Its anchors are those that credentials name.
func (h *Handler) schemePage(r *http.Request, v scheme.Version, units []standard.Unit) ui.Page {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	title, also := v.TitleID, v.TitleEN
	if l == text.EN {
		title, also = v.TitleEN, v.TitleID
	}
	page := ui.Page{Shell: h.shell(l, r, title)}
	page.Shell.Sample = page.Shell.Sample || v.Sample
	chips := []ui.Chip{{Text: t("scheme.version", v.No)}}
	if v.State == scheme.Retired {
		chips = append(chips, ui.Chip{Text: t("state.scheme.retired"), Tone: ui.Warn})
	}
	page.Body = []ui.Component{ui.Head{Over: t("lookup.scheme_over", t("scheme.kind."+v.Kind)), Title: title, Lead: also, Chips: chips}}
	if v.Sample {
		page.Body = append(page.Body, ui.Notice{Tone: ui.Warn, Text: t("scheme.sample")})
	}
	facts := ui.Facts{Items: []ui.Fact{{Term: t("scheme.number"), Text: v.Number}, {Term: t("scheme.validity"), Text: text.Years(l, v.ValidityMonths)}, {Term: t("scheme.units"), Text: text.Number(l, int64(len(units)))}}}
	page.Body = append(page.Body, ui.Card{Body: []ui.Component{facts}})
	if level, known := standard.LevelOf(v.Level); known {
		page.Body = append(page.Body, ui.Section{ID: "kkni", Title: t("scheme.level") + " " + strconv.Itoa(v.Level), Body: []ui.Component{ui.Para{Text: levelWords(level, l)}}})
	}
	page.Body = append(page.Body, ui.Section{ID: "criteria", Title: t("lookup.criteria"), Lead: t("certificate.criteria"), Body: []ui.Component{needs(v, t)}})
	list := ui.Section{Title: t("scheme.units"), Lead: t("lookup.units_lead")}
	if v.MinElectives > 0 {
		list.Lead = t("lookup.units_electives", v.MinElectives)
	}
	for i, u := range units {
		elective := i < len(v.Units) && v.Units[i].Kind == "elective"
		list.Body = append(list.Body, ui.Section{ID: "unit-" + strconv.Itoa(i+1), Body: []ui.Component{unitCard(u, i+1, elective, l)}})
	}
	page.Body = append(page.Body, list)
	return page
}

func levelWords(level standard.Level, l text.Lang) string {
	if l == text.EN {
		return level.DescriptorEN
	}
	return level.DescriptorID
}

// needs is what an applicant must be and bring.
func needs(v scheme.Version, t func(string, ...any) string) ui.Component {
	var out ui.Facts
	for _, r := range v.Requirements {
		words := r.Text
		if len(r.AnyOf) > 0 {
			words = strings.TrimSpace(words + " " + strings.Join(r.AnyOf, " / "))
		}
		out.Items = append(out.Items, ui.Fact{Term: t("scheme.need." + r.Kind), Text: words})
	}
	return ui.Details{Summary: t("application.requirements"), Body: []ui.Component{out}}
}

func unitCard(u standard.Unit, no int, elective bool, l text.Lang) ui.Component {
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	title := u.TitleID
	if l == text.EN {
		title = u.TitleEN
	}
	code := string(u.Code)
	if u.Placeholder() {
		code = t("scheme.placeholder", code)
	}
	named := ui.Fact{Term: t("lookup.unit_code"), Text: code}
	if elective {
		named.Chip = &ui.Chip{Text: t("lookup.elective")}
	}
	facts := ui.Facts{Items: []ui.Fact{named}}
	if of := framework(u); of != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.unit_of"), Text: of})
	} else {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.unit_of"), Chip: &ui.Chip{Text: t("lookup.unit_of_none"), Tone: ui.Warn}})
	}
	body := []ui.Component{facts}
	if len(u.Elements) > 0 {
		var elements []ui.Component
		for _, e := range u.Elements {
			var criteria ui.Facts
			for _, c := range e.Criteria {
				criteria.Items = append(criteria.Items, ui.Fact{Term: c.No, Text: c.Text})
			}
			elements = append(elements, ui.Section{Title: strconv.Itoa(e.No) + ". " + e.Name, Body: []ui.Component{criteria}})
		}
		body = append(body, ui.Details{Summary: t("lookup.elements", len(u.Elements)), Body: elements})
	}
	return ui.Card{Title: strconv.Itoa(no) + ". " + title, Body: body}
}

// placePage says where a test was held.
func (h *Handler) placePage(r *http.Request, p Place) ui.Page {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	page := ui.Page{Shell: h.shell(l, r, p.Name)}
	page.Shell.Sample = page.Shell.Sample || p.Sample
	facts := ui.Facts{Items: []ui.Fact{{Term: t("lookup.place_of"), Text: p.LSP}, {Term: t("form.address"), Text: p.Address}, {Term: t("organisation.regency"), Text: p.Regency}, {Term: t("form.capacity"), Text: text.Number(l, int64(p.Capacity))}}}
	if p.Host != "" {
		facts.Items = append(facts.Items, ui.Fact{Term: t("lookup.place_host"), Text: p.Host})
	}
	table := ui.Table{Caption: t("place.verifications"), Columns: []ui.Column{{Text: t("lookup.scheme")}, {Text: t("lookup.days")}, {Text: t("lookup.status")}}, Empty: ui.Empty{Title: t("place.never")}}
	for _, v := range p.Verified {
		chip := ui.Chip{Text: t("place.was", v.Until), Tone: ui.Plain}
		if v.From <= p.Today && p.Today <= v.Until {
			chip = ui.Chip{Text: t("place.until", v.Until), Tone: ui.Good}
		} else if p.Today < v.From {
			chip = ui.Chip{Text: t("lookup.since", v.From), Tone: ui.Info}
		}
		cell := ui.Cell{Text: v.Title}
		if v.Version != "" {
			cell.URL = "/s/" + string(v.Version)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{cell, {Text: span(l, v.From, v.Until)}, {Chip: &chip}}})
	}
	page.Body = []ui.Component{ui.Head{Over: t("tuk." + p.Kind), Title: p.Name, Lead: t("lookup.place_lead")}, ui.Card{Body: []ui.Component{facts}}, table}
	return page
}
