package web

import (
	"net/http"
	"slices"
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
	"kompeten/internal/paper"
	"kompeten/internal/person"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

func (x *visit) meetings() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	var list []decision.Meeting
	var ready []assessment.Assessment
	var members []ui.Option
	err = x.read(func(tx *db.Tx) (err error) {
		if list, err = decision.Meetings(tx, x.actor, lsp); err != nil {
			return err
		}
		if !x.actor.Is(auth.Manager, lsp) {
			return nil
		}
		if ready, err = decision.Ready(tx, x.actor, lsp); err != nil {
			return err
		}
		members, err = committee(tx, x.actor, lsp)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: x.t("nav.meetings"), Columns: []ui.Column{{Text: x.t("schedule.day")}, {Text: x.t("meeting.minutes")}, {Text: x.t("meeting.decree")}, {Text: x.t("list.status")}}, Empty: ui.Empty{Title: x.t("meeting.none"), Text: x.t("meeting.none_text")}}
	for _, m := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: text.Weekday(x.lang, m.HeldOn), Sub: m.Place, URL: "/meetings/" + string(m.ID)}, {Text: m.MinutesNumber}, {Text: m.DecreeNumber}, {Chip: ref(x.chip("meeting", string(m.State)))}}})
	}
	body := []ui.Component{ui.Head{Title: x.t("nav.meetings"), Lead: x.t("meeting.lead")}}
	if len(ready) > 0 {
		body = append(body, x.callMeeting(ready, members))
	}
	return x.page(x.t("nav.meetings"), append(body, t)...)
}

// committee is who sits on an LSP's committee, by name.
func committee(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) ([]ui.Option, error) {
	people, err := organisation.People(tx, actor, lsp)
	if err != nil {
		return nil, err
	}
	var members []auth.PersonID
	for _, m := range people {
		if m.Duty == auth.Committee && m.Until == "" {
			members = append(members, m.Person)
		}
	}
	named, err := person.Names(tx, actor, members)
	out := make([]ui.Option, len(members))
	for i, m := range members {
		out[i] = ui.Option{Value: string(m), Text: named[m]}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) })
	return out, err
}

func (x *visit) callMeeting(ready []assessment.Assessment, members []ui.Option) ui.Component {
	f := x.form2(nil)
	cases := ui.Field{Kind: "checks", Name: "case", Label: x.t("meeting.cases", len(ready)), Required: true}
	for _, a := range ready {
		cases.Options = append(cases.Options, ui.Option{Value: string(a.ID), Text: a.Name, Help: x.t("meeting.recommended", x.t("result."+a.Recommendation))})
		cases.Values = append(cases.Values, string(a.ID))
	}
	who := ui.Field{Kind: "checks", Name: "member", Label: x.t("meeting.members"), Required: true, Options: members}
	for _, m := range members {
		who.Values = append(who.Values, m.Value)
	}
	form := ui.Form{URL: "/meetings", Submit: x.t("meeting.call"), Fields: []ui.Component{ui.Field{Kind: "select", Name: "chair", Label: x.t("meeting.chair"), Required: true, Options: members}, who,
		f.field("number", "quorum", "3", true), f.field("text", "place", "", false), cases}}
	return ui.Details{Summary: x.t("meeting.new", len(ready)), Body: []ui.Component{ui.Card{Body: []ui.Component{form}}}}
}

func (x *visit) meetingOpen() error {
	lsp, err := x.lsp()
	if err != nil {
		return err
	}
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	m := decision.Meeting{LSP: lsp, Place: x.form("place"), Quorum: x.int("quorum"), Sample: x.cfg.Sample}
	chair := x.form("chair")
	m.Members = []decision.Member{{Person: auth.PersonID(chair), Role: "chair"}}
	for _, p := range x.r.Form["member"] {
		if p != chair {
			m.Members = append(m.Members, decision.Member{Person: auth.PersonID(p), Role: "member"})
		}
	}
	var cases []assessment.ID
	for _, c := range x.r.Form["case"] {
		cases = append(cases, assessment.ID(c))
	}
	id, err := x.Decisions.OpenMeeting(x.r.Context(), x.actor, m, cases)
	if err != nil {
		return err
	}
	return x.see("/meetings/"+string(id), "saved")
}

