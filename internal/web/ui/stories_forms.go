package ui

func formStories(say tongue) []Story {
	return []Story{
		{"form", say("Formulir", "A form"), []Component{newProgramme(say, "", "")}},
		{"form-wrong", say("Formulir yang perlu diperbaiki", "A form to be corrected"), []Component{newProgramme(say,
			say("Isi kuota antara 1 dan 1.000.000.", "Give a number of seats between 1 and 1,000,000."), say("Wajib diisi.", "This is required."))}},
		{"choices", say("Pilihan", "Choices"), []Component{Form{URL: "#", Submit: say("Simpan", "Save"), Fields: []Component{
			Field{Kind: "radio", Name: "funding", Label: say("Sumber dana", "Funding"), Required: true, Value: "2", Options: []Option{
				{Value: "1", Text: "APBN"}, {Value: "2", Text: "APBD", Help: say("Anggaran kabupaten atau kota", "Budget of the regency or city")}, {Value: "5", Text: say("Biaya sendiri", "Self-paid")}}},
			Field{Kind: "checks", Name: "purpose", Label: say("Saya setuju data saya dipakai untuk", "I agree that my data are used for"), Values: []string{"assessment"}, Options: []Option{
				{Value: "assessment", Text: say("Uji kompetensi", "The assessment"), Help: say("Wajib, agar dapat diuji", "Required to be assessed")},
				{Value: "register", Text: say("Daftar sertifikat umum", "The public register of certificates")}}}}}}},
		{"upload", say("Kirim berkas", "Send a file"), []Component{Form{URL: "#", Upload: true, Submit: say("Unggah", "Upload"), Fields: []Component{
			Field{Kind: "file", Name: "list", Label: say("Daftar peserta", "Participant list"), Required: true, Accept: ".xlsx,.csv",
				Help: say("Excel (.xlsx) atau CSV, paling besar 50 MB. Tarik berkas ke sini, atau pilih.", "Excel (.xlsx) or CSV, 50 MB at most. Drop a file here, or choose one.")}}}}},
		{"judge", say("Menilai kriteria", "Judging criteria"), []Component{
			criterion(say, "1.1", say("Alat ukur dipilih sesuai buku pedoman.", "Measuring tools are chosen according to the manual."), "yes", ""),
			criterion(say, "1.2", say("Celah katup diukur dan disetel sesuai spesifikasi pabrik.", "Valve clearance is measured and set to the maker's specification."), "no", say("Celah katup buang 0,20 mm, seharusnya 0,12 mm.", "Exhaust valve at 0.20 mm; should be 0.12 mm.")),
			criterion(say, "1.3", say("Hasil pekerjaan dicatat pada kartu servis.", "The work is recorded on the service card."), "", "")}},
		{"checklist", say("Daftar persyaratan", "Requirements"), []Component{Checklist{Caption: say("Persyaratan dasar", "Basic requirements"), Items: []Check{
			{State: "meets", Text: say("Umur paling sedikit 17 tahun", "At least 17 years old")},
			{State: "fails", Text: say("Fotokopi KTP", "Copy of the identity card"), Note: say("Foto buram, NIK tidak terbaca. Foto ulang di tempat terang.", "The photo is blurred. Take it again in good light.")},
			{State: "missing", Text: say("Bukti bekerja sebagai mekanik paling sedikit 1 tahun", "Proof of at least 1 year's work as a mechanic")},
			{Text: say("Surat sehat", "Health certificate")}}}}},
		{"plate", say("Kode untuk disalin", "A code to copy"), []Component{Plate{say("Tautan undangan, berlaku 14 hari", "Invitation link, valid for 14 days"), "https://kompeten.example/invite/7Q4M-X9TD-2KFA"}}},
		{"qr", say("Kode QR dan aplikasi di perangkat ini", "A QR code and an app on this device"), []Component{Card{Title: say("Pindai dengan dompet digital", "Scan with the wallet"), Tone: Main, Body: []Component{
			QR{say("Kode QR untuk dompet digital", "QR code for the wallet"), squares("#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######")},
			AppLink{say("Buka dompet digital", "Open the wallet"), "openid-credential-offer://?credential_offer_uri=contoh"}}}}},
	}
}

// squares are rows of a code, # for dark.
func squares(rows ...string) (out [][]bool) {
	for _, r := range rows {
		row := make([]bool, len(r))
		for i := range r {
			row[i] = r[i] == '#'
		}
		out = append(out, row)
	}
	return out
}

func newProgramme(say tongue, seats, title string) Form {
	top, name := "", say("Sertifikasi mekanik sepeda motor", "Certification of motorcycle mechanics")
	if title != "" {
		top, name = say("Ada isian yang perlu diperbaiki.", "Please correct what is marked."), ""
	}
	return Form{URL: "#", Error: top, Submit: say("Simpan program", "Save the programme"), Fields: []Component{
		Field{Kind: "text", Name: "title", Label: say("Nama program", "Title"), Required: true, Value: name, Error: title},
		Field{Kind: "select", Name: "lsp", Label: "LSP", Required: true, Value: "1", Options: []Option{{Value: "1", Text: "LSP Otomotif Nusantara"}, {Value: "2", Text: "LSP Jasa Kebersihan Indonesia"}}},
		Field{Kind: "number", Name: "seats", Label: say("Kuota peserta", "Seats"), Required: true, Value: "0", Error: seats, Mode: "numeric"},
		Field{Kind: "rupiah", Name: "budget", Label: say("Anggaran", "Budget"), Value: "27000000", Help: say("Seluruhnya, dalam rupiah", "In all, in rupiah")},
		Field{Kind: "date", Name: "held", Label: say("Tanggal uji", "Day of the test"), Required: true, Value: "2026-12-12"},
		Field{Kind: "email", Name: "mail", Label: "E-mail", Auto: "email", Help: say("Untuk kabar tentang program ini", "For news of this programme")},
		Field{Kind: "textarea", Name: "note", Label: say("Catatan", "Note")}}}
}

func criterion(say tongue, no, label, value, note string) Judge {
	return Judge{Name: "c" + no, No: no, Label: label, Value: value, Notes: true, Note: note, Options: []Option{
		{Value: "yes", Text: say("Ya", "Yes")}, {Value: "no", Text: say("Tidak", "No")}, {Value: "none", Text: say("Tidak teramati", "Not observed")}}}
}
