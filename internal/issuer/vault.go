package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"kompeten/internal/blob"
)

var p256 = elliptic.P256()

// files keeps each secret key in a file of its own, readable by its owner only and sealed with the installation's key.
type files struct{ blobs *blob.Store }

// Create makes a key and gives the name of its file and its public half.
func (v files) Create(kind Kind) (string, []byte, error) {
	var secret any
	var public []byte
	if kind == EdDSA {
		pub, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return "", nil, fmt.Errorf("key: %w", err)
		}
		secret, public = key, pub
	} else {
		key, err := ecdsa.GenerateKey(p256, rand.Reader)
		if err != nil {
			return "", nil, fmt.Errorf("key: %w", err)
		}
		if public, err = key.PublicKey.Bytes(); err != nil {
			return "", nil, fmt.Errorf("key: %w", err)
		}
		secret = key
	}
	der, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return "", nil, fmt.Errorf("key: %w", err)
	}
	handle, err := v.blobs.Put(der)
	return handle, public, err
}

// Open reads a key.
func (v files) Open(handle string) (crypto.Signer, error) {
	der, err := v.blobs.Get(handle)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("key file: a %T does not sign", key)
	}
	return signer, nil
}
