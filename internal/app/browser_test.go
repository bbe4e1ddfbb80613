package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kompeten/internal/programme"
)

// browser is a real Chromium with one person in front of it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// chromium finds the browser; the full test run installs it.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("KOMPETEN_TEST_POSTGRES") != "" {
		t.Fatal("no Chromium, which the full test run needs: scripts/install-missing")
	}
	t.Skip("no Chromium here; the full test run has one")
	return ""
}

func allocator(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	return ctx
}

// person opens a browser of her own, at the size of her device.
func person(t *testing.T, alloc context.Context, base string, width int64) browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := browser{t, ctx, base}
	b.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
	return b
}

func (b browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// open goes to a page and looks at it.
func (b browser) open(path string) {
	b.t.Helper()
	_, err := chromedp.RunResponse(b.ctx, chromedp.Navigate(b.base+path))
	b.must(err)
	b.look()
}

// look finds what no page may show: words without a text, and content wider than the screen.
func (b browser) look() {
	b.t.Helper()
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`))
	b.must(err)
	page := b.text()
	if wide || unknown.MatchString(page) {
		b.t.Errorf("%s: wider than the screen: %v; unknown words: %s", b.where(), wide, unknown.FindString(page))
	}
}

func (b browser) where() string {
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	b.must(err)
	return at
}

func (b browser) text() string {
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
	b.must(err)
	return out
}

// click presses what a person would press: the button or link with that text in the main part of the page.
func (b browser) click(words string) {
	b.t.Helper()
	q, _ := json.Marshal(words)
	mark := fmt.Sprintf(`(() => { document.querySelectorAll('main details').forEach(d => { d.open = true });
		const all = [...document.querySelectorAll('main a, main button, main summary')];
		const e = all.find(e => e.innerText.trim() === %s && !e.disabled && e.tagName !== 'SUMMARY') || all.find(e => e.innerText.trim().startsWith(%s) && !e.disabled && e.tagName !== 'SUMMARY');
		if (!e) return false; e.setAttribute('data-press', '1'); e.scrollIntoView({block: 'center', behavior: 'instant'}); return true })()`, q, q)
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](mark))
	b.must(err)
	if !found {
		b.t.Fatalf("%s: nothing to press says %q:\n%s", b.where(), words, b.text())
	}
	_, err = chromedp.RunResponse(b.ctx, chromedp.Click(`[data-press]`))
	b.must(err)
	b.look()
}

// fill puts values into fields by their names; true ticks every box of a name.
func (b browser) fill(values map[string]any) {
	b.t.Helper()
	v, _ := json.Marshal(values)
	missing, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(() => { let missing = '';
		for (const [name, value] of Object.entries(%s)) {
			const all = [...document.getElementsByName(name)];
			if (!all.length) missing += name + ' ';
			for (const e of all) {
				if (value === true) e.checked = true;
				else if (e.type === 'radio') e.checked = e.value === value;
				else if (e.tagName === 'SELECT') { const o = [...e.options].find(o => o.value === value || o.text.includes(value)); if (o) e.value = o.value; else missing += name + '=' + value + ' '; }
				else e.value = value;
			}
		} return missing })()`, v)))
	b.must(err)
	if missing != "" {
		b.t.Fatalf("%s: no field %s", b.where(), missing)
	}
}

// sees fails unless the page shows the words.
func (b browser) sees(words string) {
	b.t.Helper()
	if page := b.text(); !strings.Contains(page, words) {
		b.t.Fatalf("%s does not show %q:\n%s", b.where(), words, page)
	}
}

func (b browser) signIn(d demoSite, key string) browser {
	b.t.Helper()
	b.open("/signin?login=" + key + "@contoh.id")
	b.fill(map[string]any{"password": d.w.Password()})
	b.click("Masuk")
	b.sees("Halo")
	return b
}

const threePeople = "DAFTAR PESERTA (DATA CONTOH)\nNo;Nama Lengkap;NIK;Tempat Lahir;Tanggal Lahir;JK;Alamat;Kecamatan;No HP;Pendidikan;Nama Usaha\n" +
	"1;Ani Contoh Satu;3374016510909961;Semarang;25-10-1990;P;Jl. Contoh 1;Genuk;08400000961;SMK;Bengkel Contoh\n" +
	"2;Budi Contoh Dua;3374022503889962;Semarang;25-03-1988;L;Jl. Contoh 2;Tugu;08400000962;SMK;Bengkel Contoh\n" +
	"3;Cici Contoh Tiga;33740225038899;Semarang;25-03-1988;P;Jl. Contoh 3;Tugu;08400000963;SMK;Bengkel Contoh\n"

