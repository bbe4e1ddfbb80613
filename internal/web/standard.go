package web

import (
	"net/url"
	"strconv"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// standards lists the units of competence, by words and page after page.
func (x *visit) standards() error {
	words, after := x.r.URL.Query().Get("q"), x.r.URL.Query().Get("after")
	var list []standard.Unit
	err := x.read(func(tx *db.Tx) (err error) {
		list, err = standard.Search(tx, x.actor, words, standard.Code(after))
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("manage.standards"), Columns: []ui.Column{{Text: x.t("standard.code")}, {Text: x.t("form.title")}, {Text: x.t("standard.source")}, {Text: x.t("list.status")}},
		Empty: ui.Empty{Title: x.t("standard.none"), Text: x.t("standard.none_text")}}
	if len(list) > standard.PageSize {
		list = list[:standard.PageSize]
		t.Next = "/standards?" + url.Values{"q": {words}, "after": {string(list[len(list)-1].Code)}}.Encode()
	}
	if after != "" {
		t.First = "/standards?q=" + url.QueryEscape(words)
	}
	for _, u := range list {
		title := u.TitleID
		if x.lang == text.EN {
			title = u.TitleEN
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: string(u.Code), URL: unitURL(u)}, {Text: title}, {Text: x.source(u)}, {Chip: ref(x.honesty(u)[0])}}})
	}
	head := ui.Head{Title: x.t("manage.standards"), Lead: x.t("standard.lead"), Actions: []ui.Component{ui.LinkButton{Text: x.t("standard.levels"), URL: "/standards/levels"}}}
	if x.actor.Any(auth.Regulator) {
		head.Actions = append(head.Actions, ui.LinkButton{Text: x.t("manage.import"), URL: "/import", Tone: ui.Main})
	}
	find := ui.Form{URL: "/standards", Get: true, Inline: true, Submit: x.t("ui.search"), Fields: []ui.Component{ui.Field{Kind: "search", Name: "q", Label: x.t("standard.search"), Value: words}}}
	return x.page(head.Title, head, find, t)
}

func unitURL(u standard.Unit) string { return "/standards/" + url.PathEscape(string(u.Code)) }

// source says whose unit it is and by which decree.
func (x *visit) source(u standard.Unit) string {
	switch {
	case u.Placeholder():
		return x.t("standard.no_source")
	case u.Decree == "":
		return u.Standard
	}
	return u.Standard + " " + x.t("standard.decree", u.Decree)
}

// honesty says how far a unit can be trusted, the most important first: what stands in for an unknown one is never
// shown as SKKNI, and criteria written for this product are told from those of the decree.
func (x *visit) honesty(u standard.Unit) []ui.Chip {
	var out []ui.Chip
	switch {
	case u.Placeholder():
		out = append(out, ui.Chip{Text: x.t("standard.placeholder"), Tone: ui.Bad})
	case !u.Assessable():
		out = append(out, ui.Chip{Text: x.t("standard.bare"), Tone: ui.Warn})
	}
	tone := map[string]ui.Tone{"source": ui.Good, "mixed": ui.Warn, "authored": ui.Warn}[u.Origin]
	if key := "standard.origin." + u.Origin; text.Has(key) {
		out = append(out, ui.Chip{Text: x.t(key), Tone: tone})
	}
	if len(out) == 0 {
		out = append(out, ui.Chip{Text: x.t("standard.unchecked")})
	}
	return out
}

