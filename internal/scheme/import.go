package scheme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/standard"
)

// Format is what a file of schemes calls itself.
const Format = "schemes/1"

type file struct {
	Format  string       `json:"format"`
	Schemes []fileScheme `json:"schemes"`
}

type fileScheme struct {
	ID       string `json:"id"`
	NameID   string `json:"name_id"`
	NameEN   string `json:"name_en"`
	Type     string `json:"type"`
	Level    int    `json:"kkni_level"`
	Number   string `json:"scheme_no"`
	Field    string `json:"field"`
	KBLI     string `json:"kbli"`
	KBJI     string `json:"kbji"`
	Status   string `json:"status"`
	Complete bool   `json:"unit_list_complete"`
	Units    []struct {
		No   int           `json:"no"`
		Code standard.Code `json:"code"`
		Kind string        `json:"kind"`
	} `json:"units"`
	Requirements struct {
		Basic     []json.RawMessage `json:"education_or_experience"`
		Documents []string          `json:"documents"`
	} `json:"requirements"`
}

// area is how a field of work stands on certificates, and its letters in registration numbers.
type area struct{ id, en, sector string }

// areas are chosen by this project until BNSP's own list is known; an LSP's numbering rule may replace the letters.
var areas = map[string]area{
	"motorcycle":         {"Teknik Sepeda Motor", "Motorcycle Technology", "OTO"},
	"light-vehicle":      {"Teknik Kendaraan Ringan", "Light Vehicle Technology", "OTO"},
	"software":           {"Pengembangan Perangkat Lunak", "Software Development", "TIK"},
	"computer-operation": {"Operasi Komputer", "Computer Operation", "TIK"},
	"multimedia":         {"Multimedia", "Multimedia", "TIK"},
	"cleaning":           {"Jasa Kebersihan", "Cleaning Services", "JKB"},
	"entrepreneurship":   {"Kewirausahaan dan Produktivitas", "Entrepreneurship and Productivity", "WPR"},
	"msme-mentoring":     {"Pendampingan UMKM", "MSME Mentoring", "WPR"},
	"garment-machine":    {"Mesin Garmen", "Garment Machinery", "GAR"},
	"office":             {"Administrasi Perkantoran", "Office Administration", "ADM"},
	"accounting":         {"Akuntansi", "Accounting", "AKT"},
	"retail":             {"Ritel", "Retail", "RTL"},
	"culinary":           {"Tata Boga", "Culinary Arts", "PAR"},
}

// Import reads a file of schemes. Units must be known already. New and changed schemes are published; a version
// in use is kept and the change becomes a new one.
func (s *Service) Import(ctx context.Context, actor auth.Actor, r io.Reader, dry bool) (standard.Report, error) {
	var f file
	if err := json.NewDecoder(io.LimitReader(r, 64<<20)).Decode(&f); err != nil {
		return standard.Report{}, fault.New(fault.Invalid, "standard.not_json").Because(err)
	}
	if f.Format != Format {
		return standard.Report{}, fault.New(fault.Invalid, "standard.not_units", f.Format, Format)
	}
	var rep standard.Report
	do := s.d.Write
	if dry {
		do = s.d.Read
	}
	err := do(ctx, func(tx *db.Tx) error {
		rep = standard.Report{}
		for i, x := range f.Schemes {
			if err := take(tx, actor, &rep, x, i, dry); err != nil {
				return err
			}
		}
		return nil
	})
	return rep, err
}

func take(tx *db.Tx, actor auth.Actor, rep *standard.Report, x fileScheme, i int, dry bool) error {
	where := x.ID
	switch {
	case where == "":
		rep.Fail(fmt.Sprintf("#%d", i+1), "scheme.no_id")
		return nil
	case !slices.Contains([]string{"kkni", "okupasi", "klaster"}, x.Type):
		rep.Fail(where, "scheme.unknown_kind", x.Type)
		return nil
	case x.NameID == "":
		rep.Fail(where, "standard.no_title")
		return nil
	case len(x.Units) == 0:
		rep.Fail(where, "rule.scheme_has_units")
		return nil
	}
	v, missing, err := x.version(tx, actor)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		rep.Fail(where, "scheme.unknown_units", strings.Join(missing, ", "))
		return nil
	}
	return put(tx, actor, rep, v, dry)
}

