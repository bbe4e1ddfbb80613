package bench

import "testing"

func TestTheFiguresOfABenchmarkAreReadByWhatTheyCount(t *testing.T) {
	said := metrics([]byte("goos: linux\nBenchmarkBeside-2   \t       3\t 412 ns/op\t      9050.5 issues/s\t       155.0 ×issue\nPASS\n"))
	if len(said) != 3 || said["issues/s"] != 9050.5 || said["×issue"] != 155 {
		t.Errorf("%v", said)
	}
	if said := metrics([]byte("PASS\nok  \tkompeten/internal/credential\t0.1s\n")); len(said) != 0 {
		t.Errorf("of a benchmark that was skipped: %v", said)
	}
}
