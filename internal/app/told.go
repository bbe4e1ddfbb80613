package app

import (
	"context"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/lookup"
	"kompeten/internal/organisation"
	"kompeten/internal/region"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/verify"
)

// Story is what became of the certificate with a code.
func (p public) Story(ctx context.Context, code string) (s certificate.Story, err error) {
	err = p.a.DB.Read(ctx, func(tx *db.Tx) (err error) { s, err = certificate.StoryOf(tx, reader, code); return err })
	return s, err
}

// LogProof is the .tlog-proof of a leaf.
func (p public) LogProof(ctx context.Context, ref string) ([]byte, error) {
	proof, err := p.a.Transparency.Prove(ctx, ref)
	if err != nil {
		return nil, err
	}
	return proof.Text(), nil
}

// Scheme is a version of a scheme that was published, with its units.
func (p public) Scheme(ctx context.Context, version string) (v scheme.Version, units []standard.Unit, err error) {
	err = p.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = scheme.Get(tx, reader, scheme.VersionID(version)); err != nil {
			return err
		}
		if v.State == scheme.Draft {
			return fault.New(fault.NotFound, "db.not_found")
		}
		units, err = scheme.Criteria(tx, reader, v.ID)
		return err
	})
	return v, units, err
}

// Place is a test place as anyone may know it.
func (p public) Place(ctx context.Context, tuk string) (out verify.Place, err error) {
	err = p.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out = verify.Place{}
		if out.TUK, err = licence.GetTUK(tx, reader, tuk); err != nil {
			return err
		}
		o, err := organisation.Get(tx, reader, out.TUK.LSP)
		if err != nil {
			return err
		}
		out.LSP, out.Today, out.Sample = o.Name, date.Of(tx.Now(), o.Zone), o.Sample
		if out.Regency, err = regencyName(tx, out.TUK.Regency); err != nil {
			return err
		}
		if host := out.TUK.Host; host != "" && host != out.TUK.LSP {
			h, err := organisation.Get(tx, reader, host)
			if err != nil {
				return err
			}
			out.Host = h.Name
		}
		out.Verified, err = verified(tx, tuk)
		return err
	})
	return out, err
}

func regencyName(tx *db.Tx, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	return region.Name(tx, reader, code)
}

// verified says for what a place was found fit, the newest first.
func verified(tx *db.Tx, tuk string) (out []verify.Verified, err error) {
	all, err := licence.Verifications(tx, reader, tuk)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		entry := verify.Verified{Title: string(v.Scheme), From: v.ValidFrom, Until: v.ValidUntil}
		versions, err := scheme.Versions(tx, reader, v.Scheme)
		if err != nil {
			return nil, err
		}
		no := 0
		for _, x := range versions {
			if x.State != scheme.Draft && x.No > no {
				no, entry.Title, entry.Version = x.No, x.TitleID, x.ID
			}
		}
		out = append(out, entry)
	}
	return out, nil
}

// openLookups remembers who asked too much before the program was started.
func (a *App) openLookups(ctx context.Context) error {
	a.limits = lookup.NewLimiter(a.DB, a.Box.Hash, a.Config.Rate)
	return a.limits.Load(ctx)
}

// lookupsEvery is how soon counts of look-ups are written: what a program that is killed loses at most.
const lookupsEvery = time.Minute

// lookingUp writes what was looked up, and who asked too much, until the context ends.
func (a *App) lookingUp(ctx context.Context) {
	tick := time.NewTicker(lookupsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.Lookups.Full():
		}
		if err := a.keepLookups(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("lookups", "err", err)
		}
	}
}

// keepLookups writes what was looked up, and who asked too much.
func (a *App) keepLookups(ctx context.Context) error {
	lost, err := a.Lookups.Flush(ctx)
	if lost > 0 {
		a.Log.Warn("lookups", "not counted", lost)
	}
	if err != nil {
		return err
	}
	return a.limits.Flush(ctx)
}
