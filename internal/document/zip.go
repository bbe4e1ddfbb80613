package document

import (
	"archive/zip"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"kompeten/internal/date"
)

// Zip writes files into an archive as they come. The same files on the same day give the same bytes.
type Zip struct {
	w    *zip.Writer
	day  time.Time
	seen map[string]int
}

// NewZip begins an archive whose files all carry the given day.
func NewZip(w io.Writer, day date.Date) *Zip {
	at, err := time.Parse(date.Layout, string(day))
	if err != nil {
		at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // the first day a ZIP can say
	}
	return &Zip{zip.NewWriter(w), at, map[string]int{}}
}

// Add writes a file. Its name is made safe for every system; a name used before gets a number. PDFs are packed
// already, so they are stored as they are.
func (z *Zip) Add(name string, data []byte) error {
	name = z.unique(FileName(name))
	h := &zip.FileHeader{Name: name, Method: zip.Store, Modified: z.day, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
	w, err := z.w.CreateRaw(h)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("zip: %s: %w", name, err)
	}
	return nil
}

// Close writes the directory of the archive; without it the archive is not one.
func (z *Zip) Close() error { return z.w.Close() }

func (z *Zip) unique(name string) string {
	fold := strings.ToLower(name)
	z.seen[fold]++
	n := z.seen[fold]
	if n == 1 {
		return name
	}
	stem, ext := name, ""
	if at := strings.LastIndexByte(name, '.'); at > 0 {
		stem, ext = name[:at], name[at:]
	}
	return z.unique(fmt.Sprintf("%s-%d%s", stem, n, ext))
}

// FileName makes a name that every system takes: letters, digits, dots and dashes, no folder, at most 120 letters.
func FileName(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	r := []rune(strings.Trim(b.String(), ".-"))
	if len(r) == 0 {
		return "document.pdf"
	}
	if len(r) > 120 {
		r = append(r[:112], r[len(r)-8:]...)
	}
	return string(r)
}

// Each makes n files on all processors and gives them to use in order, holding only a few in memory.
func Each(ctx context.Context, n int, produce func(i int) ([]byte, error), use func(i int, data []byte) error) error {
	type made struct {
		data []byte
		err  error
	}
	work, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan made, 2*workers)
	work.SetLimit(workers + 2)
	work.Go(func() error {
		defer close(queue)
		for i := range n {
			slot := make(chan made, 1)
			select {
			case queue <- slot:
			case <-ctx.Done():
				return ctx.Err()
			}
			work.Go(func() error {
				data, err := produce(i)
				slot <- made{data, err}
				return nil
			})
		}
		return nil
	})
	work.Go(func() error {
		i := 0
		for slot := range queue {
			m := <-slot
			if m.err != nil {
				return m.err
			}
			if err := use(i, m.data); err != nil {
				return err
			}
			i++
		}
		return ctx.Err()
	})
	return work.Wait()
}
