package licence_test

import (
	"context"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

// house is an LSP with a licence and one assessor, both from 2 March 2026 for a year, in one scheme.
type house struct {
	*licence.Service
	t                 *testing.T
	d                 *dbtest.DB
	org               auth.OrgID
	licence, asr      string
	rina              auth.PersonID
	manager, bnsp     auth.Actor
	mechanic, garment scheme.ID
}

var (
	bg    = context.Background()
	setUp = auth.Actor{System: "setup"}
)

const (
	first = date.Date("2026-03-02")
	last  = date.Date("2027-03-01")
)

func open(t *testing.T, d *dbtest.DB) *house {
	t.Helper()
	h := &house{Service: licence.NewService(d.DB), t: t, d: d}
	org, err := organisation.NewService(d.DB).Create(bg, setUp, organisation.Org{Kind: organisation.LSP, LSPType: "P1", Code: "9999", Name: "LSP Contoh", Zone: date.WIB})
	h.must(err)
	h.org = org
	h.rina, err = person.NewService(d.DB, d.Box).Enrol(bg, setUp, person.Input{Name: "Rina Contoh", Email: "rina@contoh.id", Sample: true}, person.Hash("kalimat sandi contoh"), []auth.Held{{Org: org, Duty: auth.Assessor}})
	h.must(err)
	h.mechanic, h.garment = h.scheme("mekanik"), h.scheme("garmen")
	h.manager = auth.Actor{Person: "per_manager", Duties: []auth.Held{{Org: org, Duty: auth.Manager}}}
	h.bnsp = auth.Actor{Person: "per_bnsp", Duties: []auth.Held{{Org: "org_bnsp", Duty: auth.Regulator}}}
	h.licence, err = h.Grant(bg, h.bnsp, licence.Licence{Org: org, Number: "BNSP-LSP-9999-ID", ValidFrom: first, ValidUntil: last, Schemes: []scheme.ID{h.mechanic}})
	h.must(err)
	h.asr, err = h.RegisterAssessor(bg, h.manager, licence.Assessor{Person: h.rina, Org: org, MET: "MET.000.003627 2013", ValidFrom: first, ValidUntil: last, Schemes: []scheme.ID{h.mechanic}})
	h.must(err)
	return h
}

func (h *house) scheme(key string) scheme.ID {
	h.t.Helper()
	_, err := standard.NewService(h.d.DB).Import(bg, setUp, strings.NewReader(`{"format":"skkni-units/1","units":[{"code":"G.45TSM01.001.2","title_id":"Satu"}]}`), false)
	h.must(err)
	_, err = scheme.NewService(h.d.DB).Import(bg, setUp, strings.NewReader(`{"format":"schemes/1","schemes":[{"id":"`+key+`","name_id":"Skema Contoh","type":"klaster","field":"motorcycle","units":[{"code":"G.45TSM01.001.2"}]}]}`), false)
	h.must(err)
	var v scheme.Version
	h.must(h.d.Read(bg, func(tx *db.Tx) (err error) { v, err = scheme.ByKey(tx, setUp, key); return err }))
	return v.Scheme
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

// mayCertify says whether the LSP may certify in a scheme on a day.
func (h *house) mayCertify(says string, s scheme.ID, on date.Date, want bool) {
	h.t.Helper()
	h.must(h.d.Read(bg, func(tx *db.Tx) error {
		_, err := licence.LicenceOn(tx, h.manager, h.org, s, on)
		if (err == nil) != want || err != nil && !fault.Is(err, fault.Invalid) {
			h.t.Errorf("%s: %v", says, err)
		}
		return nil
	}))
}

// mayAssess says whether the assessor may assess in a scheme on a day; key is why not.
func (h *house) mayAssess(says string, s scheme.ID, on date.Date, key string) {
	h.t.Helper()
	h.must(h.d.Read(bg, func(tx *db.Tx) error {
		_, err := licence.AssessorOn(tx, h.manager, h.org, h.rina, s, on)
		if f := fault.Of(err); (err == nil) != (key == "") || f != nil && f.Key != key {
			h.t.Errorf("%s: %v", says, err)
		}
		return nil
	}))
}

func TestAnLSPCertifiesWithinItsLicenceOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		h.mayCertify("on its first day", h.mechanic, first, true)
		h.mayCertify("on its last day", h.mechanic, last, true)
		h.mayCertify("the day before", h.mechanic, first.AddDays(-1), false)
		h.mayCertify("the day after", h.mechanic, last.AddDays(1), false)
		h.mayCertify("in another scheme", h.garment, first, false)
		h.refused("its own manager widens it", h.WidenLicence(bg, h.manager, h.org, h.licence, []scheme.ID{h.garment}), fault.Denied)
		h.must(h.WidenLicence(bg, h.bnsp, h.org, h.licence, []scheme.ID{h.garment, h.mechanic}))
		h.mayCertify("once it is widened", h.garment, first, true)
		h.refused("suspended without a reason", h.Suspend(bg, h.bnsp, h.org, h.licence, ""), fault.Invalid)
		h.must(h.Suspend(bg, h.bnsp, h.org, h.licence, "pemeriksaan contoh"))
		h.mayCertify("while it is suspended", h.mechanic, first, false)
		h.refused("suspended twice", h.Suspend(bg, h.bnsp, h.org, h.licence, "pemeriksaan contoh"), fault.Conflict)
		h.must(h.Resume(bg, h.bnsp, h.org, h.licence, "selesai"))
		h.mayCertify("when it goes on", h.mechanic, first, true)
		h.refused("under another body's name", h.Suspend(bg, h.bnsp, "org_other", h.licence, "x"), fault.NotFound)
		_, err := h.Grant(bg, h.bnsp, licence.Licence{Org: h.org, Number: "BNSP-LSP-0001-ID", ValidFrom: first, ValidUntil: last})
		h.refused("a licence of another number", err, fault.Invalid)
		_, err = h.Grant(bg, h.bnsp, licence.Licence{Org: h.org, Number: "BNSP-LSP-9999-ID", ValidFrom: last, ValidUntil: first})
		h.refused("a licence that ends before it begins", err, fault.Invalid)
	})
}

