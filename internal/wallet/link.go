package wallet

import (
	"context"
	"crypto/sha256"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
)

// LinkID of a personal link: "wlk_…".
type LinkID string

const linkPrefix = "wlk"

// linkLife is how long a personal link opens a wallet, and linkFresh how long one must still open it to be given again.
const (
	linkLife  = 365 * 24 * time.Hour
	linkFresh = 90 * 24 * time.Hour
)

// Link opens a wallet without a password. Its secret is derived from its id, never stored: a letter can be printed again.
type Link struct {
	ID        LinkID
	Person    auth.PersonID
	Org       auth.OrgID // whose people made it; empty for the holder herself
	Subject   string     // the certificate or application it was made from
	State     flow.State
	CreatedAt db.Time
	ExpiresAt db.Time
	Opened    int64
	OpenedAt  db.Time
	version   int64
}

// Live says whether the link opens the wallet at a moment.
func (l Link) Live(at time.Time) bool { return l.State == Open && l.ExpiresAt.After(at) }

const linkColumns = "id, person, org, subject, state, created_at, expires_at, opened, opened_at, version"

func linkFields(l *Link) []any {
	return []any{&l.ID, &l.Person, &l.Org, &l.Subject, &l.State, &l.CreatedAt, &l.ExpiresAt, &l.Opened, &l.OpenedAt, &l.version}
}

// Enter is the actor that the bearer of a secret is: the holder, for her wallet only. Who tries secrets that open
// nothing has to wait (see missed).
func (s *Service) Enter(ctx context.Context, secret, address string) (actor auth.Actor, err error) {
	hash := sha256.Sum256([]byte(secret))
	var l Link
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if l, err = db.One(tx, linkFields, "SELECT "+linkColumns+" FROM wallet_link WHERE hash = $1", hash[:]); err != nil {
			return err
		}
		actor = auth.Actor{Person: l.Person, Subject: string(l.ID)}
		return tx.Get("SELECT name FROM person WHERE id = $1", []any{string(l.Person)}, &actor.Name)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return auth.Actor{}, s.missed(ctx, address, "person.link_unknown")
	case err != nil:
		return auth.Actor{}, err
	case l.State != Open:
		return auth.Actor{}, fault.New(fault.NotFound, "person.link_revoked")
	case !l.Live(s.d.Now()):
		return auth.Actor{}, fault.New(fault.NotFound, "person.link_expired", date.Of(l.ExpiresAt.Time, date.WIB))
	}
	return actor, nil
}

// missed counts a secret that opens nothing against the address that tried it, and lets it wait after many. A right
// secret opens all the same: a whole mobile network may share an address, and 160 bits are not guessed.
func (s *Service) missed(ctx context.Context, address, key string) error {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		if err := person.Slow(tx, address); err != nil {
			return err
		}
		return person.Missed(tx, address)
	})
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, key)
}

// Opened counts that a wallet was opened by its link, so that the holder sees when somebody else does.
func (s *Service) Opened(ctx context.Context, actor auth.Actor) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE wallet_link SET opened = opened + 1, opened_at = $2 WHERE id = $1", actor.Subject, db.At(tx.Now()))
		return err
	})
}

// LinkTo makes the link to the wallet of a certificate's holder, for her LSP to hand to her.
func (s *Service) LinkTo(ctx context.Context, actor auth.Actor, c certificate.ID) (made LinkID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		cert, err := certificate.Get(tx, actor, c)
		if err != nil {
			return err
		}
		made, err = s.link(tx, actor, Link{Person: cert.Person, Org: cert.LSP, Subject: string(c)})
		return err
	})
	return made, err
}

// LinkFromLetter gives who opened the letter of her application the secret of the link to her wallet.
func (s *Service) LinkFromLetter(ctx context.Context, actor auth.Actor) (secret string, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		made, err := s.link(tx, actor, Link{Person: actor.Person, Subject: actor.Subject})
		secret = s.box.Secret(string(made))
		return err
	})
	return secret, err
}

// link gives the link to a wallet that was made from the same record, if it opens it long enough, or makes one.
func (s *Service) link(tx *db.Tx, actor auth.Actor, l Link) (LinkID, error) {
	pass, err := LinkFlow.Allow(now(tx, actor), "make", l, "")
	if err != nil {
		return "", err
	}
	have, err := db.One(tx, linkFields, "SELECT "+linkColumns+` FROM wallet_link WHERE subject = $1 AND org = $2 AND person = $3 AND state = 'open' AND expires_at > $4
		ORDER BY id DESC LIMIT 1`, l.Subject, string(l.Org), string(l.Person), db.At(tx.Now().Add(linkFresh)))
	if err == nil || !fault.Is(err, fault.NotFound) {
		return have.ID, err
	}
	l.ID = LinkID(id.New(linkPrefix, tx.Now()))
	hash := sha256.Sum256([]byte(s.box.Secret(string(l.ID))))
	_, err = tx.Exec(`INSERT INTO wallet_link (id, hash, person, org, subject, state, created_by, created_at, expires_at, opened, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1)`,
		string(l.ID), hash[:], string(l.Person), string(l.Org), l.Subject, string(pass.To()), actor.Who(), db.At(tx.Now()), db.At(tx.Now().Add(linkLife)))
	if err != nil {
		return "", err
	}
	return l.ID, ledger.Append(tx, l.Org, string(l.ID), pass, map[string]string{"subject": l.Subject})
}

