package person_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/jobs"
	"kompeten/internal/mail"
	"kompeten/internal/mail/mailtest"
	"kompeten/internal/person"
)

// posted gives the house a mail server, and who works on its jobs.
func (h *house) posted() (mailtest.Server, *jobs.Runner) {
	h.t.Helper()
	server := mailtest.Serve(h.t, "plain")
	m, err := mail.New(mail.Settings{Server: "smtp+plain://127.0.0.1:" + server.Port, From: "surat@contoh.id", Host: "contoh.id"})
	h.must(err)
	h.Service.Post(m, "https://contoh.id")
	return server, jobs.NewRunner(h.d.DB, map[string]jobs.Handler{person.LetterJob: h.Letter}, slog.New(slog.DiscardHandler))
}

func TestInvitationsAndNewPasswordsGoByLetterToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		server, run := h.posted()
		invite, err := h.Invite(bg, h.head, h.lsp, auth.Assessor, person.Input{Name: "Wati Contoh", Email: "wati@contoh.id", Sample: true})
		h.must(err)
		reset, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa sandi")
		h.must(err)
		_, err = h.Invite(bg, h.head, h.lsp, auth.Assessor, person.Input{Name: "Tanpa Surel", Phone: "081234567890", Sample: true})
		h.must(err)
		err = d.Read(bg, func(tx *db.Tx) error {
			args, err := db.Column[string](tx, "SELECT CAST(args AS TEXT) FROM job ORDER BY id")
			if all := strings.Join(args, "\n"); len(args) != 3 || strings.Contains(all, invite) || strings.Contains(all, reset) {
				t.Errorf("jobs hold %s", all)
			}
			return err
		})
		h.must(err)
		h.must(run.Drain(bg))
		got := server.Letters()
		if len(got) != 2 {
			t.Fatalf("%d letters", len(got))
		}
		for i, want := range []struct{ to, subject, link, says string }{
			{"wati@contoh.id", "Undangan tugas di Kompeten", "https://contoh.id/invite/" + invite, "LSP Contoh mengundang Anda bertugas sebagai Asesor"},
			{"rina@contoh.id", "Kata sandi baru untuk Kompeten", "https://contoh.id/reset/" + reset, "Admin organisasi Anda"},
		} {
			l := got[i]
			if !strings.Contains(l.Get("To"), want.to) || l.Decoded("Subject") != want.subject || !strings.Contains(l.Plain, want.link) || !strings.Contains(l.HTML, want.link) ||
				!strings.Contains(strings.ToLower(l.Plain), strings.ToLower(want.says)) || strings.Contains(l.Plain, "[") {
				t.Errorf("%q %q\n%s", l.Get("To"), l.Decoded("Subject"), l.Plain)
			}
		}
	})
}

func TestALinkThatOpensNoMoreIsNotSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		server, run := h.posted()
		_, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa sandi")
		h.must(err)
		second, err := h.ResetPassword(bg, h.head, h.rina.Person, "tautan hilang") // takes the first back
		h.must(err)
		used, err := h.Invite(bg, h.head, h.lsp, auth.Assessor, person.Input{Name: "Wati Contoh", Email: "wati@contoh.id", Sample: true})
		h.must(err)
		_, err = h.AcceptInvite(bg, used, sentence, "peramban contoh")
		h.must(err)
		h.must(run.Drain(bg))
		if got := server.Letters(); len(got) != 1 || !strings.Contains(got[0].Plain, second) {
			t.Errorf("%d letters", len(got))
		}
		_, err = h.ResetPassword(bg, h.head, h.rina.Person, "lupa lagi")
		h.must(err)
		d.Clock.Add(25 * time.Hour)
		h.must(run.Drain(bg))
		if n := len(server.Letters()); n != 1 {
			t.Errorf("%d letters after the link expired", n)
		}
	})
}

func TestWithoutAMailServerNothingWaitsToBeSent(t *testing.T) {
	d := dbtest.Open(t)
	h := open(t, d)
	_, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa sandi")
	h.must(err)
	err = d.Read(bg, func(tx *db.Tx) error {
		some, err := tx.Has("SELECT id FROM job")
		if some || h.Writes() {
			t.Error("a letter waits")
		}
		return err
	})
	h.must(err)
}
