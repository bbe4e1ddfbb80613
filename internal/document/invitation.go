package document

import (
	"kompeten/internal/date"
	"kompeten/internal/text"
)

// InvitationLetter tells one person, in plain words and large print, how to open the own application: by the code
// for a telephone's camera, or by typing a short address. One page for each person.
type InvitationLetter struct {
	About
	From      string // the office that invites
	Name      string
	Programme string
	Scheme    string
	HeldOn    date.Date // empty while no day is fixed
	Starts    string
	Place     string
	Link      string    // what the QR code holds
	ShortLink string    // what one types; empty: the link itself
	OpenUntil date.Date // the last day of the link
	Bring     []string  // empty: identity card, telephone, certificates of school or training
	Contact   string    // whom to ask
	Free      bool      // the candidate pays nothing
}

// PDF is the letter as a file.
func (i InvitationLetter) PDF() ([]byte, error) { return i.Layout().PDF() }

// Layout sets the letter on one page.
func (i InvitationLetter) Layout() Layout {
	t := i.letter(word(i.Lang, "invitation.title"), i.Programme)
	t.left, t.right = 22, 188
	t.page(i.Name)
	t.y = 16
	t.para("plain.small", i.From)
	t.gap(3)
	t.para("plain.title", t.word("invitation.title"))
	t.gap(2)
	t.hello(i.Name)
	t.para("plain", t.word("invitation.chosen", i.Scheme))
	t.gap(4)
	i.facts(t)
	i.scan(t)
	i.bring(t)
	t.gap(3)
	if i.Free {
		t.para("plain", t.word("invitation.free"))
	}
	if i.Contact != "" {
		t.gap(2.5)
		t.para("plain.bold", t.word("invitation.ask", i.Contact))
	}
	return t.done()
}

// hello sets the name, smaller when it is long, so that the letter stays on one page.
func (t *letter) hello(name string) {
	st, lines := style("plain.bold", 0).fitted(t.word("invitation.hello", name), t.width(), []float64{14, 12, 10, 8}, 14)
	for _, line := range lines {
		t.s.put(Text{X: t.left, Y: t.y + st.Size*mmPerPoint*0.8, Style: "plain.bold", Size: st.Size, S: line})
		t.y += st.step()
	}
	t.gap(1)
}

// facts are day, hour and place, in a box that is found again at once.
func (i InvitationLetter) facts(t *letter) {
	when := t.word("invitation.no_day")
	if i.HeldOn.Valid() {
		when = text.Weekday(t.Lang, i.HeldOn)
		if i.Starts != "" {
			when += ", " + t.word("from_time", i.Starts)
		}
	}
	top := t.y
	at := len(t.s.Items)
	t.y += 3.5
	for _, r := range [][2]string{{"invitation.when", when}, {"invitation.where", i.Place}} {
		if r[1] != "" {
			t.s.put(Text{X: t.left + 5, Y: t.y + 4, Style: "plain.small", S: t.word(r[0])})
			t.at("plain.bold", t.left+32, t.width()-36, r[1])
			t.gap(1)
		}
	}
	t.y += 1.5
	box := Box{X: t.left, Y: top, W: t.width(), H: t.y - top, Fill: &Shade}
	t.s.Items = append(t.s.Items[:at:at], append([]Item{box}, t.s.Items[at:]...)...)
	t.gap(5)
}

// scan has the code at the right and what to do beside it, step by step.
func (i InvitationLetter) scan(t *letter) {
	const qr = 50.0
	x, top := t.right-qr, t.y
	t.s.put(Code{X: x, Y: top + 1, Size: qr, Content: i.Link}, Link{X: x, Y: top + 1, W: qr, H: qr, URL: i.Link})
	short := i.ShortLink
	if short == "" {
		short = i.Link
	}
	width := t.width() - qr - 8
	t.step(1, t.word("invitation.step1"), width)
	t.step(2, t.word("invitation.step2"), width)
	t.step(3, t.word("invitation.step3"), width)
	t.y = max(t.y, top+qr+4)
	t.para("plain.small", t.word("invitation.type"))
	t.para("plain.link", bare(short))
	if i.OpenUntil.Valid() {
		t.para("plain.small", t.word("invitation.until", i.OpenUntil))
	}
	t.para("plain.small", t.word("invitation.own"))
	t.gap(4)
}

func (t *letter) step(n int, s string, width float64) {
	t.s.put(Text{X: t.left, Y: t.y + 5.2, Style: "plain.step", S: itoa(n)})
	t.at("plain", t.left+9, width-9, s)
	t.gap(2)
}

func (i InvitationLetter) bring(t *letter) {
	rows := i.Bring
	if len(rows) == 0 {
		rows = []string{t.word("invitation.bring1"), t.word("invitation.bring2"), t.word("invitation.bring3")}
	}
	t.para("plain.step", t.word("invitation.bring"))
	t.gap(1)
	for _, r := range rows {
		t.s.put(Box{X: t.left + 0.6, Y: t.y + 1, W: 3.8, H: 3.8, Stroke: &Navy, Line: 0.9})
		t.at("plain", t.left+9, t.width()-9, r)
		t.gap(0.8)
	}
}

// Join makes one document of many, to print all letters of a programme at once.
func Join(title string, all []Layout) Layout {
	var out Layout
	for i, l := range all {
		if i == 0 {
			out = l
			out.Title, out.Pages = title, nil
		}
		out.Pages = append(out.Pages, l.Pages...)
	}
	return out
}
