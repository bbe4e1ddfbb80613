// Package person knows people: who they are, how they sign in, what they consented to, and who is related to whom.
//
// A person exists once in an installation, whoever sends her. NIK and phone are sealed, found by keyed hash, shown
// masked; a full view is a logged act with a reason (SE-02; domain reference 7).
package person

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
	"kompeten/internal/seal"
	"kompeten/internal/text"
)

// Input is what someone says about a person.
type Input struct {
	Name, NIK, BirthPlace string
	BirthDate             date.Date
	Sex, Address          string
	District              string // code
	Phone, Email          string
	Education             string
	Sample                bool
}

// Person is a person as others see her: NIK and phone masked.
type Person struct {
	ID                     auth.PersonID
	Name, BirthPlace       string
	BirthDate              date.Date
	Sex, Address, District string
	Email, Education       string
	Photo                  string // name of the portrait file
	NIK, Phone             string // masked
	Sample                 bool
	Version                int64

	works []auth.OrgID // where she holds a duty today, for the rules of accounts
}

// Flow is what may happen to a person's record.
var Flow = flow.Table[Person]{
	Kind:  "person",
	State: func(p Person) flow.State { return map[bool]flow.State{true: "known"}[p.Version > 0] },
	Steps: []flow.Step[Person]{
		{Do: "enter", From: []flow.State{flow.None}, To: "known", By: []flow.Who[Person]{staff, system}, Clause: "FR.APL.01"},
		{Do: "complete", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{staff, self, system}},
		{Do: "reveal", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{self, staff}, Reason: true},
		{Do: "account", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{self, system}},
		{Do: "reset_password", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{orgAdmin, regulator, system}, Reason: true},
		{Do: "give_consent", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{candidate}, Clause: "UU 27/2022 art. 20"},
		{Do: "withdraw_consent", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{candidate}, Clause: "UU 27/2022 art. 9"},
		{Do: "declare_relation", From: []flow.State{"known"}, To: flow.Same, By: []flow.Who[Person]{self, staff, system}, Clause: "ISO/IEC 17024 4.3"},
	},
}

var (
	// Who came by a personal link, which may lie on a table, is not yet herself: that takes a sign-in.
	self      = flow.Who[Person]{Name: "self", Is: func(a auth.Actor, p Person) bool { return p.ID != "" && a.Person == p.ID && a.Subject == "" }}
	candidate = flow.Who[Person]{Name: "candidate", Is: func(a auth.Actor, p Person) bool { return p.ID != "" && a.Person == p.ID }}
	regulator = flow.Who[Person]{Name: "regulator", Is: func(a auth.Actor, _ Person) bool { return a.Any(auth.Regulator) }}
	// orgAdmin looks after every organisation in which the person works, so that nobody's account is taken over from
	// another organisation.
	orgAdmin = flow.Who[Person]{Name: "org_admin", Is: func(a auth.Actor, p Person) bool {
		return len(p.works) > 0 && !slices.ContainsFunc(p.works, func(o auth.OrgID) bool { return !a.Is(auth.OrgAdmin, o) && !a.Is(auth.Head, o) })
	}}
	system = flow.Who[Person]{Name: "system", Is: func(a auth.Actor, _ Person) bool { return a.System != "" }}
	staff  = flow.Who[Person]{Name: "staff", Is: func(a auth.Actor, _ Person) bool {
		return a.Any(auth.Officer) || a.Any(auth.LSPAdmin) || a.Any(auth.Manager) || a.Any(auth.HR) || a.Any(auth.Head) || a.Any(auth.OrgAdmin) || a.Any(auth.Regulator)
	}}
)

func allow(tx *db.Tx, actor auth.Actor, do flow.Action, p Person, reason string) (flow.Pass, error) {
	return Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: date.Of(tx.Now(), date.WIB)}, do, p, reason)
}

// Service is what people do with accounts and persons.
type Service struct {
	d    *db.DB
	box  *seal.Box
	hash chan struct{} // at most so many passwords are hashed at a time
	post post
}

// NewService makes the service.
func NewService(d *db.DB, box *seal.Box) *Service {
	return &Service{d, box, make(chan struct{}, 2), post{}}
}

// NIKHash is the keyed hash by which a NIK is found.
func NIKHash(box *seal.Box, nik string) []byte { return box.Hash("nik", nik) }

// PutAll is Merge for callers who need no more than who is who: the ids come in the order of the list.
func PutAll(tx *db.Tx, box *seal.Box, actor auth.Actor, book auth.OrgID, ins []Input) ([]auth.PersonID, error) {
	merged, err := Merge(tx, box, actor, book, ins)
	if err != nil {
		return nil, err
	}
	ids := make([]auth.PersonID, len(merged))
	for i, m := range merged {
		ids[i] = m.Person
	}
	return ids, nil
}

