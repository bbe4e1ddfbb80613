package lookup_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/lookup"
)

var ctx = context.Background()

func counts(t *testing.T, c *lookup.Counter, code string) string {
	t.Helper()
	days, err := c.Counts(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(days)
}

func TestLookupsAreCountedByDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		c := lookup.NewCounter(d.DB)
		flush := func() {
			t.Helper()
			if lost, err := c.Flush(ctx); err != nil || lost != 0 {
				t.Fatal(lost, err)
			}
		}
		if got := counts(t, c, "AAAA"); got != "[]" {
			t.Errorf("never looked up: %s", got)
		}
		c.Note("AAAA", d.Now())
		c.Note("AAAA", d.Now())
		c.Note("BBBB", d.Now())
		if got := counts(t, c, "AAAA"); got != "[{2026-03-02 2}]" {
			t.Errorf("before it is written: %s", got)
		}
		flush()
		flush()
		if got := counts(t, c, "AAAA"); got != "[{2026-03-02 2}]" {
			t.Errorf("after it is written: %s", got)
		}
		c.Note("AAAA", d.Now())
		if got := counts(t, c, "AAAA"); got != "[{2026-03-02 3}]" {
			t.Errorf("written and waiting together: %s", got)
		}
		d.Clock.Add(15 * time.Hour) // 23:00 in Jakarta
		c.Note("AAAA", d.Now())
		d.Clock.Add(90 * time.Minute)
		c.Note("AAAA", d.Now())
		if got := counts(t, c, "AAAA"); got != "[{2026-03-03 1} {2026-03-02 4}]" {
			t.Errorf("days begin in Jakarta: %s", got)
		}
		flush()
		if got := counts(t, lookup.NewCounter(d.DB), "AAAA") + counts(t, c, "BBBB"); got != "[{2026-03-03 1} {2026-03-02 4}][{2026-03-02 1}]" {
			t.Errorf("another program reads: %s", got)
		}
	})
}

func TestNoLookupIsCountedTwiceOrLostWhileManyCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		c, at := lookup.NewCounter(d.DB), d.Now()
		const people, each, codes = 4, 2000, 700
		var all sync.WaitGroup
		for p := range people {
			all.Go(func() {
				for i := range each {
					c.Note(fmt.Sprintf("C%d", (p*each+i)%codes), at)
				}
			})
		}
		for range 5 {
			if _, err := c.Flush(ctx); err != nil {
				t.Error(err)
			}
		}
		all.Wait()
		if _, err := c.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		var sum int64
		err := d.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT SUM(count) FROM lookup_day", nil, &sum) })
		if err != nil || sum != people*each {
			t.Errorf("%d counted of %d: %v", sum, people*each, err)
		}
	})
}

func TestWhatCannotBeWrittenGoesOnWaiting(t *testing.T) {
	d := dbtest.Open(t)
	c := lookup.NewCounter(d.DB)
	c.Note("AAAA", d.Now())
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Flush(gone); err == nil {
		t.Fatal("written without a database")
	}
	if got := counts(t, c, "AAAA"); got != "[{2026-03-02 1}]" {
		t.Errorf("forgotten: %s", got)
	}
}

func TestItIsTimeToWriteBeforeMemoryIsFull(t *testing.T) {
	d := dbtest.Open(t)
	c, at := lookup.NewCounter(d.DB), d.Now()
	for i := range 20_000 {
		select {
		case <-c.Full():
			t.Fatalf("full at %d", i)
		default:
		}
		c.Note(fmt.Sprint(i), at)
	}
	select {
	case <-c.Full():
	default:
		t.Error("20,000 certificates wait and nobody is told")
	}
	for i := range 200_000 {
		c.Note(fmt.Sprint(i), at)
	}
	c.Note("one too many", at)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if lost, _ := c.Flush(gone); lost != 1 { // nothing is written; that one could not be counted is told all the same
		t.Errorf("%d were not counted", lost)
	}
}

func hash(purpose, value string) []byte {
	return []byte(fmt.Sprintf("%-32s", purpose+strings.ReplaceAll(value, ".", "")))
}

