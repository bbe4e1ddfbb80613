package api

import (
	"context"
	"strings"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
)

// personal begins a person's token, as kpt_ begins an organisation's.
const personal = "kps_"

// Session is a person's token.
type Session struct {
	Token  string `json:"token" doc:"Send it as Authorization: Bearer. She sees it among her sign-ins and can end it there."`
	Person string `json:"person"`
	Name   string `json:"name"`
	Duties []Held `json:"duties"`
}

// Held is a duty in an organisation.
type Held struct {
	Org  string `json:"org"`
	Duty string `json:"duty"`
}

func held(all []auth.Held) []Held {
	out := []Held{}
	for _, h := range all {
		out = append(out, Held{string(h.Org), string(h.Duty)})
	}
	return out
}

func (s *server) signIn(ctx context.Context, in *struct {
	Body struct {
		Login    string `json:"login" maxLength:"200" doc:"E-mail or phone"`
		Password string `json:"password" maxLength:"200"`
	}
}) (*one[Session], error) {
	me := calling(ctx)
	secret, err := s.People.SignIn(ctx, in.Body.Login, in.Body.Password, "API "+me.agent, me.address)
	if err != nil {
		return nil, refused(err)
	}
	actor, _, err := s.People.Who(ctx, secret)
	if err != nil {
		return nil, refused(err)
	}
	return &one[Session]{Body: Session{personal + secret, string(actor.Person), actor.Name, held(actor.Duties)}}, nil
}

func (s *server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, refused(s.People.EndSession(ctx, actor(ctx), calling(ctx).session))
}

// Me is who a token stands for.
type Me struct {
	Name   string `json:"name"`
	Person string `json:"person,omitempty"`
	Duties []Held `json:"duties"`
}

func (s *server) me(ctx context.Context, _ *struct{}) (*one[Me], error) {
	a := actor(ctx)
	return &one[Me]{Body: Me{a.Name, string(a.Person), held(a.Duties)}}, nil
}

// OrganisationFields are what an organisation says of itself.
type OrganisationFields struct {
	Name        string `json:"name" minLength:"1" maxLength:"300"`
	NameEN      string `json:"name_en,omitempty" maxLength:"300"`
	Regency     string `json:"regency,omitempty" maxLength:"5" example:"33.74"`
	City        string `json:"city,omitempty" maxLength:"100" doc:"As it stands before the date on letters"`
	Address     string `json:"address,omitempty" maxLength:"500"`
	Zone        string `json:"zone,omitempty" enum:"WIB,WITA,WIT"`
	HeadName    string `json:"head_name,omitempty" maxLength:"200"`
	HeadTitle   string `json:"head_title,omitempty" maxLength:"100"`
	HeadTitleEN string `json:"head_title_en,omitempty" maxLength:"100"`
}

func (f OrganisationFields) record() organisation.Org {
	return organisation.Org{Name: f.Name, NameEN: f.NameEN, Regency: f.Regency, City: f.City, Address: f.Address, Zone: date.Zone(f.Zone), HeadName: f.HeadName, HeadTitle: f.HeadTitle, HeadTitleEN: f.HeadTitleEN}
}

// NewOrganisation is an organisation to be added.
type NewOrganisation struct {
	Kind    string `json:"kind" enum:"bnsp,lsp,lsk,training,local_office,company,msme,tuk_host"`
	LSPType string `json:"lsp_type,omitempty" enum:"P1,P2,P3" doc:"Of an LSP: who founded it and whom it may certify"`
	Code    string `json:"code,omitempty" maxLength:"10" doc:"Of an LSP: the middle of its licence number"`
	OrganisationFields
}

// Organisation as the API tells it.
type Organisation struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	LSPType string `json:"lsp_type,omitempty"`
	Code    string `json:"code,omitempty"`
	OrganisationFields
	Sample  bool     `json:"sample,omitempty"`
	Actions []Action `json:"actions,omitempty"`
}

func organisationTold(o organisation.Org) Organisation {
	return Organisation{ID: string(o.ID), Kind: string(o.Kind), LSPType: o.LSPType, Code: o.Code, Sample: o.Sample,
		OrganisationFields: OrganisationFields{o.Name, o.NameEN, o.Regency, o.City, o.Address, string(o.Zone), o.HeadName, o.HeadTitle, o.HeadTitleEN}}
}

