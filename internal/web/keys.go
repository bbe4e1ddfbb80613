package web

import (
	"net/url"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
	"kompeten/internal/web/ui"
)

func keysURL(org auth.OrgID) string { return orgURL(org) + "/keys" }

// signs says whether an organisation has signing keys of its own.
func signs(o organisation.Org) bool { return licensed(o) || o.Kind == organisation.BNSP }

// mayKeys says whether the actor looks after the signing keys of an organisation.
func (x *visit) mayKeys(o organisation.Org) bool {
	return signs(o) && offered(issuer.Flow.Offers(x.flowCase(), issuer.Key{Org: o.ID}), "make")
}

// signingKeys reads the keys of the body in the address, for those who look after them.
func (x *visit) signingKeys() (o organisation.Org, keys []issuer.Key, err error) {
	err = x.read(func(tx *db.Tx) (err error) {
		if o, err = organisation.Get(tx, x.actor, auth.OrgID(x.id("id"))); err != nil {
			return err
		}
		keys, err = issuer.Keys(tx, x.actor, o.ID)
		return err
	})
	if err == nil && !x.mayKeys(o) {
		err = fault.New(fault.Denied, "flow.not_yours")
	}
	return o, keys, err
}

func (x *visit) keys() error { return x.showKeys("", nil) }

// showKeys shows every key a body ever had, and lets its head replace those in use; wrong is why the form for a kind came
// back.
func (x *visit) showKeys(kind issuer.Kind, wrong error) error {
	o, keys, err := x.signingKeys()
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("keys.all"), Columns: []ui.Column{{Text: x.t("keys.name")}, {Text: x.t("keys.made")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("keys.none"), Text: x.t("keys.none_text")}}
	inUse := map[issuer.Kind]bool{}
	for _, k := range keys {
		name := ui.Cell{Text: string(k.ID), URL: keysURL(o.ID) + "/" + string(k.ID), Sub: x.t("keys.kind." + string(k.Kind))}
		status := ui.Cell{Chip: ref(x.chip("key", string(k.State)))}
		if !k.Ended.IsZero() {
			status.Sub = x.when(k.Ended.Time)
		}
		inUse[k.Kind] = inUse[k.Kind] || k.State == issuer.Active
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, {Text: x.when(k.Since.Time)}, status}})
	}
	body := []ui.Component{ui.Head{Over: o.Name, Title: x.t("manage.keys"), Lead: x.t("keys.lead")}}
	grid := ui.Grid{}
	for _, have := range []issuer.Kind{issuer.EdDSA, issuer.ES256} {
		if len(keys) > 0 && !inUse[have] {
			body = append(body, ui.Notice{Tone: ui.Bad, Title: x.t("keys.cannot_sign"), Text: x.t("keys.cannot_sign_text", x.t("keys.kind."+string(have)))})
		}
		f := x.form2(nil)
		if kind == have {
			f = x.form2(wrong)
		}
		form := ui.Form{URL: keysURL(o.ID), Error: f.top, Submit: x.t("keys.replace"), Hidden: []ui.Pair{{Name: "kind", Value: string(have)}},
			Fields: []ui.Component{x.helped(f.labelled("text", "reason", "ui.reason", "", true), "keys.replace_why")}}
		grid.Items = append(grid.Items, ui.Card{Title: x.t("keys.replace." + string(have)), Body: []ui.Component{ui.Para{Text: x.t("keys.replace_text")}, form}})
	}
	return x.page(x.t("manage.keys"), append(body, t, ui.Plate{Label: x.t("keys.did"), Text: x.Issuers.DID(o)}, grid)...)
}

func (x *visit) keyReplace() error {
	org, kind := auth.OrgID(x.id("id")), issuer.Kind(x.form("kind"))
	if _, _, err := x.signingKeys(); err != nil { // before a key is made for nothing
		return err
	}
	err := x.Issuers.Rotate(x.r.Context(), x.actor, org, kind, x.form("reason"))
	if invalid(err) && (kind == issuer.EdDSA || kind == issuer.ES256) {
		return x.showKeys(kind, err)
	}
	if err != nil {
		return err
	}
	return x.see(keysURL(org), "saved")
}

func (x *visit) key() error { return x.showKey(nil) }

// showKey says what revoking a key does, before it is done: it cannot be taken back.
func (x *visit) showKey(wrong error) error {
	o, keys, err := x.signingKeys()
	if err != nil {
		return err
	}
	var k issuer.Key
	for _, have := range keys {
		if have.ID == issuer.KeyID(x.id("key")) {
			k = have
		}
	}
	if k.ID == "" {
		return fault.New(fault.NotFound, "db.not_found")
	}
	head := ui.Head{Over: o.Name, Title: x.t("keys.one", string(k.ID)), Lead: x.t("keys.kind." + string(k.Kind)), Chips: []ui.Chip{x.chip("key", string(k.State))}, Actions: []ui.Component{x.past(url.PathEscape(string(o.ID) + "#" + string(k.ID)))}}
	facts := ui.Facts{Items: []ui.Fact{x.fact("keys.made", x.when(k.Since.Time))}}
	if !k.Ended.IsZero() {
		facts.Items = append(facts.Items, x.fact("keys.ended", x.when(k.Ended.Time)))
	}
	body := []ui.Component{head, facts}
	if offered(issuer.Flow.Offers(x.flowCase(), k), "revoke") {
		body = append(body, x.revoking(o, k, wrong)...)
	}
	return x.page(head.Title, append(body, ui.LinkButton{Text: x.t("keys.back"), URL: keysURL(o.ID), Tone: ui.Quiet})...)
}

func (x *visit) revoking(o organisation.Org, k issuer.Key, wrong error) []ui.Component {
	follows := ui.Notice{Tone: ui.Bad, Title: x.t("keys.revoke_title"), Text: x.t("keys.revoke_when"), Items: []string{x.t("keys.revoke_signed." + string(k.Kind)), x.t("keys.revoke_holders." + string(k.Kind)), x.t("keys.revoke_public")}}
	if k.State == issuer.Active {
		follows.Items = append(follows.Items, x.t("keys.revoke_in_use"))
	}
	f := x.form2(wrong)
	typed := f.labelled("text", "confirm", "keys.confirm", "", true)
	typed.Help, typed.Auto = x.t("keys.confirm_help", string(k.ID)), "off"
	form := ui.Form{URL: keysURL(o.ID) + "/" + string(k.ID) + "/revoke", Tone: ui.Bad, Error: f.top, Submit: x.t("action.key.revoke"),
		Fields: []ui.Component{x.helped(f.labelled("text", "reason", "ui.reason", "", true), "keys.revoke_why"), typed}}
	return []ui.Component{follows, ui.Card{Title: x.t("action.key.revoke"), Tone: ui.Bad, Body: []ui.Component{form}}}
}

func (x *visit) keyRevoke() error {
	org, key := auth.OrgID(x.id("id")), issuer.KeyID(x.id("key"))
	if x.form("confirm") != string(key) {
		return x.showKey(fault.New(fault.Invalid, "form.invalid").With("confirm", "keys.confirm_wrong", string(key)))
	}
	err := x.Issuers.Revoke(x.r.Context(), x.actor, org, key, x.form("reason"))
	if invalid(err) {
		return x.showKey(err)
	}
	if err != nil {
		return err
	}
	return x.see(keysURL(org), "saved")
}
