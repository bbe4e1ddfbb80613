package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kompeten/internal/flow"
	"kompeten/internal/text"
)

const overview = `From an office's list of people to a certificate anyone can check: each step is a call, takes the same use case as its page, and is written into the ledger.

**Tokens.** Send ` + "`Authorization: Bearer …`" + `. A token of an organisation (kpt_…) acts for it in one duty; its administrator makes it. Acts that the law reserves to a person (the assessor's judgement, consent, the committee's voice, the head's decree, revoking, giving duties) need a token of that person (kps_…): she signs in with create-session and acts in all her duties. Such calls say so.

**Creating.** Every call that makes something needs an Idempotency-Key; repeated, it acts once and gives the first answer again. A call under way holds its key; if its outcome was lost, look whether the thing was made before a new key is used.

**Changing.** A record's answer has an ETag. A change of it needs If-Match: 428 without, 412 if someone was faster, with the ETag of now and what was done last. Acts that only move a record from one state to the next are guarded by its Table: 409 from the wrong state.

**Actions.** A record tells in ` + "`actions`" + ` what the caller could do with it now, by which call, and which rules do not hold yet.

**Lists** come a page at a time; give ` + "`next`" + ` as ` + "`?after=`" + ` to go on.

**Problems** are RFC 9457, in Indonesian, or in English where Accept-Language asks for it. ` + "`code`" + ` does not change with the language; ` + "`errors`" + ` names the fields. What the caller may not see does not exist: 404.

**Personal data.** NIK and phone are masked in every answer; seeing one in full is an act with a reason that has a page and no call.

**Public check.** Anyone checks a certificate at /v/{code}, with no token; with Accept: application/json the answer is JSON.`

// The groups of calls, in the order of the process.
const (
	signIn        = "Sign-in"
	organisations = "Organisations"
	schemes       = "Standards and schemes"
	licences      = "Licences and registers"
	programmes    = "Programmes"
	lists         = "Participant lists"
	applications  = "Applications"
	schedules     = "Schedules"
	assessments   = "Assessments"
	meetings      = "Meetings"
	certificates  = "Certificates"
	looking       = "Progress and history"
)

func tags() (out []*huma.Tag) {
	for _, t := range []string{signIn, organisations, schemes, licences, programmes, lists, applications, schedules, assessments, meetings, certificates, looking} {
		out = append(out, &huma.Tag{Name: t})
	}
	return out
}

const base = "/api/v1"

// fails are the refusals every call knows.
var fails = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError}

func call(tag, id, method, path, summary, about string, more ...int) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: base + path, Summary: summary, Description: about, Tags: []string{tag}, Errors: append(slices.Clone(fails), more...)}
}

// get is a call that looks.
func get(tag, id, path, summary, about string) huma.Operation {
	return call(tag, id, http.MethodGet, path, summary, about)
}

// gives says of a call that its answer is a file of a kind.
func gives(op huma.Operation, kind string) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	return op
}

