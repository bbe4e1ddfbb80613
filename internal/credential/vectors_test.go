package credential

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"
)

func TestThePinnedContextsAreTheOnesThatWereReviewed(t *testing.T) {
	want := map[string]string{
		"credentials-v1.json":    "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
		"credentials-v2.json":    "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
		"data-integrity-v2.json": "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
		"did-v1.json":            "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
		"multikey-v1.json":       "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
		"ob-3.0.json":            "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
		"ob-3.0.1.json":          "af095468326d3449160509b26ca71576e6321d13c85b0369cfe3b654c9a48fba",
		"ob-3.0.2.json":          "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
		"ob-3.0.3.json":          "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
		"ob-extensions.json":     "2d013f981d1f4516081a6a04e55468ba2b071d4153b794f19a79715c45a89a5e",
	}
	for _, file := range pinned {
		b, err := contextFiles.ReadFile("contexts/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want[file] {
			t.Errorf("%s is another file: %x", file, sum)
		}
	}
	if len(pinned) != len(want) {
		t.Errorf("%d contexts, %d hashes", len(pinned), len(want))
	}
	if _, err := shelf().LoadDocument("https://www.w3.org/ns/credentials/examples/v2"); err == nil {
		t.Error("a context that is not pinned was loaded")
	}
}

// vectorContexts adds the contexts that only W3C's examples use.
func vectorContexts(t *testing.T) library {
	t.Helper()
	b, err := os.ReadFile("testdata/contexts/citizenship-v4rc1.json")
	if err != nil {
		t.Fatal(err)
	}
	citizenship, err := parse(b)
	if err != nil {
		t.Fatal(err)
	}
	lib := maps.Clone(shelf())
	lib["https://w3id.org/citizenship/v4rc1"] = &ld.RemoteDocument{Document: citizenship}
	lib["https://www.w3.org/ns/credentials/examples/v2"] = &ld.RemoteDocument{Document: map[string]any{"@context": map[string]any{"@vocab": "https://www.w3.org/ns/credentials/examples#"}}}
	return lib
}

const vectorKey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

// alumni is the first example of vc-di-eddsa; %s is the proof.
const alumni = `{"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],"id":"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
"type":["VerifiableCredential","AlumniCredential"],"name":"Alumni Credential","description":"A minimum viable example of an Alumni Credential.",
"issuer":"https://vc.example/issuers/5678","validFrom":"2023-01-01T00:00:00Z","credentialSubject":{"id":"did:example:abcdefgh","alumniOf":"The School of Examples"},"proof":%s}`

func TestTheExamplesOfTheStandardGiveItsFigures(t *testing.T) {
	lib := vectorContexts(t)
	key, _, err := ParseMultikey(vectorKey)
	if err != nil {
		t.Fatal(err)
	}
	method := "did:key:" + vectorKey + "#" + vectorKey
	for _, c := range []struct{ suite, contexts, hash, signature, value string }{
		{suiteRDFC, "", "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017",
			"4d8e53c2d5b3f2a7891753eb16ca993325bdb0d3cfc5be1093d0a18426f5ef8578cadc0fd4b5f4dd0d1ce0aefd15ab120b7a894d0eb094ffda4e6553cd1ed50d",
			"z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"},
		{suiteJCS, `"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],`,
			"66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19",
			"407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b80351da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808",
			"z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"},
	} {
		proof := fmt.Sprintf(`{%s"type":"DataIntegrityProof","cryptosuite":%q,"created":"2023-02-24T23:36:38Z","verificationMethod":%q,"proofPurpose":"assertionMethod","proofValue":%q}`, c.contexts, c.suite, method, c.value)
		v, err := parse(fmt.Appendf(nil, alumni, proof))
		if err != nil {
			t.Fatal(err)
		}
		doc := v.(map[string]any)
		p := doc["proof"].(map[string]any)
		message, err := (&signable{doc: doc, reader: &reader{lib: lib}}).message(p)
		if err != nil || hex.EncodeToString(message) != c.hash {
			t.Errorf("%s: hash %x, %v", c.suite, message, err)
		}
		signature, err := hex.DecodeString(c.signature)
		if err != nil || string(appendBase58(nil, signature)) != c.value || !ed25519.Verify(key, message, signature) {
			t.Errorf("%s: signature", c.suite)
		}
		if err := (&signable{doc: doc, reader: &reader{lib: lib}}).fits(p, key); err != nil {
			t.Errorf("%s: %v", c.suite, err)
		}
	}
	if got := string(proofQuads(method, "2023-02-24T23:36:38Z")); hashHex(got) != "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0" {
		t.Errorf("the compiled proof options differ:\n%s", got)
	}
}

