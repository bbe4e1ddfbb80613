// Package certificate numbers, issues and keeps certificates: three numbers without a gap, everything the paper
// shows as it was on the day of issue, and what became of it since (CE-01, CE-02, CE-05, CE-12).
package certificate

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"kompeten/internal/application"
	"kompeten/internal/auth"
	"kompeten/internal/blob"
	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/id"
	"kompeten/internal/issuer"
	"kompeten/internal/jobs"
	"kompeten/internal/ledger"
	"kompeten/internal/licence"
	"kompeten/internal/names"
	"kompeten/internal/number"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
	"kompeten/internal/text"
	"kompeten/internal/tlog"
)

// ID of a certificate: "crt_…".
type ID string

// Face is what stands on the paper, as it was on the day of issue. All but the name and the portrait is the same on
// many certificates and is kept once for them (see faces).
type Face struct {
	Name           string     `json:"-"`
	AreaID         string     `json:"area_id"`
	AreaEN         string     `json:"area_en"`
	TitleID        string     `json:"title_id"`
	TitleEN        string     `json:"title_en"`
	Kind           string     `json:"kind"`
	Level          int        `json:"level"`
	ValidityMonths int        `json:"validity_months"`
	City           string     `json:"city"`
	LSP            string     `json:"lsp"`
	LSPEN          string     `json:"lsp_en"`
	Licence        string     `json:"licence"`
	HeadName       string     `json:"head_name"`
	HeadTitle      string     `json:"head_title"`
	HeadTitleEN    string     `json:"head_title_en"`
	Photo          string     `json:"-"`
	Units          []FaceUnit `json:"units"`
	Base           string     `json:"base"` // address of the installation then
	DID            string     `json:"did"`  // of the LSP
	Zone           string     `json:"zone"`
	Scheme         string     `json:"scheme"`      // the version's identifier
	SchemeCode     string     `json:"scheme_code"` // its number, or the key it was imported by
	SchemeNo       string     `json:"scheme_no"`
	KindName       string     `json:"kind_name"`
	About          string     `json:"about"`
	Criteria       string     `json:"criteria"`
	TUK            string     `json:"tuk,omitempty"`
	TUKName        string     `json:"tuk_name,omitempty"`
}

// FaceUnit is a unit on the annex.
type FaceUnit struct {
	Code    string `json:"code"`
	TitleID string `json:"title_id"`
	TitleEN string `json:"title_en"`
	Decree  string `json:"decree,omitempty"`
}

// Certificate is one certificate of competence.
type Certificate struct {
	ID           ID
	Application  application.ID
	LSP          auth.OrgID
	Person       auth.PersonID
	Code         string // random; what the QR opens
	Number       string
	Registration string
	Blank        string // serial of the paper; empty where none was in stock
	Name         string
	IssuedOn     date.Date
	ValidUntil   date.Date
	State        flow.State
	Face         Face
	faceID       string
	Proof        Proof
	HandedAt     time.Time
	Sample       bool
	Version      int64

	Replaces   ID   // the one it renews or replaces
	ReplacedBy ID   // the one that renewed or replaced it
	Corrected  bool // it was wrong: what replaced it stands in its place
}

// Service is what people do with certificates.
type Service struct {
	d     *db.DB
	box   *seal.Box
	blobs *blob.Store
	keys  *issuer.Service

	mu        sync.RWMutex
	faces     map[string]*Shared              // by id, for the public check
	templates map[string]*credential.Template // by the face's id
	lists     map[string]published            // status lists, by id and purpose

	line line // who waits for one certificate
}

// NewService makes the service; the bodies sign with their keys.
func NewService(d *db.DB, box *seal.Box, blobs *blob.Store, keys *issuer.Service) *Service {
	return &Service{d: d, box: box, blobs: blobs, keys: keys, faces: map[string]*Shared{}, templates: map[string]*credential.Template{}, lists: map[string]published{}}
}

// URL is where anyone checks a certificate.
func (s *Service) URL(code string) string { return s.keys.Base() + "/v/" + code }

// IssueJob is the kind of job that issues a meeting's certificates.
const IssueJob = "certificate.issue"

// JobArgs names the meeting.
type JobArgs struct {
	Meeting decision.MeetingID `json:"meeting"`
}

