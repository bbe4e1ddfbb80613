package ui

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"kompeten/internal/golden"
	"kompeten/internal/text"
)

// all lists one of every component.
func all() []Component {
	return []Component{Head{}, Chip{}, Notice{}, Para{}, Section{}, Card{}, Grid{}, Details{}, LinkButton{}, Button{}, Form{},
		Field{}, Judge{}, Table{}, SubmitButton{}, Empty{}, Timeline{}, Stepper{}, Tasks{}, Progress{}, Figures{}, Bars{}, Facts{},
		Tabs{}, Preview{}, Verdict{}, Plate{}, Chips{}, Actions{}, Confirm{}, Checklist{}, QR{}, AppLink{}}
}

func TestTheListOfComponentsIsWhole(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code, listed []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`func \((\w+)\) Part\(\) string`).FindAllStringSubmatch(string(b), -1) {
			code = append(code, m[1])
		}
	}
	for _, c := range all() {
		listed = append(listed, reflect.TypeOf(c).Name())
	}
	slices.Sort(code)
	slices.Sort(listed)
	if !slices.Equal(code, listed) {
		t.Errorf("components in the code %v, in the list of this test %v", code, listed)
	}
}

func TestEveryTemplateFitsItsStruct(t *testing.T) {
	set := templates(text.ID)
	for _, c := range all() {
		if err := templatecheck.CheckHTML(set.Lookup(c.Part()), c); err != nil {
			t.Errorf("%s: %v", c.Part(), err)
		}
	}
	if err := templatecheck.CheckHTML(set.Lookup("page"), Page{}); err != nil {
		t.Errorf("page: %v", err)
	}
}

func TestTheCheckFindsAWrongTemplate(t *testing.T) {
	set := templates(text.ID)
	if _, err := set.Parse(`{{define "broken"}}{{.Titel}}{{end}}`); err != nil {
		t.Fatal(err)
	}
	if templatecheck.CheckHTML(set.Lookup("broken"), Head{}) == nil {
		t.Error("a misspelt field was not found")
	}
}

func TestStoriesLookAsReviewed(t *testing.T) {
	r := New()
	for _, l := range text.Langs() {
		for _, s := range Stories(l) {
			t.Run(string(l)+"/"+s.Name, func(t *testing.T) {
				golden.Check(t, filepath.Join(string(l), s.Name+".html"), rendered(t, r, l, s))
			})
		}
	}
}

func rendered(t *testing.T, r *Renderer, l text.Lang, s Story) string {
	t.Helper()
	var b strings.Builder
	for _, c := range s.Body {
		h, err := r.Component(l, c)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(h + "\n")
	}
	return b.String()
}

func TestEveryComponentHasAStory(t *testing.T) {
	shown := map[string]bool{}
	for _, s := range Stories(text.ID) {
		collect(reflect.ValueOf(s.Body), shown)
	}
	for _, c := range all() {
		if name := c.Part(); !shown[name] {
			t.Errorf("no story shows %s", name)
		}
	}
}

// collect notes every component found anywhere in a value.
func collect(v reflect.Value, shown map[string]bool) {
	if v.CanInterface() {
		if c, ok := v.Interface().(Component); ok && v.Kind() == reflect.Struct {
			shown[c.Part()] = true
		}
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			collect(v.Elem(), shown)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), shown)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), shown)
		}
	}
}

func TestStoriesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Stories(text.EN) {
		if seen[s.Name] || s.Title == "" || len(s.Body) == 0 {
			t.Errorf("story %q: its name is taken, or it has no title or body", s.Name)
		}
		seen[s.Name] = true
	}
}

func TestTheStorybookShowsAllOrOne(t *testing.T) {
	sh := Shell{Lang: text.ID}
	if p, ok := Storybook(sh, ""); !ok || len(p.Body) < len(Stories(text.ID)) {
		t.Error("the list does not show every story")
	}
	if p, ok := Storybook(sh, "table-empty"); !ok || p.Shell.Title == "" {
		t.Error("a story cannot be opened alone")
	}
	if _, ok := Storybook(sh, "../secret"); ok {
		t.Error("an unknown story was found")
	}
}

func TestWhatPeopleTypeIsNotMarkup(t *testing.T) {
	evil := `<script>alert("x")</script>`
	r := New()
	for _, c := range []Component{Head{Title: evil}, Notice{Text: evil}, Plate{"code", evil}, Field{Kind: "text", Name: "a", Label: evil, Value: evil},
		Table{Caption: evil, Columns: []Column{{Text: evil}}, Rows: []Row{{Cells: []Cell{{Text: evil, Sub: evil}}}}}} {
		h, err := r.Component(text.ID, c)
		if err != nil || strings.Contains(h, "<script>") {
			t.Errorf("%s: %v %s", c.Part(), err, h)
		}
	}
	h, err := r.Component(text.ID, LinkButton{Text: "x", URL: "javascript:alert(1)"})
	if err != nil || strings.Contains(h, "javascript:") {
		t.Errorf("a link may run a script: %v %s", err, h)
	}
}

func TestAWrongFormNamesEachWrongField(t *testing.T) {
	f := Form{Fields: []Component{Field{Name: "a", Label: "A", Error: "no"}, Field{Name: "b"}, Judge{Name: "c", Label: "C", Error: "none"}}}
	if got := f.Wrongs(); len(got) != 2 || got[0] != (Wrong{"a", "A", "no"}) || got[1] != (Wrong{"c", "C", "none"}) {
		t.Errorf("got %v", got)
	}
}
