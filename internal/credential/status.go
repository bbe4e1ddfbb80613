package credential

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Purpose is what a set bit of a status list says.
type Purpose string

// The purposes. Revocation is for good; a suspension can be lifted.
const (
	Revocation Purpose = "revocation"
	Suspension Purpose = "suspension"
)

// ListUnit is the least number of entries of a list (Bitstring Status List 1.0, 6.1) and the step in which it grows.
const ListUnit = 131_072

// maxList bounds what is unpacked: 8,388,608 entries, a megabyte.
const maxList = 64 * ListUnit

var errList = errors.New("not a status list")

// SuspensionList is where the suspensions of a revocation list stand: beside it, each certificate at the same index.
func SuspensionList(revocationList string) string { return revocationList + "/suspension" }

// Bits is a status list: one bit a certificate.
type Bits struct{ bytes []byte }

// NewBits makes a list of unset bits for at least so many entries, rounded up to full units.
func NewBits(entries int) (*Bits, error) {
	if entries < 0 || entries > maxList {
		return nil, fmt.Errorf("status list of %d entries: %w", entries, errList)
	}
	units := max(1, (entries+ListUnit-1)/ListUnit)
	return &Bits{make([]byte, units*ListUnit/8)}, nil
}

// Len is the number of entries.
func (b *Bits) Len() int { return len(b.bytes) * 8 }

// Get says whether the bit of an index is set; beyond the list none is.
func (b *Bits) Get(index int) bool {
	return index >= 0 && index < b.Len() && b.bytes[index/8]&(0x80>>(index%8)) != 0
}

// Set sets or clears the bit of an index. Index 0 is the most significant bit of the first byte.
func (b *Bits) Set(index int, on bool) error {
	if index < 0 || index >= b.Len() {
		return fmt.Errorf("status index %d of %d: %w", index, b.Len(), errList)
	}
	bit := byte(0x80 >> (index % 8))
	if on {
		b.bytes[index/8] |= bit
	} else {
		b.bytes[index/8] &^= bit
	}
	return nil
}

// Encode is the list as a credential carries it: multibase base64url of its GZIP.
func (b *Bits) Encode() (string, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(b.bytes); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return "u" + base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

// DecodeBits reads an encoded list. It unpacks at most a megabyte, whatever the text claims.
func DecodeBits(s string) (*Bits, error) {
	text, ok := strings.CutPrefix(s, "u")
	if !ok {
		return nil, errList
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errList
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errList
	}
	z.Multistream(false)
	out, err := io.ReadAll(io.LimitReader(z, maxList/8+1))
	if err != nil || len(out) > maxList/8 || len(out) < ListUnit/8 {
		return nil, errList
	}
	return &Bits{out}, nil
}

// List is what a status list credential says about itself.
type List struct {
	URL     string // its address
	Issuer  string // DID of the body
	Purpose Purpose
	From    time.Time
	Until   time.Time     // after this nobody should trust it any more
	TTL     time.Duration // how long a reader may keep it
}

// Document is the unsigned credential of a list; Secure signs it.
func (l List) Document(b *Bits) ([]byte, error) {
	if !address(l.URL) || l.Issuer == "" || l.Purpose == "" || !l.From.Before(l.Until) {
		return nil, fmt.Errorf("%s: %w", l.URL, errList)
	}
	encoded, err := b.Encode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.URL, err)
	}
	type subject struct {
		ID      string  `json:"id"`
		Type    string  `json:"type"`
		Purpose Purpose `json:"statusPurpose"`
		Encoded string  `json:"encodedList"`
		TTL     int64   `json:"ttl,omitempty"`
	}
	return json.Marshal(struct {
		Context []string `json:"@context"`
		ID      string   `json:"id"`
		Type    []string `json:"type"`
		Issuer  string   `json:"issuer"`
		From    string   `json:"validFrom"`
		Until   string   `json:"validUntil"`
		Subject subject  `json:"credentialSubject"`
	}{[]string{contextVC}, l.URL, []string{"VerifiableCredential", "BitstringStatusListCredential"}, l.Issuer, stamp(l.From), stamp(l.Until),
		subject{l.URL + "#list", "BitstringStatusList", l.Purpose, encoded, l.TTL.Milliseconds()}})
}

// RevocationList is the 1EdTech Revocation List of a body, for displayers that know no other: the addresses of the
// revoked credentials. It carries no signature; it is as good as the connection it came over.
func RevocationList(address, issuer string, revoked []string) ([]byte, error) {
	type entry struct {
		ID      string `json:"id"`
		Revoked bool   `json:"revoked"`
	}
	entries := make([]entry, 0, len(revoked))
	for _, id := range revoked {
		entries = append(entries, entry{id, true})
	}
	return json.Marshal(struct {
		ID      string  `json:"id"`
		Issuer  string  `json:"issuer"`
		Revoked []entry `json:"revokedCredential"`
	}{address, issuer, entries})
}
