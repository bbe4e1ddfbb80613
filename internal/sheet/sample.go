package sheet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

var (
	sampleFirst = []string{"Agus", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gilang", "Hesti", "Indra", "Joko", "Kartika", "Lestari", "Mulyono", "Novi", "Oki", "Putri", "Rahmat", "Sari", "Tono", "Wulan"}
	sampleLast  = []string{"Santosa", "Wijaya", "Pratama", "Lestari", "Nugroho", "Hidayat", "Kusuma", "Saputra", "Anggraini", "Setiawan", "Maharani", "Firmansyah"}
	samplePlace = []string{"Semarang", "Demak", "Kendal", "Ungaran", "Salatiga"}
	sampleHome  = []string{"Semarang Tengah", "Pedurungan", "Banyumanik", "Tugu", "Genuk", "Tembalang", "Ngaliyan", "Gayamsari", "Mijen", "Candisari"}
)

// SampleList makes a workbook of n fictitious people, good rows all, for measuring and for trying out. NIKs are
// invented; the same seed makes the same list.
func SampleList(n int, seed uint64) []byte {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var out bytes.Buffer
	columns := []string{"No", "Nama Lengkap", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK (L/P)", "Alamat", "Kecamatan", "No HP", "Pendidikan", "Sektor Usaha", "Nama Usaha"}
	err := WriteList(&out, "Peserta", columns, func(yield func([]any) bool) {
		for i := range n {
			day, month, year, sex := 1+rnd.IntN(28), 1+rnd.IntN(12), 1970+rnd.IntN(30), rnd.IntN(2)
			nik := fmt.Sprintf("3374%02d%02d%02d%02d%04d", 1+i/9000%16, day+40*sex, month, year%100, 1+i%9000)
			name := sampleFirst[rnd.IntN(len(sampleFirst))] + " " + sampleLast[rnd.IntN(len(sampleLast))]
			ok := yield([]any{i + 1, name, nik, samplePlace[rnd.IntN(5)], fmt.Sprintf("%02d-%02d-%d", day, month, year), "LP"[sex : sex+1],
				fmt.Sprintf("Jl. Contoh No. %d", 1+rnd.IntN(99)), sampleHome[rnd.IntN(10)], fmt.Sprintf("0840%07d", i), "SMK", "Bengkel motor",
				fmt.Sprintf("Bengkel Contoh %d", 1+i/5)})
			if !ok {
				return
			}
		}
	})
	if err != nil {
		panic(err) // a workbook in memory
	}
	return out.Bytes()
}
