//go:build pkcs11

package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/miekg/pkcs11"
)

// Mechanisms of PKCS#11 3.0 that the module's library does not name yet.
const (
	ckmEdwardsKeyPairGen = 0x1055
	ckmEdDSA             = 0x1057
	ckkEdwards           = 0x40
)

// curves are the parameters of the curves as the module wants them: names as objects of ASN.1.
var curves = map[Kind][]byte{
	EdDSA: {0x06, 0x03, 0x2b, 0x65, 0x70},                               // id-Ed25519
	ES256: {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}, // P-256
}

// module keeps keys in a token. Their secret halves are made there, marked sensitive and not extractable, and never leave
// it. One session is used by one at a time; when the module forgets it (unplugged, restarted), it is opened anew.
type module struct {
	lib   *pkcs11.Ctx
	token string
	pin   string

	mu      sync.Mutex
	session pkcs11.SessionHandle
	open    bool
}

// OpenModule opens the token with a label in the hardware module of a PKCS#11 library and signs in to it.
func OpenModule(library, token, pin string) (Vault, error) {
	lib := pkcs11.New(library)
	if lib == nil {
		return nil, fmt.Errorf("hardware module: %s is not a PKCS#11 library", library)
	}
	if err := lib.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return nil, fmt.Errorf("hardware module %s: %w", library, err)
	}
	m := &module{lib: lib, token: token, pin: pin}
	return m, m.with(func(pkcs11.SessionHandle) error { return nil })
}

// connect opens the session and signs in.
func (m *module) connect() error {
	slots, err := m.lib.GetSlotList(true)
	if err != nil {
		return fmt.Errorf("hardware module: %w", err)
	}
	for _, slot := range slots {
		info, err := m.lib.GetTokenInfo(slot)
		if err != nil || info.Label != m.token {
			continue
		}
		if m.session, err = m.lib.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION); err != nil {
			return fmt.Errorf("token %s: %w", m.token, err)
		}
		err = m.lib.Login(m.session, pkcs11.CKU_USER, m.pin)
		if err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
			_ = m.lib.CloseSession(m.session)
			return fmt.Errorf("token %s: %w", m.token, err)
		}
		m.open = true
		return nil
	}
	return fmt.Errorf("hardware module: no token has the label %q", m.token)
}

// lost are the answers after which a new session is worth a try.
var lost = []pkcs11.Error{pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_DEVICE_ERROR}

// with does something in the session, once more in a new one where the old one is lost.
func (m *module) with(do func(pkcs11.SessionHandle) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for again := false; ; again = true {
		if !m.open {
			if err := m.connect(); err != nil {
				return err
			}
		}
		err := do(m.session)
		var said pkcs11.Error
		if !errors.As(err, &said) || again || !contains(lost, said) {
			return err
		}
		_ = m.lib.CloseSession(m.session)
		m.open = false
	}
}

func contains(list []pkcs11.Error, e pkcs11.Error) bool {
	for _, x := range list {
		if x == e {
			return true
		}
	}
	return false
}

// Create makes a key in the token; its handle is a random name that the key has there.
func (m *module) Create(kind Kind) (string, []byte, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", nil, fmt.Errorf("key: %w", err)
	}
	generate, of := uint(pkcs11.CKM_EC_KEY_PAIR_GEN), uint(pkcs11.CKK_EC)
	if kind == EdDSA {
		generate, of = ckmEdwardsKeyPairGen, ckkEdwards
	}
	label := "kompeten " + string(kind)
	public := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, of), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true), pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, curves[kind]), pkcs11.NewAttribute(pkcs11.CKA_ID, id), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
	}
	secret := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, of), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_SIGN, true), pkcs11.NewAttribute(pkcs11.CKA_ID, id), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
	}
	var point []byte
	err := m.with(func(session pkcs11.SessionHandle) error {
		made, _, err := m.lib.GenerateKeyPair(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(generate, nil)}, public, secret)
		if err != nil {
			return fmt.Errorf("token %s: a key of kind %s: %w", m.token, kind, err)
		}
		point, err = m.point(session, made)
		return err
	})
	return string(kind) + "/" + hex.EncodeToString(id), point, err
}

