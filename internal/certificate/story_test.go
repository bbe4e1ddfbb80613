package certificate

import (
	"testing"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
)

func TestWhatACertificateWasWorthOnADay(t *testing.T) {
	s := Story{IssuedOn: "2026-03-02", ValidUntil: "2029-03-02", Changes: []Change{{"2026-03-02", "issue", Active, ""}, {"2026-05-04", "suspend", Suspended, ""}, {"2026-05-10", "resume", Active, ""},
		{"2026-06-01", "suspend", Suspended, ""}, {"2026-06-01", "resume", Active, ""}, {"2027-01-05", "renew", Active, ""}}}
	revoked, corrected := s, s
	revoked.Changes = append(revoked.Changes[:6:6], Change{"2027-02-01", "revoke", Revoked, ""})
	corrected.Changes, corrected.Corrected = append(corrected.Changes[:6:6], Change{"2027-02-01", "replace", Revoked, ""}), true
	for _, c := range []struct {
		name  string
		story Story
		day   date.Date
		want  string
	}{
		{"before its issue", s, "2026-03-01", "not_issued"},
		{"on the day of issue", s, "2026-03-02", "valid"},
		{"on the day it was suspended", s, "2026-05-04", "suspended"},
		{"while it was suspended", s, "2026-05-09", "suspended"},
		{"on the day it held again", s, "2026-05-10", "valid"},
		{"suspended and resumed on one day", s, "2026-06-01", "valid"},
		{"on its last day", s, "2029-03-02", "valid"},
		{"the day after", s, "2029-03-03", "expired"},
		{"before it was revoked", revoked, "2027-01-31", "valid"},
		{"since it was revoked", revoked, "2027-02-01", "revoked"},
		{"revoked stays revoked when it would have expired", revoked, "2030-01-01", "revoked"},
		{"before it was replaced", corrected, "2027-01-31", "valid"},
		{"since it was replaced", corrected, "2027-02-01", "replaced"},
	} {
		if got := c.story.On(c.day); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

func TestAReasonTellsNoPerson(t *testing.T) {
	for _, c := range []struct{ name, reason, holder, want string }{
		{"a reason as it should be", "Surveilan belum dipenuhi; surat 12/BNSP/2026 tanggal 26-11-2026", "Budi Santoso", "Surveilan belum dipenuhi; surat 12/BNSP/2026 tanggal 26-11-2026"},
		{"an identity number", "NIK 3374010101900001 ganda", "", "NIK … ganda"},
		{"with spaces", "NIK 3374 0101 0190 0001", "", "NIK …"},
		{"a telephone", "hubungi +62 812-3456-7890", "", "hubungi …"},
		{"the holder", "Bukti milik BUDI SANTOSO, bukan sendiri", "Budi Santoso", "Bukti milik Budi S******, bukan sendiri"},
		{"nobody", "Budi", "", "Budi"},
	} {
		if got := public(c.reason, c.holder); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

func TestALicenceStandsAsTheLedgerSaysItDidThen(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	rows := []ledger.Row{{At: day(1), To: "active"}, {At: day(5), To: "suspended"}, {At: day(9), To: "active"}}
	for n, want := range map[int]string{1: "active", 4: "active", 5: "suspended", 8: "suspended", 9: "active", 20: "active"} {
		if got := stateAt(rows, day(n)); got != want {
			t.Errorf("on day %d: %q, not %q", n, got, want)
		}
	}
	if got := stateAt(rows, day(1).Add(-time.Second)); got != string(flow.None) {
		t.Errorf("before it was granted: %q", got)
	}
}
