package ui

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kompeten/internal/text"
)

// palettes reads the colour tokens of the style sheet: light, dark as the device asks, dark as the reader asks.
func palettes(t *testing.T) [3]map[string]string {
	t.Helper()
	css, err := assetFiles.ReadFile("assets/kompeten.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s)color-scheme: \w+;(.*?)\}`).FindAllStringSubmatch(string(css), 3)
	token := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
	var out [3]map[string]string
	for i, b := range blocks {
		out[i] = map[string]string{}
		for _, m := range token.FindAllStringSubmatch(b[1], -1) {
			out[i][m[1]] = m[2]
		}
	}
	return out
}

func TestDarkIsTheSameAskedForEitherWay(t *testing.T) {
	p := palettes(t)
	if len(p[1]) < 20 || len(p[1]) != len(p[2]) || len(p[0]) != len(p[1]) {
		t.Fatalf("found %d light and %d, %d dark tokens", len(p[0]), len(p[1]), len(p[2]))
	}
	for k, v := range p[1] {
		if p[2][k] != v {
			t.Errorf("--%s is %s for the device and %s for the reader", k, v, p[2][k])
		}
	}
}

func TestTextCanBeReadInBothThemes(t *testing.T) {
	text := []string{"ink page", "ink card", "ink well", "soft page", "soft card", "soft well", "brand page", "brand card", "brand well", "brand brand-soft", "brand-ink brand",
		"ink brand-soft", "gold page", "gold card", "good card", "good page", "good good-soft", "ink good-soft", "warn page", "warn card", "warn warn-soft", "ink warn-soft",
		"bad card", "bad page", "bad bad-soft", "ink bad-soft", "info info-soft", "ink info-soft", "band-ink band", "band-soft band", "card good", "card warn", "card bad", "card info"}
	signs := []string{"edge page", "edge card", "focus page", "focus card", "focus well", "shine band"}
	both := palettes(t)
	for i, p := range both[:2] {
		for _, pair := range text {
			need(t, i, p, pair, 4.5)
		}
		for _, pair := range signs {
			need(t, i, p, pair, 3)
		}
	}
}

func need(t *testing.T, theme int, p map[string]string, pair string, least float64) {
	t.Helper()
	a, b, _ := strings.Cut(pair, " ")
	if c := contrast(p[a], p[b]); c < least {
		t.Errorf("%s: %s on %s has %.2f : 1, needs %.1f", []string{"light", "dark"}[theme], a, b, c, least)
	}
}

// contrast is the WCAG contrast ratio of two colours.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN()
		}
		v := float64(n) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func TestNoStoryNeedsInlineScriptOrStyle(t *testing.T) {
	eachNode(t, func(story string, n *html.Node) {
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			t.Errorf("%s: <%s> inside the page", story, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s %s=%q>", story, n.Data, a.Key, a.Val)
			}
		}
	})
}

func TestEverythingToFillInHasALabel(t *testing.T) {
	labels := map[string]bool{}
	eachNode(t, func(story string, n *html.Node) {
		if n.Data == "label" {
			labels[story+attr(n, "for")] = true
		}
	})
	eachNode(t, func(story string, n *html.Node) {
		fill := n.Data == "select" || n.Data == "textarea" || n.Data == "input" && attr(n, "type") != "hidden"
		if fill && attr(n, "aria-label") == "" && !labels[story+attr(n, "id")] && !inside(n, "label") {
			t.Errorf("%s: <%s name=%q> has no label", story, n.Data, attr(n, "name"))
		}
	})
}

func TestEveryLinkAndButtonSaysWhatItDoes(t *testing.T) {
	eachNode(t, func(story string, n *html.Node) {
		if (n.Data == "a" || n.Data == "button" || n.Data == "summary") && strings.TrimSpace(words(n)) == "" {
			t.Errorf("%s: <%s> without words", story, n.Data)
		}
		if n.Data == "img" && !has(n, "alt") {
			t.Errorf("%s: <img> without alt", story)
		}
	})
}

func TestNoIdentifierStandsTwiceOnAPage(t *testing.T) {
	seen := map[string]bool{}
	eachNode(t, func(story string, n *html.Node) {
		if id := attr(n, "id"); id != "" {
			if seen[story+" "+id] {
				t.Errorf("%s: id %q twice", story, id)
			}
			seen[story+" "+id] = true
		}
	})
	eachNode(t, func(story string, n *html.Node) {
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if !seen[story+" "+id] {
				t.Errorf("%s: described by %q, which is not there", story, id)
			}
		}
	})
}

// eachNode visits every element of every story's whole page, signed in and not, in both languages.
func eachNode(t *testing.T, visit func(story string, n *html.Node)) {
	t.Helper()
	r := New()
	for _, l := range text.Langs() {
		for i, s := range Stories(l) {
			sh := Shell{Lang: l, Path: "/storybook/" + s.Name, Sample: true, Refresh: i % 2}
			if i%2 == 0 {
				sh.User, sh.Duties, sh.Nav, sh.Flash = "Sekar Arum", "Admin LSP", []Link{{Text: "Program", URL: "/programmes", Current: true}}, &Notice{Tone: Good, Text: "OK"}
			}
			p, _ := Storybook(sh, s.Name)
			var b bytes.Buffer
			if err := r.Write(&b, p); err != nil {
				t.Fatal(err)
			}
			walk(t, string(l)+"/"+s.Name, &b, visit)
		}
	}
}

func walk(t *testing.T, story string, b *bytes.Buffer, visit func(string, *html.Node)) {
	t.Helper()
	doc, err := html.ParseWithOptions(b, html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			visit(story, n)
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func inside(n *html.Node, name string) bool {
	for p := range n.Ancestors() {
		if p.Data == name {
			return true
		}
	}
	return false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
