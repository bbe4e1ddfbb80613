package wallet

import (
	"context"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
)

// OtherID of a certificate of another issuer: "oth_…".
type OtherID string

const mostOthers = 100

// Kinds are the kinds of other issuers.
func Kinds() []string {
	return []string{"lsk", "ministry", "company", "association", "foreign", "other"}
}

// Other is a certificate that somebody else issued. We know of it what was said, and whether anybody looked.
type Other struct {
	ID         OtherID
	Person     auth.PersonID
	Kind       string // of issuer
	Issuer     string
	Title      string
	Number     string
	IssuedOn   date.Date
	ValidUntil date.Date // empty: without end
	Evidence   File
	State      flow.State
	RecordedBy string // who wrote it down
	Recorder   string // her name and, for an office, the office; empty for the holder herself
	RecordedAt db.Time
	Checker    string // name and body of who looked
	CheckedAt  db.Time
	CheckNote  string // how she looked, or what she found
	Version    int64

	cases  []auth.OrgID // where the holder has an application
	beside int          // others of hers
}

// Expired says whether it is past its last day.
func (o Other) Expired(on date.Date) bool { return o.ValidUntil != "" && on > o.ValidUntil }

const otherColumns = `o.id, o.person, o.kind, o.issuer, o.title, o.number, o.issued_on, o.valid_until, o.blob, o.file, o.mime, o.size, o.state, o.recorded_by, o.recorder, o.recorded_at,
	o.checker, o.checked_at, o.check_note, o.version`

func otherFields(o *Other) []any {
	return []any{&o.ID, &o.Person, &o.Kind, &o.Issuer, &o.Title, &o.Number, &o.IssuedOn, &o.ValidUntil, &o.Evidence.blob, &o.Evidence.Name, &o.Evidence.Mime, &o.Evidence.Size,
		&o.State, &o.RecordedBy, &o.Recorder, &o.RecordedAt, &o.Checker, &o.CheckedAt, &o.CheckNote, &o.Version}
}

func other(tx *db.Tx, o OtherID) (Other, error) {
	x, err := db.One(tx, otherFields, "SELECT "+otherColumns+" FROM wallet_other o WHERE o.id = $1", string(o))
	if err != nil {
		return x, err
	}
	x.cases, err = casesOf(tx, x.Person)
	return x, err
}

// casesOf is where a person has an application: at which LSPs and offices.
func casesOf(tx *db.Tx, p auth.PersonID) ([]auth.OrgID, error) {
	list, err := db.Column[string](tx, "SELECT lsp FROM application WHERE person = $1 UNION SELECT office FROM application WHERE person = $1 ORDER BY 1", string(p))
	var out []auth.OrgID
	for _, o := range list {
		if o != "" {
			out = append(out, auth.OrgID(o))
		}
	}
	return out, err
}

// OtherInput is what is said of a certificate of another issuer.
type OtherInput struct {
	Kind, Issuer, Title, Number string
	IssuedOn, ValidUntil        date.Date
	FileName                    string
	File                        []byte // evidence; none is recorded as none
}

func (in OtherInput) check(today date.Date) error {
	f := fault.New(fault.Invalid, "form.invalid")
	if !slices.Contains(Kinds(), in.Kind) {
		_ = f.With("kind", "form.required")
	}
	check(f, "issuer", in.Issuer, true, 200)
	check(f, "title", in.Title, true, 200)
	check(f, "number", in.Number, false, 100)
	switch {
	case !in.IssuedOn.Valid():
		_ = f.With("issued_on", "form.required")
	case in.IssuedOn > today:
		_ = f.With("issued_on", "wallet.in_future")
	}
	if in.ValidUntil != "" && (!in.ValidUntil.Valid() || in.ValidUntil < in.IssuedOn) {
		_ = f.With("valid_until", "wallet.until_before_issue")
	}
	return f.Or()
}

