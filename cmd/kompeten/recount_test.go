package main

import (
	"strings"
	"testing"

	"kompeten/internal/db"
	"kompeten/internal/demo"
)

func TestRecountSaysWhetherACountWasWrongAndPutsItRight(t *testing.T) {
	dir := t.TempDir()
	a, w := sample(t, dir)
	if _, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, a.Clock.Jump); err != nil {
		t.Fatal(err)
	}
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE register_count SET n = n + 1 WHERE tab = 'regency'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		says string
	}{{1, "1 counts were wrong"}, {0, "every count was right"}} {
		if code, out, problems := runs(t, "admin", "recount", "--data", dir, "--base", "https://contoh.id"); code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("exit %d: %s%s", code, out, problems)
		}
	}
}
