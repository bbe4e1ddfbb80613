package text_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/text"
)

var placeholder = regexp.MustCompile(`\{\d+\}`)

func TestBothLanguagesHaveTheSameKeys(t *testing.T) {
	id, en := text.Keys(text.ID), text.Keys(text.EN)
	for _, k := range id {
		if !slices.Contains(en, k) {
			t.Errorf("%s: no English words", k)
		}
	}
	for _, k := range en {
		if !slices.Contains(id, k) {
			t.Errorf("%s: no Indonesian words", k)
		}
	}
}

func TestBothLanguagesHaveTheSamePlaceholders(t *testing.T) {
	for _, k := range text.Keys(text.ID) {
		id, en := holes(text.T(text.ID, k)), holes(text.T(text.EN, k))
		if !slices.Equal(id, en) {
			t.Errorf("%s: Indonesian has %v, English %v", k, id, en)
		}
	}
}

// holes lists the placeholders of a text, each once, sorted; their order may differ between languages.
func holes(s string) []string {
	all := map[string]bool{}
	for _, h := range placeholder.FindAllString(s, -1) {
		all[h] = true
	}
	return slices.Sorted(maps.Keys(all))
}

func TestEveryTextSaysSomething(t *testing.T) {
	for _, l := range text.Langs() {
		for _, k := range text.Keys(l) {
			s := text.T(l, k)
			if strings.TrimSpace(s) == "" || s != strings.TrimSpace(s) {
				t.Errorf("%s %s: %q is empty or has spaces around it", l, k, s)
			}
			if strings.Contains(s, "  ") {
				t.Errorf("%s %s: two spaces in %q", l, k, s)
			}
		}
	}
}

func TestEachKeyStandsOnceSortedInItsFile(t *testing.T) {
	for _, l := range text.Langs() {
		home := map[string]string{}
		for _, name := range text.Files(l) {
			keys := keysOf(t, name)
			if !slices.IsSorted(keys) {
				t.Errorf("%s: its keys are not sorted", name)
			}
			for _, k := range keys {
				if home[k] != "" {
					t.Errorf("%s stands in %s and in %s", k, home[k], name)
				}
				home[k] = name
			}
		}
	}
}

// keysOf reads the keys of a file as they stand, doubles included.
func keysOf(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d := json.NewDecoder(f)
	var out []string
	for n := 0; ; n++ {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		if s, ok := tok.(string); ok && n%2 == 1 { // the brace is token 0, then key and text in turn
			out = append(out, s)
		}
	}
}

func TestAnUnknownKeyShowsItself(t *testing.T) {
	if got := text.T(text.EN, "no.such_key"); got != "[no.such_key]" {
		t.Errorf("got %q", got)
	}
	if text.Has("no.such_key") {
		t.Error("it says there are words for an unknown key")
	}
}
