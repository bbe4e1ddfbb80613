package register

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// one is a certificate of a small country.
type one struct{ scheme, regency, sex, month, status string }

// publish is everything that is told about a population.
func publish(all []one) *Tables {
	n := map[string]map[string]int64{}
	x := map[string]map[[2]string]int64{}
	add := func(tab, a, b string) {
		if n[tab] == nil {
			n[tab], x[tab] = map[string]int64{}, map[[2]string]int64{}
		}
		n[tab][a]++
		x[tab][[2]string{a, b}]++
	}
	for _, c := range all {
		add(byScheme, c.scheme, "")
		add(byRegency, c.regency, "")
		add(bySex, c.sex, "")
		add(byMonth, c.month, "")
		add(byStatus, c.status, "")
		add(schemeByRegency, c.scheme, c.regency)
		add(schemeByMonth, c.scheme, c.month)
		add(regencyBySex, c.regency, c.sex)
		add(regencyByStatus, c.regency, c.status)
	}
	t := &Tables{Figures: Figures{Total: int64(len(all)), Scheme: axis(n[byScheme]), Regency: axis(n[byRegency]), Sex: axis(n[bySex]), Month: axis(n[byMonth]), Status: axis(n[byStatus])}}
	t.Kinds = map[string]Kind{}
	for c := range t.Scheme.Shown {
		t.Kinds[c] = Kind{Level: int(c[1] - '0'), Sector: string("AB"[c[1]%2])}
	}
	t.SchemeRegency = cross(t.Scheme, t.Regency, x[schemeByRegency])
	t.SchemeMonth = cross(t.Scheme, t.Month, x[schemeByMonth])
	t.RegencySex = cross(t.Regency, t.Sex, x[regencyBySex])
	t.RegencyStatus = cross(t.Regency, t.Status, x[regencyByStatus])
	return t
}

func (t *Tables) crosses() []*Cross {
	return []*Cross{t.SchemeRegency, t.SchemeMonth, t.RegencySex, t.RegencyStatus}
}

// country is a random population: some places and schemes are large, many are small.
func country(r *rand.Rand) []one {
	pick := func(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, min(r.IntN(n), r.IntN(n))) }
	all := make([]one, Least+r.IntN(90))
	for i := range all {
		all[i] = one{pick("s", 6), pick("33.0", 6), []string{"", "L", "L", "P"}[r.IntN(4)], pick("2026-0", 5), Statuses()[min(r.IntN(4), r.IntN(4), r.IntN(4))]}
	}
	return all
}

// swaps are the ways in which two certificates can trade what stands on one side of a branch of the tree.
var swaps = []func(a, b *one){
	func(a, b *one) { a.scheme, b.scheme, a.month, b.month = b.scheme, a.scheme, b.month, a.month }, // scheme – regency
	func(a, b *one) { a.month, b.month = b.month, a.month },                                         // scheme – month
	func(a, b *one) { a.sex, b.sex = b.sex, a.sex },                                                 // regency – sex
	func(a, b *one) { a.status, b.status = b.status, a.status },                                     // regency – status
}

func TestForEveryHiddenCellThereIsAnotherCountryOfWhichTheSameNumbersArePublished(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hidden := 0
	for range 30 {
		all := country(r)
		published := publish(all)
		for k, x := range published.crosses() {
			another := moved(all, k, published)
			for i, h := range x.hidden {
				if !h {
					continue
				}
				hidden++
				if !another[i] {
					t.Fatalf("table %d: what %s, %s holds follows from what is published\n%v", k, x.Rows[i/len(x.Columns)], x.Columns[i%len(x.Columns)], all)
				}
			}
		}
	}
	if hidden < 500 {
		t.Errorf("only %d hidden cells were tried", hidden)
	}
}

// moved tries every trade of two certificates and gives the hidden cells of a table that hold something else after one
// that changes no number that is published, in this table or another.
func moved(all []one, k int, p *Tables) map[int]bool {
	out := map[int]bool{}
	for a := range all {
		for b := range a {
			other := slices.Clone(all)
			swaps[k](&other[a], &other[b])
			changed := changes(k, p.crosses()[k], other)
			if !fresh(out, changed) || !p.fits(other) {
				continue
			}
			for _, i := range changed {
				out[i] = true
			}
		}
	}
	return out
}

func fresh(out map[int]bool, changed []int) bool {
	return slices.ContainsFunc(changed, func(i int) bool { return !out[i] })
}

// fits says whether every number that is published is true of another population as well. Those of provinces, levels and
// sectors are sums of what is shown, so they are if these are.
func (t *Tables) fits(all []one) bool {
	for k, a := range []Axis{t.Scheme, t.Regency, t.Sex, t.Month, t.Status} {
		n := map[string]int64{}
		for _, c := range all {
			n[a.at(*sides[k](&c))]++
		}
		others := n[Others]
		delete(n, Others)
		if others != a.Others || !maps.Equal(n, a.Shown) {
			return false
		}
	}
	for k, x := range t.crosses() {
		for _, i := range changes(k, x, all) {
			if !x.hidden[i] {
				return false
			}
		}
	}
	return true
}

