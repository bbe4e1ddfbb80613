package app

import (
	"context"
	"path/filepath"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/verify"
)

// public is what the world may ask: it puts certificates, keys and the log together for the public check.
type public struct {
	*certificate.Service
	a *App
}

var reader = auth.Actor{System: "verify"}

// DIDDocument is the document of a body.
func (p public) DIDDocument(ctx context.Context, path string) ([]byte, error) {
	return p.a.Issuers.Document(ctx, path)
}

// LogKeys are the keys of the transparency log.
func (p public) LogKeys() string { return p.a.LogKeys() }

// LogDir is where the files of the transparency log stand.
func (p public) LogDir() string { return p.a.LogDir() }

// LogDir is where the files of the transparency log stand.
func (a *App) LogDir() string { return filepath.Join(a.Config.Data, "log") }

// PinnedKeys are the keys of every body, for devices that check without a network.
func (p public) PinnedKeys(ctx context.Context) (out verify.PinnedKeys, err error) {
	out.Made, out.Keys = p.a.DB.Now(), []verify.PinnedKey{}
	err = p.a.DB.Read(ctx, func(tx *db.Tx) error {
		out.Keys = out.Keys[:0]
		keys, err := issuer.AllKeys(tx, reader)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Org == issuer.Installation || k.State == issuer.Revoked {
				continue
			}
			pin, err := p.pin(tx, k)
			if err != nil {
				return err
			}
			out.Keys = append(out.Keys, pin)
		}
		return nil
	})
	return out, err
}

func (p public) pin(tx *db.Tx, k issuer.Key) (pin verify.PinnedKey, err error) {
	o, err := organisation.Get(tx, reader, k.Org)
	if err != nil {
		return pin, err
	}
	public, err := k.Parsed()
	if err != nil {
		return pin, err
	}
	if pin, err = verify.Pin(public); err != nil {
		return pin, err
	}
	lic, err := licence.LicenceOf(tx, reader, k.Org)
	if err == nil {
		pin.Licence = lic.Number
	}
	pin.DID = p.a.Issuers.DID(o)
	pin.Method, pin.Body, pin.Zone, pin.Sample = pin.DID+"#"+string(k.ID), o.Name, o.Zone, o.Sample
	pin.From = date.Of(k.Since.Time, o.Zone)
	if !k.Ended.IsZero() {
		pin.Until = date.Of(k.Ended.Time, o.Zone)
	}
	return pin, nil
}

// PinnedStatus is what is revoked and suspended now.
func (p public) PinnedStatus(ctx context.Context) (out verify.PinnedStatus, err error) {
	out.Made, out.Lists = p.a.DB.Now(), []verify.StatusList{}
	err = p.a.DB.Read(ctx, func(tx *db.Tx) error {
		out.Lists = out.Lists[:0]
		ids, err := certificate.Lists(tx, reader)
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, err := certificate.Listed(tx, reader, id, time.Time{})
			if err != nil {
				return err
			}
			entry, err := p.list(l)
			if err != nil {
				return err
			}
			out.Lists = append(out.Lists, entry)
		}
		return nil
	})
	return out, err
}

func (p public) list(l certificate.List) (verify.StatusList, error) {
	revoked, suspended, err := l.Bits()
	if err != nil {
		return verify.StatusList{}, err
	}
	out := verify.StatusList{ID: l.ID, URL: p.ListURL(l.ID)}
	for _, x := range []struct {
		bits *credential.Bits
		at   *string
	}{{revoked, &out.Revoked}, {suspended, &out.Suspended}} {
		if *x.at, err = x.bits.Encode(); err != nil {
			return out, err
		}
	}
	return out, nil
}
