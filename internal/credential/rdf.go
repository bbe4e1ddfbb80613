package credential

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"github.com/piprate/json-gold/ld"
)

// Bounds of what one verification reads. Most of what the generic path costs is contexts: every type of an object opens its own, in
// about 50 microseconds.
const (
	maxObjects = 300
	maxTypes   = 600 // types and contexts of all objects together
	maxQuads   = 4000
	maxBlanks  = 400
)

// What can be wrong with a graph.
var (
	errUnsigned = errors.New("something in the document has no meaning in its contexts, so no signature covers it")
	errPoison   = errors.New("nodes without names that nothing tells apart")
	errJSONLD   = errors.New("not JSON-LD")
)

// reader reads JSON-LD with the contexts of a library, up to the bounds above for all it reads together: a credential,
// its proofs and the status lists its issuer may choose.
type reader struct {
	lib            library
	objects, kinds int
}

func newReader() *reader { return &reader{lib: shelf()} }

// canonical gives the RDFC-1.0 canonical N-Quads of a JSON-LD document whose contexts are all in the library. It
// refuses what RDFC-1.0 would need exponential work for (many nodes that nothing close by tells apart) and what a
// signature would silently leave out (members, types and identifiers that expand to nothing).
func (r *reader) canonical(doc map[string]any) ([]byte, error) {
	quads, err := r.triples(doc)
	if err != nil {
		return nil, err
	}
	return canonicalQuads(quads)
}

// quad is one statement: subject, predicate, object and graph as N-Quads terms; a blank node is its label.
type quad [4]string

func blank(term string) bool { return strings.HasPrefix(term, "_:") }

// triples are the statements of a document.
func (r *reader) triples(doc map[string]any) (quads []quad, err error) {
	defer func() {
		if recover() != nil { // the library panics on some malformed documents
			quads, err = nil, errJSONLD
		}
	}()
	n, kinds := weigh(doc)
	if r.objects, r.kinds = r.objects+n, r.kinds+kinds; r.objects > maxObjects || r.kinds > maxTypes {
		return nil, errTooLarge
	}
	opts := ld.NewJsonLdOptions("")
	opts.DocumentLoader, opts.ProcessingMode, opts.SafeMode = r.lib, ld.JsonLd_1_1, true
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, opts)
	if err != nil {
		return nil, errors.Join(errJSONLD, err)
	}
	if !covered(expanded) {
		return nil, errUnsigned
	}
	set, err := ld.NewJsonLdApi().ToRDF(expanded, opts)
	if err != nil {
		return nil, errors.Join(errJSONLD, err)
	}
	for name, graph := range set.Graphs {
		g := ""
		if name != "@default" {
			g = name
			if !blank(name) {
				g = "<" + name + ">"
			}
		}
		for _, q := range graph {
			if len(quads) == maxQuads {
				return nil, errTooLarge
			}
			quads = append(quads, quad{term(q.Subject), term(q.Predicate), term(q.Object), g})
		}
	}
	return quads, nil
}

// weigh counts the objects of a document, and their types and contexts.
func weigh(v any) (objects, kinds int) {
	add := func(e any) {
		n, k := weigh(e)
		objects, kinds = objects+n, kinds+k
	}
	switch v := v.(type) {
	case map[string]any:
		objects = 1
		for name, e := range v {
			if name == "type" || name == "@type" || name == "@context" {
				kinds += len(list(e))
			}
			add(e)
		}
	case []any:
		for _, e := range v {
			add(e)
		}
	}
	return objects, kinds
}

// covered says whether every identifier and type of an expanded document is one that statements can be made of.
func covered(v any) bool {
	switch v := v.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !covered(e) })
	case map[string]any:
		for k, e := range v {
			switch k {
			case "@id":
				if s, ok := e.(string); !ok || !blank(s) && !iri(s) {
					return false
				}
			case "@type":
				if !coveredTypes(e) {
					return false
				}
			case "@value":
			case "@language":
				if s, ok := e.(string); !ok || ld.InvalidNode(ld.NewLiteral("", "", s)) {
					return false
				}
			default:
				if !strings.HasPrefix(k, "@") && !iri(k) || !covered(e) {
					return false
				}
			}
		}
	}
	return true
}

