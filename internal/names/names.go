// Package names finds people in long lists by the words of their names.
//
// A search asks for the names in which some word begins with each word that was typed. It goes through the names that
// hold the rarest of these words, those with the very word first, then by name. Where every word is common it takes them in
// the order in which they were entered and looks through Reach names at a time: a page takes as long among millions as
// among thousands, and who wants to goes on.
package names

import (
	"cmp"
	"slices"
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/text"
)

// Index is a table with a row for each word of each name: org (the body whose list it is), word, a column with the id of
// whose name it is, and fold (the whole name as text.Fold writes it). All four in this order are its key: what is entered
// together then stands together, and a name is read without its record.
type Index struct{ Table, Of string }

// Name is one entry of a list.
type Name struct{ Org, ID, Name string }

// Key is a place in a list, where it goes on: the word it was found by, what the list is sorted by (nothing where it is in
// the order of entry), the id. The zero Key is the beginning, and as an answer the end.
type Key struct{ Word, After, ID string }

func (k Key) compare(o Key) int {
	return cmp.Or(strings.Compare(k.Word, o.Word), strings.Compare(k.After, o.After), strings.Compare(k.ID, o.ID))
}

const (
	// Common is how many names hold a word that is not rare.
	Common = 2_000
	// Reach is how many names a page of a search looks through at most, in each body's list.
	Reach = 20_000
)

var common, reach = Common, Reach // tests take less

// Words are the different words of a folded text, the longest first.
func Words(fold string) []string {
	out := strings.Fields(fold)
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(w string) bool { had := seen[w]; seen[w] = true; return had })
}

// Add enters names.
func (x Index) Add(tx *db.Tx, list ...Name) error {
	var rows [][]any
	for _, n := range list {
		fold := text.Fold(n.Name)
		for _, w := range Words(fold) {
			rows = append(rows, []any{n.Org, w, fold, n.ID})
		}
	}
	return tx.Insert(x.Table, []string{"org", "word", "fold", x.Of}, rows)
}

