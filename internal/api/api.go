// Package api is the platform for other programs: REST and JSON under /api/v1, described by OpenAPI 3.1 that is
// derived from the calls, with tokens of organisations and of persons, idempotency keys on creating calls, ETag and
// If-Match on edits, keyset paging, and problems as RFC 9457 tells them (API-01).
//
// Every call that changes something stands for a step of a Table and goes through the same use case as its page.
package api

import (
	"context"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kompeten/internal/auth"
	"kompeten/internal/fault"
	"kompeten/internal/product"
	"kompeten/internal/text"
)

// server answers calls.
type server struct {
	product.Services
	steps map[string]string // step of a Table, "programme.open" → the call that takes it
}

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
	for _, path := range slices.Sorted(maps.Keys(a.OpenAPI().Paths)) {
		for _, op := range operations(a.OpenAPI().Paths[path]) {
			out = append(out, *op)
		}
	}
	return out
}

func operations(item *huma.PathItem) (out []*huma.Operation) {
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op != nil {
			out = append(out, op)
		}
	}
	return out
}

func register(mux *http.ServeMux, s product.Services, version string) huma.API {
	cfg := huma.DefaultConfig("Kompeten", version)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = "/api/openapi", "", "", nil
	cfg.Info.Description, cfg.Tags = overview, tags()
	cfg.RejectUnknownQueryParameters = true
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"organisation": {Type: "http", Scheme: "bearer", BearerFormat: "kpt_…", Description: "Token of an organisation in one duty; its administrator makes it."},
		"person":       {Type: "http", Scheme: "bearer", BearerFormat: "kps_…", Description: "Token of a person, made by sign-in: she acts herself, in all her duties."},
	}
	cfg.Security = []map[string][]string{{"organisation": {}}, {"person": {}}}
	cfg.Transformers = []huma.Transformer{speak}
	a := humago.New(mux, cfg)
	srv := &server{s, map[string]string{}}
	a.UseMiddleware(srv.enter(a), understood(a))
	srv.routes(a)
	illustrate(a.OpenAPI())
	return a
}

// who is the caller: found by the token, with what a sign-in looks at.
type who struct {
	actor   auth.Actor
	account string // whose idempotency keys: a token's id or a person's
	session string // of a person's token
	address string
	agent   string
	lang    text.Lang
}

// caller is the key under which a request carries who calls.
type caller struct{}

func calling(ctx context.Context) who { return ctx.Value(caller{}).(who) }

func actor(ctx context.Context) auth.Actor { return calling(ctx).actor }

// open marks a call that needs no token.
var open = []map[string][]string{}

// enter finds out who calls; without a token nobody comes in but to sign in.
func (s *server) enter(a huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		w := who{address: host(ctx.RemoteAddr()), agent: ctx.Header("User-Agent"), lang: language(ctx)}
		if security := ctx.Operation().Security; security == nil || len(security) > 0 {
			if err := s.recognise(ctx.Context(), ctx.Header("Authorization"), &w); err != nil {
				answer(a, ctx, refused(err))
				return
			}
		}
		next(huma.WithValue(ctx, caller{}, w))
	}
}

// recognise fills in whose token was sent.
func (s *server) recognise(ctx context.Context, header string, w *who) error {
	secret, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return fault.New(fault.SignIn, "api.send_token")
	}
	if session, ok := strings.CutPrefix(secret, personal); ok {
		actor, ses, err := s.People.Who(ctx, session)
		w.actor, w.account, w.session = actor, string(actor.Person), ses.ID
		return err
	}
	actor, token, err := s.Organisations.ByToken(ctx, secret)
	w.actor, w.account = actor, token
	return err
}

func host(address string) string {
	if i := strings.LastIndexByte(address, ':'); i > 0 {
		return address[:i]
	}
	return address
}

// understood refuses a body of a kind the call does not read, before it is read.
func understood(a huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		body := ctx.Operation().RequestBody
		kind, _, _ := mime.ParseMediaType(ctx.Header("Content-Type"))
		if body != nil && body.Content[kind] == nil {
			answer(a, ctx, refuse(http.StatusUnsupportedMediaType, "api.content_type", strings.Join(slices.Sorted(maps.Keys(body.Content)), ", ")))
			return
		}
		next(ctx)
	}
}
