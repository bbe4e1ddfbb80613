package programme

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
	"kompeten/internal/region"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// States of a row of the list.
const (
	RowWaiting   = "waiting" // for a correction or a confirmation
	RowGood      = "good"
	RowNominated = "nominated"
	RowDropped   = "dropped"
)

// ListRow is one person on an office's list, as sent and as understood. NIK and phone in Row are masked unless the
// row was revealed.
type ListRow struct {
	ID      string
	Upload  string
	State   string
	Worst   string
	Row     sheet.Row
	Nominee string
	Version int64
}

// Upload is one file an office sent.
type Upload struct {
	ID       string
	FileName string
	Blob     string
	Tables   []sheet.Table
	Rows     int
	By       string
	At       db.Time
}

// UploadResult says what a file changed on the list.
type UploadResult struct {
	Upload                  string
	Total, New, Changed     int
	Same, Missing           int // Missing rows are on the list, not in this file; they stay
	Amended                 int // of the changed, people nominated already whose facts were brought up to date
	Doubtful                int // of the changed, people nominated already whose NIK or level now reads otherwise: to be looked at
	Regency                 string
	Guessed                 bool
	Tables                  []sheet.Table
	Errors, Warnings, Clean int
}

// Upload reads an office's file and takes its rows over: new ones are added, changed ones changed, equal ones left
// alone. Nothing of a file that cannot be read is taken.
func (s *Service) Upload(ctx context.Context, actor auth.Actor, pid ID, fileName string, data []byte) (UploadResult, error) {
	p, o, err := s.options(ctx, actor, pid)
	if err != nil {
		return UploadResult{}, err
	}
	got, err := sheet.Check(data, fileName, o)
	if err != nil {
		return UploadResult{}, err
	}
	file, err := s.blobs.Put(data)
	if err != nil {
		return UploadResult{}, err
	}
	var res UploadResult
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		res = UploadResult{Total: len(got.Rows), Regency: got.Regency, Guessed: got.Guessed, Tables: got.Tables}
		if p, err = Get(tx, actor, pid); err != nil {
			return err
		}
		pass, err := allow(tx, actor, "upload", p, "")
		if err != nil {
			return err
		}
		res.Upload = id.New("upl", tx.Now())
		_, err = tx.Exec(`INSERT INTO upload (id, programme, file_name, blob, layout, row_count, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			res.Upload, string(pid), clip(fileName, 200), file, db.JSON(layout{got.Tables}), len(got.Rows), actor.Who(), db.At(tx.Now()))
		if err != nil {
			return err
		}
		if err := s.merge(tx, actor, p, &res, got.Rows); err != nil {
			return err
		}
		return ledger.Append(tx, p.Office, string(pid), pass, map[string]int{"rows": res.Total, "new": res.New, "changed": res.Changed})
	})
	return res, err
}

type layout struct {
	Tables []sheet.Table `json:"tables"`
}

func clip(s string, n int) string {
	return strings.ToValidUTF8(s[:min(len(s), n)], "")
}

// options says against what this programme's list is checked.
func (s *Service) options(ctx context.Context, actor auth.Actor, pid ID) (p Programme, o sheet.Options, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if p, err = Get(tx, actor, pid); err != nil {
			return err
		}
		all, err := region.All(tx, actor)
		o = sheet.Options{Regency: p.Regency, Day: p.HeldOn, Places: sheet.NewPlaces(all)}
		return err
	})
	return p, o, err
}

func (res *UploadResult) tally(r sheet.Row) {
	switch r.Worst() {
	case sheet.Error:
		res.Errors++
	case sheet.Warning:
		res.Warnings++
	default:
		res.Clean++
	}
}

var rowColumns = []string{"id", "programme", "upload", "sheet", "row_no", "nik_hash", "match_key", "content_hash", "sealed", "name", "fold", "codes",
	"worst", "state", "district", "sector", "employer", "nominee", "version"}

func (s *Service) rowValues(tx *db.Tx, p Programme, upload string, r sheet.Row) []any {
	rid := id.New("row", tx.Now())
	return []any{rid, string(p.ID), upload, r.Sheet, r.Row, s.nikHash(r), matchKey(r), s.contentHash(r), s.sealRow(rid, r), r.Name, text.Fold(r.Name), codes(r),
		worst(r), stateOf(r, false), r.DistrictCode, r.Sector, r.Business, "", 1}
}

func (s *Service) nikHash(r sheet.Row) []byte {
	if r.NIK == "" {
		return nil
	}
	return person.NIKHash(s.box, r.NIK)
}

func (s *Service) nikKey(r sheet.Row) string { return hex.EncodeToString(s.nikHash(r)) }

func (s *Service) sealRow(rid string, r sheet.Row) []byte {
	b, _ := json.Marshal(r)
	return s.box.Seal(b, "list_row:"+rid)
}

func worst(r sheet.Row) string {
	if w := r.Worst(); w != "" {
		return string(w)
	}
	return "none"
}

func stateOf(r sheet.Row, confirmed bool) string {
	if w := r.Worst(); w == sheet.Error || w == sheet.Warning && !confirmed {
		return RowWaiting
	}
	return RowGood
}

// row reads one row of the list with everything in it.
func (s *Service) row(tx *db.Tx, rid string) (r ListRow, p ID, err error) {
	var sealed []byte
	var sheet string
	var no int
	err = tx.Get("SELECT id, programme, upload, state, worst, nominee, version, sealed, sheet, row_no FROM list_row WHERE id = $1", []any{rid},
		&r.ID, &p, &r.Upload, &r.State, &r.Worst, &r.Nominee, &r.Version, &sealed, &sheet, &no)
	if err != nil {
		return r, p, err
	}
	err = s.open(rid, sealed, &r.Row)
	r.Row.Sheet, r.Row.Row = sheet, no
	return r, p, err
}

func (s *Service) open(rid string, sealed []byte, r *sheet.Row) error {
	b, err := s.box.Open(sealed, "list_row:"+rid)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, r)
}

// mask hides NIK and phone of a row, in what was sent and in what was understood.
func mask(r *sheet.Row) {
	r.NIK, r.Phone = text.MaskNIK(r.NIK), text.MaskPhone(r.Phone)
	sent := map[sheet.Field]sheet.Sent{}
	for f, v := range r.Sent {
		sent[f] = sheet.Sent{Text: maskField(f, v.Text), Number: v.Number}
	}
	r.Sent = sent
	for i, p := range r.Problems {
		r.Problems[i].Value, r.Problems[i].Expected = maskField(p.Field, p.Value), maskField(p.Field, p.Expected)
	}
}

func maskField(f sheet.Field, s string) string {
	switch f {
	case sheet.NIK:
		return text.MaskNIK(s)
	case sheet.Phone:
		return text.MaskPhone(s)
	}
	return s
}

// ConfirmRows accepts the warnings of rows: they are good as understood. Rows with errors keep waiting.
func (s *Service) ConfirmRows(ctx context.Context, actor auth.Actor, pid ID, rows []string) (n int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		n = 0
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "confirm_rows", p, "")
		if err != nil {
			return err
		}
		for _, rid := range rows {
			k, err := tx.Exec(`UPDATE list_row SET state = 'good', version = version + 1 WHERE id = $1 AND programme = $2 AND state = 'waiting' AND worst = 'warning'`, rid, string(pid))
			if err != nil {
				return err
			}
			n += int(k)
		}
		return ledger.Append(tx, p.Office, string(pid), pass, map[string]int{"rows": n})
	})
	return n, err
}

// DropRow takes a row off the list, with a reason; it is kept.
func (s *Service) DropRow(ctx context.Context, actor auth.Actor, rid, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		r, pid, err := s.row(tx, rid)
		if err != nil {
			return err
		}
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "drop_row", p, reason)
		if err != nil {
			return err
		}
		if r.State == RowNominated {
			return fault.New(fault.Conflict, "programme.row_nominated")
		}
		if err := tx.Change("UPDATE list_row SET state = 'dropped', version = version + 1 WHERE id = $1 AND version = $2", rid, r.Version); err != nil {
			return err
		}
		return ledger.Append(tx, p.Office, rid, pass, nil)
	})
}

// RevealRow shows a row with NIK and phone in full; the look is written down with its reason.
func (s *Service) RevealRow(ctx context.Context, actor auth.Actor, rid, reason string) (r ListRow, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		var pid ID
		if r, pid, err = s.row(tx, rid); err != nil {
			return err
		}
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "reveal_row", p, reason)
		if err != nil {
			return err
		}
		return ledger.Append(tx, p.Office, rid, pass, nil)
	})
	return r, err
}

// Filter narrows a list.
type Filter struct {
	State   string // waiting, good, nominated, dropped; all when empty
	Worst   string
	After   int // row number, and AfterID the row's id, after which to go on
	AfterID string
	Limit   int
}

// Rows is a part of a programme's list, masked, in the order of the file; for the office only.
func (s *Service) Rows(ctx context.Context, actor auth.Actor, pid ID, f Filter) (out []ListRow, err error) {
	if f.Limit == 0 {
		f.Limit = 50
	}
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		p, err := Get(tx, actor, pid)
		if err != nil {
			return err
		}
		if !p.lists(actor) {
			return fault.New(fault.NotFound, "db.not_found")
		}
		out, err = s.rows(tx, pid, f)
		return err
	})
	for i := range out {
		mask(&out[i].Row)
	}
	return out, err
}

func (s *Service) rows(tx *db.Tx, pid ID, f Filter) ([]ListRow, error) {
	type sealedRow struct {
		ListRow
		sheet  string
		no     int
		sealed []byte
	}
	got, err := db.All(tx, func(r *sealedRow) []any {
		return []any{&r.ID, &r.Upload, &r.State, &r.Worst, &r.Nominee, &r.Version, &r.sealed, &r.sheet, &r.no}
	}, `SELECT id, upload, state, worst, nominee, version, sealed, sheet, row_no FROM list_row WHERE programme = $1 AND (row_no, id) > ($2, $6) AND ($3 = '' OR state = $3)
		AND ($4 = '' OR worst = $4) AND (state <> 'dropped' OR $3 = 'dropped') ORDER BY row_no, id LIMIT $5`, string(pid), f.After, f.State, f.Worst, f.Limit, f.AfterID)
	if err != nil {
		return nil, err
	}
	out := make([]ListRow, len(got))
	for i, r := range got {
		out[i] = r.ListRow
		if err := s.open(r.ID, r.sealed, &out[i].Row); err != nil {
			return nil, err
		}
		out[i].Row.Sheet, out[i].Row.Row = r.sheet, r.no
	}
	return out, nil
}

// Counts is how many rows of a list stand where, by state and gravest problem.
type Counts struct{ Waiting, Errors, Warnings, Good, Nominated int }

// CountRows counts a programme's list, for those who see the programme.
func CountRows(tx *db.Tx, actor auth.Actor, pid ID) (c Counts, err error) {
	type line struct {
		state, worst string
		n            int
	}
	if _, err := Get(tx, actor, pid); err != nil {
		return c, err
	}
	lines, err := db.All(tx, func(l *line) []any { return []any{&l.state, &l.worst, &l.n} },
		"SELECT state, worst, COUNT(*) FROM list_row WHERE programme = $1 GROUP BY state, worst ORDER BY state, worst", string(pid))
	for _, l := range lines {
		switch {
		case l.state == RowGood:
			c.Good += l.n
		case l.state == RowNominated:
			c.Nominated += l.n
		case l.state == RowWaiting && l.worst == "error":
			c.Errors += l.n
		case l.state == RowWaiting:
			c.Warnings += l.n
		}
	}
	c.Waiting = c.Errors + c.Warnings
	return c, err
}

// Uploads lists the files an office sent for a programme, the newest first.
func Uploads(tx *db.Tx, actor auth.Actor, pid ID) ([]Upload, error) {
	p, err := Get(tx, actor, pid)
	if err != nil || !p.lists(actor) {
		return nil, err
	}
	return db.All(tx, func(u *Upload) []any { return []any{&u.ID, &u.FileName, &u.Blob, tables{u}, &u.Rows, &u.By, &u.At} },
		"SELECT id, file_name, blob, layout, row_count, by_person, at FROM upload WHERE programme = $1 ORDER BY at DESC, id DESC LIMIT 50", string(pid))
}

type tables struct{ u *Upload }

// Scan reads the layout of an upload.
func (t tables) Scan(v any) error {
	var l layout
	err := db.JSON(&l).Scan(v)
	t.u.Tables = l.Tables
	return err
}

// Remarks is the newest file of a programme with the remarks beside its rows, and its name.
func (s *Service) Remarks(ctx context.Context, actor auth.Actor, pid ID, lang text.Lang) (data []byte, name string, err error) {
	var ups []Upload
	var rows []ListRow
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if ups, err = Uploads(tx, actor, pid); err != nil {
			return err
		}
		if len(ups) == 0 {
			return fault.New(fault.NotFound, "programme.no_upload")
		}
		rows, err = s.rows(tx, pid, Filter{Limit: 1_000_000})
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if data, err = s.blobs.Get(ups[0].Blob); err != nil {
		return nil, "", err
	}
	var remarks []sheet.Remark
	for _, r := range rows {
		if r.Upload == ups[0].ID {
			remarks = append(remarks, remark(lang, r))
		}
	}
	return sheet.WithRemarks(data, ups[0].FileName, ups[0].Tables, remarks)
}

func remark(lang text.Lang, r ListRow) sheet.Remark {
	var lines []string
	for _, p := range r.Row.Problems {
		line := text.T(lang, "field."+string(p.Field)) + ": " + text.T(lang, "problem."+p.Code)
		if p.Expected != "" {
			line += " " + text.T(lang, "problem.expected", p.Expected)
		}
		lines = append(lines, line)
	}
	return sheet.Remark{Sheet: r.Row.Sheet, Row: r.Row.Row, State: text.T(lang, "severity."+r.Worst), Text: strings.Join(lines, "\n"), Worst: r.Row.Worst()}
}

// Row is one row of a list, masked, and its programme; for the office only.
func (s *Service) Row(ctx context.Context, actor auth.Actor, rid string) (r ListRow, pid ID, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if r, pid, err = s.row(tx, rid); err != nil {
			return err
		}
		p, err := Get(tx, actor, pid)
		if err == nil && !p.lists(actor) {
			err = fault.New(fault.NotFound, "db.not_found")
		}
		return err
	})
	if err != nil {
		return ListRow{}, "", err
	}
	mask(&r.Row)
	return r, pid, nil
}