// Reveal shows NIK and phone in full. allowed is the caller's word that the actor has a case with this person. The
// look is written into the ledger with its reason.
func (s *Service) Reveal(ctx context.Context, actor auth.Actor, p auth.PersonID, book auth.OrgID, allowed bool, reason string) (nik, phone string, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if !allowed && actor.Person != p {
			return fault.New(fault.NotFound, "db.not_found")
		}
		got, err := Get(tx, s.box, actor, p)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "reveal", got, reason)
		if err != nil {
			return err
		}
		if nik, phone, err = secrets(tx, s.box, p); err != nil {
			return err
		}
		return ledger.Append(tx, book, string(p), pass, nil)
	})
	return nik, phone, err
}

// Relations between two people that keep one from assessing the other.
const (
	Trainer  = "trainer"
	Relative = "relative"
	Employer = "employer"
)

// Declare records that a person trained, employs or is related to a candidate.
func Declare(tx *db.Tx, box *seal.Box, actor auth.Actor, book auth.OrgID, p, candidate auth.PersonID, kind string, since date.Date, note string) error {
	if !slices.Contains([]string{Trainer, Relative, Employer}, kind) || p == candidate {
		return fault.New(fault.Invalid, "person.relation_wrong").With("kind", "person.relation_wrong")
	}
	if _, err := Get(tx, box, actor, candidate); err != nil {
		return err
	}
	got, err := Get(tx, box, actor, p)
	if err != nil {
		return err
	}
	pass, err := allow(tx, actor, "declare_relation", got, "")
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO relation (person, candidate, kind, since, until, note, declared_by, declared_at) VALUES ($1, $2, $3, $4, '', $5, $6, $7)
		ON CONFLICT (person, candidate, kind) DO UPDATE SET since = excluded.since, note = excluded.note`,
		string(p), string(candidate), kind, string(since), note, actor.Who(), db.At(tx.Now()))
	if err != nil {
		return err
	}
	return ledger.Append(tx, book, string(p), pass, map[string]string{"candidate": string(candidate), "kind": kind})
}

// DeclareRelation records today how a person stands to a candidate.
func (s *Service) DeclareRelation(ctx context.Context, actor auth.Actor, book auth.OrgID, p, candidate auth.PersonID, kind, note string) error {
	if !actor.In(book) && actor.System == "" { // nobody writes into the book of others
		return fault.New(fault.NotFound, "db.not_found")
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		return Declare(tx, s.box, actor, book, p, candidate, kind, date.Of(tx.Now(), date.WIB), note)
	})
}

// Related says how a person stands to a candidate on a day; empty for not at all. Having trained counts for two
// years (ISO/IEC 17024 5.2.3).
func Related(tx *db.Tx, _ auth.Actor, p, candidate auth.PersonID, on date.Date) (string, error) {
	var kind string
	err := tx.Get(`SELECT kind FROM relation WHERE person = $1 AND candidate = $2 AND (kind <> 'trainer' OR since >= $3) ORDER BY kind LIMIT 1`,
		[]any{string(p), string(candidate), string(on.AddMonths(-24))}, &kind)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return kind, err
}

// Consent is one purpose a person agreed to, with the text she read.
type Consent struct {
	Purpose, TextVersion, Lang string
	GivenAt, WithdrawnAt       db.Time
}

// Purpose is one purpose for which data are used.
type Purpose struct {
	Name     string
	Required bool // without it there can be no assessment
}

// ConsentVersion names the consent texts in use; they stand in the catalogue under consent.<purpose>.
const ConsentVersion = "2026-1"

// Purposes lists what people are asked to consent to, one by one (UU 27/2022 art. 20).
func Purposes() []Purpose {
	return []Purpose{{"assessment", true}, {"register", true}, {"statistics", false}, {"photo", false}, {"directory", false}}
}

// GiveConsent records the purposes a person agreed to for one record.
func GiveConsent(tx *db.Tx, actor auth.Actor, p auth.PersonID, record string, lang text.Lang, purposes []string) error {
	var rows [][]any
	for _, name := range slices.Compact(slices.Sorted(slices.Values(purposes))) {
		if !slices.ContainsFunc(Purposes(), func(x Purpose) bool { return x.Name == name }) {
			return fault.New(fault.Invalid, "form.invalid").With("consent", "person.purpose_unknown")
		}
		rows = append(rows, []any{id.New("con", tx.Now()), string(p), name, ConsentVersion, string(lang), record, db.At(tx.Now())})
	}
	return tx.Insert("consent", []string{"id", "person", "purpose", "text_version", "lang", "record", "given_at"}, rows)
}

// Consents lists what was agreed to for a record.
func Consents(tx *db.Tx, _ auth.Actor, record string) ([]Consent, error) {
	return db.All(tx, func(c *Consent) []any { return []any{&c.Purpose, &c.TextVersion, &c.Lang, &c.GivenAt, &c.WithdrawnAt} },
		"SELECT purpose, text_version, lang, given_at, withdrawn_at FROM consent WHERE record = $1 ORDER BY given_at, id", record)
}
