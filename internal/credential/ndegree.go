package credential

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// maxPaths bounds what is tried to tell blank nodes apart that look alike from close by. Two equal results in a badge
// take a few; a graph made to keep verifiers busy would take millions and is refused.
const maxPaths = 2000

// positions are the letters of a statement's places: subject, object, graph; a predicate is never blank.
var positions = [4]string{"s", "", "o", "g"}

// issuer gives blank nodes labels in the order in which it is asked (RDFC-1.0, 4.5).
type issuer struct {
	prefix string
	labels map[string]string
	order  []string
}

func (s *issuer) issue(node string) string {
	if l, ok := s.labels[node]; ok {
		return l
	}
	l := s.prefix + strconv.Itoa(len(s.order))
	s.labels[node], s.order = l, append(s.order, node)
	return l
}

func (s *issuer) clone() *issuer {
	out := &issuer{s.prefix, make(map[string]string, len(s.labels)+1), slices.Clone(s.order)}
	for k, v := range s.labels {
		out.labels[k] = v
	}
	return out
}

// labeller names the blank nodes of one graph.
type labeller struct {
	about     map[string][]quad // the statements about each blank node
	hash      map[string]string // first-degree hash of each
	canonical *issuer
	paths     int
}

// label names all nodes (RDFC-1.0, 4.4): first those that their own statements tell apart, then the others by the
// nodes around them.
func (l *labeller) label() error {
	alike := map[string][]string{}
	for n, qs := range l.about {
		sum := firstDegree(n, qs)
		l.hash[n] = hex.EncodeToString(sum[:])
		alike[l.hash[n]] = append(alike[l.hash[n]], n)
	}
	hashes := make([]string, 0, len(alike))
	for h := range alike {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	for _, h := range hashes {
		if len(alike[h]) == 1 {
			l.canonical.issue(alike[h][0])
		}
	}
	for _, h := range hashes {
		if len(alike[h]) == 1 {
			continue
		}
		var found []path
		for _, n := range alike[h] {
			if _, named := l.canonical.labels[n]; named {
				continue
			}
			start := &issuer{"_:b", map[string]string{}, nil}
			start.issue(n)
			p, err := l.nDegree(n, start)
			if err != nil {
				return err
			}
			found = append(found, p)
		}
		slices.SortStableFunc(found, func(a, b path) int { return strings.Compare(a.hash, b.hash) })
		for _, p := range found {
			for _, n := range p.issuer.order {
				l.canonical.issue(n)
			}
		}
	}
	return nil
}

// path is one way around a node: its hash, and the labels given on the way.
type path struct {
	hash   string
	issuer *issuer
}

// nDegree hashes a node by the nodes around it (RDFC-1.0, 4.8).
func (l *labeller) nDegree(n string, from *issuer) (path, error) {
	if l.paths++; l.paths > maxPaths {
		return path{}, errPoison
	}
	around := map[string][]string{}
	for _, q := range l.about[n] {
		for i, t := range q {
			if i != 1 && t != n && blank(t) {
				h := l.related(t, q, from, positions[i])
				around[h] = append(around[h], t)
			}
		}
	}
	hashes := make([]string, 0, len(around))
	for h := range around {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	var data bytes.Buffer
	for _, h := range hashes {
		chosen, err := l.shortest(around[h], from)
		if err != nil {
			return path{}, err
		}
		data.WriteString(h + chosen.hash)
		from = chosen.issuer
	}
	sum := sha256.Sum256(data.Bytes())
	return path{hex.EncodeToString(sum[:]), from}, nil
}

// related hashes how a node is connected (RDFC-1.0, 4.7).
func (l *labeller) related(n string, q quad, from *issuer, position string) string {
	id, known := l.canonical.labels[n]
	if !known {
		if id, known = from.labels[n]; !known {
			id = l.hash[n]
		}
	}
	if position != "g" {
		position += q[1]
	}
	sum := sha256.Sum256([]byte(position + id))
	return hex.EncodeToString(sum[:])
}

// shortest tries the nodes in every order and keeps the least path.
func (l *labeller) shortest(nodes []string, from *issuer) (path, error) {
	var best path
	err := permute(nodes, func(order []string) error {
		if l.paths++; l.paths > maxPaths {
			return errPoison
		}
		p, err := l.along(order, from.clone(), best.hash)
		if err == nil && p.issuer != nil && (best.issuer == nil || p.hash < best.hash) {
			best = p
		}
		return err
	})
	return best, err
}

// along writes the path through nodes in one order; it gives up, without a path, once a better one is known.
func (l *labeller) along(order []string, from *issuer, best string) (path, error) {
	var text strings.Builder
	worse := func() bool { return best != "" && text.Len() >= len(best) && text.String() > best }
	var deeper []string
	for _, n := range order {
		if id, named := l.canonical.labels[n]; named {
			text.WriteString(id)
		} else {
			if _, met := from.labels[n]; !met {
				deeper = append(deeper, n)
			}
			text.WriteString(from.issue(n))
		}
		if worse() {
			return path{}, nil
		}
	}
	for _, n := range deeper {
		p, err := l.nDegree(n, from)
		if err != nil {
			return path{}, err
		}
		text.WriteString(from.issue(n) + "<" + p.hash + ">")
		from = p.issuer
		if worse() {
			return path{}, nil
		}
	}
	return path{text.String(), from}, nil
}

// permute calls try with every order of all, until it fails.
func permute(all []string, try func([]string) error) error {
	all = slices.Clone(all)
	var from func(int) error
	from = func(i int) error {
		if i >= len(all)-1 {
			return try(all)
		}
		for j := i; j < len(all); j++ {
			all[i], all[j] = all[j], all[i]
			if err := from(i + 1); err != nil {
				return err
			}
			all[i], all[j] = all[j], all[i]
		}
		return nil
	}
	return from(0)
}
