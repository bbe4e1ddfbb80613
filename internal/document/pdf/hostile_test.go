package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kompeten/internal/fault"
	"kompeten/internal/text"
)

// made puts a file together from objects, numbered from 1; the first is the catalogue.
func made(objects ...string) []byte { return madeWith("", objects...) }

func madeWith(trailer string, objects ...string) []byte {
	out := []byte("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	var starts []int
	for i, o := range objects {
		starts = append(starts, len(out))
		out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, s := range starts {
		out = fmt.Appendf(out, "%010d 00000 n \n", s)
	}
	return fmt.Appendf(out, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, at)
}

func packedStream(dict string, data []byte) string {
	b := zipped(data)
	return fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", dict, len(b), b)
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data) // a buffer in memory does not fail
	_ = w.Close()
	return b.Bytes()
}

// bomb is a stream that unpacks to n bytes of nothing.
func bomb(dict string, n int) string { return packedStream(dict, make([]byte, n)) }

// idle is packed data as long as you like that unpacks to nothing: blocks without content.
func idle(n int) string {
	out := []byte{0x78, 0x9C}
	for len(out) < n {
		out = append(out, 0, 0, 0, 0xFF, 0xFF)
	}
	out = append(out, 1, 0, 0, 0xFF, 0xFF)
	out = binary.BigEndian.AppendUint32(out, adler32.Checksum(nil))
	return fmt.Sprintf("<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(out), out)
}

const (
	withFile = "<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>"
	oneName  = "<</Names[(a)3 0 R]>>"
	oneFile  = "<</Type/Filespec/F(a)/UF(a)/EF<</F 4 0 R>>>>"
)

// hostile are files made to hurt whoever opens them.
var hostile = sync.OnceValue(func() map[string][]byte {
	wide := strings.Repeat(" 5 0 R", 60_000)
	var nested, rows, kids, fields, pages strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&nested, "%d 0 obj(", i+1)
		if i < 190_000 {
			fmt.Fprintf(&rows, "%010d 00000 n \n", 9)
		}
	}
	for range 50_000 {
		fmt.Fprintf(&kids, "<</Names 5 0 R>>")
		fmt.Fprintf(&fields, "<</Kids 5 0 R>>")
		fmt.Fprintf(&pages, "<</Type/Page/Contents 5 0 R/Annots 5 0 R>>")
	}
	comment := append([]byte("%PDF-1.7\n%"), bytes.Repeat([]byte{'x'}, 12<<20)...)
	at := len(comment)
	comment = fmt.Appendf(comment, "\nxref\n0 190000\n%strailer\n<</Root 1 0 R/Size 190000>>\nstartxref\n%d\n%%%%EOF\n", rows.String(), at+1)
	signatures := "<</Type/Catalog/AcroForm<</Fields[" + strings.Repeat("<</FT/Sig/V 2 0 R>>", 5000) + "]>>>>"
	all := map[string][]byte{
		"a bomb":                                    made(withFile, oneName, oneFile, bomb("/Type/EmbeddedFile", 1<<26)),
		"a bomb in a bomb":                          made(withFile, oneName, oneFile, strings.Replace(packedStream("", zipped(make([]byte, 1<<26))), "/FlateDecode", "[/FlateDecode/FlateDecode]", 1)),
		"a table of objects as bomb":                sectionStream(bomb("/Type/XRef/W[1 2 1]/Size 100000000/Root 1 0 R", 1<<26)),
		"columns without width":                     sectionStream(bomb("/Type/XRef/W[0 0 0]/Size 100000000/Root 1 0 R", 1000)),
		"columns too wide":                          sectionStream(bomb("/Type/XRef/W[9 99999999 8]/Size 9/Root 1 0 R", 1000)),
		"rows before the first":                     sectionStream(bomb("/Type/XRef/W[1 2 1]/Index[-5 100]/Root 1 0 R", 1000)),
		"a predictor without end":                   made(withFile, oneName, oneFile, bomb("/DecodeParms<</Predictor 12/Columns 99999999999/Colors 99999/BitsPerComponent 64>>", 1<<16)),
		"idle blocks":                               made(withFile, oneName, oneFile, idle(12<<20)),
		"tables that follow each other in a circle": []byte("%PDF-1.7\nxref\n0 0\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"),
		"names in a circle":                         made(withFile, "<</Kids[2 0 R 2 0 R]>>"),
		"nodes that share their names":              made(withFile, "<</Kids["+kids.String()+"]>>", "null", "null", "["+wide+"]"),
		"fields that share their kids":              made("<</AcroForm<</Fields["+fields.String()+"]>>>>", "null", "null", "null", "["+wide+"]"),
		"pages that share contents":                 made("<</Type/Catalog>>", "["+pages.String()+"]", "null", "null", "["+wide+"]"),
		"many files in one stream":                  made("<</AF["+strings.Repeat("<</EF<</F 2 0 R>>>>", 20_000)+"]>>", bomb("", 1<<20)),
		"files that are nowhere":                    made("<</AF[" + strings.Repeat("777 0 R ", 1_000_000) + "]>>"),
		"a length that is itself":                   made(withFile, oneName, oneFile, "<</Length 4 0 R>>\nstream\nx\nendstream"),
		"a length beyond the file":                  made(withFile, oneName, oneFile, "<</Length 99999999999>>\nstream\nx\nendstream"),
		"a length below nothing":                    made(withFile, oneName, oneFile, "<</Length -1>>\nstream\nx\nendstream"),
		"values nested without end":                 made("<</A" + strings.Repeat("[", 4<<20)),
		"dictionaries nested":                       made("<</A" + strings.Repeat("<</A ", 1<<20)),
		"objects within strings":                    []byte("%PDF-1.7\n" + nested.String() + "xref\n0 9\n" + strings.Repeat("0000000009 00000 n \n", 9) + "trailer<</Root 1 0 R>>\nstartxref\n" + fmt.Sprint(9+nested.Len()) + "\n%%EOF"),
		"rows in a comment":                         comment,
		"rows without end":                          []byte("%PDF-1.7\nxref\n0 2147483647\n" + strings.Repeat("0000000009 00000 n \n", 100_000) + "startxref\n9\n%%EOF\n"),
		"an object stream in itself":                inPack(),
		"signatures without end":                    made(signatures, "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 20 30]/Contents<00>>>"),
		"a signature of all zeros":                  made("<</AcroForm<</Fields[<</V 2 0 R>>]>>>>", "<</ByteRange[0 1 2 3]/Contents<"+strings.Repeat("0", 12<<20)+">>>"),
		"ranges below nothing":                      made("<</AcroForm<</Fields[<</V<</ByteRange[0 -5 -3 9]/Contents<00>>>>>]>>>>"),
		"ranges that overflow":                      made("<</AcroForm<</Fields[<</V<</ByteRange[0 9223372036854775807 1 9223372036854775807]/Contents<00>>>>>]>>>>"),
		"a key twice":                               made("<</Type/Catalog/AF[]/AF[]>>"),
		"references in a circle":                    made("<</Type/Catalog/AF 2 0 R/Names 3 0 R>>", "3 0 R", "2 0 R"),
		"a locked file":                             madeWith("/Encrypt 1 0 R", "<</Type/Catalog>>"),
		"a file too large":                          append(made("<</Type/Catalog>>"), make([]byte, MaxSize)...),
		"small integers":                            made("[" + strings.Repeat("1 ", 5<<20) + "]"),
		"small dictionaries":                        made("[" + strings.Repeat("<</A 1>>", 1<<20) + "]"),
		"nothing":                                   nil,
		"only a head":                               []byte("%PDF-1.7\n"),
	}
	return all
})