// Start enqueues the issue of every certificate a decreed meeting granted.
func (s *Service) Start(ctx context.Context, actor auth.Actor, m decision.MeetingID) (job jobs.ID, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := decision.GetMeeting(tx, actor, m)
		if err != nil {
			return err
		}
		c := flow.Case{Actor: actor, Now: tx.Now()}
		if _, err := Flow.Allow(c, "issue", Certificate{LSP: x.LSP}, ""); err != nil {
			return err
		}
		if x.State != decision.Decreed {
			return fault.New(fault.Invalid, "decision.not_decreed")
		}
		total, done, err := Counts(tx, actor, m)
		if err != nil {
			return err
		}
		job, err = jobs.Enqueue(tx, IssueJob, JobArgs{m}, jobs.Options{Org: x.LSP, Unique: "issue:" + string(m), Total: int64(total - done)})
		return err
	})
	return job, err
}

// Work issues what is left of a meeting, batch by batch. Stopped at any moment and started again, it goes on where
// it stood: a certificate and its numbers are one transaction.
func (s *Service) Work(ctx context.Context, j jobs.Job) error {
	var args JobArgs
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	return s.IssueAll(ctx, auth.Actor{System: IssueJob}, args.Meeting, j.ID)
}

const batch = 500

// IssueAll issues what is left of a meeting, batch by batch, and notes its progress with the job, if there is one.
func (s *Service) IssueAll(ctx context.Context, actor auth.Actor, m decision.MeetingID, job jobs.ID) error {
	var total, done int
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { total, done, err = Counts(tx, actor, m); return err })
	for after := decision.ID(""); err == nil; err = ctx.Err() {
		var n int
		if n, after, err = s.some(ctx, actor, m, after, s.keys.AtOnce(batch), func(tx *db.Tx, n int) error {
			return jobs.Advance(tx, job, int64(done+n), int64(total))
		}); err != nil || n == 0 {
			return err
		}
		done += n
	}
	return err
}

// IssueSome issues up to so many certificates of a meeting in one transaction and says how many.
func (s *Service) IssueSome(ctx context.Context, actor auth.Actor, m decision.MeetingID, most int) (int, error) {
	n, _, err := s.some(ctx, actor, m, "", most, func(*db.Tx, int) error { return nil })
	return n, err
}

// some issues the next cases after one, in one transaction, and gives the last of them.
func (s *Service) some(ctx context.Context, actor auth.Actor, m decision.MeetingID, after decision.ID, most int, note func(*db.Tx, int) error) (n int, last decision.ID, err error) {
	if err := s.ready(ctx, actor, m); err != nil {
		return 0, "", err
	}
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		x, err := decision.GetMeeting(tx, actor, m)
		if err != nil {
			return err
		}
		if x.State != decision.Decreed {
			return fault.New(fault.Invalid, "decision.not_decreed")
		}
		list, err := granted(tx, m, after, most)
		if n = len(list); n == 0 || err != nil {
			return err
		}
		last = list[n-1].decision
		if _, err := s.issue(tx, actor, x, list); err != nil {
			return err
		}
		return note(tx, n)
	})
	return n, last, err
}

// ready sees to it that the meeting's LSP has keys to sign with.
func (s *Service) ready(ctx context.Context, actor auth.Actor, m decision.MeetingID) error {
	var x decision.Meeting
	err := s.d.Read(ctx, func(tx *db.Tx) (err error) { x, err = decision.GetMeeting(tx, actor, m); return err })
	if err != nil {
		return err
	}
	return s.keys.Ensure(ctx, x.LSP)
}

// order is a case that is to become a certificate.
type order struct {
	application application.ID
	decision    decision.ID
	person      auth.PersonID
	programme   string
	name        string
	photo       string
	version     scheme.VersionID
	sample      bool
	tuk         string
	tukName     string
	until       date.Date   // of what stands in the place of a wrong one; by the scheme otherwise
	before      Certificate // what it renews or replaces
}

func orderFields(o *order) []any {
	return []any{&o.application, &o.decision, &o.person, &o.programme, &o.name, &o.photo, &o.version, &o.sample, &o.tuk, &o.tukName}
}

// selectOrders are the cases that a decision has granted and that have no certificate yet.
const selectOrders = `SELECT d.application, d.id, a.person, a.programme, a.name, p.photo, a.scheme_version, a.sample, t.id, t.name FROM decision d
		JOIN application a ON a.id = d.application JOIN person p ON p.id = a.person
		JOIN assessment x ON x.id = d.assessment JOIN schedule h ON h.id = x.schedule JOIN tuk t ON t.id = h.tuk
		WHERE d.outcome = 'granted' AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.application = d.application) AND d.meeting = $1 `

