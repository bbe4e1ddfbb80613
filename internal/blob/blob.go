// Package blob keeps files that came in: documents of applicants, lists of offices, portraits. Each is sealed at
// rest and named by a keyed hash of its bytes, so that the same file is stored once and its name tells nothing.
package blob

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"kompeten/internal/fault"
	"kompeten/internal/seal"
)

// Store is a directory of sealed files.
type Store struct {
	dir string
	box *seal.Box
}

// New opens a store in a directory, which is made when missing.
func New(dir string, box *seal.Box) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &Store{dir, box}, nil
}

// Put keeps the bytes and gives their name. What Put acknowledged survives a crash.
func (s *Store) Put(data []byte) (string, error) {
	name := hex.EncodeToString(s.box.Hash("blob", string(data)))
	file := s.path(name)
	if _, err := os.Stat(file); err == nil {
		return name, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("file: %w", err)
	}
	return name, s.write(file, s.box.Seal(data, "blob:"+name))
}

func (s *Store) write(file string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".in-*")
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return syncDir(filepath.Dir(file))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

var hexName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Get reads a file by its name.
func (s *Store) Get(name string) ([]byte, error) {
	if !hexName.MatchString(name) {
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	sealed, err := os.ReadFile(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	return s.box.Open(sealed, "blob:"+name)
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name[:2], name) }
