package region

import (
	"context"
	"io"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
)

// Flow is what may happen to the regions.
var Flow = flow.Table[Region]{
	Kind:  "region",
	State: func(Region) flow.State { return flow.None },
	Steps: []flow.Step[Region]{{Do: "import", From: []flow.State{flow.None}, To: "known", By: []flow.Who[Region]{
		{Name: "regulator", Is: func(a auth.Actor, _ Region) bool { return a.Any(auth.Regulator) }},
		{Name: "setup", Is: func(a auth.Actor, _ Region) bool { return a.System == "setup" }},
	}}},
}

// Report says what an import did, or would do.
type Report struct {
	Added, Changed, Same int
	Errors               []RowError
}

// Import loads regions from a CSV file over those built in. A dry run changes nothing.
func Import(ctx context.Context, d *db.DB, actor auth.Actor, r io.Reader, dry bool) (Report, error) {
	regions, bad, err := Parse(r)
	if err != nil {
		return Report{}, fault.New(fault.Invalid, "region.not_csv").Because(err)
	}
	rep := Report{Errors: bad}
	do := d.Write
	if dry {
		do = d.Read
	}
	err = do(ctx, func(tx *db.Tx) error {
		rep = Report{Errors: bad}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "import", Region{}, "")
		if err != nil {
			return err
		}
		have, err := All(tx, actor)
		if err != nil {
			return err
		}
		if err := rep.put(tx, have, regions, dry); err != nil || dry {
			return err
		}
		return ledger.Append(tx, "", "regions", pass, map[string]int{"added": rep.Added, "changed": rep.Changed})
	})
	return rep, err
}

func (rep *Report) put(tx *db.Tx, have, regions []Region, dry bool) error {
	known := map[string]string{}
	for _, h := range have {
		known[h.Code] = h.Name
	}
	for _, x := range regions {
		switch name, ok := known[x.Code]; {
		case ok && name == x.Name:
			rep.Same++
			continue
		case ok:
			rep.Changed++
		default:
			rep.Added++
		}
		known[x.Code] = x.Name
		if dry {
			continue
		}
		_, err := tx.Exec(`INSERT INTO region (code, kind, parent, name, fold) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (code) DO UPDATE SET name = excluded.name, fold = excluded.fold`, x.Code, string(x.Kind()), x.Parent(), x.Name, text.Fold(x.Name))
		if err != nil {
			return err
		}
	}
	return nil
}

// All is every region known: those built in, and over them those imported. Regions are public.
func All(tx *db.Tx, _ auth.Actor) ([]Region, error) {
	own, err := db.All(tx, func(r *Region) []any { return []any{&r.Code, &r.Name} }, "SELECT code, name FROM region ORDER BY code")
	if err != nil {
		return nil, err
	}
	over := map[string]bool{}
	for _, r := range own {
		over[r.Code] = true
	}
	for _, r := range Facts() {
		if !over[r.Code] {
			own = append(own, r)
		}
	}
	return own, nil
}
