// Package photo makes, for tests, pictures of printed certificates as people make them: printed at 300 dpi, turned,
// out of focus, far away, held askew in bad light.
package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os/exec"

	"golang.org/x/image/draw"
)

// Print turns the first page of a PDF into a picture, as a printer at so many dots an inch would.
func Print(pdf []byte, dpi int) (*image.Gray, error) {
	cmd := exec.Command("pdftoppm", "-r", fmt.Sprint(dpi), "-f", "1", "-l", "1", "-singlefile", "-gray", "-png", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("pdftoppm: %w", err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		return nil, err
	}
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Bounds(), img, image.Point{}, draw.Src)
	return g, nil
}

// Cut is a part of a picture.
func Cut(g *image.Gray, r image.Rectangle) *image.Gray {
	r = r.Intersect(g.Rect)
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, g, r.Min, draw.Src)
	return out
}

// Turn turns a picture by degrees, with white where nothing was.
func Turn(g *image.Gray, degrees float64) *image.Gray {
	s, c := math.Sincos(degrees * math.Pi / 180)
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	nw, nh := math.Abs(w*c)+math.Abs(h*s), math.Abs(w*s)+math.Abs(h*c)
	return warp(g, int(math.Round(nw)), int(math.Round(nh)), func(x, y float64) (float64, float64) {
		x, y = x-nw/2, y-nh/2
		return x*c + y*s + w/2, -x*s + y*c + h/2
	})
}

// Askew is a picture taken from the side: the far edge is shorter by that part of its length.
func Askew(g *image.Gray, part float64) *image.Gray {
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	return warp(g, g.Rect.Dx(), g.Rect.Dy(), func(x, y float64) (float64, float64) {
		z := 1 - part*(1-y/h) // narrower at the top
		return ((x/w-0.5)/z + 0.5) * w, (1 - (1-y/h)/z) * h
	})
}

func warp(g *image.Gray, w, h int, from func(x, y float64) (float64, float64)) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := from(float64(x)+0.5, float64(y)+0.5)
			out.SetGray(x, y, color.Gray{Y: uint8(at(g, sx-0.5, sy-0.5) + 0.5)})
		}
	}
	return out
}

// at is the brightness between the dots; outside is white.
func at(g *image.Gray, x, y float64) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	dot := func(x, y int) float64 {
		if !(image.Point{X: x, Y: y}).In(g.Rect) {
			return 255
		}
		return float64(g.Pix[g.PixOffset(x, y)])
	}
	i, j := int(x0), int(y0)
	return (dot(i, j)*(1-fx)+dot(i+1, j)*fx)*(1-fy) + (dot(i, j+1)*(1-fx)+dot(i+1, j+1)*fx)*fy
}

// Blur is out of focus by so many dots, the mean of a square twice over.
func Blur(g *image.Gray, radius int) *image.Gray {
	for range 2 {
		out := image.NewGray(g.Rect)
		for y := g.Rect.Min.Y; y < g.Rect.Max.Y; y++ {
			for x := g.Rect.Min.X; x < g.Rect.Max.X; x++ {
				sum, n := 0, 0
				for j := max(g.Rect.Min.Y, y-radius); j <= min(g.Rect.Max.Y-1, y+radius); j++ {
					for i := max(g.Rect.Min.X, x-radius); i <= min(g.Rect.Max.X-1, x+radius); i++ {
						sum += int(g.Pix[g.PixOffset(i, j)])
						n++
					}
				}
				out.Pix[out.PixOffset(x, y)] = uint8(sum / n)
			}
		}
		g = out
	}
	return g
}

// Scale makes a picture larger or smaller.
func Scale(g *image.Gray, by float64) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, int(float64(g.Rect.Dx())*by), int(float64(g.Rect.Dy())*by)))
	draw.CatmullRom.Scale(out, out.Rect, g, g.Rect, draw.Src, nil)
	return out
}

// Dim is bad light: darker towards one corner, little contrast, and grain. The same seed gives the same picture.
func Dim(g *image.Gray, grain float64, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 1))
	out := image.NewGray(g.Rect)
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			light := 0.45 + 0.45*(float64(x)/w+float64(y)/h)/2
			v := (40+float64(g.Pix[g.PixOffset(x, y)])*0.8)*light + r.NormFloat64()*grain
			out.Pix[out.PixOffset(x, y)] = uint8(min(255, max(0, v)))
		}
	}
	return out
}

// PNG is a picture as a file.
func PNG(img image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img) // into memory: nothing can fail
	return b.Bytes()
}
