package tlog

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// maxNote bounds a signed checkpoint: three lines and its signatures.
const maxNote = 64 << 10

// Checkpoint is what a log commits to: its size and the root over all its leaves.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
	Cosigs []Cosig // of the witnesses that are trusted, once opened
}

// Cosig says which witness saw the checkpoint, and when.
type Cosig struct {
	Witness string
	At      time.Time
}

// Text is the note that is signed (C2SP tlog-checkpoint).
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseCheckpoint reads the text of a checkpoint without looking at signatures. Extension lines are let through, as
// witnesses must, but only in the one form.
func ParseCheckpoint(text string) (Checkpoint, error) {
	wrong := func(what string) (Checkpoint, error) {
		return Checkpoint{}, fmt.Errorf("checkpoint: %s: %w", what, ErrMalformed)
	}
	body, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) < 3 || slices.Contains(lines, "") {
		return wrong("lines")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return wrong("size")
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return wrong("root")
	}
	if size == 0 && root != emptyRoot {
		return wrong("root of the empty log")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// decimal reads a number in its one form.
func decimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("number %.30q: %w", s, ErrMalformed)
	}
	return n, nil
}

// parseHash reads a hash in its one base64 form.
func parseHash(s string) (h Hash, err error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(h) || len(s) != base64.StdEncoding.EncodedLen(len(h)) {
		return h, fmt.Errorf("hash %.50q: %w", s, ErrMalformed)
	}
	copy(h[:], b)
	return h, nil
}

// Signatures in notes: Ed25519 of a log, and the cosignature of a witness, which carries its time.
const (
	algLog   = 0x01
	algCosig = 0x04
)

// Signer signs as a log or a witness. The key may be a file's or an HSM's: it is asked for pure Ed25519.
type Signer struct {
	name string
	key  crypto.Signer
	pub  ed25519.PublicKey
}

// NewSigner gives a key the name it signs under: of a log its origin, of a witness its own.
func NewSigner(name string, key crypto.Signer) (*Signer, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(pub) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("log key %s: %T is not Ed25519", name, key.Public())
	}
	if !validName(name) {
		return nil, fmt.Errorf("log key: name %q: %w", name, ErrMalformed)
	}
	return &Signer{name, key, pub}, nil
}

// LogKey is the public key of a log in the form verifiers are given (a vkey).
func (s *Signer) LogKey() string { return s.vkey(algLog) }

// WitnessKey is the public key of a witness as a vkey.
func (s *Signer) WitnessKey() string { return s.vkey(algCosig) }

func (s *Signer) vkey(alg byte) string {
	return fmt.Sprintf("%s+%08x+%s", s.name, keyHash(s.name, alg, s.pub), base64.StdEncoding.EncodeToString(append([]byte{alg}, s.pub...)))
}