// make is a call that creates: once for a key.
func creates(tag, id, path, summary, about string, steps ...flow.Row) huma.Operation {
	op := call(tag, id, http.MethodPost, path, summary, about, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	op.DefaultStatus = http.StatusCreated
	return takes(op, steps)
}

// edits is a call that replaces what a record says: only the version that was shown.
func edits(tag, id, path, summary, about string, steps ...flow.Row) huma.Operation {
	op := call(tag, id, http.MethodPut, path, summary, about, http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	return takes(op, steps)
}

// acts is a call that takes a step its Table guards.
func acts(tag, id, path, summary, about string, steps ...flow.Row) huma.Operation {
	op := call(tag, id, http.MethodPost, path, summary, about, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	return takes(op, steps)
}

// actsSeen is a call that takes a step on the version that was shown.
func actsSeen(tag, id, path, summary, about string, steps ...flow.Row) huma.Operation {
	op := acts(tag, id, path, summary, about, steps...)
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	return op
}

// deletes is a call that takes something back.
func deletes(tag, id, path, summary, about string, steps ...flow.Row) huma.Operation {
	op := call(tag, id, http.MethodDelete, path, summary, about, http.StatusConflict)
	op.DefaultStatus = http.StatusNoContent
	return takes(op, steps)
}

// step finds a row of a Table.
func step(rows []flow.Row, do flow.Action) flow.Row {
	for _, r := range rows {
		if r.Do == do {
			return r
		}
	}
	return flow.Row{Kind: "no such step", Do: do}
}

// byPerson are the relations that only a person can have: no token of an organisation acts in them.
var byPerson = []string{"head", "org_admin", "committee_member", "committee_chair", "assigned_assessor", "candidate", "setup", "issue_job", "seat_job"}

// takes says of a call which steps it takes: who may, what must hold, which clause it stands for.
func takes(op huma.Operation, steps []flow.Row) huma.Operation {
	var names []string
	for _, r := range steps {
		names = append(names, r.Kind+"."+string(r.Do))
		var who, rules []string
		person := true
		for _, w := range r.By {
			person = person && slices.Contains(byPerson, w)
			if w != "setup" && !strings.HasSuffix(w, "_job") {
				who = append(who, text.T(text.EN, "who."+w))
			}
		}
		for _, rule := range r.If {
			rules = append(rules, text.T(text.EN, "rule."+rule))
		}
		op.Description += "\n\nStep " + r.Kind + "." + string(r.Do) + ". Open to: " + strings.Join(who, ", ") + "."
		if person {
			op.Description += " Reserved to a person: no token of an organisation can do it."
			op.Security = []map[string][]string{{"person": {}}}
		}
		if len(rules) > 0 {
			op.Description += " Must hold: " + strings.Join(rules, " ")
		}
		if r.Clause != "" {
			op.Description += " (" + r.Clause + ")"
		}
	}
	if op.Description = strings.TrimSpace(op.Description); len(names) > 0 {
		op.Extensions = map[string]any{"x-steps": names}
	}
	return op
}

// examples is a problem of each status.
var examples = map[int]*refusal{
	http.StatusBadRequest:            refuse(http.StatusBadRequest, "api.key_needed").(*refusal),
	http.StatusUnauthorized:          refuse(http.StatusUnauthorized, "api.send_token").(*refusal),
	http.StatusForbidden:             refuse(http.StatusForbidden, "flow.not_yours").(*refusal),
	http.StatusNotFound:              refuse(http.StatusNotFound, "db.not_found").(*refusal),
	http.StatusConflict:              refuse(http.StatusConflict, "flow.wrong_state").(*refusal),
	http.StatusPreconditionFailed:    {status: http.StatusPreconditionFailed, fault: refuse(0, "api.stale").(*refusal).fault, etag: `"4"`},
	http.StatusPreconditionRequired:  refuse(http.StatusPreconditionRequired, "api.if_match_needed").(*refusal),
	http.StatusRequestEntityTooLarge: refuse(http.StatusRequestEntityTooLarge, "api.status.413").(*refusal),
	http.StatusUnsupportedMediaType:  refuse(http.StatusUnsupportedMediaType, "api.content_type", "application/json").(*refusal),
	http.StatusUnprocessableEntity:   refuse(http.StatusUnprocessableEntity, "form.invalid").(*refusal),
	http.StatusTooManyRequests:       refuse(http.StatusTooManyRequests, "api.status.429").(*refusal),
	http.StatusInternalServerError:   refuse(http.StatusInternalServerError, "error.internal").(*refusal),
}

// illustrate gives every refusal in the description its example, and the shape that problems really have.
func illustrate(doc *huma.OpenAPI) {
	shape := doc.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, item := range doc.Paths {
		for _, op := range operations(item) {
			for status, r := range op.Responses {
				code, _ := strconv.Atoi(status)
				if ex := examples[code]; ex != nil {
					r.Description = title(text.EN, code)
					r.Content = map[string]*huma.MediaType{"application/problem+json": {Schema: shape, Example: words(text.EN, ex)}}
				}
			}
		}
	}
}
