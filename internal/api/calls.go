package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/text"
)

// ByID names the record a call is about.
type ByID struct {
	ID string `path:"id" doc:"Identifier of the record"`
}

// From is where a list goes on.
type From struct {
	After string `query:"after" doc:"The next of the page before; nothing begins at the beginning"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Seen is the version of a record that the caller changes.
type Seen struct {
	IfMatch string `header:"If-Match" example:"\"3\"" doc:"The ETag the record was answered with, so that nobody's change is overwritten"`
}

// Why is the reason of an act that needs one; it stands in the ledger.
type Why struct {
	Reason string `json:"reason" minLength:"3" maxLength:"1000"`
}

// ReasonIn is an act on a record with its reason.
type ReasonIn struct {
	ByID
	Body Why
}

// SeenIn is an act on the version of a record that was shown.
type SeenIn struct {
	ByID
	Seen
}

// SeenReasonIn is the same with a reason.
type SeenReasonIn struct {
	ByID
	Seen
	Body Why
}

// one is the answer that tells one record.
type one[T any] struct {
	ETag string `header:"ETag" doc:"Send it as If-Match with a change"`
	Body T
}

// list is the answer that tells a page of many.
type list[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next,omitempty" doc:"Give it as ?after= to go on; absent at the end"`
	}
}

// created is the answer to a creating call.
type created struct {
	ID string `json:"id" doc:"Identifier of what was made"`
}

// Action is something the caller may do with a record in its state, by the Table of its kind.
type Action struct {
	Action  string   `json:"action" example:"accept"`
	Name    string   `json:"name" doc:"In the caller's language"`
	Call    string   `json:"call,omitempty" doc:"The call that does it" example:"POST /api/v1/applications/{id}/accept"`
	To      string   `json:"to,omitempty" doc:"State it leads to; absent where it stays"`
	Reason  bool     `json:"reason,omitempty" doc:"A reason has to be given"`
	Blocked []string `json:"blocked,omitempty" doc:"Rules that do not hold yet; absent when it can be done now"`
}

// offers tells what the caller could do with a record.
func (s *server) offers(ctx context.Context, kind string, all []flow.Offer) []Action {
	out := []Action{}
	l := lang(ctx)
	for _, o := range all {
		step := kind + "." + string(o.Action)
		a := Action{Action: string(o.Action), Name: text.T(l, "action."+step), Call: s.steps[step], Reason: o.Reason}
		if a.Call == "" {
			continue // a part of another step, or the system's own
		}
		if o.To != flow.Same {
			a.To = string(o.To)
		}
		for _, rule := range o.Failed {
			a.Blocked = append(a.Blocked, text.T(l, rule))
		}
		out = append(out, a)
	}
	return out
}

// now is what Tables look at for a caller in a transaction.
func now(ctx context.Context, tx *db.Tx) flow.Case {
	return flow.Case{Actor: actor(ctx), Now: tx.Now(), Today: date.Of(tx.Now(), date.WIB)}
}

// see runs a read-only look at the database.
func see[T any](ctx context.Context, s *server, fn func(tx *db.Tx, who auth.Actor) (T, error)) (T, error) {
	var out T
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = fn(tx, actor(ctx)); return err })
	return out, refused(err)
}

// tell answers one record.
func tell[T any](ctx context.Context, s *server, fn func(tx *db.Tx, who auth.Actor) (T, int64, error)) (*one[T], error) {
	out := &one[T]{}
	_, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) (none struct{}, err error) {
		var version int64
		if out.Body, version, err = fn(tx, who); version > 0 {
			out.ETag = etag(version)
		}
		return none, err
	})
	return out, err
}

// page cuts a list that is in a fixed order, and not long, to the page the caller asked for.
func page[R, T any](ctx context.Context, s *server, from From, id func(R) string, show func(R) T, fn func(tx *db.Tx, who auth.Actor) ([]R, error)) (*list[T], error) {
	all, err := see(ctx, s, fn)
	if err != nil {
		return nil, err
	}
	if from.After != "" {
		at := slices.IndexFunc(all, func(r R) bool { return id(r) == from.After })
		if at < 0 {
			return nil, refused(fault.New(fault.Invalid, "api.after_unknown"))
		}
		all = all[at+1:]
	}
	return cut(all, from.Limit, id, show), nil
}

// listed is a page of a list that the database cuts. fn is given the id of the last record of the page before.
func listed[R, T any](ctx context.Context, s *server, from From, show func(R) T, fn func(tx *db.Tx, who auth.Actor, last string) ([]R, names.Key, error)) (*list[T], error) {
	last, _, _ := from.place()
	var next names.Key
	all, err := see(ctx, s, func(tx *db.Tx, who auth.Actor) (all []R, err error) {
		all, next, err = fn(tx, who, last)
		return all, err
	})
	if err != nil {
		return nil, err
	}
	out := cut(all, len(all), nil, show)
	out.Body.Next = next.ID
	if next.Word != "" {
		out.Body.Next += "~" + next.Word
	}
	if next.Word != "" && next.After == "" {
		out.Body.Next += "~"
	}
	return out, nil
}

// place takes apart where a list goes on: after which record, in a search by name after which of its words, and whether
// that search is in the order of entry.
func (f From) place() (id, word string, entry bool) {
	id, word, _ = strings.Cut(f.After, "~")
	word, _, entry = strings.Cut(word, "~")
	return id, word, entry
}

