package cms

import (
	"encoding/asn1"
	"fmt"
)

// definite rewrites a container whose parts end with a mark instead of beginning with their length (BER; some signing
// programs write so) into one where every length is said, as DER and our reader want. Parts that say their length are
// kept byte for byte, because signatures cover them.
func definite(b []byte) ([]byte, error) {
	if len(b) < 2 || b[1] != 0x80 {
		return b, nil
	}
	if len(b) > maxContainer+maxRoom {
		return nil, fmt.Errorf("%w: %d bytes", errContainer, len(b))
	}
	out, _, err := element(b, 0)
	return out, err
}

// maxRoom is how much a file may leave behind a container of unknown length.
const maxRoom = 1 << 20

// element rewrites the first part and gives what follows it.
func element(b []byte, depth int) (out, rest []byte, err error) {
	if depth > 12 || len(b) < 2 || b[0]&0x1F == 0x1F {
		return nil, nil, fmt.Errorf("%w: parts without end", errContainer)
	}
	if b[1] != 0x80 {
		var v asn1.RawValue
		if rest, err = asn1.Unmarshal(b, &v); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errContainer, err)
		}
		return v.FullBytes, rest, nil
	}
	tag, inside := b[0], []byte(nil)
	for rest = b[2:]; len(rest) < 2 || rest[0] != 0 || rest[1] != 0; {
		var part []byte
		if part, rest, err = element(rest, depth+1); err != nil {
			return nil, nil, err
		}
		if tag == asn1.TagOctetString|0x20 { // a string in pieces becomes one
			var piece asn1.RawValue
			if _, err := asn1.Unmarshal(part, &piece); err != nil {
				return nil, nil, fmt.Errorf("%w: %w", errContainer, err)
			}
			part = piece.Bytes
		}
		inside = append(inside, part...)
	}
	if tag == asn1.TagOctetString|0x20 {
		tag = asn1.TagOctetString
	}
	whole, err := asn1.Marshal(asn1.RawValue{Class: int(tag >> 6), Tag: int(tag & 0x1F), IsCompound: tag&0x20 != 0, Bytes: inside})
	return whole, rest[2:], err
}
