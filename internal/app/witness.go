package app

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kompeten/internal/db"
	"kompeten/internal/tlog"
)

// cosigners are the witnesses that the settings name, each as ADDRESS+VKEY. Two rows of one address are the old and the
// new key of one witness.
func (c Config) cosigners() ([]*tlog.Cosigner, error) {
	var order []string
	keys := map[string][]string{}
	for _, w := range c.Witnesses {
		address, vkey, found := strings.Cut(w, "+")
		if !found || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			return nil, fmt.Errorf("--witness %s: give the address and the key, https://saksi.example.id+NAME+HASH+KEY", w)
		}
		if len(keys[address]) == 0 {
			order = append(order, address)
		}
		keys[address] = append(keys[address], vkey)
	}
	client := &http.Client{Timeout: 20 * time.Second}
	var out []*tlog.Cosigner
	for _, address := range order {
		w, err := tlog.NewCosigner(address, client, keys[address]...)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	if c.Quorum < 0 || c.Quorum > len(out) {
		return nil, fmt.Errorf("--quorum %d with %d witnesses: no checkpoint could ever be published", c.Quorum, len(out))
	}
	return out, nil
}

// Witness is a witness of transparency logs that is open: a server for a university or a ministry.
type Witness struct {
	http.Handler
	Key string // its vkey, for those who trust it
	db  *db.DB
}

// Close closes the witness's database.
func (w *Witness) Close() error { return w.db.Close() }

// OpenWitness opens a witness in a directory. logs are the vkeys of the logs it looks after; several of one log are its
// old and new keys. Its own key is made under its name when there is none yet.
func OpenWitness(ctx context.Context, dir, name string, logs []string, clock *Clock) (*Witness, error) {
	key, err := WitnessKey(dir, name)
	if err != nil {
		return nil, err
	}
	var origins []string
	keys := map[string][]string{}
	for _, vkey := range logs {
		origin, _, _ := strings.Cut(vkey, "+")
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
		keys[origin] = append(keys[origin], vkey)
	}
	if len(origins) == 0 {
		return nil, errors.New("a witness needs a log to look after: give its key with --log")
	}
	var known []tlog.Policy
	for _, origin := range origins {
		p, err := tlog.NewPolicy(origin, keys[origin], 0)
		if err != nil {
			return nil, err
		}
		known = append(known, p)
	}
	d, err := db.Open(ctx, filepath.Join(dir, "witness.db"), db.Options{Clock: clock.Now, Readers: 2})
	if err != nil {
		return nil, err
	}
	return &Witness{tlog.NewWitness(d, key, known...), key.WitnessKey(), d}, nil
}

const (
	witnessPEM  = "PRIVATE KEY"
	witnessName = "Witness"
)

// WitnessKey reads the key of the witness in a directory; where there is none it makes one under a name, in a file that
// only its owner may read.
func WitnessKey(dir, name string) (*tlog.Signer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	file := filepath.Join(dir, "witness.pem")
	b, err := os.ReadFile(file) // #nosec G304 -- the directory the user named
	if errors.Is(err, fs.ErrNotExist) {
		if name == "" {
			return nil, errors.New("a new witness needs a name, such as saksi.kampus.example.id: give it with --name")
		}
		return makeWitnessKey(file, name)
	}
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != witnessPEM {
		return nil, fmt.Errorf("witness key: %s holds no key", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	secret, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("witness key: %T is not Ed25519", key)
	}
	if has := block.Headers[witnessName]; name != "" && name != has {
		return nil, fmt.Errorf("witness key: %s is the key of %s, not of %s", file, has, name)
	}
	return tlog.NewSigner(block.Headers[witnessName], secret)
}

func makeWitnessKey(file, name string) (*tlog.Signer, error) {
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	signer, err := tlog.NewSigner(name, secret)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the directory the user named
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: witnessPEM, Headers: map[string]string{witnessName: name}, Bytes: der})
	return signer, errors.Join(err, f.Sync(), f.Close())
}
