package ui

func caseStories(say tongue) []Story {
	return []Story{
		{"facts", say("Keterangan", "Facts"), []Component{Card{Title: say("Pemohon", "Applicant"), Body: []Component{Facts{[]Fact{
			{Term: say("Nama", "Name"), Text: "Bagus Prasetyo"}, {Term: "NIK", Text: "3374********0001"},
			{Term: say("Tempat, tanggal lahir", "Place and date of birth"), Text: say("Semarang, 6 April 1994", "Semarang, 6 April 1994")},
			{Term: say("Skema", "Scheme"), Text: say("Mekanik Sepeda Motor Level II", "Motorcycle Mechanic, Level II"), URL: "#"},
			{Term: say("Keadaan", "State"), Chip: &Chip{say("Terkirim", "Sent"), Info}}}}}}}},
		{"grid", say("Bagian berdampingan", "Parts side by side"), []Component{Section{Title: say("Mulai dari sini", "Begin here"), Lead: say("Pilih yang sesuai dengan Anda.", "Choose what fits you."), Body: []Component{Grid{[]Component{
			Card{Title: say("Periksa sertifikat", "Check a certificate"), Body: []Component{Para{say("Siapa pun boleh memeriksa, tanpa akun.", "Anyone may, without an account.")}, LinkButton{Text: say("Periksa", "Check"), URL: "#", Tone: Main}}},
			Card{Title: say("Untuk petugas", "For staff"), Tone: Main, Body: []Component{Para{say("Dinas, LSP, asesor dan komite teknis.", "Offices, LSPs, assessors and committees.")}, LinkButton{Text: say("Masuk", "Sign in"), URL: "#"}}}}}}}}},
		{"tabs", say("Bagian halaman", "Tabs"), []Component{Tabs{[]Link{{Text: say("Semua", "All"), URL: "#"}, {Text: say("Perlu diperbaiki (3)", "To correct (3)"), URL: "#", Current: true}, {Text: say("Baik (27)", "Good (27)"), URL: "#"}}}}},
		{"stepper", say("Langkah", "Steps"), []Component{Stepper{[]Step{
			{say("Program dibuka", "Opened"), "done"}, {say("Daftar diunggah", "List uploaded"), "done"}, {say("Daftar dirapikan", "List cleaned"), "current"}, {say("Permohonan dibuat", "Applications made"), "todo"}, {say("Uji kompetensi", "Assessed"), "todo"}, {say("Sertifikat terbit", "Issued"), "todo"}}}}},
		{"timeline", say("Riwayat", "History"), []Component{Timeline{[]Moment{
			{When: say("3 Desember 2026 pukul 09.12 WIB", "3 December 2026 at 09:12 WIB"), Title: say("Permohonan dikirim", "Application sent"), Text: "Bagus Prasetyo"},
			{When: say("4 Desember 2026 pukul 14.30 WIB", "4 December 2026 at 14:30 WIB"), Title: say("Dikembalikan untuk dilengkapi", "Returned for completion"), Text: say("Foto KTP buram.", "The photo of the card is blurred."), Tone: Warn},
			{When: say("5 Desember 2026 pukul 08.05 WIB", "5 December 2026 at 08:05 WIB"), Title: say("Diterima", "Accepted"), Text: say("Sekar Arum, admin LSP", "Sekar Arum, LSP administrator"), Tone: Good}}}}},
		{"preview", say("Dikirim dan dibaca", "Sent and read"), []Component{Preview{[]PreviewCell{
			{Label: say("Nama", "Name"), Sent: "Bagus Prasetyo", Read: "Bagus Prasetyo", Same: true},
			{Label: say("Tanggal lahir", "Date of birth"), Sent: "6/4/94", Read: say("6 April 1994", "6 April 1994"), Problems: []Notice{{Tone: Warn, Text: say("Tanggal dan bulan dapat tertukar. Pastikan.", "Day and month may be swapped. Make sure.")}}},
			{Label: "NIK", Sent: "33740604940O0001", Problems: []Notice{{Tone: Bad, Text: say("NIK memuat huruf. Ganti dengan angka, misalnya huruf O menjadi 0.", "The NIK has a letter in it. Write the figure 0 for the letter O.")}}},
			{Label: say("No HP", "Phone"), Sent: "0812 3456 789", Read: "+62 812-3456-789"}}}}},
		{"verdict-valid", say("Periksa: berlaku", "Check: valid"), []Component{verdict(say, Good, "✓", "Sertifikat berlaku", "This certificate is valid", say("Berlaku sampai 14 Desember 2029.", "Valid until 14 December 2029."))}},
		{"verdict-expired", say("Periksa: berakhir", "Check: expired"), []Component{verdict(say, Warn, "!", "Masa berlaku sudah berakhir", "This certificate has expired", say("Berakhir pada 14 Desember 2025.", "It ended on 14 December 2025."))}},
		{"verdict-suspended", say("Periksa: dibekukan", "Check: suspended"), []Component{verdict(say, Warn, "!", "Sertifikat sedang dibekukan", "This certificate is suspended", say("Untuk sementara tidak boleh dipakai.", "It may not be used for the time being."))}},
		{"verdict-revoked", say("Periksa: dicabut", "Check: revoked"), []Component{verdict(say, Bad, "✕", "Sertifikat sudah dicabut", "This certificate has been revoked", say("Tidak berlaku lagi sejak 2 Maret 2027.", "No longer valid since 2 March 2027."))}},
		{"verdict-not-found", say("Periksa: tidak ditemukan", "Check: not found"), []Component{verdict(say, Plain, "?", "Sertifikat tidak ditemukan", "No such certificate", say("Periksa lagi kode atau nomornya. Bila tetap tidak ada, sertifikat itu bukan dari kami.", "Check the code or number again. If it is still not there, the certificate is not ours."))}},
	}
}