// Record notes a certificate of another issuer, by the holder herself or by who has a case with her.
func (s *Service) Record(ctx context.Context, actor auth.Actor, holder auth.PersonID, in OtherInput) (made OtherID, err error) {
	if err := in.check(date.Of(s.d.Now(), date.WIB)); err != nil {
		return "", err
	}
	evidence, err := s.keep(in.FileName, in.File)
	if err != nil {
		return "", err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		x := Other{ID: OtherID(id.New("oth", tx.Now())), Person: holder}
		if x.cases, err = casesOf(tx, holder); err != nil {
			return err
		}
		if err := tx.Get("SELECT COUNT(*) FROM wallet_other WHERE person = $1 AND state <> 'removed'", []any{string(holder)}, &x.beside); err != nil {
			return err
		}
		pass, err := OtherFlow.Allow(now(tx, actor), "record", x, "")
		if err != nil {
			return hidden(err)
		}
		book, recorder := auth.OrgID(""), ""
		if !opens(actor, holder) {
			if book, recorder, err = signature(tx, actor, x.cases); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`INSERT INTO wallet_other (id, person, kind, issuer, title, number, issued_on, valid_until, blob, file, mime, size, state, recorded_by, recorder, recorded_at, checker, check_note, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '', 1)`, string(x.ID), string(holder), in.Kind, in.Issuer, in.Title, in.Number,
			string(in.IssuedOn), string(in.ValidUntil), evidence.blob, evidence.Name, evidence.Mime, evidence.Size, string(pass.To()), actor.Who(), recorder, db.At(tx.Now()))
		if err != nil {
			return err
		}
		made = x.ID
		return ledger.Append(tx, book, string(x.ID), pass, map[string]string{"kind": in.Kind})
	})
	return made, err
}

// signature is the body in which the actor has a case with the holder, and her name with the body's, as others read it.
func signature(tx *db.Tx, actor auth.Actor, cases []auth.OrgID) (auth.OrgID, string, error) {
	for _, org := range cases {
		if !actor.In(org) {
			continue
		}
		var name string
		err := tx.Get("SELECT name FROM organisation WHERE id = $1", []any{string(org)}, &name)
		return org, actor.Name + ", " + name, err
	}
	return "", "", fault.New(fault.NotFound, "db.not_found")
}

// Check notes that somebody compared it with its issuer or its original, and how.
func (s *Service) Check(ctx context.Context, actor auth.Actor, o OtherID, how string) error {
	return s.look(ctx, actor, o, "check", how)
}

// Doubt notes that it could not be confirmed, and why.
func (s *Service) Doubt(ctx context.Context, actor auth.Actor, o OtherID, why string) error {
	return s.look(ctx, actor, o, "doubt", why)
}

func (s *Service) look(ctx context.Context, actor auth.Actor, o OtherID, do flow.Action, note string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := other(tx, o)
		if err != nil {
			return err
		}
		pass, err := OtherFlow.Allow(now(tx, actor), do, x, note)
		if err != nil {
			return hidden(err)
		}
		book, checker, err := signature(tx, actor, x.cases)
		if err != nil {
			return err
		}
		err = tx.Change("UPDATE wallet_other SET state = $2, checker = $3, checked_at = $4, check_note = $5, version = version + 1 WHERE id = $1 AND version = $6",
			string(o), string(pass.To()), checker, db.At(tx.Now()), note, x.Version)
		if err != nil {
			return err
		}
		return ledger.Append(tx, book, string(o), pass, nil)
	})
}

// Remove takes a certificate of another issuer out of the wallet, and out of what is shown.
func (s *Service) Remove(ctx context.Context, actor auth.Actor, o OtherID) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := other(tx, o)
		if err != nil {
			return err
		}
		pass, err := OtherFlow.Allow(now(tx, actor), "remove", x, "")
		if err != nil {
			return hidden(err)
		}
		if err := tx.Change("UPDATE wallet_other SET state = $2, version = version + 1 WHERE id = $1 AND version = $3", string(o), string(pass.To()), x.Version); err != nil {
			return err
		}
		return ledger.Append(tx, "", string(o), pass, nil)
	})
}

// Others are the certificates of other issuers of a person, for herself and for who has a case with her.
func Others(tx *db.Tx, actor auth.Actor, holder auth.PersonID) ([]Other, error) {
	cases, err := casesOf(tx, holder)
	if err != nil {
		return nil, err
	}
	if !opens(actor, holder) && !caseworker.Is(actor, Other{cases: cases}) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	list, err := db.All(tx, otherFields, "SELECT "+otherColumns+" FROM wallet_other o WHERE o.person = $1 AND o.state <> 'removed' ORDER BY o.issued_on DESC, o.id DESC LIMIT 200", string(holder))
	for i := range list {
		list[i].cases = cases
	}
	return list, err
}

// OtherEvidence is the evidence of a certificate of another issuer, for herself and for who has a case with her.
func (s *Service) OtherEvidence(ctx context.Context, actor auth.Actor, o OtherID) (f File, data []byte, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		x, err := other(tx, o)
		if err != nil || x.State == Removed || !opens(actor, x.Person) && !caseworker.Is(actor, x) {
			return fault.New(fault.NotFound, "db.not_found").Because(err)
		}
		f = x.Evidence
		return nil
	})
	if err == nil {
		data, err = s.read(f)
	}
	return f, data, err
}
