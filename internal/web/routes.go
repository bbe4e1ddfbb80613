package web

import (
	"slices"

	"kompeten/internal/auth"
	"kompeten/internal/fault"
)

// Access says who may come in by a route. What she may do there, the Tables of the features decide.
type Access string

// The accesses. The zero value is closed.
const (
	Closed   Access = ""
	Public   Access = "public"
	SignedIn Access = "signed_in"
	Officer  Access = "officer"
	LSPStaff Access = "lsp_staff"
	Staff    Access = "staff" // officers, LSP people, regulator
	Assessor Access = "assessor"
	OrgHead  Access = "org_head" // who invites people

	Regulator Access = "regulator"
	Licensing Access = "licensing" // LSP people, regulator
	Lister    Access = "lister"    // who lists businesses in the directory: officers, companies
)

var lspDuties = []auth.Duty{auth.LSPAdmin, auth.Manager, auth.Head, auth.Committee}

var opens = map[Access]func(auth.Actor) bool{
	Public:   func(auth.Actor) bool { return true },
	SignedIn: func(a auth.Actor) bool { return a.Person != "" },
	Officer:  func(a auth.Actor) bool { return a.Any(auth.Officer) },
	LSPStaff: func(a auth.Actor) bool { return slices.ContainsFunc(lspDuties, a.Any) },
	Staff: func(a auth.Actor) bool {
		return slices.ContainsFunc(lspDuties, a.Any) || a.Any(auth.Officer) || a.Any(auth.Regulator)
	},
	Assessor:  func(a auth.Actor) bool { return a.Any(auth.Assessor) },
	Regulator: func(a auth.Actor) bool { return a.Any(auth.Regulator) },
	Lister:    func(a auth.Actor) bool { return a.Any(auth.Officer) || a.Any(auth.HR) },
	Licensing: func(a auth.Actor) bool {
		return slices.ContainsFunc(lspDuties, a.Any) || a.Any(auth.Regulator)
	},
	OrgHead: func(a auth.Actor) bool {
		return a.Any(auth.OrgAdmin) || a.Any(auth.Head) || a.Any(auth.Manager) || a.Any(auth.Regulator)
	},
}

// admit lets an actor in, or says why not.
func (a Access) admit(who auth.Actor) error {
	open := opens[a]
	switch {
	case open != nil && open(who):
		return nil
	case who.Nobody() && a != Closed:
		return fault.New(fault.SignIn, "person.sign_in_first")
	}
	return fault.New(fault.Denied, "flow.not_yours")
}

// Route is one address: who may come in, and what answers.
type Route struct {
	Pattern string
	Access  Access
	Handle  func(*visit) error
}

// Routes lists every page and action.
func Routes() []Route {
	return slices.Concat(caseRoutes(), assessRoutes(), manageRoutes(), walletRoutes(), offerRoutes())
}

