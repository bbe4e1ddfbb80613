package mail

import (
	"fmt"
	"html/template"
	"strings"

	"kompeten/internal/text"
)

// greeting opens a letter.
func (l Letter) greeting() string { return text.T(l.Lang, "mail.greeting", l.Name) }

// closing says that a program wrote, and what to do if the letter came to the wrong person.
func (l Letter) closing() string { return text.T(l.Lang, "mail.closing") }

// plain is the letter as text.
func (l Letter) plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", l.greeting())
	for _, p := range l.Paras {
		fmt.Fprintf(&b, "%s\n\n", p)
	}
	for _, f := range l.Facts {
		fmt.Fprintf(&b, "%s: %s\n", f.Term, f.Text)
	}
	if len(l.Facts) > 0 {
		b.WriteString("\n")
	}
	if l.Link != "" {
		fmt.Fprintf(&b, "%s:\n%s\n\n", l.Go, l.Link)
	}
	fmt.Fprintf(&b, "--\n%s\n", l.closing())
	return b.String()
}

// page is the letter as HTML: no pictures, nothing fetched, nothing that tells us that it was read.
var page = template.Must(template.New("letter").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1c2430;background:#ffffff"><div style="max-width:560px;margin:0 auto">
<p>{{.Greeting}}</p>
{{range .Paras}}<p>{{.}}</p>
{{end}}{{if .Facts}}<table cellpadding="0" cellspacing="0" style="margin:16px 0">{{range .Facts}}<tr><td style="padding:4px 16px 4px 0;color:#5a6472;vertical-align:top">{{.Term}}</td><td style="padding:4px 0">{{.Text}}</td></tr>
{{end}}</table>
{{end}}{{if .Link}}<p style="margin:24px 0"><a href="{{.Link}}" style="padding:12px 20px;background:#0d5f4e;color:#ffffff;text-decoration:none;border-radius:6px">{{.Go}}</a></p>
<p style="color:#5a6472;font-size:14px;word-break:break-all">{{.Link}}</p>
{{end}}<hr style="border:0;border-top:1px solid #d9dde3;margin:24px 0"><p style="color:#5a6472;font-size:14px">{{.Closing}}</p>
</div></body></html>
`))

func (l Letter) html() (string, error) {
	var b strings.Builder
	err := page.Execute(&b, struct {
		Letter
		Greeting, Closing string
	}{l, l.greeting(), l.closing()})
	return b.String(), err
}
