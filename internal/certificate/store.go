package certificate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"kompeten/internal/assessment"
	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/ledger"
	"kompeten/internal/names"
	"kompeten/internal/programme"
	"kompeten/internal/standard"
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
	Query    string    // words of the name or their beginnings, or the beginning of the number
	Unhanded bool      // only those that nobody has fetched yet
	After    names.Key // where the page before ended
	Limit    int       // 50 when zero
}

// Attested is what certificates of a person say for a credit of their units, whoever issued them.
func Attested(tx *db.Tx, p auth.PersonID) ([]assessment.Attested, error) {
	all, err := list(tx, auth.Actor{System: "credit"}, "c.person = $1", string(p))
	out := make([]assessment.Attested, len(all))
	for i, c := range all {
		out[i] = assessment.Attested{LSP: c.LSP, Number: c.Number, Holds: c.State == Active, ValidUntil: c.ValidUntil}
		for _, u := range c.Face.Units {
			out[i].Units = append(out[i].Units, standard.Code(u.Code))
		}
	}
	return out, err
}

// sorting of a list: by name where words are looked for, by number where a number is, or the latest first.
type sorting int

const (
	byDay sorting = iota
	byName
	byNumber
)

func (f Filter) sorting() sorting {
	switch fold := text.Fold(f.Query); {
	case fold == "":
		return byDay
	case fold[0] >= '0' && fold[0] <= '9':
		return byNumber
	}
	return byName
}

// At is the place of a certificate in the list.
func (f Filter) At(c Certificate) names.Key {
	after := map[sorting]string{byDay: string(c.IssuedOn), byName: text.Fold(c.Name), byNumber: NumberKey(c.Number)}
	return names.Key{After: after[f.sorting()], ID: string(c.ID)}
}

// named are the words of the names of certificates, in the list of the LSP.
var named = names.Index{Table: "certificate_name", Of: "certificate"}

// IndexNames lets certificates be found by the words of their names.
func IndexNames(tx *db.Tx, list ...names.Name) error { return named.Add(tx, list...) }

// Search is an LSP's certificates, and where the next page goes on: the newest first; those of a search by name by the
// word that was found and then by name, of one by number by number.
func Search(tx *db.Tx, actor auth.Actor, f Filter) ([]Certificate, names.Key, error) {
	if !actor.In(f.LSP) {
		return nil, names.Key{}, fault.New(fault.NotFound, "db.not_found")
	}
	f.Limit = cmp.Or(f.Limit, 50)
	if f.sorting() == byName {
		list, next, err := names.Find(tx, named, []string{string(f.LSP)}, f.Query, f.After, f.Limit,
			names.List[row]{Columns: columns, From: "certificate c JOIN certificate_face f ON f.id = c.face", ID: "c.id", Fields: fields, Where: f.narrow})
		return wholes(list), next, err
	}
	read := f.latest
	if f.sorting() == byNumber {
		read = f.numbered
	}
	list, err := read(tx)
	if err != nil || len(list) <= f.Limit {
		return list, names.Key{}, err
	}
	return list[:f.Limit], f.At(list[f.Limit-1]), nil
}

// latest is the list without a search, one more than a page.
func (f Filter) latest(tx *db.Tx) ([]Certificate, error) {
	var w db.Where
	w.And("c.lsp = ?", string(f.LSP))
	f.narrow(&w)
	if f.After.ID != "" {
		w.And("(c.issued_on, c.id) < (?, ?)", f.After.After, f.After.ID)
	}
	rows, err := db.All(tx, fields, "SELECT "+columns+from+"WHERE "+w.String()+" ORDER BY c.issued_on DESC, c.id DESC LIMIT "+w.Value(f.Limit+1), w.Args()...)
	return wholes(rows), err
}

