package web

import (
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
	"kompeten/internal/web/ui"
)

// chain names the certificates before and after one.
func (x *visit) chain(c, before, after certificate.Certificate) []ui.Fact {
	var out []ui.Fact
	if before.ID != "" {
		out = append(out, ui.Fact{Term: x.t(map[bool]string{true: "certificate.instead_of", false: "certificate.renews"}[before.Corrected]), Text: before.Number, URL: "/certificates/" + string(before.ID)})
	}
	if after.ID != "" {
		out = append(out, ui.Fact{Term: x.t(map[bool]string{true: "certificate.corrected_by", false: "certificate.renewed_by"}[c.Corrected]), Text: after.Number, URL: "/certificates/" + string(after.ID)})
	}
	return out
}

// replaceForm asks for the right name, where the actor may put a new certificate in the place of this one.
func (x *visit) replaceForm(c certificate.Certificate, offers []flow.Offer, wrong error) []ui.Component {
	if !offered(offers, "replace") {
		return nil
	}
	f := x.form2(wrong)
	return []ui.Component{ui.Details{Summary: x.t("action.certificate.replace"), Open: wrong != nil, Body: []ui.Component{ui.Para{Text: x.t("certificate.replace_lead")},
		ui.Form{URL: "/certificates/" + string(c.ID) + "/replace", Error: f.top, Submit: x.t("action.certificate.replace"), Fields: []ui.Component{
			f.labelled("text", "name", "certificate.right_name", c.Name, true), x.helped(f.labelled("textarea", "reason", "ui.reason", "", true), "certificate.reason_help")}}}}}
}

func (x *visit) certificateReplace() error {
	made, err := x.Certificates.Replace(x.r.Context(), x.actor, certificate.ID(x.id("id")), x.form("name"), x.form("reason"))
	if invalid(err) {
		return x.showCertificate(err)
	}
	if err != nil {
		return err
	}
	return x.see("/certificates/"+string(made), "saved")
}
