package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"kompeten/internal/app"
	"kompeten/internal/application"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/number"
)

// oneMade is a certificate as the call that issues one answers it, or why there is none.
type oneMade struct {
	ID, Number, Application, Status, Code string
	HTTP                                  int `json:"-"`
}

func (s served) issueOne(token, application string) (c oneMade) {
	req, err := http.NewRequest(http.MethodPost, s.base+"/api/v1/applications/"+application+"/certificate", nil)
	if err != nil {
		s.t.Error(err)
		return c
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return c
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == http.StatusOK {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		s.t.Errorf("%s: %v", b, err)
	}
	c.HTTP = res.StatusCode
	return c
}

// token makes the token of a person.
func (s served) token(who, password string) string {
	s.t.Helper()
	var session struct{ Token string }
	s.say("/api/v1/session", map[string]string{"login": who + "@contoh.id", "password": password}, &session)
	return session.Token
}

// sixty is a list of sixty people.
func sixty() []byte {
	var list bytes.Buffer
	list.WriteString("Nama;NIK;Tempat Lahir;Tanggal Lahir;JK;Kecamatan;HP;Level\n")
	for i := range 60 {
		fmt.Fprintf(&list, "Orang Ke %d;337401250388%04d;Semarang;25-03-1988;L;Tugu;0840001%04d;II\n", i, 1+i, i)
	}
	return list.Bytes()
}

func applications(t *testing.T, a *app.App, query string, args ...any) (list []string) {
	t.Helper()
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = db.Column[string](tx, query, args...); return err })
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list
}

const grantedFiles = "SELECT application FROM decision WHERE outcome = 'granted' ORDER BY id"

func TestCertificatesIssuedOneByOneByManyAtOnceAreEachIssuedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		cfg := app.Config{Data: t.TempDir(), Database: d.Name, Keys: d.Keys, Listen: "127.0.0.1:0", Base: "http://example.org", Readers: 4, Rate: 100_000}
		a, w, err := app.OpenDemo(ctx, cfg, discard)
		if err != nil {
			t.Fatal(err)
		}
		decreed, err := w.Play(ctx, "semarang", sixty(), "banyak.csv", demo.UntilDecreed, a.Clock.Jump)
		if err != nil {
			t.Fatal(err)
		}
		open, err := w.Play(ctx, "probolinggo", nil, "", demo.UntilAssessed, a.Clock.Jump) // nobody has decided on these
		if err != nil {
			t.Fatal(err)
		}
		a.Clock.Set(0)
		granted, undecided := applications(t, a, grantedFiles), applications(t, a, "SELECT id FROM application WHERE programme = $1 ORDER BY id", string(open.Programme))
		left := func() (list []certificate.Decreed) {
			t.Helper()
			err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
				list, err = certificate.DecreedMeetings(tx, w.Actor("ketua.otomotif"), certificate.Which{LSP: w.Org("lsp-otomotif"), Programme: decreed.Programme})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if l := left(); len(l) != 1 || l[0].Meeting != decreed.Meetings[0] || l[0].Granted != len(granted) || l[0].Left != len(granted) {
			t.Errorf("before: %+v", l)
		}
		s := served{t: t, app: a}
		s.base, _ = running(t, a, w)
		t.Cleanup(func() { _ = a.Close() })
		head, other := s.token("ketua.otomotif", w.Password()), s.token("manajer.kebersihan", w.Password())

		var wg sync.WaitGroup
		made := make([][2]oneMade, len(granted)) // each is asked for twice, among what is refused
		for i, id := range granted {
			for n := range 2 {
				wg.Go(func() { made[i][n] = s.issueOne(head, id) })
			}
			wg.Go(func() {
				for who, c := range map[string]struct {
					token, of string
					want      int
				}{
					"the manager of another LSP sees nothing": {other, id, http.StatusNotFound},
					"a file that is not there":                {head, "app_none", http.StatusNotFound},
					"a file that nobody has decided on":       {head, undecided[i%len(undecided)], http.StatusNotFound},
					"nobody comes in without a token":         {"", id, http.StatusUnauthorized},
				} {
					if got := s.issueOne(c.token, c.of).HTTP; got != c.want {
						t.Errorf("%s: %d", who, got)
					}
				}
			})
		}
		wg.Wait()
		numbers := map[string]bool{}
		for i, m := range made {
			if m[0].HTTP != http.StatusOK || m[0] != m[1] || m[0].Application != granted[i] || m[0].Status != "valid" || numbers[m[0].Number] {
				t.Errorf("%s: %+v", granted[i], m)
			}
			numbers[m[0].Number] = true
		}
		if l := left(); len(l) != 1 || l[0].Left != 0 {
			t.Errorf("after: %+v", l)
		}
		if again := s.issueOne(head, granted[0]); again != made[0][0] {
			t.Errorf("asked again later: %+v, it was %+v", again, made[0][0])
		}
		err = a.DB.Read(ctx, func(tx *db.Tx) error {
			gaps, err := number.Gaps(tx, w.Org("lsp-otomotif"))
			if len(gaps) > 0 {
				t.Errorf("gaps: %v", gaps)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Transparency.Integrate(ctx); err != nil {
			t.Fatal(err)
		}
		var found bytes.Buffer
		if n, err := a.AuditAll(ctx, &found, func(int) {}); err != nil || n > 0 {
			t.Errorf("audit: %v\n%s", err, found.String())
		}
	})
}

func TestWhoMayNotIssueIsRefusedForHerselfOnly(t *testing.T) {
	a, w, err := app.OpenDemo(ctx, app.Config{Data: t.TempDir(), Base: "http://example.org", Readers: 4}, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if _, err := w.Play(ctx, "semarang", sixty(), "banyak.csv", demo.UntilDecreed, a.Clock.Jump); err != nil {
		t.Fatal(err)
	}
	granted := applications(t, a, grantedFiles)
	var wg sync.WaitGroup
	for i, id := range granted {
		wg.Go(func() { // the even ones are the head's to issue, the others nobody's who asks
			_, err := a.Certificates.IssueOne(ctx, w.Actor([]string{"ketua.otomotif", "admin.otomotif"}[i%2]), application.ID(id))
			if i%2 == 0 && err != nil || i%2 == 1 && !fault.Is(err, fault.Denied) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := len(applications(t, a, "SELECT application FROM certificate")); n != len(granted)/2 {
		t.Errorf("%d issued of %d", n, len(granted))
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := a.Certificates.IssueOne(gone, w.Actor("ketua.otomotif"), application.ID(granted[1])); err == nil || fault.Of(err) != nil {
		t.Errorf("who has gone: %v", err)
	}
}
