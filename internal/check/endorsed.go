package check

import (
	"context"
	"encoding/json"
	"strings"

	"kompeten/internal/credential"
)

// Endorser is a Trust that also knows what the authority says about a body's licence.
type Endorser interface {
	Endorsement(ctx context.Context, did string) ([]byte, error)
}

// endorsed adds what the authority says about the issuer's licence, where it is at hand. It changes no verdict: the
// licence that counts is that of the day of issue, and an endorsement speaks of today.
func (c *Checker) endorsed(ctx context.Context, r *Report, did string) {
	from, ok := c.trust.(Endorser)
	if !ok || did == "" {
		return
	}
	doc, err := from.Endorsement(ctx, did)
	if err != nil {
		return
	}
	rep := credential.Verify(ctx, doc, credential.Options{Keys: c.key, Status: c.trust.Status, Now: c.now, Memory: c.memory})
	var said struct {
		Type    []string `json:"type"`
		Subject struct {
			ID string `json:"id"`
		} `json:"credentialSubject"`
	}
	wrong := json.Unmarshal(doc, &said) != nil || said.Subject.ID != did || len(said.Type) != 2 || said.Type[1] != "EndorsementCredential"
	switch {
	case wrong || rep.Facts.Issuer != authority(did) || !signed(rep):
		r.add("licence", credential.Unknown, "check.why.licence_word")
	case rep.Verdict != credential.Valid:
		r.add("licence", credential.Unknown, "check.why.licence_not_now")
	default:
		r.add("licence", credential.Passed, "check.why.licence_now")
	}
}

// authority is who licenses the bodies of the installation that a body's name belongs to.
func authority(did string) string {
	parts := strings.SplitN(did, ":", 4)
	if len(parts) < 3 {
		return ""
	}
	return strings.Join(parts[:3], ":") + ":bnsp"
}

// signed says whether nothing but the days is in doubt.
func signed(rep credential.Report) bool {
	for _, x := range rep.Checks {
		if x.Outcome != credential.Passed && x.Key() != "credential.check.dates" {
			return false
		}
	}
	return true
}
