package golden

import "testing"

func TestTheFirstLineThatDiffersIsFound(t *testing.T) {
	for _, c := range []struct {
		name, want, got string
		line            int
	}{
		{"the same text", "a\nb\n", "a\nb\n", 0},
		{"a changed line", "a\nb", "a\nc", 2},
		{"a line too many", "a", "a\nb", 2},
		{"a line too few", "a\nb", "a", 2},
		{"an empty line at the end", "a", "a\n", 2},
	} {
		if line, _, _ := difference(c.want, c.got); line != c.line {
			t.Errorf("%s: line %d, want %d", c.name, line, c.line)
		}
	}
}
