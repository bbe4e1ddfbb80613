package scheme

import (
	"fmt"
	"strconv"
	"strings"

	"kompeten/internal/standard"
)

// differ notes everything in which a scheme of a file differs from the version kept.
func differ(rep *standard.Report, before, after Version) {
	where := after.Key
	rep.Differ(where, "name_id", before.TitleID, after.TitleID)
	rep.Differ(where, "name_en", before.TitleEN, after.TitleEN)
	rep.Differ(where, "scheme_no", before.Number, after.Number)
	rep.Differ(where, "kkni_level", strconv.Itoa(before.Level), strconv.Itoa(after.Level))
	rep.Differ(where, "kbli", before.KBLI, after.KBLI)
	rep.Differ(where, "kbji", before.KBJI, after.KBJI)
	rep.Differ(where, "field", before.AreaID, after.AreaID)
	rep.Differ(where, "validity_months", strconv.Itoa(before.ValidityMonths), strconv.Itoa(after.ValidityMonths))
	rep.Differ(where, "min_electives", strconv.Itoa(before.MinElectives), strconv.Itoa(after.MinElectives))
	rep.Differ(where, "status", strconv.FormatBool(before.Sample), strconv.FormatBool(after.Sample))
	rep.Differ(where, "unit_list_complete", strconv.FormatBool(!before.Partial), strconv.FormatBool(!after.Partial))
	each(rep, where, before.packed(), after.packed())
	each(rep, where, before.asked(), after.asked())
}

// named is a part of a scheme and what it says.
type named struct{ name, text string }

func (v Version) packed() (out []named) {
	for _, u := range v.Units {
		out = append(out, named{"units " + string(u.Code), strings.TrimSpace(fmt.Sprintf("%d, %s, ed. %d %s", u.No, u.Kind, u.Edition, u.Group))})
	}
	return out
}

func (v Version) asked() (out []named) {
	for _, r := range v.Requirements {
		out = append(out, named{"requirements " + r.ID, strings.Join(append([]string{r.Text}, r.AnyOf...), " / ")})
	}
	return out
}

// each notes what of a list changed, went, or came.
func each(rep *standard.Report, where string, before, after []named) {
	now, was := map[string]string{}, map[string]bool{}
	for _, x := range after {
		now[x.name] = x.text
	}
	for _, x := range before {
		was[x.name] = true
		rep.Differ(where, x.name, x.text, now[x.name])
	}
	for _, x := range after {
		if !was[x.name] {
			rep.Differ(where, x.name, "", x.text)
		}
	}
}
