package tlog

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxProof    = 63       // hashes in any proof
	maxProofLen = 96 << 10 // bytes of a .tlog-proof file
)

// Proof shows, without the network, that a leaf is in the log: a .tlog-proof file (C2SP tlog-proof). The entry
// itself travels in it as the extra data, since only with it can the leaf's hash be made.
type Proof struct {
	Index      int64
	Hashes     []Hash
	Checkpoint []byte // signed
	Entry      []byte // Leaf.Encode, as logged
}

// Text is the .tlog-proof file.
func (p Proof) Text() []byte {
	var b strings.Builder
	b.WriteString(proofHeader + "\n")
	if len(p.Entry) > 0 {
		b.WriteString("extra " + base64.StdEncoding.EncodeToString(p.Entry) + "\n")
	}
	b.WriteString("index " + strconv.FormatInt(p.Index, 10) + "\n")
	for _, h := range p.Hashes {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return []byte(b.String())
}

// ParseProof reads a .tlog-proof file; it checks the form only.
func ParseProof(b []byte) (Proof, error) {
	wrong := func(what string) (Proof, error) {
		return Proof{}, fmt.Errorf("proof: %s: %w", what, ErrMalformed)
	}
	head, checkpoint, ok := strings.Cut(string(b[:min(len(b), maxProofLen+1)]), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(b) > maxProofLen || len(lines) > maxProof+3 || lines[0] != proofHeader {
		return wrong("lines")
	}
	p := Proof{Checkpoint: []byte(checkpoint)}
	lines = lines[1:]
	if len(lines) > 0 {
		if extra, is := strings.CutPrefix(lines[0], "extra "); is {
			var err error
			if p.Entry, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil || strings.Contains(extra, "\r") {
				return wrong("extra")
			}
			lines = lines[1:]
		}
	}
	if len(lines) == 0 {
		return wrong("index")
	}
	index, is := strings.CutPrefix(lines[0], "index ")
	n, err := decimal(index)
	if err != nil || !is {
		return wrong("index")
	}
	p.Index = n
	for _, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return wrong("hash")
		}
		p.Hashes = append(p.Hashes, h)
	}
	if len(p.Hashes) > maxProof {
		return wrong("hashes")
	}
	return p, nil
}

// Verify checks the proof against what the reader trusts, and gives the leaf that was proven with the checkpoint.
// The caller still compares the leaf's document and number with the certificate in hand.
func (p Proof) Verify(trust Policy) (Leaf, Checkpoint, error) {
	l, err := DecodeLeaf(p.Entry)
	if err != nil {
		return Leaf{}, Checkpoint{}, err
	}
	c, err := p.VerifyEntry(trust, p.Entry)
	return l, c, err
}

// VerifyEntry checks that an entry known from elsewhere is the one that is proven.
func (p Proof) VerifyEntry(trust Policy, entry []byte) (Checkpoint, error) {
	c, err := trust.Open(p.Checkpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index >= c.Size {
		return Checkpoint{}, fmt.Errorf("leaf %d of %d: %w", p.Index, c.Size, ErrProof)
	}
	if tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(entry)) != nil {
		return Checkpoint{}, fmt.Errorf("leaf %d of %d: %w", p.Index, c.Size, ErrProof)
	}
	return c, nil
}
