package tlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// Kind is what a leaf says happened.
type Kind string

// The kinds of leaves.
const (
	Issue   Kind = "issue"   // a certificate was issued under a number
	Suspend Kind = "suspend" // it does not hold for the time being
	Resume  Kind = "resume"  // it holds again
	Revoke  Kind = "revoke"  // it will never hold again
	Renew   Kind = "renew"   // a new signed document under the same number
	Licence Kind = "licence" // a body's licence or scope changed
	Key     Kind = "key"     // a signing key came into use or went out of it
	DID     Kind = "did"     // a new version of a DID document
	Ledger  Kind = "ledger"  // the head of the audit ledger
)

// kinds gives each kind its byte in the encoding, and says whether its leaves speak of a certificate: then a number
// and a place in a status list belong to it.
var kinds = []struct {
	kind        Kind
	code        byte
	certificate bool
}{
	{Issue, 1, true}, {Suspend, 2, true}, {Resume, 3, true}, {Revoke, 4, true}, {Renew, 5, true},
	{Licence, 16, false}, {Key, 17, false}, {DID, 18, false}, {Ledger, 19, false},
}

// Leaf is one line of the log. It holds no personal data: Doc is the hash of a document that carries a signature
// and so cannot be guessed from a name.
type Leaf struct {
	Ref    string    // names the event once and for all, and is public: record and event number, "crt_06c3f…/2"
	Kind   Kind      //
	Body   string    // who did it: licence number of the LSP, or a DID
	At     time.Time // when it was done, as the record says
	Logged time.Time // when it got its place; set by the sequencer
	Doc    [32]byte  // SHA-256 of the signed document
	Number [32]byte  // NumberHash, of certificates only
	List   string    // status list of the certificate
	Index  uint32    // and the place in it
}

// NumberHash hides nothing from one who knows the number, but lets a log of hashes show that no number was given
// twice by a body.
func NumberHash(body, number string) [32]byte {
	return sha256.Sum256([]byte("kompeten number\n" + body + "\n" + number))
}

const (
	leafVersion = 1
	maxText     = 200
	maxTime     = 253402300800_000000 // the year 10000, in microseconds
)

// certificate says whether leaves of the kind speak of a certificate, and the byte of the kind; 0 if unknown.
func (k Kind) certificate() (bool, byte) {
	for _, x := range kinds {
		if x.kind == k {
			return x.certificate, x.code
		}
	}
	return false, 0
}

// check says what is wrong with a leaf that has not been logged yet.
func (l Leaf) check() error {
	cert, code := l.Kind.certificate()
	switch {
	case code == 0:
		return fmt.Errorf("leaf: kind %q: %w", l.Kind, ErrMalformed)
	case !plain(l.Ref) || !plain(l.Body):
		return fmt.Errorf("leaf: ref %q, body %q: %w", l.Ref, l.Body, ErrMalformed)
	case l.At.UnixMicro() <= 0 || l.At.UnixMicro() >= maxTime:
		return fmt.Errorf("leaf %s: time %v: %w", l.Ref, l.At, ErrMalformed)
	case l.Doc == [32]byte{}:
		return fmt.Errorf("leaf %s: no document: %w", l.Ref, ErrMalformed)
	case cert && (l.Number == [32]byte{} || !plain(l.List)):
		return fmt.Errorf("leaf %s: %s without number or status list: %w", l.Ref, l.Kind, ErrMalformed)
	case !cert && (l.Number != [32]byte{} || l.List != "" || l.Index != 0):
		return fmt.Errorf("leaf %s: %s with number or status list: %w", l.Ref, l.Kind, ErrMalformed)
	}
	return nil
}

// plain says whether a text is one word of visible ASCII, as references, licence numbers and DIDs are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxText
}

// Encode is the one encoding of a leaf, as the log has it:
//
//	version 1 | kind | at (8) | logged (8) | document (32) | length, body | length, ref
//	and of certificates: number (32) | length, status list | index (4)
//
// Times are microseconds since 1970, integers big-endian.
func (l Leaf) Encode() []byte {
	cert, code := l.Kind.certificate()
	b := make([]byte, 0, 192)
	b = append(b, leafVersion, code)
	b = binary.BigEndian.AppendUint64(b, uint64(l.At.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, micros(l.Logged))
	b = append(b, l.Doc[:]...)
	b = appendText(b, l.Body)
	b = appendText(b, l.Ref)
	if cert {
		b = append(b, l.Number[:]...)
		b = appendText(b, l.List)
		b = binary.BigEndian.AppendUint32(b, l.Index)
	}
	return b
}

// loggedAt is where the time of logging stands in the encoding.
const loggedAt = 10

// place makes the entry of the log from the encoding of a leaf that waited for its place.
func place(body []byte, logged time.Time) []byte {
	b := bytes.Clone(body)
	binary.BigEndian.PutUint64(b[loggedAt:], micros(logged))
	return b
}

func micros(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixMicro())
}

func appendText(b []byte, s string) []byte {
	return append(append(b, byte(len(s))), s...)
}

// DecodeLeaf reads an entry of the log. There is exactly one encoding of each leaf; anything else is refused.
func DecodeLeaf(entry []byte) (Leaf, error) {
	l, err := decode(entry)
	if err == nil && l.Logged.IsZero() {
		return Leaf{}, fmt.Errorf("leaf %s: never logged: %w", l.Ref, ErrMalformed)
	}
	return l, err
}

// decode also reads leaves that wait for their place.
func decode(entry []byte) (Leaf, error) {
	r := reader{b: entry}
	head := r.take(2)
	if r.short || head[0] != leafVersion {
		return Leaf{}, fmt.Errorf("leaf: unknown version: %w", ErrMalformed)
	}
	var l Leaf
	var cert bool
	for _, k := range kinds {
		if k.code == head[1] {
			l.Kind, cert = k.kind, k.certificate
		}
	}
	at, logged := r.uint(8), r.uint(8)
	copy(l.Doc[:], r.take(32))
	l.Body, l.Ref = r.text(), r.text()
	if cert {
		copy(l.Number[:], r.take(32))
		l.List = r.text()
		l.Index = uint32(r.uint(4))
	}
	if r.short || len(r.b) > 0 || at >= maxTime || logged >= maxTime {
		return Leaf{}, fmt.Errorf("leaf of %d bytes: %w", len(entry), ErrMalformed)
	}
	l.At = time.UnixMicro(int64(at)).UTC()
	if logged > 0 {
		l.Logged = time.UnixMicro(int64(logged)).UTC()
	}
	if err := l.check(); err != nil {
		return Leaf{}, err
	}
	return l, nil
}

// reader takes a byte string apart; once it was too short it stays so.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.short, r.b = true, nil
	}
	if r.short {
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uint(n int) (v uint64) {
	for _, c := range r.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

func (r *reader) text() string { return string(r.take(int(r.uint(1)))) }
