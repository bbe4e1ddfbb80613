package api

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/licence"
	"kompeten/internal/scheme"
)

func plain[S ~string](all []S) []string {
	out := []string{}
	for _, v := range all {
		out = append(out, string(v))
	}
	return out
}

func ids[S ~string](all []string) (out []S) {
	for _, v := range all {
		out = append(out, S(v))
	}
	return out
}

// NewLicence is a licence to be granted.
type NewLicence struct {
	Number     string   `json:"number" minLength:"1" maxLength:"100" example:"BNSP-LSP-1565-ID"`
	Decree     string   `json:"decree,omitempty" maxLength:"200"`
	ValidFrom  string   `json:"valid_from" format:"date"`
	ValidUntil string   `json:"valid_until" format:"date"`
	Schemes    []string `json:"schemes" doc:"Scope: schemes through all their versions"`
}

// Licence lets an LSP certify in the schemes of its scope.
type Licence struct {
	ID string `json:"id"`
	NewLicence
	State   string   `json:"state" enum:"active,suspended"`
	Actions []Action `json:"actions,omitempty"`
}

func (s *server) licences(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Licence], error) {
	actions := map[string][]Action{}
	show := func(l licence.Licence) Licence {
		return Licence{l.ID, NewLicence{l.Number, l.Decree, string(l.ValidFrom), string(l.ValidUntil), plain(l.Schemes)}, string(l.State), actions[l.ID]}
	}
	return page(ctx, s, in.From, func(l licence.Licence) string { return l.ID }, show, func(tx *db.Tx, who auth.Actor) ([]licence.Licence, error) {
		all, err := licence.Licences(tx, who, auth.OrgID(in.ID))
		for _, l := range all {
			actions[l.ID] = only(s.offers(ctx, "licence", licence.Offers(now(ctx, tx), l.Org, l.State)), "suspend_licence", "resume_licence", "widen_licence")
		}
		return all, err
	})
}

// only keeps the actions of one kind of thing in a Table that has several.
func only(all []Action, keep ...string) (out []Action) {
	for _, a := range all {
		for _, k := range keep {
			if a.Action == k {
				out = append(out, a)
			}
		}
	}
	return out
}

func (s *server) grantLicence(ctx context.Context, in *struct {
	ByID
	Once
	Body NewLicence
}) (*one[created], error) {
	out, err := once(ctx, s, "grant-licence "+in.ID, in.Once, in.Body, func() (created, error) {
		b := in.Body
		id, err := s.Licences.Grant(ctx, actor(ctx), licence.Licence{Org: auth.OrgID(in.ID), Number: b.Number, Decree: b.Decree, ValidFrom: date.Date(b.ValidFrom), ValidUntil: date.Date(b.ValidUntil), Schemes: ids[scheme.ID](b.Schemes)})
		return created{id}, err
	})
	return &one[created]{Body: out}, err
}

// Within names something kept in an LSP's register.
type Within struct {
	ByID
	Item string `path:"item" doc:"Identifier within the register"`
}

// WithinReason is an act on it with a reason.
type WithinReason struct {
	Within
	Body Why
}

// within is an act on something in a register that needs a reason.
func within(act func(context.Context, auth.Actor, auth.OrgID, string, string) error) func(context.Context, *WithinReason) (*struct{}, error) {
	return func(ctx context.Context, in *WithinReason) (*struct{}, error) {
		return nil, refused(act(ctx, actor(ctx), auth.OrgID(in.ID), in.Item, in.Body.Reason))
	}
}

func (s *server) widenLicence(ctx context.Context, in *struct {
	Within
	Body struct {
		Schemes []string `json:"schemes" minItems:"1"`
	}
}) (*struct{}, error) {
	return nil, refused(s.Licences.WidenLicence(ctx, actor(ctx), auth.OrgID(in.ID), in.Item, ids[scheme.ID](in.Body.Schemes)))
}

// NewAssessor is a person to be put on the register.
type NewAssessor struct {
	Person     string   `json:"person"`
	MET        string   `json:"met" example:"MET.000.003627 2013" doc:"Registration number, in any form it is printed in"`
	ValidFrom  string   `json:"valid_from" format:"date"`
	ValidUntil string   `json:"valid_until" format:"date"`
	Schemes    []string `json:"schemes" doc:"Technical scope"`
}

// Assessor is a person registered to assess for an LSP.
type Assessor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	NewAssessor
	State    string   `json:"state" enum:"active,suspended"`
	Standing string   `json:"standing" enum:"active,ending,expired,suspended" doc:"Today; ending means fewer than 90 days left"`
	Actions  []Action `json:"actions,omitempty"`
}

