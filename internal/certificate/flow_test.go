package certificate_test

import (
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

func TestWhoMayDoWhatWithACertificate(t *testing.T) {
	type c = certificate.Certificate
	flowtest.Trial[c]{
		Table:  certificate.Flow,
		Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}},
		People: []flowtest.Actor{
			{Name: "the holder", Actor: auth.Actor{Person: "per_ani"}},
			{Name: "the holder by her link", Actor: auth.Actor{Person: "per_ani", Subject: "app_hers"}},
		},
		Record: func(s flow.State) c { return c{Application: "app_hers", LSP: "org_lsp", Person: "per_ani", State: s} },
		Breaks: []flowtest.Break[c]{
			{Rule: "certificate_not_handed", Says: "it is handed over already", Do: func(x *c) { x.HandedAt = flowtest.Now }},
			{Rule: "certificate_last_of_chain", Says: "it has a successor already", Do: func(x *c) { x.ReplacedBy = "crt_next" }},
		},
	}.Run(t)
}
