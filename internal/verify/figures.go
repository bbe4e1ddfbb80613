package verify

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kompeten/internal/date"
	"kompeten/internal/register"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Counter is where the figures come from. A Source that has it makes /figures work.
type Counter interface {
	// Figures are the public figures as they are now.
	Figures(ctx context.Context, sample bool) (register.Figures, error)
	// Tables are the figures with the tables of two axes, at most minutes old.
	Tables(ctx context.Context, sample bool) (*register.Tables, error)
}

func (h *Handler) registerFigures(mux *http.ServeMux) {
	c, ok := h.from.(Counter)
	if !ok {
		return
	}
	mux.HandleFunc("GET /figures", func(w http.ResponseWriter, r *http.Request) { h.figures(w, r, c) })
	mux.HandleFunc("GET /figures/{file}", func(w http.ResponseWriter, r *http.Request) { h.openData(w, r, c) })
}

// board is the page of figures in one language.
type board struct {
	register.Figures
	lang text.Lang
}

func (b board) t(key string, args ...any) string { return text.T(b.lang, key, args...) }

func (b board) number(n int64) string { return text.Number(b.lang, n) }

func (h *Handler) figures(w http.ResponseWriter, r *http.Request, from Counter) {
	f, err := from.Figures(r.Context(), h.cfg.Sample)
	if err != nil {
		h.refuse(w, err)
		return
	}
	b := board{f, language(r)}
	page := ui.Page{Shell: h.shell(b.lang, r, b.t("figures.title")), Body: []ui.Component{
		ui.Head{Title: b.t("figures.title"), Lead: b.t("figures.lead")}}}
	if b.Few {
		page.Body = append(page.Body, ui.Notice{Tone: ui.Info, Title: b.t("figures.few"), Text: b.t("figures.few_text", register.Least)})
	} else {
		page.Body = append(page.Body, b.totals(), b.lists(), b.largest())
	}
	how := ui.Details{Summary: b.t("figures.rules")}
	for _, rule := range figureRules {
		how.Body = append(how.Body, ui.Para{Text: b.t("figures.rule." + rule)})
	}
	page.Body = append(page.Body, b.downloads(), b.dictionary(), how)
	if err := h.ui.Render(w, http.StatusOK, page); err != nil {
		h.log.Error("figures page", "err", err)
	}
}

// totals are the large numbers. A status that is not shown because another would follow from it is a dash.
func (b board) totals() ui.Component {
	items := []ui.Figure{{Value: b.number(b.Total), Label: b.t("figures.issued")}}
	for _, s := range register.Statuses() {
		fig := ui.Figure{Label: b.t("figures.status." + s), Value: "–", Sub: b.t("figures.not_told")}
		n, told := b.Status.Shown[s]
		if told || b.Status.Others == 0 {
			fig.Value, fig.Sub = b.number(n), ""
		}
		items = append(items, fig)
	}
	return ui.Figures{Items: items, AsOf: b.t("figures.as_of", text.DateTime(b.lang, b.At, date.WIB), b.AsOf)}
}

// mostBars is how many lines a list of the page has, enough for every province.
const mostBars = 40

// bars is a list of one axis; what is left over stands in the last line.
func (b board) bars(key string, lines []register.Line, others int64, name func(string) string) ui.Component {
	out := ui.Bars{Caption: b.t("figures.by." + key), Label: b.t("figures.column." + key), Series: []string{b.t("figures.certificates")}, Empty: b.t("figures.none")}
	largest := 0
	for _, l := range lines {
		largest = max(largest, int(l.N))
	}
	for _, l := range lines[:min(len(lines), mostBars)] {
		out.Rows = append(out.Rows, ui.Bar{Label: name(l.Code), Values: []int{int(l.N)}, Most: largest})
	}
	rest := others
	for _, l := range lines[min(len(lines), mostBars):] {
		rest += l.N
	}
	if rest > 0 {
		out.Rows = append(out.Rows, ui.Bar{Label: b.t("figures.rest." + key), Values: []int{int(rest)}}) // no bar: it would dwarf the others
	}
	if len(lines) == 0 && others > 0 {
		out.Rows, out.Empty = nil, b.t("figures.too_small", out.Caption)
	}
	return out
}

