package demo

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"kompeten/internal/money"
)

// plan is what one story sets out to do.
type plan struct {
	name, office, officer, lsp string
	admin, manager, head       string
	assessors, committee       []string
	title, decree, place, tuk  string
	regency                    string
	funding, giver             int
	unitCost                   money.Rupiah
	scheme                     map[string]string // by what the list says of level or position
}

func (p plan) schemes() (out []string) {
	for _, s := range p.scheme {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

var semarang = plan{
	name: "semarang", office: "disperin-semarang", officer: "petugas.semarang", lsp: "lsp-otomotif",
	admin: "admin.otomotif", manager: "manajer.otomotif", head: "ketua.otomotif",
	assessors: []string{"asesor1.otomotif", "asesor2.otomotif", "asesor3.otomotif"}, committee: []string{"komite1.otomotif", "komite2.otomotif", "komite3.otomotif"},
	title: "Bimtek dan Sertifikasi Kompetensi Mekanik Otomotif (contoh)", decree: "050/CONTOH/2026", place: "LPK Bengkel Contoh, Semarang", tuk: "TUK Sewaktu LPK Bengkel Contoh",
	regency: "33.74", funding: 2, giver: 62, unitCost: 1_250_000,
	scheme: map[string]string{"": "demo-kl-servis-ringan-motor", "II": "demo-kl-servis-ringan-motor", "III": "demo-kkni3-sepeda-motor"},
}

var malang = plan{
	name: "malang", office: "disnaker-malang", officer: "petugas.malang", lsp: "lsp-kebersihan",
	admin: "admin.kebersihan", manager: "manajer.kebersihan", head: "ketua.kebersihan",
	assessors: []string{"asesor1.kebersihan", "asesor2.kebersihan", "asesor3.kebersihan", "asesor4.kebersihan"}, committee: []string{"komite1.kebersihan", "komite2.kebersihan", "komite3.kebersihan"},
	title: "Sertifikasi Petugas Kebersihan (contoh)", decree: "060/CONTOH/2026", place: "Aula RSUD Contoh, Kepanjen", tuk: "TUK Tempat Kerja RSUD Contoh",
	regency: "35.07", funding: 2, giver: 62, unitCost: 950_000,
	scheme: map[string]string{"": "demo-ok-petugas-kebersihan"},
}

var probolinggo = plan{
	name: "probolinggo", office: "dinkop-probolinggo", officer: "petugas.probolinggo", lsp: "lsp-wirausaha",
	admin: "admin.wirausaha", manager: "manajer.wirausaha", head: "ketua.wirausaha",
	assessors: []string{"asesor1.wirausaha", "asesor2.wirausaha"}, committee: []string{"komite1.wirausaha", "komite2.wirausaha", "komite3.wirausaha"},
	title: "Sertifikasi Pelaku UMKM (contoh)", decree: "070/CONTOH/2026", place: "Rumah UMKM Contoh, Kraksaan", tuk: "TUK Sewaktu Rumah UMKM",
	regency: "35.13", funding: 4, giver: 100, unitCost: 600_000,
	scheme: map[string]string{"": "demo-kl-wirausaha-umkm"},
}

// Stories lists the names of the stories that can be played on a list.
func Stories() []string { return []string{semarang.name, malang.name, probolinggo.name} }

func planOf(story string) (plan, error) {
	for _, p := range []plan{semarang, malang, probolinggo} {
		if p.name == story {
			return p, nil
		}
	}
	return plan{}, fmt.Errorf("no story %q: the stories are %v", story, Stories())
}

// list is the sample list of a story, as its office would send it.
func (p plan) list() ([]byte, string, error) {
	switch p.name {
	case "semarang":
		b, err := data.ReadFile("data/semarang-mekanik.xlsx")
		return b, "semarang-mekanik.xlsx", err
	case "malang":
		b, err := data.ReadFile("data/malang-cleaning-service.xlsx")
		return b, "malang-cleaning-service.xlsx", err
	}
	b, err := probolinggoList()
	return b, "probolinggo-umkm.xlsx", err
}

// probolinggoList is 35 owners of small businesses from all over the regency; they are fictitious.
func probolinggoList() ([]byte, error) {
	first := []string{"Siti", "Nur", "Dewi", "Sri", "Rina", "Lilis", "Umi", "Yayuk", "Endang", "Fatimah", "Hasan", "Jumadi"}
	last := []string{"Kholifah", "Aisyah", "Wahyuni", "Rahayu", "Astuti", "Maimunah", "Sulistiyo", "Hariyadi"}
	homes := []string{"Kraksaan", "Paiton", "Gending", "Dringu", "Leces", "Tongas", "Sukapura", "Krejengan", "Besuk", "Maron", "Pajarakan", "Kotaanyar"}
	sectors := []string{"Batik", "Makanan", "Minuman", "Kerajinan"}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	rows := [][]any{{"DINAS KOPERASI DAN USAHA MIKRO KABUPATEN PROBOLINGGO"}, {"DAFTAR PESERTA SERTIFIKASI (DATA CONTOH, BUKAN ORANG SEBENARNYA)"}, {},
		{"No.", "Nama Pemilik", "No. KTP", "Tempat, Tgl Lahir", "L/P", "Kec.", "No. WA", "Pend. Terakhir", "Jenis Usaha", "Nama UMKM"}}
	for i := range 35 {
		day, month, year := 1+i*7%28, 1+i*5%12, 1970+i*3%30
		sex, add := "P", 40
		if i%12 > 9 {
			sex, add = "L", 0
		}
		rows = append(rows, []any{i + 1, first[i%12] + " " + last[i%8], fmt.Sprintf("351304%02d%02d%02d%04d", day+add, month, year%100, 9801+i),
			fmt.Sprintf("Probolinggo, %02d-%02d-%d", day, month, year), sex, homes[i%12], fmt.Sprintf("08400001%03d", i), "SMA", sectors[i%4], fmt.Sprintf("UMKM Contoh %d", i+1)})
	}
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}
