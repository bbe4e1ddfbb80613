package oid4vci_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kompeten/internal/credential"
)

// modules finds the independent wallet; the full test run needs it.
func modules(t *testing.T) string {
	t.Helper()
	_, noNode := exec.LookPath("node")
	out, err := exec.Command("../../scripts/node-modules", "internal/oid4vci/testdata/node").Output()
	if noNode != nil || err != nil {
		if os.Getenv("KOMPETEN_TEST_POSTGRES") != "" {
			t.Fatalf("no independent wallet, which the full test run needs: scripts/node-modules: %v %v", noNode, err)
		}
		t.Skip("no node, npm or network here; the full test run has them")
	}
	return strings.TrimSpace(string(out))
}

func anotherWallet(t *testing.T, s stage, c *http.Client) {
	dir := modules(t)
	m, err := s.Offers.Make(ctx, s.admin(), s.certs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	question, err := json.Marshal(map[string]string{"offer": m.URI, "pin": m.PIN, "wrong": other(m.PIN), "origin": base, "server": serverOf(c)})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "question.json")
	if err := os.WriteFile(file, question, 0o600); err != nil {
		t.Fatal(err)
	}
	script, err := os.Open("testdata/node/wallet.mjs")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = script.Close() }()
	var problems bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-", file) // #nosec G204 -- ours
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, script, &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, problems.String())
	}
	var got struct {
		Version, Refused, DID string
		Credentials           map[string][]json.RawMessage
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got.Version != "V1" || got.Refused != "invalid_grant" || len(got.Credentials) != 2 {
		t.Errorf("it reads version %s, a wrong PIN as %q, and gets %d credentials", got.Version, got.Refused, len(got.Credentials))
	}
	for name, list := range got.Credentials {
		doc := []byte(list[0])
		if name == jwt {
			var token string
			if err := json.Unmarshal(list[0], &token); err != nil {
				t.Fatal(err)
			}
			if doc = []byte(token); claimsOf(t, token)["sub"] != got.DID {
				t.Errorf("bound to %v, the wallet is %s", claimsOf(t, token)["sub"], got.DID)
			}
		}
		if r := s.judge(doc); r.Verdict != credential.Valid {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// serverOf is where a client of the installation really goes.
func serverOf(c *http.Client) string { return c.Transport.(under).url }
