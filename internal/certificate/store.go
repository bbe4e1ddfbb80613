package certificate

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/programme"
	"kompeten/internal/text"
)

const columns = `id, application, lsp, person, code, number, registration, blank, name, issued_on, valid_until, state, face, handed_at, sample, version`

type row struct {
	Certificate
	handed db.Time
}

func fields(r *row) []any {
	return []any{&r.ID, &r.Application, &r.LSP, &r.Person, &r.Code, &r.Number, &r.Registration, &r.Blank, &r.Name, &r.IssuedOn, &r.ValidUntil, &r.State,
		db.JSON(&r.Face), &r.handed, &r.Sample, &r.Version}
}

func (r row) whole() Certificate {
	r.HandedAt = r.handed.Time
	return r.Certificate
}

// sees says who may read a certificate whole: its holder, the LSP's people, and who issues it.
func (c Certificate) sees(a auth.Actor) bool {
	if a.Subject != "" {
		return a.Subject == string(c.Application)
	}
	return a.System != "" || a.In(c.LSP) || a.Person != "" && a.Person == c.Person
}

// Get is one certificate.
func Get(tx *db.Tx, actor auth.Actor, id ID) (Certificate, error) {
	r, err := db.One(tx, fields, "SELECT "+columns+" FROM certificate WHERE id = $1", string(id))
	if err == nil && !r.sees(actor) {
		return Certificate{}, fault.New(fault.NotFound, "db.not_found")
	}
	return r.whole(), err
}

func list(tx *db.Tx, actor auth.Actor, where string, args ...any) ([]Certificate, error) {
	rows, err := db.All(tx, fields, "SELECT "+columns+" FROM certificate WHERE "+where+" ORDER BY fold, id LIMIT 100000", args...)
	var out []Certificate
	for _, r := range rows {
		if c := r.whole(); c.sees(actor) {
			out = append(out, c)
		}
	}
	return out, err
}

// ByMeeting is the certificates of a meeting, by name.
func ByMeeting(tx *db.Tx, actor auth.Actor, m decision.MeetingID) ([]Certificate, error) {
	return list(tx, actor, "meeting = $1", string(m))
}

// ByProgramme is the certificates of a programme, for its office as well.
func ByProgramme(tx *db.Tx, actor auth.Actor, p programme.ID) ([]Certificate, error) {
	if _, err := programme.Get(tx, actor, p); err != nil {
		return nil, err
	}
	return list(tx, auth.Actor{System: "report"}, "programme = $1", string(p))
}

// Mine is the certificates of the actor herself.
func Mine(tx *db.Tx, actor auth.Actor) ([]Certificate, error) {
	return list(tx, actor, "person = $1", string(actor.Person))
}

