package sheet

import (
	"regexp"
	"strings"

	"kompeten/internal/region"
)

// Places is the regions known, ready to be searched by name.
type Places struct {
	district map[string][]region.Region // by folded name
	within   map[string][]region.Region // by regency
	byCode   map[string]region.Region
}

// NewPlaces makes regions ready to be searched.
func NewPlaces(all []region.Region) *Places {
	p := &Places{map[string][]region.Region{}, map[string][]region.Region{}, map[string]region.Region{}}
	for _, r := range all {
		p.byCode[r.Code] = r
		if r.Kind() != region.District {
			continue
		}
		name := foldWords(r.Name)
		p.district[name] = append(p.district[name], r)
		p.within[r.Parent()] = append(p.within[r.Parent()], r)
	}
	return p
}

// infer is the regency most rows speak of, by their district and by where their NIK was registered.
func (p *Places) infer(rows []Row) string {
	votes := map[string]int{}
	for _, r := range rows {
		if nik := stripNIK(clean(r.Sent[NIK].Text)); len(nik) >= 4 {
			votes[nik[:2]+"."+nik[2:4]]++
		}
		for _, d := range p.district[foldWords(unprefixed(clean(r.Sent[District].Text)))] {
			votes[d.Parent()] += 2
		}
	}
	best := ""
	for code, n := range votes {
		if _, known := p.byCode[code]; known && (best == "" || n > votes[best] || n == votes[best] && code < best) {
			best = code
		}
	}
	return best
}

var districtPrefix = regexp.MustCompile(`(?i)^(kecamatan|kec)[.\s:]+`)

func unprefixed(s string) string { return districtPrefix.ReplaceAllString(s, "") }

func (r *Row) understandDistrict(o Options) {
	sent := clean(r.Sent[District].Text)
	if sent == "" || sent == "-" {
		return
	}
	name := unprefixed(sent)
	here, elsewhere := o.Places.exact(name, o.Regency)
	switch {
	case here.Code != "":
		r.DistrictCode, r.District = here.Code, here.Name
		if name != sent {
			r.add(District, "district_prefix", Info, sent, here.Name)
		}
		return
	case o.Regency == "" || len(o.Places.within[o.Regency]) == 0:
		r.District = name // no districts of that regency are known: nothing to compare with
		return
	}
	if near := o.Places.nearest(name, o.Regency); near.Code != "" && elsewhere.Code == "" {
		r.DistrictCode, r.District = near.Code, near.Name
		r.add(District, "district_misspelt", Warning, sent, near.Name)
		return
	}
	r.DistrictCode, r.District = elsewhere.Code, name
	r.add(District, "district_not_in_regency", Warning, sent, o.Places.byCode[elsewhere.Parent()].Name)
}

// exact finds the district of that name, in the regency and outside it; the same province first.
func (p *Places) exact(name, regency string) (here, elsewhere region.Region) {
	for _, d := range p.district[foldWords(name)] {
		switch {
		case d.Parent() == regency:
			return d, elsewhere
		case elsewhere.Code == "" || regency != "" && d.Code[:2] == regency[:2] && elsewhere.Code[:2] != regency[:2]:
			elsewhere = d
		}
	}
	return region.Region{}, elsewhere
}

// nearest is the district of the regency whose name is misspelt so; none where two are as near.
func (p *Places) nearest(name, regency string) region.Region {
	folded := strings.ReplaceAll(foldWords(name), " ", "")
	limit := 1 + len(folded)/7
	best, at, tie := limit+1, region.Region{}, false
	for _, d := range p.within[regency] {
		n := distance(folded, strings.ReplaceAll(foldWords(d.Name), " ", ""))
		if n < best {
			best, at, tie = n, d, false
		} else if n == best {
			tie = true
		}
	}
	if tie {
		return region.Region{}
	}
	return at
}
