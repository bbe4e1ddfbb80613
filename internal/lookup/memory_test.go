package lookup

import (
	"fmt"
	"testing"
	"time"

	"kompeten/internal/dbtest"
)

func TestManyAddressesDoNotFillTheMemory(t *testing.T) {
	d := dbtest.Open(t)
	l, now := NewLimiter(d.DB, d.Box.Hash, 60), d.Now()
	for i := range mostAddresses + 1000 {
		l.Take(fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>16, i&0xffff), 1, 0, now)
	}
	if n := len(l.seen); n > mostAddresses || n < mostAddresses/2 {
		t.Errorf("%d addresses are remembered", n)
	}
	l.Miss("192.0.2.1:1", 30, now.Add(2*time.Second))
	for i := range mostAddresses / 2 { // room is made by the first, who may ask again by now
		l.Take(fmt.Sprintf("[2001:db9:%x:%x::1]:1", i>>16, i&0xffff), 1, 0, now.Add(4*time.Second))
	}
	if l.Take("192.0.2.1:1", 1, 0, now.Add(4*time.Second)) == 0 {
		t.Error("who waits is forgotten before those who do not")
	}
}
