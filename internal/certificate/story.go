package certificate

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/text"
	"kompeten/internal/tlog"
)

// Change is one thing that became of a certificate and that anyone may know.
type Change struct {
	On     date.Date   `json:"on"`
	Action flow.Action `json:"action"`
	State  flow.State  `json:"state"` // since then
	Reason string      `json:"reason,omitempty"`
}

// Story is what became of a certificate since its issue, as anyone may know it: days and reasons, no persons.
type Story struct {
	Code, Number         string
	IssuedOn, ValidUntil date.Date
	Today                date.Date // where the body is
	Scheme, TUK, TUKName string    // whose pages the credential names
	Corrected            bool
	Changes              []Change
	Licence              Standing
	LogRef               string
	LogIndex             int64 // its place in the transparency log; -1 while it waits for one
}

// Standing is the licence of the body on the day of issue. State is active, suspended, over or later; empty where no
// record of it is left.
type Standing struct {
	Number, Decree string
	From, Until    date.Date
	State          string
}

// toldActions are the actions that a story tells; what else is done to a certificate is the body's own business.
var toldActions = []flow.Action{"issue", "suspend", "resume", "renew", "replace", "revoke"}

// StoryOf is the story of the certificate with a code.
func StoryOf(tx *db.Tx, _ auth.Actor, code string) (Story, error) {
	r, err := db.One(tx, fields, "SELECT "+columns+from+"WHERE c.code = $1", code)
	if err != nil {
		return Story{}, notFound(err)
	}
	c, zone := r.whole(), date.Zone(r.Face.Zone)
	s := Story{Code: c.Code, Number: c.Number, IssuedOn: c.IssuedOn, ValidUntil: c.ValidUntil, Today: date.Of(tx.Now(), zone), Scheme: c.Face.Scheme, TUK: c.Face.TUK, TUKName: c.Face.TUKName,
		Corrected: c.Corrected, LogRef: c.LogRef(), LogIndex: -1}
	events, err := Events(tx, anyone, c.ID)
	if err != nil {
		return s, err
	}
	for _, e := range events {
		if do := flow.Action(e.Action); slices.Contains(toldActions, do) {
			s.Changes = append(s.Changes, Change{date.Of(e.At.Time, zone), do, e.State, public(e.Reason, c.Name)})
		}
	}
	if s.Licence, err = standing(tx, c); err != nil {
		return s, err
	}
	index, err := tlog.Find(tx, s.LogRef)
	if err == nil {
		s.LogIndex = index
	} else if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return s, err
}

// notFound says of an unknown code what the public check says.
func notFound(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "verify.not_found")
	}
	return err
}

// On is what the certificate was worth at the end of a day: valid, expired, suspended, revoked, replaced; not_issued
// before it was issued.
func (s Story) On(day date.Date) string {
	if day < s.IssuedOn {
		return "not_issued"
	}
	state := flow.None
	for _, c := range s.Changes {
		if c.On <= day {
			state = c.State
		}
	}
	if state == Revoked && s.Corrected {
		return "replaced"
	}
	return status(state, s.ValidUntil, day)
}

// longNumber is what could be the number of a person: of an identity card, a family, a telephone.
var longNumber = regexp.MustCompile(`\+?\d(?:[ .-]?\d){9,}`)

// public is a reason without what could tell a person: people are asked to leave it out, and this is for who forgot.
func public(reason, holder string) string {
	reason = longNumber.ReplaceAllString(reason, "…")
	if i := strings.Index(strings.ToLower(reason), strings.ToLower(holder)); i >= 0 && holder != "" && len(strings.ToLower(reason)) == len(reason) {
		reason = reason[:i] + text.MaskName(holder) + reason[min(len(reason), i+len(holder)):]
	}
	return reason
}

// standing is how the licence that a certificate names stood when it was issued. The book of the ledger tells it, since the
// register shows only how it stands now.
func standing(tx *db.Tx, c Certificate) (Standing, error) {
	out := Standing{Number: c.Face.Licence}
	all, err := licence.Licences(tx, anyone, c.LSP)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(all, func(l licence.Licence) bool { return l.Number == c.Face.Licence })
	if i < 0 {
		return out, nil
	}
	l := all[i]
	rows, err := ledger.Of(tx, anyone, l.ID)
	if err != nil {
		return out, err
	}
	out.Decree, out.From, out.Until = l.Decree, l.ValidFrom, l.ValidUntil
	out.State = stateAt(rows, c.Proof.SignedAt)
	switch {
	case out.State != "active":
	case c.IssuedOn < l.ValidFrom:
		out.State = "later"
	case c.IssuedOn > l.ValidUntil:
		out.State = "over"
	}
	return out, nil
}

// stateAt is the state that the ledger's rows of a record leave it in at a moment.
func stateAt(rows []ledger.Row, at time.Time) (state string) {
	for _, r := range rows {
		if !r.At.After(at) && r.To != "" {
			state = r.To
		}
	}
	return state
}
