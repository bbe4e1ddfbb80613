package document

import (
	"fmt"

	"kompeten/internal/date"
	"kompeten/internal/text"
)

func sampleCertificate(units int) Certificate {
	titles := [][2]string{
		{"Mengikuti Prosedur Kesehatan dan Keselamatan Kerja di Tempat Kerja", "Follow Workplace Health and Safety Procedures"},
		{"Menggunakan dan Memelihara Alat Ukur", "Use and Maintain Measuring Tools"},
		{"Melaksanakan Pemeliharaan atau Servis Komponen Sistem Pelumasan dan Pendinginan Sepeda Motor", "Carry Out Maintenance or Service of Motorcycle Lubrication and Cooling System Components"},
		{"Memelihara Sistem Rem", "Maintain Brake Systems"},
		{"Membaca dan Memahami Gambar Teknik", "Read and Understand Engineering Drawings"},
	}
	c := Certificate{
		Blank: "0001234", Number: "45407 7231 2 0000017 2021", Registration: "OTO 0999 00017 2021",
		Name: "Bagus Tri Wahyudi Prasetyo", AreaID: "Otomotif Sepeda Motor", AreaEN: "Motorcycle Automotive",
		TitleID: "Mekanik Servis Ringan Sepeda Motor", TitleEN: "Motorcycle Light Service Mechanic",
		ValidityMonths: 36, IssuedOn: "2021-04-19", ValidUntil: "2024-04-19", City: "Semarang",
		LSP: "Lembaga Sertifikasi Profesi Otomotif Contoh", LSPEN: "Sample Automotive Professional Certification Body",
		Head: Signer{Name: "Dr. Ratna Kusumawardani, M.T.", Title: "Ketua", TitleEN: "Head"},
		Code: "7KQ2-M9XD-4R", URL: "https://kompeten.example/v/7KQ2M9XD4R", Sample: true,
	}
	for i := range units {
		t := titles[i%len(titles)]
		c.Units = append(c.Units, CertificateUnit{Code: fmt.Sprintf("G.45OTO01.%03d.2", i+1), TitleID: t[0], TitleEN: t[1]})
	}
	return c
}

var sampleAbout = About{
	Lang: text.ID, Number: "ST/017/LSP-OC/IV/2021", Day: date.Date("2021-04-05"), Sample: true,
	Body: Body{Name: "Lembaga Sertifikasi Profesi Otomotif Contoh", NameEN: "Sample Automotive Professional Certification Body", Licence: "BNSP-LSP-0999-ID",
		Address: "Jalan Contoh Raya 17, Semarang", City: "Semarang", Contact: "lsp@contoh.example"},
}

var sampleHead = Signer{Name: "Dr. Ratna Kusumawardani, M.T.", Title: "Ketua", TitleEN: "Head"}

var sampleTest = Test{
	Scheme: "Mekanik Servis Ringan Sepeda Motor", SchemeNumber: "SKM-OC-02", SchemeKind: "klaster",
	TUK: "Bengkel Latihan Contoh", TUKKind: "sewaktu", TUKAddress: "Jalan Contoh 5, Semarang Barat, Kota Semarang", HeldOn: "2021-04-06", Until: "2021-04-07", Starts: "08.00",
}

var sampleAssessors = []Assessor{{"Joko Prabowo, S.T.", "MET.000.001234 2019", "Ketua tim"}, {"Sri Lestari", "MET.000.004321 2018", ""}}

var sampleNames = []string{"Bagus Tri Wahyudi Prasetyo", "Siti Nur’aini", "Agus Salim", "Dewi Anggraini Puspitasari Kusumaningrum", "Fajar", "I Gusti Ngurah Contoh"}

func sampleCandidates(n int) []Candidate {
	var out []Candidate
	for i := range n {
		out = append(out, Candidate{sampleNames[i%len(sampleNames)], fmt.Sprintf("SMG-2021-%04d", i+1), "Bengkel Maju Contoh, Tembalang", sampleAssessors[i%2].Name})
	}
	return out
}

func sampleOutcomes(n int) []Outcome {
	var out []Outcome
	for i, c := range sampleCandidates(n) {
		o := Outcome{Name: c.Name, File: c.Registration, Scheme: sampleTest.Scheme, Assessor: c.Assessor, MET: sampleAssessors[i%2].MET, Recommendation: "K", Result: "granted"}
		if i%7 == 3 {
			o.Recommendation, o.Result = "BK", "refused"
		}
		if i%11 == 10 {
			o.Result, o.Note = "deferred", "Bukti portofolio belum lengkap"
		}
		out = append(out, o)
	}
	return out
}

func sampleAssignment(n int) AssignmentLetter {
	return AssignmentLetter{About: sampleAbout, Test: sampleTest, Assessors: sampleAssessors, Candidates: sampleCandidates(n), Head: sampleHead,
		Basis: []string{"surat Dinas Perindustrian Contoh nomor 530/112/2021 tentang permohonan uji kompetensi."}}
}

