package api

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	xlanguage "golang.org/x/text/language"

	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/text"
)

// Problem is what goes back when a call is refused (RFC 9457), in the language the caller asked for.
type Problem struct {
	Type    string    `json:"type" example:"about:blank"`
	Title   string    `json:"title" doc:"The kind of problem"`
	Status  int       `json:"status"`
	Detail  string    `json:"detail" doc:"What was wrong, for people"`
	Code    string    `json:"code,omitempty" doc:"What was wrong, for programs: it does not change with the language"`
	Errors  []Wrong   `json:"errors,omitempty" doc:"Fields that were wrong"`
	ETag    string    `json:"etag,omitempty" doc:"With 412: the record's ETag now"`
	Changed []History `json:"changed,omitempty" doc:"With 412: what was done to the record last"`
}

// ContentType is that of problems.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// Wrong is one field that was wrong.
type Wrong struct {
	Location string `json:"location" example:"body.budget"`
	Message  string `json:"message"`
	Code     string `json:"code,omitempty"`
}

// refusal is a problem before it is put into words.
type refusal struct {
	status  int
	fault   *fault.Fault
	etag    string
	changed []ledger.Row
}

// Error is for logs.
func (r *refusal) Error() string { return r.fault.Error() }

// GetStatus is the HTTP status.
func (r *refusal) GetStatus() int { return r.status }

// ContentType is that of problems.
func (*refusal) ContentType(string) string { return "application/problem+json" }

// MarshalJSON is not reached: speak puts a refusal into words first.
func (r *refusal) MarshalJSON() ([]byte, error) { return json.Marshal(words(text.ID, r)) }

// refuse makes a problem whose status is that of the protocol and not of a fault.
func refuse(status int, key string, args ...any) error {
	return &refusal{status: status, fault: &fault.Fault{Key: key, Args: args}}
}

// refused makes a problem of an error: the status of its kind, the fields that were wrong. What is not a fault is our
// defect, and says nothing.
func refused(err error) error {
	if err == nil {
		return nil
	}
	if r, ok := err.(*refusal); ok {
		return r
	}
	f := fault.Of(err)
	if f == nil {
		f = fault.New(fault.Internal, "error.internal")
	}
	return &refusal{status: fault.Status(err), fault: f}
}

// answer writes a refusal from before the call was reached.
func answer(a huma.API, ctx huma.Context, err error) {
	p := words(language(ctx), err.(*refusal))
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetHeader("Content-Language", string(language(ctx)))
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	ctx.SetStatus(p.Status)
	_ = a.Marshal(ctx.BodyWriter(), "application/json", p)
}

var languages = xlanguage.NewMatcher([]xlanguage.Tag{xlanguage.Indonesian, xlanguage.English})

// language is the one the caller likes best of ours; Indonesian where she does not say.
func language(ctx huma.Context) text.Lang {
	tag, _ := xlanguage.MatchStrings(languages, ctx.Header("Accept-Language"))
	return text.Parse(tag.String())
}

// speak puts refusals into words, ours and those of the library that reads requests.
func speak(ctx huma.Context, _ string, v any) (any, error) {
	ctx.SetHeader("Vary", "Accept-Language")
	switch p := v.(type) {
	case *refusal:
		ctx.SetHeader("Content-Language", string(language(ctx)))
		return words(language(ctx), p), nil
	case *huma.ErrorModel:
		ctx.SetHeader("Content-Language", string(language(ctx)))
		return translated(language(ctx), p), nil
	}
	return v, nil
}

func title(l text.Lang, status int) string {
	if key := "api.status." + strconv.Itoa(status); text.Has(key) {
		return text.T(l, key)
	}
	return http.StatusText(status)
}

func words(l text.Lang, r *refusal) *Problem {
	p := &Problem{Type: "about:blank", Title: title(l, r.status), Status: r.status, Detail: text.T(l, r.fault.Key, r.fault.Args...), Code: r.fault.Key, ETag: r.etag}
	for _, f := range r.fault.Fields {
		p.Errors = append(p.Errors, Wrong{"body." + f.Name, text.T(l, f.Key, f.Args...), f.Key})
	}
	for _, row := range r.changed {
		p.Changed = append(p.Changed, told(l, row))
	}
	return p
}

// checks are the findings of the library that checks requests, each with our key for it.
var checks = []struct {
	is  *regexp.Regexp
	key string
}{
	{regexp.MustCompile(`^expected required property (\S+) to be present$`), "api.check.required"},
	{regexp.MustCompile(`^required \w+ parameter is missing$`), "api.check.missing"},
	{regexp.MustCompile(`^unexpected property$`), "api.check.unexpected"},
	{regexp.MustCompile(`^unknown query parameter$`), "api.check.unknown_parameter"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), "api.check.one_of"},
	{regexp.MustCompile(`^expected number >= (\S+)$`), "api.check.at_least"},
	{regexp.MustCompile(`^expected number <= (\S+)$`), "api.check.at_most"},
	{regexp.MustCompile(`^expected length >= (\d+)$`), "api.check.longer"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "api.check.shorter"},
	{regexp.MustCompile(`^expected array length >= (\d+)$`), "api.check.more"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), "api.check.fewer"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date$`), "api.check.date"},
	{regexp.MustCompile(`^(?:expected|invalid) (?:number|integer).*$`), "api.check.number"},
	{regexp.MustCompile(`^(?:expected|invalid) boolean.*$`), "api.check.boolean"},
	{regexp.MustCompile(`^expected (?:string|object|array)$`), "api.check.kind"},
}

// translated is what the library found, in our words.
func translated(l text.Lang, e *huma.ErrorModel) *Problem {
	p := &Problem{Type: "about:blank", Title: title(l, e.Status), Status: e.Status, Detail: title(l, e.Status)}
	for _, d := range e.Errors {
		w := Wrong{Location: d.Location, Message: text.T(l, "api.check.wrong"), Code: "api.check.wrong"}
		for _, c := range checks {
			if m := c.is.FindStringSubmatch(d.Message); m != nil {
				args := []any{}
				for _, s := range m[1:] {
					args = append(args, strings.TrimSpace(s))
				}
				w.Message, w.Code = text.T(l, c.key, args...), c.key
				break
			}
		}
		p.Errors = append(p.Errors, w)
	}
	if len(p.Errors) > 0 {
		p.Detail, p.Code = text.T(l, "form.invalid"), "form.invalid"
	}
	return p
}

// lang is the language of a call that is under way.
func lang(ctx context.Context) text.Lang { return calling(ctx).lang }
