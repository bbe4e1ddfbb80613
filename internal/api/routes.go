package api

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/money"
	"kompeten/internal/programme"
	"kompeten/internal/report"
	"kompeten/internal/scheme"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// routes lists every call.
func (s *server) routes(a huma.API) {
	huma.Register(a, call("list-schemes", http.MethodGet, "/api/v1/schemes", "Schemes that people can apply in"), s.schemes)
	huma.Register(a, call("list-programmes", http.MethodGet, "/api/v1/programmes", "Programmes your organisation sees"), s.programmes)
	huma.Register(a, call("create-programme", http.MethodPost, "/api/v1/programmes", "Draft a programme"), s.createProgramme)
	huma.Register(a, call("get-programme", http.MethodGet, "/api/v1/programmes/{id}", "One programme, with its ETag"), s.programme)
	huma.Register(a, call("edit-programme", http.MethodPut, "/api/v1/programmes/{id}", "Change a programme; needs If-Match"), s.editProgramme)
	huma.Register(a, call("programme-figures", http.MethodGet, "/api/v1/programmes/{id}/figures", "Figures of a programme"), s.figures)
	huma.Register(a, call("list-applications", http.MethodGet, "/api/v1/applications", "Applications by name, a page at a time"), s.applications)
	huma.Register(a, call("get-application", http.MethodGet, "/api/v1/applications/{id}", "One application, with its ETag and the actions open to you"), s.application)
	huma.Register(a, call("accept-application", http.MethodPost, "/api/v1/applications/{id}/accept", "Accept an application; needs If-Match"), s.accept)
	huma.Register(a, call("list-certificates", http.MethodGet, "/api/v1/programmes/{id}/certificates", "Certificates of a programme"), s.certificates)
}

func call(id, method, path, summary string) huma.Operation {
	op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary}
	if method == http.MethodPost && id[:6] == "create" {
		op.DefaultStatus = http.StatusCreated
	}
	return op
}

// Programme as the API tells it.
type Programme struct {
	ID       string   `json:"id" readOnly:"true"`
	Office   string   `json:"office" doc:"Organisation that runs it"`
	LSP      string   `json:"lsp" doc:"Certification body that tests"`
	Title    string   `json:"title" maxLength:"300"`
	Decree   string   `json:"decree,omitempty"`
	Year     int      `json:"year" minimum:"2000" maximum:"2100"`
	Funding  int      `json:"funding" minimum:"1" maximum:"6" doc:"BNSP code: 1 APBN, 2 APBD, 3 company, 4 self-paid, 5 APBN via BNSP, 6 APBN via BLK"`
	Giver    int      `json:"giver" doc:"BNSP code of who gives the money"`
	Budget   int64    `json:"budget" minimum:"0" doc:"Rupiah"`
	UnitCost int64    `json:"unit_cost" minimum:"0" doc:"Rupiah a person"`
	Seats    int      `json:"seats" minimum:"1"`
	Taken    int      `json:"taken" readOnly:"true"`
	Place    string   `json:"place,omitempty"`
	Regency  string   `json:"regency,omitempty"`
	HeldOn   string   `json:"held_on" format:"date"`
	Schemes  []string `json:"schemes" doc:"Scheme versions"`
	State    string   `json:"state" readOnly:"true"`
}

func shown(p programme.Programme) Programme {
	out := Programme{string(p.ID), string(p.Office), string(p.LSP), p.Title, p.Decree, p.Year, p.Funding, p.Giver, int64(p.Budget), int64(p.UnitCost), p.Seats, p.Taken, p.Place,
		p.Regency, string(p.HeldOn), []string{}, string(p.State)}
	for _, s := range p.Schemes {
		out.Schemes = append(out.Schemes, string(s))
	}
	return out
}