// unit shows one unit: elements, criteria, how far they can be trusted, and the schemes that use it.
func (x *visit) unit() error {
	code := standard.Code(x.id("code"))
	edition, _ := strconv.Atoi(x.r.URL.Query().Get("edition"))
	var u standard.Unit
	var editions []int
	var used []scheme.Version
	err := x.read(func(tx *db.Tx) (err error) {
		if edition == 0 {
			u, err = standard.Latest(tx, x.actor, code)
		} else {
			u, err = standard.Get(tx, x.actor, code, edition)
		}
		if err != nil {
			return err
		}
		if editions, err = standard.Editions(tx, x.actor, code); err != nil {
			return err
		}
		used, err = scheme.Using(tx, x.actor, code)
		return err
	})
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Head{Over: string(u.Code), Title: u.TitleID, Lead: u.TitleEN, Chips: x.honesty(u)}}
	if u.Placeholder() {
		body = append(body, ui.Notice{Tone: ui.Warn, Text: x.t("standard.placeholder_text")})
	} else if u.Origin == "authored" || u.Origin == "mixed" {
		body = append(body, ui.Notice{Tone: ui.Info, Text: x.t("standard.authored_text")})
	}
	facts := ui.Facts{Items: []ui.Fact{x.fact("standard.source", x.source(u)), x.fact("standard.edition", x.t("standard.edition_of", u.Edition, len(editions)))}}
	if key := "standard.confidence." + u.Confidence; text.Has(key) {
		facts.Items = append(facts.Items, x.fact("standard.confidence", x.t(key)))
	}
	facts.Items = append(facts.Items, x.fact("standard.locked", x.t(map[bool]string{true: "standard.used", false: "standard.unused"}[u.Used])))
	if len(editions) > 1 {
		var tabs ui.Tabs
		for _, e := range editions {
			tabs.Items = append(tabs.Items, ui.Link{Text: x.t("standard.edition") + " " + x.num(e), URL: unitURL(u) + "?edition=" + strconv.Itoa(e), Current: e == u.Edition})
		}
		body = append(body, tabs)
	}
	body = append(body, ui.Card{Body: []ui.Component{facts}})
	for _, e := range u.Elements {
		t := ui.Table{Caption: x.t("standard.element", e.No, e.Name), Columns: []ui.Column{{Text: x.t("field.no")}, {Text: x.t("standard.criterion")}}, Empty: ui.Empty{Title: x.t("standard.element", e.No, e.Name), Text: x.t("standard.bare")}}
		for _, c := range e.Criteria {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.No}, {Text: c.Text}}})
		}
		body = append(body, t)
	}
	if len(u.Elements) == 0 {
		body = append(body, ui.Empty{Title: x.t("standard.bare"), Text: x.t("standard.bare_text")})
	}
	return x.page(u.TitleID, append(body, x.versionTable(x.t("standard.used_by"), used, ui.Empty{Title: x.t("standard.not_used"), Text: x.t("standard.not_used_text")}))...)
}

// versionTable lists versions of schemes.
func (x *visit) versionTable(caption string, list []scheme.Version, empty ui.Empty) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: x.t("form.title")}, {Text: x.t("scheme.number")}, {Text: x.t("scheme.kind")}, {Text: x.t("list.status")}}, Empty: empty}
	for _, v := range list {
		title := v.TitleID
		if x.lang == text.EN {
			title = v.TitleEN
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: title, Sub: x.t("scheme.version", v.No), URL: "/schemes/" + string(v.ID)}, {Text: v.Number}, {Text: x.t("scheme.kind." + v.Kind)}, {Chip: ref(x.chip("scheme", string(v.State)))}}})
	}
	return t
}

// levels shows the nine levels of the KKNI.
func (x *visit) levels() error {
	body := []ui.Component{ui.Head{Title: x.t("standard.levels"), Lead: x.t("standard.levels_lead")}}
	for _, l := range standard.Levels() {
		group, says := l.GroupID, l.DescriptorID
		if x.lang == text.EN {
			group, says = l.GroupEN, l.DescriptorEN
		}
		card := ui.Card{Title: x.t("standard.level", l.No, group), Body: []ui.Component{ui.Para{Text: says}}}
		if l.Education != "" {
			card.Body = append(card.Body, ui.Facts{Items: []ui.Fact{x.fact("standard.education", l.Education)}})
		}
		body = append(body, card)
	}
	return x.page(x.t("standard.levels"), body...)
}
