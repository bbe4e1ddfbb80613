package demo

import (
	"context"
	"fmt"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/licence"
	"kompeten/internal/money"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/register"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
)

// Stop is how far a story is played.
type Stop int

// The stops of a story.
const (
	UntilList      Stop = iota
	UntilConfirmed      // by the people themselves
	UntilAccepted
	UntilScheduled
	UntilHalf // one assessor is through, the others are not
	UntilAssessed
	UntilDecreed // certificates not issued yet
	UntilEnd
)

// Result is what a story left.
type Result struct {
	Programme programme.ID
	Upload    programme.UploadResult
	Good      int // rows that went on
	Decided   int // of them, how many ended in a decision
	Meetings  []decision.MeetingID
	Schedules []assessment.ScheduleID
}

// Jump moves the sample installation's clock forward, so that a story takes days.
type Jump func(time.Duration)

// Play takes a list through the path of a story as far as the stop, each step by the actor whose duty it is.
func (w *World) Play(ctx context.Context, story string, list []byte, fileName string, stop Stop, jump Jump) (Result, error) {
	p, err := planOf(story)
	if err != nil {
		return Result{}, err
	}
	if list == nil {
		if list, fileName, err = p.list(); err != nil {
			return Result{}, err
		}
	}
	r := run{w: w, p: p, jump: jump}
	for _, step := range []struct {
		from Stop
		do   func(context.Context) error
	}{
		{UntilList, func(ctx context.Context) error { return r.nominate(ctx, list, fileName) }},
		{UntilConfirmed, r.confirmAll}, {UntilAccepted, r.accept}, {UntilScheduled, r.schedule},
		{UntilHalf, func(ctx context.Context) error { return r.assess(ctx, r.p.assessors[:1]) }},
		{UntilAssessed, func(ctx context.Context) error { return r.assess(ctx, r.p.assessors[1:]) }},
		{UntilDecreed, r.decide}, {UntilEnd, r.issue},
	} {
		if step.from > stop {
			break
		}
		if err := step.do(ctx); err != nil {
			return r.res, fmt.Errorf("story %s: %w", story, err)
		}
	}
	return r.res, nil
}

// run is one story being played.
type run struct {
	w    *World
	p    plan
	jump Jump
	res  Result
	held date.Date
}

func (r *run) as(key string) auth.Actor { return r.w.people[key] }

func (r *run) read(ctx context.Context, fn func(*db.Tx) error) error { return r.w.s.DB.Read(ctx, fn) }

