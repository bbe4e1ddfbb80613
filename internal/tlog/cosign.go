package tlog

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kompeten/internal/db"

	"golang.org/x/mod/sumdb/note"
)

// submission is the body of add-checkpoint (C2SP tlog-witness): a checkpoint, and the proof that it goes on where
// the older one of that size ended.
type submission struct {
	old   int64
	proof []Hash
	note  []byte
}

func (s submission) text() []byte {
	var b bytes.Buffer
	b.WriteString("old " + strconv.FormatInt(s.old, 10) + "\n")
	for _, h := range s.proof {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(s.note)
	return b.Bytes()
}

func parseSubmission(b []byte) (submission, error) {
	head, rest, ok := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	old, is := strings.CutPrefix(lines[0], "old ")
	n, err := decimal(old)
	if err != nil || !is || !ok || len(lines)-1 > maxProof {
		return submission{}, fmt.Errorf("submission: %w", ErrMalformed)
	}
	s := submission{old: n, note: []byte(rest)}
	for _, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return submission{}, fmt.Errorf("submission: %w", err)
		}
		s.proof = append(s.proof, h)
	}
	return s, nil
}

// Cosigner is a witness somewhere else that is asked to cosign checkpoints.
type Cosigner struct {
	url    string
	client *http.Client
	keys   []string
	known  []note.Verifier
}

// NewCosigner names a witness by its submission prefix and its vkeys. A new key is put beside the old one.
func NewCosigner(url string, client *http.Client, keys ...string) (*Cosigner, error) {
	c := &Cosigner{url: strings.TrimSuffix(url, "/"), client: client, keys: keys}
	for _, k := range keys {
		v, witness, err := parseKey(k)
		if err != nil {
			return nil, fmt.Errorf("witness %s: %w", url, err)
		}
		if !witness {
			return nil, fmt.Errorf("witness %s: %s is the key of a log", url, v.Name())
		}
		if len(c.known) > 0 && v.Name() != c.known[0].Name() {
			return nil, fmt.Errorf("witness %s: keys of %s and %s", url, c.known[0].Name(), v.Name())
		}
		c.known = append(c.known, v)
	}
	if len(c.known) == 0 {
		return nil, fmt.Errorf("witness %s: no key", url)
	}
	return c, nil
}

// tries is how often a witness is asked again because it knows another size than we thought.
const tries = 3

// ask gets the witness's signature lines on a checkpoint. known is the size we think it has; what it has afterwards
// is returned, also beside an error.
func (c *Cosigner) ask(ctx context.Context, cp Checkpoint, msg []byte, known int64, prove func(older int64) ([]Hash, error)) (string, int64, error) {
	for range tries {
		proof, err := prove(known)
		if err != nil {
			return "", known, err
		}
		status, kind, body, err := c.post(ctx, submission{known, proof, msg}.text())
		if err != nil {
			return "", known, fmt.Errorf("witness %s: %w", c.url, err)
		}
		switch {
		case status == http.StatusOK:
			lines, err := c.accept(msg, body)
			return lines, cp.Size, err
		case status == http.StatusConflict && kind == sizeType:
			size, err := decimal(strings.TrimSuffix(string(body), "\n"))
			switch {
			case err != nil:
				return "", known, fmt.Errorf("witness %s: %w", c.url, err)
			case size > cp.Size:
				return "", size, fmt.Errorf("witness %s has seen size %d, this checkpoint has %d: %w", c.url, size, cp.Size, ErrRollback)
			case size == known:
				return "", size, fmt.Errorf("witness %s has seen another log of size %d: %w", c.url, size, ErrFork)
			}
			known = size
		case status == http.StatusUnprocessableEntity:
			return "", known, fmt.Errorf("witness %s says that size %d does not go on from %d: %w", c.url, cp.Size, known, ErrFork)
		case status == http.StatusNotFound:
			return "", known, fmt.Errorf("witness %s does not know %s: %w", c.url, cp.Origin, ErrOrigin)
		case status == http.StatusForbidden:
			return "", known, fmt.Errorf("witness %s does not know the key of %s: %w", c.url, cp.Origin, ErrSignature)
		case status == http.StatusBadRequest:
			return "", known, fmt.Errorf("witness %s: %w", c.url, ErrMalformed)
		default:
			return "", known, fmt.Errorf("witness %s answers %d", c.url, status)
		}
	}
	return "", known, fmt.Errorf("witness %s names another size each time", c.url)
}

