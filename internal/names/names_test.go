package names_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/names"
	"kompeten/internal/text"
)

var index = names.Index{Table: "thing_name", Of: "thing"}

type thing struct{ id, name, kind string }

// list is a list of things that have names, each in the lists of some bodies.
type list struct {
	t    *testing.T
	d    *dbtest.DB
	all  []thing
	orgs map[string][]string // whose lists a thing is in
}

func newList(t *testing.T, d *dbtest.DB) *list {
	l := &list{t: t, d: d, orgs: map[string][]string{}}
	l.write(func(tx *db.Tx) error {
		for _, s := range []string{
			"CREATE TABLE thing (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL)",
			"CREATE TABLE thing_name (org TEXT NOT NULL, word TEXT NOT NULL, fold TEXT NOT NULL, thing TEXT NOT NULL, PRIMARY KEY (org, word, thing, fold))",
		} {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	})
	return l
}

func (l *list) write(fn func(tx *db.Tx) error) {
	l.t.Helper()
	if err := l.d.Write(context.Background(), fn); err != nil {
		l.t.Fatal(err)
	}
}

func (l *list) add(name, kind string, orgs ...string) thing {
	x := thing{fmt.Sprintf("t%04d", len(l.all)), name, kind}
	l.write(func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO thing (id, name, kind) VALUES ($1, $2, $3)", x.id, x.name, x.kind); err != nil {
			return err
		}
		for _, o := range orgs {
			if err := index.Add(tx, names.Name{Org: o, ID: x.id, Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	l.all, l.orgs[x.id] = append(l.all, x), orgs
	return x
}

// page is one page of a search.
func (l *list) page(query, kind string, after names.Key, limit int, orgs ...string) (out []thing, next names.Key) {
	l.t.Helper()
	err := l.d.Read(context.Background(), func(tx *db.Tx) (err error) {
		out, next, err = names.Find(tx, index, orgs, query, after, limit, names.List[thing]{Columns: "thing.id, name, kind", From: "thing", ID: "thing.id",
			Fields: func(x *thing) []any { return []any{&x.id, &x.name, &x.kind} },
			Where: func(w *db.Where) {
				if kind != "" {
					w.And("kind = ?", kind)
				}
			}})
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out, next
}

// search turns all pages of a search.
func (l *list) search(query, kind string, limit int, orgs ...string) (out []thing) {
	l.t.Helper()
	var after names.Key
	for range 1000 {
		part, next := l.page(query, kind, after, limit, orgs...)
		out = append(out, part...)
		if next == (names.Key{}) {
			return out
		}
		if len(part) > limit {
			l.t.Fatalf("%q: a page of %d things, asked for %d", query, len(part), limit)
		}
		after = next
	}
	l.t.Fatalf("%q never ends", query)
	return nil
}

// want is what a search should find, by going through everything.
func (l *list) want(query, kind string, orgs ...string) (out []string) {
	for _, x := range l.all {
		holds := kind == "" || x.kind == kind
		holds = holds && slices.ContainsFunc(l.orgs[x.id], func(o string) bool { return slices.Contains(orgs, o) })
		for _, q := range strings.Fields(text.Fold(query)) {
			holds = holds && slices.ContainsFunc(strings.Fields(text.Fold(x.name)), func(w string) bool { return strings.HasPrefix(w, q) })
		}
		if holds {
			out = append(out, x.id)
		}
	}
	return out
}

func idsOf(list []thing) (out []string) {
	for _, x := range list {
		out = append(out, x.id)
	}
	return out
}

func called(list []thing) (out []string) {
	for _, x := range list {
		out = append(out, x.name)
	}
	return out
}

func TestASearchFindsWhatHoldsTheWordsPageByPageAndNothingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := newList(t, d)
		r := rand.New(rand.NewPCG(7, 11))
		words := []string{"Sari", "Sarifah", "Wulan", "Wulandari", "Adi", "Aditya", "S", "Nur", "Éka", "Siti"}
		for range 300 {
			var n []string
			for range 1 + r.IntN(4) {
				n = append(n, words[min(r.IntN(len(words)), r.IntN(len(words)))])
			}
			orgs := [][]string{{"lsp"}, {"lsp", "office"}, {"office"}, {"other"}}[r.IntN(4)]
			l.add(strings.Join(n, " "), []string{"k", "bk"}[r.IntN(2)], orgs...)
		}
		for _, limits := range [][2]int{{2, 7}, {20, 50}, {names.Common, names.Reach}} {
			restore := names.Limits(limits[0], limits[1])
			for _, query := range []string{"wulan sari", "sari wulan", "s", "s s", "sar", "adi", "eka", "eka siti nur", "nobody", "wulan nobody", "w a"} {
				for _, orgs := range [][]string{{"lsp"}, {"office", "lsp"}, {"nowhere"}} {
					for _, kind := range []string{"", "bk"} {
						got, want := idsOf(l.search(query, kind, 1+r.IntN(60), orgs...)), l.want(query, kind, orgs...)
						slices.Sort(got)
						if !slices.Equal(got, want) {
							t.Errorf("limits %v, %q of %q in %v: found %v, want %v", limits, query, kind, orgs, got, want)
						}
					}
				}
			}
			restore()
		}
	})
}

func TestTheVeryWordComesFirstAndThenTheName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := newList(t, d)
		for _, n := range []string{"Sarifah", "Wulan Sari", "Sari", "Adi Sari", "Sari Sarifah"} {
			l.add(n, "", "lsp")
		}
		if got, want := called(l.search("sari", "", 2, "lsp")), []string{"Adi Sari", "Sari", "Sari Sarifah", "Wulan Sari", "Sarifah"}; !slices.Equal(got, want) {
			t.Errorf("a search for Sari gives %v, want %v", got, want)
		}
	})
}

func TestAPageOfCommonWordsLooksOnlySoFar(t *testing.T) {
	defer names.Limits(3, 10)()
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := newList(t, d)
		for i := range 25 {
			l.add(fmt.Sprintf("Kartika %02d", i), "", "lsp")
		}
		x := l.add("Kartika Wulan", "", "lsp")
		for range 25 {
			l.add("Wulan", "", "lsp")
		}
		var pages int
		for after := (names.Key{}); ; pages++ {
			list, next := l.page("kartika wulan", "", after, 50, "lsp")
			if len(list) == 1 && list[0] == x {
				break
			}
			if len(list) > 0 || next == after || next == (names.Key{}) {
				t.Fatalf("page %d holds %v and goes on after %v", pages, list, next)
			}
			after = next
		}
		if pages != 2 {
			t.Errorf("it was found on page %d, want 3", pages+1)
		}
	})
}

func TestWhoseNameWasTakenOutIsNotFoundByIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := newList(t, d)
		x := l.add("Wulan Sari", "", "lsp", "office")
		l.write(func(tx *db.Tx) error { return index.Remove(tx, names.Name{Org: "lsp", ID: x.id, Name: x.name}) })
		if got := l.search("wulan", "", 5, "lsp"); len(got) != 0 {
			t.Errorf("the LSP still finds %v", got)
		}
		if got := l.search("sari", "", 5, "office"); len(got) != 1 {
			t.Errorf("the office finds %v, want one", got)
		}
	})
}

func TestNothingIsFoundByNoWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := newList(t, d)
		l.add("Wulan", "", "lsp")
		for _, query := range []string{"", " ", "%", "..."} {
			if got := l.search(query, "", 5, "lsp"); len(got) != 0 {
				t.Errorf("%q finds %v", query, got)
			}
		}
	})
}
