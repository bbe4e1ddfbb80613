package tlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Witness cosigns the checkpoints of logs it knows, each only if it goes on where the last one ended (C2SP
// tlog-witness). It keeps one row per log, in any database of ours, and is made for a university or a ministry.
//
//	POST /add-checkpoint           a log submits a checkpoint with its proof
//	GET  /<sha256 of origin>/checkpoint   anyone reads the newest cosigned one
type Witness struct {
	db   *db.DB
	key  *Signer
	logs map[string]Policy
	mux  *http.ServeMux
}

// NewWitness makes a witness that signs with a key and knows these logs.
func NewWitness(d *db.DB, key *Signer, logs ...Policy) *Witness {
	w := &Witness{db: d, key: key, logs: map[string]Policy{}, mux: http.NewServeMux()}
	for _, p := range logs {
		w.logs[p.Origin] = p
	}
	w.mux.HandleFunc("POST /add-checkpoint", w.add)
	w.mux.HandleFunc("GET /{log}/checkpoint", w.show)
	return w
}

// ServeHTTP answers logs and monitors.
func (w *Witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

// errSize refuses a submission that starts from another size than the one the witness knows.
type errSize struct{ known int64 }

// Error names the size.
func (e errSize) Error() string { return fmt.Sprintf("the witness knows size %d", e.known) }

// errAhead refuses a submission whose old size is beyond its checkpoint.
var errAhead = errors.New("old size beyond the checkpoint")

// answers give the status of each refusal, the first that fits.
var answers = []struct {
	err    error
	status int
}{
	{ErrOrigin, http.StatusNotFound},
	{ErrSignature, http.StatusForbidden},
	{errAhead, http.StatusBadRequest},
	{ErrMalformed, http.StatusBadRequest},
	{ErrProof, http.StatusUnprocessableEntity},
}

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxNote))
	if err != nil {
		http.Error(rw, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	line, err := w.submit(r, body)
	var size errSize
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, line)
		return
	case errors.As(err, &size):
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprintf(rw, "%d\n", size.known)
		return
	}
	for _, a := range answers {
		if errors.Is(err, a.err) {
			http.Error(rw, a.err.Error(), a.status)
			return
		}
	}
	http.Error(rw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// submit judges a submission, keeps its checkpoint, and signs only what was kept.
func (w *Witness) submit(r *http.Request, body []byte) (string, error) {
	s, err := parseSubmission(body)
	if err != nil {
		return "", err
	}
	origin, _, _ := strings.Cut(string(s.note), "\n")
	p, known := w.logs[origin]
	if !known {
		return "", ErrOrigin
	}
	c, err := p.open(s.note)
	if err != nil {
		return "", err
	}
	if s.old > c.Size {
		return "", errAhead
	}
	n, err := note.Open(s.note, note.VerifierList(p.log...))
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, ErrSignature)
	}
	s.note = []byte(n.Text + "\n") // without signatures nobody asked for
	for _, sig := range n.Sigs {
		s.note = fmt.Appendf(s.note, "— %s %s\n", sig.Name, sig.Base64)
	}
	var seen db.Time
	err = w.db.Write(r.Context(), func(tx *db.Tx) error {
		seen = db.At(tx.Now())
		return keepHead(tx, c, s)
	})
	if err != nil {
		return "", err
	}
	line, err := w.key.cosign(n.Text, seen.Time)
	if err != nil {
		return "", err
	}
	signed := append(bytes.Clone(s.note), line...)
	err = w.db.Write(r.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE log_witness SET note = $1 WHERE origin = $2 AND size = $3", signed, c.Origin, c.Size)
		return err
	})
	return line, err
}

// keepHead checks a checkpoint against the one that is kept, and keeps it: both in one Write, or two submissions
// could each be right and the later one roll the log back.
func keepHead(tx *db.Tx, c Checkpoint, s submission) error {
	var size int64
	var root []byte
	err := tx.Get("SELECT size, root FROM log_witness WHERE origin = $1", []any{c.Origin}, &size, &root)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	known := err == nil
	if s.old != size {
		return errSize{size}
	}
	older := emptyRoot
	if known {
		copy(older[:], root)
	}
	err = checkConsistency(s.proof, c.Size, c.Root, size, older)
	if errors.Is(err, ErrFork) {
		return errSize{size}
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO log_witness (origin, size, root, at, note) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, at = excluded.at, note = excluded.note`,
		c.Origin, c.Size, c.Root[:], db.At(tx.Now()), s.note)
	return err
}

// show gives the newest checkpoint of a log with the witness's signature.
func (w *Witness) show(rw http.ResponseWriter, r *http.Request) {
	for origin := range w.logs {
		if OriginHash(origin) != r.PathValue("log") {
			continue
		}
		var text []byte
		err := w.db.Read(r.Context(), func(tx *db.Tx) error {
			return tx.Get("SELECT note FROM log_witness WHERE origin = $1", []any{origin}, &text)
		})
		if err == nil {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.Header().Set("Cache-Control", "public, max-age=2")
			_, _ = rw.Write(text)
			return
		}
	}
	http.NotFound(rw, r)
}

// OriginHash names a log in the addresses of a witness.
func OriginHash(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:])
}
