package register

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/db"
)

// The statuses under which figures count a certificate.
const (
	Valid     = "valid"
	Expired   = "expired"
	Suspended = "suspended"
	Revoked   = "revoked"
)

// Statuses lists them.
func Statuses() []string { return []string{Valid, Expired, Suspended, Revoked} }

// Kind is a scheme at the level and in the sector it was issued at.
type Kind struct {
	Code                     string // as the axis names it
	Number, TitleID, TitleEN string
	AreaID, AreaEN           string
	Level                    int
	Sector                   string
}

// Figures are the numbers of all certificates ever issued, each counted once under every axis. None is below five.
type Figures struct {
	At                                  time.Time
	AsOf                                date.Date // the day on which it is told which have expired
	Few                                 bool      // there are fewer than five certificates: no number is told
	Total                               int64
	Scheme, Regency, Sex, Month, Status Axis
	Kinds                               map[string]Kind   // of the schemes that are shown
	Places                              map[string]string // names of provinces and regencies by code
}

// Line is one number of a list.
type Line struct {
	Code string
	N    int64
}

// coarser adds up what is shown of an axis to coarser categories; what is not shown stays together. It tells nothing
// that the axis does not tell.
func coarser(a Axis, of func(string) string) Axis {
	out := Axis{Shown: map[string]int64{}, Others: a.Others}
	for c, n := range a.Shown {
		out.Shown[of(c)] += n
	}
	return out
}

// Province is the numbers of provinces, of the regencies that are shown.
func (f Figures) Province() Axis {
	return coarser(f.Regency, func(c string) string { return c[:min(len(c), 2)] })
}

// Level is the numbers of KKNI levels, of the schemes that are shown; "0" is schemes without one.
func (f Figures) Level() Axis {
	return coarser(f.Scheme, func(c string) string { return strconv.Itoa(f.Kinds[c].Level) })
}

// Sector is the numbers of sectors, of the schemes that are shown.
func (f Figures) Sector() Axis {
	return coarser(f.Scheme, func(c string) string { return f.Kinds[c].Sector })
}

// Largest are the categories of an axis, the largest first.
func (a Axis) Largest() []Line {
	out := a.lines()
	slices.SortStableFunc(out, func(x, y Line) int { return cmp.Compare(y.N, x.N) })
	return out
}

// InOrder are the categories of an axis by their codes.
func (a Axis) InOrder() []Line { return a.lines() }

func (a Axis) lines() []Line {
	var out []Line
	for _, c := range a.names() {
		if c != Others {
			out = append(out, Line{c, a.Shown[c]})
		}
	}
	return out
}

type count struct {
	a, b, state, until string
	n                  int64
}

func read(tx *db.Tx, sample bool, tab string) ([]count, error) {
	return db.All(tx, func(c *count) []any { return []any{&c.a, &c.b, &c.state, &c.until, &c.n} },
		`SELECT a, b, state, until, CAST(SUM(n) AS BIGINT) FROM register_count WHERE sample = $1 AND tab = $2 GROUP BY a, b, state, until ORDER BY a, b, state, until`, sample, tab)
}

func readAxis(tx *db.Tx, sample bool, tab string) (Axis, error) {
	rows, err := read(tx, sample, tab)
	n := map[string]int64{}
	for _, r := range rows {
		n[r.a] += r.n
	}
	return axis(n), err
}

// status is what a counted certificate is worth on the first of a month.
func (c count) status(asOf date.Date) string {
	switch {
	case c.state != "active":
		return c.state
	case c.until < month(asOf):
		return Expired
	}
	return Valid
}

func figures(tx *db.Tx, sample bool) (f Figures, err error) {
	f = Figures{At: tx.Now(), AsOf: AsOf(tx.Now())}
	rows, err := read(tx, sample, byStatus)
	if err != nil {
		return f, err
	}
	n := map[string]int64{}
	for _, r := range rows {
		n[r.status(f.AsOf)] += r.n
		f.Total += r.n
	}
	if f.Total < Least {
		f.Few, f.Total = true, 0
		return f, nil
	}
	f.Status = axis(n)
	for _, x := range []struct {
		tab string
		to  *Axis
	}{{byScheme, &f.Scheme}, {byRegency, &f.Regency}, {bySex, &f.Sex}, {byMonth, &f.Month}} {
		if *x.to, err = readAxis(tx, sample, x.tab); err != nil {
			return f, err
		}
	}
	if f.Places, err = regionNames(tx); err != nil {
		return f, err
	}
	f.Kinds, err = kinds(tx, f.Scheme)
	return f, err
}

// kinds describes the schemes of an axis.
func kinds(tx *db.Tx, a Axis) (map[string]Kind, error) {
	type row struct {
		scheme, key string
		Kind
	}
	rows, err := db.All(tx, func(r *row) []any {
		return []any{&r.scheme, &r.key, &r.Number, &r.TitleID, &r.TitleEN, &r.AreaID, &r.AreaEN}
	}, `SELECT v.scheme, s.key, v.number, v.title_id, v.title_en, v.area_id, v.area_en FROM scheme_version v JOIN scheme s ON s.id = v.scheme
		WHERE v.state <> 'draft' ORDER BY v.scheme, v.no`)
	newest := map[string]Kind{}
	for _, r := range rows {
		r.Number = cmp.Or(r.Number, r.key)
		newest[r.scheme] = r.Kind
	}
	out := map[string]Kind{}
	for c := range a.Shown {
		part := strings.SplitN(c, "|", 3)
		k := newest[part[0]]
		k.Code, k.Sector = c, part[2]
		k.Level, _ = strconv.Atoi(part[1])
		out[c] = k
	}
	return out, err
}

// Tables are the figures with the tables of two axes. The pairs form a tree, so that any numbers that fit each table
// by itself fit all of them together: what is hidden in one is not told by the others.
type Tables struct {
	Figures
	SchemeRegency, SchemeMonth, RegencySex, RegencyStatus *Cross
}

func tables(tx *db.Tx, sample bool) (*Tables, error) {
	f, err := figures(tx, sample)
	t := &Tables{Figures: f}
	if err != nil || f.Few {
		return t, err
	}
	for _, x := range []struct {
		tab           string
		rows, columns Axis
		to            **Cross
	}{{schemeByRegency, f.Scheme, f.Regency, &t.SchemeRegency}, {schemeByMonth, f.Scheme, f.Month, &t.SchemeMonth},
		{regencyBySex, f.Regency, f.Sex, &t.RegencySex}, {regencyByStatus, f.Regency, f.Status, &t.RegencyStatus}} {
		list, err := read(tx, sample, x.tab)
		if err != nil {
			return nil, err
		}
		n := map[[2]string]int64{}
		for _, r := range list {
			column := r.b
			if x.tab == regencyByStatus {
				column = r.status(f.AsOf)
			}
			n[[2]string{r.a, column}] += r.n
		}
		*x.to = cross(x.rows, x.columns, n)
	}
	return t, nil
}