func granted(tx *db.Tx, m decision.MeetingID, after decision.ID, limit int) ([]order, error) {
	return db.All(tx, orderFields, selectOrders+"AND d.id > $3 ORDER BY d.id LIMIT $2", string(m), limit, string(after))
}

// Counts is how many certificates a meeting granted and how many of them are issued.
func Counts(tx *db.Tx, actor auth.Actor, m decision.MeetingID) (total, done int, err error) {
	if _, err = decision.GetMeeting(tx, actor, m); err != nil {
		return 0, 0, err
	}
	if err = tx.Get("SELECT COUNT(*) FROM decision WHERE meeting = $1 AND outcome = 'granted'", []any{string(m)}, &total); err != nil {
		return 0, 0, err
	}
	err = tx.Get("SELECT COUNT(*) FROM certificate WHERE meeting = $1", []any{string(m)}, &done)
	return total, done, err
}

// issue makes the certificates of a batch: faces, three numbers, blanks, ledger rows.
func (s *Service) issue(tx *db.Tx, actor auth.Actor, m decision.Meeting, list []order) ([]*Certificate, error) {
	p, pass, err := s.press(tx, actor, m.LSP)
	if err != nil {
		return nil, err
	}
	if p.meeting = m; p.today < m.DecreeDate {
		return nil, fault.New(fault.Invalid, "certificate.before_decree")
	}
	if err := p.number(list); err != nil {
		return nil, err
	}
	if err := p.earlier(list); err != nil {
		return nil, err
	}
	made, err := p.print(list, pass)
	if err != nil {
		return nil, err
	}
	return made, p.renew(list, made)
}

// press is ready to make certificates of a body, which the actor may do.
func (s *Service) press(tx *db.Tx, actor auth.Actor, lsp auth.OrgID) (*press, flow.Pass, error) {
	p := &press{s: s, tx: tx, actor: actor, versions: map[scheme.VersionID]scheme.Version{}, faces: map[like]Face{}, kept: map[like]string{}}
	var err error
	if p.org, err = organisation.Get(tx, actor, lsp); err != nil {
		return nil, flow.Pass{}, err
	}
	p.today = date.Of(tx.Now(), p.org.Zone)
	lic, err := licence.LicenceOf(tx, actor, lsp)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, flow.Pass{}, err
	}
	p.licence = lic.Number
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: p.today}, "issue", Certificate{LSP: lsp}, "")
	if err != nil {
		return nil, flow.Pass{}, err
	}
	p.key, err = s.keys.Signer(tx, lsp, issuer.EdDSA)
	return p, pass, err
}

// press makes one batch of certificates.
type press struct {
	s        *Service
	tx       *db.Tx
	actor    auth.Actor
	org      organisation.Org
	licence  string
	key      issuer.Signer
	meeting  decision.Meeting
	today    date.Date
	versions map[scheme.VersionID]scheme.Version
	faces    map[like]Face
	kept     map[like]string
	ids      []string
	certs    []number.Number
	regs     []number.Number
	blanks   []string
	places   []Place
}

func (p *press) version(v scheme.VersionID) (scheme.Version, error) {
	if have, ok := p.versions[v]; ok {
		return have, nil
	}
	got, err := scheme.Get(p.tx, p.actor, v)
	p.versions[v] = got
	return got, err
}

// number gives every certificate of the batch its three numbers.
func (p *press) number(list []order) (err error) {
	certs, regs := make([]number.Want, len(list)), make([]number.Want, len(list))
	p.ids = make([]string, len(list))
	for i, o := range list {
		v, err := p.version(o.version)
		if err != nil {
			return err
		}
		p.ids[i] = id.New("crt", p.tx.Now())
		vars := map[string]string{"kbli": v.KBLI, "kbji": v.KBJI, "level": strconv.Itoa(v.Level), "sector": v.Sector, "lsp": p.org.Code}
		certs[i], regs[i] = number.Want{Record: p.ids[i], Vars: vars}, number.Want{Record: p.ids[i], Vars: vars}
	}
	if p.certs, err = number.Allot(p.tx, p.org.ID, number.Certificate, p.today, certs); err != nil {
		return err
	}
	if p.regs, err = number.Allot(p.tx, p.org.ID, number.Registration, p.today, regs); err != nil {
		return err
	}
	if p.blanks, err = licence.TakeBlanks(p.tx, p.actor, p.org.ID, p.ids); err != nil {
		return err
	}
	p.places, err = allot(p.tx, p.org, len(list))
	return err
}

