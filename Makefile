# deskhouse: every target installs what it needs first. `make run` and `make test` are each enough on a fresh machine.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.requirements-installed
PROJECT := $(VENV)/.project-installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run check test test-sql lint lint-python lint-types lint-sql lint-definitions ui pictures superset superset-proof bench clean install

help:
	@echo "make run    pull, build, prove and publish; without credentials from the simulated vendors"
	@echo "make check  while working: linters, types, dbt rules, SQL style of what changed, tests that build no warehouse"
	@echo "make test   the tests, offline (ARGS=\"tests/oracle -k csat\" for some of them)"
	@echo "make test-sql  the unit and data tests of dbt alone"
	@echo "make lint   ruff, mypy, sqlfluff, dbt parse, dagster definitions"
	@echo "make ui     Dagster and the dashboard on 127.0.0.1"
	@echo "make pictures  those of the README anew, from what is published"
	@echo "make superset  Superset over what is published, in an environment of its own, on 127.0.0.1"
	@echo "make superset-proof  that its dashboard renders and shows the governed numbers, in headless Chromium"
	@echo "make bench  the speed ratios of the architecture (ARGS=\"--tickets 300000\" for one size, ARGS=--pages for the pages alone)"
	@echo "make clean  remove the environment and everything generated; data under DESKHOUSE_HOME stay"

$(LOCKED): requirements.lock
	@test -n "$(PYTHON)" || { echo "deskhouse needs Python 3.11, 3.12 or 3.13, and no python3 is on the PATH: install python3." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "deskhouse needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is $$("$(PYTHON)" --version): install one of them, or name it with 'make PYTHON=/path/to/python3.12'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot create virtual environments: install its venv module (Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@# the lock holds every dependency: nothing is left to resolve, and nothing published since can be chosen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	@# what pip would do on one processor; what is not for this Python stays uncompiled, as with pip
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	@touch $@

$(PROJECT): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(PROJECT)

run: $(PROJECT)
	@$(BIN)/deskhouse run $(ARGS)

test: $(PROJECT)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(ARGS)

# Tests of a minute in all that build no warehouse: rules of the project, the second computation on fixtures, small pure modules.
FAST := tests/dbt tests/docs tests/governance tests/oracle/world tests/oracle/turns tests/oracle/cycles \
	tests/oracle/reasons tests/oracle/numbers tests/oracle/comparison/test_coverage.py tests/oracle/comparison/test_simulated_world.py \
	tests/ingestion/landing/test_file_names.py tests/ingestion/landing/test_values.py tests/ingestion/test_quarantine.py \
	tests/orchestration/test_settings.py tests/orchestration/test_terminal.py tests/orchestration/test_tenants.py \
	tests/orchestration/test_seed_validation.py tests/orchestration/test_lookup_chain.py

check: lint-python lint-types
	@changed="$$(.ci/changed-sql)"; test -z "$$changed" || $(BIN)/sqlfluff lint --disable-progress-bar $$changed
	$(BIN)/python -m pytest -m "not slow" $(FAST) $(ARGS)

test-sql: $(PROJECT)
	$(BIN)/python -m pytest tests/acceptance/test_dbt_tests.py $(ARGS)

# types take one processor, so something else may have the other
lint: $(PROJECT)
	@$(MAKE) --no-print-directory -j 2 lint-python lint-types lint-sql lint-definitions

lint-python: $(PROJECT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: $(PROJECT)
	$(BIN)/mypy

lint-sql: $(PROJECT)
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests

lint-definitions: $(PROJECT)
	$(BIN)/python -m orchestration.manifest
	$(BIN)/dagster definitions validate -w workspace.yaml

ui: $(PROJECT)
	@$(BIN)/python -m orchestration.ui $(ARGS)

pictures: $(PROJECT)
	@$(BIN)/python -m tests.dashboard.picture

superset: $(PROJECT)
	@$(BIN)/python -m orchestration.superset $(ARGS)

superset-proof: $(PROJECT)
	@$(BIN)/python -m tests.superset.proof $(ARGS)

bench: $(PROJECT)
	@$(BIN)/python -m orchestration.bench $(ARGS)

clean:
	rm -rf $(VENV) .venv-superset *.egg-info build dbt_project/target dbt_project/logs logs .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
