package api

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/programme"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func number(n int) string { return strconv.Itoa(n) }

// Rows is how many rows of a list stand where.
type Rows struct {
	Waiting   int `json:"waiting"`
	Errors    int `json:"errors" doc:"Of those waiting, with an error"`
	Warnings  int `json:"warnings" doc:"Of those waiting, with a warning to confirm"`
	Good      int `json:"good"`
	Nominated int `json:"nominated"`
}

// Understood is one person of a list as it was understood. NIK and phone are masked.
type Understood struct {
	Name      string `json:"name"`
	NIK       string `json:"nik" doc:"Masked"`
	BornIn    string `json:"birth_place"`
	BornOn    string `json:"birth_date"`
	Sex       string `json:"sex"`
	Address   string `json:"address"`
	District  string `json:"district"`
	Code      string `json:"district_code"`
	Phone     string `json:"phone_e164" doc:"Masked"`
	Email     string `json:"email,omitempty"`
	Education string `json:"education"`
	Sector    string `json:"sector"`
	Business  string `json:"business_or_employer"`
	Extra     string `json:"extra,omitempty" doc:"Level or position"`
}

// Finding is one thing wrong with one cell.
type Finding struct {
	Field    string `json:"field"`
	Code     string `json:"code"`
	Severity string `json:"severity" enum:"error,warning,info"`
	Message  string `json:"message"`
	Sent     string `json:"sent" doc:"As sent; masked for NIK and phone"`
	Expected string `json:"expected,omitempty" doc:"What would be right, where that can be said"`
}

// Row is one person on an office's list: what was sent, what was understood, what is wrong.
type Row struct {
	ID         string            `json:"id"`
	Programme  string            `json:"programme,omitempty"`
	Sheet      string            `json:"sheet"`
	Row        int               `json:"row" doc:"As the spreadsheet counts"`
	State      string            `json:"state" enum:"waiting,good,nominated,dropped"`
	Worst      string            `json:"worst,omitempty" doc:"Gravest severity"`
	Sent       map[string]string `json:"sent" doc:"Cells as they came, by field; NIK and phone masked"`
	Understood Understood        `json:"understood"`
	Problems   []Finding         `json:"problems"`
}

func rowTold(l text.Lang, r programme.ListRow) Row {
	x := r.Row
	out := Row{ID: r.ID, Sheet: x.Sheet, Row: x.Row, State: r.State, Worst: r.Worst, Sent: map[string]string{}, Problems: []Finding{},
		Understood: Understood{x.Name, x.NIK, x.BirthPlace, string(x.BirthDate), x.Sex, x.Address, x.District, x.DistrictCode, x.Phone, x.Email, x.Education, x.Sector, x.Business, x.Extra}}
	for f, v := range x.Sent {
		out.Sent[string(f)] = v.Text
	}
	for _, p := range x.Problems {
		out.Problems = append(out.Problems, Finding{string(p.Field), p.Code, string(p.Severity), text.T(l, "problem."+p.Code), p.Value, p.Expected})
	}
	return out
}

// Uploaded is what a file changed on the list.
type Uploaded struct {
	Upload   string       `json:"upload"`
	Total    int          `json:"total"`
	New      int          `json:"new"`
	Changed  int          `json:"changed"`
	Same     int          `json:"same"`
	Missing  int          `json:"missing" doc:"On the list, not in this file; they stay"`
	Amended  int          `json:"amended" doc:"Nominated already, their facts brought up to date"`
	Doubtful int          `json:"doubtful" doc:"Nominated already, their NIK or level now reads otherwise"`
	Errors   int          `json:"errors"`
	Warnings int          `json:"warnings"`
	Clean    int          `json:"clean"`
	Regency  string       `json:"regency,omitempty"`
	Guessed  bool         `json:"regency_guessed,omitempty"`
	Tables   []FoundTable `json:"tables"`
}

// FoundTable is a table found in a file, and how.
type FoundTable struct {
	Sheet   string            `json:"sheet"`
	Header  int               `json:"header" doc:"First header row, as the spreadsheet counts"`
	Rows    int               `json:"rows"`
	Columns map[string]string `json:"columns" doc:"Which header was taken for which field"`
}

func tablesTold(all []sheet.Table) []FoundTable {
	out := []FoundTable{}
	for _, t := range all {
		f := FoundTable{t.Sheet, t.Header, t.Rows, map[string]string{}}
		for field, header := range t.Columns {
			f.Columns[string(field)] = header
		}
		out = append(out, f)
	}
	return out
}

