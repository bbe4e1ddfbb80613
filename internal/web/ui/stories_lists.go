package ui

func listStories(say tongue) []Story {
	return []Story{
		{"table", say("Tabel dengan saringan", "A table with a filter"), []Component{filterBar(say), people(say, nil)}},
		{"table-choose", say("Tabel yang barisnya dapat dipilih", "A table whose rows can be chosen"), []Component{people(say, []SubmitButton{
			{Name: "do", Value: "accept", Text: say("Terima yang dipilih", "Accept the chosen"), Tone: Main}, {Name: "do", Value: "letters", Text: say("Cetak surat", "Print letters")}})}},
		{"table-empty", say("Tabel kosong", "An empty table"), []Component{Table{Caption: say("Permohonan", "Applications"), Empty: Empty{
			Title: say("Tidak ada permohonan yang menunggu", "No application is waiting"), Text: say("Permohonan baru muncul di sini begitu pemohon mengirimnya.", "New ones appear here as soon as an applicant sends one.")}}}},
		{"tasks", say("Yang menunggu Anda", "What waits for you"), []Component{Tasks{Title: say("Yang menunggu Anda", "What waits for you"), Items: []Task{
			{Count: 12, Text: say("permohonan perlu diperiksa", "applications to check"), Sub: say("Semarang, mekanik sepeda motor", "Semarang, motorcycle mechanics"), URL: "#", Tone: Warn},
			{Count: 3, Text: say("baris daftar perlu diperbaiki", "rows to correct"), Sub: say("Malang, petugas kebersihan", "Malang, cleaners"), URL: "#"},
			{Count: 1, Text: say("jadwal menunggu surat tugas", "schedule waiting for assignment letters"), URL: "#"}}}}},
		{"tasks-none", say("Tidak ada yang menunggu", "Nothing waits"), []Component{Tasks{Title: say("Yang menunggu Anda", "What waits for you"), Empty: Empty{
			Title: say("Semua sudah selesai", "All done"), Text: say("Yang baru akan muncul di sini.", "What is new will appear here.")}}}},
		{"figures", say("Angka", "Figures"), []Component{Figures{AsOf: say("Keadaan 22 November 2026 pukul 10.04 WIB", "As of 22 November 2026 at 10:04 WIB"), Items: []Figure{
			{Value: "30", Label: say("diundang", "invited"), URL: "#"}, {Value: "28", Label: say("sudah membenarkan data", "confirmed"), URL: "#"},
			{Value: "26", Label: say("hadir", "present"), URL: "#"}, {Value: "24", Label: say("kompeten", "competent"), URL: "#", Tone: Good}, {Value: "2", Label: say("belum kompeten", "not yet competent"), URL: "#", Tone: Warn},
			{Value: "Rp23.400.000", Label: say("anggaran terpakai", "budget used"), Sub: say("dari Rp27.000.000", "of Rp27,000,000")}}}}},
		{"bars", say("Batang dengan tabel", "Bars with their table"), []Component{Bars{Caption: say("Per kecamatan", "By district"), Label: say("Kecamatan", "District"),
			Series: []string{say("Diundang", "Invited"), say("Kompeten", "Competent")}, Rows: []Bar{
				{Label: "Banyumanik", URL: "#", Values: []int{8, 7}, Most: 8}, {Label: "Semarang Tengah", URL: "#", Values: []int{6, 5}, Most: 8}, {Label: "Tembalang", URL: "#", Values: []int{4, 4}, Most: 8}, {Label: "Mijen", URL: "#", Values: []int{1, 0}, Most: 8}}}}},
		{"progress", say("Pekerjaan panjang", "Long work"), []Component{
			Progress{Text: say("Menerbitkan sertifikat. Halaman ini boleh ditutup; pekerjaan berjalan terus.", "Issuing certificates. You may leave this page; the work goes on."), Done: 18, Total: 26},
			Progress{Text: say("Selesai: 26 sertifikat terbit.", "Done: 26 certificates issued."), Done: 26, Total: 26}}},
	}
}

func filterBar(say tongue) Form {
	return Form{URL: "#", Get: true, Inline: true, Submit: say("Cari", "Search"), Fields: []Component{
		Field{Kind: "search", Name: "q", Label: say("Nama", "Name")},
		Field{Kind: "select", Name: "stage", Label: say("Keadaan", "State"), Options: []Option{{Value: "", Text: say("Semua", "All")}, {Value: "submitted", Text: say("Terkirim", "Sent")}}}}}
}

func people(say tongue, actions []SubmitButton) Table {
	row := func(id, name, nik, place, employer string, c Chip, fee string) Row {
		return Row{Select: id, Cells: []Cell{{Text: name, Sub: nik, URL: "#"}, {Text: place}, {Text: employer}, {Chip: &c}, {Text: fee}}}
	}
	return Table{Caption: say("Peserta", "Candidates"), Actions: actions, URL: "#", Next: "#", First: "#",
		Columns: []Column{{Text: say("Nama", "Name")}, {Text: say("Kecamatan", "District")}, {Text: say("Usaha/perusahaan", "Employer")}, {Text: say("Keadaan", "State")}, {Text: say("Biaya", "Fee"), Num: true}},
		Rows: []Row{
			row("a1", "Bagus Prasetyo", "3374********0001", "Banyumanik", "Bengkel Maju Jaya", Chip{say("Diterima", "Accepted"), Good}, "Rp900.000"),
			row("a2", "Siti Nur’aini", "3374********0004", "Semarang Tengah", "CV Roda Mas", Chip{say("Terkirim", "Sent"), Info}, "Rp900.000"),
			row("a3", "Yohanes Kristiawan Adinugroho", "3374********0002", "Tembalang", "", Chip{say("Dikembalikan", "Returned"), Warn}, "Rp0"),
			row("a4", "Sukarti", "3374********0007", "Mijen", "Bengkel Pak Kardi", Chip{say("Ditolak", "Rejected"), Bad}, "Rp0")}}
}