// changes are the cells of a table that hold another number for another population.
func changes(k int, x *Cross, all []one) (out []int) {
	row, column := index(x.Rows), index(x.Columns)
	at := func(m map[string]int, c string) int {
		if i, ok := m[c]; ok {
			return i
		}
		return m[Others]
	}
	n := make([]int64, len(x.n))
	for _, c := range all {
		r, q := [4]string{c.scheme, c.scheme, c.regency, c.regency}[k], [4]string{c.regency, c.month, c.sex, c.status}[k]
		n[at(row, r)*len(x.Columns)+at(column, q)]++
	}
	for i := range n {
		if n[i] != x.n[i] {
			out = append(out, i)
		}
	}
	return out
}

// parts of a certificate that is counted, one for each axis.
var sides = []func(*one) *string{
	func(c *one) *string { return &c.scheme }, func(c *one) *string { return &c.regency }, func(c *one) *string { return &c.sex },
	func(c *one) *string { return &c.month }, func(c *one) *string { return &c.status },
}

func TestForEveryCategoryAmongTheOthersThereIsAnotherCountryOfWhichTheSameNumbersArePublished(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	tried := 0
	for range 300 {
		all := country(r)
		p := publish(all)
		for k, a := range []Axis{p.Scheme, p.Regency, p.Sex, p.Month, p.Status} {
			for i, c := range all {
				if _, shown := a.Shown[*sides[k](&c)]; shown {
					continue
				}
				j := slices.IndexFunc(all, func(d one) bool {
					_, shown := a.Shown[*sides[k](&d)]
					return !shown && *sides[k](&d) != *sides[k](&c)
				})
				if j < 0 {
					t.Fatalf("axis %d: %q stands alone among the others", k, *sides[k](&c))
				}
				tried++
				if tried%50 != 0 { // the move is the same each time; a part of them is tried out
					continue
				}
				other := slices.Clone(all)
				*sides[k](&other[i]) = *sides[k](&all[j])
				if !p.fits(other) {
					t.Fatalf("axis %d: what %q holds follows from what is published\n%v", k, *sides[k](&c), all)
				}
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d were tried", tried)
	}
}

func TestNothingBelowFiveIsPublished(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		p := publish(country(r))
		for _, a := range []Axis{p.Scheme, p.Regency, p.Sex, p.Month, p.Status, p.Province(), p.Level(), p.Sector()} {
			if a.Sum() != p.Total {
				t.Fatalf("%v adds up to %d, not %d", a, a.Sum(), p.Total)
			}
			for c, n := range a.Shown {
				if n < Least {
					t.Fatalf("%s is shown with %d", c, n)
				}
			}
			if a.Others > 0 && a.Others < Least {
				t.Fatalf("the others are %d", a.Others)
			}
		}
		for _, x := range p.crosses() {
			for i := range x.n {
				if n, hidden := x.At(i/len(x.Columns), i%len(x.Columns)); !hidden && n > 0 && n < Least {
					t.Fatalf("a cell is shown with %d", n)
				}
			}
		}
	}
}

func TestACategoryIsLeftOutOnlyTogetherWithAnother(t *testing.T) {
	for _, c := range []struct {
		says   string
		n      map[string]int64
		shown  int
		others int64
	}{
		{"all are large: all are shown", map[string]int64{"a": 5, "b": 9}, 2, 0},
		{"one is small: the smallest of the others goes with it", map[string]int64{"a": 3, "b": 9, "c": 20}, 1, 12},
		{"two small ones are five together: they stand for themselves", map[string]int64{"a": 2, "b": 3, "c": 9}, 1, 5},
		{"five ones would each be told by their sum: another goes with them", map[string]int64{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 9, "g": 30}, 1, 14},
		{"women are few: then of men nothing is told either", map[string]int64{"L": 100, "P": 2}, 0, 102},
		{"what was counted away is not there", map[string]int64{"a": 0, "b": 9}, 1, 0},
	} {
		if a := axis(c.n); len(a.Shown) != c.shown || a.Others != c.others {
			t.Errorf("%s: got %+v", c.says, a)
		}
	}
}

func TestATableOfALargeCountryIsReadyInSeconds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	schemes, regencies, n := map[string]int64{}, map[string]int64{}, map[[2]string]int64{}
	for s := range 1000 {
		for p := range 514 {
			v := int64(r.ExpFloat64() * 20)
			a, b := fmt.Sprint("s", s), fmt.Sprint("p", p)
			schemes[a], regencies[b], n[[2]string{a, b}] = schemes[a]+v, regencies[b]+v, v
		}
	}
	x := cross(axis(schemes), axis(regencies), n)
	small, hidden := 0, 0
	for i, v := range x.n {
		if v > 0 && v < Least {
			small++
		}
		if x.hidden[i] {
			hidden++
		}
	}
	if hidden > small*11/10 {
		t.Errorf("%d cells are small, %d are hidden", small, hidden)
	}
}
