// Package paper fills documents with what the records say: certificates, letters, minutes, decrees, lists. It reads
// through the features, as the actor who asks, and writes nothing.
package paper

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/document"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/text"
)

// FileName is under what name a certificate is saved: its number and its holder.
func FileName(c certificate.Certificate) string {
	return document.FileName(certificate.NumberKey(c.Number) + "-" + c.Name + ".pdf")
}

func body(tx *db.Tx, actor auth.Actor, org auth.OrgID) (document.Body, organisation.Org, error) {
	o, err := organisation.Get(tx, actor, org)
	if err != nil {
		return document.Body{}, o, err
	}
	l, err := licence.LicenceOf(tx, actor, org)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return document.Body{}, o, err
	}
	return document.Body{Name: o.Name, NameEN: o.NameEN, Licence: l.Number, Address: o.Address, City: o.City}, o, nil
}

func head(o organisation.Org) document.Signer {
	return document.Signer{Name: o.HeadName, Title: o.HeadTitle, TitleEN: o.HeadTitleEN}
}

func test(tx *db.Tx, actor auth.Actor, x assessment.Schedule) (document.Test, error) {
	v, err := scheme.Get(tx, actor, x.SchemeVersion)
	if err != nil {
		return document.Test{}, err
	}
	t, err := licence.GetTUK(tx, actor, x.TUK)
	return document.Test{Scheme: v.Title(false), SchemeNumber: v.Number, SchemeKind: v.Kind, TUK: t.Name, TUKKind: t.Kind, TUKAddress: t.Address, HeldOn: x.HeldOn, Starts: x.Starts}, err
}

// Assignment is the letter that sends assessors to a test.
func Assignment(tx *db.Tx, actor auth.Actor, sid assessment.ScheduleID) (document.AssignmentLetter, error) {
	x, err := assessment.GetSchedule(tx, actor, sid)
	if err != nil {
		return document.AssignmentLetter{}, err
	}
	b, o, err := body(tx, actor, x.LSP)
	if err != nil {
		return document.AssignmentLetter{}, err
	}
	t, err := test(tx, actor, x)
	if err != nil {
		return document.AssignmentLetter{}, err
	}
	d := document.AssignmentLetter{About: document.About{Lang: text.ID, Body: b, Number: x.LetterNumber, Day: x.LetterDate, Sample: x.Sample}, Test: t, Head: head(o)}
	names := map[auth.PersonID]string{}
	on, err := assessment.Assessors(tx, actor, sid)
	if err != nil {
		return d, err
	}
	for _, a := range on {
		names[a.Person] = a.Name
		d.Assessors = append(d.Assessors, document.Assessor{Name: a.Name, MET: a.MET})
	}
	seats, err := assessment.BySchedule(tx, actor, sid)
	if err != nil {
		return d, err
	}
	for _, c := range seats {
		app, err := application.Get(tx, actor, c.Application)
		if err != nil {
			return d, err
		}
		d.Candidates = append(d.Candidates, document.Candidate{Name: c.Name, From: app.Employer, Assessor: names[c.Assessor]})
	}
	return d, nil
}

// outcomes is the cases of a meeting as minutes and decree list them.
func outcomes(tx *db.Tx, actor auth.Actor, m decision.MeetingID) (out []document.Outcome, schemes []string, err error) {
	cases, err := decision.Cases(tx, actor, m)
	if err != nil {
		return nil, nil, err
	}
	titles := map[scheme.VersionID]string{}
	for _, c := range cases {
		app, err := application.Get(tx, actor, c.Application)
		if err != nil {
			return nil, nil, err
		}
		if titles[app.SchemeVersion] == "" {
			v, err := scheme.Get(tx, actor, app.SchemeVersion)
			if err != nil {
				return nil, nil, err
			}
			titles[app.SchemeVersion] = v.Title(false)
			schemes = append(schemes, titles[app.SchemeVersion])
		}
		o := document.Outcome{Name: c.Name, Scheme: titles[app.SchemeVersion], Recommendation: c.Recommendation, Result: c.Outcome, Note: c.Reason}
		a, err := assessment.Get(tx, actor, c.Assessment)
		if err != nil {
			return nil, nil, err
		}
		if o.Assessor, o.MET, err = assessorOf(tx, actor, a); err != nil {
			return nil, nil, err
		}
		out = append(out, o)
	}
	return out, schemes, nil
}

