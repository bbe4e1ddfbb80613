package seal

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kompeten/internal/db"
	"kompeten/internal/id"
)

// keyFile is the file of master keys; the last is the one in use.
type keyFile struct {
	Note string      `json:"note"`
	Keys []masterKey `json:"keys"`
}

type masterKey struct {
	ID  string `json:"id"`
	Key []byte `json:"key"`
}

const note = "Master keys of this Kompeten installation. Keep a copy in a safe place: without it no NIK can be read."

type dataKey struct {
	id, purpose, master string
	no                  uint32
	wrapped             []byte
}

// Load opens the box of an installation. On the first start it makes the key file (mode 0600) and the first data
// keys; later a missing key file is an error, never a new key.
func Load(ctx context.Context, d *db.DB, file string) (*Box, error) {
	var rows []dataKey
	err := d.Read(ctx, func(tx *db.Tx) (err error) { rows, err = dataKeys(tx); return err })
	if err != nil {
		return nil, err
	}
	kf, err := readFile(file)
	if errors.Is(err, fs.ErrNotExist) && len(rows) == 0 {
		kf, err = freshFile(), nil
		if err := writeFile(file, kf); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if len(rows) == 0 {
		if rows, err = firstKeys(ctx, d, kf.last()); err != nil {
			return nil, err
		}
	}
	return open(kf, rows)
}

func dataKeys(tx *db.Tx) ([]dataKey, error) {
	return db.All(tx, func(k *dataKey) []any { return []any{&k.id, &k.purpose, &k.no, &k.master, &k.wrapped} },
		"SELECT id, purpose, no, master, wrapped FROM data_key ORDER BY purpose, no")
}

func firstKeys(ctx context.Context, d *db.DB, master masterKey) ([]dataKey, error) {
	var rows []dataKey
	err := d.Write(ctx, func(tx *db.Tx) error {
		rows = nil
		for _, purpose := range []string{"index", "seal"} {
			k, err := addKey(tx, master, purpose, 1)
			if err != nil {
				return err
			}
			rows = append(rows, k)
		}
		return nil
	})
	return rows, err
}

func addKey(tx *db.Tx, master masterKey, purpose string, no uint32) (dataKey, error) {
	k := dataKey{id: id.New("key", tx.Now()), purpose: purpose, master: master.ID, no: no}
	var err error
	if k.wrapped, err = master.wrap(random(32), k); err != nil {
		return k, err
	}
	_, err = tx.Exec("INSERT INTO data_key (id, purpose, no, master, wrapped, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		k.id, k.purpose, k.no, k.master, k.wrapped, db.At(tx.Now()))
	return k, err
}

func open(kf keyFile, rows []dataKey) (*Box, error) {
	b := &Box{keys: map[uint32]cipher.AEAD{}}
	for _, k := range rows {
		key, err := kf.unwrap(k)
		if err != nil {
			return nil, err
		}
		if k.purpose == "index" {
			b.index = key
			continue
		}
		if b.keys[k.no], err = aead(key); err != nil {
			return nil, err
		}
		b.current = k.no
	}
	return b, nil
}

// Rotate makes a new master key, wraps every data key with it, starts a new data key and then forgets the old
// master. Stopped at any moment, both masters stand in the file and nothing is lost.
func Rotate(ctx context.Context, d *db.DB, file string) error {
	kf, err := readFile(file)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	kf.Keys = append(kf.Keys, freshFile().Keys...)
	if err := writeFile(file, kf); err != nil {
		return err
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return rewrap(tx, kf) }); err != nil {
		return err
	}
	kf.Keys = kf.Keys[len(kf.Keys)-1:]
	return writeFile(file, kf)
}

func rewrap(tx *db.Tx, kf keyFile) error {
	rows, err := dataKeys(tx)
	if err != nil {
		return err
	}
	master, top := kf.last(), uint32(0)
	for _, k := range rows {
		key, err := kf.unwrap(k)
		if err != nil {
			return err
		}
		wrapped, err := master.wrap(key, k)
		if err != nil {
			return err
		}
		if err := tx.Change("UPDATE data_key SET wrapped = $1, master = $2 WHERE id = $3", wrapped, master.ID, k.id); err != nil {
			return err
		}
		if k.purpose == "seal" {
			top = k.no
		}
	}
	_, err = addKey(tx, master, "seal", top+1)
	return err
}

func (m masterKey) wrap(key []byte, k dataKey) ([]byte, error) {
	a, err := aead(m.Key)
	if err != nil {
		return nil, err
	}
	nonce := random(nonceSize)
	return a.Seal(nonce, nonce, key, []byte(k.id+k.purpose)), nil
}

func (f keyFile) unwrap(k dataKey) ([]byte, error) {
	for _, m := range f.Keys {
		if m.ID != k.master {
			continue
		}
		a, err := aead(m.Key)
		if err != nil {
			return nil, err
		}
		if len(k.wrapped) < nonceSize {
			break
		}
		key, err := a.Open(nil, k.wrapped[:nonceSize], k.wrapped[nonceSize:], []byte(k.id+k.purpose))
		if err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("key file does not hold master key %s, which this database needs: put the right key file back", k.master)
}

func (f keyFile) last() masterKey { return f.Keys[len(f.Keys)-1] }

func freshFile() keyFile {
	return keyFile{note, []masterKey{{"mk_" + letters.EncodeToString(random(8)), random(32)}}}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func readFile(file string) (keyFile, error) {
	var kf keyFile
	b, err := os.ReadFile(file)
	if err != nil {
		return kf, err
	}
	if err := json.Unmarshal(b, &kf); err != nil || len(kf.Keys) == 0 {
		return kf, fmt.Errorf("%s is not a key file", file)
	}
	return kf, nil
}

// writeFile puts the file in place whole or not at all.
func writeFile(file string, kf keyFile) error {
	b, err := json.MarshalIndent(kf, "", " ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".keys-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = tmp.Write(b); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	return err
}
