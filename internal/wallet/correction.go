package wallet

import (
	"context"
	"slices"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/ledger"
	"kompeten/internal/organisation"
)

// CorrectionID of a request to correct a certificate: "cor_…".
type CorrectionID string

// answerWithin is how long the body has for its answer: three times 24 hours (UU 27/2022 art. 30).
const answerWithin = 3 * 24 * time.Hour

// Parts are what can be wrong on a certificate.
func Parts() []string { return []string{"name", "photo", "scheme", "dates", "other"} }

// Correction is a holder's word that a certificate is wrong, and what its body answered. A certificate itself is never
// changed: what it says is signed and logged.
type Correction struct {
	ID          CorrectionID
	Certificate certificate.ID
	LSP         auth.OrgID
	Person      auth.PersonID
	Part        string
	Text        string
	Evidence    File
	State       flow.State
	AskedAt     db.Time
	Answer      string
	Answerer    string
	AnsweredAt  db.Time
	Version     int64

	Number, Name, Title string // of the certificate, for lists

	openBeside int
	certState  flow.State
}

// Due is until when it is to be answered.
func (c Correction) Due() time.Time { return c.AskedAt.Add(answerWithin) }

const correctionColumns = `r.id, r.certificate, r.lsp, r.person, r.part, r.text, r.blob, r.file, r.mime, r.state, r.asked_at, r.answer, r.answerer, r.answered_at, r.version,
	c.number, c.name, c.state`

const correctionFrom = " FROM wallet_correction r JOIN certificate c ON c.id = r.certificate "

func correctionFields(c *Correction) []any {
	return []any{&c.ID, &c.Certificate, &c.LSP, &c.Person, &c.Part, &c.Text, &c.Evidence.blob, &c.Evidence.Name, &c.Evidence.Mime, &c.State, &c.AskedAt, &c.Answer, &c.Answerer,
		&c.AnsweredAt, &c.Version, &c.Number, &c.Name, &c.certState}
}

// sees says who may read a request: the holder, and who answers for the body. Its evidence may be an identity card.
func (c Correction) sees(a auth.Actor) bool { return opens(a, c.Person) || answers(a, c.LSP) }

func answers(a auth.Actor, lsp auth.OrgID) bool {
	return a.Is(auth.LSPAdmin, lsp) || a.Is(auth.Manager, lsp) || a.Is(auth.Head, lsp)
}

// CorrectionInput is what is wrong.
type CorrectionInput struct {
	Part, Text, FileName string
	File                 []byte // evidence, if there is any
}

