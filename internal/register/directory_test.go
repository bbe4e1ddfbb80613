package register_test

import (
	"slices"
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/register"
	"kompeten/internal/text"
)

func TestWhoMayDoWhatWithABusiness(t *testing.T) {
	flowtest.Trial[register.Business]{
		Table:  register.BusinessFlow,
		Bodies: []flowtest.Body{{Name: "who listed it", ID: "org_office"}},
		Record: func(s flow.State) register.Business { return register.Business{Org: "org_office", State: s} },
	}.Run(t)
}

func TestWhoMayCountAnew(t *testing.T) {
	flowtest.Trial[register.Counts]{
		Table:  register.Flow,
		Bodies: []flowtest.Body{{Name: "BNSP", ID: "org_bnsp"}},
		Record: func(flow.State) register.Counts { return register.Counts{} },
	}.Run(t)
}

// people is who the directory shows of Semarang.
func (h hall) people(q register.Search) (names []string, list []register.Entry) {
	h.t.Helper()
	q.Sample = true
	list, err := h.Register.People(ctx, q)
	h.must(err)
	for _, e := range list {
		names = append(names, e.Name)
	}
	return names, list
}

var semarang = register.Search{Regency: "33.74"}

// holder is the person of an entry and the file she earned it with.
func (h hall) holder(e register.Entry) (a auth.Actor, file string, c certificate.ID, head auth.Actor) {
	h.t.Helper()
	var lsp auth.OrgID
	h.must(h.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Get("SELECT id, person, application, lsp FROM certificate WHERE id = $1", []any{e.ID}, &c, &a.Person, &file, &lsp)
	}))
	return a, file, c, auth.Actor{Person: "per_head", Duties: []auth.Held{{Org: lsp, Duty: auth.Head}}}
}

func (h hall) refused(says string, err error, kind fault.Kind) {
	h.t.Helper()
	if !fault.Is(err, kind) {
		h.t.Errorf("%s: want %s, got %v", says, kind, err)
	}
}

func TestTheDirectoryShowsWhoAgreesAndOnlyWhileSheAgreesAndIsCertified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := play(t, d, demo.UntilEnd, "semarang")
		all, _ := h.certificates()
		names, list := h.people(semarang)
		if len(names) == 0 || len(names) >= len(all) {
			t.Fatalf("half of %d agreed, %d are shown", len(all), len(names))
		}
		if !slices.IsSortedFunc(list, func(a, b register.Entry) int { return slices.Compare([]string{a.Fold, a.ID}, []string{b.Fold, b.ID}) }) {
			t.Errorf("not by name: %v", names)
		}
		her, file, c, head := h.holder(list[0])

		h.refused("another's file is not there", h.Register.Leave(ctx, auth.Actor{Person: "per_other"}, file), fault.NotFound)
		h.refused("nor by the link to another file", h.Register.Leave(ctx, auth.Actor{Person: her.Person, Subject: "app_other"}, file), fault.NotFound)
		h.must(h.Register.Leave(ctx, auth.Actor{Person: her.Person, Subject: file}, file))
		if now, _ := h.people(semarang); len(now) != len(names)-1 {
			t.Errorf("she left by her link and %d of %d are shown", len(now), len(names))
		}
		h.refused("she cannot leave twice", h.Register.Leave(ctx, her, file), fault.NotFound)
		h.must(h.Register.Join(ctx, her, file, text.ID))
		h.must(h.Register.Join(ctx, her, file, text.ID)) // twice is once
		if now, _ := h.people(semarang); !slices.Equal(now, names) {
			t.Errorf("she came back: %v, before %v", now, names)
		}
		h.must(h.People.WithdrawConsent(ctx, her, "", file, register.Purpose))
		if now, _ := h.people(semarang); len(now) != len(names)-1 {
			t.Errorf("the consent alone is withdrawn and %d of %d are shown", len(now), len(names))
		}
		h.must(h.Register.Join(ctx, her, file, text.EN))

		h.must(h.Certificates.Suspend(ctx, head, c, "a reason"))
		if now, _ := h.people(semarang); slices.Contains(now, list[0].Name) {
			t.Error("a suspended certificate is shown")
		}
		h.must(h.Certificates.Resume(ctx, head, c, "a reason"))
		if now, _ := h.people(semarang); !slices.Equal(now, names) {
			t.Errorf("after it was resumed: %v", now)
		}
		h.corrected(list[0], head, her)
		if other, _ := h.people(register.Search{Regency: "33.75"}); len(other) != 0 {
			t.Errorf("in another city: %v", other)
		}
		if real, err := h.Register.People(ctx, semarang); err != nil || len(real) != 0 {
			t.Errorf("samples among the real: %v %v", real, err)
		}
		h.Clock.Set(-4 * 366 * 24 * 3600 * 1e9)
		if now, _ := h.people(semarang); len(now) != 0 {
			t.Errorf("years later all have expired, shown are %v", now)
		}
	})
}

