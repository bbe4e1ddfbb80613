package credential

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/makiuchi-d/gozxing"
	gozxingqr "github.com/makiuchi-d/gozxing/qrcode"

	"kompeten/internal/date"
	"kompeten/internal/document"
	"kompeten/internal/fault"
	"kompeten/internal/text"
	"kompeten/internal/verify/photo"
)

// sampleQR is a certificate of fifteen units; the people and the body are sample data.
func sampleQR() QR {
	q := QR{Code: "7KQ2M9XD4HWP", Number: "81210 9412 2 0001234 2026", Name: "Siti Nur'aini Contoh", LSP: "LSP Kebersihan Contoh", Licence: "BNSP-LSP-9001-ID",
		Scheme: "SKM-CLN-02/2026", Title: "Petugas Kebersihan Gedung", Level: 2, IssuedOn: "2026-11-22", ValidUntil: "2029-11-21", Zone: date.WITA, StatusList: "7", StatusIndex: 48213, Sample: true}
	for i := range 15 {
		q.Units = append(q.Units, fmt.Sprintf("N.81CLI00.%03d.2", i*3+1))
	}
	return q
}

type qrKey struct {
	public any
	alg    QRAlgorithm
	sign   QRSigner
}

func qrTestKeys() (ed, es qrKey) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	ed = qrKey{private.Public(), QREdDSA, func(_ context.Context, b []byte) ([]byte, error) { return ed25519.Sign(private, b), nil }}
	p, _ := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{9}, 32))
	es = qrKey{&p.PublicKey, QRES256, func(_ context.Context, b []byte) ([]byte, error) {
		sum := sha256.Sum256(b)
		r, s, err := ecdsa.Sign(rand.Reader, p, sum[:])
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), err
	}}
	return ed, es
}

const qrBase = "https://sertifikat.contoh.id"

func signedQR(t testing.TB, q QR, k qrKey) (string, QRKeys) {
	t.Helper()
	id, err := IDOfQRKey(k.public)
	if err != nil {
		t.Fatal(err)
	}
	s, err := SignQR(context.Background(), qrBase, q, id, k.alg, k.sign)
	if err != nil {
		t.Fatal(err)
	}
	return s, QRKeys{id: {{Public: k.public, Licence: q.Licence, From: "2026-01-01"}}}
}

func TestAQRSaysWhatWasSigned(t *testing.T) {
	ed, es := qrTestKeys()
	for _, k := range []qrKey{ed, es} {
		s, keys := signedQR(t, sampleQR(), k)
		for _, how := range []string{s, strings.ToLower(s), s[strings.Index(s, "#")+1:], "\n" + s + " "} {
			r, err := ReadQR(how)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Verify(keys); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(r.QR) != fmt.Sprint(sampleQR()) {
				t.Errorf("read %+v", r.QR)
			}
		}
	}
}

func TestADayIsJudgedAsACivilDay(t *testing.T) {
	q := sampleQR()
	if q.ValidOn("2026-11-21") || !q.ValidOn("2026-11-22") || !q.ValidOn("2029-11-21") || q.ValidOn("2029-11-22") {
		t.Error("the first and the last day are valid, the days around them are not")
	}
}

func TestNamesAreWrittenInOneWay(t *testing.T) {
	ed, _ := qrTestKeys()
	q := sampleQR()
	q.Name = "Rene\u0301e Contoh"
	s, keys := signedQR(t, q, ed)
	r, err := ReadQR(s)
	if err != nil || r.Verify(keys) != nil || r.Name != "Ren\u00e9e Contoh" {
		t.Errorf("%q, %v", r.Name, err)
	}
}

