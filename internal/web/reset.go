package web

import (
	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/web/ui"
)

// forgot says how to come in again without a password.
func (x *visit) forgot() error {
	return x.page(x.t("reset.forgot"), ui.Head{Title: x.t("reset.forgot"), Lead: x.t("reset.forgot_lead")},
		ui.Card{Title: x.t("reset.staff"), Body: []ui.Component{ui.Para{Text: x.t("reset.staff_text")}}},
		ui.Card{Title: x.t("reset.candidate"), Body: []ui.Component{ui.Para{Text: x.t("reset.candidate_text")}}}, ui.LinkButton{Text: x.t("ui.signin"), URL: "/signin"})
}

func (x *visit) passwordForm() error { return x.showPasswordForm(nil) }

// showPasswordForm asks who came by a link of an administrator for a new password.
func (x *visit) showPasswordForm(wrong error) error {
	l, who, err := x.People.OpenLink(x.r.Context(), x.id("secret"))
	if err != nil {
		return err
	}
	if l.Purpose != person.ForReset {
		return fault.New(fault.NotFound, "person.link_unknown")
	}
	f := x.form2(wrong)
	password := f.field("password", "password", "", true)
	password.Label, password.Auto, password.Value = x.t("reset.new"), "new-password", ""
	form := ui.Form{URL: x.r.URL.Path, Error: f.top, Submit: x.t("reset.save"), Fields: []ui.Component{password}}
	return x.page(x.t("reset.title"), ui.Head{Title: x.t("invite.hello", who.Name), Lead: x.t("reset.lead")}, ui.Card{Body: []ui.Component{form}})
}

func (x *visit) passwordSet() error {
	session, err := x.People.TakeReset(x.r.Context(), x.id("secret"), x.r.FormValue("password"), x.r.UserAgent())
	if invalid(err) {
		return x.showPasswordForm(err)
	}
	if err != nil {
		return err
	}
	x.setSession(session)
	return x.see("/home", "password_set")
}