var insertColumns = []string{"id", "application", "decision", "meeting", "programme", "lsp", "person", "scheme_version", "code", "number", "number_key",
	"registration", "blank", "name", "fold", "issued_on", "valid_until", "state", "face", "photo", "public", "handed_note", "sample", "version",
	"signing_key", "signed_at", "signature", "qr_signature", "status_list", "status_index", "replaces", "regency", "sex"}

// make is the certificates of a batch, signed, and the hashes of their credentials.
func (p *press) make(list []order) ([]*Certificate, [][32]byte, error) {
	made := make([]*Certificate, len(list))
	for i, o := range list {
		v := p.versions[o.version]
		f, err := p.face(o)
		if err != nil {
			return nil, nil, err
		}
		made[i] = &Certificate{ID: ID(p.ids[i]), Application: o.application, LSP: p.org.ID, Person: o.person, Code: id.Code(12), Number: p.certs[i].Text,
			Registration: p.regs[i].Text, Blank: p.blanks[i], Name: o.name, IssuedOn: p.today, ValidUntil: cmp.Or(o.until, p.today.AddMonths(v.ValidityMonths)), Face: f, faceID: p.kept[o.like()], Sample: o.sample,
			Replaces: o.before.ID,
			Proof:    Proof{SignedAt: p.tx.Now(), Place: p.places[i]}}
	}
	docs, err := p.s.signAll(p.tx.Context(), p.key, made)
	return made, docs, err
}

func (p *press) print(list []order, pass flow.Pass) ([]*Certificate, error) {
	made, docs, err := p.make(list)
	if err != nil {
		return nil, err
	}
	holders, err := p.tell(list)
	if err != nil {
		return nil, err
	}
	rows, events := make([][]any, len(list)), make([][]any, len(list))
	entries, leaves := make([]ledger.Entry, len(list)), make([]tlog.Leaf, len(list))
	apps := make([]application.ID, len(list))
	found := make([]names.Name, len(list))
	for i, o := range list {
		c := made[i]
		c.State, c.Version, c.Face.Name = pass.To(), 1, o.name
		facts := c.facts()
		facts.Replaces = o.before.Code
		public, err := PublicFacts(facts)
		if err != nil {
			return nil, err
		}
		regency, sex := holders[i].counted()
		rows[i] = []any{p.ids[i], string(o.application), string(o.decision), string(p.meeting.ID), o.programme, string(p.org.ID), string(o.person), string(o.version),
			c.Code, c.Number, NumberKey(c.Number), c.Registration, c.Blank, c.Name, text.Fold(c.Name), string(c.IssuedOn), string(c.ValidUntil),
			string(pass.To()), c.faceID, o.photo, public, "", o.sample, 1,
			string(c.Proof.Key), db.At(c.Proof.SignedAt), c.Proof.Signature, c.Proof.QR, c.Proof.List, c.Proof.Index, string(c.Replaces), regency, sex}
		events[i] = []any{p.ids[i], 1, db.At(p.tx.Now()), "issue", string(pass.To()), "", pass.Actor().Who()}
		entries[i] = ledger.Entry{Record: p.ids[i], Pass: pass, Detail: map[string]string{"number": c.Number}}
		leaves[i] = c.leaf(tlog.Issue, 1, docs[i])
		apps[i], found[i] = o.application, names.Name{Org: string(p.org.ID), ID: p.ids[i], Name: o.name}
	}
	if err := p.tx.Insert("certificate", insertColumns, rows); err != nil {
		return nil, err
	}
	if err := p.tx.Insert("certificate_event", eventColumns, events); err != nil {
		return nil, err
	}
	if err := IndexNames(p.tx, found...); err != nil {
		return nil, err
	}
	if err := p.count(list, made, holders); err != nil {
		return nil, err
	}
	if err := tlog.Append(p.tx, leaves...); err != nil {
		return nil, err
	}
	if err := application.Advance(p.tx, apps, application.StageIssued); err != nil {
		return nil, err
	}
	return made, ledger.AppendAll(p.tx, p.org.ID, entries)
}

var eventColumns = []string{"certificate", "no", "at", "action", "state", "reason", "actor"}