func verdict(say tongue, tone Tone, sign, id, en, then string) Verdict {
	return Verdict{Tone: tone, Sign: sign, Title: say(id, en), Also: say(en, id), Text: then}
}

func pageStories(say tongue) []Story {
	return []Story{
		{"page-signin", say("Halaman: masuk", "Page: sign in"), []Component{
			Head{Title: say("Masuk", "Sign in"), Lead: say("Dengan e-mail atau nomor HP yang didaftarkan organisasi Anda.", "With the e-mail address or phone number your organisation registered.")},
			Card{Body: []Component{Form{URL: "#", Submit: say("Masuk", "Sign in"), Fields: []Component{
				Field{Kind: "text", Name: "login", Label: say("E-mail atau nomor HP", "E-mail or phone number"), Required: true, Auto: "username"},
				Field{Kind: "password", Name: "password", Label: say("Kata sandi", "Password"), Required: true, Auto: "current-password"}}}}}}},
		{"page-check", say("Halaman: hasil pemeriksaan", "Page: a certificate checked"), []Component{
			verdict(say, Good, "✓", "Sertifikat berlaku", "This certificate is valid", say("Berlaku sampai 14 Desember 2029.", "Valid until 14 December 2029.")),
			Card{Title: say("Pada sertifikat", "On the certificate"), Body: []Component{Facts{[]Fact{
				{Term: say("Pemegang", "Holder"), Text: "Bagus P*******"}, {Term: say("Nomor", "Number"), Text: "45201 5131 4 0001234 2026"},
				{Term: say("Skema", "Scheme"), Text: say("Mekanik Sepeda Motor Level II", "Motorcycle Mechanic, Level II")}, {Term: say("Diterbitkan oleh", "Issued by"), Text: "LSP Otomotif Nusantara"},
				{Term: say("Tanggal terbit", "Date of issue"), Text: say("15 Desember 2026", "15 December 2026")}}}}},
			Details{Summary: say("12 unit kompetensi", "12 units of competence"), Body: []Component{Para{say("Unit pada sertifikat ini tercetak pada lampirannya.", "The units of this certificate are printed on its annex.")}}}}},
		{"page-error", say("Halaman: ada yang salah", "Page: something is wrong"), []Component{
			Head{Title: say("Data ini sudah berubah", "This has changed meanwhile")},
			Notice{Tone: Bad, Text: say("Orang lain lebih dulu mengubah data ini. Muat ulang halaman, lalu ulangi perubahan Anda.", "Someone else changed this first. Reload the page and make your change again.")},
			LinkButton{Text: say("Kembali", "Back"), URL: "#"}}},
	}
}
