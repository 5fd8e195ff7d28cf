# Needs Go, GNU make and a POSIX shell. `make help` lists what there is to make.

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS = -s -w -X main.version=$(VERSION)

# Tools are pinned apart from the product: go.mod lists only what it is built from.
TOOL = $(GO) tool -modfile=house/tools.mod
CHECK = $(GO) run ./house/check

.PHONY: help build demo test lint fmt soak bench golden clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

build: ## build bin/demarche, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/demarche ./cmd/demarche

demo: build ## build, make the ledger of the example crisis, and print the brief on it
	@rm -rf bin/demo && mkdir -p bin/demo && cp -R examples/caribbean bin/demo/
	@DEMARCHE=bin/demarche sh bin/demo/caribbean/ledger.sh >/dev/null
	bin/demarche brief bin/demo/caribbean

test: lint ## format, vet, staticcheck, all tests, race tests; says what was not run
	@$(CHECK) test

lint: fmt ## format, vet, staticcheck
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

fmt:
	@bad=$$(find . -name '.?*' -prune -o -name node_modules -prune -o -name testdata -prune -o \
	  -name '*.go' -exec gofmt -l {} +) && \
	if [ -n "$$bad" ]; then echo "not formatted; run gofmt -w on:"; echo "$$bad"; exit 1; fi

soak: lint ## all tests at full counts, then every fuzz target for a minute
	@$(CHECK) soak

bench: ## all benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

golden: ## rewrite golden files; read the difference before you commit it
	@$(CHECK) golden

clean: ## remove what was built
	rm -rf bin dist
