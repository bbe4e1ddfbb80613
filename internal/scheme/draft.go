package scheme

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/standard"
)

// NewDraft begins a new version with the content of another. A scheme has one draft at a time.
func (s *Service) NewDraft(ctx context.Context, actor auth.Actor, from VersionID) (made VersionID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		v, err := Get(tx, actor, from)
		if err != nil {
			return err
		}
		open, err := tx.Has("SELECT id FROM scheme_version WHERE scheme = $1 AND state = 'draft'", string(v.Scheme))
		if err != nil {
			return err
		}
		if v.No, err = highest(tx, v.Scheme); err != nil {
			return err
		}
		v.ID, v.No, v.State, v.Used = VersionID(id.New("scv", tx.Now())), v.No+1, flow.None, false
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "draft", v, "")
		if err != nil {
			return err
		}
		if open {
			return fault.New(fault.Conflict, "scheme.draft_open", v.TitleID)
		}
		if err := insert(tx, v, pass.To()); err != nil {
			return err
		}
		made = v.ID
		return ledger.Append(tx, "", string(v.ID), pass, map[string]string{"from": string(from)})
	})
	return made, err
}

// Edit changes a draft: everything but which scheme it belongs to. v.Version is the one that was shown.
func (s *Service) Edit(ctx context.Context, actor auth.Actor, v Version) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		now, err := Get(tx, actor, v.ID)
		if err != nil {
			return err
		}
		if now.Version != v.Version {
			return fault.New(fault.Conflict, "db.stale")
		}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "change", now, "")
		if err != nil {
			return err
		}
		v.Scheme, v.Key, v.Kind, v.Field, v.Sample = now.Scheme, now.Key, now.Kind, now.Field, now.Sample
		if v.Units, err = number(tx, actor, v.Units); err != nil {
			return err
		}
		if err := v.check(); err != nil {
			return err
		}
		if err := update(tx, v); err != nil {
			return err
		}
		return ledger.Append(tx, "", string(v.ID), pass, nil)
	})
}

// number puts the units in the order given; each must be known in its edition.
func number(tx *db.Tx, actor auth.Actor, units []PackageUnit) ([]PackageUnit, error) {
	out := slices.Clone(units)
	for i := range out {
		if _, err := standard.Get(tx, actor, out[i].Code, out[i].Edition); err != nil {
			if fault.Is(err, fault.NotFound) {
				return nil, fault.New(fault.Invalid, "form.invalid").With("units", "scheme.unknown_units", string(out[i].Code))
			}
			return nil, err
		}
		out[i].No = i + 1
	}
	return out, nil
}

// check finds what a version may not be saved with.
func (v Version) check() error {
	f := fault.New(fault.Invalid, "form.invalid")
	if strings.TrimSpace(v.TitleID) == "" || !standard.Plain(v.TitleID, v.TitleEN, v.Number, v.AreaID, v.AreaEN) {
		f = f.With("title_id", "standard.no_title")
	}
	if v.Level < 0 || v.Level > 9 || v.Kind == "kkni" && v.Level == 0 {
		f = f.With("level", "scheme.bad_level", v.Level)
	}
	if !kbli.MatchString(v.KBLI) || !kbji.MatchString(v.KBJI) {
		f = f.With("kbli", "scheme.bad_class")
	}
	if !sector.MatchString(v.Sector) {
		f = f.With("sector", "scheme.bad_sector")
	}
	if v.ValidityMonths < 1 || v.ValidityMonths > 120 {
		f = f.With("validity_months", "scheme.bad_validity")
	}
	if v.MinElectives < 0 || v.MinElectives > v.electives() {
		f = f.With("min_electives", "scheme.bad_electives")
	}
	return v.checkParts(f).Or()
}

func (v Version) electives() (n int) {
	for _, u := range v.Units {
		if u.Kind == "elective" {
			n++
		}
	}
	return n
}

// checkParts finds units that stand twice or are of no kind, and requirements that say nothing or look alike.
func (v Version) checkParts(f *fault.Fault) *fault.Fault {
	seen := map[string]bool{}
	for _, u := range v.Units {
		if seen[string(u.Code)] || u.Kind != "core" && u.Kind != "elective" {
			f = f.With("units", "scheme.unit_twice", string(u.Code))
		}
		seen[string(u.Code)] = true
	}
	for i, r := range v.Requirements {
		name := fmt.Sprintf("requirements[%d]", i)
		if r.ID == "" || seen[r.ID] || r.Text == "" && len(r.AnyOf) == 0 || r.Kind != "basic" && r.Kind != "document" {
			f = f.With(name, "scheme.bad_requirement")
		}
		seen[r.ID] = true
	}
	return f
}

// supersede closes the versions of a scheme published before this one. Files that took one go on with it.
func supersede(tx *db.Tx, actor auth.Actor, v Version) error {
	old, err := db.Column[VersionID](tx, "SELECT id FROM scheme_version WHERE scheme = $1 AND state = 'published' AND id <> $2 ORDER BY no", string(v.Scheme), string(v.ID))
	if err != nil {
		return err
	}
	for _, o := range old {
		before, err := Get(tx, actor, o)
		if err != nil {
			return err
		}
		pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now()}, "retire", before, fmt.Sprintf("version %d", v.No))
		if err != nil {
			return err
		}
		if err := save(tx, before, pass); err != nil {
			return err
		}
	}
	return nil
}