func hashHex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestW3CVectorsByteForByte(t *testing.T) {
	const dir = "../../../shared/data/vectors/vc-di-eddsa/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the sample data is not beside the checkout; the figures are tested all the same")
	}
	lib := vectorContexts(t)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	seed, err := decodeBase58("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")
	if err != nil || len(seed) != 34 || seed[0] != 0x80 || seed[1] != 0x26 || !strings.Contains(read("keyPair.json"), "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq") {
		t.Fatal("the published key", err)
	}
	key := ed25519.NewKeyFromSeed(seed[2:])
	if Multikey(key.Public().(ed25519.PublicKey)) != vectorKey {
		t.Fatal("the published key has another public half")
	}
	for _, c := range []struct{ folder, suffix, kind string }{
		{"eddsa-rdfc-2022/", "DataInt", ".txt"}, {"eddsa-rdfc-2022/employ/", "DataInt", ".txt"}, {"eddsa-jcs-2022/", "JCS", ".txt"},
	} {
		v, err := parse([]byte(read(c.folder + "signed" + c.suffix + ".json")))
		if err != nil {
			t.Fatal(err)
		}
		doc := v.(map[string]any)
		proof := doc["proof"].(map[string]any)
		bare := maps.Clone(doc)
		delete(bare, "proof")
		canon := func(doc map[string]any) ([]byte, error) {
			if c.suffix == "JCS" {
				return canonicalJSON(doc)
			}
			return (&reader{lib: lib}).canonical(doc)
		}
		if got, err := canon(bare); err != nil || string(got) != read(c.folder+"canonDoc"+c.suffix+c.kind) {
			t.Errorf("%s: canonical document: %v\n%s", c.folder, err, got)
		}
		message, err := (&signable{doc: doc, reader: &reader{lib: lib}}).message(proof)
		if err != nil || hex.EncodeToString(message) != strings.TrimSpace(read(c.folder+"combinedHash"+c.suffix+c.kind)) {
			t.Errorf("%s: hash: %x %v", c.folder, message, err)
		}
		signature := ed25519.Sign(key, message)
		if hex.EncodeToString(signature) != strings.TrimSpace(read(c.folder+"sigHex"+c.suffix+c.kind)) || string(appendBase58(nil, signature)) != strings.TrimSpace(read(c.folder+"sigBTC58"+c.suffix+c.kind)) {
			t.Errorf("%s: signature %x", c.folder, signature)
		}
		if err := (&signable{doc: doc, reader: &reader{lib: lib}}).fits(proof, key.Public().(ed25519.PublicKey)); err != nil {
			t.Errorf("%s: %v", c.folder, err)
		}
	}
}

func TestControlCharactersAreWrittenAsRDFC10Asks(t *testing.T) {
	const all = "\x00\x07\b\t\n\v\f\r\x1f \"\\\x7f\u0080é😀\u202e"
	if got := string(appendLiteral(nil, all)); got != `\u0000\u0007\b\t\n\u000B\f\r\u001F \"\\\u007F`+"\u0080é😀\u202e" {
		t.Errorf("got %s", got)
	}
}
