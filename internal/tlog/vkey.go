package tlog

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"io"
)

// VKey is the public key of a log that signs no more, in the form verifiers are given.
func VKey(origin string, public ed25519.PublicKey) (string, error) {
	s, err := NewSigner(origin, retired{public})
	if err != nil {
		return "", err
	}
	return s.LogKey(), nil
}

// retired is a key of which only the public half is known.
type retired struct{ public ed25519.PublicKey }

func (r retired) Public() crypto.PublicKey { return r.public }

func (retired) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("log key: retired")
}
