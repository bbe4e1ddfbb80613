// Package organisation knows the bodies of the field (BNSP, LSPs, training bodies, local offices, companies,
// small businesses, hosts of test places) and who works there in which duty.
package organisation

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
)

// Kind of an organisation.
type Kind string

// The kinds (domain reference 1.2).
const (
	BNSP        Kind = "bnsp"
	LSP         Kind = "lsp"
	LSK         Kind = "lsk"
	Training    Kind = "training"
	LocalOffice Kind = "local_office"
	Company     Kind = "company"
	MSME        Kind = "msme"
	TUKHost     Kind = "tuk_host"
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{BNSP, LSP, LSK, Training, LocalOffice, Company, MSME, TUKHost}
}

// Org is one organisation.
type Org struct {
	ID          auth.OrgID
	Kind        Kind
	LSPType     string // P1, P2, P3 for an LSP: who founded it and whom it may certify
	Code        string // middle of an LSP's licence number, as it stands in registration numbers
	Name        string
	NameEN      string
	Regency     string
	City        string // stands before the date on letters
	Address     string
	Zone        date.Zone
	HeadName    string
	HeadTitle   string // Ketua or Direktur
	HeadTitleEN string
	Sample      bool
	Version     int64
}

// Flow is what may happen to an organisation and its people.
var Flow = flow.Table[Org]{
	Kind:  "organisation",
	State: func(o Org) flow.State { return map[bool]flow.State{true: "active"}[o.Version > 0] },
	Steps: []flow.Step[Org]{
		{Do: "create", From: []flow.State{flow.None}, To: "active", By: []flow.Who[Org]{regulator, setup}},
		{Do: "edit", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{regulator, head, orgAdmin, setup}},
		{Do: "give_duty", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{regulator, head, orgAdmin, setup}, Clause: "ISO/IEC 17024 6.1"},
		{Do: "end_duty", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{regulator, head, orgAdmin, setup}},
		{Do: "invite", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{regulator, head, orgAdmin, setup}, Clause: "ISO/IEC 17024 6.1"},
		{Do: "revoke_invite", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{regulator, head, orgAdmin, setup}},
		{Do: "issue_token", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{head, orgAdmin, setup}},
		{Do: "revoke_token", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{head, orgAdmin, setup}},
		{Do: "set_numbers", From: []flow.State{"active"}, To: flow.Same, By: []flow.Who[Org]{head, orgAdmin, setup}},
	},
}

var (
	regulator = flow.Who[Org]{Name: "regulator", Is: func(a auth.Actor, _ Org) bool { return a.Any(auth.Regulator) }}
	head      = flow.Who[Org]{Name: "head", Is: func(a auth.Actor, o Org) bool { return a.Is(auth.Head, o.ID) }}
	orgAdmin  = flow.Who[Org]{Name: "org_admin", Is: func(a auth.Actor, o Org) bool { return a.Is(auth.OrgAdmin, o.ID) }}
	setup     = flow.Who[Org]{Name: "setup", Is: func(a auth.Actor, _ Org) bool { return a.System == "setup" }}
)

// Service is what people do with organisations.
type Service struct{ d *db.DB }

// NewService makes the service.
func NewService(d *db.DB) *Service { return &Service{d} }

func allow(tx *db.Tx, actor auth.Actor, do flow.Action, o Org) (flow.Pass, error) {
	c := flow.Case{Actor: actor, Now: tx.Now(), Today: date.Of(tx.Now(), o.Zone)}
	return Flow.Allow(c, do, o, "")
}

