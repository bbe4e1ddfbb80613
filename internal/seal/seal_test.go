package seal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"kompeten/internal/dbtest"
	"kompeten/internal/seal"
)

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	d := dbtest.Open(t)
	sealed := d.Box.Seal([]byte("3374011812939901"), "person.nik:per_a")
	if plain, err := d.Box.Open(sealed, "person.nik:per_a"); err != nil || string(plain) != "3374011812939901" {
		t.Errorf("%s, %v", plain, err)
	}
	if bytes.Contains(sealed, []byte("3374")) {
		t.Error("the value shows")
	}
	for name, bad := range map[string][]byte{"another place": sealed, "nothing": nil, "one bit": flip(sealed)} {
		place := "person.nik:per_a"
		if name == "another place" {
			place = "person.nik:per_b"
		}
		if _, err := d.Box.Open(bad, place); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func flip(b []byte) []byte {
	c := bytes.Clone(b)
	c[len(c)-1] ^= 1
	return c
}

func TestRotationKeepsOldValuesReadableAndForgetsTheOldMaster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx := context.Background()
		before, _ := os.ReadFile(d.Keys)
		sealed, hash := d.Box.Seal([]byte("x"), "c"), d.Box.Hash("nik", "x")
		if err := seal.Rotate(ctx, d.DB, d.Keys); err != nil {
			t.Fatal(err)
		}
		box, err := seal.Load(ctx, d.DB, d.Keys)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := box.Open(sealed, "c"); err != nil || string(plain) != "x" {
			t.Errorf("%s %v", plain, err)
		}
		if !bytes.Equal(hash, box.Hash("nik", "x")) {
			t.Error("what is found by hash is lost")
		}
		if _, err := d.Box.Open(box.Seal([]byte("y"), "c"), "c"); err == nil {
			t.Error("new values are still sealed with the old data key")
		}
		if err := os.WriteFile(d.Keys, before, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(ctx, d.DB, d.Keys); err == nil || !strings.Contains(err.Error(), "right key file") {
			t.Errorf("the old master still opens: %v", err)
		}
	})
}

func TestALostKeyFileIsNeverReplacedByANewOne(t *testing.T) {
	d := dbtest.Open(t)
	if err := os.Remove(d.Keys); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(context.Background(), d.DB, d.Keys); err == nil {
		t.Error("a new key file was made beside old data")
	}
}

func TestTheKeyFileIsForItsOwnerOnly(t *testing.T) {
	d := dbtest.Open(t)
	info, err := os.Stat(d.Keys)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
