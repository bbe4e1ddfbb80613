package tlog

import (
	"fmt"

	"kompeten/internal/db"
)

// Kept is a leaf as the database has it, with its place.
type Kept struct {
	Leaf
	Index int64 // its place in the log; -1 while it waits for one
}

type keptRow struct {
	body  []byte
	index int64
}

// Under lists the leaves whose reference begins with a prefix, in the order of their references.
func Under(tx *db.Tx, prefix string) ([]Kept, error) {
	rows, err := db.All(tx, func(r *keptRow) []any { return []any{&r.body, &r.index} },
		"SELECT body, COALESCE(seq, -1) FROM log_leaf WHERE ref >= $1 AND ref < $2 ORDER BY ref", prefix, prefix+"~")
	if err != nil {
		return nil, err
	}
	out := make([]Kept, len(rows))
	for i, r := range rows {
		leaf, err := decode(r.body)
		if err != nil {
			return nil, fmt.Errorf("leaf under %s: %w", prefix, err)
		}
		out[i] = Kept{leaf, r.index}
	}
	return out, nil
}
