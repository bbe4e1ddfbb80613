// Package report counts: the figures of a programme, each with the list behind it, and what waits for whom. It reads
// only.
package report

import (
	"slices"
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/money"
	"kompeten/internal/programme"
)

// Figures are what a head of office can stand behind: each number is the length of a list that can be opened.
type Figures struct {
	Invited   int // applications made
	Confirmed int // handed in by the person herself
	Accepted  int
	Present   int
	K         int
	BK        int
	Issued    int
	Handed    int
	Waiting   int // without a seat
	Seats     int
	Used      money.Rupiah // unit cost for each who was present
	Budget    money.Rupiah
	Districts []Line
	Sectors   []Line
	AsOf      db.Time
}

// Line is the figures of one district or sector.
type Line struct {
	Code              string
	Invited, Accepted int
	Present, K        int
	Issued            int
}

// Which stages a count covers, for the list behind it. A file counts for every step it has passed.
var passed = map[string][]application.Stage{
	"confirmed": after(application.StageSubmitted, application.StageWithdrawn),
	"accepted":  after(application.StageAccepted),
	"present":   {application.StageConsented, application.StageRunning, application.StageK, application.StageBK, application.StageDeferred, application.StageGranted, application.StageRefused, application.StageIssued, application.StageHanded},
	"k":         {application.StageK, application.StageGranted, application.StageIssued, application.StageHanded},
	"bk":        {application.StageBK, application.StageRefused},
	"issued":    {application.StageIssued, application.StageHanded},
	"handed":    {application.StageHanded},
}

func after(from application.Stage, but ...application.Stage) (out []application.Stage) {
	on := false
	for _, s := range application.Stages() {
		on = on || s == from
		if on && (len(but) == 0 || s != but[0]) {
			out = append(out, s)
		}
	}
	return out
}

// StagesOf is the stages behind a count's name; none for the count of all.
func StagesOf(count string) []application.Stage { return passed[count] }

func covers(count, stage string) bool {
	for _, s := range passed[count] {
		if string(s) == stage {
			return true
		}
	}
	return false
}

// Of counts a programme, for those who see it.
func Of(tx *db.Tx, actor auth.Actor, pid programme.ID) (Figures, error) {
	p, err := programme.Get(tx, actor, pid)
	if err != nil {
		return Figures{}, err
	}
	type group struct {
		stage, district, sector string
		n                       int
	}
	groups, err := db.All(tx, func(g *group) []any { return []any{&g.stage, &g.district, &g.sector, &g.n} },
		"SELECT stage, district, sector, COUNT(*) FROM application WHERE programme = $1 GROUP BY stage, district, sector ORDER BY stage, district, sector", string(pid))
	if err != nil {
		return Figures{}, err
	}
	f := Figures{Seats: p.Seats, Budget: p.Budget, AsOf: db.At(tx.Now())}
	districts, sectors := lines{}, lines{}
	for _, g := range groups {
		f.add(g.stage, g.n)
		districts.add(g.district, g.stage, g.n)
		sectors.add(g.sector, g.stage, g.n)
	}
	f.Districts, f.Sectors, f.Used = districts.sorted(), sectors.sorted(), p.UnitCost.Times(f.Present)
	f.Waiting, err = programme.Waiting(tx, actor, pid)
	return f, err
}

func (f *Figures) add(stage string, n int) {
	f.Invited += n
	for name, at := range map[string]*int{"confirmed": &f.Confirmed, "accepted": &f.Accepted, "present": &f.Present, "k": &f.K, "bk": &f.BK, "issued": &f.Issued, "handed": &f.Handed} {
		if covers(name, stage) {
			*at += n
		}
	}
}

type lines map[string]*Line

func (ls lines) add(code, stage string, n int) {
	l := ls[code]
	if l == nil {
		l = &Line{Code: code}
		ls[code] = l
	}
	l.Invited += n
	for name, at := range map[string]*int{"accepted": &l.Accepted, "present": &l.Present, "k": &l.K, "issued": &l.Issued} {
		if covers(name, stage) {
			*at += n
		}
	}
}

// Many is where counting what waits for an LSP ends: beyond it the exact number moves nobody.
const Many = 1000

// Task is one kind of thing that waits for an actor.
type Task struct {
	Key    string // words under task.<key>
	About  string // of which programme or organisation
	Count  int    // of what an LSP has to do, at most Many
	URL    string
	Urgent bool
}

