// Package web is the pages for people: one table of routes (routes.go), one file per feature, every page a list of
// components of the design system.
package web

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// Config of the pages.
type Config struct {
	Base    string // address of the installation, as letters and QR codes name it
	Secure  bool   // cookies only over https
	Sample  bool   // a demonstration: every page says so
	Version string
	Hints   []SignInHint // sample sign-ins shown in a demonstration
}

// SignInHint is one sample sign-in.
type SignInHint struct{ Name, Duty, Login, Password string }

// Server answers requests for pages.
type Server struct {
	product.Services
	cfg Config
	log *slog.Logger
	ui  *ui.Renderer
}

// New makes the handler of all pages.
func New(s product.Services, cfg Config, log *slog.Logger) http.Handler {
	srv := &Server{s, cfg, log, ui.New()}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", ui.Assets())
	for _, r := range Routes() {
		mux.Handle(r.Pattern, srv.guard(r))
	}
	mux.Handle("/", srv.guard(Route{"/", Public, (*visit).nothingHere}))
	return http.NewCrossOriginProtection().Handler(mux)
}

// Headers are what every answer carries: nothing from elsewhere runs here, nobody frames us.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// visit is one request, with who makes it and in which language.
type visit struct {
	*Server
	w       http.ResponseWriter
	r       *http.Request
	lang    text.Lang
	actor   auth.Actor
	session person.Session
	status  int // of the page, where a form was refused
	refresh int // seconds after which the page looks again, while work is under way
}

// maxBody bounds what a request may send.
const maxBody = 70 << 20

// guard finds out who asks, whether the route is open to her, and answers every error in one place.
func (s *Server) guard(r Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
		x := &visit{Server: s, w: w, r: req, lang: language(req)}
		if err := x.enter(r); err != nil {
			x.fail(err)
			return
		}
		if err := r.Handle(x); err != nil {
			x.fail(err)
		}
	})
}

func (x *visit) enter(r Route) error {
	if c, err := x.r.Cookie(sessionCookie); err == nil {
		actor, ses, err := x.People.Who(x.r.Context(), c.Value)
		if err != nil && !fault.Is(err, fault.SignIn) {
			return err
		}
		x.actor, x.session = actor, ses
	}
	if err := r.Access.admit(x.actor); err != nil {
		return err
	}
	if err := x.r.ParseForm(); err != nil && x.r.Method == http.MethodPost {
		return readable(err)
	}
	return legible(x.r)
}

// legible refuses texts that no database keeps: broken UTF-8, and NUL, for which PostgreSQL has no place.
func legible(r *http.Request) error {
	bad := func(s string) bool { return strings.ContainsRune(s, 0) || !utf8.ValidString(s) }
	if bad(r.URL.Path) {
		return fault.New(fault.NotFound, "error.no_page")
	}
	for name, values := range r.Form {
		if bad(name) || slices.ContainsFunc(values, bad) {
			return fault.New(fault.Invalid, "form.unreadable")
		}
	}
	return nil
}

// readable says of a form that came broken what can be done about it; one too large stays what it is.
func readable(err error) error {
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return err
	}
	return fault.New(fault.Invalid, "form.unreadable").Because(err)
}

// file is the file that came with a form, up to a number of bytes.
func (x *visit) file(most int64) (name string, data []byte, err error) {
	f, head, err := x.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil, fault.New(fault.Invalid, "form.invalid").With("file", "form.required")
	}
	if err != nil {
		return "", nil, readable(err)
	}
	defer func() { _ = f.Close() }()
	data, err = io.ReadAll(io.LimitReader(f, most))
	return strings.ToValidUTF8(strings.ReplaceAll(head.Filename, "\x00", ""), ""), data, err
}

func language(r *http.Request) text.Lang {
	if l := r.URL.Query().Get("lang"); l != "" {
		return text.Parse(l)
	}
	if c, err := r.Cookie("lang"); err == nil {
		return text.Parse(c.Value)
	}
	return text.ID
}

// t is a text in the visitor's language.
func (x *visit) t(key string, args ...any) string { return text.T(x.lang, key, args...) }

// id is a part of the address.
func (x *visit) id(name string) string { return x.r.PathValue(name) }

// form is a value that was sent.
func (x *visit) form(name string) string { return strings.TrimSpace(x.r.FormValue(name)) }

// read runs a read-only look at the database.
func (x *visit) read(fn func(*db.Tx) error) error { return x.DB.Read(x.r.Context(), fn) }

// see sends the visitor on after a change; done names the good news under done.<done>.
func (x *visit) see(url, done string) error {
	if done != "" {
		sep := "?"
		if strings.Contains(url, "?") {
			sep = "&"
		}
		url += sep + "done=" + done
	}
	http.Redirect(x.w, x.r, url, http.StatusSeeOther)
	return nil
}

