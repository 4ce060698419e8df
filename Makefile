# The whole developer interface. Each target installs what it misses (apt-get when root, a sentence when not).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# An import that Package.swift does not list must not compile: the rule of docs/architecture.md.
SWIFT_BUILD_FLAGS := --explicit-target-dependency-import-check error
RELEASE_FLAGS := -c release --static-swift-stdlib $(SWIFT_BUILD_FLAGS)

# Debian's own Python: the tests use nothing but its standard library.
PYTHON := /usr/bin/python3

PREFIX ?= /usr
DESTDIR ?=
BUILD_NEEDS := swift pkg-config fcgi systemd jemalloc curldev
TEST_NEEDS := $(BUILD_NEEDS) nginx openssl curl python3 systemd-analyze

.PHONY: help build run test check contract-test format bench crash-test fuzz install clean

help: ## Says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## The release binary, Swift runtime linked in: .build/release/tollgate
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	swift build $(RELEASE_FLAGS) --product tollgate

run: ## The demo: Tollgate behind a private nginx (PORT, RUN_DIR, CONFIG)
	@exec Tests/Demo/run.sh

test: ## Unit tests, then end to end behind a real nginx
	@Tests/Demo/require.sh $(TEST_NEEDS)
	swift build --build-tests $(SWIFT_BUILD_FLAGS)
	swift test --skip-build $(SWIFT_BUILD_FLAGS)
	TOLLGATE=.build/debug/tollgate $(PYTHON) Tests/EndToEnd

check: ## Format, then everything `make test` does (nginx, units, links and wording included)
	@Tests/Demo/require.sh swift
	swift format lint --strict --recursive Package.swift Sources Tests
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory contract-test

contract-test: ## docs/openapi.yaml against the real binary, by schemathesis (CONTRACT_EXAMPLES)
	@Tests/Demo/require.sh $(TEST_NEEDS) venv
	swift build $(SWIFT_BUILD_FLAGS) --product tollgate
	@[ -x .build/contract-venv/bin/schemathesis ] || { $(PYTHON) -m venv .build/contract-venv && \
	    .build/contract-venv/bin/pip install --quiet schemathesis==4.32.5; }
	TOLLGATE=.build/debug/tollgate $(PYTHON) Tests/Contract

format: ## Formats the Swift sources in place
	@Tests/Demo/require.sh swift
	swift format --in-place --recursive Package.swift Sources Tests

bench: build ## Speed beside a C ceiling and the guide's program (BENCH_SECONDS)
	@Tests/Demo/require.sh nginx openssl python3 wrk gcc mkfs.ext4 losetup flask gunicorn
	@$(PYTHON) Benchmarks

crash-test: ## Power cuts, I/O errors and full disks against the store (root, some minutes)
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	Tests/CrashStore/crash-test.sh

fuzz: ## Random bytes against the JSON reader (FUZZ_SECONDS)
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	Tests/JSONFuzz/fuzz.sh

install: build ## Binary, units and nginx snippets below DESTDIR and PREFIX
	install -D -m 0755 .build/release/tollgate $(DESTDIR)$(PREFIX)/bin/tollgate
	for unit in tollgate.service tollgate.socket tollgate-admin.socket; do \
	    sed 's|=/usr/bin/tollgate|=$(PREFIX)/bin/tollgate|' systemd/$$unit | \
	        install -D -m 0644 /dev/stdin $(DESTDIR)/lib/systemd/system/$$unit; \
	done
	install -D -m 0644 systemd/tollgate.sysusers $(DESTDIR)/usr/lib/sysusers.d/tollgate.conf
	install -D -m 0644 nginx/tollgate-upstream.conf $(DESTDIR)/etc/nginx/conf.d/tollgate-upstream.conf
	install -D -m 0644 -t $(DESTDIR)/etc/nginx/snippets nginx/tollgate.conf nginx/tollgate-location.conf
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate README.md nginx/tollgate-tls-example.conf
	[ -e $(DESTDIR)/etc/tollgate/tollgate.json ] || \
	    install -D -m 0644 systemd/tollgate.json $(DESTDIR)/etc/tollgate/tollgate.json

clean: ## Removes what the targets made, the demo's state in .run included
	rm -rf .build .run
