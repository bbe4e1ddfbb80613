package db

import (
	"fmt"
	"strings"
)

// Where is the conditions of a query with their values, numbered as they are added. The zero Where has none.
type Where struct {
	conds []string
	args  []any
}

// And adds a condition. Each ? in it stands for one of the values.
func (w *Where) And(cond string, values ...any) {
	var b strings.Builder
	for {
		before, after, more := strings.Cut(cond, "?")
		b.WriteString(before)
		if !more {
			break
		}
		b.WriteString(w.Value(values[0]))
		cond, values = after, values[1:]
	}
	w.conds = append(w.conds, b.String())
}

// In adds that a column has one of the values.
func (w *Where) In(column string, values ...any) {
	w.And(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
}

// Value adds a value and gives its number, $3.
func (w *Where) Value(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// String joins the conditions.
func (w *Where) String() string { return strings.Join(w.conds, " AND ") }

// Args are the values in the order of their numbers.
func (w *Where) Args() []any { return w.args }
