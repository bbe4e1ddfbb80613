package api

import (
	"context"
	"slices"
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/names"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/report"
	"kompeten/internal/scheme"
)

// Application as the API tells it in a list.
type Application struct {
	ID        string `json:"id"`
	Programme string `json:"programme,omitempty"`
	Name      string `json:"name"`
	LSP       string `json:"lsp"`
	Scheme    string `json:"scheme_version"`
	District  string `json:"district,omitempty"`
	Sector    string `json:"sector,omitempty"`
	Employer  string `json:"employer,omitempty"`
	State     string `json:"state" enum:"draft,submitted,returned,accepted,rejected,withdrawn"`
	Stage     string `json:"stage" doc:"How far the file has come through the whole process"`
	Sample    bool   `json:"sample,omitempty"`
}

// ApplicationFile is one application with all that belongs to it.
type ApplicationFile struct {
	Application
	Note         string        `json:"note,omitempty" doc:"Remarks of the LSP for the person"`
	Person       Applicant     `json:"person"`
	Requirements []Requirement `json:"requirements"`
	Documents    []Document    `json:"documents"`
	Consents     []Consent     `json:"consents"`
	CreatedAt    string        `json:"created_at" format:"date-time"`
	SubmittedAt  string        `json:"submitted_at,omitempty" format:"date-time"`
	AcceptedAt   string        `json:"accepted_at,omitempty" format:"date-time"`
	Actions      []Action      `json:"actions"`
}

// Applicant is who applies.
type Applicant struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	NIK       string `json:"nik" doc:"Masked"`
	BornIn    string `json:"birth_place,omitempty"`
	BornOn    string `json:"birth_date,omitempty"`
	Sex       string `json:"sex,omitempty"`
	Address   string `json:"address,omitempty"`
	District  string `json:"district_code,omitempty"`
	Phone     string `json:"phone,omitempty" doc:"Masked"`
	Email     string `json:"email,omitempty"`
	Education string `json:"education,omitempty"`
}

// Requirement is one thing an applicant must be or bring, with the LSP's verdict.
type Requirement struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	Text    string   `json:"text,omitempty"`
	AnyOf   []string `json:"any_of,omitempty" doc:"One of these is enough"`
	Verdict string   `json:"verdict,omitempty" enum:"meets,fails,missing" doc:"Absent before it was checked"`
	Note    string   `json:"note,omitempty"`
}

