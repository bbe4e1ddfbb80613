package certificate

import "testing"

func TestEveryPlaceOfAListComesOnce(t *testing.T) {
	seed := []byte("a seed that only the list knows.")
	seen := make([]bool, ListSize)
	neighbours := 0
	before := 0
	for n := range ListSize {
		at := permute(seed, n)
		if at < 0 || at >= ListSize || seen[at] {
			t.Fatalf("place %d of %d came twice or is none", at, n)
		}
		seen[at] = true
		if at-before == 1 || before-at == 1 {
			neighbours++
		}
		before = at
	}
	if neighbours > 20 { // two of 262,144 are expected
		t.Errorf("%d certificates stand beside the one issued before them", neighbours)
	}
	if permute(seed, 7) == permute([]byte("another list's seed, as long it is"), 7) {
		t.Error("two lists give the same places")
	}
}