func TestUnitsOfEveryKindComeBackAsTheyWere(t *testing.T) {
	for _, codes := range [][]string{
		nil, {"J.620100.004.02", "J.620100.005.02", "J.620100.005.2"}, {"C.24LAS01.003.1", "N.81CLI00.001.1", "C.24LAS01.004.1"},
		{"odd", "", "X..001.00", "TIK.OP02.001.01", "a.000.0", "9.999.99", "ünit.123.4"},
	} {
		packed := packQRUnits(codes)
		b, err := qrEncode.Marshal(packed)
		if err != nil {
			t.Fatal(err)
		}
		var back []any
		if err := qrDecode.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		out, err := unpackQRUnits(back)
		if err != nil || strings.Join(out, " ") != strings.Join(codes, " ") {
			t.Errorf("%v became %v, %v", codes, out, err)
		}
	}
}

// TestTheSignatureIsThatOfTheStandard checks RFC 8392, appendix A.3 with the key of A.2.3.
func TestTheSignatureIsThatOfTheStandard(t *testing.T) {
	h := func(s string) []byte { b, _ := hex.DecodeString(s); return b }
	message := h("d28443a10126a104524173796d6d657472696345434453413235365850a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b71" +
		"58405427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a52b9b63632c57209120e1c9e30")
	var tag cbor.RawTag
	var parts []cbor.RawMessage
	var protected, payload, sig []byte
	for _, err := range []error{qrDecode.Unmarshal(message, &tag), qrDecode.Unmarshal(tag.Content, &parts), qrDecode.Unmarshal(parts[0], &protected), qrDecode.Unmarshal(parts[2], &payload), qrDecode.Unmarshal(parts[3], &sig)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	tbs, err := qrToBeSigned(protected, payload)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), h("04143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9"))
	if err != nil {
		t.Fatal(err)
	}
	if !(QRRead{Algorithm: QRES256, toBeSigned: tbs, signature: sig}).signedBy(key) {
		t.Error("the example of the standard is refused")
	}
}

func qrReason(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return fmt.Sprint(err)
}

func judgeQR(s string, keys QRKeys) string {
	r, err := ReadQR(s)
	if err == nil {
		err = r.Verify(keys)
	}
	if err == nil {
		return "good"
	}
	return qrReason(err)
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	ed, es := qrTestKeys()
	for _, k := range []qrKey{ed, es} {
		s, keys := signedQR(t, sampleQR(), k)
		head, data, _ := strings.Cut(s, "#")
		b, _ := qrText.DecodeString(data)
		for i := range b {
			for bit := range 8 {
				bad := bytes.Clone(b)
				bad[i] ^= 1 << bit
				if got := judgeQR(head+"#"+qrText.EncodeToString(bad), keys); got == "good" {
					t.Fatalf("byte %d bit %d changed, still good", i, bit)
				}
			}
			if got := judgeQR(head+"#"+qrText.EncodeToString(b[:i]), keys); got == "good" {
				t.Fatalf("cut at %d, still good", i)
			}
		}
	}
}