// Document is a file that belongs to a requirement.
type Document struct {
	ID          string `json:"id"`
	Requirement string `json:"requirement"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Size        int64  `json:"size"`
	At          string `json:"at" format:"date-time"`
}

// Consent is one purpose the person agreed to.
type Consent struct {
	Purpose     string `json:"purpose"`
	Version     string `json:"text_version"`
	GivenAt     string `json:"given_at" format:"date-time"`
	WithdrawnAt string `json:"withdrawn_at,omitempty" format:"date-time"`
}

func applicationTold(a application.Application) Application {
	return Application{string(a.ID), string(a.Programme), a.Name, string(a.LSP), string(a.SchemeVersion), a.District, a.Sector, a.Employer, string(a.State), string(a.Stage), a.Sample}
}

func (s *server) applications(ctx context.Context, in *struct {
	From
	Programme string   `query:"programme"`
	LSP       string   `query:"lsp"`
	Stage     []string `query:"stage" doc:"One stage or several"`
	Count     string   `query:"count" enum:"invited,confirmed,accepted,present,k,bk,issued,handed" doc:"The list behind a figure of programme-figures"`
	District  string   `query:"district"`
	Sector    string   `query:"sector"`
	Q         string   `query:"q" doc:"Words of the name, or their beginnings"`
}) (*list[Application], error) {
	f := application.Filter{Programme: programme.ID(in.Programme), LSP: auth.OrgID(in.LSP), District: in.District, Sector: in.Sector, Query: in.Q, Stages: report.StagesOf(in.Count), Limit: in.Limit}
	for _, st := range in.Stage {
		f.Stages = append(f.Stages, application.Stage(st))
	}
	return listed(ctx, s, in.From, applicationTold, func(tx *db.Tx, who auth.Actor, last string) (_ []application.Application, _ names.Key, err error) {
		if last != "" {
			a, err := application.Get(tx, who, application.ID(last))
			if err != nil {
				return nil, names.Key{}, err
			}
			f.After = in.at(application.At(a))
		}
		return application.List(tx, who, f)
	})
}

func (s *server) application(ctx context.Context, in *ByID) (*one[ApplicationFile], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (out ApplicationFile, version int64, err error) {
		f, err := application.FileOf(tx, who, application.ID(in.ID))
		if err != nil {
			return out, 0, err
		}
		out = ApplicationFile{Application: applicationTold(f.Application), Note: f.Note, CreatedAt: instant(f.CreatedAt), SubmittedAt: instant(f.SubmittedAt), AcceptedAt: instant(f.AcceptedAt),
			Actions: s.offers(ctx, "application", application.Offers(tx, who, f)), Documents: []Document{}, Consents: []Consent{}}
		p, err := person.Get(tx, s.Box, who, f.Person)
		if err != nil {
			return out, 0, err
		}
		out.Person = Applicant{string(p.ID), p.Name, p.NIK, p.BirthPlace, string(p.BirthDate), p.Sex, p.Address, p.District, p.Phone, p.Email, p.Education}
		if out.Requirements, err = requirements(tx, who, f.Application); err != nil {
			return out, 0, err
		}
		files, err := application.Files(tx, who, f.ID)
		if err != nil {
			return out, 0, err
		}
		for _, d := range files {
			out.Documents = append(out.Documents, Document{d.ID, d.Requirement, d.Name, d.Mime, d.Size, instant(d.At.Time)})
		}
		consents, err := person.Consents(tx, who, in.ID)
		slices.SortFunc(consents, func(a, b person.Consent) int { return strings.Compare(a.Purpose, b.Purpose) })
		for _, c := range consents {
			out.Consents = append(out.Consents, Consent{c.Purpose, c.TextVersion, instant(c.GivenAt.Time), instant(c.WithdrawnAt.Time)})
		}
		return out, f.Version, err
	})
}

func requirements(tx *db.Tx, who auth.Actor, a application.Application) ([]Requirement, error) {
	v, err := scheme.Get(tx, who, a.SchemeVersion)
	if err != nil {
		return nil, err
	}
	checks, err := application.Checks(tx, who, a.ID)
	found := map[string]application.Verdict{}
	for _, c := range checks {
		found[c.Requirement] = c
	}
	out := []Requirement{}
	for _, r := range v.Requirements {
		out = append(out, Requirement{r.ID, r.Kind, r.Text, r.AnyOf, found[r.ID].Verdict, found[r.ID].Note})
	}
	return out, err
}

func (s *server) checkApplication(ctx context.Context, in *struct {
	ByID
	Body struct {
		Verdicts []struct {
			Requirement string `json:"requirement"`
			Verdict     string `json:"verdict" enum:"meets,fails,missing"`
			Note        string `json:"note,omitempty" maxLength:"1000"`
		} `json:"verdicts" minItems:"1" maxItems:"100"`
	}
}) (*one[ApplicationFile], error) {
	var all []application.Verdict
	for _, v := range in.Body.Verdicts {
		all = append(all, application.Verdict{Requirement: v.Requirement, Verdict: v.Verdict, Note: v.Note})
	}
	if err := s.Applications.Check(ctx, actor(ctx), application.ID(in.ID), all); err != nil {
		return nil, refused(err)
	}
	return s.application(ctx, &in.ByID)
}

// Bulk says which of many went through, and why the others did not.
type Bulk struct {
	Done   []string  `json:"done"`
	Failed []Failure `json:"failed"`
}

// Failure is one of many that did not go through.
type Failure struct {
	ID     string   `json:"id"`
	Reason *Problem `json:"problem"`
}

func (s *server) acceptAll(ctx context.Context, in *struct {
	Body struct {
		Applications []string `json:"applications" minItems:"1" maxItems:"1000"`
	}
}) (*one[Bulk], error) {
	var ids []application.ID
	for _, id := range in.Body.Applications {
		ids = append(ids, application.ID(id))
	}
	failed := s.Applications.AcceptAll(ctx, actor(ctx), ids)
	out := Bulk{[]string{}, []Failure{}}
	for _, id := range ids {
		err := failed[id]
		if err == nil {
			out.Done = append(out.Done, string(id))
			continue
		}
		if fault.Of(err) == nil {
			return nil, refused(err)
		}
		out.Failed = append(out.Failed, Failure{string(id), words(lang(ctx), refused(err).(*refusal))})
	}
	return &one[Bulk]{Body: out}, nil
}

func (s *server) addDocument(ctx context.Context, in *struct {
	ByID
	Once
	Requirement string `query:"requirement" required:"true" doc:"A requirement of the scheme, or photo"`
	Name        string `query:"name" required:"true" maxLength:"200"`
	RawBody     []byte `contentType:"application/octet-stream"`
}) (*one[ApplicationFile], error) {
	_, err := once(ctx, s, "add-document "+in.ID+" "+in.Requirement+" "+in.Name, in.Once, in.RawBody, func() (created, error) {
		return created{in.ID}, s.Applications.AddFile(ctx, actor(ctx), application.ID(in.ID), in.Requirement, in.Name, append([]byte{}, in.RawBody...))
	})
	if err != nil {
		return nil, err
	}
	return s.application(ctx, &in.ByID)
}

func (s *server) document(ctx context.Context, in *struct {
	ByID
	Document string `path:"document"`
}) (*File, error) {
	f, data, err := s.Applications.ReadFile(ctx, actor(ctx), application.ID(in.ID), in.Document)
	if err != nil {
		return nil, refused(err)
	}
	return file(f.Name, f.Mime, data), nil
}
