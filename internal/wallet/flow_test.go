package wallet

import (
	"testing"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
)

// tried are those who try everything beside every duty of every body.
var tried = []flowtest.Actor{
	{Name: "the holder", Actor: auth.Actor{Person: "per_ani"}},
	{Name: "the holder by a link to her wallet", Actor: auth.Actor{Person: "per_ani", Subject: "wlk_hers"}},
	{Name: "the holder by the letter of her application", Actor: auth.Actor{Person: "per_ani", Subject: "app_hers"}},
	{Name: "another by a link to another wallet", Actor: auth.Actor{Person: "per_budi", Subject: "wlk_his"}},
}

func TestWhoMayDoWhatWithALink(t *testing.T) {
	flowtest.Trial[Link]{Table: LinkFlow, Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}}, People: tried,
		Record: func(s flow.State) Link {
			return Link{ID: "wlk_hers", Person: "per_ani", Org: "org_lsp", Subject: "app_hers", State: s}
		}}.Run(t)
}

func TestWhoMayDoWhatWithAShare(t *testing.T) {
	flowtest.Trial[Share]{Table: ShareFlow, Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}}, People: tried,
		Record: func(s flow.State) Share { return Share{ID: "shr_hers", Person: "per_ani", State: s} },
		Breaks: []flowtest.Break[Share]{{Rule: "wallet_share_room", Says: "fifty are open", Do: func(s *Share) { s.beside = mostShares }}}}.Run(t)
}

func TestWhoMayDoWhatWithACertificateOfAnotherIssuer(t *testing.T) {
	flowtest.Trial[Other]{Table: OtherFlow, Bodies: []flowtest.Body{{Name: "her LSP", ID: "org_lsp"}, {Name: "her office", ID: "org_office"}}, People: tried,
		Record: func(s flow.State) Other {
			return Other{ID: "oth_hers", Person: "per_ani", State: s, cases: []auth.OrgID{"org_lsp", "org_office"}}
		},
		Breaks: []flowtest.Break[Other]{
			{Rule: "wallet_other_room", Says: "a hundred are there", Do: func(o *Other) { o.beside = mostOthers }},
			{Rule: "wallet_not_own", Says: "who checks is who holds it", Do: func(o *Other) { o.Person = "per_officer_org_lsp" }},
		}}.Run(t)
}

func TestWhoMayDoWhatWithARequestToCorrect(t *testing.T) {
	flowtest.Trial[Correction]{Table: CorrectionFlow, Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}}, People: tried,
		Record: func(s flow.State) Correction {
			return Correction{ID: "cor_hers", LSP: "org_lsp", Person: "per_ani", State: s, certState: certificate.Active}
		},
		Breaks: []flowtest.Break[Correction]{
			{Rule: "wallet_one_correction", Says: "another is open", Do: func(c *Correction) { c.openBeside = 1 }},
			{Rule: "wallet_not_revoked", Says: "the certificate is revoked", Do: func(c *Correction) { c.certState = certificate.Revoked }},
		}}.Run(t)
}
