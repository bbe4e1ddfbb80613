package programme

import (
	"bytes"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// merge takes the rows of a file over into the list: new ones are added, changed ones changed, equal ones only learn
// where they stand in the newest file. Nothing is taken off the list.
func (s *Service) merge(tx *db.Tx, actor auth.Actor, p Programme, res *UploadResult, rows []sheet.Row) error {
	have, err := storedRows(tx, p.ID)
	if err != nil {
		return err
	}
	m := s.newMatcher(have, rows, func(x *stored, nik string) (bool, error) { return s.near(tx, x, nik) })
	pairs, err := m.pair()
	if err != nil {
		return err
	}
	var fresh [][]any
	var same []string
	var amended []ledger.Entry
	for i, r := range rows {
		old := pairs[i]
		switch {
		case old == nil:
			if m.twinOf(i) {
				r.Problems = append(slices.Clone(r.Problems), sheet.Problem{Field: sheet.Name, Code: "person_duplicate", Severity: sheet.Warning, Value: r.Name})
			}
			res.New++
			fresh = append(fresh, s.rowValues(tx, p, res.Upload, r))
		case old.hash != m.hashes[i]:
			res.Changed++
			entry, err := s.changed(tx, actor, p, res, old, r)
			if err != nil {
				return err
			}
			amended = append(amended, entry...)
		case old.at(r):
			res.Same++
			same = append(same, old.id)
		default:
			res.Same++
			if err := tx.Change("UPDATE list_row SET upload = $2, sheet = $3, row_no = $4 WHERE id = $1", old.id, res.Upload, r.Sheet, r.Row); err != nil {
				return err
			}
		}
		res.tally(r)
	}
	for _, x := range have {
		if !x.seen && x.state != RowDropped {
			res.Missing++
		}
	}
	if err := stay(tx, res.Upload, same); err != nil {
		return err
	}
	if err := tx.Insert("list_row", rowColumns, fresh); err != nil {
		return err
	}
	return ledger.AppendAll(tx, p.Office, amended)
}

// stay notes that rows stand in the newest file as and where they stood before.
func stay(tx *db.Tx, upload string, rows []string) error {
	for part := range slices.Chunk(rows, 100) {
		args := make([]any, 101)
		args[0] = upload
		for i := range 100 {
			args[i+1] = part[min(i, len(part)-1)]
		}
		if _, err := tx.Exec("UPDATE list_row SET upload = $1 WHERE id IN "+db.Places(2, 100), args...); err != nil {
			return err
		}
	}
	return nil
}

// near says whether a stored row's NIK looks like a slip of another.
func (s *Service) near(tx *db.Tx, x *stored, nik string) (bool, error) {
	r, _, err := s.row(tx, x.id)
	return slip(r.Row.NIK, nik), err
}

// changed puts a file's newer row in place of the older one. Who was nominated from it stays nominated; her facts
// follow.
func (s *Service) changed(tx *db.Tx, actor auth.Actor, p Programme, res *UploadResult, old *stored, r sheet.Row) ([]ledger.Entry, error) {
	if old.state != RowNominated {
		return nil, s.replace(tx, old, res.Upload, r, s.contentHash(r), stateOf(r, false))
	}
	was, _, err := s.row(tx, old.id)
	if err != nil {
		return nil, err
	}
	doubtful := !bytes.Equal(old.nik, s.nikHash(r)) || was.Row.Extra != r.Extra
	if doubtful {
		res.Doubtful++
		r.Problems = append(slices.Clone(r.Problems), sheet.Problem{Field: sheet.NIK, Code: "changed_after_nomination", Severity: sheet.Warning, Value: r.Sent[sheet.NIK].Text})
	}
	if err := s.replace(tx, old, res.Upload, r, s.contentHash(r), RowNominated); err != nil {
		return nil, err
	}
	if doubtful || r.Name == "" || r.BirthDate == "" {
		return nil, nil
	}
	res.Amended++
	return s.amend(tx, actor, p, old.nominee, r)
}

// amend brings a nominee's facts up to date. What she has said of herself, or another list says too, is not
// overwritten: only what was empty is filled in.
func (s *Service) amend(tx *db.Tx, actor auth.Actor, p Programme, nominee string, r sheet.Row) ([]ledger.Entry, error) {
	pass, err := allow(tx, actor, "amend", p, "")
	if err != nil {
		return nil, err
	}
	var who auth.PersonID
	err = tx.Get("UPDATE nominee SET district = $2, sector = $3, employer = $4, version = version + 1 WHERE id = $1 RETURNING person",
		[]any{nominee, r.DistrictCode, r.Sector, r.Business}, &who)
	if err != nil {
		return nil, err
	}
	if _, err := person.PutAll(tx, s.box, actor, p.Office, []person.Input{input(p, r)}); err != nil {
		return nil, err
	}
	hers, err := speaksForHerself(tx, who)
	if err == nil && !hers {
		err = person.Correct(tx, s.box, who, input(p, r))
	}
	return []ledger.Entry{{Record: nominee, Pass: pass}}, err
}

// speaksForHerself says whether a person's record is more than this one list's word: she has an account or has
// confirmed an application, or stands on another list.
func speaksForHerself(tx *db.Tx, p auth.PersonID) (bool, error) {
	return tx.Has(`SELECT person FROM account WHERE person = $1 UNION ALL SELECT person FROM consent WHERE person = $1
		UNION ALL SELECT person FROM nominee WHERE person = $1 GROUP BY person HAVING COUNT(*) > 1`, string(p))
}

// replace puts what a row says now in place of what it said. hash is of the file's row, which a correction in place
// does not change.
func (s *Service) replace(tx *db.Tx, old *stored, upload string, r sheet.Row, hash, state string) error {
	return tx.Change(`UPDATE list_row SET upload = $2, sheet = $3, row_no = $4, nik_hash = $5, match_key = $6, content_hash = $7, sealed = $8, name = $9, fold = $10,
		codes = $11, worst = $12, state = $13, district = $14, sector = $15, employer = $16, version = version + 1 WHERE id = $1 AND version = $17`,
		old.id, upload, r.Sheet, r.Row, s.nikHash(r), matchKey(r), hash, s.sealRow(old.id, r), r.Name, text.Fold(r.Name), codes(r), worst(r), state,
		r.DistrictCode, r.Sector, r.Business, old.version)
}

// input is what a row says of a person.
func input(p Programme, r sheet.Row) person.Input {
	return person.Input{Name: r.Name, NIK: r.NIK, BirthPlace: r.BirthPlace, BirthDate: r.BirthDate, Sex: r.Sex, Address: r.Address, District: r.DistrictCode,
		Phone: r.Phone, Email: r.Email, Education: r.Education, Sample: p.Sample}
}
