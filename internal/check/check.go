// Package check judges a certificate that somebody shows: a PDF, a signed credential, a picture with one inside, or the
// text of a QR code. It says line by line what was checked, what holds, and what could not be checked; it asks nobody
// but the trust it was given, which may be a directory on a device without a network.
package check

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"kompeten/internal/credential"
	"kompeten/internal/date"
	"kompeten/internal/document/pdf"
	"kompeten/internal/fault"
	"kompeten/internal/tlog"
)

// Trust is what a check leans on.
type Trust interface {
	// Document is the did:web document of a body; credential.ErrNoKey where there is none.
	Document(ctx context.Context, did string) ([]byte, error)
	// Status is a status list by its address.
	Status(ctx context.Context, address string) ([]byte, error)
	// QRKeys are the keys that sign QR codes.
	QRKeys(ctx context.Context) (credential.QRKeys, error)
	// Log is the policy under which a checkpoint of the log is good; false where none is known.
	Log(ctx context.Context) (tlog.Policy, bool)
}

// Line is one thing that was looked at. Name and Why are keys of the catalogue.
type Line struct {
	Name    string             `json:"name"`
	Outcome credential.Outcome `json:"outcome"`
	Why     string             `json:"why,omitempty"`
}

// Report is what a check found.
type Report struct {
	Verdict credential.Verdict `json:"verdict"`
	Lines   []Line             `json:"lines"`
	Number  string             `json:"number,omitempty"`
	Holder  string             `json:"holder,omitempty"`
	Issuer  string             `json:"issuer,omitempty"`
	Title   string             `json:"title,omitempty"`
	Code    string             `json:"code,omitempty"` // under which the issuer answers for it
}

func (r *Report) add(name string, o credential.Outcome, why string) {
	r.Lines = append(r.Lines, Line{"check." + name, o, why})
}

// doubt lowers a verdict: what failed cannot be made good by what passed.
func (r *Report) doubt(v credential.Verdict) {
	if r.Verdict != credential.Invalid {
		r.Verdict = v
	}
}

// Checker checks against one trust, at one time.
type Checker struct {
	trust  Trust
	now    time.Time
	memory *credential.Memory
}

// New makes a checker for the time of now.
func New(t Trust, now time.Time) *Checker {
	return &Checker{trust: t, now: now, memory: credential.NewMemory()}
}

// File judges a file.
func (c *Checker) File(ctx context.Context, data []byte) Report {
	if bytes.HasPrefix(bytes.TrimLeft(data, "\r\n\t "), []byte("%PDF-")) {
		return c.paper(ctx, data)
	}
	return c.credential(ctx, data)
}

func (c *Checker) credential(ctx context.Context, data []byte) Report {
	rep := credential.Verify(ctx, data, credential.Options{Keys: c.key, Status: c.trust.Status, Suspension: credential.SuspensionList, Now: c.now, Memory: c.memory})
	r := Report{Verdict: rep.Verdict, Number: rep.Facts.Number, Holder: rep.Facts.Holder, Issuer: rep.Facts.IssuerName, Title: rep.Facts.Achievement}
	if _, code, ours := strings.Cut(rep.Facts.ID, "/v/"); ours {
		r.Code = code
	}
	for _, x := range rep.Checks {
		r.Lines = append(r.Lines, Line{x.Key(), x.Outcome, x.Why})
	}
	c.endorsed(ctx, &r, rep.Facts.Issuer)
	return r
}

// key finds a verification method in its body's document.
func (c *Checker) key(ctx context.Context, method string) (credential.Key, error) {
	did, _, _ := strings.Cut(method, "#")
	doc, err := c.trust.Document(ctx, did)
	if err != nil {
		return credential.Key{}, err
	}
	keys, err := credential.ParseDIDDocument(did, doc)
	if err != nil {
		return credential.Key{}, err
	}
	for _, k := range keys {
		if k.ID == method {
			return k, nil
		}
	}
	return credential.Key{}, credential.ErrNoKey
}

// paper judges a PDF: the credential inside it, the proof of its place in the log, and the signature of the file.
func (c *Checker) paper(ctx context.Context, data []byte) Report {
	f, err := pdf.Read(data)
	if err != nil {
		return refused(err)
	}
	files, err := f.Attachments()
	if err != nil {
		return refused(err)
	}
	var doc, proof []byte
	for _, a := range files {
		switch {
		case strings.HasSuffix(a.Name, ".json") && doc == nil:
			doc = a.Data
		case strings.HasSuffix(a.Name, ".tlog-proof") && proof == nil:
			proof = a.Data
		}
	}
	if doc == nil {
		r := Report{Verdict: credential.Unconfirmed}
		r.add("inside", credential.Unknown, "check.why.nothing_inside")
		return r
	}
	r := c.credential(ctx, doc)
	c.logged(ctx, &r, doc, proof)
	c.signatures(ctx, &r, f)
	return r
}

func refused(err error) Report {
	why := "check.why.unreadable"
	if f := fault.Of(err); f != nil {
		why = f.Key
	}
	r := Report{Verdict: credential.Invalid}
	r.add("readable", credential.Failed, why)
	return r
}

// Logged judges the proof that a credential stands in the transparency log.
func (c *Checker) Logged(ctx context.Context, doc, proof []byte) Report {
	r := Report{Verdict: credential.Valid}
	c.logged(ctx, &r, doc, proof)
	return r
}

