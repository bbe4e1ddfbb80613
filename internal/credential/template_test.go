package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"kompeten/internal/golden"
)

// generic is the canonical form by the way that knows nothing of templates.
func generic(t testing.TB, doc []byte) string {
	t.Helper()
	v, err := parse(doc)
	if err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	out, err := newReader().canonical(v.(map[string]any))
	if err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	return string(out)
}

// library's own canonical form; it escapes control characters as URDNA2015 did, not as RDFC-1.0 does.
func urdna(t testing.TB, doc []byte) string {
	t.Helper()
	v, err := parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	opts := ld.NewJsonLdOptions("")
	opts.DocumentLoader, opts.Format, opts.Algorithm = shelf(), "application/n-quads", ld.AlgorithmURDNA2015
	out, err := ld.NewJsonLdProcessor().Normalize(v, opts)
	if err != nil {
		t.Fatal(err)
	}
	return out.(string)
}

func TestATemplateSignsWhatTheGenericWaySigns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tpl := compiled(t, testBody, testAchievement(15))
	for n := range 128 {
		c := randomCertificate(r, n)
		doc, err := tpl.Document(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tpl.Canonical(c)
		if err != nil {
			t.Fatal(err)
		}
		if want := generic(t, doc); string(got) != want {
			t.Fatalf("%+v:\n%s\n\nthe generic way:\n%s", c, got, want)
		}
		if !strings.ContainsAny(string(doc), "\x7f") && !strings.Contains(string(doc), `\b`) && !strings.Contains(string(doc), `\f`) && !strings.Contains(string(doc), `\u00`) && string(got) != urdna(t, doc) {
			t.Fatalf("%+v: the library's URDNA2015 differs:\n%s", c, got)
		}
	}
}

func TestRandomSchemesAndBodiesSignTheGenericWayToo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 40 {
		a := testAchievement(r.IntN(40))
		a.Title, a.Description, a.Criteria, a.Level = randomText(r), randomText(r), randomText(r), r.IntN(10)
		if n%2 == 0 {
			a.TitleEN, a.Version, a.Code = "", "", ""
		}
		for i := range a.Units {
			a.Units[i] = Unit{randomText(r), randomText(r), []string{"", randomText(r)}[r.IntN(2)], []string{"", "https://contoh.example/u"}[r.IntN(2)]}
		}
		b := testBody
		b.Name, b.Licence = randomText(r), []string{"", randomText(r)}[n%2]
		tpl := compiled(t, b, a)
		c := randomCertificate(r, n)
		doc, err := tpl.Document(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tpl.Canonical(c); err != nil || string(got) != generic(t, doc) {
			t.Fatalf("%v: %s", err, doc)
		}
	}
}

