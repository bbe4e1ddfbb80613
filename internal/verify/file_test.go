package verify_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kompeten/internal/certificate"
	"kompeten/internal/check"
	"kompeten/internal/credential"
	"kompeten/internal/fault"
	"kompeten/internal/tlog"
	"kompeten/internal/verify"
)

// failing is an installation that knows no certificate and whose keys are looked up by a function that fails as it likes.
type failing struct{ document func() ([]byte, error) }

func (failing) ByCode(context.Context, string) (certificate.Look, error) {
	return certificate.Look{}, fault.New(fault.NotFound, "verify.not_found")
}

func (f failing) ByNumber(ctx context.Context, number string) (certificate.Look, error) {
	return f.ByCode(ctx, number)
}

func (f failing) Trust() check.Trust { return f }

func (f failing) Document(context.Context, string) ([]byte, error) { return f.document() }

func (failing) Status(context.Context, string) ([]byte, error) { return nil, errors.New("no lists") }

func (failing) QRKeys(context.Context) (credential.QRKeys, error) { return nil, errors.New("no keys") }

func (failing) Log(context.Context) (tlog.Policy, bool) { return tlog.Policy{}, false }

func TestAFileThatBreaksOrStopsItsReaderHarmsNobodyElse(t *testing.T) {
	doc := credentialOf(t, sampleQR("7KQ2M9XD4HWP"), edKey)
	stuck := make(chan struct{})
	defer close(stuck)
	for _, c := range []struct {
		says     string
		document func() ([]byte, error)
		status   int
		holds    string
	}{
		{"a reader that breaks is our defect, and the program goes on", func() ([]byte, error) { panic("broken") }, http.StatusInternalServerError, "on our side"},
		{"a reader that does not end is not waited for", func() ([]byte, error) { <-stuck; return nil, nil }, http.StatusUnprocessableEntity, "too complicated"},
		{"keys that cannot be fetched leave it unconfirmed", func() ([]byte, error) { return nil, errors.New("away") }, http.StatusOK, `"verdict":"unconfirmed"`},
	} {
		mux := http.NewServeMux()
		verify.New(failing{c.document}, verify.Config{Now: time.Now}, slog.New(slog.DiscardHandler)).Register(mux)
		began := time.Now()
		req := httptest.NewRequest("POST", "/check/file", bytes.NewReader(doc))
		req.Header.Set("Accept", "application/json")
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, req)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.holds) {
			t.Errorf("%s: %d %s", c.says, rec.Code, rec.Body)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: %v", c.says, took)
		}
	}
}
