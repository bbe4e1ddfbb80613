package credential

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/text/unicode/norm"

	"kompeten/internal/date"
	"kompeten/internal/fault"
)

// The shapes on the wire. Claims 1 (iss), 4 (exp), 5 (nbf) and 7 (cti) are those of RFC 8392, so that any reader of CWTs
// sees whether the certificate is in force; ours stand in an array under a key of the private range, whose number is
// the version of the form: a later form takes the next one.
type (
	qrHeader struct {
		Algorithm int64  `cbor:"1,keyasint"`
		KeyID     []byte `cbor:"4,keyasint"`
	}
	qrSigned struct {
		_           struct{} `cbor:",toarray"`
		Protected   []byte
		Unprotected map[int]int
		Payload     []byte
		Signature   []byte
	}
	qrSigning struct {
		_         struct{} `cbor:",toarray"`
		Context   string
		Protected []byte
		External  []byte
		Payload   []byte
	}
	qrClaims struct {
		Issuer  string `cbor:"1,keyasint"` // licence of the LSP
		Expires int64  `cbor:"4,keyasint"` // midnight after the last day, where the body is
		From    int64  `cbor:"5,keyasint"` // midnight before the first day, which tells the zone
		ID      []byte `cbor:"7,keyasint"` // code of the certificate
		Own     qrOwn  `cbor:"-65537,keyasint"`
	}
	qrOwn struct {
		_           struct{} `cbor:",toarray"`
		Number      any      // text, or bytes with two signs in each where it has digits and spaces only
		Name        string
		LSP         string
		Scheme      string
		Title       string
		Level       uint64
		Units       []any
		StatusList  string
		StatusIndex uint64
		Sample      bool
	}
)

const (
	coseSign1   = 18
	maxQRUnits  = 200
	maxQRStatus = 1 << 31
	maxQRMoment = 1<<32 - 1 // in the year 2106
)

var (
	qrEncode = qrMust(cbor.CoreDetEncOptions().EncMode())
	qrDecode = qrMust(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   4,
		MaxArrayElements:  2 * maxQRUnits,
		MaxMapPairs:       16,
		IntDec:            cbor.IntDecConvertNone,
	}.DecMode())
)

