package api

import (
	"bytes"
	"context"
	"io"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
)

// Unit is one unit of competence.
type Unit struct {
	Code       string             `json:"code"`
	Edition    int                `json:"edition"`
	TitleID    string             `json:"title_id"`
	TitleEN    string             `json:"title_en,omitempty"`
	Standard   string             `json:"standard"`
	Decree     string             `json:"decree,omitempty"`
	Year       int                `json:"year,omitempty"`
	Field      string             `json:"field,omitempty"`
	Confidence string             `json:"confidence" doc:"\"placeholder\" stands in for a unit not known yet"`
	Origin     string             `json:"elements_origin" doc:"Whose words the elements are: source, authored, mixed, none"`
	Elements   []standard.Element `json:"elements,omitempty"`
}

func unitTold(u standard.Unit) Unit {
	return Unit{string(u.Code), u.Edition, u.TitleID, u.TitleEN, u.Standard, u.Decree, u.Year, u.Field, u.Confidence, u.Origin, u.Elements}
}

func unitBrief(u standard.Unit) Unit {
	u.Elements = nil
	return unitTold(u)
}

func (s *server) units(ctx context.Context, in *struct {
	From
	Q string `query:"q" doc:"Part of the code or title"`
}) (*list[Unit], error) {
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]standard.Unit, error) {
		return standard.Search(tx, who, in.Q, standard.Code(in.After))
	})
	if err != nil {
		return nil, err
	}
	return cut(all, min(in.Limit, standard.PageSize), func(u standard.Unit) string { return string(u.Code) }, unitBrief), nil
}

func (s *server) unit(ctx context.Context, in *struct {
	Code    string `path:"code"`
	Edition int    `query:"edition" minimum:"1" doc:"The newest if not given"`
}) (*one[Unit], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Unit, int64, error) {
		if in.Edition > 0 {
			u, err := standard.Get(tx, who, standard.Code(in.Code), in.Edition)
			return unitTold(u), 0, err
		}
		u, err := standard.Find(tx, who, standard.Code(in.Code))
		return unitTold(u), 0, err
	})
}

// SchemeUnit is one unit of a scheme.
type SchemeUnit struct {
	No      int    `json:"no,omitempty"`
	Code    string `json:"code"`
	Edition int    `json:"edition,omitempty" doc:"The newest if not given"`
	Kind    string `json:"kind" enum:"core,elective"`
	Group   string `json:"group,omitempty"`
	TitleID string `json:"title_id,omitempty"`
	TitleEN string `json:"title_en,omitempty"`
}

// Need is one thing an applicant must be or bring.
type Need struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind" enum:"basic,document"`
	Text  string   `json:"text,omitempty"`
	AnyOf []string `json:"any_of,omitempty" doc:"One of these is enough"`
}

// SchemeFields are what a version of a scheme says.
type SchemeFields struct {
	Number         string       `json:"number,omitempty" maxLength:"100" doc:"BNSP's, or the body's own"`
	TitleID        string       `json:"title_id" minLength:"1" maxLength:"300"`
	TitleEN        string       `json:"title_en" maxLength:"300"`
	AreaID         string       `json:"area_id,omitempty" maxLength:"200" doc:"As certificates name it"`
	AreaEN         string       `json:"area_en,omitempty" maxLength:"200"`
	Level          int          `json:"kkni_level,omitempty" minimum:"0" maximum:"9"`
	KBLI           string       `json:"kbli,omitempty" maxLength:"10"`
	KBJI           string       `json:"kbji,omitempty" maxLength:"10"`
	Sector         string       `json:"sector,omitempty" maxLength:"10" doc:"Letters of the registration number"`
	ValidityMonths int          `json:"validity_months" minimum:"1" maximum:"120"`
	MinElectives   int          `json:"min_electives,omitempty" minimum:"0"`
	Requirements   []Need       `json:"requirements,omitempty"`
	Units          []SchemeUnit `json:"units,omitempty"`
}

// Scheme is one version of a scheme.
type Scheme struct {
	Version string `json:"version"`
	Scheme  string `json:"scheme"`
	Key     string `json:"key"`
	Kind    string `json:"kind" enum:"kkni,okupasi,klaster"`
	Field   string `json:"field,omitempty"`
	No      int    `json:"no"`
	State   string `json:"state" enum:"draft,published,retired"`
	Used    bool   `json:"used" doc:"Files have taken it; it does not change any more"`
	Partial bool   `json:"partial,omitempty" doc:"The list of units is not known to be whole"`
	Sample  bool   `json:"sample,omitempty"`
	SchemeFields
	Actions []Action `json:"actions,omitempty"`
}

