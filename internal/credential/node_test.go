package credential

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// outside is what goes to the independent verifiers, and inside what comes back.
type outside struct {
	Mode      string                     `json:"mode"`
	Contexts  map[string]json.RawMessage `json:"contexts"`
	Documents map[string]json.RawMessage `json:"documents"`
	Cases     []outsideCase              `json:"cases"`
	Unsigned  []json.RawMessage          `json:"unsigned,omitempty"`
	Lists     []outsideList              `json:"lists,omitempty"`
	Created   string                     `json:"created,omitempty"`
	Secret    string                     `json:"secret,omitempty"`
	Rounds    int                        `json:"rounds,omitempty"`
}

type outsideCase struct {
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential,omitempty"`
	Token      string          `json:"token,omitempty"`
	Method     string          `json:"method,omitempty"`
	Now        string          `json:"now"`
}

type outsideList struct {
	Encoded string `json:"encoded"`
	Indices []int  `json:"indices"`
}

type inside struct {
	Results []struct {
		Name                         string
		Verified, Revoked, Suspended bool
		Error                        string
		Payload                      map[string]any
	}
	Issued []string
	Lists  []struct {
		Length int
		Set    []bool
	}
	Issue, Verify float64 // seconds of processor time
}

// modules finds the independent verifiers; the full test run needs them.
func modules(t testing.TB) string {
	t.Helper()
	_, noNode := exec.LookPath("node")
	out, err := exec.Command("../../scripts/node-modules").Output()
	if noNode != nil || err != nil {
		if os.Getenv("KOMPETEN_TEST_POSTGRES") != "" {
			t.Fatalf("no independent verifiers, which the full test run needs: scripts/node-modules: %v %v", noNode, err)
		}
		t.Skip("no node, npm or network here; the full test run has them")
	}
	return strings.TrimSpace(string(out))
}

func ask(t testing.TB, q outside) inside {
	t.Helper()
	q.Contexts = pinnedFiles(t)
	var a inside
	runNode(t, "check.mjs", q, &a)
	return a
}

// pinnedFiles are the pinned contexts by their addresses.
func pinnedFiles(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{}
	for address, file := range pinned {
		b, err := contextFiles.ReadFile("contexts/" + file)
		if err != nil {
			t.Fatal(err)
		}
		out[address] = b
	}
	return out
}

// runNode runs a script of testdata/node among the independent verifiers.
func runNode(t testing.TB, name string, question, answer any) {
	t.Helper()
	dir := modules(t)
	script, err := os.Open("testdata/node/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = script.Close() }()
	b, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "data.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-", file)
	cmd.Dir, cmd.Stdin = dir, script
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, problems.Bytes())
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// documents are the DID document of the sample body and its methods one by one, and the lists.
func documents(t testing.TB, w world, keys ...Key) map[string]json.RawMessage {
	t.Helper()
	doc, err := DIDDocument(testDID, keys)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]json.RawMessage{testDID: doc}
	var read struct{ VerificationMethod []map[string]any }
	if err := json.Unmarshal(doc, &read); err != nil {
		t.Fatal(err)
	}
	for _, m := range read.VerificationMethod {
		if m["type"] == "Multikey" {
			m["@context"] = "https://w3id.org/security/multikey/v1"
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		out[m["id"].(string)] = b
	}
	for at, l := range w.lists {
		out[at] = l
	}
	return out
}

// today signs lists that are in force on the machine's clock, which the other verifier looks at for lists.
func today(t testing.TB, w world, revoked, suspended []int) {
	t.Helper()
	from, until := time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	w.lists[testList] = signedList(t, List{testList, testDID, Revocation, from, until, 5 * time.Minute}, testKey, revoked...)
	w.lists[SuspensionList(testList)] = signedList(t, List{SuspensionList(testList), testDID, Suspension, from, until, 5 * time.Minute}, testKey, suspended...)
}

