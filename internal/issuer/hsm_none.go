//go:build !pkcs11

package issuer

import "errors"

// OpenModule opens a hardware module; this binary was built without the means.
func OpenModule(_, _, _ string) (Vault, error) {
	return nil, errors.New("this binary cannot use hardware modules: build it with CGO_ENABLED=1 go build -tags pkcs11 ./cmd/kompeten")
}
