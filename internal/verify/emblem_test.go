package verify

import (
	"os"
	"strings"
	"testing"
)

func TestThePicturesShowTheEmblemOfEveryPage(t *testing.T) {
	svg, err := os.ReadFile("../web/ui/assets/logo.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{letterPath, starPath} {
		if !strings.Contains(string(svg), `d="`+path+`"`) {
			t.Errorf("logo.svg is drawn otherwise than the pictures: %s", path)
		}
	}
}