// caseRoutes are the pages of signing in and of the way from a list of people to their certificates.
func caseRoutes() []Route {
	return []Route{
		{"GET /{$}", Public, (*visit).front},
		{"GET /help", Public, (*visit).help},
		{"POST /lang", Public, (*visit).setLang},
		{"POST /theme", Public, (*visit).setTheme},
		{"GET /signin", Public, (*visit).signInForm},
		{"POST /signin", Public, (*visit).signIn},
		{"POST /signout", Public, (*visit).signOut},
		{"GET /invite/{secret}", Public, (*visit).inviteForm},
		{"POST /invite/{secret}", Public, (*visit).inviteAccept},
		{"GET /storybook", Public, (*visit).storybook},
		{"GET /storybook/{name}", Public, (*visit).storybook},

		{"GET /l/{secret}", Public, (*visit).letterPage},
		{"POST /l/{secret}", Public, (*visit).letterConfirm},
		{"POST /l/{secret}/file", Public, (*visit).letterFile},
		{"POST /l/{secret}/withdraw", Public, (*visit).letterWithdraw},
		{"POST /l/{secret}/directory", Public, (*visit).letterDirectory},

		{"GET /home", SignedIn, (*visit).home},
		{"GET /account", SignedIn, (*visit).account},
		{"POST /account/password", SignedIn, (*visit).changePassword},
		{"POST /account/directory", SignedIn, (*visit).accountDirectory},
		{"POST /account/sessions/{id}/end", SignedIn, (*visit).endSession},

		{"GET /programmes", Staff, (*visit).programmes},
		{"GET /programmes/new", Officer, (*visit).programmeNew},
		{"POST /programmes/new", Officer, (*visit).programmeCreate},
		{"GET /programmes/{id}", Staff, (*visit).programme},
		{"GET /programmes/{id}/edit", Officer, (*visit).programmeEdit},
		{"POST /programmes/{id}/edit", Officer, (*visit).programmeSave},
		{"POST /programmes/{id}/do/{action}", Officer, (*visit).programmeDo},
		{"GET /programmes/{id}/list", Officer, (*visit).listPage},
		{"POST /programmes/{id}/list", Officer, (*visit).listUpload},
		{"POST /programmes/{id}/list/confirm", Officer, (*visit).listConfirm},
		{"GET /programmes/{id}/list/remarks", Officer, (*visit).listRemarks},
		{"GET /programmes/{id}/nominate", Officer, (*visit).nominatePage},
		{"POST /programmes/{id}/nominate", Officer, (*visit).nominate},
		{"GET /programmes/{id}/letters.pdf", Staff, (*visit).letters},
		{"GET /programmes/{id}/people", Staff, (*visit).programmePeople},
		{"GET /rows/{id}", Officer, (*visit).rowPage},
		{"POST /rows/{id}", Officer, (*visit).rowFix},
		{"POST /rows/{id}/drop", Officer, (*visit).rowDrop},
		{"POST /rows/{id}/reveal", Officer, (*visit).rowReveal},

		{"GET /applications", Staff, (*visit).applications},
		{"POST /applications/accept", LSPStaff, (*visit).applicationsAccept},
		{"GET /applications/{id}", Staff, (*visit).application},
		{"POST /applications/{id}/check", LSPStaff, (*visit).applicationCheck},
		{"POST /applications/{id}/do/{action}", LSPStaff, (*visit).applicationDo},
		{"POST /applications/{id}/reveal", Staff, (*visit).applicationReveal},
		{"GET /applications/{id}/files/{file}", Staff, (*visit).applicationFile},
		{"GET /applications/{id}/record.pdf", LSPStaff, (*visit).applicationRecord},

		{"GET /schedules", LSPStaff, (*visit).schedules},
		{"GET /schedules/new", LSPStaff, (*visit).scheduleNew},
		{"POST /schedules/new", LSPStaff, (*visit).scheduleCreate},
		{"GET /schedules/{id}", LSPStaff, (*visit).schedule},
		{"POST /schedules/{id}/assessor", LSPStaff, (*visit).scheduleAssessor},
		{"POST /schedules/{id}/seat", LSPStaff, (*visit).scheduleSeat},
		{"POST /schedules/{id}/unseat", LSPStaff, (*visit).scheduleUnseat},
		{"POST /schedules/{id}/explain", LSPStaff, (*visit).scheduleExplain},
		{"POST /schedules/{id}/do/{action}", LSPStaff, (*visit).scheduleDo},
		{"GET /schedules/{id}/letter.pdf", SignedIn, (*visit).scheduleLetter},
		{"POST /tuk", LSPStaff, (*visit).tukAdd},
		{"POST /tuk/verify", LSPStaff, (*visit).tukVerify},

		{"GET /meetings", LSPStaff, (*visit).meetings},
		{"POST /meetings", LSPStaff, (*visit).meetingOpen},
		{"GET /meetings/{id}", LSPStaff, (*visit).meeting},
		{"POST /meetings/{id}/vote", LSPStaff, (*visit).meetingVote},
		{"POST /meetings/{id}/pull-out", LSPStaff, (*visit).meetingPullOut},
		{"POST /meetings/{id}/do/{action}", LSPStaff, (*visit).meetingDo},
		{"GET /meetings/{id}/minutes.pdf", LSPStaff, (*visit).meetingMinutes},
		{"GET /meetings/{id}/decree.pdf", LSPStaff, (*visit).meetingDecree},
		{"GET /meetings/{id}/certificates.zip", LSPStaff, (*visit).meetingZip},
		{"GET /meetings/{id}/handover.pdf", LSPStaff, (*visit).meetingHandover},

		{"GET /certificates", LSPStaff, (*visit).certificates},
		{"POST /certificates/hand-over", LSPStaff, (*visit).handOver},
		{"GET /certificates/{id}", LSPStaff, (*visit).certificate},
		{"GET /certificates/{id}/certificate.pdf", SignedIn, (*visit).certificatePDF},
		{"POST /certificates/{id}/do/{action}", LSPStaff, (*visit).certificateDo},
		{"POST /certificates/{id}/replace", LSPStaff, (*visit).certificateReplace},

		{"GET /schemes", SignedIn, (*visit).schemes},
		{"GET /schemes/{id}", SignedIn, (*visit).scheme},
		{"GET /people", OrgHead, (*visit).people},
		{"POST /people/invite", OrgHead, (*visit).peopleInvite},
		{"POST /people/end", OrgHead, (*visit).peopleEnd},
		{"POST /people/relation", LSPStaff, (*visit).peopleRelation},
	}
}

// assessRoutes are the pages of an assessor.
func assessRoutes() []Route {
	return []Route{
		{"GET /assess", Assessor, (*visit).assessList},
		{"GET /assess/{id}", Assessor, (*visit).assess},
		{"POST /assess/{id}/consent", Assessor, (*visit).assessConsent},
		{"POST /assess/{id}/mark", Assessor, (*visit).assessMark},
		{"POST /assess/{id}/credit", Assessor, (*visit).assessCredit},
		{"POST /assess/{id}/uncredit", Assessor, (*visit).assessUncredit},
		{"POST /assess/{id}/recommend", Assessor, (*visit).assessRecommend},
		{"POST /assess/{id}/do/{action}", SignedIn, (*visit).assessDo},
	}
}

