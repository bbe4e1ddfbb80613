package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// manifestIcon is a picture that the manifest names.
type manifestIcon struct{ Src, Sizes, Type, Purpose string }

func fetch(t *testing.T, address string) (mime string, data []byte) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if data, err = io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return res.Header.Get("Content-Type"), data
}

func TestThePicturesOfTheInstalledPageAreWhatTheManifestSays(t *testing.T) {
	srv := site{t: t}.serve()
	_, b := fetch(t, srv.URL+"/verify/manifest.webmanifest")
	var said struct{ Icons []manifestIcon }
	if err := json.Unmarshal(b, &said); err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, i := range said.Icons {
		if i.Type != "image/png" {
			continue
		}
		drawn[i.Purpose+" "+i.Sizes] = true
		mime, data := fetch(t, srv.URL+i.Src)
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || mime != "image/png" || len(data) > 20<<10 {
			t.Fatalf("%s: %s, %d bytes, %v", i.Src, mime, len(data), err)
		}
		size := img.Bounds().Dx()
		if got := fmt.Sprintf("%dx%d", size, img.Bounds().Dy()); got != i.Sizes {
			t.Errorf("%s is %s, the manifest says %s", i.Src, got, i.Sizes)
		}
		judgeIcon(t, i, img)
	}
	for _, want := range []string{"any 192x192", "any 512x512", "maskable 192x192", "maskable 512x512"} {
		if !drawn[want] {
			t.Errorf("no picture %s: %v", want, drawn)
		}
	}
}

// judgeIcon finds the letter on the plate, round corners or none, and on a maskable icon nothing outside the circle that
// every phone shows.
func judgeIcon(t *testing.T, i manifestIcon, img image.Image) {
	t.Helper()
	size := img.Bounds().Dx()
	at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) }
	plate := color.NRGBA{0x0f, 0x5c, 0x4d, 0xff}
	if corner := at(0, 0); (corner.A == 0) != (i.Purpose == "any") || corner.A != 0 && corner != plate {
		t.Errorf("%s: its corner is %v", i.Src, corner)
	}
	letter, star := 0, 0
	for y := range size {
		for x := range size {
			c := at(x, y)
			switch c {
			case color.NRGBA{0xff, 0xff, 0xff, 0xff}:
				letter++
			case color.NRGBA{0xf2, 0xc1, 0x4e, 0xff}:
				star++
			}
			dx, dy := 2*x-size, 2*y-size
			if i.Purpose == "maskable" && c != plate && 25*(dx*dx+dy*dy) > 16*size*size {
				t.Fatalf("%s: %v at %d,%d, where phones cut", i.Src, c, x, y)
			}
		}
	}
	if all := size * size; letter < all/12 || letter > all/4 || star < all/150 || star > all/40 {
		t.Errorf("%s: %d points of the letter and %d of the star, of %d", i.Src, letter, star, all)
	}
}

func TestChromiumOffersToInstallThePage(t *testing.T) {
	b := device(t)
	b.base = site{t: t}.serve().URL
	b.install()
	var wrong struct {
		InstallabilityErrors []struct {
			ErrorID string `json:"errorId"`
		} `json:"installabilityErrors"`
	}
	var manifest struct {
		URL    string `json:"url"`
		Errors []struct{ Message string }
	}
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if err := tab.Call(ctx, "Page.getAppManifest", nil, &manifest); err != nil {
			return err
		}
		return tab.Call(ctx, "Page.getInstallabilityErrors", nil, &wrong)
	}))
	if !strings.HasSuffix(manifest.URL, "/verify/manifest.webmanifest") || len(manifest.Errors) > 0 || len(wrong.InstallabilityErrors) > 0 {
		t.Errorf("not to be installed: %+v %+v", manifest, wrong)
	}
}
