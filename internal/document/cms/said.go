package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// consistent refuses a container that says something else than it is: no byte of it that we read may be changed without
// a trace, though the signature covers only a part of them.
func (c *container) consistent(outer contentInfo, der []byte) error {
	again, err := asn1.Marshal(outer)
	if err != nil || !bytes.Equal(again, der) {
		return fmt.Errorf("%w: its length", errContainer)
	}
	byIssuer := c.info.SID.Class == asn1.ClassUniversal
	switch {
	case byIssuer && c.info.Version != 1 || !byIssuer && c.info.Version != 3:
		return fmt.Errorf("%w: signer of version %d", errContainer, c.info.Version)
	case !slices.Contains([]int{1, 3, 4, 5}, c.Version):
		return fmt.Errorf("%w: version %d", errContainer, c.Version)
	}
	for _, a := range c.DigestAlgorithms {
		if a.Algorithm.Equal(c.info.DigestAlgorithm.Algorithm) {
			return nil
		}
	}
	return fmt.Errorf("%w: the digest is not among those it names", errContainer)
}

// names are the algorithms that a signature may say it was made with, by the key and the digest. The first ones say
// only the kind of key.
var names = map[x509.PublicKeyAlgorithm]map[crypto.Hash][]string{
	x509.RSA: {
		0:             {oidRSA.String()},
		crypto.SHA256: {"1.2.840.113549.1.1.11"}, crypto.SHA384: {"1.2.840.113549.1.1.12"}, crypto.SHA512: {"1.2.840.113549.1.1.13"},
	},
	x509.ECDSA: {
		0:             {"1.2.840.10045.2.1"},
		crypto.SHA256: {oidECDSAWithSHA256.String()}, crypto.SHA384: {"1.2.840.10045.4.3.3"}, crypto.SHA512: {"1.2.840.10045.4.3.4"},
	},
	x509.Ed25519: {0: {"1.3.101.112"}},
}

// named says whether a signature names the algorithm that its key and digest make.
func (s signerInfo) named(by *x509.Certificate, h crypto.Hash) bool {
	said := s.SignatureAlgorithm.Algorithm.String()
	byKey := names[by.PublicKeyAlgorithm]
	return slices.Contains(byKey[0], said) || slices.Contains(byKey[h], said)
}
