package certificate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/issuer"
	"kompeten/internal/tlog"
)

// Audited is what an audit of the certificates found: each line names a certificate and what does not agree.
type Audited struct {
	Certificates int
	Findings     []string
}

const auditBatch = 500

// Audit makes every credential anew from what the database says today and compares: with the body's signature and with
// the leaf that the transparency log has of it. The state of a certificate has to be what its history says, and its
// history what the log says. So a name, a date, a number, a place in a status list or a state that was changed behind
// the program's back is found. progress is told how many were looked at.
func (s *Service) Audit(ctx context.Context, progress func(n int)) (out Audited, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		lost, err := db.Column[string](tx, `SELECT l.ref FROM log_leaf l WHERE l.ref >= 'crt_' AND l.ref < 'crt_~' AND l.ref LIKE '%/1'
			AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.id = substr(l.ref, 1, length(l.ref) - 2)) ORDER BY l.ref LIMIT 1000`)
		for _, ref := range lost {
			out.Findings = append(out.Findings, "certificate "+strings.TrimSuffix(ref, "/1")+": the log has it, the database does not: issue it anew from its file, and start the numbers after it")
		}
		return err
	})
	if err != nil {
		return out, err
	}
	for after := ID(""); ; {
		var list []Certificate
		err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
			rows, err := db.All(tx, fields, "SELECT "+columns+from+"WHERE c.id > $1 ORDER BY c.id LIMIT $2", string(after), auditBatch)
			list = list[:0]
			for _, r := range rows {
				list = append(list, r.whole())
			}
			if err != nil {
				return err
			}
			return s.compare(ctx, tx, list, &out)
		})
		if err != nil || len(list) == 0 {
			return out, err
		}
		out.Certificates += len(list)
		after = list[len(list)-1].ID
		progress(out.Certificates)
	}
}

func (s *Service) compare(ctx context.Context, tx *db.Tx, list []Certificate, out *Audited) error {
	for _, c := range list {
		found := func(what string) {
			out.Findings = append(out.Findings, fmt.Sprintf("certificate %s (%s): %s", c.ID, c.Number, what))
		}
		doc, err := s.Credential(c)
		if err != nil {
			found("its credential cannot be made: " + err.Error())
			continue
		}
		if !s.signed(ctx, tx, c) {
			found("what it says is not what the body signed")
		}
		if err := history(tx, c, sha256.Sum256(doc), found); err != nil {
			return err
		}
	}
	return nil
}

// signed says whether the body's key signed what the certificate says today.
func (s *Service) signed(ctx context.Context, tx *db.Tx, c Certificate) bool {
	key, err := issuer.KeyOf(tx, anyone, c.LSP, c.Proof.Key)
	if err != nil {
		return false
	}
	t, err := s.template(c)
	if err != nil {
		return false
	}
	good := false
	_, err = t.Sign(ctx, c.record(), c.Proof.SignedAt, func(_ context.Context, message []byte) ([]byte, error) {
		good = key.Verifies(message, c.Proof.Signature)
		return c.Proof.Signature, nil
	}, c.method())
	return err == nil && good
}

// history compares the events of a certificate with its state and with the log.
func history(tx *db.Tx, c Certificate, doc [32]byte, found func(string)) error {
	events, err := db.All(tx, func(e *Event) []any { return []any{&e.At, &e.Action, &e.State, &e.Reason} },
		"SELECT at, action, state, reason FROM certificate_event WHERE certificate = $1 ORDER BY no", string(c.ID))
	if err != nil {
		return err
	}
	if len(events) == 0 || events[len(events)-1].State != c.State {
		found(fmt.Sprintf("its state %s is not what its history ends with", c.State))
	}
	logged, err := tlog.Under(tx, string(c.ID)+"/")
	if err != nil {
		return err
	}
	kinds := map[string]tlog.Leaf{}
	for _, k := range logged {
		kinds[k.Ref] = k.Leaf
	}
	for i, e := range events {
		kind, ref := kindOf[flow.Action(e.Action)], fmt.Sprintf("%s/%d", c.ID, i+1)
		if e.Action == "issue" {
			kind = tlog.Issue
		}
		if kind == "" {
			continue
		}
		leaf, ok := kinds[ref]
		delete(kinds, ref)
		switch want := c.leaf(kind, i+1, doc); {
		case !ok:
			found("the log does not know that it was " + e.Action + "d")
		case leaf.Kind != kind || leaf.Doc != want.Doc:
			found("the log has another document for " + e.Action)
		case leaf.Number != want.Number || leaf.List != want.List || leaf.Index != want.Index:
			found("the log has another number or place in the status list for " + e.Action)
		}
	}
	for ref := range kinds {
		found("the log knows an event that the database does not: " + ref)
	}
	return nil
}