// sizeType is the content type of a witness's answer that names the size it knows.
const sizeType = "text/x.tlog.size"

func (c *Cosigner) post(ctx context.Context, text []byte) (status int, kind string, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/add-checkpoint", bytes.NewReader(text))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := c.client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxNote))
	return res.StatusCode, res.Header.Get("Content-Type"), body, err
}

// accept takes from an answer the lines that are the witness's signatures on this checkpoint.
func (c *Cosigner) accept(msg, body []byte) (string, error) {
	n, err := note.Open(append(bytes.Clone(msg), body...), note.VerifierList(c.known...))
	if err != nil {
		return "", fmt.Errorf("witness %s: %w: %w", c.url, err, ErrSignature)
	}
	var lines strings.Builder
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return "", fmt.Errorf("witness %s: %w: %w", c.url, err, ErrMalformed)
		}
		lines.WriteString(line(s.Name, binary.BigEndian.Uint32(raw), raw[4:]))
	}
	return lines.String(), nil
}

// in says whether the witness has cosigned the checkpoint.
func (c *Cosigner) in(cp Checkpoint) bool {
	return slices.ContainsFunc(cp.Cosigs, func(s Cosig) bool { return s.Witness == c.known[0].Name() })
}

// cosignatures asks every witness whose signature is missing, all at once. It ends when all have answered, when patience is over, or a little after
// enough have cosigned. The error tells what the others said.
func (l *Log) cosignatures(ctx context.Context, cp Checkpoint, msg []byte) (string, error) {
	type answer struct {
		of    *Cosigner
		lines string
		size  int64
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, l.o.Patience)
	defer cancel()
	prove := func(older int64) ([]Hash, error) { return l.consistency(ctx, cp.Size, cp.Root, older) }
	missing := slices.DeleteFunc(slices.Clone(l.o.Cosigner), func(c *Cosigner) bool { return c.in(cp) })
	answers := make(chan answer, len(missing))
	for _, c := range missing {
		known := min(l.known[c], cp.Size)
		go func() {
			lines, size, err := c.ask(ctx, cp, msg, known, prove)
			answers <- answer{c, lines, size, err}
		}()
	}
	var lines string
	var errs []error
	good := cp.witnessed()
	for range missing {
		a := <-answers
		l.known[a.of] = a.size
		if a.err != nil {
			errs = append(errs, a.err)
			continue
		}
		lines += a.lines
		if good++; good == max(l.o.Quorum, 1) {
			defer time.AfterFunc(l.o.Patience/10, cancel).Stop()
		}
	}
	return lines, errors.Join(errs...)
}

// witness gets cosignatures for the newest checkpoint and keeps them before anyone sees them. Where the quorum is
// not reached nothing is published; the next integration asks again.
func (l *Log) witness(ctx context.Context, st state) (state, error) {
	cp, err := l.trust.open(st.note)
	if err != nil || len(l.o.Cosigner) == 0 || cp.witnessed() >= max(l.o.Quorum, 1) {
		return st, err
	}
	lines, silent := l.cosignatures(ctx, cp, st.note)
	if lines != "" {
		before := st.note
		st.note = append(bytes.Clone(st.note), lines...)
		err = l.db.Write(ctx, func(tx *db.Tx) error { return keepCosigned(tx, l.o.Origin, st.signed, before, st.note) })
		if err != nil {
			return st, err
		}
	}
	if _, err := l.trust.Open(st.note); err != nil {
		return st, errors.Join(err, silent)
	}
	return st, nil
}
