package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/ledger"
	"kompeten/internal/tlog"
)

// AuditAll computes everything anew that this installation can prove, and writes a line for each thing that does not
// agree: the ledger's chains, its heads in the transparency log, the rows of the log beside its published files, the
// published files themselves, and every certificate beside its signature and its leaves. It gives how many lines.
func (a *App) AuditAll(ctx context.Context, out io.Writer, progress func(n int)) (findings int, err error) {
	found := func(format string, args ...any) {
		findings++
		fmt.Fprintf(out, "FOUND "+format+"\n", args...)
	}
	rep, err := ledger.Audit(ctx, a.DB, a.Box.LedgerKey())
	if err != nil {
		return findings, err
	}
	for _, f := range rep.Findings {
		found("%v", f)
	}
	fmt.Fprintf(out, "ledger: %d books, %d rows, %d seals\n", rep.Books, rep.Rows, rep.Seals)
	anchors, err := a.Anchors(ctx)
	if err != nil {
		return findings, err
	}
	for _, x := range anchors {
		if !x.Holds() {
			found("ledger: its head of %s is not what the transparency log has (%s)", x.At.Format("2006-01-02 15:04 MST"), x.Ref)
		}
	}
	fmt.Fprintf(out, "ledger: %d heads in the transparency log\n", len(anchors))
	if err := a.auditLog(ctx, out, found); err != nil {
		return findings, err
	}
	certs, err := a.Certificates.Audit(ctx, progress)
	if err != nil {
		return findings, err
	}
	for _, f := range certs.Findings {
		found("%s", f)
	}
	fmt.Fprintf(out, "certificates: %d\n", certs.Certificates)
	return findings, a.auditLists(ctx, out, found)
}

// auditLog replays the published log and compares the database with it.
func (a *App) auditLog(ctx context.Context, out io.Writer, found func(string, ...any)) error {
	src := tlog.SourceAt(public{a.Certificates, a}.LogDir(), nil)
	replayed, err := tlog.Replay(ctx, src, a.Transparency.Trust())
	if err != nil {
		return err
	}
	for _, f := range replayed.Findings {
		found("log: %v", f)
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		rep, err := tlog.CompareDatabase(tx, src, a.Transparency.Trust())
		for _, f := range rep.Findings {
			found("database: %v", f)
		}
		return err
	})
	fmt.Fprintf(out, "log: %d leaves, %d tiles\n", replayed.Leaves, replayed.Tiles)
	return err
}

// auditLists compares the status lists as they were last signed with what the histories of certificates say.
func (a *App) auditLists(ctx context.Context, out io.Writer, found func(string, ...any)) error {
	var ids []string
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if ids, err = certificate.Lists(tx, reader); err != nil {
			return err
		}
		for _, id := range ids {
			now, err := certificate.Listed(tx, reader, id, time.Time{})
			if err != nil {
				return err
			}
			said, err := certificate.Listed(tx, reader, id, tx.Now())
			if err != nil {
				return err
			}
			if fmt.Sprint(now.Revoked, now.Suspended) != fmt.Sprint(said.Revoked, said.Suspended) {
				found("status list %s: it says something else than the histories of its certificates", id)
			}
		}
		return nil
	})
	fmt.Fprintf(out, "status lists: %d\n", len(ids))
	return err
}
