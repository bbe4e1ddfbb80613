package issuer

import (
	"crypto"
	"errors"
	"strings"
)

// inModule is what the handle of a key in a hardware module begins with; other handles name files.
const inModule = "pkcs11:"

var errNoModule = errors.New("the key lies in a hardware module: give --hsm-module and --hsm-token")

// vaults makes keys in a hardware module where there is one. Keys that were made before in files are still read: they
// sign on until they are replaced.
type vaults struct {
	files  Vault
	module Vault // nil: there is none
}

// Create makes a key where new keys are made.
func (v vaults) Create(kind Kind) (string, []byte, error) {
	if v.module == nil {
		return v.files.Create(kind)
	}
	handle, public, err := v.module.Create(kind)
	return inModule + handle, public, err
}

// Open finds a key where it was made.
func (v vaults) Open(handle string) (crypto.Signer, error) {
	name, in := strings.CutPrefix(handle, inModule)
	switch {
	case !in:
		return v.files.Open(handle)
	case v.module == nil:
		return nil, errNoModule
	}
	return v.module.Open(name)
}

// InModule lets new keys be made in a hardware module from now on. It is called once, before anything is signed.
func (s *Service) InModule(module Vault) { s.vault.module = module }

// AtOnce is how many certificates to sign in one transaction: fewer with a hardware module, which signs at its own speed
// while the transaction is open (docs/adr/0005).
func (s *Service) AtOnce(most int) int {
	if s.vault.module == nil {
		return most
	}
	return min(most, atOnceInModule)
}

const atOnceInModule = 25