func (b board) place(code string) string {
	if code == "" {
		return b.t("figures.unknown")
	}
	if name := b.Places[code]; name != "" {
		return name
	}
	return code
}

func (b board) sex(code string) string { return b.t("figures.sex." + sexOf(code)[0]) }

func (b board) level(code string) string {
	if code == "0" {
		return b.t("figures.no_level")
	}
	return "KKNI " + code
}

func (b board) sector(code string) string {
	areas := map[string]bool{}
	for _, k := range b.Kinds {
		if k.Sector == code && b.lang == text.EN {
			areas[k.AreaEN] = true
		} else if k.Sector == code {
			areas[k.AreaID] = true
		}
	}
	names := slices.Sorted(maps.Keys(areas))
	if len(names) > 3 {
		names = append(names[:3], "…")
	}
	return strings.Join(slices.Concat([]string{code}, names), " · ")
}

func (b board) month(code string) string {
	year, month, _ := strings.Cut(code, "-")
	return b.t("figures.month."+month) + " " + year
}

func (b board) scheme(code string) string {
	k := b.Kinds[code]
	title := k.TitleID
	if b.lang == text.EN {
		title = k.TitleEN
	}
	if k.Level > 0 {
		title += " · KKNI " + strconv.Itoa(k.Level)
	}
	return title
}

// lists are the short lists side by side.
func (b board) lists() ui.Component {
	level, sector, province := b.Level(), b.Sector(), b.Province()
	months := b.Month.InOrder()
	recent := months[max(0, len(months)-12):]
	earlier := b.Month.Others
	for _, l := range months[:len(months)-len(recent)] {
		earlier += l.N
	}
	return ui.Grid{Items: []ui.Component{
		b.bars("province", province.Largest(), province.Others, b.place),
		b.bars("sector", sector.Largest(), sector.Others, b.sector),
		b.bars("level", level.InOrder(), level.Others, b.level),
		b.bars("sex", b.Sex.Largest(), b.Sex.Others, b.sex),
		b.bars("month", recent, earlier, b.month)}}
}

// largest are the schemes and the regencies with the most certificates; the files have them all.
func (b board) largest() ui.Component {
	return ui.Grid{Items: []ui.Component{
		b.bars("scheme", b.Scheme.Largest(), b.Scheme.Others, b.scheme),
		b.bars("regency", b.Regency.Largest(), b.Regency.Others, b.place)}}
}

func (b board) downloads() ui.Component {
	t := ui.Table{Caption: b.t("figures.files"), Columns: []ui.Column{{Text: b.t("figures.table")}, {Text: "CSV"}, {Text: "JSON"}}}
	for _, x := range openTables() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: b.t("figures.table." + x.name), Sub: x.name}, {Text: x.name + ".csv", URL: "/figures/" + x.name + ".csv"}, {Text: x.name + ".json", URL: "/figures/" + x.name + ".json"}}})
	}
	return ui.Section{Title: b.t("figures.open"), Lead: b.t("figures.open_lead"), Body: []ui.Component{t}}
}

// dictionary says of every field what it means, where it comes from and in which unit it is.
func (b board) dictionary() ui.Component {
	t := ui.Table{Caption: b.t("figures.dictionary"), Columns: []ui.Column{{Text: b.t("figures.field")}, {Text: b.t("figures.meaning")}, {Text: b.t("figures.source")}, {Text: b.t("figures.unit")}}}
	for _, f := range openFields() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.name}, {Text: b.t("figures.meaning." + f.name)}, {Text: b.t("figures.source." + f.source)}, {Text: b.t("figures.unit." + f.unit)}}})
	}
	return ui.Details{Summary: b.t("figures.dictionary"), Body: []ui.Component{t,
		ui.Actions{Items: []ui.Component{ui.LinkButton{Text: "dictionary.csv", URL: "/figures/dictionary.csv"}, ui.LinkButton{Text: "dictionary.json", URL: "/figures/dictionary.json"}}}}}
}
