package api

import (
	"context"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/paper"
	"kompeten/internal/programme"
	"kompeten/internal/text"
)

// Certificate as the API tells it in a list.
type Certificate struct {
	ID           string `json:"id"`
	Application  string `json:"application"`
	Number       string `json:"number"`
	Registration string `json:"registration"`
	Blank        string `json:"blank,omitempty" doc:"Serial of the paper"`
	Name         string `json:"name"`
	Code         string `json:"code" doc:"What the QR opens"`
	URL          string `json:"url" doc:"Where anyone checks it"`
	IssuedOn     string `json:"issued_on" format:"date"`
	ValidUntil   string `json:"valid_until" format:"date"`
	Status       string `json:"status" enum:"valid,expired,suspended,revoked,replaced"`
	HandedAt     string `json:"handed_over_at,omitempty" format:"date-time"`
	Sample       bool   `json:"sample,omitempty"`
	Replaces     string `json:"replaces,omitempty" doc:"The certificate it renews or replaces"`
	ReplacedBy   string `json:"replaced_by,omitempty" doc:"The certificate that renewed or replaced it"`
}

// CertificateFile is one certificate with what its face says and what became of it.
type CertificateFile struct {
	Certificate
	Face    Face     `json:"face" doc:"What stands on the paper, as it was on the day of issue"`
	Events  []Event  `json:"events"`
	Actions []Action `json:"actions"`
}

// Face is what stands on the paper.
type Face struct {
	TitleID   string     `json:"title_id"`
	TitleEN   string     `json:"title_en"`
	Kind      string     `json:"kind" enum:"kkni,okupasi,klaster"`
	Level     int        `json:"kkni_level,omitempty"`
	City      string     `json:"city"`
	LSP       string     `json:"lsp"`
	LSPEN     string     `json:"lsp_en,omitempty"`
	Licence   string     `json:"lsp_licence"`
	HeadName  string     `json:"head_name"`
	HeadTitle string     `json:"head_title"`
	Units     []FaceUnit `json:"units"`
}

// FaceUnit is a unit on the annex.
type FaceUnit struct {
	Code    string `json:"code"`
	TitleID string `json:"title_id"`
	TitleEN string `json:"title_en"`
}

func faceTold(f certificate.Face) Face {
	out := Face{f.TitleID, f.TitleEN, f.Kind, f.Level, f.City, f.LSP, f.LSPEN, f.Licence, f.HeadName, f.HeadTitle, []FaceUnit{}}
	for _, u := range f.Units {
		out.Units = append(out.Units, FaceUnit{u.Code, u.TitleID, u.TitleEN})
	}
	return out
}

