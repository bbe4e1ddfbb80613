package register

import (
	"context"
	"strings"

	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Entry is one certificate in the directory: valid now, and its holder agrees to be shown.
type Entry struct {
	ID               string
	Fold             string
	Name             string
	Code             string // of the public check
	TitleID, TitleEN string
	Level            int
	Regency          string
	ValidUntil       date.Date
	Business         BusinessID // where she works, if that opted in as well
	BusinessName     string
}

// Search narrows the directory; After and AfterID go on after an entry.
type Search struct {
	Scheme, Regency string
	Business        BusinessID
	After, AfterID  string
	Sample          bool
}

// PageSize is how many entries a page of the directory has.
const PageSize = 25

// shown are the entries the world may see, whatever else they are searched by: valid today, and the consent stands.
const shown = ` FROM listing l JOIN certificate c ON c.id = l.certificate JOIN scheme_version v ON v.id = c.scheme_version
	WHERE l.sample = $1 AND c.state = 'active' AND c.valid_until >= $2
	AND EXISTS (SELECT 1 FROM consent k WHERE k.record = l.application AND k.purpose = 'directory' AND k.withdrawn_at IS NULL)`

// where is the rest of the condition, with its values.
func (q Search) where(tx *db.Tx) (string, []any, error) {
	cond, args := "", []any{q.Sample, string(today(tx))}
	add := func(c string, v ...any) {
		cond += " AND " + c + " " + db.Places(len(args)+1, len(v))
		args = append(args, v...)
	}
	if q.Scheme != "" {
		add("l.scheme IN", q.Scheme)
	}
	if q.Business != "" {
		var regency, fold string
		if err := tx.Get("SELECT regency, fold FROM business WHERE id = $1 AND state = 'listed'", []any{string(q.Business)}, &regency, &fold); err != nil {
			return "", nil, err
		}
		add("(l.regency, l.employer) =", regency, fold)
	} else if q.Regency != "" {
		add("l.regency IN", q.Regency)
	}
	return cond, args, nil
}

// People are the entries of the directory by name, one more than a page where more follow.
func (s *Service) People(ctx context.Context, q Search) (out []Entry, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		cond, args, err := q.where(tx)
		if err != nil {
			return err
		}
		args = append(args, q.After, q.AfterID, PageSize+1)
		out, err = db.All(tx, func(e *Entry) []any {
			return []any{&e.ID, &e.Fold, &e.Name, &e.Code, &e.TitleID, &e.TitleEN, &e.Level, &e.Regency, &e.ValidUntil, &e.Business, &e.BusinessName}
		}, `SELECT l.certificate, l.fold, c.name, c.code, v.title_id, v.title_en, v.level, l.regency, c.valid_until,
			COALESCE((SELECT b.id FROM business b WHERE b.regency = l.regency AND b.fold = l.employer AND b.state = 'listed'), ''),
			COALESCE((SELECT b.name FROM business b WHERE b.regency = l.regency AND b.fold = l.employer AND b.state = 'listed'), '')`+
			shown+cond+" AND (l.fold, l.certificate) > "+db.Places(len(args)-2, 2)+" ORDER BY l.fold, l.certificate LIMIT "+db.Places(len(args), 1), args...)
		return err
	})
	return out, err
}

// Shop is a business in the directory with how many of its people are certified and agree to be shown.
type Shop struct {
	Business
	Fold   string
	People int
	Place  string
}

// Businesses are the businesses of the directory by name that have somebody to show, one more than a page where more
// follow.
func (s *Service) Businesses(ctx context.Context, q Search) (out []Shop, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		args := []any{q.Sample, string(today(tx)), q.After, q.AfterID, q.Regency, q.Scheme, PageSize + 1}
		rows, err := db.All(tx, func(r *shopRow) []any { return append(businessFields(&r.businessRow), &r.fold, &r.people) },
			"SELECT "+businessColumns+`, b.fold, (SELECT COUNT(DISTINCT c.person)`+shown+` AND l.regency = b.regency AND l.employer = b.fold AND ($6 = '' OR l.scheme = $6))
			FROM business b WHERE b.state = 'listed' AND b.sample = $1 AND (b.fold, b.id) > ($3, $4) AND ($5 = '' OR b.regency = $5)
			AND ($6 = '' OR EXISTS (SELECT 1`+shown+` AND l.regency = b.regency AND l.employer = b.fold AND l.scheme = $6))
			ORDER BY b.fold, b.id LIMIT $7`, args...)
		if err != nil {
			return err
		}
		names, err := regionNames(tx)
		out = nil
		for _, r := range rows {
			out = append(out, Shop{r.whole(), r.fold, r.people, names[r.Regency]})
		}
		return err
	})
	return out, err
}

type shopRow struct {
	businessRow
	fold   string
	people int
}

// Business is one business of the directory; one that is not listed does not exist.
func (s *Service) Business(ctx context.Context, business BusinessID, sample bool) (out Shop, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		r, err := db.One(tx, func(r *shopRow) []any { return append(businessFields(&r.businessRow), &r.fold, &r.people) },
			"SELECT "+businessColumns+`, b.fold, (SELECT COUNT(DISTINCT c.person)`+shown+` AND l.regency = b.regency AND l.employer = b.fold)
			FROM business b WHERE b.id = $3 AND b.state = 'listed' AND b.sample = $1`, sample, string(today(tx)), string(business))
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "directory.no_business")
		}
		if err != nil {
			return err
		}
		names, err := regionNames(tx)
		out = Shop{r.whole(), r.fold, r.people, names[r.Regency]}
		return err
	})
	return out, err
}

// Choice is something the directory can be narrowed by.
type Choice struct{ Code, NameID, NameEN string }

// Choices are the schemes and the regencies that the directory has entries of.
func (s *Service) Choices(ctx context.Context, sample bool) (schemes, regencies []Choice, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		schemes, err = db.All(tx, func(c *Choice) []any { return []any{&c.Code, &c.NameID, &c.NameEN} },
			`SELECT v.scheme, v.title_id, v.title_en FROM scheme_version v WHERE v.state <> 'draft' AND EXISTS (SELECT 1 FROM listing l WHERE l.scheme = v.scheme AND l.sample = $1)
			AND v.no = (SELECT MAX(w.no) FROM scheme_version w WHERE w.scheme = v.scheme AND w.state <> 'draft') ORDER BY v.title_id, v.scheme`, sample)
		if err != nil {
			return err
		}
		names, err := regionNames(tx)
		if err != nil {
			return err
		}
		regencies = nil
		for code, name := range names {
			if strings.Count(code, ".") == 1 {
				regencies = append(regencies, Choice{code, name, name})
			}
		}
		return nil
	})
	return schemes, regencies, err
}