func (o Org) check() error {
	f := fault.New(fault.Invalid, "form.invalid")
	if strings.TrimSpace(o.Name) == "" {
		f.With("name", "form.required")
	}
	if !slices.Contains(Kinds(), o.Kind) {
		f.With("kind", "form.required")
	}
	if !slices.Contains([]date.Zone{"", date.WIB, date.WITA, date.WIT}, o.Zone) {
		f.With("zone", "organisation.zone_wrong")
	}
	if o.Kind == LSP && o.Code == "" {
		f.With("code", "organisation.lsp_code")
	}
	if (o.LSPType != "") != (o.Kind == LSP) || o.Kind == LSP && !slices.Contains([]string{"P1", "P2", "P3"}, o.LSPType) {
		f.With("lsp_type", "organisation.lsp_type")
	}
	return f.Or()
}

// Create adds an organisation.
func (s *Service) Create(ctx context.Context, actor auth.Actor, o Org) (auth.OrgID, error) {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		o.ID, o.Version = "", 0
		pass, err := allow(tx, actor, "create", o)
		if err != nil {
			return err
		}
		if err := o.check(); err != nil {
			return err
		}
		o.ID, o.Version = auth.OrgID(id.New("org", tx.Now())), 1
		return insert(tx, o, pass)
	})
	return o.ID, err
}

// Edit changes what an organisation says of itself.
func (s *Service) Edit(ctx context.Context, actor auth.Actor, o Org) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		have, err := Get(tx, actor, o.ID)
		if err != nil {
			return err
		}
		o.Kind, o.LSPType, o.Code = have.Kind, have.LSPType, have.Code // given once: numbers bear them
		pass, err := allow(tx, actor, "edit", have)
		if err != nil {
			return err
		}
		if err := o.check(); err != nil {
			return err
		}
		return update(tx, o, pass)
	})
}

// GiveDuty puts a person into a duty of an organisation from a day on.
func (s *Service) GiveDuty(ctx context.Context, actor auth.Actor, org auth.OrgID, p auth.PersonID, d auth.Duty, since date.Date) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return GiveDuty(tx, actor, org, p, d, since) })
}

// GiveDuty is the same in the caller's transaction, for invitations.
func GiveDuty(tx *db.Tx, actor auth.Actor, org auth.OrgID, p auth.PersonID, d auth.Duty, since date.Date) error {
	o, err := Get(tx, actor, org)
	if err != nil {
		return err
	}
	pass, err := allow(tx, actor, "give_duty", o)
	if err != nil {
		return err
	}
	if err := o.fits(d); err != nil {
		return err
	}
	if !since.Valid() {
		return fault.New(fault.Invalid, "form.invalid").With("since", "form.date")
	}
	_, err = tx.Exec(`INSERT INTO membership (org, person, duty, since, until, version) VALUES ($1, $2, $3, $4, '', 1)
		ON CONFLICT (org, person, duty) DO UPDATE SET until = '', version = membership.version + 1,
		since = CASE WHEN membership.until = '' THEN membership.since ELSE excluded.since END`, string(org), string(p), string(d), string(since))
	if err != nil {
		return err
	}
	return ledger.Append(tx, org, string(org), pass, map[string]string{"person": string(p), "duty": string(d)})
}

// EndDuty ends a person's duty today, the day that sign-ins count in. What she did in it stays hers.
func (s *Service) EndDuty(ctx context.Context, actor auth.Actor, org auth.OrgID, p auth.PersonID, d auth.Duty) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		o, err := Get(tx, actor, org)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "end_duty", o)
		if err != nil {
			return err
		}
		err = tx.Change(`UPDATE membership SET until = $4, version = version + 1 WHERE org = $1 AND person = $2 AND duty = $3 AND until = ''`,
			string(org), string(p), string(d), string(date.Of(tx.Now(), date.WIB)))
		if err != nil {
			return err
		}
		return ledger.Append(tx, org, string(org), pass, map[string]string{"person": string(p), "duty": string(d)})
	})
}

