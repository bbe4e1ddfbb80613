package web

import (
	"slices"
	"strconv"
	"strings"

	"kompeten/internal/db"
	"kompeten/internal/fault"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/sheet"
	"kompeten/internal/web/ui"
)

// listPage shows an office's list: what was understood, what waits, and where to send a corrected file.
func (x *visit) listPage() error { return x.showList(nil) }

func (x *visit) showList(wrong error) error {
	p, err := x.getProgramme()
	if err != nil {
		return err
	}
	q := x.r.URL.Query()
	after, _ := strconv.Atoi(q.Get("after"))
	f := programme.Filter{After: after, AfterID: q.Get("id"), Limit: 51}
	switch show := q.Get("show"); show {
	case "error", "warning":
		f.State, f.Worst = programme.RowWaiting, show
	case "good", "nominated", "dropped":
		f.State = show
	}
	rows, err := x.Programmes.Rows(x.r.Context(), x.actor, p.ID, f)
	if err != nil {
		return err
	}
	var c programme.Counts
	var ups []programme.Upload
	err = x.read(func(tx *db.Tx) (err error) {
		if c, err = programme.CountRows(tx, x.actor, p.ID); err != nil {
			return err
		}
		ups, err = programme.Uploads(tx, x.actor, p.ID)
		return err
	})
	if err != nil {
		return err
	}
	url := "/programmes/" + string(p.ID)
	head := ui.Head{Over: p.Title, Title: x.t("list.title"), Lead: x.t("list.lead")}
	if len(ups) > 0 {
		head.Actions = []ui.Component{ui.LinkButton{Text: x.t("list.remarks"), URL: url + "/list/remarks"}}
		if c.Good > 0 {
			head.Actions = append([]ui.Component{ui.LinkButton{Text: x.t("list.nominate", c.Good), URL: url + "/nominate", Tone: ui.Main}}, head.Actions...)
		}
	}
	body := []ui.Component{head}
	if p.State == programme.Draft || p.State == programme.Open {
		body = append(body, x.uploadCard(url, ups, wrong))
	}
	if len(ups) > 0 {
		body = append(body, x.listTabs(url, q.Get("show"), c), x.listTable(url, q.Get("show"), rows))
	}
	return x.page(x.t("list.title"), body...)
}

func (x *visit) uploadCard(url string, ups []programme.Upload, wrong error) ui.Component {
	file := ui.Field{Kind: "file", Name: "file", Label: x.t("list.file"), Help: x.t("list.file_help"), Required: true, Accept: ".xlsx,.xlsm,.csv"}
	form := ui.Form{URL: url + "/list", Error: x.form2(wrong).top, Upload: true, Submit: x.t("list.send"), Fields: []ui.Component{file}}
	if len(ups) == 0 {
		return ui.Card{Title: x.t("list.first"), Tone: ui.Main, Body: []ui.Component{ui.Para{Text: x.t("list.first_text")}, form}}
	}
	last := ups[0]
	body := []ui.Component{ui.Para{Text: x.t("list.again_text")}, form}
	for _, t := range last.Tables {
		facts := ui.Facts{}
		for _, f := range order {
			if w := t.Columns[f]; w != "" {
				facts.Items = append(facts.Items, ui.Fact{Term: x.t("field." + string(f)), Text: w})
			}
		}
		body = append(body, ui.Details{Summary: x.t("list.found", t.Sheet, t.Header, t.Rows), Body: []ui.Component{facts}})
	}
	return ui.Details{Summary: x.t("list.again", last.FileName, x.when(last.At.Time)), Open: wrong != nil, Body: body}
}

// order is how the fields of a row are shown.
var order = []sheet.Field{sheet.No, sheet.Name, sheet.NIK, sheet.Born, sheet.BirthPlace, sheet.BirthDate, sheet.Sex, sheet.Address, sheet.District, sheet.Phone, sheet.Email,
	sheet.Education, sheet.Sector, sheet.Business, sheet.Extra}

