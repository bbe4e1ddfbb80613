package web

import (
	"cmp"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// enterByLink makes the bearer of a personal link the actor of this visit, for her own application only.
func (x *visit) enterByLink() (file, error) {
	l, who, err := x.People.OpenLink(x.r.Context(), x.id("secret"))
	if err != nil {
		return file{}, err
	}
	if l.Purpose != person.ForApplication {
		return file{}, fault.New(fault.NotFound, "person.link_unknown")
	}
	x.actor = who
	x.w.Header().Set("Referrer-Policy", "no-referrer")
	return x.loadFile(application.ID(l.Subject))
}

// letterPage is what a person sees who opens her letter: short words, one thing after the other.
func (x *visit) letterPage() error { return x.showLetter(nil, nil) }

// letterURL is the address of the letter that was opened.
func (x *visit) letterURL() string { return "/l/" + x.id("secret") }

// showLetter shows a letter again, with what was wrong in its form or with its file.
func (x *visit) showLetter(wrong, wrongFile error) error {
	f, err := x.enterByLink()
	if err != nil {
		return err
	}
	steps := x.letterSteps(f.Stage)
	body := []ui.Component{ui.Head{Over: f.version.TitleID, Title: x.t("letter.hello", f.Name), Lead: x.t("letter.lead." + leadOf(f.Stage)), Chips: []ui.Chip{x.stage(f.Stage)}}, steps}
	if f.Note != "" {
		body = append(body, ui.Notice{Tone: ui.Warn, Title: x.t("application.note"), Text: f.Note})
	}
	if conflict(wrong) {
		wrong = fault.New(fault.Conflict, "letter.changed")
	}
	if f.State == application.Draft || f.State == application.Returned {
		body = append(body, x.confirmForm(f, wrong), x.fileForm(f, wrongFile))
	} else {
		if late := cmp.Or(wrong, wrongFile); late != nil {
			x.status = fault.Status(late)
			body = append(body, ui.Notice{Tone: ui.Info, Text: x.t("letter.changed_done")})
		}
		body = append(body, ui.Card{Title: x.t("application.data"), Body: []ui.Component{x.facts(f)}})
	}
	more, err := x.letterResult(f)
	if err != nil {
		return err
	}
	body = append(body, more...)
	if f.State == application.Submitted || f.State == application.Accepted {
		card, err := x.directoryCard(string(f.ID), x.letterURL()+"/directory")
		if err != nil {
			return err
		}
		body = append(body, card...)
	}
	offers := application.Flow.Offers(x.flowCase(), f.File)
	for _, c := range x.buttons("application", offers, "/l/"+x.id("secret")+"/", "withdraw") {
		if b, ok := c.(ui.Button); ok {
			b.Text, b.Reason = x.t("letter.withdraw"), x.t("letter.withdraw_why")
			body = append(body, ui.Details{Summary: b.Text, Body: []ui.Component{ui.Para{Text: x.t("letter.withdraw_lead")}, b}})
		}
	}
	return x.page(f.Name, body...)
}

func leadOf(s application.Stage) string {
	if text.Has("letter.lead." + string(s)) {
		return string(s)
	}
	return "under_way"
}

func (x *visit) letterSteps(s application.Stage) ui.Component {
	at := map[application.Stage]int{application.StageDraft: 0, application.StageReturned: 0, application.StageSubmitted: 1, application.StageAccepted: 2, application.StageScheduled: 2, application.StageAbsent: 2,
		application.StagePostponed: 2, application.StageConsented: 2, application.StageRunning: 2, application.StageK: 3, application.StageBK: 3, application.StageDeferred: 3, application.StageGranted: 4,
		application.StageRefused: 4, application.StageIssued: 5, application.StageHanded: 5}[s]
	var out ui.Stepper
	for i, k := range []string{"confirm", "check", "test", "decision", "certificate"} {
		state := "todo"
		if i < at {
			state = "done"
		} else if i == at {
			state = "current"
		}
		out.Steps = append(out.Steps, ui.Step{Text: x.t("letter.step." + k), State: state})
	}
	return out
}

func (x *visit) confirmForm(f file, wrong error) ui.Component {
	fm := x.form2(wrong)
	p := f.person
	field := func(kind, name, value string, required bool, auto string) ui.Field {
		out := fm.field(kind, name, value, required)
		out.Label, out.Auto = x.t("field."+name), auto
		return out
	}
	phone := field("tel", "phone_e164", "", p.Phone == "", "tel")
	if p.Phone != "" {
		phone.Help = x.t("row.masked", p.Phone)
	}
	consent := ui.Field{Kind: "checks", Name: "consent", Label: x.t("letter.consent"), Help: x.t("letter.consent_help"), Required: true, Values: x.r.Form["consent"]}
	for _, pu := range person.Purposes() {
		help := x.t("letter.optional")
		if pu.Required {
			help = x.t("letter.needed")
		}
		consent.Options = append(consent.Options, ui.Option{Value: pu.Name, Text: x.t("consent." + pu.Name), Help: help})
	}
	form := ui.Form{URL: x.letterURL(), Error: fm.top, Submit: x.t("letter.send"), Hidden: []ui.Pair{version(f.Version)}, Fields: []ui.Component{
		field("text", "name", p.Name, true, "name"), field("text", "birth_place", p.BirthPlace, true, ""), field("date", "birth_date", string(p.BirthDate), true, "bday"),
		field("text", "address", p.Address, true, "street-address"), phone, field("email", "email", p.Email, false, "email"), field("text", "education", p.Education, false, ""), consent}}
	return ui.Card{Title: x.t("letter.confirm"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("letter.confirm_lead", p.NIK)}, form}}
}

