package scheme

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed forms/*.json
var formFiles embed.FS

// Form is a form of the field as data. The same code means different things in different editions, so a filled
// form keeps the edition it was filled in.
type Form struct {
	Code    string  `json:"code"` // FR.AK.01
	Edition string  `json:"edition"`
	TitleID string  `json:"title_id"`
	TitleEN string  `json:"title_en"`
	Fields  []Field `json:"fields"`
}

// FieldKind is how a field is filled in.
type FieldKind string

// The kinds of field.
const (
	Line      FieldKind = "line"      // a line of text
	Prose     FieldKind = "prose"     // several lines
	Day       FieldKind = "day"       // a civil date
	YesNo     FieldKind = "yes_no"    // yes or no
	Choice    FieldKind = "choice"    // one of the options
	Choices   FieldKind = "choices"   // any of the options
	Group     FieldKind = "group"     // fields that belong together
	Rows      FieldKind = "rows"      // the same fields, many times
	Statement FieldKind = "statement" // a text that is signed, nothing to fill in
	Signature FieldKind = "signature" // who signed and when; kept beside the form
)

// Field is one field of a form. Fill once, derive the rest: a field with From is taken from a record and never
// stands in the filled form.
type Field struct {
	Name     string     `json:"name"`
	Kind     FieldKind  `json:"kind"`
	LabelID  string     `json:"label_id"`
	LabelEN  string     `json:"label_en"`
	From     string     `json:"from,omitempty"`     // the record it is taken from: person.name
	Required bool       `json:"required,omitempty"` // rows: at least one; yes_no: answered
	Yes      bool       `json:"yes,omitempty"`      // only yes will do
	When     *Condition `json:"when,omitempty"`     // required when another field of the same level has that value
	Max      int        `json:"max,omitempty"`      // longest text or most rows; 0 for the usual limit
	Options  []Option   `json:"options,omitempty"`
	Fields   []Field    `json:"fields,omitempty"` // of a group or of each row
}

// Condition looks at another field of the same level.
type Condition struct {
	Field string `json:"field"`
	Is    string `json:"is"`
}

// Option is one answer of a choice.
type Option struct {
	Value   string `json:"value"`
	LabelID string `json:"label_id"`
	LabelEN string `json:"label_en"`
}

// Label is the field's words in a language.
func (f Field) Label(english bool) string {
	if english {
		return f.LabelEN
	}
	return f.LabelID
}

var forms = sync.OnceValue(readForms)

// readForms reads the definitions built in, in the order of their file names.
func readForms() []Form {
	names, err := fs.Glob(formFiles, "forms/*.json")
	if err != nil {
		panic(err) // a pattern of our own
	}
	var out []Form
	for _, name := range names {
		b, err := formFiles.ReadFile(name)
		if err == nil {
			var f Form
			err = json.Unmarshal(b, &f)
			out = append(out, f)
		}
		if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err)) // our own file, read by every test
		}
	}
	return out
}

// Forms lists every form there is, each in every edition.
func Forms() []Form { return append([]Form(nil), forms()...) }

// FormOf is a form in an edition: FR.AK.01, or AK.01 for short, and "2023".
func FormOf(code, edition string) (Form, bool) {
	want := "FR." + strings.TrimPrefix(code, "FR.")
	for _, f := range forms() {
		if f.Code == want && f.Edition == edition {
			return f, true
		}
	}
	return Form{}, false
}
