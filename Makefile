# What a developer does here. Everything runs in .venv, which `make setup` makes from pinned, hashed requirements.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
SEEDS ?= 200
ROUNDS ?= 200
STRIDE ?= 1
MODEL ?=
BENCH ?=
CRASH ?=
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help
help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make .venv with pinned, hashed requirements and the project in it

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Name one: make setup PYTHON=python3.12" >&2; exit 2; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

.PHONY: demo
demo: setup ## see it work: simulated systems, faults, people, and a judge (MODEL=workcube: the rules of one model)
	$(BIN)/connector demo --once $(if $(MODEL),--model $(MODEL))

.PHONY: test
test: setup ## unit, contract, simulation and process tests
	$(BIN)/python -m pytest -q -n auto

.PHONY: real
real: setup ## the same against a real Znuny and PostgreSQL; installs what is missing
	@.ci/real

.PHONY: trouble
trouble: setup ## failing and full disks, a bad gateway, rounds of kill and freeze; installs what is missing
	@.ci/trouble

.PHONY: check
check: setup ## lint, format, types, who imports whom, security
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet -ll -c pyproject.toml -r adapters connector

.PHONY: format
format: setup ## format all code and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: simulate
simulate: setup ## SEEDS=200 runs of faults, crashes and people against the real engine (STORE=postgresql: on a server)
	$(BIN)/python -m tests.simulation.run --seeds $(SEEDS) $(if $(STORE),--store $(STORE))

.PHONY: crash
crash: setup ## end the process at every step of small scenarios (CRASH='--scenario NAME --point N': one crash, aloud)
	$(BIN)/python -m tests.crash.run $(CRASH)

.PHONY: pairs
pairs: setup ## simulate, crash and demo between the other systems to which a mapping is shipped (SEEDS=500 STRIDE=1: all of it)
	@for itsm in servicenow jira; do for portal in otrs request-tracker jsm; do \
	  if [ "$$itsm-$$portal" = servicenow-otrs ]; then continue; fi; \
	  echo "== $$itsm, $$portal"; \
	  $(BIN)/python -m tests.simulation.run --itsm $$itsm --portal $$portal --seeds $(SEEDS); \
	  $(BIN)/python -m tests.crash.run --itsm $$itsm --portal $$portal --stride $(STRIDE); \
	  $(BIN)/connector demo --itsm $$itsm --portal $$portal --once --json; \
	done; done

.PHONY: rounds
rounds: setup ## ROUNDS=200 times kill or freeze the daemon while people work (STORE=postgresql: four of them), then judge
	$(BIN)/python -m tests.rounds.run --rounds $(ROUNDS) $(if $(STORE),--store $(STORE))

.PHONY: bench
bench: setup ## measure it beside a bare minimum, in ten minutes (BENCH=--quick: two; BENCH='burst idle': some of it)
	$(BIN)/python -m tests.bench $(BENCH)

.PHONY: requirements
requirements: ## pin all requirements anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml $(COMPILE) --extra build --output-file requirements.txt
	uv pip compile pyproject.toml $(COMPILE) --extra build --extra test --output-file requirements-dev.txt

# For every Python from 3.11 on; neither an address nor a comment, so that the files hold nothing of one machine.
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate
