// Package ui is the design system: every page is made of the components here and of nothing else, so that all look
// and behave as one.
//
// A page is data: a Page with a Shell and a list of components, each a plain struct whose texts are already in the
// reader's language. There are no page templates to keep alike, and each component's one template is checked
// against its struct. Everything works without JavaScript, by keyboard, at 320 px, in light, dark and on paper.
package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"

	"kompeten/internal/text"
)

//go:embed parts/*.html
var parts embed.FS

// Component is one part of a page.
type Component interface {
	// Part names the template of the component.
	Part() string
}

// Page is one page as data.
type Page struct {
	Shell Shell
	Body  []Component
}

// Shell is what stands around a page.
type Shell struct {
	Lang    text.Lang
	Theme   string // light, dark, or empty for what the device prefers
	Title   string
	Path    string // of this page, to come back to after switching language
	User    string // name of who is signed in; empty for nobody
	Duties  string // what she does where, in words
	Guest   bool   // who came by a personal link and needs no sign-in
	Nav     []Link
	Crumbs  []Link
	Flash   *Notice
	Sample  bool // sample data: every page says so
	Refresh int  // seconds after which the page looks again, while work is under way
	Version string

	Manifest        string   // of a page that can be installed
	Styles, Scripts []string // of this page alone, beside those of all pages
}

// Link is a text that leads somewhere.
type Link struct {
	Text, URL string
	Current   bool
}

// Renderer writes pages.
type Renderer struct {
	sets map[text.Lang]*template.Template
}

// New reads the components' templates, once for each language.
func New() *Renderer {
	r := &Renderer{map[text.Lang]*template.Template{}}
	for _, l := range text.Langs() {
		r.sets[l] = templates(l)
	}
	return r
}

func templates(l text.Lang) *template.Template {
	t := template.New("ui")
	t.Funcs(template.FuncMap{
		"t":       func(key string, args ...any) string { return text.T(l, key, args...) },
		"num":     func(n int) string { return text.Number(l, int64(n)) },
		"percent": text.Percent,
		"asset":   AssetURL,
		"part":    func(c Component) (template.HTML, error) { return render(t, c) },
		"width":   barWidth,
	})
	return template.Must(t.ParseFS(parts, "parts/*.html"))
}

// barWidth is the length of a bar out of 100 for a value out of a maximum.
func barWidth(value, most int) int {
	if most <= 0 {
		return 0
	}
	return max(1, value*100/most)
}

func render(t *template.Template, c Component) (template.HTML, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, c.Part(), c); err != nil {
		return "", fmt.Errorf("component %s: %w", c.Part(), err)
	}
	return template.HTML(b.String()), nil // #nosec G203 -- made by the escaping templates of this package
}

// Render writes a page with a status. The page is made whole before its first byte is sent.
func (r *Renderer) Render(w http.ResponseWriter, status int, p Page) error {
	var b bytes.Buffer
	if err := r.Write(&b, p); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// Write writes a page.
func (r *Renderer) Write(w io.Writer, p Page) error {
	return r.sets[p.Shell.Lang].ExecuteTemplate(w, "page", p)
}

// Component writes one component alone, for the storybook's tests.
func (r *Renderer) Component(l text.Lang, c Component) (string, error) {
	h, err := render(r.sets[l], c)
	return string(h), err
}
