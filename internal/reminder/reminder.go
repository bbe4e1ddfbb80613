// Package reminder tells holders in time that a certificate ends: 6, 3 and 1 months before, in the wallet and by a
// letter where an address is known (CE-10).
//
// Each certificate gets each reminder once. After a downtime only the one whose time it is now is caught up, never
// several at once. Who renewed a certificate, or has one that is suspended or revoked, is not reminded.
package reminder

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/jobs"
	"kompeten/internal/mail"
	"kompeten/internal/person"
	"kompeten/internal/text"
	"kompeten/internal/wallet"
)

// terms are how many months before the end a holder is reminded, the last first.
var terms = []int{1, 3, 6}

// Reminder says that a certificate ends within so many months.
type Reminder struct {
	Certificate certificate.Certificate
	Months      int
	State       flow.State
	SentAt      time.Time // of the letter; zero where none left
}

// DueOn is the reminder whose time it is on a day: of a certificate that holds and ends within its months, but was
// issued before them. None is 0.
func DueOn(c certificate.Certificate, today date.Date) (months int) {
	if c.State != certificate.Active || c.ReplacedBy != "" || c.ValidUntil < today {
		return 0
	}
	for _, m := range terms {
		if on := c.ValidUntil.AddMonths(-m); on <= today {
			if on <= c.IssuedOn {
				return 0
			}
			return m
		}
	}
	return 0
}

// Service reminds.
type Service struct {
	d    *db.DB
	base string
	mail *mail.Mailer
}

// NewService makes the service. It writes no letters before it is given a mailer.
func NewService(d *db.DB, base string) *Service { return &Service{d, base, &mail.Mailer{}} }

// Post lets letters be sent from now on. It is called once, before jobs run.
func (s *Service) Post(m *mail.Mailer) { s.mail = m }

// Reminders are those whose time it is for the actor's own certificates, the soonest end first; her wallet shows them.
func Reminders(tx *db.Tx, actor auth.Actor) ([]Reminder, error) {
	all, err := wallet.Certificates(tx, actor)
	if err != nil {
		return nil, err
	}
	var out []Reminder
	for _, c := range all {
		m := DueOn(c, date.Of(tx.Now(), date.Zone(c.Face.Zone)))
		if m == 0 {
			continue
		}
		r, err := get(tx, c, m)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		out = append(out, r)
	}
	sortByEnd(out)
	return out, nil
}

// The kinds of jobs: to look for certificates that end soon, and to write one letter.
const (
	ScanJob   = "reminder.scan"
	LetterJob = "reminder.letter"
)

var asJob = auth.Actor{System: Job}

// Start has it looked for certificates that end soon, unless that is under way.
func (s *Service) Start(ctx context.Context) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := jobs.Enqueue(tx, ScanJob, struct{}{}, jobs.Options{Unique: ScanJob})
		return err
	})
}

const batch = 500

// Scan notes every reminder whose time has come, and enqueues the letters that are to be tried, batch by batch. Killed
// and begun again, it finds what is left.
func (s *Service) Scan(ctx context.Context, _ jobs.Job) error {
	for i, m := range terms {
		shorter := 0 // those that end sooner have the reminder of that
		if i > 0 {
			shorter = terms[i-1]
		}
		for after := certificate.ID(""); ; {
			last, err := s.note(ctx, m, shorter, after)
			if err != nil {
				return err
			}
			if last == "" {
				break
			}
			after = last
		}
	}
	for {
		n, err := s.enqueue(ctx)
		if n == 0 || err != nil {
			return err
		}
	}
}

// note writes down a batch of reminders of a term; it gives the last certificate it looked at.
func (s *Service) note(ctx context.Context, months, shorter int, after certificate.ID) (last certificate.ID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		today := date.Of(tx.Now(), date.WIB)
		ids, err := ending(tx, months, today, shorter, after)
		if err != nil {
			return err
		}
		last = ""
		var due []Reminder
		for _, id := range ids {
			last = id
			c, err := certificate.Get(tx, asJob, id)
			if err != nil {
				return err
			}
			if DueOn(c, today) == months {
				due = append(due, Reminder{Certificate: c, Months: months})
			}
		}
		return s.remind(tx, today, due)
	})
	return last, err
}