func (p Programme) record() programme.Programme {
	out := programme.Programme{Title: p.Title, Decree: p.Decree, Year: p.Year, Funding: p.Funding, Giver: p.Giver, Budget: money.Rupiah(p.Budget), UnitCost: money.Rupiah(p.UnitCost),
		Seats: p.Seats, Place: p.Place, Regency: p.Regency, HeldOn: date.Date(p.HeldOn)}
	for _, s := range p.Schemes {
		out.Schemes = append(out.Schemes, scheme.VersionID(s))
	}
	return out
}

type list[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next,omitempty" doc:"Give it as ?after= to go on; absent at the end"`
	}
}

// Scheme as the API tells it.
type Scheme struct {
	Version string `json:"version"`
	Kind    string `json:"kind"`
	TitleID string `json:"title_id"`
	TitleEN string `json:"title_en"`
	Level   int    `json:"kkni_level,omitempty"`
	Number  string `json:"number,omitempty"`
}

func (s *server) schemes(ctx context.Context, _ *struct{}) (*list[Scheme], error) {
	out := &list[Scheme]{}
	out.Body.Items = []Scheme{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := scheme.List(tx, actor(ctx), scheme.Published)
		for _, v := range all {
			out.Body.Items = append(out.Body.Items, Scheme{string(v.ID), v.Kind, v.TitleID, v.TitleEN, v.Level, v.Number})
		}
		return err
	})
	return out, problem(err)
}

func (s *server) programmes(ctx context.Context, _ *struct{}) (*list[Programme], error) {
	out := &list[Programme]{}
	out.Body.Items = []Programme{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := programme.List(tx, actor(ctx))
		for _, p := range all {
			out.Body.Items = append(out.Body.Items, shown(p))
		}
		return err
	})
	return out, problem(err)
}

type createdOut struct{ Body created }

func (s *server) createProgramme(ctx context.Context, in *struct {
	Key  string `header:"Idempotency-Key" doc:"Any text of your own; the same key again acts once"`
	Body Programme
}) (*createdOut, error) {
	out, err := s.once(ctx, in.Key, in.Body, func() (string, error) {
		p := in.Body.record()
		me := actor(ctx)
		p.Office, p.LSP = me.Duties[0].Org, auth.OrgID(in.Body.LSP)
		id, err := s.Programmes.Create(ctx, me, p)
		return string(id), err
	})
	return &createdOut{out}, err
}

type programmeOut struct {
	ETag string `header:"ETag"`
	Body Programme
}

func (s *server) programme(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*programmeOut, error) {
	var p programme.Programme
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { p, err = programme.Get(tx, actor(ctx), programme.ID(in.ID)); return err })
	return &programmeOut{etag(p.Version), shown(p)}, problem(err)
}

func (s *server) editProgramme(ctx context.Context, in *struct {
	ID      string `path:"id"`
	IfMatch string `header:"If-Match"`
	Body    Programme
}) (*programmeOut, error) {
	v, err := matched(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p := in.Body.record()
	p.ID, p.LSP, p.Version = programme.ID(in.ID), auth.OrgID(in.Body.LSP), v
	if err := s.Programmes.Edit(ctx, actor(ctx), p); err != nil {
		return nil, problem(err)
	}
	return s.programme(ctx, &struct {
		ID string `path:"id"`
	}{in.ID})
}

// Figures as the API tells them.
type Figures struct {
	Invited   int    `json:"invited"`
	Confirmed int    `json:"confirmed"`
	Accepted  int    `json:"accepted"`
	Present   int    `json:"present"`
	K         int    `json:"competent"`
	BK        int    `json:"not_yet_competent"`
	Issued    int    `json:"issued"`
	Handed    int    `json:"handed_over"`
	Used      int64  `json:"budget_used" doc:"Rupiah"`
	AsOf      string `json:"as_of" format:"date-time"`
}

func (s *server) figures(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*struct{ Body Figures }, error) {
	var f report.Figures
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { f, err = report.Of(tx, actor(ctx), programme.ID(in.ID)); return err })
	out := Figures{f.Invited, f.Confirmed, f.Accepted, f.Present, f.K, f.BK, f.Issued, f.Handed, int64(f.Used), f.AsOf.Format("2006-01-02T15:04:05Z07:00")}
	return &struct{ Body Figures }{out}, problem(err)
}

