// Package pdf reads PDF files that anyone may have sent: which files are inside, what their signatures are worth, and
// whether a file is fit for the archive. It believes nothing. What it cannot read within a fixed cost it refuses, and it
// never repairs: two readers must not see two papers in one file.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"kompeten/internal/fault"
)

// The limits of what we read.
const (
	MaxSize     = 16 << 20
	maxObjects  = 100_000
	maxUnpacked = 16 << 20 // of all packed data together
	maxSections = 128
)

var (
	errBroken    = errors.New("not a PDF we can read")
	errTooMuch   = fmt.Errorf("%w: it asks for more work than a paper is worth", errBroken)
	errEncrypted = fmt.Errorf("%w: it is encrypted", errBroken)
)

// File is an opened PDF. It is for one goroutine.
type File struct {
	b        []byte
	work     budget
	unpacked budget
	trailer  dict
	entries  map[int]entry
	sections []section // the newest first
	objects  map[int]any
	opening  map[int]bool
	packs    map[int]*pack
	hashed   int
}

// entry says where an object stands: at an offset, or as the nth in an object stream.
type entry struct {
	kind       int // 0 free, 1 at an offset, 2 in a stream
	at, second int
}

// section is a table of objects, one for each time the file was saved.
type section struct {
	at      int
	objects []int
}

// pack is an object stream unpacked.
type pack struct {
	data  []byte
	heads []int // number and offset in turn
}

// Read opens a file. The error is a Fault that people can act on; its cause says what was wrong.
func Read(b []byte) (*File, error) {
	f, err := open(b)
	if err != nil {
		return nil, unreadable(err)
	}
	return f, nil
}

func unreadable(err error) error {
	out := fault.New(fault.Invalid, "document.pdf_unreadable")
	if errors.Is(err, errEncrypted) {
		out = fault.New(fault.Invalid, "document.pdf_encrypted")
	}
	out.Cause = err
	return out
}

func open(b []byte) (*File, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", errBroken, len(b))
	}
	if !bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) {
		return nil, fmt.Errorf("%w: no head", errBroken)
	}
	f := &File{b: b, work: budget{costAll}, unpacked: budget{maxUnpacked}, entries: map[int]entry{}, objects: map[int]any{}, opening: map[int]bool{}, packs: map[int]*pack{}}
	tail := len(b) - min(len(b), 2048)
	last := bytes.LastIndex(b[tail:], []byte("startxref"))
	if last < 0 {
		return nil, fmt.Errorf("%w: no end", errBroken)
	}
	s := f.scan(tail + last + len("startxref"))
	at, err := s.value(0)
	if err != nil {
		return nil, err
	}
	if err := f.readSections(at); err != nil {
		return nil, err
	}
	if f.trailer["Encrypt"] != nil {
		return nil, errEncrypted
	}
	if _, ok := f.get(f.trailer["Root"]).(dict); !ok {
		return nil, fmt.Errorf("%w: no catalogue", errBroken)
	}
	return f, nil
}

func (f *File) scan(at int) *scanner { return &scanner{b: f.b, at: at, work: &f.work} }

// readSections reads the tables of objects from the newest to the oldest; what is newer counts.
func (f *File) readSections(first any) error {
	next, seen := []any{first}, map[int64]bool{}
	for len(next) > 0 {
		at, ok := next[0].(int64)
		if !ok || at < 0 || at >= int64(len(f.b)) || seen[at] || len(seen) == maxSections {
			return fmt.Errorf("%w: table of objects at %v", errBroken, next[0])
		}
		seen[at], next = true, next[1:]
		d, err := f.readSection(int(at))
		if err != nil {
			return err
		}
		if f.trailer == nil {
			f.trailer = d
		}
		for _, more := range []name{"XRefStm", "Prev"} {
			if d[more] != nil {
				next = append(next, d[more])
			}
		}
	}
	return nil
}

