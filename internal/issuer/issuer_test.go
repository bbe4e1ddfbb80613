package issuer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"math/big"
	"sync"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/credential"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/issuer"
	"kompeten/internal/organisation"
)

var ctx = context.Background()

// body makes an LSP whose keys are asked for.
func body(t *testing.T, d *dbtest.DB) auth.OrgID {
	t.Helper()
	lsp, err := organisation.NewService(d.DB).Create(ctx, auth.Actor{System: "setup"}, organisation.Org{Kind: organisation.LSP, LSPType: "P3", Code: "9901", Name: "LSP Contoh", Zone: "WIB", City: "Semarang", HeadName: "Ani Contoh", HeadTitle: "Ketua", HeadTitleEN: "Chair"})
	if err != nil {
		t.Fatal(err)
	}
	return lsp
}

func keys(t *testing.T, d *dbtest.DB, lsp auth.OrgID) (out []issuer.Key) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) (err error) { out, err = issuer.Keys(tx, auth.Actor{}, lsp); return err })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// good says whether the key verifies the signature.
func good(t *testing.T, k issuer.Key, message, sig []byte) bool {
	t.Helper()
	public, err := k.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	switch p := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(p, message, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return ecdsa.Verify(p, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}

func TestABodySignsWithKeysOfItsOwnAndEachSignatureIsTheSameAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s, lsp := issuer.NewService(d.DB, d.Blobs, "https://contoh.id"), body(t, d)
		var wg sync.WaitGroup
		for range 4 { // who comes together makes one pair
			wg.Go(func() {
				if err := s.Ensure(ctx, lsp); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if all := keys(t, d, lsp); len(all) != 2 || all[0].ID != "key-1" || all[1].ID != "es256-1" {
			t.Fatalf("%+v", all)
		}
		message := []byte("sertifikat")
		for _, kind := range []issuer.Kind{issuer.EdDSA, issuer.ES256} {
			var signer issuer.Signer
			again := issuer.NewService(d.DB, d.Blobs, "https://contoh.id") // after a restart
			err := d.Read(ctx, func(tx *db.Tx) (err error) { signer, err = again.Signer(tx, lsp, kind); return err })
			if err != nil {
				t.Fatal(err)
			}
			one, err := signer.Sign(ctx, message)
			if err != nil || len(one) != 64 || !good(t, signer.Key, message, one) {
				t.Fatalf("%s: %x %v", kind, one, err)
			}
			if two, _ := signer.Sign(ctx, message); string(one) != string(two) {
				t.Errorf("%s: signed twice, two signatures", kind)
			}
		}
	})
}

func TestAnOldKeyStaysKnownWhenANewOneComes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s, lsp := issuer.NewService(d.DB, d.Blobs, "https://contoh.id"), body(t, d)
		if err := s.Ensure(ctx, lsp); err != nil {
			t.Fatal(err)
		}
		head := auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: lsp, Duty: auth.Head}}}
		other := auth.Actor{Person: "per_other", Duties: []auth.Held{{Org: "org_other", Duty: auth.Head}}}
		for says, c := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"another body's head":      {s.Rotate(ctx, other, lsp, issuer.EdDSA, "jadwal tahunan"), fault.Denied},
			"without a reason":         {s.Rotate(ctx, head, lsp, issuer.EdDSA, ""), fault.Invalid},
			"a kind there is not":      {s.Rotate(ctx, head, lsp, "rsa", "jadwal tahunan"), fault.Invalid},
			"a key there is not":       {s.Revoke(ctx, head, lsp, "key-9", "hilang"), fault.NotFound},
			"another body's head ends": {s.Revoke(ctx, other, lsp, "key-1", "hilang"), fault.Denied},
		} {
			if !fault.Is(c.err, c.kind) {
				t.Errorf("%s: %v", says, c.err)
			}
		}
		if err := s.Rotate(ctx, head, lsp, issuer.EdDSA, "jadwal tahunan"); err != nil {
			t.Fatal(err)
		}
		all := keys(t, d, lsp)
		if len(all) != 3 || all[0].State != issuer.Retired || all[1].ID != "key-2" || all[1].State != issuer.Active {
			t.Fatalf("%+v", all)
		}
		if err := s.Revoke(ctx, head, lsp, "key-1", "berkas kunci hilang"); err != nil {
			t.Fatal(err)
		}
		if err := s.Ensure(ctx, lsp); err != nil || len(keys(t, d, lsp)) != 3 {
			t.Errorf("ensuring made more: %v", err)
		}
		doc, err := s.Document(ctx, "lsp/9901")
		if err != nil {
			t.Fatal(err)
		}
		listed, err := credential.ParseDIDDocument("did:web:contoh.id:lsp:9901", doc)
		if err != nil || len(listed) != 3 || listed[0].Revoked.IsZero() || !listed[1].Revoked.IsZero() || listed[1].Ed25519 == nil || listed[2].P256 == nil {
			t.Errorf("%s %v", doc, err)
		}
		if _, err := s.Document(ctx, "lsp/9999"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a body there is not: %v", err)
		}
		refuse := s.Revoke(ctx, head, lsp, "key-1", "sekali lagi")
		if !fault.Is(refuse, fault.Conflict) {
			t.Errorf("revoked twice: %v", refuse)
		}
	})
}

func TestTheNameOfABodyIsItsPlaceOnTheWeb(t *testing.T) {
	d := dbtest.Open(t)
	for _, c := range []struct {
		base string
		org  organisation.Org
		did  string
	}{
		{"https://sertifikat.contoh.id", organisation.Org{ID: "org_1", Kind: organisation.LSP, Code: "1234"}, "did:web:sertifikat.contoh.id:lsp:1234"},
		{"http://127.0.0.1:8080/", organisation.Org{ID: "org_2", Kind: organisation.BNSP}, "did:web:127.0.0.1%3A8080:bnsp"},
		{"https://contoh.id", organisation.Org{ID: "org_3", Kind: organisation.Company}, "did:web:contoh.id:org:org_3"},
		{"https://contoh.id", organisation.Org{}, "did:web:contoh.id"},
	} {
		if got := issuer.NewService(d.DB, d.Blobs, c.base).DID(c.org); got != c.did {
			t.Errorf("%s: %s", c.did, got)
		}
	}
}
