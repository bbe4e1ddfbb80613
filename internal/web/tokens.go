package web

import (
	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/organisation"
	"kompeten/internal/web/ui"
)

// tokens shows the keys of an organisation's programs.
func (x *visit) tokens() error { return x.showTokens("", nil) }

// showTokens shows the keys; secret is one just made, which is shown this once.
func (x *visit) showTokens(secret string, wrong error) error {
	o, err := x.organisationFor("issue_token")
	if err != nil {
		return err
	}
	var list []organisation.Token
	if err := x.read(func(tx *db.Tx) (err error) { list, err = organisation.Tokens(tx, x.actor, o.ID); return err }); err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("manage.tokens"), URL: orgURL(o.ID) + "/tokens/revoke", Columns: []ui.Column{{Text: x.t("token.name")}, {Text: x.t("signin.duty")}, {Text: x.t("token.made")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("token.none"), Text: x.t("token.none_text")}}
	for _, k := range list {
		row := ui.Row{Select: k.ID, Cells: []ui.Cell{{Text: k.Name}, {Text: x.t("duty." + string(k.Duty))}, {Text: x.when(k.CreatedAt.Time)}, {Chip: &ui.Chip{Text: x.t("token.works"), Tone: ui.Good}}}}
		if !k.RevokedAt.IsZero() {
			row.Select = ""
			row.Cells[3] = ui.Cell{Chip: &ui.Chip{Text: x.t("token.revoked"), Tone: ui.Bad}, Sub: x.when(k.RevokedAt.Time)}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		t.Actions = []ui.SubmitButton{{Name: "what", Value: "revoke", Text: x.t("token.revoke")}}
	}
	body := []ui.Component{ui.Head{Over: o.Name, Title: x.t("manage.tokens"), Lead: x.t("token.lead"), Actions: []ui.Component{ui.LinkButton{Text: x.t("token.docs"), URL: "/api/openapi.json"}}}}
	if secret != "" {
		body = append(body, ui.Notice{Tone: ui.Good, Title: x.t("token.once"), Text: x.t("token.once_text")}, ui.Plate{Label: x.t("token.secret"), Text: secret})
	}
	f := x.form2(wrong)
	form := ui.Form{URL: orgURL(o.ID) + "/tokens", Error: f.top, Submit: x.t("action.organisation.issue_token"), Fields: []ui.Component{x.helped(f.labelled("text", "name", "token.name", "", true), "token.name_help"),
		x.helped(f.picked("duty", "token.duty", "", true, options(x, "duty.", organisation.ProgramDuties(o.Kind)...)), "token.duty_help")}}
	return x.page(x.t("manage.tokens"), append(body, t, ui.Card{Title: x.t("token.new"), Body: []ui.Component{form}})...)
}

func (x *visit) tokenIssue() error {
	secret, err := x.Organisations.IssueToken(x.r.Context(), x.actor, auth.OrgID(x.id("id")), x.form("name"), auth.Duty(x.form("duty")))
	if invalid(err) {
		return x.showTokens("", err)
	}
	if err != nil {
		return err
	}
	return x.showTokens(secret, nil)
}

func (x *visit) tokenRevoke() error {
	keys, err := x.rows()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := x.Organisations.RevokeToken(x.r.Context(), x.actor, auth.OrgID(x.id("id")), k); err != nil {
			return err
		}
	}
	return x.see(orgURL(auth.OrgID(x.id("id")))+"/tokens", chosen(keys))
}
