package web

import (
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	directory "kompeten/internal/register"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// listers are the organisations in which the actor may list businesses.
func (x *visit) listers() []auth.OrgID {
	return append(x.actor.Orgs(auth.Officer), x.actor.Orgs(auth.HR)...)
}

// businesses is where an office or a company says which businesses stand in the public directory.
func (x *visit) businesses() error {
	body := []ui.Component{ui.Head{Title: x.t("directory.manage"), Lead: x.t("directory.manage_lead"), Actions: []ui.Component{ui.LinkButton{Text: x.t("directory.title"), URL: "/directory"}}}, x.search(x.form("q"))}
	for _, org := range x.listers() {
		list, err := x.Register.Employers(x.r.Context(), x.actor, org)
		if err != nil {
			return err
		}
		parts, err := x.employers(org, list)
		if err != nil {
			return err
		}
		body = append(body, parts...)
	}
	return x.page(x.t("directory.manage"), body...)
}

// shownEmployers is how many businesses one page has buttons for; an office finds the others by their name.
const shownEmployers = 50

func (x *visit) employers(org auth.OrgID, list []directory.Employer) ([]ui.Component, error) {
	var places map[string]string
	if err := x.read(func(tx *db.Tx) (err error) { places, err = regionNames(tx, x.actor); return err }); err != nil {
		return nil, err
	}
	words := text.Fold(x.form("q"))
	list = slices.DeleteFunc(list, func(e directory.Employer) bool { return !strings.Contains(text.Fold(e.Name), words) })
	if len(list) == 0 {
		return []ui.Component{ui.Empty{Title: x.t("directory.no_employers"), Text: x.t("directory.no_employers_text")}}, nil
	}
	grid := ui.Grid{}
	for _, e := range list[:min(len(list), shownEmployers)] {
		grid.Items = append(grid.Items, x.employer(org, e, places[e.Regency]))
	}
	out := []ui.Component{grid}
	if len(list) > shownEmployers {
		out = append(out, ui.Para{Text: x.t("directory.more", len(list)-shownEmployers)})
	}
	return out, nil
}

func (x *visit) employer(org auth.OrgID, e directory.Employer, place string) ui.Component {
	facts := ui.Facts{Items: []ui.Fact{{Term: x.t("figures.column.regency"), Text: place}, {Term: x.t("directory.certified"), Text: text.Number(x.lang, int64(e.Certified))}, {Term: x.t("directory.agreed"), Text: text.Number(x.lang, int64(e.Agreed))}}}
	card := ui.Card{Title: e.Name, Body: []ui.Component{facts}}
	b := e.Listed
	if b.State == directory.Listed {
		facts.Items = append(facts.Items, ui.Fact{Term: x.t("list.status"), Chip: &ui.Chip{Text: x.t("state.business.listed"), Tone: ui.Good}, Text: x.t("directory.since", x.when(b.ListedAt))})
		card.Body = []ui.Component{facts, ui.LinkButton{Text: x.t("directory.open"), URL: "/b/" + string(b.ID)}}
	} else {
		b.Org = org
	}
	for _, o := range directory.BusinessFlow.Offers(x.flowCase(), b) {
		button := ui.Button{Text: x.t("action.business." + string(o.Action)), URL: "/businesses/" + string(o.Action), Reason: x.t("directory.why." + string(o.Action))}
		button.Hidden = []ui.Pair{{Name: "org", Value: string(org)}, {Name: "name", Value: e.Name}, {Name: "regency", Value: e.Regency}, {Name: "id", Value: string(b.ID)}}
		card.Body = append(card.Body, button)
	}
	return card
}

func (x *visit) businessList() error {
	if _, err := x.Register.List(x.r.Context(), x.actor, auth.OrgID(x.form("org")), x.form("name"), x.form("regency"), x.form("reason")); err != nil {
		return err
	}
	return x.see("/businesses", "saved")
}

func (x *visit) businessWithdraw() error {
	if err := x.Register.Withdraw(x.r.Context(), x.actor, directory.BusinessID(x.form("id")), x.form("reason")); err != nil {
		return err
	}
	return x.see("/businesses", "saved")
}

// directoryCard lets a person say whether what she earns with a file may stand in the public directory, and take it back.
func (x *visit) directoryCard(of, url string) ([]ui.Component, error) {
	var joined bool
	err := x.read(func(tx *db.Tx) (err error) { joined, err = directory.Joined(tx, x.actor, of); return err })
	if err != nil {
		return nil, err
	}
	key, tone := "join", ui.Plain
	if joined {
		key, tone = "leave", ui.Good
	}
	return []ui.Component{ui.Card{Title: x.t("directory.mine"), Tone: tone, Body: []ui.Component{ui.Para{Text: x.t("directory.mine_" + key)},
		ui.Button{Text: x.t("directory." + key), URL: url, Hidden: []ui.Pair{{Name: "do", Value: key}, {Name: "file", Value: of}}},
		ui.LinkButton{Text: x.t("directory.title"), URL: "/directory/people", Tone: ui.Quiet}}}}, nil
}

// directoryDo is what she says.
func (x *visit) directoryDo(of string) error {
	switch x.form("do") {
	case "join":
		return x.Register.Join(x.r.Context(), x.actor, of, x.lang)
	case "leave":
		return x.Register.Leave(x.r.Context(), x.actor, of)
	}
	return fault.New(fault.NotFound, "error.no_page")
}

func (x *visit) letterDirectory() error {
	f, err := x.enterByLink()
	if err != nil {
		return err
	}
	if err := x.directoryDo(string(f.ID)); err != nil {
		return err
	}
	return x.see(x.letterURL(), "saved")
}

func (x *visit) accountDirectory() error {
	if err := x.directoryDo(x.form("file")); err != nil {
		return err
	}
	return x.see("/account", "saved")
}

// directoryCards are those of everything the signed-in person earned, for her account.
func (x *visit) directoryCards() (out []ui.Component, err error) {
	var mine []certificate.Certificate
	if err := x.read(func(tx *db.Tx) (err error) { mine, err = certificate.Mine(tx, x.actor); return err }); err != nil {
		return nil, err
	}
	for _, c := range mine {
		if c.State == certificate.Revoked {
			continue
		}
		record := string(c.Application)
		if err := x.read(func(tx *db.Tx) (err error) {
			record, err = directory.RecordOf(tx, x.actor, string(c.ID), record)
			return err
		}); err != nil {
			return nil, err
		}
		card, err := x.directoryCard(record, "/account/directory")
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Section{Title: c.Face.TitleID, Lead: c.Number, Body: card})
	}
	return out, nil
}
