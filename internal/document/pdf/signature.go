package pdf

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"kompeten/internal/document/cms"
)

// Problem is a reason not to believe a signature. Its words stand under Key.
type Problem string

// The problems, as a check meets them.
const (
	Misplaced  Problem = "misplaced"  // it does not say plainly which bytes it covers
	Unknown    Problem = "unknown"    // of a kind we cannot judge
	Unreadable Problem = "unreadable" // the container is broken, or uses what is no longer safe
	Altered    Problem = "altered"    // the bytes are not those that were signed
	Forged     Problem = "forged"     // the certificate's key did not make it
	Unnamed    Problem = "unnamed"    // it does not name its certificate
	Later      Problem = "later"      // something was added after it
	Untimed    Problem = "untimed"    // it does not say when
	OutOfTime  Problem = "out_of_time"
	BadStamp   Problem = "bad_stamp"
	TooMuch    Problem = "too_much" // more signatures than we check
)

// Key is the message key of a problem.
func (p Problem) Key() string { return "document.signature." + string(p) }

// Signature is what a signature in a file is worth. Whether its certificate is to be trusted is for the caller, who
// knows the keys that bodies have published: an unknown certificate proves only that nothing was changed.
type Signature struct {
	Field       string
	Signer      string // in the certificate
	Claimed     string // in the file, not signed by the certificate's issuer
	Reason      string
	Place       string
	ClaimedAt   time.Time // what the signer's clock said
	Certificate *x509.Certificate
	Others      []*x509.Certificate // that came along
	SelfIssued  bool                // the certificate vouches for itself
	Stamp       *cms.Stamp          // the time that an authority confirmed
	StampOnly   bool                // it is itself the stamp of an authority, not a signer's signature
	WholeFile   bool                // every byte of the file but the signature itself is covered
	Added       []string            // what was changed or added after it: number and kind of objects
	Problems    []Problem
}

// Valid says that the signature holds and that it covers the file as it is now. It does not say whose it is.
func (s Signature) Valid() bool { return s.Certificate != nil && len(s.Problems) == 0 }

const (
	maxSignatures = 16
	maxHashed     = 2 * MaxSize
)

// VerifySignature opens a file and says what each of its signatures is worth; an unsigned file has none.
func VerifySignature(b []byte) ([]Signature, error) {
	f, err := Read(b)
	if err != nil {
		return nil, err
	}
	return f.Signatures()
}

// Signatures says what each signature of the file is worth, in the order of its form; those that only lie on a page
// follow.
func (f *File) Signatures() ([]Signature, error) {
	var out []Signature
	seen := map[ref]bool{}
	take := func(_ any, field dict) {
		value := f.dict(field["V"])
		if value["ByteRange"] == nil || value["Contents"] == nil || len(out) > maxSignatures {
			return
		}
		if r, ok := field["V"].(ref); ok {
			if seen[r] {
				return
			}
			seen[r] = true
		}
		label := words(f.get(field["T"]))
		if len(out) == maxSignatures {
			out = append(out, Signature{Field: label, Problems: []Problem{TooMuch}})
			return
		}
		out = append(out, f.signature(label, value))
	}
	f.walk(f.array(f.dict(f.catalogue()["AcroForm"])["Fields"]), take)
	f.annotations(take)
	if f.work.left < 0 {
		return nil, unreadable(errTooMuch)
	}
	return out, nil
}

func (f *File) signature(field string, v dict) Signature {
	s := Signature{Field: field, Claimed: words(f.get(v["Name"])), Reason: words(f.get(v["Reason"])), Place: words(f.get(v["Location"]))}
	s.ClaimedAt, _ = moment(words(f.get(v["M"])))
	container, _ := f.get(v["Contents"]).(str)
	before, after, end, ok := f.covered(f.array(v["ByteRange"]), container)
	if !ok {
		s.Problems = append(s.Problems, Misplaced)
		return s
	}
	if s.WholeFile = end == len(f.b); !s.WholeFile {
		s.Added = f.addedAfter(end)
		s.Problems = append(s.Problems, Later)
	}
	if f.hashed += end; f.hashed > maxHashed {
		s.Problems = append(s.Problems, TooMuch)
		return s
	}
	switch kind, _ := f.get(v["SubFilter"]).(name); kind {
	case "ETSI.CAdES.detached":
		s.judge(container, true, before, after)
	case "adbe.pkcs7.detached":
		s.judge(container, false, before, after)
	case "ETSI.RFC3161":
		s.judgeStamp(container, before, after)
	default:
		s.Problems = append(s.Problems, Unknown)
	}
	return s
}

