package api

import (
	"context"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/money"
	"kompeten/internal/paper"
	"kompeten/internal/programme"
	"kompeten/internal/report"
	"kompeten/internal/scheme"
)

// ProgrammeFields are what an office says of a programme.
type ProgrammeFields struct {
	LSP      string   `json:"lsp" doc:"Certification body that tests"`
	Title    string   `json:"title" minLength:"1" maxLength:"300"`
	Decree   string   `json:"decree,omitempty" maxLength:"200"`
	Year     int      `json:"year" minimum:"2000" maximum:"2100"`
	Funding  int      `json:"funding" minimum:"1" maximum:"6" doc:"BNSP code: 1 APBN, 2 APBD, 3 company, 4 self-paid, 5 APBN via BNSP, 6 APBN via BLK"`
	Giver    int      `json:"giver" doc:"BNSP code of who gives the money: 62 local government, 100 self-paid, …"`
	Budget   int64    `json:"budget" minimum:"0" doc:"Rupiah"`
	UnitCost int64    `json:"unit_cost" minimum:"0" doc:"Rupiah a person"`
	Seats    int      `json:"seats" minimum:"1"`
	Place    string   `json:"place,omitempty" maxLength:"300"`
	Regency  string   `json:"regency,omitempty" maxLength:"5" doc:"Whose districts the list is checked against"`
	HeldOn   string   `json:"held_on" format:"date"`
	Schemes  []string `json:"schemes" doc:"Scheme versions"`
}

// NewProgramme is a programme to be drafted.
type NewProgramme struct {
	Office string `json:"office,omitempty" doc:"Which of the caller's offices runs it; needed where she works in several"`
	ProgrammeFields
}

// Programme as the API tells it.
type Programme struct {
	ID     string `json:"id"`
	Office string `json:"office"`
	ProgrammeFields
	Taken    int      `json:"taken" doc:"Seats taken"`
	State    string   `json:"state" enum:"draft,open,frozen,closed,cancelled"`
	Snapshot string   `json:"snapshot,omitempty" doc:"Hash over the list when it was frozen"`
	Sample   bool     `json:"sample,omitempty"`
	Rows     *Rows    `json:"rows,omitempty" doc:"How many rows of the list stand where; for the office only"`
	Actions  []Action `json:"actions,omitempty"`
}

func programmeTold(p programme.Programme) Programme {
	out := Programme{ID: string(p.ID), Office: string(p.Office), Taken: p.Taken, State: string(p.State), Snapshot: p.Snapshot, Sample: p.Sample,
		ProgrammeFields: ProgrammeFields{string(p.LSP), p.Title, p.Decree, p.Year, p.Funding, p.Giver, int64(p.Budget), int64(p.UnitCost), p.Seats, p.Place, p.Regency, string(p.HeldOn), []string{}}}
	for _, v := range p.Schemes {
		out.Schemes = append(out.Schemes, string(v))
	}
	return out
}

func (f ProgrammeFields) record() programme.Programme {
	out := programme.Programme{LSP: auth.OrgID(f.LSP), Title: f.Title, Decree: f.Decree, Year: f.Year, Funding: f.Funding, Giver: f.Giver, Budget: money.Rupiah(f.Budget), UnitCost: money.Rupiah(f.UnitCost),
		Seats: f.Seats, Place: f.Place, Regency: f.Regency, HeldOn: date.Date(f.HeldOn)}
	for _, v := range f.Schemes {
		out.Schemes = append(out.Schemes, scheme.VersionID(v))
	}
	return out
}

func (s *server) programmes(ctx context.Context, in *From) (*list[Programme], error) {
	return page(ctx, s, *in, func(p programme.Programme) string { return string(p.ID) }, programmeTold, programme.List)
}

func (s *server) programme(ctx context.Context, in *ByID) (*one[Programme], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Programme, int64, error) {
		p, err := programme.Get(tx, who, programme.ID(in.ID))
		if err != nil {
			return Programme{}, 0, err
		}
		out := programmeTold(p)
		out.Actions = s.offers(ctx, "programme", programme.Flow.Offers(now(ctx, tx), p))
		if who.In(p.Office) {
			c, err := programme.CountRows(tx, who, p.ID)
			out.Rows = &Rows{c.Waiting, c.Errors, c.Warnings, c.Good, c.Nominated}
			return out, p.Version, err
		}
		return out, p.Version, nil
	})
}

// mine is the organisation a caller acts for in a duty: the one she names, or the only one she has.
func mine(ctx context.Context, d auth.Duty, named, field string) (auth.OrgID, error) {
	orgs := actor(ctx).Orgs(d)
	switch {
	case named != "":
		return auth.OrgID(named), nil
	case len(orgs) == 0:
		return "", fault.New(fault.Denied, "flow.not_yours")
	case len(orgs) > 1:
		return "", fault.New(fault.Invalid, "form.invalid").With(field, "form.required")
	}
	return orgs[0], nil
}