func (s *server) organisations(ctx context.Context, in *struct {
	From
	Kind string `query:"kind" enum:"bnsp,lsp,lsk,training,local_office,company,msme,tuk_host"`
	Mine bool   `query:"mine" doc:"Only those the caller works in"`
}) (*list[Organisation], error) {
	id := func(o organisation.Org) string { return string(o.ID) }
	if in.Mine {
		return page(ctx, s, in.From, id, organisationTold, organisation.Of)
	}
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]organisation.Org, error) {
		var after organisation.Cursor
		if in.After != "" {
			last, err := organisation.Get(tx, who, auth.OrgID(in.After))
			if err != nil {
				return nil, err
			}
			after = organisation.After(last)
		}
		return organisation.Page(tx, who, organisation.Kind(in.Kind), after)
	})
	if err != nil {
		return nil, err
	}
	return cut(all, min(in.Limit, organisation.PageSize), id, organisationTold), nil
}

func (s *server) organisation(ctx context.Context, in *ByID) (*one[Organisation], error) {
	return tell(ctx, s, func(tx *db.Tx, who auth.Actor) (Organisation, int64, error) {
		o, err := organisation.Get(tx, who, auth.OrgID(in.ID))
		out := organisationTold(o)
		out.Actions = s.offers(ctx, "organisation", organisation.Flow.Offers(now(ctx, tx), o))
		return out, o.Version, err
	})
}

func (s *server) createOrganisation(ctx context.Context, in *struct {
	Once
	Body NewOrganisation
}) (*one[created], error) {
	out, err := once(ctx, s, "create-organisation", in.Once, in.Body, func() (created, error) {
		o := in.Body.record()
		o.Kind, o.LSPType, o.Code = organisation.Kind(in.Body.Kind), in.Body.LSPType, in.Body.Code
		id, err := s.Organisations.Create(ctx, actor(ctx), o)
		return created{string(id)}, err
	})
	return &one[created]{Body: out}, err
}

func (s *server) editOrganisation(ctx context.Context, in *struct {
	ByID
	Seen
	Body OrganisationFields
}) (*one[Organisation], error) {
	return change(ctx, s, in.ByID, in.Seen, s.organisation, func(v int64) error {
		o := in.Body.record()
		o.ID, o.Version = auth.OrgID(in.ID), v
		return s.Organisations.Edit(ctx, actor(ctx), o)
	})
}

// Member is a person in a duty.
type Member struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Duty   string `json:"duty"`
	Since  string `json:"since" format:"date"`
	Until  string `json:"until,omitempty" format:"date" doc:"Absent while she holds it"`
}

func (s *server) members(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Member], error) {
	names := map[auth.PersonID]string{}
	key := func(m organisation.Member) string { return string(m.Person) + ":" + string(m.Duty) }
	show := func(m organisation.Member) Member {
		return Member{string(m.Person), names[m.Person], string(m.Duty), string(m.Since), string(m.Until)}
	}
	return page(ctx, s, in.From, key, show, func(tx *db.Tx, who auth.Actor) ([]organisation.Member, error) {
		all, err := organisation.People(tx, who, auth.OrgID(in.ID))
		if err != nil {
			return nil, err
		}
		var ids []auth.PersonID
		for _, m := range all {
			ids = append(ids, m.Person)
		}
		names, err = person.Names(tx, who, ids)
		return all, err
	})
}

// InDuty names a person's duty in an organisation.
type InDuty struct {
	ByID
	Person string `path:"person"`
	Duty   string `path:"duty"`
}

func (s *server) giveDuty(ctx context.Context, in *struct {
	InDuty
	Body struct {
		Since string `json:"since" format:"date"`
	}
}) (*struct{}, error) {
	return nil, refused(s.Organisations.GiveDuty(ctx, actor(ctx), auth.OrgID(in.ID), auth.PersonID(in.Person), auth.Duty(in.Duty), date.Date(in.Body.Since)))
}

func (s *server) endDuty(ctx context.Context, in *InDuty) (*struct{}, error) {
	return nil, refused(s.Organisations.EndDuty(ctx, actor(ctx), auth.OrgID(in.ID), auth.PersonID(in.Person), auth.Duty(in.Duty)))
}

