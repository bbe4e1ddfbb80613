package credential

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"unicode/utf8"
)

const (
	pngMagic   = "\x89PNG\r\n\x1a\n"
	pngKeyword = "openbadgecredential"
	maxImage   = 8 << 20
)

// What can be wrong with a baked image.
var (
	errImage   = errors.New("not a PNG image")
	errUnbaked = errors.New("an image without a credential")
)

// Bake puts a credential (its JSON or its compact JWS) into a PNG image as Open Badges 3.0 asks: an uncompressed iTXt
// chunk. An image that carries one already is refused: a reader would have to choose.
func Bake(image, credential []byte) ([]byte, error) {
	if !utf8.Valid(credential) || len(credential) > maxDocument {
		return nil, errTooLarge
	}
	if _, err := Unbake(image); !errors.Is(err, errUnbaked) {
		return nil, errors.Join(errImage, err)
	}
	header := len(pngMagic) + 12 + 13 // the first chunk is IHDR with 13 bytes
	body := append([]byte(pngKeyword+"\x00\x00\x00\x00\x00"), credential...)
	out := append(make([]byte, 0, len(image)+len(body)+12), image[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	from := len(out)
	out = append(append(out, "iTXt"...), body...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
	return append(out, image[header:]...), nil
}

// Unbake reads the credential of a baked PNG image.
func Unbake(image []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(image, []byte(pngMagic))
	if !ok || len(image) > maxImage {
		return nil, errImage
	}
	var found []byte
	for first := true; ; first = false {
		if len(rest) < 12 {
			return nil, errImage
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n) > uint64(len(rest)-12) {
			return nil, errImage
		}
		kind, body := string(rest[4:8]), rest[8:8+n]
		if crc32.ChecksumIEEE(rest[4:8+n]) != binary.BigEndian.Uint32(rest[8+n:]) || first != (kind == "IHDR") || first && n != 13 {
			return nil, errImage
		}
		rest = rest[12+n:]
		if kind == "IEND" {
			break
		}
		text, ours := bytes.CutPrefix(body, []byte(pngKeyword+"\x00"))
		if kind != "iTXt" || !ours {
			continue
		}
		if found != nil {
			return nil, errDuplicate
		}
		if found, ok = itxt(text); !ok {
			return nil, errImage
		}
	}
	if found == nil {
		return nil, errUnbaked
	}
	return found, nil
}

// itxt reads what follows the keyword: no compression, a language, a translated keyword, the text.
func itxt(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != 0 {
		return nil, false
	}
	_, b, ok := bytes.Cut(b[2:], []byte{0})
	if !ok {
		return nil, false
	}
	_, b, ok = bytes.Cut(b, []byte{0})
	return b, ok && len(b) > 0 && utf8.Valid(b)
}
