package programme

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/sheet"
)

// FixRow puts corrected cells into a row and reads it anew. version is the one the officer saw. A dropped row comes
// back by it; a nominated one is an application and is put right there. What the file said is remembered, so that the
// same file sent again does not undo the correction.
func (s *Service) FixRow(ctx context.Context, actor auth.Actor, rid string, version int64, cells map[sheet.Field]string) error {
	var pid ID
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { _, pid, err = s.row(tx, rid); return err })
	if err != nil {
		return err
	}
	_, o, err := s.options(ctx, actor, pid)
	if err != nil {
		return err
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "fix_row", p, "")
		if err != nil {
			return err
		}
		r, _, err := s.row(tx, rid)
		if err != nil {
			return err
		}
		if err := s.fix(tx, p, r, version, cells, o); err != nil {
			return err
		}
		return ledger.Append(tx, p.Office, rid, pass, map[string]int{"cells": len(cells)})
	})
}

func (s *Service) fix(tx *db.Tx, p Programme, r ListRow, version int64, cells map[sheet.Field]string, o sheet.Options) error {
	switch {
	case r.Version != version:
		return fault.New(fault.Conflict, "db.stale")
	case r.State == RowNominated:
		return fault.New(fault.Conflict, "programme.row_nominated")
	}
	for f, v := range cells {
		r.Row.Sent[f] = sheet.Sent{Text: v}
	}
	sheet.Understand(&r.Row, o)
	if err := s.twin(tx, p, r.ID, &r.Row); err != nil {
		return err
	}
	var hash string
	if err := tx.Get("SELECT content_hash FROM list_row WHERE id = $1", []any{r.ID}, &hash); err != nil {
		return err
	}
	return s.replace(tx, &stored{id: r.ID, version: version}, r.Upload, r.Row, hash, stateOf(r.Row, false))
}

// twin marks a row that is another of the list once more: the same NIK, or the same name and day of birth where the
// other's NIK is still in doubt.
func (s *Service) twin(tx *db.Tx, p Programme, rid string, r *sheet.Row) error {
	if r.NIK == "" {
		return nil
	}
	var other string
	err := tx.Get(`SELECT match_key FROM list_row WHERE programme = $1 AND id <> $3 AND state <> 'dropped'
		AND (nik_hash = $2 OR nik_hash IS NULL AND match_key = $4 AND codes NOT LIKE '%duplicate%') ORDER BY nik_hash IS NULL, id LIMIT 1`,
		[]any{string(p.ID), s.nikHash(*r), rid, matchKey(*r)}, &other)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	code := "nik_duplicate"
	if other == matchKey(*r) {
		code = "person_duplicate"
	}
	r.Problems = append(r.Problems, sheet.Problem{Field: sheet.NIK, Code: code, Severity: sheet.Error, Value: r.Sent[sheet.NIK].Text})
	r.NIK = ""
	return nil
}
