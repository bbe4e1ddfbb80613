package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/tlog"
)

type auditCmd struct {
	app.Config
	Log   string   `help:"Audit a published log instead: its address, or the directory of a copy. No installation is needed."`
	Key   []string `help:"Key of that log (a vkey); asked of the log itself when none is given, which proves only that it agrees with itself."`
	Since string   `help:"File with an older checkpoint: the log has to go on from it." type:"existingfile"`
	Body  string   `help:"List what was logged in the name of a body (its licence number or DID)."`
}

// Run audits; exit code 1 when something does not agree.
func (c auditCmd) Run(ctx context.Context) error {
	if c.Log != "" {
		return c.published(ctx)
	}
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	n, err := a.AuditAll(ctx, os.Stdout, func(n int) {
		if n%10_000 == 0 {
			fmt.Fprintln(os.Stderr, n, "certificates …")
		}
	})
	if err != nil {
		return err
	}
	if n > 0 {
		fmt.Printf("%d findings: something was changed behind the program's back, or is damaged.\n", n)
		return errNo
	}
	fmt.Println("Everything agrees: chains, seals, log, signatures, status lists.")
	return nil
}

type restoreLogCmd struct {
	app.Config
	From string `help:"Directory or address of the published log; the installation's own directory when empty."`
}

// Run takes the leaves back that an older copy of the database has lost.
func (c restoreLogCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	from := c.From
	if from == "" {
		from = a.LogDir()
	}
	n, err := a.Transparency.Restore(ctx, tlog.SourceAt(from, &http.Client{Timeout: time.Minute}))
	if err != nil {
		return err
	}
	fmt.Printf("%d leaves taken back. Run kompeten audit: it names the certificates that the log has and the database does not.\n", n)
	return nil
}

// published audits a log from its files alone.
func (c auditCmd) published(ctx context.Context) error {
	src := tlog.SourceAt(c.Log, &http.Client{Timeout: time.Minute})
	trust, err := c.policy(ctx, src)
	if err != nil {
		return err
	}
	var older [][]byte
	if c.Since != "" {
		b, err := os.ReadFile(c.Since)
		if err != nil {
			return err
		}
		older = append(older, b)
	}
	rep, err := tlog.Replay(ctx, src, trust, older...)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d leaves, %d tiles\n", rep.Checkpoint.Origin, rep.Leaves, rep.Tiles)
	for _, f := range rep.Findings {
		fmt.Println("FOUND", f)
	}
	if len(rep.Findings) > 0 {
		return errNo
	}
	fmt.Println("The log agrees with its checkpoint; no number was given twice, no leaf is dated before the one before it.")
	if c.Body == "" {
		return nil
	}
	return c.list(ctx, src, trust)
}

// list prints what a body did.
func (c auditCmd) list(ctx context.Context, src tlog.Source, trust tlog.Policy) error {
	events, _, err := tlog.Monitor(ctx, src, trust, nil, c.Body)
	for _, e := range events {
		fmt.Printf("%8d  %s  %-8s %s\n", e.Index, e.Leaf.At.Format("2006-01-02 15:04:05"), e.Leaf.Kind, e.Leaf.Ref)
	}
	return err
}

func (c auditCmd) policy(ctx context.Context, src tlog.Source) (tlog.Policy, error) {
	keys := c.Key
	if len(keys) == 0 {
		b, err := src.Get(ctx, "key")
		if err != nil {
			return tlog.Policy{}, errors.New("no key of the log is known: give it with --key, or put it beside the log as the file \"key\"")
		}
		keys = strings.Fields(string(b))
	}
	origin, _, ok := strings.Cut(keys[0], "+")
	if !ok {
		return tlog.Policy{}, fmt.Errorf("%q is no key of a log; it looks like host/log+1234abcd+AT…", keys[0])
	}
	return tlog.NewPolicy(origin, keys, 0)
}
