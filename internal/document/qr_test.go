package document_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"kompeten/internal/document"
)

// scanned is what a reader makes of a code's squares.
func scanned(t *testing.T, rows [][]bool) string {
	t.Helper()
	m, err := gozxing.NewBitMatrix(len(rows), len(rows))
	if err != nil {
		t.Fatal(err)
	}
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				m.Set(x, y)
			}
		}
	}
	r, err := decoder.NewDecoder().Decode(m, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		return err.Error()
	}
	return r.GetText()
}

func TestACodeTakesTheLeastRoomForWhatItSays(t *testing.T) {
	capitals := func(n int) string { return strings.Repeat("ABCDEFGHIJ234567", n/16+1)[:n] }
	for _, c := range []struct {
		says, text string
		version    int
	}{
		{"nothing", "", 1},
		{"as many capitals as the smallest holds", capitals(20), 1},
		{"one more", capitals(21), 2},
		{"as many bytes as the smallest holds", strings.Repeat("a", 14), 1},
		{"one byte more", strings.Repeat("a", 15), 2},
		{"the address of a certificate, short data behind it", "HTTPS://SERTIFIKAT.CONTOH.ID/V/ABCDEFGH2345#" + capitals(192), 9},
		{"the same with as much data as fifteen units", "HTTPS://SERTIFIKAT.CONTOH.ID/V/ABCDEFGH2345#" + capitals(416), 13},
		{"an offer to a wallet", "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcontoh.id%2Foffer%2F0123456789abcdefghjkmnpqrstvwxyz", 7},
		{"as many capitals as the largest holds", capitals(3391), 40},
		{"as many bytes as the largest holds", strings.Repeat("a", 2331), 40},
		{"letters of every script", "Sertifikat ✓ Ünïcode प्रमाणपत्र", 4},
	} {
		rows, err := document.Modules(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if v := (len(rows) - 17) / 4; v != c.version {
			t.Errorf("%s: version %d, want %d", c.says, v, c.version)
		}
		if got := scanned(t, rows); got != c.text {
			t.Errorf("%s: reads %q", c.says, got)
		}
	}
	for _, long := range []string{capitals(3392), strings.Repeat("a", 2332)} {
		if _, err := document.Modules(long); err == nil {
			t.Errorf("%d letters fit", len(long))
		}
	}
}

func TestWhateverACodeSaysIsReadAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const capitals, others = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", "abcdefghijklmnopqrstuvwxyz#?=&_~"
	for range 300 {
		var b strings.Builder
		for range r.IntN(5) + 1 {
			from, n := capitals, r.IntN(160)+1
			if r.IntN(2) == 0 {
				from, n = others, r.IntN(30)+1
			}
			for range n {
				b.WriteByte(from[r.IntN(len(from))])
			}
		}
		rows, err := document.Modules(b.String())
		if err != nil {
			t.Fatal(err)
		}
		if got := scanned(t, rows); got != b.String() {
			t.Errorf("%q reads %q", b.String(), got)
		}
	}
}
