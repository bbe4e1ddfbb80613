package web

import (
	"strings"

	"kompeten/internal/fault"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// formList shows the forms of the field as data, each in its edition.
func (x *visit) formList() error {
	t := ui.Table{Caption: x.t("manage.forms"), Columns: []ui.Column{{Text: x.t("forms.code")}, {Text: x.t("form.title")}, {Text: x.t("forms.edition")}, {Text: x.t("forms.fields"), Num: true}}}
	for _, f := range scheme.Forms() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Code, URL: "/forms/" + f.Code + "/" + f.Edition}, {Text: x.either(f.TitleID, f.TitleEN)}, {Text: f.Edition}, {Text: x.num(count(f.Fields))}}})
	}
	return x.page(x.t("manage.forms"), ui.Head{Title: x.t("manage.forms"), Lead: x.t("forms.lead")}, t)
}

func count(fields []scheme.Field) (n int) {
	for _, f := range fields {
		n += max(1, count(f.Fields))
	}
	return n
}

// either is what stands in the reader's language.
func (x *visit) either(id, en string) string {
	if x.lang == text.EN && en != "" {
		return en
	}
	return id
}

// formPage shows one form: what is filled in, what is taken from records, what is signed.
func (x *visit) formPage() error {
	f, ok := scheme.FormOf(x.id("code"), x.id("edition"))
	if !ok {
		return fault.New(fault.NotFound, "forms.unknown")
	}
	head := ui.Head{Over: f.Code, Title: x.either(f.TitleID, f.TitleEN), Lead: x.t("forms.of_edition", f.Edition)}
	return x.page(head.Title, append([]ui.Component{head}, x.formFields(x.t("forms.fields"), f.Fields)...)...)
}

// formFields is a table of fields, followed by those of its groups and rows.
func (x *visit) formFields(caption string, all []scheme.Field) []ui.Component {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: x.t("forms.field")}, {Text: x.t("forms.kind")}, {Text: x.t("forms.source")}, {Text: x.t("forms.must")}}}
	var inner []ui.Component
	for _, f := range all {
		var options []string
		for _, o := range f.Options {
			options = append(options, x.either(o.LabelID, o.LabelEN))
		}
		from, must := x.origin(f, all)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.either(f.LabelID, f.LabelEN), Sub: strings.Join(options, " · ")}, {Text: x.t("forms.kind." + string(f.Kind))}, {Text: from}, {Text: must}}})
		if len(f.Fields) > 0 {
			inner = append(inner, x.formFields(x.either(f.LabelID, f.LabelEN), f.Fields)...)
		}
	}
	return append([]ui.Component{t}, inner...)
}

// origin says where a field comes from, and whether it must be filled in.
func (x *visit) origin(f scheme.Field, all []scheme.Field) (from, must string) {
	switch {
	case f.From != "":
		record, _, _ := strings.Cut(f.From, ".")
		return x.t("forms.from", x.t("forms.record."+record)), "–"
	case f.Kind == scheme.Statement || f.Kind == scheme.Group:
		return "–", "–"
	case f.Required || f.Yes:
		return x.t("forms.by_hand"), x.t("forms.required")
	case f.When != nil:
		return x.t("forms.by_hand"), x.condition(*f.When, all)
	}
	return x.t("forms.by_hand"), x.t("forms.optional")
}

// condition puts into words when a field must be filled in.
func (x *visit) condition(c scheme.Condition, all []scheme.Field) string {
	label, is := c.Field, c.Is
	for _, f := range all {
		if f.Name != c.Field {
			continue
		}
		label = x.either(f.LabelID, f.LabelEN)
		for _, o := range f.Options {
			if o.Value == c.Is {
				is = x.either(o.LabelID, o.LabelEN)
			}
		}
	}
	return x.t("forms.when", label, is)
}
