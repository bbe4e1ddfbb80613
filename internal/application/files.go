package application

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/person"
)

// Attachment is a document that belongs to a requirement.
type Attachment struct {
	ID          string
	Requirement string // a requirement's id, or "photo"
	Blob        string
	Name        string
	Mime        string
	Size        int64
	At          db.Time
}

// Photo is the requirement name under which the portrait for the certificate is kept.
const Photo = "photo"

const maxFile = 8 << 20

// kinds of files that are taken; a browser shows none of them as a page.
var kinds = map[string]bool{"image/jpeg": true, "image/png": true, "application/pdf": true}

// AddFile keeps a document. What it is is judged by its bytes, not by its name.
func (s *Service) AddFile(ctx context.Context, actor auth.Actor, a ID, requirement, name string, data []byte) error {
	mime := http.DetectContentType(data)
	switch {
	case len(data) == 0:
		return fault.New(fault.Invalid, "form.invalid").With("file", "form.required")
	case len(data) > maxFile:
		return fault.New(fault.TooLarge, "application.file_too_large", maxFile>>20)
	case !kinds[mime] || requirement == Photo && !strings.HasPrefix(mime, "image/"):
		return fault.New(fault.Invalid, "form.invalid").With("file", "application.file_kind")
	}
	file, err := s.blobs.Put(data)
	if err != nil {
		return err
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		f, err := FileOf(tx, actor, a)
		if err != nil {
			return err
		}
		pass, err := allow(tx, actor, "add_file", f, "")
		if err != nil {
			return err
		}
		if err := room(tx, f, requirement); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO application_file (id, application, requirement, blob, name, mime, size, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id.New("doc", tx.Now()), string(a), requirement, file, strings.ToValidUTF8(name[:min(len(name), 200)], ""), mime, len(data), actor.Who(), db.At(tx.Now()))
		if err != nil {
			return err
		}
		if requirement == Photo {
			if err := person.SetPhoto(tx, f.Person, file); err != nil {
				return err
			}
		}
		return ledger.Append(tx, f.LSP, string(a), pass, map[string]string{"requirement": requirement, "mime": mime})
	})
}

// maxFiles is how many documents one application takes.
const maxFiles = 40

// room refuses a document for what the scheme does not ask, and one too many.
func room(tx *db.Tx, f File, requirement string) error {
	if requirement != Photo {
		ids, err := requirements(tx, f.Application)
		if err != nil {
			return err
		}
		if !slices.Contains(ids, requirement) {
			return fault.New(fault.NotFound, "db.not_found")
		}
	}
	var n int
	err := tx.Get("SELECT COUNT(*) FROM application_file WHERE application = $1", []any{string(f.ID)}, &n)
	if err == nil && n >= maxFiles {
		err = fault.New(fault.Conflict, "application.too_many_files", maxFiles)
	}
	return err
}

// Files lists the documents of an application, the newest first.
func Files(tx *db.Tx, actor auth.Actor, a ID) ([]Attachment, error) {
	if _, err := Get(tx, actor, a); err != nil {
		return nil, err
	}
	return db.All(tx, func(f *Attachment) []any {
		return []any{&f.ID, &f.Requirement, &f.Blob, &f.Name, &f.Mime, &f.Size, &f.At}
	}, "SELECT id, requirement, blob, name, mime, size, at FROM application_file WHERE application = $1 ORDER BY at DESC, id DESC", string(a))
}

// ReadFile is one document of an application with its bytes.
func (s *Service) ReadFile(ctx context.Context, actor auth.Actor, a ID, file string) (Attachment, []byte, error) {
	var found Attachment
	err := s.d.Read(ctx, func(tx *db.Tx) error {
		all, err := Files(tx, actor, a)
		for _, f := range all {
			if f.ID == file {
				found = f
			}
		}
		return err
	})
	if err != nil {
		return found, nil, err
	}
	if found.ID == "" {
		return found, nil, fault.New(fault.NotFound, "blob.not_found")
	}
	data, err := s.blobs.Get(found.Blob)
	return found, data, err
}