// Invitation is an offer of a duty that nobody has taken up yet.
type Invitation struct {
	ID        string `json:"id"`
	Person    string `json:"person"`
	Name      string `json:"name"`
	Duty      string `json:"duty"`
	ExpiresAt string `json:"expires_at" format:"date-time"`
}

func (s *server) invitations(ctx context.Context, in *ByID) (*list[Invitation], error) {
	all, err := s.People.Invitations(ctx, actor(ctx), auth.OrgID(in.ID))
	if err != nil {
		return nil, refused(err)
	}
	return cut(all, len(all), func(i person.Invitation) string { return i.Link }, func(i person.Invitation) Invitation {
		return Invitation{i.Link, string(i.Person), i.Name, string(i.Duty), instant(i.ExpiresAt.Time)}
	}), nil
}

// Invited is the link by which a person takes up a duty.
type Invited struct {
	URL string `json:"url,omitempty" doc:"Shown once; whoever has it can take up the duty"`
}

func (s *server) invite(ctx context.Context, in *struct {
	ByID
	Once
	Body struct {
		Duty  string `json:"duty"`
		Name  string `json:"name" minLength:"1" maxLength:"200"`
		Email string `json:"email,omitempty" maxLength:"200"`
		Phone string `json:"phone,omitempty" maxLength:"30"`
	}
}) (*one[Invited], error) {
	out, err := once(ctx, s, "invite "+in.ID, in.Once, in.Body, func() (Invited, error) {
		b := in.Body
		secret, err := s.People.Invite(ctx, actor(ctx), auth.OrgID(in.ID), auth.Duty(b.Duty), person.Input{Name: b.Name, Email: b.Email, Phone: b.Phone})
		return Invited{s.address() + "/invite/" + secret}, err
	}, func(Invited) Invited { return Invited{} })
	return &one[Invited]{Body: out}, err
}

func (s *server) revokeInvite(ctx context.Context, in *struct {
	ByID
	Invitation string `path:"invitation"`
}) (*struct{}, error) {
	return nil, refused(s.People.RevokeInvite(ctx, actor(ctx), auth.OrgID(in.ID), in.Invitation))
}

// Token is a key given to a program.
type Token struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Duty      string `json:"duty"`
	CreatedAt string `json:"created_at" format:"date-time"`
	RevokedAt string `json:"revoked_at,omitempty" format:"date-time"`
}

func (s *server) tokens(ctx context.Context, in *struct {
	ByID
	From
}) (*list[Token], error) {
	show := func(t organisation.Token) Token {
		return Token{t.ID, t.Name, string(t.Duty), instant(t.CreatedAt.Time), instant(t.RevokedAt.Time)}
	}
	return page(ctx, s, in.From, func(t organisation.Token) string { return t.ID }, show, func(tx *db.Tx, who auth.Actor) ([]organisation.Token, error) {
		return organisation.Tokens(tx, who, auth.OrgID(in.ID))
	})
}

// Issued is a token with its secret.
type Issued struct {
	ID     string `json:"id"`
	Secret string `json:"secret,omitempty" doc:"Shown once and not kept; a repeated call answers without it"`
}

func (s *server) issueToken(ctx context.Context, in *struct {
	ByID
	Once
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"200" doc:"Which program it is for"`
		Duty string `json:"duty" doc:"In which duty it acts"`
	}
}) (*one[Issued], error) {
	out, err := once(ctx, s, "issue-token "+in.ID, in.Once, in.Body, func() (Issued, error) {
		secret, err := s.Organisations.IssueToken(ctx, actor(ctx), auth.OrgID(in.ID), in.Body.Name, auth.Duty(in.Body.Duty))
		if err != nil {
			return Issued{}, err
		}
		_, id, err := s.Organisations.ByToken(ctx, secret)
		return Issued{id, secret}, err
	}, func(t Issued) Issued { t.Secret = ""; return t })
	return &one[Issued]{Body: out}, err
}

func (s *server) revokeToken(ctx context.Context, in *struct {
	ByID
	Token string `path:"token"`
}) (*struct{}, error) {
	return nil, refused(s.Organisations.RevokeToken(ctx, actor(ctx), auth.OrgID(in.ID), in.Token))
}

// address is where people reach the installation.
func (s *server) address() string { return strings.TrimSuffix(s.Certificates.URL(""), "/v/") }

// instant is a moment as programs write it; empty for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
