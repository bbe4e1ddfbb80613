package web

import (
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/region"
	"kompeten/internal/scheme"
	"kompeten/internal/web/ui"
)

func (x *visit) places() error { return x.showPlaces(nil) }

// showPlaces lists the test places of an LSP.
func (x *visit) showPlaces(wrong error) error {
	var b certifier
	var list []licence.TUK
	var regions []region.Region
	until := map[string]date.Date{}
	err := x.read(func(tx *db.Tx) (err error) {
		if b, err = x.certifier(tx); err != nil {
			return err
		}
		if list, err = licence.TUKs(tx, x.actor, b.org.ID); err != nil {
			return err
		}
		for _, t := range list {
			all, err := licence.Verifications(tx, x.actor, t.ID)
			if err != nil {
				return err
			}
			for _, v := range all {
				until[t.ID] = max(until[t.ID], v.ValidUntil)
			}
		}
		regions, err = region.All(tx, x.actor)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("manage.places"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("form.kind")}, {Text: x.t("form.address")}, {Text: x.t("form.capacity"), Num: true}, {Text: x.t("place.verified")}},
		Empty: ui.Empty{Title: x.t("place.none"), Text: x.t("place.none_text")}}
	for _, p := range list {
		chip := ui.Chip{Text: x.t("place.never"), Tone: ui.Warn}
		if end := until[p.ID]; end >= b.today {
			chip = ui.Chip{Text: x.t("place.until", x.day(end)), Tone: ui.Good}
		} else if end != "" {
			chip = ui.Chip{Text: x.t("place.was", x.day(end)), Tone: ui.Warn}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Name, URL: licenceURL(b.org.ID) + "/places/" + p.ID}, {Text: x.t("tuk." + p.Kind)}, {Text: p.Address}, {Text: x.num(p.Capacity)}, {Chip: &chip}}})
	}
	parts := []ui.Component{ui.Head{Over: b.org.Name, Title: x.t("manage.places"), Lead: x.t("place.lead")}, x.licenceTabs(b.org.ID, "/places"), t}
	if offered(licence.Offers(x.flowCase(), b.org.ID, flow.None), "add_tuk") {
		f := x.form2(wrong)
		form := ui.Form{URL: licenceURL(b.org.ID) + "/places", Error: f.top, Submit: x.t("action.licence.add_tuk"), Fields: []ui.Component{f.labelled("text", "name", "place.name", "", true), f.picked("kind", "form.kind", "sewaktu", true, options(x, "tuk.", "sewaktu", "tempat_kerja", "mandiri")),
			f.labelled("text", "address", "form.address", "", true), f.picked("regency", "organisation.regency", b.org.Regency, true, regencies(regions)), f.labelled("number", "capacity", "form.capacity", "30", true)}}
		parts = append(parts, ui.Details{Summary: x.t("action.licence.add_tuk"), Open: wrong != nil || len(list) == 0, Body: []ui.Component{form}})
	}
	return x.page(x.t("manage.places"), parts...)
}

func (x *visit) placeAdd() error {
	t := licence.TUK{LSP: auth.OrgID(x.id("org")), Name: x.form("name"), Kind: x.form("kind"), Address: x.form("address"), Regency: x.form("regency"), Capacity: x.int("capacity")}
	made, err := x.Licences.AddTUK(x.r.Context(), x.actor, t)
	if invalid(err) {
		return x.showPlaces(err)
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(t.LSP)+"/places/"+made, "saved")
}

func (x *visit) place() error { return x.showPlace(nil) }

// showPlace is one test place: for what it was found fit, when and by whom.
func (x *visit) showPlace(wrong error) error {
	var b certifier
	var p licence.TUK
	var list []licence.Verification
	names := map[auth.PersonID]string{}
	where := ""
	err := x.read(func(tx *db.Tx) (err error) {
		if b, err = x.certifier(tx); err != nil {
			return err
		}
		if p, err = licence.GetTUK(tx, x.actor, x.id("id")); err != nil {
			return err
		}
		if p.LSP != b.org.ID {
			return fault.New(fault.NotFound, "db.not_found")
		}
		if list, err = licence.Verifications(tx, x.actor, p.ID); err != nil {
			return err
		}
		var ids []auth.PersonID
		for _, v := range list {
			ids = append(ids, v.Verifier)
		}
		if names, err = x.names(tx, ids...); err != nil {
			return err
		}
		where, err = region.Name(tx, x.actor, p.Regency)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("place.verifications"), Columns: []ui.Column{{Text: x.t("form.scheme")}, {Text: x.t("licence.from")}, {Text: x.t("licence.until")}, {Text: x.t("place.by")}, {Text: x.t("form.note")}},
		Empty: ui.Empty{Title: x.t("place.never"), Text: x.t("place.never_text")}}
	for _, v := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: b.titles[v.Scheme]}, {Text: x.day(v.ValidFrom)}, {Text: x.day(v.ValidUntil)}, {Text: names[v.Verifier]}, {Text: v.Note}}})
	}
	facts := ui.Facts{Items: []ui.Fact{x.fact("form.address", p.Address), x.fact("organisation.regency", where), x.fact("form.capacity", x.num(p.Capacity))}}
	parts := []ui.Component{ui.Head{Over: x.t("tuk." + p.Kind), Title: p.Name, Lead: b.org.Name}, x.licenceTabs(b.org.ID, "/places"), ui.Card{Body: []ui.Component{facts}}, t}
	if offered(licence.Offers(x.flowCase(), b.org.ID, "active"), "verify_tuk") {
		parts = append(parts, ui.Details{Summary: x.t("action.licence.verify_tuk"), Open: wrong != nil || len(list) == 0, Body: []ui.Component{x.verifyForm(b, p, wrong)}})
	}
	return x.page(p.Name, append(parts, x.past(p.ID))...)
}

func (x *visit) verifyForm(b certifier, p licence.TUK, wrong error) ui.Component {
	f := x.form2(wrong)
	help := x.t("place.period_days")
	if p.Kind == "mandiri" {
		help = x.t("place.period_years")
	}
	until := f.labelled("date", "valid_until", "licence.until", string(b.today), true)
	until.Help = help
	return ui.Form{URL: licenceURL(b.org.ID) + "/places/" + p.ID + "/verify", Error: f.top, Submit: x.t("schedule.verify_do"), Fields: []ui.Component{f.picked("scheme", "form.scheme", "", true, b.schemes()),
		f.labelled("date", "valid_from", "licence.from", string(b.today), true), until, f.field("textarea", "note", "", true)}}
}

func (x *visit) placeVerify() error {
	org := auth.OrgID(x.id("org"))
	v := licence.Verification{TUK: x.id("id"), Scheme: scheme.ID(x.form("scheme")), ValidFrom: date.Date(x.form("valid_from")), ValidUntil: date.Date(x.form("valid_until")), Verifier: x.actor.Person, Note: x.form("note")}
	err := x.Licences.VerifyTUK(x.r.Context(), x.actor, org, v)
	if invalid(err) {
		return x.showPlace(err)
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/places/"+v.TUK, "saved")
}