// like is what the faces of a batch differ by.
type like struct {
	version scheme.VersionID
	tuk     string
}

func (o order) like() like { return like{o.version, o.tuk} }

// face is what stands on an order's certificate, but for the name and the portrait; it is kept once.
func (p *press) face(o order) (Face, error) {
	at := o.like()
	if f, ok := p.faces[at]; ok {
		return f, nil
	}
	f, err := p.describe(p.versions[o.version])
	if err != nil {
		return f, err
	}
	f.TUK, f.TUKName = o.tuk, o.tukName
	p.faces[at] = f
	p.kept[at], err = KeepFace(p.tx, f)
	return f, err
}

func (p *press) describe(v scheme.Version) (Face, error) {
	units, err := scheme.Criteria(p.tx, p.actor, v.ID)
	f := Face{AreaID: v.AreaID, AreaEN: v.AreaEN, TitleID: v.Title(false), TitleEN: v.Title(true), Kind: v.Kind, Level: v.Level,
		ValidityMonths: v.ValidityMonths, City: p.org.City, LSP: p.org.Name, LSPEN: p.org.NameEN, Licence: p.licence, HeadName: p.org.HeadName,
		HeadTitle: p.org.HeadTitle, HeadTitleEN: p.org.HeadTitleEN, Base: p.s.keys.Base(), DID: p.s.keys.DID(p.org), Zone: string(p.org.Zone),
		Scheme: string(v.ID), SchemeCode: cmp.Or(v.Number, v.Key), SchemeNo: strconv.Itoa(v.No), KindName: text.T(text.ID, "scheme.kind."+v.Kind),
		About: text.T(text.ID, "certificate.about", text.T(text.ID, "scheme.kind."+v.Kind), len(units)), Criteria: text.T(text.ID, "certificate.criteria")}
	for _, u := range units {
		f.Units = append(f.Units, FaceUnit{string(u.Code), u.TitleID, u.TitleEN, u.Decree})
	}
	return f, err
}

// NumberKey is a certificate number as it is searched: its letters and digits only.
func NumberKey(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, s)
}

// HandOver notes that the holder received her certificate, and how (signed receipt, proxy, post).
func (s *Service) HandOver(ctx context.Context, actor auth.Actor, ids []ID, note string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		for _, c := range ids {
			if err := s.change(tx, actor, c, "hand_over", "", note); err != nil {
				return err
			}
		}
		return nil
	})
}

// Suspend stops a certificate for a while; the public check says so at once.
func (s *Service) Suspend(ctx context.Context, actor auth.Actor, c ID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return s.change(tx, actor, c, "suspend", reason, "") })
}

// Resume ends a suspension.
func (s *Service) Resume(ctx context.Context, actor auth.Actor, c ID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return s.change(tx, actor, c, "resume", reason, "") })
}

// Revoke ends a certificate for good.
func (s *Service) Revoke(ctx context.Context, actor auth.Actor, c ID, reason string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return s.change(tx, actor, c, "revoke", reason, "") })
}

func (s *Service) change(tx *db.Tx, actor auth.Actor, cid ID, do flow.Action, reason, note string) error {
	c, err := Get(tx, actor, cid)
	if err != nil {
		return err
	}
	today, err := organisation.Today(tx, c.LSP)
	if err != nil {
		return err
	}
	pass, err := Flow.Allow(flow.Case{Actor: actor, Now: tx.Now(), Today: today}, do, c, reason)
	if err != nil {
		return err
	}
	if do == "hand_over" {
		c.HandedAt = tx.Now()
		if err := application.Advance(tx, []application.ID{c.Application}, application.StageHanded); err != nil {
			return err
		}
	}
	if kind := kindOf[do]; kind != "" {
		if err := s.log(tx, c, kind); err != nil {
			return err
		}
	}
	return save(tx, c, pass, note)
}

// log tells the transparency log what happens to a certificate, and that its status list is to be signed anew.
func (s *Service) log(tx *db.Tx, c Certificate, kind tlog.Kind) error {
	var no int
	if err := tx.Get("SELECT COALESCE(MAX(no), 0) + 1 FROM certificate_event WHERE certificate = $1", []any{string(c.ID)}, &no); err != nil {
		return err
	}
	doc, err := s.docHash(c)
	if err != nil {
		return err
	}
	if err := touch(tx, c.Proof.List); err != nil {
		return err
	}
	return tlog.Append(tx, c.leaf(kind, no, doc))
}
