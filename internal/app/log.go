package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/issuer"
	"kompeten/internal/tlog"
)

// openLog makes the transparency log ready, and on the first start its key.
func (a *App) openLog(ctx context.Context) error {
	if err := a.Issuers.Ensure(ctx, issuer.Installation); err != nil {
		return err
	}
	origin := a.Issuers.Host() + "/log"
	witnesses, err := a.Config.cosigners()
	if err != nil {
		return err
	}
	o := tlog.Options{Origin: origin, Dir: a.LogDir(), Cosigner: witnesses, Quorum: a.Config.Quorum}
	var public []string // what others may rely on; we ourselves also read what a revoked key signed, to go on from there
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		if err := tlog.Belongs(tx, origin); err != nil {
			return err
		}
		now, err := a.Issuers.Signer(tx, issuer.Installation, issuer.EdDSA)
		if err != nil {
			return err
		}
		if o.Signer, err = tlog.NewSigner(origin, now.Crypto()); err != nil {
			return err
		}
		keys, err := issuer.Keys(tx, auth.Actor{System: "log"}, issuer.Installation)
		for _, k := range keys {
			if err == nil && k.Kind == issuer.EdDSA && k.State != issuer.Active {
				err = addKey(&o, origin, k)
			}
			if err == nil && k.Kind == issuer.EdDSA && k.State == issuer.Retired {
				public = append(public, o.OldKeys[len(o.OldKeys)-1])
			}
		}
		return err
	})
	if errors.Is(err, tlog.ErrOrigin) {
		return fmt.Errorf("the address of an installation is for good: give every command the --base (or KOMPETEN_BASE) that it began with, not %s: %w", a.Config.Base, err)
	}
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	a.Transparency, err = tlog.Open(a.DB, o)
	a.logKeys = strings.Join(append(public, o.Signer.LogKey()), "\n") + "\n"
	if err == nil { // beside the log, so that a copy of it can be audited
		err = os.WriteFile(filepath.Join(o.Dir, "key"), []byte(a.logKeys), 0o644) // #nosec G306 -- public
	}
	return err
}

// LogKeys are the keys under which the log's checkpoints are good, the one in use last, a line each.
func (a *App) LogKeys() string { return a.logKeys }

// addKey lets checkpoints stand that an earlier key of the log signed.
func addKey(o *tlog.Options, origin string, k issuer.Key) error {
	vkey, err := tlog.VKey(origin, k.Public)
	o.OldKeys = append(o.OldKeys, vkey)
	return err
}

// logEvery is how soon what happened stands in the public log.
const logEvery = time.Second

// logging gives what happened its place in the log until the context ends.
func (a *App) logging(ctx context.Context) {
	tick := time.NewTicker(logEvery)
	defer tick.Stop()
	for {
		if _, err := a.Transparency.Integrate(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("log", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
