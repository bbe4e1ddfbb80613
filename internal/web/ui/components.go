package ui

// Tone is the feeling of a component; it is never told by colour alone.
type Tone string

// The tones.
const (
	Plain Tone = ""
	Good  Tone = "good"
	Warn  Tone = "warn"
	Bad   Tone = "bad"
	Info  Tone = "info"
	Main  Tone = "main" // the one thing to do on a page
	Quiet Tone = "quiet"
)

// Head opens a page: what it is, what it is about, what can be done.
type Head struct {
	Over    string // small line above the title
	Title   string
	Lead    string
	Chips   []Chip
	Actions []Component
}

// Chip says a status in a word or two.
type Chip struct {
	Text string
	Tone Tone
}

// Notice tells something that matters now.
type Notice struct {
	Tone  Tone
	Title string
	Text  string
	Items []string
}

// Para is a paragraph.
type Para struct{ Text string }

// Section is a titled part of a page.
type Section struct {
	Title string
	Lead  string
	ID    string
	Body  []Component
}

// Card is a bordered part of a page.
type Card struct {
	Title string
	Tone  Tone
	Body  []Component
}

// Grid sets components side by side where there is room.
type Grid struct{ Items []Component }

// Details hides what is rarely needed behind a summary.
type Details struct {
	Summary string
	Open    bool
	Body    []Component
}

// LinkButton is a link that looks like a button.
type LinkButton struct {
	Text, URL string
	Tone      Tone
}

// Button is an action: a small form of its own. Where the action asks for a reason, the form unfolds; where it
// cannot be taken now, the button is grey and says why.
type Button struct {
	Text   string
	URL    string
	Tone   Tone
	Why    []string // why it is grey; empty when it works
	Reason string   // label of the reason to be given; empty where none is asked
	Hidden []Pair
}

// Pair is a hidden value of a form.
type Pair struct{ Name, Value string }

// Form asks for something and sends it.
type Form struct {
	URL      string
	Get      bool // a filter, which only looks
	Upload   bool
	Error    string // why it came back, at its top
	Fields   []Component
	Submit   string
	Tone     Tone
	Hidden   []Pair
	Inline   bool // fields beside each other
	NoSubmit bool // the fields bring their own buttons
}

// Option is one choice of a field.
type Option struct {
	Value, Text, Help string
}

// Field is one thing a form asks for. Kind is text, email, tel, number, date, password, textarea, select, radio,
// checks (several may be chosen) or file.
type Field struct {
	Kind     string
	Name     string
	Label    string
	Help     string
	Error    string
	Value    string
	Values   []string // chosen ones, for checks
	Required bool
	Options  []Option
	Auto     string // autocomplete
	Mode     string // inputmode
	Accept   string // of files
	Wide     bool
}

// Chosen says whether a choice is taken, for the template.
func (f Field) Chosen(v string) bool {
	if f.Kind != "checks" {
		return f.Value == v
	}
	for _, x := range f.Values {
		if x == v {
			return true
		}
	}
	return false
}

// Judge is one line to be judged by a thumb: a criterion or a requirement, with two or three answers and a note.
type Judge struct {
	Name    string
	No      string
	Label   string
	Help    string
	Value   string
	Error   string
	Options []Option
	Note    string
	Notes   bool // a note can be given under Name + "-note"
}

// Explains says whether the room for a note stands open: there is a note, or the answer calls for one.
func (j Judge) Explains() bool {
	switch j.Value {
	case "no", "fails", "missing", "BK":
		return true
	}
	return j.Note != ""
}

// Column is the head of a table's column.
type Column struct {
	Text string
	Num  bool
}

// Cell is one cell of a table.
type Cell struct {
	Text string
	Sub  string // second line
	URL  string
	Chip *Chip
}

// Row is a row of a table. Select is its value where rows can be chosen.
type Row struct {
	Cells  []Cell
	Select string
}