func (s *server) assessors(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Assessor], error) {
	var today date.Date
	actions := map[string][]Action{}
	show := func(a licence.Assessor) Assessor {
		return Assessor{a.ID, a.Name, NewAssessor{string(a.Person), a.MET, string(a.ValidFrom), string(a.ValidUntil), plain(a.Schemes)}, string(a.State), string(a.Standing(today)), actions[a.ID]}
	}
	return page(ctx, s, in.From, func(a licence.Assessor) string { return a.ID }, show, func(tx *db.Tx, who auth.Actor) ([]licence.Assessor, error) {
		c := now(ctx, tx)
		today = c.Today
		all, err := licence.Assessors(tx, who, auth.OrgID(in.ID))
		for _, a := range all {
			actions[a.ID] = only(s.offers(ctx, "licence", licence.Offers(c, a.Org, a.State)), "extend_assessor", "scope_assessor", "suspend_assessor", "resume_assessor")
		}
		return all, err
	})
}

func (s *server) registerAssessor(ctx context.Context, in *struct {
	ByID
	Once
	Body NewAssessor
}) (*one[created], error) {
	out, err := once(ctx, s, "register-assessor "+in.ID, in.Once, in.Body, func() (created, error) {
		b := in.Body
		id, err := s.Licences.RegisterAssessor(ctx, actor(ctx), licence.Assessor{Org: auth.OrgID(in.ID), Person: auth.PersonID(b.Person), MET: b.MET, ValidFrom: date.Date(b.ValidFrom), ValidUntil: date.Date(b.ValidUntil), Schemes: ids[scheme.ID](b.Schemes)})
		return created{id}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) extendAssessor(ctx context.Context, in *struct {
	Within
	Body struct {
		Until string `json:"valid_until" format:"date"`
		Why
	}
}) (*struct{}, error) {
	return nil, refused(s.Licences.ExtendAssessor(ctx, actor(ctx), auth.OrgID(in.ID), in.Item, date.Date(in.Body.Until), in.Body.Reason))
}

func (s *server) scopeAssessor(ctx context.Context, in *struct {
	Within
	Body struct {
		Schemes []string `json:"schemes" minItems:"1"`
		Why
	}
}) (*struct{}, error) {
	return nil, refused(s.Licences.ScopeAssessor(ctx, actor(ctx), auth.OrgID(in.ID), in.Item, ids[scheme.ID](in.Body.Schemes), in.Body.Reason))
}

// NewTUK is a test place to be added.
type NewTUK struct {
	Name     string `json:"name" minLength:"1" maxLength:"300"`
	Kind     string `json:"kind" enum:"sewaktu,tempat_kerja,mandiri"`
	Host     string `json:"host,omitempty" doc:"Organisation that keeps the place"`
	Address  string `json:"address" minLength:"1" maxLength:"500"`
	Regency  string `json:"regency,omitempty" maxLength:"5"`
	Capacity int    `json:"capacity" minimum:"1" maximum:"10000"`
}

// TUK is a place where tests are held.
type TUK struct {
	ID  string `json:"id"`
	LSP string `json:"lsp"`
	NewTUK
	Verified []Verified `json:"verified,omitempty"`
}

// Verified says for what a place is fit, and when.
type Verified struct {
	Scheme     string `json:"scheme" doc:"Scheme through all its versions"`
	ValidFrom  string `json:"valid_from" format:"date"`
	ValidUntil string `json:"valid_until" format:"date" doc:"Mandiri: up to three years; else the days of one use"`
	Verifier   string `json:"verifier" doc:"The assessor who found it fit"`
	Note       string `json:"note,omitempty" maxLength:"1000"`
}

func tukTold(t licence.TUK) TUK {
	return TUK{ID: t.ID, LSP: string(t.LSP), NewTUK: NewTUK{t.Name, t.Kind, string(t.Host), t.Address, t.Regency, t.Capacity}}
}

func (s *server) tuks(ctx context.Context, in *struct {
	ByID
	From
}) (*list[TUK], error) {
	return page(ctx, s, in.From, func(t licence.TUK) string { return t.ID }, tukTold, func(tx *db.Tx, who auth.Actor) ([]licence.TUK, error) {
		return licence.TUKs(tx, who, auth.OrgID(in.ID))
	})
}

func (s *server) tuk(ctx context.Context, in *ByID) (*one[TUK], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (TUK, int64, error) {
		t, err := licence.GetTUK(tx, who, in.ID)
		if err != nil {
			return TUK{}, 0, err
		}
		out := tukTold(t)
		all, err := licence.Verifications(tx, who, in.ID)
		for _, v := range all {
			out.Verified = append(out.Verified, Verified{string(v.Scheme), string(v.ValidFrom), string(v.ValidUntil), string(v.Verifier), v.Note})
		}
		return out, 0, err
	})
}

func (s *server) addTUK(ctx context.Context, in *struct {
	ByID
	Once
	Body NewTUK
}) (*one[created], error) {
	out, err := once(ctx, s, "add-tuk "+in.ID, in.Once, in.Body, func() (created, error) {
		b := in.Body
		id, err := s.Licences.AddTUK(ctx, actor(ctx), licence.TUK{Name: b.Name, Kind: b.Kind, LSP: auth.OrgID(in.ID), Host: auth.OrgID(b.Host), Address: b.Address, Regency: b.Regency, Capacity: b.Capacity})
		return created{id}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) verifyTUK(ctx context.Context, in *struct {
	ByID
	Once
	Body Verified
}) (*one[TUK], error) {
	_, err := once(ctx, s, "verify-tuk "+in.ID, in.Once, in.Body, func() (created, error) {
		t, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) (licence.TUK, error) { return licence.GetTUK(tx, who, in.ID) })
		if err != nil {
			return created{}, err
		}
		b := in.Body
		return created{in.ID}, s.Licences.VerifyTUK(ctx, actor(ctx), t.LSP, licence.Verification{TUK: t.ID, Scheme: scheme.ID(b.Scheme), ValidFrom: date.Date(b.ValidFrom), ValidUntil: date.Date(b.ValidUntil), Verifier: auth.PersonID(b.Verifier), Note: b.Note})
	})
	if err != nil {
		return nil, err
	}
	return s.tuk(ctx, &in.ByID)
}

// BlankRun is a run of blank serials received from BNSP.
type BlankRun struct {
	Prefix     string `json:"prefix,omitempty" maxLength:"20"`
	Width      int    `json:"width" minimum:"1" maximum:"12"`
	First      int64  `json:"first" minimum:"1"`
	Last       int64  `json:"last" minimum:"1"`
	ReceivedOn string `json:"received_on" format:"date"`
}

func (s *server) receiveBlanks(ctx context.Context, in *struct {
	ByID
	Once
	Body BlankRun
}) (*one[Stock], error) {
	_, err := once(ctx, s, "receive-blanks "+in.ID, in.Once, in.Body, func() (created, error) {
		b := in.Body
		return created{in.ID}, s.Licences.ReceiveBlanks(ctx, actor(ctx), auth.OrgID(in.ID), licence.Range{Prefix: b.Prefix, Width: b.Width, First: b.First, Last: b.Last, ReceivedOn: date.Date(b.ReceivedOn)})
	})
	if err != nil {
		return nil, err
	}
	return s.stock(ctx, &in.ByID)
}

// Stock is how many blanks an LSP has left, run by run.
type Stock struct {
	Left int64     `json:"left"`
	Runs []RunLeft `json:"runs"`
}

// RunLeft is a run of blanks with what of it is left.
type RunLeft struct {
	BlankRun
	Next string `json:"next,omitempty" doc:"The serial printed on next"`
	Left int64  `json:"left"`
}

func (s *server) stock(ctx context.Context, in *ByID) (*one[Stock], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (out Stock, _ int64, err error) {
		out.Runs = []RunLeft{}
		runs, err := licence.Runs(tx, who, auth.OrgID(in.ID))
		if err != nil {
			return out, 0, err
		}
		for _, r := range runs {
			out.Runs = append(out.Runs, RunLeft{BlankRun{r.Prefix, r.Width, r.First, r.Last, string(r.ReceivedOn)}, r.Next, r.Left})
		}
		out.Left, err = licence.Stock(tx, who, auth.OrgID(in.ID))
		return out, 0, err
	})
}

// Blank is one blank that has left the stock.
type Blank struct {
	Serial      string `json:"serial"`
	State       string `json:"state" enum:"used,spoiled,returned,lost,void"`
	Certificate string `json:"certificate,omitempty"`
	Reason      string `json:"reason,omitempty"`
	At          string `json:"at" format:"date-time"`
}

func (s *server) blanks(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Blank], error) {
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]licence.Blank, error) {
		return licence.Blanks(tx, who, auth.OrgID(in.ID), in.After)
	})
	if err != nil {
		return nil, err
	}
	return cut(all, min(in.Limit, licence.BlanksAtOnce), func(b licence.Blank) string { return b.Serial }, func(b licence.Blank) Blank {
		return Blank{b.Serial, string(b.State), b.Certificate, b.Reason, instant(b.At.Time)}
	}), nil
}

func (s *server) writeOffBlank(ctx context.Context, in *struct {
	Within
	Body struct {
		State string `json:"state" enum:"lost,returned,void"`
		Why
	}
}) (*struct{}, error) {
	return nil, refused(s.Licences.WriteOffBlank(ctx, actor(ctx), auth.OrgID(in.ID), in.Item, in.Body.State, in.Body.Reason))
}
