package app

import (
	"context"
	"crypto/sha256"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/tlog"
)

// anchors is what the references of leaves with the head of the ledger begin with.
const anchors = "ledger/"

// AnchorDay puts the heads of the ledger's books into the transparency log, once a day. Whoever changes the ledger
// afterwards contradicts what witnesses and copies of the log have.
func (a *App) AnchorDay(ctx context.Context) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		ref := anchors + string(date.Of(tx.Now(), date.WIB))
		known, err := tlog.Under(tx, ref)
		if err != nil {
			return err
		}
		for _, k := range known {
			if k.Ref == ref {
				return nil
			}
		}
		return a.anchor(tx, ref)
	})
}

// AnchorNow does so at any moment, as when an installation is closed.
func (a *App) AnchorNow(ctx context.Context) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		now := tx.Now().UTC().Truncate(time.Microsecond)
		return a.anchor(tx, anchors+string(date.Of(now, date.WIB))+"/"+now.Format("150405.000000"))
	})
}

func (a *App) anchor(tx *db.Tx, ref string) error {
	if err := ledger.Seal(tx, a.Box.LedgerKey()); err != nil {
		return err
	}
	heads, err := ledger.Heads(tx, tx.Now())
	if err != nil {
		return err
	}
	return tlog.Append(tx, tlog.Leaf{Ref: ref, Kind: tlog.Ledger, Body: a.Issuers.DID(organisation.Org{}), Doc: sha256.Sum256([]byte(heads))})
}

// Anchor is a head of the ledger that stands in the transparency log.
type Anchor struct {
	Ref   string
	At    time.Time
	Index int64    // its place in the log; -1 while it waits for one
	Logs  [32]byte // the hash that was logged
	Heads string   // the heads as the database tells them now
}

// Holds says whether the ledger still is what was logged.
func (x Anchor) Holds() bool { return x.Logs == sha256.Sum256([]byte(x.Heads)) }

// Anchors are all heads of the ledger that were ever logged, each beside what the database says of that moment now.
func (a *App) Anchors(ctx context.Context) (out []Anchor, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		out = out[:0]
		leaves, err := tlog.Under(tx, anchors)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			heads, err := ledger.Heads(tx, l.At)
			if err != nil {
				return err
			}
			out = append(out, Anchor{l.Ref, l.At, l.Index, l.Doc, heads})
		}
		return nil
	})
	return out, err
}

// anchorEvery is how often it is looked whether a new day has begun.
const anchorEvery = 10 * time.Minute

// anchoring puts the head of the ledger into the log on every day until the context ends.
func (a *App) anchoring(ctx context.Context) {
	tick := time.NewTicker(anchorEvery)
	defer tick.Stop()
	for {
		if err := a.AnchorDay(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("anchor", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// lastAnchor puts the head of the ledger into the log when an installation stops serving.
func (a *App) lastAnchor(ctx context.Context) error {
	if err := a.AnchorNow(ctx); err != nil {
		return err
	}
	_, err := a.Transparency.Integrate(ctx)
	return err
}
