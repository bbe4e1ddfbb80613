package certificate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

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

const columns = `c.id, c.application, c.lsp, c.person, c.code, c.number, c.registration, c.blank, c.name, c.issued_on, c.valid_until, c.state, f.doc, c.photo, c.handed_at, c.sample, c.version,
	c.face, c.signing_key, c.signed_at, c.signature, c.qr_signature, c.status_list, c.status_index, c.replaces, c.replaced_by, c.corrected`

const from = " FROM certificate c JOIN certificate_face f ON f.id = c.face "

type row struct {
	Certificate
	handed, signed db.Time
}

func fields(r *row) []any {
	return []any{&r.ID, &r.Application, &r.LSP, &r.Person, &r.Code, &r.Number, &r.Registration, &r.Blank, &r.Name, &r.IssuedOn, &r.ValidUntil, &r.State,
		db.JSON(&r.Face), &r.Face.Photo, &r.handed, &r.Sample, &r.Version, &r.faceID, &r.Proof.Key, &r.signed, &r.Proof.Signature, &r.Proof.QR, &r.Proof.List, &r.Proof.Index,
		&r.Replaces, &r.ReplacedBy, &r.Corrected}
}

func (r row) whole() Certificate {
	r.HandedAt, r.Proof.SignedAt, r.Face.Name = r.handed.Time, r.signed.Time, r.Name
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
	r, err := db.One(tx, fields, "SELECT "+columns+from+"WHERE c.id = $1", string(id))
	if err == nil && !r.sees(actor) {
		return Certificate{}, fault.New(fault.NotFound, "db.not_found")
	}
	return r.whole(), err
}

func list(tx *db.Tx, actor auth.Actor, where string, args ...any) ([]Certificate, error) {
	rows, err := db.All(tx, fields, "SELECT "+columns+from+"WHERE "+where+" ORDER BY c.fold, c.id LIMIT 100000", args...)
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
	return list(tx, actor, "c.meeting = $1", string(m))
}

// ByProgramme is the certificates of a programme, for its office as well.
func ByProgramme(tx *db.Tx, actor auth.Actor, p programme.ID) ([]Certificate, error) {
	if _, err := programme.Get(tx, actor, p); err != nil {
		return nil, err
	}
	return list(tx, auth.Actor{System: "report"}, "c.programme = $1", string(p))
}

// Mine is the certificates of the actor herself.
func Mine(tx *db.Tx, actor auth.Actor) ([]Certificate, error) {
	return list(tx, actor, "c.person = $1", string(actor.Person))
}

// Filter narrows the list of an LSP's certificates.
type Filter struct {
	LSP      auth.OrgID
	Query    string    // words of the name, or the beginning of the number
	Unhanded bool      // only those that nobody has fetched yet
	Before   date.Date // keyset: go on after this day of issue and id
	BeforeID ID
	Limit    int
}