// page answers with a page.
func (x *visit) page(title string, body ...ui.Component) error {
	return x.ui.Render(x.w, max(x.status, http.StatusOK), ui.Page{Shell: x.shell(title), Body: body})
}

func (x *visit) shell(title string) ui.Shell {
	sh := ui.Shell{Lang: x.lang, Title: title, Path: x.r.URL.RequestURI(), Sample: x.cfg.Sample, Version: x.cfg.Version, Refresh: x.refresh}
	if c, err := x.r.Cookie("theme"); err == nil && (c.Value == "dark" || c.Value == "light") {
		sh.Theme = c.Value
	}
	if x.r.Method != http.MethodGet {
		sh.Path = "/"
	}
	sh.Guest = x.actor.Subject != ""
	if x.actor.Person != "" && !sh.Guest {
		sh.User, sh.Duties, sh.Nav = x.actor.Name, x.duties(), x.nav()
	}
	if done := "done." + x.r.URL.Query().Get("done"); text.Has(done) {
		sh.Flash = &ui.Notice{Tone: ui.Good, Text: x.t(done)}
	}
	return sh
}

func (x *visit) duties() string {
	var out []string
	for _, h := range x.actor.Duties {
		if d := x.t("duty." + string(h.Duty)); len(out) == 0 || out[len(out)-1] != d {
			out = append(out, d)
		}
	}
	return strings.Join(out, " · ")
}

func (x *visit) nav() []ui.Link {
	var out []ui.Link
	add := func(key, url string, open bool) {
		if open {
			out = append(out, ui.Link{Text: x.t("nav." + key), URL: url, Current: strings.HasPrefix(x.r.URL.Path, url)})
		}
	}
	a := x.actor
	lsp := LSPStaff.admit(a) == nil
	add("home", "/home", true)
	add("programmes", "/programmes", a.Any(auth.Officer) || lsp || a.Any(auth.Regulator))
	add("applications", "/applications", lsp)
	add("schedules", "/schedules", a.Any(auth.Manager) || a.Any(auth.LSPAdmin) || a.Any(auth.Head))
	add("assess", "/assess", a.Any(auth.Assessor))
	add("meetings", "/meetings", lsp)
	add("certificates", "/certificates", lsp)
	add("wallet", "/wallet", Staff.admit(a) != nil)
	add("schemes", "/schemes", true)
	add("people", "/people", a.Any(auth.OrgAdmin) || a.Any(auth.Head) || a.Any(auth.Manager))
	add("manage", "/manage", true)
	out[len(out)-1].Current = managed.MatchString(x.r.URL.Path)
	return out
}

// fail answers an error: what went wrong, and what to do.
func (x *visit) fail(err error) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		err = fault.New(fault.TooLarge, "sheet.too_large", maxBody>>20)
	}
	f := fault.Of(err)
	if fault.Is(err, fault.SignIn) && x.r.Method == http.MethodGet && x.r.URL.Path != "/signin" {
		http.Redirect(x.w, x.r, "/signin?next="+x.r.URL.EscapedPath(), http.StatusSeeOther)
		return
	}
	title, notice := x.t("error.internal"), ui.Notice{Tone: ui.Bad}
	if f == nil || f.Kind == fault.Internal {
		number := fmt.Sprintf("%x", x.DB.Now().UnixMilli())
		x.log.Error("page", "number", number, "method", x.r.Method, "pattern", x.r.Pattern, "err", err)
		notice.Text = x.t("error.number", number)
	} else {
		title, notice.Text = x.t("error."+string(f.Kind)), x.t(f.Key, f.Args...)
		for _, fl := range f.Fields {
			notice.Items = append(notice.Items, x.t(fl.Key, fl.Args...))
		}
	}
	back := x.r.Referer()
	if back == "" || !strings.Contains(back, x.r.Host) {
		back = "/"
	}
	body := append([]ui.Component{ui.Head{Title: title}, notice}, x.since(err)...)
	body = append(body, ui.LinkButton{Text: x.t("error.back"), URL: back})
	if rerr := x.ui.Render(x.w, fault.Status(err), ui.Page{Shell: x.shell(title), Body: body}); rerr != nil {
		x.log.Error("error page", "err", rerr)
	}
}

func (x *visit) nothingHere() error { return fault.New(fault.NotFound, "error.no_page") }

// address is where a request came from, for throttling.
func (x *visit) address() string {
	host, _, err := net.SplitHostPort(x.r.RemoteAddr)
	if err != nil {
		return x.r.RemoteAddr
	}
	return host
}

// zone is the time zone pages show times in.
func (x *visit) zone() date.Zone { return date.WIB }
