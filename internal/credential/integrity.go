package credential

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
)

// The Data Integrity suites that are known here (W3C vc-di-eddsa).
const (
	suiteRDFC = "eddsa-rdfc-2022"
	suiteJCS  = "eddsa-jcs-2022"
)

var (
	errProof = errors.New("a proof that says too little or something else than asked")
	errForge = errors.New("the signature does not fit the document")
)

// stamp writes the moment of a signature.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// proofQuads is the canonical form of the proof of one of our rdfc signatures, without its value. Its contexts are
// those of the document, which all give these terms the same meaning.
func proofQuads(keyID, created string) []byte {
	out := make([]byte, 0, 640)
	out = append(append(out, `_:c14n0 <http://purl.org/dc/terms/created> "`...), created...)
	out = append(out, "\"^^<"+xsd+"dateTime> .\n"...)
	out = append(out, "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .\n"...)
	out = append(out, "_:c14n0 <https://w3id.org/security#cryptosuite> \""+suiteRDFC+"\"^^<https://w3id.org/security#cryptosuiteString> .\n"...)
	out = append(out, "_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n"...)
	out = append(append(out, "_:c14n0 <https://w3id.org/security#verificationMethod> <"...), keyID...)
	return append(out, "> .\n"...)
}

// toSign is what an Ed25519 key signs: the hash of the proof's options and the hash of the document.
func toSign(proof, document []byte) []byte {
	p, d := sha256.Sum256(proof), sha256.Sum256(document)
	return append(p[:], d[:]...)
}

// joinProof puts a proof into a document's text, before its last brace.
func joinProof(doc []byte, suite, keyID, created, contexts string, signature []byte) []byte {
	out := make([]byte, 0, len(doc)+512)
	out = append(append(out, doc[:len(doc)-1]...), `,"proof":[{`...)
	if contexts != "" {
		out = append(append(append(out, `"@context":`...), contexts...), ',')
	}
	out = append(out, `"type":"DataIntegrityProof","cryptosuite":"`+suite+`","created":"`+created+`","verificationMethod":`...)
	out = appendString(out, keyID)
	out = append(out, `,"proofPurpose":"assertionMethod","proofValue":"`...)
	return append(appendBase58(out, signature), `"}]}`...)
}

// Secure signs any credential of ours that is not made by a template (status lists, endorsements) with
// eddsa-rdfc-2022, the generic way. The document is JSON without a proof.
func Secure(ctx context.Context, document []byte, keyID string, created time.Time, sign Signer) ([]byte, error) {
	return secure(ctx, document, suiteRDFC, keyID, created, sign)
}

// SecureJCS signs with eddsa-jcs-2022, for readers without JSON-LD.
func SecureJCS(ctx context.Context, document []byte, keyID string, created time.Time, sign Signer) ([]byte, error) {
	return secure(ctx, document, suiteJCS, keyID, created, sign)
}

func secure(ctx context.Context, document []byte, suite, keyID string, created time.Time, sign Signer) ([]byte, error) {
	v, err := parse(document)
	if err != nil {
		return nil, fmt.Errorf("document to sign: %w", err)
	}
	doc, ok := v.(map[string]any)
	if !ok || doc["proof"] != nil || document[len(document)-1] != '}' || !absolute(keyID) {
		return nil, fmt.Errorf("document to sign: %w", errProof)
	}
	proof := map[string]any{"type": "DataIntegrityProof", "cryptosuite": suite, "created": stamp(created), "verificationMethod": keyID, "proofPurpose": "assertionMethod"}
	contexts := ""
	if suite == suiteJCS {
		proof["@context"] = doc["@context"]
		b, err := json.Marshal(doc["@context"])
		if err != nil {
			return nil, fmt.Errorf("document to sign: %w", err)
		}
		contexts = string(b)
	}
	message, err := (&signable{doc: doc, reader: newReader()}).message(proof)
	if err != nil {
		return nil, fmt.Errorf("document to sign: %w", err)
	}
	signature, err := sign(ctx, message)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if len(signature) != ed25519.SignatureSize {
		return nil, fmt.Errorf("sign: %w", errForge)
	}
	return joinProof(document, suite, keyID, stamp(created), contexts, signature), nil
}

// signable is a document whose proofs are made or checked.
type signable struct {
	doc    map[string]any // its proofs may still be in it
	reader *reader
	form   []byte // its canonical N-Quads, once they were needed
}

// message is what the signature of a proof covers (vc-di-eddsa, 3.1.4 and 3.2.4).
func (s *signable) message(proof map[string]any) ([]byte, error) {
	doc, options := maps.Clone(s.doc), maps.Clone(proof)
	delete(doc, "proof")
	delete(options, "proofValue")
	switch proof["cryptosuite"] {
	case suiteRDFC:
		options["@context"] = doc["@context"]
		p, err := s.reader.canonical(options)
		if err != nil {
			return nil, err
		}
		if s.form == nil {
			if s.form, err = s.reader.canonical(doc); err != nil {
				return nil, err
			}
		}
		return toSign(p, s.form), nil
	case suiteJCS:
		if at, given := proof["@context"]; given {
			if !startsWith(doc["@context"], at) {
				return nil, errProof
			}
			doc["@context"] = at
		}
		p, err := canonicalJSON(options)
		if err != nil {
			return nil, err
		}
		d, err := canonicalJSON(doc)
		if err != nil {
			return nil, err
		}
		return toSign(p, d), nil
	}
	return nil, errProof
}

// startsWith says whether the contexts of a document begin with those of its proof.
func startsWith(document, proof any) bool {
	d, p := list(document), list(proof)
	return len(p) > 0 && len(p) <= len(d) && slices.EqualFunc(d[:len(p)], p, func(a, b any) bool {
		x, isText := a.(string)
		y, both := b.(string)
		return isText && both && x == y
	})
}

// list gives a value that may stand alone or in an array as a list.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// canonicalJSON writes a document as RFC 8785.
func canonicalJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// fits says whether a signature by key covers the document under the options of the proof.
func (s *signable) fits(proof map[string]any, key ed25519.PublicKey) error {
	value, _ := proof["proofValue"].(string)
	signature, err := decodeBase58(value)
	if err != nil || len(signature) != ed25519.SignatureSize || string(appendBase58(nil, signature)) != value {
		return errForge
	}
	message, err := s.message(proof)
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, message, signature) {
		return errForge
	}
	return nil
}

// dateTime reads an XSD dateTimeStamp: a moment with its offset.
func dateTime(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok || len(s) > 40 || !strings.Contains(s, "T") {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}
