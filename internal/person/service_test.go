package person_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/text"
)

// house is an LSP and an office, with people who work there.
type house struct {
	*person.Service
	t             *testing.T
	d             *dbtest.DB
	lsp, office   auth.OrgID
	head, officer auth.Actor // heads of their bodies too
	rina          auth.Actor // assessor of the LSP
}

var (
	bg    = context.Background()
	setUp = auth.Actor{System: "setup"}
)

const sentence = "kalimat sandi contoh"

func open(t *testing.T, d *dbtest.DB) *house {
	t.Helper()
	h := &house{Service: person.NewService(d.DB, d.Box), t: t, d: d}
	orgs := organisation.NewService(d.DB)
	var err error
	h.lsp, err = orgs.Create(bg, setUp, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh", Zone: date.WIB})
	h.must(err)
	h.office, err = orgs.Create(bg, setUp, organisation.Org{Kind: organisation.LocalOffice, Name: "Dinas Contoh", Zone: date.WIB})
	h.must(err)
	h.head = h.enrol("kepala", auth.Held{Org: h.lsp, Duty: auth.Head})
	h.officer = h.enrol("petugas", auth.Held{Org: h.office, Duty: auth.Officer}, auth.Held{Org: h.office, Duty: auth.OrgAdmin})
	h.rina = h.enrol("rina", auth.Held{Org: h.lsp, Duty: auth.Assessor})
	return h
}

func (h *house) enrol(name string, duties ...auth.Held) auth.Actor {
	h.t.Helper()
	p, err := h.Enrol(bg, setUp, person.Input{Name: name, Email: name + "@contoh.id", Sample: true}, person.Hash(sentence), duties)
	h.must(err)
	return auth.Actor{Person: p, Name: name, Duties: duties}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(says string, err error, want fault.Kind) {
	h.t.Helper()
	if !fault.Is(err, want) {
		h.t.Errorf("%s: want %s, got %v", says, want, err)
	}
}

func (h *house) signIn(password string) (string, error) {
	return h.SignIn(bg, "rina@contoh.id", password, "peramban contoh", "192.0.2.1")
}

func TestAForgottenPasswordIsSetAnewByALinkOfOneUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		before, err := h.signIn(sentence)
		h.must(err)
		for says, by := range map[string]auth.Actor{"the head of another body": h.officer, "a colleague": h.rina} {
			_, err := h.ResetPassword(bg, by, h.rina.Person, "lupa sandi")
			h.refused(says, err, fault.Denied)
		}
		_, err = h.ResetPassword(bg, h.head, h.rina.Person, "")
		h.refused("without a reason", err, fault.Invalid)
		first, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa sandi")
		h.must(err)
		second, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa sandi, tautan hilang")
		h.must(err)
		_, err = h.TakeReset(bg, first, "kalimat sandi baru", "peramban contoh")
		h.refused("by the link before the last", err, fault.NotFound)
		_, err = h.AcceptInvite(bg, second, "kalimat sandi baru", "peramban contoh")
		h.refused("as if it were an invitation", err, fault.NotFound)
		_, err = h.TakeReset(bg, second, "pendek", "peramban contoh")
		h.refused("to a short one", err, fault.Invalid)
		session, err := h.TakeReset(bg, second, "kalimat sandi baru", "peramban contoh")
		h.must(err)
		if who, _, err := h.Who(bg, session); err != nil || who.Person != h.rina.Person {
			t.Errorf("signed in as %+v, %v", who, err)
		}
		_, _, err = h.Who(bg, before)
		h.refused("a sign-in from before", err, fault.SignIn)
		_, err = h.signIn(sentence)
		h.refused("the old password", err, fault.SignIn)
		_, err = h.signIn("kalimat sandi baru")
		h.must(err)
		_, err = h.TakeReset(bg, second, "kalimat sandi lain", "peramban contoh")
		h.refused("by a link that was used", err, fault.NotFound)
		third, err := h.ResetPassword(bg, h.head, h.rina.Person, "lupa lagi")
		h.must(err)
		d.Clock.Add(25 * time.Hour)
		_, err = h.TakeReset(bg, third, "kalimat sandi lain", "peramban contoh")
		h.refused("a day later", err, fault.NotFound)
	})
}

