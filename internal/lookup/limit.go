package lookup

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"kompeten/internal/db"
)

// allowance is a bucket: so many at once, and one more each time that so long has passed.
type allowance struct {
	free  int
	every time.Duration
}

// kind is what an allowance is for.
type kind int

// What is bounded. Checks are all of them. Numbers can be counted up, which a code cannot, so whoever asks by number gets
// through a book of numbers slowly. Misses are checks that found nothing: who has none left waits before she tries again.
const (
	checks kind = iota
	numbers
	misses
	kinds
)

func allowances(rate int) [kinds]allowance {
	return [kinds]allowance{
		checks:  {rate, time.Minute / time.Duration(rate)},
		numbers: {5 * rate, time.Hour / time.Duration(10*rate)},
		misses:  {max(1, rate/2), 2 * time.Minute},
	}
}

// used is when each bucket of an address will be full again; a bucket that was not used is full since long.
type used struct {
	until [kinds]time.Time
	fresh bool // changed since it was last written
}

// Limiter bounds how much is looked up from one address. It works in memory. An address that asks for as much as a
// person does is never written down; one that asks for more is, under a keyed hash and until its buckets are full again,
// so that a restart forgives nothing: every minute and when the program ends. Programs that share a database each count
// for themselves and learn from the others when they start.
type Limiter struct {
	d     *db.DB
	hash  func(purpose, value string) []byte
	allow [kinds]allowance // nothing is bounded where it is zero

	mu   sync.Mutex
	seen map[netip.Prefix]*used
	kept map[string]used // what an earlier program wrote, by hash
}

// mostAddresses bounds the memory: beyond it some are forgotten.
const mostAddresses = 100_000

// NewLimiter makes a limiter that lets each address check so many times a minute; one that bounds nothing for 0. hash is
// keyed, so that the addresses cannot be read from the database.
func NewLimiter(d *db.DB, hash func(purpose, value string) []byte, rate int) *Limiter {
	l := &Limiter{d: d, hash: hash, seen: map[netip.Prefix]*used{}, kept: map[string]used{}}
	if rate > 0 {
		l.allow = allowances(rate)
	}
	return l
}

// Load remembers whom an earlier program made wait.
func (l *Limiter) Load(ctx context.Context) error {
	var rows []row
	err := l.d.Read(ctx, func(tx *db.Tx) (err error) { rows, err = unforgiven(tx); return err })
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		l.kept[r.address] = used{until: [kinds]time.Time{r.checks.Time, r.numbers.Time, r.misses.Time}}
	}
	return nil
}

// where is who asks, as far as it counts: an IPv4 address, or the 64 bits of an IPv6 network that one household has.
func where(address string) netip.Prefix {
	at, err := netip.ParseAddrPort(address)
	ip := at.Addr().Unmap().WithZone("")
	if err != nil {
		if ip, err = netip.ParseAddr(address); err != nil {
			return netip.Prefix{}
		}
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}

// Take lets an address (with or without its port) check n certificates, byNumber of them by number; it gives how long to
// wait where there were too many, and then nothing is taken.
func (l *Limiter) Take(address string, n, byNumber int, now time.Time) (wait time.Duration) {
	if l.allow[checks].free == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.of(where(address), now)
	for k, want := range [kinds]int{n, byNumber, 1} {
		if want > 0 {
			wait = max(wait, l.allow[k].wait(u.until[k], min(want, l.allow[k].free), now))
		}
	}
	if wait > 0 {
		return wait
	}
	for k, want := range [kinds]int{checks: n, numbers: byNumber} {
		u.take(kind(k), l.allow[k], want, now)
	}
	return 0
}

// Miss counts checks that found nothing.
func (l *Limiter) Miss(address string, n int, now time.Time) {
	if l.allow[misses].free == 0 || n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(where(address), now).take(misses, l.allow[misses], n, now)
}

// wait is how long until a bucket that will be full at a moment has n left.
func (a allowance) wait(full time.Time, n int, now time.Time) time.Duration {
	return max(0, max(0, full.Sub(now))-time.Duration(a.free-n)*a.every)
}

func (u *used) take(k kind, a allowance, n int, now time.Time) {
	if n == 0 {
		return
	}
	if u.until[k].Before(now) {
		u.until[k] = now
	}
	u.until[k] = u.until[k].Add(time.Duration(n) * a.every)
	if last := now.Add(2 * time.Duration(a.free) * a.every); u.until[k].After(last) {
		u.until[k] = last // a list may go over, but nobody waits for ever
	}
	u.fresh = true
}

// of is what an address has used.
func (l *Limiter) of(p netip.Prefix, now time.Time) *used {
	if u := l.seen[p]; u != nil {
		return u
	}
	if len(l.seen) >= mostAddresses {
		l.forget(now)
	}
	u := &used{}
	if len(l.kept) > 0 {
		at := l.name(p)
		*u = l.kept[at]
		delete(l.kept, at)
	}
	l.seen[p] = u
	return u
}

// name is under what an address is written.
func (l *Limiter) name(p netip.Prefix) string {
	return hex.EncodeToString(l.hash("lookup", p.String())[:16])
}

// forget makes room for a tenth: those go whose buckets are full again, and where there are too few, anybody.
func (l *Limiter) forget(now time.Time) {
	for p, u := range l.seen {
		if !u.last().After(now) {
			delete(l.seen, p)
		}
	}
	for p := range l.seen {
		if len(l.seen) < mostAddresses*9/10 {
			return
		}
		delete(l.seen, p)
	}
}

// last is when all buckets are full again.
func (u *used) last() time.Time { return slices.MaxFunc(u.until[:], time.Time.Compare) }

// heavy says whether more was used than a person uses: a fourth of a bucket.
func (l *Limiter) heavy(u *used, now time.Time) bool {
	for k, a := range l.allow {
		if u.until[k].Sub(now) > time.Duration(a.free)*a.every/4 {
			return true
		}
	}
	return false
}

// Flush writes down who used much, and forgets who has not for long.
func (l *Limiter) Flush(ctx context.Context) error {
	now := l.d.Now()
	rows := l.changed(now)
	err := l.d.Write(ctx, func(tx *db.Tx) error { return forgive(tx) })
	for part := range slices.Chunk(rows, perWrite) {
		if err == nil {
			err = l.d.Write(ctx, func(tx *db.Tx) error { return keep(tx, part) })
		}
	}
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, r := range rows {
			if u := l.seen[r.from]; u != nil {
				u.fresh = true
			}
		}
	}
	return err
}

// row is what is written of an address.
type row struct {
	from                          netip.Prefix // not written
	address                       string
	checks, numbers, misses, last db.Time
}

// changed is what is to be written. Addresses whose buckets are full are forgotten.
func (l *Limiter) changed(now time.Time) (rows []row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, u := range l.seen {
		switch {
		case !u.last().After(now):
			delete(l.seen, p)
		case u.fresh && l.heavy(u, now):
			u.fresh = false
			at := func(k kind) db.Time {
				if u.until[k].Before(now) {
					return db.At(now)
				}
				return db.At(u.until[k])
			}
			rows = append(rows, row{p, l.name(p), at(checks), at(numbers), at(misses), db.At(u.last())})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.address, b.address) })
	return rows
}
