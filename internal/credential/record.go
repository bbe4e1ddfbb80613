package credential

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kompeten/internal/date"
)

// Body is the certification body that issues, as it stands in its certificates.
type Body struct {
	DID     string // did:web of the body; the controller of its keys
	Name    string
	Licence string // number of its licence
	URL     string // its page, if it has one
}

// Unit is one unit of competence of a scheme.
type Unit struct {
	Code   string
	Title  string
	Decree string // number and year of the decree that set the standard: "282 Tahun 2016"
	URL    string // page of the unit; empty: its place in the scheme's page
}

// Achievement is one version of a scheme: what the holder of a certificate has shown.
type Achievement struct {
	URL         string // page of this version of the scheme; its identifier for good
	Title       string // in Indonesian
	TitleEN     string
	Description string
	Kind        string // the kind of scheme as people call it: "Okupasi"
	Level       int    // KKNI level 1-9; 0: the scheme has none
	Code        string // number of the scheme
	Version     string
	Criteria    string // how competence was judged
	Units       []Unit
}

// Certificate is what one certificate adds to its scheme. Registration, the place and the status may be missing.
type Certificate struct {
	URL          string // address of this certificate and identifier of the credential
	Subject      string // DID of the holder's key, where it is bound to one; empty: see holderFragment
	Holder       string // name as printed
	Number       string // number of the certificate
	Registration string // registration number
	PlaceURL     string // page of the test place (TUK)
	Place        string // its name
	Awarded      date.Date
	From, Until  date.Date // first and last day of validity; no last day: without end
	Zone         date.Zone // whose days these are
	StatusList   string    // address of the revocation list; empty: not on a list
	StatusIndex  int
}

// slot is a place in a template that each certificate fills.
type slot int

const (
	fixed slot = iota
	slotID
	slotHolder
	slotName
	slotNumber
	slotRegistration
	slotPlaceURL
	slotPlace
	slotAwarded
	slotFrom
	slotUntil
	slotStatusID
	slotStatusList
	slotIndex
	slots
)

// group is a part of a document that a certificate has or lacks.
type group uint8

const (
	always           group = 0
	withRegistration group = 1 << (iota - 1)
	withPlace
	withUntil
	withStatus
)

var groupOf = [slots]group{
	slotRegistration: withRegistration,
	slotPlaceURL:     withPlace, slotPlace: withPlace,
	slotUntil:    withUntil,
	slotStatusID: withStatus, slotStatusList: withStatus, slotIndex: withStatus,
}

// filling is a certificate as the slots take it.
type filling struct {
	text [slots]string
	has  group
}

// holderFragment makes the subject's identifier from the credential's. OB 3.0 in JWT form needs a subject id, and we
// know no identifier of a person that may be public; so it is the certificate's own address with a fragment. It tells
// nobody anything new, and two certificates of a person cannot be joined by it.
const holderFragment = "#holder"

// fill reads a certificate for the slots and refuses what cannot stand in them.
func (t *Template) fill(c Certificate) (filling, error) {
	var f filling
	for _, s := range []struct{ name, value string }{{"address", c.URL}, {"holder", c.Holder}, {"number", c.Number}} {
		if s.value == "" {
			return f, fmt.Errorf("certificate %s: no %s", c.Number, s.name)
		}
	}
	f.text = [slots]string{
		slotID: c.URL, slotHolder: cmp.Or(c.Subject, c.URL+holderFragment), slotName: c.Holder, slotNumber: c.Number, slotRegistration: c.Registration,
		slotPlaceURL: c.PlaceURL, slotPlace: c.Place,
		slotAwarded: moment(c.Awarded, c.Zone, "00:00:00"), slotFrom: moment(c.From, c.Zone, "00:00:00"),
	}
	if c.Registration != "" {
		f.has |= withRegistration
	}
	if c.PlaceURL != "" {
		f.has |= withPlace
	}
	if c.Until != "" {
		f.has |= withUntil
		f.text[slotUntil] = moment(c.Until, c.Zone, "23:59:59")
	}
	if c.StatusList != "" {
		f.has |= withStatus
		index := strconv.Itoa(c.StatusIndex)
		f.text[slotStatusID], f.text[slotStatusList], f.text[slotIndex] = c.StatusList+"#"+index, c.StatusList, index
	}
	return f, t.check(c, f)
}

