package app

import (
	"context"
	"strings"
	"time"

	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
)

// endorsedFor is how long an endorsement holds before it has to be asked for again. It is short, as a suspension in
// between shows only then.
const endorsedFor = 7 * 24 * time.Hour

// endorsed is what an endorsement is made of.
type endorsed struct {
	bnsp, lsp organisation.Org
	licence   licence.Licence
	scope     []string
}

// Endorsement is the authority's word, signed with its key, that a body holds its licence: number, decree, scope and days,
// as they are now. Of a licence that is suspended or over it says so, and is itself over.
func (p public) Endorsement(ctx context.Context, path string) ([]byte, error) {
	e, err := p.endorsed(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := p.a.Issuers.Ensure(ctx, e.bnsp.ID); err != nil {
		return nil, err
	}
	var signer issuer.Signer
	err = p.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		signer, err = p.a.Issuers.Signer(tx, e.bnsp.ID, issuer.EdDSA)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := p.a.DB.Now().Truncate(time.Minute)
	doc, err := e.statement(p.a.Issuers, now, path).Document()
	if err != nil {
		return nil, err
	}
	return credential.Secure(ctx, doc, p.a.Issuers.DID(e.bnsp)+"#"+string(signer.ID), now, signer.Sign)
}

// authority lets the authority have its keys, if the installation has an authority.
func (p public) authority(ctx context.Context) error {
	var o organisation.Org
	err := p.a.DB.Read(ctx, func(tx *db.Tx) (err error) { o, err = issuer.ByPath(tx, reader, "bnsp"); return err })
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.a.Issuers.Ensure(ctx, o.ID)
}

func (p public) endorsed(ctx context.Context, path string) (e endorsed, err error) {
	err = p.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		e.scope = nil
		if e.lsp, err = issuer.ByPath(tx, reader, path); err != nil {
			return err
		}
		if e.bnsp, err = issuer.ByPath(tx, reader, "bnsp"); err != nil {
			return err
		}
		all, err := licence.Licences(tx, reader, e.lsp.ID)
		if err != nil {
			return err
		}
		if e.licence, err = licence.LicenceOf(tx, reader, e.lsp.ID); err != nil {
			return err
		}
		for _, l := range all {
			if l.ID == e.licence.ID {
				e.licence = l
			}
		}
		titles := map[scheme.ID]string{}
		for _, state := range []flow.State{scheme.Retired, scheme.Published} {
			list, err := scheme.List(tx, reader, state)
			if err != nil {
				return err
			}
			for _, v := range list {
				titles[v.Scheme] = strings.TrimSpace(v.Number + " " + v.TitleID)
			}
		}
		for _, s := range e.licence.Schemes {
			e.scope = append(e.scope, titles[s])
		}
		return nil
	})
	return e, err
}

// state is how the licence stands at a moment; its name is part of the words for it.
func (e endorsed) state(now time.Time) string {
	today := date.Of(now, e.lsp.Zone)
	switch {
	case e.licence.State != "active":
		return string(e.licence.State)
	case today > e.licence.ValidUntil:
		return "over"
	case today < e.licence.ValidFrom:
		return "later"
	}
	return "active"
}

func (e endorsed) statement(s *issuer.Service, now time.Time, path string) credential.Endorsement {
	l, state := e.licence, e.state(now)
	day := func(d date.Date) string { return text.Date(text.ID, d) }
	from, until := begin(l.ValidFrom, e.lsp.Zone), begin(l.ValidUntil.AddDays(1), e.lsp.Zone)
	switch state {
	case "active":
		until = earlier(until, now.Add(endorsedFor))
	case "later":
		until = earlier(until, from.Add(endorsedFor))
	default:
		until = earlier(until, now)
	}
	if !from.Before(until) { // suspended before it began
		from = until.Add(-time.Second)
	}
	return credential.Endorsement{
		URL:       s.Base() + "/" + path + "/endorsement.json",
		Name:      text.T(text.ID, "endorsement.name", l.Number),
		Authority: credential.Body{DID: s.DID(e.bnsp), Name: e.bnsp.Name, Licence: e.bnsp.Code, URL: s.Base()},
		Subject:   s.DID(e.lsp),
		Comment: text.T(text.ID, "endorsement.comment", e.lsp.Name, l.Number, l.Decree, day(l.ValidFrom), day(l.ValidUntil)) + " " +
			text.T(text.ID, "endorsement.state."+state) + " " + text.T(text.ID, "endorsement.scope", strings.Join(e.scope, "; ")),
		From: from, Until: until,
	}
}

// begin is the first moment of a day.
func begin(d date.Date, z date.Zone) time.Time {
	t, _ := time.ParseInLocation(date.Layout, string(d), z.Location()) // kept days are valid
	return t
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
