package app_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kompeten/internal/db"
	holder "kompeten/internal/person"
	"kompeten/internal/register"
	"kompeten/internal/text"
)

func (v visitor) header(path string) http.Header {
	v.t.Helper()
	res, err := v.client.Get(v.srv.URL + path)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.Header
}

func TestTheRegisterToTheWorld(t *testing.T) {
	d := open(t)
	anyone := d.visitor()
	figures, err := d.app.Register.Figures(t.Context(), true)
	if err != nil || figures.Few {
		t.Fatal(figures, err)
	}

	t.Run("the page of figures tells how many there are, in both languages", func(t *testing.T) {
		for lang, words := range map[string]string{"id": "Sertifikat terbit", "en": "Certificates issued"} {
			status, page := anyone.get("/figures?lang=" + lang)
			if status != http.StatusOK || !strings.Contains(page, words) || !strings.Contains(page, ">"+text.Number(text.ID, figures.Total)+"<") {
				t.Errorf("%s: %d, without %q or %d", lang, status, words, figures.Total)
			}
		}
	})
	var dictionary struct {
		Fields []struct{ Name string }
		Tables []struct {
			Name   string
			Fields []string
		}
	}
	_, b := anyone.get("/figures/dictionary.json")
	if err := json.Unmarshal([]byte(b), &dictionary); err != nil || len(dictionary.Tables) < 10 {
		t.Fatal(b, err)
	}
	for _, table := range dictionary.Tables {
		t.Run("the table "+table.Name+" says the same as CSV and as JSON, and nothing below five", func(t *testing.T) {
			_, text := anyone.get("/figures/" + table.Name + ".csv")
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(rows) < 2 || !slices.Equal(rows[0], table.Fields) {
				t.Fatal(text, err)
			}
			var doc struct {
				AsOf string `json:"as_of"`
				Rows []map[string]any
			}
			_, text = anyone.get("/figures/" + table.Name + ".json")
			if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Rows) != len(rows)-1 {
				t.Fatal(text, err)
			}
			sum := int64(0)
			for i, row := range rows[1:] {
				for k, name := range rows[0] {
					if !slices.ContainsFunc(dictionary.Fields, func(f struct{ Name string }) bool { return f.Name == name }) {
						t.Errorf("%s is not in the dictionary", name)
					}
					told := doc.Rows[i][name]
					switch name {
					case "as_of":
						told = doc.AsOf
					case "certificates":
						n, err := strconv.ParseInt(row[k], 10, 64)
						if (err != nil) != (told == nil) || err == nil && float64(n) != told || err == nil && n < register.Least {
							t.Errorf("row %v, JSON %v", row, doc.Rows[i])
						}
						sum += n
						continue
					case "suppressed":
						told = strconv.FormatBool(told.(bool))
					}
					if told != row[k] {
						t.Errorf("%s: %q in CSV, %v in JSON", name, row[k], told)
					}
				}
			}
			if len(table.Fields) < 6 && !strings.Contains(table.Name, "_") && sum != figures.Total {
				t.Errorf("adds up to %d of %d", sum, figures.Total)
			}
		})
	}
	t.Run("a file that is not there is not found", func(t *testing.T) {
		for _, file := range []string{"other.csv", "scheme.xml", "scheme", "..%2f"} {
			if status, _ := anyone.get("/figures/" + file); status != http.StatusNotFound {
				t.Errorf("%s: %d", file, status)
			}
		}
	})
	t.Run("the dictionary is a table as well", func(t *testing.T) {
		_, b := anyone.get("/figures/dictionary.csv")
		if rows, err := csv.NewReader(strings.NewReader(b)).ReadAll(); err != nil || len(rows) != len(dictionary.Fields)+1 {
			t.Error(b, err)
		}
	})
	d.directory(t, anyone)
}

