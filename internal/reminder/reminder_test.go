package reminder_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/jobs"
	"kompeten/internal/mail"
	"kompeten/internal/mail/mailtest"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/reminder"
)

var ctx = context.Background()

// stage is a sample installation with certificates that end on one day, and a mail server beside it.
type stage struct {
	product.Services
	t     *testing.T
	d     *dbtest.DB
	w     *demo.World
	certs []certificate.Certificate
	run   *jobs.Runner
	until date.Date
}

// addresses are those of the first holders; the others have none, or one that is none.
var addresses = []string{"satu@contoh.id", "dua@contoh.id", "tiga@contoh.id", "bukan alamat\r\nBcc: x@contoh.id"}

func play(t *testing.T, d *dbtest.DB) stage {
	t.Helper()
	s := product.New(d.DB, d.Box, d.Blobs, "https://contoh.id")
	w, err := demo.Build(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	res, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		t.Fatal(err)
	}
	st := stage{Services: s, t: t, d: d, w: w}
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		st.certs, err = certificate.ByMeeting(tx, st.head(), res.Meetings[0])
		return err
	})
	if err != nil || len(st.certs) < 8 {
		t.Fatalf("%d certificates, %v", len(st.certs), err)
	}
	st.until = st.certs[0].ValidUntil
	err = d.Write(ctx, func(tx *db.Tx) error {
		for i, c := range st.certs {
			email := ""
			if i < len(addresses) {
				email = addresses[i]
			}
			if _, err := tx.Exec("UPDATE person SET email = $2 WHERE id = $1", string(c.Person), email); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	st.run = jobs.NewRunner(d.DB, map[string]jobs.Handler{reminder.ScanJob: s.Reminders.Scan, reminder.LetterJob: s.Reminders.Letter}, slog.New(slog.DiscardHandler))
	return st
}

func (s stage) head() auth.Actor { return s.w.Actor("ketua.otomotif") }

// post sets a mail server up.
func (s stage) post(server string) {
	s.t.Helper()
	m, err := mail.New(mail.Settings{Server: server, From: "Kompeten <surat@contoh.id>", Host: "contoh.id"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Reminders.Post(m)
}

// on turns the clock to noon of a day, and lets be done what is done every hour.
func (s stage) on(day date.Date) {
	s.t.Helper()
	noon, err := time.Parse(time.RFC3339, string(day)+"T12:00:00+07:00")
	if err != nil {
		s.t.Fatal(err)
	}
	s.d.Clock.Add(noon.Sub(s.d.Now()))
	s.look()
}

func (s stage) look() {
	s.t.Helper()
	for range 2 { // looking twice is looking once
		if err := s.Reminders.Start(ctx); err != nil {
			s.t.Fatal(err)
		}
		if err := s.run.Drain(ctx); err != nil {
			s.t.Fatal(err)
		}
	}
}

// noted is how many reminders of each term there are.
func (s stage) noted() map[int]int {
	s.t.Helper()
	out := map[int]int{}
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		all, err := db.Column[int](tx, "SELECT months FROM reminder ORDER BY months")
		for _, m := range all {
			out[m]++
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestEachHolderIsRemindedOnceForEachTerm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d)
		server := mailtest.Serve(t, "plain")
		s.post("smtp+plain://127.0.0.1:" + server.Port)
		all, letters := len(s.certs), 3 // holders with an address
		for _, c := range []struct {
			day       date.Date
			noted     map[int]int
			delivered int
		}{
			{s.until.AddMonths(-6).AddDays(-1), map[int]int{}, 0},
			{s.until.AddMonths(-6), map[int]int{6: all}, letters},
			{s.until.AddMonths(-4), map[int]int{6: all}, letters},
			{s.until.AddMonths(-3), map[int]int{6: all, 3: all}, 2 * letters},
			{s.until.AddMonths(-1), map[int]int{6: all, 3: all, 1: all}, 3 * letters},
			{s.until, map[int]int{6: all, 3: all, 1: all}, 3 * letters},
			{s.until.AddDays(1), map[int]int{6: all, 3: all, 1: all}, 3 * letters},
		} {
			s.on(c.day)
			if got := s.noted(); len(got) != len(c.noted) || got[6] != c.noted[6] || got[3] != c.noted[3] || got[1] != c.noted[1] {
				t.Errorf("%s: noted %v, want %v", c.day, got, c.noted)
			}
			if got := len(server.Letters()); got != c.delivered {
				t.Errorf("%s: %d letters, want %d", c.day, got, c.delivered)
			}
		}
		ids := map[string]bool{}
		for _, l := range server.Letters() {
			ids[l.Get("Message-ID")] = true
			if !strings.Contains(l.Plain, "https://contoh.id/v/") || !strings.Contains(l.Plain, "45") || strings.Contains(l.Plain, "[") {
				t.Errorf("%s", l.Plain)
			}
		}
		if len(ids) != 3*letters {
			t.Errorf("%d different letters", len(ids))
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			n, err := db.Column[int](tx, "SELECT COUNT(*) FROM ledger WHERE kind = 'reminder' AND action = 'send'")
			if err == nil && n[0] != 3*letters {
				t.Errorf("%d letters in the ledger", n[0])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAfterADowntimeOnlyTheReminderWhoseTimeItIsIsCaughtUp(t *testing.T) {
	s := play(t, dbtest.Open(t))
	server := mailtest.Serve(t, "plain")
	s.post("smtp+plain://127.0.0.1:" + server.Port)
	s.on(s.until.AddDays(-10))
	if got := s.noted(); len(got) != 1 || got[1] != len(s.certs) {
		t.Errorf("noted %v", got)
	}
	if n := len(server.Letters()); n != 3 {
		t.Errorf("%d letters", n)
	}
}

func TestWhoseCertificateDoesNotHoldIsNotReminded(t *testing.T) {
	s := play(t, dbtest.Open(t))
	server := mailtest.Serve(t, "plain")
	s.post("smtp+plain://127.0.0.1:" + server.Port)
	if err := s.Certificates.Suspend(ctx, s.head(), s.certs[0].ID, "alasan contoh"); err != nil {
		t.Fatal(err)
	}
	if err := s.Certificates.Revoke(ctx, s.head(), s.certs[1].ID, "alasan contoh"); err != nil {
		t.Fatal(err)
	}
	s.on(s.until.AddMonths(-6))
	if got := s.noted(); got[6] != len(s.certs)-2 || len(server.Letters()) != 1 {
		t.Errorf("noted %v, %d letters", got, len(server.Letters()))
	}
	s.on(s.until.AddMonths(-5))
	if err := s.Certificates.Resume(ctx, s.head(), s.certs[0].ID, "alasan contoh"); err != nil {
		t.Fatal(err)
	}
	s.look()
	if n := len(server.Letters()); n != 2 {
		t.Errorf("%d letters after it holds again", n)
	}
}

func TestALetterWaitsForTheMailServerButNotForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d)
		s.post("smtp+plain://127.0.0.1:1")
		s.on(s.until.AddMonths(-3))
		for range 8 { // all its tries of the first time
			s.d.Clock.Add(10 * time.Minute)
			if err := s.run.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Certificates.Revoke(ctx, s.head(), s.certs[2].ID, "alasan contoh"); err != nil {
			t.Fatal(err)
		}
		server := mailtest.Serve(t, "plain")
		s.post("smtp+plain://127.0.0.1:" + server.Port)
		s.look()
		if n := len(server.Letters()); n != 0 {
			t.Errorf("%d letters at once", n)
		}
		s.on(s.until.AddMonths(-3).AddDays(1))
		got := server.Letters()
		if len(got) != 2 {
			t.Fatalf("%d letters a day later: one was revoked meanwhile, two wait", len(got))
		}
		s.on(s.until.AddMonths(-3).AddDays(2))
		if n := len(server.Letters()); n != 2 {
			t.Errorf("%d letters", n)
		}
	})
}

func TestALetterThatCameTooLateIsNotSentBesideTheNext(t *testing.T) {
	s := play(t, dbtest.Open(t))
	s.post("smtp+plain://127.0.0.1:1")
	s.on(s.until.AddMonths(-3))
	server := mailtest.Serve(t, "plain")
	s.post("smtp+plain://127.0.0.1:" + server.Port)
	s.on(s.until.AddMonths(-1))
	for range 8 {
		s.d.Clock.Add(10 * time.Minute)
		if err := s.run.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	got := server.Letters()
	for _, l := range got {
		if !strings.Contains(l.Decoded("Subject"), "1 bulan") {
			t.Errorf("%q", l.Decoded("Subject"))
		}
	}
	if len(got) != 3 {
		t.Errorf("%d letters", len(got))
	}
}

func TestALetterSpeaksTheHoldersLanguage(t *testing.T) {
	s := play(t, dbtest.Open(t))
	server := mailtest.Serve(t, "plain")
	s.post("smtp+plain://127.0.0.1:" + server.Port)
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		return person.GiveConsent(tx, auth.Actor{Person: s.certs[0].Person}, s.certs[0].Person, string(s.certs[0].Application), "en", []string{"assessment"})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.on(s.until.AddMonths(-3))
	languages := map[string]string{}
	for _, l := range server.Letters() {
		to, err := l.AddressList("To")
		if err != nil {
			t.Fatal(err)
		}
		languages[to[0].Address] = l.Get("Content-Language") + ": " + l.Decoded("Subject")
	}
	if languages["satu@contoh.id"] != "en: Your certificate of competence ends within 3 month(s)" || languages["dua@contoh.id"] != "id: Sertifikat kompetensi Anda berakhir dalam 3 bulan" {
		t.Errorf("%v", languages)
	}
}

func TestTheWalletShowsWhatEndsSoonToItsHolderOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d)
		server := mailtest.Serve(t, "plain")
		s.post("smtp+plain://127.0.0.1:" + server.Port)
		see := func(who auth.Actor) (out []reminder.Reminder, err error) {
			err = d.Read(ctx, func(tx *db.Tx) error { out, err = reminder.Reminders(tx, who); return err })
			return out, err
		}
		her := auth.Actor{Person: s.certs[0].Person}
		if got, err := see(her); err != nil || len(got) != 0 {
			t.Errorf("three years before: %v %v", got, err)
		}
		s.on(s.until.AddMonths(-3))
		got, err := see(her)
		if err != nil || len(got) != 1 || got[0].Months != 3 || got[0].SentAt.IsZero() || got[0].Certificate.ID != s.certs[0].ID {
			t.Errorf("%+v %v", got, err)
		}
		if got, err = see(auth.Actor{Person: s.certs[5].Person}); err != nil || len(got) != 1 || !got[0].SentAt.IsZero() {
			t.Errorf("without an address: %+v %v", got, err)
		}
		if _, err = see(auth.Actor{Person: her.Person, Subject: "app_lain"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link to something else: %v", err)
		}
		if _, err = see(auth.Actor{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestWhichReminderIsDueOnADay(t *testing.T) {
	c := certificate.Certificate{State: certificate.Active, IssuedOn: "2026-03-31", ValidUntil: "2029-03-31"}
	short := certificate.Certificate{State: certificate.Active, IssuedOn: "2026-03-31", ValidUntil: "2026-06-30"}
	renewed := c
	renewed.ReplacedBy = "crt_next"
	suspended := c
	suspended.State = certificate.Suspended
	for _, r := range []struct {
		says  string
		cert  certificate.Certificate
		today date.Date
		want  int
	}{
		{"the day before six months", c, "2028-09-29", 0},
		{"six months before, in a month without a 31st", c, "2028-09-30", 6},
		{"the day before three months", c, "2028-12-30", 6},
		{"three months before", c, "2028-12-31", 3},
		{"the day before one month", c, "2029-02-27", 3},
		{"one month before, in February", c, "2029-02-28", 1},
		{"the last day", c, "2029-03-31", 1},
		{"the day after", c, "2029-04-01", 0},
		{"issued for three months: not on the first day", short, "2026-03-31", 0},
		{"issued for three months: one month before", short, "2026-05-30", 1},
		{"renewed", renewed, "2029-03-01", 0},
		{"suspended", suspended, "2029-03-01", 0},
	} {
		if got := reminder.DueOn(r.cert, r.today); got != r.want {
			t.Errorf("%s: %d, want %d", r.says, got, r.want)
		}
	}
}
