package credential

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Verdict is what is left of a report in one word.
type Verdict string

// The verdicts. The zero value is the careful one.
const (
	Unconfirmed Verdict = ""        // nothing is wrong, but something needed could not be checked
	Valid       Verdict = "valid"   // everything was checked and holds
	Invalid     Verdict = "invalid" // something is wrong: do not rely on it
)

// Outcome is how one check ended.
type Outcome string

// The outcomes.
const (
	Unknown Outcome = "unknown" // could not be checked
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
)

// Subject is what a check is about; its name stands in the catalogue under credential.check.
type Subject string

// The checks, in the order of a report.
const (
	Format     Subject = "format"     // it can be read, and only one way
	Contexts   Subject = "contexts"   // its words are known here
	Members    Subject = "members"    // it says what a credential must say
	IssuerKey  Subject = "key"        // the key is the issuer's and was in force
	Signature  Subject = "signature"  // nothing was changed since it was signed
	Dates      Subject = "dates"      // it is in force today
	StatusList Subject = "list"       // the status list is the right one, signed and recent
	Revoked    Subject = "revocation" // it was not revoked
	Suspended  Subject = "suspension" // it is not suspended
)

// The reasons, as keys of the catalogue.
const (
	whyNotJSON      = "credential.why.not_json"
	whyTooLarge     = "credential.why.too_large"
	whyDuplicate    = "credential.why.duplicate"
	whyImage        = "credential.why.image"
	whyUnbaked      = "credential.why.unbaked"
	whyJWT          = "credential.why.jwt"
	whyAlgorithm    = "credential.why.algorithm"
	whyContext      = "credential.why.context"
	whyInline       = "credential.why.inline_context"
	whyMembers      = "credential.why.members"
	whyIssuer       = "credential.why.issuer"
	whyNoProof      = "credential.why.no_proof"
	whySuite        = "credential.why.suite"
	whyPurpose      = "credential.why.purpose"
	whyNoKey        = "credential.why.no_key"
	whyKeyAway      = "credential.why.key_unreachable"
	whyController   = "credential.why.controller"
	whyKeyKind      = "credential.why.key_kind"
	whyKeyEnded     = "credential.why.key_ended"
	whyKeyRevoked   = "credential.why.key_revoked"
	whyTampered     = "credential.why.tampered"
	whyUnsigned     = "credential.why.unsigned_part"
	whyPoison       = "credential.why.poison"
	whyClaims       = "credential.why.claims"
	whyEarly        = "credential.why.not_yet"
	whyExpired      = "credential.why.expired"
	whyProofExpired = "credential.why.proof_expired"
	whyUnproven     = "credential.why.unproven"
	whyStatusKind   = "credential.why.status_kind"
	whyListAway     = "credential.why.list_unreachable"
	whyListBad      = "credential.why.list_bad"
	whyListOther    = "credential.why.list_other"
	whyListOld      = "credential.why.list_old"
	whyListShort    = "credential.why.list_short"
	whyRevoked      = "credential.why.revoked"
	whySuspended    = "credential.why.suspended"
)

// Check is one line of a report.
type Check struct {
	Subject Subject
	Outcome Outcome
	Why     string // key of the reason; empty when it passed
}

// Key is the catalogue key of the check's name.
func (c Check) Key() string { return "credential.check." + string(c.Subject) }

// Facts are what the credential says, whether or not it is true.
type Facts struct {
	ID, Issuer, IssuerName    string
	Holder, Number            string
	Achievement, Code         string
	From, Until               time.Time
	StatusList, StatusPurpose string
	StatusIndex               int
	KeyID, Suite              string // of the proof that was checked
	Created                   time.Time
}

// Report is what a verification found, check by check.
type Report struct {
	Verdict Verdict
	Checks  []Check
	Facts   Facts
}

// Failed gives the reasons of all checks that failed or could not be made, in order.
func (r Report) Failed() []string {
	var out []string
	for _, c := range r.Checks {
		if c.Why != "" {
			out = append(out, c.Why)
		}
	}
	return out
}

// Options are what a verification needs from outside. What is missing is not guessed: the report says it could not
// be checked.
type Options struct {
	// Keys finds a verification method by its identifier. It returns ErrNoKey when there is none; any other error
	// means that it could not be looked up.
	Keys func(ctx context.Context, methodID string) (Key, error)
	// Status fetches a status list by its address.
	Status func(ctx context.Context, address string) ([]byte, error)
	// Suspension says where the suspensions beside a revocation list stand (SuspensionList for our own bodies);
	// nothing or "": the issuer has none.
	Suspension func(revocationList string) string
	Now        time.Time
	// Memory keeps what repeats between verifications; nil keeps nothing.
	Memory *Memory
}

// ErrNoKey says that there is no such verification method.
var ErrNoKey = errors.New("no such key")

func (r *Report) add(s Subject, o Outcome, why string) {
	r.Checks = append(r.Checks, Check{s, o, why})
}

// essential are the checks without which nothing is valid.
var essential = []Subject{Format, Contexts, Members, IssuerKey, Signature, Dates}

func (r *Report) conclude() Report {
	slices.SortStableFunc(r.Checks, func(a, b Check) int { return place(a.Subject) - place(b.Subject) })
	passed := map[Subject]bool{}
	open := false
	for _, c := range r.Checks {
		switch {
		case c.Outcome == Passed:
			passed[c.Subject] = true
		case c.Outcome == Failed && c.Subject != StatusList:
			r.Verdict = Invalid
			return *r
		default:
			open = true
		}
	}
	for _, s := range essential {
		open = open || !passed[s]
	}
	if !open {
		r.Verdict = Valid
	}
	return *r
}

var order = []Subject{Format, Contexts, Members, IssuerKey, Signature, Dates, StatusList, Revoked, Suspended}

func place(s Subject) int { return slices.Index(order, s) }

// reasons says which reason people read for an error of this package.
var reasons = []struct {
	err error
	why string
}{
	{errTooLarge, whyTooLarge}, {errTooDeep, whyTooLarge}, {errDuplicate, whyDuplicate}, {errImage, whyImage}, {errUnbaked, whyUnbaked},
	{errAlg, whyAlgorithm}, {errJWT, whyJWT}, {errContext, whyContext}, {errPoison, whyPoison}, {errUnsigned, whyUnsigned}, {errJSONLD, whyUnsigned},
	{errProof, whyNoProof}, {errForge, whyTampered}, {errKey, whyKeyKind}, {errJSON, whyNotJSON},
}

func reason(err error, otherwise string) string {
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return r.why
		}
	}
	return otherwise
}
