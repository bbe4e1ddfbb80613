package verify

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kompeten/internal/fault"
	"kompeten/internal/register"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Directory is where people and businesses stand who agreed to be found. A Source that has it makes /directory work.
type Directory interface {
	People(ctx context.Context, q register.Search) ([]register.Entry, error)
	Businesses(ctx context.Context, q register.Search) ([]register.Shop, error)
	Business(ctx context.Context, id register.BusinessID, sample bool) (register.Shop, error)
	Choices(ctx context.Context, sample bool) (schemes, regencies []register.Choice, err error)
	// Base is the address of the installation.
	Base() string
}

func (h *Handler) registerDirectory(mux *http.ServeMux) {
	d, ok := h.from.(Directory)
	if !ok {
		return
	}
	mux.HandleFunc("GET /directory", h.listed(d, (*guide).businesses))
	mux.HandleFunc("GET /directory/people", h.listed(d, (*guide).people))
	mux.HandleFunc("GET /b/{id}", h.listed(d, (*guide).business))
	mux.HandleFunc("GET /b/{id}/badge.svg", h.badge(d, svgBadge))
	mux.HandleFunc("GET /b/{id}/badge", h.badge(d, htmlBadge))
}

// guide is one visit to the directory.
type guide struct {
	h    *Handler
	r    *http.Request
	from Directory
	lang text.Lang
	q    register.Search

	schemes, regencies []register.Choice
}

func (g *guide) t(key string, args ...any) string { return text.T(g.lang, key, args...) }

// listed answers with a page of the directory. Each page counts as one look-up, so that nobody copies it whole at once.
func (h *Handler) listed(from Directory, show func(*guide) (ui.Page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !h.admit(w, r, 1, 0) {
			return
		}
		v := r.URL.Query()
		g := &guide{h: h, r: r, from: from, lang: language(r), q: register.Search{Scheme: v.Get("scheme"), Regency: v.Get("regency"), After: v.Get("after"), AfterID: v.Get("id"), Sample: h.cfg.Sample}}
		page, err := g.open(show)
		status := http.StatusOK
		if err != nil {
			status = fault.Status(err)
			page = g.wrong(err)
		}
		w.Header().Set("X-Robots-Tag", "noindex")
		if err := h.ui.Render(w, status, page); err != nil {
			h.log.Error("directory page", "err", err)
		}
	}
}

func (g *guide) open(show func(*guide) (ui.Page, error)) (page ui.Page, err error) {
	if g.schemes, g.regencies, err = g.from.Choices(g.r.Context(), g.q.Sample); err != nil {
		return page, err
	}
	slices.SortFunc(g.regencies, func(a, b register.Choice) int {
		return cmp.Or(strings.Compare(a.NameID, b.NameID), strings.Compare(a.Code, b.Code))
	})
	return show(g)
}

func (g *guide) wrong(err error) ui.Page {
	key, args := "error.internal", []any(nil)
	if f := fault.Of(err); f != nil {
		key, args = f.Key, f.Args
	} else {
		g.h.log.Error("directory", "err", err)
	}
	return g.page(g.t("directory.title"), ui.Notice{Tone: ui.Warn, Text: g.t(key, args...)}, ui.LinkButton{Text: g.t("directory.title"), URL: "/directory"})
}

func (g *guide) page(title string, body ...ui.Component) ui.Page {
	return ui.Page{Shell: g.h.shell(g.lang, g.r, title), Body: body}
}

func (g *guide) title(c register.Choice) string {
	if g.lang == text.EN {
		return c.NameEN
	}
	return c.NameID
}

// head is the top of both lists: what it is, which list, and by what it is narrowed.
func (g *guide) head(path string) []ui.Component {
	both := url.Values{}
	for name, v := range map[string]string{"scheme": g.q.Scheme, "regency": g.q.Regency} {
		if v != "" {
			both.Set(name, v)
		}
	}
	tail := ""
	if len(both) > 0 {
		tail = "?" + both.Encode()
	}
	schemes, regencies := []ui.Option{{Text: g.t("directory.any_scheme")}}, []ui.Option{{Text: g.t("directory.any_regency")}}
	for _, c := range g.schemes {
		schemes = append(schemes, ui.Option{Value: c.Code, Text: g.title(c)})
	}
	for _, c := range g.regencies {
		regencies = append(regencies, ui.Option{Value: c.Code, Text: c.NameID})
	}
	return []ui.Component{ui.Head{Title: g.t("directory.title"), Lead: g.t("directory.lead")},
		ui.Tabs{Items: []ui.Link{{Text: g.t("directory.businesses"), URL: "/directory" + tail, Current: path == "/directory"}, {Text: g.t("directory.people"), URL: "/directory/people" + tail, Current: path != "/directory"}}},
		ui.Form{URL: path, Get: true, Inline: true, Submit: g.t("directory.search"), Fields: []ui.Component{
			ui.Field{Kind: "select", Name: "scheme", Label: g.t("figures.column.scheme"), Value: g.q.Scheme, Options: schemes, Required: true},
			ui.Field{Kind: "select", Name: "regency", Label: g.t("figures.column.regency"), Value: g.q.Regency, Options: regencies, Required: true}}}}
}

// turn notes in a table how it goes on after a row, and the way back to its beginning.
func (g *guide) turn(t *ui.Table, fold, id string) {
	q := g.r.URL.Query()
	q.Set("after", fold)
	q.Set("id", id)
	t.Next = g.r.URL.Path + "?" + q.Encode()
}

