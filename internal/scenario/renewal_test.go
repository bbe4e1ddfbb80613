package scenario

import (
	"strings"
	"testing"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/number"
	"kompeten/internal/person"
)

// again grants the holder of a certificate one more of the same scheme and issues it, as a recertification does.
func (s stage) again(t *testing.T, c certificate.Certificate) certificate.Certificate {
	t.Helper()
	head := s.w.Actor("ketua.otomotif")
	var app application.ID
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if app, err = application.Again(tx, c.Application, c.Name); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO decision (id, meeting, application, assessment, recommendation, outcome, exception, reason, replaces, version)
			SELECT $1, meeting, $2, assessment, recommendation, outcome, exception, reason, replaces, version FROM decision WHERE application = $3`, id.New("dec", tx.Now()), string(app), string(s.first(tx, t, c)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Certificates.IssueSome(ctx, head, s.res.Meetings[0], 10); n != 1 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	return s.one(t, "application", string(app))
}

// first is the application of the first certificate of a chain, which a meeting decided on.
func (s stage) first(tx *db.Tx, t *testing.T, c certificate.Certificate) application.ID {
	t.Helper()
	for c.Replaces != "" {
		var err error
		if c, err = certificate.Get(tx, s.w.Actor("ketua.otomotif"), c.Replaces); err != nil {
			t.Fatal(err)
		}
	}
	return c.Application
}

func (s stage) one(t *testing.T, column, value string) (c certificate.Certificate) {
	t.Helper()
	s.read(t, func(tx *db.Tx) error {
		var cid string
		if err := tx.Get("SELECT id FROM certificate WHERE "+column+" = $1", []any{value}, &cid); err != nil {
			return err
		}
		var err error
		c, err = certificate.Get(tx, s.w.Actor("ketua.otomotif"), certificate.ID(cid))
		return err
	})
	return c
}

// stands says what anyone is told of a certificate.
func (s stage) stands(t *testing.T, c certificate.Certificate, status, before, after string) {
	t.Helper()
	look, err := s.Certificates.ByCode(ctx, c.Code)
	if err != nil {
		t.Fatal(err)
	}
	f, err := look.Public()
	if err != nil || look.Status != status || f.Replaces != before || f.ReplacedBy != after || strings.Contains(f.Name, "Salah") {
		t.Errorf("%s: %s, after %q, before %q, want %s %q %q; %+v %v", c.Number, look.Status, f.Replaces, f.ReplacedBy, status, before, after, f, err)
	}
}

func TestARenewalNamesWhatItRenewsAndTheOldOneStaysValid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilEnd)
		var all []certificate.Certificate
		s.read(t, func(tx *db.Tx) (err error) {
			all, err = certificate.ByMeeting(tx, s.w.Actor("ketua.otomotif"), s.res.Meetings[0])
			return err
		})
		first := all[0]
		s.stands(t, first, "valid", "", "")
		second := s.again(t, first)
		third := s.again(t, second)
		first = s.one(t, "id", string(first.ID))
		second = s.one(t, "id", string(second.ID))
		if second.Replaces != first.ID || first.ReplacedBy != second.ID || third.Replaces != second.ID || third.ReplacedBy != "" || third.Number == second.Number {
			t.Errorf("the chain is %s %s %s", second.Replaces, first.ReplacedBy, third.Replaces)
		}
		s.stands(t, first, "valid", "", second.Code)
		s.stands(t, second, "valid", first.Code, third.Code)
		s.stands(t, third, "valid", second.Code, "")
		if err := s.Certificates.Revoke(ctx, s.w.Actor("ketua.otomotif"), second.ID, "diperoleh dengan bukti palsu"); err != nil {
			t.Fatal(err)
		}
		s.stands(t, second, "revoked", first.Code, third.Code)
		s.agrees(t)
	})
}

// agrees says that the audit finds nothing and no number is missing.
func (s stage) agrees(t *testing.T) {
	t.Helper()
	if found, err := s.Certificates.Audit(ctx, func(int) {}); err != nil || len(found.Findings) > 0 {
		t.Errorf("%v %v", found.Findings, err)
	}
	s.read(t, func(tx *db.Tx) error {
		gaps, err := number.Gaps(tx, s.w.Org("lsp-otomotif"))
		if len(gaps) > 0 {
			t.Errorf("gaps %v", gaps)
		}
		return err
	})
}

func TestAWrongCertificateIsReplacedByOneThatNamesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := play(t, d, "semarang", demo.UntilEnd)
		head := s.w.Actor("ketua.otomotif")
		var all []certificate.Certificate
		s.read(t, func(tx *db.Tx) (err error) { all, err = certificate.ByMeeting(tx, head, s.res.Meetings[0]); return err })
		wrong := all[0]
		try := func(by, name, reason string) error {
			_, err := s.Certificates.Replace(ctx, s.w.Actor(by), wrong.ID, name, reason)
			return err
		}
		refused(t, "by an assessor", try("asesor1.otomotif", "Nama Benar Contoh", "salah tulis"), fault.Denied)
		refused(t, "by another LSP's head", try("ketua.kebersihan", "Nama Benar Contoh", "salah tulis"), fault.NotFound)
		refused(t, "without a reason", try("ketua.otomotif", "Nama Benar Contoh", ""), fault.Invalid)
		refused(t, "without a name", try("ketua.otomotif", "  ", "salah tulis"), fault.Invalid)
		refused(t, "under the same name", try("ketua.otomotif", " "+wrong.Name+" ", "salah tulis"), fault.Invalid)
		refused(t, "under a name that fits no paper", try("ketua.otomotif", strings.Repeat("a", 151), "salah tulis"), fault.Invalid)

		made, err := s.Certificates.Replace(ctx, head, wrong.ID, "Nama  Benar Contoh", "salah tulis")
		if err != nil {
			t.Fatal(err)
		}
		right := s.one(t, "id", string(made))
		wrong = s.one(t, "id", string(wrong.ID))
		if right.Name != "Nama Benar Contoh" || right.ValidUntil != wrong.ValidUntil || right.Number == wrong.Number || right.Replaces != wrong.ID || wrong.ReplacedBy != right.ID || right.Person != wrong.Person || right.Face.TUK != wrong.Face.TUK {
			t.Errorf("%+v\n%+v", right, wrong)
		}
		s.stands(t, right, "valid", wrong.Code, "")
		s.stands(t, wrong, "replaced", "", right.Code)
		s.read(t, func(tx *db.Tx) error {
			l, err := certificate.Listed(tx, head, wrong.Proof.List, s.DB.Now())
			if len(l.Revoked) != 1 || l.Revoked[0] != wrong.Proof.Index {
				t.Errorf("revoked places %v", l.Revoked)
			}
			names, nerr := person.Names(tx, head, []auth.PersonID{wrong.Person})
			if nerr != nil || names[wrong.Person] != right.Name {
				t.Errorf("the person is still called %q %v", names[wrong.Person], nerr)
			}
			return err
		})
		refused(t, "a second time", try("ketua.otomotif", "Nama Lain Contoh", "salah tulis"), fault.Conflict)
		refused(t, "resumed", s.Certificates.Resume(ctx, head, wrong.ID, "reason"), fault.Conflict)
		if err := s.Certificates.Survey(ctx, head, right.ID, "surveilans tahun pertama: sesuai"); err != nil {
			t.Error(err)
		}
		s.stands(t, right, "valid", wrong.Code, "")
		s.agrees(t)
	})
}