func (t *Template) check(c Certificate, f filling) error {
	for _, s := range f.text {
		if !utf8.ValidString(s) {
			return fmt.Errorf("certificate %s: text that is not UTF-8", c.Number)
		}
	}
	for _, u := range []string{c.URL, c.PlaceURL, c.StatusList} {
		if u != "" && (!t.address(u) || strings.Contains(u, "#")) {
			return fmt.Errorf("certificate %s: address %q", c.Number, u)
		}
	}
	switch {
	case c.Subject != "" && !(strings.HasPrefix(c.Subject, "did:") && absolute(c.Subject)):
		return fmt.Errorf("certificate %s: holder %q", c.Number, c.Subject)
	case !c.Awarded.Valid() || !c.From.Valid() || c.Until != "" && (!c.Until.Valid() || c.Until < c.From):
		return fmt.Errorf("certificate %s: awarded %q, valid from %q until %q", c.Number, c.Awarded, c.From, c.Until)
	case (c.PlaceURL == "") != (c.Place == ""):
		return fmt.Errorf("certificate %s: a test place needs both its name and its address", c.Number)
	case c.StatusIndex < 0:
		return fmt.Errorf("certificate %s: status index %d", c.Number, c.StatusIndex)
	}
	return nil
}

// moment writes a moment of a civil day with the offset of its zone, so that the document shows the civil day.
func moment(d date.Date, z date.Zone, clock string) string {
	if !d.Valid() {
		return ""
	}
	t, err := time.ParseInLocation("2006-01-02 15:04:05", string(d)+" "+clock, z.Location())
	if err != nil {
		return ""
	}
	return t.Format("2006-01-02T15:04:05-07:00")
}

// address says whether s is a web address that every program writes alike: plain host, no escapes, no user.
func address(s string) bool {
	origin, path := cutOrigin(s)
	_, host, _ := strings.Cut(origin, "://")
	return plainHost(host) && plainPath(path) && len(s) <= maxAddress && iri(s)
}

const maxAddress = 1000

// cutOrigin parts a web address before its path.
func cutOrigin(s string) (origin, path string) {
	scheme, rest, _ := strings.Cut(s, "://")
	if scheme != "https" && scheme != "http" {
		return "", s
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return s[:len(s)-len(rest)+end], rest[end:]
	}
	return s, ""
}

// address says the same of an address under the scheme's own origin without looking at the host again.
func (t *Template) address(s string) bool {
	path, ours := strings.CutPrefix(s, t.origin+"/")
	return ours && plainPath(path) && len(s) <= maxAddress || !ours && address(s)
}

func plainPath(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !letter(c) && strings.IndexByte("-._~/:?#@!$&'()*+,;=", c) < 0 {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }

func plainHost(s string) bool {
	host, port, hasPort := strings.Cut(s, ":")
	if n, err := strconv.ParseUint(port, 10, 16); hasPort && (err != nil || n == 0) {
		return false
	}
	if len(host) > 253 || strings.Contains(host, "--") {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || !letter(label[0]) || !letter(label[len(label)-1]) {
			return false
		}
		for i := range len(label) {
			if !letter(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func (b Body) check() error {
	if b.DID == "" || b.Name == "" {
		return errors.New("body without DID or name")
	}
	if b.URL != "" && !address(b.URL) {
		return fmt.Errorf("body %s: address %q", b.DID, b.URL)
	}
	if _, err := DIDURL(b.DID); err != nil {
		return err
	}
	return nil
}

func (a Achievement) check() error {
	switch {
	case !address(a.URL) || strings.Contains(a.URL, "#"):
		return fmt.Errorf("scheme %s: address %q", a.Code, a.URL)
	case a.Title == "" || a.Description == "" || a.Criteria == "":
		return fmt.Errorf("scheme %s: needs a title, a description and criteria", a.Code)
	case a.Level < 0 || a.Level > 9:
		return fmt.Errorf("scheme %s: level %d", a.Code, a.Level)
	}
	for _, u := range a.Units {
		if u.Code == "" || u.Title == "" || u.URL != "" && !address(u.URL) {
			return fmt.Errorf("scheme %s: unit %q", a.Code, u.Code)
		}
	}
	return nil
}