func (g *guide) first(t *ui.Table) {
	if q := g.r.URL.Query(); q.Has("after") {
		q.Del("after")
		q.Del("id")
		t.First = g.r.URL.Path + "?" + q.Encode()
	}
}

func (g *guide) businesses() (ui.Page, error) {
	list, err := g.from.Businesses(g.r.Context(), g.q)
	if err != nil {
		return ui.Page{}, err
	}
	t := ui.Table{Caption: g.t("directory.businesses"), Columns: []ui.Column{{Text: g.t("directory.business")}, {Text: g.t("figures.column.regency")}, {Text: g.t("directory.certified"), Num: true}},
		Empty: ui.Empty{Title: g.t("directory.no_businesses"), Text: g.t("directory.none_text")}}
	g.first(&t)
	for i, b := range list {
		if i == register.PageSize {
			g.turn(&t, list[i-1].Fold, string(list[i-1].ID))
			break
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: b.Name, URL: "/b/" + string(b.ID)}, {Text: b.Place}, {Text: text.Number(g.lang, int64(b.People))}}})
	}
	return g.page(g.t("directory.title"), append(g.head("/directory"), t, g.how())...), nil
}

// people shows who agreed to be found, of one scheme or one region at least: not everybody at once.
func (g *guide) people() (ui.Page, error) {
	body := g.head("/directory/people")
	if g.q.Scheme == "" && g.q.Regency == "" {
		return g.page(g.t("directory.title"), append(body, ui.Notice{Tone: ui.Info, Text: g.t("directory.choose")}, g.how())...), nil
	}
	list, err := g.from.People(g.r.Context(), g.q)
	if err != nil {
		return ui.Page{}, err
	}
	return g.page(g.t("directory.title"), append(body, g.entries(g.t("directory.people"), list, true), g.how())...), nil
}

// entries is a table of people, each with the way to the check of her certificate.
func (g *guide) entries(caption string, list []register.Entry, business bool) ui.Component {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: g.t("form.name")}, {Text: g.t("figures.column.scheme")}, {Text: g.t("directory.where")}, {Text: g.t("verify.valid_until")}, {Text: g.t("list.status")}, {Text: g.t("directory.certificate")}},
		Empty: ui.Empty{Title: g.t("directory.no_people"), Text: g.t("directory.none_text")}}
	g.first(&t)
	places := map[string]string{}
	for _, c := range g.regencies {
		places[c.Code] = c.NameID
	}
	for i, e := range list {
		if i == register.PageSize {
			g.turn(&t, list[i-1].Fold, list[i-1].ID)
			break
		}
		title := e.TitleID
		if g.lang == text.EN {
			title = e.TitleEN
		}
		where := ui.Cell{Text: places[e.Regency]}
		if business && e.Business != "" {
			where = ui.Cell{Text: e.BusinessName, Sub: places[e.Regency], URL: "/b/" + string(e.Business)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Name}, {Text: title}, where,
			{Text: text.Date(g.lang, e.ValidUntil)}, {Chip: &ui.Chip{Text: g.t("figures.status.valid"), Tone: ui.Good}}, {Text: g.t("directory.check"), URL: "/v/" + e.Code}}})
	}
	return t
}

// business is the page of one business with its certified people, as they are at this moment, and its badge.
func (g *guide) business() (ui.Page, error) {
	b, err := g.from.Business(g.r.Context(), register.BusinessID(g.r.PathValue("id")), g.q.Sample)
	if err != nil {
		return ui.Page{}, err
	}
	g.q.Business, g.q.Regency = b.ID, ""
	list, err := g.from.People(g.r.Context(), g.q)
	if err != nil {
		return ui.Page{}, err
	}
	base := g.from.Base() + "/b/" + string(b.ID)
	name := html.EscapeString(b.Name)
	badge := ui.Details{Summary: g.t("directory.badge"), Body: []ui.Component{ui.Para{Text: g.t("directory.badge_lead")},
		ui.Plate{Label: g.t("directory.badge_picture"), Text: `<a href="` + base + `"><img src="` + base + `/badge.svg" width="320" height="96" alt="` + name + `"></a>`},
		ui.Plate{Label: g.t("directory.badge_frame"), Text: `<iframe src="` + base + `/badge" width="340" height="120" title="` + name + `"></iframe>`},
		ui.LinkButton{Text: g.t("directory.badge_look"), URL: "/b/" + string(b.ID) + "/badge.svg"}}}
	return g.page(b.Name, ui.Head{Over: b.Place, Title: b.Name, Lead: g.t("directory.business_lead", b.People)}, g.entries(g.t("directory.people"), list, false), badge, g.how()), nil
}

// how says what the directory is and what it is not.
func (g *guide) how() ui.Component {
	return ui.Details{Summary: g.t("directory.how"), Body: []ui.Component{ui.Para{Text: g.t("directory.how_people")}, ui.Para{Text: g.t("directory.how_businesses")}, ui.Para{Text: g.t("directory.how_not")}}}
}

// alsoHere are the ways from the check to what the register tells of all certificates.
func (h *Handler) alsoHere(t func(string, ...any) string) []ui.Component {
	if _, ok := h.from.(Directory); !ok {
		return nil
	}
	return []ui.Component{ui.LinkButton{Text: t("figures.link"), URL: "/figures", Tone: ui.Quiet}, ui.LinkButton{Text: t("directory.link"), URL: "/directory", Tone: ui.Quiet}}
}
