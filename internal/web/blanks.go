package web

import (
	"net/url"

	"kompeten/internal/auth"
	"kompeten/internal/date"
	"kompeten/internal/db"
	"kompeten/internal/flow"
	"kompeten/internal/licence"
	"kompeten/internal/web/ui"
)

func (x *visit) blanks() error { return x.showBlanks(attempt{}) }

// showBlanks is an LSP's ledger of blanks: what is left, what came in, and what became of each.
func (x *visit) showBlanks(try attempt) error {
	var b certifier
	var runs []licence.Run
	var gone []licence.Blank
	after := x.r.URL.Query().Get("after")
	err := x.read(func(tx *db.Tx) (err error) {
		if b, err = x.certifier(tx); err != nil {
			return err
		}
		if runs, err = licence.Runs(tx, x.actor, b.org.ID); err != nil {
			return err
		}
		gone, err = licence.Blanks(tx, x.actor, b.org.ID, after)
		return err
	})
	if err != nil {
		return err
	}
	u := licenceURL(b.org.ID) + "/blanks"
	var left, in int64
	received := ui.Table{Caption: x.t("blank.runs"), Columns: []ui.Column{{Text: x.t("blank.run")}, {Text: x.t("blank.received")}, {Text: x.t("blank.next")}, {Text: x.t("blank.left"), Num: true}}, Empty: ui.Empty{Title: x.t("blank.none"), Text: x.t("blank.none_text")}}
	for _, r := range runs {
		left, in = left+r.Left, in+r.Last-r.First+1
		received.Rows = append(received.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Serial(r.First) + " – " + r.Serial(r.Last)}, {Text: x.day(r.ReceivedOn)}, {Text: r.Next}, {Text: x.num(int(r.Left))}}})
	}
	figures := ui.Figures{Items: []ui.Figure{{Value: x.num(int(left)), Label: x.t("blank.left"), Tone: stockTone(left)}, {Value: x.num(int(in)), Label: x.t("blank.in")}, {Value: x.num(int(in - left)), Label: x.t("blank.out")}}}
	parts := []ui.Component{ui.Head{Over: b.org.Name, Title: x.t("manage.blanks"), Lead: x.t("blank.lead")}, x.licenceTabs(b.org.ID, "/blanks"), figures}
	if left < lowStock && len(runs) > 0 {
		parts = append(parts, ui.Notice{Tone: ui.Warn, Text: x.t("blank.low")})
	}
	parts = append(parts, received)
	if offered(licence.Offers(x.flowCase(), b.org.ID, flow.None), "receive_blanks") {
		parts = append(parts, ui.Details{Summary: x.t("action.licence.receive_blanks"), Open: try.form == "receive" || len(runs) == 0, Body: []ui.Component{x.receiveForm(b, u, try.of("receive"))}})
	}
	if len(runs) > 0 && offered(licence.Offers(x.flowCase(), b.org.ID, "active"), "spoil_blank") {
		parts = append(parts, ui.Details{Summary: x.t("blank.off"), Open: try.form == "off", Body: []ui.Component{x.offForm(u, try.of("off"))}})
	}
	return x.page(x.t("manage.blanks"), append(parts, x.blankTable(gone, u, after))...)
}

// lowStock is how many blanks are few: about as many as one large programme needs.
const lowStock = 100

func stockTone(left int64) ui.Tone {
	if left < lowStock {
		return ui.Warn
	}
	return ui.Good
}

func (x *visit) receiveForm(b certifier, u string, wrong error) ui.Component {
	f := x.form2(wrong)
	return ui.Form{URL: u + "/receive", Error: f.top, Submit: x.t("action.licence.receive_blanks"), Fields: []ui.Component{x.helped(f.labelled("text", "prefix", "blank.prefix", "", false), "blank.prefix_help"),
		f.labelled("number", "width", "blank.width", "6", true), f.labelled("number", "first", "blank.first", "", true), f.labelled("number", "last", "blank.last", "", true), f.labelled("date", "received_on", "blank.received", string(b.today), true)}}
}

func (x *visit) offForm(u string, wrong error) ui.Component {
	f := x.form2(wrong)
	return ui.Form{URL: u + "/off", Error: f.top, Submit: x.t("blank.off"), Fields: []ui.Component{x.helped(f.labelled("text", "serial", "blank.serial", "", true), "blank.serial_help"),
		f.picked("state", "blank.became", "spoiled", true, options(x, "blank.state.", "spoiled", "returned", "lost", "void")), f.labelled("textarea", "reason", "ui.reason", "", true)}}
}

var blankTones = map[flow.State]ui.Tone{"used": ui.Good, "spoiled": ui.Warn, "returned": ui.Info, "lost": ui.Bad, "void": ui.Warn}

func (x *visit) blankTable(gone []licence.Blank, u, after string) ui.Component {
	t := ui.Table{Caption: x.t("blank.gone"), Columns: []ui.Column{{Text: x.t("blank.serial")}, {Text: x.t("list.status")}, {Text: x.t("blank.when")}, {Text: x.t("ui.reason")}}, Empty: ui.Empty{Title: x.t("blank.none_gone"), Text: x.t("blank.none_gone_text")}}
	if len(gone) > licence.BlanksAtOnce {
		gone = gone[:licence.BlanksAtOnce]
		t.Next = u + "?after=" + url.QueryEscape(gone[len(gone)-1].Serial)
	}
	if after != "" {
		t.First = u
	}
	for _, b := range gone {
		serial := ui.Cell{Text: b.Serial}
		if b.Certificate != "" && LSPStaff.admit(x.actor) == nil {
			serial.URL = "/certificates/" + b.Certificate
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{serial, {Chip: &ui.Chip{Text: x.t("blank.state." + string(b.State)), Tone: blankTones[b.State]}}, {Text: x.when(b.At.Time)}, {Text: b.Reason}}})
	}
	return t
}

func (x *visit) blanksReceive() error {
	org := auth.OrgID(x.id("org"))
	r := licence.Range{Prefix: x.form("prefix"), Width: x.int("width"), First: int64(x.int("first")), Last: int64(x.int("last")), ReceivedOn: date.Date(x.form("received_on"))}
	err := x.Licences.ReceiveBlanks(x.r.Context(), x.actor, org, r)
	if invalid(err) {
		return x.showBlanks(attempt{"receive", err})
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/blanks", "saved")
}

func (x *visit) blankOff() error {
	org, ctx, serial, state, reason := auth.OrgID(x.id("org")), x.r.Context(), x.form("serial"), x.form("state"), x.form("reason")
	var err error
	if state == "spoiled" {
		err = x.Licences.SpoilBlank(ctx, x.actor, org, serial, reason)
	} else {
		err = x.Licences.WriteOffBlank(ctx, x.actor, org, serial, state, reason)
	}
	if invalid(err) {
		return x.showBlanks(attempt{"off", err})
	}
	if err != nil {
		return err
	}
	return x.see(licenceURL(org)+"/blanks", "saved")
}