func TestIndependentVerifiersAgreeOn200Certificates(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	w := newWorld(t)
	tpl := compiled(t, testBody, testAchievement(6))
	kinds := []string{"good", "good", "good", "jcs", "tampered", "revoked", "suspended", "expired", "early", "wrong key"}
	var cases []outsideCase
	var revoked, suspended []int
	want := map[string]string{}
	now := time.Now().UTC().Truncate(time.Second)
	for n := range 200 {
		kind := kinds[n%len(kinds)]
		c := randomCertificate(r, n&^8)
		c.StatusIndex = n * 600
		name := fmt.Sprintf("%d %s", n, kind)
		want[name] = kind
		at := now
		key := testKey
		switch kind {
		case "revoked":
			revoked = append(revoked, c.StatusIndex)
		case "suspended":
			suspended = append(suspended, c.StatusIndex)
		case "expired":
			c.Until, at = "2029-11-21", now.AddDate(8, 0, 0)
		case "early":
			at = testTime.AddDate(-1, 0, 0)
		case "wrong key":
			key = otherKey
		}
		c.From, c.Awarded = "2026-11-20", "2026-11-20"
		doc, err := tpl.Document(c)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := tpl.Sign(t.Context(), c, testTime, signer(key), testKeyID)
		if err != nil {
			t.Fatal(err)
		}
		data, err := tpl.Join(c, testKeyID, testTime, signature)
		if kind == "jcs" && err == nil {
			data, err = SecureJCS(t.Context(), doc, testKeyID, testTime, signer(key))
		}
		if err != nil {
			t.Fatal(err)
		}
		if kind == "tampered" {
			tampered := []string{`"hashed":false`, `"hashed":true`, `"targetCode":"J.620100.001.02"`, `"targetCode":"J.620100.009.02"`, `"licenseNumber":"`, `"licenseNumber":"9`, `"version":"3"`, `"version":"4"`}
			i := 2 * r.IntN(len(tampered)/2)
			data = bytes.Replace(data, []byte(tampered[i]), []byte(tampered[i+1]), 1)
		}
		cases = append(cases, outsideCase{Name: name, Credential: data, Now: stamp(at)})
	}
	today(t, w, revoked, suspended)
	docs := documents(t, w, w.keys[testKeyID], w.keys[testECID])
	answer := ask(t, outside{Mode: "judge", Documents: docs, Cases: cases})
	if len(answer.Results) != len(cases) {
		t.Fatalf("%d results", len(answer.Results))
	}
	counted := map[string]int{}
	for i, theirs := range answer.Results {
		kind := want[theirs.Name]
		counted[kind]++
		isGood := theirs.Verified && !theirs.Revoked && !theirs.Suspended
		right := isGood == (kind == "good" || kind == "jcs") && theirs.Revoked == (kind == "revoked") && theirs.Suspended == (kind == "suspended")
		if !right {
			t.Errorf("%s: they say %+v\n%s", theirs.Name, theirs, cases[i].Credential)
		}
		o := w.options()
		o.Now, _ = time.Parse(time.RFC3339, cases[i].Now)
		if kind == "expired" { // lists of that day
			later := newWorld(t)
			for at, p := range map[string]Purpose{testList: Revocation, SuspensionList(testList): Suspension} {
				later.lists[at] = signedList(t, List{at, testDID, p, o.Now.Add(-time.Hour), o.Now.Add(time.Hour), 0}, testKey)
			}
			later.keys = w.keys
			o = later.options()
			o.Now, _ = time.Parse(time.RFC3339, cases[i].Now)
		}
		if ours := Verify(t.Context(), cases[i].Credential, o); (ours.Verdict == Valid) != isGood || ours.Verdict == Unconfirmed {
			t.Errorf("%s: they say %v, we say %q %v", theirs.Name, isGood, ours.Verdict, ours.Failed())
		}
	}
	t.Logf("%v", counted)
}

func TestOthersSignAndReadTheSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	w := newWorld(t)
	today(t, w, nil, nil)
	q := outside{Mode: "judge", Created: stamp(testTime), Secret: "secret", Documents: documents(t, w, w.keys[testKeyID], w.keys[testECID])}
	secret := append([]byte{0x80, 0x26}, testKey.Seed()...)
	q.Documents["secret"] = json.RawMessage(fmt.Sprintf(`{"@context":"https://w3id.org/security/multikey/v1","type":"Multikey","id":%q,"controller":%q,"publicKeyMultibase":%q,"secretKeyMultibase":%q}`,
		testKeyID, testDID, Multikey(testKey.Public().(ed25519.PublicKey)), appendBase58(nil, secret)))
	tpl := compiled(t, testBody, testAchievement(3))
	var ours []string
	for n := range 16 {
		c := randomCertificate(r, n)
		doc, err := tpl.Document(c)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := tpl.Sign(t.Context(), c, testTime, signer(testKey), testKeyID)
		if err != nil {
			t.Fatal(err)
		}
		q.Unsigned = append(q.Unsigned, doc)
		ours = append(ours, string(appendBase58(nil, signature)))
		jwt, err := JWT(t.Context(), doc, []Form{BadgeJWT, VCJWT}[n%2], testECID, ES256(testEC))
		if err != nil {
			t.Fatal(err)
		}
		q.Cases = append(q.Cases, outsideCase{Name: c.URL, Token: string(jwt), Method: testECID})
	}
	// And the generic way: nodes that look alike, and nodes that point to themselves. They refuse larger graphs.
	for _, edges := range [][][2]int{{{0, 2}, {1, 2}}, {{0, 0}, {0, 1}}, {{0, 0}, {1, 2}}, {{0, 1}, {1, 2}, {2, 2}}} {
		doc := graph(r, edges...)
		out, err := Secure(t.Context(), []byte(doc), testKeyID, testTime, signer(testKey))
		if err != nil {
			t.Fatal(err)
		}
		q.Unsigned = append(q.Unsigned, json.RawMessage(doc))
		ours = append(ours, proofValue(out))
	}
	bits, err := NewBits(ListUnit + 1)
	if err != nil {
		t.Fatal(err)
	}
	indices := []int{0, 1, 7, 8, 48213, ListUnit, 2*ListUnit - 1}
	for _, i := range []int{1, 8, 48213, 2*ListUnit - 1} {
		if err := bits.Set(i, true); err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := bits.Encode()
	if err != nil {
		t.Fatal(err)
	}
	q.Lists = []outsideList{{encoded, indices}, {emptyList, []int{0, ListUnit - 1}}}
	a := ask(t, q)
	if len(a.Issued) != len(ours) {
		t.Fatalf("%d issued", len(a.Issued))
	}
	for i := range ours {
		if a.Issued[i] != ours[i] {
			t.Errorf("they sign %s, we %s:\n%s", a.Issued[i], ours[i], q.Unsigned[i])
		}
	}
	for _, res := range a.Results {
		if !res.Verified || res.Payload["jti"] != res.Name {
			t.Errorf("JWT: %+v", res)
		}
	}
	if l := a.Lists[0]; l.Length != 2*ListUnit || fmt.Sprint(l.Set) != "[false true false true true false true]" {
		t.Errorf("they read our list as %+v", l)
	}
}

func proofValue(data []byte) string {
	_, after, _ := bytes.Cut(data, []byte(`"proofValue":"`))
	value, _, _ := bytes.Cut(after, []byte(`"`))
	return string(value)
}

// emptyList is the empty list of Bitstring Status List 1.0.
const emptyList = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

// BenchmarkBesideDigitalBazaar measures issue and verification of the same certificate by us and by
// @digitalbazaar/vc in one run, in processor time, and reports how many times faster we are.
func BenchmarkBesideDigitalBazaar(b *testing.B) {
	tpl := compiled(b, testBody, testAchievement(15))
	c := testCert
	c.StatusList, c.StatusIndex = "", 0
	doc, err := tpl.Document(c)
	if err != nil {
		b.Fatal(err)
	}
	data := signed(b, tpl, c)
	w := newWorld(b)
	docs := documents(b, w, w.keys[testKeyID])
	secret := append([]byte{0x80, 0x26}, testKey.Seed()...)
	docs["secret"] = json.RawMessage(fmt.Sprintf(`{"@context":"https://w3id.org/security/multikey/v1","type":"Multikey","id":%q,"controller":%q,"publicKeyMultibase":%q,"secretKeyMultibase":%q}`,
		testKeyID, testDID, Multikey(testKey.Public().(ed25519.PublicKey)), appendBase58(nil, secret)))
	o := w.options()
	o.Memory = NewMemory()
	const rounds = 100
	var theirs, ours [2]float64
	for b.Loop() {
		a := ask(b, outside{Mode: "bench", Rounds: rounds, Created: stamp(testTime), Secret: "secret", Documents: docs, Unsigned: []json.RawMessage{doc},
			Cases: []outsideCase{{Name: "one", Credential: data, Now: stamp(testNow)}}})
		theirs[0], theirs[1] = theirs[0]+a.Issue, theirs[1]+a.Verify
		ours[0] += processor(20*rounds, func() { data = signed(b, tpl, c) })
		ours[1] += processor(20*rounds, func() {
			if r := Verify(b.Context(), data, o); r.Verdict != Valid {
				b.Fatal(r)
			}
		})
	}
	n := float64(b.N)
	b.ReportMetric(n/ours[0], "issues/s")
	b.ReportMetric(n/theirs[0], "their-issues/s")
	b.ReportMetric(theirs[0]/ours[0], "×issue")
	b.ReportMetric(n/ours[1], "verifications/s")
	b.ReportMetric(n/theirs[1], "their-verifications/s")
	b.ReportMetric(theirs[1]/ours[1], "×verify")
}

// processor is the processor time of one round of work, in seconds, after a warm round.
func processor(n int, work func()) float64 {
	work()
	from := spent()
	for range n {
		work()
	}
	return (spent() - from).Seconds() / float64(n)
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