// Table is rows of things; on a phone each row becomes a card. A table whose rows can be chosen is a form.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	Empty   Empty
	Next    string // address of what follows
	First   string // address of the beginning, when not there
	URL     string // where chosen rows are sent
	Actions []SubmitButton
	Hidden  []Pair
}

// SubmitButton sends the form it stands in, with a name that says what for.
type SubmitButton struct {
	Name, Value, Text string
	Tone              Tone
}

// Empty says that there is nothing here yet and what to do next.
type Empty struct {
	Title, Text string
	Action      *LinkButton
}

// Timeline is what happened to a case, the first first.
type Timeline struct{ Items []Moment }

// Moment is one thing that happened.
type Moment struct {
	When, Title, Text string
	Tone              Tone
}

// Stepper shows where a case or a programme stands.
type Stepper struct{ Steps []Step }

// Step is one step: done, current or to come.
type Step struct{ Text, State string }

// Tasks is what waits for the reader.
type Tasks struct {
	Title string
	Items []Task
	Empty Empty
}

// Task is one kind of thing that waits, with how many there are.
type Task struct {
	Count int
	Text  string
	Sub   string
	URL   string
	Tone  Tone
}

// Progress shows how far a long work is.
type Progress struct {
	Text        string
	Done, Total int
}

// Figures are big numbers, each a way to the list behind it.
type Figures struct {
	Items []Figure
	AsOf  string
}

// Figure is one big number.
type Figure struct {
	Value, Label, Sub, URL string
	Tone                   Tone
}

// Bars is a table of values with bars beside them.
type Bars struct {
	Caption string
	Label   string
	Series  []string // one column of numbers each
	Rows    []Bar
	Empty   string
}

// Bar is one row of bars; the first value is drawn.
type Bar struct {
	Label  string
	URL    string
	Values []int
	Most   int
}

// Facts is a list of terms and what they are here.
type Facts struct{ Items []Fact }

// Fact is one term.
type Fact struct {
	Term, Text, URL string
	Chip            *Chip
}

// Tabs lead to the parts of one thing.
type Tabs struct{ Items []Link }

// Preview shows cells of a list as they were sent and as they were understood.
type Preview struct{ Cells []PreviewCell }

// PreviewCell is one cell: what was sent, what was understood, and what is wrong.
type PreviewCell struct {
	Label, Sent, Read string
	Problems          []Notice
	Same              bool
}

// Verdict is the plate of the public check: one word anyone understands, in two languages.
type Verdict struct {
	Tone        Tone
	Sign        string // a sign beside the colour
	Title, Also string // in the reader's language, and in the other
	Text        string
}

// Plate is a large quotation of a code or a secret to be copied.
type Plate struct{ Label, Text string }

// Part names the template of each component.

func (Head) Part() string         { return "head" }
func (Chip) Part() string         { return "chip" }
func (Notice) Part() string       { return "notice" }
func (Para) Part() string         { return "para" }
func (Section) Part() string      { return "section" }
func (Card) Part() string         { return "card" }
func (Grid) Part() string         { return "grid" }
func (Details) Part() string      { return "details" }
func (LinkButton) Part() string   { return "linkbutton" }
func (Button) Part() string       { return "button" }
func (Form) Part() string         { return "form" }
func (Field) Part() string        { return "field" }
func (Judge) Part() string        { return "judge" }
func (Table) Part() string        { return "table" }
func (SubmitButton) Part() string { return "submit" }
func (Empty) Part() string        { return "empty" }
func (Timeline) Part() string     { return "timeline" }
func (Stepper) Part() string      { return "stepper" }
func (Tasks) Part() string        { return "tasks" }
func (Progress) Part() string     { return "progress" }
func (Figures) Part() string      { return "figures" }
func (Bars) Part() string         { return "bars" }
func (Facts) Part() string        { return "facts" }
func (Tabs) Part() string         { return "tabs" }
func (Preview) Part() string      { return "preview" }
func (Verdict) Part() string      { return "verdict" }
func (Plate) Part() string        { return "plate" }
