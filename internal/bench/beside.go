package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// beside has us and @digitalbazaar/vc issue and verify the same certificate in turn, in processor time. It runs the
// benchmark of internal/credential, since only the checkout has the other side; where that, Go or node is missing it
// says so and measures nothing.
func (r *Run) beside(ctx context.Context) error {
	for _, need := range []string{"go", "node", "npm"} {
		if _, err := exec.LookPath(need); err != nil {
			fmt.Fprintf(r.out, "beside @digitalbazaar/vc: not measured, there is no %s here\n", need)
			return nil
		}
	}
	if _, err := os.Stat("internal/credential/testdata/node"); err != nil {
		fmt.Fprintln(r.out, "beside @digitalbazaar/vc: not measured, the working directory is not the checkout")
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "BesideDigitalBazaar", "-benchtime", "3x", "./internal/credential")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s%s", err, out, problems.Bytes())
	}
	said := metrics(out)
	if said["×issue"] == 0 {
		fmt.Fprintf(r.out, "beside @digitalbazaar/vc: not measured: %s\n", bytes.TrimSpace(out))
		return nil
	}
	r.Add("issue beside @digitalbazaar/vc, processor time", said["×issue"], "×", "≥ 50", fmt.Sprintf("%.0f/s to %.0f/s", said["issues/s"], said["their-issues/s"]))
	r.Add("verify beside it", said["×verify"], "×", "≥ 15", fmt.Sprintf("%.0f/s to %.0f/s", said["verifications/s"], said["their-verifications/s"]))
	return nil
}

// metrics reads the line of a benchmark: a number, then what it counts.
func metrics(out []byte) map[string]float64 {
	said := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) == 0 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		for i := 2; i+1 < len(f); i += 2 {
			if v, err := strconv.ParseFloat(f[i], 64); err == nil {
				said[f[i+1]] = v
			}
		}
	}
	return said
}