func (c *Checker) logged(ctx context.Context, r *Report, doc, proof []byte) {
	policy, known := c.trust.Log(ctx)
	switch {
	case proof == nil:
		r.add("log", credential.Unknown, "check.why.no_proof")
		return
	case !known:
		r.add("log", credential.Unknown, "check.why.no_log")
		return
	}
	p, err := tlog.ParseProof(proof)
	var leaf tlog.Leaf
	if err == nil {
		leaf, _, err = p.Verify(policy)
	}
	switch {
	case errors.Is(err, tlog.ErrOrigin) || errors.Is(err, tlog.ErrSignature):
		r.add("log", credential.Unknown, "check.why.other_log")
	case err != nil:
		r.add("log", credential.Failed, "check.why.log_proof")
		r.doubt(credential.Invalid)
	case leaf.Doc != sha256.Sum256(doc) || leaf.Kind != tlog.Issue:
		r.add("log", credential.Failed, "check.why.log_other")
		r.doubt(credential.Invalid)
	default:
		r.add("log", credential.Passed, "")
	}
}

// signatures judges what signs the file as a whole.
func (c *Checker) signatures(_ context.Context, r *Report, f *pdf.File) {
	all, err := f.Signatures()
	if err != nil || len(all) == 0 {
		r.add("file", credential.Unknown, "check.why.file_unsigned")
		return
	}
	for _, s := range all {
		switch {
		case !s.Valid():
			why := "check.why.file_changed"
			if len(s.Problems) > 0 {
				why = s.Problems[0].Key()
			}
			r.add("file", credential.Failed, why)
			r.doubt(credential.Invalid)
		case s.SelfIssued:
			r.add("file", credential.Passed, "check.why.file_own")
		default:
			r.add("file", credential.Passed, "")
		}
		if s.Valid() && s.Stamp != nil {
			r.add("stamp", credential.Passed, "check.why.stamped")
		}
	}
}

// QR judges the text of a QR code.
func (c *Checker) QR(ctx context.Context, text string) Report {
	q, err := credential.ReadQR(text)
	if err != nil {
		return refused(err)
	}
	r := Report{Verdict: credential.Valid, Number: q.Number, Holder: q.Name, Issuer: q.LSP, Title: q.Title, Code: q.Code}
	keys, err := c.trust.QRKeys(ctx)
	if err != nil {
		r.add("code", credential.Unknown, "check.why.no_keys")
		r.doubt(credential.Unconfirmed)
	} else if err := q.Verify(keys); err != nil {
		r.add("code", credential.Failed, fault.Of(err).Key)
		r.doubt(credential.Invalid)
		return r
	} else {
		r.add("code", credential.Passed, "")
	}
	c.days(&r, q.QR)
	c.places(ctx, &r, q)
	return r
}

func (c *Checker) days(r *Report, q credential.QR) {
	day := date.Of(c.now, date.WIB)
	switch {
	case q.ValidOn(day):
		r.Lines = append(r.Lines, Line{"credential.check.dates", credential.Passed, ""})
		return
	case day < q.IssuedOn:
		r.Lines = append(r.Lines, Line{"credential.check.dates", credential.Failed, "credential.why.not_yet"})
	default:
		r.Lines = append(r.Lines, Line{"credential.check.dates", credential.Failed, "credential.why.expired"})
	}
	r.doubt(credential.Invalid)
}

// places looks the certificate up in both lists of its status list.
func (c *Checker) places(ctx context.Context, r *Report, q credential.QRRead) {
	for _, x := range []struct {
		list, check, why string
		purpose          credential.Purpose
	}{
		{q.StatusList, "credential.check.revocation", "credential.why.revoked", credential.Revocation},
		{credential.SuspensionList(q.StatusList), "credential.check.suspension", "credential.why.suspended", credential.Suspension},
	} {
		set, err := c.bit(ctx, x.list, x.purpose, q.StatusIndex)
		switch {
		case err != nil:
			r.Lines = append(r.Lines, Line{x.check, credential.Unknown, "credential.why.list_unreachable"})
			r.doubt(credential.Unconfirmed)
		case set:
			r.Lines = append(r.Lines, Line{x.check, credential.Failed, x.why})
			r.doubt(credential.Invalid)
		default:
			r.Lines = append(r.Lines, Line{x.check, credential.Passed, ""})
		}
	}
}

var errList = errors.New("not a list that can be relied on")

// bit reads one place of a signed status list.
func (c *Checker) bit(ctx context.Context, list string, purpose credential.Purpose, index int) (bool, error) {
	doc, err := c.trust.Status(ctx, list)
	if err != nil {
		return false, err
	}
	rep := credential.Verify(ctx, doc, credential.Options{Keys: c.key, Now: c.now, Memory: c.memory})
	var said struct {
		ID      string `json:"id"`
		Subject struct {
			Purpose credential.Purpose `json:"statusPurpose"`
			Encoded string             `json:"encodedList"`
		} `json:"credentialSubject"`
	}
	if err := json.Unmarshal(doc, &said); err != nil {
		return false, err
	}
	if rep.Verdict != credential.Valid || said.Subject.Purpose != purpose || !strings.HasSuffix(said.ID, "/status/"+list) {
		return false, errList
	}
	bits, err := credential.DecodeBits(said.Subject.Encoded)
	if err != nil || index >= bits.Len() {
		return false, errList
	}
	return bits.Get(index), nil
}
