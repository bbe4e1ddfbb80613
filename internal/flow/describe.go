package flow

import "fmt"

// Row is one step in words that documents and tests read: names instead of functions.
type Row struct {
	Kind       string
	Do         Action
	From       []State
	To         State
	By         []string
	If         []string
	Clause     string
	NeedReason bool
}

// Rows gives the Table as data, for docs/flows, docs/clauses.md and the tests of words.
func (t Table[R]) Rows() []Row {
	var out []Row
	for _, s := range t.Steps {
		row := Row{Kind: t.Kind, Do: s.Do, From: s.From, To: s.To, Clause: s.Clause, NeedReason: s.Reason}
		for _, w := range s.By {
			row.By = append(row.By, w.Name)
		}
		for _, r := range s.If {
			row.If = append(row.If, r.Name)
		}
		out = append(out, row)
	}
	return out
}

// Check finds what is unsound: an action open to nobody, a state nobody can reach, two rows for one action from
// one state by the same relation.
func (t Table[R]) Check() []string {
	var bad []string
	reach := map[State]bool{None: true}
	for _, s := range t.Steps {
		if s.To != Same {
			reach[s.To] = true
		}
	}
	seen := map[string]bool{}
	for _, row := range t.Rows() {
		if len(row.By) == 0 {
			bad = append(bad, fmt.Sprintf("%s.%s: open to nobody", t.Kind, row.Do))
		}
		for _, from := range row.From {
			if !reach[from] {
				bad = append(bad, fmt.Sprintf("%s.%s: state %q is never reached", t.Kind, row.Do, from))
			}
			for _, by := range row.By {
				k := fmt.Sprintf("%s from %s by %s", row.Do, from, by)
				if seen[k] {
					bad = append(bad, t.Kind+": twice: "+k)
				}
				seen[k] = true
			}
		}
	}
	return bad
}