// nominate: the office opens its programme, uploads its list, accepts the warnings, and sends who is good.
func (r *run) nominate(ctx context.Context, list []byte, fileName string) error {
	s, officer := r.w.s, r.as(r.p.officer)
	today := date.Of(s.DB.Now(), date.WIB)
	r.held = today.AddDays(12)
	choice := map[string]scheme.VersionID{}
	var versions []scheme.VersionID
	err := r.read(ctx, func(tx *db.Tx) error {
		for level, key := range r.p.scheme {
			v, err := scheme.ByKey(tx, officer, key)
			if err != nil {
				return err
			}
			choice[level] = v.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range r.p.schemes() {
		for level, k := range r.p.scheme {
			if k == key {
				versions = append(versions, choice[level])
				break
			}
		}
	}
	r.res.Programme, err = s.Programmes.Create(ctx, officer, programme.Programme{Office: r.w.orgs[r.p.office], LSP: r.w.orgs[r.p.lsp], Title: r.p.title, Decree: r.p.decree,
		Year: today.Year(), Funding: r.p.funding, Giver: r.p.giver, Budget: money.Rupiah(r.p.unitCost).Times(40), UnitCost: r.p.unitCost, Seats: 5000, Place: r.p.place,
		Regency: r.p.regency, HeldOn: r.held, Schemes: versions, Sample: true})
	if err != nil {
		return err
	}
	if err := s.Programmes.Open(ctx, officer, r.res.Programme); err != nil {
		return err
	}
	if r.res.Upload, err = s.Programmes.Upload(ctx, officer, r.res.Programme, fileName, list); err != nil {
		return err
	}
	waiting, err := s.Programmes.Rows(ctx, officer, r.res.Programme, programme.Filter{State: programme.RowWaiting, Worst: "warning", Limit: 100_000})
	if err != nil {
		return err
	}
	var ids []string
	for _, row := range waiting {
		ids = append(ids, row.ID)
	}
	if _, err := s.Programmes.ConfirmRows(ctx, officer, r.res.Programme, ids); err != nil {
		return err
	}
	n, err := s.Programmes.Nominate(ctx, officer, r.res.Programme, choice)
	if err != nil {
		return err
	}
	r.res.Good = n.Seated + n.Waitlisted + n.Already
	_, err = s.Applications.DraftAll(ctx, officer, r.res.Programme)
	return err
}

// confirmAll: each person opens her link, confirms and consents.
func (r *run) confirmAll(ctx context.Context) error {
	s := r.w.s
	r.jump(26 * time.Hour)
	letters, err := s.Applications.Letters(ctx, r.as(r.p.officer), r.res.Programme)
	if err != nil {
		return err
	}
	for i, l := range letters {
		if err := r.confirm(ctx, l, i%2 == 0); err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	return nil
}

// accept: the LSP finds the requirements met and accepts.
func (r *run) accept(ctx context.Context) error {
	s := r.w.s
	r.jump(24 * time.Hour)
	var ids []application.ID
	apps, err := r.files(ctx, application.StageSubmitted)
	for _, a := range apps {
		ids = append(ids, a.ID)
	}
	if err != nil {
		return err
	}
	for a, err := range s.Applications.AcceptAll(ctx, r.as(r.p.admin), ids) {
		return fmt.Errorf("application %s: %w", a, err)
	}
	return nil
}

func (r *run) confirm(ctx context.Context, l application.Letter, found bool) error {
	s := r.w.s
	_, actor, err := s.People.OpenLink(ctx, l.Secret)
	if err != nil {
		return err
	}
	var me person.Person
	var app application.Application
	err = r.read(ctx, func(tx *db.Tx) error {
		if app, err = application.Get(tx, actor, l.Application); err != nil {
			return err
		}
		me, err = person.Get(tx, s.Box, actor, actor.Person)
		return err
	})
	if err != nil || app.State != application.Draft {
		return err
	}
	in := person.Input{Name: me.Name, BirthPlace: me.BirthPlace, BirthDate: me.BirthDate, Address: me.Address, Email: me.Email, Education: me.Education}
	consents := []string{"assessment", "register", "statistics"}
	if found {
		consents = append(consents, register.Purpose)
	}
	return s.Applications.Confirm(ctx, actor, app.ID, app.Version, application.Confirmation{Input: in, Consents: consents, Lang: text.ID})
}

func (r *run) files(ctx context.Context, stages ...application.Stage) (out []application.Application, err error) {
	err = r.read(ctx, func(tx *db.Tx) error {
		out, _, err = application.List(tx, r.as(r.p.manager), application.Filter{Programme: r.res.Programme, Stages: stages, Limit: 100_000})
		return err
	})
	return out, err
}

// schedule: the manager plans a day for each scheme, shares the candidates among the assessors, and sends it out.
func (r *run) schedule(ctx context.Context) error {
	r.jump(24 * time.Hour)
	apps, err := r.files(ctx, application.StageAccepted)
	if err != nil {
		return err
	}
	groups := map[scheme.VersionID][]application.ID{}
	var order []scheme.VersionID
	for _, a := range apps {
		if groups[a.SchemeVersion] == nil {
			order = append(order, a.SchemeVersion)
		}
		groups[a.SchemeVersion] = append(groups[a.SchemeVersion], a.ID)
	}
	for _, v := range order {
		for part := groups[v]; len(part) > 0; {
			n := min(len(part), 200)
			if err := r.plan(ctx, v, part[:n]); err != nil {
				return err
			}
			part = part[n:]
		}
	}
	return nil
}

func (r *run) plan(ctx context.Context, v scheme.VersionID, apps []application.ID) error {
	s, manager, lsp := r.w.s, r.as(r.p.manager), r.w.orgs[r.p.lsp]
	var sch scheme.Version
	err := r.read(ctx, func(tx *db.Tx) (err error) { sch, err = scheme.Get(tx, manager, v); return err })
	if err != nil {
		return err
	}
	err = s.Licences.VerifyTUK(ctx, manager, lsp, licence.Verification{TUK: r.w.tuks[r.p.lsp], Scheme: sch.Scheme, ValidFrom: r.held, ValidUntil: r.held, Verifier: r.as(r.p.assessors[0]).Person, Note: "Alat dan ruang sesuai (contoh)"})
	if err != nil {
		return err
	}
	sid, err := s.Assessments.Plan(ctx, manager, assessment.Schedule{LSP: lsp, Programme: r.res.Programme, SchemeVersion: v, TUK: r.w.tuks[r.p.lsp], HeldOn: r.held, Starts: "08.00", Capacity: len(apps), Sample: true})
	if err != nil {
		return err
	}
	share := (len(apps) + len(r.p.assessors) - 1) / len(r.p.assessors)
	for i, a := range r.p.assessors {
		part := apps[min(i*share, len(apps)):min((i+1)*share, len(apps))]
		if len(part) == 0 {
			continue
		}
		if err := s.Assessments.AddAssessor(ctx, manager, sid, r.as(a).Person); err != nil {
			return err
		}
		if err := s.Assessments.Seat(ctx, manager, sid, r.as(a).Person, part); err != nil {
			return err
		}
	}
	if share > assessment.DefaultLoad {
		if err := s.Assessments.Explain(ctx, manager, sid, "Satu hari uji untuk peserta dari banyak tempat (contoh)"); err != nil {
			return err
		}
	}
	r.res.Schedules = append(r.res.Schedules, sid)
	return s.Assessments.Assign(ctx, manager, sid)
}

// assess: on the day each assessor takes his candidates through consent, observation and recommendation.
func (r *run) assess(ctx context.Context, assessors []string) error {
	if days := date.Of(r.w.s.DB.Now(), date.WIB).DaysTo(r.held); days > 0 {
		r.jump(time.Duration(days) * 24 * time.Hour)
	}
	for _, a := range assessors {
		var mine []assessment.Assessment
		err := r.read(ctx, func(tx *db.Tx) (err error) { mine, err = assessment.Mine(tx, r.as(a)); return err })
		if err != nil {
			return err
		}
		for i, x := range mine {
			if err := r.test(ctx, r.as(a), x, i%9 == 6); err != nil {
				return fmt.Errorf("%s: %w", x.Name, err)
			}
		}
	}
	return nil
}

func (r *run) test(ctx context.Context, assessor auth.Actor, x assessment.Assessment, weak bool) error {
	s := r.w.s.Assessments
	form := assessment.AK01{Methods: []string{"observation", "oral"}, Rights: true, Device: "assessor"}
	if err := s.Consent(ctx, assessor, x.ID, x.Version, form, true); err != nil {
		return err
	}
	if err := s.Begin(ctx, assessor, x.ID, x.Version+1); err != nil {
		return err
	}
	var units []standard.Unit
	err := r.read(ctx, func(tx *db.Tx) (err error) { units, err = assessment.Units(tx, assessor, x); return err })
	if err != nil {
		return err
	}
	marks, results := judge(units, weak)
	if err := s.Mark(ctx, assessor, x.ID, x.Version+2, marks); err != nil {
		return err
	}
	return s.Recommend(ctx, assessor, x.ID, x.Version+3, results, "")
}

// judge marks every criterion yes; of a weak candidate the last unit shows one gap.
func judge(units []standard.Unit, weak bool) (marks []assessment.Mark, results []assessment.UnitResult) {
	for i, u := range units {
		res := assessment.UnitResult{Unit: u.Code, Recommendation: "K"}
		fails := weak && i == len(units)-1
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				m := assessment.Mark{Unit: u.Code, Criterion: c.No, Mark: "yes"}
				if fails {
					m.Mark, m.Note, fails = "no", "Belum dapat menunjukkan langkah ini sendiri (contoh)", false
					res.Recommendation, res.Reason = "BK", "KUK "+c.No+" belum terpenuhi; perlu latihan ulang (contoh)"
				}
				marks = append(marks, m)
			}
		}
		results = append(results, res)
	}
	return marks, results
}

// decide: the committee meets on complete files, votes, closes; the head signs.
func (r *run) decide(ctx context.Context) error {
	s, manager, lsp := r.w.s, r.as(r.p.manager), r.w.orgs[r.p.lsp]
	r.jump(48 * time.Hour)
	var ready []assessment.Assessment
	err := r.read(ctx, func(tx *db.Tx) (err error) { ready, err = decision.Ready(tx, manager, lsp); return err })
	if err != nil {
		return err
	}
	var cases []assessment.ID
	for _, a := range ready {
		cases = append(cases, a.ID)
	}
	m := decision.Meeting{LSP: lsp, Place: "Kantor LSP (contoh)", Quorum: 3, Sample: true}
	for i, c := range r.p.committee {
		m.Members = append(m.Members, decision.Member{Person: r.as(c).Person, Role: map[bool]string{true: "chair", false: "member"}[i == 0]})
	}
	mid, err := s.Decisions.OpenMeeting(ctx, manager, m, cases)
	if err != nil {
		return err
	}
	r.res.Meetings = append(r.res.Meetings, mid)
	for _, c := range r.p.committee {
		if err := s.Decisions.Vote(ctx, r.as(c), mid); err != nil {
			return err
		}
	}
	if err := s.Decisions.Close(ctx, r.as(r.p.committee[0]), mid); err != nil {
		return err
	}
	return s.Decisions.Decree(ctx, r.as(r.p.head), mid)
}

// issue: every certificate the meeting granted; the office lists the businesses whose people agreed to be found.
func (r *run) issue(ctx context.Context) error {
	if err := r.w.s.Certificates.IssueAll(ctx, auth.Actor{System: certificate.IssueJob}, r.res.Meetings[0], ""); err != nil {
		return err
	}
	decided, err := r.files(ctx, application.StageGranted, application.StageRefused, application.StageIssued, application.StageHanded)
	if r.res.Decided = len(decided); err != nil {
		return err
	}
	return r.list(ctx)
}

// listed is how many businesses of a story stand in the directory.
const listed = 5

func (r *run) list(ctx context.Context) error {
	officer, office := r.as(r.p.officer), r.w.orgs[r.p.office]
	known, err := r.w.s.Register.Employers(ctx, officer, office)
	if err != nil {
		return err
	}
	n := 0
	for _, e := range known {
		if e.Agreed == 0 || e.Listed.State == register.Listed || n == listed {
			continue
		}
		if _, err := r.w.s.Register.List(ctx, officer, office, e.Name, e.Regency, "Pemilik setuju (contoh)"); err != nil {
			return err
		}
		n++
	}
	return nil
}
