package ui

// Chips stand in a line.
type Chips struct{ Items []Chip }

// Actions stand in a line, below each other on a phone.
type Actions struct{ Items []Component }

// Confirm asks once more before something that cannot be undone, and says what follows.
type Confirm struct {
	Title, Text string
	Facts       []Fact
	Yes         Button
	Back        Link
}

// Checklist shows requirements and how each stands.
type Checklist struct {
	Caption string
	Items   []Check
}

// Check is one requirement: State is meets, fails or missing, empty before anybody looked; the note says what to do. Word
// stands for the state where it is no requirement that is looked at.
type Check struct{ State, Text, Note, Word string }

// Tone is how the requirement feels.
func (c Check) Tone() Tone {
	switch c.State {
	case "meets":
		return Good
	case "fails":
		return Bad
	case "missing":
		return Warn
	}
	return Plain
}

// Wrong is a field of a form that came back, for the list at the form's top.
type Wrong struct{ Name, Label, Error string }

// Wrongs lists the fields that have errors, so that the form can name each with a way to it.
func (f Form) Wrongs() []Wrong {
	var out []Wrong
	for _, c := range f.Fields {
		switch c := c.(type) {
		case Field:
			if c.Error != "" {
				out = append(out, Wrong{c.Name, c.Label, c.Error})
			}
		case Judge:
			if c.Error != "" {
				out = append(out, Wrong{c.Name, c.Label, c.Error})
			}
		}
	}
	return out
}

// Part names the template of each component.

func (Chips) Part() string     { return "chips" }
func (Actions) Part() string   { return "actions" }
func (Confirm) Part() string   { return "confirm" }
func (Checklist) Part() string { return "checklist" }