func limiter(t *testing.T, d *dbtest.DB, rate int) *lookup.Limiter {
	t.Helper()
	l := lookup.NewLimiter(d.DB, hash, rate)
	if err := l.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnAddressChecksSoManyAMinute(t *testing.T) {
	d := dbtest.Open(t)
	l, now := limiter(t, d, 60), d.Now()
	for i := range 60 {
		if wait := l.Take("192.0.2.1:1000", 1, 0, now); wait != 0 {
			t.Fatalf("check %d waits %v", i, wait)
		}
	}
	for _, c := range []struct {
		name    string
		address string
		after   time.Duration
		waits   time.Duration
	}{
		{"the next one waits a second", "192.0.2.1:2000", 0, time.Second},
		{"asking again costs nothing", "192.0.2.1:2000", 0, time.Second},
		{"another address does not wait", "192.0.2.2:1000", 0, 0},
		{"the same address written as IPv6 waits too", "[::ffff:192.0.2.1]:1000", 0, time.Second},
		{"a second later one more goes", "192.0.2.1:1000", time.Second, 0},
		{"and only one", "192.0.2.1:1000", time.Second, time.Second},
	} {
		if wait := l.Take(c.address, 1, 0, now.Add(c.after)); wait != c.waits {
			t.Errorf("%s: %v", c.name, wait)
		}
	}
	for range 60 {
		l.Take("[2001:db8:1:2::7]:1", 1, 0, now)
	}
	if l.Take("[2001:db8:1:2::8]:1", 1, 0, now) == 0 || l.Take("[2001:db8:1:3::8]:1", 1, 0, now) != 0 {
		t.Error("a household with IPv6 has one allowance, its neighbour another")
	}
	if off := lookup.NewLimiter(d.DB, hash, 0); off.Take("192.0.2.1:1", 1_000_000, 0, now) != 0 {
		t.Error("bounded where no bound is set")
	}
}

func TestNobodyGoesThroughABookOfNumbers(t *testing.T) {
	d := dbtest.Open(t)
	l, now := limiter(t, d, 60), d.Now()
	day, got := now.Add(24*time.Hour), 0
	for at := now; at.Before(day); at = at.Add(time.Second) {
		if l.Take("192.0.2.1:1", 1, 1, at) == 0 {
			got++
		}
	}
	if got < 14_400 || got > 15_000 {
		t.Errorf("%d numbers in a day from one address", got)
	}
	if l.Take("192.0.2.1:1", 1, 0, day.Add(time.Minute)) != 0 {
		t.Error("who used up her numbers cannot scan a code")
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	d := dbtest.Open(t)
	l, now := limiter(t, d, 60), d.Now()
	hour, got := now.Add(time.Hour), 0
	for at := now; at.Before(hour); at = at.Add(time.Second) {
		if l.Take("192.0.2.1:1", 1, 0, at) == 0 {
			got++
			l.Miss("192.0.2.1:1", 1, at)
		}
	}
	if got != 59 {
		t.Errorf("%d guesses in an hour, not 30 at once and one each two minutes", got)
	}
}

func TestARestartForgivesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		l := limiter(t, d, 60)
		for range 30 {
			l.Miss("192.0.2.1:1", 1, d.Now())
		}
		l.Take("192.0.2.2:1", 3, 3, d.Now())
		if err := l.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		var rows int
		err := d.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT COUNT(*) FROM lookup_limit", nil, &rows) })
		if err != nil || rows != 1 {
			t.Errorf("%d addresses are written down, not only the one that guessed: %v", rows, err)
		}
		again := limiter(t, d, 60)
		if again.Take("192.0.2.1:7", 1, 0, d.Now()) == 0 {
			t.Error("forgiven by a restart")
		}
		d.Clock.Add(2 * time.Minute)
		if wait := again.Take("192.0.2.1:7", 1, 0, d.Now()); wait != 0 {
			t.Errorf("still waits: %v", wait)
		}
		if err := l.Flush(ctx); err != nil { // the first program knows less than what is written now
			t.Fatal(err)
		}
		again.Miss("192.0.2.1:7", 20, d.Now())
		if err := again.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if third := limiter(t, d, 60); third.Take("192.0.2.1:7", 1, 0, d.Now()) < 30*time.Minute {
			t.Error("the earlier moment stands")
		}
		d.Clock.Add(3 * time.Hour)
		if err := limiter(t, d, 60).Flush(ctx); err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error { return tx.Get("SELECT COUNT(*) FROM lookup_limit", nil, &rows) })
		if err != nil || rows != 0 {
			t.Errorf("%d addresses are kept for ever: %v", rows, err)
		}
	})
}

func BenchmarkOneCheck(b *testing.B) {
	d := dbtest.Open(b)
	c, l, now := lookup.NewCounter(d.DB), lookup.NewLimiter(d.DB, d.Box.Hash, 1<<30), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		if l.Take("192.0.2.1:1000", 1, 0, now) != 0 {
			b.Fatal("waits")
		}
		c.Note("7KQ2M9XD4HWP", now)
	}
}
