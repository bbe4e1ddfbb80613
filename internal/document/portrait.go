package document

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // portraits come as JPEG or PNG

	"golang.org/x/image/draw"

	"kompeten/internal/fault"
)

// What a portrait may be, and what it becomes: 3 x 4 cm at 300 dots per inch.
const (
	MaxPortraitPixels = 24_000_000
	MaxPortraitBytes  = 20 << 20
	portraitW         = 354
	portraitH         = 472
)

// Portrait is a photograph ready to print: cut to 3 x 4, turned upright, without anything the camera wrote into
// it. The zero value is no portrait. Only NewPortrait makes another.
type Portrait struct{ jpeg string }

// Empty says that there is no portrait.
func (p Portrait) Empty() bool { return p.jpeg == "" }

// Bytes is the portrait as a JPEG file; NewPortrait takes it back unchanged.
func (p Portrait) Bytes() []byte { return []byte(p.jpeg) }

// NewPortrait reads a photograph as people send it, JPEG or PNG, and makes it ready to print. It is judged by its
// size before it is unpacked, so that no picture can exhaust the memory.
func NewPortrait(data []byte) (Portrait, error) {
	if len(data) > MaxPortraitBytes {
		return Portrait{}, fault.New(fault.TooLarge, "document.photo_too_large", MaxPortraitPixels/1_000_000)
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || conf.Width < 1 || conf.Height < 1 {
		return Portrait{}, fault.New(fault.Invalid, "document.photo_unreadable").Because(err)
	}
	if int64(conf.Width)*int64(conf.Height) > MaxPortraitPixels {
		return Portrait{}, fault.New(fault.TooLarge, "document.photo_too_large", MaxPortraitPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Portrait{}, fault.New(fault.Invalid, "document.photo_unreadable").Because(err)
	}
	if ours(data, conf) {
		return Portrait{string(data)}, nil
	}
	return printReady(img, orientation(data))
}

// ours says whether the picture has been through NewPortrait: the size, and no camera's block at its beginning.
func ours(data []byte, c image.Config) bool {
	return c.Width == portraitW && c.Height == portraitH && c.ColorModel == color.YCbCrModel &&
		bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF, 0xDB}) && !bytes.Contains(data, []byte("Exif\x00"))
}

func printReady(img image.Image, turn int) (Portrait, error) {
	w, h := portraitW, portraitH
	if turn >= 5 { // the camera lay on its side: width and height change places
		w, h = h, w
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), img, cut(img.Bounds(), w, h), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, turn), &jpeg.Options{Quality: 88}); err != nil {
		return Portrait{}, err
	}
	return Portrait{out.String()}, nil
}

// cut is the largest part in the middle of a picture that has the proportions w to h.
func cut(b image.Rectangle, w, h int) image.Rectangle {
	cw, ch := b.Dx(), b.Dx()*h/w
	if ch > b.Dy() {
		cw, ch = b.Dy()*w/h, b.Dy()
	}
	cw, ch = max(cw, 1), max(ch, 1)
	x, y := b.Min.X+(b.Dx()-cw)/2, b.Min.Y+(b.Dy()-ch)/2
	return image.Rect(x, y, x+cw, y+ch)
}

// upright turns a picture as its camera said it was held (the Exif numbers 1 to 8).
func upright(src *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, portraitW, portraitH))
	for y := range portraitH {
		for x := range portraitW {
			sx, sy := x, y
			switch turn {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			out.SetRGBA(x, y, src.RGBAAt(sx, sy))
		}
	}
	return out
}

// orientation is how the camera was held, from the Exif block of a JPEG; 1, upright, when nothing says otherwise.
func orientation(b []byte) int {
	for at := 2; at+4 < len(b) && b[0] == 0xFF && b[1] == 0xD8 && b[at] == 0xFF && b[at+1] != 0xDA; {
		size := be16(b, at+2)
		if b[at+1] == 0xE1 && at+2+size <= len(b) && size > 16 && string(b[at+4:at+10]) == "Exif\x00\x00" {
			return exifTurn(b[at+10 : at+2+size])
		}
		at += 2 + size
	}
	return 1
}

func exifTurn(t []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if t[0] == 'I' {
		order = binary.LittleEndian
	}
	if len(t) < 10 {
		return 1
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 1
	}
	for i := range int64(order.Uint16(t[at:])) {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(t)) {
			return 1
		}
		if order.Uint16(t[entry:]) == 0x0112 {
			return int(order.Uint16(t[entry+8:]))
		}
	}
	return 1
}
