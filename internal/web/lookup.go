package web

import (
	"kompeten/internal/text"
	"kompeten/internal/web/ui"
)

// lookups says how often the public checked the certificate with a code, by day; for who may see the certificate.
func (x *visit) lookups(code string) (ui.Component, error) {
	days, err := x.Lookups.Counts(x.r.Context(), code)
	if err != nil {
		return nil, err
	}
	if len(days) == 0 {
		return ui.Section{Title: x.t("lookup.count_title"), Lead: x.t("lookup.count_none")}, nil
	}
	var total, highest int64
	for _, d := range days {
		total, highest = total+d.Count, max(highest, d.Count)
	}
	bars := ui.Bars{Caption: x.t("lookup.count_title"), Label: x.t("lookup.day"), Series: []string{x.t("lookup.times")}}
	for _, d := range days {
		bars.Rows = append(bars.Rows, ui.Bar{Label: text.Date(x.lang, d.Day), Values: []int{int(d.Count)}, Most: int(highest)})
	}
	return ui.Details{Summary: x.t("lookup.count_title") + ": " + x.t("lookup.count_total", total, days[0].Day), Body: []ui.Component{ui.Para{Text: x.t("lookup.count_lead")}, bars}}, nil
}
