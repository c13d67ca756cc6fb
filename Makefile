# The verbs of this repository. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test backup restore screenshots check proto fmt lint types walls bench clean

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
# Twice quiet: errors only, no warnings about a machine's own pip configuration.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install --require-hashes
PROTOS := $(shell find protos -name '*.proto')
CODE := kernel facts untrusted upstreams services gateway sandbox scripts benchmarks tests
NPM := scripts/with_node.sh npm --prefix frontend
WEB := $(shell find frontend \( -name node_modules -o -name dist -o -name schema.ts -o -name openapi.json \) -prune -o -type f -print 2>/dev/null)
# Two installs into one environment at once would spoil it.
.NOTPARALLEL:

help: ## Lists the verbs.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(STAMPS)/run gen/.made frontend/dist/.made ## Starts everything on this machine and prints one URL; Ctrl-C ends it.
	@exec $(BIN)/python scripts/run.py

test: $(STAMPS)/dev gen/.made frontend/dist/.made ## Runs the whole suite against real PostgreSQL, Redis, Chromium and processes.
	@scripts/get_browser.sh || echo "They are left out." >&2
	@scripts/get_promtool.sh >/dev/null || echo "They are left out." >&2
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(ARGS)

backup: $(STAMPS)/run gen/.made ## Keeps databases and images in one file in backups/, while everything goes on; TO=…: elsewhere.
	@$(BIN)/python scripts/backup.py "$${TO:-}"

restore: $(STAMPS)/run gen/.made ## Puts back what FROM=… keeps, while nothing runs; REPLACE=1 sets aside what is there.
	@if [ -z "$${FROM:-}" ]; then echo "Which one? make restore FROM=backups/soniquebay-….tar" >&2; exit 2; fi
	@$(BIN)/python scripts/restore.py "$$FROM" $${REPLACE:+--replace}

screenshots: $(STAMPS)/dev gen/.made frontend/dist/.made ## Takes a picture of every page of the web app, into docs/screenshots/.
	@scripts/get_browser.sh
	@$(BIN)/python -m tests.frontend.screenshots docs/screenshots

check: lint types walls proto-check web-check ## Lint, types, walls, contracts and the web app; about a minute.

lint: $(STAMPS)/dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/codespell

types: $(STAMPS)/dev gen/.made
	@$(BIN)/mypy --no-error-summary $(CODE)

walls: $(STAMPS)/dev gen/.made
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture

.PHONY: web-check
web-check: frontend/node_modules/.made frontend/src/api/schema.ts
	@$(NPM) run --silent check

proto: gen/.made ## Compiles the contracts into gen/.

.PHONY: proto-check
proto-check: $(STAMPS)/dev gen/.made
	@$(BIN)/buf format --diff --exit-code protos
	@$(BIN)/buf lint gen/soniquebay.binpb --config protos/buf.yaml
	@if git rev-parse --quiet --verify origin/main >/dev/null; then scripts/check_breaking.sh origin/main; fi

fmt: $(STAMPS)/dev gen/.made ## Formats code and contracts, and rewrites the README's tables.
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/buf format -w protos
	@$(BIN)/python scripts/document.py

bench-%: $(STAMPS)/dev gen/.made
	@$(BIN)/python -m benchmarks.bench_$* $(ARGS)

bench-journal: frontend/dist/.made

bench: $(STAMPS)/dev gen/.made frontend/dist/.made ## Measures what is fast, beside its limit, in the same run; fails below its bars. `make bench-import`: one alone.
	@missed=0
	for each in benchmarks/bench_*.py; do $(BIN)/python -m benchmarks.$$(basename $$each .py) || missed=1; done
	exit $$missed

.PHONY: images
images: gen/.made frontend/dist/.made ## Builds the images of all programs for arm64 and amd64, into deploy/images/.
	@scripts/build_images.sh

.PHONY: test-images
test-images: images $(STAMPS)/dev ## Builds the images and tries them: what is in them, and both overlays and compose.yaml really run, by podman.
	@$(BIN)/python -m pytest -q tests/containers $(ARGS)

.PHONY: test-arm64
test-arm64: $(STAMPS)/dev gen/.made frontend/dist/.made ## Builds the images for a Raspberry Pi, and has all five answer, enrich and import, emulated.
	@PLATFORMS=linux/arm64 scripts/build_images.sh
	@$(BIN)/python -m pytest -q tests/containers/test_arm64.py $(ARGS)

clean: ## Removes everything that the other verbs made, except data/ and backups/.
	@rm -rf .venv gen deploy/images frontend/dist frontend/node_modules frontend/src/api/schema.ts frontend/openapi.json .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamp is written last: what an interruption left half-made is not taken for an environment, but made anew.
$(STAMPS)/venv:
	@echo "Preparing the Python environment (once) …"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	rm -rf .venv
	if ! $(PYTHON) -m venv .venv >/dev/null; then
		echo "Python's venv module does not work here; install it (on Debian and Ubuntu: sudo apt install python3-venv)." >&2
		exit 1
	fi
	# The project itself and its compiled contracts, importable from anywhere.
	$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_paths()["purelib"], "soniquebay.pth").write_text("\n".join(str(pathlib.Path(p).resolve()) for p in (".", "gen")) + "\n")'
	mkdir -p $(STAMPS)
	touch $@

# All of requirements.lock is in requirements-dev.lock, at the same versions: installing either never undoes the other.
$(STAMPS)/run: requirements.lock | $(STAMPS)/venv
	@echo "Installing the libraries …"
	$(PIP) -r requirements.lock
	touch $@

$(STAMPS)/dev: requirements-dev.lock | $(STAMPS)/venv
	@echo "Installing the libraries and tools …"
	$(PIP) -r requirements-dev.lock
	touch $@ $(STAMPS)/run

gen/.made: $(PROTOS) $(STAMPS)/run
	@rm -rf gen && mkdir gen
	@site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
	@$(BIN)/python -m grpc_tools.protoc -Iprotos -I"$$site" --python_out=gen --pyi_out=gen --grpc_python_out=gen \
		--descriptor_set_out=gen/soniquebay.binpb --include_imports --include_source_info $(PROTOS)
	@touch $@

# What follows of the contracts is written anew only where it differs: a change inside the gateway builds no web app.
gen/.described: gen/.made scripts/openapi.py $(wildcard gateway/*.py)
	@$(BIN)/python scripts/openapi.py gen/soniquebay.binpb frontend/openapi.json
	touch $@

frontend/openapi.json: gen/.described
	@:

frontend/node_modules/.made: frontend/package.json frontend/package-lock.json | $(STAMPS)/venv
	@echo "Installing the web app's libraries …"
	$(NPM) ci --silent --no-progress
	touch $@

frontend/src/api/schema.ts: frontend/openapi.json frontend/build/types.js | frontend/node_modules/.made
	@$(NPM) run --silent types

frontend/dist/.made: $(WEB) frontend/src/api/schema.ts | frontend/node_modules/.made
	@echo "Building the web app …"
	$(NPM) run --silent build
	touch $@
