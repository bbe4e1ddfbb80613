package tlog

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"kompeten/internal/dbtest"
)

func logged(l Leaf) Leaf {
	l.At, l.Logged = dbtest.Start, dbtest.Start.Add(time.Second)
	return l
}

func TestALeafHasOneEncoding(t *testing.T) {
	for _, l := range []Leaf{logged(issued(1)), logged(after(1, 2, Revoke)), logged(Leaf{Ref: "did_1", Kind: DID, Body: "did:web:contoh.id:lsp:000", Doc: [32]byte{9}})} {
		b := l.Encode()
		back, err := DecodeLeaf(b)
		if err != nil || back != l {
			t.Errorf("%+v came back as %+v %v", l, back, err)
		}
		for i := range b {
			if _, err := DecodeLeaf(b[:i]); !errors.Is(err, ErrMalformed) {
				t.Errorf("%d of %d bytes: %v", i, len(b), err)
			}
		}
		if _, err := DecodeLeaf(append(b, 0)); !errors.Is(err, ErrMalformed) {
			t.Errorf("a byte too many: %v", err)
		}
	}
	for says, l := range map[string]Leaf{
		"no kind": {Ref: "a", Body: "b", Doc: [32]byte{1}}, "no document": {Ref: "a", Kind: Key, Body: "b"},
		"a name with a space": {Ref: "a", Kind: Key, Body: "Siti Contoh", Doc: [32]byte{1}}, "an issue without a number": {Ref: "a", Kind: Issue, Body: "b", Doc: [32]byte{1}, List: "7"},
		"a licence with a number": {Ref: "a", Kind: Licence, Body: "b", Doc: [32]byte{1}, Number: [32]byte{1}}, "a long reference": {Ref: strings.Repeat("a", 201), Kind: Key, Body: "b", Doc: [32]byte{1}},
	} {
		l.At = dbtest.Start
		if l.check() == nil {
			t.Errorf("%s is let through", says)
		}
	}
}

// The example of C2SP tlog-cosignature.
const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`

func TestCheckpointsAreReadInTheirOneForm(t *testing.T) {
	text, _, _ := strings.Cut(example, "\n\n")
	c, err := ParseCheckpoint(text + "\n")
	if err != nil || c.Origin != "example.com/behind-the-sofa" || c.Size != 20852163 || c.Text() != text+"\n" {
		t.Fatalf("%+v %v", c, err)
	}
	if string(cosigned(1679315147, c.Text())) != "cosignature/v1\ntime 1679315147\n"+text+"\n" {
		t.Error("the cosigned text is not that of the example")
	}
	for says, wrong := range map[string]string{
		"no end": text, "a leading zero": strings.Replace(text, "2085", "02085", 1) + "\n", "a sign": strings.Replace(text, "2085", "+2085", 1) + "\n",
		"a short root": strings.Replace(text, "Csq", "C", 1)[:60] + "\n", "an empty line": strings.Replace(text, "\n", "\n\n", 1) + "\n",
		"stray bits in the root": strings.Replace(text, "q2I=", "q2J=", 1) + "\n", "too large": strings.Replace(text, "20852163", "9223372036854775808", 1) + "\n",
		"leaves with no root": "a\n0\n" + c.Root.String() + "\n", "nothing": "",
	} {
		if got, err := ParseCheckpoint(wrong); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: read as %+v %v", says, got, err)
		}
	}
}

func TestKeysAreReadInTheirOneForm(t *testing.T) {
	s := key(t, origin, 1)
	for _, k := range []string{s.LogKey(), s.WitnessKey()} {
		if _, _, err := parseKey(k); err != nil {
			t.Error(err)
		}
		for i := range k {
			b := []byte(k)
			b[i] ^= 1
			if _, _, err := parseKey(string(b)); err == nil {
				t.Errorf("%s is taken for a key", b)
			}
		}
	}
	if _, err := NewPolicy(origin, []string{s.LogKey()}, 1); err == nil {
		t.Error("a quorum without witnesses")
	}
	if _, err := NewPolicy(origin, nil, 0); err == nil {
		t.Error("a policy without keys")
	}
}

func TestTheExampleProofOfTheReferenceFormIsReadAndWrittenAlike(t *testing.T) {
	text := proofHeader + "\nextra YWdl\nindex 73894\n" + strings.Repeat("gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n", 5) + "\n" + example
	p, err := ParseProof([]byte(text))
	if err != nil || string(p.Text()) != text || p.Index != 73894 || string(p.Entry) != "age" {
		t.Errorf("%+v %v", p, err)
	}
}

func FuzzLeaf(f *testing.F) {
	f.Add(logged(issued(1)).Encode())
	f.Add(logged(Leaf{Ref: "did_1", Kind: DID, Body: "did:web:contoh.id", Doc: [32]byte{9}}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := DecodeLeaf(b); err == nil && !bytes.Equal(l.Encode(), b) {
			t.Errorf("%x has another encoding", b)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte(example))
	trust := mustPolicy(f, origin, key(f, origin, 1).LogKey())
	note, _ := key(f, origin, 1).signNote(Checkpoint{Origin: origin, Size: 1, Root: Hash{1}}.Text())
	f.Add(note)
	f.Fuzz(func(t *testing.T, b []byte) {
		text, _, _ := strings.Cut(string(b), "\n\n")
		if c, err := ParseCheckpoint(text + "\n"); err == nil && !strings.HasPrefix(text+"\n", c.Text()) {
			t.Errorf("%q is read as %+v", text, c)
		}
		if c, err := trust.Open(b); err == nil && (c.Size != 1 || c.Root != Hash{1}) {
			t.Errorf("%q is taken for signed", b)
		}
	})
}

func FuzzProof(f *testing.F) {
	f.Add([]byte(proofHeader + "\nextra YWdl\nindex 0\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\n" + example))
	f.Add([]byte("old 3\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\n" + example))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := ParseProof(b); err == nil && len(p.Entry) > 0 && !bytes.Equal(p.Text(), b) {
			t.Errorf("%q has another form", b)
		}
		if s, err := parseSubmission(b); err == nil && !bytes.Equal(s.text(), b) {
			t.Errorf("%q has another form", b)
		}
	})
}

func FuzzTile(f *testing.F) {
	f.Add([]byte("tile/0/x001/x234/067.p/9"), 3)
	f.Add(bundle([][]byte{{1}, {2, 3}}), 2)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if x, err := parsePath(string(b)); err == nil && x.path() != string(b) {
			t.Errorf("%q is read as %v", b, x)
		}
		n = min(max(n, 0), width)
		if e, err := parseBundle(b, n); err == nil && (len(e) != n || !bytes.Equal(bundle(e), b)) {
			t.Errorf("%x has another form", b)
		}
		if hs, err := hashes(b, n); err == nil && !bytes.Equal(join(hs), b) {
			t.Errorf("%x has another form", b)
		}
	})
}
