package certificate

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
)

// maxName is how many letters of a name fit on a certificate.
const maxName = 150

// Replace makes a new certificate in the place of one whose name is wrong: with new numbers, as long valid as the wrong
// one, and each names the other. The wrong one never holds again; the public check says what stands in its place. It
// gives the new one.
func (s *Service) Replace(ctx context.Context, actor auth.Actor, wrong ID, name, reason string) (made ID, err error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > maxName {
		return "", fault.New(fault.Invalid, "form.invalid").With("name", "certificate.name_length", maxName)
	}
	var lsp auth.OrgID
	err = s.d.Read(ctx, func(tx *db.Tx) error { c, err := Get(tx, actor, wrong); lsp = c.LSP; return err })
	if err == nil {
		err = s.keys.Ensure(ctx, lsp)
	}
	if err != nil {
		return "", err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		c, err := Get(tx, actor, wrong)
		if err != nil {
			return err
		}
		if c.Name == name {
			return fault.New(fault.Invalid, "form.invalid").With("name", "certificate.same_name")
		}
		made, err = s.replace(tx, actor, c, name, reason)
		return err
	})
	return made, err
}

func (s *Service) replace(tx *db.Tx, actor auth.Actor, c Certificate, name, reason string) (ID, error) {
	today, err := organisation.Today(tx, c.LSP)
	if err != nil {
		return "", err
	}
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, "replace", c, reason)
	if err != nil {
		return "", err
	}
	o := order{person: c.Person, name: name, photo: c.Face.Photo, sample: c.Sample, tuk: c.Face.TUK, tukName: c.Face.TUKName, until: c.ValidUntil, before: c}
	if err := tx.Get("SELECT decision, programme, scheme_version FROM certificate WHERE id = $1", []any{string(c.ID)}, &o.decision, &o.programme, &o.version); err != nil {
		return "", err
	}
	if o.application, err = application.Again(tx, c.Application, name); err != nil {
		return "", err
	}
	if err := person.Rename(tx, c.Person, name); err != nil {
		return "", err
	}
	p, issue, err := s.press(tx, actor, c.LSP)
	if err != nil {
		return "", err
	}
	if err := p.number([]order{o}); err != nil {
		return "", err
	}
	made, err := p.print([]order{o}, issue)
	if err != nil {
		return "", err
	}
	if err := s.log(tx, c, kindOf[pass.Action()]); err != nil {
		return "", err
	}
	c.Corrected = true
	return made[0].ID, succeed(tx, c, made[0], pass)
}

// earlier finds, for the holders of a batch, the certificate that each new one renews: her newest of the same scheme from
// the same body that was not taken back and has no successor.
func (p *press) earlier(list []order) error {
	want := map[string]int{} // person and scheme to the place in the list
	var people []any
	for i, o := range list {
		if o.before.ID == "" {
			want[string(o.person)+" "+p.versions[o.version].Key] = i
			people = append(people, string(o.person))
		}
	}
	for part := range slices.Chunk(people, 200) {
		type found struct {
			id     ID
			lsp    auth.OrgID
			person auth.PersonID
			on     date.Date
			v      scheme.VersionID
		}
		// Only the people are asked for: for a body, or in an order, SQLite would go through all that the body ever issued.
		have, err := db.All(p.tx, func(f *found) []any { return []any{&f.id, &f.lsp, &f.person, &f.on, &f.v} },
			"SELECT id, lsp, person, issued_on, scheme_version FROM certificate WHERE person IN "+db.Places(1, len(part))+" AND state <> 'revoked' AND replaced_by = ''", part...)
		if err != nil {
			return err
		}
		have = slices.DeleteFunc(have, func(f found) bool { return f.lsp != p.org.ID })
		slices.SortFunc(have, func(a, b found) int { return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.id, b.id)) })
		for _, f := range have {
			v, err := p.version(f.v)
			if err != nil {
				return err
			}
			if i, ok := want[string(f.person)+" "+v.Key]; ok {
				if list[i].before, err = Get(p.tx, p.actor, f.id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// renew notes with each certificate that was renewed which one came after it.
func (p *press) renew(list []order, made []*Certificate) error {
	for i, o := range list {
		if o.before.ID == "" || o.until != "" {
			continue
		}
		pass, err := Flow.Allow(flow.Case{Actor: p.actor, Now: p.tx.Now(), Today: p.today}, "renew", o.before, "")
		if err != nil {
			return err
		}
		if err := succeed(p.tx, o.before, made[i], pass); err != nil {
			return err
		}
	}
	return nil
}

// succeed writes down that a certificate has a successor, where its LSP sees it and where anyone does.
func succeed(tx *db.Tx, c Certificate, after *Certificate, pass flow.Pass) error {
	var look Look
	if err := tx.Get("SELECT public FROM certificate WHERE id = $1", []any{string(c.ID)}, &look.Facts); err != nil {
		return err
	}
	facts, err := look.Public()
	if err != nil {
		return err
	}
	facts.ReplacedBy, facts.Corrected = after.Code, c.Corrected
	public, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	if err := tx.Change("UPDATE certificate SET replaced_by = $2, corrected = $3, public = $4 WHERE id = $1", string(c.ID), string(after.ID), c.Corrected, string(public)); err != nil {
		return err
	}
	return save(tx, c, pass, "")
}

// Chain is the certificate that one renews or replaces, and the one that came after it; empty where there is none.
func Chain(tx *db.Tx, actor auth.Actor, c Certificate) (before, after Certificate, err error) {
	if c.Replaces != "" {
		if before, err = Get(tx, actor, c.Replaces); err != nil {
			return before, after, err
		}
	}
	if c.ReplacedBy != "" {
		after, err = Get(tx, actor, c.ReplacedBy)
	}
	return before, after, err
}

// Survey keeps what the LSP found when it looked after a certificate it issued; where that is bad, suspending is a step
// of its own.
func (s *Service) Survey(ctx context.Context, actor auth.Actor, c ID, finding string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return s.change(tx, actor, c, "survey", finding, "") })
}
