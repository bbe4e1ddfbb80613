package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kompeten/internal/golden"
	"kompeten/internal/mail"
	"kompeten/internal/text"
)

var bg = context.Background()

func mailer(t *testing.T, s mail.Settings) *mail.Mailer {
	t.Helper()
	m, err := mail.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func letter() mail.Letter {
	return mail.Letter{ID: "rem_contoh.3", At: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), To: "siti@contoh.id", Name: "Siti Nur’aini Contoh", Lang: text.ID, Subject: "Masa berlaku sertifikat Anda: tinggal 3 bulan — contoh",
		Paras: []string{"Sertifikat kompetensi Anda berakhir pada 2 Juni 2026.", "Data contoh <bukan> sertifikat & bukan surat sungguhan."},
		Facts: []mail.Fact{{"Nomor", "45201 5131 4 0001234 2026"}}, Link: "https://contoh.id/v/ABCDEFGH2345", Go: "Lihat sertifikat"}
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	for _, c := range []struct{ mode, scheme, user, secured string }{
		{"plain", "smtp+plain://", "", "tls=False auth=False"},
		{"starttls", "smtp://contoh@", "rahasia", "tls=True auth=True"},
		{"tls", "smtps://contoh@", "rahasia", "tls=True auth=True"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			s := serve(t, c.mode)
			m := mailer(t, mail.Settings{Server: c.scheme + "127.0.0.1:" + s.Port, Password: c.user, From: "Kompeten <surat@contoh.id>", Host: "contoh.id:8443"})
			if err := m.Send(bg, letter()); err != nil {
				t.Fatal(err)
			}
			got := s.Letters()
			if len(got) != 1 {
				t.Fatalf("%d letters", len(got))
			}
			g := got[0]
			if subject := g.Decoded("Subject"); subject != letter().Subject {
				t.Errorf("subject %q", subject)
			}
			to, err := g.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != "siti@contoh.id" || to[0].Name != letter().Name {
				t.Errorf("to %v %v", to, err)
			}
			for name, want := range map[string]string{"From": `"Kompeten" <surat@contoh.id>`, "Message-ID": "<rem_contoh.3@contoh.id>", "Auto-Submitted": "auto-generated", "Content-Language": "id",
				"Date": "Mon, 02 Mar 2026 01:00:00 +0000", "X-Envelope": "surat@contoh.id -> siti@contoh.id; " + c.secured} {
				if g.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, g.Get(name), want)
				}
			}
			if ua := g.Get("User-Agent") + g.Get("X-Mailer"); ua != "" {
				t.Errorf("it tells what wrote it: %s", ua)
			}
			golden.Check(t, "letter.txt", g.Plain)
			golden.Check(t, "letter.html", g.HTML)
		})
	}
}

func TestNothingThatWasTypedBecomesAHeader(t *testing.T) {
	s := serve(t, "plain")
	m := mailer(t, mail.Settings{Server: "smtp+plain://127.0.0.1:" + s.Port, From: "surat@contoh.id"})
	for says, change := range map[string]func(*mail.Letter){
		"a line break in the subject":          func(l *mail.Letter) { l.Subject = "Halo\r\nBcc: semua@contoh.id" },
		"a bare line feed in the subject":      func(l *mail.Letter) { l.Subject = "Halo\nBcc: semua@contoh.id" },
		"a line break in the name":             func(l *mail.Letter) { l.Name = "Siti\r\nBcc: semua@contoh.id" },
		"a line separator in the name":         func(l *mail.Letter) { l.Name = "Siti\u2028Bcc: semua@contoh.id" },
		"a line break in the address":          func(l *mail.Letter) { l.To = "siti@contoh.id\r\nRCPT TO:<semua@contoh.id>" },
		"two addresses":                        func(l *mail.Letter) { l.To = "siti@contoh.id, semua@contoh.id" },
		"a group of addresses":                 func(l *mail.Letter) { l.To = "semua: siti@contoh.id;" },
		"an address in quotes with a space":    func(l *mail.Letter) { l.To = `"siti semua"@contoh.id` },
		"no address":                           func(l *mail.Letter) { l.To = "" },
		"a phone number":                       func(l *mail.Letter) { l.To = "+628123456789" },
		"a line break in the identifier":       func(l *mail.Letter) { l.ID = "a\r\nBcc: semua@contoh.id" },
		"a script for a link":                  func(l *mail.Letter) { l.Link = "javascript:alert(1)" },
		"a NIK in the text":                    func(l *mail.Letter) { l.Paras = append(l.Paras, "NIK Anda 3374010604940001.") },
		"a NIK among the facts":                func(l *mail.Letter) { l.Facts = append(l.Facts, mail.Fact{"NIK", "3374010604940001"}) },
		"a NIK in the subject":                 func(l *mail.Letter) { l.Subject = "3374010604940001" },
		"nothing to say what it is about":      func(l *mail.Letter) { l.Subject = "" },
		"a name that opens an address of hers": func(l *mail.Letter) { l.To = "Siti <siti@contoh.id>, <semua@contoh.id>" },
	} {
		l := letter()
		change(&l)
		if err := m.Send(bg, l); err == nil {
			t.Errorf("%s: sent", says)
		}
	}
	if got := s.Letters(); len(got) != 0 {
		t.Errorf("%d letters left", len(got))
	}
	l := letter()
	l.Name = `Siti "Tini" <semua@contoh.id>`
	if err := m.Send(bg, l); err != nil {
		t.Fatal(err)
	}
	to, err := s.Letters()[0].AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "siti@contoh.id" || to[0].Name != l.Name {
		t.Errorf("to %v %v", to, err)
	}
}

