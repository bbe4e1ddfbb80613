package register

import (
	"context"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/person"
	"kompeten/internal/text"
)

// Purpose is the purpose of a person's consent to stand in the directory.
const Purpose = "directory"

// Listing is a certificate whose holder agreed to stand in the directory, as it is found there.
type Listing struct {
	Certificate string
	Application string // where her consent stands
	Scheme      string
	Regency     string
	Employer    string // folded
	Fold        string // her name, folded
	Sample      bool
}

func today(tx *db.Tx) date.Date { return date.Of(tx.Now(), date.WIB) }

// Enter puts certificates into the directory. They are shown as long as the consents stand.
func Enter(tx *db.Tx, list []Listing) error {
	rows := make([][]any, len(list))
	for i, l := range list {
		rows[i] = []any{l.Certificate, l.Application, l.Scheme, l.Regency, l.Employer, l.Fold, l.Sample}
	}
	return tx.Insert("listing", []string{"certificate", "application", "scheme", "regency", "employer", "fold", "sample"}, rows)
}

// Joined says whether the directory may show what a file leads or led to.
func Joined(tx *db.Tx, _ auth.Actor, application string) (bool, error) {
	return tx.Has("SELECT id FROM consent WHERE record = $1 AND purpose = 'directory' AND withdrawn_at IS NULL", application)
}

// RecordOf is the file under which a certificate stands in the directory: that of its consent, which for one that was
// corrected is the file of the wrong one; otherwise the file it was earned with.
func RecordOf(tx *db.Tx, _ auth.Actor, certificate, earned string) (string, error) {
	record := earned
	err := tx.Get("SELECT application FROM listing WHERE certificate = $1", []any{certificate}, &record)
	if fault.Is(err, fault.NotFound) {
		return earned, nil
	}
	return record, err
}

// Join puts what a person earned, or will earn, with a file into the directory: she agrees to it.
func (s *Service) Join(ctx context.Context, actor auth.Actor, application string, lang text.Lang) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		p, book, err := owner(tx, actor, application)
		if err != nil {
			return err
		}
		if joined, err := Joined(tx, actor, application); err != nil || joined {
			return err
		}
		if err := person.Agree(tx, s.box, actor, p, book, application, lang, Purpose); err != nil {
			return err
		}
		list, err := db.All(tx, func(l *Listing) []any {
			return []any{&l.Certificate, &l.Scheme, &l.Regency, &l.Employer, &l.Fold, &l.Sample}
		}, `SELECT c.id, v.scheme, CASE WHEN a.district LIKE '__.__%' THEN substr(a.district, 1, 5) ELSE '' END, a.employer, c.fold, c.sample
			FROM certificate c JOIN application a ON a.id = c.application JOIN scheme_version v ON v.id = c.scheme_version
			WHERE c.id IN (SELECT x.id FROM certificate x WHERE x.application = $1
				UNION ALL SELECT n.id FROM certificate w JOIN certificate n ON n.replaces = w.id AND n.replaces <> '' WHERE w.application = $1 AND w.corrected) ORDER BY c.id`, application)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Application, list[i].Employer = application, text.Fold(list[i].Employer)
		}
		for _, l := range list { // it may stand there since an earlier consent
			if _, err := tx.Exec("DELETE FROM listing WHERE certificate = $1", l.Certificate); err != nil {
				return err
			}
		}
		return Enter(tx, list)
	})
}

// Leave takes a person's file out of the directory: she withdraws her consent, and nothing of it is shown from then on.
func (s *Service) Leave(ctx context.Context, actor auth.Actor, application string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, book, err := owner(tx, actor, application)
		if err != nil {
			return err
		}
		if err := person.Withdraw(tx, s.box, actor, book, application, Purpose); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM listing WHERE application = $1", application)
		return err
	})
}

// owner is whose file it is and in which body's book it stands; a file that is not the actor's own does not exist.
func owner(tx *db.Tx, actor auth.Actor, application string) (p auth.PersonID, book auth.OrgID, err error) {
	err = tx.Get("SELECT person, lsp FROM application WHERE id = $1", []any{application}, &p, &book)
	if err == nil && (actor.Person != p || actor.Subject != "" && actor.Subject != application) {
		err = fault.New(fault.NotFound, "db.not_found")
	}
	return p, book, err
}
