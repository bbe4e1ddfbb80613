package credential

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer makes an Ed25519 signature with the body's key: from a file or a hardware module.
type Signer func(ctx context.Context, message []byte) ([]byte, error)

// Template is one scheme version of one body, made ready so that a certificate costs no JSON-LD work: the document as
// text with slots, and its statements as lines with slots. It does not change and may be used by many at once.
type Template struct {
	body        Body
	achievement Achievement
	origin      string // of the scheme's address
	document    []piece
	fixed       [][]byte // lines that are the same for every certificate, sorted
	lines       []line
	nodes       []node
}

// line is a statement with slots or blank nodes.
type line struct {
	pieces []linePiece
	part   group
}

type linePiece struct {
	text    string
	slot    slot
	literal bool // escape as a literal
	node    int  // 1 + number of the blank node; 0: none
}

// node is a blank node: the lines that mention it.
type node struct {
	lines []int
	part  group
}

// mark starts what stands in a slot while a template is compiled; no scheme may contain it.
const mark = "https://slot.invalid/"

func markOf(s slot) string { return mark + strconv.Itoa(int(s)) + "/" }

// Compile makes the template of a scheme version of a body. It costs some milliseconds; keep what it returns.
func Compile(b Body, a Achievement) (*Template, error) {
	if err := errors.Join(b.check(), a.check()); err != nil {
		return nil, err
	}
	t := &Template{body: b, achievement: a, document: layout(b, a)}
	t.origin, _ = cutOrigin(a.URL)
	var f filling
	f.has = withRegistration | withPlace | withUntil | withStatus
	for s := slotID; s < slots; s++ {
		f.text[s] = markOf(s)
	}
	for _, p := range t.document {
		if strings.Contains(p.text, mark) {
			return nil, fmt.Errorf("scheme %s: contains %s", a.Code, mark)
		}
	}
	v, err := parse(t.render(nil, f))
	if err != nil {
		return nil, fmt.Errorf("scheme %s: %w", a.Code, err)
	}
	doc, _ := v.(map[string]any)
	quads, err := newReader().triples(doc)
	if err != nil {
		return nil, fmt.Errorf("scheme %s: %w", a.Code, err)
	}
	t.compile(quads)
	return t, nil
}

func (t *Template) compile(quads []quad) {
	numbers := map[string]int{}
	for _, q := range quads {
		var l line
		for _, term := range q[:3] {
			if blank(term) {
				if numbers[term] == 0 {
					t.nodes = append(t.nodes, node{})
					numbers[term] = len(t.nodes)
				}
				l.pieces = append(l.pieces, linePiece{node: numbers[term]}, linePiece{text: " "})
				continue
			}
			l.pieces = append(l.pieces, cut(term)...)
		}
		l.pieces = append(l.pieces, linePiece{text: ".\n"})
		for _, p := range l.pieces {
			l.part |= groupOf[p.slot]
		}
		if !slices.ContainsFunc(l.pieces, func(p linePiece) bool { return p.slot != fixed || p.node != 0 }) {
			t.fixed = append(t.fixed, l.append(nil, nil, func(int) string { return "" }))
			continue
		}
		for _, p := range l.pieces {
			if p.node != 0 {
				n := &t.nodes[p.node-1]
				n.lines, n.part = append(n.lines, len(t.lines)), n.part|l.part
			}
		}
		t.lines = append(t.lines, l)
	}
	slices.SortFunc(t.fixed, bytes.Compare)
	t.fixed = slices.CompactFunc(t.fixed, bytes.Equal)
	for _, n := range t.nodes {
		for _, i := range n.lines {
			t.lines[i].part |= n.part
		}
	}
}

// cut parts a term at its slot.
func cut(term string) []linePiece {
	before, rest, found := strings.Cut(term, mark)
	if !found {
		return []linePiece{{text: term + " "}}
	}
	number, after, _ := strings.Cut(rest, "/")
	n, _ := strconv.Atoi(number)
	return []linePiece{{text: before}, {slot: slot(n), literal: before == `"`}, {text: after + " "}}
}

func (l line) append(out []byte, f *filling, label func(int) string) []byte {
	for _, p := range l.pieces {
		switch {
		case p.node != 0:
			out = append(out, label(p.node)...)
		case p.slot == fixed:
			out = append(out, p.text...)
		case p.literal:
			out = appendLiteral(out, f.text[p.slot])
		default:
			out = append(out, f.text[p.slot]...)
		}
	}
	return out
}

// render fills the slots of the document.
func (t *Template) render(out []byte, f filling) []byte {
	for _, p := range t.document {
		switch {
		case p.part&^f.has != 0:
		case p.slot == fixed:
			out = append(out, p.text...)
		default:
			out = appendString(out, f.text[p.slot])
		}
	}
	return out
}

