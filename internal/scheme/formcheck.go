package scheme

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"kompeten/internal/date"
	"kompeten/internal/fault"
	"kompeten/internal/standard"
)

// The usual limits of what a field holds.
const (
	lineMax  = 300
	proseMax = 4000
	rowsMax  = 500
)

// Check says whether a filled form is what its definition asks for, and names every field that is not.
func (f Form) Check(filled map[string]any) error {
	c := checking{fault.New(fault.Invalid, "form.invalid")}
	c.level("", f.Fields, filled)
	return c.f.Or()
}

// CheckJSON is Check for a filled form as JSON.
func (f Form) CheckJSON(filled []byte) error {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(filled))
	if err := d.Decode(&doc); err != nil || doc == nil || d.More() {
		return fault.New(fault.Invalid, "form.not_json").Because(err)
	}
	return f.Check(doc)
}

type checking struct{ f *fault.Fault }

func (c checking) level(path string, fields []Field, doc map[string]any) {
	known := map[string]bool{}
	for _, f := range fields {
		if !f.filled() {
			continue
		}
		known[f.Name] = true
		v, there := doc[f.Name]
		if !there || v == nil || v == "" {
			c.missing(path+f.Name, f, doc)
			continue
		}
		c.value(path+f.Name, f, v)
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if !known[name] {
			where := path + name
			c.f.With(where, "form.unknown_field")
		}
	}
}

// filled says whether people fill the field in.
func (f Field) filled() bool { return f.From == "" && f.Kind != Statement && f.Kind != Signature }

func (c checking) missing(where string, f Field, doc map[string]any) {
	if f.Required || f.Yes || f.When != nil && f.When.holds(doc) {
		c.f.With(where, "form.required")
	}
}

func (w Condition) holds(doc map[string]any) bool {
	switch v := doc[w.Field].(type) {
	case []any:
		return slices.Contains(v, any(w.Is))
	case bool:
		return fmt.Sprint(v) == w.Is
	default:
		return v == w.Is
	}
}

func (c checking) value(where string, f Field, v any) {
	switch f.Kind {
	case Line, Prose, Day, Choice:
		s, ok := v.(string)
		c.is(where, ok)
		if ok {
			c.text(where, f, s)
		}
	case YesNo:
		b, ok := v.(bool)
		c.is(where, ok)
		if ok && f.Yes && !b {
			c.f.With(where, "form.must_be_yes")
		}
	case Choices:
		c.choices(where, f, v)
	case Group:
		m, ok := v.(map[string]any)
		c.is(where, ok)
		if ok {
			c.level(where+".", f.Fields, m)
		}
	case Rows:
		c.rows(where, f, v)
	}
}

// is notes a value of a wrong kind.
func (c checking) is(where string, ok bool) {
	if !ok {
		c.f.With(where, "form.wrong_kind")
	}
}

func (c checking) text(where string, f Field, s string) {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s) || !standard.Plain(s) || f.Kind == Line && strings.ContainsAny(s, "\n\t"):
		c.f.With(where, "standard.bad_text")
	case (f.Required || f.When != nil) && strings.TrimSpace(s) == "":
		c.f.With(where, "form.required")
	case n > f.most():
		c.f.With(where, "form.too_long", f.most())
	case f.Kind == Day && !date.Date(s).Valid():
		c.f.With(where, "form.date")
	case f.Kind == Choice && !f.offers(s):
		c.f.With(where, "form.not_option")
	}
}

func (f Field) offers(s string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == s })
}

// most is the longest text, or the most rows.
func (f Field) most() int {
	switch {
	case f.Max > 0:
		return f.Max
	case f.Kind == Prose:
		return proseMax
	case f.Kind == Rows:
		return rowsMax
	}
	return lineMax
}

func (c checking) choices(where string, f Field, v any) {
	list, ok := v.([]any)
	c.is(where, ok)
	if ok && len(list) == 0 && f.Required {
		c.f.With(where, "form.required")
	}
	seen := map[string]bool{}
	for _, x := range list {
		s, ok := x.(string)
		if !ok || !f.offers(s) || seen[s] {
			c.f.With(where, "form.not_option")
			return
		}
		seen[s] = true
	}
}

func (c checking) rows(where string, f Field, v any) {
	list, ok := v.([]any)
	c.is(where, ok)
	if ok && len(list) == 0 && f.Required {
		c.f.With(where, "form.required")
	}
	if len(list) > f.most() {
		c.f.With(where, "form.too_many", f.most())
		return
	}
	for i, x := range list {
		at := fmt.Sprintf("%s[%d]", where, i)
		m, ok := x.(map[string]any)
		c.is(at, ok)
		if ok {
			c.level(at+".", f.Fields, m)
		}
	}
}
