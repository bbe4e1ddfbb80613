package check

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/tlog"
)

// source is where the published files of an installation come from: a directory, or the installation itself.
type source func(ctx context.Context, name string) ([]byte, error)

// published is a trust made of an installation's published files, wherever they stand:
//
//	.well-known/did.json, lsp/1234/did.json …   the keys
//	lsp/1234/endorsement.json …                 what the authority says about a body's licence
//	status/LIST, status/LIST/suspension         the status lists
//	verify/keys.json                            the keys that sign QR codes
//	log/key                                     the key of the log
type published struct {
	get  source
	list func(name string) string // where a status list stands under its name
}

// Bundle is a trust that needs no network: a directory that "kompeten export bundle" wrote.
func Bundle(dir string) (Trust, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("bundle %s: no such directory", dir)
	}
	root := os.DirFS(dir)
	return published{
		get: func(_ context.Context, name string) ([]byte, error) {
			b, err := fs.ReadFile(root, name)
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
				return nil, credential.ErrNoKey
			}
			return b, err
		},
		list: func(name string) string { return "status/" + strings.ReplaceAll(name, "/", ".") + ".json" },
	}, nil
}

// maxFetch bounds what is taken from a server.
const maxFetch = 4 << 20

// Online is a trust that asks the installation at an address.
func Online(base string) (Trust, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%q is not the address of an installation; give one like https://sertifikat.example.id", base)
	}
	client := &http.Client{Timeout: 20 * time.Second}
	return published{
		get: func(ctx context.Context, name string) ([]byte, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/"+name, nil)
			if err != nil {
				return nil, err
			}
			res, err := client.Do(req)
			if err != nil {
				return nil, err
			}
			defer func() { _ = res.Body.Close() }()
			switch res.StatusCode {
			case http.StatusOK:
				return io.ReadAll(io.LimitReader(res.Body, maxFetch))
			case http.StatusNotFound:
				return nil, credential.ErrNoKey
			}
			return nil, fmt.Errorf("%s: %s", name, res.Status)
		},
		list: func(name string) string { return "status/" + name },
	}, nil
}

// Document is the did:web document of a body.
func (p published) Document(ctx context.Context, did string) ([]byte, error) {
	at, err := credential.DIDURL(did)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	return p.get(ctx, strings.TrimPrefix(u.Path, "/"))
}

// Endorsement is what the authority says about a body's licence.
func (p published) Endorsement(ctx context.Context, did string) ([]byte, error) {
	at, err := credential.DIDURL(did)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	return p.get(ctx, strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "did.json")+"endorsement.json")
}

// Status is a status list by its address or its name.
func (p published) Status(ctx context.Context, address string) ([]byte, error) {
	if _, name, found := strings.Cut(address, "/status/"); found {
		address = name
	}
	if path.Clean(address) != address {
		return nil, errList
	}
	return p.get(ctx, p.list(address))
}

// QRKeys are the keys that sign QR codes.
func (p published) QRKeys(ctx context.Context) (credential.QRKeys, error) {
	b, err := p.get(ctx, "verify/keys.json")
	if err != nil {
		return nil, err
	}
	var said struct {
		Keys []struct {
			KID     string    `json:"kid"`
			Method  string    `json:"method"`
			DID     string    `json:"did"`
			Licence string    `json:"licence"`
			From    date.Date `json:"from"`
			Until   date.Date `json:"until"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(b, &said); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	c := New(p, time.Time{})
	out := credential.QRKeys{}
	for _, k := range said.Keys {
		var id credential.QRKeyID
		if n, err := hex.Decode(id[:], []byte(k.KID)); err != nil || n != len(id) {
			continue
		}
		key, err := c.key(ctx, k.Method)
		if err != nil {
			return nil, err
		}
		out[id] = append(out[id], credential.QRKey{Public: either(key), Licence: k.Licence, From: k.From, Until: k.Until})
	}
	return out, nil
}

func either(k credential.Key) any {
	if k.P256 != nil {
		return k.P256
	}
	return k.Ed25519
}

// Log is the policy of the installation's log.
func (p published) Log(ctx context.Context) (tlog.Policy, bool) {
	b, err := p.get(ctx, "log/key")
	if err != nil {
		return tlog.Policy{}, false
	}
	keys := strings.Fields(string(b))
	if len(keys) == 0 {
		return tlog.Policy{}, false
	}
	origin, _, _ := strings.Cut(keys[0], "+")
	policy, err := tlog.NewPolicy(origin, keys, 0)
	return policy, err == nil
}
