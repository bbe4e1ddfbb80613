// Package product is everything the product can do, in one value: the services of all features, built in their
// order. Pages, the API, the command line, the sample installation and the benchmarks act through it alike.
package product

import (
	"strings"

	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/blob"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/document/cms"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/lookup"
	"kompeten/internal/offer"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/register"
	"kompeten/internal/reminder"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
	"kompeten/internal/standard"
	"kompeten/internal/tlog"
	"kompeten/internal/wallet"
)

// Services are the services of all features.
type Services struct {
	DB            *db.DB
	Box           *seal.Box
	Blobs         *blob.Store
	Organisations *organisation.Service
	People        *person.Service
	Standards     *standard.Service
	Schemes       *scheme.Service
	Licences      *licence.Service
	Issuers       *issuer.Service
	Programmes    *programme.Service
	Applications  *application.Service
	Assessments   *assessment.Service
	Decisions     *decision.Service
	Certificates  *certificate.Service
	Offers        *offer.Service
	Wallets       *wallet.Service
	Reminders     *reminder.Service
	Lookups       *lookup.Counter
	Register      *register.Service
	Transparency  *tlog.Log   // set when the installation opens; nil before
	Stamps        cms.Stamper // the time-stamp authority that is set; nil for none
}

// New builds the services on a database. base is the address under which the installation is reached.
func New(d *db.DB, box *seal.Box, blobs *blob.Store, base string) Services {
	issuers := issuer.NewService(d, blobs, base)
	certificates := certificate.NewService(d, box, blobs, issuers)
	return Services{
		DB: d, Box: box, Blobs: blobs,
		Organisations: organisation.NewService(d),
		People:        person.NewService(d, box),
		Standards:     standard.NewService(d),
		Schemes:       scheme.NewService(d),
		Licences:      licence.NewService(d),
		Issuers:       issuers,
		Programmes:    programme.NewService(d, box, blobs),
		Applications:  application.NewService(d, box, blobs),
		Assessments:   assessment.NewService(d, certificate.Attested),
		Decisions:     decision.NewService(d),
		Certificates:  certificates,
		Offers:        offer.NewService(d, box, issuers, certificates),
		Wallets:       wallet.NewService(d, box, blobs),
		Reminders:     reminder.NewService(d, strings.TrimSuffix(base, "/")),
		Lookups:       lookup.NewCounter(d),
		Register:      register.NewService(d, box),
	}
}