func (x *visit) listTabs(url, show string, c programme.Counts) ui.Component {
	tab := func(key string, n int) ui.Link {
		return ui.Link{Text: x.t("list.tab."+key) + " (" + x.num(n) + ")", URL: url + "/list?show=" + key, Current: show == key}
	}
	all := ui.Link{Text: x.t("list.tab.all"), URL: url + "/list", Current: show == ""}
	return ui.Tabs{Items: []ui.Link{all, tab("error", c.Errors), tab("warning", c.Warnings), tab("good", c.Good), tab("nominated", c.Nominated)}}
}

func (x *visit) listTable(url, show string, rows []programme.ListRow) ui.Component {
	t := ui.Table{Caption: x.t("list.title"), URL: url + "/list/confirm", Columns: []ui.Column{{Text: x.t("field.name")}, {Text: x.t("field.nik")}, {Text: x.t("field.birth_date")}, {Text: x.t("field.district")}, {Text: x.t("list.status")}, {Text: x.t("list.problems")}},
		Empty: ui.Empty{Title: x.t("list.empty"), Text: x.t("list.empty_text")}}
	if show == "warning" {
		t.Actions = []ui.SubmitButton{{Name: "what", Value: "chosen", Text: x.t("list.confirm"), Tone: ui.Main}, {Name: "what", Value: "all", Text: x.t("list.confirm_all")}}
	}
	for i, r := range rows {
		if i == 50 {
			last := rows[49]
			t.Next = url + "/list?show=" + show + "&after=" + strconv.Itoa(last.Row.Row) + "&id=" + last.ID
			break
		}
		chip := ui.Chip{Text: x.t("severity." + r.Worst), Tone: tones[r.Worst]}
		if r.State == programme.RowNominated || r.State == programme.RowDropped || r.State == programme.RowGood && r.Worst == "warning" {
			chip = x.chip("row", r.State)
		}
		words := ""
		for _, p := range r.Row.Problems {
			words += x.t("problem."+p.Code) + " "
		}
		name := r.Row.Name
		if name == "" {
			name = x.t("list.no_name")
		}
		nik := r.Row.NIK
		if nik == "" {
			nik = r.Row.Sent[sheet.NIK].Text
		}
		t.Rows = append(t.Rows, ui.Row{Select: r.ID, Cells: []ui.Cell{{Text: name, Sub: x.t("list.row", r.Row.Sheet, r.Row.Row), URL: "/rows/" + r.ID}, {Text: nik}, {Text: x.day(r.Row.BirthDate)},
			{Text: r.Row.District}, {Chip: &chip}, {Text: words}}})
	}
	return t
}

func (x *visit) listUpload() error {
	name, data, err := x.file(maxBody)
	if invalid(err) {
		return x.showList(fault.New(fault.Invalid, "sheet.empty_file").Because(err))
	}
	if err != nil {
		return err
	}
	pid := programme.ID(x.id("id"))
	res, err := x.Programmes.Upload(x.r.Context(), x.actor, pid, name, data)
	if invalid(err) {
		return x.showList(err)
	}
	if err != nil {
		return err
	}
	url := "/programmes/" + string(pid)
	fig := ui.Figures{Items: []ui.Figure{
		{Value: x.num(res.Total), Label: x.t("upload.total"), URL: url + "/list"}, {Value: x.num(res.New), Label: x.t("upload.new")}, {Value: x.num(res.Changed), Label: x.t("upload.changed")},
		{Value: x.num(res.Same), Label: x.t("upload.same")}, {Value: x.num(res.Errors), Label: x.t("severity.error"), URL: url + "/list?show=error", Tone: ui.Warn},
		{Value: x.num(res.Warnings), Label: x.t("severity.warning"), URL: url + "/list?show=warning"}, {Value: x.num(res.Clean), Label: x.t("severity.none"), URL: url + "/list?show=good", Tone: ui.Good}}}
	body := []ui.Component{ui.Head{Title: x.t("upload.done"), Lead: x.t("upload.lead")}, fig}
	if res.Missing > 0 {
		body = append(body, ui.Notice{Tone: ui.Info, Text: x.t("upload.missing", res.Missing)})
	}
	body = append(body, x.afterUpload(url, res))
	return x.page(x.t("upload.done"), body...)
}

