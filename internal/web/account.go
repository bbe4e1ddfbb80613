package web

import (
	"net/http"
	"strings"

	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/web/ui"
)

const sessionCookie = "kompeten"

func (x *visit) front() error {
	if x.actor.Person != "" {
		return x.see("/home", "")
	}
	body := []ui.Component{
		ui.Head{Over: x.t("front.over"), Title: x.t("front.title"), Lead: x.t("front.lead")},
		ui.Grid{Items: []ui.Component{
			x.checkCard(x.t("front.check")),
			ui.Card{Title: x.t("front.work"), Body: []ui.Component{ui.Para{Text: x.t("front.work_lead")}, ui.LinkButton{Text: x.t("ui.signin"), URL: "/signin"}}},
			ui.Card{Title: x.t("figures.link"), Body: []ui.Component{ui.Para{Text: x.t("figures.link_lead")}, ui.LinkButton{Text: x.t("figures.link"), URL: "/figures"}}},
			ui.Card{Title: x.t("directory.title"), Body: []ui.Component{ui.Para{Text: x.t("directory.lead")}, ui.LinkButton{Text: x.t("directory.link"), URL: "/directory"}}},
		}},
	}
	return x.page(x.t("front.title"), body...)
}

// checkCard asks for a certificate to be checked.
func (x *visit) checkCard(title string) ui.Card {
	return ui.Card{Title: title, Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("front.check_lead")},
		ui.Form{URL: "/check", Get: true, Submit: x.t("verify.check"), Tone: ui.Main, Fields: []ui.Component{
			ui.Field{Kind: "text", Name: "q", Label: x.t("verify.code_or_number"), Required: true, Auto: "off"}}}}}
}

// hints lists the sample sign-ins of a demonstration.
func (x *visit) hints() []ui.Component {
	if len(x.cfg.Hints) == 0 {
		return nil
	}
	t := ui.Table{Caption: x.t("signin.hints"), Columns: []ui.Column{{Text: x.t("signin.duty")}, {Text: x.t("form.name")}, {Text: x.t("signin.login")}}}
	for _, h := range x.cfg.Hints {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: h.Duty, URL: "/signin?login=" + h.Login}, {Text: h.Name}, {Text: h.Login}}})
	}
	return []ui.Component{ui.Details{Summary: x.t("signin.hints_title"), Open: x.r.URL.Query().Get("login") == "", Body: []ui.Component{ui.Para{Text: x.t("signin.hints_lead", x.cfg.Hints[0].Password)}, t}}}
}

func (x *visit) help() error {
	var body []ui.Component
	for _, k := range []string{"officer", "candidate", "lsp", "assessor", "employer"} {
		body = append(body, ui.Card{Title: x.t("help." + k), Body: []ui.Component{ui.Para{Text: x.t("help." + k + "_text")}}})
	}
	return x.page(x.t("ui.help"), ui.Head{Title: x.t("ui.help"), Lead: x.t("help.lead")}, ui.Grid{Items: body})
}

// back is where to go after switching language or theme: a place of ours only.
func (x *visit) back() string {
	b := x.form("back")
	if !strings.HasPrefix(b, "/") || strings.HasPrefix(b, "//") || strings.Contains(b, "\\") {
		return "/"
	}
	return b
}

func (x *visit) keep(name, value string) error {
	http.SetCookie(x.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: x.cfg.Secure})
	return x.see(x.back(), "")
}

func (x *visit) setLang() error {
	if l := x.form("lang"); l == "en" || l == "id" {
		return x.keep("lang", l)
	}
	return x.see(x.back(), "")
}

func (x *visit) setTheme() error {
	if t := x.form("theme"); t == "dark" || t == "light" {
		return x.keep("theme", t)
	}
	return x.see(x.back(), "")
}

func (x *visit) signInForm() error { return x.showSignIn(nil) }

func (x *visit) showSignIn(err error) error {
	f := x.form2(err)
	login := f.field("text", "login", x.r.URL.Query().Get("login"), true)
	login.Auto = "username"
	password := f.field("password", "password", "", true)
	password.Auto, password.Value, password.Help = "current-password", "", ""
	form := ui.Form{URL: "/signin", Error: f.top, Submit: x.t("ui.signin"), Fields: []ui.Component{login, password}, Hidden: []ui.Pair{{Name: "next", Value: x.form("next")}}}
	body := []ui.Component{ui.Head{Title: x.t("signin.title"), Lead: x.t("signin.lead")}, ui.Card{Body: []ui.Component{form, ui.LinkButton{Text: x.t("signin.forgot"), URL: "/forgot", Tone: ui.Quiet}}}}
	status := http.StatusOK
	if err != nil {
		status = fault.Status(err)
	}
	return x.ui.Render(x.w, status, ui.Page{Shell: x.shell(x.t("signin.title")), Body: append(body, x.hints()...)})
}

