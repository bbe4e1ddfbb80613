package id_test

import (
	"strings"
	"testing"
	"time"

	"kompeten/internal/id"
)

func TestIdentifiersSortByTimeAndNeverMeet(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	last := ""
	for i := range 1000 {
		x := id.New("app", now.Add(time.Duration(i)*time.Millisecond))
		if seen[x] || x <= last || !strings.HasPrefix(x, "app_") {
			t.Fatal(x, last)
		}
		seen[x], last = true, x
	}
}

func TestCodesHaveNoLookAlikes(t *testing.T) {
	for range 100 {
		if c := id.Code(12); len(c) != 12 || strings.ContainsAny(c, "01IO") {
			t.Fatal(c)
		}
	}
}