// afterUpload leads to what is to be done first with a list.
func (x *visit) afterUpload(url string, res programme.UploadResult) ui.Component {
	switch {
	case res.Errors > 0:
		return ui.LinkButton{Text: x.t("upload.next"), URL: url + "/list?show=error", Tone: ui.Main}
	case res.Warnings > 0:
		return ui.LinkButton{Text: x.t("upload.next_warning"), URL: url + "/list?show=warning", Tone: ui.Main}
	}
	return ui.LinkButton{Text: x.t("list.nominate", res.Clean), URL: url + "/nominate", Tone: ui.Main}
}

func (x *visit) listConfirm() error {
	pid := programme.ID(x.id("id"))
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	ids := x.r.Form["row"]
	if x.form("what") == "all" {
		rows, err := x.Programmes.Rows(x.r.Context(), x.actor, pid, programme.Filter{State: programme.RowWaiting, Worst: "warning", Limit: 100_000})
		if err != nil {
			return err
		}
		ids = nil
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
	}
	if _, err := x.Programmes.ConfirmRows(x.r.Context(), x.actor, pid, ids); err != nil {
		return err
	}
	return x.see("/programmes/"+string(pid)+"/list?show=warning", "confirmed")
}

func (x *visit) listRemarks() error {
	data, name, err := x.Programmes.Remarks(x.r.Context(), x.actor, programme.ID(x.id("id")), x.lang)
	if err != nil {
		return err
	}
	return x.download(name, "application/octet-stream", data)
}

// rowPage shows one row cell by cell: what was sent, what was understood, and what to do.
func (x *visit) rowPage() error {
	r, pid, err := x.Programmes.Row(x.r.Context(), x.actor, x.id("id"))
	if err != nil {
		return err
	}
	return x.showRow(r, pid, false)
}