func schemeTold(v scheme.Version) Scheme {
	out := Scheme{Version: string(v.ID), Scheme: string(v.Scheme), Key: v.Key, Kind: v.Kind, Field: v.Field, No: v.No, State: string(v.State), Used: v.Used, Partial: v.Partial, Sample: v.Sample,
		SchemeFields: SchemeFields{Number: v.Number, TitleID: v.TitleID, TitleEN: v.TitleEN, AreaID: v.AreaID, AreaEN: v.AreaEN, Level: v.Level, KBLI: v.KBLI, KBJI: v.KBJI, Sector: v.Sector, ValidityMonths: v.ValidityMonths, MinElectives: v.MinElectives}}
	for _, r := range v.Requirements {
		out.Requirements = append(out.Requirements, Need(r))
	}
	for _, u := range v.Units {
		out.Units = append(out.Units, SchemeUnit{u.No, string(u.Code), u.Edition, u.Kind, u.Group, u.TitleID, u.TitleEN})
	}
	return out
}

func (f SchemeFields) record() scheme.Version {
	v := scheme.Version{Number: f.Number, TitleID: f.TitleID, TitleEN: f.TitleEN, AreaID: f.AreaID, AreaEN: f.AreaEN, Level: f.Level, KBLI: f.KBLI, KBJI: f.KBJI, Sector: f.Sector, ValidityMonths: f.ValidityMonths, MinElectives: f.MinElectives}
	for _, r := range f.Requirements {
		v.Requirements = append(v.Requirements, scheme.Requirement(r))
	}
	for i, u := range f.Units {
		v.Units = append(v.Units, scheme.PackageUnit{No: i + 1, Code: standard.Code(u.Code), Edition: u.Edition, Kind: u.Kind, Group: u.Group})
	}
	return v
}

func (s *server) schemes(ctx context.Context, in *struct {
	From
	State string `query:"state" enum:"draft,published,retired" default:"published"`
}) (*list[Scheme], error) {
	return page(ctx, s, in.From, func(v scheme.Version) string { return string(v.ID) }, schemeTold, func(tx *db.Tx, who auth.Actor) ([]scheme.Version, error) {
		return scheme.List(tx, who, flow.State(in.State))
	})
}

func (s *server) scheme(ctx context.Context, in *ByID) (*one[Scheme], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Scheme, int64, error) {
		v, err := scheme.Get(tx, who, scheme.VersionID(in.ID))
		out := schemeTold(v)
		out.Actions = s.offers(ctx, "scheme", scheme.Flow.Offers(now(ctx, tx), v))
		return out, v.Version, err
	})
}

func (s *server) draftScheme(ctx context.Context, in *struct {
	ByID
	Once
}) (*one[created], error) {
	out, err := once(ctx, s, "draft-scheme "+in.ID, in.Once, nil, func() (created, error) {
		v, err := s.Schemes.NewDraft(ctx, actor(ctx), scheme.VersionID(in.ID))
		return created{string(v)}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) editScheme(ctx context.Context, in *struct {
	ByID
	Seen
	Body SchemeFields
}) (*one[Scheme], error) {
	return change(ctx, s, in.ByID, in.Seen, s.scheme, func(version int64) error {
		v := in.Body.record()
		v.ID, v.Version = scheme.VersionID(in.ID), version
		return s.Schemes.Edit(ctx, actor(ctx), v)
	})
}

// Imported says what an import did, or would do.
type Imported struct {
	Dry      bool       `json:"dry" doc:"Nothing was changed"`
	Added    []string   `json:"added"`
	Changed  []string   `json:"changed"`
	Same     []string   `json:"same"`
	Changes  []Changed  `json:"changes"`
	Errors   []EntryOff `json:"errors" doc:"Entries passed over"`
	Warnings []EntryOff `json:"warnings"`
}

// Changed is what is different in one entry.
type Changed struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// EntryOff is what is wrong with one entry of a file.
type EntryOff struct {
	Where   string `json:"where"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

func importTold(l text.Lang, dry bool, r standard.Report) Imported {
	off := func(all []standard.RowError) []EntryOff {
		out := []EntryOff{}
		for _, e := range all {
			out = append(out, EntryOff{e.Where, text.T(l, e.Key, e.Args...), e.Key})
		}
		return out
	}
	out := Imported{dry, plain(r.Added), plain(r.Changed), plain(r.Same), []Changed{}, off(r.Errors), off(r.Warnings)}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, Changed(c))
	}
	return out
}

// ImportIn is a file of units or schemes.
type ImportIn struct {
	Dry     bool   `query:"dry" doc:"Only say what would change"`
	RawBody []byte `contentType:"application/json"`
}

func imports(do func(context.Context, auth.Actor, io.Reader, bool) (standard.Report, error)) func(context.Context, *ImportIn) (*one[Imported], error) {
	return func(ctx context.Context, in *ImportIn) (*one[Imported], error) {
		r, err := do(ctx, actor(ctx), bytes.NewReader(in.RawBody), in.Dry)
		return &one[Imported]{Body: importTold(lang(ctx), in.Dry, r)}, refused(err)
	}
}
