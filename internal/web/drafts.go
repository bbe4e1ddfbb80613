package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/web/ui"
)

func versionURL(v scheme.VersionID) string { return "/schemes/" + string(v) }

// schemeVersions shows every version of a scheme, what changed from each to the next, and what can be done with it.
func (x *visit) schemeVersions() error {
	var here scheme.Version
	var list []scheme.Version
	err := x.read(func(tx *db.Tx) (err error) {
		if here, err = scheme.Get(tx, x.actor, scheme.VersionID(x.id("id"))); err != nil {
			return err
		}
		if list, err = scheme.Versions(tx, x.actor, here.Scheme); err != nil {
			return err
		}
		for i := range list { // with their units
			if list[i], err = scheme.Get(tx, x.actor, list[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	head := ui.Head{Over: x.t("scheme.kind." + here.Kind), Title: x.t("scheme.versions"), Lead: here.TitleID}
	drafting := slices.ContainsFunc(list, func(v scheme.Version) bool { return v.State == scheme.Draft })
	if !drafting && offered(scheme.Flow.Offers(x.flowCase(), scheme.Version{}), "draft") {
		head.Actions = []ui.Component{ui.Button{Text: x.t("scheme.new_draft"), URL: versionURL(list[0].ID) + "/draft", Tone: ui.Main}}
	}
	body := []ui.Component{head}
	for i, v := range list {
		facts := ui.Facts{Items: []ui.Fact{x.fact("scheme.number", v.Number), x.fact("scheme.units", x.num(len(v.Units))), x.fact("scheme.validity", x.t("scheme.months", v.ValidityMonths))}}
		card := ui.Card{Title: x.t("scheme.version", v.No), Body: []ui.Component{ui.Chips{Items: []ui.Chip{x.chip("scheme", string(v.State))}}, facts}}
		if i+1 < len(list) {
			card.Body = append(card.Body, x.changes(x.t("scheme.changed_since", list[i+1].No), scheme.Changes(list[i+1], v)))
		}
		card.Body = append(card.Body, ui.Actions{Items: x.versionActions(v)})
		body = append(body, card)
	}
	return x.page(head.Title, body...)
}

// versionActions are what the actor can do with a version, seeing it first.
func (x *visit) versionActions(v scheme.Version) []ui.Component {
	u := versionURL(v.ID)
	offers := scheme.Flow.Offers(x.flowCase(), v)
	out := []ui.Component{ui.LinkButton{Text: x.t("scheme.see"), URL: u}}
	if offered(offers, "change") {
		out = append(out, ui.LinkButton{Text: x.t("scheme.edit"), URL: u + "/edit", Tone: ui.Main})
	}
	out = append(out, x.buttons("scheme", offers, u+"/do/", "publish", "retire")...)
	if x.actor.Any(auth.Regulator) { // the book of what belongs to no organisation
		out = append(out, x.past(string(v.ID)))
	}
	return out
}

// changes is a table of differences behind a line that says how many there are.
func (x *visit) changes(summary string, list []standard.Change) ui.Component {
	t := ui.Table{Caption: summary, Columns: []ui.Column{{Text: x.t("change.where")}, {Text: x.t("change.before")}, {Text: x.t("change.after")}}, Empty: ui.Empty{Title: x.t("change.none")}}
	for _, c := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.What, Sub: c.Where}, {Text: or(c.Old, "–")}, {Text: or(c.New, "–")}}})
	}
	return ui.Details{Summary: summary + " (" + x.num(len(list)) + ")", Body: []ui.Component{t}}
}

func or(s, without string) string {
	if s == "" {
		return without
	}
	return s
}

func (x *visit) schemeDraft() error {
	made, err := x.Schemes.NewDraft(x.r.Context(), x.actor, scheme.VersionID(x.id("id")))
	if err != nil {
		return err
	}
	return x.see(versionURL(made)+"/edit", "drafted")
}