func TestAnAssessorAssessesWhileRegisteredInHerScopeOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		h.mayAssess("on her first day", h.mechanic, first, "")
		h.mayAssess("on her last day", h.mechanic, last, "")
		h.mayAssess("the day after", h.mechanic, last.AddDays(1), "licence.assessor_expired")
		h.mayAssess("the day before", h.mechanic, first.AddDays(-1), "licence.assessor_expired")
		h.mayAssess("out of her scope", h.garment, first, "licence.out_of_scope")
		h.refused("a scope without a reason", h.ScopeAssessor(bg, h.manager, h.org, h.asr, []scheme.ID{h.garment}, ""), fault.Invalid)
		h.must(h.ScopeAssessor(bg, h.manager, h.org, h.asr, []scheme.ID{h.garment}, "sertifikat teknis contoh"))
		h.mayAssess("in her new scope", h.garment, first, "")
		h.mayAssess("in her old one", h.mechanic, first, "licence.out_of_scope")
		h.must(h.SuspendAssessor(bg, h.manager, h.org, h.asr, "pengaduan contoh"))
		h.mayAssess("while she is suspended", h.garment, first, "licence.assessor_suspended")
		h.refused("extended while suspended", h.ExtendAssessor(bg, h.manager, h.org, h.asr, "2028-03-01", "perpanjangan"), fault.Conflict)
		h.must(h.ResumeAssessor(bg, h.manager, h.org, h.asr, "selesai"))
		h.refused("extended to an earlier day", h.ExtendAssessor(bg, h.manager, h.org, h.asr, last, "perpanjangan"), fault.Invalid)
		h.must(h.ExtendAssessor(bg, h.manager, h.org, h.asr, "2028-03-01", "perpanjangan"))
		h.mayAssess("once extended", h.garment, last.AddDays(1), "")
		_, err := h.RegisterAssessor(bg, h.manager, licence.Assessor{Person: h.rina, Org: h.org, MET: "MET.000.003627 2013", ValidFrom: first, ValidUntil: last})
		h.refused("registered twice", err, fault.Conflict)
		_, err = h.RegisterAssessor(bg, h.manager, licence.Assessor{Person: h.rina, Org: h.org, MET: "12345", ValidFrom: first, ValidUntil: last})
		h.refused("with a number of another form", err, fault.Invalid)
		stranger := auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_other", Duty: auth.Manager}}}
		h.refused("suspended by another body", h.SuspendAssessor(bg, stranger, h.org, h.asr, "iseng"), fault.Denied)
	})
}