func TestATestPlaceThatIsTheBodyItselfIsStatedOnce(t *testing.T) {
	a := testAchievement(2)
	a.Units = append(a.Units, a.Units[0])
	tpl := compiled(t, testBody, a)
	c := testCert
	c.PlaceURL = testBody.URL
	for _, place := range []string{testBody.URL, a.URL, c.URL, c.StatusList} {
		c.PlaceURL, c.Place = place, a.Title
		doc, err := tpl.Document(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tpl.Canonical(c); err != nil || string(got) != generic(t, doc) {
			t.Errorf("%s: %v", place, err)
		}
		if err := tpl.Check(c); err != nil {
			t.Error(err)
		}
	}
}

// sampleSchemes are the schemes of the sample data, when it is beside the checkout; a few shapes of them otherwise.
func sampleSchemes(t *testing.T) []Achievement {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "schemes")
	b, err := os.ReadFile(filepath.Join(dir, "schemes.json"))
	if err != nil {
		return []Achievement{testAchievement(1), testAchievement(19), testAchievement(60)}
	}
	var file struct {
		Schemes []struct {
			ID          string
			NameID      string `json:"name_id"`
			NameEN      string `json:"name_en"`
			Type        string
			Level       int      `json:"kkni_level"`
			No          string   `json:"scheme_no"`
			Decrees     []string `json:"decrees"`
			Description string   `json:"note"`
			Units       []struct{ Code string }
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var out []Achievement
	for _, s := range file.Schemes {
		a := Achievement{URL: "https://contoh.example/skema/" + s.ID, Title: s.NameID, TitleEN: s.NameEN, Description: "Skema contoh. " + s.Description, Kind: s.Type, Level: s.Level,
			Code: s.No, Version: "1", Criteria: "Asesmen seluruh unit."}
		for _, u := range s.Units {
			a.Units = append(a.Units, Unit{u.Code, "Unit " + u.Code, strings.Join(s.Decrees, ", "), ""})
		}
		out = append(out, a)
	}
	return out
}

func TestEverySampleSchemeCompiles(t *testing.T) {
	all := sampleSchemes(t)
	for _, a := range all {
		tpl := compiled(t, testBody, a)
		doc, err := tpl.Document(testCert)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tpl.Canonical(testCert)
		if err != nil || string(got) != urdna(t, doc) || string(got) != generic(t, doc) {
			t.Errorf("%s: %v", a.Title, err)
		}
	}
	t.Logf("%d schemes", len(all))
}

func TestTheBytesOfVersion1NeverChange(t *testing.T) {
	tpl := compiled(t, testBody, testAchievement(3))
	out := signed(t, tpl, testCert)
	canon, err := tpl.Canonical(testCert)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "version1.json", string(out)+"\n")
	golden.Check(t, "version1.nq", string(canon))
	small := Certificate{URL: "https://contoh.example/v/1", Holder: "Budi", Number: "1", Awarded: "2026-01-02", From: "2026-01-02", Zone: "WIT"}
	doc, err := tpl.Document(small)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(doc)
	golden.Check(t, "version1.small.sha256", hex.EncodeToString(sum[:])+"\n")
}

func TestASampleFindsATemplateThatWentWrong(t *testing.T) {
	tpl := compiled(t, testBody, testAchievement(3))
	if err := tpl.Check(testCert); err != nil {
		t.Error(err)
	}
	tpl.fixed = tpl.fixed[1:]
	if err := tpl.Check(testCert); err == nil {
		t.Error("a template that left a statement out passed")
	}
	if err := tpl.Check(Certificate{}); err == nil {
		t.Error("an empty certificate passed")
	}
}

func TestWhatCannotStandInACertificateIsRefused(t *testing.T) {
	tpl := compiled(t, testBody, testAchievement(1))
	for _, c := range []struct {
		says   string
		change func(*Certificate)
	}{
		{"no address", func(c *Certificate) { c.URL = "" }},
		{"an address with a space", func(c *Certificate) { c.URL = "https://contoh.example/a b" }},
		{"an address with a bracket", func(c *Certificate) { c.URL = "https://contoh.example/<a>" }},
		{"an address of another kind", func(c *Certificate) { c.URL = "javascript:alert(1)" }},
		{"an address with a fragment", func(c *Certificate) { c.StatusList += "#x" }},
		{"no name", func(c *Certificate) { c.Holder = "" }},
		{"a name that is not UTF-8", func(c *Certificate) { c.Holder = "\xff" }},
		{"no number", func(c *Certificate) { c.Number = "" }},
		{"a place without address", func(c *Certificate) { c.PlaceURL = "" }},
		{"a day that does not exist", func(c *Certificate) { c.Awarded = "2026-02-30" }},
		{"an end before the start", func(c *Certificate) { c.Until = "2020-01-01" }},
		{"a negative index", func(c *Certificate) { c.StatusIndex = -1 }},
	} {
		cert := testCert
		c.change(&cert)
		if _, err := tpl.Document(cert); err == nil {
			t.Errorf("%s: accepted", c.says)
		}
	}
	if _, err := tpl.Sign(t.Context(), testCert, testTime, signer(testKey), "did:web:lain.example#key-1"); err == nil {
		t.Error("a key of another body signed")
	}
	for _, a := range []Achievement{{}, {URL: "https://x.example/a", Title: "t", Description: "d", Criteria: mark}, {URL: "x", Title: "t", Description: "d", Criteria: "c"}} {
		if _, err := Compile(testBody, a); err == nil {
			t.Errorf("%+v compiled", a)
		}
	}
	if _, err := Compile(Body{DID: "did:web:a b", Name: "x"}, testAchievement(1)); err == nil {
		t.Error("a body without a DID compiled")
	}
}

// FuzzAddress holds the fast check of addresses against the library, which drops statements about addresses it does
// not like.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://contoh.example/v/1", "http://127.0.0.1:8080/v/X", "https://a-b.c.example/", "https://localhost:8443", "https://x/'()"} {
		f.Add(s)
	}
	tpl := compiled(f, testBody, testAchievement(1))
	f.Fuzz(func(t *testing.T, s string) {
		if tpl.address(s) && !iri(s) || tpl.address(tpl.origin+"/"+s) && !iri(tpl.origin+"/"+s) {
			t.Errorf("%q is an address here and nothing to the library", s)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	tpl := compiled(b, testBody, testAchievement(15))
	b.ReportAllocs()
	for b.Loop() {
		signature, err := tpl.Sign(b.Context(), testCert, testTime, signer(testKey), testKeyID)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tpl.Join(testCert, testKeyID, testTime, signature); err != nil {
			b.Fatal(err)
		}
	}
}
