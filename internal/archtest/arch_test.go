// Package archtest holds the architecture up: which package may import which, which outside modules there are and
// why, who writes to which table, that there is one clock, and that every package says what it is for.
package archtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/db"
)

const root = "../.."

// rows are the packages from the bottom up. A package imports lower rows only.
var rows = []struct {
	name     string
	packages string
}{
	{"1 values", "fault auth text id date money"},
	{"2 machinery", "flow db"},
	{"3 services", "seal ledger number jobs blob credential tlog document document/cms document/pdf sheet mail region lookup badge names"},
	{"4 features", "organisation person standard scheme licence issuer programme application assessment decision register certificate wallet offer reminder report product paper"},
	{"5 edges", "web/ui check verify oid4vci web api demo bench"},
	{"6 whole", "app"},
	{"tests", "dbtest golden mail/mailtest flow/flowtest archtest docs scenario verify/photo"},
}

// process is the features in the order of the process: each imports only those before it.
var process = strings.Fields("region organisation person standard scheme licence issuer programme application assessment decision register certificate wallet offer reminder report product paper")

// shared packages of a row may be imported by others of the same row.
var shared = map[string][]string{
	"text":         {"date", "money"},
	"jobs":         {"ledger"},
	"ledger":       {"flow"},
	"blob":         {"seal"},
	"sheet":        {"region"},
	"region":       {"ledger"},
	"document":     {"golden"},
	"document/pdf": {"document/cms"},
	"badge":        {"document"},

	"flow/flowtest": {"golden"},
	"verify":        {"web/ui", "check"},
	"web":           {"web/ui"},
	"bench":         {"demo", "verify"},
}

// modules are the outside modules the product may use directly, each with its reason (docs/adr/0003).
var modules = map[string]string{
	"github.com/alecthomas/kong":       "command line with help and settings from one struct",
	"github.com/jackc/pgx/v5":          "PostgreSQL driver through database/sql",
	"modernc.org/sqlite":               "SQLite without cgo, so that the binary is static",
	"github.com/xuri/excelize/v2":      "reads and writes workbooks, streaming",
	"github.com/klauspost/compress":    "gzip of assets, level 9 once at start",
	"github.com/wneessen/go-mail":      "letters: SMTP, MIME and addresses as the standards want them",
	"golang.org/x/crypto":              "argon2id",
	"golang.org/x/image":               "scales portraits, draws badges",
	"golang.org/x/mod":                 "Merkle proofs and signed notes of the transparency log",
	"golang.org/x/sync":                "bounded parallel work with one error",
	"golang.org/x/text":                "folding of names, Windows-1252",
	"github.com/danielgtaylor/huma/v2": "OpenAPI 3.1 from Go types",
	"github.com/piprate/json-gold":     "JSON-LD: what a credential of any issuer says, and the check of our compiled way",
	"github.com/gowebpki/jcs":          "JSON in RFC 8785 form, numbers included",
	"github.com/fxamacker/cbor/v2":     "CBOR in one form only, with limits, for the signed QR",
	"github.com/miekg/pkcs11":          "keys in a hardware module; needs cgo, so only under the build tag pkcs11: the usual binary stays static",
	"github.com/makiuchi-d/gozxing":    "QR codes: error correction and squares of those we draw; tests read printed ones from pictures",
	"github.com/chromedp/chromedp":     "tests only: browser stories in Chromium",
	"golang.org/x/net":                 "tests only: reads the pages that stories are told on",
	"github.com/jba/templatecheck":     "tests only: checks templates against their structs",
}

func row(pkg string) int {
	for i, r := range rows {
		if slices.Contains(strings.Fields(r.packages), pkg) {
			return i
		}
	}
	return -1
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./internal/...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestImportsGoDownAndUpTheListOfFeatures(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "kompeten/internal/")
		if row(from) < 0 {
			t.Errorf("%s stands in no row: add it to archtest", from)
		}
		for _, i := range p.Imports {
			to, ours := strings.CutPrefix(i, "kompeten/internal/")
			if !ours || slices.Contains(shared[from], to) {
				continue
			}
			a, b := slices.Index(process, from), slices.Index(process, to)
			switch {
			case row(from) > row(to):
			case row(from) == row(to) && a >= 0 && b >= 0 && b < a:
			default:
				t.Errorf("%s may not import %s", from, to)
			}
		}
	}
}

func TestEdgesDoNotKnowTheDatabaseDriver(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "kompeten/internal/")
		r := row(from)
		if r == 3 && slices.Contains(p.Imports, "net/http") && from != "application" {
			t.Errorf("feature %s imports net/http", from)
		}
		if r == 4 && slices.Contains(p.Imports, "database/sql") {
			t.Errorf("edge %s imports database/sql", from)
		}
	}
}

