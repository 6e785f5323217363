PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := .clients

.PHONY: dev test install lint bench docs clients e2e clean

# Start a devnet on ws://127.0.0.1:9944 and print its accounts; ARGS are options of `taonet dev`.
dev: $(VENV)/.installed
	$(BIN)/taonet dev $(ARGS)

# Run all tests, real clients included.
test: $(VENV)/.installed-test $(CLIENTS)/.installed
	$(BIN)/python -m pytest -n 2 --dist loadgroup --benchmark-disable --ignore=tests/benchmarks $(PYTEST_ARGS)
	$(BIN)/python -m pytest tests/benchmarks --benchmark-columns=min,median,max $(PYTEST_ARGS)

install: $(VENV)/.installed

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Measure speed; every bound is a ratio within one run.
bench: $(VENV)/.installed-test
	$(BIN)/python -m pytest tests/benchmarks -n 0 --benchmark-enable

# Renew docs/reference from the code, and build the site of the docs into build/site. With --quiet, --strict would let warnings pass.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m node.reference
	$(BIN)/python -m mkdocs build --strict

# Run the end-to-end tests of the bittensor SDK, unmodified; SDK is a checkout of opentensor/bittensor at v10.2.0.
e2e: $(VENV)/.installed-test $(CLIENTS)/.installed
	$(CLIENTS)/sdk10/bin/python -m pip install --quiet --disable-pip-version-check pytest==8.3.5 pytest-asyncio==0.26.0 \
	  pytest-mock pytest-rerunfailures ddt hypothesis==6.81.1 freezegun httpx==0.27.0 aioresponses factory-boy
	$(BIN)/python tests/client/suites/bittensor_sdk.py $(SDK) $(E2E_ARGS)

# The real clients that tests/client drives, each in an environment of its own.
clients: $(CLIENTS)/.installed

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml node/explorer/packages.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[client]"
	$(BIN)/python -m compileall -q chain runtime node genesis
	-$(BIN)/python -m node.explorer.vendor
	touch $@

$(VENV)/.installed-test: $(VENV)/bin/python pyproject.toml node/explorer/packages.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,client]"
	$(BIN)/python -m compileall -q chain runtime node genesis
	-$(BIN)/python -m node.explorer.vendor
	touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	touch $@

$(CLIENTS)/.installed: tests/client/install.sh
	PYTHON=$(PYTHON) sh tests/client/install.sh $(CLIENTS)
	touch $@

clean:
	rm -rf $(VENV) $(CLIENTS) node/explorer/static/vendor
