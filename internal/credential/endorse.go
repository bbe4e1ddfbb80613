package credential

import (
	"encoding/json"
	"fmt"
	"time"
)

// Endorsement is what an authority says about a body: that it holds a licence, for which scope, from when to when.
type Endorsement struct {
	URL         string // address of the endorsement
	Name        string // what it is: "Lisensi LSP …"
	Authority   Body   // who endorses
	Subject     string // DID of the endorsed body
	Comment     string // number of the licence and its scope
	From, Until time.Time
	StatusList  string // address of the authority's revocation list; empty: not on a list
	StatusIndex int
}

// Document is the unsigned EndorsementCredential; Secure signs it with the authority's key.
func (e Endorsement) Document() ([]byte, error) {
	if !address(e.URL) || e.Name == "" || e.Subject == "" || !e.Until.IsZero() && !e.From.Before(e.Until) {
		return nil, fmt.Errorf("endorsement %s of %q: incomplete", e.URL, e.Subject)
	}
	if err := e.Authority.check(); err != nil {
		return nil, fmt.Errorf("endorsement %s: %w", e.URL, err)
	}
	type profile struct {
		ID   string   `json:"id"`
		Type []string `json:"type"`
		Name string   `json:"name"`
		URL  string   `json:"url,omitempty"`
	}
	type subject struct {
		ID      string   `json:"id"`
		Type    []string `json:"type"`
		Comment string   `json:"endorsementComment,omitempty"`
	}
	doc := struct {
		Context []string     `json:"@context"`
		ID      string       `json:"id"`
		Type    []string     `json:"type"`
		Name    string       `json:"name"`
		Issuer  profile      `json:"issuer"`
		From    string       `json:"validFrom"`
		Until   string       `json:"validUntil,omitempty"`
		Subject subject      `json:"credentialSubject"`
		Status  *statusEntry `json:"credentialStatus,omitempty"`
	}{Context: []string{contextVC, contextBadge}, ID: e.URL, Type: []string{"VerifiableCredential", "EndorsementCredential"}, Name: e.Name,
		Issuer: profile{e.Authority.DID, []string{"Profile"}, e.Authority.Name, e.Authority.URL}, From: stamp(e.From),
		Subject: subject{e.Subject, []string{"EndorsementSubject"}, e.Comment}}
	if !e.Until.IsZero() {
		doc.Until = stamp(e.Until)
	}
	if e.StatusList != "" {
		doc.Status = &statusEntry{fmt.Sprintf("%s#%d", e.StatusList, e.StatusIndex), "BitstringStatusListEntry", Revocation, fmt.Sprint(e.StatusIndex), e.StatusList}
	}
	return json.Marshal(doc)
}

type statusEntry struct {
	ID      string  `json:"id"`
	Type    string  `json:"type"`
	Purpose Purpose `json:"statusPurpose"`
	Index   string  `json:"statusListIndex"`
	List    string  `json:"statusListCredential"`
}