// corrected puts a certificate in the place of one whose name was wrong: it is shown in its place, and she can leave.
func (h hall) corrected(e register.Entry, head, her auth.Actor) {
	h.t.Helper()
	made, err := h.Certificates.Replace(ctx, head, certificate.ID(e.ID), "Nama Benar Contoh", "a letter was wrong")
	h.must(err)
	now, _ := h.people(semarang)
	if !slices.Contains(now, "Nama Benar Contoh") || slices.Contains(now, e.Name) {
		h.t.Errorf("after the correction of %s: %v", e.Name, now)
	}
	var record string
	h.must(h.DB.Read(ctx, func(tx *db.Tx) error {
		err := tx.Get("SELECT application FROM certificate WHERE id = $1", []any{string(made)}, &record)
		if err == nil {
			record, err = register.RecordOf(tx, her, string(made), record)
		}
		return err
	}))
	h.must(h.Register.Leave(ctx, her, record))
	if now, _ := h.people(semarang); slices.Contains(now, "Nama Benar Contoh") {
		h.t.Errorf("she left, shown are %v", now)
	}
	h.must(h.Register.Join(ctx, her, record, text.ID))
	if now, _ := h.people(semarang); !slices.Contains(now, "Nama Benar Contoh") {
		h.t.Errorf("she came back, shown are %v", now)
	}
}

func TestADirectoryIsReadPageByPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := play(t, d, demo.UntilEnd, "malang")
		q := register.Search{Regency: "35.07"}
		var whole []string
		for {
			_, list := h.people(q)
			for i, e := range list[:min(len(list), register.PageSize)] {
				whole = append(whole, e.ID)
				q.After, q.AfterID = list[i].Fold, e.ID
			}
			if len(list) <= register.PageSize {
				break
			}
		}
		var want []string
		h.must(h.DB.Read(ctx, func(tx *db.Tx) (err error) {
			want, err = db.Column[string](tx, "SELECT certificate FROM listing WHERE regency = '35.07' ORDER BY fold, certificate")
			return err
		}))
		if len(want) == 0 || !slices.Equal(whole, want) {
			t.Errorf("%d of %d", len(whole), len(want))
		}
	})
}

func TestABusinessStandsInTheDirectoryWhenItsOfficeOrItselfSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		h := play(t, d, demo.UntilEnd, "semarang")
		office := h.world.Org("disperin-semarang")
		officer := h.world.Actor("petugas.semarang")
		shops, err := h.Register.Businesses(ctx, register.Search{Sample: true})
		h.must(err)
		if len(shops) == 0 {
			t.Fatal("the story left no business")
		}
		shop := shops[0]
		_, list := h.people(register.Search{Business: shop.ID})
		if len(list) != shop.People || list[0].Business != shop.ID {
			t.Errorf("%s tells %d people, its page has %+v", shop.Name, shop.People, list)
		}
		if some, err := h.Register.Businesses(ctx, register.Search{Regency: "33.75", Sample: true}); err != nil || len(some) != 0 {
			t.Errorf("in another city: %v %v", some, err)
		}

		h.refused("another office cannot take it out", h.Register.Withdraw(ctx, h.world.Actor("petugas.malang"), shop.ID, "a reason"), fault.NotFound)
		h.refused("nor without a reason", h.Register.Withdraw(ctx, officer, shop.ID, ""), fault.Invalid)
		h.must(h.Register.Withdraw(ctx, officer, shop.ID, "the owner wants it"))
		_, err = h.Register.Business(ctx, shop.ID, true)
		h.refused("its page is gone at once", err, fault.NotFound)
		if _, again := h.people(semarang); slices.ContainsFunc(again, func(e register.Entry) bool { return e.Business == shop.ID }) {
			t.Error("people still lead to it")
		}
		back, err := h.Register.List(ctx, officer, office, shop.Name, shop.Regency, "the owner agreed again")
		h.must(err)
		if back != shop.ID {
			t.Errorf("its address was %s, it is %s", shop.ID, back)
		}

		for _, c := range []struct {
			says          string
			actor         auth.Actor
			org           auth.OrgID
			name, regency string
			kind          fault.Kind
		}{
			{"an office lists what its applications name", officer, office, "Bengkel Tak Dikenal", "33.74", fault.NotFound},
			{"and where they name it", officer, office, shop.Name, "33.75", fault.NotFound},
			{"a name says something", officer, office, " ", "33.74", fault.Invalid},
			{"who is of no office lists nothing", h.world.Actor("admin.otomotif"), office, shop.Name, shop.Regency, fault.NotFound},
			{"a company lists nobody but itself", h.world.Actor("hrd.bersih"), h.world.Org("pt-bersih"), shop.Name, shop.Regency, fault.NotFound},
		} {
			_, err := h.Register.List(ctx, c.actor, c.org, c.name, c.regency, "a reason")
			h.refused(c.says, err, c.kind)
		}
		own, err := h.Register.Employers(ctx, h.world.Actor("hrd.bersih"), h.world.Org("pt-bersih"))
		h.must(err)
		if len(own) != 1 {
			t.Fatalf("a company sees %v", own)
		}
		_, err = h.Register.List(ctx, h.world.Actor("hrd.bersih"), h.world.Org("pt-bersih"), own[0].Name, own[0].Regency, "we agree")
		h.must(err)
	})
}