// Waits is what waits for the actor, by her duties.
func Waits(tx *db.Tx, actor auth.Actor) ([]Task, error) {
	var out []Task
	for _, part := range []func(*db.Tx, auth.Actor) ([]Task, error){forOffice, forLSP, forAssessor, forCommittee} {
		tasks, err := part(tx, actor)
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			if t.Count > 0 {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func forOffice(tx *db.Tx, actor auth.Actor) (out []Task, err error) {
	if !actor.Any(auth.Officer) {
		return nil, nil
	}
	all, err := programme.List(tx, actor)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if !actor.Is(auth.Officer, p.Office) || p.State == programme.Closed || p.State == programme.Cancelled {
			continue
		}
		c, err := programme.CountRows(tx, actor, p.ID)
		if err != nil {
			return nil, err
		}
		url := "/programmes/" + string(p.ID)
		drafts, err := count(tx, "SELECT COUNT(*) FROM application WHERE programme = $1 AND stage IN ('draft', 'returned')", string(p.ID))
		if err != nil {
			return nil, err
		}
		out = append(out, Task{"rows_error", p.Title, c.Errors, url + "/list?show=error", true}, Task{"rows_warning", p.Title, c.Warnings, url + "/list?show=warning", false},
			Task{"rows_good", p.Title, c.Good, url + "/nominate", false}, Task{"unconfirmed", p.Title, drafts, url + "/people?count=draft", false})
		if p.State == programme.Draft {
			out = append(out, Task{"programme_draft", p.Title, 1, url, false})
		}
	}
	return out, nil
}

func count(tx *db.Tx, query string, args ...any) (n int, err error) {
	err = tx.Get(query, args, &n)
	return n, err
}

func forLSP(tx *db.Tx, actor auth.Actor) (out []Task, err error) {
	for _, line := range []struct {
		duty       auth.Duty
		key, query string
		url        string
	}{
		{auth.LSPAdmin, "check", "FROM application WHERE lsp = $1 AND stage = 'submitted'", "/applications?stage=submitted"},
		{auth.LSPAdmin, "hand_over", "FROM certificate WHERE lsp = $1 AND state = 'active' AND handed_at IS NULL", "/certificates?show=unhanded"},
		{auth.LSPAdmin, "correction", "FROM wallet_correction WHERE lsp = $1 AND state = 'open'", "/corrections"},
		{auth.Manager, "schedule", "FROM application WHERE lsp = $1 AND stage = 'accepted'", "/schedules/new"},
		{auth.Manager, "assign", "FROM schedule WHERE lsp = $1 AND state = 'draft'", "/schedules"},
		{auth.Manager, "absent", "FROM application WHERE lsp = $1 AND stage IN ('absent', 'postponed')", "/applications?stage=absent"},
		{auth.Head, "decree", "FROM meeting WHERE lsp = $1 AND state = 'closed'", "/meetings"},
		{auth.Head, "issue", "FROM application WHERE lsp = $1 AND stage = 'granted'", "/meetings"},
	} {
		for _, org := range actor.Orgs(line.duty) {
			n, err := count(tx, "SELECT COUNT(*) FROM (SELECT 1 "+line.query+" LIMIT $2) AS waiting", string(org), Many)
			if err != nil {
				return nil, err
			}
			out = append(out, Task{line.key, "", n, line.url, line.key == "check" || line.key == "correction"})
		}
	}
	for _, org := range actor.Orgs(auth.Manager) {
		ready, err := decision.Ready(tx, actor, org)
		if err != nil {
			return nil, err
		}
		out = append(out, Task{"meet", "", len(ready), "/meetings", false})
	}
	return out, nil
}

func forAssessor(tx *db.Tx, actor auth.Actor) ([]Task, error) {
	if !actor.Any(auth.Assessor) {
		return nil, nil
	}
	today := string(date.Of(tx.Now(), date.WIB))
	now, err := count(tx, `SELECT COUNT(*) FROM assessment a JOIN schedule s ON s.id = a.schedule WHERE a.assessor = $1 AND s.state = 'assigned'
		AND a.state IN ('planned', 'consented', 'running') AND s.held_on <= $2`, string(actor.Person), today)
	if err != nil {
		return nil, err
	}
	soon, err := count(tx, `SELECT COUNT(*) FROM assessment a JOIN schedule s ON s.id = a.schedule WHERE a.assessor = $1 AND s.state = 'assigned'
		AND a.state = 'planned' AND s.held_on > $2`, string(actor.Person), today)
	return []Task{{"assess_now", "", now, "/assess", true}, {"assess_soon", "", soon, "/assess", false}}, err
}

func forCommittee(tx *db.Tx, actor auth.Actor) ([]Task, error) {
	if !actor.Any(auth.Committee) {
		return nil, nil
	}
	n, err := count(tx, `SELECT COUNT(*) FROM meeting_member b JOIN meeting m ON m.id = b.meeting WHERE b.person = $1 AND m.state = 'open'`, string(actor.Person))
	return []Task{{"vote", "", n, "/meetings", true}}, err
}

// sorted is the lines, the largest first.
func (ls lines) sorted() []Line {
	out := make([]Line, 0, len(ls))
	for _, l := range ls {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Line) int {
		if a.Invited != b.Invited {
			return b.Invited - a.Invited
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out
}
