package scheme

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/standard"
)

type fileScheme struct {
	ID          string      `json:"id"`
	NameID      string      `json:"name_id"`
	NameEN      string      `json:"name_en"`
	Type        string      `json:"type"`
	Level       int         `json:"kkni_level"`
	Number      string      `json:"scheme_no"`
	Field       string      `json:"field"`
	KBLI        string      `json:"kbli"`
	KBJI        string      `json:"kbji"`
	Status      string      `json:"status"`
	Complete    *bool       `json:"unit_list_complete"` // whole unless it says otherwise
	Months      int         `json:"validity_months"`
	MinElective int         `json:"min_electives"`
	Units       []fileUnit  `json:"units"`
	Groups      []fileGroup `json:"groups"`

	Requirements struct {
		Basic     []json.RawMessage `json:"education_or_experience"`
		Documents []string          `json:"documents"`
		Portfolio []string          `json:"portfolio"`
	} `json:"requirements"`
}

type fileUnit struct {
	Code standard.Code `json:"code"`
	Kind string        `json:"kind"`
}

type fileGroup struct {
	Code  string          `json:"code"`
	Units []standard.Code `json:"units"`
}

// longest is the longest key of a scheme, and validity is how long its certificates hold when nothing else is said.
const (
	longest  = 80
	validity = 36
)

// take reads one entry of a file. An entry that is wrong is reported and passed over.
func take(tx *db.Tx, actor auth.Actor, rep *standard.Report, raw json.RawMessage, i int, seen map[string]bool, dry bool) error {
	var x fileScheme
	err := json.Unmarshal(raw, &x)
	x.ID = strings.TrimSpace(x.ID)
	where := x.ID
	if where == "" || !standard.Plain(where) {
		where = fmt.Sprintf("#%d", i+1)
	}
	if err != nil {
		rep.Fail(where, "standard.bad_entry")
		return nil
	}
	if !x.sound(rep, where, seen) {
		return nil
	}
	seen[where] = true
	v, missing, err := x.version(tx, actor, rep)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		rep.Fail(where, "scheme.unknown_units", strings.Join(missing, ", "))
		return nil
	}
	if !distinct(rep, v) {
		return nil
	}
	if err := warn(tx, actor, rep, v); err != nil {
		return err
	}
	return put(tx, actor, rep, v, dry)
}

// distinct reports units that stand in a scheme twice.
func distinct(rep *standard.Report, v Version) bool {
	seen := map[standard.Code]bool{}
	for _, u := range v.Units {
		if seen[u.Code] {
			rep.Fail(v.Key, "scheme.unit_twice", string(u.Code))
			return false
		}
		seen[u.Code] = true
	}
	return true
}

// The shapes of the codes of classifications, and of the letters in registration numbers.
var (
	kbli   = regexp.MustCompile(`^(\d{5})?$`)
	kbji   = regexp.MustCompile(`^(\d{4})?$`)
	sector = regexp.MustCompile(`^[A-Z]{1,4}$`)
)

// sound reports the first thing that makes an entry no scheme.
func (x fileScheme) sound(rep *standard.Report, where string, seen map[string]bool) bool {
	bad := len(rep.Errors)
	switch {
	case x.ID == "":
		rep.Fail(where, "scheme.no_id")
	case len(x.ID) > longest:
		rep.Fail(where, "standard.long_code", longest)
	case !x.plain():
		rep.Fail(where, "standard.bad_text")
	case seen[where]:
		rep.Fail(where, "scheme.twice")
	case !slices.Contains([]string{"kkni", "okupasi", "klaster"}, x.Type):
		rep.Fail(where, "scheme.unknown_kind", x.Type)
	case strings.TrimSpace(x.NameID) == "":
		rep.Fail(where, "standard.no_title")
	case len(x.Units) == 0:
		rep.Fail(where, "rule.scheme_has_units")
	case x.Level < 0 || x.Level > 9 || x.Type == "kkni" && x.Level == 0:
		rep.Fail(where, "scheme.bad_level", x.Level)
	case !kbli.MatchString(x.KBLI) || !kbji.MatchString(x.KBJI):
		rep.Fail(where, "scheme.bad_class")
	case x.Months < 0 || x.Months > 120:
		rep.Fail(where, "scheme.bad_validity")
	case x.MinElective < 0 || x.MinElective > x.electives():
		rep.Fail(where, "scheme.bad_electives")
	}
	return len(rep.Errors) == bad
}

func (x fileScheme) electives() (n int) {
	for _, u := range x.Units {
		if u.Kind == "elective" {
			n++
		}
	}
	return n
}

