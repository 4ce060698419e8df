# The whole developer interface. Each target installs what it misses (apt-get when root, a sentence when not).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# An import that Package.swift does not list must not compile: the rule of docs/architecture.md.
SWIFT_BUILD_FLAGS := --explicit-target-dependency-import-check error
# Full RELRO on top of Swift's own position-independent executable; no search path for libraries. run.sh says the same.
RELEASE_FLAGS := -c release --static-swift-stdlib $(SWIFT_BUILD_FLAGS) \
    --disable-local-rpath -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now

# What a release binary is laid out by (docs/decisions/0027-profile-guided-optimization.md). The file's name holds its
# checksum, because no build would notice other contents; nor would it notice another profile as long as the code is the
# same, which is what -disable-incremental-llvm-codegen is for.
PROFILE_TEXT := Benchmarks/tollgate.proftext
PROFILE := .build/profile-$(firstword $(shell cksum <$(PROFILE_TEXT))).profdata
FRONTEND := -Xswiftc -Xfrontend -Xswiftc
PROFILED_FLAGS := $(RELEASE_FLAGS) $(FRONTEND) -disable-incremental-llvm-codegen \
    $(FRONTEND) -ir-profile-use="$(CURDIR)/$(PROFILE)"
# A build of its own: its objects count, and are of no other use.
COUNTING_FLAGS := --scratch-path .build-profile $(RELEASE_FLAGS) $(FRONTEND) -ir-profile-generate

# Debian's own Python: the tests use nothing but its standard library.
PYTHON := /usr/bin/python3

PREFIX ?= /usr
DESTDIR ?=
BUILD_NEEDS := swift pkg-config fcgi aio systemd jemalloc curldev
TEST_NEEDS := $(BUILD_NEEDS) nginx openssl curl python3 systemd-analyze venv

# Where the auditors of the nginx files are installed.
AUDIT_VENV := .build/audit-venv

# Where `make deb` leaves the package, and where manual pages and completions are made.
DEB_FOLDER := $(CURDIR)/.build/deb
GENERATED := .build/generated

# Half a profile must not pass for one.
.DELETE_ON_ERROR:

.PHONY: help build stand-in profile run test check contract-test browser-test check-nginx format bench turns before crash-test restart-proof fuzz install deb package-test clean

help: ## Says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(PROFILE) ## The release binary, Swift runtime linked in: .build/release/tollgate
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	swift build $(PROFILED_FLAGS) --product tollgate

# The demo's stand-in for Stripe, with the same flags: with others everything would be built again.
stand-in: build
	swift build $(PROFILED_FLAGS) --product fake-stripe

$(PROFILE): $(PROFILE_TEXT)
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	@mkdir -p $(@D)
	@rm -f .build/profile-*.profdata*
	sed "s|^@RELEASE@|$$(swift build -c release --show-bin-path)|" $< >$@.proftext
	$$(Benchmarks/toolchain.sh llvm-profdata) merge -o $@ $@.proftext

profile: ## Measures anew what `make build` lays the binary out by: Benchmarks/tollgate.proftext
	@Tests/Demo/require.sh $(BUILD_NEEDS) nginx openssl python3 wrk
	swift build $(COUNTING_FLAGS) --product tollgate -Xlinker -u__llvm_profile_runtime \
	    -Xlinker $$(Benchmarks/toolchain.sh libclang_rt.profile)
	$(PYTHON) Benchmarks/profile.py .build-profile/release/tollgate $$(Benchmarks/toolchain.sh llvm-profdata) $(PROFILE_TEXT)

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
	swift build $(SWIFT_BUILD_FLAGS) --product fake-stripe
	@[ -x .build/contract-venv/bin/schemathesis ] || { $(PYTHON) -m venv .build/contract-venv && \
	    .build/contract-venv/bin/pip install --quiet schemathesis==4.32.5; }
	TOLLGATE=.build/debug/tollgate $(PYTHON) Tests/Contract

browser-test: ## The way to Stripe in a real Chromium, and its pictures in docs/images
	@Tests/Demo/require.sh $(TEST_NEEDS) chromium chromedriver
	swift build $(SWIFT_BUILD_FLAGS) --product tollgate
	swift build $(SWIFT_BUILD_FLAGS) --product fake-stripe
	TOLLGATE=.build/debug/tollgate SCREENSHOTS=docs/images $(PYTHON) Tests/EndToEnd test_browser.py

check-nginx: ## What gixy, sslyze and (where it is installed) testssl.sh say about the nginx files
	@Tests/Demo/require.sh nginx openssl python3 venv
	@[ -x $(AUDIT_VENV)/bin/gixy ] || { $(PYTHON) -m venv $(AUDIT_VENV) && \
	    $(AUDIT_VENV)/bin/pip install --quiet gixy-ng==0.2.59 sslyze==6.3.1; } || echo "without gixy and sslyze"
	PATH=$(CURDIR)/$(AUDIT_VENV)/bin:$$PATH Tests/Package/check-nginx.sh

