package verify

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/fault"
	"kompeten/internal/register"
	"kompeten/internal/text"
)

// openField is one field of the open data: where it comes from and in which unit it is.
type openField struct{ name, source, unit string }

// openFields is the dictionary of the open data; its words stand in the catalogue.
func openFields() []openField {
	return []openField{{"as_of", "clock", "date"}, {"scheme", "scheme", "code"}, {"level", "scheme", "level"}, {"sector", "scheme", "code"}, {"title_id", "scheme", "text"}, {"title_en", "scheme", "text"},
		{"province", "person", "region"}, {"regency", "person", "region"}, {"name", "region", "text"}, {"sex", "person", "sex"}, {"month", "certificate", "month"}, {"status", "certificate", "status"},
		{"certificates", "certificate", "count"}, {"suppressed", "rule", "truth"}}
}

// putRow takes one row: its number, or that it is hidden, and the values of the table's own fields.
type putRow func(n int64, hidden bool, values []string) error

// openTable is one file of the open data. Its own fields stand between as_of and certificates, suppressed.
type openTable struct {
	name   string
	fields []string
	rows   func(*register.Tables, putRow) error
}

// openTables lists the files.
func openTables() []openTable {
	place := func(t *register.Tables, c string) []string { return []string{openCode(c), t.Places[c]} }
	return []openTable{
		{"status", []string{"status"}, func(t *register.Tables, p putRow) error { return axisRows(t.Status, p, itself) }},
		{"scheme", []string{"scheme", "level", "sector", "title_id", "title_en"}, func(t *register.Tables, p putRow) error {
			return axisRows(t.Scheme, p, func(c string) []string {
				k := t.Kinds[c]
				return append(schemeOf(t, c), k.Sector, k.TitleID, k.TitleEN)
			})
		}},
		{"level", []string{"level"}, func(t *register.Tables, p putRow) error {
			return axisRows(t.Level(), p, func(c string) []string { return []string{openLevel(c)} })
		}},
		{"sector", []string{"sector"}, func(t *register.Tables, p putRow) error { return axisRows(t.Sector(), p, itself) }},
		{"province", []string{"province", "name"}, func(t *register.Tables, p putRow) error {
			return axisRows(t.Province(), p, func(c string) []string { return place(t, c) })
		}},
		{"regency", []string{"regency", "name"}, func(t *register.Tables, p putRow) error {
			return axisRows(t.Regency, p, func(c string) []string { return place(t, c) })
		}},
		{"sex", []string{"sex"}, func(t *register.Tables, p putRow) error { return axisRows(t.Sex, p, sexOf) }},
		{"month", []string{"month"}, func(t *register.Tables, p putRow) error { return axisRows(t.Month, p, itself) }},
		{"scheme_regency", []string{"scheme", "level", "regency"}, func(t *register.Tables, p putRow) error {
			return crossRows(t.SchemeRegency, p, func(c string) []string { return schemeOf(t, c) }, itself)
		}},
		{"scheme_month", []string{"scheme", "level", "month"}, func(t *register.Tables, p putRow) error {
			return crossRows(t.SchemeMonth, p, func(c string) []string { return schemeOf(t, c) }, itself)
		}},
		{"regency_sex", []string{"regency", "sex"}, func(t *register.Tables, p putRow) error { return crossRows(t.RegencySex, p, itself, sexOf) }},
		{"regency_status", []string{"regency", "status"}, func(t *register.Tables, p putRow) error { return crossRows(t.RegencyStatus, p, itself, itself) }},
	}
}

// openCode is a category as open data write it: what nobody told has a word.
func openCode(c string) string {
	if c == "" {
		return "unknown"
	}
	return c
}

func itself(c string) []string { return []string{openCode(c)} }

func sexOf(c string) []string {
	switch c {
	case "L":
		return []string{"male"}
	case "P":
		return []string{"female"}
	}
	return itself(c)
}

func openLevel(c string) string {
	if c == "0" {
		return "none"
	}
	return c
}

// schemeOf is the number and the level of a scheme.
func schemeOf(t *register.Tables, c string) []string {
	k, ok := t.Kinds[c]
	if !ok {
		return []string{c, ""}
	}
	return []string{k.Number, openLevel(strconv.Itoa(k.Level))}
}

// axisRows are the rows of one axis, what is not shown in the last.
func axisRows(a register.Axis, p putRow, of func(string) []string) error {
	for _, l := range a.InOrder() {
		if err := p(l.N, false, of(l.Code)); err != nil {
			return err
		}
	}
	if a.Others == 0 {
		return nil
	}
	return p(a.Others, false, of(register.Others))
}

// crossRows are the cells of a crossed table that are hidden or not zero.
func crossRows(x *register.Cross, p putRow, row, column func(string) []string) error {
	for i, r := range x.Rows {
		for j, c := range x.Columns {
			n, hidden := x.At(i, j)
			if n == 0 && !hidden {
				continue
			}
			if err := p(n, hidden, slices.Concat(row(r), column(c))); err != nil {
				return err
			}
		}
	}
	return nil
}

