// Package api is the platform for other programs: REST and JSON under /api/v1, described by OpenAPI 3.1 that is
// derived from the calls, with tokens per organisation, idempotency keys on creating calls, ETag and If-Match on
// edits, keyset paging, and problems as RFC 9457 tells them (API-01).
package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kompeten/internal/auth"
	"kompeten/internal/fault"
	"kompeten/internal/organisation"
	"kompeten/internal/product"
	"kompeten/internal/text"
)

// server answers calls.
type server struct{ product.Services }

// New makes the handler of the API and of its description.
func New(s product.Services, version string) http.Handler {
	mux := http.NewServeMux()
	register(mux, s, version)
	return mux
}

// Calls lists every call for the documents.
func Calls() []huma.Operation {
	a := register(http.NewServeMux(), product.Services{}, "")
	var out []huma.Operation
	for _, path := range sorted(a.OpenAPI().Paths) {
		item := a.OpenAPI().Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				out = append(out, huma.Operation{Method: op.Method, Path: op.Path, Summary: op.Summary})
			}
		}
	}
	return out
}

func register(mux *http.ServeMux, s product.Services, version string) huma.API {
	cfg := huma.DefaultConfig("Kompeten", version)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = "/api/openapi", "", "", nil
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "Token of an organisation, made by its administrator."}}
	cfg.Security = []map[string][]string{{"token": {}}}
	a := humago.New(mux, cfg)
	srv := &server{s}
	a.UseMiddleware(srv.enter(a))
	srv.routes(a)
	return a
}

// caller is who calls, found by the token.
type caller struct{}

// enter finds out who calls; without a token nobody comes in.
func (s *server) enter(a huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
		if !ok {
			_ = huma.WriteErr(a, ctx, http.StatusUnauthorized, "Send the token of your organisation: Authorization: Bearer kpt_…")
			return
		}
		actor, token, err := s.Organisations.ByToken(ctx.Context(), secret)
		if err != nil {
			_ = huma.WriteErr(a, ctx, fault.Status(err), words(err))
			return
		}
		next(huma.WithValue(ctx, caller{}, who{actor, token}))
	}
}

type who struct {
	actor auth.Actor
	token string
}

func actor(ctx context.Context) auth.Actor { return ctx.Value(caller{}).(who).actor }

// words is an error as a program's author reads it.
func words(err error) string {
	if f := fault.Of(err); f != nil {
		return text.T(text.EN, f.Key, f.Args...)
	}
	return "internal error"
}

// problem makes an RFC 9457 problem of an error: the status of its kind, the fields that were wrong.
func problem(err error) error {
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	if f == nil {
		return huma.NewError(http.StatusInternalServerError, "internal error")
	}
	var details []error
	for _, x := range f.Fields {
		details = append(details, &huma.ErrorDetail{Location: "body." + x.Name, Message: text.T(text.EN, x.Key, x.Args...)})
	}
	return huma.NewError(fault.Status(err), words(err), details...)
}

// created is the answer to a creating call.
type created struct {
	ID string `json:"id" doc:"Identifier of what was made"`
}

// once runs a creating call once for a key: the same key and body again gets the same answer, another body with the
// same key is refused.
func (s *server) once(ctx context.Context, key string, body any, make func() (string, error)) (created, error) {
	if key == "" {
		return created{}, huma.NewError(http.StatusBadRequest, "Send an Idempotency-Key with calls that create, so that a repeated call acts once.")
	}
	b, err := json.Marshal(body)
	if err != nil {
		return created{}, err
	}
	sum := sha256.Sum256(b)
	token := ctx.Value(caller{}).(who).token
	had, found, err := s.Organisations.Recall(ctx, token, key)
	if err != nil {
		return created{}, problem(err)
	}
	if found {
		if string(had.Request) != string(sum[:]) {
			return created{}, huma.NewError(http.StatusConflict, "This Idempotency-Key was used for another request.")
		}
		var out created
		return out, json.Unmarshal([]byte(had.Body), &out)
	}
	id, err := make()
	if err != nil {
		return created{}, problem(err)
	}
	out := created{id}
	answer, err := json.Marshal(out)
	if err != nil {
		return out, err
	}
	return out, problem(s.Organisations.Remember(ctx, token, key, organisation.Reply{Request: sum[:], Status: http.StatusCreated, Body: string(answer)}))
}

func etag(version int64) string { return fmt.Sprintf(`"%d"`, version) }

// matched reads an If-Match header back into a version.
func matched(header string) (int64, error) {
	var v int64
	if _, err := fmt.Sscanf(header, `"%d"`, &v); err != nil {
		return 0, huma.NewError(http.StatusPreconditionRequired, "Send If-Match with the ETag you were given, so that nobody's change is overwritten.")
	}
	return v, nil
}
