package wallet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
)

// ShareID of what a holder shows to others: "shr_…".
type ShareID string

const (
	mostShares = 50  // open at a time
	mostItems  = 100 // in one
	mostDays   = 366 // that one is shown
)

// Purposes are what a holder shows her certificates for.
func Purposes() []string { return []string{"tender", "job", "other"} }

// Share is what a holder shows to others: chosen certificates, for a purpose, up to a day.
type Share struct {
	ID          ShareID
	Person      auth.PersonID
	Purpose     string
	Note        string // for whom or what, in her words
	Named       bool   // her full name is shown
	Until       date.Date
	State       flow.State
	CreatedAt   db.Time
	WithdrawnAt db.Time
	Visits      int64
	VisitedAt   db.Time
	Items       int
	version     int64
	beside      int // shares of hers that are open
}

// Live says whether the share is shown on a day.
func (s Share) Live(on date.Date) bool { return s.State == Open && on <= s.Until }

const shareColumns = `s.id, s.person, s.purpose, s.note, s.named, s.until, s.state, s.created_at, s.withdrawn_at, s.visits, s.visited_at, s.version,
	(SELECT COUNT(*) FROM wallet_share_item i WHERE i.share = s.id)`

func shareFields(s *Share) []any {
	return []any{&s.ID, &s.Person, &s.Purpose, &s.Note, &s.Named, &s.Until, &s.State, &s.CreatedAt, &s.WithdrawnAt, &s.Visits, &s.VisitedAt, &s.version, &s.Items}
}

// ShareInput is what a holder wants to show.
type ShareInput struct {
	Purpose, Note string
	Named         bool
	Until         date.Date
	Certificates  []certificate.ID
	Others        []OtherID
}

func (in ShareInput) check(today date.Date) error {
	f := fault.New(fault.Invalid, "form.invalid")
	if !slices.Contains(Purposes(), in.Purpose) {
		_ = f.With("purpose", "form.required")
	}
	check(f, "note", in.Note, in.Purpose == "other", 200)
	switch {
	case !in.Until.Valid() || in.Until < today:
		_ = f.With("until", "wallet.until_past")
	case in.Until > today.AddDays(mostDays):
		_ = f.With("until", "wallet.until_late", today.AddDays(mostDays))
	}
	switch n := len(in.Certificates) + len(in.Others); {
	case n == 0:
		_ = f.With("item", "wallet.nothing_chosen")
	case n > mostItems:
		_ = f.With("item", "wallet.too_many_chosen", mostItems)
	}
	return f.Or()
}

// Share shows chosen certificates to whoever gets the secret's address.
func (s *Service) Share(ctx context.Context, actor auth.Actor, in ShareInput) (made ShareID, err error) {
	in.Certificates, in.Others = once(in.Certificates), once(in.Others)
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		c := now(tx, actor)
		if err := in.check(c.Today); err != nil {
			return err
		}
		x := Share{ID: ShareID(id.New("shr", tx.Now())), Person: actor.Person}
		err := tx.Get("SELECT COUNT(*) FROM wallet_share WHERE person = $1 AND state = 'open' AND until >= $2", []any{string(x.Person), string(c.Today)}, &x.beside)
		if err != nil {
			return err
		}
		pass, err := ShareFlow.Allow(c, "share", x, "")
		if err != nil {
			return err
		}
		hash := sha256.Sum256([]byte(s.box.Secret(string(x.ID))))
		_, err = tx.Exec(`INSERT INTO wallet_share (id, hash, person, purpose, note, named, until, state, created_at, visits, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1)`,
			string(x.ID), hash[:], string(x.Person), in.Purpose, in.Note, in.Named, string(in.Until), string(pass.To()), db.At(tx.Now()))
		if err != nil {
			return err
		}
		if err := in.keep(tx, actor, x.ID); err != nil {
			return err
		}
		made = x.ID
		return ledger.Append(tx, "", string(x.ID), pass, map[string]any{"purpose": in.Purpose, "named": in.Named, "until": in.Until})
	})
	return made, err
}

// once is a list without what stands twice in it.
func once[S cmp.Ordered](list []S) []S { return slices.Compact(slices.Sorted(slices.Values(list))) }

