// Package seal keeps what must not be read from a stolen database: NIK, phone numbers, lists as they were sent.
//
// Values are sealed with AES-256-GCM under data keys; data keys stand in the database wrapped by a master key
// that stands only in the key file. A sealed value is found again through a keyed hash, never by its text.
// Turning the master key over re-wraps the data keys and starts a new one for what is sealed from then on (SE-02).
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
)

// Box seals and opens values. It is safe for use by many goroutines.
type Box struct {
	keys    map[uint32]cipher.AEAD // data keys by number
	current uint32
	index   []byte // for keyed hashes and derived secrets
}

// ErrSealed says that a value cannot be opened: another key, or changed since.
var ErrSealed = errors.New("seal: cannot be opened")

const nonceSize = 12

// Seal hides a value. The context ("person.nik:per_…") binds it to its place: it opens nowhere else.
func (b *Box) Seal(plain []byte, context string) []byte {
	out := make([]byte, 4+nonceSize, 4+nonceSize+len(plain)+16)
	binary.BigEndian.PutUint32(out, b.current)
	_, _ = rand.Read(out[4:])
	return b.keys[b.current].Seal(out, out[4:], plain, []byte(context))
}

// Open shows a value that was sealed in the same context.
func (b *Box) Open(sealed []byte, context string) ([]byte, error) {
	if len(sealed) < 4+nonceSize {
		return nil, fmt.Errorf("%s: %w", context, ErrSealed)
	}
	key := b.keys[binary.BigEndian.Uint32(sealed)]
	if key == nil {
		return nil, fmt.Errorf("%s: %w", context, ErrSealed)
	}
	plain, err := key.Open(nil, sealed[4:4+nonceSize], sealed[4+nonceSize:], []byte(context))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", context, ErrSealed)
	}
	return plain, nil
}

// Hash is the keyed hash by which a sealed value is found. The purpose keeps hashes of different things apart.
func (b *Box) Hash(purpose, value string) []byte {
	m := hmac.New(sha256.New, b.index)
	m.Write([]byte(purpose + "\x00" + value))
	return m.Sum(nil)
}

var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Secret derives the secret of a link from its id, so that the letter can be printed again and the database
// never holds what opens the link.
func (b *Box) Secret(id string) string { return letters.EncodeToString(b.Hash("secret", id)[:20]) }

// LedgerKey is the key for the seals of the ledger.
func (b *Box) LedgerKey() []byte { return b.Hash("ledger", "") }

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
