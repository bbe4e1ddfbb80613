package credential

import (
	"bytes"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"slices"
	"testing"
)

func picture(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// chunk is a PNG chunk with a right checksum.
func chunk(kind, body string) []byte {
	out := []byte{byte(len(body) >> 24), byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}
	out = append(out, kind+body...)
	sum := crc32.ChecksumIEEE(out[4:])
	return append(out, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
}

func TestABakedPictureIsAPictureAndACredential(t *testing.T) {
	o := newWorld(t).options()
	data := signed(t, compiled(t, testBody, testAchievement(3)), testCert)
	baked, err := Bake(picture(t), data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(baked)); err != nil {
		t.Errorf("no longer a picture: %v", err)
	}
	if got, err := Unbake(baked); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%s %v", got, err)
	}
	if r := Verify(t.Context(), baked, o); r.Verdict != Valid {
		t.Errorf("%q %v", r.Verdict, r.Failed())
	}
	doc, err := compiled(t, testBody, testAchievement(3)).Document(testCert)
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := JWT(t.Context(), doc, BadgeJWT, testECID, ES256(testEC))
	if err != nil {
		t.Fatal(err)
	}
	if baked, err = Bake(picture(t), jwt); err != nil {
		t.Fatal(err)
	}
	if r := Verify(t.Context(), baked, o); r.Verdict != Valid {
		t.Errorf("a token in a picture: %q %v", r.Verdict, r.Failed())
	}
	if r := Verify(t.Context(), picture(t), o); r.Verdict != Invalid || !slices.Contains(r.Failed(), whyUnbaked) {
		t.Errorf("a plain picture: %q %v", r.Verdict, r.Failed())
	}
}

func TestPicturesThatCannotBeBakedOrReadAreRefused(t *testing.T) {
	plain := picture(t)
	header := len(pngMagic) + 25
	with := func(chunks ...[]byte) []byte {
		return slices.Concat(plain[:header], bytes.Join(chunks, nil), plain[header:])
	}
	text := chunk("iTXt", pngKeyword+"\x00\x00\x00\x00\x00{}")
	for _, c := range []struct {
		says string
		data []byte
		want error
	}{
		{"a good one", with(text), nil},
		{"other texts before it", with(chunk("tEXt", "Comment\x00x"), chunk("iTXt", "Title\x00\x00\x00\x00\x00x"), text), nil},
		{"with a language", with(chunk("iTXt", pngKeyword+"\x00\x00\x00id\x00kunci\x00{}")), nil},
		{"none", plain, errUnbaked},
		{"two", with(text, text), errDuplicate},
		{"compressed", with(chunk("iTXt", pngKeyword+"\x00\x01\x00\x00\x00{}")), errImage},
		{"empty", with(chunk("iTXt", pngKeyword+"\x00\x00\x00\x00\x00")), errImage},
		{"not UTF-8", with(chunk("iTXt", pngKeyword+"\x00\x00\x00\x00\x00\xff")), errImage},
		{"broken off", with(text)[:header+20], errImage},
		{"a chunk longer than the file", with([]byte("\xff\xff\xff\xffiTXt")), errImage},
		{"a wrong checksum", with(append(bytes.Clone(text[:len(text)-1]), text[len(text)-1]^1)), errImage},
		{"two headers", with(plain[len(pngMagic):header], text), errImage},
		{"not a picture", []byte("GIF89a"), errImage},
		{"only the first bytes", []byte(pngMagic), errImage},
	} {
		if _, err := Unbake(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
	if _, err := Bake(with(text), []byte("{}")); err == nil {
		t.Error("baked twice")
	}
	if _, err := Bake([]byte("GIF89a"), []byte("{}")); err == nil {
		t.Error("baked into no picture")
	}
	if _, err := Bake(plain, []byte("\xff")); err == nil {
		t.Error("baked something that is no text")
	}
}

func FuzzUnbake(f *testing.F) {
	f.Add(picture(f))
	if baked, err := Bake(picture(f), []byte("{}")); err == nil {
		f.Add(baked)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Unbake(data)
		if err == nil && !bytes.Contains(data, got) {
			t.Errorf("%q came from nowhere", got)
		}
	})
}
