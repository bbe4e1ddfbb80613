package text_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/text"
)

const root = "../.."

var (
	// asks are the ways code and templates name a text.
	asks = []*regexp.Regexp{
		regexp.MustCompile(`fault\.New\(\s*fault\.\w+,\s*"([^"]+)"`),
		regexp.MustCompile(`\.With\([^,()]+,\s*"([^"]+)"[,)]`),
		regexp.MustCompile(`\.Fail\([^"]+,\s*"([^"]+)"[,)]`),
		regexp.MustCompile(`text\.T\([^",]+,\s*"([^"]+)"[,)]`),
		regexp.MustCompile(`text\.Key\("([^"]+)"\)`),
		regexp.MustCompile(`\bt\("([^"]+)"[,)]`),
		regexp.MustCompile(`[{(\s]t "([^"]+)"`),
	}
	// composed finds keys put together at run time: a literal that ends in a dot, then plus.
	composed = regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)*\.)"\s*\+`)
	literal  = regexp.MustCompile(`["` + "`" + `]([a-z0-9_]+(?:\.[a-z0-9_A-Z]+)+)["` + "`" + `]`)
)

// words is what the sources of the product say about keys.
type words struct {
	asked    map[string]string // key → where it is asked for
	seen     map[string]bool   // every literal that could be a key
	prefixes map[string]bool
}

func scan(t *testing.T) words {
	t.Helper()
	w := words{map[string]string{}, map[string]bool{}, map[string]bool{}}
	for _, top := range []string{"internal", "cmd"} {
		dir := filepath.Join(root, top)
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !source(path) {
				return err
			}
			b, err := os.ReadFile(path)
			w.read(path, string(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// source says whether a file may ask for texts.
func source(path string) bool {
	if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
		return false
	}
	return strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".html")
}

func (w words) read(path, code string) {
	for _, ask := range asks {
		for _, m := range ask.FindAllStringSubmatch(code, -1) {
			w.asked[m[1]] = path
		}
	}
	for _, m := range composed.FindAllStringSubmatch(code, -1) {
		w.prefixes[m[1]] = true
	}
	for _, m := range literal.FindAllStringSubmatch(code, -1) {
		w.seen[m[1]] = true
	}
}

func TestEveryKeyThatCodeNamesHasWords(t *testing.T) {
	w := scan(t)
	for _, k := range slices.Sorted(maps.Keys(w.asked)) {
		if !strings.HasSuffix(k, ".") && !text.Has(k) {
			t.Errorf("%s: no words for %q", strings.TrimPrefix(w.asked[k], root+"/"), k)
		}
	}
	if len(w.asked) < 50 {
		t.Errorf("only %d keys found in the code: the search itself is broken", len(w.asked))
	}
}

func TestEveryTextIsUsed(t *testing.T) {
	w := scan(t)
	named := flowKeys()
	for _, k := range text.Keys(text.ID) {
		if !w.uses(k) && !slices.Contains(named, k) {
			t.Errorf("%s: no code asks for it", k)
		}
	}
}

// uses says whether the code names a key, whole or by the prefix it is put together from.
func (w words) uses(key string) bool {
	if w.seen[key] || w.asked[key] != "" {
		return true
	}
	for p := range w.prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
