package ui

import "kompeten/internal/text"

// Story is one named state of a component or a page with sample content, shown at /storybook and kept in golden
// files, so that a change of the design is seen before it is committed.
type Story struct {
	Name  string // in the address and the golden file: "table-empty"
	Title string
	Body  []Component
}

// Stories lists every component in every state, in the order they are shown.
func Stories(l text.Lang) []Story {
	say := saying(l)
	var out []Story
	for _, chapter := range []func(tongue) []Story{basicStories, formStories, listStories, caseStories, pageStories} {
		out = append(out, chapter(say)...)
	}
	return out
}

// tongue says a sample text in the reader's language.
type tongue func(id, en string) string

func saying(l text.Lang) tongue {
	return func(id, en string) string {
		if l == text.EN {
			return en
		}
		return id
	}
}

// Storybook is the page of one story, or of all when no name is given; ok says whether there is such a story.
func Storybook(sh Shell, name string) (p Page, ok bool) {
	all := Stories(sh.Lang)
	p.Shell = sh
	if name == "" {
		p.Body = storyList(sh.Lang, all)
		return p, true
	}
	for _, s := range all {
		if s.Name == name {
			p.Shell.Title = s.Title
			p.Shell.Crumbs = []Link{{Text: "Storybook", URL: "/storybook"}, {Text: s.Title, URL: "/storybook/" + s.Name}}
			p.Body = s.Body
			return p, true
		}
	}
	return p, false
}

func storyList(l text.Lang, all []Story) []Component {
	say := saying(l)
	body := []Component{Head{Over: "Kompeten", Title: "Storybook", Lead: say(
		"Setiap bagian halaman dalam setiap keadaannya. Halaman produk hanya dibuat dari bagian-bagian ini.",
		"Every part of a page in every state. The product's pages are made of these parts and of nothing else.")}}
	var alone Facts
	for _, s := range all {
		alone.Items = append(alone.Items, Fact{Term: s.Name, Text: s.Title, URL: "/storybook/" + s.Name})
	}
	body = append(body, Details{Summary: say("Buka satu saja", "Open one alone"), Body: []Component{alone}})
	for _, s := range all {
		body = append(body, Section{Title: s.Title, ID: s.Name, Body: s.Body})
	}
	return body
}

func basicStories(say tongue) []Story {
	return []Story{
		{"head", say("Kepala halaman", "Head of a page"), []Component{Head{
			Over:    say("Program · 2026", "Programme · 2026"),
			Title:   say("Sertifikasi mekanik sepeda motor, Kota Semarang", "Certification of motorcycle mechanics, Semarang City"),
			Lead:    say("30 mekanik dari 11 kecamatan, diuji di TUK Bengkel Simpang Lima pada Sabtu, 12 Desember 2026.", "30 mechanics of 11 districts, tested at TUK Bengkel Simpang Lima on Saturday, 12 December 2026."),
			Chips:   []Chip{{say("Terbuka", "Open"), Info}, {say("28 dari 30 tempat", "28 of 30 seats"), Plain}},
			Actions: []Component{Button{Text: say("Kunci daftar peserta", "Freeze the list"), URL: "#", Tone: Main}, LinkButton{Text: say("Cetak surat", "Print letters"), URL: "#"}},
		}}},
		{"chips", say("Keping status", "Status chips"), []Component{Chips{[]Chip{
			{say("Draf", "Draft"), Plain}, {say("Terkirim", "Sent"), Info}, {say("Diterima", "Accepted"), Good}, {say("Dikembalikan", "Returned"), Warn}, {say("Dicabut", "Revoked"), Bad}}}}},
		{"notices", say("Pemberitahuan", "Notices"), []Component{
			Notice{Tone: Info, Text: say("Kunci daftar sebelum surat undangan dicetak.", "Freeze the list before invitations are printed.")},
			Notice{Tone: Good, Title: say("Tersimpan.", "Saved."), Text: say("28 permohonan dibuat. Cetak suratnya, lalu bagikan.", "28 applications were made. Print the letters and hand them out.")},
			Notice{Tone: Warn, Title: say("Dua baris perlu dipastikan.", "Two rows need a look."), Items: []string{say("Baris 7: tanggal dan bulan dapat tertukar", "Row 7: day and month may be swapped"), say("Baris 19: kecamatan salah tulis", "Row 19: the district is misspelt")}},
			Notice{Tone: Bad, Title: say("Jadwal belum dapat ditugaskan.", "The schedule cannot be assigned yet."), Text: say("TUK belum diverifikasi untuk skema ini pada hari uji.", "The test place is not verified for this scheme on the day.")},
		}},
		{"buttons", say("Tombol", "Buttons"), []Component{Actions{[]Component{
			Button{Text: say("Terima permohonan", "Accept"), URL: "#", Tone: Main},
			LinkButton{Text: say("Unduh daftar", "Download the list"), URL: "#"},
			LinkButton{Text: say("Kembali", "Back"), URL: "#", Tone: Quiet},
			Button{Text: say("Tolak permohonan", "Reject"), URL: "#", Tone: Bad, Reason: say("Alasan, seperti yang akan dibaca pemohon", "Reason, as the applicant will read it")},
		}}}},
		{"button-grey", say("Tombol yang belum dapat dipakai", "A button that cannot be used yet"), []Component{Button{
			Text: say("Tugaskan asesor", "Assign the assessors"), Tone: Main, Why: []string{
				say("TUK harus sudah diverifikasi untuk skema ini pada hari uji.", "The test place must be verified for this scheme on the day."),
				say("Tempatkan paling sedikit satu peserta.", "Seat at least one candidate.")}}}},
		{"confirm", say("Penegasan", "Confirmation"), []Component{Confirm{
			Title: say("Cabut sertifikat ini?", "Revoke this certificate?"),
			Text:  say("Sertifikat tidak berlaku lagi sejak saat ini, dan siapa pun yang memeriksanya akan melihatnya. Pencabutan tidak dapat dibatalkan.", "The certificate ceases to be valid at once, and everyone who checks it will see that. This cannot be undone."),
			Facts: []Fact{{Term: say("Nomor", "Number"), Text: "45201 5131 4 0001234 2026"}, {Term: say("Pemegang", "Holder"), Text: "Bagus Prasetyo"}},
			Yes:   Button{Text: say("Cabut sertifikat", "Revoke it"), URL: "#", Tone: Bad, Reason: say("Alasan pencabutan", "Reason")},
			Back:  Link{Text: say("Tidak jadi", "Keep it"), URL: "#"}}}},
		{"empty", say("Belum ada isi", "Nothing here yet"), []Component{Empty{
			Title:  say("Belum ada daftar peserta", "No participant list yet"),
			Text:   say("Unggah daftar apa adanya, dalam Excel atau CSV. Kolom dan judulnya dicari sendiri, dan tidak ada yang hilang.", "Upload the list as you have it, in Excel or CSV. Its columns are found by themselves, and nothing is lost."),
			Action: &LinkButton{Text: say("Unggah daftar", "Upload the list"), URL: "#", Tone: Main}}}},
	}
}