func coveredTypes(v any) bool {
	switch v := v.(type) {
	case string:
		return v == "@json" || blank(v) || iri(v)
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !coveredTypes(e) })
	}
	return false
}

// iri says whether s is an absolute IRI as N-Quads writes one, and one of which the library keeps the statements.
func iri(s string) bool { return absolute(s) && !ld.InvalidNode(ld.NewIRI(s)) }

func absolute(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" || strings.ContainsAny(s, "<>\"{}|^`\\ ") {
		return false
	}
	for i, r := range s {
		if r <= 0x20 || r == 0x7f {
			return false
		}
		if i < len(scheme) && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && (r >= '0' && r <= '9' || strings.ContainsRune("+-.", r))) {
			return false
		}
	}
	return true
}

const (
	xsd       = "http://www.w3.org/2001/XMLSchema#"
	xsdString = xsd + "string"
)

func term(n ld.Node) string {
	switch n := n.(type) {
	case ld.IRI:
		return "<" + n.Value + ">"
	case ld.BlankNode:
		return n.Attribute
	case ld.Literal:
		s := `"` + string(appendLiteral(nil, n.Value)) + `"`
		switch {
		case n.Language != "":
			return s + "@" + n.Language
		case n.Datatype == "" || n.Datatype == xsdString:
			return s
		}
		return s + "^^<" + n.Datatype + ">"
	}
	return ""
}

const hexDigits = "0123456789ABCDEF"

// appendLiteral writes the text of a literal as canonical N-Quads escapes it (RDFC-1.0, section 5): everything else
// stands as it is, right-to-left marks and emoji too.
func appendLiteral(out []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= 0x20 && c != 0x7f:
			out = append(out, c)
		case c == '\b':
			out = append(out, `\b`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\f':
			out = append(out, `\f`...)
		case c == '\r':
			out = append(out, `\r`...)
		default:
			out = append(out, `\u00`...)
			out = append(out, hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return out
}

// appendQuad writes one line; label says what stands for a blank node.
func appendQuad(out []byte, q quad, label func(string) string) []byte {
	for i, t := range q {
		if i == 3 && t == "" {
			break
		}
		if blank(t) {
			t = label(t)
		}
		out = append(append(out, t...), ' ')
	}
	return append(out, '.', '\n')
}

// canonicalQuads labels the blank nodes and sorts (RDFC-1.0).
func canonicalQuads(quads []quad) ([]byte, error) {
	about := map[string][]quad{}
	for _, q := range quads {
		for i, t := range q {
			if i != 1 && blank(t) && !slices.Contains(q[:i], t) {
				about[t] = append(about[t], q)
			}
		}
		if blank(q[1]) {
			return nil, errUnsigned
		}
	}
	if len(about) > maxBlanks {
		return nil, errTooLarge
	}
	l := labeller{about: about, hash: map[string]string{}, canonical: &issuer{"_:c14n", map[string]string{}, nil}}
	if err := l.label(); err != nil {
		return nil, err
	}
	lines := make([][]byte, 0, len(quads))
	for _, q := range quads {
		lines = append(lines, appendQuad(nil, q, l.canonical.issue))
	}
	return joinLines(lines), nil
}

func firstDegree(label string, quads []quad) [32]byte {
	lines := make([][]byte, 0, len(quads))
	for _, q := range quads {
		lines = append(lines, appendQuad(nil, q, func(l string) string {
			if l == label {
				return "_:a"
			}
			return "_:z"
		}))
	}
	slices.SortFunc(lines, bytes.Compare)
	return sha256.Sum256(bytes.Join(lines, nil))
}

// joinLines sorts lines by code points and leaves out doubles: a graph is a set.
func joinLines(lines [][]byte) []byte {
	slices.SortFunc(lines, bytes.Compare)
	lines = slices.CompactFunc(lines, bytes.Equal)
	return bytes.Join(lines, nil)
}
