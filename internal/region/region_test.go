package region_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/region"
)

var (
	ctx       = context.Background()
	setup     = auth.Actor{System: "setup"}
	regulator = auth.Actor{Person: "per_r", Duties: []auth.Held{{Org: "org_b", Duty: auth.Regulator}}}
	officer   = auth.Actor{Person: "per_o", Duties: []auth.Held{{Org: "org_d", Duty: auth.Officer}}}
)

func load(t *testing.T, d *dbtest.DB, actor auth.Actor, csv string, dry bool) region.Report {
	t.Helper()
	rep, err := region.Import(ctx, d.DB, actor, strings.NewReader(csv), dry)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestFactsAreWhole(t *testing.T) {
	count := map[region.Kind]int{}
	known := map[string]bool{"": true}
	for _, r := range region.Facts() {
		count[r.Kind()]++
		if !known[r.Parent()] {
			t.Errorf("%s %s belongs to %s, which is not there", r.Code, r.Name, r.Parent())
		}
		known[r.Code] = true
	}
	if count[region.Province] != 38 || count[region.Regency] != 514 || count[region.District] == 0 {
		t.Errorf("got %v", count)
	}
}

func TestImport(t *testing.T) {
	const file = "code,name\n33.74,Kota Semarang (baru)\n33.74.01,Semarang Tengah\n91.71.99,Distrik Contoh\n"
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		t.Run("a dry run says what would change and changes nothing", func(t *testing.T) {
			if rep := load(t, d, setup, file, true); rep.Added != 1 || rep.Changed != 1 || rep.Same != 1 {
				t.Errorf("got %+v", rep)
			}
			if got := name(t, d, "33.74"); got != "Kota Semarang" {
				t.Errorf("33.74 is called %q", got)
			}
		})
		t.Run("a real one changes what it said", func(t *testing.T) {
			load(t, d, regulator, file, false)
			if got := name(t, d, "33.74"); got != "Kota Semarang (baru)" {
				t.Errorf("33.74 is called %q", got)
			}
			if got := name(t, d, "91.71.99"); got != "Distrik Contoh" {
				t.Errorf("91.71.99 is called %q", got)
			}
		})
		t.Run("a second one finds everything the same", func(t *testing.T) {
			if rep := load(t, d, setup, file, false); rep.Same != 3 || rep.Added+rep.Changed != 0 {
				t.Errorf("got %+v", rep)
			}
		})
		t.Run("an officer may not, not even dry", func(t *testing.T) {
			for _, dry := range []bool{true, false} {
				_, err := region.Import(ctx, d.DB, officer, strings.NewReader(file), dry)
				if !fault.Is(err, fault.Denied) {
					t.Errorf("dry %t: got %v", dry, err)
				}
			}
		})
		t.Run("lines that are no region are told and the others go on", func(t *testing.T) {
			rep := load(t, d, setup, "code,name\n1,Satu\n12.01.1,Kurang\n91.71.98,Baik\n91.71.97,\n91.71.96,\"a\x00b\"\n91.71.95,\xff\n", false)
			if rep.Added != 1 || len(rep.Errors) != 5 || rep.Errors[0].Line != 2 {
				t.Errorf("got %+v", rep)
			}
		})
		t.Run("a file without the two columns is refused", func(t *testing.T) {
			_, err := region.Import(ctx, d.DB, setup, strings.NewReader("kode;nama\n11;Aceh\n"), false)
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v", err)
			}
		})
	})
}

func name(t *testing.T, d *dbtest.DB, code string) (out string) {
	t.Helper()
	read(t, d, func(tx *db.Tx) (err error) { out, err = region.Name(tx, officer, code); return err })
	return out
}

func read(t *testing.T, d *dbtest.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Read(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func TestReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		load(t, d, setup, "code,name\n33.74.01,Aaa Tengah\n33.74.99,Zzz Baru\n", false)
		read(t, d, func(tx *db.Tx) error {
			got, err := region.Districts(tx, officer, "33.74")
			if err != nil {
				return err
			}
			if len(got) != 17 || got[0].Name != "Aaa Tengah" || got[16].Name != "Zzz Baru" {
				t.Errorf("the 16 districts of Semarang, one renamed, and a new one: got %d, %v", len(got), got)
			}
			provinces, err := region.Within(tx, officer, "")
			if len(provinces) != 38 {
				t.Errorf("%d provinces", len(provinces))
			}
			if err != nil {
				return err
			}
			if _, err := region.Get(tx, officer, "99.99"); !fault.Is(err, fault.NotFound) {
				t.Errorf("unknown code: got %v", err)
			}
			if n, err := region.Name(tx, officer, "99.99"); n != "99.99" || err != nil {
				t.Errorf("unknown code is called %q, %v", n, err)
			}
			return nil
		})
	})
}

func TestTheFullListLoads(t *testing.T) {
	const dir = "../../../shared/data/regions/"
	if _, err := os.Stat(dir); err != nil {
		t.Log("the shared data are not here: the full list is not tried")
		return
	}
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		for file, want := range map[string]int{"provinces.csv": 38, "regencies.csv": 514, "districts.csv": 7285} {
			b, err := os.ReadFile(dir + file)
			if err != nil {
				t.Fatal(err)
			}
			rep := load(t, d, setup, string(b), false)
			if n := rep.Added + rep.Changed + rep.Same; n != want || len(rep.Errors) > 0 {
				t.Errorf("%s: %d of %d, errors %v", file, n, want, rep.Errors)
			}
			if again := load(t, d, setup, string(b), false); again.Same != want {
				t.Errorf("%s again: %+v", file, again)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"code,name\n11,Aceh\n", "name,code\nAceh,11\n", "code,name\n\"", "code,name\n11,\"a\"b\n", "\ufeffcode,name\r\n11.01,X\r\n", "", "code,name\n\n,\n", "code,name\na\"b,c\n11,Aceh\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, _, err := region.Parse(strings.NewReader(s))
		if err != nil && out != nil {
			t.Error("regions and an error")
		}
		for _, r := range out {
			if r.Name == "" || !slices.Contains([]int{2, 5, 8}, len(r.Code)) {
				t.Errorf("no region: %q", r)
			}
		}
	})
}