// covered gives the two parts that a signature covers. All that may lie between them is the signature itself: the
// parts begin with the file, and the gap is exactly the string that holds the container.
func (f *File) covered(ranges array, container str) (before, after []byte, end int, ok bool) {
	r := ints(ranges)
	if len(r) != 4 || r[0] != 0 || r[1] <= 0 || r[2] <= r[1]+1 || r[3] <= 0 || r[2] > len(f.b) || r[3] > len(f.b)-r[2] {
		return nil, nil, 0, false
	}
	gap := f.b[r[1]:r[2]]
	if gap[0] != '<' || gap[len(gap)-1] != '>' {
		return nil, nil, 0, false
	}
	inside, good := unhex(gap[1 : len(gap)-1])
	if !good || !bytes.Equal(inside, container) {
		return nil, nil, 0, false
	}
	return f.b[:r[1]], f.b[r[2] : r[2]+r[3]], r[2] + r[3], true
}

func (s *Signature) judge(container []byte, advanced bool, content ...[]byte) {
	r, err := cms.Check(container, content...)
	if err != nil {
		s.Problems = append(s.Problems, Unreadable)
		return
	}
	s.Certificate, s.Others, s.Stamp = r.Signer, r.Others, r.Stamp
	s.Signer = cmp.Or(r.Signer.Subject.CommonName, r.Signer.Subject.String())
	s.SelfIssued = bytes.Equal(r.Signer.RawIssuer, r.Signer.RawSubject)
	for _, c := range []struct {
		bad bool
		is  Problem
	}{{!r.Digest, Altered}, {!r.Signature, Forged}, {advanced && !r.Named, Unnamed}, {r.StampErr != nil, BadStamp}} {
		if c.bad {
			s.Problems = append(s.Problems, c.is)
		}
	}
	at := s.ClaimedAt
	if s.Stamp != nil {
		at = s.Stamp.At
	}
	switch {
	case at.IsZero():
		s.Problems = append(s.Problems, Untimed)
	case at.Before(r.Signer.NotBefore) || at.After(r.Signer.NotAfter):
		s.Problems = append(s.Problems, OutOfTime)
	}
}

// judgeStamp judges a time stamp over the whole paper, such as archives add (ISO 32000-2, 12.8.5).
func (s *Signature) judgeStamp(token []byte, content ...[]byte) {
	s.StampOnly = true
	stamp, err := cms.CheckStamp(token, content...)
	if err != nil {
		s.Problems = append(s.Problems, BadStamp)
		return
	}
	s.Stamp, s.Certificate, s.Others, s.Signer = &stamp, stamp.By, stamp.Others, stamp.By.Subject.CommonName
	s.SelfIssued = bytes.Equal(stamp.By.RawIssuer, stamp.By.RawSubject)
}

// addedAfter names the objects that were written after an offset, as the tables of later savings list them.
func (f *File) addedAfter(end int) []string {
	var out []string
	seen := map[int]bool{}
	for _, s := range f.sections {
		if s.at < end {
			continue
		}
		for _, num := range s.objects {
			if num == 0 || seen[num] {
				continue
			}
			seen[num] = true
			if len(out) == 50 {
				return append(out, "…")
			}
			out = append(out, fmt.Sprintf("%d %s", num, f.kindOf(num)))
		}
	}
	return out
}

// kindOf is what an object says it is.
func (f *File) kindOf(num int) string {
	d := f.dict(ref{num: num})
	var parts []string
	for _, k := range []name{"Type", "Subtype"} {
		if v, ok := d[k].(name); ok {
			parts = append(parts, string(v[:min(len(v), 40)]))
		}
	}
	return cmp.Or(strings.Join(parts, " "), "?")
}

// moment reads a time as PDFs write it: D:YYYYMMDDHHmmSS, then Z or the distance to UTC (ISO 32000-1, 7.9.4).
func moment(s string) (time.Time, error) {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", "")
	for _, layout := range []string{"20060102150405Z0700", "20060102150405", "20060102"} {
		if t, err := time.Parse(layout, strings.Replace(s, "Z0000", "Z", 1)); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: time %q", errBroken, s)
}
