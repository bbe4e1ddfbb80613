package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/programme"
)

type certificateCmd struct {
	Issue certificateIssueCmd `cmd:"" help:"Issue every certificate that is decided and not issued yet, with progress on standard error. Stopped or killed, it goes on where it stood when it is run again; nothing is issued twice, also beside a server that issues.\n\nExample: kompeten certificate issue --org 1565 --decree 012/SK/LSP/2026"`
}

type certificateIssueCmd struct {
	app.Config
	Org       string `help:"Code of the LSP; of all LSPs when empty."`
	Decree    string `help:"Number of a decree of that LSP; every decree when empty."`
	Programme string `help:"Identifier of a programme: every decree that decided on its files. A decree is issued whole."`
}

// Run issues.
func (c certificateIssueCmd) Run(ctx context.Context) error {
	if c.Decree != "" && c.Org == "" {
		return errors.New("a decree has its number from an LSP: say which with --org")
	}
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := c.meetings(ctx, a)
	if err != nil {
		return err
	}
	granted, left := sum(list)
	if granted == 0 {
		return errors.New("nothing is decreed there: no certificate was granted")
	}
	show := progress{out: os.Stderr, total: left, from: time.Now()}
	for _, m := range list {
		if err := c.issue(ctx, a, m, &show); err != nil {
			fmt.Fprintf(os.Stderr, "Stopped with %d of %d issued. Run the same command again: it goes on from there.\n", show.done, left)
			return err
		}
	}
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		return err
	}
	if list, err = c.meetings(ctx, a); err != nil {
		return err
	}
	granted, still := sum(list)
	fmt.Printf("%d certificates issued now, %d before.\n", left-still, granted-left)
	if still > 0 { // another process has them in hand
		fmt.Fprintf(os.Stderr, "%d are not issued yet. Run the same command again.\n", still)
		return errNo
	}
	return nil
}

// sum is how many certificates meetings granted, and how many of them are not issued yet.
func sum(list []certificate.Decreed) (granted, left int) {
	for _, m := range list {
		granted, left = granted+m.Granted, left+m.Left
	}
	return granted, left
}

var issues = auth.Actor{System: certificate.IssueJob}

// meetings are the decreed meetings that the flags name.
func (c certificateIssueCmd) meetings(ctx context.Context, a *app.App) (list []certificate.Decreed, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		which := certificate.Which{Decree: c.Decree, Programme: programme.ID(c.Programme)}
		if c.Org != "" {
			o, err := issuer.ByPath(tx, setup, "lsp/"+c.Org)
			if fault.Is(err, fault.NotFound) {
				return fmt.Errorf("no LSP has the code %s", c.Org)
			}
			if err != nil {
				return err
			}
			which.LSP = o.ID
		}
		list, err = certificate.DecreedMeetings(tx, issues, which)
		return err
	})
	return list, err
}

// issue has the job of one meeting done, the same that the page of the meeting starts.
func (c certificateIssueCmd) issue(ctx context.Context, a *app.App, m certificate.Decreed, show *progress) error {
	if m.Left == 0 {
		return nil
	}
	job, err := a.Certificates.Start(ctx, issues, m.Meeting)
	if err != nil {
		return err
	}
	before, done, stopped := show.done, make(chan struct{}), make(chan struct{})
	look := func(ctx context.Context) {
		_ = a.DB.Read(ctx, func(tx *db.Tx) error { // what is shown may be late, and what is wrong the job says
			_, issued, err := certificate.Counts(tx, issues, m.Meeting)
			if err == nil {
				show.at(before + issued - (m.Granted - m.Left))
			}
			return err
		})
	}
	go func() {
		defer close(stopped)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				look(ctx)
			}
		}
	}()
	err = a.Runner.Now(ctx, job)
	close(done)
	<-stopped
	look(context.WithoutCancel(ctx))
	return err
}

// progress tells how far work is, a line each time something has changed.
type progress struct {
	out         io.Writer
	from        time.Time
	done, total int
}

func (p *progress) at(done int) {
	if done <= p.done {
		return
	}
	p.done = done
	rate := float64(done) / time.Since(p.from).Seconds()
	fmt.Fprintf(p.out, "%d of %d issued, %.0f/s, %v left\n", done, p.total, rate, time.Duration(float64(p.total-done)/rate*float64(time.Second)).Round(time.Second))
}
