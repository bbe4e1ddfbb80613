package ui

import (
	"html/template"
	"strconv"
	"strings"
)

// QR is a code to be scanned with another device. It stands on white in every theme, since cameras want it so.
type QR struct {
	Label string   // what it is, for who cannot see it
	Rows  [][]bool // its squares, true for dark, without the margin
}

// qrMargin is how many squares of white stand around a code.
const qrMargin = 4

// Side is how many squares wide it is, its margin included.
func (q QR) Side() int { return len(q.Rows) + 2*qrMargin }

// Path draws the dark squares, each run of them in a row as one.
func (q QR) Path() string {
	var b strings.Builder
	for y, row := range q.Rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				n := strconv.Itoa(x - from)
				b.WriteString("M" + strconv.Itoa(from+qrMargin) + " " + strconv.Itoa(y+qrMargin) + "h" + n + "v1h-" + n + "z")
			}
		}
	}
	return b.String()
}

// AppLink opens an app on this device. URL begins with the app's own scheme, so only an address that we made may
// stand in it.
type AppLink struct {
	Text string
	URL  template.URL
}

// Part names the template of each component.

func (QR) Part() string      { return "qr" }
func (AppLink) Part() string { return "applink" }