func (s *server) createProgramme(ctx context.Context, in *struct {
	Once
	Body NewProgramme
}) (*one[created], error) {
	out, err := once(ctx, s, "create-programme", in.Once, in.Body, func() (created, error) {
		p := in.Body.record()
		var err error
		if p.Office, err = mine(ctx, auth.Officer, in.Body.Office, "office"); err != nil {
			return created{}, err
		}
		id, err := s.Programmes.Create(ctx, actor(ctx), p)
		return created{string(id)}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) editProgramme(ctx context.Context, in *struct {
	ByID
	Seen
	Body ProgrammeFields
}) (*one[Programme], error) {
	return change(ctx, s, in.ByID, in.Seen, s.programme, func(v int64) error {
		p := in.Body.record()
		p.ID, p.Version = programme.ID(in.ID), v
		return s.Programmes.Edit(ctx, actor(ctx), p)
	})
}

// Figures as the API tells them. The list behind each count: list-applications with ?programme= and ?count=.
type Figures struct {
	Invited   int    `json:"invited"`
	Confirmed int    `json:"confirmed"`
	Accepted  int    `json:"accepted"`
	Present   int    `json:"present"`
	K         int    `json:"k" doc:"Recommended competent"`
	BK        int    `json:"bk" doc:"Recommended not yet competent"`
	Issued    int    `json:"issued"`
	Handed    int    `json:"handed"`
	Waiting   int    `json:"waiting" doc:"Nominated, without a seat"`
	Seats     int    `json:"seats"`
	Used      int64  `json:"budget_used" doc:"Rupiah: unit cost for each who was present"`
	Budget    int64  `json:"budget" doc:"Rupiah"`
	Districts []Line `json:"districts"`
	Sectors   []Line `json:"sectors"`
	AsOf      string `json:"as_of" format:"date-time"`
}

// Line is the figures of one district or sector.
type Line struct {
	Code     string `json:"code"`
	Invited  int    `json:"invited"`
	Accepted int    `json:"accepted"`
	Present  int    `json:"present"`
	K        int    `json:"k"`
	Issued   int    `json:"issued"`
}

func linesTold(all []report.Line) []Line {
	out := []Line{}
	for _, l := range all {
		out = append(out, Line(l))
	}
	return out
}

func (s *server) figures(ctx context.Context, in *ByID) (*one[Figures], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Figures, int64, error) {
		f, err := report.Of(tx, who, programme.ID(in.ID))
		return Figures{f.Invited, f.Confirmed, f.Accepted, f.Present, f.K, f.BK, f.Issued, f.Handed, f.Waiting, f.Seats, int64(f.Used), int64(f.Budget), linesTold(f.Districts), linesTold(f.Sectors), instant(f.AsOf.Time)}, 0, err
	})
}

// Nominated says what nominating did.
type Nominated struct {
	Seated     int `json:"seated"`
	Waitlisted int `json:"waitlisted"`
	Already    int `json:"already"`
	Drafted    int `json:"drafted" doc:"Applications made"`
}

func (s *server) nominate(ctx context.Context, in *struct {
	ByID
	Once
	Body struct {
		Schemes map[string]string `json:"schemes" doc:"Scheme version by what the list says of level or position (list-levels); the key \"\" is for all others"`
	}
}) (*one[Nominated], error) {
	out, err := once(ctx, s, "nominate "+in.ID, in.Once, in.Body, func() (Nominated, error) {
		choice := map[string]scheme.VersionID{}
		for level, v := range in.Body.Schemes {
			choice[level] = scheme.VersionID(v)
		}
		n, err := s.Programmes.Nominate(ctx, actor(ctx), programme.ID(in.ID), choice)
		if err != nil {
			return Nominated{}, err
		}
		made, err := s.Applications.DraftAll(ctx, actor(ctx), programme.ID(in.ID))
		return Nominated{n.Seated, n.Waitlisted, n.Already, made}, err
	})
	return &one[Nominated]{Body: out}, err
}

// Level is a word of the list about level or position.
type Level struct {
	Level string `json:"level"`
	Rows  int    `json:"rows" doc:"Good rows on which it stands"`
}

func (s *server) levels(ctx context.Context, in *ByID) (*list[Level], error) {
	all, err := s.Programmes.Levels(ctx, actor(ctx), programme.ID(in.ID))
	if err != nil {
		return nil, refused(err)
	}
	names := sorted(all)
	return cut(names, len(names), func(n string) string { return n }, func(n string) Level { return Level{n, all[n]} }), nil
}

// Nominee is a person an office sends to be certified.
type Nominee struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Scheme   string `json:"scheme_version"`
	District string `json:"district,omitempty"`
	Sector   string `json:"sector,omitempty"`
	Employer string `json:"employer,omitempty"`
	Place    int    `json:"place" doc:"Order on the list"`
}

func nomineeTold(n programme.Nominee) Nominee {
	return Nominee{n.ID, n.Name, string(n.SchemeVersion), n.District, n.Sector, n.Employer, n.Place}
}

func (s *server) waiting(ctx context.Context, in *struct {
	ByID
	Place int `query:"after" minimum:"0" doc:"The place of the last one shown"`
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*list[Nominee], error) {
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]programme.Nominee, error) {
		return programme.Waitlist(tx, who, programme.ID(in.ID), in.Place, in.Limit+1)
	})
	if err != nil {
		return nil, err
	}
	return cut(all, in.Limit, func(n programme.Nominee) string { return number(n.Place) }, nomineeTold), nil
}

func (s *server) undrafted(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Nominee], error) {
	return page(ctx, s, in.From, func(n programme.Nominee) string { return n.ID }, nomineeTold, func(tx *db.Tx, who auth.Actor) ([]programme.Nominee, error) {
		return application.Undrafted(tx, who, programme.ID(in.ID))
	})
}

func (s *server) letters(ctx context.Context, in *ByID) (*File, error) {
	data, err := paper.Invitations(ctx, s.Services, actor(ctx), programme.ID(in.ID), s.address())
	if err != nil {
		return nil, refused(err)
	}
	return file("undangan.pdf", "application/pdf", data), nil
}
