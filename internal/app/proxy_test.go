package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"kompeten/internal/app"
)

func TestOnlyAProxyThatIsSetSaysWhoAsks(t *testing.T) {
	a := installation(t, app.Config{Data: t.TempDir(), Rate: 2, Proxies: []string{"10.0.0.2", "10.1.0.0/16", "::1"}})
	t.Cleanup(func() { _ = a.Close() })
	h := a.Handler(false, nil)
	ask := func(peer string, chain ...string) int {
		req := httptest.NewRequest("GET", "/v/AAAABBBBCCCC", nil)
		req.RemoteAddr = peer
		for _, c := range chain {
			req.Header.Add("X-Forwarded-For", c)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		return rec.Code
	}
	for _, c := range []struct {
		says  string
		peer  string
		chain []string
		want  int
	}{
		{"a visitor behind the proxy", "10.0.0.2:1", []string{"192.0.2.1"}, http.StatusNotFound},
		{"misses once too often", "10.0.0.2:1", []string{"192.0.2.1"}, http.StatusTooManyRequests},
		{"also through another proxy", "10.1.7.7:1", []string{"192.0.2.1"}, http.StatusTooManyRequests},
		{"and through two of them", "10.1.7.7:1", []string{"192.0.2.1, 10.0.0.2"}, http.StatusTooManyRequests},
		{"whatever she wrote in front herself", "10.0.0.2:1", []string{"198.51.100.9", "192.0.2.1"}, http.StatusTooManyRequests},
		{"her neighbour does not wait", "10.0.0.2:1", []string{"192.0.2.2"}, http.StatusNotFound},
		{"nor one who comes by IPv6", "[::1]:1", []string{"2001:db8::7"}, http.StatusNotFound},
		{"one without a proxy", "192.0.2.3:1", []string{"192.0.2.4"}, http.StatusNotFound},
		{"is herself, whatever she writes", "192.0.2.3:1", []string{"192.0.2.5"}, http.StatusTooManyRequests},
		{"a proxy that says nothing is a visitor", "10.0.0.2:1", nil, http.StatusNotFound},
		{"and so is one that says nonsense", "10.0.0.2:1", []string{"unknown"}, http.StatusTooManyRequests},
	} {
		if got := ask(c.peer, c.chain...); got != c.want {
			t.Errorf("%s: %d", c.says, got)
		}
	}
	if _, err := app.Open(context.Background(), app.Config{Data: t.TempDir(), Base: "https://contoh.id", Readers: 1, Proxies: []string{"nginx"}}, &app.Clock{}, discard); err == nil {
		t.Error("a proxy by name is taken, and whoever answers under it believed")
	}
}
