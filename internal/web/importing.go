package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"kompeten/internal/fault"
	"kompeten/internal/standard"
	"kompeten/internal/web/ui"
)

// largest is how much a file of units or schemes may hold.
const largest = 64 << 20

// importPage asks for a file of units or schemes.
func (x *visit) importPage() error { return x.showImport(nil) }

func (x *visit) showImport(wrong error, parts ...ui.Component) error {
	f := x.form2(wrong)
	file := ui.Field{Kind: "file", Name: "file", Label: x.t("import.file"), Help: x.t("import.file_help"), Required: true, Accept: ".json,application/json", Error: f.wrong["file"]}
	form := ui.Form{URL: "/import", Upload: true, Error: f.top, Submit: x.t("import.check"), Fields: []ui.Component{f.kindField(), file}}
	body := append([]ui.Component{ui.Head{Title: x.t("manage.import"), Lead: x.t("import.lead")}}, parts...)
	return x.page(x.t("manage.import"), append(body, ui.Card{Title: x.t("import.choose"), Body: []ui.Component{form}})...)
}

func (f *fields) kindField() ui.Field {
	out := f.labelled("radio", "what", "import.what", "units", true)
	out.Options = options(f.x, "import.what.", "units", "schemes")
	if sent := f.x.form("what"); sent != "" {
		out.Value = sent
	}
	return out
}

// importFile looks at a file first: what would be added and changed, what is wrong. Nothing is kept; the form that
// confirms carries the file itself, so that what was checked is what is imported.
func (x *visit) importFile() error {
	file, _, err := x.r.FormFile("file") // reads the form too
	what := x.form("what")
	if errors.Is(err, http.ErrMissingFile) {
		return x.showImport(fault.New(fault.Invalid, "form.invalid").With("file", "form.required"))
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, largest))
	if err != nil {
		return err
	}
	rep, err := x.importData(what, data, true)
	if invalid(err) {
		return x.showImport(err)
	}
	if err != nil {
		return err
	}
	parts := append([]ui.Component{ui.Notice{Tone: ui.Info, Title: x.t("import.what."+what) + ": " + x.t("import.dry"), Text: x.t("import.dry_text")}}, x.importReport(rep)...)
	if len(rep.Added)+len(rep.Changed) > 0 {
		packed, err := pack(data)
		if err != nil {
			return err
		}
		parts = append(parts, ui.Card{Tone: ui.Main, Title: x.t("import.ready"), Body: []ui.Component{ui.Para{Text: x.t("import.ready_text", len(rep.Added), len(rep.Changed))},
			ui.Form{URL: "/import/confirm", Submit: x.t("import.do"), Hidden: []ui.Pair{{Name: "what", Value: what}, {Name: "data", Value: packed}}}}})
	}
	return x.showImport(nil, parts...)
}

func (x *visit) importData(what string, data []byte, dry bool) (standard.Report, error) {
	switch what {
	case "units":
		return x.Standards.Import(x.r.Context(), x.actor, bytes.NewReader(data), dry)
	case "schemes":
		return x.Schemes.Import(x.r.Context(), x.actor, bytes.NewReader(data), dry)
	}
	return standard.Report{}, fault.New(fault.Invalid, "form.invalid").With("what", "form.required")
}

func pack(data []byte) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return "", err
	}
	err := z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes()), err
}

func unpack(s string) ([]byte, error) {
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader([]byte(s))))
	if err != nil {
		return nil, fault.New(fault.Invalid, "standard.not_json").Because(err)
	}
	data, err := io.ReadAll(io.LimitReader(z, largest))
	if err != nil {
		return nil, fault.New(fault.Invalid, "standard.not_json").Because(err)
	}
	return data, nil
}

func (x *visit) importConfirm() error {
	data, err := unpack(x.form("data"))
	if err != nil {
		return err
	}
	rep, err := x.importData(x.form("what"), data, false)
	if err != nil {
		return err
	}
	return x.showImport(nil, append([]ui.Component{ui.Notice{Tone: ui.Good, Text: x.t("import.done", len(rep.Added), len(rep.Changed))}}, x.importReport(rep)...)...)
}

// importReport says what an import did, or would do: figures, wrong entries, warnings, and every difference.
func (x *visit) importReport(rep standard.Report) []ui.Component {
	fig := func(key string, n int, tone ui.Tone) ui.Figure {
		if n == 0 {
			tone = ui.Plain
		}
		return ui.Figure{Value: x.num(n), Label: x.t("import.figure." + key), Tone: tone}
	}
	out := []ui.Component{ui.Figures{Items: []ui.Figure{fig("added", len(rep.Added), ui.Good), fig("changed", len(rep.Changed), ui.Info), fig("same", len(rep.Same), ui.Plain), fig("errors", len(rep.Errors), ui.Bad), fig("warnings", len(rep.Warnings), ui.Warn)}}}
	if len(rep.Errors) > 0 {
		out = append(out, x.rowErrors(x.t("import.errors"), rep.Errors))
	}
	if len(rep.Warnings) > 0 {
		out = append(out, ui.Details{Summary: x.t("import.warnings") + " (" + x.num(len(rep.Warnings)) + ")", Body: []ui.Component{x.rowErrors(x.t("import.warnings"), rep.Warnings)}})
	}
	if len(rep.Changes) > 0 {
		out = append(out, x.changes(x.t("import.changes"), rep.Changes))
	}
	return out
}

func (x *visit) rowErrors(caption string, list []standard.RowError) ui.Component {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: x.t("import.entry")}, {Text: x.t("import.problem")}}}
	for _, e := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Where}, {Text: x.t(e.Key, e.Args...)}}})
	}
	return t
}
