package credential

import (
	"embed"
	"errors"
	"fmt"
	"sync"

	"github.com/piprate/json-gold/ld"
)

// The contexts of our own documents, in the order Open Badges 3.0 asks for.
const (
	contextVC         = "https://www.w3.org/ns/credentials/v2"
	contextVC1        = "https://www.w3.org/2018/credentials/v1"
	contextBadge      = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextExtensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
)

// OwnContexts are those of our own documents, in their order.
func OwnContexts() []string { return []string{contextVC, contextBadge, contextExtensions} }

//go:embed contexts
var contextFiles embed.FS

// pinned says which file holds the context of an address. Nothing else is ever loaded.
var pinned = map[string]string{
	contextVC:    "credentials-v2.json",
	contextVC1:   "credentials-v1.json",
	contextBadge: "ob-3.0.3.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context.json":       "ob-3.0.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
	contextExtensions: "ob-extensions.json",
	"https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
	"https://w3id.org/security/multikey/v1":       "multikey-v1.json",
	"https://www.w3.org/ns/did/v1":                "did-v1.json",
}

// library is a set of contexts by their addresses. It never leaves the process.
type library map[string]*ld.RemoteDocument

var errContext = errors.New("a context that is not pinned here")

// shelf holds the pinned contexts, read once. They are part of the binary: a test reads them all.
var shelf = sync.OnceValue(func() library {
	out := library{}
	for address, file := range pinned {
		b, err := contextFiles.ReadFile("contexts/" + file)
		if err != nil {
			panic("pinned context " + file + " is not in the binary")
		}
		doc, err := parse(b)
		if err != nil {
			panic("pinned context " + file + " is not JSON")
		}
		out[address] = &ld.RemoteDocument{DocumentURL: address, Document: doc}
	}
	return out
})

// LoadDocument gives a pinned context, and for any other address an error: it is the loader of the JSON-LD library.
func (l library) LoadDocument(address string) (*ld.RemoteDocument, error) {
	doc, ok := l[address]
	if !ok {
		return nil, fmt.Errorf("%s: %w", address, errContext)
	}
	return doc, nil
}
