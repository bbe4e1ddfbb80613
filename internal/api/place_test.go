package api

import (
	"testing"

	"kompeten/internal/names"
)

func TestAListGoesOnWhereItStopped(t *testing.T) {
	for says, c := range map[string]struct {
		after    string
		id       string
		is, want names.Key
	}{
		"a list by name":                 {"app_1", "app_1", names.Key{After: "wulan sari", ID: "app_1"}, names.Key{After: "wulan sari", ID: "app_1"}},
		"a search that found few":        {"app_1~sari", "app_1", names.Key{After: "wulan sari", ID: "app_1"}, names.Key{Word: "sari", After: "wulan sari", ID: "app_1"}},
		"a search in the order of entry": {"app_1~sari~", "app_1", names.Key{After: "wulan sari", ID: "app_1"}, names.Key{Word: "sari", ID: "app_1"}},
		"a list from its beginning":      {"", "", names.Key{}, names.Key{}},
	} {
		from := From{After: c.after}
		if id, _, _ := from.place(); id != c.id {
			t.Errorf("%s: after record %q, want %q", says, id, c.id)
		}
		if got := from.at(c.is); got != c.want {
			t.Errorf("%s: goes on at %v, want %v", says, got, c.want)
		}
	}
}
