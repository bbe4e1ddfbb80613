// Package scheme packages units of competence into what people are certified in: a KKNI qualification, an
// occupation, or a cluster. A version that a file has taken is frozen; a change is a new version (CF-03, CF-04).
package scheme

import (
	"context"
	"fmt"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/standard"
)

// ID of a scheme through all its versions: "sch_…"; VersionID of one version: "scv_…".
type (
	ID        string
	VersionID string
)

// PackageUnit is one unit of a scheme.
type PackageUnit struct {
	No      int
	Code    standard.Code
	Edition int
	Kind    string // core or elective
	Group   string
	TitleID string
	TitleEN string
}

// Requirement is one thing an applicant must be or bring.
type Requirement struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"` // basic or document
	Text  string   `json:"text"`
	AnyOf []string `json:"any_of,omitempty"` // one of these is enough
}

// Version is one version of a scheme.
type Version struct {
	ID             VersionID
	Scheme         ID
	Key, Kind      string // kkni, okupasi, klaster
	Field          string
	No             int
	State          flow.State
	Used           bool
	Number         string // BNSP's, or the body's own
	TitleID        string
	TitleEN        string
	AreaID, AreaEN string // bidang, as certificates name it
	Level          int    // KKNI level; 0 for a cluster without one
	KBLI, KBJI     string
	Sector         string // letters of the registration number
	ValidityMonths int
	MinElectives   int
	Sample         bool
	Partial        bool // the list of units is not known to be whole
	Requirements   []Requirement
	Units          []PackageUnit
	Version        int64
}

// The states of a version.
const (
	Draft     flow.State = "draft"
	Published flow.State = "published"
	Retired   flow.State = "retired"
)

// Flow is what may happen to a scheme's version.
var Flow = flow.Table[Version]{
	Kind:  "scheme",
	State: func(v Version) flow.State { return v.State },
	Steps: []flow.Step[Version]{
		{Do: "draft", From: []flow.State{flow.None}, To: Draft, By: []flow.Who[Version]{regulator, setup}, Clause: "ISO/IEC 17024 8.1"},
		{Do: "change", From: []flow.State{Draft}, To: flow.Same, By: []flow.Who[Version]{regulator, setup}, If: []flow.Rule[Version]{notUsed}},
		{Do: "publish", From: []flow.State{Draft}, To: Published, By: []flow.Who[Version]{regulator, setup}, If: []flow.Rule[Version]{hasUnits}, Clause: "ISO/IEC 17024 8.2"},
		{Do: "retire", From: []flow.State{Published}, To: Retired, By: []flow.Who[Version]{regulator, setup}, Reason: true},
	},
}

var (
	regulator = flow.Who[Version]{Name: "regulator", Is: func(a auth.Actor, _ Version) bool { return a.Any(auth.Regulator) }}
	setup     = flow.Who[Version]{Name: "setup", Is: func(a auth.Actor, _ Version) bool { return a.System == "setup" }}
	notUsed   = flow.Rule[Version]{Name: "scheme_not_used", Holds: func(_ flow.Case, v Version) bool { return !v.Used }}
	hasUnits  = flow.Rule[Version]{Name: "scheme_has_units", Holds: func(_ flow.Case, v Version) bool { return len(v.Units) > 0 }}
)

// Service is what is done with schemes.
type Service struct{ d *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{d} }

func (s *Service) do(ctx context.Context, actor auth.Actor, id VersionID, act flow.Action, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		v, err := Get(tx, actor, id)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, act, v, reason)
		if err != nil {
			return err
		}
		if err := save(tx, v, pass); err != nil || pass.To() != Published {
			return err
		}
		return supersede(tx, actor, v)
	})
}

// Publish opens a version to applications; the one published before closes to new ones.
func (s *Service) Publish(ctx context.Context, actor auth.Actor, v VersionID) error {
	return s.do(ctx, actor, v, "publish", "")
}

// Retire closes a version to new applications; files that took it go on with it.
func (s *Service) Retire(ctx context.Context, actor auth.Actor, v VersionID, reason string) error {
	return s.do(ctx, actor, v, "retire", reason)
}

func save(tx *db.Tx, v Version, pass flow.Pass) error {
	if err := tx.Change("UPDATE scheme_version SET state = $2, version = version + 1 WHERE id = $1 AND version = $3", string(v.ID), string(pass.To()), v.Version); err != nil {
		return err
	}
	return ledger.Append(tx, "", string(v.ID), pass, nil)
}

