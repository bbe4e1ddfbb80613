// Package product is everything the product can do, in one value: the services of all features, built in their
// order. Pages, the API, the command line, the sample installation and the benchmarks act through it alike.
package product

import (
	"kompeten/internal/application"
	"kompeten/internal/assessment"
	"kompeten/internal/blob"
	"kompeten/internal/certificate"
	"kompeten/internal/db"
	"kompeten/internal/decision"
	"kompeten/internal/issuer"
	"kompeten/internal/licence"
	"kompeten/internal/organisation"
	"kompeten/internal/person"
	"kompeten/internal/programme"
	"kompeten/internal/scheme"
	"kompeten/internal/seal"
	"kompeten/internal/standard"
	"kompeten/internal/tlog"
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
	Transparency  *tlog.Log // set when the installation opens; nil before
}

// New builds the services on a database. base is the address under which the installation is reached.
func New(d *db.DB, box *seal.Box, blobs *blob.Store, base string) Services {
	issuers := issuer.NewService(d, blobs, base)
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
		Assessments:   assessment.NewService(d),
		Decisions:     decision.NewService(d),
		Certificates:  certificate.NewService(d, box, blobs, issuers),
	}
}
