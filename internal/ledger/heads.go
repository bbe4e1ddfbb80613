package ledger

import (
	"fmt"
	"strings"
	"time"

	"kompeten/internal/db"
)

// Heads are the heads of all books as they were sealed up to a moment, a line each: book, number of the last row, and
// its hash. The text of a moment stays the same for ever, unless a row or a seal was changed behind the program's back;
// so its hash, put where it cannot be changed, holds the whole ledger of that moment.
func Heads(tx *db.Tx, at time.Time) (string, error) {
	heads, err := db.All(tx, fieldsHead, `
		SELECT s.book, s.seq, COALESCE(l.hash, s.mac) FROM ledger_seal s LEFT JOIN ledger l ON l.book = s.book AND l.seq = s.seq
		WHERE s.at <= $1 AND NOT EXISTS (SELECT 1 FROM ledger_seal m WHERE m.book = s.book AND m.at <= $1 AND m.seq > s.seq)
		ORDER BY s.book`, db.At(at))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, h := range heads {
		fmt.Fprintf(&b, "%s %d %x\n", h.book, h.seq, h.hash)
	}
	return b.String(), nil
}
