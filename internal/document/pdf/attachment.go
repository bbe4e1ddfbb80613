package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Attachment is a file inside a PDF. Its name has no folders in it; all of it is what a stranger wrote.
type Attachment struct {
	Name, MIME, About string
	Relation          string // to the paper: Data, Source, Alternative, Supplement, Unspecified
	Data              []byte
}

const maxAttachments = 256

// Attachments gives the files inside: those of the list of names, those that only belong to the paper, and those that
// are pinned to a page.
func (f *File) Attachments() ([]Attachment, error) {
	var out []Attachment
	for _, d := range f.fileSpecs() {
		a, err := f.attachment(d)
		if err != nil {
			return nil, unreadable(err)
		}
		out = append(out, a)
	}
	if f.work.left < 0 {
		return nil, unreadable(errTooMuch)
	}
	return out, nil
}

// fileSpecs finds what describes the files inside, each once.
func (f *File) fileSpecs() []dict {
	var out []dict
	seen := map[ref]bool{}
	take := func(v any) {
		if r, ok := v.(ref); ok {
			if seen[r] {
				return
			}
			seen[r] = true
		}
		if d := f.dict(v); d != nil && d["EF"] != nil && len(out) < maxAttachments {
			out = append(out, d)
		}
	}
	catalogue := f.catalogue()
	f.names(f.dict(catalogue["Names"])["EmbeddedFiles"], take)
	for _, v := range f.array(catalogue["AF"]) {
		take(v)
	}
	f.annotations(func(v any, d dict) {
		if f.get(d["Subtype"]) == name("FileAttachment") {
			take(d["FS"])
		}
	})
	return out
}

// names takes the values of a tree of names.
func (f *File) names(root any, take func(v any)) {
	f.walk(array{root}, func(_ any, d dict) {
		pairs := f.array(d["Names"])
		for i := 1; i < len(pairs); i += 2 {
			take(pairs[i])
		}
	})
}

// annotations takes what lies on the pages.
func (f *File) annotations(take func(v any, d dict)) {
	f.walk(array{f.catalogue()["Pages"]}, func(_ any, page dict) {
		for _, v := range f.array(page["Annots"]) {
			if d := f.dict(v); d != nil {
				take(v, d)
			}
		}
	})
}

// walk goes through trees, the roots in order, each node before its kids; a node that comes again is passed over.
func (f *File) walk(roots array, take func(v any, d dict)) {
	seen := map[ref]bool{}
	todo := slices.Clone(roots)
	slices.Reverse(todo)
	for len(todo) > 0 && f.work.spend(costValue) == nil {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if r, ok := v.(ref); ok {
			if seen[r] {
				continue
			}
			seen[r] = true
		}
		if d := f.dict(v); d != nil {
			take(v, d)
			for _, kid := range slices.Backward(f.array(d["Kids"])) {
				todo = append(todo, kid)
			}
		}
	}
}

func (f *File) attachment(d dict) (Attachment, error) {
	a := Attachment{Name: fileName(cmp.Or(words(f.get(d["UF"])), words(f.get(d["F"])))), About: words(f.get(d["Desc"]))}
	relation, _ := f.get(d["AFRelationship"]).(name)
	a.Relation = string(relation)
	ef := f.dict(d["EF"])
	st, ok := f.get(ef["UF"]).(*stream)
	if !ok {
		st, ok = f.get(ef["F"]).(*stream)
	}
	if !ok {
		return a, fmt.Errorf("file %q: %w: it is not inside", a.Name, errBroken)
	}
	mime, _ := f.get(st.dict["Subtype"]).(name)
	a.MIME = string(mime)
	var err error
	if a.Data, err = f.unpack(st); err != nil {
		return a, fmt.Errorf("file %q: %w", a.Name, err)
	}
	return a, nil
}

// fileName keeps of a name what may name a file in a folder.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '_'
		}
		return r
	}, s)
	letters := []rune(strings.Trim(s, ". "))
	return string(letters[:min(len(letters), 200)])
}