// point is the public half of a key.
func (m *module) point(session pkcs11.SessionHandle, key pkcs11.ObjectHandle) ([]byte, error) {
	have, err := m.lib.GetAttributeValue(session, key, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	if err != nil || len(have) != 1 {
		return nil, fmt.Errorf("token %s: public key: %w", m.token, err)
	}
	var raw []byte
	if _, err := asn1.Unmarshal(have[0].Value, &raw); err != nil { // some modules wrap the point, some do not
		raw = have[0].Value
	}
	return raw, nil
}

// Open finds a key in the token.
func (m *module) Open(handle string) (crypto.Signer, error) {
	kind, id, err := split(handle)
	if err != nil {
		return nil, err
	}
	s := &moduleKey{m: m, kind: kind, id: id}
	err = m.with(func(session pkcs11.SessionHandle) error {
		if _, err := m.find(session, pkcs11.CKO_PRIVATE_KEY, id); err != nil {
			return err
		}
		public, err := m.find(session, pkcs11.CKO_PUBLIC_KEY, id)
		if err != nil {
			return err
		}
		point, err := m.point(session, public)
		if err != nil {
			return err
		}
		s.public, err = Key{Kind: kind, Public: point}.Parsed()
		return err
	})
	return s, err
}

func split(handle string) (Kind, []byte, error) {
	for kind := range curves {
		if len(handle) > len(kind) && handle[:len(kind)+1] == string(kind)+"/" {
			id, err := hex.DecodeString(handle[len(kind)+1:])
			return kind, id, err
		}
	}
	return "", nil, fmt.Errorf("key handle %q: not of a hardware module", handle)
}

func (m *module) find(session pkcs11.SessionHandle, class uint, id []byte) (pkcs11.ObjectHandle, error) {
	if err := m.lib.FindObjectsInit(session, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_ID, id)}); err != nil {
		return 0, fmt.Errorf("token %s: %w", m.token, err)
	}
	found, _, err := m.lib.FindObjects(session, 1)
	if ended := m.lib.FindObjectsFinal(session); err == nil {
		err = ended
	}
	if err != nil {
		return 0, fmt.Errorf("token %s: %w", m.token, err)
	}
	if len(found) == 0 {
		return 0, fmt.Errorf("token %s holds no key %x", m.token, id)
	}
	return found[0], nil
}

// moduleKey signs with a key in a token.
type moduleKey struct {
	m      *module
	kind   Kind
	id     []byte
	public crypto.PublicKey
}

// Public is the public half.
func (k *moduleKey) Public() crypto.PublicKey { return k.public }

// Sign signs a message with Ed25519, or a digest with ECDSA, whose signature is given as ASN.1 like that of the standard
// library. A module draws its own random numbers: ECDSA signatures of one digest differ.
func (k *moduleKey) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	how := uint(pkcs11.CKM_ECDSA)
	if k.kind == EdDSA {
		how = ckmEdDSA
	}
	if pure := opts.HashFunc() == 0; pure != (k.kind == EdDSA) {
		return nil, fmt.Errorf("key of kind %s: cannot sign with %v", k.kind, opts.HashFunc())
	}
	var sig []byte
	err := k.m.with(func(session pkcs11.SessionHandle) error {
		key, err := k.m.find(session, pkcs11.CKO_PRIVATE_KEY, k.id)
		if err != nil {
			return err
		}
		if err := k.m.lib.SignInit(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(how, nil)}, key); err != nil {
			return fmt.Errorf("token %s: %w", k.m.token, err)
		}
		if sig, err = k.m.lib.Sign(session, message); err != nil {
			return fmt.Errorf("token %s: %w", k.m.token, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(sig) != 64:
		return nil, fmt.Errorf("token %s: a signature of %d bytes", k.m.token, len(sig))
	case k.kind == EdDSA && !ed25519.Verify(k.public.(ed25519.PublicKey), message, sig):
		return nil, fmt.Errorf("token %s: the signature does not hold", k.m.token)
	case k.kind == EdDSA:
		return sig, nil
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if !ecdsa.Verify(k.public.(*ecdsa.PublicKey), message, r, s) {
		return nil, fmt.Errorf("token %s: the signature does not hold", k.m.token)
	}
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}
