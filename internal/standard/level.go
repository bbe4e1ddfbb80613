package standard

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed kkni.json
var kkni []byte

// Level is one of the nine levels of the KKNI (Perpres 8/2012), described in our own words.
type Level struct {
	No           int    `json:"level"`
	Roman        string `json:"roman"`
	GroupID      string `json:"job_group_id"`
	GroupEN      string `json:"job_group_en"`
	DescriptorID string `json:"descriptor_id"`
	DescriptorEN string `json:"descriptor_en"`
	Education    string `json:"formal_education"` // recognised at least at this level
}

// Levels are the nine levels, lowest first.
func Levels() []Level {
	var f struct {
		Levels []Level `json:"levels"`
	}
	if err := json.Unmarshal(kkni, &f); err != nil {
		panic(fmt.Sprint("kkni levels: ", err)) // our own file, read by every test
	}
	return f.Levels
}

// LevelOf is a level by its number; a cluster without a level has none.
func LevelOf(no int) (Level, bool) {
	all := Levels()
	if no < 1 || no > len(all) {
		return Level{}, false
	}
	return all[no-1], true
}
