package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kompeten/internal/certificate"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/document"
	"kompeten/internal/paper"
	"kompeten/internal/text"
)

// written is a certificate as certificates.json tells of it.
type written struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	Code   string `json:"code"`
	URL    string `json:"url"`
	Status string `json:"status"`
	File   string `json:"file"`
}

// Write leaves what a story made in a directory: the certificates, a list of them, minutes, decree, assignment
// letters, and the office's list with the remarks in it.
func (w *World) Write(ctx context.Context, story string, res Result, dir string) error {
	p, err := planOf(story)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "certificates"), 0o750); err != nil {
		return err
	}
	if err := w.writeCertificates(ctx, p, res, dir); err != nil {
		return err
	}
	if err := w.writePapers(ctx, p, res, dir); err != nil {
		return err
	}
	data, name, err := w.s.Programmes.Remarks(ctx, w.people[p.officer], res.Programme, text.ID)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), data, 0o600)
}

func (w *World) writeCertificates(ctx context.Context, p plan, res Result, dir string) error {
	var all []certificate.Certificate
	var today date.Date
	err := w.s.DB.Read(ctx, func(tx *db.Tx) error {
		all, today = nil, date.Of(tx.Now(), date.WIB)
		for _, m := range res.Meetings {
			part, err := certificate.ByMeeting(tx, w.people[p.manager], m)
			if err != nil {
				return err
			}
			all = append(all, part...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	press := paper.NewPress(w.s)
	list := make([]written, len(all))
	err = document.Each(ctx, len(all), func(i int) ([]byte, error) {
		return press.Certificate(ctx, all[i])
	}, func(i int, data []byte) error {
		c := all[i]
		file := filepath.Join("certificates", paper.FileName(c))
		list[i] = written{c.Number, c.Name, c.Code, w.s.Certificates.URL(c.Code), c.StatusOn(today), file}
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
			return err
		}
		doc, err := w.s.Certificates.Credential(c)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, strings.TrimSuffix(file, ".pdf")+".json"), doc, 0o600)
	})
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "certificates.json"), b, 0o600)
}

// printed is a document that can become a file.
type printed interface{ PDF() ([]byte, error) }

func (w *World) writePapers(ctx context.Context, p plan, res Result, dir string) error {
	papers := map[string]printed{}
	manager := w.people[p.manager]
	err := w.s.DB.Read(ctx, func(tx *db.Tx) error {
		for i, m := range res.Meetings {
			minutes, err := paper.Minutes(tx, manager, m)
			if err != nil {
				return err
			}
			decree, err := paper.Decree(tx, manager, m)
			if err != nil {
				return err
			}
			papers[numbered("minutes", i)], papers[numbered("decree", i)] = minutes, decree
			hand, err := paper.Handover(tx, manager, m, date.Of(tx.Now(), date.WIB))
			if err != nil {
				return err
			}
			papers[numbered("handover", i)] = hand
		}
		for i, sid := range res.Schedules {
			letter, err := paper.Assignment(tx, manager, sid)
			if err != nil {
				return err
			}
			papers[numbered("assignment", i)] = letter
		}
		return nil
	})
	if err != nil {
		return err
	}
	for name, d := range papers {
		data, err := d.PDF()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func numbered(name string, i int) string {
	if i == 0 {
		return name + ".pdf"
	}
	return fmt.Sprintf("%s-%d.pdf", name, i+1)
}
