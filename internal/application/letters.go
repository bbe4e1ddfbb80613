package application

import (
	"context"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
)

// Letter is what the invitation letter of one person says.
type Letter struct {
	Application ID
	Name        string
	Secret      string // of the personal link
	Scheme      string
	Programme   string
	Place       string
	HeldOn      date.Date
}

// linkLife is how long a personal link opens its application.
const linkLife = 120 * 24 * time.Hour

// Letters gives the personal links of a programme's applications, for printing and sending. Who withdrew or was
// rejected gets none.
func (s *Service) Letters(ctx context.Context, actor auth.Actor, pid programme.ID) (out []Letter, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		out = nil
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		apps, _, err := List(tx, actor, Filter{Programme: pid, Limit: 100_000})
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "letter", File{Application: Application{Office: p.Office, LSP: p.LSP, State: Draft}}, "")
		if err != nil {
			return err
		}
		titles := map[scheme.VersionID]string{}
		for _, a := range apps {
			if a.State == Rejected || a.State == Withdrawn {
				continue
			}
			if titles[a.SchemeVersion] == "" {
				v, err := scheme.Get(tx, actor, a.SchemeVersion)
				if err != nil {
					return err
				}
				titles[a.SchemeVersion] = v.TitleID
			}
			secret, err := person.LinkFor(tx, s.box, actor, person.Link{Purpose: person.ForApplication, Person: a.Person, Subject: string(a.ID), Org: a.LSP, ExpiresAt: tx.Now().Add(linkLife)})
			if err != nil {
				return err
			}
			out = append(out, Letter{a.ID, a.Name, secret, titles[a.SchemeVersion], p.Title, p.Place, p.HeldOn})
		}
		return ledger.Append(tx, p.Office, string(pid), pass, map[string]int{"letters": len(out)})
	})
	return out, err
}
