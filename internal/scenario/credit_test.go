package scenario

import (
	"strings"
	"testing"
	"time"

	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/paper"
	"kompeten/internal/standard"
)

// returning is somebody who holds a certificate and is assessed once more.
type returning struct {
	stage
	t        *testing.T
	cert     certificate.Certificate // what she holds
	other    certificate.Certificate // what somebody else holds
	test     assessment.Assessment
	assessor auth.Actor
	units    []standard.Unit
}

// comeBack plays a story twice with the same people, the second time until they are to be assessed.
func comeBack(t *testing.T, d *dbtest.DB) *returning {
	s := play(t, d, "semarang", demo.UntilEnd)
	res, err := s.w.Play(ctx, "semarang", nil, "", demo.UntilScheduled, func(by time.Duration) { d.Clock.Add(by) })
	if err != nil {
		t.Fatal(err)
	}
	d.Clock.Add(15 * 24 * time.Hour)
	x := &returning{stage: s, t: t}
	s.read(t, func(tx *db.Tx) error {
		manager := s.w.Actor("manajer.otomotif")
		all, err := certificate.ByMeeting(tx, s.w.Actor("ketua.otomotif"), s.res.Meetings[0])
		if err != nil {
			return err
		}
		tests, err := assessment.BySchedule(tx, manager, res.Schedules[0])
		if err != nil {
			return err
		}
		for _, a := range tests {
			for _, c := range all {
				if c.Person == a.Person {
					x.cert, x.test = c, a
				} else if x.cert.ID == "" || c.Person != x.cert.Person {
					x.other = c
				}
			}
		}
		x.units, err = assessment.Units(tx, manager, x.test)
		return err
	})
	for _, key := range []string{"asesor1.otomotif", "asesor2.otomotif", "asesor3.otomotif"} {
		if a := s.w.Actor(key); a.Person == x.test.Assessor {
			x.assessor = a
		}
	}
	if x.cert.ID == "" || x.assessor.Person == "" || len(x.units) < 2 || x.other.Person == x.cert.Person {
		t.Fatalf("nobody came back: %+v", x)
	}
	return x
}

func (x *returning) begin(methods ...string) {
	x.t.Helper()
	if err := x.Assessments.Consent(ctx, x.assessor, x.test.ID, 0, assessment.AK01{Methods: methods, Rights: true, Device: "assessor"}, true); err != nil {
		x.t.Fatal(err)
	}
	if err := x.Assessments.Begin(ctx, x.assessor, x.test.ID, 0); err != nil {
		x.t.Fatal(err)
	}
}

const boss = "surat keterangan kerja dari kepala bengkel (contoh)"

func (x *returning) credit(by auth.Actor, unit standard.Code, number, evidence string) error {
	return x.Assessments.Credit(ctx, by, x.test.ID, 0, unit, number, evidence)
}

func (x *returning) gaps() (n int) {
	x.read(x.t, func(tx *db.Tx) error {
		s, err := assessment.SittingOf(tx, x.assessor, x.test.ID)
		n = s.Gaps
		return err
	})
	return n
}

// judged marks every criterion of the units from one on, and recommends all.
func (x *returning) judged(from int) error {
	var marks []assessment.Mark
	var results []assessment.UnitResult
	for i, u := range x.units {
		results = append(results, assessment.UnitResult{Unit: u.Code, Recommendation: "K"})
		for _, e := range u.Elements {
			for _, c := range e.Criteria {
				if i >= from {
					marks = append(marks, assessment.Mark{Unit: u.Code, Criterion: c.No, Mark: "yes"})
				}
			}
		}
	}
	if err := x.Assessments.Mark(ctx, x.assessor, x.test.ID, 0, marks); err != nil {
		return err
	}
	return x.Assessments.Recommend(ctx, x.assessor, x.test.ID, 0, results, "")
}