// openData answers with a file of the open data or with their dictionary.
func (h *Handler) openData(w http.ResponseWriter, r *http.Request, from Counter) {
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	write := map[string]func(io.Writer, *openTable, *register.Tables) error{"csv": asCSV, "json": asJSON}[kind]
	i := slices.IndexFunc(openTables(), func(t openTable) bool { return t.name == name })
	if write == nil || i < 0 && name != "dictionary" {
		h.refuse(w, fault.New(fault.NotFound, "error.no_page"))
		return
	}
	if !h.admit(w, r, 1, 0) { // a large file is work; one counts as one look-up
		return
	}
	head := w.Header()
	head.Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json"}[kind])
	head.Set("Content-Disposition", `attachment; filename="`+name+"."+kind+`"`)
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cache-Control", "public, max-age=600")
	out := bufio.NewWriterSize(w, 64<<10)
	if i < 0 {
		h.sent(writeDictionary(out, kind), out)
		return
	}
	t, err := from.Tables(r.Context(), h.cfg.Sample)
	if err != nil {
		h.refuse(w, err)
		return
	}
	h.sent(write(out, &openTables()[i], t), out)
}

// sent ends an answer; that the reader went away is nothing to tell.
func (h *Handler) sent(err error, out *bufio.Writer) {
	if err = errors.Join(err, out.Flush()); err != nil {
		h.log.Debug("open data", "err", err)
	}
}

func asCSV(w io.Writer, x *openTable, t *register.Tables) error {
	out := csv.NewWriter(w)
	if err := out.Write(slices.Concat([]string{"as_of"}, x.fields, []string{"certificates", "suppressed"})); err != nil {
		return err
	}
	err := x.all(t, func(n int64, hidden bool, values []string) error {
		number := strconv.FormatInt(n, 10)
		if hidden {
			number = ""
		}
		return out.Write(slices.Concat([]string{string(t.AsOf)}, values, []string{number, strconv.FormatBool(hidden)}))
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// all gives the rows; none where so few certificates are there that nothing is told.
func (x *openTable) all(t *register.Tables, p putRow) error {
	if t.Few {
		return nil
	}
	return x.rows(t, p)
}

func asJSON(w io.Writer, x *openTable, t *register.Tables) error {
	head, err := json.Marshal(map[string]any{"table": x.name, "title": inBoth("figures.table." + x.name), "as_of": t.AsOf, "counted_at": t.At.Format(time.RFC3339),
		"least": register.Least, "dictionary": "/figures/dictionary.json"})
	if err != nil {
		return err
	}
	if _, err := w.Write(append(head[:len(head)-1], `,"rows":[`...)); err != nil {
		return err
	}
	first := true
	err = x.all(t, func(n int64, hidden bool, values []string) error {
		row := make(map[string]any, len(values)+2)
		for i, v := range values {
			row[x.fields[i]] = v
		}
		row["certificates"], row["suppressed"] = any(n), hidden
		if hidden {
			row["certificates"] = nil
		}
		b, err := json.Marshal(row)
		if err != nil {
			return err
		}
		if !first {
			b = append([]byte(",\n"), b...)
		}
		first = false
		_, err = w.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

func inBoth(key string) map[string]string {
	return map[string]string{"id": text.T(text.ID, key), "en": text.T(text.EN, key)}
}

// writeDictionary writes what every field means, and in JSON which table has which.
func writeDictionary(w io.Writer, kind string) error {
	if kind == "csv" {
		out := csv.NewWriter(w)
		rows := [][]string{{"field", "meaning_id", "meaning_en", "source_id", "source_en", "unit_id", "unit_en"}}
		for _, f := range openFields() {
			row := []string{f.name}
			for _, key := range f.keys() {
				row = append(row, text.T(text.ID, key), text.T(text.EN, key))
			}
			rows = append(rows, row)
		}
		return out.WriteAll(rows)
	}
	type entry struct {
		Name    string            `json:"name"`
		Meaning map[string]string `json:"meaning"`
		Source  map[string]string `json:"source"`
		Unit    map[string]string `json:"unit"`
	}
	type file struct {
		Name   string            `json:"name"`
		Title  map[string]string `json:"title"`
		Fields []string          `json:"fields"`
	}
	var out struct {
		Fields []entry             `json:"fields"`
		Tables []file              `json:"tables"`
		Rules  []map[string]string `json:"rules"`
	}
	for _, f := range openFields() {
		k := f.keys()
		out.Fields = append(out.Fields, entry{f.name, inBoth(k[0]), inBoth(k[1]), inBoth(k[2])})
	}
	for _, t := range openTables() {
		out.Tables = append(out.Tables, file{t.name, inBoth("figures.table." + t.name), slices.Concat([]string{"as_of"}, t.fields, []string{"certificates", "suppressed"})})
	}
	for _, rule := range figureRules {
		out.Rules = append(out.Rules, inBoth("figures.rule."+rule))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(out)
}

func (f openField) keys() [3]string {
	return [3]string{"figures.meaning." + f.name, "figures.source." + f.source, "figures.unit." + f.unit}
}

// figureRules are how the figures are counted, in the order they are told.
var figureRules = []string{"counted", "valid", "hidden", "crossed", "holder", "live", "not"}
