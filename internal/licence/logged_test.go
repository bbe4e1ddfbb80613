package licence_test

import (
	"crypto/sha256"
	"testing"

	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/fault"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/scheme"
	"kompeten/internal/tlog"
)

func TestTheLogTellsWhatBecameOfALicenceAndNothingThatWasRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := open(t, d)
		var states []string
		now := func() (stated [32]byte) {
			h.must(d.Read(bg, func(tx *db.Tx) error {
				o, err := organisation.Get(tx, setUp, h.org)
				if err != nil {
					return err
				}
				all, err := licence.Licences(tx, h.bnsp, h.org)
				if err != nil {
					return err
				}
				said, err := licence.Statement(o, all[0])
				stated = sha256.Sum256(said)
				states = append(states, string(said))
				return err
			}))
			return stated
		}
		want := [][32]byte{now()}
		h.refused("the manager suspends", h.Suspend(bg, h.manager, h.org, h.licence, "tidak boleh"), fault.Denied)
		h.must(h.Suspend(bg, h.bnsp, h.org, h.licence, "audit surveilan"))
		want = append(want, now())
		h.must(h.Resume(bg, h.bnsp, h.org, h.licence, "tindakan perbaikan diterima"))
		want = append(want, now())
		h.must(h.WidenLicence(bg, h.bnsp, h.org, h.licence, []scheme.ID{h.garment}))
		want = append(want, now())
		var have []tlog.Kept
		h.must(d.Read(bg, func(tx *db.Tx) (err error) { have, err = tlog.Under(tx, h.licence+"/"); return err }))
		if len(have) != len(want) {
			t.Fatalf("%d leaves for %d events", len(have), len(want))
		}
		for i, l := range have {
			if l.Kind != tlog.Licence || l.Body != "BNSP-LSP-9999-ID" || l.Doc != want[i] {
				t.Errorf("leaf %s does not say %s", l.Ref, states[i])
			}
		}
	})
}