// Document is the unsigned credential of a certificate, the same bytes for ever.
func (t *Template) Document(c Certificate) ([]byte, error) {
	f, err := t.fill(c)
	if err != nil {
		return nil, err
	}
	return t.render(make([]byte, 0, 8<<10), f), nil
}

// Canonical is the RDFC-1.0 form of a certificate's document: what is hashed and signed.
func (t *Template) Canonical(c Certificate) ([]byte, error) {
	f, err := t.fill(c)
	if err != nil {
		return nil, err
	}
	return t.canonical(f)
}

func (t *Template) canonical(f filling) ([]byte, error) {
	labels, err := t.labels(&f)
	if err != nil {
		return nil, err
	}
	issued := func(n int) string { return labels[n-1] }
	scratch := make([]byte, 0, 8<<10)
	own := make([][]byte, 0, len(t.lines))
	for _, l := range t.lines {
		if l.part&^f.has != 0 {
			continue
		}
		from := len(scratch)
		scratch = l.append(scratch, &f, issued)
		own = append(own, scratch[from:len(scratch):len(scratch)])
	}
	slices.SortFunc(own, bytes.Compare)
	return merge(make([]byte, 0, 24<<10), t.fixed, own), nil
}

// merge writes two sorted lists of lines as one, each line once.
func merge(out []byte, a, b [][]byte) []byte {
	var last []byte
	for len(a) > 0 || len(b) > 0 {
		var l []byte
		if len(b) == 0 || len(a) > 0 && bytes.Compare(a[0], b[0]) <= 0 {
			l, a = a[0], a[1:]
		} else {
			l, b = b[0], b[1:]
		}
		if !bytes.Equal(l, last) {
			out = append(out, l...)
		}
		last = l
	}
	return out
}

// labels names the blank nodes of a certificate by their first-degree hashes.
func (t *Template) labels(f *filling) ([]string, error) {
	type hashed struct {
		hash [32]byte
		node int
	}
	all := make([]hashed, 0, len(t.nodes))
	for i, n := range t.nodes {
		if n.part&^f.has != 0 {
			continue
		}
		lines := make([][]byte, 0, len(n.lines))
		for _, at := range n.lines {
			lines = append(lines, t.lines[at].append(nil, f, func(other int) string {
				if other == i+1 {
					return "_:a"
				}
				return "_:z"
			}))
		}
		slices.SortFunc(lines, bytes.Compare)
		all = append(all, hashed{sha256.Sum256(bytes.Join(lines, nil)), i})
	}
	slices.SortFunc(all, func(a, b hashed) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	out := make([]string, len(t.nodes))
	for i, h := range all {
		if i > 0 && h.hash == all[i-1].hash {
			return nil, errPoison
		}
		out[h.node] = "_:c14n" + strconv.Itoa(i)
	}
	return out, nil
}

// Check compares what the template signs for a certificate with what the generic way signs. It costs milliseconds: for
// tests, and for a sample of what is issued in bulk.
func (t *Template) Check(c Certificate) error {
	own, err := t.Canonical(c)
	if err != nil {
		return err
	}
	doc, err := t.Document(c)
	if err != nil {
		return err
	}
	v, err := parse(doc)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", c.Number, err)
	}
	members, _ := v.(map[string]any)
	other, err := newReader().canonical(members)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", c.Number, err)
	}
	if !bytes.Equal(own, other) {
		return fmt.Errorf("certificate %s: the template of %s signs something else than its document says", c.Number, t.achievement.URL)
	}
	return nil
}

// Sign makes the eddsa-rdfc-2022 signature of a certificate. keyID is the verification method, one of the body's.
func (t *Template) Sign(ctx context.Context, c Certificate, created time.Time, sign Signer, keyID string) ([]byte, error) {
	if !strings.HasPrefix(keyID, t.body.DID+"#") || !absolute(keyID) {
		return nil, fmt.Errorf("key %q is not one of %s", keyID, t.body.DID)
	}
	canon, err := t.Canonical(c)
	if err != nil {
		return nil, err
	}
	signature, err := sign(ctx, toSign(proofQuads(keyID, stamp(created)), canon))
	if err != nil {
		return nil, fmt.Errorf("certificate %s: sign: %w", c.Number, err)
	}
	if len(signature) != 64 {
		return nil, fmt.Errorf("certificate %s: signature of %d bytes", c.Number, len(signature))
	}
	return signature, nil
}

// Join puts a certificate's document and its signature together: the credential as it is handed out, the same bytes
// for ever.
func (t *Template) Join(c Certificate, keyID string, created time.Time, signature []byte) ([]byte, error) {
	doc, err := t.Document(c)
	if err != nil {
		return nil, err
	}
	return joinProof(doc, suiteRDFC, keyID, stamp(created), "", signature), nil
}