func TestHowAnAssessorStands(t *testing.T) {
	a := licence.Assessor{State: "active", ValidFrom: first, ValidUntil: last}
	for _, c := range []struct {
		says string
		on   date.Date
		want licence.Standing
	}{
		{"long before the end", first, licence.Active},
		{"90 days before", last.AddDays(-90), licence.Active},
		{"89 days before", last.AddDays(-89), licence.Ending},
		{"on the last day", last, licence.Ending},
		{"the day after", last.AddDays(1), licence.Expired},
	} {
		if got := a.Standing(c.on); got != c.want {
			t.Errorf("%s: %s", c.says, got)
		}
	}
	a.State = "suspended"
	if a.Standing(first) != licence.Suspended {
		t.Error("suspended comes before every date")
	}
}

func TestATestPlaceIsVerifiedForItsDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		tuk, err := h.AddTUK(bg, h.manager, licence.TUK{Name: "TUK Contoh", Kind: "sewaktu", LSP: h.org, Capacity: 10})
		h.must(err)
		verify := func(from, until date.Date) error {
			return h.VerifyTUK(bg, h.manager, h.org, licence.Verification{TUK: tuk, Scheme: h.mechanic, ValidFrom: from, ValidUntil: until, Verifier: h.rina, Note: "contoh"})
		}
		h.refused("a place for a day, for a month", verify(first, first.AddMonths(1)), fault.Invalid)
		h.refused("until a day before the first", verify(first, first.AddDays(-1)), fault.Invalid)
		h.must(verify(first, first.AddDays(1)))
		h.refused("another body's place", h.VerifyTUK(bg, auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: h.org, Duty: auth.Manager}}}, h.org, licence.Verification{TUK: "tuk_other", ValidFrom: first, ValidUntil: first}), fault.NotFound)
		h.must(d.Read(bg, func(tx *db.Tx) error {
			for on, want := range map[date.Date]bool{first.AddDays(-1): false, first: true, first.AddDays(1): true, first.AddDays(2): false} {
				if got, err := licence.VerifiedOn(tx, h.manager, tuk, h.mechanic, on); err != nil || got != want {
					t.Errorf("on %s: %v %v", on, got, err)
				}
			}
			if got, err := licence.VerifiedOn(tx, h.manager, tuk, h.garment, first); err != nil || got {
				t.Errorf("for another scheme: %v %v", got, err)
			}
			return nil
		}))
		_, err = h.AddTUK(bg, h.manager, licence.TUK{Name: "TUK Contoh", Kind: "castle", LSP: h.org, Capacity: 10})
		h.refused("a place of no known kind", err, fault.Invalid)
	})
}

func TestBlanksAreCountedOnceAndNeverComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		run := func(from, to int64) error {
			return h.ReceiveBlanks(bg, h.manager, h.org, licence.Range{Prefix: "C-", Width: 4, First: from, Last: to, ReceivedOn: first})
		}
		h.must(run(1, 3))
		for says, r := range map[string][2]int64{"the same run": {1, 3}, "its end again": {3, 5}, "around it": {1, 9}} {
			h.refused(says, run(r[0], r[1]), fault.Conflict)
		}
		h.refused("backwards", run(9, 8), fault.Invalid)
		h.must(run(4, 5))
		h.refused("spoilt without a reason", h.SpoilBlank(bg, h.manager, h.org, "C-0002", ""), fault.Invalid)
		h.must(h.SpoilBlank(bg, h.manager, h.org, "C-0002", "salah cetak"))
		h.refused("spoilt twice", h.SpoilBlank(bg, h.manager, h.org, "C-0002", "salah cetak"), fault.Conflict)
		h.refused("one that was never received", h.SpoilBlank(bg, h.manager, h.org, "C-0009", "salah cetak"), fault.NotFound)
		h.must(d.Write(bg, func(tx *db.Tx) error {
			got, err := licence.TakeBlanks(tx, h.manager, h.org, []string{"crt_1", "crt_2", "crt_3", "crt_4", "crt_5"})
			if want := []string{"C-0001", "C-0003", "C-0004", "C-0005", ""}; err == nil && len(got) == len(want) {
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("certificate %d: blank %q, want %q", i+1, got[i], want[i])
					}
				}
			}
			return err
		}))
		h.must(d.Read(bg, func(tx *db.Tx) error {
			n, err := licence.Stock(tx, h.manager, h.org)
			if n != 0 {
				t.Errorf("%d left", n)
			}
			return err
		}))
	})
}