func TestAUnitOnAValidCertificateIsNotAssessedAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		x := comeBack(t, d)
		x.begin("observation", "portfolio")
		all := x.gaps()
		unit := x.units[0].Code
		if err := x.credit(x.assessor, unit, strings.ToLower(strings.ReplaceAll(x.cert.Number, " ", "")), boss); err != nil {
			t.Fatal(err)
		}
		if n := x.gaps(); n >= all {
			t.Errorf("%d criteria open, %d before", n, all)
		}
		if err := x.Assessments.Uncredit(ctx, x.assessor, x.test.ID, 0, unit); err != nil || x.gaps() != all {
			t.Errorf("taken back: %v, %d open, want %d", err, x.gaps(), all)
		}
		refused(t, "what is not assessed is a gap", x.judged(1), fault.Invalid)
		if err := x.credit(x.assessor, unit, x.cert.Number, boss); err != nil {
			t.Fatal(err)
		}
		manager := x.w.Actor("manajer.otomotif")
		if err := x.Certificates.Suspend(ctx, manager, x.cert.ID, "pemeriksaan (contoh)"); err != nil {
			t.Fatal(err)
		}
		refused(t, "its certificate was suspended since", x.judged(1), fault.Invalid)
		if err := x.Certificates.Resume(ctx, manager, x.cert.ID, "pemeriksaan selesai (contoh)"); err != nil {
			t.Fatal(err)
		}
		if err := x.judged(1); err != nil {
			t.Fatal(err)
		}
		x.read(t, func(tx *db.Tx) error {
			a, err := assessment.Get(tx, x.assessor, x.test.ID)
			if err != nil || a.Recommendation != "K" {
				t.Errorf("recommended %q: %v", a.Recommendation, err)
			}
			committee := x.w.Actor("komite1.otomotif")
			record, err := paper.Record(tx, committee, x.test.ID)
			if err != nil {
				return err
			}
			if c := record.Units[0].Credit; c == nil || c.Certificate != x.cert.Number || c.Evidence != boss || c.ValidUntil != x.cert.ValidUntil {
				t.Errorf("the record says %+v", c)
			}
			if record.Units[1].Credit != nil {
				t.Error("the record credits a unit that was assessed")
			}
			return nil
		})
		refused(t, "after the recommendation", x.credit(x.assessor, x.units[1].Code, x.cert.Number, boss), fault.Conflict)
		x.agrees(t)
	})
}

func TestNothingIsCreditedThatIsNotProven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		x := comeBack(t, d)
		unit := x.units[0].Code
		refused(t, "before both have signed", x.credit(x.assessor, unit, x.cert.Number, boss), fault.Conflict)
		x.begin("observation", "portfolio")
		refused(t, "a number nobody has", x.credit(x.assessor, unit, "12345 6789 2 0000001 2026", boss), fault.Invalid)
		refused(t, "no number", x.credit(x.assessor, unit, " ", boss), fault.Invalid)
		refused(t, "another person's certificate", x.credit(x.assessor, unit, x.other.Number, boss), fault.Invalid)
		refused(t, "no evidence", x.credit(x.assessor, unit, x.cert.Number, " - "), fault.Invalid)
		refused(t, "a unit that is not assessed", x.credit(x.assessor, "X.000000.001.01", x.cert.Number, boss), fault.NotFound)
		refused(t, "the manager", x.credit(x.w.Actor("manajer.otomotif"), unit, x.cert.Number, boss), fault.Denied)
		refused(t, "another LSP", x.credit(x.w.Actor("asesor1.kebersihan"), unit, x.cert.Number, boss), fault.NotFound)
		refused(t, "taking back what was not given", x.Assessments.Uncredit(ctx, x.assessor, x.test.ID, 0, unit), fault.NotFound)
		refused(t, "a stale version", x.Assessments.Credit(ctx, x.assessor, x.test.ID, 1, unit, x.cert.Number, boss), fault.Conflict)
		if err := x.Certificates.Suspend(ctx, x.w.Actor("manajer.otomotif"), x.cert.ID, "pemeriksaan (contoh)"); err != nil {
			t.Fatal(err)
		}
		refused(t, "a suspended certificate", x.credit(x.assessor, unit, x.cert.Number, boss), fault.Invalid)
		x.read(t, func(tx *db.Tx) error {
			credits, err := assessment.Credits(tx, x.assessor, x.test.ID)
			if len(credits) != 0 {
				t.Errorf("credited nevertheless: %v", credits)
			}
			return err
		})
	})
}

func TestNothingIsCreditedWithoutConsentToAPortfolio(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		x := comeBack(t, d)
		x.begin("observation")
		refused(t, "no portfolio agreed", x.credit(x.assessor, x.units[0].Code, x.cert.Number, boss), fault.Invalid)
	})
}
