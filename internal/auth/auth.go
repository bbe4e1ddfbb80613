// Package auth says who acts: a person in her duties, or the system under its own name.
//
// A duty is a relation to an organisation (officer of this office, assessor of this LSP), never a rank. The
// empty Actor is nobody and may do nothing.
package auth

import "slices"

// PersonID names a person across all organisations: "per_06c3f…".
type PersonID string

// OrgID names an organisation: "org_06c3f…".
type OrgID string

// Duty is what someone does in an organisation.
type Duty string

// The duties of the field. See docs/words.md for their Indonesian names.
const (
	Officer   Duty = "officer"   // local office: programmes and lists
	LSPAdmin  Duty = "lsp_admin" // LSP: checks applications
	Manager   Duty = "manager"   // LSP: certification manager, makes schedules
	Assessor  Duty = "assessor"  // assesses, recommends
	Committee Duty = "committee" // technical committee, decides
	Head      Duty = "head"      // head of the LSP, signs decrees
	TUKHost   Duty = "tuk_host"  // keeps the place of assessment
	Treasurer Duty = "treasurer" // money
	HR        Duty = "hr"        // company: sends people
	Regulator Duty = "regulator" // BNSP
	OrgAdmin  Duty = "org_admin" // any organisation: invites its people
	Trainer   Duty = "trainer"   // training body: teaches
)

// Duties lists every duty in the order pages show them.
func Duties() []Duty {
	return []Duty{Officer, LSPAdmin, Manager, Assessor, Committee, Head, TUKHost, Treasurer, HR, Trainer, Regulator, OrgAdmin}
}

// Held is one duty in one organisation.
type Held struct {
	Org  OrgID
	Duty Duty
}

// Actor is who asks: a signed-in person with the duties she holds today, a person who came by a personal link
// (Subject), or the system.
type Actor struct {
	Person  PersonID
	Name    string
	Duties  []Held
	Subject string // record a personal link or token opens, and nothing else
	System  string // name of the job that acts, such as "certificate.issue"
}

// Nobody says whether nobody is acting.
func (a Actor) Nobody() bool {
	return a.Person == "" && a.System == "" && a.Subject == "" && len(a.Duties) == 0
}

// Is says whether the actor holds the duty in that organisation.
func (a Actor) Is(d Duty, org OrgID) bool {
	return org != "" && slices.Contains(a.Duties, Held{org, d})
}

// Any says whether the actor holds the duty anywhere.
func (a Actor) Any(d Duty) bool {
	return slices.ContainsFunc(a.Duties, func(h Held) bool { return h.Duty == d })
}

// In says whether the actor holds any duty in that organisation.
func (a Actor) In(org OrgID) bool {
	return org != "" && slices.ContainsFunc(a.Duties, func(h Held) bool { return h.Org == org })
}

// Orgs lists the organisations in which the actor holds the duty.
func (a Actor) Orgs(d Duty) []OrgID {
	var out []OrgID
	for _, h := range a.Duties {
		if h.Duty == d && !slices.Contains(out, h.Org) {
			out = append(out, h.Org)
		}
	}
	return out
}

// AllOrgs lists the organisations in which the actor holds any duty.
func (a Actor) AllOrgs() []OrgID {
	var out []OrgID
	for _, h := range a.Duties {
		if !slices.Contains(out, h.Org) {
			out = append(out, h.Org)
		}
	}
	return out
}

// Who names the actor for the ledger.
func (a Actor) Who() string {
	switch {
	case a.System != "":
		return "system:" + a.System
	case a.Person != "":
		return string(a.Person)
	case a.Subject != "":
		return "link:" + a.Subject
	case len(a.Duties) > 0:
		return "token:" + string(a.Duties[0].Org)
	}
	return ""
}
