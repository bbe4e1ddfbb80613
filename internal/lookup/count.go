// Package lookup counts how often a certificate is looked up, which its holder may know, and lets nobody look up so
// many that she could go through them all (RG-04). Who looked what up is not noted anywhere.
package lookup

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"kompeten/internal/date"
	"kompeten/internal/db"
)

// Day is how often a certificate was looked up on a day, by the clock of WIB.
type Day struct {
	Day   date.Date `json:"day"`
	Count int64     `json:"count"`
}

// Counter counts look-ups. Counting is a matter of memory; what is counted is written by Flush, every minute and when
// the program ends. A program that is killed loses what it counted since, a minute at most.
type Counter struct {
	d *db.DB

	flushing sync.RWMutex // held while counts are on their way from memory to the database
	mu       sync.Mutex
	waiting  map[place]int64
	lost     int64         // look-ups that were not counted, since memory was full
	full     chan struct{} // says that it is time to write
}

// place is what is counted: a certificate, by its code, on a day.
type place struct {
	code string
	day  date.Date
}

// NewCounter makes a counter.
func NewCounter(d *db.DB) *Counter {
	return &Counter{d: d, waiting: map[place]int64{}, full: make(chan struct{}, 1)}
}

// How many places wait before they are written at once, and how many wait at most.
const (
	soon = 20_000
	most = 200_000
)

// Note counts a look-up of the certificate with a code. It is cheap enough for every request.
func (c *Counter) Note(code string, at time.Time) { c.note(place{code, date.Of(at, date.WIB)}, 1) }

func (c *Counter) note(p place, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.waiting[p]; !known && len(c.waiting) >= most {
		c.lost += n
		return
	}
	c.waiting[p] += n
	if len(c.waiting) == soon {
		select {
		case c.full <- struct{}{}:
		default:
		}
	}
}

// Full tells when more waits than should wait for the next minute.
func (c *Counter) Full() <-chan struct{} { return c.full }

// shown is how many days Counts gives at most.
const shown = 400

// Counts is how often the certificate with a code was looked up, by day, the newest day first; days without a look-up are
// left out. What is not written yet is in it. Whoever asks has to make sure that the reader may see the certificate.
func (c *Counter) Counts(ctx context.Context, certificate string) ([]Day, error) {
	c.flushing.RLock()
	defer c.flushing.RUnlock()
	var days []Day
	err := c.d.Read(ctx, func(tx *db.Tx) (err error) { days, err = written(tx, certificate); return err })
	if err != nil {
		return nil, err
	}
	return c.with(certificate, days), nil
}

// with adds what waits to be written to the days of a certificate.
func (c *Counter) with(certificate string, days []Day) []Day {
	c.mu.Lock()
	defer c.mu.Unlock()
	today := date.Of(c.d.Now(), date.WIB)
	for _, day := range []date.Date{today, today.AddDays(-1)} { // nothing waits longer than from one day to the next
		n := c.waiting[place{certificate, day}]
		if n == 0 {
			continue
		}
		at, found := slices.BinarySearchFunc(days, day, func(d Day, day date.Date) int { return strings.Compare(string(day), string(d.Day)) })
		if !found {
			days = slices.Insert(days, at, Day{Day: day})
		}
		days[at].Count += n
	}
	return days
}

// Flush writes what was counted and says how many look-ups could not be. What cannot be written goes on waiting.
func (c *Counter) Flush(ctx context.Context) (lost int64, err error) {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.mu.Lock()
	counted := c.waiting
	c.waiting, lost, c.lost = map[place]int64{}, c.lost, 0
	c.mu.Unlock()
	left := slices.SortedFunc(maps.Keys(counted), func(a, b place) int { // in one order, so that programs do not lock each other out
		return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(string(a.day), string(b.day)))
	})
	for len(left) > 0 && err == nil {
		some := left[:min(len(left), perWrite)]
		if err = c.d.Write(ctx, func(tx *db.Tx) error { return add(tx, counted, some) }); err == nil {
			left = left[len(some):]
		}
	}
	for _, p := range left {
		c.note(p, counted[p])
	}
	return lost, err
}

// add writes the counts of some places.
func add(tx *db.Tx, counted map[place]int64, some []place) error {
	for part := range slices.Chunk(some, perStatement) {
		args := make([]any, 0, 3*len(part))
		for _, p := range part {
			args = append(args, p.code, string(p.day), counted[p])
		}
		_, err := tx.Exec("INSERT INTO lookup_day (code, day, count) VALUES "+values(len(part), 3)+
			" ON CONFLICT (code, day) DO UPDATE SET count = lookup_day.count + excluded.count", args...)
		if err != nil {
			return err
		}
	}
	return nil
}