// TestTheWholePathInABrowser is the story of three people on an office's list, every step in a real browser by the
// person whose duty it is, at the size of her device, until a stranger checks the certificate.
func TestTheWholePathInABrowser(t *testing.T) {
	alloc := allocator(t)
	d := open(t)
	list := filepath.Join(t.TempDir(), "daftar.csv")
	if err := os.WriteFile(list, []byte(threePeople), 0o600); err != nil {
		t.Fatal(err)
	}
	today := time.Now().UTC().Add(7 * time.Hour).Format("2006-01-02")

	officer := person(t, alloc, d.srv.URL, 1280).signIn(d, "petugas.semarang")
	officer.open("/programmes/new")
	officer.fill(map[string]any{"title": "Program di peramban", "lsp": "Otomotif", "seats": "10", "place": "Semarang", "held_on": today})
	officer.fillScheme("Servis Ringan")
	officer.click("Simpan")
	officer.sees("Program di peramban")
	pid := programme.ID(filepath.Base(strings.Split(officer.where(), "?")[0]))
	officer.click("Buka program")
	officer.click("Unggah daftar")
	officer.must(chromedp.Do(officer.ctx, chromedp.SetUploadFiles(`input[type=file]`, []string{list})))
	officer.click("Unggah dan periksa")
	officer.sees("Daftar sudah diperiksa")
	officer.click("Lihat yang perlu diperbaiki")
	officer.click("Cici Contoh Tiga")
	officer.sees("NIK harus 16 angka")
	officer.fill(map[string]any{"nik": "3374026503889963"})
	officer.click("Simpan dan periksa lagi")
	officer.sees("Baik")
	officer.open("/programmes/" + string(pid) + "/nominate")
	officer.click("Usulkan dan buat permohonan")
	officer.sees("Peserta sudah diusulkan")

	letters, err := d.app.Applications.Letters(context.Background(), d.w.Actor("petugas.semarang"), pid)
	if err != nil || len(letters) != 3 {
		t.Fatal(len(letters), err)
	}
	for _, l := range letters {
		candidate := person(t, alloc, d.srv.URL, 320)
		candidate.open("/l/" + l.Secret)
		candidate.fill(map[string]any{"consent": true})
		candidate.click("Data sudah benar, kirim")
		candidate.sees("sedang diperiksa")
	}

	admin := person(t, alloc, d.srv.URL, 1280).signIn(d, "admin.otomotif")
	admin.open("/applications?stage=submitted")
	admin.fill(map[string]any{"row": true})
	admin.click("Semua syarat terpenuhi")
	admin.sees("Permohonan diterima")

	manager := person(t, alloc, d.srv.URL, 1280).signIn(d, "manajer.otomotif")
	manager.open("/schedules/new")
	manager.fill(map[string]any{"held_on": today, "capacity": "5"})
	manager.click("Simpan")
	manager.sees("TUK belum diverifikasi")
	manager.fill(map[string]any{"note": "Alat lengkap"})
	manager.click("Catat hasil verifikasi")
	manager.fill(map[string]any{"assessor": "Rudy"})
	manager.click("Tambahkan")
	manager.fill(map[string]any{"row": true})
	manager.click("Tempatkan pada asesor ini")
	manager.click("Tugaskan asesor")
	manager.sees("Surat tugas")

	assessor := person(t, alloc, d.srv.URL, 390).signIn(d, "asesor1.otomotif")
	for _, l := range letters {
		assessor.open("/assess")
		assessor.click(l.Name)
		assessor.fill(map[string]any{"said": true})
		assessor.click("Tanda tangani dan lanjutkan")
		assessor.click("Mulai asesmen")
		for range 20 {
			if !strings.Contains(assessor.text(), "kriteria belum dinilai") {
				break
			}
			assessor.judgeOpenUnit()
		}
		assessor.click("Kirim rekomendasi")
		assessor.sees("Rekomendasi: Kompeten (K)")
	}

	manager.open("/meetings")
	manager.fill(map[string]any{"chair": "Dr. Retno Palupi"})
	manager.click("Adakan pleno")
	manager.sees("Pleno")
	meeting := strings.TrimPrefix(strings.Split(manager.where(), "?")[0], d.srv.URL)
	for _, key := range []string{"komite1.otomotif", "komite2.otomotif", "komite3.otomotif"} {
		member := person(t, alloc, d.srv.URL, 390).signIn(d, key)
		member.open(meeting)
		member.click("Setujui rekomendasi")
		member.sees("Suara Anda tercatat")
	}
	chair := person(t, alloc, d.srv.URL, 1280).signIn(d, "komite1.otomotif")
	chair.open(meeting)
	chair.click("Tutup rapat")
	head := person(t, alloc, d.srv.URL, 1280).signIn(d, "ketua.otomotif")
	head.open(meeting)
	head.click("Tanda tangani surat keputusan")
	head.click("Terbitkan 3 sertifikat")
	if err := d.app.Runner.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	head.open(meeting)
	head.sees("Unduh 3 sertifikat (ZIP)")

	stranger := person(t, alloc, d.srv.URL, 390)
	holder := person(t, alloc, d.srv.URL, 320)
	holder.open("/l/" + letters[0].Secret)
	holder.sees("Selamat!")
	holder.click("Lihat sertifikat")
	stranger.open(strings.TrimPrefix(strings.Split(holder.where(), "?")[0], d.srv.URL))
	stranger.sees("Berlaku")
	stranger.sees("LSP Otomotif Contoh Nusantara")
	if n, said := audit(t, d); n > 0 {
		t.Errorf("the audit:\n%s", said)
	}
}

// fillScheme ticks the scheme whose title holds the words.
func (b browser) fillScheme(words string) {
	b.t.Helper()
	q, _ := json.Marshal(words)
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { const l = [...document.querySelectorAll('label')].find(l => l.innerText.includes(%s)); if (!l) return false; l.querySelector('input').checked = true; return true })()`, q)))
	b.must(err)
	if !ok {
		b.t.Fatalf("no scheme says %q", words)
	}
}

// judgeOpenUnit answers yes to every criterion of the unit that is open, and saves it.
func (b browser) judgeOpenUnit() {
	b.t.Helper()
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => { const d = [...document.querySelectorAll('main details[open]')].find(d => d.querySelector('form[action$="/mark"]')); if (!d) return false;
		d.querySelectorAll('input[type=radio][value=yes]').forEach(e => { e.checked = true }); const e = d.querySelector('form button'); e.setAttribute('data-press', '1');
		e.scrollIntoView({block: 'center', behavior: 'instant'}); return true })()`))
	b.must(err)
	if !ok {
		b.t.Fatalf("%s: no unit is open:\n%s", b.where(), b.text())
	}
	_, err = chromedp.RunResponse(b.ctx, chromedp.Click(`[data-press]`))
	b.must(err)
}
