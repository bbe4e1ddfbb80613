package verify

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Bounds of a list: so many certificates, in so many bytes. Lines of a QR code are long.
const (
	mostRows      = 50
	mostListBytes = 128 << 10
)

// Line is the answer to one line of a list. Status is that of the certificate, or not_found, or unreadable.
type Line struct {
	Asked      string    `json:"asked"`
	Status     string    `json:"status"`
	StatusID   string    `json:"status_id"`
	StatusEN   string    `json:"status_en"`
	Code       string    `json:"code,omitempty"`
	Number     string    `json:"number,omitempty"`
	Name       string    `json:"name,omitempty"` // partly masked
	SchemeID   string    `json:"scheme_id,omitempty"`
	SchemeEN   string    `json:"scheme_en,omitempty"`
	ValidUntil date.Date `json:"valid_until,omitempty"`
	Sample     bool      `json:"sample,omitempty"`
}

func (h *Handler) registerList(mux *http.ServeMux) {
	mux.HandleFunc("GET /check/list", func(w http.ResponseWriter, r *http.Request) { h.listForm(w, r, "", nil) })
	mux.HandleFunc("POST /check/list", h.list)
}

// list answers a pasted list of numbers and codes as a page, as CSV or as JSON.
func (h *Handler) list(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostListBytes)
	pasted, err := listOf(r)
	rows := rowsOf(pasted)
	switch {
	case err != nil:
	case len(rows) == 0:
		err = fault.New(fault.Invalid, "lookup.list_empty")
	case len(rows) > mostRows:
		err = fault.New(fault.Invalid, "lookup.list_long", mostRows, rows[mostRows])
	}
	if err != nil {
		h.listForm(w, r, pasted, err)
		return
	}
	asked, numbers := make([]question, len(rows)), 0
	for i, row := range rows {
		asked[i] = read(row)
		numbers += asked[i].byNumber()
	}
	if err := h.allow(w, r, len(rows), numbers); err != nil {
		h.listForm(w, r, pasted, err)
		return
	}
	out, missed := make([]Line, len(rows)), 0
	for i, q := range asked {
		look, err := h.find(r.Context(), q)
		if fault.Of(err) == nil && err != nil {
			h.listForm(w, r, pasted, err)
			return
		}
		if fault.Is(err, fault.NotFound) {
			missed++
		}
		out[i] = h.line(rows[i], look, err)
	}
	h.missed(r, min(missed, mostMissed))
	h.listAnswer(w, r, pasted, out)
}

// mostMissed is how many misses one list counts for: a list from elsewhere is no guessing.
const mostMissed = 10

// listOf is the list that was sent: the field of a form, a JSON document, or plain lines.
func listOf(r *http.Request) (string, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return "", tooLong(err)
		}
		return r.PostForm.Get("list"), nil
	case "application/json":
		var sent struct {
			List []string `json:"list"`
		}
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return "", tooLong(err)
		}
		return strings.Join(sent.List, "\n"), nil
	}
	b, err := io.ReadAll(r.Body)
	return string(b), tooLong(err)
}

// tooLong says what is wrong with a body that cannot be read.
func tooLong(err error) error {
	if err == nil {
		return nil
	}
	if strings.Contains(err.Error(), "too large") {
		return fault.New(fault.TooLarge, "lookup.list_bytes").Because(err)
	}
	return fault.New(fault.Invalid, "lookup.list_form").Because(err)
}

// rowsOf are the rows of a list; a column pasted from a spreadsheet comes with tabs and empty lines.
func rowsOf(pasted string) (rows []string) {
	for l := range strings.Lines(strings.ReplaceAll(pasted, "\r", "\n")) {
		if l = strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(l), ",;")), " "); l != "" {
			rows = append(rows, l)
		}
	}
	return rows
}

// mostAsked is how much of a line an answer repeats.
const mostAsked = 80

func (h *Handler) line(asked string, look certificate.Look, err error) Line {
	if short := []rune(asked); len(short) > mostAsked {
		asked = string(short[:mostAsked]) + "…"
	}
	l := Line{Asked: asked, Status: "not_found"}
	if fault.Is(err, fault.Invalid) {
		l.Status = "unreadable"
	}
	l.StatusID, l.StatusEN = statusWords(text.ID, l.Status), statusWords(text.EN, l.Status)
	if err != nil {
		return l
	}
	p, err := look.Public()
	if err != nil {
		h.log.Error("check", "err", err)
		return l
	}
	h.counted(look)
	l.Status, l.StatusID, l.StatusEN = look.Status, statusWords(text.ID, look.Status), statusWords(text.EN, look.Status)
	l.Code, l.Number, l.Name, l.ValidUntil, l.Sample = p.Code, p.Number, p.Name, p.ValidUntil, p.Sample
	l.SchemeID, l.SchemeEN = look.Shared.SchemeID, look.Shared.SchemeEN
	return l
}

// statusWords is how a status is said.
func statusWords(l text.Lang, status string) string {
	switch status {
	case "not_found", "unreadable", "not_issued":
		return text.T(l, "lookup.status."+status)
	}
	return text.T(l, "verify.status."+status)
}