// Ask tells the body that issued a certificate what is wrong on it.
func (s *Service) Ask(ctx context.Context, actor auth.Actor, c certificate.ID, in CorrectionInput) (made CorrectionID, err error) {
	f := fault.New(fault.Invalid, "form.invalid")
	if !slices.Contains(Parts(), in.Part) {
		_ = f.With("part", "form.required")
	}
	check(f, "text", in.Text, true, 2000)
	if err := f.Or(); err != nil {
		return "", err
	}
	evidence, err := s.keep(in.FileName, in.File)
	if err != nil {
		return "", err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		cert, err := Certificate(tx, actor, c)
		if err != nil {
			return err
		}
		x := Correction{ID: CorrectionID(id.New("cor", tx.Now())), Certificate: c, LSP: cert.LSP, Person: cert.Person, certState: cert.State}
		if err := tx.Get("SELECT COUNT(*) FROM wallet_correction WHERE certificate = $1 AND state = 'open'", []any{string(c)}, &x.openBeside); err != nil {
			return err
		}
		pass, err := CorrectionFlow.Allow(now(tx, actor), "ask", x, "")
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO wallet_correction (id, certificate, lsp, person, part, text, blob, file, mime, state, asked_at, answer, answerer, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 1)`, string(x.ID), string(c), string(x.LSP), string(x.Person), in.Part, in.Text,
			evidence.blob, evidence.Name, evidence.Mime, string(pass.To()), db.At(tx.Now()))
		if err != nil {
			return err
		}
		made = x.ID
		return ledger.Append(tx, x.LSP, string(x.ID), pass, map[string]string{"certificate": string(c), "part": in.Part})
	})
	return made, err
}

// Accept says that the holder is right, and what will be done.
func (s *Service) Accept(ctx context.Context, actor auth.Actor, c CorrectionID, version int64, what string) error {
	return s.answer(ctx, actor, c, version, "accept", what)
}

// Refuse says that the certificate stays as it is, and why.
func (s *Service) Refuse(ctx context.Context, actor auth.Actor, c CorrectionID, version int64, why string) error {
	return s.answer(ctx, actor, c, version, "refuse", why)
}

// TakeBack ends a request by who made it.
func (s *Service) TakeBack(ctx context.Context, actor auth.Actor, c CorrectionID) error {
	return s.answer(ctx, actor, c, 0, "withdraw", "")
}

// answer ends a request. The version is the one that was shown; zero where nothing was.
func (s *Service) answer(ctx context.Context, actor auth.Actor, c CorrectionID, version int64, do flow.Action, words string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := OneCorrection(tx, actor, c)
		if err != nil {
			return err
		}
		if version == 0 {
			version = x.Version
		}
		pass, err := CorrectionFlow.Allow(now(tx, actor), do, x, words)
		if err != nil {
			return hidden(err)
		}
		answerer := ""
		if pass.To() != Withdrawn {
			body, err := organisation.Get(tx, actor, x.LSP)
			if err != nil {
				return err
			}
			answerer = actor.Name + ", " + body.Name
		}
		err = tx.Change("UPDATE wallet_correction SET state = $2, answer = $3, answerer = $4, answered_at = $5, version = version + 1 WHERE id = $1 AND version = $6",
			string(c), string(pass.To()), words, answerer, db.At(tx.Now()), version)
		if err != nil {
			return err
		}
		return ledger.Append(tx, x.LSP, string(c), pass, nil)
	})
}

// OneCorrection is one request, for the holder and who answers for the body.
func OneCorrection(tx *db.Tx, actor auth.Actor, c CorrectionID) (Correction, error) {
	x, err := db.One(tx, correctionFields, "SELECT "+correctionColumns+correctionFrom+"WHERE r.id = $1", string(c))
	if err == nil && !x.sees(actor) {
		return Correction{}, fault.New(fault.NotFound, "db.not_found")
	}
	return x, err
}

// Corrections are the requests of the actor, the newest first.
func Corrections(tx *db.Tx, actor auth.Actor) ([]Correction, error) {
	if !opens(actor, actor.Person) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	return db.All(tx, correctionFields, "SELECT "+correctionColumns+correctionFrom+"WHERE r.person = $1 ORDER BY r.id DESC LIMIT 200", string(actor.Person))
}

// CorrectionsOf are the requests that reached a body: those that wait, the oldest first, or those answered, the newest
// first.
func CorrectionsOf(tx *db.Tx, actor auth.Actor, lsp auth.OrgID, waiting bool) ([]Correction, error) {
	if !answers(actor, lsp) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	where := "WHERE r.lsp = $1 AND r.state <> 'open' ORDER BY r.asked_at DESC, r.id LIMIT 200"
	if waiting {
		where = "WHERE r.lsp = $1 AND r.state = 'open' ORDER BY r.asked_at, r.id LIMIT 200"
	}
	return db.All(tx, correctionFields, "SELECT "+correctionColumns+correctionFrom+where, string(lsp))
}

// Waiting is the request about a certificate that waits for its body, if there is one and the actor answers for it.
func Waiting(tx *db.Tx, actor auth.Actor, c certificate.Certificate) (CorrectionID, error) {
	var id CorrectionID
	if !answers(actor, c.LSP) {
		return "", nil
	}
	err := tx.Get("SELECT id FROM wallet_correction WHERE certificate = $1 AND state = 'open' ORDER BY id LIMIT 1", []any{string(c.ID)}, &id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return id, err
}

// CorrectionEvidence is the evidence of a request, for who may read it.
func (s *Service) CorrectionEvidence(ctx context.Context, actor auth.Actor, c CorrectionID) (f File, data []byte, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		x, err := OneCorrection(tx, actor, c)
		f = x.Evidence
		return err
	})
	if err == nil {
		data, err = s.read(f)
	}
	return f, data, err
}