// Application as the API tells it.
type Application struct {
	ID        string   `json:"id"`
	Programme string   `json:"programme,omitempty"`
	Name      string   `json:"name"`
	Scheme    string   `json:"scheme_version"`
	District  string   `json:"district,omitempty"`
	Employer  string   `json:"employer,omitempty"`
	State     string   `json:"state"`
	Stage     string   `json:"stage"`
	Actions   []string `json:"actions,omitempty" doc:"What you may do with it now"`
}

func told(a application.Application) Application {
	return Application{string(a.ID), string(a.Programme), a.Name, string(a.SchemeVersion), a.District, a.Employer, string(a.State), string(a.Stage), nil}
}

const page = 50

func (s *server) applications(ctx context.Context, in *struct {
	Programme string `query:"programme"`
	Stage     string `query:"stage"`
	After     string `query:"after" doc:"The next of the page before"`
}) (*list[Application], error) {
	out := &list[Application]{}
	out.Body.Items = []Application{}
	f := application.Filter{Programme: programme.ID(in.Programme), Limit: page + 1}
	if in.Stage != "" {
		f.Stages = []application.Stage{application.Stage(in.Stage)}
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if in.After != "" {
			last, err := application.Get(tx, actor(ctx), application.ID(in.After))
			if err != nil {
				return err
			}
			f.AfterFold, f.AfterID = application.FoldOf(last), last.ID
		}
		all, err := application.List(tx, actor(ctx), f)
		for i, a := range all {
			if i == page {
				out.Body.Next = out.Body.Items[page-1].ID
				break
			}
			out.Body.Items = append(out.Body.Items, told(a))
		}
		return err
	})
	return out, problem(err)
}

type applicationOut struct {
	ETag string `header:"ETag"`
	Body Application
}

func (s *server) application(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*applicationOut, error) {
	out := &applicationOut{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := application.FileOf(tx, actor(ctx), application.ID(in.ID))
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(f.Version), told(f.Application)
		for _, o := range application.Offers(tx, actor(ctx), f) {
			if len(o.Failed) == 0 {
				out.Body.Actions = append(out.Body.Actions, string(o.Action))
			}
		}
		return nil
	})
	return out, problem(err)
}

func (s *server) accept(ctx context.Context, in *struct {
	ID      string `path:"id"`
	IfMatch string `header:"If-Match"`
}) (*applicationOut, error) {
	v, err := matched(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := s.Applications.Accept(ctx, actor(ctx), application.ID(in.ID), v); err != nil {
		return nil, problem(err)
	}
	return s.application(ctx, &struct {
		ID string `path:"id"`
	}{in.ID})
}

// Certificate as the API tells it.
type Certificate struct {
	ID         string `json:"id"`
	Number     string `json:"number"`
	Name       string `json:"name"`
	Code       string `json:"code"`
	URL        string `json:"url"`
	IssuedOn   string `json:"issued_on" format:"date"`
	ValidUntil string `json:"valid_until" format:"date"`
	Status     string `json:"status" enum:"valid,expired,suspended,revoked"`
}

func (s *server) certificates(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*list[Certificate], error) {
	out := &list[Certificate]{}
	out.Body.Items = []Certificate{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := certificate.ByProgramme(tx, actor(ctx), programme.ID(in.ID))
		for _, c := range all {
			out.Body.Items = append(out.Body.Items, Certificate{string(c.ID), c.Number, c.Name, c.Code, s.Certificates.URL(c.Code), string(c.IssuedOn), string(c.ValidUntil), c.StatusOn(date.Of(tx.Now(), date.WIB))})
		}
		return err
	})
	return out, problem(err)
}
