package verify

import (
	"net/http"
	"slices"
	"strings"
)

// What a document may be called. The first is its registered name, given to whoever does not say what she takes; the
// others are names of the same bytes for readers that know JSON only, which call the registered one unreadable.
var (
	credentialTypes = []string{"application/vc", "application/vc+ld+json", "application/ld+json", "application/json"}
	didTypes        = []string{"application/did+ld+json", "application/did", "application/did+json", "application/ld+json", "application/json"}
)

// calledFor is the name under which a reader takes a document: the first of ours that her Accept header names.
func calledFor(r *http.Request, names []string) string {
	var takes []string
	for _, accept := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(accept, ",") {
			name, rest, _ := strings.Cut(part, ";")
			if weight := strings.ReplaceAll(rest, " ", ""); !strings.HasPrefix(weight, "q=0") || strings.Trim(weight[3:], ".0") != "" {
				takes = append(takes, strings.ToLower(strings.TrimSpace(name)))
			}
		}
	}
	for _, name := range names {
		if slices.Contains(takes, name) {
			return name
		}
	}
	return names[0]
}
