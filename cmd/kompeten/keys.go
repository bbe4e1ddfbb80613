package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
	"kompeten/internal/text"
)

// whose says which body's keys a command is about.
type whose struct {
	app.Config
	Org string `required:"" help:"Code of the LSP, 'bnsp', or 'log' for the key of the transparency log."`
}

func (w whose) path() string {
	switch w.Org {
	case "log":
		return ""
	case "bnsp":
		return w.Org
	}
	if strings.Contains(w.Org, "/") {
		return w.Org
	}
	return "lsp/" + w.Org
}

// open opens the installation and finds the body.
func (w whose) open(ctx context.Context) (*app.App, organisation.Org, error) {
	a, err := open(ctx, w.Config)
	if err != nil {
		return nil, organisation.Org{}, err
	}
	var o organisation.Org
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) { o, err = issuer.ByPath(tx, setup, w.path()); return err })
	if err != nil {
		_ = a.Close()
		return nil, o, fmt.Errorf("body %s: %w", w.Org, err)
	}
	return a, o, nil
}

// restart says when a running server has to be told: it reads the key of the log once, when it starts.
func restart(o organisation.Org) {
	if o.ID == issuer.Installation {
		fmt.Println("Restart every server of this installation now, and give witnesses and auditors the new key of the log.")
	}
}

type listKeysCmd struct{ whose }

// Run lists the keys of a body.
func (c listKeysCmd) Run(ctx context.Context) error {
	a, o, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return printKeys(ctx, a, o)
}

func printKeys(ctx context.Context, a *app.App, o organisation.Org) error {
	var keys []issuer.Key
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		keys, err = issuer.Keys(tx, auth.Actor{System: "setup"}, o.ID)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println(a.Issuers.DID(o))
	if len(keys) == 0 {
		fmt.Println("No keys yet: the first are made when there is something to sign.")
		return nil
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, k := range keys {
		ended := ""
		if !k.Ended.IsZero() {
			ended = "since " + k.Ended.UTC().Format("2006-01-02 15:04")
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\tmade %s\t%s\t%s\n", k.ID, k.Kind, k.Since.UTC().Format("2006-01-02 15:04"), text.T(text.EN, "state.key."+string(k.State)), ended)
	}
	return out.Flush()
}

type rotateKeyCmd struct {
	whose
	Kind   string `required:"" enum:"eddsa,es256" help:"Which key: eddsa signs certificates and QR codes, es256 tokens and PDFs."`
	Reason string `required:"" help:"Why, for the ledger."`
}

// Run gives a body a new key; the one before stays good for what it signed.
func (c rotateKeyCmd) Run(ctx context.Context) error {
	a, o, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.Issuers.Rotate(ctx, setup, o.ID, issuer.Kind(c.Kind), c.Reason); err != nil {
		return err
	}
	fmt.Println("A new key is in use. What the old one signed stays good.")
	restart(o)
	return printKeys(ctx, a, o)
}

type revokeKeyCmd struct {
	whose
	Key    string `required:"" help:"Name of the key, as list-keys shows it: key-1."`
	Reason string `required:"" help:"Why, for the ledger."`
}

// Run takes a key out; nothing it signed is good any more.
func (c revokeKeyCmd) Run(ctx context.Context) error {
	a, o, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.Issuers.Revoke(ctx, setup, o.ID, issuer.KeyID(c.Key), c.Reason); err != nil {
		return err
	}
	fmt.Printf("%s is revoked: nothing it ever signed is good any more. If it was in use, the body signs nothing until rotate-signing-key gives it a new one.\n", c.Key)
	restart(o)
	return printKeys(ctx, a, o)
}