// sectionStream is a file whose table of objects is the given stream.
func sectionStream(stream string) []byte {
	return []byte("%PDF-1.7\n9 0 obj\n" + stream + "\nendobj\nstartxref\n9\n%%EOF\n")
}

// inPack is a file whose object stream says that it stands in itself, and another that holds nothing it should.
func inPack() []byte {
	out := []byte("%PDF-1.7\n")
	out = append(out, "2 0 obj\n"+packedStream("/Type/ObjStm/N 3/First 12", []byte("1 0 3 0 4 0  <</Type/Catalog/AF[3 0 R]>>"))+"\nendobj\n"...)
	at := len(out)
	rows := []byte{2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 3, 0, 2, 0, 2, 9}
	out = append(out, "5 0 obj\n"+packedStream("/Type/XRef/W[1 2 1]/Size 4/Root 1 0 R", rows)+"\nendobj\n"...)
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at)
}

// look does with a file all that we do with files of strangers.
func look(b []byte) error {
	f, err := Read(b)
	if err != nil {
		return err
	}
	_, noFiles := f.Attachments()
	_, noSignatures := f.Signatures()
	_, noArchive := Archive(b)
	return errors.Join(noFiles, noSignatures, noArchive)
}

func TestHostileFilesAreDoneWithInATenthOfASecond(t *testing.T) {
	for name, b := range hostile() {
		quickest := time.Hour
		for range 5 {
			start := worked(t)
			_ = look(b)
			if quickest = min(quickest, worked(t)-start); quickest < 60*time.Millisecond {
				break
			}
		}
		if quickest > 100*time.Millisecond*slower {
			t.Errorf("%s takes %s", name, quickest)
		}
		t.Logf("%-45s %8d bytes %s", name, len(b), quickest.Round(time.Microsecond))
	}
}

