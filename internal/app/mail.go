package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"kompeten/internal/mail"
)

// openMail lets letters be sent from now on, if the settings name a mail server.
func (a *App) openMail() error {
	password := os.Getenv("KOMPETEN_MAIL_PASSWORD")
	if file := a.Config.MailFile; file != "" {
		b, err := os.ReadFile(file) // #nosec G304 -- the file the operator named
		if err != nil {
			return fmt.Errorf("password of the mail server: %w", err)
		}
		password, _, _ = strings.Cut(string(b), "\n")
	}
	m, err := mail.New(mail.Settings{Server: a.Config.Mail, Password: strings.TrimSpace(password), From: a.Config.MailFrom, Host: a.Issuers.Host()})
	if err != nil {
		return err
	}
	a.Reminders.Post(m)
	a.People.Post(m, strings.TrimSuffix(a.Config.Base, "/"))
	return nil
}

// remindEvery is how often it is looked for certificates that end soon, and for letters that could not be sent.
const remindEvery = time.Hour

// reminding has holders reminded until the context ends.
func (a *App) reminding(ctx context.Context) {
	tick := time.NewTicker(remindEvery)
	defer tick.Stop()
	for {
		if err := a.Reminders.Start(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("reminders", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