// keep notes what is shown; only what is the actor's own.
func (in ShareInput) keep(tx *db.Tx, actor auth.Actor, share ShareID) error {
	var rows [][]any
	for _, c := range in.Certificates {
		if _, err := Certificate(tx, actor, c); err != nil {
			return err
		}
		rows = append(rows, []any{string(share), len(rows), string(c), nil})
	}
	for _, o := range in.Others {
		x, err := other(tx, o)
		if err != nil || !opens(actor, x.Person) || x.State == Removed {
			return fault.New(fault.NotFound, "db.not_found").Because(err)
		}
		rows = append(rows, []any{string(share), len(rows), nil, string(o)})
	}
	return tx.Insert("wallet_share_item", []string{"share", "no", "certificate", "other"}, rows)
}

// Withdraw ends a share at once.
func (s *Service) Withdraw(ctx context.Context, actor auth.Actor, share ShareID) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := db.One(tx, shareFields, "SELECT "+shareColumns+" FROM wallet_share s WHERE s.id = $1", string(share))
		if err != nil {
			return err
		}
		pass, err := ShareFlow.Allow(now(tx, actor), "withdraw", x, "")
		if err != nil {
			return hidden(err)
		}
		err = tx.Change("UPDATE wallet_share SET state = $2, withdrawn_at = $3, version = version + 1 WHERE id = $1 AND version = $4", string(share), string(pass.To()), db.At(tx.Now()), x.version)
		if err != nil {
			return err
		}
		return ledger.Append(tx, "", string(share), pass, nil)
	})
}

// Shares are what the actor shows and has shown, the newest first.
func Shares(tx *db.Tx, actor auth.Actor) ([]Share, error) {
	if !opens(actor, actor.Person) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, shareFields, "SELECT "+shareColumns+" FROM wallet_share s WHERE s.person = $1 ORDER BY s.id DESC LIMIT 100", string(actor.Person))
}

// Secret is what opens a share of the actor.
func (s *Service) Secret(actor auth.Actor, x Share) string {
	if !opens(actor, x.Person) {
		return ""
	}
	return s.box.Secret(string(x.ID))
}

// Shown is a share as others see it: what she chose, as it stands now.
type Shown struct {
	Share
	Name         string // in full if she says so, else masked
	Certificates []certificate.Certificate
	Others       []Other
}

// Look is what the bearer of a share's secret sees. Whether it was withdrawn or is over is all that is said of one
// that is closed. A visit is counted where count says so.
func (s *Service) Look(ctx context.Context, secret, address string, count bool) (out Shown, err error) {
	hash := sha256.Sum256([]byte(secret))
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		out = Shown{}
		if out.Share, err = db.One(tx, shareFields, "SELECT "+shareColumns+" FROM wallet_share s WHERE s.hash = $1", hash[:]); err != nil {
			return err
		}
		return out.fill(tx)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return Shown{}, s.missed(ctx, address, "wallet.share_unknown")
	case err != nil:
		return Shown{}, err
	case out.State != Open:
		return Shown{}, fault.New(fault.NotFound, "wallet.share_withdrawn")
	case !out.Live(date.Of(s.d.Now(), date.WIB)):
		return Shown{}, fault.New(fault.NotFound, "wallet.share_past", out.Until)
	}
	if count {
		err = s.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE wallet_share SET visits = visits + 1, visited_at = $2 WHERE id = $1", string(out.ID), db.At(tx.Now()))
			return err
		})
	}
	return out, err
}

// fill reads what is shown, as the holder would.
func (v *Shown) fill(tx *db.Tx) error {
	holder := auth.Actor{Person: v.Person}
	if err := tx.Get("SELECT name FROM person WHERE id = $1", []any{string(v.Person)}, &v.Name); err != nil {
		return err
	}
	if !v.Named {
		v.Name = text.MaskName(v.Name)
	}
	certs, err := db.Column[string](tx, "SELECT certificate FROM wallet_share_item WHERE share = $1 AND certificate IS NOT NULL ORDER BY no", string(v.ID))
	if err != nil {
		return err
	}
	for _, c := range certs {
		got, err := Certificate(tx, holder, certificate.ID(c))
		if err != nil {
			return err
		}
		v.Certificates = append(v.Certificates, got)
	}
	v.Others, err = db.All(tx, otherFields, "SELECT "+otherColumns+` FROM wallet_other o JOIN wallet_share_item i ON i.other = o.id
		WHERE i.share = $1 AND o.state <> 'removed' ORDER BY i.no`, string(v.ID))
	return err
}
