package credential

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// graph is a credential about nodes without names, pointing to each other.
func graph(r *rand.Rand, edges ...[2]int) string {
	var nodes []string
	for _, e := range edges {
		nodes = append(nodes, fmt.Sprintf(`{"id":"_:n%d","type":"Profile","parentOrg":{"id":"_:n%d"}}`, e[0], e[1]))
	}
	r.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	return `{"@context":["` + contextVC + `","` + contextBadge + `"],"id":"urn:x:0","type":["VerifiableCredential"],"issuer":"` + testDID + `","credentialSubject":{"id":"urn:x:1","type":"Profile","parentOrg":[` + strings.Join(nodes, ",") + `]}}`
}

func randomEdges(r *rand.Rand) [][2]int {
	var out [][2]int
	for range 3 + r.IntN(5) {
		if e := [2]int{r.IntN(5), r.IntN(5)}; e[0] != e[1] {
			out = append(out, e)
		}
	}
	return append(out, [2]int{0, 1})
}

func TestNodesThatLookAlikeAreNamedAsRDFC10Asks(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	graph := func(edges ...[2]int) string { return graph(r, edges...) }
	cases := map[string]string{
		"two alike":         graph([2]int{0, 9}, [2]int{1, 9}),
		"three alike":       graph([2]int{0, 9}, [2]int{1, 9}, [2]int{2, 9}),
		"a ring of two":     graph([2]int{0, 1}, [2]int{1, 0}),
		"a ring of five":    graph([2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 4}, [2]int{4, 0}),
		"two rings":         graph([2]int{0, 1}, [2]int{1, 0}, [2]int{2, 3}, [2]int{3, 2}),
		"a ring and a tail": graph([2]int{0, 1}, [2]int{1, 2}, [2]int{2, 0}, [2]int{3, 0}),
		"all to all":        graph([2]int{0, 1}, [2]int{0, 2}, [2]int{1, 0}, [2]int{1, 2}, [2]int{2, 0}, [2]int{2, 1}),
	}
	for n := range 60 {
		cases[fmt.Sprint("at random ", n)] = graph(randomEdges(r)...) // no loops: the library counts them twice
	}
	refused := 0
	for says, doc := range cases {
		v, err := parse([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		got, err := newReader().canonical(v.(map[string]any))
		if errors.Is(err, errPoison) {
			refused++
			continue
		}
		if want := urdna(t, []byte(doc)); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nthe library says\n%s", says, err, got, want)
		}
	}
	if refused > 0 {
		t.Errorf("%d small graphs are refused", refused)
	}
}
