package person

import (
	"context"
	"encoding/json"
	"fmt"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/jobs"
	"kompeten/internal/mail"
	"kompeten/internal/organisation"
	"kompeten/internal/text"
)

// post is how letters with links leave; the zero value sends none.
type post struct {
	mail *mail.Mailer
	base string // address of the installation
}

// Post lets links be sent by letter from now on, beside being shown to who made them. It is called once, before jobs run.
func (s *Service) Post(m *mail.Mailer, base string) { s.post = post{m, base} }

// Writes says whether letters are sent.
func (s *Service) Writes() bool { return s.post.mail != nil && s.post.mail.On() }

// LetterJob is the kind of job that writes a letter with a link.
const LetterJob = "person.letter"

// letter names a link. Its secret is derived when the letter is written, so no job holds it.
type letter struct {
	Link string `json:"link"`
}

// write enqueues the letter with a link.
func (s *Service) write(tx *db.Tx, link string) error {
	if !s.Writes() {
		return nil
	}
	_, err := jobs.Enqueue(tx, LetterJob, letter{link}, jobs.Options{Unique: LetterJob + ":" + link})
	return err
}

var asPost = auth.Actor{System: LetterJob}

// letters are where the links of a purpose lead, and what their letters are called in the catalogue.
var letters = map[string]struct{ path, subject, do string }{
	ForInvite: {"/invite/", "mail.invite_subject", "mail.invite_go"},
	ForReset:  {"/reset/", "mail.reset_subject", "mail.reset_go"},
}

// Letter writes to a person whom a link was made for, in her language, if the link still opens and her address is known.
func (s *Service) Letter(ctx context.Context, j jobs.Job) error {
	var l letter
	if err := json.Unmarshal(j.Args, &l); err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	link, _, err := s.OpenLink(ctx, LinkSecret(s.box, l.Link))
	kind, known := letters[link.Purpose]
	if fault.Is(err, fault.NotFound) || err == nil && !known {
		return nil // used, taken back or expired before it was written
	}
	if err != nil {
		return err
	}
	var to Address
	var org organisation.Org
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		if to, err = Post(tx, asPost, link.Person); err != nil || link.Org == "" {
			return err
		}
		org, err = organisation.Get(tx, asPost, link.Org)
		return err
	})
	if err != nil || !mail.Possible(to.Email) {
		return err
	}
	t := func(key string, args ...any) string { return text.T(to.Lang, key, args...) }
	out := mail.Letter{ID: "link." + l.Link, At: s.d.Now(), To: to.Email, Name: to.Name, Lang: to.Lang, Subject: t(kind.subject),
		Link: s.post.base + kind.path + LinkSecret(s.box, l.Link), Go: t(kind.do)}
	if link.Purpose == ForInvite {
		out.Paras = []string{t("mail.invite_text", org.Name, t("duty."+string(link.Duty)))}
	} else {
		out.Paras = []string{t("mail.reset_text")}
	}
	out.Paras = append(out.Paras, t("mail.link_until", text.DateTime(to.Lang, link.ExpiresAt, date.WIB)), t("mail.link_secret"))
	return s.post.mail.Send(ctx, out)
}
