package scenario

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kompeten/internal/app"
	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/demo"
	"kompeten/internal/number"
	"kompeten/internal/tlog"
)

// The child of the kill test issues certificates on a store it is given, one by one, and beside that gives leaves their
// places in the log, until it is killed.
const (
	childStore   = "KOMPETEN_TEST_ISSUE_STORE"
	childMeeting = "KOMPETEN_TEST_ISSUE_MEETING"
)

// TestMain lets the test binary be the child.
func TestMain(m *testing.M) {
	dir := os.Getenv(childStore)
	if dir == "" {
		os.Exit(m.Run())
	}
	fmt.Println(issueAndLog(dir, decision.MeetingID(os.Getenv(childMeeting))))
	os.Exit(1)
}

// store is the installation of the kill test.
func store(dir string) app.Config {
	return app.Config{Data: dir, Base: "https://contoh.id", Readers: 4}
}

var discard = slog.New(slog.DiscardHandler)

func issueAndLog(dir string, m decision.MeetingID) error {
	a, err := app.Open(ctx, store(dir), &app.Clock{}, discard)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	failed := make(chan error)
	go func() {
		for {
			if _, err := a.Transparency.Integrate(ctx); err != nil {
				failed <- err
			}
		}
	}()
	go func() {
		for n := 1; n > 0; {
			var err error
			if n, err = a.Certificates.IssueSome(ctx, auth.Actor{System: certificate.IssueJob}, m, 1); err != nil {
				failed <- err
			}
			time.Sleep(rand.N(6 * time.Millisecond)) // the log gets its turn at the database
		}
	}()
	return <-failed
}

// kills is how often the child is killed.
const kills = 100

// child builds the child without the race detector, under which it would only begin to work when it is killed.
func child(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "child")
	if out, err := exec.CommandContext(context.Background(), "go", "test", "-c", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func TestKilledAtAnyMomentOfIssueAndLogNothingIsLostDoubledSkippedOrForked(t *testing.T) {
	dir := t.TempDir()
	a, w, err := app.OpenDemo(ctx, store(dir), discard)
	if err != nil {
		t.Fatal(err)
	}
	meeting := decided(t, a, w)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	program := child(t)
	var moment time.Duration // the longest that a life lasts: until the log grew twice on this machine
	published := kill(t, program, dir, meeting, nil, func(seen int, worked time.Duration) bool {
		moment = worked
		return seen > 2 || worked > time.Minute
	})
	grew := 0
	for range kills {
		before := len(published)
		life := rand.N(moment)
		published = kill(t, program, dir, meeting, published, func(_ int, worked time.Duration) bool { return worked > life })
		if len(published) > before {
			grew++
		}
	}
	if grew < kills/10 {
		t.Errorf("the log grew in %d of %d lives only: the kills came too early to tell anything", grew, kills)
	}
	if a, err = app.Open(ctx, store(dir), &app.Clock{}, discard); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	left := judgeCut(t, a, meeting)
	if err := a.Certificates.IssueAll(ctx, auth.Actor{System: certificate.IssueJob}, meeting, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Transparency.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	judge(t, a, w, meeting)
	judgeLog(t, a, published)
	t.Logf("%d kills within %v; %d checkpoints seen in public, in %d lives; %d certificates left to issue after the last", kills, moment, len(published), grew, left)
}

// decided plays a story of many people up to a decreed meeting.
func decided(t *testing.T, a *app.App, w *demo.World) decision.MeetingID {
	t.Helper()
	res, err := w.Play(ctx, "semarang", manyPeople(), "banyak.csv", demo.UntilDecreed, a.Clock.Jump)
	if err != nil {
		t.Fatal(err)
	}
	return res.Meetings[0]
}

// manyPeople is a list long enough to be killed a hundred times while it is worked through.
func manyPeople() []byte {
	list := "Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Level\n"
	for i := range 600 {
		list += fmt.Sprintf("Orang Ke %d;337401250388%04d;Semarang;25-03-1988;L;Tugu;0840001%04d;II\n", i, 1+i, i)
	}
	return []byte(list)
}

// kill starts a child and kills it when it has worked enough. What the log shows in public meanwhile is added to what it has
// shown.
func kill(t *testing.T, program, dir string, m decision.MeetingID, published [][]byte, enough func(seen int, worked time.Duration) bool) [][]byte {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), program)
	cmd.Env = append(os.Environ(), childStore+"="+dir, childMeeting+"="+string(m))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	says := bufio.NewReader(out)
	line, _ := says.ReadString('\n')
	if line != "ready\n" {
		t.Fatalf("the child says %q", line)
	}
	look := func() {
		b, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
		if err == nil && (len(published) == 0 || !bytes.Equal(b, published[len(published)-1])) {
			published = append(published, b)
		}
	}
	for from := time.Now(); !enough(len(published), time.Since(from)); {
		look()
		time.Sleep(time.Millisecond)
	}
	_ = cmd.Process.Kill()
	last, _ := io.ReadAll(says)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code >= 0 { // it was not the kill that ended it
		t.Errorf("the child gave up: %s", last)
	}
	look()
	return published
}