func (x fileScheme) plain() bool {
	all := append([]string{x.ID, x.NameID, x.NameEN, x.Number, x.Field}, x.Requirements.Documents...)
	all = append(all, x.Requirements.Portfolio...)
	for _, u := range x.Units {
		all = append(all, string(u.Code))
	}
	for _, g := range x.Groups {
		all = append(all, g.Code)
	}
	for _, r := range x.requirements() {
		all = append(append(all, r.Text), r.AnyOf...)
	}
	return standard.Plain(all...)
}

// version makes of a file's scheme what we keep, with the newest edition of each unit.
func (x fileScheme) version(tx *db.Tx, actor auth.Actor, rep *standard.Report) (v Version, missing []string, err error) {
	a, ok := areas[x.Field]
	if !ok {
		a = area{x.Field, x.Field, "UMM"}
	}
	v = Version{Key: x.ID, Kind: x.Type, Field: x.Field, Number: x.Number, TitleID: strings.TrimSpace(x.NameID), TitleEN: strings.TrimSpace(x.NameEN), AreaID: a.id,
		AreaEN: a.en, Level: x.Level, KBLI: x.KBLI, KBJI: x.KBJI, Sector: a.sector, ValidityMonths: x.Months, MinElectives: x.MinElective, Sample: x.Status == "demo",
		Partial: x.Complete != nil && !*x.Complete, Requirements: x.requirements()}
	if v.TitleEN == "" {
		v.TitleEN = v.TitleID
	}
	if v.ValidityMonths == 0 {
		v.ValidityMonths = validity
	}
	for n, u := range x.Units {
		full, err := standard.Find(tx, actor, u.Code)
		if fault.Is(err, fault.NotFound) {
			missing = append(missing, string(u.Code))
			continue
		}
		if err != nil {
			return v, nil, err
		}
		if full.Code != u.Code {
			rep.Warn(x.ID, "scheme.unit_written", string(u.Code), string(full.Code))
		}
		v.Units = append(v.Units, PackageUnit{No: n + 1, Code: full.Code, Edition: full.Edition, Kind: kind(u.Kind), Group: x.group(u.Code)})
	}
	return v, missing, nil
}

// kind is core unless the file says elective.
func kind(s string) string {
	if s == "elective" {
		return "elective"
	}
	return "core"
}

// group names the groups of a scheme a unit belongs to; some stand in several.
func (x fileScheme) group(c standard.Code) string {
	var in []string
	for _, g := range x.Groups {
		if slices.Contains(g.Units, c) {
			in = append(in, g.Code)
		}
	}
	return strings.Join(in, ", ")
}

// requirements have identifiers by kind and place, so that a check of one stays with it.
func (x fileScheme) requirements() (out []Requirement) {
	for i, raw := range x.Requirements.Basic {
		var one struct {
			AnyOf []string `json:"any_of"`
		}
		var line string
		if json.Unmarshal(raw, &line) != nil {
			_ = json.Unmarshal(raw, &one) // an entry of neither shape has no text and is passed over
		}
		if line != "" || len(one.AnyOf) > 0 {
			out = append(out, Requirement{ID: fmt.Sprintf("basic-%d", i+1), Kind: "basic", Text: line, AnyOf: one.AnyOf})
		}
	}
	for i, d := range x.Requirements.Documents {
		out = append(out, Requirement{ID: fmt.Sprintf("document-%d", i+1), Kind: "document", Text: d})
	}
	for i, d := range x.Requirements.Portfolio {
		out = append(out, Requirement{ID: fmt.Sprintf("portfolio-%d", i+1), Kind: "document", Text: d})
	}
	return out
}

// warn notes what an LSP should know before it takes the scheme into use.
func warn(tx *db.Tx, actor auth.Actor, rep *standard.Report, v Version) error {
	if v.Partial {
		rep.Warn(v.Key, "scheme.partial")
	}
	if _, ok := areas[v.Field]; !ok {
		rep.Warn(v.Key, "scheme.unknown_field", v.Field)
	}
	var bare []string
	for _, u := range v.Units {
		full, err := standard.Get(tx, actor, u.Code, u.Edition)
		if err != nil {
			return fmt.Errorf("unit %s: %w", u.Code, err)
		}
		if !full.Assessable() {
			bare = append(bare, string(u.Code))
		}
	}
	if len(bare) > 0 {
		rep.Warn(v.Key, "scheme.no_criteria", strings.Join(bare, ", "))
	}
	return nil
}