func assessorOf(tx *db.Tx, actor auth.Actor, a assessment.Assessment) (name, met string, err error) {
	on, err := assessment.Assessors(tx, actor, a.Schedule)
	for _, x := range on {
		if x.Person == a.Assessor {
			return x.Name, x.MET, nil
		}
	}
	return "", "", err
}

// Minutes is the record of a committee's meeting.
func Minutes(tx *db.Tx, actor auth.Actor, m decision.MeetingID) (document.Minutes, error) {
	x, err := decision.GetMeeting(tx, actor, m)
	if err != nil {
		return document.Minutes{}, err
	}
	if x.MinutesNumber == "" {
		return document.Minutes{}, fault.New(fault.Invalid, "decision.not_closed")
	}
	b, _, err := body(tx, actor, x.LSP)
	if err != nil {
		return document.Minutes{}, err
	}
	d := document.Minutes{About: document.About{Lang: text.ID, Body: b, Number: x.MinutesNumber, Day: x.HeldOn, Sample: x.Sample}, HeldOn: x.HeldOn, Place: x.Place, Quorum: x.Quorum, Note: x.Note}
	for _, mem := range x.Members {
		d.Members = append(d.Members, document.Member{Name: mem.Name, Role: mem.Role})
	}
	var schemes []string
	d.Outcomes, schemes, err = outcomes(tx, actor, m)
	d.Scheme = text.List(text.ID, schemes)
	return d, err
}

// Decree is the head's decree on a meeting's decisions.
func Decree(tx *db.Tx, actor auth.Actor, m decision.MeetingID) (document.Decree, error) {
	x, err := decision.GetMeeting(tx, actor, m)
	if err != nil {
		return document.Decree{}, err
	}
	if x.DecreeNumber == "" {
		return document.Decree{}, fault.New(fault.Invalid, "decision.not_decreed")
	}
	b, o, err := body(tx, actor, x.LSP)
	if err != nil {
		return document.Decree{}, err
	}
	d := document.Decree{About: document.About{Lang: text.ID, Body: b, Number: x.DecreeNumber, Day: x.DecreeDate, Sample: x.Sample}, Minutes: x.MinutesNumber, MinutesDay: x.HeldOn, Head: head(o)}
	var schemes []string
	if d.Outcomes, schemes, err = outcomes(tx, actor, m); err != nil {
		return d, err
	}
	d.Test, err = testOf(tx, actor, m)
	d.Scheme = text.List(text.ID, schemes)
	return d, err
}

// testOf is the test of a meeting's first case.
func testOf(tx *db.Tx, actor auth.Actor, m decision.MeetingID) (document.Test, error) {
	cases, err := decision.Cases(tx, actor, m)
	if err != nil || len(cases) == 0 {
		return document.Test{}, err
	}
	a, err := assessment.Get(tx, actor, cases[0].Assessment)
	if err != nil {
		return document.Test{}, err
	}
	x, err := assessment.GetSchedule(tx, actor, a.Schedule)
	if err != nil {
		return document.Test{}, err
	}
	return test(tx, actor, x)
}

// Handover is the list by which certificates are handed over against signature.
func Handover(tx *db.Tx, actor auth.Actor, m decision.MeetingID, today date.Date) (document.HandoverList, error) {
	x, err := decision.GetMeeting(tx, actor, m)
	if err != nil {
		return document.HandoverList{}, err
	}
	b, _, err := body(tx, actor, x.LSP)
	if err != nil {
		return document.HandoverList{}, err
	}
	d := document.HandoverList{About: document.About{Lang: text.ID, Body: b, Day: today, Sample: x.Sample}, Place: b.City}
	all, err := certificate.ByMeeting(tx, actor, m)
	var schemes []string
	for _, c := range all {
		if !slices.Contains(schemes, c.Face.TitleID) {
			schemes = append(schemes, c.Face.TitleID)
		}
		d.Rows = append(d.Rows, document.Handover{Name: c.Name, Number: c.Number, Registration: c.Registration, Blank: c.Blank})
	}
	d.Scheme = text.List(text.ID, schemes)
	return d, err
}