func (x *visit) signIn() error {
	secret, err := x.People.SignIn(x.r.Context(), x.form("login"), x.r.FormValue("password"), x.r.UserAgent(), x.address())
	if fault.Of(err) != nil {
		return x.showSignIn(err)
	}
	if err != nil {
		return err
	}
	x.setSession(secret)
	next := x.form("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") {
		next = "/home"
	}
	return x.see(next, "")
}

func (x *visit) setSession(secret string) {
	http.SetCookie(x.w, &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: x.cfg.Secure})
}

func (x *visit) signOut() error {
	if x.session.ID != "" {
		if err := x.People.EndSession(x.r.Context(), x.actor, x.session.ID); err != nil && fault.Of(err) == nil {
			return err
		}
	}
	http.SetCookie(x.w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true})
	return x.see("/", "signed_out")
}

func (x *visit) account() error {
	sessions, err := x.People.Sessions(x.r.Context(), x.actor)
	if err != nil {
		return err
	}
	return x.showAccount(nil, sessions)
}

func (x *visit) showAccount(wrong error, sessions []person.Session) error {
	f := x.form2(wrong)
	old, fresh := f.field("password", "old", "", true), f.field("password", "password", "", true)
	old.Auto, fresh.Auto, old.Value, fresh.Value = "current-password", "new-password", "", ""
	form := ui.Form{URL: "/account/password", Error: f.top, Submit: x.t("account.change"), Fields: []ui.Component{old, fresh}}
	list := ui.Section{Title: x.t("account.sessions"), Lead: x.t("account.sessions_lead")}
	for _, s := range sessions {
		facts := ui.Facts{Items: []ui.Fact{{Term: x.t("account.device"), Text: s.Agent}, {Term: x.t("account.since"), Text: x.when(s.CreatedAt.Time)}, {Term: x.t("account.seen"), Text: x.when(s.SeenAt.Time)}}}
		card := ui.Card{Body: []ui.Component{facts}}
		if s.ID == x.session.ID {
			card.Title = x.t("account.this")
		} else {
			card.Body = append(card.Body, ui.Button{Text: x.t("account.end"), URL: "/account/sessions/" + s.ID + "/end", Tone: ui.Bad})
		}
		list.Body = append(list.Body, card)
	}
	shown, err := x.directoryCards()
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Head{Title: x.actor.Name, Lead: x.duties()}, ui.LinkButton{Text: x.t("wallet.whole"), URL: "/wallet"}, ui.Card{Title: x.t("account.password"), Body: []ui.Component{form}}, list}
	return x.page(x.t("ui.account"), append(body, shown...)...)
}

func (x *visit) changePassword() error {
	err := x.People.ChangePassword(x.r.Context(), x.actor, x.session.ID, x.r.FormValue("old"), x.r.FormValue("password"))
	if invalid(err) {
		return x.showAccount(err, nil)
	}
	if err != nil {
		return err
	}
	return x.see("/account", "saved")
}

func (x *visit) endSession() error {
	if err := x.People.EndSession(x.r.Context(), x.actor, x.id("id")); err != nil {
		return err
	}
	return x.see("/account", "saved")
}

func (x *visit) inviteForm() error { return x.showInvite(nil) }

func (x *visit) showInvite(wrong error) error {
	l, who, err := x.People.OpenLink(x.r.Context(), x.id("secret"))
	if err != nil {
		return err
	}
	if l.Purpose != person.ForInvite {
		return fault.New(fault.NotFound, "person.link_unknown")
	}
	f := x.form2(wrong)
	password := f.field("password", "password", "", true)
	password.Auto, password.Value = "new-password", ""
	form := ui.Form{URL: x.r.URL.Path, Error: f.top, Submit: x.t("invite.accept"), Fields: []ui.Component{password}}
	return x.page(x.t("invite.title"), ui.Head{Title: x.t("invite.hello", who.Name), Lead: x.t("invite.lead", x.t("duty."+string(l.Duty)))}, ui.Card{Body: []ui.Component{form}})
}

func (x *visit) inviteAccept() error {
	session, err := x.People.AcceptInvite(x.r.Context(), x.id("secret"), x.r.FormValue("password"), x.r.UserAgent())
	if invalid(err) {
		return x.showInvite(err)
	}
	if err != nil {
		return err
	}
	x.setSession(session)
	return x.see("/home", "welcome")
}
