package scheme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

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
	Format  string            `json:"format"`
	Schemes []json.RawMessage `json:"schemes"`
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
		if _, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "draft", Version{}, ""); err != nil {
			return err
		}
		seen := map[string]bool{}
		for i, raw := range f.Schemes {
			if err := take(tx, actor, &rep, raw, i, seen, dry); err != nil {
				return err
			}
		}
		return nil
	})
	return rep, err
}

// hash is over everything that makes the version what it is.
func (v Version) hash() string {
	v.ID, v.Scheme, v.No, v.State, v.Used, v.Version = "", "", 0, "", false, 0
	v.Units = slices.Clone(v.Units)
	for i := range v.Units {
		v.Units[i].TitleID, v.Units[i].TitleEN = "", ""
	}
	b, _ := json.Marshal(v)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// put adds a scheme, or a new version of one whose content differs from the newest that was published.
func put(tx *db.Tx, actor auth.Actor, rep *standard.Report, v Version, dry bool) error {
	before, hash, err := newest(tx, actor, v.Key)
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
		differ(rep, before, v)
	}
	if dry {
		return nil
	}
	if v.Scheme = before.Scheme; v.Scheme != "" {
		if v.No, err = highest(tx, v.Scheme); err != nil {
			return err
		}
	}
	return add(tx, actor, v)
}

// newest is the newest version of a scheme that is no draft, and the hash of its content.
func newest(tx *db.Tx, actor auth.Actor, key string) (v Version, hash string, err error) {
	var id VersionID
	err = tx.Get(`SELECT v.id, v.hash FROM scheme_version v JOIN scheme s ON s.id = v.scheme WHERE s.key = $1 AND v.state <> 'draft' ORDER BY v.no DESC LIMIT 1`,
		[]any{key}, &id, &hash)
	if err != nil {
		return v, "", err
	}
	v, err = Get(tx, actor, id)
	return v, hash, err
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
	if err := insert(tx, v, published.To()); err != nil {
		return err
	}
	if err := ledger.AppendAll(tx, "", []ledger.Entry{{Record: string(v.ID), Pass: drafted}, {Record: string(v.ID), Pass: published}}); err != nil {
		return err
	}
	return supersede(tx, actor, v)
}
