package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
)

// WriteBundle leaves everything that a device needs to check certificates without a network in a directory: the bodies'
// documents, the status lists as they are signed now, the log's key and its newest checkpoint.
func (a *App) WriteBundle(ctx context.Context, dir string) error {
	files := map[string][]byte{}
	p := public{a.Certificates, a}
	if err := p.documents(ctx, files); err != nil {
		return err
	}
	if err := p.lists(ctx, files); err != nil {
		return err
	}
	keys, err := p.PinnedKeys(ctx)
	if err != nil {
		return err
	}
	status, err := p.PinnedStatus(ctx)
	if err != nil {
		return err
	}
	for name, v := range map[string]any{"verify/keys.json": keys, "verify/status.json": status} {
		if files[name], err = json.MarshalIndent(v, "", " "); err != nil {
			return err
		}
	}
	files["log/key"] = []byte(a.LogKeys())
	if files["log/checkpoint"], err = os.ReadFile(filepath.Join(p.LogDir(), "checkpoint")); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	for name, b := range files {
		if err := write(filepath.Join(dir, filepath.FromSlash(name)), b); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
	}
	return nil
}

func write(file string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o600)
}

// documents are the did:web documents of every body with a key, by where they stand.
func (p public) documents(ctx context.Context, files map[string][]byte) error {
	if err := p.authority(ctx); err != nil {
		return err
	}
	paths := map[string]bool{}
	err := p.a.DB.Read(ctx, func(tx *db.Tx) error {
		keys, err := issuer.AllKeys(tx, reader)
		for _, k := range keys {
			if err != nil || k.Org == issuer.Installation {
				continue
			}
			var o organisation.Org
			if o, err = organisation.Get(tx, reader, k.Org); err == nil {
				paths[issuer.Path(o)] = true
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for path := range paths {
		if files[path+"/did.json"], err = p.a.Issuers.Document(ctx, path); err != nil {
			return err
		}
	}
	for path := range paths {
		word, err := p.Endorsement(ctx, path)
		switch {
		case fault.Is(err, fault.NotFound): // a body without a licence, such as the authority itself
		case err != nil:
			return err
		default:
			files[path+"/endorsement.json"] = word
		}
	}
	files[".well-known/did.json"], err = p.a.Issuers.Document(ctx, "")
	return err
}

// lists are the signed status lists.
func (p public) lists(ctx context.Context, files map[string][]byte) error {
	var ids []string
	err := p.a.DB.Read(ctx, func(tx *db.Tx) (err error) { ids, err = certificate.Lists(tx, reader); return err })
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, purpose := range []credential.Purpose{credential.Revocation, credential.Suspension} {
			name := id
			if purpose == credential.Suspension {
				name = credential.SuspensionList(id)
			}
			if files["status/"+strings.ReplaceAll(name, "/", ".")+".json"], err = p.StatusList(ctx, id, purpose, time.Time{}); err != nil {
				return err
			}
		}
	}
	return nil
}
