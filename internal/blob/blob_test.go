package blob_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"kompeten/internal/blob"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
)

func TestAFileComesBackAndDoesNotShowOnDisk(t *testing.T) {
	d := dbtest.Open(t)
	dir := t.TempDir()
	s, err := blob.New(dir, d.Box)
	if err != nil {
		t.Fatal(err)
	}
	name, err := s.Put([]byte("KTP 3374011812939901"))
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Put([]byte("KTP 3374011812939901")); again != name {
		t.Error("the same file has two names")
	}
	if data, err := s.Get(name); err != nil || string(data) != "KTP 3374011812939901" {
		t.Errorf("%s %v", data, err)
	}
	err = filepath.Walk(dir, func(p string, i os.FileInfo, err error) error {
		if err == nil && i.Mode().IsRegular() {
			b, _ := os.ReadFile(p)
			if bytes.Contains(b, []byte("3374")) {
				t.Error("readable on disk")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForgedNamesAreNotFound(t *testing.T) {
	d := dbtest.Open(t)
	for _, name := range []string{"", "x", "../../etc/passwd", "0000000000000000000000000000000000000000000000000000000000000000"} {
		if _, err := d.Blobs.Get(name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
