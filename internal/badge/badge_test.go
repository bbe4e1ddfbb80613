package badge_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"kompeten/internal/badge"
	"kompeten/internal/credential"
	"kompeten/internal/text"
)

func sample() badge.Badge {
	return badge.Badge{Lang: text.ID, Title: "Pelaksana Perawatan Berkala Sepeda Motor", Holder: "Siti Nur’aini", Issuer: "LSP Otomotif Contoh Nusantara", Number: "45201 7231 2 0000123 2026", Level: 2,
		Until: "2 Maret 2029", Sample: true}
}

func draw(t *testing.T, b badge.Badge) []byte {
	t.Helper()
	out, err := b.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheSameBadgeGivesTheSameBytes(t *testing.T) {
	first := draw(t, sample())
	if !bytes.Equal(first, draw(t, sample())) {
		t.Error("drawn again it differs")
	}
	for says, do := range map[string]func(*badge.Badge){
		"another holder": func(b *badge.Badge) { b.Holder = "Ani" }, "another title": func(b *badge.Badge) { b.Title = "Barista" }, "another number": func(b *badge.Badge) { b.Number = "1" },
		"no level": func(b *badge.Badge) { b.Level = 0 }, "another day": func(b *badge.Badge) { b.Until = "3 Maret 2029" }, "no sample": func(b *badge.Badge) { b.Sample = false },
	} {
		b := sample()
		do(&b)
		if bytes.Equal(first, draw(t, b)) {
			t.Errorf("%s: the picture is the same", says)
		}
	}
}

func TestABadgeCarriesACredential(t *testing.T) {
	doc := []byte(`{"type":"a credential"}`)
	baked, err := credential.Bake(draw(t, sample()), doc)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := credential.Unbake(baked); err != nil || !bytes.Equal(got, doc) {
		t.Errorf("%s %v", got, err)
	}
	img, err := png.Decode(bytes.NewReader(baked))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != badge.Size || s.Y != badge.Size {
		t.Errorf("%v", s)
	}
	if _, _, _, alpha := img.At(2, 2).RGBA(); alpha != 0 {
		t.Error("what is outside the seal is not clear")
	}
	if len(baked) > 1<<20 {
		t.Errorf("%d bytes are too many for a phone", len(baked))
	}
}

func TestAnyNameIsDrawn(t *testing.T) {
	for says, name := range map[string]string{
		"none": "", "one long word": strings.Repeat("Panjang", 60), "many words": strings.Repeat("Nama panjang sekali ", 40), "letters no typeface has": "王小明 🌱 Siti",
		"a mark that combines": "Ame\u0301lie", "right to left": "سيتي",
	} {
		b := sample()
		b.Holder, b.Title, b.Issuer, b.Number = name, name, name, name
		if len(draw(t, b)) == 0 {
			t.Error(says)
		}
	}
}
