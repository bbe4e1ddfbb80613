package text

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed id.json en.json id en
var files embed.FS

var catalogue = map[Lang]map[string]string{ID: load(ID), EN: load(EN)}

// Files lists the catalogue files of a language.
func Files(l Lang) []string {
	more, err := fs.Glob(files, string(l)+"/*.json")
	if err != nil {
		panic(err) // a pattern of our own
	}
	return append([]string{string(l) + ".json"}, more...)
}

// load reads every file of a language. That no key stands in two of them, a test sees to.
func load(l Lang) map[string]string {
	all := map[string]string{}
	for _, name := range Files(l) {
		b, err := files.ReadFile(name)
		if err != nil {
			panic("text catalogue: " + err.Error()) // an embedded file
		}
		if err := json.Unmarshal(b, &all); err != nil {
			panic("text catalogue " + name + ": " + err.Error()) // our own file, read by every test
		}
	}
	return all
}
