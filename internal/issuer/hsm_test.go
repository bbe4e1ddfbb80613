//go:build pkcs11

package issuer_test

import (
	"crypto"
	"crypto/ed25519"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/issuer"
)

// library is where Debian puts SoftHSM.
func library(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm", "/usr/local/lib/softhsm"} {
		file := filepath.Join(dir, "libsofthsm2.so")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	t.Fatal("no SoftHSM: run scripts/install-missing")
	return ""
}

const pin = "240817"

// token makes an empty token. SoftHSM reads its settings once in a process.
var token = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kompeten-softhsm-")
	if err != nil {
		return "", err
	}
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", dir), 0o600); err != nil {
		return "", err
	}
	if err := os.Setenv("SOFTHSM2_CONF", conf); err != nil {
		return "", err
	}
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "kompeten contoh", "--pin", pin, "--so-pin", pin).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func open(t *testing.T) issuer.Vault {
	t.Helper()
	if _, err := token(); err != nil {
		t.Fatal(err)
	}
	v, err := issuer.OpenModule(library(t), "kompeten contoh", pin)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := token(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func TestKeysAreMadeAndUsedInAModuleAndNeverLeaveIt(t *testing.T) {
	vault := open(t)
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		lsp := body(t, d)
		before := issuer.NewService(d.DB, d.Blobs, "https://contoh.id")
		if err := before.Ensure(ctx, lsp); err != nil { // keys in files, as before there was a module
			t.Fatal(err)
		}
		s := issuer.NewService(d.DB, d.Blobs, "https://contoh.id")
		s.InModule(vault)
		message := []byte("sertifikat contoh")
		for _, kind := range []issuer.Kind{issuer.EdDSA, issuer.ES256} {
			for _, in := range []string{"a file", "the module"} {
				if in == "the module" {
					if err := s.Rotate(ctx, auth.Actor{System: "setup"}, lsp, kind, "pindah ke modul"); err != nil {
						t.Fatal(err)
					}
				}
				var signer issuer.Signer
				if err := d.Read(ctx, func(tx *db.Tx) (err error) { signer, err = s.Signer(tx, lsp, kind); return err }); err != nil {
					t.Fatalf("%s in %s: %v", kind, in, err)
				}
				sig, err := signer.Sign(ctx, message)
				if err != nil || !good(t, signer.Key, message, sig) {
					t.Errorf("%s in %s: %x %v", kind, in, sig, err)
				}
				_, inFile := signer.Crypto().(ed25519.PrivateKey)
				if kind == issuer.EdDSA && inFile != (in == "a file") {
					t.Errorf("%s in %s: %T", kind, in, signer.Crypto())
				}
			}
		}
		sealer, err := s.Sealer(ctx, lsp, d.Now())
		if err != nil || sealer == nil {
			t.Errorf("signing documents: %v", err)
		}
		if most := s.AtOnce(500); most != 25 {
			t.Errorf("%d certificates in one transaction", most)
		}
		var signer issuer.Signer
		without := issuer.NewService(d.DB, d.Blobs, "https://contoh.id")
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { signer, err = without.Signer(tx, lsp, issuer.EdDSA); return err }); err == nil {
			t.Errorf("without the module it signs: %+v", signer)
		}
		if doc, err := s.Document(ctx, "lsp/9901"); err != nil || len(doc) == 0 {
			t.Errorf("its document: %v", err)
		}
	})
}

func TestManySignInAModuleAtOnce(t *testing.T) {
	vault := open(t)
	handle, public, err := vault.Create(issuer.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := vault.Open(handle)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			message := fmt.Appendf(nil, "sertifikat %d", i)
			sig, err := signer.Sign(nil, message, crypto.Hash(0))
			if err != nil || !ed25519.Verify(public, message, sig) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestAModuleThatCannotBeUsedSaysWhy(t *testing.T) {
	open(t)
	for says, c := range map[string][3]string{
		"no library":   {"/nowhere/libnone.so", "kompeten contoh", pin},
		"no token":     {library(t), "token lain", pin},
		"no such file": {"", "kompeten contoh", pin},
	} {
		if _, err := issuer.OpenModule(c[0], c[1], c[2]); err == nil {
			t.Errorf("%s: opened", says)
		}
	}
	vault := open(t)
	for _, handle := range []string{"", "rsa/00", "eddsa/zz", "eddsa/00112233445566778899aabbccddeeff"} {
		if _, err := vault.Open(handle); err == nil {
			t.Errorf("%q: opened", handle)
		}
	}
	handle, _, err := vault.Create(issuer.ES256)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := vault.Open(handle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.Sign(nil, []byte("bukan sidik"), crypto.Hash(0)); err == nil {
		t.Error("ECDSA of what is no digest")
	}
}