func TestWhatAServerRefusesIsAnError(t *testing.T) {
	s := serve(t, "starttls")
	from := "surat@contoh.id"
	good := mail.Settings{Server: "smtp://contoh@127.0.0.1:" + s.Port, Password: "rahasia", From: from}
	for says, c := range map[string]struct {
		set mail.Settings
		to  string
	}{
		"a full box":                     {good, "penuh@contoh.id"},
		"nobody there":                   {good, "tiada@contoh.id"},
		"a wrong password":               {mail.Settings{Server: good.Server, Password: "salah", From: from}, "siti@contoh.id"},
		"no name, though it is asked":    {mail.Settings{Server: "smtp://127.0.0.1:" + s.Port, From: from}, "siti@contoh.id"},
		"no TLS, though it is asked":     {mail.Settings{Server: "smtp+plain://127.0.0.1:" + s.Port, From: from}, "siti@contoh.id"},
		"TLS at once, where it is later": {mail.Settings{Server: "smtps://127.0.0.1:" + s.Port, From: from}, "siti@contoh.id"},
		"a certificate of another name":  {mail.Settings{Server: "smtp://contoh@localhost:" + s.Port, Password: "rahasia", From: from}, "siti@contoh.id"},
		"nobody answers":                 {mail.Settings{Server: "smtp://127.0.0.1:1", From: from}, "siti@contoh.id"},
	} {
		l := letter()
		l.To = c.to
		if err := mailer(t, c.set).Send(bg, l); err == nil {
			t.Errorf("%s: sent", says)
		}
	}
	plain := serve(t, "plain")
	if err := mailer(t, mail.Settings{Server: "smtp://127.0.0.1:" + plain.Port, From: from}).Send(bg, letter()); err == nil {
		t.Error("a letter went in the open, though TLS was asked for")
	}
	if n := len(s.Letters()) + len(plain.Letters()); n != 0 {
		t.Errorf("%d letters left", n)
	}
}

func TestSettingsThatCannotWorkAreRefusedAtTheStart(t *testing.T) {
	for _, s := range []mail.Settings{
		{Server: "mail.contoh.id", From: "surat@contoh.id"},
		{Server: "http://mail.contoh.id", From: "surat@contoh.id"},
		{Server: "smtp://", From: "surat@contoh.id"},
		{Server: "smtp://mail.contoh.id/x", From: "surat@contoh.id"},
		{Server: "smtp://mail.contoh.id:0x", From: "surat@contoh.id"},
		{Server: "smtp://mail.contoh.id:99999", From: "surat@contoh.id"},
		{Server: "smtp://mail.contoh.id"},
		{Server: "smtp://mail.contoh.id", From: "Kompeten"},
		{Server: "smtp://mail.contoh.id", From: "surat@contoh.id\r\nBcc: x@contoh.id"},
		{Server: "smtp+plain://contoh@mail.contoh.id", Password: "rahasia", From: "surat@contoh.id"},
	} {
		if _, err := mail.New(s); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	off := mailer(t, mail.Settings{})
	if off.On() || off.Send(bg, letter()) == nil {
		t.Error("a mailer without a server sends")
	}
}

func TestWhatCanBeWrittenTo(t *testing.T) {
	for address, can := range map[string]bool{"siti@contoh.id": true, "siti.nur+sertifikat@mail.contoh.co.id": true, "": false, "siti": false, "Siti <siti@contoh.id>": false, "siti@contoh.id\n": false, "a b@contoh.id": false} {
		if mail.Possible(address) != can {
			t.Errorf("%q: %v", address, !can)
		}
	}
	if l := strings.Repeat("a", 65) + "@contoh.id"; mail.Possible(l) {
		t.Errorf("%q", l)
	}
}
