// Package docs derives the documents that are derived: the flows, the routes, the clauses, the settings, the map of
// packages. They fail a test when they are stale; "make docs" writes them anew.
package docs

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/api"
	"kompeten/internal/app"
	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/decision"
	"kompeten/internal/flow"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/offer"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/region"
	"kompeten/internal/register"
	"kompeten/internal/reminder"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/verify"
	"kompeten/internal/wallet"
	"kompeten/internal/web"
)

var update = flag.Bool("update", false, "write the documents anew")

const root = "../.."

// table is what a Table tells about itself.
type table struct {
	name  string
	rows  []flow.Row
	check []string
}

func tables() []table {
	return []table{
		{"region", region.Flow.Rows(), region.Flow.Check()},
		{"organisation", organisation.Flow.Rows(), organisation.Flow.Check()},
		{"person", person.Flow.Rows(), person.Flow.Check()},
		{"unit", standard.Flow.Rows(), standard.Flow.Check()},
		{"scheme", scheme.Flow.Rows(), scheme.Flow.Check()},
		{"licence", licence.Flow.Rows(), licence.Flow.Check()},
		{"key", issuer.Flow.Rows(), issuer.Flow.Check()},
		{"programme", programme.Flow.Rows(), programme.Flow.Check()},
		{"application", application.Flow.Rows(), application.Flow.Check()},
		{"schedule", assessment.ScheduleFlow.Rows(), assessment.ScheduleFlow.Check()},
		{"assessment", assessment.Flow.Rows(), assessment.Flow.Check()},
		{"meeting", decision.Flow.Rows(), decision.Flow.Check()},
		{"certificate", certificate.Flow.Rows(), certificate.Flow.Check()},
		{"register", register.Flow.Rows(), register.Flow.Check()},
		{"business", register.BusinessFlow.Rows(), register.BusinessFlow.Check()},
		{"wallet_link", wallet.LinkFlow.Rows(), wallet.LinkFlow.Check()},
		{"wallet_share", wallet.ShareFlow.Rows(), wallet.ShareFlow.Check()},
		{"wallet_other", wallet.OtherFlow.Rows(), wallet.OtherFlow.Check()},
		{"wallet_correction", wallet.CorrectionFlow.Rows(), wallet.CorrectionFlow.Check()},
		{"offer", offer.Flow.Rows(), offer.Flow.Check()},
		{"reminder", reminder.Flow.Rows(), reminder.Flow.Check()},
	}
}

func TestEveryTableIsSound(t *testing.T) {
	for _, tb := range tables() {
		for _, bad := range tb.check {
			t.Error(bad)
		}
	}
}

func TestDerivedDocumentsAreFresh(t *testing.T) {
	want := map[string]string{"docs/routes.md": routes(), "docs/clauses.md": clauses(), "docs/config.md": config(), "docs/map.md": packages(t)}
	for _, tb := range tables() {
		want["docs/flows/"+tb.name+".md"] = tb.page()
	}
	for file, text := range want {
		path := filepath.Join(root, file)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if have, err := os.ReadFile(path); err != nil || string(have) != text {
			t.Errorf("%s is stale: run make docs (%v)", file, err)
		}
	}
}

func en(key string) string { return text.T(text.EN, key) }

func states(list []flow.State) string {
	var out []string
	for _, s := range list {
		if s == flow.None {
			s = "(new)"
		}
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}

func (tb table) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Flow: %s\n\nWhat may happen to it, who may do it, and what has to hold.\n\nDerived from the Table; change the Table, then `make docs`.\n\n```mermaid\nstateDiagram-v2\n", tb.name)
	for _, r := range tb.rows {
		for _, from := range r.From {
			to := r.To
			if to == flow.Same {
				continue
			}
			f := string(from)
			if from == flow.None {
				f = "[*]"
			}
			fmt.Fprintf(&b, "  %s --> %s: %s\n", f, to, r.Do)
		}
	}
	b.WriteString("```\n\n| Action | From | To | By | If | Reason | Clause |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range tb.rows {
		var by, rules []string
		for _, w := range r.By {
			by = append(by, en("who."+w))
		}
		for _, x := range r.If {
			rules = append(rules, en("rule."+x))
		}
		to := string(r.To)
		if r.To == flow.Same {
			to = "stays"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.Do, states(r.From), to, strings.Join(by, ", "), strings.Join(rules, " "), map[bool]string{true: "yes"}[r.NeedReason], r.Clause)
	}
	return b.String()
}

func routes() string {
	var b strings.Builder
	b.WriteString("# Routes\n\nDerived from internal/web/routes.go and internal/api/routes.go; `make docs` writes it anew.\n\n## Pages\n\n| Route | Open to |\n| --- | --- |\n")
	for _, r := range web.Routes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", r.Pattern, r.Access)
	}
	for _, pattern := range verify.Routes() {
		fmt.Fprintf(&b, "| `%s` | public |\n", pattern)
	}
	b.WriteString("\n## API\n\n| Call | What |\n| --- | --- |\n")
	for _, c := range api.Calls() {
		fmt.Fprintf(&b, "| `%s %s` | %s |\n", c.Method, c.Path, c.Summary)
	}
	return b.String()
}

func clauses() string {
	var lines []string
	for _, tb := range tables() {
		for _, r := range tb.rows {
			for _, c := range strings.Split(r.Clause, "; ") {
				if c != "" {
					lines = append(lines, fmt.Sprintf("| %s | %s: %s | [flows/%s.md](flows/%s.md) |", c, tb.name, r.Do, tb.name, tb.name))
				}
			}
		}
	}
	slices.Sort(lines)
	return "# Where a clause or form is implemented\n\nDerived from the Tables; `make docs` writes it anew.\n\n| Clause or form | Action | Table |\n| --- | --- | --- |\n" + strings.Join(lines, "\n") + "\n"
}

func config() string {
	var b strings.Builder
	b.WriteString("# Settings\n\nDerived from internal/app/config.go; `kompeten config` prints them too. Each works when absent.\n\n| Flag | Environment | When absent | What |\n| --- | --- | --- | --- |\n")
	for _, s := range (app.Config{}).Settings() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Flag, s.Env, s.Default, s.Help)
	}
	return b.String()
}

// packages is the first sentence of every package, by folder.
func packages(t *testing.T) string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(root, "internal", "*"))
	if err != nil {
		t.Fatal(err)
	}
	dirs = append(dirs, filepath.Join(root, "internal", "web", "ui"), filepath.Join(root, "cmd", "kompeten"))
	slices.Sort(dirs)
	var b strings.Builder
	b.WriteString("# Map\n\nDerived from the package comments; `make docs` writes it anew.\n\n| Package | What it does |\n| --- | --- |\n")
	for _, dir := range dirs {
		if doc := comment(t, dir); doc != "" {
			rel, _ := filepath.Rel(root, dir)
			fmt.Fprintf(&b, "| `%s` | %s |\n", rel, doc)
		}
	}
	return b.String()
}

func comment(t *testing.T, dir string) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, f := range files {
		p, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if p.Doc != nil {
			text, _, _ := strings.Cut(strings.ReplaceAll(p.Doc.Text(), "\n", " "), ". ")
			return strings.TrimSuffix(strings.TrimSpace(text), ".") + "."
		}
	}
	return ""
}
