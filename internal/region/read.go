package region

import (
	"cmp"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
)

// Get is one region by its code: the one imported, else the one built in. Regions are public.
func Get(tx *db.Tx, _ auth.Actor, code string) (Region, error) {
	r := Region{Code: code}
	err := tx.Get("SELECT name FROM region WHERE code = $1", []any{code}, &r.Name)
	if !fault.Is(err, fault.NotFound) {
		return r, err
	}
	for _, f := range Facts() {
		if f.Code == code {
			return f, nil
		}
	}
	return Region{}, fault.New(fault.NotFound, "db.not_found")
}

// Name is what a region is called; the code itself where it is not known, so that a page can always show something.
func Name(tx *db.Tx, actor auth.Actor, code string) (string, error) {
	r, err := Get(tx, actor, code)
	if fault.Is(err, fault.NotFound) {
		return code, nil
	}
	return r.Name, err
}

// Within is what belongs to a region, by name: the regencies of a province, the districts of a regency; the
// provinces for the empty code.
func Within(tx *db.Tx, _ auth.Actor, parent string) ([]Region, error) {
	out, err := db.All(tx, func(r *Region) []any { return []any{&r.Code, &r.Name} }, "SELECT code, name FROM region WHERE parent = $1 ORDER BY code", parent)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, r := range out {
		have[r.Code] = true
	}
	for _, f := range Facts() {
		if f.Parent() == parent && !have[f.Code] {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Region) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code)) })
	return out, nil
}

// Districts are the districts of a regency or city, by name.
func Districts(tx *db.Tx, actor auth.Actor, regency string) ([]Region, error) {
	return Within(tx, actor, regency)
}