func (s *server) upload(ctx context.Context, in *struct {
	ByID
	Once
	Name    string `query:"name" required:"true" maxLength:"200" example:"peserta.xlsx" doc:"File name; its ending says what it is: .xlsx, .xlsm or .csv"`
	RawBody []byte `contentType:"application/octet-stream"`
}) (*one[Uploaded], error) {
	out, err := once(ctx, s, "upload "+in.ID+" "+in.Name, in.Once, in.RawBody, func() (Uploaded, error) {
		r, err := s.Programmes.Upload(ctx, actor(ctx), programme.ID(in.ID), in.Name, slices.Clone(in.RawBody))
		return Uploaded{r.Upload, r.Total, r.New, r.Changed, r.Same, r.Missing, r.Amended, r.Doubtful, r.Errors, r.Warnings, r.Clean, r.Regency, r.Guessed, tablesTold(r.Tables)}, err
	})
	return &one[Uploaded]{Body: out}, err
}

// Upload is one file an office sent.
type Upload struct {
	ID       string `json:"id"`
	FileName string `json:"file_name"`
	Rows     int    `json:"rows"`
	At       string `json:"at" format:"date-time"`
}

func (s *server) uploads(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Upload], error) {
	show := func(u programme.Upload) Upload { return Upload{u.ID, u.FileName, u.Rows, instant(u.At.Time)} }
	return page(ctx, s, in.From, func(u programme.Upload) string { return u.ID }, show, func(tx *db.Tx, who auth.Actor) ([]programme.Upload, error) {
		return programme.Uploads(tx, who, programme.ID(in.ID))
	})
}

func (s *server) rows(ctx context.Context, in *struct {
	ByID
	From
	State string `query:"state" enum:"waiting,good,nominated,dropped"`
	Worst string `query:"worst" enum:"error,warning,info"`
}) (*list[Row], error) {
	f := programme.Filter{State: in.State, Worst: in.Worst, Limit: in.Limit + 1}
	if in.After != "" {
		last, pid, err := s.Programmes.Row(ctx, actor(ctx), in.After)
		if err == nil && string(pid) != in.ID {
			err = fault.New(fault.Invalid, "api.after_unknown")
		}
		if err != nil {
			return nil, refused(err)
		}
		f.After, f.AfterID = last.Row.Row, last.ID
	}
	all, err := s.Programmes.Rows(ctx, actor(ctx), programme.ID(in.ID), f)
	if err != nil {
		return nil, refused(err)
	}
	return cut(all, in.Limit, func(r programme.ListRow) string { return r.ID }, func(r programme.ListRow) Row { return rowTold(lang(ctx), r) }), nil
}

func (s *server) row(ctx context.Context, in *ByID) (*one[Row], error) {
	r, pid, err := s.Programmes.Row(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, refused(err)
	}
	out := rowTold(lang(ctx), r)
	out.Programme = string(pid)
	return &one[Row]{etag(r.Version), out}, nil
}

// fixable are the fields of a row that can be corrected.
var fixable = []sheet.Field{sheet.Name, sheet.NIK, sheet.Born, sheet.BirthPlace, sheet.BirthDate, sheet.Sex, sheet.Address, sheet.District, sheet.Phone, sheet.Email,
	sheet.Education, sheet.Sector, sheet.Business, sheet.Extra}

func (s *server) fixRow(ctx context.Context, in *struct {
	ByID
	Seen
	Body struct {
		Cells map[string]string `json:"cells" doc:"Corrected cells by field; those left out stay as sent"`
	}
}) (*one[Row], error) {
	return change(ctx, s, in.ByID, in.Seen, s.row, func(v int64) error {
		cells := map[sheet.Field]string{}
		for name, value := range in.Body.Cells {
			if !slices.Contains(fixable, sheet.Field(name)) {
				return fault.New(fault.Invalid, "form.invalid").With("cells."+name, "api.cell_unknown")
			}
			cells[sheet.Field(name)] = strings.TrimSpace(value)
		}
		return s.Programmes.FixRow(ctx, actor(ctx), in.ID, v, cells)
	})
}

func (s *server) dropRow(ctx context.Context, in *ReasonIn) (*one[Row], error) {
	if err := s.Programmes.DropRow(ctx, actor(ctx), in.ID, in.Body.Reason); err != nil {
		return nil, refused(err)
	}
	return s.row(ctx, &in.ByID)
}

// Confirmed is how many rows went on.
type Confirmed struct {
	Confirmed int `json:"confirmed"`
}

func (s *server) confirmRows(ctx context.Context, in *struct {
	ByID
	Body struct {
		Rows []string `json:"rows" minItems:"1" maxItems:"5000" doc:"Rows whose warnings are accepted"`
	}
}) (*one[Confirmed], error) {
	n, err := s.Programmes.ConfirmRows(ctx, actor(ctx), programme.ID(in.ID), in.Body.Rows)
	return &one[Confirmed]{Body: Confirmed{n}}, refused(err)
}

func (s *server) remarks(ctx context.Context, in *ByID) (*File, error) {
	data, name, err := s.Programmes.Remarks(ctx, actor(ctx), programme.ID(in.ID), lang(ctx))
	if err != nil {
		return nil, refused(err)
	}
	return file(name, "application/octet-stream", data), nil
}