func sampleMinutes(n int) Minutes {
	return Minutes{About: sampleAbout, HeldOn: "2021-04-12", Place: "kantor LSP, Semarang", Scheme: sampleTest.Scheme, Quorum: 3, Outcomes: sampleOutcomes(n),
		Members: []Member{{"Hadi Santoso, M.Pd.", "chair", ""}, {"Maria Contohwati", "member", ""}, {"Yusuf Hidayat", "member", ""}}}
}

func sampleDecree(n int) Decree {
	return Decree{About: sampleAbout, Test: sampleTest, Minutes: "BA/009/LSP-OC/IV/2021", MinutesDay: "2021-04-12", Outcomes: sampleOutcomes(n), Head: sampleHead,
		Citing: []string{"Peraturan Pemerintah Nomor 10 Tahun 2018 tentang Badan Nasional Sertifikasi Profesi;", "lisensi lembaga nomor BNSP-LSP-0999-ID."},
		CopyTo: []string{"Dewan Pengarah", "Dinas Perindustrian Contoh"}}
}

func sampleHandover(n int) HandoverList {
	h := HandoverList{About: sampleAbout, Programme: "Sertifikasi mekanik sepeda motor 2021", Scheme: sampleTest.Scheme, Place: "Aula Dinas Contoh", Officer: Signer{Name: "Wulan Sari", Title: "Admin LSP", TitleEN: "LSP administrator"},
		Witness: Signer{Name: "Bambang Contoh", Title: "Kepala Bidang Industri", Number: "NIP 19700101 199001 1 001"}}
	for i := range n {
		h.Rows = append(h.Rows, Handover{sampleNames[i%len(sampleNames)], fmt.Sprintf("45407 7231 2 %07d 2021", i+1), fmt.Sprintf("OTO 0999 %05d 2021", i+1), fmt.Sprintf("%07d", 1200+i)})
	}
	return h
}

func sampleAttendance(n int) AttendanceList {
	return AttendanceList{About: sampleAbout, Test: sampleTest, Rows: sampleCandidates(n), Assessors: sampleAssessors}
}

func sampleInvitation() InvitationLetter {
	return InvitationLetter{About: sampleAbout, From: "Dinas Perindustrian Contoh, Kota Semarang", Name: "Siti Nur’aini", Programme: "Sertifikasi mekanik sepeda motor 2021",
		Scheme: sampleTest.Scheme, HeldOn: "2021-04-06", Starts: "08.00", Place: "Bengkel Latihan Contoh, Jalan Contoh 5, Semarang Barat",
		Link: "https://kompeten.example/p/3V9K-77QM-XD2A-PLTE-55RG", ShortLink: "https://kompeten.example/p/3V9K-77QM-XD2A-PLTE-55RG", OpenUntil: "2021-04-05", Free: true, Contact: "Ibu Wulan, 0800 0000 017"}
}

func sampleWallet() WalletLetter {
	return WalletLetter{About: sampleAbout, Name: "Siti Nur’aini", Link: "https://kompeten.example/w/3v9k77qmxd2aplte55rg3v9k77qmxd2a", OpenUntil: "2022-04-05", Contact: "Lembaga Sertifikasi Profesi Otomotif Contoh"}
}

func sampleRecord(units int) AssessmentRecord {
	r := AssessmentRecord{About: sampleAbout, Test: sampleTest, Edition: "2023", Candidate: sampleNames[0], File: "SMG-2021-0001", Assessor: sampleAssessors[0],
		Methods: []string{"observation", "oral"}, Rights: true, ConsentedOn: "2021-04-06", StartedOn: "2021-04-06", FinishedOn: "2021-04-06", Result: "BK",
		FollowUp: "Uji ulang satu unit", Note: "Bekerja rapi dan aman."}
	marks := []string{"yes", "yes", "no", "yes", "not_observed"}
	for i, u := range sampleCertificate(units).Units {
		ru := RecordUnit{Code: u.Code, Title: u.TitleID, Result: "K"}
		for e := range 2 {
			el := RecordElement{No: itoa(e + 1), Name: "Menyiapkan pekerjaan"}
			for k := range 4 {
				n := (i + e*4 + k) % len(marks)
				el.Criteria = append(el.Criteria, RecordCriterion{No: fmt.Sprintf("%d.%d", e+1, k+1), Text: "Alat dan bahan disiapkan sesuai kebutuhan pekerjaan dan diperiksa kelayakannya sebelum dipakai", Mark: marks[n]})
			}
			ru.Elements = append(ru.Elements, el)
		}
		if i == 2 {
			ru.Result, ru.Reason = "BK", "Langkah 1.3 belum sesuai prosedur"
		}
		if i == 3 {
			ru.Elements, ru.Credit = nil, &RecordCredit{Certificate: "45407 7231 2 0000007 2019", ValidUntil: "2022-03-01", Evidence: "Surat keterangan kerja dari kepala bengkel, 1 April 2021"}
		}
		r.Units = append(r.Units, ru)
	}
	return r
}
