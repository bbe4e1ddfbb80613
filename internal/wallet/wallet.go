// Package wallet is what a holder does with her certificates: she opens them by a personal link or with her account,
// takes them with her in every form, shows chosen ones to others for as long as she likes, records certificates of
// other issuers beside them, and says when one is wrong (CE-10, CE-13; UU 27/2022 art. 6).
package wallet

import (
	"bytes"
	"image"
	_ "image/jpeg" // evidence may be a photograph
	_ "image/png"
	"slices"
	"strings"
	"unicode/utf8"

	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/seal"
)

// Service is what holders do with their wallets, and offices for them.
type Service struct {
	d     *db.DB
	box   *seal.Box
	blobs *blob.Store
}

// NewService makes the service.
func NewService(d *db.DB, box *seal.Box, blobs *blob.Store) *Service { return &Service{d, box, blobs} }

// opens says whether the actor opens the wallet of a person: she herself, or the bearer of a link to it.
func opens(a auth.Actor, p auth.PersonID) bool {
	return p != "" && a.Person == p && (a.Subject == "" || strings.HasPrefix(a.Subject, linkPrefix+"_"))
}

// Certificates are the actor's own, of every body, the newest first.
func Certificates(tx *db.Tx, actor auth.Actor) ([]certificate.Certificate, error) {
	if !opens(actor, actor.Person) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	all, err := certificate.Mine(tx, auth.Actor{Person: actor.Person})
	slices.SortStableFunc(all, func(a, b certificate.Certificate) int {
		return strings.Compare(string(b.IssuedOn), string(a.IssuedOn))
	})
	return all, err
}

// Certificate is one of the actor's own.
func Certificate(tx *db.Tx, actor auth.Actor, id certificate.ID) (certificate.Certificate, error) {
	if !opens(actor, actor.Person) {
		return certificate.Certificate{}, fault.New(fault.NotFound, "db.not_found")
	}
	return certificate.Get(tx, auth.Actor{Person: actor.Person}, id)
}

func now(tx *db.Tx, actor auth.Actor) flow.Case {
	return flow.Case{Actor: actor, Now: tx.Now(), Today: date.Of(tx.Now(), date.WIB)}
}

const maxFile = 8 << 20

// File is a piece of evidence. It is kept sealed, and its name tells nothing.
type File struct {
	Name string
	Mime string
	Size int64
	blob string
}

// Empty says whether there is no file.
func (f File) Empty() bool { return f.blob == "" }

// keep seals a piece of evidence away. What it is is judged by its bytes, not by its name; none is an empty File.
func (s *Service) keep(name string, data []byte) (File, error) {
	if len(data) == 0 {
		return File{}, nil
	}
	if len(data) > maxFile {
		return File{}, fault.New(fault.TooLarge, "application.file_too_large", maxFile>>20)
	}
	mime := mimeOf(data)
	if mime == "" {
		return File{}, fault.New(fault.Invalid, "form.invalid").With("file", "application.file_kind")
	}
	kept, err := s.blobs.Put(data)
	return File{strings.ToValidUTF8(name[:min(len(name), 200)], ""), mime, int64(len(data)), kept}, err
}

// mimeOf is what a file is, among what is taken: PDF, and pictures whose head can be read.
func mimeOf(data []byte) string {
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		return "application/pdf"
	}
	if _, format, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return map[string]string{"jpeg": "image/jpeg", "png": "image/png"}[format]
	}
	return ""
}

// read gives the bytes of a piece of evidence.
func (s *Service) read(f File) ([]byte, error) {
	if f.Empty() {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return s.blobs.Get(f.blob)
}

// check notes a text of a form that is missing or too long.
func check(f *fault.Fault, name, value string, required bool, most int) {
	switch {
	case required && value == "":
		_ = f.With(name, "form.required")
	case utf8.RuneCountInString(value) > most:
		_ = f.With(name, "wallet.too_long", most)
	}
}