// Letter gives the secret of a link, for the letter or message that carries it to the holder. That somebody had it is
// written down.
func (s *Service) Letter(ctx context.Context, actor auth.Actor, link LinkID) (l Link, secret string, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) (err error) { l, err = s.letter(tx, actor, link); return err })
	return l, s.box.Secret(string(l.ID)), err
}

// Handed is a link to a holder's wallet with the secret that opens it.
type Handed struct {
	Link
	Certificate certificate.Certificate
	Secret      string
}

// Letters gives the links to the wallets of many certificates' holders at once, for the letters that go out with their
// certificates: one for each holder, none for what is revoked.
func (s *Service) Letters(ctx context.Context, actor auth.Actor, certs []certificate.ID) (out []Handed, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		out = nil
		had := map[auth.PersonID]bool{}
		for _, c := range certs {
			cert, err := certificate.Get(tx, actor, c)
			if err != nil {
				return err
			}
			if had[cert.Person] || cert.State == certificate.Revoked {
				continue
			}
			had[cert.Person] = true
			made, err := s.link(tx, actor, Link{Person: cert.Person, Org: cert.LSP, Subject: string(c)})
			if err != nil {
				return err
			}
			l, err := s.letter(tx, actor, made)
			if err != nil {
				return err
			}
			out = append(out, Handed{l, cert, s.box.Secret(string(made))})
		}
		return nil
	})
	return out, err
}

// letter notes that the actor had a link's secret, for a letter or message.
func (s *Service) letter(tx *db.Tx, actor auth.Actor, link LinkID) (Link, error) {
	l, err := one(tx, link)
	if err != nil {
		return l, err
	}
	pass, err := LinkFlow.Allow(now(tx, actor), "letter", l, "")
	if err != nil {
		return l, hidden(err)
	}
	if !l.Live(tx.Now()) {
		return l, fault.New(fault.NotFound, "person.link_expired", date.Of(l.ExpiresAt.Time, date.WIB))
	}
	return l, ledger.Append(tx, l.Org, string(l.ID), pass, nil)
}

// EndLink ends a link at once: whoever has it finds it closed.
func (s *Service) EndLink(ctx context.Context, actor auth.Actor, link LinkID) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		l, err := one(tx, link)
		if err != nil {
			return err
		}
		pass, err := LinkFlow.Allow(now(tx, actor), "end", l, "")
		if err != nil {
			return hidden(err)
		}
		if err := tx.Change("UPDATE wallet_link SET state = $2, version = version + 1 WHERE id = $1 AND version = $3", string(l.ID), string(pass.To()), l.version); err != nil {
			return err
		}
		return ledger.Append(tx, l.Org, string(l.ID), pass, nil)
	})
}

func one(tx *db.Tx, link LinkID) (Link, error) {
	return db.One(tx, linkFields, "SELECT "+linkColumns+" FROM wallet_link WHERE id = $1", string(link))
}

// hidden makes what is not the actor's into what does not exist.
func hidden(err error) error {
	if fault.Is(err, fault.Denied) {
		return fault.New(fault.NotFound, "db.not_found")
	}
	return err
}

// Links are the links to the actor's own wallet that still open it.
func Links(tx *db.Tx, actor auth.Actor) ([]Link, error) {
	if !opens(actor, actor.Person) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, linkFields, "SELECT "+linkColumns+" FROM wallet_link WHERE person = $1 AND state = 'open' AND expires_at > $2 ORDER BY id DESC LIMIT 100",
		string(actor.Person), db.At(tx.Now()))
}

// LinksFrom are the links that an LSP made from a certificate, the newest first, for who may make them.
func LinksFrom(tx *db.Tx, actor auth.Actor, c certificate.ID) ([]Link, error) {
	cert, err := certificate.Get(tx, actor, c)
	if err != nil || !answers(actor, cert.LSP) {
		return nil, fault.New(fault.NotFound, "db.not_found").Because(err)
	}
	return db.All(tx, linkFields, "SELECT "+linkColumns+" FROM wallet_link WHERE subject = $1 AND org = $2 ORDER BY id DESC LIMIT 20", string(c), string(cert.LSP))
}
