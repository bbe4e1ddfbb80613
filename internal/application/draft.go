package application

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/programme"
	"kompeten/internal/text"
)

const batch = 500

// DraftAll makes the application of every nominee with a seat who has none, and says how many it made. Drafts that
// nobody has confirmed yet follow what the list says now. Who has an open application for the same scheme elsewhere
// is passed over; Undrafted names them.
func (s *Service) DraftAll(ctx context.Context, actor auth.Actor, pid programme.ID) (made int, err error) {
	for after := 0; ; {
		n, last, err := s.draftBatch(ctx, actor, pid, after)
		made += n
		if err != nil {
			return made, err
		}
		if last == after {
			return made, s.refresh(ctx, actor, pid)
		}
		after = last
	}
}

func (s *Service) draftBatch(ctx context.Context, actor auth.Actor, pid programme.ID, after int) (made, last int, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		made, last = 0, after
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		if p.State == programme.Closed || p.State == programme.Cancelled {
			return fault.New(fault.Conflict, "flow.wrong_state")
		}
		nominees, err := programme.Seated(tx, actor, pid, after, batch)
		if err != nil || len(nominees) == 0 {
			return err
		}
		last = nominees[len(nominees)-1].Place
		made, err = s.draft(tx, actor, p, nominees)
		return err
	})
	return made, last, err
}

// taken finds which nominees need no application: they have one, or their person has an open one for the scheme.
func taken(tx *db.Tx, nominees []programme.Nominee) (map[string]bool, error) {
	have := map[string]bool{}
	for from := 0; from < len(nominees); from += 100 {
		part := nominees[from:min(from+100, len(nominees))]
		ids, people := make([]any, 100), make([]any, 100)
		for i := range 100 {
			n := part[min(i, len(part)-1)]
			ids[i], people[i] = n.ID, string(n.Person)
		}
		done, err := db.Column[string](tx, "SELECT nominee FROM application WHERE nominee <> '' AND nominee IN "+db.Places(1, 100)+" ORDER BY nominee", ids...)
		if err != nil {
			return nil, err
		}
		open, err := db.All(tx, func(x *[2]string) []any { return []any{&x[0], &x[1]} },
			"SELECT person, scheme_version FROM application WHERE state IN ('draft', 'submitted', 'returned') AND person IN "+db.Places(1, 100)+" ORDER BY person, scheme_version", people...)
		if err != nil {
			return nil, err
		}
		for _, n := range done {
			have[n] = true
		}
		for _, x := range open {
			have[x[0]+" "+x[1]] = true
		}
	}
	return have, nil
}

func (s *Service) draft(tx *db.Tx, actor auth.Actor, p programme.Programme, nominees []programme.Nominee) (int, error) {
	pass, err := allow(tx, actor, "draft", File{Application: Application{Office: p.Office, LSP: p.LSP}}, "")
	if err != nil {
		return 0, err
	}
	have, err := taken(tx, nominees)
	if err != nil {
		return 0, err
	}
	var rows, duties [][]any
	var found []names.Name
	var entries []ledger.Entry
	for _, n := range nominees {
		if have[n.ID] || have[string(n.Person)+" "+string(n.SchemeVersion)] {
			continue
		}
		a := id.New("app", tx.Now())
		rows = append(rows, []any{a, string(p.ID), n.ID, string(n.Person), n.Name, text.Fold(n.Name), string(p.LSP), string(p.Office), string(n.SchemeVersion),
			p.Funding, p.Giver, n.District, n.Sector, n.Employer, string(pass.To()), string(StageDraft), "", p.Sample, db.At(tx.Now()), 1})
		duties = append(duties, []any{a, string(n.Person), "candidate"})
		found = append(found, NameOf(ID(a), n.Name, p.LSP, p.Office)...)
		entries = append(entries, ledger.Entry{Record: a, Pass: pass})
	}
	err = tx.Insert("application", []string{"id", "programme", "nominee", "person", "name", "fold", "lsp", "office", "scheme_version", "funding", "giver", "district",
		"sector", "employer", "state", "stage", "note", "sample", "created_at", "version"}, rows)
	if db.IsUnique(err) { // another office was faster
		return 0, fault.New(fault.Conflict, "application.already_open").Because(err)
	}
	if err != nil {
		return 0, err
	}
	if err := IndexNames(tx, found...); err != nil {
		return 0, err
	}
	if err := tx.Insert("case_duty", []string{"application", "person", "duty"}, duties); err != nil {
		return 0, err
	}
	return len(rows), ledger.AppendAll(tx, p.LSP, entries)
}

// Undrafted lists nominees with a seat for whom no application could be made, because they have an open one for the
// same scheme elsewhere.
func Undrafted(tx *db.Tx, actor auth.Actor, pid programme.ID) ([]programme.Nominee, error) {
	var out []programme.Nominee
	for after := 0; ; {
		part, err := programme.Seated(tx, actor, pid, after, batch)
		if err != nil || len(part) == 0 {
			return out, err
		}
		after = part[len(part)-1].Place
		have, err := taken(tx, part)
		if err != nil {
			return nil, err
		}
		for _, n := range part {
			if !have[n.ID] {
				out = append(out, n)
			}
		}
	}
}

// refresh brings drafts up to date with what the list says of their nominees.
func (s *Service) refresh(ctx context.Context, actor auth.Actor, pid programme.ID) error {
	type stale struct {
		id, was, name, district, sector, employer string
		version                                   int64
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		list, err := db.All(tx, func(x *stale) []any {
			return []any{&x.id, &x.was, &x.name, &x.district, &x.sector, &x.employer, &x.version}
		},
			`SELECT a.id, a.name, p.name, n.district, n.sector, n.employer, a.version FROM application a JOIN nominee n ON n.id = a.nominee JOIN person p ON p.id = n.person
			WHERE a.programme = $1 AND a.state = 'draft' AND (a.name <> p.name OR a.district <> n.district OR a.sector <> n.sector OR a.employer <> n.employer)
			ORDER BY a.id`, string(pid))
		if err != nil || len(list) == 0 {
			return err
		}
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "refresh", File{Application: Application{Office: p.Office, LSP: p.LSP, State: Draft}}, "")
		if err != nil {
			return err
		}
		var entries []ledger.Entry
		for _, x := range list {
			err := tx.Change(`UPDATE application SET name = $2, fold = $3, district = $4, sector = $5, employer = $6, version = version + 1 WHERE id = $1 AND version = $7`,
				x.id, x.name, text.Fold(x.name), x.district, x.sector, x.employer, x.version)
			if err != nil {
				return err
			}
			if err := rename(tx, Application{ID: ID(x.id), Name: x.was, LSP: p.LSP, Office: p.Office}, x.name); err != nil {
				return err
			}
			entries = append(entries, ledger.Entry{Record: x.id, Pass: pass})
		}
		return ledger.AppendAll(tx, p.LSP, entries)
	})
}

// release gives the seat of an application back; who gets it has an application at once.
func (s *Service) release(tx *db.Tx, f *File) error {
	if f.Nominee == "" {
		return nil
	}
	p, promoted, err := programme.Release(tx, f.Nominee)
	if err != nil || len(promoted) == 0 {
		return err
	}
	_, err = s.draft(tx, auth.Actor{System: programme.Seats}, p, promoted)
	return err
}