// Invitations is one letter for each person of a programme, with the personal link, as one file.
func Invitations(ctx context.Context, s product.Services, actor auth.Actor, pid programme.ID, base string) ([]byte, error) {
	letters, err := s.Applications.Letters(ctx, actor, pid)
	if err != nil {
		return nil, err
	}
	if len(letters) == 0 {
		return nil, fault.New(fault.Invalid, "application.no_letters")
	}
	var parts []document.Layout
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		p, err := programme.Get(tx, actor, pid)
		if err != nil {
			return err
		}
		b, o, err := body(tx, actor, p.Office)
		if err != nil {
			return err
		}
		today := date.Of(tx.Now(), o.Zone)
		parts = nil
		for _, l := range letters {
			d := document.InvitationLetter{About: document.About{Lang: text.ID, Body: b, Day: today, Sample: p.Sample}, From: o.Name, Name: l.Name, Programme: l.Programme,
				Scheme: l.Scheme, HeldOn: l.HeldOn, Place: l.Place, Link: base + "/l/" + l.Secret, OpenUntil: today.AddDays(120), Contact: o.Name, Free: p.Funding != 4}
			parts = append(parts, d.Layout())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return document.Join(letters[0].Programme, parts).PDF()
}

// Record is the print of an assessment: FR.AK.01, FR.IA.01 and FR.AK.02 of one candidate.
func Record(tx *db.Tx, actor auth.Actor, aid assessment.ID) (document.AssessmentRecord, error) {
	a, err := assessment.Get(tx, actor, aid)
	if err != nil {
		return document.AssessmentRecord{}, err
	}
	x, err := assessment.GetSchedule(tx, actor, a.Schedule)
	if err != nil {
		return document.AssessmentRecord{}, err
	}
	b, o, err := body(tx, actor, a.LSP)
	if err != nil {
		return document.AssessmentRecord{}, err
	}
	t, err := test(tx, actor, x)
	if err != nil {
		return document.AssessmentRecord{}, err
	}
	day := func(t time.Time) date.Date {
		if t.IsZero() {
			return ""
		}
		return date.Of(t, o.Zone)
	}
	d := document.AssessmentRecord{About: document.About{Lang: text.ID, Body: b, Sample: x.Sample, Day: x.HeldOn}, Test: t, Edition: "2023", Candidate: a.Name,
		ConsentedOn: day(a.ConsentedAt), StartedOn: day(a.StartedAt), FinishedOn: day(a.FinishedAt), Result: a.Recommendation, Note: a.Note}
	agreed, err := assessment.AgreedOn(tx, actor, aid)
	if err != nil {
		return d, err
	}
	d.Methods, d.Rights = agreed.Methods, agreed.Rights
	if d.Assessor.Name, d.Assessor.MET, err = assessorOf(tx, actor, a); err != nil {
		return d, err
	}
	return d, fillUnits(tx, actor, a, &d)
}

func fillUnits(tx *db.Tx, actor auth.Actor, a assessment.Assessment, d *document.AssessmentRecord) error {
	units, err := assessment.Units(tx, actor, a)
	if err != nil {
		return err
	}
	marks, err := assessment.Marks(tx, actor, a.ID)
	if err != nil {
		return err
	}
	results, err := assessment.Results(tx, actor, a.ID)
	if err != nil {
		return err
	}
	credits, err := assessment.Credits(tx, actor, a.ID)
	if err != nil {
		return err
	}
	got := map[string]assessment.Mark{}
	for _, m := range marks {
		got[string(m.Unit)+"|"+m.Criterion] = m
	}
	for _, u := range units {
		ru := document.RecordUnit{Code: string(u.Code), Title: u.TitleID}
		for _, r := range results {
			if r.Unit == u.Code {
				ru.Result, ru.Reason = r.Recommendation, r.Reason
			}
		}
		for _, c := range credits {
			if c.Unit == u.Code {
				ru.Credit = &document.RecordCredit{Certificate: c.Certificate, ValidUntil: c.ValidUntil, Evidence: c.Evidence}
			}
		}
		for _, e := range u.Elements {
			re := document.RecordElement{No: strconv.Itoa(e.No), Name: e.Name}
			for _, c := range e.Criteria {
				m := got[string(u.Code)+"|"+c.No]
				re.Criteria = append(re.Criteria, document.RecordCriterion{No: c.No, Text: c.Text, Mark: m.Mark, Note: m.Note})
			}
			ru.Elements = append(ru.Elements, re)
		}
		d.Units = append(d.Units, ru)
	}
	return nil
}

// Names gives the names of persons, for pages.
func Names(tx *db.Tx, actor auth.Actor, ids ...auth.PersonID) (map[auth.PersonID]string, error) {
	return person.Names(tx, actor, ids)
}