// Remove takes names out.
func (x Index) Remove(tx *db.Tx, list ...Name) error {
	for _, n := range list {
		fold := text.Fold(n.Name)
		for _, w := range Words(fold) {
			if _, err := tx.Exec("DELETE FROM "+x.Table+" WHERE org = $1 AND word = $2 AND fold = $3 AND "+x.Of+" = $4", n.Org, w, fold, n.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// List is what a search reads of what it found.
type List[R any] struct {
	Columns string          // that it reads
	From    string          // the table and what is joined to it
	ID      string          // the column that the index names
	Fields  func(*R) []any  // where the columns go
	Where   func(*db.Where) // adds what else must hold
}

type found[R any] struct {
	key Key
	row R
}

// Find gives up to limit of what the lists of some bodies hold, and the Key where a next page goes on.
func Find[R any](tx *db.Tx, x Index, orgs []string, query string, after Key, limit int, l List[R]) ([]R, Key, error) {
	s, err := x.search(tx, orgs, query, after)
	if err != nil || s.word == "" {
		return nil, Key{}, err
	}
	var all []found[R]
	var stop Key
	for _, org := range orgs {
		part, stopped, err := walk(tx, s, org, after, limit, l)
		if err != nil {
			return nil, Key{}, err
		}
		all = append(all, part...)
		if stop == (Key{}) || stopped != (Key{}) && stopped.compare(stop) < 0 {
			stop = stopped
		}
	}
	slices.SortFunc(all, func(a, b found[R]) int { return a.key.compare(b.key) })
	all = slices.CompactFunc(all, func(a, b found[R]) bool { return a.key == b.key })
	var out []R
	for _, f := range all {
		if stop != (Key{}) && f.key.compare(stop) > 0 { // another list was not looked through so far
			break
		}
		if len(out) == limit {
			return out, all[limit-1].key, nil
		}
		out = append(out, f.row)
	}
	return out, stop, nil
}

// search is a query with the word that it goes by, and whether few names hold it.
type search struct {
	Index
	word   string
	few    bool
	others []string
}

// search chooses the word that few names hold, or the longest; and for a later page as for the first.
func (x Index) search(tx *db.Tx, orgs []string, query string, after Key) (search, error) {
	words := Words(text.Fold(query))
	if len(words) == 0 {
		return search{}, nil
	}
	best, few := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(after.Word, w) }), after.After != ""
	if best < 0 {
		var err error
		if best, few, err = x.rarest(tx, orgs, words); err != nil {
			return search{}, err
		}
	}
	return search{x, words[best], few, slices.Delete(slices.Clone(words), best, best+1)}, nil
}

// rarest is the place of the first word that few names begin with; of the first where all are common.
func (x Index) rarest(tx *db.Tx, orgs, words []string) (place int, few bool, err error) {
	for i, w := range words {
		n, err := x.holding(tx, orgs, w)
		if err != nil || n < common {
			return i, true, err
		}
	}
	return 0, false, nil
}

// holding counts the names in which a word begins so, up to Common in each list.
func (x Index) holding(tx *db.Tx, orgs []string, word string) (all int, err error) {
	for _, org := range orgs {
		var n int
		err := tx.Get("SELECT COUNT(*) FROM (SELECT 1 FROM "+x.Table+" WHERE org = $1 AND word >= $2 AND word < $3 LIMIT $4) AS few", []any{org, word, word + "~", common}, &n)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// chunks are how many names are looked up at once: few first, more where the rest of the conditions leaves few of them.
var chunks = []int{64, 256, 1024}

// walk reads a body's list. stopped is where it stopped before the end.
func walk[R any](tx *db.Tx, s search, org string, after Key, limit int, l List[R]) (out []found[R], stopped Key, err error) {
	if !strings.HasPrefix(after.Word, s.word) {
		after = Key{Word: s.word}
	}
	end, err := s.end(tx, org, after)
	if err != nil {
		return nil, Key{}, err
	}
	for i := 0; ; i++ {
		chunk := chunks[min(i, len(chunks)-1)]
		keys, more, err := s.keys(tx, org, after, end, chunk)
		if err != nil {
			return nil, Key{}, err
		}
		rows, err := l.read(tx, keys, chunk)
		if err != nil {
			return nil, Key{}, err
		}
		for _, k := range keys {
			if r, is := rows[k.ID]; is {
				out = append(out, found[R]{k, r})
			}
			if len(out) > limit {
				return out, k, nil
			}
		}
		if more == (Key{}) {
			return out, end, nil
		}
		after = more
	}
}

// end is the place Reach names on; the zero Key where there are fewer.
func (s search) end(tx *db.Tx, org string, after Key) (end Key, err error) {
	if s.few {
		return end, nil
	}
	w := s.from(org, after, Key{})
	err = tx.Get("SELECT w.word, w."+s.Of+" FROM "+s.Table+" AS w WHERE "+w.String()+" ORDER BY "+s.order()+" LIMIT 1 OFFSET "+w.Value(reach-1), w.Args(), &end.Word, &end.ID)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return end, err
}

// order of what is found: by name where it is little.
func (s search) order() string {
	if s.few {
		return "w.word, w.fold, w." + s.Of
	}
	return "w.word, w." + s.Of
}

// place is a Key in this order.
func (s search) place(k Key) []any {
	if s.few {
		return []any{k.Word, k.After, k.ID}
	}
	return []any{k.Word, k.ID}
}

// from is the stretch of a body's list after one place, up to another or to the end.
func (s search) from(org string, after, end Key) (w db.Where) {
	marks := strings.Repeat(", ?", len(s.place(after)))[2:]
	w.And("w.org = ?", org)
	if s.few { // PostgreSQL knows from this alone how few
		w.And("w.word >= ?", s.word)
	}
	w.And("("+s.order()+") > ("+marks+")", s.place(after)...)
	if end == (Key{}) {
		w.And("w.word < ?", s.word+"~")
	} else {
		w.And("("+s.order()+") <= ("+marks+")", s.place(end)...)
	}
	return w
}

// keys are the next names of a stretch that hold all words, without their records. more is where to go on, the zero Key at
// the end of the stretch. They are read before their records, so that no database goes by the records instead; and the
// other words stand in a CASE, since PostgreSQL takes LIKE for so rare that it would go through the whole table.
func (s search) keys(tx *db.Tx, org string, after, end Key, most int) (keys []Key, more Key, err error) {
	w := s.from(org, after, end)
	if len(s.others) > 0 {
		w.And("CASE WHEN "+strings.Repeat(" AND (' ' || w.fold) LIKE ?", len(s.others))[5:]+" THEN 1 ELSE 0 END <> 0", s.patterns()...)
	}
	all, err := db.All(tx, func(k *Key) []any { return []any{&k.Word, &k.After, &k.ID} },
		"SELECT w.word, w.fold, w."+s.Of+" FROM "+s.Table+" AS w WHERE "+w.String()+" ORDER BY "+s.order()+" LIMIT "+w.Value(most), w.Args()...)
	for i, k := range all {
		mine := k.Word == s.first(k.After) // or it is found by another of its words
		if !s.few {
			k.After = ""
		}
		if mine {
			keys = append(keys, k)
		}
		if i == most-1 {
			more = k
		}
	}
	return keys, more, err
}

// read gives the records of some names, as far as the rest of the conditions holds. Its statements ask for a fixed number
// of ids, so that there are few of them.
func (l List[R]) read(tx *db.Tx, keys []Key, most int) (map[string]R, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	ids := make([]any, most)
	for i := range ids {
		ids[i] = keys[min(i, len(keys)-1)].ID
	}
	var w db.Where
	w.In(l.ID, ids...)
	l.Where(&w)
	type record struct {
		id  string
		row R
	}
	rows, err := db.All(tx, func(r *record) []any { return append([]any{&r.id}, l.Fields(&r.row)...) }, "SELECT "+l.ID+", "+l.Columns+" FROM "+l.From+" WHERE "+w.String(), w.Args()...)
	out := map[string]R{}
	for _, r := range rows {
		out[r.id] = r.row
	}
	return out, err
}

// patterns are what a name with the other words looks like.
func (s search) patterns() []any {
	out := make([]any, len(s.others))
	for i, o := range s.others {
		out[i] = "% " + o + "%"
	}
	return out
}

// first is the word of a name that a search finds it by: the first of those that begin with what was typed.
func (s search) first(fold string) (word string) {
	for _, w := range strings.Fields(fold) {
		if strings.HasPrefix(w, s.word) && (word == "" || w < word) {
			word = w
		}
	}
	return word
}
