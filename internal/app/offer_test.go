package app_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kompeten/internal/certificate"
	"kompeten/internal/db"
)

var (
	offerLink = regexp.MustCompile(`href="openid-credential-offer://\?credential_offer_uri=([^"]+)"`)
	withdraw  = regexp.MustCompile(`action="(/[^"]*/offer/off_\w+/withdraw)"`)
)

func TestACertificateIsOfferedToAWalletFromThePageOfItAndFromTheHoldersOwn(t *testing.T) {
	d := open(t)
	var c certificate.Certificate
	err := d.app.DB.Read(t.Context(), func(tx *db.Tx) error {
		all, _, err := certificate.Search(tx, d.w.Actor("admin.otomotif"), certificate.Filter{LSP: d.w.Org("lsp-otomotif")})
		c = all[0]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	admin := d.signedIn("admin.otomotif")
	link, err := d.app.Wallets.LinkTo(t.Context(), d.w.Actor("admin.otomotif"), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := d.app.Wallets.Letter(t.Context(), d.w.Actor("admin.otomotif"), link)
	if err != nil {
		t.Fatal(err)
	}
	for says, at := range map[string]struct {
		visitor
		page, url string
	}{
		"the LSP's administrator": {admin, "/certificates/" + string(c.ID), "/certificates/" + string(c.ID) + "/offer"},
		"the holder by her link":  {d.visitor(), "/w/" + secret, "/w/" + secret + "/certificates/" + string(c.ID) + "/offer"},
	} {
		if status, page := at.get(at.page); status != http.StatusOK || !strings.Contains(page, `href="`+at.url+`"`) {
			t.Errorf("%s: the page (%d) does not lead to %s", says, status, at.url)
		}
		status, page := at.post(at.url, url.Values{})
		m := offerLink.FindStringSubmatch(page)
		if status != http.StatusOK || m == nil || !strings.Contains(page, "<svg") || !regexp.MustCompile(`<code>[0-9]{6}</code>`).MatchString(page) {
			t.Fatalf("%s: %d\n%s", says, status, page)
		}
		terms, err := url.QueryUnescape(html.UnescapeString(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		terms = strings.TrimPrefix(terms, "http://example.org")
		if status, got := d.visitor().get(terms); status != http.StatusOK || !strings.Contains(got, `"credential_issuer":"http://example.org/lsp/`) {
			t.Errorf("%s: the link answers %d %s", says, status, got)
		}
		if _, again := at.get(at.url); offerLink.MatchString(again) {
			t.Errorf("%s: the code is shown twice", says)
		} else if w := withdraw.FindStringSubmatch(again); w == nil {
			t.Errorf("%s: nothing to take it back with", says)
		} else if status, _ := at.post(w[1], url.Values{}); status != http.StatusOK {
			t.Errorf("%s: taken back with %d", says, status)
		}
		if status, _ := d.visitor().get(terms); status != http.StatusNotFound {
			t.Errorf("%s: the link of an offer that was taken back answers %d", says, status)
		}
	}
	for key, want := range map[string]int{"ketua.otomotif": http.StatusForbidden, "admin.kebersihan": http.StatusNotFound, "petugas.semarang": http.StatusNotFound} {
		if status, _ := d.signedIn(key).post("/certificates/"+string(c.ID)+"/offer", url.Values{}); status != want {
			t.Errorf("%s: %d, want %d", key, status, want)
		}
	}
	if status, _ := d.visitor().post("/w/"+strings.Repeat("0", len(secret))+"/certificates/"+string(c.ID)+"/offer", url.Values{}); status != http.StatusNotFound {
		t.Errorf("an unknown link: %d", status)
	}
}