// Use freezes a version and its units: a file has taken it.
func Use(tx *db.Tx, actor auth.Actor, id VersionID) error {
	v, err := Get(tx, actor, id)
	if err != nil || v.Used {
		return err
	}
	if v.State != Published {
		return fault.New(fault.Invalid, "scheme.not_published", v.TitleID)
	}
	if err := tx.Change("UPDATE scheme_version SET used = $2, version = version + 1 WHERE id = $1", string(id), true); err != nil {
		return err
	}
	for _, u := range v.Units {
		if err := standard.Use(tx, u.Code, u.Edition); err != nil {
			return err
		}
	}
	return nil
}

const columns = `v.id, v.scheme, s.key, s.kind, s.field, v.no, v.state, v.used, v.number, v.title_id, v.title_en, v.area_id, v.area_en, v.level,
	v.kbli, v.kbji, v.sector, v.validity_months, v.min_electives, v.sample, v.doc, v.version`

type doc struct {
	Requirements []Requirement `json:"requirements"`
	Partial      bool          `json:"partial,omitempty"`
}

func fields(v *Version) []any {
	return []any{&v.ID, &v.Scheme, &v.Key, &v.Kind, &v.Field, &v.No, &v.State, &v.Used, &v.Number, &v.TitleID, &v.TitleEN, &v.AreaID, &v.AreaEN, &v.Level,
		&v.KBLI, &v.KBJI, &v.Sector, &v.ValidityMonths, &v.MinElectives, &v.Sample, requirements{v}, &v.Version}
}

type requirements struct{ v *Version }

// Scan reads the document of a version.
func (r requirements) Scan(src any) error {
	var d doc
	err := db.JSON(&d).Scan(src)
	r.v.Requirements, r.v.Partial = d.Requirements, d.Partial
	return err
}

// Get is one version with its units. Schemes are public.
func Get(tx *db.Tx, _ auth.Actor, id VersionID) (Version, error) {
	v, err := db.One(tx, fields, "SELECT "+columns+" FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE v.id = $1", string(id))
	if err != nil {
		return v, err
	}
	v.Units, err = db.All(tx, func(u *PackageUnit) []any {
		return []any{&u.No, &u.Code, &u.Edition, &u.Kind, &u.Group, &u.TitleID, &u.TitleEN}
	}, `SELECT p.no, p.code, p.edition, p.kind, p.grp, u.title_id, u.title_en FROM scheme_unit p JOIN unit u ON u.code = p.code AND u.edition = p.edition
		WHERE p.scheme_version = $1 ORDER BY p.no`, string(id))
	return v, err
}

// List is every version in a state, by title, without units.
func List(tx *db.Tx, _ auth.Actor, state flow.State) ([]Version, error) {
	return db.All(tx, fields, "SELECT "+columns+" FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE v.state = $1 ORDER BY v.title_id, v.id LIMIT 500", string(state))
}

// ByKey is the newest published version of a scheme by its import key.
func ByKey(tx *db.Tx, actor auth.Actor, key string) (Version, error) {
	var id VersionID
	err := tx.Get(`SELECT v.id FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE s.key = $1 AND v.state = 'published' ORDER BY v.no DESC LIMIT 1`, []any{key}, &id)
	if err != nil {
		return Version{}, fmt.Errorf("scheme %s: %w", key, err)
	}
	return Get(tx, actor, id)
}

// Criteria is every unit of a version with elements and criteria, in the scheme's order.
func Criteria(tx *db.Tx, actor auth.Actor, id VersionID) ([]standard.Unit, error) {
	v, err := Get(tx, actor, id)
	if err != nil {
		return nil, err
	}
	var out []standard.Unit
	for _, u := range v.Units {
		full, err := standard.Get(tx, actor, u.Code, u.Edition)
		if err != nil {
			return nil, fmt.Errorf("unit %s: %w", u.Code, err)
		}
		out = append(out, full)
	}
	return out, nil
}

// Title is the scheme's title without the mark that sample schemes carry.
func (v Version) Title(english bool) string {
	t := v.TitleID
	if english {
		t = v.TitleEN
	}
	return strings.TrimSpace(strings.NewReplacer("(contoh)", "", "(example)", "").Replace(t))
}