// IssueToken makes a key for a program that acts for the organisation in one duty. It is shown once.
func (s *Service) IssueToken(ctx context.Context, actor auth.Actor, org auth.OrgID, name string, d auth.Duty) (secret string, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		o, err := Get(tx, actor, org)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "issue_token", o)
		if err != nil {
			return err
		}
		if err := o.fits(d); err != nil {
			return err
		}
		if !slices.Contains(byProgram, d) {
			return fault.New(fault.Invalid, "organisation.token_duty").With("duty", "organisation.token_duty")
		}
		if strings.TrimSpace(name) == "" {
			return fault.New(fault.Invalid, "form.invalid").With("name", "form.required")
		}
		secret = "kpt_" + id.Secret()
		token := id.New("tok", tx.Now())
		hash := sha256.Sum256([]byte(secret))
		_, err = tx.Exec(`INSERT INTO api_token (id, org, name, duty, hash, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			token, string(org), name, string(d), hash[:], actor.Who(), db.At(tx.Now()))
		if err != nil {
			return err
		}
		return ledger.Append(tx, org, token, pass, map[string]string{"duty": string(d)})
	})
	return secret, err
}

// ByToken is who acts with a token's secret, and the token's id.
func (s *Service) ByToken(ctx context.Context, secret string) (actor auth.Actor, token string, err error) {
	hash := sha256.Sum256([]byte(secret))
	var h auth.Held
	var name string
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		return tx.Get("SELECT id, org, duty, name FROM api_token WHERE hash = $1 AND revoked_at IS NULL", []any{hash[:]}, &token, &h.Org, &h.Duty, &name)
	})
	if fault.Is(err, fault.NotFound) {
		return auth.Actor{}, "", fault.New(fault.SignIn, "organisation.token_unknown")
	}
	return auth.Actor{Name: name, Duties: []auth.Held{h}}, token, err
}

// RevokeToken ends a token at once.
func (s *Service) RevokeToken(ctx context.Context, actor auth.Actor, org auth.OrgID, token string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		o, err := Get(tx, actor, org)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "revoke_token", o)
		if err != nil {
			return err
		}
		if err := tx.Change("UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND org = $2 AND revoked_at IS NULL", token, string(org), db.At(tx.Now())); err != nil {
			return err
		}
		return ledger.Append(tx, org, token, pass, nil)
	})
}

// Reply is what the API answered to a creating call.
type Reply struct {
	Request []byte // hash of what was asked
	Status  int
	Body    string
}

// Claim takes a key for a call that makes something, so that a call repeated acts once. Where the key was taken
// before, it gives what was asked with it then and what was answered; status 0 means that it is not answered yet.
// account is whose keys these are: a token's id, or a person's.
func (s *Service) Claim(ctx context.Context, account, key string, request []byte) (r Reply, found bool, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		r, found = Reply{}, false
		err := tx.Get("SELECT request, status, body FROM api_reply WHERE account = $1 AND key = $2", []any{account, key}, &r.Request, &r.Status, &r.Body)
		if err == nil {
			found = true
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		_, err = tx.Exec(`INSERT INTO api_reply (account, key, request, status, body, at) VALUES ($1, $2, $3, 0, '', $4)`, account, key, request, db.At(tx.Now()))
		return err
	})
	return r, found, err
}

// Release gives a key back whose call made nothing.
func (s *Service) Release(ctx context.Context, account, key string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM api_reply WHERE account = $1 AND key = $2 AND status = 0", account, key)
		return err
	})
}

// Remember keeps the answer given to a call whose key was claimed.
func (s *Service) Remember(ctx context.Context, account, key string, r Reply) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		return tx.Change("UPDATE api_reply SET status = $3, body = $4 WHERE account = $1 AND key = $2", account, key, r.Status, r.Body)
	})
}

// Today is the civil day in the organisation's zone.
func Today(tx *db.Tx, org auth.OrgID) (date.Date, error) {
	var z date.Zone
	err := tx.Get("SELECT zone FROM organisation WHERE id = $1", []any{string(org)}, &z)
	return date.Of(tx.Now(), z), err
}

func fold(o Org) string { return text.Fold(o.Name) }
