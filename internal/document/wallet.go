package document

import "kompeten/internal/date"

// WalletLetter tells a holder, in plain words and large print, how to open her certificates with a telephone. One page.
type WalletLetter struct {
	About
	Name      string
	Link      string    // what the QR code holds, and what one types
	OpenUntil date.Date // the last day of the link
	Contact   string    // whom to ask, and whom to tell when the letter is lost
}

// PDF is the letter as a file.
func (w WalletLetter) PDF() ([]byte, error) { return w.Layout().PDF() }

// Layout sets the letter on one page.
func (w WalletLetter) Layout() Layout {
	t := w.letter(word(w.Lang, "wallet.title"), w.Body.Name)
	t.left, t.right = 22, 188
	t.page(w.Name)
	t.y = 16
	t.para("plain.small", w.Body.Name)
	t.gap(3)
	t.para("plain.title", t.word("wallet.title"))
	t.gap(2)
	t.hello(w.Name)
	t.para("plain", t.word("wallet.lead"))
	t.gap(5)
	const qr = 56.0
	x, top := t.right-qr, t.y
	t.s.put(Code{X: x, Y: top + 1, Size: qr, Content: w.Link}, Link{X: x, Y: top + 1, W: qr, H: qr, URL: w.Link})
	for i, key := range []string{"wallet.step1", "wallet.step2", "wallet.step3"} {
		t.step(i+1, t.word(key), t.width()-qr-8)
	}
	t.y = max(t.y, top+qr+4)
	t.para("plain.small", t.word("invitation.type"))
	t.para("plain.link", bare(w.Link))
	t.para("plain.small", t.word("wallet.until", w.OpenUntil))
	t.gap(6)
	t.para("plain.step", t.word("wallet.can"))
	t.gap(1)
	for _, key := range []string{"wallet.can1", "wallet.can2", "wallet.can3"} {
		t.s.put(Box{X: t.left + 0.6, Y: t.y + 1, W: 3.8, H: 3.8, Stroke: &Navy, Line: 0.9})
		t.at("plain", t.left+9, t.width()-9, t.word(key))
		t.gap(0.8)
	}
	t.gap(4)
	t.para("plain.bold", t.word("wallet.care", w.Contact))
	return t.done()
}
