package text_test

import (
	"slices"
	"testing"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/certificate"
	"kompeten/internal/decision"
	"kompeten/internal/flow"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/offer"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/region"
	"kompeten/internal/register"
	"kompeten/internal/reminder"
	"kompeten/internal/scheme"
	"kompeten/internal/standard"
	"kompeten/internal/text"
	"kompeten/internal/wallet"
)

// tables are all rows of all Tables of the product.
func tables() []flow.Row {
	return slices.Concat(
		organisation.Flow.Rows(), person.Flow.Rows(), region.Flow.Rows(), standard.Flow.Rows(), scheme.Flow.Rows(),
		licence.Flow.Rows(), issuer.Flow.Rows(), programme.Flow.Rows(), application.Flow.Rows(), assessment.ScheduleFlow.Rows(),
		assessment.Flow.Rows(), decision.Flow.Rows(), certificate.Flow.Rows(), register.Flow.Rows(), register.BusinessFlow.Rows(), offer.Flow.Rows(), reminder.Flow.Rows(),
		wallet.LinkFlow.Rows(), wallet.ShareFlow.Rows(), wallet.OtherFlow.Rows(), wallet.CorrectionFlow.Rows())
}

func TestEveryStateActionWhoAndRuleHasAName(t *testing.T) {
	for _, k := range flowKeys() {
		if !text.Has(k) {
			t.Errorf("no words for %q", k)
		}
	}
}

// flowKeys are the keys that the Tables need, each once, sorted.
func flowKeys() []string {
	var out []string
	for _, row := range tables() {
		out = append(out, "action."+row.Kind+"."+string(row.Do))
		for _, s := range append(slices.Clone(row.From), row.To) {
			if s != flow.None && s != flow.Same {
				out = append(out, "state."+row.Kind+"."+string(s))
			}
		}
		for _, w := range row.By {
			out = append(out, "who."+w)
		}
		for _, r := range row.If {
			out = append(out, "rule."+r)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
