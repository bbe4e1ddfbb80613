// Package golden compares what a test made with a file that people have reviewed. Run a test with -update to write
// the file anew, and read the difference before it is committed.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Check compares got with testdata/name and shows the first line that differs.
func Check(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("golden %s: %v (run with -update to write it)", name, err)
	}
	if line, w, g := difference(string(want), got); line > 0 {
		t.Errorf("golden %s, line %d:\nwant %s\n got %s\n(run with -update if the new text is right)", name, line, w, g)
	}
}

// difference finds the first line that differs; line 0 means none.
func difference(want, got string) (line int, w, g string) {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		w, g = "(nothing)", "(nothing)"
		if i < len(a) {
			w = a[i]
		}
		if i < len(b) {
			g = b[i]
		}
		if w != g || (i >= len(a)) != (i >= len(b)) {
			return i + 1, w, g
		}
	}
	return 0, "", ""
}