func (f *File) readSection(at int) (dict, error) {
	s := f.scan(at)
	f.sections = append(f.sections, section{at: at})
	if !s.keyword("xref") {
		return f.readStreamSection(at)
	}
	for !s.keyword("trailer") {
		first, err := s.whole()
		if err != nil {
			return nil, err
		}
		n, err := s.whole()
		if err != nil {
			return nil, err
		}
		for i := range n {
			if err := f.readRow(s, first+i); err != nil {
				return nil, err
			}
		}
	}
	v, err := s.value(0)
	d, ok := v.(dict)
	if err != nil || !ok {
		return nil, fmt.Errorf("%w: no trailer at %d (%v)", errBroken, at, err)
	}
	return d, nil
}

// whole reads a whole number that can count things.
func (s *scanner) whole() (int, error) {
	s.blank()
	n, err := strconv.ParseUint(string(s.word()), 10, 31)
	if err != nil {
		return 0, s.fail("no whole number")
	}
	return int(n), s.work.spend(1)
}

func (f *File) readRow(s *scanner, num int) error {
	at, err := s.whole()
	if err != nil {
		return err
	}
	gen, err := s.whole()
	if err != nil {
		return err
	}
	s.blank()
	switch kind := string(s.word()); kind {
	case "n":
		return f.enter(num, entry{1, at, gen})
	case "f":
		return f.enter(num, entry{0, at, gen})
	default:
		return s.fail("no row of a table of objects")
	}
}

func (f *File) enter(num int, e entry) error {
	if num > maxObjects {
		return fmt.Errorf("%w: object %d", errBroken, num)
	}
	last := &f.sections[len(f.sections)-1]
	last.objects = append(last.objects, num)
	if _, newer := f.entries[num]; !newer {
		f.entries[num] = e
	}
	return f.work.spend(costValue)
}

// readStreamSection reads a table of objects that is itself packed (ISO 32000-1, 7.5.8).
func (f *File) readStreamSection(at int) (dict, error) {
	_, v, err := f.readAt(at)
	if err != nil {
		return nil, err
	}
	st, ok := v.(*stream)
	if !ok || st.dict["Type"] != name("XRef") {
		return nil, fmt.Errorf("%w: no table of objects at %d", errBroken, at)
	}
	data, err := f.unpack(st)
	if err != nil {
		return nil, err
	}
	w := ints(st.dict["W"])
	if len(w) != 3 || w[0] < 0 || w[1] < 1 || w[2] < 0 || w[0] > 8 || w[1] > 8 || w[2] > 8 {
		return nil, fmt.Errorf("%w: columns of a table of objects", errBroken)
	}
	size, _ := st.dict["Size"].(int64)
	index := []int{0, int(min(size, maxObjects))}
	if st.dict["Index"] != nil {
		index = ints(st.dict["Index"])
	}
	for ; len(index) >= 2; index = index[2:] {
		for i := range index[1] {
			width := w[0] + w[1] + w[2]
			if len(data) < width || index[0] < 0 {
				return nil, fmt.Errorf("%w: table of objects too short", errBroken)
			}
			e := entry{1, number(data[w[0] : w[0]+w[1]]), number(data[w[0]+w[1] : width])}
			if w[0] > 0 {
				e.kind = number(data[:w[0]])
			}
			data = data[width:]
			if err := f.enter(index[0]+i, e); err != nil {
				return nil, err
			}
		}
	}
	return st.dict, nil
}

// number is a number in bytes, the highest first; one too large for a file is as good as none.
func number(b []byte) (n int) {
	for _, c := range b {
		if n >= 1<<40 {
			return 1 << 40
		}
		n = n<<8 | int(c)
	}
	return n
}

func ints(v any) (out []int) {
	a, _ := v.(array)
	for _, x := range a {
		n, ok := x.(int64)
		if !ok || n > 1<<40 || n < -1<<40 {
			return nil
		}
		out = append(out, int(n))
	}
	return out
}