// meeting shows the agenda, the votes, and what can be done next.
func (x *visit) meeting() error {
	mid := decision.MeetingID(x.id("id"))
	var s decision.Session
	var cases []decision.Decision
	var mine map[decision.ID]string
	var certs []certificate.Certificate
	var past []ledger.Row
	from := map[decision.ID]string{}
	err := x.read(func(tx *db.Tx) (err error) {
		if s, err = decision.SessionOf(tx, x.actor, mid); err != nil {
			return err
		}
		if cases, err = decision.Cases(tx, x.actor, mid); err != nil {
			return err
		}
		for _, c := range cases {
			a, err := application.Get(tx, x.actor, c.Application)
			if err != nil {
				return err
			}
			from[c.ID] = a.Employer
		}
		if mine, err = decision.MyVotes(tx, x.actor, mid); err != nil {
			return err
		}
		if certs, err = certificate.ByMeeting(tx, x.actor, mid); err != nil {
			return err
		}
		past, err = ledger.Of(tx, x.actor, string(mid))
		return err
	})
	if err != nil {
		return err
	}
	url := "/meetings/" + string(mid)
	head := ui.Head{Over: s.Place, Title: x.t("meeting.title", text.Weekday(x.lang, s.HeldOn)), Lead: x.t("meeting.line", s.Voters, len(s.Members), s.Quorum), Chips: []ui.Chip{x.chip("meeting", string(s.State))}}
	head.Actions = x.buttons("meeting", decision.Flow.Offers(x.flowCase(), s), url+"/do/", "close", "decree", "cancel")
	body := []ui.Component{head}
	granted := 0
	for _, c := range cases {
		if c.Outcome == decision.Granted {
			granted++
		}
	}
	body = append(body, x.meetingPapers(s, url, granted, len(certs))...)
	body = append(body, x.tally(cases), x.agenda(s, cases, mine, from, url))
	for _, c := range cases {
		if s.State == decision.Open && c.Exception && x.isMember(s) {
			body = append(body, x.exception(c, mine[c.ID], url))
		}
	}
	return x.page(head.Title, append(body, x.history("meeting", past))...)
}

func (x *visit) isMember(s decision.Session) bool {
	for _, m := range s.Members {
		if m.Person == x.actor.Person {
			return true
		}
	}
	return false
}

// lookAgain is after how many seconds a page that shows long work looks again.
const lookAgain = 3

func (x *visit) meetingPapers(s decision.Session, url string, granted, issued int) (out []ui.Component) {
	var links []ui.Component
	if s.MinutesNumber != "" {
		links = append(links, ui.LinkButton{Text: x.t("meeting.minutes") + " " + s.MinutesNumber, URL: url + "/minutes.pdf"})
	}
	if s.DecreeNumber != "" {
		links = append(links, ui.LinkButton{Text: x.t("meeting.decree") + " " + s.DecreeNumber, URL: url + "/decree.pdf"})
	}
	if issued > 0 {
		links = append(links, ui.LinkButton{Text: x.t("meeting.zip", issued), URL: url + "/certificates.zip", Tone: ui.Main}, ui.LinkButton{Text: x.t("meeting.handover"), URL: url + "/handover.pdf"})
		if x.hands(s.LSP) {
			links = append(links, ui.LinkButton{Text: x.t("wallet.letters"), URL: url + "/wallets.pdf"})
		}
	}
	if s.State == decision.Decreed && issued < granted {
		started := x.r.URL.Query().Get("done") == "issuing"
		if started || issued > 0 {
			x.refresh = lookAgain
			out = append(out, ui.Progress{Text: x.t("meeting.issuing"), Done: issued, Total: granted})
		}
		if !started {
			links = append(links, ui.Button{Text: x.t("meeting.issue", granted-issued), URL: url + "/do/issue", Tone: ui.Main})
		}
	}
	if len(links) > 0 {
		out = append(out, ui.Card{Title: x.t("meeting.papers"), Body: []ui.Component{ui.Grid{Items: links}}})
	}
	return out
}