func keyHash(name string, alg byte, pub []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{alg})
	h.Write(pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// sign makes a signature and tries it: a key that is not what it says must not put a wrong line into the world.
func (s *Signer) sign(msg []byte) ([]byte, error) {
	sig, err := s.key.Sign(rand.Reader, msg, crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("log key %s: %w", s.name, err)
	}
	if !ed25519.Verify(s.pub, msg, sig) {
		return nil, fmt.Errorf("log key %s: %w", s.name, ErrSignature)
	}
	return sig, nil
}

// line is one signature line of a note.
func line(name string, hash uint32, sig []byte) string {
	b := binary.BigEndian.AppendUint32(nil, hash)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(append(b, sig...)) + "\n"
}

// signNote signs a checkpoint as its log.
func (s *Signer) signNote(text string) ([]byte, error) {
	sig, err := s.sign([]byte(text))
	if err != nil {
		return nil, err
	}
	return []byte(text + "\n" + line(s.name, keyHash(s.name, algLog, s.pub), sig)), nil
}

// cosign makes the signature line of a witness that saw the checkpoint at that time (C2SP tlog-cosignature).
func (s *Signer) cosign(text string, at time.Time) (string, error) {
	sig, err := s.sign(cosigned(uint64(at.Unix()), text))
	if err != nil {
		return "", err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(at.Unix()))
	return line(s.name, keyHash(s.name, algCosig, s.pub), append(b, sig...)), nil
}

func cosigned(unix uint64, text string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", unix, text)
}

// cosigVerifier checks cosignatures of one witness.
type cosigVerifier struct {
	name string
	hash uint32
	pub  ed25519.PublicKey
}

// Name of the witness.
func (v cosigVerifier) Name() string { return v.name }

// KeyHash of its key.
func (v cosigVerifier) KeyHash() uint32 { return v.hash }

// Verify says whether the witness made the signature over the checkpoint.
func (v cosigVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	unix := binary.BigEndian.Uint64(sig)
	return unix < 1<<63 && ed25519.Verify(v.pub, cosigned(unix, string(msg)), sig[8:])
}

// parseKey reads a vkey: of a log or of a witness.
func parseKey(vkey string) (v note.Verifier, witness bool, err error) {
	name, rest, _ := strings.Cut(vkey, "+")
	_, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || !validName(name) {
		return nil, false, fmt.Errorf("key %.80q: %w", vkey, ErrMalformed)
	}
	pub := ed25519.PublicKey(key[1:])
	if vkey != (&Signer{name: name, pub: pub}).vkey(key[0]) {
		return nil, false, fmt.Errorf("key of %s: its check digits: %w", name, ErrMalformed)
	}
	switch key[0] {
	case algLog:
		v, err = note.NewVerifier(vkey)
		return v, false, err
	case algCosig:
		return cosigVerifier{name, keyHash(name, algCosig, pub), pub}, true, nil
	}
	return nil, false, fmt.Errorf("key of %s: signature type %d: %w", name, key[0], ErrMalformed)
}

// Policy is what one who checks a log trusts: the log's own keys, and how many of which witnesses must have seen a
// checkpoint. A witness counts once, whatever keys it has.
type Policy struct {
	Origin    string
	log       []note.Verifier
	witnesses []note.Verifier
	quorum    int
}

// NewPolicy makes a policy of vkeys. Old keys of the log stay in the list so that old checkpoints can be read.
func NewPolicy(origin string, keys []string, quorum int) (Policy, error) {
	p := Policy{Origin: origin, quorum: quorum}
	names := map[string]bool{}
	for _, k := range keys {
		v, witness, err := parseKey(k)
		switch {
		case err != nil:
			return Policy{}, err
		case witness:
			p.witnesses = append(p.witnesses, v)
			names[v.Name()] = true
		case v.Name() != origin:
			return Policy{}, fmt.Errorf("key of %s for the log %s: %w", v.Name(), origin, ErrOrigin)
		default:
			p.log = append(p.log, v)
		}
	}
	if !validName(origin) || len(p.log) == 0 || quorum < 0 || quorum > len(names) {
		return Policy{}, fmt.Errorf("policy for %q: %d log keys, %d witnesses, quorum %d", origin, len(p.log), len(names), quorum)
	}
	return p, nil
}

// Open checks a signed checkpoint: its form, its origin, the log's signature and the witnesses' quorum.
func (p Policy) Open(msg []byte) (Checkpoint, error) {
	c, err := p.open(msg)
	if err == nil && c.witnessed() < p.quorum {
		return c, fmt.Errorf("checkpoint %s %d: %d of %d: %w", c.Origin, c.Size, c.witnessed(), p.quorum, ErrQuorum)
	}
	return c, err
}

// open does not ask for the quorum.
func (p Policy) open(msg []byte) (Checkpoint, error) {
	origin, _, _ := strings.Cut(string(msg[:min(len(msg), 1024)]), "\n")
	switch {
	case len(msg) > maxNote:
		return Checkpoint{}, fmt.Errorf("checkpoint of %d bytes: %w", len(msg), ErrMalformed)
	case origin != p.Origin:
		return Checkpoint{}, fmt.Errorf("checkpoint of %.80q, want %s: %w", origin, p.Origin, ErrOrigin)
	}
	n, err := note.Open(msg, note.VerifierList(append(slices.Clone(p.log), p.witnesses...)...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified) || errors.As(err, &invalid):
		return Checkpoint{}, fmt.Errorf("checkpoint of %s: %w", p.Origin, ErrSignature)
	case err != nil:
		return Checkpoint{}, fmt.Errorf("checkpoint of %s: %w: %w", p.Origin, err, ErrMalformed)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	signed := false
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Checkpoint{}, fmt.Errorf("checkpoint of %s: a signature: %w", p.Origin, ErrMalformed)
		}
		by := func(v note.Verifier) bool { return v.Name() == s.Name && v.KeyHash() == s.Hash }
		signed = signed || slices.ContainsFunc(p.log, by)
		if slices.ContainsFunc(p.witnesses, by) {
			c.Cosigs = append(c.Cosigs, Cosig{s.Name, cosigTime(s)})
		}
	}
	if !signed {
		return Checkpoint{}, fmt.Errorf("checkpoint of %s: %w", p.Origin, ErrSignature)
	}
	return c, nil
}

// cosigTime is the time in a cosignature that was verified.
func cosigTime(s note.Signature) time.Time {
	b, _ := base64.StdEncoding.DecodeString(s.Base64)
	return time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC()
}

// witnessed counts the witnesses.
func (c Checkpoint) witnessed() int {
	names := map[string]bool{}
	for _, s := range c.Cosigs {
		names[s.Witness] = true
	}
	return len(names)
}
