package wallet_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/dbtest"
	"kompeten/internal/demo"
	"kompeten/internal/fault"
	"kompeten/internal/ledger"
	"kompeten/internal/product"
	"kompeten/internal/wallet"
)

var ctx = context.Background()

// place is an installation on which a story was played: two holders of one LSP, and people who have nothing to do with
// them.
type place struct {
	*testing.T
	d         *dbtest.DB
	s         product.Services
	w         *demo.World
	ani, budi certificate.Certificate
}

func (p place) as(key string) auth.Actor { return p.w.Actor(key) }

// TestWallets plays the story once on every database; each sentence has two holders of its own. Those that let days pass
// come last.
func TestWallets(t *testing.T) {
	sentences := []struct {
		says string
		try  func(place)
	}{
		{"letters go out to all holders at once", lettersGoOutToAllHoldersAtOnce},
		{"the letter of an application leads to the wallet", theLetterOfAnApplicationLeadsToTheWallet},
		{"a share is refused in words", aShareIsRefusedInWords},
		{"a certificate of another issuer says who checked it", aCertificateOfAnotherIssuerSaysWhoCheckedIt},
		{"a wrong record of another issuer is refused in words", aWrongRecordOfAnotherIssuerIsRefusedInWords},
		{"a request to correct is answered with a reason", aRequestToCorrectIsAnsweredWithAReason},
		{"who tries links waits", whoTriesLinksWaits},
		{"a share shows what was chosen as it stands now", aShareShowsWhatWasChosenAsItStandsNow},
		{"a link opens one wallet until it is ended", aLinkOpensOneWalletUntilItIsEnded},
	}
	dbtest.Each(t, func(t *testing.T, d *dbtest.DB) {
		s := product.New(d.DB, d.Box, d.Blobs, "https://contoh.id")
		w, err := demo.Build(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Play(ctx, "semarang", nil, "", demo.UntilEnd, func(by time.Duration) { d.Clock.Add(by) }); err != nil {
			t.Fatal(err)
		}
		var all []certificate.Certificate
		err = d.Read(ctx, func(tx *db.Tx) (err error) {
			all, _, err = certificate.Search(tx, w.Actor("ketua.otomotif"), certificate.Filter{LSP: w.Org("lsp-otomotif")})
			return err
		})
		if err != nil || len(all) < 2*len(sentences) {
			t.Fatal(len(all), err)
		}
		for i, x := range sentences {
			t.Run(x.says, func(t *testing.T) { x.try(place{t, d, s, w, all[2*i], all[2*i+1]}) })
		}
		rep, err := ledger.Audit(ctx, d.DB, d.Box.LedgerKey())
		if err != nil || len(rep.Findings) > 0 {
			t.Errorf("audit: %+v %v", rep, err)
		}
	})
}

func (p place) read(fn func(*db.Tx) error) {
	p.Helper()
	if err := p.d.Read(ctx, fn); err != nil {
		p.Fatal(err)
	}
}

// opened is the bearer of the link that her LSP made to the wallet of a certificate's holder.
func (p place) opened(c certificate.Certificate) (secret string, holder auth.Actor) {
	p.Helper()
	id, err := p.s.Wallets.LinkTo(ctx, p.as("admin.otomotif"), c.ID)
	if err != nil {
		p.Fatal(err)
	}
	_, secret, err = p.s.Wallets.Letter(ctx, p.as("admin.otomotif"), id)
	if err != nil {
		p.Fatal(err)
	}
	if holder, err = p.s.Wallets.Enter(ctx, secret, "10.0.0.1"); err != nil {
		p.Fatal(err)
	}
	return secret, holder
}

func (p place) refused(says string, err error, kind fault.Kind, key string) {
	p.Helper()
	if f := fault.Of(err); f == nil || f.Kind != kind || key != "" && f.Key != key {
		p.Errorf("%s: want %s %s, got %v", says, kind, key, err)
	}
}

// wrongField wants a form refused because of one field.
func (p place) wrongField(says string, err error, field, key string) {
	p.Helper()
	f := fault.Of(err)
	if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field || f.Fields[0].Key != key {
		p.Errorf("%s: want %s %s, got %v", says, field, key, err)
	}
}

func (p place) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func aLinkOpensOneWalletUntilItIsEnded(p place) {
	s := p.s.Wallets
	secret, ani := p.opened(p.ani)
	if again, _ := p.opened(p.ani); again != secret {
		p.Error("a link is made twice for one certificate")
	}
	p.read(func(tx *db.Tx) error {
		all, err := wallet.Certificates(tx, ani)
		if err != nil || len(all) != 1 || all[0].ID != p.ani.ID {
			p.Errorf("she sees %d certificates: %v", len(all), err)
		}
		_, err = wallet.Certificate(tx, ani, p.budi.ID)
		p.refused("another's certificate is not in her wallet", err, fault.NotFound, "")
		_, err = wallet.Certificates(tx, auth.Actor{Person: ani.Person, Subject: string(p.ani.Application)})
		p.refused("the letter of an application is no link to a wallet", err, fault.NotFound, "")
		_, err = certificate.Get(tx, ani, p.ani.ID)
		p.refused("the link opens the wallet's pages only", err, fault.NotFound, "")
		return nil
	})
	_, err := s.LinkTo(ctx, p.as("admin.kebersihan"), p.ani.ID)
	p.refused("another LSP makes no link", err, fault.NotFound, "")
	_, err = s.LinkTo(ctx, p.as("komite1.otomotif"), p.ani.ID)
	p.refused("the committee makes no link", err, fault.Denied, "")

	p.ok(s.Opened(ctx, ani))
	p.read(func(tx *db.Tx) error {
		links, err := wallet.LinksFrom(tx, p.as("admin.otomotif"), p.ani.ID)
		if len(links) != 1 || links[0].Opened != 1 {
			p.Errorf("the LSP sees how often it was opened: %+v", links)
		}
		_, other := wallet.LinksFrom(tx, p.as("admin.kebersihan"), p.ani.ID)
		p.refused("another LSP sees no link", other, fault.NotFound, "")
		return err
	})
	_, budi := p.opened(p.budi)
	link := wallet.LinkID(ani.Subject)
	p.refused("another holder does not end it", s.EndLink(ctx, budi, link), fault.NotFound, "")
	p.ok(s.EndLink(ctx, ani, link))
	_, err = s.Enter(ctx, secret, "10.0.0.1")
	p.refused("an ended link opens nothing", err, fault.NotFound, "person.link_revoked")
	if fresh, _ := p.opened(p.ani); fresh == secret {
		p.Error("the next link has the secret of the one that was ended")
	}
	fresh, _ := p.opened(p.ani)
	p.d.Clock.Add(366 * 24 * time.Hour)
	_, err = s.Enter(ctx, fresh, "10.0.0.1")
	p.refused("a link ends after a year", err, fault.NotFound, "person.link_expired")
}

func lettersGoOutToAllHoldersAtOnce(p place) {
	own, _ := p.opened(p.ani)
	got, err := p.s.Wallets.Letters(ctx, p.as("manajer.otomotif"), []certificate.ID{p.ani.ID, p.budi.ID, p.ani.ID})
	p.ok(err)
	if len(got) != 2 || got[0].Secret != own || got[1].Certificate.ID != p.budi.ID {
		p.Errorf("%d letters: %+v", len(got), got)
	}
	for _, l := range got {
		if holder, err := p.s.Wallets.Enter(ctx, l.Secret, "10.0.0.1"); err != nil || holder.Person != l.Certificate.Person {
			p.Errorf("a letter opens the wallet of %s: %v", holder.Name, err)
		}
	}
	_, err = p.s.Wallets.Letters(ctx, p.as("manajer.kebersihan"), []certificate.ID{p.ani.ID})
	p.refused("another LSP prints none", err, fault.NotFound, "")
	_, err = p.s.Wallets.Letters(ctx, p.as("komite1.otomotif"), []certificate.ID{p.ani.ID})
	p.refused("the committee prints none", err, fault.Denied, "")
}

func whoTriesLinksWaits(p place) {
	secret, _ := p.opened(p.ani)
	for range 20 {
		_, err := p.s.Wallets.Enter(ctx, "nothing", "10.0.0.9")
		p.refused("a secret that opens nothing", err, fault.NotFound, "person.link_unknown")
	}
	_, err := p.s.Wallets.Enter(ctx, "nothing", "10.0.0.9")
	p.refused("after twenty the address waits", err, fault.Later, "person.throttled")
	_, err = p.s.Wallets.Look(ctx, "nothing", "10.0.0.9", true)
	p.refused("and so it does with what is shown", err, fault.Later, "person.throttled")
	_, err = p.s.Wallets.Enter(ctx, "nothing", "10.0.0.8")
	p.refused("another address does not", err, fault.NotFound, "person.link_unknown")
	if _, err := p.s.Wallets.Enter(ctx, secret, "10.0.0.9"); err != nil {
		p.Errorf("a right link opens from an address that others share: %v", err)
	}
	p.d.Clock.Add(2 * time.Minute)
	_, err = p.s.Wallets.Enter(ctx, "nothing", "10.0.0.9")
	p.refused("after its wait the address may try again", err, fault.NotFound, "person.link_unknown")
}

func theLetterOfAnApplicationLeadsToTheWallet(p place) {
	letter := auth.Actor{Person: p.ani.Person, Name: p.ani.Name, Subject: string(p.ani.Application)}
	first, err := p.s.Wallets.LinkFromLetter(ctx, letter)
	p.ok(err)
	second, err := p.s.Wallets.LinkFromLetter(ctx, letter)
	p.ok(err)
	if first != second {
		p.Error("each visit makes another link")
	}
	holder, err := p.s.Wallets.Enter(ctx, first, "10.0.0.1")
	if err != nil || holder.Person != p.ani.Person || holder.Name != p.ani.Name {
		p.Errorf("%+v %v", holder, err)
	}
}

func aShareShowsWhatWasChosenAsItStandsNow(p place) {
	s := p.s.Wallets
	_, ani := p.opened(p.ani)
	in := wallet.ShareInput{Purpose: "job", Note: "PT Contoh", Until: p.ani.IssuedOn.AddDays(60), Certificates: []certificate.ID{p.ani.ID, p.ani.ID}}
	id, err := s.Share(ctx, ani, in)
	p.ok(err)
	share := p.share(ani, id)
	secret := s.Secret(ani, share)
	if stranger := s.Secret(auth.Actor{Person: p.budi.Person}, share); stranger != "" {
		p.Error("another gets the secret of her share")
	}
	seen, err := s.Look(ctx, secret, "10.0.0.2", true)
	p.ok(err)
	if len(seen.Certificates) != 1 || seen.Certificates[0].StatusOn(p.ani.IssuedOn) != "valid" {
		p.Errorf("%d certificates are shown", len(seen.Certificates))
	}
	if seen.Name == p.ani.Name || !strings.Contains(seen.Name, "*") {
		p.Errorf("her name is shown though she did not say so: %s", seen.Name)
	}
	p.ok(p.s.Certificates.Suspend(ctx, p.as("ketua.otomotif"), p.ani.ID, "surveilan tertunda"))
	if seen, err = s.Look(ctx, secret, "10.0.0.2", true); err != nil || seen.Certificates[0].StatusOn(p.ani.IssuedOn) != "suspended" {
		p.Errorf("a suspension does not show: %v", err)
	}
	if _, err := s.Look(ctx, secret, "10.0.0.2", false); err != nil {
		p.Error(err)
	}
	if now := p.share(ani, id); now.Visits != 2 || now.VisitedAt.IsZero() || now.Items != 1 {
		p.Errorf("two visits and a look of a program count as %d", now.Visits)
	}
	_, budi := p.opened(p.budi)
	p.refused("another does not withdraw it", s.Withdraw(ctx, budi, id), fault.NotFound, "")
	p.ok(s.Withdraw(ctx, ani, id))
	_, err = s.Look(ctx, secret, "10.0.0.2", true)
	p.refused("withdrawn, it shows nothing at once", err, fault.NotFound, "wallet.share_withdrawn")
	p.refused("it is withdrawn once", s.Withdraw(ctx, ani, id), fault.Conflict, "")

	in.Named = true
	id, err = s.Share(ctx, ani, in)
	p.ok(err)
	secret = s.Secret(ani, p.share(ani, id))
	if seen, err = s.Look(ctx, secret, "10.0.0.2", true); err != nil || seen.Name != p.ani.Name {
		p.Errorf("she said that her name be shown: %s %v", seen.Name, err)
	}
	p.d.Clock.Add(61 * 24 * time.Hour)
	_, err = s.Look(ctx, secret, "10.0.0.2", true)
	p.refused("after its last day it shows nothing", err, fault.NotFound, "wallet.share_past")
}

func (p place) share(holder auth.Actor, id wallet.ShareID) (out wallet.Share) {
	p.Helper()
	p.read(func(tx *db.Tx) error {
		all, err := wallet.Shares(tx, holder)
		for _, s := range all {
			if s.ID == id {
				out = s
			}
		}
		return err
	})
	return out
}

func aShareIsRefusedInWords(p place) {
	_, ani := p.opened(p.ani)
	day := p.ani.IssuedOn.AddDays(30)
	good := wallet.ShareInput{Purpose: "tender", Until: day, Certificates: []certificate.ID{p.ani.ID}}
	for _, c := range []struct {
		says, field, key string
		do               func(*wallet.ShareInput)
	}{
		{"nothing chosen", "item", "wallet.nothing_chosen", func(in *wallet.ShareInput) { in.Certificates = nil }},
		{"a day that is over", "until", "wallet.until_past", func(in *wallet.ShareInput) { in.Until = "2020-01-01" }},
		{"no day at all", "until", "wallet.until_past", func(in *wallet.ShareInput) { in.Until = "31 Desember" }},
		{"for ever", "until", "wallet.until_late", func(in *wallet.ShareInput) { in.Until = "2099-12-31" }},
		{"no purpose", "purpose", "form.required", func(in *wallet.ShareInput) { in.Purpose = "" }},
		{"another purpose without words", "note", "form.required", func(in *wallet.ShareInput) { in.Purpose = "other" }},
		{"a novel", "note", "wallet.too_long", func(in *wallet.ShareInput) { in.Note = strings.Repeat("é", 201) }},
	} {
		in := good
		c.do(&in)
		_, err := p.s.Wallets.Share(ctx, ani, in)
		p.wrongField(c.says, err, c.field, c.key)
	}
	in := good
	in.Certificates = append(in.Certificates, p.budi.ID)
	_, err := p.s.Wallets.Share(ctx, ani, in)
	p.refused("another's certificate is not hers to show", err, fault.NotFound, "")
	if got := p.share(ani, ""); got.ID != "" {
		p.Error("what was refused left something behind")
	}
	for range 50 {
		_, err = p.s.Wallets.Share(ctx, ani, good)
		p.ok(err)
	}
	_, err = p.s.Wallets.Share(ctx, ani, good)
	p.refused("the fifty-first is one too many", err, fault.Invalid, "rule.wallet_share_room")
}

// photo is a picture as a phone sends one.
func photo(t *testing.T) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func aCertificateOfAnotherIssuerSaysWhoCheckedIt(p place) {
	s := p.s.Wallets
	_, ani := p.opened(p.ani)
	_, budi := p.opened(p.budi)
	in := wallet.OtherInput{Kind: "lsk", Issuer: "LSK Contoh", Title: "Tata Rias", IssuedOn: "2024-05-06", FileName: "bukti.png", File: photo(p.T)}
	id, err := s.Record(ctx, ani, ani.Person, in)
	p.ok(err)
	_, err = s.Record(ctx, budi, ani.Person, in)
	p.refused("nobody records in another's wallet", err, fault.NotFound, "")
	_, err = s.Record(ctx, p.as("petugas.malang"), ani.Person, in)
	p.refused("nor does an office that has no case with her", err, fault.NotFound, "")

	o := p.other(ani, ani.Person, id)
	if o.State != wallet.Unchecked || o.Recorder != "" || o.Checker != "" || o.Evidence.Mime != "image/png" {
		p.Errorf("recorded by herself: %+v", o)
	}
	for who, sees := range map[string]bool{"petugas.semarang": true, "admin.otomotif": true, "petugas.malang": false, "admin.kebersihan": false} {
		_, data, err := s.OtherEvidence(ctx, p.as(who), id)
		if sees != (err == nil) || sees && !bytes.Equal(data, in.File) {
			p.Errorf("%s reads the evidence: %v", who, err)
		}
	}
	_, _, err = s.OtherEvidence(ctx, budi, id)
	p.refused("another holder does not read the evidence", err, fault.NotFound, "")
	p.refused("she does not check it herself", s.Check(ctx, ani, id, "saya yakin"), fault.NotFound, "")
	p.refused("who has no case with her does not", s.Check(ctx, p.as("admin.kebersihan"), id, "dilihat"), fault.NotFound, "")
	p.refused("how it was checked is to be said", s.Check(ctx, p.as("petugas.semarang"), id, ""), fault.Invalid, "flow.reason_needed")
	p.ok(s.Check(ctx, p.as("petugas.semarang"), id, "Asli dilihat di kantor"))
	if o = p.other(ani, ani.Person, id); o.State != wallet.Checked || !strings.HasPrefix(o.Checker, "Wulan Setyorini, Dinas") || o.CheckedAt.IsZero() || o.CheckNote != "Asli dilihat di kantor" {
		p.Errorf("checked: %+v", o)
	}
	p.ok(s.Doubt(ctx, p.as("admin.otomotif"), id, "Penerbit tidak mengenalnya"))
	if o = p.other(ani, ani.Person, id); o.State != wallet.Doubtful {
		p.Errorf("doubted: %+v", o)
	}
	share, err := s.Share(ctx, ani, wallet.ShareInput{Purpose: "job", Until: p.ani.IssuedOn.AddDays(30), Others: []wallet.OtherID{id}})
	p.ok(err)
	secret := s.Secret(ani, p.share(ani, share))
	if seen, err := s.Look(ctx, secret, "10.0.0.2", true); err != nil || len(seen.Certificates) != 0 || len(seen.Others) != 1 || seen.Others[0].State != wallet.Doubtful {
		p.Errorf("shown as it stands: %+v %v", seen.Others, err)
	}
	p.ok(s.Remove(ctx, ani, id))
	if seen, err := s.Look(ctx, secret, "10.0.0.2", true); err != nil || len(seen.Others) != 0 {
		p.Errorf("removed, it is still shown: %v", err)
	}
	_, _, err = s.OtherEvidence(ctx, ani, id)
	p.refused("removed, its evidence is gone", err, fault.NotFound, "")

	id, err = s.Record(ctx, p.as("admin.otomotif"), ani.Person, wallet.OtherInput{Kind: "foreign", Issuer: "Sample Board", Title: "Welder", Number: "W-1", IssuedOn: "2025-01-02", ValidUntil: "2025-12-31"})
	p.ok(err)
	if o = p.other(p.as("petugas.semarang"), ani.Person, id); !strings.HasSuffix(o.Recorder, "LSP Otomotif Contoh Nusantara") || !o.Evidence.Empty() || !o.Expired("2026-01-01") || o.Expired("2025-12-31") {
		p.Errorf("recorded by an LSP: %+v", o)
	}
}

func (p place) other(reader auth.Actor, holder auth.PersonID, id wallet.OtherID) (out wallet.Other) {
	p.Helper()
	p.read(func(tx *db.Tx) error {
		all, err := wallet.Others(tx, reader, holder)
		for _, o := range all {
			if o.ID == id {
				out = o
			}
		}
		return err
	})
	return out
}

func aWrongRecordOfAnotherIssuerIsRefusedInWords(p place) {
	_, ani := p.opened(p.ani)
	good := wallet.OtherInput{Kind: "company", Issuer: "PT Contoh", Title: "Juru las", IssuedOn: "2024-05-06"}
	for _, c := range []struct {
		says, field, key string
		do               func(*wallet.OtherInput)
	}{
		{"no kind of issuer", "kind", "form.required", func(in *wallet.OtherInput) { in.Kind = "bnsp" }},
		{"no issuer", "issuer", "form.required", func(in *wallet.OtherInput) { in.Issuer = "" }},
		{"no title", "title", "form.required", func(in *wallet.OtherInput) { in.Title = "" }},
		{"a long number", "number", "wallet.too_long", func(in *wallet.OtherInput) { in.Number = strings.Repeat("1", 101) }},
		{"no day of issue", "issued_on", "form.required", func(in *wallet.OtherInput) { in.IssuedOn = "kemarin" }},
		{"issued tomorrow", "issued_on", "wallet.in_future", func(in *wallet.OtherInput) { in.IssuedOn = "2099-01-01" }},
		{"ended before it began", "valid_until", "wallet.until_before_issue", func(in *wallet.OtherInput) { in.ValidUntil = "2024-05-05" }},
		{"a program as evidence", "file", "application.file_kind", func(in *wallet.OtherInput) { in.File = []byte("MZ\x90\x00") }},
		{"a page as evidence", "file", "application.file_kind", func(in *wallet.OtherInput) { in.File = []byte("<html><script>alert(1)</script>") }},
		{"a picture in name only", "file", "application.file_kind", func(in *wallet.OtherInput) {
			in.File, in.FileName = []byte("\x89PNG\r\n\x1a\nand nothing more"), "foto.png"
		}},
	} {
		in := good
		c.do(&in)
		_, err := p.s.Wallets.Record(ctx, ani, ani.Person, in)
		p.wrongField(c.says, err, c.field, c.key)
	}
	good.File = make([]byte, 8<<20+1)
	_, err := p.s.Wallets.Record(ctx, ani, ani.Person, good)
	p.refused("more than 8 MB", err, fault.TooLarge, "application.file_too_large")
}

func aRequestToCorrectIsAnsweredWithAReason(p place) {
	s := p.s.Wallets
	_, ani := p.opened(p.ani)
	_, budi := p.opened(p.budi)
	in := wallet.CorrectionInput{Part: "name", Text: "Nama saya memakai e", FileName: "ktp.png", File: photo(p.T)}
	_, err := s.Ask(ctx, budi, p.ani.ID, in)
	p.refused("nobody asks for another's certificate", err, fault.NotFound, "")
	_, err = s.Ask(ctx, ani, p.ani.ID, wallet.CorrectionInput{Part: "name"})
	p.wrongField("what is wrong is to be said", err, "text", "form.required")
	_, err = s.Ask(ctx, ani, p.ani.ID, wallet.CorrectionInput{Part: "nik", Text: "x"})
	p.wrongField("a part that no certificate has", err, "part", "form.required")
	id, err := s.Ask(ctx, ani, p.ani.ID, in)
	p.ok(err)
	_, err = s.Ask(ctx, ani, p.ani.ID, in)
	p.refused("one at a time", err, fault.Invalid, "rule.wallet_one_correction")

	lsp := p.w.Org("lsp-otomotif")
	var got wallet.Correction
	p.read(func(tx *db.Tx) error {
		waiting, err := wallet.CorrectionsOf(tx, p.as("admin.otomotif"), lsp, true)
		if len(waiting) != 1 || waiting[0].ID != id || waiting[0].Name != p.ani.Name || waiting[0].Due().Sub(waiting[0].AskedAt.Time) != 72*time.Hour {
			p.Fatalf("waiting: %+v", waiting)
		}
		got = waiting[0]
		_, other := wallet.CorrectionsOf(tx, p.as("admin.kebersihan"), lsp, true)
		p.refused("another LSP sees none of it", other, fault.NotFound, "")
		_, other = wallet.OneCorrection(tx, budi, id)
		p.refused("nor does another holder", other, fault.NotFound, "")
		return err
	})
	if _, data, err := s.CorrectionEvidence(ctx, p.as("admin.otomotif"), id); err != nil || !bytes.Equal(data, in.File) {
		p.Errorf("the LSP reads the evidence: %v", err)
	}
	p.refused("another LSP does not answer", s.Accept(ctx, p.as("admin.kebersihan"), id, got.Version, "ya"), fault.NotFound, "")
	p.refused("the committee does not", s.Accept(ctx, p.as("komite1.otomotif"), id, got.Version, "ya betul"), fault.NotFound, "")
	p.refused("an answer has a reason", s.Refuse(ctx, p.as("admin.otomotif"), id, got.Version, ""), fault.Invalid, "flow.reason_needed")
	p.ok(s.Refuse(ctx, p.as("admin.otomotif"), id, got.Version, "Sesuai KTP"))
	p.refused("it is answered once", s.Accept(ctx, p.as("manajer.otomotif"), id, got.Version, "ya betul"), fault.Conflict, "")
	p.read(func(tx *db.Tx) error {
		mine, err := wallet.Corrections(tx, ani)
		if len(mine) != 1 || mine[0].State != wallet.Refused || mine[0].Answer != "Sesuai KTP" || mine[0].Answerer != "Sekar Arum, LSP Otomotif Contoh Nusantara" {
			p.Errorf("she reads: %+v", mine)
		}
		return err
	})
	id, err = s.Ask(ctx, ani, p.ani.ID, in)
	p.ok(err)
	p.ok(s.TakeBack(ctx, ani, id))
	p.ok(p.s.Certificates.Revoke(ctx, p.as("ketua.otomotif"), p.ani.ID, "contoh pencabutan"))
	_, err = s.Ask(ctx, ani, p.ani.ID, in)
	p.refused("a revoked certificate is not corrected", err, fault.Invalid, "rule.wallet_not_revoked")
}