// directory is what the world sees of who agreed to be found.
func (d demoSite) directory(t *testing.T, anyone visitor) {
	_, page := anyone.get("/directory")
	shop := regexp.MustCompile(`/b/[0-9A-Z]+`).FindString(page)
	if shop == "" {
		t.Fatal("no business in the directory")
	}
	t.Run("people are shown of one scheme or one region, not all at once", func(t *testing.T) {
		if _, page := anyone.get("/directory/people"); strings.Contains(page, "/v/") {
			t.Error("everybody is shown")
		}
		if _, page := anyone.get("/directory/people?regency=33.74"); !strings.Contains(page, "/v/") || strings.Contains(page, "NIK") {
			t.Error("nobody is shown, or too much of them")
		}
	})
	t.Run("only the badge may stand in a frame, and nothing runs in it", func(t *testing.T) {
		for path, frames := range map[string]bool{shop: false, "/directory": false, "/figures": false, "/": false, shop + "/badge": true, shop + "/badge.svg": true} {
			policy := anyone.header(path).Get("Content-Security-Policy")
			if open := strings.Contains(policy, "frame-ancestors *"); open != frames || !frames && !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("%s: %s", path, policy)
			}
			if frames && (!strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script")) {
				t.Errorf("%s: %s", path, policy)
			}
		}
		if keep := anyone.header(shop + "/badge").Get("Cache-Control"); keep != "public, max-age=60" {
			t.Errorf("kept for %q", keep)
		}
	})
	t.Run("the badge is a picture that stands alone", func(t *testing.T) {
		_, svg := anyone.get(shop + "/badge.svg?lang=en")
		in := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := in.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(svg, "certified staff · sample") || strings.Contains(svg, "href") {
			t.Error(svg)
		}
	})
	t.Run("who follows her letter takes her name out and puts it back", func(t *testing.T) { d.leaves(t, anyone) })
	t.Run("an office takes a business out, and its page and its badge are gone", func(t *testing.T) {
		officer := d.signedIn("petugas.semarang")
		_, page := officer.get("/businesses")
		if !strings.Contains(page, shop) {
			t.Fatal("the office does not see what it listed")
		}
		status, _ := officer.post("/businesses/withdraw", url.Values{"id": {strings.TrimPrefix(shop, "/b/")}, "reason": {"pemilik meminta"}})
		if status != http.StatusOK {
			t.Fatal(status)
		}
		for _, path := range []string{shop, shop + "/badge", shop + "/badge.svg"} {
			if status, _ := anyone.get(path); status != http.StatusNotFound {
				t.Errorf("%s: %d", path, status)
			}
		}
	})
	t.Run("others have no such page", func(t *testing.T) {
		if status, _ := d.signedIn("admin.otomotif").get("/businesses"); status != http.StatusForbidden {
			t.Error(status)
		}
	})
}

// leaves is one of those shown who follows the link of her letter.
func (d demoSite) leaves(t *testing.T, anyone visitor) {
	list, err := d.app.Register.People(t.Context(), register.Search{Regency: "33.74", Sample: true})
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	var file string
	err = d.app.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Get("SELECT application FROM certificate WHERE id = $1", []any{list[0].ID}, &file)
	})
	if err != nil {
		t.Fatal(err)
	}
	var secret string
	err = d.app.DB.Read(t.Context(), func(tx *db.Tx) error {
		var link string
		if err := tx.Get("SELECT id FROM link WHERE subject = $1 AND purpose = 'application'", []any{file}, &link); err != nil {
			return err
		}
		secret = holder.LinkSecret(d.app.Box, link)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		do    string
		shown bool
	}{{"leave", false}, {"join", true}} {
		if status, page := anyone.post("/l/"+secret+"/directory", url.Values{"do": {step.do}}); status != http.StatusOK {
			t.Fatal(status, page)
		}
		if _, page := anyone.get("/directory/people?regency=33.74"); strings.Contains(page, "/v/"+list[0].Code) != step.shown {
			t.Errorf("after %s: shown is not %t", step.do, step.shown)
		}
	}
}
