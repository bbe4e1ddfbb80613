package person

import (
	"bytes"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/seal"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// Merged is what became of one line of a list.
type Merged struct {
	Person  auth.PersonID
	New     bool     // entered now
	Filled  []string // fields that were empty and are known now
	Differs []string // fields that were known and are said to be something else: left as they were, for a person to judge
}

// Merge finds the persons of a list by their NIK, or enters them; the answers come in the order of the list. What is
// known already is never overwritten: empty fields are filled in, which is a ledger entry, and differences are told.
func Merge(tx *db.Tx, box *seal.Box, actor auth.Actor, book auth.OrgID, ins []Input) ([]Merged, error) {
	enter, err := allow(tx, actor, "enter", Person{}, "")
	if err != nil {
		return nil, err
	}
	m := merger{tx: tx, box: box, enter: enter, out: make([]Merged, len(ins)), born: map[string]record{}}
	lines, hashes := make([]Input, len(ins)), make([][]byte, len(ins))
	for i, in := range ins {
		lines[i] = in.clean()
		hashes[i] = hashed(box, "nik", lines[i].NIK)
	}
	if m.known, err = findAll(tx, hashes); err != nil {
		return nil, err
	}
	for i, in := range lines {
		if m.out[i], err = m.line(actor, in, hashes[i]); err != nil {
			return nil, err
		}
	}
	if err := tx.Insert("person", columnsIn, m.rows); err != nil {
		return nil, err
	}
	return m.out, ledger.AppendAll(tx, book, m.entries)
}

// merger is one Merge under way.
type merger struct {
	tx      *db.Tx
	box     *seal.Box
	enter   flow.Pass
	known   map[string]record // by hash of the NIK, as the database has them
	born    map[string]record // by hash of the NIK, entered by this list
	out     []Merged
	rows    [][]any
	entries []ledger.Entry
}

func (m *merger) line(actor auth.Actor, in Input, nik []byte) (Merged, error) {
	said := record{name: in.Name, birthPlace: in.BirthPlace, birthDate: in.BirthDate, sex: in.Sex, address: in.Address, district: in.District,
		email: in.Email, education: in.Education, phoneHash: hashed(m.box, "phone", in.Phone)}
	if p, ok := m.born[string(nik)]; ok && nik != nil {
		return Merged{Person: p.id, Differs: p.differs(said)}, nil
	}
	p, ok := m.known[string(nik)]
	if !ok || nik == nil {
		return m.bear(in, said, nik), nil
	}
	out := Merged{Person: p.id, Differs: p.differs(said), Filled: p.fill(said)}
	if len(out.Filled) == 0 {
		return out, nil
	}
	if p.phoneSealed == nil && p.phoneHash != nil {
		p.phoneSealed = sealed(m.box, "person.phone:", p.id, in.Phone)
	}
	m.known[string(nik)] = p
	pass, err := allow(m.tx, actor, "complete", Person{ID: p.id, Version: p.version}, "")
	if err != nil {
		return out, err
	}
	m.entries = append(m.entries, ledger.Entry{Record: string(p.id), Pass: pass, Detail: map[string][]string{"fields": out.Filled}})
	return out, p.save(m.tx)
}

// bear notes a new person for the insert at the end of the list.
func (m *merger) bear(in Input, said record, nik []byte) Merged {
	said.id = auth.PersonID(id.New("per", m.tx.Now()))
	m.rows = append(m.rows, values(m.tx, m.box, said.id, in, nik, said.phoneHash))
	m.entries = append(m.entries, ledger.Entry{Record: string(said.id), Pass: m.enter})
	m.born[string(nik)] = said
	return Merged{Person: said.id, New: true}
}

// record is what the database knows of a person and a list may say too.
type record struct {
	id                              auth.PersonID
	name, birthPlace                string
	birthDate                       date.Date
	sex, address, district          string
	email, education                string
	nikHash, phoneHash, phoneSealed []byte
	version                         int64
}

func recordFields(r *record) []any {
	return []any{&r.id, &r.nikHash, &r.name, &r.birthPlace, &r.birthDate, &r.sex, &r.address, &r.district, &r.email, &r.education,
		&r.phoneHash, &r.phoneSealed, &r.version}
}

// field is one thing known and said; same says when two texts mean the same.
type field struct {
	name  string
	known *string
	said  string
	same  func(a, b string) bool
}

func folded(a, b string) bool  { return text.Fold(a) == text.Fold(b) }
func exactly(a, b string) bool { return a == b }

// fields pairs what is known with what is said. The phone is compared apart: only its hash is known.
func (r *record) fields(said record) []field {
	return []field{
		{"name", &r.name, said.name, folded},
		{"birth_place", &r.birthPlace, said.birthPlace, folded},
		{"birth_date", (*string)(&r.birthDate), string(said.birthDate), exactly},
		{"sex", &r.sex, said.sex, exactly},
		{"address", &r.address, said.address, folded},
		{"district", &r.district, said.district, exactly},
		{"email", &r.email, said.email, strings.EqualFold},
		{"education", &r.education, said.education, exactly},
	}
}

// differs lists the fields that are known and said to be something else.
func (r record) differs(said record) (out []string) {
	for _, f := range r.fields(said) {
		if *f.known != "" && f.said != "" && !f.same(*f.known, f.said) {
			out = append(out, f.name)
		}
	}
	if r.phoneHash != nil && said.phoneHash != nil && !bytes.Equal(r.phoneHash, said.phoneHash) {
		out = append(out, "phone")
	}
	return out
}

// fill takes over what was not known and lists it.
func (r *record) fill(said record) (out []string) {
	for _, f := range r.fields(said) {
		if *f.known == "" && f.said != "" {
			*f.known = f.said
			out = append(out, f.name)
		}
	}
	if r.phoneHash == nil && said.phoneHash != nil {
		r.phoneHash = said.phoneHash
		out = append(out, "phone")
	}
	return out
}

func (r record) save(tx *db.Tx) error {
	return tx.Change(`UPDATE person SET birth_place = $2, birth_date = $3, sex = $4, address = $5, district = $6, email = $7, education = $8,
		phone_hash = $9, phone_sealed = $10, name = $11, fold = $12, version = version + 1 WHERE id = $1`, string(r.id), r.birthPlace, string(r.birthDate), r.sex,
		r.address, r.district, r.email, r.education, r.phoneHash, r.phoneSealed, r.name, text.Fold(r.name))
}

const lookAtOnce = 250 // always as many parameters, so that the statement is prepared once

// findAll looks the persons of many NIK hashes up, by the hash.
func findAll(tx *db.Tx, hashes [][]byte) (map[string]record, error) {
	known := map[string]record{}
	var ask []any
	for _, h := range hashes {
		if h != nil {
			ask = append(ask, h)
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), lookAtOnce)
		part := make([]any, lookAtOnce)
		copy(part, ask[:n])
		got, err := db.All(tx, recordFields, `SELECT id, nik_hash, name, birth_place, birth_date, sex, address, district, email, education, phone_hash, phone_sealed, version
			FROM person WHERE nik_hash IN `+db.Places(1, lookAtOnce)+" ORDER BY id", part...)
		if err != nil {
			return nil, err
		}
		for _, r := range got {
			known[string(r.nikHash)] = r
		}
		ask = ask[n:]
	}
	return known, nil
}

// clean is the input in the form it is kept and found by: no signs that a database refuses, the phone as +62…, the
// e-mail address in small letters. A phone that is none stays as it was said.
func (in Input) clean() Input {
	for _, p := range []*string{&in.Name, &in.NIK, &in.BirthPlace, &in.Sex, &in.Address, &in.District, &in.Phone, &in.Email, &in.Education} {
		*p = strings.TrimSpace(plain(*p))
	}
	if e := sheet.E164(in.Phone); e != "" {
		in.Phone = e
	}
	in.Email = strings.ToLower(in.Email)
	return in
}

// plain takes out what is no text: bytes that are no UTF-8, and the sign of value zero.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}
