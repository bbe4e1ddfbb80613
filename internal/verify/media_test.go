package verify

import (
	"net/http"
	"testing"
)

func TestADocumentHasTheNameThatItsReaderKnows(t *testing.T) {
	for _, c := range []struct {
		says, accept string
		names        []string
		want         string
	}{
		{"who says nothing gets the registered name", "", credentialTypes, "application/vc"},
		{"who takes anything as well", "*/*", credentialTypes, "application/vc"},
		{"a browser too", "text/html,application/xhtml+xml,*/*;q=0.8", credentialTypes, "application/vc"},
		{"the validator of 1EdTech knows JSON only", "application/ld+json, application/json, text/plain", credentialTypes, "application/ld+json"},
		{"Digital Bazaar's client prefers it", "application/ld+json, application/json, */*", credentialTypes, "application/ld+json"},
		{"a weight does not hide a name", "application/json;q=0.9", credentialTypes, "application/json"},
		{"what is weighed with nothing is not taken", "application/vc;q=0.0, application/json", credentialTypes, "application/json"},
		{"a small weight is one", "application/vc; q=0.05", credentialTypes, "application/vc"},
		{"in capitals", "Application/LD+JSON", credentialTypes, "application/ld+json"},
		{"a name of its own for DIDs", "application/did", didTypes, "application/did"},
		{"a resolver that says nothing", "", didTypes, "application/did+ld+json"},
		{"none of ours", "image/png", didTypes, "application/did+ld+json"},
		{"rubbish", ";;,q=0,,", didTypes, "application/did+ld+json"},
	} {
		r := &http.Request{Header: http.Header{}}
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		if got := calledFor(r, c.names); got != c.want {
			t.Errorf("%s: %s, want %s", c.says, got, c.want)
		}
	}
}