// readAt reads the object that stands at an offset, and its number.
func (f *File) readAt(at int) (num int, v any, err error) {
	if at < 0 || at >= len(f.b) {
		return 0, nil, fmt.Errorf("%w: object at %d", errBroken, at)
	}
	s := f.scan(at)
	if num, err = s.whole(); err != nil {
		return 0, nil, err
	}
	if _, err = s.whole(); err != nil {
		return 0, nil, err
	}
	if !s.keyword("obj") {
		return 0, nil, s.fail("no object")
	}
	if v, err = s.value(0); err != nil {
		return 0, nil, err
	}
	d, ok := v.(dict)
	if !ok || !s.keyword("stream") {
		return num, v, nil
	}
	if s.peek() == '\r' {
		s.at++
	}
	if s.peek() != '\n' {
		return 0, nil, s.fail("stream does not begin on a line")
	}
	s.at++
	length, ok := f.get(d["Length"]).(int64)
	if !ok || length < 0 || length > int64(len(f.b)-s.at) {
		return 0, nil, s.fail("stream of no such length")
	}
	raw := f.b[s.at : s.at+int(length)]
	if s.at += int(length); !s.keyword("endstream") {
		return 0, nil, s.fail("stream has another length than it says")
	}
	return num, &stream{d, raw}, nil
}

// get follows a reference to its value. What is missing or broken is null, as the standard says of what is missing;
// nothing of a file is trusted because of it.
func (f *File) get(v any) any {
	for range maxDepth {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.object(r.num)
	}
	return nil
}

func (f *File) object(num int) any {
	if v, ok := f.objects[num]; ok {
		return v
	}
	if f.opening[num] || f.work.spend(costDict) != nil {
		return nil
	}
	f.opening[num] = true
	v, err := f.load(num)
	delete(f.opening, num)
	if err != nil {
		v = nil
	}
	f.objects[num] = v
	return v
}

func (f *File) load(num int) (any, error) {
	e := f.entries[num]
	switch e.kind {
	case 1:
		got, v, err := f.readAt(e.at)
		if err == nil && got != num {
			err = fmt.Errorf("%w: object %d stands where %d should", errBroken, got, num)
		}
		return v, err
	case 2:
		return f.fromPack(num, e.at)
	default:
		return nil, nil
	}
}

// fromPack reads an object out of an object stream (ISO 32000-1, 7.5.7).
func (f *File) fromPack(num, in int) (any, error) {
	p, err := f.pack(in)
	if err != nil {
		f.packs[in] = &pack{} // not again
		return nil, err
	}
	for i := 0; i+1 < len(p.heads); i += 2 {
		if p.heads[i] == num && p.heads[i+1] <= len(p.data) {
			s := scanner{b: p.data, at: p.heads[i+1], work: &f.work}
			return s.value(0)
		}
	}
	return nil, fmt.Errorf("%w: object %d is not in stream %d", errBroken, num, in)
}

func (f *File) pack(num int) (*pack, error) {
	if p := f.packs[num]; p != nil {
		return p, f.work.spend(len(p.heads))
	}
	if f.entries[num].kind != 1 {
		return nil, fmt.Errorf("%w: object stream %d", errBroken, num)
	}
	st, ok := f.object(num).(*stream)
	if !ok || st.dict["Type"] != name("ObjStm") {
		return nil, fmt.Errorf("%w: object stream %d", errBroken, num)
	}
	data, err := f.unpack(st)
	if err != nil {
		return nil, err
	}
	n, _ := f.get(st.dict["N"]).(int64)
	first, ok := f.get(st.dict["First"]).(int64)
	if !ok || n < 0 || n > maxObjects || first < 0 || first > int64(len(data)) {
		return nil, fmt.Errorf("%w: head of object stream %d", errBroken, num)
	}
	p := &pack{data: data}
	s := scanner{b: data[:first], work: &f.work}
	for i := range int(2 * n) {
		v, err := s.whole()
		if err != nil {
			return nil, err
		}
		if i%2 == 1 {
			v += int(first)
		}
		p.heads = append(p.heads, v)
	}
	f.packs[num] = p
	return p, nil
}

func (f *File) dict(v any) dict {
	switch d := f.get(v).(type) {
	case dict:
		return d
	case *stream:
		return d.dict
	default:
		return nil
	}
}

func (f *File) array(v any) array {
	a, _ := f.get(v).(array)
	f.work.left -= costItem * len(a) // several may share it
	return a
}

func (f *File) catalogue() dict { return f.dict(f.trailer["Root"]) }