func (x *visit) showRow(r programme.ListRow, pid programme.ID, open bool) error {
	values := x.understood(r.Row)
	preview := ui.Preview{}
	var others []ui.Component // fields with nothing wrong, out of the way
	form := ui.Form{URL: "/rows/" + r.ID, Submit: x.t("row.save"), Hidden: []ui.Pair{version(r.Version)}}
	for _, f := range order {
		sent, has := r.Row.Sent[f]
		if !has || f == sheet.No {
			continue
		}
		cell := ui.PreviewCell{Label: x.t("field." + string(f)), Sent: sent.Text, Read: values[f]}
		field := ui.Field{Kind: "text", Name: string(f), Label: x.t("field." + string(f)), Value: sent.Text}
		if f == sheet.NIK || f == sheet.Phone {
			field.Mode = "numeric"
		}
		if !open && (f == sheet.NIK || f == sheet.Phone) {
			field.Value, field.Help = "", x.t("row.masked", sent.Text)
		}
		for _, p := range r.Row.Problems {
			if p.Field != f && !(f == sheet.Born && p.Field == sheet.BirthDate) {
				continue
			}
			n := ui.Notice{Tone: map[sheet.Severity]ui.Tone{sheet.Error: ui.Bad, sheet.Warning: ui.Warn, sheet.Info: ui.Info}[p.Severity], Text: x.t("problem." + p.Code)}
			if p.Expected != "" {
				n.Text += " " + x.t("problem.expected", p.Expected)
			}
			cell.Problems = append(cell.Problems, n)
			if field.Error = n.Text; p.Severity == sheet.Error {
				field.Required = f != sheet.Born || field.Value != ""
				if !open && (f == sheet.NIK || f == sheet.Phone) {
					field.Help = x.t("row.masked_wrong", sent.Text)
				}
			}
		}
		cell.Same = cell.Sent == cell.Read && len(cell.Problems) == 0
		preview.Cells = append(preview.Cells, cell)
		if field.Error == "" {
			others = append(others, field)
			continue
		}
		form.Fields = append(form.Fields, field)
	}
	form.Fields = append(form.Fields, ui.Details{Summary: x.t("row.others"), Open: len(form.Fields) == 0, Body: others})
	head := ui.Head{Over: x.t("list.row", r.Row.Sheet, r.Row.Row), Title: r.Row.Name, Chips: []ui.Chip{{Text: x.t("severity." + r.Worst), Tone: tones[r.Worst]}, x.chip("row", r.State)}}
	if head.Title == "" {
		head.Title = x.t("list.no_name")
	}
	if !open {
		head.Actions = []ui.Component{ui.Button{Text: x.t("row.reveal"), URL: "/rows/" + r.ID + "/reveal", Reason: x.t("row.reveal_why")}}
	}
	body := []ui.Component{head, preview}
	if r.State != programme.RowNominated && r.State != programme.RowDropped {
		if r.State == programme.RowWaiting && r.Worst == "warning" {
			body = append(body, ui.Button{Text: x.t("row.confirm"), URL: "/programmes/" + string(pid) + "/list/confirm", Tone: ui.Main, Hidden: []ui.Pair{{Name: "row", Value: r.ID}}})
		}
		body = append(body, ui.Card{Title: x.t("row.fix"), Body: []ui.Component{form}}, ui.Button{Text: x.t("row.drop"), URL: "/rows/" + r.ID + "/drop", Tone: ui.Bad, Reason: x.t("ui.reason")})
	}
	next, err := x.nextRow(r, pid)
	if err != nil {
		return err
	}
	body = append(body, ui.Actions{Items: append(next, ui.LinkButton{Text: x.t("row.back"), URL: "/programmes/" + string(pid) + "/list", Tone: ui.Quiet})})
	return x.page(head.Title, body...)
}

// understood is what was read of a row, by field, as people write it.
func (x *visit) understood(r sheet.Row) map[sheet.Field]string {
	born := ""
	if r.BirthDate != "" {
		born = x.day(r.BirthDate)
	}
	return map[sheet.Field]string{sheet.Name: r.Name, sheet.NIK: r.NIK, sheet.Born: strings.Trim(r.BirthPlace+", "+born, ", "), sheet.BirthPlace: r.BirthPlace, sheet.BirthDate: born,
		sheet.Sex: r.Sex, sheet.Address: r.Address, sheet.District: r.District, sheet.Phone: r.Phone, sheet.Email: r.Email, sheet.Education: r.Education, sheet.Sector: r.Sector,
		sheet.Business: r.Business, sheet.Extra: r.Extra}
}

// nextRow leads on to another row that waits to be mended, so that nobody returns to the list for each.
func (x *visit) nextRow(r programme.ListRow, pid programme.ID) ([]ui.Component, error) {
	rows, err := x.Programmes.Rows(x.r.Context(), x.actor, pid, programme.Filter{State: programme.RowWaiting, Worst: "error", Limit: 100_000})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(o programme.ListRow) bool { return o.ID != r.ID && o.Row.Row > r.Row.Row })
	if at < 0 {
		at = slices.IndexFunc(rows, func(o programme.ListRow) bool { return o.ID != r.ID })
	}
	if at < 0 {
		return nil, nil
	}
	left := len(rows)
	if slices.ContainsFunc(rows, func(o programme.ListRow) bool { return o.ID == r.ID }) {
		left--
	}
	next := ui.LinkButton{Text: x.t("row.next", left), URL: "/rows/" + rows[at].ID}
	if left == len(rows) { // this row is done
		next.Tone = ui.Main
	}
	return []ui.Component{next}, nil
}

