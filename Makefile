# Two commands matter: `make run` starts everything, `make test` checks everything. Both install what they need.

PORT ?=
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --no-compile
CLIENT_SOURCES := $(shell find frontend/src clients/typescript/src frontend/public frontend/index.html frontend/package-lock.json frontend/*.ts frontend/*.js -type f 2>/dev/null)

export PYTHONDONTWRITEBYTECODE =

.PHONY: run test check lint types format architecture tests client-tests typescript-client-tests python-client-tests browser-tests crash-test build install install-dev tools port migrate screenshots protocol help
.DEFAULT_GOAL := help

help:
	@echo 'make run              install, start everything, print the address (PORT=8001 for another port)'
	@echo 'make test             install, then every check and every test'
	@echo 'make check            lint, types, order of imports, drift of generated files, the client'"'"'s own checks'
	@echo 'make tests            the Python tests without the browser'
	@echo 'make browser-tests    the tests in a real Chromium'
	@echo 'make crash-test       kill -9 of a worker and of PostgreSQL, TIMES=20 each while placing and while settling'
	@echo 'make format           format the Python code'
	@echo 'make protocol         write the protocol documents and the types generated from them'
	@echo 'make screenshots      pictures of the main pages'
	@echo 'make bench-price      goal to new price at a client'
	@echo 'make bench-betting    slips placed beside pgbench and settled beside a plain UPDATE (ARGS=--long, --quick, --million, --ledger, --young)'
	@echo 'make bench-bounds     what attacks cost the server and everybody else'
	@echo 'make bench-stream     our socket, others and the floor side by side (ARGS=--quick for two to three minutes)'

run: tools port .venv/installed frontend/dist/index.html
	@PORT='$(PORT)'; exec $(PY) -m project.devstack --stop-with-parent $${PORT:+--port "$$PORT"}

port: tools
	@$(PYTHON) -m project.devstack.ports '$(PORT)'

# Installing ---------------------------------------------------------------------------------------------------------
tools:
	@test -n '$(PYTHON)' || { echo 'Touchline needs Python 3.11 or newer: https://www.python.org/downloads/'; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null || \
		{ echo 'Touchline needs Node 20 or newer: https://nodejs.org/'; exit 1; }

install: .venv/installed frontend/node_modules/.installed
install-dev: .venv/installed-dev frontend/node_modules/.installed clients/typescript/node_modules/.installed

.venv/installed: requirements.txt constraints.txt | tools
	@echo 'Installing Python packages'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo 'Installing Python packages for tests'
	@$(PIP) -r requirements-dev.txt
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | tools
	@echo 'Installing the browser client'"'"'s packages'
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

clients/typescript/node_modules/.installed: clients/typescript/package-lock.json | tools
	@echo 'Installing the TypeScript client'"'"'s packages for tests'
	@cd clients/typescript && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build: frontend/dist/index.html
frontend/dist/index.html: frontend/node_modules/.installed .venv/installed $(CLIENT_SOURCES)
	@echo 'Building the browser client'
	@cd frontend && npm run --silent build -- --logLevel warn
	@$(PY) -m whitenoise.compress --quiet frontend/dist
	@touch $@

# Checking -----------------------------------------------------------------------------------------------------------
# What does not disturb one another runs on two cores at once, each with its output in one piece where make can.
TOGETHER := -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

test:
	@$(MAKE) $(TOGETHER) check
	@$(MAKE) tests
	@$(MAKE) browser-tests
	@echo 'Everything passes.'

check: types client-tests lint typescript-client-tests python-client-tests

lint: .venv/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports --no-cache --no-logo
	TOUCHLINE_ENV=test $(PY) manage.py makemigrations --check --dry-run
	TOUCHLINE_ENV=test $(PY) manage.py generate_protocol --check
	TOUCHLINE_ENV=test $(PY) manage.py document_errors --check
	TOUCHLINE_ENV=test $(PY) manage.py document_markets --check
	$(PY) clients/python/scripts/generate_types.py --check

types: .venv/installed-dev
	TOUCHLINE_ENV=test $(PY) -m mypy .

tests: .venv/installed-dev frontend/dist/index.html
	$(PY) -m pytest -n 3 --dist worksteal -m 'not browser' tests

architecture: .venv/installed-dev
	$(PY) -m pytest tests/architecture

client-tests: frontend/dist/index.html
	cd frontend && npm run --silent generate -- --check
	cd frontend && npm run --silent check
	cd frontend && npm test --silent
	cd frontend && npm run --silent budget

typescript-client-tests: clients/typescript/node_modules/.installed
	cd clients/typescript && npm run --silent check
	cd clients/typescript && npm test --silent

python-client-tests: .venv/installed-dev
	cd clients/python && ../../$(PY) -m pytest

browser-tests: .venv/installed-dev frontend/dist/index.html
	CHROMIUM="$$($(PY) -m project.devstack.chromium)" && export CHROMIUM && $(PY) -m pytest -m browser tests/browser

# Each of the four kills this often: some minutes.
TIMES ?= 20
crash-test: .venv/installed-dev
	$(PY) -m tests.betting.crash_run $(TIMES)

format: .venv/installed-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# Making -------------------------------------------------------------------------------------------------------------
protocol: .venv/installed-dev frontend/node_modules/.installed
	TOUCHLINE_ENV=test $(PY) manage.py generate_protocol
	TOUCHLINE_ENV=test $(PY) manage.py document_errors
	TOUCHLINE_ENV=test $(PY) manage.py document_markets
	WRITE_PAGES=1 $(PY) -m pytest -q tests/architecture/test_database_pages.py
	$(PY) clients/python/scripts/generate_types.py
	cd frontend && npm run --silent generate

screenshots: .venv/installed-dev frontend/dist/index.html
	CHROMIUM="$$($(PY) -m project.devstack.chromium)" && export CHROMIUM && $(PY) -m tests.browser.screenshots

bench-%: .venv/installed-dev
	$(PY) -m bench.$* $(ARGS)