// version makes of a file's scheme what we keep, with the newest edition of each unit.
func (x fileScheme) version(tx *db.Tx, actor auth.Actor) (v Version, missing []string, err error) {
	a, ok := areas[x.Field]
	if !ok {
		a = area{x.Field, x.Field, "UMM"}
	}
	v = Version{Key: x.ID, Kind: x.Type, Field: x.Field, Number: x.Number, TitleID: x.NameID, TitleEN: x.NameEN, AreaID: a.id, AreaEN: a.en, Level: x.Level,
		KBLI: x.KBLI, KBJI: x.KBJI, Sector: a.sector, ValidityMonths: 36, Sample: x.Status == "demo"}
	if v.TitleEN == "" {
		v.TitleEN = v.TitleID
	}
	for n, u := range x.Units {
		full, err := standard.Latest(tx, actor, u.Code)
		if fault.Is(err, fault.NotFound) {
			missing = append(missing, string(u.Code))
			continue
		}
		if err != nil {
			return v, nil, err
		}
		kind := "core"
		if u.Kind == "elective" {
			kind = "elective"
		}
		v.Units = append(v.Units, PackageUnit{No: n + 1, Code: u.Code, Edition: full.Edition, Kind: kind})
	}
	v.Requirements = x.requirements()
	return v, missing, nil
}

func (x fileScheme) requirements() (out []Requirement) {
	for i, raw := range x.Requirements.Basic {
		var group struct {
			AnyOf []string `json:"any_of"`
		}
		var line string
		if json.Unmarshal(raw, &line) != nil {
			_ = json.Unmarshal(raw, &group)
		}
		out = append(out, Requirement{ID: fmt.Sprintf("basic-%d", i+1), Kind: "basic", Text: line, AnyOf: group.AnyOf})
	}
	for i, d := range x.Requirements.Documents {
		out = append(out, Requirement{ID: fmt.Sprintf("document-%d", i+1), Kind: "document", Text: d})
	}
	return out
}

// hash is over everything that makes the version what it is.
func (v Version) hash() string {
	v.ID, v.Scheme, v.No, v.State, v.Used, v.Version = "", "", 0, "", false, 0
	b, _ := json.Marshal(v)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(tx *db.Tx, actor auth.Actor, rep *standard.Report, v Version, dry bool) error {
	var hash string
	err := tx.Get(`SELECT v.scheme, v.no, v.hash FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE s.key = $1 ORDER BY v.no DESC LIMIT 1`,
		[]any{v.Key}, &v.Scheme, &v.No, &hash)
	switch {
	case fault.Is(err, fault.NotFound):
		rep.Added = append(rep.Added, v.Key)
	case err != nil:
		return err
	case hash == v.hash():
		rep.Same = append(rep.Same, v.Key)
		return nil
	default:
		rep.Changed = append(rep.Changed, v.Key)
	}
	if dry {
		return nil
	}
	return add(tx, actor, v)
}

// add writes a new version and publishes it.
func add(tx *db.Tx, actor auth.Actor, v Version) error {
	c := flow.Case{Actor: actor, Now: tx.Now()}
	drafted, err := Flow.Allow(c, "draft", v, "")
	if err != nil {
		return err
	}
	if v.Scheme == "" {
		v.Scheme = ID(id.New("sch", tx.Now()))
		if _, err := tx.Exec("INSERT INTO scheme (id, key, org, kind, field, created_at) VALUES ($1, $2, '', $3, $4, $5)", string(v.Scheme), v.Key, v.Kind, v.Field, db.At(tx.Now())); err != nil {
			return err
		}
	}
	v.ID, v.No, v.State = VersionID(id.New("scv", tx.Now())), v.No+1, Draft
	published, err := Flow.Allow(c, "publish", v, "")
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO scheme_version (id, scheme, no, state, used, number, title_id, title_en, area_id, area_en, level, kbli, kbji, sector,
		validity_months, min_electives, sample, doc, hash, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)`,
		string(v.ID), string(v.Scheme), v.No, string(published.To()), false, v.Number, v.TitleID, v.TitleEN, v.AreaID, v.AreaEN, v.Level, v.KBLI, v.KBJI, v.Sector,
		v.ValidityMonths, v.MinElectives, v.Sample, db.JSON(doc{v.Requirements}), v.hash(), db.At(tx.Now()))
	if err != nil {
		return err
	}
	var rows [][]any
	for _, u := range v.Units {
		rows = append(rows, []any{string(v.ID), u.No, string(u.Code), u.Edition, u.Kind, u.Group})
	}
	if err := tx.Insert("scheme_unit", []string{"scheme_version", "no", "code", "edition", "kind", "grp"}, rows); err != nil {
		return err
	}
	return ledger.AppendAll(tx, "", []ledger.Entry{{Record: string(v.ID), Pass: drafted}, {Record: string(v.ID), Pass: published}})
}
