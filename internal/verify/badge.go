package verify

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"unicode/utf8"

	"kompeten/internal/register"
	"kompeten/internal/text"
)

// badgePolicy is the content security policy of a badge: nothing runs, nothing is loaded but our own picture, and any
// site may frame it. No other address of the product may be framed.
const badgePolicy = "default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

// badgeKeep is how long a site may keep a badge, in seconds: so long it may lag behind.
const badgeKeep = "60"

// badge answers with a badge of a business, live.
func (h *Handler) badge(from Directory, make func(register.Shop, text.Lang) (kind, body string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := from.Business(r.Context(), register.BusinessID(r.PathValue("id")), h.cfg.Sample)
		if err != nil {
			h.refuse(w, err)
			return
		}
		head := w.Header()
		kind, body := make(b, text.Parse(r.URL.Query().Get("lang")))
		head.Set("Content-Type", kind)
		head.Set("Content-Security-Policy", badgePolicy)
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
		head.Set("Cache-Control", "public, max-age="+badgeKeep)
		head.Set("X-Robots-Tag", "noindex")
		_, _ = w.Write([]byte(body))
	}
}

// nameLength is how many letters of a business' name fit on its badge.
const nameLength = 34

// svgBadge is the badge as a picture that needs nothing else: no script, no font, no style sheet.
func svgBadge(b register.Shop, l text.Lang) (kind, body string) {
	name := strings.Map(drawable, b.Name)
	if utf8.RuneCountInString(name) > nameLength {
		name = string([]rune(name)[:nameLength-1]) + "…"
	}
	says := text.T(l, "directory.badge_says", b.People)
	if b.Sample {
		says += " · " + text.T(l, "directory.badge_sample")
	}
	return "image/svg+xml", fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="96" viewBox="0 0 320 96" role="img" aria-label="%s: %s">
<title>%s: %s</title>
<rect x="1" y="1" width="318" height="94" rx="10" fill="#fffdf7" stroke="#0b5d4b" stroke-width="2"/>
<rect x="14" y="20" width="56" height="56" rx="12" fill="#0b5d4b"/><path d="M28 49l10 11 20-24" fill="none" stroke="#f4c95d" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>
<g font-family="system-ui, sans-serif" fill="#16241f"><text x="84" y="36" font-size="14" font-weight="700"%s>%s</text>
<text x="84" y="58" font-size="13">%s</text><text x="84" y="78" font-size="11" fill="#4a5a54">%s</text></g>
</svg>
`, html.EscapeString(name), html.EscapeString(says), html.EscapeString(name), html.EscapeString(says), squeezed(name), html.EscapeString(name), html.EscapeString(says), html.EscapeString(text.T(l, "directory.badge_by")))
}

// squeezed keeps a long name within the badge.
func squeezed(name string) string {
	if utf8.RuneCountInString(name) < 26 {
		return ""
	}
	return ` textLength="222" lengthAdjust="spacingAndGlyphs"`
}

// drawable drops what XML has no place for.
func drawable(r rune) rune {
	if r < ' ' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

// htmlBadge is the badge as a page for a frame: the picture, and the way to what it stands for.
func htmlBadge(b register.Shop, l text.Lang) (kind, body string) {
	return "text/html; charset=utf-8", fmt.Sprintf(`<!doctype html><html lang="%s"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>%s</title><a href="/b/%s" target="_blank" rel="noopener"><img src="/b/%s/badge.svg?lang=%s" width="320" height="96" alt="%s: %s"></a></html>
`, l, html.EscapeString(b.Name), b.ID, b.ID, l, html.EscapeString(b.Name), html.EscapeString(text.T(l, "directory.badge_says", b.People)))
}
