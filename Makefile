# Every target does its own set-up: Python 3.11 or newer, make and a package index are enough.
# CSHUB_SHARED (vendor specifications and public data, optional) reaches the tests through the environment.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# The first Python on this machine that is new enough; `make PYTHON=… test` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV   := .venv
BENCH  := .venv-bench
WORKERS ?= 2

PROJECTS  := . plugins/hubspot plugins/salesforce plugins/intercom plugins/satismeter
EDITABLE  := $(addprefix -e ,$(PROJECTS))
MANIFESTS := $(PROJECTS:%=%/pyproject.toml)
STAMP       := $(VENV)/.installed
BENCH_STAMP := $(BENCH)/.installed

# `uv` is taken from the lock by pip, then installs the rest in parallel; where uv finds no index, pip does it alone.
# Each line of the lock carries its hashes, so neither installs anything else.
define install
	@test -n "$(PYTHON)" || { echo "cshub needs Python 3.11 or newer; none found on PATH" >&2; exit 2; }
	@echo "==> $(1) from $(2)"
	@test -x $(1)/bin/python || "$(PYTHON)" -m venv $(1)
	@awk '/^[a-z0-9]/ { keep = /^uv==/ } keep' requirements.lock > $(1)/uv.lock
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(1)/uv.lock
	@UV_PYTHON=$(1)/bin/python UV_COMPILE_BYTECODE=1 $(1)/bin/uv pip install --quiet --require-hashes -r $(2) \
		|| $(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2)
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(EDITABLE)
	@$(1)/bin/python -m compileall -q -j 0 src plugins > /dev/null || true  # Python may be told not to write its bytecode
	@touch $(1)/.installed
endef

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(STAMP): requirements.lock $(MANIFESTS)
	$(call install,$(VENV),requirements.lock)

$(BENCH_STAMP): requirements.lock tests/bench/requirements.lock $(MANIFESTS)
	$(call install,$(BENCH),tests/bench/requirements.lock)

.PHONY: install
install: $(STAMP)  ## the environment alone, in .venv

.PHONY: demo
demo: $(STAMP)  ## every stage against the vendors' sandboxes: no credentials, no network
	@$(VENV)/bin/cshub demo

.PHONY: test
test: $(STAMP)  ## all tests, those that need the machine to themselves first
	$(VENV)/bin/python -m pytest -q -m serial || test $$? -eq 5  # 5: there are none
	$(VENV)/bin/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not serial and not torture"

.PHONY: check
check: $(STAMP)  ## format, lint, types, layers, house rules, docs drift
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m docs.generate --check
	$(VENV)/bin/cog --check $(wildcard README.md docs/how-to/*.md)
	$(VENV)/bin/python -m pytest -q tests/house

.PHONY: format
format: $(STAMP)  ## rewrites what the formatter and the linter can mend
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

.PHONY: docs
docs: $(STAMP)  ## writes docs/reference from the code
	$(VENV)/bin/python -m docs.generate
	$(VENV)/bin/cog -r $(wildcard README.md docs/how-to/*.md)

.PHONY: bench
bench: $(BENCH_STAMP)  ## speed beside a hand-written script and dlt
	$(BENCH)/bin/python tests/bench/run.py

.PHONY: telco
telco: $(STAMP)  ## the public data set of CSHUB_SHARED through the whole journey, and how well its score tells who left
	@$(VENV)/bin/python tests/bench/telco.py

.PHONY: four-vendors
four-vendors: $(STAMP)  ## one company in Salesforce, HubSpot, Intercom and SatisMeter: what is linked, by which rule, and how rightly
	@$(VENV)/bin/python -m tests.bench.four_vendors

.PHONY: torture
torture: $(STAMP)  ## kill -9 at seeded moments, a paused holder, vendors that never rest: every promise holds afterwards
	$(VENV)/bin/python -m pytest -q -m "torture"

.PHONY: judge-prism
judge-prism: $(STAMP)  ## the HubSpot connector and its sandbox before an independent judge (needs node)
	@if test -x plugins/hubspot/tests/prism/run; then PATH="$(CURDIR)/$(VENV)/bin:$$PATH" plugins/hubspot/tests/prism/run; \
	else echo "plugins/hubspot/tests/prism/run is not there" >&2; exit 1; fi

.PHONY: lock
lock: $(STAMP)  ## resolves the dependencies anew into the lock files
	@$(VENV)/bin/uv pip compile pyproject.toml --group dev $(LOCK_FLAGS) -o requirements.lock
	@$(VENV)/bin/uv pip compile pyproject.toml --group dev --group bench -c requirements.lock $(LOCK_FLAGS) \
		-o tests/bench/requirements.lock

LOCK_FLAGS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --no-annotate
