# Everything sets itself up: a fresh machine needs Python 3.11 or newer (with venv) and make.
#   make demo | demo-once | test | check | simulate | simulate-long | bench-quick | bench | match-quality | kill | lock
#   make kill-postgres | kill-database
#   PYTHON=python3.13 picks one

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
CANDIDATES := python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
SOURCES := hub adapters tests benchmarks

.PHONY: demo demo-once test test-fast check lint types imports format simulate simulate-long bench bench-quick \
	match-quality kill kill-postgres kill-database lock clean

demo: $(VENV)/.run
	$(BIN)/python -m hub.sandbox.demo

demo-once: $(VENV)/.run
	$(BIN)/python -m hub.sandbox.demo --once

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile

test-fast: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

check: lint types imports test

lint: $(VENV)/.dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

# Speed, as ratios against a hand-written floor run side by side; both write build/bench.json.
bench-quick: $(VENV)/.dev
	$(BIN)/python -m benchmarks.bench --quick

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.bench

# Made-up worlds where everything goes wrong: random histories, a death at every point, bugs planted on purpose.
# Each campaign goes on where the last one ended, and adds a row to the ledger.
simulate: $(VENV)/.run
	$(BIN)/hub simulate --histories 5000 --crash-sweep 40 --planted --ledger docs/simulation-ledger.csv

simulate-long: $(VENV)/.run
	$(BIN)/hub simulate --histories 200000 --crash-sweep 1000 --planted --ledger docs/simulation-ledger.csv

# Precision and recall of the match report on two lists of companies of which we know which are the same.
match-quality: $(VENV)/.dev
	$(BIN)/python -m benchmarks.matching --records 10000

# kill -9 of the hub at random moments, or of its PostgreSQL, then one more sync: nothing lost, nothing twice.
kill: $(VENV)/.dev
	$(BIN)/python tests/kill/kill.py --kills 200

kill-postgres: $(VENV)/.dev
	$(BIN)/python tests/kill/kill.py --kills 50 --on postgresql

kill-database: $(VENV)/.dev
	$(BIN)/python tests/kill/kill.py --kills 10 --database

# The locks are hashed and name no host; only making them needs uv.
lock:
	for name in build run; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate requirements/$$name.in -o requirements/$$name.lock; done
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		requirements/run.in requirements/dev.in -o requirements/dev.lock

clean:
	rm -rf build $(VENV)

$(VENV)/.made: requirements/build.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { echo "the venv module is missing: install your system's python3-venv package"; exit 1; }
	@echo "setting up $(VENV) with $$($(BIN)/python --version)"
	@$(PIP) --no-deps --require-hashes --only-binary :all: -r requirements/build.lock
	@touch $@

# spyne has no wheel: it is built from its hashed source with the hashed build tools, nothing else is fetched.
$(VENV)/.run: $(VENV)/.made requirements/run.lock pyproject.toml
	@$(PIP) --no-deps --require-hashes --no-build-isolation -r requirements/run.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@$(PIP) --no-deps --require-hashes --no-build-isolation -r requirements/dev.lock
	@touch $@
