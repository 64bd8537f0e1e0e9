# Everything on a fresh machine with Python 3.11, git, make and a package index.
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin
LAKE ?= var/demo
PORT ?= 8000

.PHONY: demo test check install system-packages requirements
install: $(VENV)/.installed
$(VENV)/.installed: requirements/all.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

requirements: ## pin again, with hashes, without index lines
	$(BIN)/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-trusted-host \
	  --no-header --strip-extras --output-file requirements/all.txt pyproject.toml

check: install
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports
