package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Time is an instant in a column: UTC, microseconds; in SQLite a text of fixed width, so that it sorts. The zero
// Time is NULL.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000000Z"

// At makes a column value of an instant.
func At(t time.Time) Time { return Time{t} }

// Value writes the instant.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(timeLayout), nil
}

// Scan reads the instant.
func (t *Time) Scan(v any) (err error) {
	switch v := v.(type) {
	case nil:
		t.Time = time.Time{}
	case time.Time:
		t.Time = v.UTC()
	case string:
		t.Time, err = time.Parse(timeLayout, v)
	case []byte:
		t.Time, err = time.Parse(timeLayout, string(v))
	default:
		err = fmt.Errorf("time column: %T", v)
	}
	return err
}

// JSON puts a value into a JSONB column, or reads one, given a pointer to it.
func JSON(p any) JSONColumn { return JSONColumn{p} }

// JSONColumn is a document in a column.
type JSONColumn struct{ p any }

// Value writes the document.
func (j JSONColumn) Value() (driver.Value, error) {
	b, err := json.Marshal(j.p)
	return string(b), err
}

// Scan reads the document.
func (j JSONColumn) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), j.p)
	case []byte:
		return json.Unmarshal(v, j.p)
	}
	return fmt.Errorf("document column: %T", v)
}

// Null makes NULL of an empty text, for columns that refer to a row that may not be there.
func Null[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// Text reads a text column that may be NULL; NULL is empty.
func Text[S ~string](p *S) TextColumn[S] { return TextColumn[S]{p} }

// TextColumn is a text that may be NULL.
type TextColumn[S ~string] struct{ p *S }

// Scan reads the text.
func (t TextColumn[S]) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t.p = ""
	case string:
		*t.p = S(v)
	case []byte:
		*t.p = S(v)
	default:
		return fmt.Errorf("text column: %T", v)
	}
	return nil
}