// manageRoutes are the pages of what is set up once and looked after since.
func manageRoutes() []Route {
	return []Route{
		{"GET /forgot", Public, (*visit).forgot},
		{"GET /reset/{secret}", Public, (*visit).passwordForm},
		{"POST /reset/{secret}", Public, (*visit).passwordSet},

		{"GET /manage", SignedIn, (*visit).manage},
		{"GET /businesses", Lister, (*visit).businesses},
		{"POST /businesses/list", Lister, (*visit).businessList},
		{"POST /businesses/withdraw", Lister, (*visit).businessWithdraw},
		{"GET /history/{record}", SignedIn, (*visit).recordHistory},

		{"GET /organisations", Regulator, (*visit).organisations},
		{"GET /organisations/new", Regulator, (*visit).organisationNew},
		{"POST /organisations/new", Regulator, (*visit).organisationCreate},
		{"GET /organisations/{id}", SignedIn, (*visit).organisation},
		{"GET /organisations/{id}/edit", OrgHead, (*visit).organisationEdit},
		{"POST /organisations/{id}/edit", OrgHead, (*visit).organisationSave},
		{"POST /organisations/{id}/invite", OrgHead, (*visit).organisationInvite},
		{"POST /organisations/{id}/uninvite", OrgHead, (*visit).organisationUninvite},
		{"POST /organisations/{id}/end", OrgHead, (*visit).organisationEnd},
		{"POST /organisations/{id}/reset", OrgHead, (*visit).organisationReset},
		{"GET /organisations/{id}/tokens", OrgHead, (*visit).tokens},
		{"POST /organisations/{id}/tokens", OrgHead, (*visit).tokenIssue},
		{"POST /organisations/{id}/tokens/revoke", OrgHead, (*visit).tokenRevoke},
		{"GET /organisations/{id}/keys", OrgHead, (*visit).keys},
		{"POST /organisations/{id}/keys", OrgHead, (*visit).keyReplace},
		{"GET /organisations/{id}/keys/{key}", OrgHead, (*visit).key},
		{"POST /organisations/{id}/keys/{key}/revoke", OrgHead, (*visit).keyRevoke},
		{"GET /organisations/{id}/numbers", OrgHead, (*visit).numbers},
		{"POST /organisations/{id}/numbers/{kind}", OrgHead, (*visit).numberSet},

		{"GET /licences", Regulator, (*visit).licences},
		{"GET /licences/{org}", Licensing, (*visit).licencesOf},
		{"POST /licences/{org}/grant", Regulator, (*visit).licenceGrant},
		{"GET /licences/{org}/licence/{licence}", Licensing, (*visit).licence},
		{"POST /licences/{org}/licence/{licence}/widen", Regulator, (*visit).licenceWiden},
		{"POST /licences/{org}/licence/{licence}/do/{action}", Regulator, (*visit).licenceDo},
		{"GET /licences/{org}/assessors", Licensing, (*visit).assessors},
		{"POST /licences/{org}/assessors", Licensing, (*visit).assessorRegister},
		{"GET /licences/{org}/assessors/{id}", Licensing, (*visit).assessor},
		{"POST /licences/{org}/assessors/{id}/extend", Licensing, (*visit).assessorExtend},
		{"POST /licences/{org}/assessors/{id}/scope", Licensing, (*visit).assessorScope},
		{"POST /licences/{org}/assessors/{id}/do/{action}", Licensing, (*visit).assessorDo},
		{"GET /licences/{org}/places", Licensing, (*visit).places},
		{"POST /licences/{org}/places", LSPStaff, (*visit).placeAdd},
		{"GET /licences/{org}/places/{id}", Licensing, (*visit).place},
		{"POST /licences/{org}/places/{id}/verify", LSPStaff, (*visit).placeVerify},
		{"GET /licences/{org}/blanks", Licensing, (*visit).blanks},
		{"POST /licences/{org}/blanks/receive", LSPStaff, (*visit).blanksReceive},
		{"POST /licences/{org}/blanks/off", LSPStaff, (*visit).blankOff},

		{"GET /standards", SignedIn, (*visit).standards},
		{"GET /standards/levels", SignedIn, (*visit).levels},
		{"GET /standards/{code}", SignedIn, (*visit).unit},
		{"GET /forms", SignedIn, (*visit).formList},
		{"GET /forms/{code}/{edition}", SignedIn, (*visit).formPage},
		{"GET /import", Regulator, (*visit).importPage},
		{"POST /import", Regulator, (*visit).importFile},
		{"POST /import/confirm", Regulator, (*visit).importConfirm},
		{"GET /drafts", Regulator, (*visit).drafts},
		{"GET /schemes/{id}/versions", SignedIn, (*visit).schemeVersions},
		{"POST /schemes/{id}/draft", Regulator, (*visit).schemeDraft},
		{"GET /schemes/{id}/edit", Regulator, (*visit).schemeEdit},
		{"POST /schemes/{id}/edit", Regulator, (*visit).schemeSave},
		{"POST /schemes/{id}/do/{action}", Regulator, (*visit).schemeDo},
	}
}
