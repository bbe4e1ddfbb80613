package credential

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestJSONIsReadOneWayOnly(t *testing.T) {
	for _, c := range []struct {
		says, in string
		want     error
	}{
		{"an object", `{"a":[1,-2.5e3,"x",true,false,null,{}]}`, nil},
		{"escapes", `"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, nil},
		{"space around", " [ 1 , 2 ] \n", nil},
		{"nothing", ``, errJSON},
		{"two values", `1 2`, errJSON},
		{"a comma too many", `[1,]`, errJSON},
		{"a comma too many in an object", `{"a":1,}`, errJSON},
		{"no colon", `{"a" 1}`, errJSON},
		{"an open text", `"a`, errJSON},
		{"an open escape", `"a\`, errJSON},
		{"an escape that is none", `"\x"`, errJSON},
		{"a short escape", `"\u12"`, errJSON},
		{"a lone first half", `"\ud83d"`, errJSON},
		{"a lone second half", `"\ude00"`, errJSON},
		{"two first halves", `"\ud83d\ud83d"`, errJSON},
		{"a control character", "\"\x01\"", errJSON},
		{"not UTF-8", "\"\xff\"", errJSON},
		{"a leading zero", `01`, errJSON},
		{"a plus", `+1`, errJSON},
		{"no digits after the point", `1.`, errJSON},
		{"no digits in the exponent", `1e`, errJSON},
		{"not a number", `NaN`, errJSON},
		{"an integer that no double holds", `9007199254740993`, errJSON},
		{"a member twice", `{"a":1,"a":1}`, errDuplicate},
		{"a member twice, once escaped", `{"a":1,"\u0061":1}`, errDuplicate},
		{"too deep", strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2), errTooDeep},
		{"too many", "[" + strings.Repeat("1,", maxValues) + "1]", errTooLarge},
		{"too long", `"` + strings.Repeat("a", maxDocument) + `"`, errTooLarge},
	} {
		got, err := parse([]byte(c.in))
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", c.says, err)
		}
		if c.want == nil {
			var want any
			if err := json.Unmarshal([]byte(c.in), &want); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, the standard library reads %v", c.says, got, want)
			}
		}
	}
}

// FuzzParse holds the reader against the standard library: what it accepts, the library reads alike.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9\ud83d\ude00",true,null,{}]}`))
	f.Add([]byte(`"\"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parse(data)
		if err != nil {
			return
		}
		var want any
		if err := json.Unmarshal(data, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, the standard library reads %v (%v)", data, got, want, err)
		}
		if s, ok := got.(string); ok {
			if again, err := parse(appendString(nil, s)); err != nil || again != s {
				t.Errorf("%q is written as %s", s, appendString(nil, s))
			}
		}
	})
}

func TestTextsAreWrittenAsRFC8785Asks(t *testing.T) {
	for _, s := range append([]string{"\x00\x01\b\t\n\v\f\r\x1f\x7f\"\\/é\u2028😀"}, scraps...) {
		want, err := canonicalJSON(s)
		if err != nil || string(appendString(nil, s)) != string(want) {
			t.Errorf("%q: %s, RFC 8785 %s %v", s, appendString(nil, s), want, err)
		}
	}
}
