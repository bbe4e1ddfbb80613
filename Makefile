.PHONY: help run test check bench docs
GO ?= go
# The race detector watches everything but SQLite itself and its C library, which a machine translated from C and whose
# locks are C's: watching them finds nothing of ours and takes two thirds of the time.
RACE = -race $(foreach c,sqlite/lib libc memory,-gcflags=modernc.org/$(c)=-race=false)

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: ## the demonstration on 127.0.0.1:8080
	$(GO) run ./cmd/kompeten demo

test: ## everything: race detector, both databases, browser stories, documents fresh
	scripts/install-missing
	scripts/with-postgres $(GO) test $(RACE) -count=1 -timeout 20m ./...
	scripts/with-postgres $(GO) test $(RACE) -count=1 -tags pkcs11 ./internal/issuer

check: ## format, vet, lints
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; exit 1; }
	$(GO) vet ./...
	scripts/lint

bench: ## the speeds of docs/bench.md, measured here
	$(GO) run ./cmd/kompeten bench

docs: ## derive the documents that are derived
	$(GO) test ./internal/docs -run Fresh -update
