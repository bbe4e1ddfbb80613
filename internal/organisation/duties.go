package organisation

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

// open says which duties there are in which kind of organisation; what is not listed cannot be given. A regulator
// sees across organisations, so that duty exists at BNSP alone.
var open = map[Kind][]auth.Duty{
	BNSP:        {auth.Regulator, auth.Officer, auth.Treasurer, auth.Head, auth.OrgAdmin},
	LSP:         {auth.LSPAdmin, auth.Manager, auth.Assessor, auth.Committee, auth.Head, auth.TUKHost, auth.Treasurer, auth.OrgAdmin},
	LSK:         {auth.LSPAdmin, auth.Manager, auth.Assessor, auth.Committee, auth.Head, auth.TUKHost, auth.Treasurer, auth.OrgAdmin},
	Training:    {auth.Officer, auth.Trainer, auth.TUKHost, auth.Treasurer, auth.Head, auth.OrgAdmin},
	LocalOffice: {auth.Officer, auth.TUKHost, auth.Treasurer, auth.Head, auth.OrgAdmin},
	Company:     {auth.HR, auth.Officer, auth.TUKHost, auth.Treasurer, auth.Head, auth.OrgAdmin},
	MSME:        {auth.HR, auth.TUKHost, auth.Head, auth.OrgAdmin},
	TUKHost:     {auth.TUKHost, auth.Treasurer, auth.Head, auth.OrgAdmin},
}

// byProgram are the duties in which a program may act. Judging, deciding, signing and inviting are for people.
var byProgram = []auth.Duty{auth.Officer, auth.LSPAdmin, auth.Manager, auth.HR, auth.TUKHost, auth.Treasurer, auth.Regulator}

// DutiesFor lists the duties there are in a kind of organisation, in the order pages show them.
func DutiesFor(k Kind) []auth.Duty { return slices.Clone(open[k]) }

// ProgramDuties lists those of them in which a program may act.
func ProgramDuties(k Kind) []auth.Duty {
	return slices.DeleteFunc(DutiesFor(k), func(d auth.Duty) bool { return !slices.Contains(byProgram, d) })
}

// Fits says whether there is such a duty in such an organisation.
func Fits(k Kind, d auth.Duty) bool { return slices.Contains(open[k], d) }

// fits refuses a duty that the organisation does not have.
func (o Org) fits(d auth.Duty) error {
	if Fits(o.Kind, d) {
		return nil
	}
	return fault.New(fault.Invalid, "organisation.duty_unfit").With("duty", "organisation.duty_unfit")
}

// Invite is the permission to offer a person a duty, written into the organisation's book. The link that she takes
// the duty up by is made by package person.
func Invite(tx *db.Tx, actor auth.Actor, org auth.OrgID, p auth.PersonID, d auth.Duty) error {
	return onPeople(tx, actor, "invite", org, p, d)
}

// RevokeInvite is the permission to take an offer back, written into the organisation's book.
func RevokeInvite(tx *db.Tx, actor auth.Actor, org auth.OrgID, p auth.PersonID, d auth.Duty) error {
	return onPeople(tx, actor, "revoke_invite", org, p, d)
}

func onPeople(tx *db.Tx, actor auth.Actor, do flow.Action, org auth.OrgID, p auth.PersonID, d auth.Duty) error {
	o, err := Get(tx, actor, org)
	if err != nil {
		return err
	}
	pass, err := allow(tx, actor, do, o)
	if err != nil {
		return err
	}
	if err := o.fits(d); err != nil {
		return err
	}
	return ledger.Append(tx, org, string(org), pass, map[string]string{"person": string(p), "duty": string(d)})
}
