package verify

import "slices"

// Routes are the addresses that anyone may ask, for the list of routes; what a Source lacks, it does not have.
func Routes() []string { return slices.Clone(routes) }

var routes = []string{
	"GET /v/{code}", "GET /V/{code}", "GET /v/{code}/proof",
	"GET /check", "GET /check/file", "POST /check/file", "GET /check/list", "POST /check/list",
	"GET /s/{version}", "GET /tuk/{id}",
	"GET /verify", "GET /verify/keys.json", "GET /verify/status.json", "GET /verify/",
	"GET /.well-known/did.json", "GET /bnsp/did.json", "GET /lsp/{code}/did.json", "GET /org/{id}/did.json", "GET /lsp/{code}/endorsement.json",
	"GET /status/{list}", "GET /status/{list}/suspension", "GET /status/{list}/1edtech",
	"GET /log/key", "GET /log/",
	"GET /figures", "GET /figures/{file}",
	"GET /directory", "GET /directory/people", "GET /b/{id}", "GET /b/{id}/badge.svg", "GET /b/{id}/badge",
}
