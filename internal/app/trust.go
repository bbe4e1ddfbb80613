package app

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/tlog"
)

// trust is what a check leans on where the installation itself checks: its own records, without the way over the
// network. It knows the installation's bodies and no others.
type trust struct{ p public }

// Trust is the installation's own.
func (p public) Trust() check.Trust { return trust{p} }

// errElsewhere says of what others publish that it was not asked for: a server that fetched what a file names could be
// sent anywhere.
var errElsewhere = errors.New("published by another installation, which is not asked")

// path is where something of this installation stands under its address.
func (t trust) path(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host != t.p.a.Issuers.Host() {
		return "", errElsewhere
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

// body is the path of a body of this installation.
func (t trust) body(did string) (string, error) {
	at, err := credential.DIDURL(did)
	if err != nil {
		return "", err
	}
	path, err := t.path(at)
	return strings.TrimSuffix(strings.TrimSuffix(path, "did.json"), "/"), err
}

// Document is the did:web document of a body.
func (t trust) Document(ctx context.Context, did string) ([]byte, error) {
	path, err := t.body(did)
	if err != nil {
		return nil, err
	}
	if path == ".well-known" {
		path = ""
	}
	doc, err := t.p.DIDDocument(ctx, path)
	if fault.Is(err, fault.NotFound) {
		err = credential.ErrNoKey
	}
	return doc, err
}

// Endorsement is what the authority says about a body's licence.
func (t trust) Endorsement(ctx context.Context, did string) ([]byte, error) {
	path, err := t.body(did)
	if err != nil {
		return nil, err
	}
	return t.p.Endorsement(ctx, path)
}

// Status is a status list by its address or its name.
func (t trust) Status(ctx context.Context, address string) ([]byte, error) {
	name := address
	if strings.Contains(address, "://") {
		path, err := t.path(address)
		if err != nil {
			return nil, err
		}
		name = strings.TrimPrefix(path, "status/")
	}
	purpose := credential.Revocation
	if of, found := strings.CutSuffix(name, "/suspension"); found {
		name, purpose = of, credential.Suspension
	}
	return t.p.StatusList(ctx, name, purpose, time.Time{})
}

// QRKeys are the keys that sign QR codes.
func (t trust) QRKeys(ctx context.Context) (credential.QRKeys, error) {
	out := credential.QRKeys{}
	err := t.p.a.DB.Read(ctx, func(tx *db.Tx) error {
		keys, err := issuer.AllKeys(tx, reader)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Org == issuer.Installation || k.State == issuer.Revoked {
				continue
			}
			if err := addQRKey(tx, out, k); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func addQRKey(tx *db.Tx, to credential.QRKeys, k issuer.Key) error {
	o, err := organisation.Get(tx, reader, k.Org)
	if err != nil {
		return err
	}
	key := credential.QRKey{From: date.Of(k.Since.Time, o.Zone)}
	if key.Public, err = k.Parsed(); err != nil {
		return err
	}
	if !k.Ended.IsZero() {
		key.Until = date.Of(k.Ended.Time, o.Zone)
	}
	id, err := credential.IDOfQRKey(key.Public)
	if err != nil {
		return err
	}
	all, err := licence.Licences(tx, reader, k.Org) // a code names the licence of its day
	for _, l := range all {
		key.Licence = l.Number
		to[id] = append(to[id], key)
	}
	return err
}

// Log is the policy of the installation's log: that of everybody, so that what a revoked key signed is not good here either.
func (t trust) Log(context.Context) (tlog.Policy, bool) {
	keys := strings.Fields(t.p.LogKeys())
	policy, err := tlog.NewPolicy(t.p.a.Issuers.Host()+"/log", keys, 0)
	return policy, err == nil && len(keys) > 0
}
