package sheet

import (
	"slices"
	"strings"
)

// Duplicates names rows that repeat an earlier row of the list: the same NIK under another name, or the same
// person sent twice, perhaps by two employers. The later row waits. It may be called again after a correction.
func Duplicates(rows []Row) {
	byNIK, byPerson := map[string]int{}, map[string]int{}
	for i := range rows {
		r := &rows[i]
		wasDuplicate := slices.ContainsFunc(r.Problems, isDuplicate)
		r.Problems = slices.DeleteFunc(r.Problems, isDuplicate)
		nik := r.NIK
		if wasDuplicate && nik == "" {
			nik = stripNIK(clean(r.Sent[NIK].Text))
			r.NIK = nik
		}
		person := strings.ToLower(r.Name) + "|" + string(r.BirthDate)
		first, same := byNIK[nik]
		twin, twice := byPerson[person]
		switch {
		case nik != "" && same:
			r.repeat(rows[first])
		case twice && r.Name != "" && r.BirthDate != "" && (nik == "" || rows[twin].NIK == "") && rows[twin].BirthPlace == r.BirthPlace:
			r.add(NIK, "person_duplicate", Error, r.Sent[NIK].Text, "")
		default:
			if nik != "" {
				byNIK[nik] = i
			}
			if r.Name != "" && r.BirthDate != "" {
				byPerson[person] = i
			}
		}
	}
}

func isDuplicate(p Problem) bool { return p.Code == "nik_duplicate" || p.Code == "person_duplicate" }

// repeat marks a row whose NIK an earlier row has. Its NIK is in doubt, so what was compared with it falls away.
func (r *Row) repeat(first Row) {
	code := "nik_duplicate"
	if strings.EqualFold(r.Name, first.Name) && r.BirthDate == first.BirthDate {
		code = "person_duplicate"
	}
	r.Problems = slices.DeleteFunc(r.Problems, func(p Problem) bool { return p.Code == "nik_birth_mismatch" || p.Code == "sex_nik_mismatch" })
	r.NIK = ""
	r.add(NIK, code, Error, r.Sent[NIK].Text, "")
}
