package standard_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/standard"
)

func TestUnitsAreFoundByCodeAndTitleInEitherLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		ctx, s, setup := context.Background(), standard.NewService(d.DB), auth.Actor{System: "setup"}
		var units []string
		for i := range standard.PageSize + 2 {
			units = append(units, fmt.Sprintf(`{"code":"G.45TSM01.%03d.2","title_id":"Merawat Bagian %d","title_en":"Maintain part %d","elements":[]}`, i+1, i+1, i+1))
		}
		file := func(units string) { // imported twice, the second time changed
			if _, err := s.Import(ctx, setup, strings.NewReader(`{"format":"skkni-units/1","units":[`+units+`]}`), false); err != nil {
				t.Fatal(err)
			}
		}
		file(strings.Join(units, ","))
		if err := d.Write(ctx, func(tx *db.Tx) error { return standard.Use(tx, "G.45TSM01.007.2", 1) }); err != nil {
			t.Fatal(err)
		}
		file(`{"code":"G.45TSM01.007.2","title_id":"Merawat Rantai","title_en":"Maintain the chain","elements":[]}`)
		err := d.Read(ctx, func(tx *db.Tx) error {
			for _, c := range []struct {
				words string
				after standard.Code
				n     int
				first standard.Code
			}{
				{"", "", standard.PageSize + 1, "G.45TSM01.001.2"},
				{"", "G.45TSM01.050.2", 2, "G.45TSM01.051.2"},
				{"tsm01.007", "", 1, "G.45TSM01.007.2"},
				{"THE CHAIN", "", 1, "G.45TSM01.007.2"},
				{"bagian 7", "", 0, ""}, // what the older edition said
				{"100%", "", 0, ""},
			} {
				got, err := standard.Search(tx, setup, c.words, c.after)
				if err != nil {
					return err
				}
				if len(got) != c.n || c.n > 0 && got[0].Code != c.first {
					t.Errorf("%q after %q: %d units", c.words, c.after, len(got))
				}
			}
			editions, err := standard.Editions(tx, setup, "G.45TSM01.007.2")
			if len(editions) != 2 || editions[0] != 2 {
				t.Errorf("editions %v", editions)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
