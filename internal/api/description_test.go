package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/api"
	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/decision"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/product"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
)

// described is the description as a program reads it.
type described struct {
	OpenAPI string `json:"openapi"`
	Info    struct{ Title, Description string }
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string
		Description string
		Tags        []string
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		Responses   map[string]struct {
			Content map[string]struct{ Schema, Example any }
		}
	}
	Security []map[string][]string
}

func description(t *testing.T) (d described, raw string) {
	t.Helper()
	w := httptest.NewRecorder()
	api.New(product.Services{}, "test").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d, w.Body.String()
}

func TestEveryCallIsDescribed(t *testing.T) {
	d, raw := description(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") || !strings.Contains(d.Info.Description, "/v/{code}") || len(d.Security) != 2 {
		t.Errorf("%s %v", d.OpenAPI, d.Security)
	}
	seen := map[string]string{}
	for path, item := range d.Paths {
		for method, op := range item {
			name := strings.ToUpper(method) + " " + path
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || seen[op.OperationID] != "" {
				t.Errorf("%s: id %q (also %s), summary %q, tags %v", name, op.OperationID, seen[op.OperationID], op.Summary, op.Tags)
			}
			seen[op.OperationID] = name
			if strings.Contains(op.Description, "no such step") {
				t.Errorf("%s takes a step that no Table has: %s", name, op.Description)
			}
			good := 0
			for status, r := range op.Responses {
				if status[0] == '2' {
					good++
					continue
				}
				p := r.Content["application/problem+json"]
				if p.Schema == nil || p.Example == nil {
					t.Errorf("%s: %s has no example of a problem", name, status)
				}
			}
			if good != 1 || len(op.Responses) < 5 {
				t.Errorf("%s has %d good answers of %d", name, good, len(op.Responses))
			}
			for _, p := range op.Parameters {
				if p.In == "path" && !strings.Contains(path, "{"+p.Name+"}") {
					t.Errorf("%s: no %s in its path", name, p.Name)
				}
				if p.Name == "Idempotency-Key" && op.Responses["409"].Content == nil || p.Name == "If-Match" && op.Responses["412"].Content == nil {
					t.Errorf("%s does not say how %s is refused", name, p.Name)
				}
			}
		}
	}
	if strings.Contains(raw, "no such step") || len(seen) < 100 {
		t.Errorf("%d calls", len(seen))
	}
}

func TestTheCallsDescribedAreTheCallsThereAre(t *testing.T) {
	d, _ := description(t)
	h := api.New(product.Services{}, "test")
	n := 0
	for _, c := range api.Calls() {
		n++
		if d.Paths[c.Path][strings.ToLower(c.Method)].OperationID != c.OperationID {
			t.Errorf("%s %s is not described", c.Method, c.Path)
		}
		if c.Security != nil && len(c.Security) == 0 {
			continue // sign-in
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.Method, strings.NewReplacer("{", "", "}", "").Replace(c.Path), nil))
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s answers a stranger with %d", c.Method, c.Path, w.Code)
		}
	}
	all := 0
	for _, item := range d.Paths {
		all += len(item)
	}
	if all != n {
		t.Errorf("%d described, %d there", all, n)
	}
}

// without are steps that no call takes, each with the reason.
var without = map[string]string{
	"application.confirm":      "the person's own, by her letter's link",
	"application.withdraw":     "the person's own, by her letter's link",
	"application.refresh":      "follows from list-upload and fix-row",
	"application.letter":       "taken by programme-letters, which only looks",
	"programme.reveal_row":     "NIK and phone in full are shown on a page only",
	"programme.amend":          "follows from upload-list",
	"programme.reserve":        "a part of nominate",
	"programme.release":        "follows from an application that ended",
	"programme.promote":        "follows from a seat that became free",
	"certificate.renew":        "follows from the issue of a certificate to who holds one of the same scheme",
	"organisation.set_numbers": "how numbers are written is a setting, on a page",
}

func TestEveryStepOfThePathIsACall(t *testing.T) {
	var taken []string
	for _, c := range api.Calls() {
		if steps, ok := c.Extensions["x-steps"].([]string); ok {
			taken = append(taken, steps...)
		}
	}
	for _, rows := range [][]flow.Row{organisation.Flow.Rows(), standard.Flow.Rows(), scheme.Flow.Rows(), licence.Flow.Rows(), programme.Flow.Rows(), application.Flow.Rows(),
		assessment.ScheduleFlow.Rows(), assessment.Flow.Rows(), decision.Flow.Rows(), certificate.Flow.Rows()} {
		for _, r := range rows {
			step := r.Kind + "." + string(r.Do)
			if has := slices.Contains(taken, step); has == (without[step] != "") {
				t.Errorf("%s: call %v, reason against one %q", step, has, without[step])
			}
		}
	}
}