func TestEveryModuleHasItsReason(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(f) < 2 || !strings.Contains(f[0], "/") || !strings.HasPrefix(f[1], "v") || strings.Contains(line, "// indirect") || f[0] == "go" {
			continue
		}
		direct++
		if modules[f[0]] == "" {
			t.Errorf("module %s has no reason in archtest", f[0])
		}
	}
	if direct == 0 || direct > 20 {
		t.Errorf("%d direct modules", direct)
	}
}

// sources gives every Go file of the product with its text.
func sources(t *testing.T, fn func(path, pkg, text string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(filepath.Join(root, "internal"), filepath.Dir(path))
		fn(path, rel, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestThereIsOneClock(t *testing.T) {
	sources(t, func(path, pkg, text string) {
		if strings.Contains(text, "time.Now(") && pkg != "app" && pkg != "dbtest" && pkg != "bench" {
			t.Errorf("%s looks at a clock of its own: use tx.Now or an argument", path)
		}
	})
}

var (
	owned = regexp.MustCompile(`-- owner: (\w+)\nCREATE TABLE (\w+)`)
	wrote = regexp.MustCompile(`(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)`)
	bulk  = regexp.MustCompile(`tx\.Insert\("(\w+)"`)
)

func TestOnlyTheOwnerWritesToATable(t *testing.T) {
	owner := map[string]string{"migration": "db"}
	for _, m := range owned.FindAllStringSubmatch(db.Schema(), -1) {
		owner[m[2]] = m[1]
	}
	if len(owner) < 30 {
		t.Fatalf("only %d tables found: every CREATE TABLE needs its owner in the line above", len(owner))
	}
	sources(t, func(path, pkg, text string) {
		for _, m := range append(wrote.FindAllStringSubmatch(text, -1), bulk.FindAllStringSubmatch(text, -1)...) {
			if who, table := owner[m[1]]; table && who != pkg && pkg != "bench" {
				t.Errorf("%s writes to %s, which belongs to %s", path, m[1], who)
			}
		}
	})
}

var forbidden = []string{"now()", "ILIKE", "DISTINCT ON", "FOR UPDATE", "SKIP LOCKED", "LATERAL", "AUTOINCREMENT", "SERIAL PRIMARY", "CREATE TRIGGER", "GENERATED ALWAYS"}

func TestSQLIsTheSameForBothDatabases(t *testing.T) {
	look := func(where, text string) {
		for _, bad := range forbidden {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %s means something else, or nothing, on one of the databases", where, bad)
			}
		}
	}
	look("migrations", db.Schema())
	literal := regexp.MustCompile("(?s)`[^`]*`|\"[^\"\n]*\"")
	sources(t, func(path, pkg, text string) {
		if pkg == "db" || pkg == "archtest" {
			return
		}
		for _, s := range literal.FindAllString(text, -1) {
			if strings.Contains(s, "SELECT ") || strings.Contains(s, "UPDATE ") || strings.Contains(s, "INSERT ") {
				look(path, s)
			}
		}
	})
}

func TestEveryPackageAndExportedNameIsDocumented(t *testing.T) {
	documented, total := 0, 0
	commented := map[string]bool{}
	sources(t, func(path, pkg, text string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		commented[pkg] = commented[pkg] || f.Doc != nil
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Name.Name == "Part" || fn.Name.Name == "Run" {
				continue
			}
			total++
			if fn.Doc != nil {
				documented++
			} else if total > 0 && fn.Recv == nil {
				t.Logf("%s: %s has no comment", path, fn.Name.Name)
			}
		}
	})
	for pkg, has := range commented {
		if !has {
			t.Errorf("package %s does not say what it does for people", pkg)
		}
	}
	if documented*100 < total*95 {
		t.Errorf("%d of %d exported functions have a comment", documented, total)
	}
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	sources(t, func(path, pkg, text string) {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(text, "\n"); n > 600 {
			t.Errorf("%s has %d lines", path, n)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line; n > 100 {
					t.Errorf("%s: %s has %d lines", path, fn.Name.Name, n)
				}
			}
		}
	})
}

func TestTheLibraryOfSQLiteIsTheOneItWasMadeWith(t *testing.T) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "modernc.org/libc")
	cmd.Dir = root
	have, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command("go", "mod", "graph")
	cmd.Dir = root
	graph, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/sqlite@\S+ modernc\.org/libc@(\S+)`).FindSubmatch(graph)
	if want == nil || string(want[1]) != strings.TrimSpace(string(have)) {
		t.Errorf("libc %s, sqlite was made with %s", have, want)
	}
}
