package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"kompeten/internal/fault"
)

// picture is dark at its top edge and light below.
func picture(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(220)
			if y < h/4 {
				v = 30
			}
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	return m
}

func jpegOf(m image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

// turned adds the block in which a camera says how it was held.
func turned(b []byte, turn byte) []byte {
	tiff := append([]byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), turn, 0, 0, 0, 0, 0, 0)
	block := append([]byte("Exif\x00\x00"), append(tiff, "GPS: rumah"...)...)
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(block)+2))...)
	return append(append(head, block...), b[2:]...)
}

func TestPortraitsBecomeReadyToPrint(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"a photograph", jpegOf(picture(600, 800))},
		{"a wide one is cut", jpegOf(picture(1600, 900))},
		{"a tiny one is enlarged", pngOf(picture(3, 4))},
		{"one pixel", pngOf(picture(1, 1))},
		{"a thin one", pngOf(picture(2, 3000))},
		{"a transparent one stands on white", pngOf(image.NewNRGBA(image.Rect(0, 0, 30, 40)))},
		{"a grey one", jpegOf(image.NewGray(image.Rect(0, 0, 60, 80)))},
	} {
		p, err := NewPortrait(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		conf, err := jpeg.DecodeConfig(bytes.NewReader(p.Bytes()))
		if err != nil || conf.Width != portraitW || conf.Height != portraitH {
			t.Errorf("%s: %dx%d, %v", c.name, conf.Width, conf.Height, err)
		}
		again, err := NewPortrait(p.Bytes())
		if err != nil || again != p {
			t.Errorf("%s: read back it changes (%v)", c.name, err)
		}
	}
}

func TestPortraitsAreTurnedUprightAndForgetWhereTheyWereTaken(t *testing.T) {
	for _, c := range []struct {
		turn byte
		w, h int
		dark image.Point // where the dark edge must be
	}{
		{1, 600, 800, image.Pt(177, 20)}, {2, 600, 800, image.Pt(177, 20)}, {3, 600, 800, image.Pt(177, 450)}, {4, 600, 800, image.Pt(177, 450)},
		{5, 800, 600, image.Pt(20, 236)}, {6, 800, 600, image.Pt(330, 236)}, {7, 800, 600, image.Pt(330, 236)}, {8, 800, 600, image.Pt(20, 236)},
	} {
		p, err := NewPortrait(turned(jpegOf(picture(c.w, c.h)), c.turn))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(p.Bytes(), []byte("GPS")) || bytes.Contains(p.Bytes(), []byte("Exif")) {
			t.Errorf("turn %d: the camera's block is still inside", c.turn)
		}
		m, err := jpeg.Decode(bytes.NewReader(p.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := m.At(c.dark.X, c.dark.Y).RGBA(); r>>8 > 100 {
			t.Errorf("turn %d: not dark at %v but %d", c.turn, c.dark, r>>8)
		}
		if r, _, _, _ := m.At(177, 236).RGBA(); r>>8 < 180 {
			t.Errorf("turn %d: not light in the middle", c.turn)
		}
	}
}

// huge is a PNG that says it is w by h pixels and holds none of them.
func huge(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 2, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0D"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestPicturesThatAreNoneAreRefused(t *testing.T) {
	photo := jpegOf(picture(600, 800))
	for _, c := range []struct {
		name string
		data []byte
		kind fault.Kind
	}{
		{"nothing", nil, fault.Invalid},
		{"a text", []byte("ini foto saya"), fault.Invalid},
		{"half a photograph", photo[:len(photo)/2], fault.Invalid},
		{"a GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), fault.Invalid},
		{"a picture that would fill the memory", huge(100_000, 100_000), fault.TooLarge},
		{"the largest number of pixels there is", huge(1<<31-1, 1<<31-1), fault.Invalid},
		{"more bytes than a photograph has", make([]byte, MaxPortraitBytes+1), fault.TooLarge},
	} {
		p, err := NewPortrait(c.data)
		if !fault.Is(err, c.kind) || !p.Empty() {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestThePortraitStandsInTheFile(t *testing.T) {
	p, err := NewPortrait(jpegOf(picture(600, 800)))
	if err != nil {
		t.Fatal(err)
	}
	c := sampleCertificate(3)
	c.Portrait = p
	b, err := c.PDF()
	if err != nil || !bytes.Contains(b, p.Bytes()) {
		t.Errorf("the portrait is not in the file (%v)", err)
	}
	if empty := sampleCertificate(3).Layout().Words(); !bytes.Contains([]byte(empty), []byte("Pasfoto 3 × 4")) {
		t.Error("the empty frame has no label")
	}
}

func FuzzPortrait(f *testing.F) {
	small := jpegOf(picture(30, 40))
	f.Add(small)
	f.Add(turned(small, 6))
	f.Add(pngOf(picture(30, 40)))
	f.Add(huge(90_000, 90_000))
	f.Add([]byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00II*\x00\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := NewPortrait(b)
		if err != nil {
			if fault.Of(err) == nil || !p.Empty() {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		conf, err := jpeg.DecodeConfig(bytes.NewReader(p.Bytes()))
		if err != nil || conf.Width != portraitW || conf.Height != portraitH {
			t.Fatalf("not ready to print: %v %v", conf, err)
		}
	})
}