// Search is the LSP's certificates whose name or number holds the words, the newest first.
func Search(tx *db.Tx, actor auth.Actor, lsp auth.OrgID, words string) ([]Certificate, error) {
	if !actor.In(lsp) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	rows, err := db.All(tx, fields, "SELECT "+columns+` FROM certificate WHERE lsp = $1 AND ($2 = '' OR fold LIKE $3 OR number_key LIKE $4)
		ORDER BY issued_on DESC, id DESC LIMIT 100`, string(lsp), words, "%"+text.Fold(words)+"%", NumberKey(words)+"%")
	out := make([]Certificate, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out, err
}

func save(tx *db.Tx, c Certificate, pass flow.Pass, note string) error {
	err := tx.Change("UPDATE certificate SET state = $2, handed_at = $3, handed_note = CASE WHEN $4 = '' THEN handed_note ELSE $4 END, version = version + 1 WHERE id = $1 AND version = $5",
		string(c.ID), string(pass.To()), db.At(c.HandedAt), note, c.Version)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO certificate_event (certificate, no, at, action, state, reason, actor)
		SELECT $1, COALESCE(MAX(no), 0) + 1, $2, $3, $4, $5, $6 FROM certificate_event WHERE certificate = $1`,
		string(c.ID), db.At(tx.Now()), string(pass.Action()), string(pass.To()), pass.Reason(), pass.Actor().Who())
	if err != nil {
		return err
	}
	return ledger.Append(tx, c.LSP, string(c.ID), pass, nil)
}

// Event is one thing that happened to a certificate.
type Event struct {
	At     db.Time
	Action string
	State  flow.State
	Reason string
}

// Events is what happened to a certificate, first to last.
func Events(tx *db.Tx, actor auth.Actor, id ID) ([]Event, error) {
	if _, err := Get(tx, actor, id); err != nil {
		return nil, err
	}
	return db.All(tx, func(e *Event) []any { return []any{&e.At, &e.Action, &e.State, &e.Reason} },
		"SELECT at, action, state, reason FROM certificate_event WHERE certificate = $1 ORDER BY no", string(id))
}

// Facts are what anyone may know of a certificate and what never changes: no NIK, no address, the name partly masked.
type Facts struct {
	Code       string     `json:"code"`
	Number     string     `json:"number"`
	Name       string     `json:"name"`
	SchemeID   string     `json:"scheme_id"`
	SchemeEN   string     `json:"scheme_en"`
	Level      int        `json:"kkni_level,omitempty"`
	LSP        string     `json:"lsp"`
	Licence    string     `json:"lsp_licence"`
	Units      []FaceUnit `json:"units"`
	IssuedOn   date.Date  `json:"issued_on"`
	ValidUntil date.Date  `json:"valid_until"`
	Sample     bool       `json:"sample,omitempty"`
}

// Public is the facts and what the certificate is worth today: valid, expired, suspended, revoked.
type Public struct {
	Facts
	Status string
}

// PublicFacts is the facts as the document that is kept beside a certificate and answered to programs as it stands.
func PublicFacts(code, number string, f Face, issued, until date.Date, sample bool) (string, error) {
	b, err := json.Marshal(Facts{code, number, text.MaskName(f.Name), f.TitleID, f.TitleEN, f.Level, f.LSP, f.Licence, f.Units, issued, until, sample})
	return string(b), err
}

const selectPublic = "SELECT public, state, valid_until FROM certificate WHERE "

// Look is an answer of the public check as it is kept: the facts as a document, and today's status.
type Look struct {
	Facts  string
	Status string
}

// ByCode is what anyone may know of the certificate with a code. An unknown code is not found, whoever asks.
func (s *Service) ByCode(ctx context.Context, code string) (Look, error) {
	return s.look(ctx, selectPublic+"code = $1", code)
}

// ByNumber is what anyone may know of the certificate with a number, however its spaces are written.
func (s *Service) ByNumber(ctx context.Context, number string) (Look, error) {
	key := NumberKey(number)
	if len(key) < 10 {
		return Look{}, fault.New(fault.Invalid, "verify.number_short")
	}
	return s.look(ctx, selectPublic+"number_key = $1 ORDER BY issued_on DESC, id DESC LIMIT 1", key)
}

func (s *Service) look(ctx context.Context, query, arg string) (Look, error) {
	var l Look
	var state flow.State
	var until date.Date
	err := s.d.Point(ctx, query, []any{arg}, &l.Facts, &state, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fault.New(fault.NotFound, "verify.not_found")
	}
	l.Status = status(state, until, date.Of(s.d.Now(), date.WIB))
	return l, err
}

// Public reads the facts of a look.
func (l Look) Public() (Public, error) {
	p := Public{Status: l.Status}
	return p, json.Unmarshal([]byte(l.Facts), &p.Facts)
}

// status is what a certificate is worth on a day.
func status(state flow.State, until, on date.Date) string {
	switch {
	case state == Revoked || state == Suspended:
		return string(state)
	case on > until:
		return "expired"
	}
	return "valid"
}

// StatusOn is what a certificate is worth on a day: valid, expired, suspended, revoked.
func (c Certificate) StatusOn(on date.Date) string { return status(c.State, c.ValidUntil, on) }