// Search is an LSP's certificates, the newest first.
func Search(tx *db.Tx, actor auth.Actor, f Filter) ([]Certificate, error) {
	if !actor.In(f.LSP) {
		return nil, fault.New(fault.NotFound, "db.not_found")
	}
	where, args, begin := "c.lsp = $1", []any{string(f.LSP)}, from
	place := func(cond string, values ...any) string {
		for _, v := range values {
			args = append(args, v)
			cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		return cond
	}
	if f.Unhanded {
		where += " AND c.state = 'active' AND c.handed_at IS NULL"
	}
	if f.Before != "" {
		where += place(" AND (c.issued_on, c.id) < (?, ?)", string(f.Before), string(f.BeforeID))
	}
	if key := NumberKey(f.Query); key != "" && key[0] >= '0' && key[0] <= '9' {
		where += place(" AND c.number_key >= ? AND c.number_key < ?", key, key+"~")
	} else {
		words := text.Words(text.Fold(f.Query))
		for _, w := range words {
			where += place(" AND c.fold LIKE ?", "%"+w+"%")
		}
		word, last, err := text.Rarest(words, f.holding(tx))
		if err != nil {
			return nil, err
		}
		if word != "" { // CROSS JOIN: SQLite takes the few first
			begin = place(" FROM (SELECT DISTINCT certificate FROM certificate_word WHERE lsp = ? AND word >= ? AND word < ?) AS few CROSS JOIN certificate c JOIN certificate_face f ON f.id = c.face ", string(f.LSP), word, last)
			where += " AND c.id = few.certificate"
		}
	}
	args = append(args, cmp.Or(f.Limit, 51))
	rows, err := db.All(tx, fields, "SELECT "+columns+begin+"WHERE "+where+" ORDER BY c.issued_on DESC, c.id DESC LIMIT "+db.Places(len(args), 1), args...)
	out := make([]Certificate, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out, err
}

// holding counts the names of the LSP that hold a word of a range, as far as text.Common.
func (f Filter) holding(tx *db.Tx) func(word, last string) (int, error) {
	return func(word, last string) (n int, err error) {
		err = tx.Get("SELECT COUNT(*) FROM (SELECT 1 FROM certificate_word WHERE lsp = $1 AND word >= $2 AND word < $3 LIMIT $4) AS few", []any{string(f.LSP), word, last, text.Common}, &n)
		return n, err
	}
}

// IndexNames lets certificates of an LSP be found by the words of their names.
func IndexNames(tx *db.Tx, lsp auth.OrgID, certs, names []string) error {
	var rows [][]any
	for i, c := range certs {
		for _, w := range text.Words(text.Fold(names[i])) {
			rows = append(rows, []any{string(lsp), w, c})
		}
	}
	return tx.Insert("certificate_word", []string{"lsp", "word", "certificate"}, rows)
}

func save(tx *db.Tx, c Certificate, pass flow.Pass, note string) error {
	err := tx.Change("UPDATE certificate SET state = $2, handed_at = $3, handed_note = CASE WHEN $4 = '' THEN handed_note ELSE $4 END, version = version + 1 WHERE id = $1 AND version = $5",
		string(c.ID), string(pass.To()), db.At(c.HandedAt), note, c.Version)
	if err != nil {
		return err
	}
	if err := recount(tx, c, pass.To()); err != nil {
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

// KeepFace stores a face under the hash of what it says, so that what many certificates share is kept once and
// cannot change under them.
func KeepFace(tx *db.Tx, f Face) (string, error) {
	key, doc, err := f.key()
	if err != nil {
		return "", err
	}
	_, err = tx.Exec("INSERT INTO certificate_face (id, doc) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", key, string(doc))
	return key, err
}

// key is a face's id, the hash of what it says, and the document that says it.
func (f Face) key() (string, []byte, error) {
	doc, err := json.Marshal(f)
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:16]), doc, err
}

// Facts are what anyone may know of a certificate and what is its own: no NIK, no address, the name partly masked.
type Facts struct {
	Code       string    `json:"code"`
	Number     string    `json:"number"`
	Name       string    `json:"name"`
	IssuedOn   date.Date `json:"issued_on"`
	ValidUntil date.Date `json:"valid_until"`
	Sample     bool      `json:"sample,omitempty"`
	Replaces   string    `json:"replaces,omitempty"`    // code of the one it renews or replaces
	ReplacedBy string    `json:"replaced_by,omitempty"` // code of the one that renewed or replaced it
	Corrected  bool      `json:"corrected,omitempty"`   // it was wrong, and what replaced it stands in its place
}

// facts are those of a new certificate.
func (c Certificate) facts() Facts {
	return Facts{Code: c.Code, Number: c.Number, Name: c.Name, IssuedOn: c.IssuedOn, ValidUntil: c.ValidUntil, Sample: c.Sample}
}

// corrected is how the facts of a corrected certificate say so; quotes in a name would stand behind a backslash.
const corrected = `"corrected":true`

// PublicFacts is the facts as the document that is kept beside a certificate and answered to programs as it stands.
func PublicFacts(f Facts) (string, error) {
	f.Name = text.MaskName(f.Name)
	b, err := json.Marshal(f)
	return string(b), err
}

// Look is an answer of the public check as it is kept: the facts as a document, what it shares with others, and what
// the certificate is worth today: valid, expired, suspended, revoked, replaced.
type Look struct {
	Status string
	Facts  string
	Shared *Shared
}

// Public reads the facts of a look.
func (l Look) Public() (f Facts, err error) {
	err = json.Unmarshal([]byte(l.Facts), &f)
	return f, err
}

// Shared is the part of an answer that many certificates have in common.
type Shared struct {
	SchemeID string     `json:"scheme_id"`
	SchemeEN string     `json:"scheme_en"`
	Level    int        `json:"level,omitempty"`
	LSP      string     `json:"lsp"`
	Licence  string     `json:"lsp_licence"`
	Units    []FaceUnit `json:"units"`
	JSON     []byte     `json:"-"` // the same as a document
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

const selectPublic = "SELECT public, state, valid_until, face FROM certificate WHERE "

func (s *Service) look(ctx context.Context, query, arg string) (l Look, err error) {
	var state flow.State
	var until date.Date
	var face string
	err = s.d.Point(ctx, query, []any{arg}, &l.Facts, (*string)(&state), (*string)(&until), &face)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fault.New(fault.NotFound, "verify.not_found")
	}
	if err != nil {
		return l, err
	}
	l.Status = status(state, until, date.Of(s.d.Now(), date.WIB))
	if state == Revoked && strings.Contains(l.Facts, corrected) {
		l.Status = "replaced"
	}
	l.Shared, err = s.shared(ctx, face)
	return l, err
}

// mostShared is how many shared parts are held in memory.
const mostShared = 2048

// shared is the part of an answer that comes from a face. It never changes, so it is read once.
func (s *Service) shared(ctx context.Context, face string) (*Shared, error) {
	s.mu.RLock()
	got := s.faces[face]
	s.mu.RUnlock()
	if got != nil {
		return got, nil
	}
	var f Face
	if err := s.d.Point(ctx, "SELECT doc FROM certificate_face WHERE id = $1", []any{face}, db.JSON(&f)); err != nil {
		return nil, err
	}
	got = &Shared{SchemeID: f.TitleID, SchemeEN: f.TitleEN, Level: f.Level, LSP: f.LSP, Licence: f.Licence, Units: f.Units}
	var err error
	if got.JSON, err = json.Marshal(got); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faces) >= mostShared {
		clear(s.faces)
	}
	s.faces[face] = got
	return got, nil
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

// StatusOn is what a certificate is worth on a day: valid, expired, suspended, revoked, replaced.
func (c Certificate) StatusOn(on date.Date) string {
	if c.Corrected {
		return "replaced"
	}
	return status(c.State, c.ValidUntil, on)
}