// worked is how long processors have worked for us; a clock would count the work of others on this machine too.
func worked(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestHostileFilesAreRefusedWithAReason(t *testing.T) {
	all := hostile()
	for _, name := range []string{"a bomb", "a bomb in a bomb", "a table of objects as bomb", "columns without width", "columns too wide", "rows before the first", "a predictor without end",
		"tables that follow each other in a circle", "nodes that share their names", "fields that share their kids", "many files in one stream", "a length that is itself",
		"a length beyond the file", "a length below nothing", "values nested without end", "dictionaries nested", "rows without end", "a key twice", "an object stream in itself", "a locked file",
		"a file too large", "nothing", "only a head"} {
		err := look(all[name])
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || !text.Has(f.Key) || f.Cause == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(all["a locked file"]); err == nil || err.(*fault.Fault).Key != "document.pdf_encrypted" {
		t.Errorf("a locked file is not called so: %v", err)
	}
}

func TestSignaturesThatCoverNothingAreNotValid(t *testing.T) {
	for _, name := range []string{"signatures without end", "a signature of all zeros", "ranges below nothing", "ranges that overflow"} {
		all, err := VerifySignature(hostile()[name])
		if err == nil && len(all) == 0 {
			t.Errorf("%s: called unsigned", name)
		}
		for _, s := range all {
			if s.Valid() || len(s.Problems) == 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestFilesPinnedToAPageAndSignaturesThatOnlyLieThereAreFound(t *testing.T) {
	b := made("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R 2 0 R]>>",
		"<</Type/Page/Annots[<</Subtype/FileAttachment/FS<</F(..\\\\a/b.txt)/EF<</F 4 0 R>>>>>><</Subtype/Widget/T(tepi)/V 5 0 R>>]>>",
		packedStream("/Subtype/text#2Fplain", []byte("isi")), "<</SubFilter/adbe.x509.rsa_sha1/ByteRange[0 1 2 3]/Contents<00>>>")
	f, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if files, err := f.Attachments(); err != nil || len(files) != 1 || string(files[0].Data) != "isi" || files[0].MIME != "text/plain" || files[0].Name != "_a_b.txt" {
		t.Errorf("%+v (%v)", files, err)
	}
	if all, err := f.Signatures(); err != nil || len(all) != 1 || all[0].Field != "tepi" || all[0].Valid() {
		t.Errorf("%+v (%v)", all, err)
	}
}

func TestEveryProblemHasWords(t *testing.T) {
	for _, p := range []Problem{Misplaced, Unknown, Unreadable, Altered, Forged, Unnamed, Later, Untimed, OutOfTime, BadStamp, TooMuch} {
		if !text.Has(p.Key()) {
			t.Errorf("no words for %s", p.Key())
		}
	}
}

func TestStringsAreReadAsTheStandardSays(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`(plain)`, "plain"}, {`(a\(b\)c)`, "a(b)c"}, {`(a(b)c)`, "a(b)c"}, {`(\101\60\0601)`, "A001"}, {"(a\\\nb)", "ab"}, {"(a\\\r\nb)", "ab"}, {`(a\nb)`, "a\nb"}, {`(\q)`, "q"},
		{"<48 65 6C6C 6F>", "Hello"}, {"<4>", "@"}, {"<FEFF00410160>", "AŠ"}, {"<EFBBBFC5A0>", "Š"}, {`(\200\214)`, "•„"},
	} {
		s := scanner{b: []byte(c.in), work: &budget{1 << 20}}
		v, err := s.value(0)
		if got := words(v); err != nil || got != c.want {
			t.Errorf("%s: %q (%v), want %q", c.in, got, err, c.want)
		}
	}
	s := scanner{b: []byte("/A#20B#zz"), work: &budget{1 << 20}}
	if v, err := s.value(0); err != nil || v != name("A B#zz") {
		t.Errorf("name %v (%v)", v, err)
	}
}

func TestTimesAreReadAsTheStandardSays(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"D:20210419030405Z", "2021-04-19T03:04:05Z"}, {"D:20210419100405+07'00'", "2021-04-19T03:04:05Z"}, {"D:20210419100405+07'00", "2021-04-19T03:04:05Z"},
		{"D:20210419030405Z00'00'", "2021-04-19T03:04:05Z"}, {"D:20210419030405", "2021-04-19T03:04:05Z"}, {"D:20210419", "2021-04-19T00:00:00Z"},
	} {
		if got, err := moment(c.in); err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s: %s (%v)", c.in, got, err)
		}
	}
	if _, err := moment("kemarin"); err == nil {
		t.Error("yesterday is a time")
	}
}

func FuzzLook(f *testing.F) {
	f.Add(made(withFile, oneName, oneFile, packedStream("/Type/EmbeddedFile", []byte("isi"))))
	f.Add(inPack())
	f.Add(made("<</AcroForm<</Fields[<</T(a)/V 2 0 R>>]>>>>", "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 20 30]/Contents<3000>>>"))
	f.Add([]byte("%PDF-1.7\nxref\n0 0\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		_ = look(b)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("takes %s", took)
		}
	})
}
