package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The values of a PDF: null is nil, numbers are int64 or float64, besides booleans and the types below.
type (
	name   string
	str    []byte
	array  []any
	dict   map[name]any
	ref    struct{ num, gen int }
	stream struct {
		dict dict
		raw  []byte
	}
)

// What reading may cost, in units of about a nanosecond. A value costs more than its bytes, a dictionary more still.
const (
	costAll   = 16 << 20
	costValue = 64
	costDict  = 256
	costItem  = 32 // of an array, each time that it is gone through
	maxDepth  = 40
)

// budget is what is left for reading a file; everything that reads it pays.
type budget struct{ left int }

func (b *budget) spend(n int) error {
	if b.left -= n; b.left < 0 {
		return errTooMuch
	}
	return nil
}

// scanner reads values from bytes.
type scanner struct {
	b    []byte
	at   int
	work *budget
}

func (s *scanner) fail(what string) error { return fmt.Errorf("%w: %s at %d", errBroken, what, s.at) }

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0 || c == '\f'
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// pay charges what was passed over since an offset; that it was too much, the next value says.
func (s *scanner) pay(from int) { s.work.left -= s.at - from }

// blank skips white space and comments.
func (s *scanner) blank() {
	defer s.pay(s.at)
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case space(c):
			s.at++
		case c == '%':
			for s.at < len(s.b) && s.b[s.at] != '\n' && s.b[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

func (s *scanner) peek() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

// word takes the regular characters that come.
func (s *scanner) word() []byte {
	from := s.at
	defer s.pay(from)
	for s.at < len(s.b) && !space(s.b[s.at]) && !delimiter(s.b[s.at]) {
		s.at++
	}
	return s.b[from:s.at]
}

// keyword takes a word if it is the expected one.
func (s *scanner) keyword(want string) bool {
	from := s.at
	s.blank()
	if string(s.word()) == want {
		return true
	}
	s.at = from
	return false
}

// value reads the next value. Depth bounds how deep values nest.
func (s *scanner) value(depth int) (any, error) {
	s.blank()
	var v any
	var err error
	switch c := s.peek(); {
	case depth > maxDepth:
		return nil, s.fail("values nested too deep")
	case c == '/':
		v, err = s.name()
	case c == '(':
		v, err = s.literal()
	case bytes.HasPrefix(s.b[s.at:], []byte("<<")):
		v, err = s.dict(depth)
	case c == '<':
		v, err = s.hex()
	case c == '[':
		v, err = s.array(depth)
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		v, err = s.number()
	default:
		v, err = s.constant()
	}
	if err != nil {
		return nil, err
	}
	return v, s.work.spend(costValue)
}

func (s *scanner) constant() (any, error) {
	switch w := string(s.word()); w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		return nil, s.fail("no value")
	}
}

func (s *scanner) name() (name, error) {
	s.at++
	w := s.word()
	if bytes.IndexByte(w, '#') < 0 {
		return name(w), nil
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if v, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return name(out), nil
}

// number reads a number, or a reference when two whole numbers and an R follow each other.
func (s *scanner) number() (any, error) {
	w := s.word()
	n, err := strconv.ParseInt(string(w), 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(string(w), 64)
		if err != nil || len(w) > 64 {
			return nil, s.fail("no number")
		}
		return f, nil
	}
	if n < 0 || n > maxObjects {
		return n, nil
	}
	from := s.at
	s.blank()
	if gen, err := strconv.ParseUint(string(s.word()), 10, 16); err == nil && s.keyword("R") {
		return ref{int(n), int(gen)}, nil
	}
	s.at = from
	return n, nil
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

func (s *scanner) literal() (str, error) {
	out, open := str{}, 0
	defer s.pay(s.at)
	for ; s.at < len(s.b); s.at++ {
		switch c := s.b[s.at]; c {
		case '(':
			if open++; open > 1 {
				out = append(out, c)
			}
		case ')':
			if open--; open == 0 {
				s.at++
				return out, nil
			}
			out = append(out, c)
		case '\\':
			s.at++
			out = s.escaped(out)
		default:
			out = append(out, c)
		}
	}
	return nil, s.fail("string without end")
}

// escaped adds what stands after a backslash.
func (s *scanner) escaped(out str) str {
	c := s.peek()
	if c >= '0' && c <= '7' {
		v := 0
		for range 3 {
			if c := s.peek(); c < '0' || c > '7' {
				break
			}
			v = v<<3 | int(s.b[s.at]-'0')
			s.at++
		}
		s.at--
		return append(out, byte(v))
	}
	if c == '\r' || c == '\n' { // the line goes on
		if c == '\r' && s.at+1 < len(s.b) && s.b[s.at+1] == '\n' {
			s.at++
		}
		return out
	}
	if e, ok := escapes[c]; ok {
		c = e
	}
	return append(out, c)
}

func (s *scanner) hex() (str, error) {
	from := s.at + 1
	defer s.pay(from)
	end := bytes.IndexByte(s.b[from:], '>')
	if end < 0 {
		s.at = len(s.b)
		return nil, s.fail("string without end")
	}
	s.at = from + end + 1
	out, ok := unhex(s.b[from : from+end])
	if !ok {
		return nil, s.fail("not hexadecimal")
	}
	return out, nil
}

// unhex reads hexadecimal digits, white space between them allowed; an odd last digit counts as followed by 0.
func unhex(b []byte) (str, bool) {
	out, high, half := make(str, 0, len(b)/2+1), byte(0), false
	for _, c := range b {
		var v byte
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = c | 0x20 - 'a' + 10
		case space(c):
			continue
		default:
			return nil, false
		}
		if half {
			out = append(out, high|v)
		}
		high, half = v<<4, !half
	}
	if half {
		out = append(out, high)
	}
	return out, true
}

func (s *scanner) array(depth int) (array, error) {
	s.at++
	out := array{}
	for {
		if s.blank(); s.peek() == ']' {
			s.at++
			return out, nil
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// dict reads a dictionary. A key that stands twice is refused: readers differ in which one they take.
func (s *scanner) dict(depth int) (dict, error) {
	s.at += 2
	out := dict{}
	for {
		s.blank()
		if bytes.HasPrefix(s.b[s.at:], []byte(">>")) {
			s.at += 2
			return out, s.work.spend(costDict)
		}
		if s.peek() != '/' {
			return nil, s.fail("no key")
		}
		k, err := s.name()
		if err != nil {
			return nil, err
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, twice := out[k]; twice {
			return nil, s.fail("key twice")
		}
		out[k] = v
	}
}

// docEncoding are the letters that PDF's own encoding has instead of the control characters of Latin 1, from 0x80.
var docEncoding = []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€")

// words is a text string as we write texts.
func words(v any) string {
	b, ok := v.(str)
	switch {
	case !ok:
		return ""
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		u := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return string(utf16.Decode(u))
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")) && utf8.Valid(b):
		return string(b[3:])
	}
	out := make([]rune, 0, len(b))
	for _, c := range b {
		r := rune(c)
		if c >= 0x80 && int(c) < 0x80+len(docEncoding) {
			r = docEncoding[c-0x80]
		}
		out = append(out, r)
	}
	return string(out)
}