func (x *visit) schemeDo() error {
	id, ctx := scheme.VersionID(x.id("id")), x.r.Context()
	var err error
	switch x.id("action") {
	case "publish":
		err = x.Schemes.Publish(ctx, x.actor, id)
	case "retire":
		err = x.Schemes.Retire(ctx, x.actor, id, x.form("reason"))
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see(versionURL(id)+"/versions", "saved")
}

func (x *visit) schemeEdit() error { return x.showDraft(nil) }

// showDraft is the form of a draft: everything in it, units and requirements one on a line.
func (x *visit) showDraft(wrong error) error {
	var v scheme.Version
	err := x.read(func(tx *db.Tx) (err error) {
		v, err = scheme.Get(tx, x.actor, scheme.VersionID(x.id("id")))
		return err
	})
	if err != nil {
		return err
	}
	if !offered(scheme.Flow.Offers(x.flowCase(), v), "change") {
		return fault.New(fault.Conflict, "scheme.no_draft")
	}
	f := x.form2(wrong)
	if f.top != "" && !conflict(wrong) {
		v.Version = x.version()
	}
	if conflict(wrong) {
		f.now = map[string]string{"title_id": v.TitleID, "title_en": v.TitleEN, "number": v.Number, "area_id": v.AreaID, "area_en": v.AreaEN, "kbli": v.KBLI, "kbji": v.KBJI, "units": unitLines(v.Units), "requirements": requirementLines(v.Requirements)}
	}
	levels := []ui.Option{{Value: "0", Text: "–"}}
	for _, l := range standard.Levels() {
		levels = append(levels, ui.Option{Value: strconv.Itoa(l.No), Text: x.t("standard.level_no", l.No)})
	}
	form := ui.Form{URL: versionURL(v.ID) + "/edit", Error: f.top, Submit: x.t("scheme.save"), Hidden: []ui.Pair{version(v.Version)}, Fields: []ui.Component{
		f.labelled("text", "title_id", "scheme.title_id", v.TitleID, true), f.labelled("text", "title_en", "scheme.title_en", v.TitleEN, false), f.labelled("text", "number", "scheme.number", v.Number, false),
		f.labelled("text", "area_id", "scheme.area_id", v.AreaID, false), f.labelled("text", "area_en", "scheme.area_en", v.AreaEN, false), f.picked("level", "scheme.level", strconv.Itoa(v.Level), true, levels),
		f.labelled("text", "kbli", "scheme.kbli", v.KBLI, false), f.labelled("text", "kbji", "scheme.kbji", v.KBJI, false), x.helped(f.labelled("text", "sector", "scheme.sector", v.Sector, true), "scheme.sector_help"),
		f.labelled("number", "validity_months", "scheme.validity_months", strconv.Itoa(v.ValidityMonths), true), f.labelled("number", "min_electives", "scheme.min_electives", strconv.Itoa(v.MinElectives), true),
		x.helped(f.labelled("textarea", "units", "scheme.units", unitLines(v.Units), false), "scheme.units_help"), x.helped(f.requirementsField(v), "scheme.requirements_help")}}
	head := ui.Head{Over: x.t("scheme.version", v.No), Title: x.t("scheme.edit"), Lead: v.TitleID, Chips: []ui.Chip{x.chip("scheme", string(v.State))}, Actions: x.buttons("scheme", scheme.Flow.Offers(x.flowCase(), v), versionURL(v.ID)+"/do/", "publish")}
	body := append([]ui.Component{head}, x.since(wrong)...)
	return x.page(head.Title, append(body, ui.Card{Body: []ui.Component{form}}, ui.LinkButton{Text: x.t("scheme.versions"), URL: versionURL(v.ID) + "/versions"})...)
}

// requirementsField tells of any requirement that came back, whichever it was.
func (f *fields) requirementsField(v scheme.Version) ui.Field {
	out := f.labelled("textarea", "requirements", "application.requirements", requirementLines(v.Requirements), false)
	for name, wrong := range f.wrong {
		if strings.HasPrefix(name, "requirements") {
			out.Error = wrong
		}
	}
	return out
}

// A line of units is a code, an edition where it is not the newest, "pilihan" for an elective, and groups.
func unitLines(units []scheme.PackageUnit) string {
	var out []string
	for _, u := range units {
		line := string(u.Code) + "; " + strconv.Itoa(u.Edition) + "; " + kinds[u.Kind]
		if u.Group != "" {
			line += "; " + u.Group
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// kinds are how the kinds of units and requirements are written in the lines of a draft, in either language the same:
// the words of the field.
var kinds = map[string]string{"core": "inti", "elective": "pilihan", "basic": "dasar", "document": "dokumen"}

func kindOf(word string) string {
	for k, w := range kinds {
		if strings.EqualFold(strings.TrimSpace(word), w) {
			return k
		}
	}
	return strings.TrimSpace(word)
}

func requirementLines(list []scheme.Requirement) string {
	var out []string
	for _, r := range list {
		text := r.Text
		if len(r.AnyOf) > 0 {
			text = strings.Join(r.AnyOf, " / ")
		}
		out = append(out, kinds[r.Kind]+": "+text)
	}
	return strings.Join(out, "\n")
}

// lines are the lines of a text that say something.
func lines(s string) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// readUnits reads the lines of units; one without an edition gets the newest there is.
func (x *visit) readUnits(tx *db.Tx, s string) (out []scheme.PackageUnit, err error) {
	for _, line := range lines(s) {
		parts := append(strings.Split(line, ";"), "", "", "")
		u := scheme.PackageUnit{Code: standard.Code(strings.TrimSpace(parts[0])), Kind: "core", Group: strings.TrimSpace(parts[3])}
		if strings.TrimSpace(parts[2]) != "" {
			u.Kind = kindOf(parts[2])
		}
		if u.Edition, err = strconv.Atoi(strings.TrimSpace(parts[1])); err != nil {
			known, err := standard.Find(tx, x.actor, u.Code)
			if fault.Is(err, fault.NotFound) {
				return nil, fault.New(fault.Invalid, "form.invalid").With("units", "scheme.unknown_units", string(u.Code))
			}
			if err != nil {
				return nil, err
			}
			u.Code, u.Edition = known.Code, known.Edition
		}
		out = append(out, u)
	}
	return out, nil
}

// readRequirements reads the lines of requirements. One that was there keeps its identifier, so that a check of it
// stays with it.
func readRequirements(s string, had []scheme.Requirement) (out []scheme.Requirement) {
	taken := map[string]bool{}
	for _, r := range had {
		taken[r.ID] = true
	}
	for _, line := range lines(s) {
		word, text, ok := strings.Cut(line, ":")
		if !ok {
			word, text = kinds["document"], line
		}
		r := scheme.Requirement{Kind: kindOf(word), Text: strings.TrimSpace(text)}
		if any := strings.Split(r.Text, " / "); len(any) > 1 {
			r.Text, r.AnyOf = "", any
		}
		i := slices.IndexFunc(had, func(h scheme.Requirement) bool {
			return h.Kind == r.Kind && h.Text == r.Text && slices.Equal(h.AnyOf, r.AnyOf)
		})
		if i >= 0 {
			r.ID = had[i].ID
		}
		for n := 1; r.ID == ""; n++ {
			if id := fmt.Sprintf("%s-%d", r.Kind, n); !taken[id] {
				r.ID, taken[id] = id, true
			}
		}
		out = append(out, r)
	}
	return out
}

func (x *visit) schemeSave() error {
	var v scheme.Version
	err := x.read(func(tx *db.Tx) (err error) {
		if v, err = scheme.Get(tx, x.actor, scheme.VersionID(x.id("id"))); err != nil {
			return err
		}
		if !offered(scheme.Flow.Offers(x.flowCase(), v), "change") {
			return fault.New(fault.Conflict, "scheme.no_draft")
		}
		v.Units, err = x.readUnits(tx, x.form("units"))
		return err
	})
	if invalid(err) {
		return x.showDraft(err)
	}
	if err != nil {
		return err
	}
	v.Version, v.Requirements = x.version(), readRequirements(x.form("requirements"), v.Requirements)
	v.TitleID, v.TitleEN, v.Number, v.AreaID, v.AreaEN = x.form("title_id"), or(x.form("title_en"), x.form("title_id")), x.form("number"), x.form("area_id"), x.form("area_en")
	v.Level, v.KBLI, v.KBJI, v.Sector, v.ValidityMonths, v.MinElectives = x.int("level"), x.form("kbli"), x.form("kbji"), x.form("sector"), x.int("validity_months"), x.int("min_electives")
	err = x.Schemes.Edit(x.r.Context(), x.actor, v)
	if invalid(err) || conflict(err) {
		return x.showDraft(err)
	}
	if err != nil {
		return err
	}
	return x.see(versionURL(v.ID)+"/edit", "saved")
}

// drafts lists the drafts and the versions no longer in use, for the regulator.
func (x *visit) drafts() error {
	var open, old []scheme.Version
	err := x.read(func(tx *db.Tx) (err error) {
		if open, err = scheme.List(tx, x.actor, scheme.Draft); err != nil {
			return err
		}
		old, err = scheme.List(tx, x.actor, scheme.Retired)
		return err
	})
	if err != nil {
		return err
	}
	working := x.versionTable(x.t("scheme.drafts"), open, ui.Empty{Title: x.t("scheme.no_drafts"), Text: x.t("scheme.no_drafts_text"), Action: &ui.LinkButton{Text: x.t("nav.schemes"), URL: "/schemes"}})
	past := x.versionTable(x.t("scheme.retired"), old, ui.Empty{Title: x.t("scheme.no_retired"), Text: x.t("scheme.no_retired_text")})
	for _, t := range []ui.Table{working, past} {
		for i := range t.Rows {
			t.Rows[i].Cells[0].URL += "/versions"
		}
	}
	return x.page(x.t("manage.drafts"), ui.Head{Title: x.t("manage.drafts"), Lead: x.t("scheme.drafts_lead")}, working, past)
}
