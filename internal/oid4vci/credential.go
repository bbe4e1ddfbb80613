package oid4vci

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"kompeten/internal/offer"
)

// request is what a wallet asks for (8.2).
type request struct {
	Identifier    string                     `json:"credential_identifier"`
	Configuration string                     `json:"credential_configuration_id"`
	Proofs        map[string]json.RawMessage `json:"proofs"`
	Encryption    json.RawMessage            `json:"credential_response_encryption"`
}

// credential hands the certificate out (8).
func (h *Handler) credential(w http.ResponseWriter, r *http.Request, b offer.Body) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		w.Header().Set("WWW-Authenticate", "Bearer") // RFC 6750, 3.1: who gave no token is told no error
		h.write(w, http.StatusUnauthorized, struct{}{})
		return
	}
	if err := h.offers.Admit(r.Context(), b.Path, token); err != nil {
		h.refuse(w, err)
		return
	}
	q, err := read(http.MaxBytesReader(w, r.Body, maxRequest), r.Header.Get("Content-Type"))
	if err != nil {
		h.refuse(w, err)
		return
	}
	format, proof, err := q.judge()
	if err != nil {
		h.refuse(w, err)
		return
	}
	doc, err := h.offers.Deliver(r.Context(), b.Path, token, format, proof)
	if err != nil {
		h.refuse(w, err)
		return
	}
	var credential any = json.RawMessage(doc)
	if format == offer.JWT {
		credential = string(doc)
	}
	h.write(w, http.StatusOK, map[string]any{"credentials": []any{map[string]any{"credential": credential}}})
}

const malformed = "offer.error.invalid_credential_request"

// read reads a request; one that says the same thing twice is refused.
func read(body io.Reader, mediaType string) (q request, err error) {
	if t, _, err := mime.ParseMediaType(mediaType); err != nil || t != "application/json" {
		return q, bad(malformed)
	}
	data, err := io.ReadAll(body)
	if err != nil || repeats(data) || json.Unmarshal(data, &q) != nil {
		return q, bad(malformed)
	}
	return q, nil
}

// repeats says whether an object has a member twice; true also where data is no object.
func repeats(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return true
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || seen[name] || dec.Decode(&value) != nil {
			return true
		}
		seen[name] = true
	}
	_, err := dec.Token()
	_, end := dec.Token()
	return err != nil || !errors.Is(end, io.EOF)
}

// judge says which format is asked for, and gives the wallet's proof, if there is one.
func (q request) judge() (offer.Format, string, error) {
	if (q.Identifier == "") == (q.Configuration == "") {
		return "", "", bad(malformed)
	}
	format, known := formatOf(q.Identifier + q.Configuration)
	switch {
	case !known && q.Identifier != "":
		return "", "", bad("offer.error.unknown_credential_identifier")
	case !known:
		return "", "", bad(offer.CredentialUnknown)
	case len(q.Encryption) > 0 && string(q.Encryption) != "null":
		return "", "", bad("offer.error.invalid_encryption_parameters")
	case q.Proofs == nil:
		return format, "", nil
	}
	var list []string
	if len(q.Proofs) != 1 || json.Unmarshal(q.Proofs["jwt"], &list) != nil || len(list) != 1 || list[0] == "" {
		return "", "", bad(offer.InvalidProof)
	}
	return format, list[0], nil
}
