package credential

import (
	"errors"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what is read from outside. A certificate of 60 units has about 700 values and 20 kB; a status list of a
// million entries, half of them set, about 180 kB.
const (
	maxDocument = 512 << 10
	maxDepth    = 24
	maxValues   = 4000
)

// What can be wrong with JSON from outside.
var (
	errJSON      = errors.New("not JSON")
	errTooLarge  = errors.New("too large")
	errTooDeep   = errors.New("nested too deeply")
	errDuplicate = errors.New("a member stands twice")
)

// parse reads JSON as RFC 7493 narrows it: UTF-8, no lone surrogates, no member twice, numbers that a double holds.
// Two programs that read it then read the same, which a signature needs. It is bounded in size, depth and count.
func parse(data []byte) (any, error) {
	if len(data) > maxDocument {
		return nil, errTooLarge
	}
	if !utf8.Valid(data) {
		return nil, errJSON
	}
	p := parser{data: data}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at != len(p.data) {
		return nil, errJSON
	}
	return v, nil
}

type parser struct {
	data   []byte
	at     int
	values int
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// next skips space and gives the byte that follows, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.at == len(p.data) {
		return 0
	}
	return p.data[p.at]
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if p.values++; p.values > maxValues {
		return nil, errTooLarge
	}
	switch c := p.next(); c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		return p.text()
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	default:
		return p.number()
	}
}

func (p *parser) word(w string) error {
	if len(p.data)-p.at < len(w) || string(p.data[p.at:p.at+len(w)]) != w {
		return errJSON
	}
	p.at += len(w)
	return nil
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	out := map[string]any{}
	if p.next() == '}' {
		p.at++
		return out, nil
	}
	for {
		if p.next() != '"' {
			return nil, errJSON
		}
		name, err := p.text()
		if err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, errDuplicate
		}
		if p.next() != ':' {
			return nil, errJSON
		}
		p.at++
		if out[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		switch p.next() {
		case ',':
			p.at++
		case '}':
			p.at++
			return out, nil
		default:
			return nil, errJSON
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	p.at++
	out := []any{}
	if p.next() == ']' {
		p.at++
		return out, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		switch p.next() {
		case ',':
			p.at++
		case ']':
			p.at++
			return out, nil
		default:
			return nil, errJSON
		}
	}
}

func (p *parser) text() (string, error) {
	p.at++
	for i := p.at; i < len(p.data); i++ {
		switch c := p.data[i]; {
		case c == '"':
			s := string(p.data[p.at:i])
			p.at = i + 1
			return s, nil
		case c == '\\':
			return p.escaped(i)
		case c < 0x20:
			return "", errJSON
		}
	}
	return "", errJSON
}

var plainEscape = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads on in a text whose first escape stands at i.
func (p *parser) escaped(i int) (string, error) {
	out := append(make([]byte, 0, 2*(i-p.at)+16), p.data[p.at:i]...)
	for p.at = i; p.at < len(p.data); {
		c := p.data[p.at]
		p.at++
		switch {
		case c == '"':
			return string(out), nil
		case c < 0x20:
			return "", errJSON
		case c != '\\':
			out = append(out, c)
		case p.at == len(p.data):
			return "", errJSON
		case p.data[p.at] == 'u':
			r, err := p.rune()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		default:
			e, ok := plainEscape[p.data[p.at]]
			if !ok {
				return "", errJSON
			}
			out = append(out, e)
			p.at++
		}
	}
	return "", errJSON
}

// rune reads what follows a backslash: one escape, or the two of a surrogate pair.
func (p *parser) rune() (rune, error) {
	hi, err := p.hex()
	if err != nil || !utf16.IsSurrogate(hi) {
		return hi, err
	}
	if p.at == len(p.data) || p.data[p.at] != '\\' {
		return 0, errJSON
	}
	p.at++
	lo, err := p.hex()
	if err != nil {
		return 0, err
	}
	r := utf16.DecodeRune(hi, lo)
	if r == utf8.RuneError {
		return 0, errJSON
	}
	return r, nil
}

func (p *parser) hex() (rune, error) {
	if len(p.data)-p.at < 5 || p.data[p.at] != 'u' {
		return 0, errJSON
	}
	n, err := strconv.ParseUint(string(p.data[p.at+1:p.at+5]), 16, 16)
	if err != nil {
		return 0, errJSON
	}
	p.at += 5
	return rune(n), nil
}

func (p *parser) number() (any, error) {
	from := p.at
	whole := true
	digits := func() int {
		n := p.at
		for p.at < len(p.data) && p.data[p.at] >= '0' && p.data[p.at] <= '9' {
			p.at++
		}
		return p.at - n
	}
	if p.at < len(p.data) && p.data[p.at] == '-' {
		p.at++
	}
	lead := p.at
	if n := digits(); n == 0 || n > 1 && p.data[lead] == '0' {
		return nil, errJSON
	}
	if p.at < len(p.data) && p.data[p.at] == '.' {
		p.at++
		if whole = false; digits() == 0 {
			return nil, errJSON
		}
	}
	if p.at < len(p.data) && (p.data[p.at] == 'e' || p.data[p.at] == 'E') {
		p.at++
		if p.at < len(p.data) && (p.data[p.at] == '+' || p.data[p.at] == '-') {
			p.at++
		}
		if whole = false; digits() == 0 {
			return nil, errJSON
		}
	}
	f, err := strconv.ParseFloat(string(p.data[from:p.at]), 64)
	if err != nil || math.IsInf(f, 0) || whole && math.Abs(f) >= 1<<53 {
		return nil, errJSON
	}
	return f, nil
}