func (x *visit) fileForm(f file, wrong error) ui.Component {
	what := ui.Field{Kind: "select", Name: "requirement", Label: x.t("application.file_for"), Required: true, Options: []ui.Option{{Value: application.Photo, Text: x.t("letter.photo")}}}
	for _, r := range f.version.Requirements {
		what.Options = append(what.Options, ui.Option{Value: r.ID, Text: requirement(r)})
	}
	fm := x.form2(wrong)
	what.Value = fm.value("requirement", "")
	upload := ui.Field{Kind: "file", Name: "file", Label: x.t("application.file"), Help: x.t("letter.file_help"), Required: true, Error: fm.wrong["file"], Accept: "image/jpeg,image/png,application/pdf"}
	var facts ui.Facts
	for _, d := range f.files {
		facts.Items = append(facts.Items, ui.Fact{Term: x.when(d.At.Time), Text: d.Name})
	}
	return ui.Card{Title: x.t("letter.files"), Body: []ui.Component{facts, ui.Form{URL: x.letterURL() + "/file", Error: fm.top, Upload: true, Submit: x.t("letter.add"), Tone: ui.Quiet, Fields: []ui.Component{what, upload}}}}
}

// letterResult tells when and where the test is, and shows the certificate when there is one.
func (x *visit) letterResult(f file) (out []ui.Component, err error) {
	err = x.read(func(tx *db.Tx) error {
		out = nil
		if a, err := assessment.ByApplication(tx, x.actor, f.ID); err == nil {
			day, err := assessment.HeldOn(tx, x.actor, a)
			if err != nil {
				return err
			}
			out = append(out, ui.Notice{Tone: ui.Info, Title: x.t("letter.test_day"), Text: text.Weekday(x.lang, day)})
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		mine, err := certificate.Mine(tx, x.actor)
		for _, c := range mine {
			out = append(out, ui.Card{Title: c.Face.TitleID, Body: []ui.Component{
				ui.Facts{Items: []ui.Fact{{Term: x.t("verify.number"), Text: c.Number}, {Term: x.t("verify.valid_until"), Text: x.day(c.ValidUntil)}}},
				ui.LinkButton{Text: x.t("letter.see_certificate"), URL: "/v/" + c.Code}}})
		}
		if len(mine) > 0 {
			out = append(out, ui.Button{Text: x.t("wallet.whole"), URL: x.letterURL() + "/wallet", Tone: ui.Main})
		}
		return err
	})
	return out, err
}

func (x *visit) letterConfirm() error {
	f, err := x.enterByLink()
	if err != nil {
		return err
	}
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	in := person.Input{Name: x.form("name"), BirthPlace: x.form("birth_place"), BirthDate: date.Date(x.form("birth_date")), Address: x.form("address"), Email: x.form("email"),
		Education: x.form("education"), Phone: x.form("phone_e164")}
	err = x.Applications.Confirm(x.r.Context(), x.actor, f.ID, x.version(), application.Confirmation{Input: in, Consents: x.r.Form["consent"], Lang: x.lang})
	if invalid(err) || conflict(err) {
		return x.showLetter(err, nil)
	}
	if err != nil {
		return err
	}
	return x.see(x.letterURL(), "sent")
}

const photoLimit = 9 << 20

func (x *visit) letterFile() error {
	f, err := x.enterByLink()
	if err != nil {
		return err
	}
	name, data, err := x.file(photoLimit)
	if err == nil {
		err = x.Applications.AddFile(x.r.Context(), x.actor, f.ID, x.form("requirement"), name, data)
	}
	if invalid(err) || conflict(err) || fault.Is(err, fault.TooLarge) {
		return x.showLetter(nil, err)
	}
	if err != nil {
		return err
	}
	return x.see(x.letterURL(), "file_added")
}

func (x *visit) letterWithdraw() error {
	f, err := x.enterByLink()
	if err != nil {
		return err
	}
	if err := x.Applications.Withdraw(x.r.Context(), x.actor, f.ID, f.Version, x.form("reason")); err != nil {
		return err
	}
	return x.see(x.letterURL(), "withdrawn")
}