// at is that place as a Key, for a list that has the record there.
func (f From) at(k names.Key) names.Key {
	_, word, entry := f.place()
	if k.Word = word; entry {
		k.After = ""
	}
	return k
}

// cut makes a page of the beginning of a list.
func cut[R, T any](all []R, limit int, id func(R) string, show func(R) T) *list[T] {
	out := &list[T]{}
	out.Body.Items = make([]T, 0, min(len(all), limit))
	for i, r := range all {
		if i == limit {
			out.Body.Next = id(all[i-1])
			break
		}
		out.Body.Items = append(out.Body.Items, show(r))
	}
	return out
}

// do is an act on a record that its Table guards; the answer is the record after it.
func do[ID ~string, T any](act func(context.Context, auth.Actor, ID) error, show func(context.Context, *ByID) (*one[T], error)) func(context.Context, *ByID) (*one[T], error) {
	return func(ctx context.Context, in *ByID) (*one[T], error) {
		if err := act(ctx, actor(ctx), ID(in.ID)); err != nil {
			return nil, refused(err)
		}
		return show(ctx, in)
	}
}

// doFor is an act that needs a reason.
func doFor[ID ~string, T any](act func(context.Context, auth.Actor, ID, string) error, show func(context.Context, *ByID) (*one[T], error)) func(context.Context, *ReasonIn) (*one[T], error) {
	return func(ctx context.Context, in *ReasonIn) (*one[T], error) {
		if err := act(ctx, actor(ctx), ID(in.ID), in.Body.Reason); err != nil {
			return nil, refused(err)
		}
		return show(ctx, &in.ByID)
	}
}

// doSeen is an act on the version that was shown.
func doSeen[ID ~string, T any](s *server, act func(context.Context, auth.Actor, ID, int64) error, show func(context.Context, *ByID) (*one[T], error)) func(context.Context, *SeenIn) (*one[T], error) {
	return func(ctx context.Context, in *SeenIn) (*one[T], error) {
		return change(ctx, s, in.ByID, in.Seen, show, func(v int64) error { return act(ctx, actor(ctx), ID(in.ID), v) })
	}
}

// doSeenFor is the same with a reason.
func doSeenFor[ID ~string, T any](s *server, act func(context.Context, auth.Actor, ID, int64, string) error, show func(context.Context, *ByID) (*one[T], error)) func(context.Context, *SeenReasonIn) (*one[T], error) {
	return func(ctx context.Context, in *SeenReasonIn) (*one[T], error) {
		return change(ctx, s, in.ByID, in.Seen, show, func(v int64) error { return act(ctx, actor(ctx), ID(in.ID), v, in.Body.Reason) })
	}
}

// change makes a change to the version of a record that the caller was shown. Where someone was faster the answer is
// 412, with the ETag of now and what was done last.
func change[T any](ctx context.Context, s *server, id ByID, seen Seen, show func(context.Context, *ByID) (*one[T], error), act func(version int64) error) (*one[T], error) {
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	err = act(version)
	if err == nil {
		return show(ctx, &id)
	}
	if !fault.Is(err, fault.Conflict) {
		return nil, refused(err)
	}
	have, gone := show(ctx, &id)
	if gone != nil {
		return nil, gone
	}
	if have.ETag == etag(version) {
		return nil, refused(err) // the state does not allow it, whatever was shown
	}
	past, lost := see(ctx, s, func(tx *db.Tx, who auth.Actor) ([]ledger.Row, error) { return ledger.Of(tx, who, id.ID) })
	if lost != nil {
		return nil, lost
	}
	return nil, &refusal{status: http.StatusPreconditionFailed, fault: fault.New(fault.Conflict, "api.stale"), etag: have.ETag, changed: past[max(0, len(past)-3):]}
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// version reads the header back.
func (s Seen) version() (int64, error) {
	if s.IfMatch == "" {
		return 0, refuse(http.StatusPreconditionRequired, "api.if_match_needed")
	}
	v, err := strconv.ParseInt(strings.Trim(s.IfMatch, `"`), 10, 64)
	if err != nil || s.IfMatch != etag(v) {
		return 0, refuse(http.StatusBadRequest, "api.if_match_wrong")
	}
	return v, nil
}

// File is an answer that is a file.
type File struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Keep string `header:"Cache-Control"`
	Body []byte
}

func file(name, kind string, data []byte) *File {
	return &File{kind, attachment(name), "no-store", data}
}

func attachment(name string) string {
	return `attachment; filename="` + strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|`, r) {
			return '-'
		}
		return r
	}, name) + `"`
}

// printed is a document that becomes a PDF.
type printed interface{ PDF() ([]byte, error) }

// pdf answers a document.
func pdf(ctx context.Context, s *server, name string, fill func(*db.Tx, auth.Actor) (printed, error)) (*File, error) {
	d, err := see(ctx, s, fill)
	if err != nil {
		return nil, err
	}
	data, err := d.PDF()
	if err != nil {
		return nil, refused(fmt.Errorf("%s: %w", name, err))
	}
	return file(name, "application/pdf", data), nil
}

// add registers a call and notes which steps of Tables it takes.
func add[I, O any](s *server, a huma.API, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	if steps, ok := op.Extensions["x-steps"].([]string); ok {
		for _, step := range steps {
			s.steps[step] = op.Method + " " + op.Path
		}
	}
	huma.Register(a, op, h)
}