// Event is one thing that happened to a certificate.
type Event struct {
	At     string `json:"at" format:"date-time"`
	Action string `json:"action"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

func (s *server) certificateTold(c certificate.Certificate, today date.Date) Certificate {
	return Certificate{string(c.ID), string(c.Application), c.Number, c.Registration, c.Blank, c.Name, c.Code, s.Certificates.URL(c.Code), string(c.IssuedOn), string(c.ValidUntil), c.StatusOn(today), instant(c.HandedAt), c.Sample, string(c.Replaces), string(c.ReplacedBy)}
}

func (s *server) issueOne(ctx context.Context, in *ByID) (*one[Certificate], error) {
	c, err := s.Certificates.IssueOne(ctx, actor(ctx), application.ID(in.ID))
	if err != nil {
		return nil, refused(err)
	}
	return &one[Certificate]{ETag: etag(c.Version), Body: s.certificateTold(c, date.Of(s.DB.Now(), date.Zone(c.Face.Zone)))}, nil
}

// RightName is the name that should stand on a certificate, and why it does not.
type RightName struct {
	Name   string `json:"name" minLength:"1" maxLength:"150"`
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

func (s *server) replaceCertificate(ctx context.Context, in *struct {
	ByID
	Body RightName
}) (*one[CertificateFile], error) {
	made, err := s.Certificates.Replace(ctx, actor(ctx), certificate.ID(in.ID), in.Body.Name, in.Body.Reason)
	if err != nil {
		return nil, refused(err)
	}
	return s.certificate(ctx, &ByID{ID: string(made)})
}

func certificateID(c certificate.Certificate) string { return string(c.ID) }

func (s *server) certificates(ctx context.Context, in *struct {
	AtLSP
	Q        string `query:"q" doc:"Words of the name or their beginnings, or the beginning of the number"`
	Unhanded bool   `query:"unhanded" doc:"Only those that nobody has fetched yet"`
}) (*list[Certificate], error) {
	at, err := lsp(ctx, in.LSP)
	if err != nil {
		return nil, refused(err)
	}
	var today date.Date
	show := func(c certificate.Certificate) Certificate { return s.certificateTold(c, today) }
	return listed(ctx, s, in.From, show, func(tx *db.Tx, who auth.Actor, last string) (_ []certificate.Certificate, _ names.Key, err error) {
		today = now(ctx, tx).Today
		f := certificate.Filter{LSP: at, Query: in.Q, Unhanded: in.Unhanded, Limit: in.Limit}
		if last != "" {
			c, err := certificate.Get(tx, who, certificate.ID(last))
			if err != nil {
				return nil, names.Key{}, err
			}
			f.After = in.at(f.At(c))
		}
		return certificate.Search(tx, who, f)
	})
}

// certificatesOf is a list of certificates that belong together.
func (s *server) certificatesOf(get func(tx *db.Tx, who auth.Actor, id string) ([]certificate.Certificate, error)) func(context.Context, *struct {
	ByID
	From
}) (*list[Certificate], error) {
	return func(ctx context.Context, in *struct {
		ByID
		From
	}) (*list[Certificate], error) {
		var today date.Date
		return page(ctx, s, in.From, certificateID, func(c certificate.Certificate) Certificate { return s.certificateTold(c, today) }, func(tx *db.Tx, who auth.Actor) ([]certificate.Certificate, error) {
			today = now(ctx, tx).Today
			return get(tx, who, in.ID)
		})
	}
}

func ofProgramme(tx *db.Tx, who auth.Actor, id string) ([]certificate.Certificate, error) {
	return certificate.ByProgramme(tx, who, programme.ID(id))
}

func ofMeeting(tx *db.Tx, who auth.Actor, id string) ([]certificate.Certificate, error) {
	if _, err := decision.GetMeeting(tx, who, decision.MeetingID(id)); err != nil {
		return nil, err
	}
	return certificate.ByMeeting(tx, who, decision.MeetingID(id))
}

func (s *server) certificate(ctx context.Context, in *ByID) (*one[CertificateFile], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (out CertificateFile, _ int64, err error) {
		c, err := certificate.Get(tx, who, certificate.ID(in.ID))
		if err != nil {
			return out, 0, err
		}
		at := now(ctx, tx)
		out = CertificateFile{s.certificateTold(c, at.Today), faceTold(c.Face), []Event{}, s.offers(ctx, "certificate", certificate.Flow.Offers(at, c))}
		events, err := certificate.Events(tx, who, c.ID)
		for _, e := range events {
			out.Events = append(out.Events, Event{instant(e.At.Time), e.Action, string(e.State), e.Reason})
		}
		return out, c.Version, err
	})
}

func (s *server) certificatePDF(ctx context.Context, in *ByID) (*File, error) {
	c, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) (certificate.Certificate, error) {
		return certificate.Get(tx, who, certificate.ID(in.ID))
	})
	if err != nil {
		return nil, err
	}
	data, err := paper.NewPress(s.Services).Certificate(ctx, c)
	if err != nil {
		return nil, refused(err)
	}
	return file(paper.FileName(c), "application/pdf", data), nil
}

// HandedOver is how many certificates their holders received.
type HandedOver struct {
	HandedOver int `json:"handed_over"`
}

func (s *server) handOver(ctx context.Context, in *struct {
	Body struct {
		Certificates []string `json:"certificates" minItems:"1" maxItems:"1000"`
		Note         string   `json:"note" minLength:"3" maxLength:"500" doc:"How: signed receipt, proxy, post"`
	}
}) (*one[HandedOver], error) {
	err := s.Certificates.HandOver(ctx, actor(ctx), ids[certificate.ID](in.Body.Certificates), in.Body.Note)
	return &one[HandedOver]{Body: HandedOver{len(in.Body.Certificates)}}, refused(err)
}

// History is one act in the life of a record, as the ledger keeps it.
type History struct {
	At     string `json:"at" format:"date-time"`
	Kind   string `json:"kind"`
	Action string `json:"action"`
	Name   string `json:"name" doc:"The action, in the caller's language"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Actor  string `json:"actor,omitempty" doc:"Person, token or system"`
	Reason string `json:"reason,omitempty"`
}

func told(l text.Lang, r ledger.Row) History {
	return History{instant(r.At), r.Kind, r.Action, text.T(l, "action."+r.Kind+"."+r.Action), r.From, r.To, r.Actor, r.Reason}
}

func (s *server) history(ctx context.Context, in *ByID) (*list[History], error) {
	rows, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]ledger.Row, error) { return ledger.Of(tx, who, in.ID) })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, refused(fault.New(fault.NotFound, "db.not_found"))
	}
	return cut(rows, len(rows), func(ledger.Row) string { return "" }, func(r ledger.Row) History { return told(lang(ctx), r) }), nil
}