// numbered is those whose number begins so, one more than a page. Where few wait to be fetched it goes through these, and
// not through all with such a number.
func (f Filter) numbered(tx *db.Tx) ([]Certificate, error) {
	var w db.Where
	begin := from
	if f.Unhanded {
		few, err := f.waiting(tx)
		if err != nil {
			return nil, err
		}
		if few {
			begin = " FROM (SELECT id AS waiting FROM certificate WHERE lsp = " + w.Value(string(f.LSP)) + " AND state = 'active' AND handed_at IS NULL) AS few CROSS JOIN certificate c JOIN certificate_face f ON f.id = c.face "
			w.And("c.id = few.waiting")
		}
	}
	w.And("c.lsp = ?", string(f.LSP))
	f.narrow(&w)
	w.And("(c.number_key, c.id) > (?, ?)", cmp.Or(f.After.After, NumberKey(f.Query)), f.After.ID)
	w.And("c.number_key < ?", NumberKey(f.Query)+"~")
	rows, err := db.All(tx, fields, "SELECT "+columns+begin+"WHERE "+w.String()+" ORDER BY c.number_key, c.id LIMIT "+w.Value(f.Limit+1), w.Args()...)
	return wholes(rows), err
}

// waiting says whether few certificates wait to be fetched.
func (f Filter) waiting(tx *db.Tx) (few bool, err error) {
	var n int
	err = tx.Get("SELECT COUNT(*) FROM (SELECT 1 FROM certificate WHERE lsp = $1 AND state = 'active' AND handed_at IS NULL LIMIT $2) AS waiting", []any{string(f.LSP), names.Common}, &n)
	return n < names.Common, err
}

func (f Filter) narrow(w *db.Where) {
	if f.Unhanded {
		w.And("c.state = 'active'")
		w.And("c.handed_at IS NULL")
	}
}

func wholes(rows []row) []Certificate {
	out := make([]Certificate, len(rows))
	for i, r := range rows {
		out[i] = r.whole()
	}
	return out
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

// seen is the columns of what anyone may know.
type seen struct {
	facts, face  string
	state        flow.State
	until        date.Date
	issuedOn, id string
}

func seenFields(p *seen) []any {
	return []any{&p.facts, (*string)(&p.state), (*string)(&p.until), &p.face, &p.issuedOn, &p.id}
}

const selectPublic = "SELECT public, state, valid_until, face, issued_on, id FROM certificate WHERE "

// ByCode is what anyone may know of the certificate with a code. An unknown code is not found, whoever asks.
func (s *Service) ByCode(ctx context.Context, code string) (Look, error) {
	var p seen
	err := s.d.Point(ctx, selectPublic+"code = $1", []any{code}, seenFields(&p)...)
	if errors.Is(err, sql.ErrNoRows) {
		return Look{}, fault.New(fault.NotFound, "verify.not_found")
	}
	if err != nil {
		return Look{}, err
	}
	return s.look(ctx, p)
}

// ByNumber is what anyone may know of the certificate with a number, however its spaces are written; of the newest, where
// several bodies number alike.
func (s *Service) ByNumber(ctx context.Context, number string) (Look, error) {
	key := NumberKey(number)
	if len(key) < 10 {
		return Look{}, fault.New(fault.Invalid, "verify.number_short")
	}
	found, err := db.Points(ctx, s.d, seenFields, selectPublic+"number_key = $1", key)
	if err != nil {
		return Look{}, err
	}
	if len(found) == 0 {
		return Look{}, fault.New(fault.NotFound, "verify.not_found")
	}
	return s.look(ctx, slices.MaxFunc(found, func(a, b seen) int {
		return cmp.Or(strings.Compare(a.issuedOn, b.issuedOn), strings.Compare(a.id, b.id))
	}))
}

func (s *Service) look(ctx context.Context, p seen) (l Look, err error) {
	l.Facts, l.Status = p.facts, status(p.state, p.until, date.Of(s.d.Now(), date.WIB))
	if p.state == Revoked && strings.Contains(l.Facts, corrected) {
		l.Status = "replaced"
	}
	l.Shared, err = s.shared(ctx, p.face)
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
