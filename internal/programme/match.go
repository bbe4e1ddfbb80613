package programme

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// stored is a row of the list as far as an upload needs it to know the row again.
type stored struct {
	id, key, hash, state, fold, nominee string
	sheet                               string
	row                                 int
	nik                                 []byte
	version                             int64
	seen                                bool // paired with a row of the file
	twin                                bool // another person of the same name and day of birth is on the list
}

func (x *stored) at(r sheet.Row) bool { return x.sheet == r.Sheet && x.row == r.Row }

func storedRows(tx *db.Tx, p ID) ([]*stored, error) {
	return db.All(tx, func(x **stored) []any {
		*x = &stored{}
		v := *x
		return []any{&v.id, &v.key, &v.hash, &v.state, &v.fold, &v.nominee, &v.sheet, &v.row, &v.nik, &v.version}
	}, "SELECT id, match_key, content_hash, state, fold, nominee, sheet, row_no, nik_hash, version FROM list_row WHERE programme = $1 ORDER BY row_no, id", string(p))
}

// matcher pairs the rows of a file with the rows of the list. What is surest goes first and for all rows, so that a
// changed row never takes the place of an unchanged one.
type matcher struct {
	s                            *Service
	hash, nik, key, place        map[string][]*stored
	nearNIK                      func(old *stored, nik string) (bool, error)
	rows                         []sheet.Row
	out                          []*stored
	hashes, niks, keys, position []string
}

func (s *Service) newMatcher(have []*stored, rows []sheet.Row, near func(*stored, string) (bool, error)) *matcher {
	m := &matcher{s: s, hash: map[string][]*stored{}, nik: map[string][]*stored{}, key: map[string][]*stored{}, place: map[string][]*stored{},
		nearNIK: near, rows: rows, out: make([]*stored, len(rows))}
	for _, x := range have {
		m.hash[x.hash] = append(m.hash[x.hash], x)
		m.key[x.key] = append(m.key[x.key], x)
		m.place[place(x.sheet, x.row)] = append(m.place[place(x.sheet, x.row)], x)
		if x.nik != nil {
			m.nik[hex.EncodeToString(x.nik)] = append(m.nik[hex.EncodeToString(x.nik)], x)
		}
	}
	for _, r := range rows {
		m.hashes = append(m.hashes, s.contentHash(r))
		m.niks = append(m.niks, s.nikKey(r))
		m.keys = append(m.keys, matchKey(r))
		m.position = append(m.position, place(r.Sheet, r.Row))
	}
	return m
}

// pair gives for each row of the file its row on the list, nil for a new one: by the very same cells, else by NIK,
// else by name and day of birth, else by its place in the file under the same name.
func (m *matcher) pair() ([]*stored, error) {
	m.take(func(i int) []*stored { return m.hash[m.hashes[i]] })
	m.take(func(i int) []*stored {
		if m.niks[i] == "" {
			return nil
		}
		return m.nik[m.niks[i]]
	})
	for i := range m.rows {
		if err := m.byName(i); err != nil {
			return nil, err
		}
	}
	m.take(func(i int) []*stored {
		var same []*stored
		for _, x := range m.place[m.position[i]] {
			if (x.fold == "" || x.fold == text.Fold(m.rows[i].Name)) && (x.nik == nil || m.niks[i] == "") {
				same = append(same, x)
			}
		}
		return same
	})
	return m.out, nil
}

func (m *matcher) take(candidates func(i int) []*stored) {
	for i := range m.rows {
		if m.out[i] != nil {
			continue
		}
		for _, x := range candidates(i) {
			if !x.seen {
				x.seen, m.out[i] = true, x
				break
			}
		}
	}
}

// byName pairs by name and day of birth. Two different NIKs are one person's only where one looks like a slip of the
// other or both stand in the same place; else they are two people of one name, and the officer is asked.
func (m *matcher) byName(i int) error {
	if m.out[i] != nil {
		return nil
	}
	for _, x := range m.key[m.keys[i]] {
		if x.seen {
			continue
		}
		if x.nik != nil && m.niks[i] != "" && !x.at(m.rows[i]) {
			near, err := m.nearNIK(x, m.rows[i].NIK)
			if err != nil {
				return err
			}
			if !near {
				x.twin = true
				continue
			}
		}
		x.seen, m.out[i] = true, x
		return nil
	}
	return nil
}

// twinOf says whether the list has another person of the row's name and day of birth.
func (m *matcher) twinOf(i int) bool {
	for _, x := range m.key[m.keys[i]] {
		if x.twin && x.state != RowDropped {
			return true
		}
	}
	return false
}

// slip says whether two NIKs differ in at most two digits, as a typing error does.
func slip(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n <= 2
}

func place(sheet string, row int) string { return fmt.Sprintf("%s|%d", sheet, row) }

// matchKey is by what a row is known again when its NIK is missing or was corrected.
func matchKey(r sheet.Row) string {
	if r.Name != "" && r.BirthDate != "" {
		return "n:" + text.Fold(r.Name) + "|" + string(r.BirthDate)
	}
	return "r:" + place(r.Sheet, r.Row)
}

// contentHash stands for what a file said of a person. The running number is no part of it: it moves when a row is put
// in above. A correction in place leaves it alone, so that the same file sent again does not undo the correction.
func (s *Service) contentHash(r sheet.Row) string {
	sent := make(map[sheet.Field]sheet.Sent, len(r.Sent))
	for f, v := range r.Sent {
		if f != sheet.No {
			sent[f] = v
		}
	}
	b, _ := json.Marshal(sent)
	return hex.EncodeToString(s.box.Hash("list_row", string(b))[:16])
}

func codes(r sheet.Row) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Code)
	}
	return strings.Join(out, " ")
}
