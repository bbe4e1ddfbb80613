package tlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
)

// Source is where a published log is read: its directory, or its URL.
type Source interface {
	// Get reads the file at a path below the log's prefix; fs.ErrNotExist if there is none.
	Get(ctx context.Context, path string) ([]byte, error)
}

// maxFile is more than any file of a log can have: 256 entries of 64 KiB.
const maxFile = 17 << 20

// SourceAt reads the log in a directory or at an http(s) URL.
func SourceAt(where string, client *http.Client) Source {
	if strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://") {
		return remote{strings.TrimSuffix(where, "/"), client}
	}
	return directory{os.DirFS(where)}
}

type directory struct{ files fs.FS }

// Get reads a file.
func (d directory) Get(_ context.Context, path string) ([]byte, error) {
	f, err := d.files.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return bounded(path, f)
}

type remote struct {
	url    string
	client *http.Client
}

// Get fetches a file.
func (r remote) Get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusOK:
		return bounded(path, res.Body)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s/%s: %w", r.url, path, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("%s/%s answers %d", r.url, path, res.StatusCode)
}

func bounded(path string, r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s: more than %d bytes: %w", path, maxFile, ErrMalformed)
	}
	return b, err
}

// fetch reads a tile of hashes as bytes; where a narrow one is gone because the full one has come, its beginning.
func fetch(ctx context.Context, src Source, t tile) ([]byte, error) {
	b, err := src.Get(ctx, t.path())
	if t.width < width && errors.Is(err, fs.ErrNotExist) {
		b, err = src.Get(ctx, tile{t.level, t.n, width}.path())
		if err == nil && len(b) == width*len(Hash{}) {
			b = b[:t.width*len(Hash{})]
		}
	}
	return b, err
}

// fetchHashes reads a tile of hashes.
func fetchHashes(ctx context.Context, src Source, t tile) ([]Hash, error) {
	b, err := fetch(ctx, src, t)
	if err != nil {
		return nil, err
	}
	return hashes(b, t.width)
}

// fetchEntries reads a bundle of entries.
func fetchEntries(ctx context.Context, src Source, t tile) ([][]byte, error) {
	b, err := src.Get(ctx, t.path())
	if t.width < width && errors.Is(err, fs.ErrNotExist) {
		b, err = src.Get(ctx, tile{t.level, t.n, width}.path())
		if err == nil {
			all, err := parseBundle(b, width)
			if err != nil {
				return nil, err
			}
			return all[:t.width], nil
		}
	}
	if err != nil {
		return nil, err
	}
	return parseBundle(b, t.width)
}

// tilesAt reads tiles of a published log.
func tilesAt(ctx context.Context, src Source) tileSource {
	return func(t tile) ([]byte, error) { return fetch(ctx, src, t) }
}
