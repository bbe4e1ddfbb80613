package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func zipped(t *testing.T, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := NewZip(&out, "2021-04-19")
	err := Each(context.Background(), n, func(i int) ([]byte, error) {
		c := sampleCertificate(2)
		c.Name = fmt.Sprint("Peserta ", i)
		return c.PDF()
	}, func(i int, b []byte) error { return z.Add(fmt.Sprintf("%03d %s.pdf", i, "Peserta/.."), b) })
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheSameBatchGivesTheSameArchive(t *testing.T) {
	a, b := zipped(t, 25), zipped(t, 25)
	if !bytes.Equal(a, b) {
		t.Error("the archive made again differs")
	}
	r, err := zip.NewReader(bytes.NewReader(a), int64(len(a)))
	if err != nil || len(r.File) != 25 {
		t.Fatalf("%v", err)
	}
	for i, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in) // checks the sum of the file
		if err != nil || !bytes.HasPrefix(body, []byte("%PDF-1.7")) || f.Name != fmt.Sprintf("%03d-Peserta-...pdf", i) {
			t.Errorf("file %d %q: %v", i, f.Name, err)
		}
	}
}

func TestNamesInArchivesAreSafeAndUnlike(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Siti Nur’aini.pdf", "Siti-Nur-aini.pdf"},
		{"../../etc/passwd", "etc-passwd"},
		{`C:\x\y.pdf`, "C-x-y.pdf"},
		{"", "document.pdf"},
		{"\u202Efdp.exe", "fdp.exe"},
		{strings.Repeat("a", 300) + ".pdf", strings.Repeat("a", 112) + "aaaa.pdf"},
	} {
		if got := FileName(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	var out bytes.Buffer
	z := NewZip(&out, "")
	for _, name := range []string{"a.pdf", "A.pdf", "a-2.pdf", "a.pdf"} {
		if err := z.Add(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	_ = z.Close()
	r, _ := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	var names []string
	for _, f := range r.File {
		names = append(names, strings.ToLower(f.Name))
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != 4 {
		t.Errorf("two files of one name: %v", names)
	}
}

func TestEachStopsAtTheFirstError(t *testing.T) {
	bad := errors.New("paper is out")
	for _, c := range []struct {
		name          string
		failMake, use int
	}{{"while making", 40, -1}, {"while using", -1, 40}} {
		used := 0
		err := Each(context.Background(), 10_000, func(i int) ([]byte, error) {
			if i == c.failMake {
				return nil, bad
			}
			return []byte{1}, nil
		}, func(i int, b []byte) error {
			if i != used {
				t.Errorf("%s: file %d comes at place %d", c.name, i, used)
			}
			if used++; i == c.use {
				return bad
			}
			return nil
		})
		if !errors.Is(err, bad) || used > 41 {
			t.Errorf("%s: %v after %d", c.name, err, used)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := Each(ctx, 100, func(int) ([]byte, error) { return nil, nil }, func(int, []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped before it began: %v", err)
	}
	if err := Each(context.Background(), 0, nil, nil); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
}