func TestWhoWorksForTwoBodiesIsResetByNeitherAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		both := h.enrol("dua", auth.Held{Org: h.lsp, Duty: auth.Assessor}, auth.Held{Org: h.office, Duty: auth.Officer})
		for _, by := range []auth.Actor{h.head, h.officer} {
			_, err := h.ResetPassword(bg, by, both.Person, "lupa sandi")
			h.refused(by.Name, err, fault.Denied)
		}
		regulator := auth.Actor{Person: "per_bnsp", Duties: []auth.Held{{Org: "org_bnsp", Duty: auth.Regulator}}}
		_, err := h.ResetPassword(bg, regulator, both.Person, "lupa sandi")
		h.must(err)
	})
}

func TestAChangedPasswordEndsEveryOtherSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		here, err := h.signIn(sentence)
		h.must(err)
		there, err := h.signIn(sentence)
		h.must(err)
		who, ses, err := h.Who(bg, here)
		h.must(err)
		h.refused("not knowing the old one", h.ChangePassword(bg, who, ses.ID, "salah sama sekali", "kalimat sandi baru"), fault.Invalid)
		h.must(h.ChangePassword(bg, who, ses.ID, sentence, "kalimat sandi baru"))
		if _, _, err := h.Who(bg, here); err != nil {
			t.Errorf("this sign-in stays: %v", err)
		}
		_, _, err = h.Who(bg, there)
		h.refused("the other one", err, fault.SignIn)
	})
}

func TestASignInEndsByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		session, err := h.signIn(sentence)
		h.must(err)
		d.Clock.Add(11 * time.Hour)
		if _, _, err := h.Who(bg, session); err != nil {
			t.Errorf("on the same working day: %v", err)
		}
		d.Clock.Add(13 * time.Hour)
		_, _, err = h.Who(bg, session)
		h.refused("after a night", err, fault.SignIn)
	})
}

func TestAnInvitationIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		secret, err := h.Invite(bg, h.head, h.lsp, auth.Manager, person.Input{Name: "Baru Contoh", Email: "baru@contoh.id"})
		h.must(err)
		_, err = h.Invite(bg, h.head, h.lsp, auth.Regulator, person.Input{Name: "Baru Contoh", Email: "baru@contoh.id"})
		h.refused("into a duty an LSP has not", err, fault.Invalid)
		_, err = h.Invite(bg, h.head, h.lsp, auth.Manager, person.Input{Name: "Tanpa Alamat"})
		h.refused("of somebody who cannot be reached", err, fault.Invalid)
		list, err := h.Invitations(bg, h.head, h.lsp)
		if err != nil || len(list) != 1 || list[0].Name != "Baru Contoh" {
			t.Fatalf("%+v %v", list, err)
		}
		_, err = h.Invitations(bg, h.officer, h.lsp)
		h.refused("another body lists them", err, fault.NotFound)
		h.refused("another body takes it back", h.RevokeInvite(bg, h.officer, h.office, list[0].Link), fault.NotFound)
		h.must(h.RevokeInvite(bg, h.head, h.lsp, list[0].Link))
		_, err = h.AcceptInvite(bg, secret, sentence, "peramban contoh")
		h.refused("taken up afterwards", err, fault.NotFound)
		h.refused("taken back twice", h.RevokeInvite(bg, h.head, h.lsp, list[0].Link), fault.Conflict)
	})
}