format: ## Formats the Swift sources in place
	@Tests/Demo/require.sh swift
	swift format --in-place --recursive Package.swift Sources Tests

bench: build ## Speed beside a C ceiling and the guide's program (BENCH_SECONDS)
	@Tests/Demo/require.sh nginx openssl python3 wrk gcc mkfs.ext4 losetup flask gunicorn
	@$(PYTHON) Benchmarks

turns: before build ## The release binary beside another build, in turns (BEFORE=BINARY BENCH_REQUEST)
	@Tests/Demo/require.sh nginx openssl python3 wrk gcc mkfs.ext4 losetup
	@$(PYTHON) Benchmarks/turns.py before=$(BEFORE) now=.build/release/tollgate

# Asked for first: a build takes minutes.
before:
	@[ -x "$(BEFORE)" ] || { echo "make turns BEFORE=a release binary to compare with"; exit 2; }

crash-test: ## Power cuts, I/O errors and full disks against the store (root, some minutes)
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	Tests/CrashStore/crash-test.sh

restart-proof: build ## Restarts, reloads and upgrades under load with a real systemd (root, minutes; PREVIOUS=BINARY)
	@Tests/Demo/require.sh nginx openssl python3 wrk unshare systemctl
	$(PYTHON) Tests/Systemd/restart_proof.py .build/release/tollgate $(PREVIOUS)

fuzz: ## Random bytes against the JSON reader (FUZZ_SECONDS)
	@Tests/Demo/require.sh $(BUILD_NEEDS)
	Tests/JSONFuzz/fuzz.sh

install: build ## Binary, units, nginx snippets, manual pages and completions below DESTDIR and PREFIX
	@Tests/Demo/require.sh python3
	install -D -m 0755 .build/release/tollgate $(DESTDIR)$(PREFIX)/bin/tollgate
	for unit in tollgate.service tollgate.socket tollgate-admin.socket; do \
	    sed 's|=/usr/bin/tollgate|=$(PREFIX)/bin/tollgate|' systemd/$$unit | \
	        install -D -m 0644 /dev/stdin $(DESTDIR)/lib/systemd/system/$$unit; \
	done
	install -D -m 0644 systemd/tollgate.sysusers $(DESTDIR)/usr/lib/sysusers.d/tollgate.conf
	install -D -m 0644 -t $(DESTDIR)/etc/nginx/snippets \
	    nginx/tollgate.conf nginx/tollgate-location.conf nginx/tollgate-merchant-location.conf \
	    nginx/tollgate-v1-location.conf nginx/tollgate-upstream.conf
	install -d -m 0700 $(DESTDIR)/etc/tollgate/secrets
	[ -e $(DESTDIR)/etc/tollgate/tollgate.json ] || \
	    install -D -m 0644 systemd/tollgate.json $(DESTDIR)/etc/tollgate/tollgate.json
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate/examples \
	    nginx/tollgate-tls-example.conf systemd/tollgate-receiving-only.conf
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate docs/*.md docs/*.yaml docs/*.yml docs/*.json
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate/api docs/api/*.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate/images docs/images/*.png
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/tollgate/decisions docs/decisions/*.md
	rm -rf $(GENERATED)
	$(PYTHON) docs/man/generate.py .build/release/tollgate docs/configuration.md $(GENERATED)/man
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(GENERATED)/man/*.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(GENERATED)/man/*.5
	for shell in bash zsh fish; do \
	    .build/release/tollgate --generate-completion-script $$shell | sed '1{/^#!/d}' >$(GENERATED)/$$shell; \
	done
	install -D -m 0644 $(GENERATED)/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tollgate
	install -D -m 0644 $(GENERATED)/zsh $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_tollgate
	install -D -m 0644 $(GENERATED)/fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tollgate.fish

deb: build ## The Debian package, in .build/deb
	@Tests/Demo/require.sh dpkg-buildpackage dh
	rm -rf $(DEB_FOLDER)
	mkdir -p $(DEB_FOLDER)
	DEB_FOLDER=$(DEB_FOLDER) dpkg-buildpackage -b -us -uc \
	    --buildinfo-file=$(DEB_FOLDER)/tollgate.buildinfo --buildinfo-option=-u$(DEB_FOLDER) \
	    --changes-file=$(DEB_FOLDER)/tollgate.changes --changes-option=-u$(DEB_FOLDER)
	@ls -l $(DEB_FOLDER)/*.deb

package-test: deb ## Installs, upgrades, removes and purges the package in a throwaway root (root, network, some minutes)
	@Tests/Demo/require.sh debootstrap lintian readelf python3 unshare
	Tests/Package/test-package.sh $(DEB_FOLDER)

clean: ## Removes what the targets made, the demo's state in .run included
	rm -rf .build .build-profile .run
