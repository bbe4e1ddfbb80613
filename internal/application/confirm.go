package application

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/sheet"
	"kompeten/internal/text"
)

// Confirmation is what a person says when she opens her application.
type Confirmation struct {
	Input    person.Input // her data, as she corrected them; an empty phone leaves the one known
	Consents []string     // purposes she agrees to
	Lang     text.Lang
}

// Confirm hands an application in: the person has read her data, put right what was wrong, and consented. What she
// corrected is written down by field, as keyed hashes of what stood there and of what stands there now.
func (s *Service) Confirm(ctx context.Context, actor auth.Actor, a ID, version int64, c Confirmation) error {
	return s.change(ctx, actor, a, version, "confirm", "", func(tx *db.Tx, f *File) error {
		in, err := checked(c.Input, date.Of(tx.Now(), date.WIB))
		if err != nil {
			return err
		}
		purposes, err := known(c.Consents)
		if err != nil {
			return err
		}
		f.Consents = purposes
		if in.Name != f.Name {
			if err := rename(tx, f.Application, in.Name); err != nil {
				return err
			}
		}
		f.Name, f.ConfirmedAt, f.SubmittedAt, f.Stage, f.Note = in.Name, tx.Now(), tx.Now(), StageSubmitted, ""
		was, err := person.Get(tx, s.box, actor, f.Person)
		if err != nil {
			return err
		}
		f.detail = s.corrections(was, in)
		if err := person.GiveConsent(tx, actor, f.Person, string(a), c.Lang, purposes); err != nil {
			return err
		}
		return person.Correct(tx, s.box, f.Person, in)
	})
}

const (
	maxName = 150
	maxText = 300
)

// checked is what a person says of herself, tidied, or a fault that names each field to be mended.
func checked(in person.Input, today date.Date) (person.Input, error) {
	f := fault.New(fault.Invalid, "form.invalid")
	for _, x := range []struct {
		name  string
		value *string
		most  int
	}{{"name", &in.Name, maxName}, {"birth_place", &in.BirthPlace, maxText}, {"address", &in.Address, maxText}, {"email", &in.Email, maxText}, {"education", &in.Education, maxText}} {
		*x.value = tidy(*x.value)
		if utf8.RuneCountInString(*x.value) > x.most {
			f.With(x.name, "application.too_long", x.most)
		}
	}
	if !strings.ContainsFunc(in.Name, unicode.IsLetter) {
		f.With("name", "form.required")
	}
	if !in.BirthDate.Valid() || in.BirthDate >= today || in.BirthDate < "1900" {
		f.With("birth_date", "form.date")
	}
	if user, host, ok := strings.Cut(in.Email, "@"); in.Email != "" && (!ok || user == "" || !strings.Contains(host, ".")) {
		f.With("email", "application.email_form")
	}
	if in.Phone = tidy(in.Phone); in.Phone != "" {
		phone := sheet.E164(in.Phone)
		if phone == "" {
			f.With("phone_e164", "application.phone_form")
		}
		in.Phone = phone
	}
	return in, f.Or()
}

// tidy takes away what nobody meant to type: stray and doubled spaces, and marks that cannot be seen.
func tidy(s string) string {
	s = strings.ToValidUTF8(s, "")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) && r != '\u200d'
	}), " ")
}

// known are the purposes agreed to, each once; one that nobody asked about is refused.
func known(purposes []string) ([]string, error) {
	var out []string
	for _, name := range purposes {
		if !slices.ContainsFunc(person.Purposes(), func(p person.Purpose) bool { return p.Name == name }) {
			return nil, fault.New(fault.NotFound, "db.not_found")
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

type correction struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

// corrections are the fields that a person changed; nil for none. The hashes prove what stood there without saying it.
func (s *Service) corrections(was person.Person, in person.Input) any {
	out := map[string]correction{}
	for _, x := range [][3]string{{"name", was.Name, in.Name}, {"birth_place", was.BirthPlace, in.BirthPlace}, {"birth_date", string(was.BirthDate), string(in.BirthDate)},
		{"address", was.Address, in.Address}, {"email", was.Email, in.Email}, {"education", was.Education, in.Education}} {
		if x[1] != x[2] {
			out[x[0]] = correction{s.proof(x[0], x[1]), s.proof(x[0], x[2])}
		}
	}
	if in.Phone != "" && text.MaskPhone(in.Phone) != was.Phone {
		out["phone_e164"] = correction{"", s.proof("phone_e164", in.Phone)}
	}
	if len(out) == 0 {
		return nil
	}
	return map[string]any{"corrected": out}
}

func (s *Service) proof(field, value string) string {
	return hex.EncodeToString(s.box.Hash("correction."+field, value)[:16])
}
