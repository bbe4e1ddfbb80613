// Package standard keeps units of competence: SKKNI and others, with their elements and performance criteria, and
// the nine levels of the KKNI.
//
// A unit's code carries its version, and a unit that a scheme in use has taken is never changed: a changed text
// becomes a new edition beside it (CF-01, CF-02).
package standard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

// Code of a unit: "G.45TSM01.018.2".
type Code string

// Criterion is one performance criterion (KUK).
type Criterion struct {
	No   string `json:"no"`
	Text string `json:"text"`
}

// Element is what is done in a unit, judged by its criteria.
type Element struct {
	No       int         `json:"no"`
	Name     string      `json:"name"`
	Criteria []Criterion `json:"kuk"`
}

// Unit is one unit of competence.
type Unit struct {
	Code       Code
	Edition    int
	TitleID    string
	TitleEN    string
	Decree     string
	Year       int
	Standard   string // SKKNI, or whose it is
	Field      string
	Confidence string // "placeholder" is never shown as SKKNI
	Origin     string // of the elements: source, authored, mixed, none
	Elements   []Element
	Used       bool
}

// Placeholder says whether the unit stands in for one not known yet.
func (u Unit) Placeholder() bool {
	return u.Confidence == "placeholder" || strings.HasPrefix(string(u.Code), "DEMO.")
}

// Flow is what may happen to the units.
var Flow = flow.Table[Unit]{
	Kind:  "unit",
	State: func(Unit) flow.State { return flow.None },
	Steps: []flow.Step[Unit]{
		{Do: "import", From: []flow.State{flow.None}, To: "known", By: []flow.Who[Unit]{regulator, setup}, Clause: "Permenaker 3/2016"},
	},
}

var (
	regulator = flow.Who[Unit]{Name: "regulator", Is: func(a auth.Actor, _ Unit) bool { return a.Any(auth.Regulator) }}
	setup     = flow.Who[Unit]{Name: "setup", Is: func(a auth.Actor, _ Unit) bool { return a.System == "setup" }}
)

// Report says what an import did, or would do.
type Report struct {
	Added, Changed, Same []string
	Changes              []Change // of those changed, what
	Errors               []RowError
	Warnings             []RowError
}

// RowError is what is wrong with one entry of a file.
type RowError struct {
	Where string // the unit's or scheme's name in the file
	Key   string // message key
	Args  []any
}

// Fail notes an entry that is passed over.
func (r *Report) Fail(where, key string, args ...any) {
	r.Errors = append(r.Errors, RowError{where, key, args})
}

// Service is what is done with standards.
type Service struct{ d *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{d} }

type file struct {
	Format string            `json:"format"`
	Units  []json.RawMessage `json:"units"`
}

// Format is what a file of units calls itself.
const Format = "skkni-units/1"

// Import reads a file of units. Entries that are wrong are reported and passed over; a dry run changes nothing.
func (s *Service) Import(ctx context.Context, actor auth.Actor, r io.Reader, dry bool) (Report, error) {
	var f file
	if err := json.NewDecoder(io.LimitReader(r, 64<<20)).Decode(&f); err != nil {
		return Report{}, fault.New(fault.Invalid, "standard.not_json").Because(err)
	}
	if f.Format != Format {
		return Report{}, fault.New(fault.Invalid, "standard.not_units", f.Format, Format)
	}
	var rep Report
	do := s.d.Write
	if dry {
		do = s.d.Read
	}
	err := do(ctx, func(tx *db.Tx) error {
		rep = Report{}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "import", Unit{}, "")
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for i, u := range f.Units {
			if err := rep.take(tx, u, i, seen, dry); err != nil {
				return err
			}
		}
		if dry {
			return nil
		}
		return ledger.Append(tx, "", "units", pass, map[string]int{"added": len(rep.Added), "changed": len(rep.Changed)})
	})
	return rep, err
}

// put adds a unit, or changes it, or makes a new edition of one that is in use.
func (rep *Report) put(tx *db.Tx, u Unit, dry bool) error {
	now, hash, err := latest(tx, u.Code)
	switch {
	case fault.Is(err, fault.NotFound):
		rep.Added = append(rep.Added, string(u.Code))
		u.Edition = 1
	case err != nil:
		return err
	case hash == u.hash():
		rep.Same = append(rep.Same, string(u.Code))
		return nil
	default:
		rep.Changed = append(rep.Changed, string(u.Code))
		rep.differ(now, u)
		u.Edition = now.Edition
		if now.Used {
			u.Edition++
		}
	}
	if dry {
		return nil
	}
	return save(tx, u)
}

// hash is over everything that makes the unit what it is.
func (u Unit) hash() string {
	u.Edition, u.Used = 0, false
	b, _ := json.Marshal(u)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func save(tx *db.Tx, u Unit) error {
	_, err := tx.Exec(`INSERT INTO unit (code, edition, key, title_id, title_en, decree, year, standard, field, confidence, origin, doc, hash, used)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (code, edition) DO UPDATE SET title_id = excluded.title_id, title_en = excluded.title_en, decree = excluded.decree, year = excluded.year,
		standard = excluded.standard, field = excluded.field, confidence = excluded.confidence, origin = excluded.origin, doc = excluded.doc, hash = excluded.hash
		WHERE unit.used = $14`, string(u.Code), u.Edition, Key(u.Code), u.TitleID, u.TitleEN, u.Decree, u.Year, u.Standard, u.Field, u.Confidence, u.Origin,
		db.JSON(doc{u.Elements}), u.hash(), false)
	return err
}

type doc struct {
	Elements []Element `json:"elements"`
}

const columns = "code, edition, title_id, title_en, decree, year, standard, field, confidence, origin, doc, used"

func fields(u *Unit) []any {
	return []any{&u.Code, &u.Edition, &u.TitleID, &u.TitleEN, &u.Decree, &u.Year, &u.Standard, &u.Field, &u.Confidence, &u.Origin, elements{u}, &u.Used}
}

type elements struct{ u *Unit }

// Scan reads the document of a unit.
func (e elements) Scan(v any) error {
	var d doc
	err := db.JSON(&d).Scan(v)
	e.u.Elements = d.Elements
	return err
}

func latest(tx *db.Tx, c Code) (u Unit, hash string, err error) {
	err = tx.Get("SELECT "+columns+", hash FROM unit WHERE code = $1 ORDER BY edition DESC LIMIT 1", []any{string(c)}, append(fields(&u), &hash)...)
	return u, hash, err
}

// Latest is the newest edition of a unit. Standards are public.
func Latest(tx *db.Tx, _ auth.Actor, c Code) (Unit, error) {
	u, _, err := latest(tx, c)
	return u, err
}

// Get is one edition of a unit.
func Get(tx *db.Tx, _ auth.Actor, c Code, edition int) (Unit, error) {
	return db.One(tx, fields, "SELECT "+columns+" FROM unit WHERE code = $1 AND edition = $2", string(c), edition)
}

// Use marks an edition as taken: from now on it is never changed.
func Use(tx *db.Tx, c Code, edition int) error {
	return tx.Change("UPDATE unit SET used = $3 WHERE code = $1 AND edition = $2", string(c), edition, true)
}

// Assessable says whether the unit has criteria to judge by.
func (u Unit) Assessable() bool {
	for _, e := range u.Elements {
		if len(e.Criteria) > 0 {
			return true
		}
	}
	return false
}