// tally says in numbers what the agenda is about, before anybody votes on all of it at once.
func (x *visit) tally(cases []decision.Decision) ui.Component {
	n, apart := map[string]int{}, 0
	for _, c := range cases {
		n[c.Recommendation]++
		if c.Exception {
			apart++
		}
	}
	return ui.Figures{Items: []ui.Figure{{Value: x.num(len(cases)), Label: x.t("meeting.files")}, {Value: x.num(n["K"]), Label: x.t("meeting.recommended", x.t("result.K")), Tone: ui.Good},
		{Value: x.num(n["BK"]), Label: x.t("meeting.recommended", x.t("result.BK")), Tone: ui.Warn}, {Value: x.num(apart), Label: x.t("meeting.pulled")}}}
}

func (x *visit) agenda(s decision.Session, cases []decision.Decision, mine map[decision.ID]string, from map[decision.ID]string, url string) ui.Component {
	t := ui.Table{Caption: x.t("meeting.agenda"), Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("meeting.recommendation")}}}
	member := x.isMember(s)
	decided := slices.ContainsFunc(cases, func(c decision.Decision) bool { return c.Outcome != "" || c.Exception })
	if decided {
		t.Columns = append(t.Columns, ui.Column{Text: x.t("meeting.outcome")})
	}
	if member {
		t.Columns = append(t.Columns, ui.Column{Text: x.t("meeting.my_vote")})
	}
	open := 0 // cases of the batch on which she has not voted
	for _, c := range cases {
		vote := "–"
		if v := mine[c.ID]; v != "" {
			vote = x.t("vote." + v)
		} else if !c.Exception {
			open++
		}
		out := ui.Cell{Text: "–"}
		if c.Outcome != "" {
			out = ui.Cell{Chip: &ui.Chip{Text: x.t("outcome." + c.Outcome), Tone: tones[c.Outcome]}, Sub: c.Reason}
		} else if c.Exception {
			out = ui.Cell{Chip: &ui.Chip{Text: x.t("meeting.pulled"), Tone: ui.Warn}, Sub: c.Reason}
		}
		row := ui.Row{Select: string(c.ID), Cells: []ui.Cell{{Text: c.Name, Sub: from[c.ID], URL: "/applications/" + string(c.Application)}, {Chip: &ui.Chip{Text: x.t("result." + c.Recommendation), Tone: tones[c.Recommendation]}}}}
		if decided {
			row.Cells = append(row.Cells, out)
		}
		if member {
			row.Cells = append(row.Cells, ui.Cell{Text: vote})
		}
		t.Rows = append(t.Rows, row)
	}
	if s.State != decision.Open || !member {
		return t
	}
	body := []ui.Component{t, x.voteCard(open, url)}
	pick := ui.Field{Kind: "select", Name: "case", Label: x.t("field.name"), Required: true}
	for _, c := range cases {
		if !c.Exception {
			pick.Options = append(pick.Options, ui.Option{Value: string(c.ID), Text: c.Name})
		}
	}
	form := ui.Form{URL: url + "/pull-out", Submit: x.t("meeting.pull_out_do"), Fields: []ui.Component{pick, ui.Field{Kind: "text", Name: "reason", Label: x.t("ui.reason"), Required: true}}}
	return ui.Section{Body: append(body, ui.Details{Summary: x.t("meeting.pull_out"), Body: []ui.Component{ui.Para{Text: x.t("meeting.pull_out_lead")}, form}})}
}

// voteCard stands below the agenda: who votes on all cases at once has had them before her eyes.
func (x *visit) voteCard(open int, url string) ui.Component {
	if open == 0 {
		return ui.Notice{Tone: ui.Good, Text: x.t("meeting.voted_all")}
	}
	return ui.Card{Title: x.t("meeting.vote_title"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("meeting.vote_lead")},
		ui.Button{Text: x.t("meeting.vote_all", open), URL: url + "/vote", Tone: ui.Main, Hidden: []ui.Pair{{Name: "what", Value: "all"}}}}}
}

