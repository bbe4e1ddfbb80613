package offer_test

import (
	"testing"
	"time"

	"kompeten/internal/auth"
	"kompeten/internal/certificate"
	"kompeten/internal/flow"
	"kompeten/internal/flow/flowtest"
	"kompeten/internal/offer"
)

func TestWhoMayDoWhatWithAnOffer(t *testing.T) {
	type o = offer.Offer
	flowtest.Trial[o]{
		Table:  offer.Flow,
		Bodies: []flowtest.Body{{Name: "the LSP", ID: "org_lsp"}},
		People: []flowtest.Actor{
			{Name: "the holder", Actor: auth.Actor{Person: "per_ani"}},
			{Name: "her wallet", Actor: auth.Actor{System: offer.Wallet}},
		},
		Record: func(s flow.State) o {
			later := flowtest.Now.Add(time.Minute)
			return o{Org: "org_lsp", Holder: "per_ani", State: s, CertificateState: certificate.Active, ExpiresAt: later, TokenUntil: later}
		},
		Breaks: []flowtest.Break[o]{
			{Rule: "offer_certificate_active", Says: "the certificate is suspended", Do: func(x *o) { x.CertificateState = certificate.Suspended }},
			{Rule: "offer_certificate_active", Says: "the certificate is revoked", Do: func(x *o) { x.CertificateState = certificate.Revoked }},
			{Rule: "offer_fresh", Says: "the offer has expired", Do: func(x *o) { x.ExpiresAt = flowtest.Now }},
			{Rule: "offer_token_fresh", Says: "the token has expired", Do: func(x *o) { x.TokenUntil = flowtest.Now }},
		},
	}.Run(t)
}
