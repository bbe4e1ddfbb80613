// Package mail sends letters: short, in the reader's language, as plain text and as simple HTML that says the same, with
// at most one link. No letter leaves with an identity number in it, and nothing that was typed becomes a header.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"kompeten/internal/text"
)

// Letter is what one person is told.
type Letter struct {
	ID      string // of what causes it: the same letter sent twice is one letter to who receives it
	At      time.Time
	To      string // address
	Name    string // of the person
	Lang    text.Lang
	Subject string
	Paras   []string
	Facts   []Fact
	Link    string // where to go; empty for nowhere
	Go      string // what the link is called
}

// Fact is one term and what it is here.
type Fact struct{ Term, Text string }

// Settings of the mail server.
type Settings struct {
	Server   string // smtp://host:587 (STARTTLS), smtps://host:465 (TLS) or smtp+plain://host:25 (neither); with user@ before the host where it asks for a name
	Password string
	From     string // "Kompeten <surat@contoh.id>"
	Host     string // name of the installation, for the identifiers of letters
}

// Mailer sends letters. The zero value sends none.
type Mailer struct {
	from   *netmail.Address
	host   string
	server string
	opts   []gomail.Option
}

var (
	errServer  = errors.New("mail server: write smtp://, smtps:// or smtp+plain:// and a host")
	errFrom    = errors.New("sender of mail: write an address, such as Kompeten <surat@contoh.id>")
	errAddress = errors.New("not an address that a letter can be sent to")
	errHeader  = errors.New("a line break where none may be")
	errNIK     = errors.New("a letter with what may be an identity number")
	errOff     = errors.New("no mail server is set")
)

const timeout = 30 * time.Second

// New makes a mailer. Without a server it sends nothing, and says so by On.
func New(s Settings) (*Mailer, error) {
	if s.Server == "" {
		return &Mailer{}, nil
	}
	u, err := url.Parse(s.Server)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errServer
	}
	m := &Mailer{host: s.Host, server: u.Hostname()}
	if m.from, err = address(s.From); err != nil {
		return nil, errFrom
	}
	ports := map[string]int{"smtp": 587, "smtps": 465, "smtp+plain": 25}
	port, known := ports[u.Scheme]
	if !known {
		return nil, errServer
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, errServer
		}
	}
	m.opts = []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(timeout), gomail.WithHELO(helo(s.Host))}
	switch u.Scheme {
	case "smtp":
		m.opts = append(m.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "smtps":
		m.opts = append(m.opts, gomail.WithSSL())
	default:
		m.opts = append(m.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if user := u.User.Username(); user != "" {
		if u.Scheme == "smtp+plain" {
			return nil, fmt.Errorf("mail server: no password is sent without TLS: %w", errServer)
		}
		m.opts = append(m.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(s.Password))
	}
	_, err = gomail.NewClient(m.server, m.opts...)
	return m, err
}

// helo is the name a mail server is greeted with.
func helo(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "" {
		return "localhost"
	}
	return host
}

// On says whether letters are sent.
func (m *Mailer) On() bool { return m.from != nil }

// Send sends a letter now and waits until the server took it.
func (m *Mailer) Send(ctx context.Context, l Letter) error {
	if !m.On() {
		return errOff
	}
	msg, err := m.message(l)
	if err != nil {
		return fmt.Errorf("letter %s: %w", l.ID, err)
	}
	client, err := gomail.NewClient(m.server, m.opts...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("letter %s: %w", l.ID, err)
	}
	return nil
}

// message is a letter as it goes over the wire.
func (m *Mailer) message(l Letter) (*gomail.Msg, error) {
	to, err := address(l.To)
	if err != nil || to.Address != l.To { // the bare address: no name, no group beside it
		return nil, errAddress
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	html, err := l.html()
	if err != nil {
		return nil, err
	}
	to.Name = l.Name
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(to)
	msg.Subject(l.Subject)
	msg.SetMessageIDWithValue(l.ID + "@" + helo(m.host))
	msg.SetGenHeader("Content-Language", string(l.Lang))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday notice answers it
	msg.SetDateWithValue(l.At)
	msg.SetBodyString(gomail.TypeTextPlain, l.plain())
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	return msg, nil
}

// address reads one address. What a header could be broken with is not one.
func address(s string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(s)
	if err != nil || broken(s) || broken(a.Address) || broken(a.Name) || !plainAddress.MatchString(a.Address) {
		return nil, errAddress
	}
	return a, nil
}

// plainAddress is narrower than the standard: no quotes, no comments, no source routes.
var plainAddress = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$")

// Possible says whether a letter can be sent to what was given as an address.
func Possible(s string) bool { a, err := address(s); return err == nil && a.Address == s }

func broken(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 })
}

// nik is what a NIK looks like. No number of ours has sixteen figures in a row.
var nik = regexp.MustCompile(`(^|[^0-9])[0-9]{16}([^0-9]|$)`)

// check refuses what must not leave.
func (l Letter) check() error {
	for _, s := range []string{l.ID, l.Name, l.Subject, l.Link, l.Go} {
		if broken(s) {
			return errHeader
		}
	}
	said := append([]string{l.Name, l.Subject, l.Go}, l.Paras...)
	for _, f := range l.Facts {
		said = append(said, f.Term, f.Text)
	}
	for _, s := range said {
		if nik.MatchString(s) {
			return errNIK
		}
	}
	if l.Subject == "" || l.ID == "" {
		return errHeader
	}
	if u, err := url.Parse(l.Link); l.Link != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http") {
		return errHeader
	}
	return nil
}