func (h *Handler) listAnswer(w http.ResponseWriter, r *http.Request, pasted string, out []Line) {
	switch {
	case wantsJSON(r):
		h.send(w, map[string]any{"checked_at": h.cfg.Now().UTC().Truncate(time.Second), "lines": out})
	case r.URL.Query().Get("format") == "csv":
		h.listCSV(w, language(r), out)
	default:
		h.listPage(w, r, pasted, out)
	}
}

// listCSV writes the answer as a spreadsheet reads it: in UTF-8 with its mark, no cell that is a formula.
func (h *Handler) listCSV(w http.ResponseWriter, l text.Lang, out []Line) {
	t := func(key string) string { return text.T(l, key) }
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="`+t("lookup.list_file")+`.csv"`)
	head.Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "\ufeff")
	c := csv.NewWriter(w)
	c.UseCRLF = true
	rows := [][]string{{t("lookup.asked"), t("verify.number"), t("lookup.name"), t("verify.competent"), t("lookup.status"), t("verify.valid_until")}}
	for _, x := range out {
		rows = append(rows, []string{x.Asked, x.Number, x.Name, x.scheme(l), x.status(l), string(x.ValidUntil)})
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		_ = c.Write(row) // to the reader, who may have gone
	}
	c.Flush()
}

func (x Line) scheme(l text.Lang) string {
	if l == text.EN {
		return x.SchemeEN
	}
	return x.SchemeID
}

func (x Line) status(l text.Lang) string {
	if l == text.EN {
		return x.StatusEN
	}
	return x.StatusID
}

func (h *Handler) listPage(w http.ResponseWriter, r *http.Request, pasted string, out []Line) {
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	table := ui.Table{Caption: t("lookup.list_answer"), Columns: []ui.Column{{Text: t("verify.number")}, {Text: t("lookup.name")}, {Text: t("verify.competent")}, {Text: t("lookup.status")}, {Text: t("verify.valid_until")}}}
	valid := 0
	page := ui.Page{Shell: h.shell(l, r, t("lookup.list_title"))}
	for _, x := range out {
		chip := ui.Chip{Text: x.status(l), Tone: ui.Bad}
		if plate, known := plates[x.Status]; known {
			chip.Tone = plate.tone
		}
		if x.Status == "valid" {
			valid++
		}
		first := ui.Cell{Text: x.Asked}
		until := "–"
		if x.Code != "" {
			first, until = ui.Cell{Text: x.Number, URL: "/v/" + x.Code}, text.Date(l, x.ValidUntil)
			page.Shell.Sample = page.Shell.Sample || x.Sample
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{first, {Text: dash(x.Name)}, {Text: dash(x.scheme(l))}, {Chip: &chip}, {Text: until}}})
	}
	page.Shell.Path = "/check/list"
	page.Body = []ui.Component{
		ui.Head{Title: t("lookup.list_title"), Lead: t("lookup.list_summary", valid, len(out), text.DateTime(l, h.cfg.Now(), date.WIB))},
		table,
		ui.Actions{Items: []ui.Component{ui.Button{Text: t("lookup.csv"), URL: "/check/list?format=csv", Hidden: []ui.Pair{{Name: "list", Value: pasted}}}}},
		ui.Para{Text: t("verify.compare")},
		h.listCard(t("lookup.list_again"), pasted, nil, "", t),
	}
	h.show(w, http.StatusOK, page)
}

// dash stands for what is not known.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (h *Handler) listCard(title, pasted string, err error, tone ui.Tone, t func(string, ...any) string) ui.Component {
	field := ui.Field{Kind: "textarea", Name: "list", Label: t("lookup.list_label"), Help: t("lookup.list_help", mostRows), Required: true, Value: pasted, Wide: true}
	form := ui.Form{URL: "/check/list", Submit: t("lookup.list_check"), Tone: tone}
	if err != nil {
		key, args := wordsOf(err)
		form.Error, field.Error = t("lookup.list_wrong"), t(key, args...)
	}
	form.Fields = []ui.Component{field}
	return ui.Card{Title: title, Tone: tone, Body: []ui.Component{form}}
}

// listForm shows where a list is pasted, and what was wrong with the one that was.
func (h *Handler) listForm(w http.ResponseWriter, r *http.Request, pasted string, err error) {
	status := fault.Status(err)
	if status == http.StatusInternalServerError {
		h.log.Error("check list", "err", err)
	}
	if err != nil && wantsJSON(r) {
		h.answer(w, r, certificate.Look{}, err)
		return
	}
	l := language(r)
	t := func(key string, args ...any) string { return text.T(l, key, args...) }
	page := ui.Page{Shell: h.shell(l, r, t("lookup.list_title")), Body: []ui.Component{ui.Head{Title: t("lookup.list_title"), Lead: t("lookup.list_lead", mostRows)}, h.ways("/check/list", t),
		h.listCard("", pasted, err, ui.Main, t)}}
	h.show(w, status, page)
}