func TestWhatIsWrongWithAQRIsNamed(t *testing.T) {
	ed, es := qrTestKeys()
	good, keys := signedQR(t, sampleQR(), ed)
	_, data, _ := strings.Cut(good, "#")
	raw, _ := qrText.DecodeString(data)
	id, _ := IDOfQRKey(ed.public)
	other, _ := IDOfQRKey(es.public)
	with := func(change func(q *QR)) string {
		q := sampleQR()
		change(&q)
		s, _ := signedQR(t, q, ed)
		return s
	}
	forge := func(head, unprotected, payload any, tagNumber uint64) string {
		h, _ := qrEncode.Marshal(head)
		p, _ := qrEncode.Marshal(payload)
		tbs, _ := qrToBeSigned(h, p)
		sig, _ := ed.sign(context.Background(), tbs)
		b, _ := qrEncode.Marshal(cbor.Tag{Number: tagNumber, Content: []any{h, unprotected, p, sig}})
		return qrText.EncodeToString(b)
	}
	header := map[int]any{1: -8, 4: id[:]}
	r, _ := ReadQR(good)
	payload, _ := r.payload()
	var claims map[int]any
	if err := cbor.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	duplicate := append(bytes.Clone(raw[:len(raw)-66]), raw[len(raw)-66:]...)
	at := bytes.Index(duplicate, []byte{0xa5, 0x01}) // the map of claims gets its first key again
	duplicate = append(append(bytes.Clone(duplicate[:at]), 0xa6, 0x01, 0x60), duplicate[at+1:]...)
	for _, c := range []struct{ name, text, want string }{
		{"a good one", good, "good"},
		{"the code in the address is another", strings.Replace(good, "/V/7", "/V/8", 1), "qr.other_code"},
		{"something else behind the #", qrBase + "/V/X#h!llo", "qr.text"},
		{"no address before the #", "nothing#" + data, "qr.address"},
		{"an address alone", qrBase + "/v/7KQ2M9XD4HWP", "qr.text"},
		{"nothing", "", "qr.text"},
		{"bits beyond the last byte", "AB", "qr.text"},
		{"bytes after the end", qrText.EncodeToString(append(bytes.Clone(raw), 0)), "qr.form"},
		{"more than any QR holds", strings.Repeat("A", 5000), "qr.too_long"},
		{"a huge array", qrText.EncodeToString([]byte{0xd2, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "qr.form"},
		{"nests without end", qrText.EncodeToString(append([]byte{0xd2}, bytes.Repeat([]byte{0x81}, 2000)...)), "qr.form"},
		{"a key twice", qrText.EncodeToString(duplicate), "qr.form"},
		{"another tag", forge(header, map[int]any{}, claims, 17), "qr.form"},
		{"signed again in our form", forge(header, map[int]any{}, claims, 18), "good"},
		{"something beside what is signed", forge(header, map[int]any{4: 1}, claims, 18), "qr.form"},
		{"an instruction that must be understood", forge(map[int]any{1: -8, 2: []int{99}, 4: id[:], 99: 1}, map[int]any{}, claims, 18), "qr.header"},
		{"no key named", forge(map[int]any{1: -8}, map[int]any{}, claims, 18), "qr.header"},
		{"RSA", forge(map[int]any{1: -257, 4: id[:]}, map[int]any{}, claims, 18), "qr.algorithm"},
		{"no algorithm", forge(map[int]any{1: 0, 4: id[:]}, map[int]any{}, claims, 18), "qr.algorithm"},
		{"an Ed25519 key used as if ES256", forge(map[int]any{1: -7, 4: id[:]}, map[int]any{}, claims, 18), "qr.signature"},
		{"a key nobody knows", forge(map[int]any{1: -8, 4: other[:]}, map[int]any{}, claims, 18), "qr.unknown_key"},
		{"claims of another kind", forge(header, map[int]any{}, map[int]any{1: 5}, 18), "qr.claims"},
		{"claims that say nothing", forge(header, map[int]any{}, map[int]any{1: "x"}, 18), "qr.content"},
		{"a claim more", forge(header, map[int]any{}, map[int]any{1: claims[1], 4: claims[4], 5: claims[5], 7: claims[7], -65537: claims[-65537], 99: 1}, 18), "qr.claims"},
		{"no end", forge(header, map[int]any{}, map[int]any{1: claims[1], 5: claims[5], 7: claims[7], -65537: claims[-65537]}, 18), "qr.content"},
		{"a beginning in the middle of a day", forge(header, map[int]any{}, map[int]any{1: claims[1], 4: claims[4], 5: uint64(1_800_000_001), 7: claims[7], -65537: claims[-65537]}, 18), "qr.content"},
		{"an end in the middle of a day", forge(header, map[int]any{}, map[int]any{1: claims[1], 4: uint64(1_900_000_001), 5: claims[5], 7: claims[7], -65537: claims[-65537]}, 18), "qr.form"},
		{"an end after the last number", forge(header, map[int]any{}, map[int]any{1: claims[1], 4: uint64(1 << 40), 5: claims[5], 7: claims[7], -65537: claims[-65537]}, 18), "qr.content"},
		{"a body that the key does not belong to", with(func(q *QR) { q.Licence = "BNSP-LSP-9002-ID" }), "qr.other_body"},
		{"issued before the key was used", with(func(q *QR) { q.IssuedOn = "2025-12-31" }), "qr.key_ended"},
	} {
		if got := judgeQR(c.text, keys); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEveryKeyUnderOneIDIsTried(t *testing.T) {
	ed, es := qrTestKeys()
	s, keys := signedQR(t, sampleQR(), ed)
	for id, k := range keys {
		keys[id] = append([]QRKey{{Public: es.public, Licence: k[0].Licence}, {Public: "no key"}}, k...)
	}
	if got := judgeQR(s, keys); got != "good" {
		t.Error(got)
	}
}

func TestWhatCannotBeSignedIsSaid(t *testing.T) {
	ed, _ := qrTestKeys()
	for _, c := range []struct {
		name, base string
		change     func(q *QR)
		want       string
	}{
		{"an address with a path", qrBase + "/sub", func(*QR) {}, "qr.base"},
		{"an address that QR codes cannot write", "https://[::1]:8080", func(*QR) {}, "qr.base"},
		{"no address", "contoh", func(*QR) {}, "qr.base"},
		{"no name", qrBase, func(q *QR) { q.Name = " " }, "qr.content"},
		{"a code that an address cannot carry", qrBase, func(q *QR) { q.Code = "a/b" }, "qr.content"},
		{"no day", qrBase, func(q *QR) { q.ValidUntil = "" }, "qr.content"},
		{"ends before it begins", qrBase, func(q *QR) { q.ValidUntil = "2020-01-01" }, "qr.content"},
		{"no zone", qrBase, func(q *QR) { q.Zone = "" }, "qr.content"},
		{"broken letters", qrBase, func(q *QR) { q.Units = []string{"\xff"} }, "qr.content"},
	} {
		q := sampleQR()
		c.change(&q)
		if _, err := SignQR(context.Background(), c.base, q, QRKeyID{}, ed.alg, ed.sign); qrReason(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReasonsHaveWordsInBothLanguages(t *testing.T) {
	for _, key := range []string{"qr.text", "qr.form", "qr.signature", "qr.unknown_key"} {
		if !text.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}

func TestFifteenUnitsFitACodeOfFortyMillimetres(t *testing.T) {
	ed, _ := qrTestKeys()
	s, _ := signedQR(t, sampleQR(), ed)
	rows, err := document.Modules(s)
	if err != nil {
		t.Fatal(err)
	}
	modules := len(rows)
	version := (modules - 17) / 4
	t.Logf("%d characters, version %d at level M, %d x %d modules of %.2f mm", len(s), version, modules, modules, 40/float64(modules))
	if version > 14 {
		t.Errorf("version %d", version)
	}
}

// certificateWith is a printed certificate whose code is 40 mm wide.
func certificateWith(t *testing.T, s string) *image.Gray {
	t.Helper()
	l := document.Certificate{Number: "81210 9412 2 0001234 2026", Registration: "CLN 9001 00001 2026", Name: "Siti Nur'aini Contoh Wulandari", AreaID: "Kebersihan", AreaEN: "Cleaning", TitleID: "Pelaksana Pembersihan", TitleEN: "Cleaner",
		ValidityMonths: 36, IssuedOn: "2026-11-22", ValidUntil: "2029-11-21", City: "Malang", LSP: "LSP Kebersihan Contoh Nusantara", Code: "7KQ2M9XD4HWP", URL: s, Sample: true}.Layout()
	for i, it := range l.Pages[0].Items {
		if c, ok := it.(document.Code); ok {
			c.Y -= 40 - c.Size
			c.Size = 40
			l.Pages[0].Items[i] = c
			l.Pages[0].Items = append(l.Pages[0].Items, document.Box{X: c.X - 3, Y: c.Y - 3, W: 46, H: 46, Fill: &document.White}, c)
			break
		}
	}
	pdf, err := l.PDF()
	if err != nil {
		t.Fatal(err)
	}
	g, err := photo.Print(pdf, 300)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func readPicture(g *image.Gray) string {
	for _, bin := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		b, err := gozxing.NewBinaryBitmap(bin(gozxing.NewLuminanceSourceFromImage(g)))
		if err != nil {
			continue
		}
		r, err := gozxingqr.NewQRCodeReader().Decode(b, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err == nil {
			return r.GetText()
		}
	}
	return ""
}

func readByZbar(t *testing.T, g *image.Gray) string {
	t.Helper()
	cmd := exec.Command("zbarimg", "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "-")
	cmd.Stdin = bytes.NewReader(photo.PNG(g))
	out, _ := cmd.Output() // found nothing: it fails
	return strings.TrimSpace(string(out))
}

func TestThePrintedCodeIsReadFromPhotographs(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			qrSkip(t, tool)
		}
	}
	ed, _ := qrTestKeys()
	s, keys := signedQR(t, sampleQR(), ed)
	page := certificateWith(t, s)
	part := photo.Cut(page, image.Rect(200, 2400, 1200, 3400)) // as a phone is held: the code and what is around it
	for _, c := range []struct {
		name string
		img  *image.Gray
	}{
		{"the whole page", page},
		{"the code and what is around it", part},
		{"upside down", photo.Turn(part, 180)},
		{"sideways", photo.Turn(part, 90)},
		{"turned a little", photo.Turn(part, 7)},
		{"out of focus", photo.Blur(part, 1)},
		{"half as large", photo.Scale(part, 0.5)},
		{"from the side, in bad light, with grain", photo.Dim(photo.Askew(part, 0.12), 6, 1)},
	} {
		for i, got := range []string{readPicture(c.img), readByZbar(t, c.img)} {
			if judged := judgeQR(got, keys); judged != "good" {
				t.Errorf("%s: decoder %d: %s", c.name, i+1, judged)
			}
		}
	}
}

func FuzzReadQR(f *testing.F) {
	ed, es := qrTestKeys()
	keys := QRKeys{}
	for _, k := range []qrKey{ed, es} {
		s, more := signedQR(f, sampleQR(), k)
		for id, v := range more {
			keys[id] = v
		}
		f.Add(s)
		f.Add(strings.ToLower(s))
		f.Add(s[strings.Index(s, "#")+1:])
	}
	f.Add("D2AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ReadQR(s)
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("not a reason: %v", err)
			}
			return
		}
		if r.Verify(keys) == nil && fmt.Sprint(r.QR) != fmt.Sprint(sampleQR()) {
			t.Errorf("nobody signed %+v", r.QR)
		}
	})
}

func BenchmarkQR(b *testing.B) {
	ed, es := qrTestKeys()
	for name, k := range map[string]qrKey{"EdDSA": ed, "ES256": es} {
		s, keys := signedQR(b, sampleQR(), k)
		id, _ := IDOfQRKey(k.public)
		b.Run("verify/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if judgeQR(s, keys) != "good" {
					b.Fatal()
				}
			}
		})
		b.Run("sign/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := SignQR(context.Background(), qrBase, sampleQR(), id, k.alg, k.sign); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// qrSkip leaves a test out where a tool is missing; the full test run has all.
func qrSkip(t *testing.T, tool string) {
	t.Helper()
	if os.Getenv("KOMPETEN_TEST_POSTGRES") != "" {
		t.Fatalf("no %s, which the full test run needs: scripts/install-missing", tool)
	}
	t.Skipf("no %s here; the full test run has it", tool)
}
