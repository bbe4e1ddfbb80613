package dbtest

import (
	"database/sql"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Every statement that a test has an embedded database prepare is judged when the test ends: it may not go through all
// rows of a table that grows with the people of a country. A nation has tens of millions of them; a test has three.

// small are the tables that one may read from end to end: as many rows as there are bodies, their people at work, schemes,
// places, keys, days; or a row for each list, meeting or programme.
var small = words(`account api_token assessor assessor_scope blank_range business certificate_face data_key ledger_book licence licence_scope log_checkpoint log_state log_witness
	lookup_limit meeting membership migration number_counter number_rule organisation programme programme_scheme region register_count register_counted schedule schedule_assessor scheme
	scheme_unit scheme_version signing_key status_list tuk tuk_verification unit sqlite_schema`)

// whole are the beginnings of statements that have to see all rows, and why.
var whole = map[string]string{
	"SELECT DISTINCT book FROM ledger":              "the audit",
	"SELECT DISTINCT book FROM ledger_seal":         "the audit",
	"SELECT s.book, s.seq, COALESCE(l.hash, s.mac)": "the daily heads of the ledger",
	"SELECT m.id, m.lsp, m.decree_number, COUNT(*)": "what kompeten certificate issue finds to do, once",
}

// waiting are indexes of what waits only, which is never much.
var waiting = words("job_ready job_unique log_leaf_pending meeting_open")

type plans struct {
	mu   sync.Mutex
	seen map[string]bool
}

// note takes a statement down, unless it is a test's own.
func (p *plans) note(query string) {
	if byTest() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[query] = true
}

// byTest says whether a test asked for what the database does now, and not the product.
func byTest() bool {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.File, "/internal/db/") && !strings.Contains(f.File, "/internal/dbtest/") || strings.HasSuffix(f.File, "_test.go") {
			return strings.HasSuffix(f.File, "_test.go")
		}
		if !more {
			return false
		}
	}
}

var (
	judged  sync.Map // statements that were found good
	number  = regexp.MustCompile(`\$(\d+)`)
	source  = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+AS)?(?:\s+(\w+))?`)
	through = regexp.MustCompile(`^SCAN (\w+)(?: EXISTS)?(?: USING (?:COVERING )?INDEX (\w+))?`)
)

// judge fails the test for each statement that goes through a table that grows.
func (p *plans) judge(t testing.TB, file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var pool *sql.DB
	for query := range p.seen {
		if _, done := judged.Load(query); done || strings.HasPrefix(query, "INSERT INTO") && !strings.Contains(query, "SELECT") {
			continue
		}
		if pool == nil {
			var err error
			if pool, err = sql.Open("sqlite", file); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = pool.Close() }()
		}
		if bad := scans(t, pool, query); bad != "" && !excused(query) {
			t.Errorf("this statement goes through every %s there is (an index is missing, or one that orders was preferred):\n%s", bad, query)
			continue
		}
		judged.Store(query, true)
	}
}

func excused(query string) bool {
	flat := strings.Join(strings.Fields(query), " ")
	for begins := range whole {
		if strings.HasPrefix(flat, begins) {
			return true
		}
	}
	return false
}

// scans is the growing table whose rows a statement reads from end to end; "" for none.
func scans(t testing.TB, pool *sql.DB, query string) string {
	most := strings.Count(query, "?")
	for _, m := range number.FindAllStringSubmatch(query, -1) {
		n, _ := strconv.Atoi(m[1])
		most = max(most, n)
	}
	rows, err := pool.Query("EXPLAIN QUERY PLAN "+query, make([]any, most)...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer func() { _ = rows.Close() }()
	tables := map[string]string{}
	for _, m := range source.FindAllStringSubmatch(query, -1) {
		tables[m[1]] = m[1]
		if m[2] != "" {
			tables[m[2]] = m[1]
		}
	}
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if m := through.FindStringSubmatch(detail); m != nil {
			if table := tables[m[1]]; table != "" && !small[table] && !waiting[m[2]] {
				return fmt.Sprintf("%s (%s)", table, detail)
			}
		}
	}
	return ""
}

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}
