package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/demo"
	"kompeten/internal/jobs"
	"kompeten/internal/number"
)

// people is a list that takes several batches to issue.
func people(n int) []byte {
	list := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Level\n"
	for i := range n {
		list += fmt.Sprintf("Orang Ke %d;337401250388%04d;Semarang;25-03-1988;L;Tugu;0840001%04d;II\n", i, 1+i, i)
	}
	return []byte(list)
}

func count(t *testing.T, a *app.App, query string, args ...any) (n int) {
	t.Helper()
	if err := a.DB.Read(ctx, func(tx *db.Tx) error { return tx.Get(query, args, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBulkIssueKilledGoesOnAndRunAgainMakesNothingTwice(t *testing.T) {
	dir := t.TempDir()
	a, w := sample(t, dir)
	res, err := w.Play(ctx, "semarang", people(1200), "banyak.csv", demo.UntilDecreed, a.Clock.Jump)
	if err != nil {
		t.Fatal(err)
	}
	a.Clock.Set(0)
	defer func() { _ = a.Close() }()
	all := count(t, a, "SELECT COUNT(*) FROM decision WHERE outcome = 'granted'")
	bulk := []string{"certificate", "issue", "--data", dir, "--base", "https://contoh.id"}

	cmd := program(bulk...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for count(t, a, "SELECT COUNT(*) FROM certificate") == 0 {
		time.Sleep(time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	cut := count(t, a, "SELECT COUNT(*) FROM certificate")
	if cut == 0 || cut >= all {
		t.Fatalf("killed with %d of %d issued: that is no test", cut, all)
	}

	code, out, problems := runs(t, bulk...)
	if want := fmt.Sprintf("%d certificates issued now, %d before.", all-cut, cut); code != 0 || !strings.Contains(out, want) {
		t.Errorf("after the kill: %d %s %s, want %s", code, out, problems, want)
	}
	if want := fmt.Sprintf("%d of %d issued", all-cut, all-cut); !strings.Contains(problems, want) {
		t.Errorf("no progress on standard error: %s", problems)
	}
	code, out, _ = runs(t, append(bulk, "--org", "9901", "--programme", string(res.Programme))...)
	if want := fmt.Sprintf("0 certificates issued now, %d before.", all); code != 0 || !strings.Contains(out, want) {
		t.Errorf("again: %d %s, want %s", code, out, want)
	}

	if n := count(t, a, "SELECT COUNT(DISTINCT application) FROM certificate"); n != all {
		t.Errorf("%d files have a certificate, %d were granted one", n, all)
	}
	if n := count(t, a, "SELECT COUNT(*) FROM log_leaf WHERE seq IS NOT NULL AND ref IN (SELECT id || '/1' FROM certificate)"); n != all {
		t.Errorf("%d of %d stand in the log", n, all)
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		gaps, err := number.Gaps(tx, w.Org("lsp-otomotif"))
		if len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
		if err != nil {
			return err
		}
		j, err := jobs.Progress(tx, issues, "issue:"+string(res.Meetings[0]))
		if j.State != "done" || j.Done != j.Total || j.Attempts != 2 {
			t.Errorf("the job of the meeting's page: %+v", j)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBulkIssueSaysWhatItCannotDo(t *testing.T) {
	dir := t.TempDir()
	a, w := sample(t, dir)
	if _, err := w.Play(ctx, "semarang", people(3), "tiga.csv", demo.UntilDecreed, a.Clock.Jump); err != nil {
		t.Fatal(err)
	}
	a.Clock.Set(0)
	var decree string
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := certificate.DecreedMeetings(tx, issues, certificate.Which{})
		decree = list[0].Decree
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	bulk := []string{"certificate", "issue", "--data", dir, "--base", "https://contoh.id"}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--decree", decree}, 2, "say which with --org"},
		{[]string{"--org", "0000"}, 2, "no LSP has the code 0000"},
		{[]string{"--org", "9902"}, 2, "no certificate was granted"},
		{[]string{"--org", "9901", "--decree", "tidak ada"}, 2, "no certificate was granted"},
		{[]string{"--programme", "prg_none"}, 2, "no certificate was granted"},
		{[]string{"--org", "9901", "--decree", decree}, 0, "3 certificates issued now, 0 before."},
	} {
		if code, out, problems := runs(t, append(bulk, c.args...)...); code != c.code || !strings.Contains(out+problems, c.says) {
			t.Errorf("%v: %d %s%s, want %d %s", c.args, code, out, problems, c.code, c.says)
		}
	}
}