func TestAPersonIsThereOnceAndWhatIsKnownStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		merge := func(ins ...person.Input) (out []person.Merged) {
			t.Helper()
			h.must(d.Write(bg, func(tx *db.Tx) (err error) {
				out, err = person.Merge(tx, d.Box, h.officer, h.office, ins)
				return err
			}))
			return out
		}
		first := merge(person.Input{Name: "Ani Contoh", NIK: "3374016510909961", BirthDate: "1990-10-25"})[0]
		again := merge(person.Input{Name: "Ani C.", NIK: "3374016510909961", BirthDate: "1990-10-25", Education: "SMK"}, person.Input{Name: "Ani Contoh", BirthDate: "1990-10-25"})
		if !first.New || again[0].New || again[0].Person != first.Person || !slices.Contains(again[0].Differs, "name") || !slices.Contains(again[0].Filled, "education") {
			t.Errorf("%+v, then %+v", first, again[0])
		}
		if !again[1].New {
			t.Error("without a NIK nobody is taken for another")
		}
		h.must(d.Read(bg, func(tx *db.Tx) error {
			ani, err := person.Get(tx, d.Box, h.officer, first.Person)
			if ani.Name != "Ani Contoh" || ani.Education != "SMK" || ani.NIK != "3374********9961" {
				t.Errorf("%+v", ani)
			}
			return err
		}))
		_, _, err := h.Reveal(bg, h.officer, first.Person, h.office, false, "ingin tahu")
		h.refused("a full NIK without a case", err, fault.NotFound)
		_, _, err = h.Reveal(bg, h.officer, first.Person, h.office, true, "")
		h.refused("a full NIK without a reason", err, fault.Invalid)
		if nik, _, err := h.Reveal(bg, h.officer, first.Person, h.office, true, "menelepon peserta"); err != nil || nik != "3374016510909961" {
			t.Errorf("%s %v", nik, err)
		}
	})
}

func TestOnlyWhatIsNotNeededIsTakenBackFromAConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		h.must(d.Write(bg, func(tx *db.Tx) error {
			return person.GiveConsent(tx, h.rina, h.rina.Person, "app_hers", text.ID, []string{"assessment", "register", "photo"})
		}))
		h.refused("what the assessment cannot be without", h.WithdrawConsent(bg, h.rina, h.lsp, "app_hers", "assessment"), fault.Invalid)
		h.refused("another's", h.WithdrawConsent(bg, h.officer, h.lsp, "app_hers", "photo"), fault.NotFound)
		h.refused("what was never given", h.WithdrawConsent(bg, h.rina, h.lsp, "app_hers", "statistics"), fault.NotFound)
		h.must(h.WithdrawConsent(bg, h.rina, h.lsp, "app_hers", "photo"))
		h.refused("twice", h.WithdrawConsent(bg, h.rina, h.lsp, "app_hers", "photo"), fault.NotFound)
	})
}

func TestHavingTrainedCountsForTwoYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		h.refused("nobody declares in the book of others", h.DeclareRelation(bg, h.officer, h.lsp, h.rina.Person, h.head.Person, person.Trainer, "kelas"), fault.NotFound)
		h.refused("a relation of no known kind", h.DeclareRelation(bg, h.head, h.lsp, h.rina.Person, h.head.Person, "friend", ""), fault.Invalid)
		h.refused("a relation to herself", h.DeclareRelation(bg, h.head, h.lsp, h.rina.Person, h.rina.Person, person.Relative, ""), fault.Invalid)
		h.must(h.DeclareRelation(bg, h.head, h.lsp, h.rina.Person, h.officer.Person, person.Trainer, "kelas 2026"))
		today := date.Of(d.Now(), date.WIB)
		h.must(d.Read(bg, func(tx *db.Tx) error {
			for on, want := range map[date.Date]string{today: person.Trainer, today.AddMonths(24): person.Trainer, today.AddMonths(24).AddDays(1): ""} {
				if got, err := person.Related(tx, h.head, h.rina.Person, h.officer.Person, on); err != nil || got != want {
					t.Errorf("on %s: %q %v", on, got, err)
				}
			}
			return nil
		}))
	})
}
