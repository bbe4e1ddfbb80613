package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/decision"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

// routes lists every call, in the order of the process.
func (s *server) routes(a huma.API) {
	s.routesOfOrganisations(a)
	s.routesOfSchemes(a)
	s.routesOfLicences(a)
	s.routesOfProgrammes(a)
	s.routesOfApplications(a)
	s.routesOfAssessments(a)
	s.routesOfDecisions(a)
	s.routesOfCertificates(a)
}

func (s *server) routesOfOrganisations(a huma.API) {
	t, rows := organisations, organisation.Flow.Rows()
	enter := call(signIn, "create-session", http.MethodPost, "/session", "Sign a person in", "Her token acts as herself, in all her duties, and ends like a sign-in: unused for some hours, or when she ends it.", http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	enter.DefaultStatus, enter.Security = http.StatusCreated, open
	add(s, a, enter, s.signIn)
	add(s, a, reserved(deletes(signIn, "end-session", "/session", "Sign out", "Ends the token that is sent.")), s.signOut)
	add(s, a, get(signIn, "get-me", "/me", "Who the token stands for", "Name and duties."), s.me)

	add(s, a, get(t, "list-organisations", "/organisations", "Organisations by name", "Names and addresses are public to those who have a token."), s.organisations)
	add(s, a, creates(t, "create-organisation", "/organisations", "Add an organisation", "", step(rows, "create")), s.createOrganisation)
	add(s, a, get(t, "get-organisation", "/organisations/{id}", "One organisation", "With its ETag and the actions open to the caller."), s.organisation)
	add(s, a, edits(t, "edit-organisation", "/organisations/{id}", "Change what an organisation says of itself", "Kind and code are given once: numbers bear them.", step(rows, "edit")), s.editOrganisation)
	add(s, a, get(t, "list-members", "/organisations/{id}/members", "Who works there in which duty", "For its own people and the regulator."), s.members)
	give := acts(t, "give-duty", "/organisations/{id}/members/{person}/{duty}", "Put a person into a duty", "The same duty again changes nothing.", step(rows, "give_duty"))
	give.Method, give.DefaultStatus = http.MethodPut, http.StatusNoContent
	add(s, a, give, s.giveDuty)
	add(s, a, deletes(t, "end-duty", "/organisations/{id}/members/{person}/{duty}", "End a person's duty today", "What she did in it stays hers.", step(rows, "end_duty")), s.endDuty)
	add(s, a, get(t, "list-invitations", "/organisations/{id}/invitations", "Offers of duties that nobody has taken up yet", "For those who may make them."), s.invitations)
	add(s, a, creates(t, "create-invitation", "/organisations/{id}/invitations", "Offer a person a duty", "The link is shown once; a repeated call answers without it.", step(rows, "invite")), s.invite)
	add(s, a, deletes(t, "revoke-invitation", "/organisations/{id}/invitations/{invitation}", "Take an offer back", "", step(rows, "revoke_invite")), s.revokeInvite)
	add(s, a, get(t, "list-tokens", "/organisations/{id}/tokens", "Tokens given to programs", "Without their secrets, which are not kept."), s.tokens)
	add(s, a, creates(t, "create-token", "/organisations/{id}/tokens", "Make a token for a program", "In one duty, never one in which people judge, decide, sign or invite. The secret is shown once; a repeated call answers without it.", step(rows, "issue_token")), s.issueToken)
	add(s, a, deletes(t, "revoke-token", "/organisations/{id}/tokens/{token}", "End a token at once", "", step(rows, "revoke_token")), s.revokeToken)
}

func (s *server) routesOfSchemes(a huma.API) {
	t, rows, units := schemes, scheme.Flow.Rows(), standard.Flow.Rows()
	importing := func(op huma.Operation) huma.Operation { op.MaxBodyBytes = maxFile; return op }
	add(s, a, get(t, "list-units", "/units", "Units of competence by code", "The newest edition of each, without elements."), s.units)
	add(s, a, get(t, "get-unit", "/units/{code}", "One unit with elements and criteria", "By its code as anybody writes it."), s.unit)
	var all = units[:0:0]
	all = append(all, units...)
	add(s, a, importing(acts(t, "import-units", "/units/import", "Import units", "Entries that are wrong are told and passed over; with ?dry=true nothing changes. The same file again changes nothing.", all...)), imports(s.Standards.Import))
	add(s, a, importing(acts(t, "import-schemes", "/schemes/import", "Import schemes", "Units must be known already. A version in use is kept and the change becomes a new one; with ?dry=true nothing changes. The same file again changes nothing.", step(rows, "draft"), step(rows, "publish"))), imports(s.Schemes.Import))
	add(s, a, get(t, "list-schemes", "/schemes", "Schemes by title", "Those people can apply in, or in another state. Without units."), s.schemes)
	add(s, a, get(t, "get-scheme", "/schemes/{id}", "One version of a scheme", "With its units, requirements, ETag and actions."), s.scheme)
	add(s, a, creates(t, "create-scheme-draft", "/schemes/{id}/draft", "Begin a new version", "With the content of this one. A scheme has one draft at a time.", step(rows, "draft")), s.draftScheme)
	add(s, a, edits(t, "edit-scheme", "/schemes/{id}", "Change a draft", "", step(rows, "change")), s.editScheme)
	add(s, a, acts(t, "publish-scheme", "/schemes/{id}/publish", "Open a version to applications", "The one published before closes to new ones.", step(rows, "publish")), do(s.Schemes.Publish, s.scheme))
	add(s, a, acts(t, "retire-scheme", "/schemes/{id}/retire", "Close a version to new applications", "Files that took it go on with it.", step(rows, "retire")), doFor(s.Schemes.Retire, s.scheme))
}

func (s *server) routesOfLicences(a huma.API) {
	t, rows, at := licences, licence.Flow.Rows(), "/organisations/{id}"
	quiet := func(op huma.Operation) huma.Operation { op.DefaultStatus = http.StatusNoContent; return op }
	add(s, a, get(t, "list-licences", at+"/licences", "Licences an LSP has had", "The newest first, with their scope; for its own people and the regulator."), s.licences)
	add(s, a, creates(t, "grant-licence", at+"/licences", "Give an LSP a licence", "", step(rows, "grant")), s.grantLicence)
	add(s, a, quiet(acts(t, "suspend-licence", at+"/licences/{item}/suspend", "Stop an LSP from certifying", "", step(rows, "suspend_licence"))), within(s.Licences.Suspend))
	add(s, a, quiet(acts(t, "resume-licence", at+"/licences/{item}/resume", "Let a suspended LSP certify again", "", step(rows, "resume_licence"))), within(s.Licences.Resume))
	add(s, a, quiet(acts(t, "widen-licence", at+"/licences/{item}/widen", "Add schemes to the scope", "", step(rows, "widen_licence"))), s.widenLicence)
	add(s, a, get(t, "list-assessors", at+"/assessors", "Register of assessors", "For the LSP's own people and the regulator."), s.assessors)
	add(s, a, creates(t, "register-assessor", at+"/assessors", "Put a person on the register", "", step(rows, "register_assessor")), s.registerAssessor)
	add(s, a, quiet(acts(t, "extend-assessor", at+"/assessors/{item}/extend", "Move the end of a registration", "", step(rows, "extend_assessor"))), s.extendAssessor)
	add(s, a, quiet(acts(t, "scope-assessor", at+"/assessors/{item}/scope", "Say anew in which schemes she is competent", "", step(rows, "scope_assessor"))), s.scopeAssessor)
	add(s, a, quiet(acts(t, "suspend-assessor", at+"/assessors/{item}/suspend", "Keep an assessor from being assigned", "", step(rows, "suspend_assessor"))), within(s.Licences.SuspendAssessor))
	add(s, a, quiet(acts(t, "resume-assessor", at+"/assessors/{item}/resume", "Let her be assigned again", "", step(rows, "resume_assessor"))), within(s.Licences.ResumeAssessor))
	add(s, a, get(t, "list-tuks", at+"/tuks", "Test places of an LSP", ""), s.tuks)
	add(s, a, creates(t, "create-tuk", at+"/tuks", "Add a test place", "", step(rows, "add_tuk")), s.addTUK)
	add(s, a, get(t, "get-tuk", "/tuks/{id}", "One test place", "With what it is verified for."), s.tuk)
	add(s, a, creates(t, "verify-tuk", "/tuks/{id}/verifications", "Record that a place is fit for a scheme", "", step(rows, "verify_tuk")), s.verifyTUK)
	add(s, a, get(t, "get-blanks", at+"/blanks", "Stock of blanks", "Run by run, with the serial printed on next."), s.stock)
	add(s, a, creates(t, "receive-blanks", at+"/blanks", "Add a run of blanks to the stock", "", step(rows, "receive_blanks")), s.receiveBlanks)
	add(s, a, get(t, "list-used-blanks", at+"/blanks/used", "What became of blanks", "By serial: printed on, spoiled, written off."), s.blanks)
	add(s, a, quiet(acts(t, "spoil-blank", at+"/blanks/{item}/spoil", "Mark a blank that was misprinted", "It is kept and never used again.", step(rows, "spoil_blank"))), within(s.Licences.SpoilBlank))
	add(s, a, quiet(acts(t, "write-off-blank", at+"/blanks/{item}/write-off", "Take a blank out of use", "Lost, sent back to BNSP, or void.", step(rows, "write_off_blank"))), s.writeOffBlank)
}

// maxFile bounds a file that is sent.
const maxFile = 64 << 20

func (s *server) routesOfProgrammes(a huma.API) {
	t, rows := programmes, programme.Flow.Rows()
	add(s, a, get(t, "list-programmes", "/programmes", "Programmes the caller sees", "The newest first."), s.programmes)
	add(s, a, creates(t, "create-programme", "/programmes", "Draft a programme", "", step(rows, "create")), s.createProgramme)
	add(s, a, get(t, "get-programme", "/programmes/{id}", "One programme", "With its ETag, the state of its list and the actions open to the caller."), s.programme)
	add(s, a, edits(t, "edit-programme", "/programmes/{id}", "Change a programme", "More seats go to who waits, in order.", step(rows, "edit")), s.editProgramme)
	add(s, a, acts(t, "open-programme", "/programmes/{id}/open", "Let nominations begin", "The schemes' versions are pinned.", step(rows, "open")), do(s.Programmes.Open, s.programme))
	add(s, a, acts(t, "freeze-programme", "/programmes/{id}/freeze", "End the list", "A hash over it is kept, and nothing on it changes any more.", step(rows, "freeze")), do(s.Programmes.Freeze, s.programme))
	add(s, a, acts(t, "close-programme", "/programmes/{id}/close", "End a programme", "", step(rows, "close")), do(s.Programmes.Close, s.programme))
	add(s, a, acts(t, "cancel-programme", "/programmes/{id}/cancel", "Give a programme up", "What was done stays.", step(rows, "cancel")), doFor(s.Programmes.Cancel, s.programme))
	add(s, a, get(t, "programme-figures", "/programmes/{id}/figures", "Figures of a programme", "The list behind each count: list-applications with ?programme= and ?count= of the same name; behind a district's or sector's, with ?district= or ?sector= too."), s.figures)
	add(s, a, get(t, "list-levels", "/programmes/{id}/levels", "Words about level or position on the good rows", "For choosing the scheme of each when nominating."), s.levels)
	add(s, a, creates(t, "nominate", "/programmes/{id}/nominate", "Send every good row to be certified", "In the order of the list; where the seats end, people wait. Applications are made of those seated.", step(rows, "nominate"), step(application.Flow.Rows(), "draft")), s.nominate)
	add(s, a, get(t, "list-waiting", "/programmes/{id}/waiting", "Who waits for a seat", "In the order in which seats are given."), s.waiting)
	add(s, a, get(t, "list-undrafted", "/programmes/{id}/undrafted", "Nominees for whom no application could be made", "They have an open one for the same scheme elsewhere."), s.undrafted)
	add(s, a, gives(get(t, "programme-letters", "/programmes/{id}/letters.pdf", "Invitation letters", "One for each person, with her personal link.\n\nStep application.letter."), "application/pdf"), s.letters)
	add(s, a, get(t, "list-programme-certificates", "/programmes/{id}/certificates", "Certificates of a programme", "By name; for its office as well."), s.certificatesOf(ofProgramme))

	t = lists
	send := creates(t, "upload-list", "/programmes/{id}/list", "Send a participant list", "The file's bytes as the body, its name in ?name=. Rows are kept as sent and as understood: new ones are added, changed ones changed, equal ones left alone, missing ones stay.", step(rows, "upload"))
	send.MaxBodyBytes = maxFile
	add(s, a, send, s.upload)
	add(s, a, get(t, "list-uploads", "/programmes/{id}/uploads", "Files an office sent", "The newest first."), s.uploads)
	add(s, a, get(t, "list-rows", "/programmes/{id}/list", "Rows of a participant list", "What was sent, what was understood, and every problem; in the order of the file. For the office only."), s.rows)
	add(s, a, acts(t, "confirm-rows", "/programmes/{id}/list/confirm", "Accept the warnings of rows", "They are good as understood; rows with errors keep waiting.", step(rows, "confirm_rows")), s.confirmRows)
	add(s, a, gives(get(t, "list-remarks", "/programmes/{id}/list/remarks", "The newest file with remarks beside its rows", "In the language asked for, ready to be corrected and sent again."), "application/octet-stream"), s.remarks)
	add(s, a, get(t, "get-row", "/rows/{id}", "One row", "With its ETag."), s.row)
	add(s, a, edits(t, "fix-row", "/rows/{id}", "Put corrected cells into a row", "The row is read anew; a dropped one comes back by it.", step(rows, "fix_row")), s.fixRow)
	add(s, a, acts(t, "drop-row", "/rows/{id}/drop", "Take a row off the list", "It is kept.", step(rows, "drop_row")), s.dropRow)
}

func (s *server) routesOfApplications(a huma.API) {
	t, rows := applications, application.Flow.Rows()
	add(s, a, get(t, "list-applications", "/applications", "Applications by name", "Narrowed by programme, stage, figure, district, sector and name."), s.applications)
	add(s, a, get(t, "get-application", "/applications/{id}", "One application", "With requirements and verdicts, documents, consents, its ETag and the actions open to the caller. The person confirms it herself by her letter's link; that is a page."), s.application)
	add(s, a, acts(t, "check-application", "/applications/{id}/check", "Record verdicts on requirements", "", step(rows, "check")), s.checkApplication)
	add(s, a, actsSeen(t, "accept-application", "/applications/{id}/accept", "Accept an application", "", step(rows, "accept")), doSeen(s, s.Applications.Accept, s.application))
	add(s, a, actsSeen(t, "return-application", "/applications/{id}/return", "Give it back with remarks", "The reason is what the person reads.", step(rows, "return")), doSeenFor(s, s.Applications.Return, s.application))
	add(s, a, actsSeen(t, "reject-application", "/applications/{id}/reject", "Refuse an application", "Its seat goes to who has waited longest.", step(rows, "reject")), doSeenFor(s, s.Applications.Reject, s.application))
	add(s, a, acts(t, "accept-applications", "/applications/accept", "Accept many", "Finds every requirement met and accepts, each by itself; what could not be accepted is told with its reason. For lists looked through on paper.", step(rows, "check"), step(rows, "accept")), s.acceptAll)
	send := creates(t, "add-document", "/applications/{id}/documents", "Add a document", "The file's bytes as the body. What it is is judged by its bytes: PDF or image.", step(rows, "add_file"))
	send.MaxBodyBytes = maxFile
	add(s, a, send, s.addDocument)
	add(s, a, gives(get(t, "get-document", "/applications/{id}/documents/{document}", "A document's bytes", ""), "application/octet-stream"), s.document)
}

func (s *server) routesOfAssessments(a huma.API) {
	t, rows := schedules, assessment.ScheduleFlow.Rows()
	add(s, a, get(t, "list-schedules", "/schedules", "An LSP's test days", "The latest day first."), s.schedules)
	add(s, a, creates(t, "create-schedule", "/schedules", "Plan a test day", "", step(rows, "plan")), s.plan)
	add(s, a, get(t, "get-schedule", "/schedules/{id}", "One test day", "With assessors, seats, and what keeps it from being sent out."), s.schedule)
	add(s, a, acts(t, "add-assessor", "/schedules/{id}/assessors", "Put an assessor on a test day", "Again changes nothing.", step(rows, "add_assessor")), s.addAssessor)
	add(s, a, acts(t, "seat-candidates", "/schedules/{id}/seats", "Give candidates a place and an assessor", "Places are never given twice.", step(rows, "seat")), s.seat)
	add(s, a, deletes(t, "unseat-candidate", "/schedules/{id}/seats/{application}", "Take a candidate off", "", step(rows, "unseat")), s.unseat)
	add(s, a, acts(t, "explain-load", "/schedules/{id}/explain", "Note why an assessor takes more than the usual limit", "", step(rows, "edit")), doFor(s.Assessments.Explain, s.schedule))
	add(s, a, acts(t, "assign-schedule", "/schedules/{id}/assign", "Send a test day out", "The assignment letter gets its number.", step(rows, "assign")), do(s.Assessments.Assign, s.schedule))
	add(s, a, acts(t, "finish-schedule", "/schedules/{id}/finish", "Close a test day", "", step(rows, "finish")), do(s.Assessments.Finish, s.schedule))
	add(s, a, acts(t, "cancel-schedule", "/schedules/{id}/cancel", "Give a test day up", "Its candidates are free for another.", step(rows, "cancel")), doFor(s.Assessments.Cancel, s.schedule))
	add(s, a, gives(get(t, "schedule-letter", "/schedules/{id}/letter.pdf", "The assignment letter", ""), "application/pdf"), s.scheduleLetter)

	t, rows = assessments, assessment.Flow.Rows()
	add(s, a, get(t, "list-assessments", "/assessments", "Tests", "Those of a schedule or application; else those of which the caller is the assessor and that are not over."), s.assessments)
	add(s, a, get(t, "get-assessment", "/assessments/{id}", "One test", "With criteria, judgements, its ETag and the actions open to the caller."), s.assessment)
	add(s, a, actsSeen(t, "consent", "/assessments/{id}/consent", "Record FR.AK.01", "Before it there is no other form.", step(rows, "consent")), s.consent)
	add(s, a, actsSeen(t, "begin-assessment", "/assessments/{id}/begin", "Open the observation", "", step(rows, "begin")), doSeen(s, s.Assessments.Begin, s.assessment))
	add(s, a, actsSeen(t, "mark-criteria", "/assessments/{id}/marks", "Keep judgements on criteria", "A later one on the same criterion replaces the earlier, and the ledger keeps that it did.", step(rows, "mark")), s.mark)
	add(s, a, actsSeen(t, "credit-unit", "/assessments/{id}/credits", "Credit a unit that a valid certificate attests", "The candidate agreed in FR.AK.01 to evidence by portfolio, and somebody confirms that she still does this work.", step(rows, "credit")), s.credit)
	add(s, a, actsSeen(t, "uncredit-unit", "/assessments/{id}/credits/withdraw", "Assess a credited unit after all", "", step(rows, "uncredit")), s.uncredit)
	add(s, a, actsSeen(t, "recommend", "/assessments/{id}/recommend", "Close the observation with K or BK for each unit", "A unit with a criterion judged no cannot be K.", step(rows, "recommend")), s.recommend)
	add(s, a, actsSeen(t, "note-absent", "/assessments/{id}/absent", "Record that the candidate did not come", "", step(rows, "absent")), doSeen(s, s.Assessments.Absent, s.assessment))
	add(s, a, actsSeen(t, "postpone-assessment", "/assessments/{id}/postpone", "Stop a test that cannot go on", "What was marked stays.", step(rows, "postpone")), doSeenFor(s, s.Assessments.Postpone, s.assessment))
	add(s, a, actsSeen(t, "return-assessment", "/assessments/{id}/return", "Let an absent or postponed candidate be tested after all", "", step(rows, "return")), doSeenFor(s, s.Assessments.Return, s.assessment))
	add(s, a, gives(get(t, "assessment-record", "/assessments/{id}/record.pdf", "FR.AK.01, FR.IA.01 and FR.AK.02 of one candidate", ""), "application/pdf"), s.assessmentRecord)
}

func (s *server) routesOfDecisions(a huma.API) {
	t, rows := meetings, decision.Flow.Rows()
	add(s, a, get(t, "list-meetings", "/meetings", "An LSP's meetings", "The latest first."), s.meetings)
	add(s, a, get(t, "list-ready", "/meetings/ready", "Complete files on no agenda yet", "What a meeting can be called on."), s.ready)
	add(s, a, creates(t, "create-meeting", "/meetings", "Call a meeting on complete files", "", step(rows, "open")), s.openMeeting)
	add(s, a, get(t, "get-meeting", "/meetings/{id}", "One meeting", "With members, how far the vote is, and how many certificates are issued."), s.meeting)
	add(s, a, get(t, "list-cases", "/meetings/{id}/cases", "The agenda", "Every case by name, with the caller's own vote."), s.cases)
	add(s, a, acts(t, "vote", "/meetings/{id}/vote", "Vote on every case of the batch", "Each as its assessor recommended; cases pulled out are voted on one by one.", step(rows, "vote")), do(s.Decisions.Vote, s.meeting))
	add(s, a, acts(t, "vote-on-case", "/meetings/{id}/cases/{case}/vote", "Vote on one case that was pulled out", "", step(rows, "vote")), s.voteOn)
	add(s, a, acts(t, "pull-out-case", "/meetings/{id}/cases/{case}/pull-out", "Take a case out of the batch", "The votes on it so far fall away.", step(rows, "pull_out")), s.pullOut)
	add(s, a, acts(t, "close-meeting", "/meetings/{id}/close", "End a meeting", "Each case gets the outcome most members voted for; the minutes get their number.", step(rows, "close")), do(s.Decisions.Close, s.meeting))
	add(s, a, acts(t, "sign-decree", "/meetings/{id}/decree", "Sign the decree", "The decisions become binding; the decree gets its number.", step(rows, "decree")), do(s.Decisions.Decree, s.meeting))
	add(s, a, acts(t, "cancel-meeting", "/meetings/{id}/cancel", "Give an open meeting up", "Its cases are free for another.", step(rows, "cancel")), doFor(s.Decisions.Cancel, s.meeting))
	add(s, a, gives(get(t, "meeting-minutes", "/meetings/{id}/minutes.pdf", "The minutes", ""), "application/pdf"), s.minutes)
	add(s, a, gives(get(t, "meeting-decree", "/meetings/{id}/decree.pdf", "The decree", ""), "application/pdf"), s.decree)

	t = certificates
	issue := creates(t, "issue-certificates", "/meetings/{id}/issue", "Issue every certificate a decreed meeting granted", "A job: get-job tells how far it is. Again while it runs gives the same job.", step(certificate.Flow.Rows(), "issue"))
	issue.DefaultStatus = http.StatusAccepted
	add(s, a, issue, s.issue)
	add(s, a, acts(t, "issue-certificate", "/applications/{id}/certificate", "Issue the certificate of one file", "Of a file that a decreed meeting granted. It is numbered, signed and logged when the answer comes. Asked again the answer is the same certificate.", step(certificate.Flow.Rows(), "issue")), s.issueOne)
	add(s, a, get(t, "list-meeting-certificates", "/meetings/{id}/certificates", "Certificates of a meeting", "By name."), s.certificatesOf(ofMeeting))
	add(s, a, gives(get(t, "meeting-zip", "/meetings/{id}/certificates.zip", "Certificates of a meeting as PDF in one archive", ""), "application/zip"), s.zip)
	add(s, a, gives(get(t, "meeting-handover", "/meetings/{id}/handover.pdf", "The list for handing over against signature", ""), "application/pdf"), s.handoverList)
}

func (s *server) routesOfCertificates(a huma.API) {
	t, rows := certificates, certificate.Flow.Rows()
	add(s, a, get(t, "list-certificates", "/certificates", "An LSP's certificates", "The newest first."), s.certificates)
	add(s, a, get(t, "get-certificate", "/certificates/{id}", "One certificate", "With its face, what became of it, and the actions open to the caller."), s.certificate)
	add(s, a, gives(get(t, "certificate-pdf", "/certificates/{id}/certificate.pdf", "The paper", "The same bytes each time."), "application/pdf"), s.certificatePDF)
	add(s, a, acts(t, "hand-over", "/certificates/hand-over", "Note that holders received theirs", "All of them or none.", step(rows, "hand_over")), s.handOver)
	add(s, a, acts(t, "suspend-certificate", "/certificates/{id}/suspend", "Stop a certificate for a while", "The public check says so at once.", step(rows, "suspend")), doFor(s.Certificates.Suspend, s.certificate))
	add(s, a, acts(t, "resume-certificate", "/certificates/{id}/resume", "End a suspension", "", step(rows, "resume")), doFor(s.Certificates.Resume, s.certificate))
	add(s, a, acts(t, "replace-certificate", "/certificates/{id}/replace", "Put a new certificate in the place of one whose name is wrong", "The answer is the new one: new numbers, as long valid. The wrong one never holds again, and the public check names what stands in its place.", step(rows, "replace")), s.replaceCertificate)
	add(s, a, acts(t, "survey-certificate", "/certificates/{id}/survey", "Keep what was found when the certificate was looked after", "The finding is the reason. Where it is bad, suspending is a call of its own.", step(rows, "survey")), doFor(s.Certificates.Survey, s.certificate))
	add(s, a, acts(t, "revoke-certificate", "/certificates/{id}/revoke", "End a certificate for good", "The public check says so at once.", step(rows, "revoke")), doFor(s.Certificates.Revoke, s.certificate))
	add(s, a, get(looking, "get-job", "/jobs/{id}", "How far a job is", "For those of its organisation."), s.job)
	add(s, a, get(looking, "get-history", "/history/{id}", "What was done to a record", "First to last, as the ledger keeps it; the part in the books of the caller's organisations."), s.history)
}

// reserved marks a call that only a person's token makes.
func reserved(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{"person": {}}}
	return op
}