// qrMust is for options of our own, which are right or the program does not start.
func qrMust[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func qrToBeSigned(head, payload []byte) ([]byte, error) {
	return qrEncode.Marshal(qrSigning{Context: "Signature1", Protected: head, External: []byte{}, Payload: payload})
}

func qrEnvelope(head, payload, sig []byte) ([]byte, error) {
	return qrEncode.Marshal(cbor.Tag{Number: coseSign1, Content: qrSigned{Protected: head, Unprotected: map[int]int{}, Payload: payload, Signature: sig}})
}

// payload is the claims on the wire. Texts are normalised, so that a name has one writing.
func (q QR) payload() ([]byte, error) {
	for _, s := range []*string{&q.Number, &q.Name, &q.LSP, &q.Licence, &q.Scheme, &q.Title, &q.StatusList} {
		*s = norm.NFC.String(strings.TrimSpace(*s))
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	return qrEncode.Marshal(qrClaims{q.Licence, midnight(q.ValidUntil.AddDays(1), q.Zone), midnight(q.IssuedOn, q.Zone), []byte(q.Code), qrOwn{Number: packQRNumber(q.Number), Name: q.Name, LSP: q.LSP, Scheme: q.Scheme, Title: q.Title, Level: uint64(q.Level),
		Units: packQRUnits(q.Units), StatusList: q.StatusList, StatusIndex: uint64(q.StatusIndex), Sample: q.Sample}})
}

// check finds what no QR may say.
func (q QR) check() error {
	for _, s := range []string{q.Number, q.Name, q.LSP, q.Licence, q.Scheme, q.Title, q.StatusList} {
		if !qrNFC(s, 400) {
			return fault.New(fault.Invalid, "qr.content")
		}
	}
	for _, u := range q.Units {
		if !qrNFC(u, 60) {
			return fault.New(fault.Invalid, "qr.content")
		}
	}
	fine := qrCode.MatchString(q.Code) && q.Level >= 0 && q.Level <= 9 && q.StatusIndex >= 0 && q.StatusIndex < maxQRStatus && len(q.Units) <= maxQRUnits &&
		q.IssuedOn.Valid() && q.ValidUntil.Valid() && q.IssuedOn > "1970-01-01" && q.IssuedOn <= q.ValidUntil && q.ValidUntil < "2106-01-01" &&
		slices.Contains(qrZones, q.Zone)
	if !fine {
		return fault.New(fault.Invalid, "qr.content")
	}
	return nil
}

// open reads the bytes of a QR. What is not written in the one way we write it is refused, so no two texts mean the
// same and nothing hides beside what is shown.
func (r *QRRead) open(b []byte) error {
	var tag cbor.RawTag
	if err := qrDecode.Unmarshal(b, &tag); err != nil || tag.Number != coseSign1 {
		return fault.New(fault.Invalid, "qr.form")
	}
	var s qrSigned
	var h qrHeader
	if qrDecode.Unmarshal(tag.Content, &s) != nil || len(s.Unprotected) != 0 || len(s.Signature) != qrSignature {
		return fault.New(fault.Invalid, "qr.form")
	}
	if qrDecode.Unmarshal(s.Protected, &h) != nil || len(h.KeyID) != len(r.KeyID) {
		return fault.New(fault.Invalid, "qr.header") // also crit: we know no extension
	}
	r.Algorithm = QRAlgorithm(h.Algorithm)
	if r.Algorithm != QREdDSA && r.Algorithm != QRES256 {
		return fault.New(fault.Invalid, "qr.algorithm")
	}
	copy(r.KeyID[:], h.KeyID)
	var c qrClaims
	if qrDecode.Unmarshal(s.Payload, &c) != nil {
		return fault.New(fault.Invalid, "qr.claims")
	}
	if err := r.fill(c); err != nil {
		return err
	}
	head, err := qrEncode.Marshal(h)
	if err != nil || !bytes.Equal(head, s.Protected) {
		return fault.New(fault.Invalid, "qr.form")
	}
	payload, err := r.payload()
	if err != nil || !bytes.Equal(payload, s.Payload) {
		return fault.New(fault.Invalid, "qr.form")
	}
	again, err := qrEnvelope(head, payload, s.Signature)
	if err != nil || !bytes.Equal(again, b) {
		return fault.New(fault.Invalid, "qr.form")
	}
	r.signature = s.Signature
	r.toBeSigned, err = qrToBeSigned(head, payload)
	return err
}

func (r *QRRead) fill(c qrClaims) error {
	o := c.Own
	zone := qrZone(c.From)
	if c.From < 0 || c.From > maxQRMoment || c.Expires < 0 || c.Expires > maxQRMoment || o.Level > 9 || o.StatusIndex >= maxQRStatus {
		return fault.New(fault.Invalid, "qr.content")
	}
	units, err := unpackQRUnits(o.Units)
	if err != nil {
		return err
	}
	r.QR = QR{Code: string(c.ID), Number: unpackQRNumber(o.Number), Name: o.Name, LSP: o.LSP, Licence: c.Issuer, Scheme: o.Scheme, Title: o.Title, Level: int(o.Level), Units: units,
		IssuedOn: date.Of(time.Unix(c.From, 0), zone), ValidUntil: date.Of(time.Unix(c.Expires, 0), zone).AddDays(-1), Zone: zone, StatusList: o.StatusList, StatusIndex: int(o.StatusIndex), Sample: o.Sample}
	return r.check()
}

var qrZones = []date.Zone{date.WIB, date.WITA, date.WIT}

// qrZone is the zone in which a moment is midnight; none for any other moment.
func qrZone(at int64) date.Zone {
	for _, z := range qrZones {
		if midnight(date.Of(time.Unix(at, 0), z), z) == at {
			return z
		}
	}
	return ""
}

// midnight is the moment at which a day begins in a zone.
func midnight(d date.Date, z date.Zone) int64 {
	t, _ := time.ParseInLocation(date.Layout, string(d), z.Location())
	return t.Unix()
}

// qrUnit is how nearly all units are named: a stem, a number of three digits, a revision of one or two.
var qrUnit = regexp.MustCompile(`^(.+\.)(\d{3})\.(\d{1,2})$`)

// packQRUnits writes codes of units short: a text is the stem of the numbers that follow, a number is that of a unit
// with its revision, a negative one says how much further the next unit of the same revision stands, bytes are a
// code of another kind as it stands.
func packQRUnits(codes []string) []any {
	out := []any{}
	stem, last := "", -1
	for _, code := range codes {
		m := qrUnit.FindStringSubmatch(code)
		if m == nil {
			out = append(out, []byte(code))
			continue
		}
		if m[1] != stem {
			stem, last = m[1], -1
			out = append(out, stem)
		}
		number, _ := strconv.Atoi(m[2])
		revision, _ := strconv.Atoi(m[3])
		n := number*qrUnitStep + revision*2 + len(m[3]) - 1
		if step := n - last; last >= 0 && step > 0 && step%qrUnitStep == 0 {
			out = append(out, int64(-step/qrUnitStep))
		} else {
			out = append(out, uint64(n))
		}
		last = n
	}
	return out
}

// qrUnitStep is how far two neighbouring units stand from each other: a hundred revisions, of one digit or two.
const qrUnitStep = 200

func unpackQRUnits(packed []any) ([]string, error) {
	out := make([]string, 0, len(packed))
	stem, last := "", int64(0)
	for _, x := range packed {
		switch x := x.(type) {
		case string:
			stem = x
			continue
		case []byte:
			out = append(out, string(x))
			continue
		case uint64:
			last = int64(min(x, 1000*qrUnitStep))
		case int64:
			last += -max(x, -1000) * qrUnitStep
		}
		number, revision, digits := last/qrUnitStep, last/2%100, last%2+1
		if number > 999 || digits == 1 && revision > 9 {
			return nil, fault.New(fault.Invalid, "qr.content")
		}
		out = append(out, fmt.Sprintf("%s%03d.%0*d", stem, number, digits, revision))
	}
	return out, nil
}

// packQRNumber writes digits and spaces two to a byte: a space is 10, what is left over at the end 15.
func packQRNumber(s string) any {
	if strings.Trim(s, "0123456789 ") != "" {
		return s
	}
	out := make([]byte, (len(s)+1)/2)
	for i := range 2 * len(out) {
		nibble := byte(15)
		if i < len(s) && s[i] == ' ' {
			nibble = 10
		} else if i < len(s) {
			nibble = s[i] - '0'
		}
		out[i/2] |= nibble << (4 * (1 - i%2))
	}
	return out
}

func unpackQRNumber(x any) string {
	if s, ok := x.(string); ok {
		return s
	}
	b, _ := x.([]byte)
	out := make([]byte, 0, 2*len(b))
	for i := range 2 * len(b) {
		if n := b[i/2] >> (4 * (1 - i%2)) & 15; n < 15 {
			out = append(out, "0123456789 ?????"[n])
		}
	}
	return string(out)
}
