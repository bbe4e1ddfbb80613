// Package fault is what can go wrong in a way a person can act on.
//
// A Fault says what was wrong as a message key and its arguments; the words stand in the text catalogues, the
// HTTP status in the table below. Any other error that reaches an edge is our defect: the visitor reads
// "internal error" and a number, the log has the text.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind sorts faults by what the person who meets one can do about it.
type Kind string

// The kinds. Internal is the zero value: what nobody classified is our defect.
const (
	Internal Kind = ""          // our defect
	Invalid  Kind = "invalid"   // correct the input
	Denied   Kind = "denied"    // ask someone whose duty it is
	NotFound Kind = "not_found" // it does not exist, or you may not see it
	Conflict Kind = "conflict"  // someone was faster: look again
	Later    Kind = "later"     // too many or too busy: try again
	SignIn   Kind = "sign_in"   // say who you are first
	TooLarge Kind = "too_large" // send less
)

var status = map[Kind]int{
	Internal: http.StatusInternalServerError,
	Invalid:  http.StatusUnprocessableEntity,
	Denied:   http.StatusForbidden,
	NotFound: http.StatusNotFound,
	Conflict: http.StatusConflict,
	Later:    http.StatusTooManyRequests,
	SignIn:   http.StatusUnauthorized,
	TooLarge: http.StatusRequestEntityTooLarge,
}

// Field is one form field that was wrong, and why.
type Field struct {
	Name string // as the form calls it
	Key  string // message key
	Args []any
}

// Fault is an error that people can act on.
type Fault struct {
	Kind   Kind
	Key    string // message key in the text catalogues
	Args   []any
	Fields []Field
	Cause  error // for the log, never shown
}

// New makes a fault of a kind, with its message key and the arguments of its placeholders.
func New(kind Kind, key string, args ...any) *Fault {
	return &Fault{Kind: kind, Key: key, Args: args}
}

// With adds a field that was wrong; it returns the same fault so that calls chain.
func (f *Fault) With(name, key string, args ...any) *Fault {
	f.Fields = append(f.Fields, Field{name, key, args})
	return f
}

// Because keeps the cause for the log.
func (f *Fault) Because(err error) *Fault {
	f.Cause = err
	return f
}

// Or returns nil when no field was found wrong, so that a check can end with "return f.Or()".
func (f *Fault) Or() error {
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// Error is for logs and tests; people read the catalogue text of Key.
func (f *Fault) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Key)
	if len(f.Args) > 0 {
		fmt.Fprintf(&b, " %v", f.Args)
	}
	for _, x := range f.Fields {
		fmt.Fprintf(&b, "; %s: %s %v", x.Name, x.Key, x.Args)
	}
	if f.Cause != nil {
		fmt.Fprintf(&b, ": %v", f.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Of finds the fault in an error chain; nil if the error is plain, and so our defect.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is says whether the error is a fault of that kind. Internal matches every plain error.
func Is(err error, kind Kind) bool {
	if err == nil {
		return false
	}
	f := Of(err)
	if f == nil {
		return kind == Internal
	}
	return f.Kind == kind
}

// Status is the HTTP status of an error; 200 for none.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	f := Of(err)
	if f == nil {
		return http.StatusInternalServerError
	}
	return status[f.Kind]
}
