package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// tones are how states feel.
var tones = map[string]ui.Tone{
	"accepted": ui.Good, "open": ui.Info, "frozen": ui.Info, "assigned": ui.Info, "done": ui.Good, "active": ui.Good, "valid": ui.Good, "granted": ui.Good,
	"issued": ui.Good, "handed_over": ui.Good, "assessed_k": ui.Good, "decreed": ui.Good, "nominated": ui.Good, "good": ui.Good, "K": ui.Good, "recommended": ui.Good, "none": ui.Good, "published": ui.Good,
	"submitted": ui.Info, "scheduled": ui.Info, "consented": ui.Info, "running": ui.Info, "closed": ui.Info, "info": ui.Info,
	"returned": ui.Warn, "postponed": ui.Warn, "deferred": ui.Warn, "absent": ui.Warn, "suspended": ui.Warn, "expired": ui.Warn, "warning": ui.Warn, "waiting": ui.Warn,
	"rejected": ui.Bad, "withdrawn": ui.Bad, "cancelled": ui.Bad, "revoked": ui.Bad, "replaced": ui.Bad, "refused": ui.Bad, "error": ui.Bad, "assessed_bk": ui.Warn, "BK": ui.Warn,
}

// chip shows a state in words.
func (x *visit) chip(kind string, state string) ui.Chip {
	return ui.Chip{Text: x.t("state." + kind + "." + state), Tone: tones[state]}
}

func (x *visit) stage(s application.Stage) ui.Chip { return x.chip("stage", string(s)) }

func ref(c ui.Chip) *ui.Chip { return &c }

// buttons makes the actions a Table offers into buttons, in its order; only those named, when any are.
func (x *visit) buttons(kind string, offers []flow.Offer, url string, only ...flow.Action) []ui.Component {
	var out []ui.Component
	for i, o := range offers {
		if !slices.Contains(only, o.Action) {
			continue
		}
		b := ui.Button{Text: x.t("action." + kind + "." + string(o.Action)), URL: url + string(o.Action)}
		if slices.Contains([]flow.Action{"cancel", "reject", "revoke", "withdraw", "suspend", "suspend_licence", "suspend_assessor", "retire"}, o.Action) {
			b.Tone = ui.Bad
		} else if i == 0 || slices.Contains([]flow.Action{"open", "accept", "assign", "close", "decree"}, o.Action) {
			b.Tone = ui.Main
		}
		for _, f := range o.Failed {
			b.Why = append(b.Why, x.t(f))
		}
		if o.Reason {
			b.Reason = x.t("ui.reason")
			if kind == "certificate" && o.Action != "survey" {
				b.Reason = x.t("certificate.public_reason")
			}
		}
		out = append(out, b)
	}
	return out
}

// flowCase is what the Tables look at when a page asks what could be done now.
func (x *visit) flowCase() flow.Case {
	now := x.DB.Now()
	return flow.Case{Actor: x.actor, Now: now, Today: date.Of(now, date.WIB)}
}

func (x *visit) today() date.Date { return date.Of(x.DB.Now(), date.WIB) }

func (x *visit) when(t time.Time) string { return text.DateTime(x.lang, t, x.zone()) }

func (x *visit) day(d date.Date) string { return text.Date(x.lang, d) }

func (x *visit) num(n int) string { return text.Number(x.lang, int64(n)) }

// history is what the ledger tells of a record.
func (x *visit) history(kind string, rows []ledger.Row) ui.Component {
	var tl ui.Timeline
	for _, r := range rows {
		m := ui.Moment{When: x.when(r.At), Title: x.t("action." + r.Kind + "." + r.Action), Text: r.Reason}
		if r.To != "" && r.To != r.From && text.Has("state."+r.Kind+"."+r.To) {
			m.Title += " → " + x.t("state."+r.Kind+"."+r.To)
		}
		tl.Items = append(tl.Items, m)
	}
	body := []ui.Component{tl}
	if len(rows) > 0 {
		body = append(body, x.past(rows[0].Record))
	}
	return ui.Details{Summary: x.t("ui.history"), Body: body}
}

// fields is a form filled in, with what was wrong after a first try.
type fields struct {
	x     *visit
	wrong map[string]string
	top   string
	now   map[string]string // what is known by now, where somebody else was faster
}

// form begins a form; err is what came back of a first try, or nil.
func (x *visit) form2(err error) *fields {
	f := &fields{x: x, wrong: map[string]string{}}
	if ft := fault.Of(err); ft != nil {
		f.top, x.status = x.t(ft.Key, ft.Args...), fault.Status(err)
		for _, w := range ft.Fields {
			f.wrong[w.Name] = x.t(w.Key, w.Args...)
		}
	}
	return f
}

// value is what was typed in a first try, else what is known.
func (f *fields) value(name, known string) string {
	if f.top != "" {
		return f.x.form(name)
	}
	return known
}

// field is one thing asked for; its label and help stand under form.<name> and form.<name>.help.
func (f *fields) field(kind, name, known string, required bool) ui.Field {
	out := ui.Field{Kind: kind, Name: name, Label: f.x.t("form." + name), Value: f.value(name, known), Required: required, Error: f.wrong[name]}
	if text.Has("form." + name + ".help") {
		out.Help = f.x.t("form." + name + ".help")
	}
	if now, is := f.now[name]; is && now != out.Value {
		out.Help = f.x.t("conflict.now", now)
	}
	return out
}

func (f *fields) choose(name, known string, options []ui.Option) ui.Field {
	out := f.field("select", name, known, true)
	out.Options = options
	return out
}

// invalid says whether an error can be mended in the form it came from.
func invalid(err error) bool { return fault.Is(err, fault.Invalid) }

func (x *visit) int(name string) int {
	n, _ := strconv.Atoi(strings.NewReplacer(".", "", ",", "", " ", "", "Rp", "").Replace(x.form(name)))
	return n
}

func (x *visit) version() int64 { return int64(x.int("version")) }

func version(v int64) ui.Pair { return ui.Pair{Name: "version", Value: strconv.FormatInt(v, 10)} }

// download answers with a file.
func (x *visit) download(name, mime string, data []byte) error {
	h := x.w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", `attachment; filename="`+strings.Map(safeName, name)+`"`)
	h.Set("Cache-Control", "no-store")
	_, err := x.w.Write(data)
	return err
}

func safeName(r rune) rune {
	if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|`, r) {
		return '-'
	}
	return r
}

// lsp is the LSP the actor works in.
func (x *visit) lsp() (auth.OrgID, error) {
	for _, d := range lspDuties {
		if orgs := x.actor.Orgs(d); len(orgs) > 0 {
			return orgs[0], nil
		}
	}
	return "", fault.New(fault.Denied, "flow.not_yours")
}