func (x *visit) rowFix() error {
	r, _, err := x.Programmes.Row(x.r.Context(), x.actor, x.id("id"))
	if err != nil {
		return err
	}
	cells := map[sheet.Field]string{}
	for f, sent := range r.Row.Sent {
		v := x.r.FormValue(string(f))
		if _, asked := x.r.Form[string(f)]; !asked || v == sent.Text || (f == sheet.NIK || f == sheet.Phone) && v == "" {
			continue
		}
		cells[f] = v
	}
	if err := x.Programmes.FixRow(x.r.Context(), x.actor, r.ID, x.version(), cells); err != nil {
		return err
	}
	return x.see("/rows/"+r.ID, "saved")
}

func (x *visit) rowDrop() error {
	_, pid, err := x.Programmes.Row(x.r.Context(), x.actor, x.id("id"))
	if err != nil {
		return err
	}
	if err := x.Programmes.DropRow(x.r.Context(), x.actor, x.id("id"), x.form("reason")); err != nil {
		return err
	}
	return x.see("/programmes/"+string(pid)+"/list", "saved")
}

func (x *visit) rowReveal() error {
	r, err := x.Programmes.RevealRow(x.r.Context(), x.actor, x.id("id"), x.form("reason"))
	if err != nil {
		return err
	}
	_, pid, err := x.Programmes.Row(x.r.Context(), x.actor, x.id("id"))
	if err != nil {
		return err
	}
	return x.showRow(r, pid, true)
}

func (x *visit) nominatePage() error {
	p, err := x.getProgramme()
	if err != nil {
		return err
	}
	levels, err := x.Programmes.Levels(x.r.Context(), x.actor, p.ID)
	if err != nil {
		return err
	}
	var options []ui.Option
	err = x.read(func(tx *db.Tx) error {
		options = nil
		for _, id := range p.Schemes {
			v, err := scheme.Get(tx, x.actor, id)
			if err != nil {
				return err
			}
			options = append(options, ui.Option{Value: string(id), Text: v.TitleID})
		}
		return nil
	})
	if err != nil {
		return err
	}
	head := ui.Head{Over: p.Title, Title: x.t("nominate.title"), Lead: x.t("nominate.lead", p.Seats-p.Taken)}
	if len(levels) == 0 {
		return x.page(head.Title, head, ui.Empty{Title: x.t("nominate.none"), Action: &ui.LinkButton{Text: x.t("row.back"), URL: "/programmes/" + string(p.ID) + "/list"}})
	}
	form := ui.Form{URL: x.r.URL.Path, Submit: x.t("nominate.send")}
	names := make([]string, 0, len(levels))
	for level := range levels {
		names = append(names, level)
	}
	slices.Sort(names)
	for _, level := range names {
		label := x.t("nominate.for_level", level, levels[level])
		if level == "" || len(names) == 1 {
			label = x.t("nominate.for_all", levels[level])
		}
		form.Fields = append(form.Fields, ui.Field{Kind: "select", Name: "scheme:" + level, Label: label, Required: true, Options: options})
	}
	return x.page(head.Title, head, ui.Card{Body: []ui.Component{form}})
}

func (x *visit) nominate() error {
	pid := programme.ID(x.id("id"))
	if err := x.r.ParseForm(); err != nil {
		return err
	}
	choice := map[string]scheme.VersionID{}
	for name, v := range x.r.PostForm {
		if len(name) >= 7 && name[:7] == "scheme:" {
			choice[name[7:]] = scheme.VersionID(v[0])
		}
	}
	if _, err := x.Programmes.Nominate(x.r.Context(), x.actor, pid, choice); err != nil {
		return err
	}
	if _, err := x.Applications.DraftAll(x.r.Context(), x.actor, pid); err != nil {
		return err
	}
	return x.see("/programmes/"+string(pid), "nominated")
}