func (s *Service) remind(tx *db.Tx, today date.Date, due []Reminder) error {
	for _, r := range due {
		pass, err := Flow.Allow(flow.Case{Actor: asJob, Now: tx.Now(), Today: today}, "remind", r, "")
		if err != nil {
			return err
		}
		to, err := person.Post(tx, asJob, r.Certificate.Person)
		if err != nil {
			return err
		}
		if err := insert(tx, r, pass, s.mail.On() && mail.Possible(to.Email)); err != nil {
			return err
		}
	}
	return nil
}

// Letters are tried again every half day until so many failed: a mail server may be away for a night, an address for
// ever.
const (
	tryAgain  = 12 * time.Hour
	mostTries = 10
)

// letter names a reminder.
type letter struct {
	Certificate certificate.ID `json:"certificate"`
	Months      int            `json:"months"`
	tries       int
}

func (l letter) key() string { return fmt.Sprintf("%s.%d", l.Certificate, l.Months) }

// enqueue enqueues a batch of letters whose time it is.
func (s *Service) enqueue(ctx context.Context) (n int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		list, err := waiting(tx)
		n = len(list)
		for _, l := range list {
			if err == nil {
				_, err = jobs.Enqueue(tx, LetterJob, l, jobs.Options{Unique: LetterJob + ":" + l.key()})
			}
			if err == nil {
				err = tried(tx, l)
			}
		}
		return err
	})
	return n, err
}

// Letter writes one letter. What became of the certificate since decides again whether it is written; one that was
// written and could not be noted has the same identifier when it is written again.
func (s *Service) Letter(ctx context.Context, j jobs.Job) error {
	var l letter
	if err := json.Unmarshal(j.Args, &l); err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	var r Reminder
	var to person.Address
	now := s.d.Now()
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		c, err := certificate.Get(tx, asJob, l.Certificate)
		if err != nil {
			return err
		}
		if r, err = get(tx, c, l.Months); err != nil {
			return err
		}
		to, err = person.Post(tx, asJob, c.Person)
		return err
	})
	if err != nil {
		return err
	}
	if r.State != Due || DueOn(r.Certificate, date.Of(now, date.WIB)) != r.Months || !mail.Possible(to.Email) {
		return nil
	}
	if err := s.mail.Send(ctx, s.write(l, r, to, now)); err != nil {
		return err
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		pass, err := Flow.Allow(flow.Case{Actor: asJob, Now: tx.Now(), Today: date.Of(tx.Now(), date.WIB)}, "send", r, "")
		if err != nil {
			return err
		}
		return sent(tx, r, pass)
	})
}

// write words a letter in the holder's language.
func (s *Service) write(l letter, r Reminder, to person.Address, at time.Time) mail.Letter {
	c := r.Certificate
	title, lsp := c.Face.TitleID, c.Face.LSP
	if to.Lang == text.EN {
		title, lsp = orElse(c.Face.TitleEN, title), orElse(c.Face.LSPEN, lsp)
	}
	t := func(key string, args ...any) string { return text.T(to.Lang, key, args...) }
	out := mail.Letter{ID: "reminder." + l.key(), At: at, To: to.Email, Name: to.Name, Lang: to.Lang, Subject: t("reminder.subject", r.Months),
		Paras: []string{t("reminder.ends", title, c.ValidUntil), t("reminder.do", lsp)},
		Facts: []mail.Fact{{Term: t("verify.number"), Text: c.Number}, {Term: t("verify.competent"), Text: title}, {Term: t("verify.issuer"), Text: lsp}, {Term: t("verify.valid_until"), Text: text.Date(to.Lang, c.ValidUntil)}},
		Link:  s.base + "/v/" + c.Code, Go: t("reminder.look")}
	if c.Sample {
		out.Paras = append(out.Paras, t("reminder.sample"))
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
