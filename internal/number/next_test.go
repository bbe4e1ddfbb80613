package number_test

import (
	"context"
	"testing"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/number"
)

func TestARuleSaysWhatIsWrongWithIt(t *testing.T) {
	good := number.Rule{Pattern: "{serial}/{lsp}/{year}", Width: 3, Start: 1, Reset: "year"}
	for _, c := range []struct {
		says  string
		rule  number.Rule
		field string
	}{
		{"a whole rule passes", good, ""},
		{"without a serial all numbers would be one", number.Rule{Pattern: "{lsp}/{year}", Width: 3, Start: 1, Reset: "year"}, "pattern"},
		{"a yearly restart without the year would repeat numbers", number.Rule{Pattern: "{serial}/{lsp}", Width: 3, Start: 1, Reset: "year"}, "pattern"},
		{"a part nobody fills in is named", number.Rule{Pattern: "{serial}/{kota}", Width: 3, Start: 1, Reset: "never"}, "pattern"},
		{"an unknown restart is refused", number.Rule{Pattern: "{serial}", Width: 3, Start: 1, Reset: "month"}, "reset"},
		{"thirteen digits are too many", number.Rule{Pattern: "{serial}", Width: 13, Start: 1, Reset: "never"}, "width"},
		{"nothing starts from zero", number.Rule{Pattern: "{serial}", Width: 3, Reset: "never"}, "start"},
	} {
		f := fault.Of(c.rule.Check(number.Letter))
		switch {
		case c.field == "" && f != nil:
			t.Errorf("%s: %v", c.says, f)
		case c.field != "" && (f == nil || f.Fields[0].Name != c.field):
			t.Errorf("%s: %v", c.says, f)
		}
	}
	for _, k := range number.Kinds() {
		if err := number.Standard(k).Check(k); err != nil {
			t.Errorf("the usual rule of %s: %v", k, err)
		}
	}
}

func TestTheNextNumberIsShownWithoutBeingGivenOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		vars := map[string]string{"lsp": "9999"}
		next := func() (n number.Number, taken bool) {
			err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
				if n, err = number.Next(tx, "org_lsp", number.Letter, number.Standard(number.Letter), "2026-04-06", vars); err != nil {
					return err
				}
				taken, err = number.Taken(tx, "org_lsp", number.Letter, n.Text)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, taken
		}
		for range 2 {
			if n, taken := next(); n.Text != "001/ST/LSP-9999/IV/2026" || taken {
				t.Errorf("%+v %v", n, taken)
			}
		}
		if n := allot(t, d, number.Letter, "2026-04-06", number.Want{Record: "sch_1", Vars: vars})[0]; n.Serial != 1 {
			t.Errorf("%+v", n)
		}
		if n, _ := next(); n.Text != "002/ST/LSP-9999/IV/2026" {
			t.Errorf("%+v", n)
		}
	})
}
