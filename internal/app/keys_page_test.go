package app_test

import (
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestTheHeadOfAnLSPReplacesAndRevokesItsKeysInTheBrowser(t *testing.T) {
	d := open(t)
	head, manager, regulator := d.signedIn("ketua.otomotif"), d.signedIn("manajer.otomotif"), d.signedIn("bnsp")
	page := head.first("/manage", `/organisations/org_\w+/keys`)
	head.want("the key in use", page, "key-1")
	regulator.want("the regulator sees it too", page, "key-1")
	manager.refused("the manager replaces", page, url.Values{"kind": {"eddsa"}, "reason": {"tahunan"}}, http.StatusForbidden, "")
	if status, _ := manager.get(page); status != http.StatusForbidden {
		t.Errorf("the manager looks: %d", status)
	}
	head.refused("without a reason", page, url.Values{"kind": {"eddsa"}}, http.StatusUnprocessableEntity, "key-1")
	head.refused("a kind there is not", page, url.Values{"kind": {"rsa"}, "reason": {"tahunan"}}, http.StatusUnprocessableEntity, "")
	head.does("replaces", page, url.Values{"kind": {"eddsa"}, "reason": {"penggantian tahunan"}}, "key-2")
	head.want("what follows is said first", page+"/key-1", "tidak dapat dibatalkan")
	head.refused("without typing its name", page+"/key-1/revoke", url.Values{"reason": {"disalin orang"}}, http.StatusUnprocessableEntity, "key-1")
	manager.refused("the manager revokes", page+"/key-1/revoke", url.Values{"reason": {"disalin orang"}, "confirm": {"key-1"}}, http.StatusForbidden, "")
	head.does("revokes", page+"/key-1/revoke", url.Values{"reason": {"disalin orang"}, "confirm": {"key-1"}}, "Dicabut")
	head.does("revokes the one in use", page+"/key-2/revoke", url.Values{"reason": {"disalin orang"}, "confirm": {"key-2"}}, "tidak dapat menandatangani")
	head.does("replaces it", page, url.Values{"kind": {"eddsa"}, "reason": {"sesudah pencabutan"}}, "key-3")
	history := head.first(page+"/key-1", `/history/[^"]+`)
	head.want("why, in its history", history, "disalin orang")
	if status, _ := head.get(page + "/key-9"); status != http.StatusNotFound {
		t.Errorf("a key there is not: %d", status)
	}
	alloc := allocator(t)
	for _, width := range []int64{390, 1280} {
		b := person(t, alloc, d.srv.URL, width).signIn(d, "ketua.otomotif")
		for i, path := range []string{page, page + "/key-3"} {
			b.open(path)
			if dir := os.Getenv("KOMPETEN_SHOTS"); dir != "" {
				shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
				b.must(err)
				b.must(os.WriteFile(dir+"/keys-"+strconv.FormatInt(width, 10)+"-"+strconv.Itoa(i)+".png", shot, 0o600))
			}
		}
	}
}
