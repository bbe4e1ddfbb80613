package scenario

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/ledger"
	"kompeten/internal/number"
	"kompeten/internal/product"
	"kompeten/internal/seal"
)

// The child of the kill test issues certificates on a store it is given, one by one, until it is killed or done.
const (
	childStore   = "KOMPETEN_TEST_ISSUE_STORE"
	childMeeting = "KOMPETEN_TEST_ISSUE_MEETING"
)

// onDisk opens the store of the kill test.
func onDisk(dir string, clock *app.Clock) (product.Services, error) {
	d, err := db.Open(ctx, filepath.Join(dir, "kompeten.db"), db.Options{Clock: clock.Now})
	if err != nil {
		return product.Services{}, err
	}
	box, err := seal.Load(ctx, d, filepath.Join(dir, "keys.json"))
	if err != nil {
		return product.Services{}, err
	}
	blobs, err := blob.New(filepath.Join(dir, "files"), box)
	return product.New(d, box, blobs, "https://contoh.id"), err
}

// TestMain lets the test binary be the child that issues.
func TestMain(m *testing.M) {
	dir := os.Getenv(childStore)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := onDisk(dir, &app.Clock{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for {
		n, err := s.Certificates.IssueSome(ctx, auth.Actor{System: certificate.IssueJob}, decision.MeetingID(os.Getenv(childMeeting)), 1)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if n == 0 {
			os.Exit(0)
		}
	}
}

func TestKilledAtAnyMomentNoNumberIsLostDoubledOrSkipped(t *testing.T) {
	dir, clock := t.TempDir(), &app.Clock{}
	clock.Set(60 * 24 * time.Hour) // the story takes days
	s, err := onDisk(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	w, err := demo.Build(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	meeting := decided(t, s, w, clock)
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		kill(t, dir, meeting)
	}
	s, err = onDisk(dir, &app.Clock{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.DB.Close() }()
	for {
		n, err := s.Certificates.IssueSome(ctx, auth.Actor{System: certificate.IssueJob}, meeting, 500)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	judge(t, s, w, meeting)
}

// decided plays a story of many people up to a decreed meeting.
func decided(t *testing.T, s product.Services, w *demo.World, clock *app.Clock) decision.MeetingID {
	t.Helper()
	res, err := w.Play(ctx, "semarang", manyPeople(), "banyak.csv", demo.UntilDecreed, clock.Jump)
	if err != nil {
		t.Fatal(err)
	}
	return res.Meetings[0]
}

// manyPeople is a list long enough to be killed fifty times while it is worked through.
func manyPeople() []byte {
	list := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Level\n"
	for i := range 180 {
		list += fmt.Sprintf("Orang Ke %d;337401250388%04d;Semarang;25-03-1988;L;Tugu;0840001%04d;II\n", i, 1+i, i)
	}
	return []byte(list)
}

// kill starts a child that issues and kills it at a random moment.
func kill(t *testing.T, dir string, m decision.MeetingID) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), childStore+"="+dir, childMeeting+"="+string(m))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		t.Fatalf("the child says %q", line)
	}
	time.Sleep(rand.N(12 * time.Millisecond))
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// judge finds every granted case with one certificate and every number used once, without a gap.
func judge(t *testing.T, s product.Services, w *demo.World, m decision.MeetingID) {
	t.Helper()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		total, done, err := certificate.Counts(tx, w.Actor("ketua.otomotif"), m)
		if total == 0 || total != done {
			t.Errorf("%d granted, %d issued", total, done)
		}
		if err != nil {
			return err
		}
		var used, numbers int
		if err := tx.Get("SELECT COUNT(*), COUNT(DISTINCT text) FROM number_used WHERE kind = 'certificate'", nil, &used, &numbers); err != nil {
			return err
		}
		if used != done || numbers != done {
			t.Errorf("%d numbers used, %d different, %d certificates", used, numbers, done)
		}
		gaps, err := number.Gaps(tx, w.Org("lsp-otomotif"))
		if len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if rep, err := ledger.Audit(ctx, s.DB, s.Box.LedgerKey()); err != nil || len(rep.Findings) > 0 {
		t.Errorf("%+v %v", rep.Findings, err)
	}
}