// judgeCut finds the store right as the last kill left it: what is issued is issued whole, and its leaf is there, with a
// place or without. It says how many are not issued yet.
func judgeCut(t *testing.T, a *app.App, m decision.MeetingID) (left int) {
	t.Helper()
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		total, done, err := certificate.Counts(tx, auth.Actor{System: certificate.IssueJob}, m)
		if err != nil {
			return err
		}
		left = total - done
		var leaves, numbers int
		if err := tx.Get("SELECT COUNT(*) FROM log_leaf WHERE ref IN (SELECT id || '/1' FROM certificate)", nil, &leaves); err != nil {
			return err
		}
		if err := tx.Get("SELECT COUNT(*) FROM number_used WHERE kind = 'certificate'", nil, &numbers); err != nil {
			return err
		}
		if leaves != done || numbers != done {
			t.Errorf("after the last kill: %d certificates, %d leaves of them, %d numbers", done, leaves, numbers)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// judge finds every granted case with one certificate, every number used once, without a gap, and everything that can be
// computed anew as it should be: signatures, leaves, ledger.
func judge(t *testing.T, a *app.App, w *demo.World, m decision.MeetingID) {
	t.Helper()
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		total, done, err := certificate.Counts(tx, w.Actor("ketua.otomotif"), m)
		if total == 0 || total != done {
			t.Errorf("%d granted, %d issued", total, done)
		}
		if err != nil {
			return err
		}
		for _, kind := range []string{"certificate", "registration"} {
			var used, numbers int
			if err := tx.Get("SELECT COUNT(*), COUNT(DISTINCT text) FROM number_used WHERE kind = $1", []any{kind}, &used, &numbers); err != nil {
				return err
			}
			if used != done || numbers != done {
				t.Errorf("%s: %d numbers used, %d different, %d certificates", kind, used, numbers, done)
			}
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
	var found bytes.Buffer
	if n, err := a.AuditAll(ctx, &found, func(int) {}); err != nil || n > 0 {
		t.Errorf("audit: %v\n%s", err, found.String())
	}
}

// judgeLog finds every certificate under its own leaf, proven in public; no place and no leaf given twice; and every
// checkpoint that was ever shown or signed as a beginning of the last one.
func judgeLog(t *testing.T, a *app.App, published [][]byte) {
	t.Helper()
	var certs []certificate.Certificate
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err := db.Column[string](tx, "SELECT id FROM certificate ORDER BY id")
		if err != nil {
			return err
		}
		certs = certs[:0]
		for _, id := range ids {
			c, err := certificate.Get(tx, auth.Actor{System: certificate.IssueJob}, certificate.ID(id))
			if err != nil {
				return err
			}
			certs = append(certs, c)
		}
		signed, err := db.Column[string](tx, "SELECT note FROM log_checkpoint ORDER BY size")
		for _, s := range signed {
			published = append(published, []byte(s))
		}
		var leaves, places, last int
		if err == nil {
			err = tx.Get("SELECT COUNT(*), COUNT(DISTINCT seq), COALESCE(MAX(seq), -1) FROM log_leaf", nil, &leaves, &places, &last)
		}
		if leaves != places || last != places-1 {
			t.Errorf("%d leaves, %d places up to %d", leaves, places, last)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	at := map[int64]bool{}
	for _, c := range certs {
		doc, err := a.Certificates.Credential(c)
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Transparency.Prove(ctx, c.LogRef())
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		leaf, err := tlog.DecodeLeaf(p.Entry)
		if err != nil || leaf.Doc != sha256.Sum256(doc) || leaf.Kind != tlog.Issue || at[p.Index] {
			t.Errorf("%s: leaf %d %+v %v", c.ID, p.Index, leaf, err)
		}
		at[p.Index] = true
	}
	replayed, err := tlog.Replay(ctx, tlog.SourceAt(a.LogDir(), nil), a.Transparency.Trust(), published...)
	if err != nil || len(replayed.Findings) > 0 {
		t.Errorf("the public log: %v %v", replayed.Findings, err)
	}
}