func (x *visit) exception(c decision.Decision, mine, url string) ui.Component {
	j := ui.Judge{Name: "choice", Label: x.t("meeting.vote_on", c.Name), Help: c.Reason, Value: mine, Options: []ui.Option{{Value: "grant", Text: x.t("vote.grant")}, {Value: "refuse", Text: x.t("vote.refuse")}, {Value: "defer", Text: x.t("vote.defer")}, {Value: "abstain", Text: x.t("vote.abstain")}}}
	return ui.Card{Body: []ui.Component{ui.Form{URL: url + "/vote", Submit: x.t("meeting.vote"), Fields: []ui.Component{j}, Hidden: []ui.Pair{{Name: "case", Value: string(c.ID)}}}}}
}

func (x *visit) meetingVote() error {
	mid := decision.MeetingID(x.id("id"))
	var err error
	if x.form("what") == "all" {
		err = x.Decisions.Vote(x.r.Context(), x.actor, mid)
	} else {
		err = x.Decisions.VoteOn(x.r.Context(), x.actor, mid, decision.ID(x.form("case")), x.form("choice"))
	}
	if err != nil {
		return err
	}
	return x.see("/meetings/"+string(mid), "voted")
}

func (x *visit) meetingPullOut() error {
	mid := decision.MeetingID(x.id("id"))
	if err := x.Decisions.PullOut(x.r.Context(), x.actor, mid, decision.ID(x.form("case")), x.form("reason")); err != nil {
		return err
	}
	return x.see("/meetings/"+string(mid), "saved")
}

func (x *visit) meetingDo() error {
	mid, ctx := decision.MeetingID(x.id("id")), x.r.Context()
	var err error
	switch x.id("action") {
	case "close":
		err = x.Decisions.Close(ctx, x.actor, mid)
	case "decree":
		err = x.Decisions.Decree(ctx, x.actor, mid)
	case "cancel":
		err = x.Decisions.Cancel(ctx, x.actor, mid, x.form("reason"))
	case "issue":
		_, err = x.Certificates.Start(ctx, x.actor, mid)
		if err == nil {
			return x.see("/meetings/"+string(mid), "issuing")
		}
	default:
		return x.nothingHere()
	}
	if err != nil {
		return err
	}
	return x.see("/meetings/"+string(mid), "saved")
}

func (x *visit) meetingMinutes() error {
	return x.print("berita-acara.pdf", func(tx *db.Tx) (printed, error) { return paper.Minutes(tx, x.actor, decision.MeetingID(x.id("id"))) })
}

func (x *visit) meetingDecree() error {
	return x.print("surat-keputusan.pdf", func(tx *db.Tx) (printed, error) { return paper.Decree(tx, x.actor, decision.MeetingID(x.id("id"))) })
}

func (x *visit) meetingHandover() error {
	return x.print("serah-terima.pdf", func(tx *db.Tx) (printed, error) {
		return paper.Handover(tx, x.actor, decision.MeetingID(x.id("id")), x.today())
	})
}

func (x *visit) meetingZip() error {
	var all []certificate.Certificate
	err := x.read(func(tx *db.Tx) error {
		m, err := decision.GetMeeting(tx, x.actor, decision.MeetingID(x.id("id")))
		if err != nil {
			return err
		}
		all, err = certificate.ByMeeting(tx, x.actor, m.ID)
		return err
	})
	if err != nil {
		return err
	}
	out := &archive{w: x.w}
	if err = paper.Zip(x.r.Context(), x.Services, out, x.today(), all); err != nil && out.begun {
		x.log.Error("archive", "meeting", x.id("id"), "err", err)
		panic(http.ErrAbortHandler) // half an archive must not look like a whole one
	}
	return err
}

// archive says what it is when its first bytes come, so that what goes wrong before is answered as a page.
type archive struct {
	w     http.ResponseWriter
	begun bool
}

// Write sends a part of the archive.
func (a *archive) Write(b []byte) (int, error) {
	if !a.begun {
		a.begun = true
		a.w.Header().Set("Content-Type", "application/zip")
		a.w.Header().Set("Content-Disposition", `attachment; filename="sertifikat.zip"`)
	}
	return a.w.Write(b)
}
